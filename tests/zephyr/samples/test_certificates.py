# SPDX-License-Identifier: Apache-2.0
"""samples/button with overlay-x509.conf: the log says what is wrong, until nothing is."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from authority import Authority, Identity
from credentials import store
from demo_server import DemoServer
from device import Config, Device
from leshan import Leshan, free_port
from relay import CERTIFICATE, CLIENT_HELLO, Relay
from server import Account, end

PRESSES = '/3200/0/5501'


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_each_cause_is_told_by_its_name(
    device: Device, config: Config, account: Account, authority: Authority
) -> None:
    device.wait('there are no credentials')
    device.wait('security tag 5684')
    device.wait('the credentials are missing or cannot be used')

    store_all(device, authority, authority.issue(account.endpoint))
    # QEMU's network does not pass on that a port is closed.
    if not config.has('NET_QEMU_USER'):
        device.wait('nothing listens at this port')
        device.wait('the socket failed')

    with tls_server(account.port, authority.issue('elsewhere')):
        device.wait('for another name')
        device.wait("the server's certificate was not accepted")

    dates = [(2020, 'has expired'), (2040, 'is not valid yet')]
    for first, cause in dates if config.has('MBEDTLS_HAVE_TIME_DATE') else []:
        identity = authority.issue('localhost', datetime(first, 1, 1, tzinfo=timezone.utc))
        with tls_server(account.port, identity):
            device.wait(cause)
            device.wait("the server's certificate was not accepted")

    # A suite that the device does not have.
    identity = authority.issue('localhost')
    with tls_server(account.port, identity, '-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305'):
        device.wait('refused by the server: identity, key and cipher suites have to fit')
        device.wait('the DTLS handshake was refused or timed out')

    (stranger := authority.certificate.parent / 'stranger').mkdir()
    with tls_server(account.port, Authority(stranger).issue('localhost')):
        device.wait('not signed by the CA under the security tag')
        device.wait("the server's certificate was not accepted")


def test_a_device_with_a_certificate_is_managed(
    device: Device, account: Account, authority: Authority
) -> None:
    if missing := Leshan.missing():
        pytest.skip(missing)
    store_all(device, authority, authority.issue(account.endpoint))
    with Leshan(account, authority) as server:
        server.wait_registered()
        assert int(server.read(PRESSES)) >= 0
        device.command('client_lite close')
        server.wait_deregistered()


def test_a_session_is_resumed_from_a_new_address(
    device: Device, account: Account, authority: Authority
) -> None:
    """This server knows the draft's connection ids (extension 53), not RFC 9146's (54): it gives none, and does
    not know the device's records any longer."""
    if missing := Leshan.missing():
        pytest.skip(missing)
    store_all(device, authority, authority.issue(account.endpoint))
    behind = replace(account, port=free_port())
    with Relay(account.port, behind.port) as relay, Leshan(behind, authority) as server:
        server.wait_registered()
        assert CERTIFICATE in relay.handshakes
        relay.move()
        device.command('client_lite update')
        server.wait_registered()
        assert CLIENT_HELLO in relay.handshakes
        assert CERTIFICATE not in relay.handshakes


def test_without_and_with_a_certificate_of_its_own(
    device: Device, account: Account, tmp_path: Path
) -> None:
    DemoServer.make_certificates(tmp_path, 'localhost', account.endpoint)
    store(device, 'CA', (tmp_path / 'ca.der').read_bytes())
    with DemoServer(account, tmp_path, asks_clients=False) as server:
        server.wait_registered()

    store(device, 'SELF', (tmp_path / 'device.der').read_bytes())
    store(device, 'PK', (tmp_path / 'device-key.der').read_bytes())
    with DemoServer(account, tmp_path) as server:
        device.command('client_lite pause')
        device.answer('client_lite status', 'paused')
        device.command('client_lite resume')
        server.wait_registered()
        assert int(server.read(PRESSES)) >= 0


def store_all(device: Device, authority: Authority, identity: Identity) -> None:
    store(device, 'CA', authority.certificate.read_bytes())
    store(device, 'SELF', identity.certificate.read_bytes())
    store(device, 'PK', identity.key.read_bytes())


@contextmanager
def tls_server(port: int, identity: Identity, *options: str) -> Iterator[None]:
    """Makes handshakes, and no more."""
    command = ['openssl', 's_server', '-dtls1_2', '-accept', f'127.0.0.1:{port}', '-certform', 'DER']
    command += ['-cert', str(identity.certificate), '-keyform', 'DER', '-key', str(identity.key), *options]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        end(process)
