# SPDX-License-Identifier: Apache-2.0
"""A CoAP server that takes every registration, and can send what no server should."""

from __future__ import annotations

import socket
import threading

from server import TIMEOUT

ACK, RESET, CREATED, CHANGED, POST = 0x60, 0x70, 0x41, 0x44, 0x02
PING = b'\x40\x00'
"""The first bytes of an empty confirmable message, before its id (RFC 7252, 4.3)."""
LOCATION = b'\x82rd\x011'
"""Location-Path /rd/1, as the first options of an answer."""


class PlainServer:
    """Listens on 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(('127.0.0.1', port))
        self._came = threading.Condition()
        self._peer: tuple | None = None
        self._requests = 0
        self._pings = 0
        self._others = 0

    def __enter__(self) -> PlainServer:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        # Ends recvfrom().
        self._socket.sendto(b'', self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def wait_requests(self, count: int) -> None:
        """Waits until the device has sent so many requests since the start."""
        with self._came:
            if not self._came.wait_for(lambda: self._requests >= count, TIMEOUT):
                raise TimeoutError(f'{self._requests} requests')

    def wait_pings(self, count: int) -> None:
        """Waits until the device has sent so many pings since the start."""
        with self._came:
            if not self._came.wait_for(lambda: self._pings >= count, TIMEOUT):
                raise TimeoutError(f'{self._pings} pings')

    def send(self, datagram: bytes) -> None:
        self._socket.sendto(datagram, self._peer)

    @property
    def others(self) -> int:
        """How many datagrams of the device were neither requests nor pings."""
        return self._others

    def _serve(self) -> None:
        while True:
            datagram, peer = self._socket.recvfrom(2048)
            if not datagram:
                return
            with self._came:
                if datagram[1] == POST:
                    self._requests += 1
                    self._peer = peer
                    self._socket.sendto(self._answer(datagram), peer)
                elif datagram[:2] == PING:
                    self._pings += 1
                    self._socket.sendto(bytes([RESET, 0]) + datagram[2:], peer)
                else:
                    self._others += 1
                self._came.notify_all()

    def _answer(self, request: bytes) -> bytes:
        """RFC 7252, 3: the request's id and token. The first request is Register, the others Update."""
        token = request[4 : 4 + (request[0] & 0x0F)]
        code, options = (CREATED, LOCATION) if self._requests == 1 else (CHANGED, b'')
        return bytes([ACK | len(token), code]) + request[2:4] + token + options
