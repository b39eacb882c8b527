# SPDX-License-Identifier: Apache-2.0
"""What the tests ask of an LwM2M server, whichever it is."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass

TIMEOUT = 60.0
"""Seconds for what takes a moment on an idle machine, and longer on a loaded one."""


@dataclass(frozen=True)
class Account:
    """Under which name and key a device comes, and to which port of 127.0.0.1."""

    endpoint: str
    port: int
    identity: str | None = None
    key: str | None = None
    """Hexadecimal digits; None without security."""

    @property
    def secure(self) -> bool:
        return self.key is not None


class Server(ABC):
    """A server on 127.0.0.1 that serves one device. Each wait takes up where the last one ended."""

    name: str

    def __init__(self, account: Account) -> None:
        self.account = account

    def __enter__(self) -> Server:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    @abstractmethod
    def start(self) -> None:
        """Listens when it returns."""

    @abstractmethod
    def stop(self) -> None:
        """Is gone when it returns, without a word to the device."""

    @abstractmethod
    def wait_registered(self, timeout: float = TIMEOUT) -> None:
        ...

    @abstractmethod
    def wait_updated(self, timeout: float = TIMEOUT) -> None:
        ...

    @abstractmethod
    def wait_deregistered(self, timeout: float = TIMEOUT) -> None:
        ...

    @abstractmethod
    def read(self, path: str) -> str:
        """The value of a resource, as text. Raises ServerError where the device refuses."""

    @abstractmethod
    def write(self, path: str, value: float | str) -> None:
        ...

    @abstractmethod
    def execute(self, path: str) -> None:
        ...

    @abstractmethod
    def observe(self, path: str) -> str:
        """Observes a resource; its value now."""

    @abstractmethod
    def wait_notified(self, path: str, timeout: float = TIMEOUT) -> str:
        """The value in the next notification."""


class ServerError(Exception):
    """The device refused a request, or the server did not come up."""


class Lines:
    """The lines of a stream, as they come."""

    def __init__(self, stream) -> None:
        self._lines: list[str] = []
        self._position = 0
        self._ended = False
        self._came = threading.Condition()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def wait(self, pattern: str, timeout: float = TIMEOUT) -> re.Match:
        """The next line that matches; the lines before it are done with."""
        deadline = time.monotonic() + timeout
        start = self._position
        with self._came:
            while True:
                while self._position < len(self._lines):
                    match = re.search(pattern, self._lines[self._position])
                    self._position += 1
                    if match:
                        return match
                left = deadline - time.monotonic()
                if left <= 0 or self._ended:
                    seen = '\n'.join(self._lines[start:])
                    raise TimeoutError(f'no line "{pattern}" among:\n{seen}')
                self._came.wait(left)

    def count(self, pattern: str) -> int:
        """How many lines match of all that there were."""
        with self._came:
            return sum(bool(re.search(pattern, line)) for line in self._lines)

    def _read(self, stream) -> None:
        for line in stream:
            with self._came:
                self._lines.append(line.rstrip())
                self._came.notify_all()
        with self._came:
            self._ended = True
            self._came.notify_all()


def end(process: subprocess.Popen) -> None:
    """Kills a process and waits until it is gone."""
    process.kill()
    process.wait()
