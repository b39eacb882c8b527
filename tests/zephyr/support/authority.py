# SPDX-License-Identifier: Apache-2.0
"""A small public key infrastructure, made by OpenSSL: a CA and what it signs, all on P-256."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Identity:
    """DER: an X.509 certificate, and its private key as PKCS #8."""

    certificate: Path
    key: Path


class Authority:
    """A CA whose files are in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pem = self._request('ca')
        options = ['-x509', '-days', '365', '-key', folder / 'ca.key', '-subj', '/CN=ca']
        run('req', *options, '-out', self._pem)
        self.certificate = self._to_der('ca')

    def issue(self, name: str) -> Identity:
        """A certificate for a name."""
        pem = self._request(name)
        request = self._folder / f'{name}.csr'
        run('req', '-new', '-key', self._folder / f'{name}.key', '-subj', f'/CN={name}', '-out', request)
        signer = ['-CA', self._pem, '-CAkey', self._folder / 'ca.key', '-CAcreateserial']
        run('x509', '-req', '-in', request, *signer, '-days', '365', '-out', pem)
        return Identity(self._to_der(name), self._folder / f'{name}.key.der')

    def _request(self, name: str) -> Path:
        """A new key; where its certificate goes."""
        key = self._folder / f'{name}.key'
        run('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key)
        der = self._folder / f'{name}.key.der'
        run('pkcs8', '-topk8', '-nocrypt', '-in', key, '-outform', 'DER', '-out', der)
        return self._folder / f'{name}.pem'

    def _to_der(self, name: str) -> Path:
        der = self._folder / f'{name}.der'
        run('x509', '-in', self._folder / f'{name}.pem', '-outform', 'DER', '-out', der)
        return der


def run(*arguments: str | Path) -> None:
    subprocess.run(['openssl', *arguments], check=True, capture_output=True)
