# SPDX-License-Identifier: Apache-2.0
"""Izuma's profile: auto-observable resources are notified from the registration on."""

from demo_server import DemoServer
from device import Device


def test_values_are_notified_without_an_observation(
    device: Device, demo_server: DemoServer
) -> None:
    device.command('client_lite register')
    device.wait_events('OBJECT_REGISTERED')
    assert demo_server.wait_notified('/3200/0/5501') == '0'
    device.command('client_lite set /3200/0/5501 7')
    assert demo_server.wait_notified('/3200/0/5501') == '7'
