# SPDX-License-Identifier: Apache-2.0
"""What stands between a device and a server: as a router that translates addresses."""

from __future__ import annotations

import select
import socket
import threading

HANDSHAKE = 22
"""The type of a record with handshake messages (RFC 5246, 6.2.1)."""

CLIENT_HELLO = 1
CERTIFICATE = 11
"""Handshake messages (RFC 5246, 7.4)."""


class Relay:
    """Passes datagrams on between one device and the server at a port, both on 127.0.0.1."""

    def __init__(self, port: int, server_port: int) -> None:
        self.handshakes: list[int] = []
        """The first handshake message of each of the device's datagrams that is not encrypted."""
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

    def move(self) -> None:
        """From now on the server sees the device at another port, and the old one is no way to it."""
        before, self._back = self._back, bound(0)
        before.close()

    def _run(self) -> None:
        while not self._is_over.is_set():
            back = self._back
            try:
                ready, _, _ = select.select([self._front, back], [], [], 0.1)
                if self._front in ready:
                    datagram, self._device = self._front.recvfrom(65536)
                    # In epoch 0, behind the head of the record (RFC 6347, 4.1).
                    if datagram[:1] == bytes([HANDSHAKE]) and datagram[3:5] == bytes(2):
                        self.handshakes.append(datagram[13])
                    self._back.sendto(datagram, self._server)
                if back in ready and self._device is not None:
                    self._front.sendto(back.recv(65536), self._device)
            except (OSError, ValueError):
                # Closed meanwhile, or nobody listens: as a network, it loses what it cannot pass on.
                continue


def bound(port: int) -> socket.socket:
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(('127.0.0.1', port))
    return end
