"""Every data type in every content format, both ways, against Leshan's own codecs."""

import pytest

from leshan import CBOR, OPAQUE, SENML_CBOR, SENML_JSON, TEXT, TLV

WHOLE = {"SenML-CBOR": SENML_CBOR, "SenML-JSON": SENML_JSON, "TLV": TLV}
SINGLE = {"text": TEXT, "CBOR": CBOR}

# Resource of the single one, and the values that are hardest to keep.
TYPES = {
    "String": (0, ["", "Grüße, 世界 \U0001f321", 'a "quoted" \\ line\nand a tab\t', "x" * 300]),
    "Integer": (1, [0, -1, 127, 128, -129, 65536, 2**53 + 1, 2**63 - 1, -(2**63)]),
    "Unsigned": (2, [0, 127, 255, 65535, 2**32, 2**63, 2**64 - 1]),
    "Float": (3, [0.0, -0.5, 0.1, 22.5, 1e21, 1.7976931348623157e308, 5e-324, 123456789.123456789]),
    "Boolean": (4, [False, True]),
    "Opaque": (5, ["", "00", "00ff10" * 20, "ab" * 300]),
    "Time": (6, [0, 1_700_000_000, 2**33]),
    "ObjectLink": (7, ["3:0", "65535:65535", "1:0"]),
}


def values_of(kind, format):
    """Leshan has unsigned numbers in TLV as signed ones (Core 1.1, Appendix C: they are not)."""
    values = TYPES[kind][1]
    if (kind, format) == ("Unsigned", TLV):
        return [value for value in values if value in (0, 127)]
    return values


@pytest.mark.parametrize("format", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("kind", TYPES)
def test_a_value_survives(server, kind, format):
    resource, _ = TYPES[kind]
    for value in values_of(kind, format):
        path = f"/33000/0/{resource}"
        assert server.write(path, value, format).code == "2.04", value
        answer = server.read(path, format)
        assert (answer.code, answer.format, answer.values) == ("2.05", format, {path: value})


@pytest.mark.parametrize("format", SINGLE.values(), ids=SINGLE)
@pytest.mark.parametrize("kind", TYPES)
def test_a_single_value_survives(server, kind, format):
    resource, values = TYPES[kind]
    for value in values:
        path = f"/33000/0/{resource}"
        assert server.write(path, value, format).code == "2.04", value
        answer = server.read(path, format)
        assert (answer.code, answer.format, answer.values) == ("2.05", format, {path: value})


def test_opaque_survives_as_it_is(server):
    for value in TYPES["Opaque"][1]:
        assert server.write("/33000/0/5", value, OPAQUE).code == "2.04"
        answer = server.read("/33000/0/5", OPAQUE)
        assert (answer.code, answer.format, answer.payload) == ("2.05", OPAQUE, value)


@pytest.mark.parametrize("format", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("kind", TYPES)
def test_a_multiple_resource_survives(server, kind, format):
    resource, _ = TYPES[kind]
    path = f"/33000/0/{resource + 10}"
    # Those of 300 bytes fill a message by themselves.
    short = [value for value in values_of(kind, format) if len(str(value)) < 300]
    several = {f"{path}/{3 * index}": value for index, value in enumerate(short)}
    assert server.write(path, several, format).code == "2.04"
    answer = server.read(path, format)
    assert (answer.code, answer.format, answer.values) == ("2.05", format, several)
    one = f"{path}/3"
    assert server.write(one, short[0], format).code == "2.04"
    assert server.read(path, format).values == {**several, one: short[0]}


@pytest.mark.parametrize("format", WHOLE.values(), ids=WHOLE)
def test_an_instance_survives(server, format):
    values = {f"/33000/0/{resource}": values[1] for resource, values in TYPES.values()}
    values |= {f"/33000/0/{resource + 10}/7": values[0] for resource, values in TYPES.values()}
    # What Replace leaves out is gone.
    assert server.write("/33000/0", values, format).code == "2.04"
    answer = server.read("/33000/0", format)
    assert answer.code == "2.05"
    assert answer.values == {**values, "/33000/0/21": ""}


def test_formats_in_two_versions_of_the_number(server):
    """1542 is what LwM2M 1.0's drafts had for TLV."""
    answer = server.write("/33000/0/1", 0, TLV, **{"raw format": 1542, "raw payload": "c1012a"})
    assert answer.code == "2.04"
    assert server.value("/33000/0/1") == 42
