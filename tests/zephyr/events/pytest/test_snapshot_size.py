# SPDX-License-Identifier: Apache-2.0
"""A snapshot that does not fit is told with what to do, and the device goes on."""

from demo_server import DemoServer
from device import Device


def test_a_snapshot_that_is_too_large(device: Device, demo_server: DemoServer) -> None:
    device.command('client_lite register')
    demo_server.wait_registered()
    for path in '/3', '/3200', '/3200/0/5501':
        demo_server.observe(path)
    size = device.wait(r'a snapshot of (\d+) bytes: raise CONFIG_CLIENT_LITE_SNAPSHOT_SIZE')[1]
    assert int(size) > device.config.number('CLIENT_LITE_SNAPSHOT_SIZE')
    device.wait('the snapshot could not be stored')
    assert demo_server.read('/3200/0/5501') == '0'
