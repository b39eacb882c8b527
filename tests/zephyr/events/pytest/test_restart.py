# SPDX-License-Identifier: Apache-2.0
"""A device that restarts goes on where it was, over Zephyr's own network stack."""

from demo_server import DemoServer
from device import Device

COUNTER = '/3200/0/5501'


def test_a_registration_and_its_observation_go_on(device: Device, demo_server: DemoServer) -> None:
    device.command('client_lite register')
    device.wait('snapshot of the session: nothing was stored yet')
    device.wait_events('OBJECT_REGISTERED')
    demo_server.observe(COUNTER)

    device.command('kernel reboot cold')
    device.wait('Booting Zephyr')
    device.answer('client_lite status', 'state: +idle')
    device.command('client_lite register')
    device.wait('snapshot of the session: taken over')
    device.wait('the registration from before goes on')
    # The board has no clock.
    demo_server.wait_updated()
    device.command(f'client_lite set {COUNTER} 7')
    while demo_server.wait_notified(COUNTER) != '7':
        pass
    assert demo_server.registers() == 1
