# SPDX-License-Identifier: Apache-2.0
"""What stands between a device and a server: as a router that translates addresses."""

from __future__ import annotations

import select
import socket
import threading
from dataclasses import dataclass

CHANGE_CIPHER_SPEC = 20
HANDSHAKE = 22
WITH_CONNECTION_ID = 25
"""Types of records (RFC 5246, 6.2.1; RFC 9146, 3)."""

CLIENT_HELLO = 1
CERTIFICATE = 11
CLIENT_KEY_EXCHANGE = 16
"""Handshake messages (RFC 5246, 7.4). A session that is resumed has the first of them alone."""


@dataclass(frozen=True)
class Datagram:
    of_device: bool
    content: bytes

    @property
    def type(self) -> int:
        """That of its first record, which is all that can be seen of one with a connection id."""
        return self.content[0]

    @property
    def is_handshake(self) -> bool:
        """A handshake that is resumed ends with a change of the cipher suite, and what stands behind it."""
        return self.type in (HANDSHAKE, CHANGE_CIPHER_SPEC)

    @property
    def handshake(self) -> int | None:
        """The message that it begins with, where that is one of a handshake and not encrypted."""
        # In epoch 0, behind the head of the record (RFC 6347, 4.1).
        if self.type == HANDSHAKE and self.content[3:5] == bytes(2):
            return self.content[13]
        return None


class Relay:
    """Passes datagrams on between one device and the server at a port, both on 127.0.0.1."""

    def __init__(self, port: int, server_port: int) -> None:
        """Port 0 is one that is free."""
        self.datagrams: list[Datagram] = []
        """All that have come, in their order."""
        self._server = ('127.0.0.1', server_port)
        self._device: tuple[str, int] | None = None
        self._front = bound(port)
        self._back = bound(0)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Relay:
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._is_over.set()
        self._thread.join()
        self._front.close()
        self._back.close()

    @property
    def port(self) -> int:
        """Where the device finds the server."""
        return self._front.getsockname()[1]

    @property
    def handshakes(self) -> list[int]:
        """The handshake messages that begin the device's datagrams."""
        messages = [datagram.handshake for datagram in self.datagrams if datagram.of_device]
        return [message for message in messages if message is not None]

    def move(self) -> None:
        """From now on the server sees the device at another port, and the old one is no way to it."""
        before, self._back = self._back, bound(0)
        before.close()
        self.datagrams.clear()

    def _run(self) -> None:
        while not self._is_over.is_set():
            back = self._back
            try:
                ready, _, _ = select.select([self._front, back], [], [], 0.1)
                if self._front in ready:
                    content, self._device = self._front.recvfrom(65536)
                    self._keep(True, content)
                    self._back.sendto(content, self._server)
                if back in ready and self._device is not None:
                    content = back.recv(65536)
                    self._keep(False, content)
                    self._front.sendto(content, self._device)
            except (OSError, ValueError):
                # Closed meanwhile, or nobody listens: as a network, it loses what it cannot pass on.
                continue

    def _keep(self, of_device: bool, content: bytes) -> None:
        # An empty one asks whether somebody listens.
        if content:
            self.datagrams.append(Datagram(of_device, content))


def bound(port: int) -> socket.socket:
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(('127.0.0.1', port))
    return end
