# SPDX-License-Identifier: Apache-2.0
"""A small public key infrastructure, made by OpenSSL: a CA and what it signs, all on P-256."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
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

    def issue(self, name: str, first: datetime | None = None) -> Identity:
        """A certificate for a name, which holds for a year from now on, or from the given day on."""
        pem = self._request(name)
        request = self._folder / f'{name}.csr'
        run('req', '-new', '-key', self._folder / f'{name}.key', '-subj', f'/CN={name}', '-out', request)
        first = first or datetime.now(timezone.utc) - timedelta(days=1)
        dates = [day.strftime('%Y%m%d%H%M%SZ') for day in (first, first + timedelta(days=366))]
        options = ['-batch', '-notext', '-startdate', dates[0], '-enddate', dates[1]]
        run('ca', '-config', self._configuration(name), *options, '-in', request, '-out', pem)
        return Identity(self._to_der(name), self._folder / f'{name}.key.der')

    def _configuration(self, name: str) -> Path:
        """What OpenSSL wants to know of a CA that chooses dates and names."""
        (database := self._folder / 'database').touch()
        (configuration := self._folder / 'ca.conf').write_text(
            '[ca]\ndefault_ca = this\n[this]\npolicy = any\ndefault_md = sha256\n'
            f'certificate = {self._pem}\nprivate_key = {self._folder / "ca.key"}\n'
            f'database = {database}\nnew_certs_dir = {self._folder}\nunique_subject = no\nrand_serial = yes\n'
            'x509_extensions = end\n'
            f'[end]\nbasicConstraints = CA:FALSE\nsubjectAltName = DNS:{name}\n'
            '[any]\ncommonName = supplied\n'
        )
        return configuration

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
