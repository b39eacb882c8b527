# SPDX-License-Identifier: Apache-2.0
"""A DNS server with one address for every name, which answers when and what the test says."""

from __future__ import annotations

import socket
import struct
import threading

from server import TIMEOUT


class NameServer:
    """Listens on 127.0.0.1, answers with the address of QEMU's host."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(('127.0.0.1', port))
        self._changed = threading.Condition()
        self._held: list[tuple[bytes, tuple]] | None = None
        self._knows = True
        self._queries = 0

    def __enter__(self) -> NameServer:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        # Ends recvfrom().
        self._socket.sendto(b'', self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def know(self, knows: bool) -> None:
        """Whether there is such a name."""
        with self._changed:
            self._knows = knows

    def hold(self) -> None:
        """Keeps answers back until release()."""
        with self._changed:
            self._held = []

    def release(self) -> None:
        """Answers what was asked meanwhile."""
        with self._changed:
            held, self._held = self._held, None
            for query, peer in held:
                self._answer(query, peer)

    def wait_asked(self) -> None:
        """Waits for the next query, or for one that is held."""
        with self._changed:
            before = self._queries
            if not self._changed.wait_for(lambda: self._held or self._queries > before, TIMEOUT):
                raise TimeoutError('no DNS query')

    def _serve(self) -> None:
        while True:
            query, peer = self._socket.recvfrom(512)
            if not query:
                return
            with self._changed:
                self._queries += 1
                if self._held is None:
                    self._answer(query, peer)
                else:
                    self._held.append((query, peer))
                self._changed.notify_all()

    def _answer(self, query: bytes, peer: tuple) -> None:
        """RFC 1035, 4.1: the query's id and question, and one address or "no such name"."""
        question = query[12 : query.index(b'\0', 12) + 5]
        if self._knows:
            flags, answers = 0x8180, 1
            address = socket.inet_aton('10.0.2.2')
            record = struct.pack('!HHHIH', 0xC00C, 1, 1, 0, len(address)) + address
        else:
            flags, answers, record = 0x8183, 0, b''
        header = query[:2] + struct.pack('!HHHHH', flags, 1, answers, 0, 0)
        self._socket.sendto(header + question + record, peer)
