# SPDX-License-Identifier: Apache-2.0
"""samples/sensors at a server: what it is there for."""

import pytest
from demo_server import DemoServer
from device import Device
from server import Server

TEMPERATURE = '/3303/0/5700'
UNITS = '/3303/0/5701'
LEAST = '/3303/0/5601'
RESET = '/3303/0/5605'


def test_sensors_are_managed(device: Device, server: Server) -> None:
    server.wait_registered()

    assert -40 < float(server.read(TEMPERATURE)) < 85
    assert server.read(UNITS) == 'Cel'
    for path, low, high in [('/3304/0/5700', 0, 100), ('/3315/0/5700', 30_000, 110_000)]:
        assert low <= float(server.read(path)) <= high

    # The emulated sensor's values change from one measurement to the next.
    first = float(server.observe(TEMPERATURE))
    second = float(server.wait_notified(TEMPERATURE))
    assert second != first

    server.execute(RESET)
    assert float(server.read(LEAST)) >= min(first, second)


def test_what_is_measured_without_a_server_reaches_it_later(device: Device, demo_server: DemoServer) -> None:
    if not device.config.has('NATIVE_LIBC'):
        pytest.skip('the board has no clock')
    demo_server.wait_registered()
    device.command('client_lite close')
    demo_server.wait_deregistered()
    device.answer('client_lite status', 'state: +(idle|halted)')
    measured = {float(device.wait(r' ([-0-9.]+) Cel')[1]) for _ in range(3)}
    device.command('client_lite register')
    sent = demo_server.wait_backlog(TEMPERATURE)
    assert measured <= {round(float(value), 2) for value in sent}
