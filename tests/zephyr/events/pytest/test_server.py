# SPDX-License-Identifier: Apache-2.0
"""The server goes away and comes back, forgets, and refuses."""

import pytest
from demo_server import DemoServer
from device import Device


def test_a_server_that_falls_silent_is_asked_until_it_answers(
    device: Device, demo_server: DemoServer
) -> None:
    register(device, demo_server)

    demo_server.silence(True)
    device.command('client_lite update')
    device.wait_events('OBJECT_REGISTERED', 'NETWORK_ERROR+')
    demo_server.silence(False)

    # Under DTLS each retry makes a new association, and a new one needs a new registration.
    secure = demo_server.account.secure
    back = 'OBJECT_REGISTERED' if secure else 'REGISTRATION_UPDATED'
    device.wait_events('OBJECT_REGISTERED', 'NETWORK_ERROR+', back)


def test_a_server_that_is_started_again_is_registered_with(
    device: Device, demo_server: DemoServer
) -> None:
    # Under DTLS a server that is silent is tried by a handshake, which may fail, too.
    error = NO_SERVER if demo_server.account.secure else 'NETWORK_ERROR+'
    register(device, demo_server)

    demo_server.stop()
    device.command('client_lite update')
    device.wait_events('OBJECT_REGISTERED', error)
    demo_server.start()
    demo_server.wait_registered()

    if demo_server.account.secure:
        device.wait_events('OBJECT_REGISTERED', error, 'OBJECT_REGISTERED')
    else:
        # It has forgotten the device, and says so.
        device.wait_events(
            'OBJECT_REGISTERED', 'NETWORK_ERROR+', 'NOT_REGISTERED', 'OBJECT_REGISTERED'
        )


def test_a_server_that_is_not_there_yet_is_waited_for(
    device: Device, demo_server: DemoServer
) -> None:
    error = NO_SERVER if demo_server.account.secure else 'NETWORK_ERROR+'
    demo_server.stop()
    device.command('client_lite register')
    device.wait_events(error)
    demo_server.start()
    device.wait_events(error, 'OBJECT_REGISTERED')


def test_a_server_that_has_forgotten_the_device_is_registered_with_at_once(
    device: Device, demo_server: DemoServer
) -> None:
    register(device, demo_server)

    demo_server.forget()
    device.command('client_lite update')
    device.wait_events('OBJECT_REGISTERED', 'NOT_REGISTERED', 'OBJECT_REGISTERED')


def test_a_server_that_fails_is_asked_until_it_registers_the_device(
    device: Device, demo_server: DemoServer
) -> None:
    demo_server.refuse('register', '5.00')
    device.command('client_lite register')
    device.wait_events('UNKNOWN_ERROR+')
    demo_server.allow('register')
    device.wait_events('UNKNOWN_ERROR+', 'OBJECT_REGISTERED')


@pytest.mark.parametrize('code', ['4.00', '4.03'])
def test_a_server_that_refuses_the_device_is_left_alone(
    device: Device, demo_server: DemoServer, code: str
) -> None:
    demo_server.refuse('register', code)
    device.command('client_lite register')
    device.wait_events('INVALID_PARAMETERS')
    device.answer('client_lite status', 'halted')

    demo_server.allow('register')
    device.command('client_lite register')
    device.wait_events('INVALID_PARAMETERS', 'OBJECT_REGISTERED')


def test_an_update_that_is_forbidden_halts_the_client(
    device: Device, demo_server: DemoServer
) -> None:
    register(device, demo_server)

    demo_server.refuse('update', '4.03')
    device.command('client_lite update')
    device.wait_events('OBJECT_REGISTERED', 'NOT_ALLOWED')
    device.answer('client_lite status', 'halted')


@pytest.mark.parametrize(
    ('code', 'error'),
    [('4.03', 'NOT_ALLOWED'), ('4.04', 'NOT_REGISTERED'), ('5.00', 'UNREGISTRATION_FAILED')],
)
def test_a_refused_deregistration_halts_the_client(
    device: Device, demo_server: DemoServer, code: str, error: str
) -> None:
    register(device, demo_server)

    demo_server.refuse('deregister', code)
    device.command('client_lite close')
    device.wait_events('OBJECT_REGISTERED', error)
    device.answer('client_lite status', 'halted')


def test_a_deregistration_that_nobody_answers_halts_the_client(
    device: Device, demo_server: DemoServer
) -> None:
    register(device, demo_server)

    demo_server.silence(True)
    device.command('client_lite close')
    device.wait_events('OBJECT_REGISTERED', 'NETWORK_ERROR')
    device.answer('client_lite status', 'halted')


def test_a_server_that_has_disabled_itself_is_left_alone_for_a_while(
    device: Device, demo_server: DemoServer
) -> None:
    register(device, demo_server)

    demo_server.write('/1/0/5', 10)
    demo_server.execute('/1/0/4')
    demo_server.wait_deregistered()
    device.wait_events('OBJECT_REGISTERED', 'OBJECT_UNREGISTERED')
    device.answer('client_lite status', 'disabled by the server')
    device.wait_events('OBJECT_REGISTERED', 'OBJECT_UNREGISTERED', 'OBJECT_REGISTERED')


def test_commands_that_come_at_a_wrong_time_are_refused(
    device: Device, demo_server: DemoServer
) -> None:
    expected = []
    for command, event in [
        ('update', 'NOT_REGISTERED'),
        ('close', 'NOT_REGISTERED'),
        ('register', 'OBJECT_REGISTERED'),
        ('register', 'NOT_ALLOWED'),
        ('update', 'REGISTRATION_UPDATED'),
        ('close', 'OBJECT_UNREGISTERED'),
        ('close', 'NOT_REGISTERED'),
        ('register', 'OBJECT_REGISTERED'),
    ]:
        device.command(f'client_lite {command}')
        expected.append(event)
        device.wait_events(*expected)


NO_SERVER = 'NETWORK_ERROR|SECURE_CONNECTION_FAILED+'
"""A handshake fails in the one way or the other: the port is told to be unreachable, or not."""


def register(device: Device, server: DemoServer) -> None:
    device.command('client_lite register')
    device.wait_events('OBJECT_REGISTERED')
    server.wait_registered()
