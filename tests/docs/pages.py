# SPDX-License-Identifier: Apache-2.0
"""The repository's Markdown files, parsed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / 'docs'


@dataclass(frozen=True)
class Block:
    """A fenced block: `sh` of ```` ```sh ````, its text, and its first line's number in the file."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Page:
    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text()

    def tokens(self) -> Iterator[Token]:
        for token in MarkdownIt('commonmark').enable('table').parse(self.text):
            yield token
            yield from token.children or []

    def blocks(self) -> Iterator[Block]:
        for token in self.tokens():
            if token.type == 'fence':
                assert token.map
                yield Block(token.info, token.content, token.map[0] + 2)

    def spans(self) -> Iterator[str]:
        """What stands between backquotes."""
        return (token.content for token in self.tokens() if token.type == 'code_inline')

    def targets(self) -> Iterator[str]:
        """Where links and pictures lead."""
        for token in self.tokens():
            target = token.attrGet('href') or token.attrGet('src')
            if target is not None:
                yield str(target)

    def rows(self) -> Iterator[list[str]]:
        """The rows of its tables, heads included."""
        for line in self.text.splitlines():
            if line.startswith('|'):
                yield [cell.strip() for cell in re.split(r'(?<!\\)\|', line.strip('|'))]

    def anchors(self) -> set[str]:
        """The ids of its headings, which mdBook and repositories' viewers make the same way."""
        found = set()
        previous = None
        for token in self.tokens():
            if token.type == 'inline' and previous == 'heading_open':
                text = ''.join(part.content for part in token.children or [])
                found.add(re.sub(r'[^\w\- ]', '', text.lower()).replace(' ', '-'))
            if token.type in ('heading_open', 'inline'):
                previous = token.type
        return found


@cache
def tracked() -> frozenset[Path]:
    """All files of the repository, also those that are not committed yet."""
    command = ['git', 'ls-files', '--cached', '--others', '--exclude-standard']
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return frozenset(path for line in listed.splitlines() if (path := ROOT / line).exists())


def pages() -> list[Page]:
    return [Page(path) for path in sorted(tracked()) if path.suffix == '.md']


def book() -> list[Page]:
    """Those of the site."""
    return [page for page in pages() if page.path.parent == BOOK]
