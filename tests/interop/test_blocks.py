"""Values larger than a message: RFC 7959 against Californium."""

import pytest

from leshan import OPAQUE, SENML_CBOR, TEXT, TLV

LARGE = bytes(index * 7 % 251 for index in range(5000)).hex()


def test_a_large_value_is_written_and_read(device, server):
    assert server.write("/33000/0/5", LARGE, OPAQUE).code == "2.04"
    device.expect("server uploaded /33000/0/5, 5000 bytes")
    assert server.read("/33000/0/5", OPAQUE).payload == LARGE


@pytest.mark.parametrize("format", [TLV, SENML_CBOR])
def test_a_large_value_is_read_in_other_formats(server, format):
    assert server.write("/33000/0/5", LARGE, OPAQUE).code == "2.04"
    answer = server.read("/33000/0/5", format)
    assert (answer.code, answer.values) == ("2.05", {"/33000/0/5": LARGE})


def test_a_large_instance_is_read(server):
    assert server.write("/33000/0/5", LARGE, OPAQUE).code == "2.04"
    answer = server.read("/33000/0", TLV)
    assert answer.code == "2.05"
    assert (answer.values["/33000/0/5"], answer.values["/33000/0/23"]) == (LARGE, 50)


def test_a_large_value_is_observed(device, server):
    assert server.write("/33000/0/5", LARGE, OPAQUE).code == "2.04"
    assert server.observe("/33000/0/5", OPAQUE).payload == LARGE
    other = LARGE[2:] + "00"
    assert server.write("/33000/0/5", other, OPAQUE).code == "2.04"
    assert server.expect("notification").payload == other


def test_a_body_of_many_resources_is_written(server):
    """One that is buffered, since it takes place as a whole."""
    values = {"/33000/0/0": "a" * 300, "/33000/0/10/0": "b" * 300, "/33000/0/10/1": "c" * 300}
    assert server.update("/33000/0", values, SENML_CBOR).code == "2.04"
    answer = server.read("/33000/0", SENML_CBOR)
    assert {path: answer.values[path] for path in values} == values


def test_a_body_that_is_too_large_changes_nothing(server):
    values = {"/33000/0/23": 1, "/33000/0/0": "a" * 5000}
    assert server.update("/33000/0", values, SENML_CBOR).code == "4.13"
    assert (server.value("/33000/0/23"), server.value("/33000/0/0")) == (50, "text")


def test_a_large_text_is_read_in_blocks(server):
    text = "0123456789" * 90
    assert server.write("/33000/0/0", text, TEXT).code == "2.04"
    assert server.read("/33000/0/0", TEXT).values == {"/33000/0/0": text}
