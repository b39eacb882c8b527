# SPDX-License-Identifier: Apache-2.0
"""What the tests start and end: the device, and a server that it knows.

The server is up before the device is, and listens where the image's server URI says.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_server import DemoServer
from device import Config, Device
from leshan import Leshan
from name_server import NameServer
from power import Power
from server import Account, Server
from twister_harness import DeviceAdapter


@pytest.fixture
def config(unlaunched_dut: DeviceAdapter) -> Config:
    return Config(Path(unlaunched_dut.device_config.app_build_dir))


@pytest.fixture
def account(config: Config) -> Account:
    return config.account()


@pytest.fixture
def names(config: Config) -> Iterator[NameServer | None]:
    """The server that the image asks for the address of its server, where it has to ask."""
    if not config.has('DNS_RESOLVER'):
        yield None
        return
    with NameServer(int(config.text('DNS_SERVER1').rpartition(':')[2])) as names:
        yield names


@pytest.fixture
def demo_server(account: Account) -> Iterator[DemoServer]:
    with DemoServer(account) as server:
        yield server


@pytest.fixture
def leshan(account: Account) -> Iterator[Leshan]:
    if missing := Leshan.missing():
        pytest.skip(missing)
    with Leshan(account) as server:
        yield server


@pytest.fixture(params=[DemoServer, Leshan], ids=lambda kind: kind.name)
def server(request: pytest.FixtureRequest, account: Account) -> Iterator[Server]:
    """One server after the other, for what all servers have to do."""
    kind = request.param
    if kind is Leshan and (missing := Leshan.missing()):
        pytest.skip(missing)
    with kind(account) as server:
        yield server


@pytest.fixture
def device(
    request: pytest.FixtureRequest,
    unlaunched_dut: DeviceAdapter,
    config: Config,
    names: NameServer | None,
) -> Device:
    """A device that has just started; unlaunched_dut ends it."""
    for name in {'demo_server', 'leshan', 'server'}.intersection(request.fixturenames):
        request.getfixturevalue(name)
    unlaunched_dut.launch()
    device = Device(unlaunched_dut, config)
    # What is typed before the console is ready would stop QEMU's UART for good.
    device.wait('.')
    return device


@pytest.fixture
def power(unlaunched_dut: DeviceAdapter, tmp_path: Path) -> Power:
    """A device that has no power yet, and whose flash memory is empty."""
    return Power(Path(unlaunched_dut.device_config.app_build_dir), tmp_path / 'flash')
