# SPDX-License-Identifier: Apache-2.0
"""The key is wrong."""

from dataclasses import replace

from demo_server import DemoServer
from device import Device


def test_a_wrong_key_is_tried_until_it_is_right(device: Device, demo_server: DemoServer) -> None:
    account = demo_server.account
    demo_server.stop()

    with DemoServer(replace(account, key='00' * 16)):
        device.command('client_lite register')
        device.wait_events('SECURE_CONNECTION_FAILED+')

    demo_server.start()
    device.wait_events('SECURE_CONNECTION_FAILED+', 'OBJECT_REGISTERED')


def test_an_unknown_identity_is_tried_until_it_is_known(
    device: Device, demo_server: DemoServer
) -> None:
    account = demo_server.account
    demo_server.stop()

    with DemoServer(replace(account, identity='somebody-else')):
        device.command('client_lite register')
        device.wait_events('SECURE_CONNECTION_FAILED+')

    demo_server.start()
    device.wait_events('SECURE_CONNECTION_FAILED+', 'OBJECT_REGISTERED')
