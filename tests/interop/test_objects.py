"""Objects: ids 651 to 1699."""

from leshan import SENML_CBOR, TLV

SLACK = 0.3

CLOCK = {"/3/0/13": 1_367_491_215, "/3/0/14": "+02:00", "/3/0/15": "Europe/Berlin"}


def test_1_int_651_device_writable_resources(server):
    """Device: its writable resources, by Partial Update, and as they were"""
    before = {path: server.value(path) for path in CLOCK}
    for values in [CLOCK, before]:
        assert server.update("/3/0", values, TLV).code == "2.04"
        answer = server.read("/3/0", TLV)
        assert {path: answer.values[path] for path in CLOCK} == values


def test_1_int_652_device_firmware_version(server):
    """Device: the firmware version"""
    assert server.value("/3/0/3") == "1.2.3"


def test_1_int_680_device_create(server):
    """Create of a Device instance: 4.05"""
    assert server.create("/3", {"/3/1/0": "another"}).code == "4.05"


def test_1_int_685_device_delete(server):
    """Delete of the Device instance: 4.05"""
    assert server.delete("/3/0").code == "4.05"
    assert server.value("/3/0/0") == "Client Lite"


def test_1_int_701_connectivity_monitoring(server):
    """Connectivity Monitoring: its readable resources"""
    for format in [TLV, SENML_CBOR]:
        answer = server.read("/4/0", format)
        assert answer.values == {
            "/4/0/0": 41, "/4/0/1/0": 41, "/4/0/1/1": 21, "/4/0/2": -67,
            "/4/0/3": 98, "/4/0/4/0": "127.0.0.1", "/4/0/8": 7,
        }  # fmt: skip


def test_1_int_710_connectivity_monitoring_observed(device, server):
    """Connectivity Monitoring: notifications with pmin and pmax"""
    observe_instance(device, server, "/4/0", "/4/0/2", -67, -70)


def test_1_int_801_location(server):
    """Location: its readable resources"""
    for format in [TLV, SENML_CBOR]:
        answer = server.read("/6/0", format)
        assert answer.values == {"/6/0/0": 60.1699, "/6/0/1": 24.9384, "/6/0/2": 17.5, "/6/0/5": 1_700_000_000}


def test_1_int_810_location_observed(device, server):
    """Location: notifications with pmin and pmax"""
    observe_instance(device, server, "/6/0", "/6/0/5", 1_700_000_000, 1_700_000_001)


def test_1_int_901_connectivity_statistics(device, server):
    """Connectivity Statistics: a collection started, stopped and read"""
    assert server.execute("/7/0/6").code == "2.04"
    device.expect('server executed /7/0/6 with ""')
    device.command("set /7/0/2 12")
    device.command("set /7/0/3 34")
    assert server.execute("/7/0/7").code == "2.04"
    device.expect('server executed /7/0/7 with ""')
    answer = server.read("/7/0", TLV)
    assert (answer.values["/7/0/2"], answer.values["/7/0/3"]) == (12, 34)


def test_1_int_905_connectivity_statistics_setting(server):
    """Connectivity Statistics: its writable resource"""
    assert server.write("/7/0/8", 30, TLV).code == "2.04"
    assert server.value("/7/0/8") == 30


def test_1_int_910_connectivity_statistics_observed(device, server):
    """Connectivity Statistics: notifications with pmin and pmax"""
    observe_instance(device, server, "/7/0", "/7/0/2", 0, 7)


def test_1_int_1630_create_portfolio(server):
    """Portfolio: Create of an instance"""
    assert server.discover("/16/0")["/16/0/0"]["dim"] == "4"
    second = {"/16/1/0/0": "Host Device ID #2", "/16/1/0/1": "Host Device Model #2"}
    assert server.create("/16", second).code == "2.01"
    assert "</16/1>" in server.expect("updated").links
    assert server.discover("/16/1")["/16/1/0"]["dim"] == "2"
    first = {
        "/16/0/0/0": "Host Device ID #1",
        "/16/0/0/1": "Host Device Manufacturer #1",
        "/16/0/0/2": "Host Device Model #1",
        "/16/0/0/3": "Host Device Software Version #1",
    }
    assert server.read("/16").values == {**first, **second}


def test_1_int_1635_delete_portfolio(server):
    """Portfolio: Delete of the only instance"""
    assert set(server.discover("/16")) == {"/16", "/16/0", "/16/0/0"}
    assert server.delete("/16/0").code == "2.02"
    assert set(server.discover("/16")) == {"/16"}
    assert "</16/0>" not in server.expect("updated").links


def observe_instance(device, server, path, resource, before, after):
    assert server.attributes(path, "pmin=1&pmax=2").code == "2.04"
    assert server.observe(path).values[resource] == before
    first = server.expect("notification")
    assert first.values[resource] == before
    device.command(f"set {resource} {after}")
    second = server.expect("notification")
    assert second.values[resource] == after
    assert second.at - first.at > 1 - SLACK
