# SPDX-License-Identifier: Apache-2.0
"""A device that always listens keeps the way back to it open."""

from device import Device
from plain_server import PlainServer
from server import Account


def test_pings_go_while_nothing_else_does(device: Device, account: Account) -> None:
    with PlainServer(account.port) as server:
        device.command('client_lite register')
        device.wait_events('OBJECT_REGISTERED')
        server.wait_pings(3)
        # Each has its answer, so that nobody has to find out what is wrong.
        device.answer('client_lite counters', r'retransmissions: +0$')
        device.wait_events('OBJECT_REGISTERED')
