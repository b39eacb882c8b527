# SPDX-License-Identifier: Apache-2.0
"""The device under test: its image's configuration, its console, its events."""

from __future__ import annotations

import re
import time
from pathlib import Path

from server import TIMEOUT, Account
from twister_harness import DeviceAdapter


class Device:
    """A started image. Keeps every line of its console, so that no order of waits loses one."""

    def __init__(self, dut: DeviceAdapter, config: Config) -> None:
        self.config = config
        self._dut = dut
        self._lines: list[str] = []
        self._position = 0

    def command(self, line: str) -> None:
        """Enters a shell command, and does not wait for what comes of it."""
        self._dut.write(f'{line}\n'.encode())

    def wait(self, pattern: str, timeout: float = TIMEOUT) -> re.Match:
        """The next line of the console that matches; the lines before it are done with."""
        deadline = time.monotonic() + timeout
        while True:
            self._read()
            while self._position < len(self._lines):
                match = re.search(pattern, self._lines[self._position])
                self._position += 1
                if match:
                    return match
            if time.monotonic() > deadline:
                raise TimeoutError(f'no line "{pattern}" on the console')
            time.sleep(0.05)

    def answer(self, command: str, pattern: str, timeout: float = TIMEOUT) -> re.Match:
        """Enters a shell command until a line after it matches."""
        deadline = time.monotonic() + timeout
        while True:
            self.command(command)
            try:
                return self.wait(pattern, timeout=1)
            except TimeoutError:
                if time.monotonic() > deadline:
                    raise

    def lines(self) -> list[str]:
        """All that the console has said since the start."""
        self._read()
        return self._lines

    def events(self) -> list[str]:
        """What the event handler of tests/zephyr/events was given since the start."""
        self._read()
        found = [re.search(EVENT, line) for line in self._lines]
        return [match[1] for match in found if match]

    def wait_events(self, *expected: str) -> None:
        """Waits until these are all events, in this order. "X+" is one or more, "X|Y+" of each."""
        pattern = ''.join(
            f'(?:(?:{event[:-1]});)+' if event.endswith('+') else f'{event};' for event in expected
        )
        deadline = time.monotonic() + TIMEOUT
        while not re.fullmatch(pattern, ''.join(f'{event};' for event in self.events())):
            if time.monotonic() > deadline:
                raise TimeoutError(f'expected {list(expected)}, got {self.events()}')
            time.sleep(0.05)

    def _read(self) -> None:
        """Takes what the console has said. Log lines come with the terminal's escape sequences."""
        for line in self._dut.readlines():
            self._lines.append(re.sub(r'\x1b\[[0-9;]*[A-Za-z]', '', line))


class Config:
    """The Kconfig values of an image."""

    def __init__(self, build: Path) -> None:
        text = (build / 'zephyr' / '.config').read_text()
        self._values = dict(re.findall(r'^CONFIG_(\w+)=(.*)$', text, re.MULTILINE))

    def text(self, symbol: str) -> str:
        return self._values[symbol].strip('"')

    def number(self, symbol: str) -> int:
        return int(self._values[symbol], 0)

    def has(self, symbol: str) -> bool:
        return symbol in self._values

    def account(self) -> Account:
        """What a server has to know of the device."""
        uri = re.fullmatch(r'(coaps?)://(.+):(\d+)(?:\?.*)?', self.text('CLIENT_LITE_SERVER_URI'))
        endpoint, port = self.text('CLIENT_LITE_ENDPOINT_NAME'), int(uri[3])
        if not self.has('CLIENT_LITE_PSK'):
            return Account(endpoint, port)
        identity = self.text('CLIENT_LITE_PSK_IDENTITY') or endpoint
        return Account(endpoint, port, identity, self.text('CLIENT_LITE_PSK'))


EVENT = r'<inf> events: (.*)$'
