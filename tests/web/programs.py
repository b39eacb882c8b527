"""The demo server, the example's device, and the browser."""

import os
import queue
import subprocess
import threading
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

PATIENCE = 30


class Program:
    """A process whose lines can be waited for, and that takes commands."""

    def __init__(self, path: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [f"{os.environ['PROGRAMS']}/{path}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("(it has ended)")

    def wait(self, text: str) -> str:
        """The rest of the next line with this text."""
        while True:
            line = self._lines.get(timeout=PATIENCE)
            assert line != "(it has ended)", f"it ended before {text!r}"
            if text in line:
                return line.split(text, 1)[1].strip()

    def command(self, line: str) -> None:
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class DemoServer:
    """With its page. After a restart it has the same addresses."""

    def __init__(self) -> None:
        self._start("127.0.0.1:0", "127.0.0.1:0")

    def _start(self, coap: str, web: str) -> None:
        self._program = Program("demo-server", "--bind", coap, "--web", web)
        self.uri = "coap://" + self._program.wait("listening on coap://")
        self.url = "http://" + self._program.wait("the devices: http://")

    def restart(self) -> None:
        self.stop()
        self._start(self.uri.removeprefix("coap://"), self.url.removeprefix("http://"))

    def command(self, line: str) -> None:
        self._program.command(line)

    def stop(self) -> None:
        self._program.kill()


class Device(Program):
    """The example's, registered."""

    def __init__(self, server: DemoServer, name: str = "device", *options: str) -> None:
        super().__init__(
            "examples/client", "--server", server.uri, "--endpoint", name, "--lifetime", "300", *options
        )
        self.wait("registered")


@contextmanager
def chromium():
    """Headless."""
    # As root there is no sandbox to be had.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=options)
        yield browser
        browser.close()
