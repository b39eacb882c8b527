# SPDX-License-Identifier: Apache-2.0
"""Any sample at a server: its registration, from the shell."""

import re

from demo_server import DemoServer
from device import Device
from server import Server


def test_a_device_updates_and_deregisters(device: Device, server: Server) -> None:
    server.wait_registered()
    # The device may not have heard of it yet.
    device.answer('client_lite status', r'state: +registered')
    device.command('client_lite update')
    server.wait_updated()
    device.command('client_lite close')
    server.wait_deregistered()


def test_a_device_that_the_server_has_refused_comes_back(
    device: Device, demo_server: DemoServer
) -> None:
    demo_server.wait_registered()
    device.answer('client_lite status', r'state: +registered')
    demo_server.refuse('update', '4.03')
    device.command('client_lite update')
    device.answer('client_lite status', 'halted')

    demo_server.allow('update')
    demo_server.wait_registered()


def test_the_shell_says_where_the_device_stands(device: Device, demo_server: DemoServer) -> None:
    demo_server.wait_registered()
    uri = re.escape(device.config.text('CLIENT_LITE_SERVER_URI'))
    device.answer('client_lite status', 'state: +registered$')
    device.wait(f'server: +{uri}$')
    device.wait(r'next update: +in \d+ (s|min|h)')
    device.wait(r'last error: +(none|[A-Z_]+, .+ ago)$')
    device.wait(f'endpoint: +{demo_server.account.endpoint}$')
    device.wait(r'device id: +\S+$')


def test_the_shell_lists_its_commands(device: Device, demo_server: DemoServer) -> None:
    demo_server.wait_registered()
    device.answer('client_lite help', r'status +: State')
    device.answer('client_lite halp', r'halp: no such subcommand; client_lite help lists them')
