"""Several servers: ids 950 to 999, and what the ids leave out of Access Control."""

NUMBER, TEMPERATURE = "/33000/0/1", "/3303/0/5700"
READ, EXECUTE = 1, 4


def test_1_int_950_registration_with_two_servers(trio):
    """Registration with two servers, each under its short server id; their order is not theirs to set"""
    device, first, second = trio
    assert first.value("/1/0/0") == 1
    assert second.value("/1/0/0") == 2
    assert first.registered.links == second.registered.links
    assert first.write("/1/0/1", 600).code == "2.04"
    assert first.expect("updated").lifetime == 600
    assert second.value("/1/0/1") == 86400 and second.seen("updated") == 0

    # Of object 1 in its version 1.1 the bootstrap server alone has this resource.
    for server in [first, second]:
        assert server.write("/1/0/13", 2).code == "4.05"
    device.command("close")
    first.expect("deregistered")
    second.expect("deregistered")
    device.expect("event de-registered")
    device.expect("event de-registered")
    device.command("register")
    for server in [first, second]:
        device.expect("event registered.*")
    for server in [first, second]:
        server.expect("registered")


def test_1_int_951_attributes_of_two_servers(trio):
    """Notification attributes of two servers: each has its own"""
    device, first, second = trio
    assert first.attributes(TEMPERATURE, "gt=30").code == "2.04"
    assert second.attributes(TEMPERATURE, "gt=40").code == "2.04"
    assert float(first.discover(TEMPERATURE)[TEMPERATURE]["gt"]) == 30
    assert float(second.discover(TEMPERATURE)[TEMPERATURE]["gt"]) == 40
    for server in [first, second]:
        server.observe(TEMPERATURE)
    for value, told in [(35, [first]), (45, [second]), (25, [first, second])]:
        device.command(f"set {TEMPERATURE} {value}")
        for server in told:
            assert server.expect("notification").values == {TEMPERATURE: value}


def test_what_one_server_writes_the_other_is_notified_of(trio):
    _, first, second = trio
    for server in [first, second]:
        server.observe(NUMBER)
    assert first.write(NUMBER, 7).code == "2.04"
    assert second.expect("notification").values == {NUMBER: 7}
    assert second.write(NUMBER, 8).code == "2.04"
    values = [first.expect("notification").values for _ in range(2)]
    assert values == [{NUMBER: 7}, {NUMBER: 8}]


def test_what_one_server_creates_belongs_to_it(trio):
    _, first, second = trio
    assert second.create("/3311", {"/3311/0/5850": True}).code == "2.01"
    for server in trio[1:]:
        assert "</3311/0>" in server.expect("updated").links
    assert second.value("/3311/0/5850") is True
    assert first.read("/3311/0/5850").code == "4.01"
    control = control_of(second, 3311, 0)
    assert second.value(f"{control}/3") == 2
    assert first.write(f"{control}/2/1", READ).code == "4.01"
    assert second.write(f"{control}/2/1", READ).code == "2.04"
    assert first.value("/3311/0/5850") is True
    assert second.delete("/3311/0").code == "2.02"
    for server in trio[1:]:
        assert "</3311/0>" not in server.expect("updated").links


def test_a_right_that_is_withdrawn(trio):
    _, first, second = trio
    control = control_of(first, 33000, 0)
    assert first.write(f"{control}/2/2", READ).code == "2.04"
    assert second.value(NUMBER) == -1
    assert second.write(NUMBER, 1).code == "4.01"
    assert second.execute("/33000/0/20").code == "4.01"
    assert second.delete("/33000/0").code == "4.01"
    assert first.write(f"{control}/2/2", EXECUTE | 2).code == "2.04"
    assert second.read(NUMBER).code == "4.01"
    assert second.read("/33000/0").code == "4.01"
    assert second.discover("/33000/0")
    assert second.write(NUMBER, 2).code == "2.04"
    assert second.execute("/33000/0/20").code == "2.04"
    assert first.value(NUMBER) == 2


def control_of(server, object, instance):
    """The Access Control instance of an object instance."""
    values = server.read("/2").values
    of = [path for path, value in values.items() if path.endswith("/0") and path.count("/") == 3 and value == object]
    found = [path.removesuffix("/0") for path in of if values[path.removesuffix("/0") + "/1"] == instance]
    assert len(found) == 1, values
    return found[0]
