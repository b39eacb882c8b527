# SPDX-License-Identifier: Apache-2.0
"""Keys stay in the device: they are in nothing that it sends, logs or shows, however they are written."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

from credentials import store
from demo_server import DemoServer
from device import Device
from leshan import free_port
from relay import Relay
from server import Account


def test_a_pre_shared_key(device: Device, account: Account) -> None:
    key = bytes.fromhex(account.key)
    behind = replace(account, port=free_port())
    with DemoServer(replace(behind, key='00' * 16)) as wrong, Relay(account.port, behind.port) as relay:
        device.command('client_lite register')
        device.wait('SECURE_CONNECTION_FAILED')
        wrong.stop()
        with DemoServer(behind) as server:
            live(device, server)
    # The identity is no secret: what is sent in the clear is found.
    assert account.identity.encode() in sent(relay)
    hides(key, device, relay)


def test_a_private_key(device: Device, account: Account, tmp_path: Path) -> None:
    DemoServer.make_certificates(tmp_path, 'localhost', account.endpoint)
    key = (tmp_path / 'device-key.der').read_bytes()
    store(device, 'CA', (tmp_path / 'ca.der').read_bytes())
    store(device, 'SELF', (tmp_path / 'device.der').read_bytes())
    store(device, 'PK', key)
    behind = replace(account, port=free_port())
    with DemoServer(behind, tmp_path) as server, Relay(account.port, behind.port) as relay:
        device.command('client_lite register')
        live(device, server)
    assert relay.handshakes
    hides(scalar(key), device, relay)


def test_a_private_key_that_cannot_be_used(device: Device, account: Account, tmp_path: Path) -> None:
    """It is told, and not shown."""
    DemoServer.make_certificates(tmp_path, 'localhost', account.endpoint)
    key = (tmp_path / 'device-key.der').read_bytes()
    store(device, 'CA', (tmp_path / 'ca.der').read_bytes())
    store(device, 'SELF', (tmp_path / 'device.der').read_bytes())
    store(device, 'PK', key[:100])
    behind = replace(account, port=free_port())
    with Relay(account.port, behind.port) as relay:
        device.command('client_lite register')
        device.wait('this image cannot use the credentials')
    hides(scalar(key), device, relay)


def live(device: Device, server: DemoServer) -> None:
    """A registration, a Read, and all that the shell shows."""
    server.wait_registered()
    server.read('/3/0')
    for command, shown in [
        ('status', 'endpoint:'),
        ('counters', 'bytes received:'),
        ('objects', '/3200'),
        ('update', 'REGISTRATION_UPDATED'),
        ('close', 'OBJECT_UNREGISTERED'),
    ]:
        device.command(f'client_lite {command}')
        device.wait(shown)
    # What could show a key has spoken.
    for source in ['<dbg> client_lite', '<dbg> net_sock_tls']:
        assert any(source in line for line in device.lines()), f'no line of {source}'


def hides(key: bytes, device: Device, relay: Relay) -> None:
    console = '\n'.join(device.lines()).encode()
    assert b'messages dropped' not in console
    for form in forms(key):
        assert form not in sent(relay), f'the network shows {form}'
        assert form not in console, f'the console shows {form}'


def sent(relay: Relay) -> bytes:
    return b''.join(datagram.content for datagram in relay.datagrams if datagram.of_device)


def forms(key: bytes) -> list[bytes]:
    """All in which it may leak. Of eight bytes in a row, since a dump may begin a new line behind each eight; in
    Base64 wherever in groups of three bytes the key begins."""
    groups = [key[start:][: len(key[start:]) // 3 * 3] for start in range(3)]
    forms = [base64.b64encode(group) for group in groups]
    for start in range(len(key) - 7):
        part = key[start : start + 8]
        texts = [part.hex(), part.hex(' '), ', '.join(f'0x{byte:02x}' for byte in part)]
        texts += [text.upper() for text in texts] + [', '.join(str(byte) for byte in part)]
        forms += [part, *(text.encode() for text in texts)]
    return forms


def scalar(key: bytes) -> bytes:
    """The number in a PKCS #8 key on P-256: an octet string of 32 bytes (RFC 5915, 3)."""
    start = key.index(b'\x04\x20') + 2
    return key[start : start + 32]
