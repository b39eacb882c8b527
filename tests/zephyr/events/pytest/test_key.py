# SPDX-License-Identifier: Apache-2.0
"""The key is wrong, or the server knows nobody of this identity."""

from __future__ import annotations

from dataclasses import replace

import pytest
from demo_server import DemoServer
from device import Device


@pytest.mark.parametrize(
    'wrong', [{'key': '00' * 16}, {'identity': 'somebody-else'}], ids=['key', 'identity']
)
def test_a_wrong_key_or_identity_is_tried_until_it_is_right(
    device: Device, demo_server: DemoServer, wrong: dict[str, str]
) -> None:
    account = demo_server.account
    demo_server.stop()

    with DemoServer(replace(account, **wrong)):
        device.command('client_lite register')
        # Zephyr's sockets do not tell which of these the server's alert is about.
        device.wait('handshake: error .* refused by one side: identity, key, cipher suites')
        device.wait_events('SECURE_CONNECTION_FAILED+')

    demo_server.start()
    device.wait_events('SECURE_CONNECTION_FAILED+', 'OBJECT_REGISTERED')
