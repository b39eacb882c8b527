# SPDX-License-Identifier: Apache-2.0
"""Links lead somewhere: in the repository's files, and in the site that mdBook has made of them."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pages import BOOK, ROOT, Page, book, pages, tracked

SITE = ROOT / 'target' / 'book'
C_API = BOOK / 'c-api'


@pytest.mark.parametrize('page', pages(), ids=str)
def test_each_link_leads_to_a_file_and_a_heading(page: Page) -> None:
    folders = {folder for path in tracked() for folder in path.parents}
    for target in page.targets():
        url = urlsplit(target)
        if url.scheme:
            continue
        path = (page.path.parent / unquote(url.path)).resolve() if url.path else page.path
        if path.is_relative_to(C_API):
            continue  # It is in the site alone.
        assert path in tracked() or path in folders, f'{page}: there is no {target}'
        if url.fragment:
            assert url.fragment in Page(path).anchors(), f'{page}: there is no heading {target}'


@pytest.mark.parametrize('page', book(), ids=str)
def test_a_page_of_the_site_links_to_nothing_that_the_site_lacks(page: Page) -> None:
    for target in page.targets():
        url = urlsplit(target)
        path = (page.path.parent / url.path).resolve()
        assert url.scheme or path.is_relative_to(BOOK), (
            f'{page}: {target} is not part of the site; write the path as code'
        )


def test_each_page_is_in_the_table_of_contents() -> None:
    contents = Page(BOOK / 'SUMMARY.md')
    listed = [(BOOK / target).resolve() for target in contents.targets()]
    assert sorted(listed) == [page.path for page in book() if page.path != contents.path]


class Html(HTMLParser):
    """The ids and the links of a page of the site."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[str] = []
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == 'id' and value:
                self.ids.add(value)
            if name in ('href', 'src') and value and tag != 'base':
                self.targets.append(value)


def test_each_link_of_the_site_leads_somewhere() -> None:
    # 404.html is for any address, and its links begin at the site's root.
    parsed = {path: Html(path) for path in SITE.rglob('*.html') if path.name != '404.html'}
    assert len(parsed) > len(book()), 'docs/build has made the site'
    for page, html in parsed.items():
        for target in html.targets:
            url = urlsplit(target)
            if url.scheme:
                continue
            path = (page.parent / unquote(url.path)).resolve() if url.path else page
            assert path.is_file(), f'{page.relative_to(SITE)}: there is no {target}'
            if url.fragment and path in parsed:
                assert url.fragment in parsed[path].ids, f'{page.relative_to(SITE)}: no {target}'
