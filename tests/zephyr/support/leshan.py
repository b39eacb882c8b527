# SPDX-License-Identifier: Apache-2.0
"""Eclipse Leshan's demo server, by its REST interface."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from authority import Authority
from server import TIMEOUT, Account, Lines, Server, ServerError, end


class Leshan(Server):
    """Version 2.0.0-M4: the newest demo server on Maven Central."""

    name = 'leshan'

    def __init__(self, account: Account, authority: Authority | None = None) -> None:
        super().__init__(account)
        self._authority = authority
        self._process: subprocess.Popen | None = None
        self._folder: tempfile.TemporaryDirectory | None = None

    @staticmethod
    def missing() -> str | None:
        """What keeps it from being run here."""
        if shutil.which('java') is None:
            return 'there is no java'
        if not jar().is_file():
            return f'there is no {jar()}'
        return None

    def start(self) -> None:
        account = self.account
        # Those that no device uses are whichever are free.
        is_secure = account.secure or self._authority is not None
        plain, secure = (free_port(), account.port) if is_secure else (account.port, free_port())
        web = free_port(socket.SOCK_STREAM)
        self._api = f'http://127.0.0.1:{web}/api'
        # It writes a configuration file where it runs.
        self._folder = tempfile.TemporaryDirectory()
        command = ['java', '--add-opens', 'java.base/java.util=ALL-UNNAMED', '-jar', str(jar())]
        command += ['-lh', '127.0.0.1', '-lp', str(plain), '-slh', '127.0.0.1', '-slp', str(secure)]
        command += ['-wh', '127.0.0.1', '-wp', str(web)]
        if self._authority is not None:
            server = self._authority.issue('localhost')
            command += ['-cert', str(server.certificate), '-prik', str(server.key)]
            command += ['-truststore', str(self._authority.certificate)]
        self._process = subprocess.Popen(
            command,
            cwd=self._folder.name,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._log = Lines(self._process.stdout)
        self._log.wait('Web server started')
        if account.secure:
            key = {'identity': account.identity, 'key': account.key}
            self._ask('PUT', '/security/clients/', {'endpoint': account.endpoint, 'psk': key})
        elif self._authority is not None:
            # Whose certificate has the endpoint name.
            self._ask('PUT', '/security/clients/', {'endpoint': account.endpoint, 'x509': True})
        self._events = Events(f'{self._api}/event?ep={account.endpoint}')

    def stop(self) -> None:
        if self._process is not None:
            end(self._process)
            self._folder.cleanup()
            self._process = None

    def wait_registered(self, timeout: float = TIMEOUT) -> None:
        self._events.wait('REGISTRATION', lambda _: True, timeout)

    def wait_updated(self, timeout: float = TIMEOUT) -> None:
        self._events.wait('UPDATED', lambda _: True, timeout)

    def wait_deregistered(self, timeout: float = TIMEOUT) -> None:
        self._events.wait('DEREGISTRATION', lambda _: True, timeout)

    def read(self, path: str) -> str:
        return value(self._request('GET', path))

    def write(self, path: str, value: float | str) -> None:
        kind = {str: 'string', int: 'integer', float: 'float'}[type(value)]
        resource = path.rpartition('/')[2]
        content = {'id': int(resource), 'kind': 'singleResource', 'value': value, 'type': kind}
        self._request('PUT', path, content)

    def execute(self, path: str) -> None:
        self._request('POST', path)

    def observe(self, path: str) -> str:
        return value(self._request('POST', f'{path}/observe'))

    def write_attributes(self, path: str, attributes: str) -> None:
        """Attributes are written like a query: pmin=1&gt=10."""
        answer = self._ask('PUT', f'/clients/{self.account.endpoint}{path}/attributes?{attributes}')
        if not answer['success']:
            raise ServerError(f'attributes of {path}: {answer}')

    def wait_notified(self, path: str, timeout: float = TIMEOUT) -> str:
        event = self._events.wait('NOTIFICATION', lambda event: event['res'] == path, timeout)
        return str(event['val']['value'])

    def _request(self, method: str, path: str, body: dict | None = None) -> dict:
        """Something asked of the device; its answer."""
        answer = self._ask(method, f'/clients/{self.account.endpoint}{path}?timeout=30', body)
        if not answer['success']:
            raise ServerError(f'{method} {path}: {answer}')
        return answer

    def _ask(self, method: str, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(
            self._api + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={'Content-Type': 'application/json'},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return json.loads(response.read() or 'null')
        except urllib.error.HTTPError as error:
            raise ServerError(f'{method} {path}: {error.code} {error.read().decode()}') from error


class Events:
    """Leshan's stream of events about one device."""

    def __init__(self, url: str) -> None:
        self._events: list[tuple[str, dict]] = []
        self._came = threading.Condition()
        request = urllib.request.Request(url, headers={'Accept': 'text/event-stream'})
        stream = urllib.request.urlopen(request)
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def wait(self, kind: str, wanted, timeout: float) -> dict:
        """The data of the next event of this kind; the events before it are done with."""
        deadline = time.monotonic() + timeout
        seen = []
        with self._came:
            while True:
                while self._events:
                    event = self._events.pop(0)
                    seen.append(event)
                    if event[0] == kind and wanted(event[1]):
                        return event[1]
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f'no event {kind} among {seen}')
                self._came.wait(left)

    def _read(self, stream) -> None:
        kind = ''
        try:
            for line in stream:
                name, _, text = line.decode().rstrip().partition(': ')
                if name == 'event':
                    kind = text
                elif name == 'data':
                    with self._came:
                        self._events.append((kind, json.loads(text)))
                        self._came.notify_all()
        except OSError:
            pass  # The server is gone.


def value(answer: dict) -> str:
    """The value of a single resource."""
    return str(answer['content']['value'])


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def jar() -> Path:
    """Where Maven keeps it, unless the environment says otherwise."""
    version = '2.0.0-M4'
    folder = Path.home() / '.m2/repository/org/eclipse/leshan/leshan-server-demo' / version
    file = folder / f'leshan-server-demo-{version}-jar-with-dependencies.jar'
    return Path(os.environ.get('LESHAN_JAR', file))
