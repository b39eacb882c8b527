# SPDX-License-Identifier: Apache-2.0
"""Credentials under the security tag are missing, and are replaced."""

from dataclasses import replace

from credentials import remove, store
from demo_server import DemoServer
from device import Device
from server import Account

OLD = '000102030405060708090a0b0c0d0e0f'
NEW = 'f0e0d0c0b0a090807060504030201000'


def test_missing_credentials_are_told_as_such(device: Device) -> None:
    device.command('client_lite register')
    device.wait('there are no credentials')
    device.wait('security tag 5684')
    device.wait_events('SECURE_CONNECTION_FAILED+')


def test_a_session_does_not_outlive_its_key(device: Device, account: Account) -> None:
    """The server knows the device by the one key or the other: never is the one taken for the other."""
    account = replace(account, identity='somebody', key=OLD)
    store(device, 'PSK_ID', b'somebody')
    store(device, 'PSK', bytes.fromhex(OLD))
    with DemoServer(account) as server:
        device.command('client_lite register')
        device.wait_events('OBJECT_REGISTERED')
        server.wait_registered()

        # The same key: the session goes on.
        go_on(device)
        device.command('client_lite update')
        device.wait_events('OBJECT_REGISTERED', 'REGISTRATION_UPDATED')

    remove(device, 'PSK')
    store(device, 'PSK', bytes.fromhex(NEW))
    with DemoServer(replace(account, key=NEW)) as server:
        go_on(device)
        # No message is lost to the old session first.
        device.wait_events('OBJECT_REGISTERED', 'REGISTRATION_UPDATED', 'OBJECT_REGISTERED')
        server.wait_registered()

    # The identity counts as the key does.
    remove(device, 'PSK_ID')
    store(device, 'PSK_ID', b'somebody-else')
    with DemoServer(replace(account, identity='somebody-else', key=NEW)):
        go_on(device)
        device.wait_events(
            'OBJECT_REGISTERED', 'REGISTRATION_UPDATED', 'OBJECT_REGISTERED', 'OBJECT_REGISTERED'
        )


def go_on(device: Device) -> None:
    """Has the client ask for its association again."""
    device.command('client_lite pause')
    device.answer('client_lite status', 'paused')
    device.command('client_lite resume')
