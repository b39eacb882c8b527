# SPDX-License-Identifier: Apache-2.0
"""Each command of a page is run: here, elsewhere in CI, or not, and then for a reason."""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pages import ROOT, Page, pages

COMMANDS = tomllib.loads((ROOT / 'tests/docs/commands.toml').read_text())
RUN_HERE = [command for command, how in COMMANDS.items() if 'run' in how or 'until' in how]
TIMEOUT = 60.0
"""Seconds, for what takes a moment once it is built."""


def commands(page: Page) -> Iterator[str]:
    """The lines of its `sh` blocks, and the scripts that its text says to run."""
    for block in page.blocks():
        if block.language == 'sh':
            joined = re.sub(r'\\\n\s*', '', block.text)
            yield from filter(None, (line.strip() for line in joined.splitlines()))
    yield from (span for span in page.spans() if span.startswith('bash '))


def test_each_command_says_what_runs_it() -> None:
    written = {command: page for page in pages() for command in commands(page)}
    for command, page in written.items():
        assert command in COMMANDS, f'{page}: tests/docs/commands.toml has not {command}'
    for command, how in COMMANDS.items():
        assert command in written, f'tests/docs/commands.toml: no page has {command}'
        assert len(how.keys() & {'run', 'until', 'by', 'why'}) == 1, command
        if 'by' in how:
            assert how['shows'] in (ROOT / how['by']).read_text(), f'{how["by"]} has not {how["shows"]}'


@pytest.fixture(scope='session')
def built() -> None:
    """So that what follows is about running."""
    build = 'cargo build --release --quiet -p client-lite-host --example client -p demo-server --bins'
    subprocess.run(build.split(), cwd=ROOT, check=True)


@pytest.mark.usefixtures('built')
@pytest.mark.parametrize('command', RUN_HERE)
def test_a_command_does_what_its_page_says(command: str) -> None:
    how = COMMANDS[command]
    if folder := how.get('makes'):
        shutil.rmtree(ROOT / folder, ignore_errors=True)
    if 'run' in how:
        subprocess.run(shlex.split(command), cwd=ROOT, check=True, timeout=TIMEOUT)
        return
    if beside := how.get('beside'):
        with running(beside, COMMANDS[beside]['until']), running(command, how['until']):
            return
    with running(command, how['until']):
        pass


@contextmanager
def running(command: str, until: str) -> Iterator[None]:
    """Ends a command after it has printed `until`; by Ctrl-C, as its user does."""
    process = subprocess.Popen(
        shlex.split(command),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    stop = threading.Timer(TIMEOUT, process.kill)
    stop.start()
    try:
        assert process.stdout
        printed = []
        for line in process.stdout:
            printed.append(line)
            if re.search(until, line):
                break
        else:
            pytest.fail(f'{command} has not printed {until}:\n{"".join(printed)}')
        yield
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=TIMEOUT)
    finally:
        stop.cancel()
        process.kill()
        process.wait()
