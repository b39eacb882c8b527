# SPDX-License-Identifier: Apache-2.0
"""samples/button with overlay-x509.conf: the log says what is wrong, until nothing is."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from authority import Authority, Identity
from credentials import store
from demo_server import DemoServer
from device import Config, Device
from handshakes import note_handshake
from leshan import Leshan, free_port
from relay import CERTIFICATE, CLIENT_HELLO, Relay
from server import Account, end

PRESSES = '/3200/0/5501'


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a server, and what the log says of it."""

    cause: str
    kind: str = "the server's certificate was not accepted"
    name: str = 'localhost'
    first: datetime | None = None
    """The day from which its certificate is valid, where that is the fault."""
    is_known: bool = True
    """Whether the device knows its authority."""
    options: tuple[str, ...] = ()


FAULTS = {
    'another name': Fault('for another name', name='elsewhere'),
    'expired': Fault('has expired', first=datetime(2020, 1, 1, tzinfo=timezone.utc)),
    'not valid yet': Fault('is not valid yet', first=datetime(2040, 1, 1, tzinfo=timezone.utc)),
    'unknown authority': Fault('not signed by the CA under the security tag', is_known=False),
    'no common cipher suite': Fault(
        'refused by the server: identity, key and cipher suites have to fit',
        'the DTLS handshake was refused or timed out',
        options=('-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305'),
    ),
}


@pytest.mark.parametrize('fault', FAULTS.values(), ids=FAULTS)
def test_a_server_is_refused_by_its_fault_until_it_is_mended(
    device: Device, config: Config, account: Account, authority: Authority, fault: Fault
) -> None:
    if fault.first is not None and not config.has('MBEDTLS_HAVE_TIME_DATE'):
        pytest.skip('the device does not know the time')
    store_all(device, authority, authority.issue(account.endpoint))
    issuer = authority if fault.is_known else stranger(authority)
    with tls_server(account.port, issuer.issue(fault.name, fault.first), *fault.options):
        device.wait(fault.cause)
        device.wait(fault.kind)
    with certified_server(account, authority) as server:
        server.wait_registered()


def test_missing_credentials_are_told_until_they_are_there(
    device: Device, account: Account, authority: Authority
) -> None:
    device.wait('there are no credentials')
    device.wait('security tag 5684')
    device.wait('the credentials are missing or cannot be used')
    store_all(device, authority, authority.issue(account.endpoint))
    with certified_server(account, authority) as server:
        server.wait_registered()


def test_a_certificate_of_the_device_is_refused_until_the_server_knows_its_authority(
    device: Device, account: Account, authority: Authority
) -> None:
    store_all(device, authority, authority.issue(account.endpoint))
    with certified_server(account, authority, clients=stranger(authority)):
        device.wait('refused by the server: identity, key and cipher suites have to fit')
        device.wait('the DTLS handshake was refused or timed out')
    with certified_server(account, authority) as server:
        server.wait_registered()


def test_a_closed_port_is_told_until_a_server_is_there(
    device: Device, config: Config, account: Account, authority: Authority
) -> None:
    if config.has('NET_QEMU_USER'):
        pytest.skip("QEMU's network does not pass on that a port is closed")
    store_all(device, authority, authority.issue(account.endpoint))
    device.wait('nothing listens at this port')
    device.wait('the socket failed')
    with certified_server(account, authority) as server:
        server.wait_registered()


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
    with Leshan(behind, authority) as server, Relay(account.port, behind.port) as relay:
        server.wait_registered()
        assert CERTIFICATE in relay.handshakes
        relay.move()
        device.command('client_lite update')
        server.wait_registered()
        assert CLIENT_HELLO in relay.handshakes
        assert CERTIFICATE not in relay.handshakes
        note_handshake('certificates of both, resumed', relay)


def test_without_and_with_a_certificate_of_its_own(
    device: Device, account: Account, tmp_path: Path
) -> None:
    DemoServer.make_certificates(tmp_path, 'localhost', account.endpoint)
    behind = replace(account, port=free_port())
    store(device, 'CA', (tmp_path / 'ca.der').read_bytes())
    with DemoServer(behind, tmp_path, asks_clients=False) as server, Relay(account.port, behind.port) as relay:
        server.wait_registered()
        without = note_handshake('certificate of the server', relay)

    store(device, 'SELF', (tmp_path / 'device.der').read_bytes())
    store(device, 'PK', (tmp_path / 'device-key.der').read_bytes())
    with DemoServer(behind, tmp_path) as server, Relay(account.port, behind.port) as relay:
        device.command('client_lite pause')
        device.answer('client_lite status', 'paused')
        device.command('client_lite resume')
        server.wait_registered()
        assert note_handshake('certificates of both', relay) > without
        assert int(server.read(PRESSES)) >= 0


def store_all(device: Device, authority: Authority, identity: Identity) -> None:
    store(device, 'CA', authority.certificate.read_bytes())
    store(device, 'SELF', identity.certificate.read_bytes())
    store(device, 'PK', identity.key.read_bytes())


def stranger(authority: Authority) -> Authority:
    """Another one, which nobody knows."""
    (folder := authority.certificate.parent / 'stranger').mkdir()
    return Authority(folder)


def certified_server(account: Account, authority: Authority, clients: Authority | None = None) -> DemoServer:
    """The right one; it knows devices by the same authority, or by another one."""
    clients = clients or authority
    folder = clients.certificate.parent / 'server'
    DemoServer.take_certificates(folder, authority.issue('localhost'), clients)
    return DemoServer(account, folder)


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
