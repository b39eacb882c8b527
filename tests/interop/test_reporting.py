"""The information reporting interface: ids 301 to 399."""

# What a notification may come too early by the server's clock: the one before was longer under way.
SLACK = 0.3

TWO = ["/16/0", "/16/1"]
FIRST = {f"/16/0/0/{index}": text for index, text in enumerate(["aa", "bb", "cc", "dd"])}
SECOND = {f"/16/1/0/{index}": text for index, text in enumerate(["11", "22", "33", "44"])}
THREE = {"/1/0/1": 86400, "/3/0/11/0": 0, "/3/0/16": "U"}


def test_1_int_301_observation_and_notification(device, server):
    """Observe with pmin and pmax: at once, not before pmin, and at pmax unchanged"""
    assert server.read("/3/0/6").values == {"/3/0/6/0": 1, "/3/0/6/1": 5}
    assert server.attributes("/3/0/7", "pmin=1&pmax=2").code == "2.04"
    assert server.observe("/3/0/7").values == {"/3/0/7/0": 3800, "/3/0/7/1": 5000}
    device.command("set /3/0/7/0 3000")
    first = server.expect("notification")
    assert first.values["/3/0/7/0"] == 3000
    device.command("set /3/0/7/0 3500")
    second = server.expect("notification")
    assert second.values["/3/0/7/0"] == 3500
    assert second.at - first.at > 1 - SLACK
    third = server.expect("notification")
    assert third.values["/3/0/7/0"] == 3500
    assert third.at - second.at > 2 - SLACK


def test_1_int_302_cancel_by_reset(device, server):
    """An observation ends with a Reset to its notification; the other goes on"""
    observe_two(device, server)
    server.forget_observation("/3/0/7")
    # The Reset arrives somewhat later than the notification goes.
    before = None
    while device.notifications() != before:
        before = device.notifications()
        device.command("set /3/0/7/0 3000")
        assert server.read("/3/0/7").code == "2.05"
    ended(device, server, "/3/0/7/0", "/3/0/8/0")


def test_1_int_303_cancel_by_observe_option(device, server):
    """An observation ends with a Read that cancels it; the other goes on"""
    observe_two(device, server)
    assert server.cancel("/3/0/7").code == "2.05"
    ended(device, server, "/3/0/7/0", "/3/0/8/0")


def test_1_int_304_observe_composite(server):
    """Observe-Composite with pmin and pmax of one of its resources"""
    assert server.attributes("/1/0/1", "pmin=1&pmax=2").code == "2.04"
    observed = server.observe_composite(list(THREE))
    assert observed.values == THREE
    first = server.expect("notification")
    assert (first.values, first.format) == (THREE, 112)
    second = server.expect("notification")
    assert second.values == THREE
    assert second.at - first.at > 1 - SLACK


def test_1_int_305_cancel_observe_composite(device, server):
    """A composite observation ends with a FETCH that cancels it"""
    server.observe_composite(["/1/0/1", "/3/0/11/0", "/3303/0/5700"])
    device.command("set /3303/0/5700 30")
    assert server.expect("notification").values["/3303/0/5700"] == 30
    assert server.cancel_composite(["/1/0/1", "/3/0/11/0", "/3303/0/5700"]).code == "2.05"
    ended(device, server, "/3303/0/5700")


def test_1_int_306_send(device, server):
    """Send of objects"""
    device.command("send /1 /3")
    values = all_sent(server, ["/1/0/1", "/3/0/0"])
    assert values["/1/0/1"] == 86400
    assert (values["/3/0/0"], values["/3/0/11/0"], values["/3/0/16"]) == ("Client Lite", 0, "U")


def test_1_int_307_muting_send(device, server):
    """Mute Send: no Send while it is true, and again once it is false"""
    assert server.write("/1/0/23", True).code == "2.04"
    device.command("send /3/0/0")
    device.expect("event .*no Send")
    assert server.write("/1/0/23", False).code == "2.04"
    device.command("send /3/0/1")
    assert server.expect("send").values == {"/3/0/1": "model-1"}


def test_1_int_308_observe_composite_and_create(server):
    """Observe-Composite of an instance that is created later"""
    assert server.write("/16/0", FIRST).code == "2.04"
    observe_portfolio(server, FIRST)
    assert server.create("/16", SECOND).code == "2.01"
    wait_for(server, {**FIRST, **SECOND})


def test_1_int_309_observe_composite_and_delete(server):
    """Observe-Composite of an instance that is deleted later"""
    assert server.write("/16/0", FIRST).code == "2.04"
    assert server.create("/16", SECOND).code == "2.01"
    observe_portfolio(server, {**FIRST, **SECOND})
    assert server.delete("/16/1").code == "2.02"
    wait_for(server, FIRST)


def test_1_int_310_observe_composite_and_modification(device, server):
    """Observe-Composite, its attributes changed while it lasts"""
    server.observe_composite(["/1/0/1", "/3/0"])
    assert server.attributes("/3", "pmax=1").code == "2.04"
    for _ in range(2):
        told = server.expect("notification").values
        assert (told["/1/0/1"], told["/3/0/0"]) == (86400, "Client Lite")
    device.command("set /3/0/9 94")
    while server.expect("notification").values["/3/0/9"] != 94:
        pass


def test_1_int_311_send_of_resources(device, server):
    """Send of a resource and of a multiple resource in one message"""
    device.command("send /1/0/1 /3/0/11")
    assert server.expect("send").values == {"/1/0/1": 86400, "/3/0/11/0": 0}


def observe_two(device, server):
    server.observe("/3/0/7")
    server.observe("/3/0/8")
    device.command("set /3/0/7/0 4000")
    told = server.expect("notification")
    assert (told.paths, told.values["/3/0/7/0"]) == (["/3/0/7"], 4000)


def ended(device, server, path, other=None):
    """A change at a path is not told; one at the other is."""
    before = device.notifications()
    device.command(f"set {path} 100")
    if other:
        device.command(f"set {other} 200")
        assert server.expect("notification").values[other] == 200
    # What the device had to tell went out before it answers.
    assert server.read(path).code == "2.05"
    assert device.notifications() == before + bool(other)
    assert server.seen("notification") == 0


def observe_portfolio(server, values):
    assert server.attributes("/16/0", "pmin=1&pmax=2").code == "2.04"
    answer = server.observe_composite(TWO)
    assert present(answer) == values
    assert present(server.expect("notification")) == values


def wait_for(server, values):
    while present(server.expect("notification")) != values:
        pass


def present(answer):
    return {path: value for path, value in answer.values.items() if value is not None}


def all_sent(server, paths):
    """The values of as many Sends as it takes to have these."""
    values = {}
    while not set(paths) <= set(values):
        values |= server.expect("send").values
    return values
