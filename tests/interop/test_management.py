"""The device management and service enablement interface: ids 201 to 299."""

import pytest

from leshan import CBOR, JSON_1_0, SENML_CBOR, SENML_JSON, TEXT, TLV

# What servers see of the Device object at first, less its clock.
DEVICE = {
    "/3/0/0": "Client Lite",
    "/3/0/1": "model-1",
    "/3/0/2": "serial-1",
    "/3/0/3": "1.2.3",
    "/3/0/6/0": 1,
    "/3/0/6/1": 5,
    "/3/0/7/0": 3800,
    "/3/0/7/1": 5000,
    "/3/0/8/0": 125,
    "/3/0/8/1": 900,
    "/3/0/9": 95,
    "/3/0/11/0": 0,
    "/3/0/16": "U",
}
SERVER = {"/1/0/0": 1, "/1/0/1": 86400, "/1/0/7": "U"}
# Short Server ID is read-only, so that a Write that replaces leaves it out.
CONFIGURATION = {"/1/0/1": 86400, "/1/0/2": 1, "/1/0/3": 10, "/1/0/5": 86400, "/1/0/6": False, "/1/0/7": "U"}
SETTINGS = {"/1/0/2": 101, "/1/0/3": 1010, "/1/0/5": 2000, "/1/0/6": True, "/1/0/7": "U"}


def test_1_int_201_querying_in_plain_text(server):
    """Read single resources in plain text"""
    for path in ["/3/0/0", "/3/0/1", "/3/0/2"]:
        answer = server.read(path, TEXT)
        assert (answer.code, answer.format) == ("2.05", TEXT)
        assert bytes.fromhex(answer.payload).decode() == DEVICE[path]


def test_1_int_203_querying_in_tlv(server):
    """Read the Device instance in TLV"""
    has(server.read("/3/0", TLV), DEVICE, TLV)


def test_1_int_204_querying_in_json(server):
    """Read the Device instance in the JSON of LwM2M 1.0"""
    assert server.read("/3/0", JSON_1_0).code == "4.06"
    pytest.skip("the JSON of LwM2M 1.0 is optional, and gone in 1.1; it is answered 4.06, as tested")


def test_1_int_205_setting_in_plain_text(server):
    """Write single resources in plain text"""
    set_one_by_one(server, {"/1/0/2": 101, "/1/0/3": 1010, "/1/0/5": 2000}, TEXT)


def test_1_int_211_querying_in_cbor(server):
    """Read single resources in CBOR"""
    assert server.write("/1/0/6", False).code == "2.04"
    for path, value in {"/1/0/0": 1, "/1/0/6": False, "/1/0/7": "U"}.items():
        has(server.read(path, CBOR), {path: value}, CBOR)


def test_1_int_212_setting_in_cbor(server):
    """Write single resources in CBOR"""
    set_one_by_one(server, {"/1/0/2": 101, "/1/0/3": 1010, "/1/0/6": True}, CBOR)


def test_1_int_215_setting_in_tlv(server):
    """Write the Server instance in TLV: a partial update, then a replacement"""
    set_whole(server, TLV)


def test_1_int_220_setting_in_json(server):
    """Write the Server instance in the JSON of LwM2M 1.0"""
    assert server.update("/1/0", SETTINGS, JSON_1_0).code == "4.15"
    pytest.skip("the JSON of LwM2M 1.0 is optional, and gone in 1.1; it is answered 4.15, as tested")


def test_1_int_221_operations_on_security(server):
    """Read, Write and Write-Attributes on Security: 4.01, nothing else"""
    assert server.read("/0/0").code == "4.01"
    assert server.read("/0/0/0").code == "4.01"
    assert server.write("/0/0/0", "coap://127.0.0.1").code == "4.01"
    assert server.attributes("/0", "pmin=10").code == "4.01"


def test_1_int_222_read_on_object(server):
    """Read the objects Server and Device: all instances and readable resources"""
    has(server.read("/1", SENML_CBOR), SERVER, SENML_CBOR)
    whole = server.read("/3", SENML_CBOR)
    has(whole, DEVICE, SENML_CBOR)
    assert {path.split("/")[3] for path in whole.values} == {
        "0", "1", "2", "3", "6", "7", "8", "9", "10", "11",
        "13", "14", "15", "16", "17", "18", "19", "20", "21",
    }  # fmt: skip


def test_1_int_223_read_on_object_instance(server):
    """Read the Server and the Device instance"""
    has(server.read("/1/0", SENML_CBOR), SERVER, SENML_CBOR)
    has(server.read("/3/0", SENML_CBOR), DEVICE, SENML_CBOR)


def test_1_int_224_read_on_resource(server):
    """Read single and multiple resources"""
    for path, value in {**SERVER, "/3/0/0": "Client Lite"}.items():
        has(server.read(path, SENML_CBOR), {path: value}, SENML_CBOR)
    assert server.read("/3/0/6", SENML_CBOR).values == {"/3/0/6/0": 1, "/3/0/6/1": 5}


