# SPDX-License-Identifier: Apache-2.0
"""A modem takes the key that a bootstrap server has written only while its radio is off."""

from demo_server import DemoServer, Management
from device import Config, Device


def test_the_application_stores_it_while_the_link_is_down(device: Device, config: Config) -> None:
    # What this modem's DTLS sends is not encrypted: both servers are one, at one port.
    account = config.account()
    management = Management('10.0.2.2', account.port, 'modem-identity:00112233')
    with DemoServer(account, management=management) as server:
        device.command('client_lite register')
        device.wait('stored while offline: modem-identity')
        server.wait_registered()
        device.wait_events('BOOTSTRAP_DONE', 'SECURE_CONNECTION_FAILED', 'OBJECT_REGISTERED')
