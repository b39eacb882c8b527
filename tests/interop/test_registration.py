"""The registration interface: ids 101 to 199."""

import pytest

from leshan import LeshanError


def test_1_int_101_initial_registration(server):
    """Register: endpoint, lifetime, version, binding and the objects with their versions"""
    told = server.registered
    assert told.endpoint == server.endpoint
    assert (told.lifetime, told.version, told.binding, told.queue) == (86400, "1.1", "U", False)
    links = [link for link in told.links if not link.startswith("</>")]
    assert {"</1/0>", "</3/0>", "</3303/0>", "</3303/1>"} <= {link.split(";")[0] for link in links}
    assert told.objects["1"] == told.objects["3"] == "1.1"
    assert "0" not in told.objects, "Security is not told"
    assert 112 in told.formats, "SenML-CBOR, as ct or by the version"


def test_1_int_102_registration_update(device, server):
    """Update after the server has changed the lifetime: only what has changed"""
    assert server.write("/1/0/1", 20).code == "2.04"
    updated = server.expect("updated")
    assert updated.lifetime == 20
    assert updated.update == {"lifetime": 20, "binding": None, "links": None}
    assert updated.registration == server.registered.registration


def test_1_int_103_deregistration(device, server):
    """De-register, by the device itself and by Disable executed; back after the disable timeout"""
    assert server.write("/1/0/5", 2).code == "2.04"
    try:
        assert server.execute("/1/0/4").code == "2.04"
    except LeshanError as overtaken:
        # Leshan takes in the De-register that follows while it still has the answer in hand.
        assert overtaken.kind == "RequestCanceledException"
    assert not server.expect("deregistered").expired
    server.expect("registered")
    device.expect("event registered again: the server is enabled again")
    device.command("close")
    assert not server.expect("deregistered").expired
    device.expect("event de-registered")
    assert server.registration() is None


def test_1_int_104_registration_update_trigger(device, server):
    """Update by Registration Update Trigger executed, and by the device itself"""
    assert server.execute("/1/0/8").code == "2.04"
    server.expect("updated")
    device.expect("event registration updated")
    device.command("update")
    server.expect("updated")
    assert server.registration().registration == server.registered.registration


def test_1_int_105_discarded_register_update(device, server):
    """Update to a server that has forgotten the device: 4.04, and a new registration"""
    server.forget()
    device.command("update")
    again = server.expect("registered")
    assert again.registration != server.registered.registration
    device.expect("event registered again: the server knew the registration no longer")


def test_1_int_107_extending_the_lifetime(device, server):
    """Updates in time: a registration outlives its lifetime"""
    assert server.write("/1/0/1", 2).code == "2.04"
    first = server.expect("updated").at
    while server.expect("updated").at < first + 4:
        pass
    assert server.registration().registration == server.registered.registration
    assert server.seen("deregistered") == 0


def test_1_int_108_turn_on_queue_mode(connect):
    """Register in queue mode"""
    _, server = connect(queue="y")
    assert server.registered.queue


def test_1_int_109_behavior_in_queue_mode(connect):
    """Queue mode: requests wait while the device sleeps, and go on once it speaks"""
    device, server = connect(queue="y")
    assert server.value("/3/0/0") == "Client Lite"
    server.expect("sleeping")
    with pytest.raises(LeshanError) as sleeping:
        server.read("/3/0/0")
    assert sleeping.value.kind == "ClientSleepingException"
    # An awake of the registration came first.
    awake = server.seen("awake")
    device.command("update")
    for _ in range(awake + 1):
        server.expect("awake")
    assert server.value("/3/0/0") == "Client Lite"
