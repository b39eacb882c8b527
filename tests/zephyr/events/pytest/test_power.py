# SPDX-License-Identifier: Apache-2.0
"""A device that loses its power goes on where it was, with what a bootstrap server has written."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from demo_server import DemoServer, Management
from power import Power
from server import Account

COUNTER = '/3200/0/5501'
DEVICE = '/3/0'
LIFETIME = '/1/0/1'
REGISTERED = 'events: OBJECT_REGISTERED'
"""On the console, when it is stored."""


@pytest.fixture
def server(account: Account) -> Iterator[DemoServer]:
    """The bootstrap server and the one that it sends the device to."""
    with DemoServer(account, management=Management('127.0.0.1', account.port, None)) as server:
        yield server


@pytest.mark.parametrize('has_clock', [True, False], ids=['clock', 'no clock'])
def test_a_registration_and_its_observation_go_on(
    power: Power, server: DemoServer, has_clock: bool
) -> None:
    """Where the device knows for how long it was away, without a message of its own."""
    power.has_clock = has_clock
    with power:
        power.wait('snapshot of the accounts: nothing was stored yet')
        power.wait('snapshot of the session: nothing was stored yet')
        server.wait_registered()
        server.observe(COUNTER)
        power.command(f'client_lite set {COUNTER} 6')
        assert server.wait_notified(COUNTER) == '6'
    with power:
        power.wait('snapshot of the accounts: taken over')
        power.wait('snapshot of the session: taken over')
        power.wait('the registration from before goes on')
        if not has_clock:
            server.wait_updated()
        power.command(f'client_lite set {COUNTER} 7')
        wait_notified(server, 7)
    assert server.bootstraps() == 1
    assert server.registers() == 1
    assert server.updates() == int(not has_clock)


def test_a_server_that_has_forgotten_the_device_gets_a_register(
    power: Power, server: DemoServer
) -> None:
    with power:
        power.wait(REGISTERED)
    server.forget()
    with power:
        power.wait('the registration from before goes on')
        server.wait_registered()
    assert server.bootstraps() == 1


def test_a_port_that_is_taken_makes_it_another_association(
    power: Power, server: DemoServer
) -> None:
    with power:
        port = server.wait_registered_port()
        power.wait(REGISTERED)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(('0.0.0.0', port))
        with power:
            assert server.wait_registered_port() != port
            power.wait('over a new association')
    assert server.bootstraps() == 1


def test_no_instant_ends_a_registration(power: Power, server: DemoServer) -> None:
    """While it starts, while it notifies, and while it stores observations."""
    with power:
        server.wait_registered()
        server.observe(COUNTER)

    def act(chance: random.Random) -> None:
        power.command(f'client_lite set {COUNTER} {chance.randrange(1000)}')
        server.begin(chance.choice(['observe', 'cancel']), DEVICE)

    lose_power(power, server, act)
    assert server.bootstraps() == 1
    assert server.registers() == 1
    with power:
        power.command(f'client_lite set {COUNTER} 1000')
        wait_notified(server, 1000)


def test_no_instant_loses_an_account(power: Power, server: DemoServer) -> None:
    """While it starts, and while it stores what belongs to the account."""
    with power:
        server.wait_registered()
        server.read(COUNTER)
    lose_power(
        power,
        server,
        lambda chance: server.begin('write', LIFETIME, str(chance.randrange(200, 400))),
    )
    assert server.bootstraps() == 1
    assert server.registers() == 1


def lose_power(power: Power, server: DemoServer, act: Callable[[random.Random], None]) -> None:
    """Again and again, while something happens. Each time the server reaches the device afterwards."""
    seed = random.randrange(1 << 32)
    print(f'seed {seed}')
    chance = random.Random(seed)
    for _ in range(25):
        with power:
            until = time.monotonic() + chance.uniform(0, 3)
            while (left := until - time.monotonic()) > 0:
                act(chance)
                time.sleep(min(left, chance.uniform(0, 0.4)))
        with power:
            power.wait(REGISTERED)
            server.read(COUNTER)


def wait_notified(server: DemoServer, value: int) -> None:
    """What the device has before the test says otherwise is told as well."""
    while server.wait_notified(COUNTER) != str(value):
        pass
