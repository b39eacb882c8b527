# SPDX-License-Identifier: Apache-2.0
"""A device without any credentials gets its certificates from a bootstrap server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from demo_server import DemoServer, Management
from device import Config, Device
from leshan import free_port
from server import Account

PRESSES = '/3200/0/5501'


@pytest.fixture
def host(config: Config) -> str:
    """Of both servers, as the device knows it."""
    return re.fullmatch(r'coap://(.+):\d+', config.text('CLIENT_LITE_SERVER_URI'))[1]


def test_a_server_of_the_trusted_authority(
    device: Device, config: Config, account: Account, host: str, tmp_path: Path
) -> None:
    DemoServer.make_certificates(tmp_path, config.text('CLIENT_LITE_SERVER_NAME'), account.endpoint)
    management = Management(host, free_port(), tmp_path)
    with DemoServer(account, tmp_path, management=management) as server:
        server.wait_registered()
        assert int(server.read(PRESSES)) >= 0


def test_a_server_by_its_certificate_alone(
    device: Device, account: Account, host: str, tmp_path: Path
) -> None:
    """Which names it has does not count then."""
    DemoServer.make_certificates(tmp_path, 'elsewhere', account.endpoint)
    management = Management(host, free_port(), tmp_path / 'server.der')
    with DemoServer(account, tmp_path, management=management) as server:
        server.wait_registered()


def test_no_other_certificate_of_the_authority(
    device: Device, account: Account, host: str, tmp_path: Path
) -> None:
    DemoServer.make_certificates(tmp_path, 'localhost', account.endpoint)
    management = Management(host, free_port(), tmp_path / 'ca.der')
    with DemoServer(account, tmp_path, management=management):
        device.wait("the server's certificate is not the one that the account has")
        device.wait("the server's certificate was not accepted")


def test_the_name_that_the_account_has(
    device: Device, account: Account, host: str, tmp_path: Path
) -> None:
    DemoServer.make_certificates(tmp_path, 'elsewhere', account.endpoint)
    management = Management(host, free_port(), tmp_path, ('--bootstrap-name', 'elsewhere'))
    with DemoServer(account, tmp_path, management=management) as server:
        server.wait_registered()


def test_only_the_cipher_suites_that_the_account_has(
    device: Device, config: Config, account: Account, host: str, tmp_path: Path
) -> None:
    """This server does not have TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, and the device others as well."""
    DemoServer.make_certificates(tmp_path, config.text('CLIENT_LITE_SERVER_NAME'), account.endpoint)
    management = Management(host, free_port(), tmp_path, ('--bootstrap-suite', '0xc0ae'))
    with DemoServer(account, tmp_path, management=management):
        device.wait('refused by the server: identity, key and cipher suites have to fit')
