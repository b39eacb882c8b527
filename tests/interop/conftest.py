"""Fixtures: one Leshan for the whole run, a fresh device for each test; and the table of test ids at the end."""

import os
import re
import shlex
from pathlib import Path

import pytest

from authority import Authority
from device import Device
from ets import NOT_APPLICABLE
from leshan import Bootstrap, Leshan, Server
from relay import Relay

OUT = Path(os.environ["INTEROP_OUT"])
PLATFORM = os.environ["INTEROP_PLATFORM"]
PROGRAM = shlex.split(os.environ["INTEROP_DEVICE"])
# This machine, as the device knows it.
HOST = os.environ["INTEROP_HOST"]

KEYS_ALONE = "this image has pre-shared keys alone; tests/zephyr/samples asks for certificates"

# id: what it asks, and what came of it.
_table = {number: (asks, f"does not apply: {reason}") for number, (asks, reason) in NOT_APPLICABLE.items()}


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certified(authority):
    """The server's certificates, as it is told of them. It is the host "localhost"."""
    own = authority.issue("localhost")
    return [authority.certificate, own.certificate, own.key]


@pytest.fixture(scope="session")
def leshan(certified):
    yield from run("leshan", "interop.Main", *certified)


@pytest.fixture(scope="session")
def leshan_without_cids(certified):
    yield from run("leshan", "interop.Main", *certified, "no-cids", log="without-cids")


@pytest.fixture(scope="session")
def second_leshan(certified):
    yield from run("leshan", "interop.Main", *certified, log="second")


@pytest.fixture(scope="session")
def bootstrap_leshan():
    yield from run("bootstrap", "interop.Bootstrap")


@pytest.fixture
def start(request):
    """Starts a device with settings; it and its server. A relay stands in between. With an authority it has a
    certificate in place of a key."""
    devices = []

    def start(leshan=None, relay=None, host=HOST, authority=None, **settings):
        leshan = leshan or request.getfixturevalue("leshan")
        endpoint = f"{name(request)}-{len(devices)}"
        scheme = "coap"
        if "psk" in settings:
            scheme = "coaps"
            identity, key = settings["psk"].split(":")
            leshan.perform("key", endpoint, identity=identity, key=key)
        elif authority is not None:
            scheme = "coaps"
            own = authority.issue(endpoint)
            settings["certificates"] = ":".join(map(hexadecimal, [own.certificate, own.key, authority.certificate]))
            leshan.perform("certificate", endpoint)
        uri = f"{scheme}://{host}:{relay.port if relay else leshan.ports[scheme]}"
        device = Device(PROGRAM, uri, endpoint, settings)
        devices.append(device)
        return device, Server(leshan, endpoint)

    yield start
    for device in devices:
        print("\n".join(device.stop()))


@pytest.fixture
def connect(start):
    """Starts a device in the same way; it and its server, once it is registered."""

    def connect(*arguments, **settings):
        device, server = start(*arguments, **settings)
        server.registered = server.expect("registered")
        device.expect("event registered.*")
        return device, server

    return connect


@pytest.fixture
def unbootstrapped(leshan, bootstrap_leshan, request):
    """The bootstrap server, and a function that starts the device; the account is told in between."""
    endpoint = name(request)
    bootstrap = Bootstrap(bootstrap_leshan, endpoint)
    devices = []

    def start(**settings):
        scheme = "coaps" if "psk" in settings else "coap"
        uri = f"{scheme}://{HOST}:{bootstrap_leshan.ports[scheme]}"
        devices.append(Device(PROGRAM, uri, endpoint, {"bootstrap": "y", **settings}))
        return devices[0], Server(leshan, endpoint)

    yield bootstrap, start
    for device in devices:
        print("\n".join(device.stop()))


@pytest.fixture
def trio(request):
    """A device and its two servers, once it is registered with both."""
    if PLATFORM != "host":
        pytest.skip("the device has an account with one server on Zephyr")
    second = request.getfixturevalue("second_leshan")
    device, first = request.getfixturevalue("connect")(second=f"coap://127.0.0.1:{second.ports['coap']}")
    other = Server(second, first.endpoint)
    other.registered = other.expect("registered")
    device.expect("event registered.*")
    return device, first, other


@pytest.fixture
def pair(connect):
    return connect()


@pytest.fixture
def device(pair):
    return pair[0]


@pytest.fixture
def server(pair):
    return pair[1]


def run(name, main, *arguments, log=None):
    classes = OUT / name
    command = [f"{classes}/classes:{classes}/lib/*", main, *arguments]
    running = Leshan(command, OUT / f"{log or name}.log")
    yield running
    running.stop()


def hexadecimal(file):
    return file.read_bytes().hex()


def name(request):
    """The test's, as an endpoint."""
    return request.node.name.replace("[", "-").rstrip("]")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    named = re.match(r"test_1_int_(\d+)", item.name)
    if named is None or (report.when != "call" and report.passed):
        return
    number = int(named[1])
    asks = " ".join(item.function.__doc__.split())
    if report.skipped:
        result = f"does not apply: {call.excinfo.value.msg}"
    else:
        result = "pass" if report.passed else "FAIL"
    if _table.get(number, ("", ""))[1] != "FAIL":
        _table[number] = (asks, result)


def pytest_terminal_summary(terminalreporter, config):
    # A part of the suite makes no table.
    if config.getoption("keyword") or not config.getoption("file_or_dir") == [str(Path(__file__).parent)]:
        return
    width = max(len(asks) for asks, _ in _table.values())
    lines = ["LightweightM2M-1.1-int-"]
    for number, (asks, result) in sorted(_table.items()):
        lines.append(f"{number:>5}  {asks:<{width}}  {result}")
    results = [result for _, result in _table.values()]
    passed, failed = results.count("pass"), results.count("FAIL")
    lines.append(f"{passed} pass, {failed} fail, {len(results) - passed - failed} do not apply")
    (OUT / f"table-{PLATFORM}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    terminalreporter.write("\n" + "\n".join(lines) + "\n")
