# SPDX-License-Identifier: Apache-2.0
"""terminal.py COMMAND: a picture of what a command prints, as SVG on the standard output.

The first lines and the last two, as wide as the window.
"""

import subprocess
import sys
from html import escape

COLUMNS, FIRST, LAST = 112, 24, 2
SIZE, LEADING, ADVANCE = 13, 18, 7.8  # Pixels, of a monospaced font.


def lines(command: str) -> list[str]:
    printed = subprocess.run(command.split(), check=True, capture_output=True, text=True).stdout
    printed_lines = printed.rstrip().splitlines()
    if len(printed_lines) > FIRST + LAST:
        printed_lines[FIRST:-LAST] = ['  …']
    return [f'$ {command}', '', *printed_lines]


def picture(shown: list[str]) -> str:
    width, height = int(COLUMNS * ADVANCE) + 32, len(shown) * LEADING + 52
    rows = '\n'.join(
        f'<text x="16" y="{index * LEADING + 50}" class="{kind(line)}">{escape(cut(line))}</text>'
        for index, line in enumerate(shown)
    )
    dots = ''.join(
        f'<circle cx="{20 + 18 * index}" cy="16" r="5.5" fill="{colour}"/>'
        for index, colour in enumerate(['#e06c75', '#e5c07b', '#98c379'])
    )
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" {size}>
<style>
text {{ font: {SIZE}px "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #c8ccd4; }}
.command {{ fill: #ffffff; }} .sent {{ fill: #98c379; }} .received {{ fill: #61afef; }} .event {{ fill: #e5c07b; }}
</style>
<rect width="100%" height="100%" rx="8" fill="#282c34"/>
{dots}
{rows}
</svg>"""


def kind(line: str) -> str:
    marks = {'$ ': 'command', ' device -> ': 'sent', ' device <- ': 'received', ' event ': 'event'}
    return next((name for mark, name in marks.items() if mark in line), 'text')


def cut(line: str) -> str:
    return line if len(line) <= COLUMNS else line[: COLUMNS - 1] + '…'


print(picture(lines(' '.join(sys.argv[1:]))))