def test_1_int_225_read_on_resource_instance(server):
    """Read an instance of a multiple resource"""
    assert server.read("/3/0/11/0", SENML_CBOR).values == {"/3/0/11/0": 0}
    assert server.read("/3/0/6/1", SENML_CBOR).values == {"/3/0/6/1": 5}
    assert server.read("/3/0/6/2", SENML_CBOR).code == "4.04"


def test_1_int_226_write_partial_update(server):
    """Write in the mode Partial Update: what is not in it stays"""
    before = server.read("/1/0", SENML_CBOR).values
    assert server.update("/1/0", {"/1/0/1": 60, "/1/0/6": False}).code == "2.04"
    assert server.expect("updated").lifetime == 60
    after = server.read("/1/0", SENML_CBOR).values
    assert after == {**before, "/1/0/1": 60, "/1/0/6": False}


def test_1_int_227_write_replace_on_resource(server):
    """Write in the mode Replace on a resource"""
    assert server.write("/1/0/1", 63).code == "2.04"
    assert server.expect("updated").lifetime == 63
    assert server.value("/1/0/1") == 63
    # Of a multiple one all instances are replaced.
    assert server.write("/16/0/0", {"/16/0/0/5": "only"}).code == "2.04"
    assert server.read("/16/0/0").values == {"/16/0/0/5": "only"}


def test_1_int_228_write_on_resource_instance(server):
    """Write an instance of a multiple resource: the others stay"""
    before = server.read("/16/0/0").values
    assert server.write("/16/0/0/0", "test").code == "2.04"
    assert server.value("/16/0/0/0") == "test"
    assert server.read("/16/0/0").values == {**before, "/16/0/0/0": "test"}


def test_1_int_229_read_composite(server):
    """Read-Composite of objects, instances, resources and resource instances"""
    for format in [SENML_JSON, SENML_CBOR]:
        answer = server.read_composite(["/3", "/1/0"], format)
        has(answer, {**DEVICE, **SERVER}, format)
        answer = server.read_composite(["/1/0/1", "/3/0/11/0"], format)
        assert answer.values == {"/1/0/1": 86400, "/3/0/11/0": 0}


def test_1_int_230_write_composite(server):
    """Write-Composite of resources in several objects"""
    for format, lifetime in [(SENML_JSON, 60), (SENML_CBOR, 70)]:
        values = {"/1/0/1": lifetime, "/1/0/6": False}
        values |= {f"/16/0/0/{index}": f"{lifetime}-{index}" for index in range(4)}
        assert server.write_composite(values, format).code == "2.04"
        assert server.expect("updated").lifetime == lifetime
        assert server.read_composite(list(values), format).values == values


def test_1_int_231_querying_in_senml_json(server):
    """Read at each level in SenML-JSON"""
    query_at_each_level(server, SENML_JSON)


def test_1_int_232_querying_in_senml_cbor(server):
    """Read at each level in SenML-CBOR"""
    query_at_each_level(server, SENML_CBOR)


def test_1_int_233_setting_in_senml_cbor(server):
    """Write at each level in SenML-CBOR"""
    set_at_each_level(server, SENML_CBOR)


def test_1_int_234_setting_in_senml_json(server):
    """Write at each level in SenML-JSON"""
    set_at_each_level(server, SENML_JSON)


def test_1_int_235_read_composite_on_root(server):
    """Read-Composite of the root: all objects but Security"""
    answer = server.read_composite(["/"])
    assert answer.code == "2.05"
    assert {path.split("/")[1] for path in answer.values} == {
        "1", "3", "4", "6", "7", "16", "3200", "3303", "33000",
    }  # fmt: skip
    has(answer, {**DEVICE, **SERVER}, SENML_CBOR)


def test_1_int_236_read_composite_partial_presence(server):
    """Read-Composite with objects that the device does not have: the others"""
    answer = server.read_composite(["/1/0", "/3/0/11/0", "/3339/0/5522", "/3353/0/6030"])
    has(answer, {**SERVER, "/3/0/11/0": 0}, SENML_CBOR)
    assert answer.values.get("/3339/0/5522") is None and answer.values.get("/3353/0/6030") is None


def test_1_int_237_read_without_accept(server):
    """Read of an object without Accept: a format of the device's choice"""
    for path, expected in {"/1": SERVER, "/3": DEVICE}.items():
        answer = server.read(path)
        assert answer.format in (TLV, SENML_CBOR, SENML_JSON)
        has(answer, expected, answer.format)


def test_1_int_241_reboot(device, server):
    """Execute Reboot"""
    assert server.execute("/3/0/4").code == "2.04"
    device.expect("server executed /3/0/4")


def test_1_int_256_write_operation_failure(server):
    """Write of a read-only resource: 4.05, and nothing changes"""
    assert server.write("/1/0/0", 123).code == "4.05"
    assert server.value("/1/0/0") == 1


def test_1_int_257_write_composite_of_two_objects(device, server):
    """Write-Composite over Server and Device"""
    for format, number in [(SENML_JSON, 102), (SENML_CBOR, 103)]:
        values = {"/1/0/2": number, "/1/0/6": True, "/3/0/13": number}
        assert server.write_composite(values, format).code == "2.04"
        assert server.read_composite(list(values), format).values == values
        device.expect(rf"server set CurrentTime\({number}\)")


