# SPDX-License-Identifier: Apache-2.0
"""What handshakes cost on the wire, for those who pay by the byte: rows of the table of tests/zephyr/handshakes."""

from __future__ import annotations

import os
from pathlib import Path

from relay import Datagram, Relay

PLATFORM = os.environ.get('INTEROP_PLATFORM', 'zephyr')
ROWS = Path(__file__).resolve().parents[2] / 'target' / 'handshakes' / PLATFORM

LARGEST = 1280 - 48
"""What IPv6 carries everywhere, without its and UDP's headers (RFC 8200, 5)."""


def note_handshake(name: str, relay: Relay) -> int:
    """A row for the handshakes that have passed; their bytes, UDP's and IP's headers not counted."""
    return note(name, [datagram for datagram in list(relay.datagrams) if datagram.is_handshake])


def note_all(name: str, relay: Relay) -> int:
    """The same for all that has passed."""
    return note(name, list(relay.datagrams))


def note(name: str, datagrams: list[Datagram]) -> int:
    lengths: dict[bool, list[int]] = {True: [], False: []}
    for datagram in datagrams:
        lengths[datagram.of_device].append(len(datagram.content))
    count, total = len(datagrams), sum(lengths[True] + lengths[False])
    assert all(length <= LARGEST for length in lengths[True] + lengths[False]), (name, lengths)
    ROWS.mkdir(parents=True, exist_ok=True)
    row = f'| {name} | {count} | {total} | {lengths[True]} | {lengths[False]} |\n'
    (ROWS / f'{name.replace(" ", "-")}.md').write_text(row, encoding='utf-8')
    return total
