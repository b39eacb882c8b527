"""Requests that go wrong, and corners of those that do not."""

import pytest

from leshan import OPAQUE, SENML_CBOR, TEXT, TLV, LeshanError


@pytest.mark.parametrize(
    "path, code",
    [
        ("/9999", "4.04"),
        ("/3/1", "4.04"),
        ("/3/0/99", "4.04"),
        ("/3303/2/5700", "4.04"),
        ("/3/0/4", "4.05"),
        ("/33000/0/22", "4.05"),
    ],
)
def test_read_of_what_cannot_be_read(server, path, code):
    assert server.read(path).code == code


@pytest.mark.parametrize("format", [1543, 50, 65000])
def test_read_in_an_unknown_format(server, format):
    assert server.read("/3/0", SENML_CBOR, **{"raw accept": format}).code == "4.06"


def test_text_of_more_than_a_value(server):
    assert server.read("/3/0", TEXT).code == "4.06"
    assert server.read("/3/0/0", OPAQUE).code == "4.06"


@pytest.mark.parametrize(
    "raw, code",
    [
        ({"raw format": 65000}, "4.15"),
        # A length that goes beyond the body.
        ({"raw payload": "c8010501"}, "4.00"),
        ({"raw format": TEXT, "raw payload": "31c3"}, "4.00"),
        ({"raw format": SENML_CBOR, "raw payload": "ff"}, "4.00"),
    ],
)
def test_write_of_what_cannot_be_understood(server, raw, code):
    assert server.write("/33000/0/1", 7, TLV, **raw).code == code
    assert server.value("/33000/0/1") == -1


@pytest.mark.parametrize("format", [TLV, SENML_CBOR])
def test_a_write_that_fails_leaves_all_as_it_was(server, format):
    before = server.read("/33000/0", TLV).values
    values = {"/33000/0/0": "changed", "/33000/0/1": 2, "/33000/0/23": 101}
    assert server.update("/33000/0", values, format).code == "4.00"
    assert server.write("/33000/0", values, format).code == "4.00"
    assert server.read("/33000/0", TLV).values == before


def test_a_write_composite_that_fails_leaves_all_as_it_was(server):
    before = server.value("/3/0/14")
    values = {"/3/0/14": "+05:00", "/33000/0/23": 101}
    assert server.write_composite(values).code == "4.00"
    assert server.value("/3/0/14") == before


def test_write_only_is_written(device, server):
    assert server.write("/33000/0/22", "secret", TEXT).code == "2.04"
    device.expect("server written /33000/0/22 = secret")


def test_execute_with_arguments(server):
    for arguments in ["5", "2='10.3'", "7,0='https://www.example.com'", "0,1,2,3,4"]:
        assert server.execute("/33000/0/20", arguments).code == "2.04"
        assert server.value("/33000/0/21") == arguments
    assert server.execute("/33000/0/20").code == "2.04"
    assert server.value("/33000/0/21") == ""


def test_execute_of_what_is_not_executable(server):
    assert server.execute("/3/0/0").code == "4.05"
    assert server.execute("/3/0/99").code == "4.04"


@pytest.mark.parametrize("format", [TLV, SENML_CBOR])
def test_create_and_delete_by_the_server(device, server, format):
    lamp = {"/3311/5/5850": True, "/3311/5/5851": 30, "/3311/5/5750": "kitchen"}
    assert server.create("/3311", lamp, format).code == "2.01"
    assert "</3311/5>" in server.expect("updated").links
    assert server.read("/3311/5", format).values == lamp
    assert server.delete("/3311/5").code == "2.02"
    assert "</3311/5>" not in server.expect("updated").links
    assert server.read("/3311/5").code == "4.04"


def test_create_with_an_id_of_the_devices_choice(server):
    for _ in range(2):
        answer = server.create("/3311", {"/3311/0/5850": False}, TLV, anonymous=True)
        assert answer.code == "2.01"
        assert server.read(f"/{answer.location.lstrip('/')}", TLV).code == "2.05"


def test_create_that_fails(server):
    assert server.create("/3311", {"/3311/1/5850": True}).code == "2.01"
    assert server.create("/3311", {"/3311/1/5850": True}).code == "4.00", "the id is taken"
    assert server.create("/3311", {"/3311/2/5851": 30}).code == "4.00", "a mandatory resource is missing"
    assert server.read("/3311/2").code == "4.04"
    assert server.create("/9999", {"/9999/0/0": "x"}).code == "4.04"


def test_delete_that_fails(server):
    assert server.delete("/3311/0").code == "4.04"
    assert server.delete("/1/0").code == "4.05"


def test_attributes_that_contradict(server):
    for query in ["gt=10&lt=20&st=6", "lt=5&gt=8&st=2", "st=-1"]:
        answer = server.attributes("/3303/0/5700", "pmin=1", **{"raw query": query})
        assert answer.code == "4.00", query
    # Thresholds are a resource's, and a number's.
    assert server.attributes("/3303", "pmin=1", **{"raw query": "gt=1"}).code == "4.00"
    assert server.discover("/3303/0/5700") == {"/3303/0/5700": {}}


def test_attributes_go_again(server):
    assert server.attributes("/3303/0/5700", "pmin=1&gt=20").code == "2.04"
    assert server.discover("/3303/0/5700")["/3303/0/5700"] == {"pmin": "1", "gt": "20"}
    assert server.attributes("/3303/0/5700", "pmin=1", **{"raw query": "pmin"}).code == "2.04"
    assert server.discover("/3303/0/5700")["/3303/0/5700"] == {"gt": "20"}


def test_thresholds_hold_notifications_back(device, server):
    path = "/3303/0/5700"
    assert server.attributes(path, "gt=25").code == "2.04"
    server.observe(path)
    for value in [22.0, 24.0, 26.5, 27.0, 24.5]:
        device.command(f"set {path} {value}")
        # Until this is answered, a notification has gone out.
        assert server.value(path) == value
    told = [server.expect("notification").values[path] for _ in range(2)]
    assert told == [26.5, 24.5], "each crossing, in either direction, and nothing else"
    assert server.seen("notification") == 0


def test_instances_come_and_go_by_the_device(device, server):
    device.command("create /3311/3")
    assert "</3311/3>" in server.expect("updated").links
    device.command("delete /3311/3")
    assert "</3311/3>" not in server.expect("updated").links


def test_a_pause_is_survived(device, server):
    device.command("pause")
    device.command("set /3303/0/5700 1.5")
    device.command("resume")
    assert server.value("/3303/0/5700") == 1.5


def test_lwm2m_1_0(connect):
    device, server = connect(version="1.0", queue="y")
    assert server.registered.version == "1.0"
    assert server.registered.queue
    assert server.read("/3/0").format == TLV


def test_a_device_that_is_asleep_gets_nothing(connect):
    device, server = connect(queue="y")
    device.command("pause")
    server.expect("sleeping")
    with pytest.raises(LeshanError):
        server.read("/3/0/0")
    device.command("resume")
    device.command("update")
    server.expect("updated")
    assert server.value("/3/0/0") == "Client Lite"
