# SPDX-License-Identifier: Apache-2.0
"""A device without any credentials gets its certificates from a bootstrap server."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from authority import Authority
from demo_server import DemoServer, Management
from device import Config, Device
from leshan import Leshan, free_port
from relay import CERTIFICATE, CLIENT_HELLO, Relay
from server import Account, ServerError

PRESSES = '/3200/0/5501'


@pytest.fixture
def host(config: Config) -> str:
    """Of both servers, as the device knows it."""
    return re.fullmatch(r'coap://(.+):\d+', config.text('CLIENT_LITE_SERVER_URI'))[1]


def test_a_server_of_the_trusted_authority(
    device: Device, config: Config, account: Account, host: str, tmp_path: Path
) -> None:
    DemoServer.make_certificates(tmp_path, config.text('CLIENT_LITE_SERVER_NAME'), account.endpoint)
    management = Management(host, free_port(), tmp_path)
    with DemoServer(account, tmp_path, management=management) as server:
        server.wait_registered()
        assert int(server.read(PRESSES)) >= 0


def test_a_server_by_its_certificate_alone(
    device: Device, account: Account, host: str, tmp_path: Path
) -> None:
    """Which names it has does not count then."""
    DemoServer.make_certificates(tmp_path, 'elsewhere', account.endpoint)
    management = Management(host, free_port(), tmp_path / 'server.der')
    with DemoServer(account, tmp_path, management=management) as server:
        server.wait_registered()


def test_no_other_certificate_of_the_authority(
    device: Device, account: Account, host: str, tmp_path: Path
) -> None:
    DemoServer.make_certificates(tmp_path, 'localhost', account.endpoint)
    management = Management(host, free_port(), tmp_path / 'ca.der')
    with DemoServer(account, tmp_path, management=management):
        device.wait("the server's certificate is not the one that the account has")
        device.wait("the server's certificate was not accepted")


def test_the_name_that_the_account_has(
    device: Device, account: Account, host: str, tmp_path: Path
) -> None:
    DemoServer.make_certificates(tmp_path, 'elsewhere', account.endpoint)
    management = Management(host, free_port(), tmp_path, ('--bootstrap-name', 'elsewhere'))
    with DemoServer(account, tmp_path, management=management) as server:
        server.wait_registered()


def test_only_the_cipher_suites_that_the_account_has(
    device: Device, config: Config, account: Account, host: str, tmp_path: Path
) -> None:
    """This server does not have TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, and the device others as well."""
    DemoServer.make_certificates(tmp_path, config.text('CLIENT_LITE_SERVER_NAME'), account.endpoint)
    management = Management(host, free_port(), tmp_path, ('--bootstrap-suite', '0xc0ae'))
    with DemoServer(account, tmp_path, management=management):
        device.wait('refused by the server: identity, key and cipher suites have to fit')


@pytest.mark.parametrize(
    ('before', 'after', 'proposal', 'cause'),
    [
        ('', '', ('--bootstrap-name', 'elsewhere'), 'for another name'),
        ('', 'ca.der', (), 'not the one that the account has'),
        ('localhost.der', 'ca.der', (), 'not the one that the account has'),
    ],
    ids=['name', 'one certificate for an authority', 'another certificate'],
)
def test_a_session_does_not_outlive_what_the_server_was_known_by(
    device: Device,
    config: Config,
    account: Account,
    host: str,
    tmp_path: Path,
    before: str,
    after: str,
    proposal: tuple[str, ...],
    cause: str,
) -> None:
    """A resumed session shows no certificate: a server that the new account does not know would be accepted."""
    if config.has('NET_QEMU_USER'):
        pytest.skip('its handshakes take long, and native_sim has the same session cache')
    if missing := Leshan.missing():
        pytest.skip(missing)
    authority = Authority(tmp_path)
    own = authority.issue(account.endpoint)
    shutil.copy(own.certificate, tmp_path / 'device.der')
    shutil.copy(own.key, tmp_path / 'device-key.der')
    behind = replace(account, port=free_port())
    with Leshan(behind, authority) as server, Relay(0, behind.port) as relay:
        known = Management(host, relay.port, tmp_path / before)
        with DemoServer(account, management=known):
            server.wait_registered()
            assert CERTIFICATE in relay.handshakes
            # The same account again is no reason to show it again.
            relay.datagrams.clear()
            trigger(server)
            server.wait_registered()
            assert CLIENT_HELLO in relay.handshakes
            assert CERTIFICATE not in relay.handshakes
        with DemoServer(account, management=replace(known, credentials=tmp_path / after, proposal=proposal)):
            trigger(server)
            device.wait(cause)


def trigger(server: Leshan) -> None:
    """Sends the device to its bootstrap server. It may be back before this server has looked at its answer, which
    then counts as cancelled."""
    try:
        server.execute('/1/0/9')
    except ServerError as error:
        if 'Request cancelled' not in str(error):
            raise
