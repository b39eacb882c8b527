"""Security of the channel: ids 401 to 499, and the way of the device to the server that changes."""

import pytest

from conftest import KEYS_ALONE, PLATFORM
from handshakes import note_all, note_handshake
from relay import CLIENT_HELLO, CLIENT_KEY_EXCHANGE, WITH_CONNECTION_ID, Relay

KEY = "000102030405060708090a0b0c0d0e0f"


def test_1_int_401_pre_shared_key(connect):
    """DTLS with a pre-shared key: registration and management"""
    device, server = connect(psk=f"identity-401:{KEY}")
    assert server.is_secure()
    assert server.registered.links
    assert server.value("/3/0/0") == "Client Lite"
    server.observe("/3303/0/5700")
    device.command("set /3303/0/5700 22.5")
    assert server.expect("notification").values == {"/3303/0/5700": 22.5}
    device.command("update")
    server.expect("updated")


@pytest.mark.skipif(PLATFORM != "host", reason=KEYS_ALONE)
def test_1_int_402_certificates(connect, authority):
    """DTLS with certificates: registration and management"""
    device, server = connect(authority=authority, host="localhost")
    assert server.is_secure()
    assert server.registered.links
    assert server.value("/3/0/0") == "Client Lite"
    device.command("update")
    server.expect("updated")


@pytest.mark.skipif(PLATFORM != "host", reason=KEYS_ALONE)
def test_1_int_403_server_identity(start, authority):
    """DTLS with certificates: a server that is not the one of the URI"""
    device, server = start(authority=authority, host="127.0.0.1")
    device.expect("connection Failed .*it is not for 127.0.0.1.*")
    device.expect("event register: .*certificate.*")
    assert server.registration() is None


@pytest.mark.skipif(PLATFORM == "host", reason="dimpl 0.9.0, the DTLS of a host, has no connection ids")
def test_with_a_connection_id_a_new_source_port_costs_no_handshake(connect, leshan):
    with Relay(0, leshan.ports["coaps"]) as relay:
        device, server = connect(leshan, relay, psk=f"device:{KEY}")
        note_handshake("pre-shared key, with a connection id", relay)
        for _ in range(2):
            relay.move()
            device.command("update")
            server.expect("updated")
            device.expect("event registration updated")
            note_all("Update from a new port, by the connection id", relay)
            # The server has learned the way to the device, too.
            assert server.value("/3/0/0") == "Client Lite"
            assert {one.type for one in relay.datagrams if one.of_device} == {WITH_CONNECTION_ID}


def test_without_a_connection_id_a_new_source_port_costs_a_handshake(connect, leshan_without_cids):
    with Relay(0, leshan_without_cids.ports["coaps"]) as relay:
        device, server = connect(leshan_without_cids, relay, psk=f"device:{KEY}")
        note_handshake("pre-shared key", relay)
        relay.datagrams.clear()
        device.command("update")
        device.expect("event registration updated")
        note_all("Update from the same port", relay)
        relay.move()
        device.command("update")
        # The server does not respond to records from where it has no session.
        server.expect("registered", UNANSWERED)
        assert CLIENT_HELLO in relay.handshakes
        if PLATFORM != "host":
            assert CLIENT_KEY_EXCHANGE not in relay.handshakes
            note_handshake("pre-shared key, resumed", relay)
        else:
            # dimpl resumes no sessions.
            assert CLIENT_KEY_EXCHANGE in relay.handshakes


UNANSWERED = 40
"""Seconds in which a device notices, and registers anew: 2 s, 4 s and 8 s, each by half of it longer at most."""
