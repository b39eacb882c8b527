# SPDX-License-Identifier: Apache-2.0
"""samples/template at a server: what a copy of it begins with."""

from demo_server import DemoServer
from device import Device

VALUE = '/26241/0/0'
PERIOD = '/26241/0/1'
RESET = '/26241/0/2'


def test_a_value_is_measured_set_and_reset(device: Device, demo_server: DemoServer) -> None:
    demo_server.wait_registered()
    demo_server.write(PERIOD, 1)
    assert int(demo_server.read(PERIOD)) == 1

    before = int(demo_server.observe(VALUE))
    measured = int(demo_server.wait_notified(VALUE))
    assert measured > before
    while measured < 15:
        measured = int(demo_server.wait_notified(VALUE))

    demo_server.execute(RESET)
    assert int(demo_server.read(VALUE)) < measured
