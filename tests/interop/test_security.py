"""Security of the channel: ids 401 to 499."""


def test_1_int_401_pre_shared_key(connect):
    """DTLS with a pre-shared key: registration and management"""
    device, server = connect(psk="identity-401:000102030405060708090a0b0c0d0e0f")
    assert server.is_secure()
    assert server.registered.links
    assert server.value("/3/0/0") == "Client Lite"
    server.observe("/3303/0/5700")
    device.command("set /3303/0/5700 22.5")
    assert server.expect("notification").values == {"/3303/0/5700": 22.5}
    device.command("update")
    server.expect("updated")