def test_1_int_260_discover(server):
    """Discover at each level, with attributes and the number of instances"""
    resources = {f"/3/0/{id}" for id in range(22)}
    assert set(server.discover("/3")) == {"/3", "/3/0"} | resources
    assert server.attributes("/3/0", "pmin=10&pmax=200").code == "2.04"
    assert server.attributes("/3/0/7", "lt=1&gt=6&st=1").code == "2.04"
    for path in ["/3", "/3/0"]:
        found = attributes(server, path)
        assert set(found) == {path, "/3/0"} | resources
        assert found["/3/0"] == {"pmin": "10", "pmax": "200"}
        assert [found[f"/3/0/{id}"] for id in (6, 8, 11)] == [{"dim": "2"}] * 2 + [{"dim": "1"}]
        assert found["/3/0/7"] == {"dim": "2", "lt": "1", "gt": "6", "st": "1"}
    # Of a resource also what it inherits.
    found = attributes(server, "/3/0/7")
    assert set(found) == {"/3/0/7", "/3/0/7/0", "/3/0/7/1"}
    assert found["/3/0/7"] == {"dim": "2", "pmin": "10", "pmax": "200", "lt": "1", "gt": "6", "st": "1"}


def test_1_int_261_write_attributes_on_multiple_resource(server):
    """Write-Attributes at each level down to a resource instance: the nearest counts"""
    found = attributes(server, "/3/0/11")
    assert found == {"/3/0/11": {"dim": "1"}, "/3/0/11/0": {}}
    assert server.attributes("/3", "pmin=10&pmax=200").code == "2.04"
    assert server.attributes("/3/0", "pmax=320").code == "2.04"
    assert server.attributes("/3/0/11/0", "pmax=100&epmin=1&epmax=20").code == "2.04"
    found = attributes(server, "/3/0/11")
    assert found["/3/0/11"] == {"dim": "1", "pmin": "10", "pmax": "320"}
    own = found["/3/0/11/0"]
    assert (own["pmax"], own["epmin"], own["epmax"]) == ("100", "1", "20")


def test_1_int_280_read_composite_successful(server):
    """Read-Composite of two resources of an object and of an instance: nothing else"""
    answer = server.read_composite(["/3/0/16", "/3/0/11/0", "/1/0"])
    has(answer, {**SERVER, "/3/0/11/0": 0, "/3/0/16": "U"}, SENML_CBOR)
    assert {path for path in answer.values if path.startswith("/3/")} == {"/3/0/16", "/3/0/11/0"}


def test_1_int_281_read_composite_partially_successful(server):
    """Read-Composite with a resource that cannot be read: the others"""
    answer = server.read_composite(["/1/0/1", "/1/0/7", "/1/0/8"])
    assert answer.code == "2.05"
    present = {path: value for path, value in answer.values.items() if value is not None}
    assert present == {"/1/0/1": 86400, "/1/0/7": "U"}


def has(answer, values, format):
    """The answer has at least these values, and this format."""
    assert (answer.code, answer.format) == ("2.05", format)
    assert {path: answer.values.get(path) for path in values} == values


def attributes(server, path):
    """What Discover finds: the attributes of each path, of numbers the shortest text."""
    return {
        link: {name: str(value).removesuffix(".0") for name, value in found.items()}
        for link, found in server.discover(path).items()
    }


def set_one_by_one(server, values, format):
    for path, value in values.items():
        assert server.write(path, value, format).code == "2.04"
    for path, value in values.items():
        has(server.read(path, format), {path: value}, format)


def set_whole(server, format):
    has(server.read("/1/0", format), SERVER, format)
    assert server.update("/1/0", SETTINGS, format).code == "2.04"
    has(server.read("/1/0", format), {**SERVER, **SETTINGS}, format)
    assert server.write("/1/0", CONFIGURATION, format).code == "2.04"
    has(server.read("/1/0", format), {**SERVER, **CONFIGURATION}, format)


def query_at_each_level(server, format):
    has(server.read("/1", format), SERVER, format)
    has(server.read("/3/0", format), DEVICE, format)
    has(server.read("/3/0/16", format), {"/3/0/16": "U"}, format)
    has(server.read("/3/0/11/0", format), {"/3/0/11/0": 0}, format)


def set_at_each_level(server, format):
    assert server.update("/1/0", {"/1/0/1": 61, "/1/0/6": True}, format).code == "2.04"
    assert server.expect("updated").lifetime == 61
    has(server.read("/1/0", format), {"/1/0/1": 61, "/1/0/6": True}, format)
    assert server.write("/16/0/0/0", "test_value", format).code == "2.04"
    has(server.read("/16", format), {"/16/0/0/0": "test_value"}, format)
    assert server.write("/1/0/1", 63, format).code == "2.04"
    assert server.expect("updated").lifetime == 63
    has(server.read("/1/0/1", format), {"/1/0/1": 63}, format)
