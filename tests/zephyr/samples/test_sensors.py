# SPDX-License-Identifier: Apache-2.0
"""samples/sensors at a server: what it is there for."""

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
