# SPDX-License-Identifier: Apache-2.0
"""Asleep in queue mode nobody listens, and what comes all the same does no harm."""

import struct

from device import Device
from plain_server import PlainServer
from server import Account

FLOOD = 200
"""More datagrams than the board's stack has buffers for."""


def test_what_comes_asleep_is_dropped_and_counted(device: Device, account: Account) -> None:
    with PlainServer(account.port) as server:
        device.command('client_lite register')
        device.wait_events('OBJECT_REGISTERED')
        device.answer('client_lite status', 'registered, asleep')
        before = discarded(device)

        for number in range(FLOOD):
            # A confirmable GET of /3, with an id of its own.
            server.send(b'\x40\x01' + struct.pack('!H', number) + b'\xb13')
        # Nothing wakes the device, but what has come is no longer there.
        device.answer('client_lite counters', r'discarded: +[1-9]')
        device.answer('client_lite status', 'registered, asleep')
        assert discarded(device) > before
        assert server.others == 0

        # The answer finds room, and of the requests none is answered late.
        device.command('client_lite update')
        server.wait_requests(2)
        device.wait_events('OBJECT_REGISTERED', 'REGISTRATION_UPDATED')
        assert server.others == 0


def discarded(device: Device) -> int:
    return int(device.answer('client_lite counters', r'discarded: +(\d+)')[1])
