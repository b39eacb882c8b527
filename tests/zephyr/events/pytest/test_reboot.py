# SPDX-License-Identifier: Apache-2.0
"""The server asks for a restart."""

from demo_server import DemoServer
from device import Device


def test_a_device_restarts_after_its_answer(device: Device, demo_server: DemoServer) -> None:
    device.command('client_lite register')
    device.wait_events('OBJECT_REGISTERED')
    demo_server.wait_registered()

    # Has to be answered 2.04.
    demo_server.execute('/3/0/4')
    device.wait('the server wants a restart')
    device.answer('client_lite status', 'state: +registered')
    device.answer('client_lite status', 'state: +idle')
