# SPDX-License-Identifier: Apache-2.0
"""The demo server of this repository, by its standard input and output."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from authority import Authority, Identity
from server import TIMEOUT, Account, Lines, Server, ServerError, end


@dataclass(frozen=True)
class Management:
    """Where a bootstrap sends the device: to the same program, or to another one."""

    host: str
    """As the device knows it."""
    port: int
    credentials: Path | str | None
    """The folder of certificates, of which the authority is trusted; the only certificate that is; or
    IDENTITY:HEX for a key. None without security, at the port of the bootstrap server."""
    proposal: tuple[str, ...] = ()
    """Options for what the device's handshake is to propose."""


class DemoServer(Server):
    """Beside what every server does, it can fall silent, forget, and refuse."""

    name = 'demo-server'

    def __init__(
        self,
        account: Account,
        certificates: Path | None = None,
        asks_clients: bool = True,
        management: Management | None = None,
    ) -> None:
        """With a folder that make_certificates() or take_certificates() has filled, by certificates. With a
        management server the account is the bootstrap server's, which has no security; without certificates
        nothing else is served."""
        super().__init__(account)
        self._certificates = certificates
        self._asks_clients = asks_clients
        self._management = management
        self._process: subprocess.Popen | None = None

    @staticmethod
    def make_certificates(folder: Path, server: str, device: str) -> None:
        """Of an authority, of a server of this name, and of a device of this endpoint name."""
        command = [program(), 'pki', folder, '--name', server, '--endpoint', device]
        subprocess.run(command, check=True, capture_output=True)

    @staticmethod
    def take_certificates(folder: Path, server: Identity, clients: Authority) -> None:
        """Of the server, and of the authority that it knows devices by."""
        folder.mkdir()
        for file, source in [
            ('ca', clients.certificate),
            ('server', server.certificate),
            ('server-key', server.key),
        ]:
            shutil.copy(source, folder / f'{file}.der')

    def start(self) -> None:
        account, management = self.account, self._management
        command = [str(program())]
        secure = management is None and (account.secure or self._certificates is not None)
        if management is not None:
            secures = management.credentials is not None
            uri = f'{"coaps" if secures else "coap"}://{management.host}:{management.port}'
            uri += f',{management.credentials}' if secures else ''
            command += ['--bind', f'127.0.0.1:{account.port}']
            if self._certificates is not None:
                command += ['--dtls-bind', f'127.0.0.1:{management.port}']
            command += ['--bootstrap-for', f'{account.endpoint}={uri}']
            command += management.proposal
        elif secure:
            command += ['--bind', '127.0.0.1:0', '--dtls-bind', f'127.0.0.1:{account.port}']
        if self._certificates is not None:
            command += ['--certificates', str(self._certificates)]
            command += [] if self._asks_clients else ['--no-client-certificates']
        elif secure:
            command += ['--psk', f'{account.identity}:{account.key}']
        elif management is None:
            command += ['--bind', f'127.0.0.1:{account.port}']
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self._lines = Lines(self._process.stdout)
        scheme = 'coaps' if secure else 'coap'
        self._lines.wait(f'^listening on {scheme}://127.0.0.1:{account.port}$')

    def stop(self) -> None:
        if self._process is not None:
            end(self._process)
            self._process = None

    def wait_registered(self, timeout: float = TIMEOUT) -> None:
        self._wait('registered from', timeout)

    def begin(self, operation: str, path: str, *arguments: str) -> None:
        """A request whose answer nobody waits for."""
        self._command(' '.join([operation, self.account.endpoint, path, *arguments]))

    def wait_registered_port(self, timeout: float = TIMEOUT) -> int:
        """The port that the next Register comes from."""
        return int(self._wait(r'registered from .*:(\d+)', timeout)[1])

    def wait_updated(self, timeout: float = TIMEOUT) -> None:
        self._wait('updated from', timeout)

    def wait_deregistered(self, timeout: float = TIMEOUT) -> None:
        self._wait('deregistered', timeout)

    def read(self, path: str) -> str:
        return self._request('read', path)

    def write(self, path: str, value: float | str) -> None:
        self._request('write', path, str(value))

    def execute(self, path: str) -> None:
        self._request('execute', path)

    def observe(self, path: str) -> str:
        return self._request('observe', path)

    def wait_notified(self, path: str, timeout: float = TIMEOUT) -> str:
        return self._wait(rf'notified \d+ {path} = (.*)$', timeout)[1]

    def wait_sent(self, path: str, timeout: float = TIMEOUT) -> str:
        """The value in the next Send of the device."""
        return self._wait(rf'sent .*{path} = ([^,]*)', timeout)[1]

    def wait_backlog(self, path: str, timeout: float = TIMEOUT) -> list[str]:
        """The values of a resource in the next Send that has more than one of them."""
        sent = self._wait(rf'sent .*{path} = .*{path} = ', timeout)
        return re.findall(rf'{path} = ([^,]*)', sent.string)

    def registers(self) -> int:
        """How many Registers there were."""
        return self._count('registered from')

    def updates(self) -> int:
        return self._count('updated from')

    def sends(self) -> int:
        return self._count('sent ')

    def bootstraps(self) -> int:
        """How many Bootstrap-Requests there were."""
        return self._count('requested bootstrap from')

    def silence(self, on: bool) -> None:
        """Hears and says nothing while on."""
        state = 'on' if on else 'off'
        self._set(f'silence {state}', f'silence is {state}')

    def forget(self) -> None:
        """Forgets every registration, as a restart would."""
        self._set('forget', 'every registration is forgotten')

    def refuse(self, operation: str, code: str) -> None:
        """Answers an operation (register, update, deregister, send) with a code such as 4.03."""
        self._set(f'refuse {operation} {code}', f'{operation} is refused with {code}')

    def allow(self, operation: str) -> None:
        """Ends what refuse() began."""
        self._set(f'allow {operation}', f'{operation} is allowed')

    def _set(self, command: str, acknowledgement: str) -> None:
        self._command(command)
        self._lines.wait(f'^{re.escape(acknowledgement)}$')

    def _command(self, line: str) -> None:
        self._process.stdin.write(f'{line}\n')
        self._process.stdin.flush()

    def _wait(self, what: str, timeout: float) -> re.Match:
        return self._lines.wait(self._line(what), timeout)

    def _count(self, what: str) -> int:
        return self._lines.count(self._line(what))

    def _line(self, what: str) -> str:
        return rf'^ *[0-9.]+ {re.escape(self.account.endpoint)} {what}'

    def _request(self, operation: str, path: str, *arguments: str) -> str:
        """The value in the answer to a request; empty where it has none."""
        endpoint = self.account.endpoint
        self._command(' '.join([operation, endpoint, path, *arguments]))
        answer = self._lines.wait(
            rf'^ *[0-9.]+ {re.escape(endpoint)} {path}(?: (\d)\.\d\d| ?:|)(.*)$|^{operation}: .*$'
        )
        if answer[1] != '2':
            raise ServerError(answer[0])
        return answer[2].rpartition(' = ')[2]


def program() -> Path:
    """tests/zephyr/run builds it and says where; else where cargo leaves it by default."""
    root = Path(__file__).resolve().parents[3]
    path = Path(os.environ.get('DEMO_SERVER', root / 'target/release/demo-server'))
    if not path.is_file():
        raise ServerError(f'{path} is missing: cargo build --release -p demo-server')
    return path
