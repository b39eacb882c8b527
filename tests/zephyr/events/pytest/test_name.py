# SPDX-License-Identifier: Apache-2.0
"""The server's name has no address, or finding it takes long."""

from demo_server import DemoServer
from device import Device
from name_server import NameServer


def test_a_name_without_an_address_is_asked_for_again(
    device: Device, demo_server: DemoServer, names: NameServer
) -> None:
    names.know(False)
    device.command('client_lite register')
    # The image has one family of addresses, and says which.
    device.wait(r'server\.test: no IPv4 \(CONFIG_NET_IPV6=n\) address')
    device.wait_events('DNS_RESOLVING_FAILED+')
    device.answer('client_lite status', r'next attempt: +in \d+ s')
    names.know(True)
    device.wait_events('DNS_RESOLVING_FAILED+', 'OBJECT_REGISTERED')


def test_commands_are_carried_out_while_a_name_is_resolved(
    device: Device, demo_server: DemoServer, names: NameServer
) -> None:
    names.hold()
    device.command('client_lite register')
    names.wait_asked()

    # An Update is refused, and a close ends the attempt, before there is an answer.
    device.command('client_lite update')
    device.wait_events('NOT_REGISTERED')
    device.command('client_lite close')
    device.wait_events('NOT_REGISTERED', 'NOT_REGISTERED')
    device.answer('client_lite status', 'halted')

    # The next attempt waits behind the old one, whose late result is nobody's.
    device.command('client_lite register')
    device.answer('client_lite status', 'registering')
    names.release()
    device.wait_events('NOT_REGISTERED', 'NOT_REGISTERED', 'OBJECT_REGISTERED')
    demo_server.wait_registered()


def test_a_pause_while_a_name_is_resolved_takes_effect_at_once(
    device: Device, demo_server: DemoServer, names: NameServer
) -> None:
    names.hold()
    device.command('client_lite register')
    names.wait_asked()

    device.command('client_lite pause')
    device.answer('client_lite status', 'paused')
    names.release()
    device.command('client_lite resume')
    device.wait_events('OBJECT_REGISTERED')
