# SPDX-License-Identifier: Apache-2.0
"""Asleep in queue mode nobody listens, and what comes all the same does no harm."""

import struct

from device import Device
from plain_server import PlainServer
from server import Account

BATCHES, BATCH = 20, 4
"""Together more datagrams than the board's stack has buffers for, and each batch less."""


def test_what_comes_asleep_is_dropped_and_counted(device: Device, account: Account) -> None:
    with PlainServer(account.port) as server:
        device.command('client_lite register')
        device.wait_events('OBJECT_REGISTERED')
        device.answer('client_lite status', 'registered, asleep')

        for batch in range(BATCHES):
            for number in range(batch * BATCH, (batch + 1) * BATCH):
                # A confirmable GET of /3, with an id of its own.
                server.send(b'\x40\x01' + struct.pack('!H', number) + b'\xb13')
            # What has come is no longer there.
            device.answer('client_lite counters', rf'discarded: +{(batch + 1) * BATCH}$')
        # It has not woken the device, which answers nothing.
        device.answer('client_lite status', 'registered, asleep')
        assert server.others == 0

        # The answer finds room, and of the requests none is answered late.
        device.command('client_lite update')
        server.wait_requests(2)
        device.wait_events('OBJECT_REGISTERED', 'REGISTRATION_UPDATED')
        assert server.others == 0
