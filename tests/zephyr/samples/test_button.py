# SPDX-License-Identifier: Apache-2.0
"""samples/button at a server: what it is there for."""

from demo_server import DemoServer
from device import Device
from server import Server

PRESSES = '/3200/0/5501'
LIFETIME = '/1/0/1'


def test_a_button_is_managed(device: Device, server: Server) -> None:
    server.wait_registered()
    assert server.read('/3/0/16') == 'U'

    before = int(server.read(PRESSES))
    assert int(server.observe(PRESSES)) >= before
    device.command('button press')
    assert int(server.wait_notified(PRESSES)) > before
    assert int(server.read(PRESSES)) > before

    # The server is told that its new lifetime holds.
    server.write(LIFETIME, 300)
    server.wait_updated()
    assert int(server.read(LIFETIME)) == 300


def test_presses_reach_the_server_without_its_asking(
    device: Device, demo_server: DemoServer
) -> None:
    before = int(demo_server.wait_sent(PRESSES))
    device.command('button press')
    assert int(demo_server.wait_sent(PRESSES)) > before
