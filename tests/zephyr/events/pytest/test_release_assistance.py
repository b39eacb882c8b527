# SPDX-License-Identifier: Apache-2.0
"""In queue mode the modem is told what the device expects, and what is due later may go sooner."""

import re

from device import Device
from plain_server import PlainServer
from server import Account

NO_DATA, ONE_RESP, WAIT_MORE = '1', '3', '5'
"""Values of SO_RAI."""


def test_a_modem_is_told_when_it_may_release_the_radio(device: Device, account: Account) -> None:
    with PlainServer(account.port):
        device.command('client_lite register')
        device.wait_events('OBJECT_REGISTERED')
        device.answer('client_lite status', 'registered, asleep')
        device.command('client_lite update')
        device.wait_events('OBJECT_REGISTERED', 'REGISTRATION_UPDATED')
        device.answer('client_lite status', 'registered, asleep')

    # After the response to the Update it is released already.
    assert indications(device) == [WAIT_MORE, NO_DATA, ONE_RESP]


def test_an_update_goes_while_the_radio_is_on(device: Device, account: Account) -> None:
    with PlainServer(account.port):
        device.command('client_lite register')
        device.wait_events('OBJECT_REGISTERED')
        # In the second half of 73 s, and longer before its end than it takes.
        device.answer('client_lite status', r'next update: +in (2[5-9]|3[0-5]) s', timeout=60)
        device.command('client_lite radio_on')
        device.wait('REGISTRATION_UPDATED', timeout=20)


def indications(device: Device) -> list[str]:
    """What the modem was told, in its order."""
    found = [re.search(r'SO_RAI (\d)', line) for line in device.lines()]
    return [match[1] for match in found if match]
