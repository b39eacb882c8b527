# SPDX-License-Identifier: Apache-2.0
"""Scenarios run side by side, so no two of them may have a server on the same port."""

from __future__ import annotations

import re
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
PORT = re.compile(r'CONFIG_(?:CLIENT_LITE_SERVER_URI|DNS_SERVER1)="[^"]*:(\d+)')


class Ports(unittest.TestCase):
    def test_each_scenario_has_ports_of_its_own(self) -> None:
        users: dict[str, str] = {}
        for file in [*ROOT.glob('samples/*/sample.yaml'), *ROOT.glob('tests/zephyr/*/testcase.yaml')]:
            for name, scenario in yaml.safe_load(file.read_text())['tests'].items():
                for port in PORT.findall('\n'.join(scenario.get('extra_configs', []))):
                    self.assertEqual(users.setdefault(port, name), name, f'both have port {port}')
        self.assertGreater(len(users), 0)


if __name__ == '__main__':
    unittest.main()
