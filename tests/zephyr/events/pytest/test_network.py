# SPDX-License-Identifier: Apache-2.0
"""The network interface goes down and comes up."""

from demo_server import DemoServer
from device import Config, Device


def test_an_interface_that_was_down_costs_no_more_than_it_must(
    device: Device, demo_server: DemoServer
) -> None:
    device.command('client_lite register')
    device.wait_events('OBJECT_REGISTERED')

    set_interface(device, 'down')
    device.answer('client_lite status', 'registered, paused')
    set_interface(device, 'up')

    if tells_addresses(device.config):
        # The server still knows the device where it is: the one Update is that of the command.
        device.answer('client_lite status', 'registered$')
        device.command('client_lite update')
        device.wait_events('OBJECT_REGISTERED', 'REGISTRATION_UPDATED')
        device.command('client_lite counters')
        assert device.wait(r'registrations: +(\d+)')[1] == '1'
        assert device.wait(r'updates: +(\d+)')[1] == '1'
    else:
        device.wait_events('OBJECT_REGISTERED', 'OBJECT_REGISTERED')


def test_an_interface_that_is_down_is_waited_for(device: Device, demo_server: DemoServer) -> None:
    set_interface(device, 'down')
    device.command('client_lite register')
    device.wait_events('NETWORK_ERROR+')
    set_interface(device, 'up')
    device.wait_events('NETWORK_ERROR+', 'OBJECT_REGISTERED')


def test_an_update_while_the_interface_is_down_is_made_up_for(
    device: Device, demo_server: DemoServer
) -> None:
    device.command('client_lite register')
    device.wait_events('OBJECT_REGISTERED')

    set_interface(device, 'down')
    device.answer('client_lite status', 'registered, paused')
    device.command('client_lite update')
    device.wait_events('OBJECT_REGISTERED', 'NETWORK_ERROR+')
    set_interface(device, 'up')
    # A new association needs a new registration; under DTLS every retry makes one.
    continues = tells_addresses(device.config) and not demo_server.account.secure
    back = 'REGISTRATION_UPDATED' if continues else 'OBJECT_REGISTERED'
    device.wait_events('OBJECT_REGISTERED', 'NETWORK_ERROR+', back)


def set_interface(device: Device, state: str) -> None:
    device.answer(f'net iface {state} 1', f'Interface 1 is (already )?{state}')


def tells_addresses(config: Config) -> bool:
    """Where the stack does not tell a socket's address, nobody knows whether it is still the same."""
    return not (config.has('NET_SOCKETS_OFFLOAD') or config.has('TEST_EXCLUSIVE_SOCKETS'))
