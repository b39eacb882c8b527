# SPDX-License-Identifier: Apache-2.0
"""What pages name is there: files, options with their ranges and defaults, functions."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pages import BOOK, ROOT, Page, book, pages, tracked

KCONFIG = (ROOT / 'Kconfig').read_text()


def zephyr() -> Path | None:
    """The environment's, else the first that west zephyr-export has registered."""
    if base := os.environ.get('ZEPHYR_BASE'):
        return Path(base)
    for package in (Path.home() / '.cmake/packages/Zephyr').glob('*'):
        base = Path(package.read_text().strip()).parents[2]
        if (base / 'Kconfig.zephyr').is_file():
            return base
    return None


def each_text(*folders: Path, suffixes: tuple[str, ...]) -> str:
    """All of some files in one."""
    files = [path for folder in folders for path in sorted(folder.rglob('*'))]
    return '\n'.join(path.read_text() for path in files if path.suffix in suffixes and path.is_file())


@pytest.mark.parametrize('page', pages(), ids=str)
def test_each_file_is_there(page: Page) -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in tracked() if path.parent != ROOT}
    for span in page.spans():
        path = span.split(' ')[-1] if span.startswith('bash ') else span
        if re.fullmatch(r'[\w.*-]+(/[\w.*{},-]*)+', path) and path.split('/')[0] in folders:
            assert any(any(folder.glob(path.rstrip('/'))) for folder in (ROOT, page.path.parent)), (
                f'{page}: there is no {path}'
            )


@pytest.mark.parametrize('page', pages(), ids=str)
def test_each_option_of_this_module_is_there(page: Page) -> None:
    files = [path.read_text() for path in tracked() if path.name == 'Kconfig']
    defined = set(re.findall(r'^(?:menu)?config (\w+)', '\n'.join(files), re.MULTILINE))
    for name in re.findall(r'\bCONFIG_((?:CLIENT_LITE|SAMPLE)\w*\w)\b(?!\*)', page.text):
        assert name in defined or name.endswith('_'), f'{page}: there is no CONFIG_{name}'


def option(name: str) -> tuple[str, list[str]]:
    """Range and defaults of an option, as Kconfig has them."""
    found = re.search(rf'^config {name}\n((?:\t.*\n)+)', KCONFIG, re.MULTILINE)
    assert found, f'docs/kconfig.md: there is no {name}'
    range_ = re.search(r'\trange (\S+) (\S+)', found[1])
    return (
        ' to '.join(range_.groups()) if range_ else '',
        re.findall(r'\tdefault (\S+)', found[1]),
    )


def test_the_table_of_options_has_their_ranges_and_defaults() -> None:
    rows = [row for row in Page(BOOK / 'kconfig.md').rows() if row[0].startswith('`CONFIG_CLIENT')]
    numbers = [row for row in rows if ' to ' in ' '.join(row[2:3])]
    assert len(numbers) > 20
    for name, default, range_, *_ in numbers:
        name = name.strip('`').removeprefix('CONFIG_')
        expected, defaults = option(name)
        assert range_.replace(',', '') == expected, name
        # Where it depends, the row names each.
        assert set(re.findall(r'\d+', default.replace(',', ''))) == set(defaults), name


@pytest.mark.parametrize('page', book(), ids=str)
def test_each_function_of_the_c_api_is_there(page: Page) -> None:
    headers = each_text(ROOT / 'zephyr' / 'include', suffixes=('.h',))
    names = r'\b(?:pdmc_|registry_)\w+|\bLWM2M_(?:OBJECT_REGISTER|RESOURCE_|INTERFACE_)\w*'
    for name in set(re.findall(names, page.text)):
        known = name if name.endswith('_') else rf'\b{name}\b'
        assert re.search(known, headers), f'{page}: there is no {name} in zephyr/include'


def test_each_name_of_zephyrs_engine_is_there() -> None:
    base = zephyr()
    if base is None:
        pytest.skip('no Zephyr workspace is registered: west zephyr-export in one')
    engine = base / 'subsys/net/lib/lwm2m'
    sources = (base / 'include/zephyr/net/lwm2m.h').read_text()
    sources += each_text(engine, suffixes=('', '.ipso', '.ucifi', '.c', '.h'))
    page = Page(BOOK / 'moving-from-zephyr-lwm2m.md').text
    names = set(re.findall(r'\blwm2m_(?!interface_)\w+|\bLWM2M_RD_CLIENT_\w+|(?<=CONFIG_)LWM2M_\w+', page))
    assert len(names) > 40
    for name in sorted(names):
        known = name if name.endswith('_') else rf'\b{name}\b'
        assert re.search(known, sources), f'there is no {name} in Zephyr'
