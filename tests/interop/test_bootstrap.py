"""The bootstrap interface: ids 0 to 99. The device's only account is that of a bootstrap server."""

import pytest

from conftest import HOST, KEYS_ALONE, PLATFORM, hexadecimal
from leshan import SENML_CBOR, TLV

KEY = "101112131415161718191a1b1c1d1e1f"


@pytest.fixture
def uris(leshan):
    """The management server's, by scheme."""
    return {scheme: f"{scheme}://{HOST}:{port}" for scheme, port in leshan.ports.items()}


@pytest.mark.parametrize("format", [None, TLV, SENML_CBOR], ids=["default", "TLV", "SenML-CBOR"])
def test_1_int_0_client_initiated_bootstrap(unbootstrapped, uris, format):
    """Bootstrap on the client's initiative: an account, in TLV or SenML-CBOR, and the registration by it"""
    bootstrap, start = unbootstrapped
    bootstrap.account(uris["coap"], format=format)
    device, server = start()
    session = bootstrap.session()
    assert session.requests == [("Write", "/0/1", "2.04"), ("Write", "/1/0", "2.04"), ("Finish", None, "2.04")]
    assert session.format == SENML_CBOR, "the format that it asks for"
    device.expect("event bootstrapped")
    device.expect("event registered, bootstrapped")
    assert server.expect("registered").lifetime == 3600
    assert server.value("/1/0/1") == 3600
    assert server.read("/0").code == "4.01"


def test_1_int_1_client_initiated_bootstrap_full(unbootstrapped, leshan, uris):
    """Bootstrap on the client's initiative with a pre-shared key, of another one for the server"""
    bootstrap, start = unbootstrapped
    bootstrap.key("bootstrap", "000102030405060708090a0b0c0d0e0f")
    bootstrap.account(uris["coaps"], psk=("identity-1", KEY))
    device, server = start(psk="bootstrap:000102030405060708090a0b0c0d0e0f")
    leshan.perform("key", server.endpoint, identity="identity-1", key=KEY)
    device.expect("event bootstrapped")
    device.expect("event registered, bootstrapped")
    assert server.expect("registered").lifetime == 3600
    assert server.is_secure()
    assert server.value("/3/0/0") == "Client Lite"


@pytest.mark.skipif(PLATFORM != "host", reason=KEYS_ALONE)
@pytest.mark.parametrize("known_by", ["server", "authority"])
def test_1_int_2_bootstrap_certificates(unbootstrapped, leshan, certified, authority, known_by):
    """Bootstrap on the client's initiative, of certificates for the server"""
    bootstrap, start = unbootstrapped
    bootstrap.key(known_by, "000102030405060708090a0b0c0d0e0f")
    own = authority.issue(bootstrap.endpoint)
    # Without a usage it is the server's own certificate (LwM2M 1.1 Core, E.1).
    trusted, usage = {"server": (certified[1], None), "authority": (authority.certificate, 2)}[known_by]
    bootstrap.account(
        f"coaps://localhost:{leshan.ports['coaps']}",
        certificates=(hexadecimal(own.certificate), hexadecimal(own.key), hexadecimal(trusted), usage),
    )
    leshan.perform("certificate", bootstrap.endpoint)
    device, server = start(psk=f"{known_by}:000102030405060708090a0b0c0d0e0f")
    device.expect("event bootstrapped")
    device.expect("event registered, bootstrapped")
    assert server.is_secure()
    assert server.value("/3/0/0") == "Client Lite"


@pytest.mark.parametrize("path", ["/", "/1"])
def test_1_int_4_bootstrap_delete(unbootstrapped, uris, path):
    """Bootstrap-Delete: what was there before is gone"""
    bootstrap, start = unbootstrapped
    bootstrap.account(uris["coap"])
    bootstrap.account(uris["coap"], delete=[path], server=7)
    device, server = start()
    device.expect("event registered.*")
    assert server.write("/1/0/3", 300).code == "2.04"
    assert server.execute("/1/0/9").code == "2.04"
    bootstrap.session()
    assert ("Delete", path, "2.02") in bootstrap.session().requests
    device.expect("event registered.*")
    assert server.read("/1/0").code == "4.04"
    settings = server.read("/1/7").values
    assert settings["/1/7/1"] == 3600 and settings.get("/1/7/3") != 300


def test_1_int_5_server_initiated_bootstrap(unbootstrapped, uris):
    """Bootstrap on the server's initiative: Bootstrap-Request Trigger executed"""
    bootstrap, start = unbootstrapped
    bootstrap.account(uris["coap"])
    bootstrap.account(uris["coap"], lifetime=7200)
    device, server = start()
    device.expect("event registered.*")
    assert server.expect("registered").lifetime == 3600
    assert server.execute("/1/0/9").code == "2.04"
    device.expect("event bootstrapped")
    device.expect("event registered, bootstrapped")
    assert server.expect("registered").lifetime == 7200


def test_1_int_6_bootstrap_sequence(unbootstrapped, uris):
    """The order in which accounts are looked for: what is there first, then the bootstrap server"""
    bootstrap, start = unbootstrapped
    bootstrap.account(uris["coap"])
    device, server = start()
    bootstrap.session()
    device.expect("event registered.*")
    device.command("close")
    device.expect("event de-registered")
    device.command("register")
    device.expect("event registered")
    assert bootstrap.sessions() == 0


def test_1_int_7_fallback_to_bootstrap(unbootstrapped, leshan, uris):
    """Bootstrap after a rejected registration"""
    bootstrap, start = unbootstrapped
    bootstrap.account(uris["coap"])
    bootstrap.account(uris["coaps"], psk=("identity-7", KEY))
    # The server takes no device in the clear that has a key.
    leshan.perform("key", bootstrap.endpoint, identity="identity-7", key=KEY)
    device, server = start()
    device.expect("event bootstrapped")
    device.expect("event register: .*")
    device.expect("event bootstrapped")
    device.expect("event registered, bootstrapped")
    assert server.is_secure()


def test_1_int_9_bootstrap_and_configuration_consistency(unbootstrapped, uris):
    """An inconsistent account: Bootstrap-Finish is refused. The server has its time to mend it; a
    device that is told to asks again at once."""
    bootstrap, start = unbootstrapped
    bootstrap.account(uris["coap"], ids=(1, 2))
    bootstrap.account(uris["coap"], delete=["/"])
    device, server = start()
    assert bootstrap.session("failed").requests[-1] == ("Finish", None, "4.06")
    device.command("close")
    device.command("register")
    device.expect("event bootstrapped")
    device.expect("event registered, bootstrapped")
    assert server.value("/1/0/0") == 1
