# SPDX-License-Identifier: Apache-2.0
"""Code in pages is code that something compiles."""

from __future__ import annotations

import pytest
from pages import ROOT, Page, pages, tracked

# What .ci/run builds; the demo server's and the tests' own code is not for users to copy.
COMPILED = [ROOT / 'samples', ROOT / 'host', ROOT / 'examples']


def squeezed(text: str) -> str:
    """Without a difference in white space."""
    return ' '.join(text.split())


def sources(suffix: str) -> list[str]:
    return [
        squeezed(path.read_text())
        for path in tracked()
        if path.suffix == suffix and any(path.is_relative_to(folder) for folder in COMPILED)
    ]


@pytest.mark.parametrize('page', pages(), ids=str)
def test_each_part_of_a_block_stands_in_a_source_file(page: Page) -> None:
    for block in page.blocks():
        if block.language not in ('c', 'rust,ignore'):
            continue
        files = sources('.c' if block.language == 'c' else '.rs')
        for part in block.text.split('\n\n'):
            assert any(squeezed(part) in file for file in files), (
                f'{page}:{block.line}: no source file has\n{part}'
            )


@pytest.mark.parametrize('page', pages(), ids=str)
def test_other_rust_is_compiled_as_a_documentation_test(page: Page) -> None:
    if any(block.language.split(',')[0] == 'rust' and 'ignore' not in block.language
           for block in page.blocks()):
        included = f'include_str!("../../{page}")'
        assert included in (ROOT / 'host/src/lib.rs').read_text(), f'host/src/lib.rs: {included}'
