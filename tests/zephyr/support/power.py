# SPDX-License-Identifier: Apache-2.0
"""A device whose power goes at any instant, and of which its flash memory is left."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

from server import TIMEOUT, Lines, end


class Power:
    """The power of an image for native_sim. Each time it is on begins with what is in the file."""

    def __init__(self, build: Path, flash: Path) -> None:
        self._command = [build / 'zephyr' / 'zephyr.exe', f'--flash={flash}', '--seed-random']
        self.has_clock = False
        """Whether it has a clock that runs on without power, in an image with the shell's rtc."""

    def __enter__(self) -> Power:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self._lines = Lines(self._process.stdout)
        self.wait('.')
        if self.has_clock:
            self.command(f'rtc set rtc {time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())}')
        self.command('client_lite register')
        return self

    def __exit__(self, *_) -> None:
        """At once: the program is killed."""
        end(self._process)

    def command(self, line: str) -> None:
        """Enters a shell command, and does not wait for what comes of it."""
        self._process.stdin.write(f'{line}\n')
        self._process.stdin.flush()

    def wait(self, pattern: str, timeout: float = TIMEOUT) -> re.Match:
        """The next line of the console that matches; the lines before it are done with."""
        return self._lines.wait(pattern, timeout)
