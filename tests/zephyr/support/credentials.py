# SPDX-License-Identifier: Apache-2.0
"""Zephyr's TLS credentials, by its shell."""

from __future__ import annotations

import base64

from device import Device

TAG = 5684


def store(device: Device, kind: str, content: bytes) -> None:
    """Stores a credential, in lines that the shell can take. Kinds are CA, SELF, PK, PSK, PSK_ID."""
    text = base64.b64encode(content).decode()
    device.command('cred buf clear')
    for start in range(0, len(text), 128):
        device.command(f'cred buf {text[start:start + 128]}')
        device.wait('Stored')
    device.command(f'cred add {TAG} {kind} default bin')
    device.wait('Added TLS credential')


def remove(device: Device, kind: str) -> None:
    """Of a short one alone: the shell of Zephyr 4.1 clears as many bytes behind its list of credentials."""
    device.command(f'cred del {TAG} {kind}')
    device.wait('Deleted TLS credential')
