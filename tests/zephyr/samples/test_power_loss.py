# SPDX-License-Identifier: Apache-2.0
"""samples/sensors loses its power while the server is away."""

from demo_server import DemoServer
from power import Power
from server import Account

TEMPERATURE = '/3303/0/5700'


def test_what_was_measured_before_reaches_the_server(power: Power, account: Account) -> None:
    with power:
        with DemoServer(account) as server:
            server.wait_registered()
        power.command('client_lite update')
        # What the server has, and one more that it may have.
        power.wait('registered: endpoint name')
        power.wait(' Cel')
        measured = {float(power.wait(r' ([-0-9.]+) Cel')[1]) for _ in range(3)}
        # Two, since one may be older than the last of the values.
        for _ in range(2):
            power.wait('sensors: error')
        # The request is carried out before the next measurement.
        power.wait(' Cel')
    with DemoServer(account) as server, power:
        power.wait('snapshot of the session: taken over')
        sent = server.wait_backlog(TEMPERATURE)
        # The emulated sensor begins anew with the same values: they come later than the first message.
        assert server.sends() == 1
    assert measured <= {round(float(value), 2) for value in sent}
