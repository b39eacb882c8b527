# SPDX-License-Identifier: Apache-2.0
"""Every valid value of every option configures by itself, and what cannot work is refused in words.

Nothing is compiled but build.rs: Kconfig is evaluated in its own library, as for native_sim, and
what comes of it is handed to zephyr/checks.cmake and to zephyr/build.rs. tests/zephyr/run starts it.
"""

from __future__ import annotations

import itertools
import os
import re
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ZEPHYR = Path(os.environ['ZEPHYR_BASE'])
PLAIN = {'NETWORKING': 'y', 'CLIENT_LITE': 'y', 'TEST_RANDOM_GENERATOR': 'y', 'SHELL': 'y', 'LOG': 'y'}
DTLS = {**PLAIN, 'MBEDTLS': 'y', 'NET_SOCKETS_SOCKOPT_TLS': 'y'}
# A modem's: Zephyr's secure sockets are not built without Mbed TLS.
MODEM = {**PLAIN, 'NET_NATIVE': 'n', 'NET_SOCKETS_OFFLOAD': 'y', 'CLIENT_LITE_DTLS': 'y'}

# What has no default that could work: the key is the device's own.
NEEDED = {'CLIENT_LITE_SECURITY_PSK': {'CLIENT_LITE_PSK': '00112233'}}

# Of Zephyr's options those that the checks look at.
OTHERS = ['NET_IPV4', 'NET_IPV6', 'NET_SOCKETS_OFFLOAD', 'NET_SOCKETS_SOCKOPT_TLS']


class EachOption(unittest.TestCase):
    """One option is set, and no other."""

    def test_each_value_configures(self) -> None:
        count = 0
        for base in PLAIN, {**PLAIN, 'NET_IPV4': 'y', 'CLIENT_LITE_QUEUE_MODE': 'y'}, DTLS, MODEM:
            self.assertEqual(refusals(configure(base)), '', base)
            for name, values in list(options(base)):
                for value in values:
                    with self.subTest(base=base, option=name, value=value):
                        given = {**NEEDED.get(name, {}), name: value}
                        found = configure({**base, **given})
                        self.assertEqual(found.get(name, 'n'), value)
                        self.assertEqual(refusals(found), '')
                        count += 1
        self.assertGreater(count, 200)

    def test_the_back_off_follows_from_what_is_set(self) -> None:
        for given, expected in [
            ({}, (2_000, 10_000, 3_600_000)),
            ({'MIN': 20_000}, (20_000, 100_000, 3_600_000)),
            ({'MIN': 86_400_000}, (86_400_000, 432_000_000, 432_000_000)),
            ({'MAX': 500}, (100, 500, 3_600_000)),
            ({'MAX': 1}, (1, 2, 3_600_000)),
            ({'MAX': 60_000}, (2_000, 60_000, 3_600_000)),
            ({'CAP': 5_000}, (1_000, 5_000, 5_000)),
            ({'MIN': 4_000, 'CAP': 6_000}, (4_000, 6_000, 6_000)),
            ({'MIN': 500, 'MAX': 1_000, 'CAP': 2_000}, (500, 1_000, 2_000)),
        ]:
            with self.subTest(given=given):
                names = {f'CLIENT_LITE_BACK_OFF_{name}': str(it) for name, it in given.items()}
                code, errors = constants(configure({**PLAIN, **names}))
                self.assertEqual(errors, '')
                found = [re.search(rf' BACK_OFF_{name}: u32 = (\d+);', code)[1] for name in BACK_OFF]
                self.assertEqual(tuple(map(int, found)), expected)


class Contradictions(unittest.TestCase):
    """What cannot work is refused in a sentence that names the options."""

    def test_back_off_limits_that_cross(self) -> None:
        for given in {'MIN': 5_000, 'MAX': 5_000}, {'MAX': 5_000, 'CAP': 4_000}, {'MIN': 5, 'CAP': 4}:
            names = {f'CLIENT_LITE_BACK_OFF_{name}': str(it) for name, it in given.items()}
            words = refusals(configure({**PLAIN, **names}))
            for name in BACK_OFF:
                self.assertIn(f'CONFIG_CLIENT_LITE_BACK_OFF_{name}', words)

    def test_an_address_of_a_family_that_the_image_lacks(self) -> None:
        for uri, lack in [
            ('coap://198.51.100.1', 'IPV4'),
            ('coap://198.51.100.1:5683', 'IPV4'),
            ('COAP://198.51.100.1/', 'IPV4'),
            ('coap://[2001:db8::7]:5683', 'IPV6'),
            ('coap://[fe80::1%25eth0]', 'IPV6'),
        ]:
            other = {'IPV4': {'NET_IPV6': 'y'}, 'IPV6': {'NET_IPV4': 'y', 'NET_IPV6': 'n'}}[lack]
            found = configure({**PLAIN, **other, 'CLIENT_LITE_SERVER_URI': uri})
            self.assertIn(f'CONFIG_NET_{lack}=y', refusals(found), uri)
            found[f'NET_{lack}'] = 'y'
            self.assertEqual(refusals(found), '', uri)

    def test_a_name_needs_no_family(self) -> None:
        for uri in 'coap://server.example', 'coap://1.example:5683', 'coap://198.51.100.1.example':
            self.assertEqual(refusals(configure({**PLAIN, 'CLIENT_LITE_SERVER_URI': uri})), '', uri)

    def test_an_offload_is_only_warned_of(self) -> None:
        found = configure({**PLAIN, 'CLIENT_LITE_SERVER_URI': 'coap://198.51.100.1'})
        found['NET_SOCKETS_OFFLOAD'] = 'y'
        self.assertEqual(refusals(found), '')
        self.assertIn('CONFIG_NET_IPV4=y', checks(found))

    def test_security_that_does_not_fit_the_uri(self) -> None:
        found = configure({**DTLS, 'CLIENT_LITE_SERVER_URI': 'coaps://server.example'})
        self.assertIn('CONFIG_CLIENT_LITE_SECURITY_TAG=y', refusals(found))
        tag = {'CLIENT_LITE_SECURITY_TAG': 'y', 'CLIENT_LITE_SERVER_URI': 'coap://server.example'}
        self.assertIn('coaps://', refusals(configure({**DTLS, **tag})))

    def test_a_modems_dtls_needs_neither_mbed_tls_nor_its_sockets(self) -> None:
        tag = {'CLIENT_LITE_SECURITY_TAG': 'y', 'CLIENT_LITE_SERVER_URI': 'coaps://198.51.100.1'}
        # Mbed TLS may be there for something else.
        for mbedtls in 'n', 'y':
            found = configure({**MODEM, 'MBEDTLS': mbedtls, **tag})
            self.assertEqual(refusals(found), '')
            self.assertEqual(found.get('CLIENT_LITE_DTLS'), 'y')
            self.assertEqual(found.get('CLIENT_LITE_CID'), 'y')
            self.assertNotEqual(found.get('NET_SOCKETS_SOCKOPT_TLS'), 'y')

    def test_an_endpoint_name_that_does_not_go_into_an_option(self) -> None:
        name = 'CLIENT_LITE_ENDPOINT_NAME'
        self.assertEqual(refusals(configure({**PLAIN, name: 'n' * 252})), '')
        for bad in 'n' * 253, '':
            self.assertIn(f'CONFIG_{name}', refusals(configure({**PLAIN, name: bad})))

    def test_a_key_that_is_none(self) -> None:
        for key in '', '0', '0g', '00' * 65:
            psk = {'CLIENT_LITE_SECURITY_PSK': 'y', 'CLIENT_LITE_PSK': key}
            self.assertIn('CONFIG_CLIENT_LITE_PSK', refusals(configure({**DTLS, **psk})), key)


class Overlays(unittest.TestCase):
    """The samples' overlays combine, but a key and certificates, in any order."""

    def test_each_combination_configures(self) -> None:
        for sample in SAMPLES:
            base = assignments(sample / 'prj.conf') | assignments(sample / 'boards/native_sim_native_64.conf')
            for names in combinations(sample):
                overlays = [assignments(sample / f'overlay-{name}.conf') for name in names]
                given = {name: value for overlay in overlays for name, value in overlay.items()}
                uri = 'coaps://localhost' if {'psk', 'x509'} & set(names) else 'coap://127.0.0.1'
                with self.subTest(sample=sample.name, overlays=names):
                    found = configure({**base, **given, 'CLIENT_LITE_SERVER_URI': uri})
                    self.assertEqual(refusals(found), '')
                    for name, value in given.items():
                        self.assertEqual(KCONFIG.syms[name].str_value, value, name)
                    for overlay in overlays:
                        self.assertEqual(overlay, {name: given[name] for name in overlay})

    def test_certificates_of_accounts_come_with_both_overlays(self) -> None:
        for sample in SAMPLES:
            for names, expected in [(('x509', 'bootstrap'), 'y'), (('psk', 'bootstrap'), 'n')]:
                given = PLAIN | assignments(sample / 'prj.conf')
                for name in names:
                    given |= assignments(sample / f'overlay-{name}.conf')
                found = configure(given)
                self.assertEqual(found.get('CLIENT_LITE_ACCOUNT_CERTIFICATES', 'n'), expected, names)

    def test_overlays_of_one_name_are_the_same(self) -> None:
        button, sensors = SAMPLES
        names = {path.name for path in button.glob('overlay-*')} & {path.name for path in sensors.glob('overlay-*')}
        expected = {f'overlay-{name}.conf' for name in ('bootstrap', 'psk', 'snapshot', 'x509')}
        self.assertEqual(names, expected)
        for name in names:
            self.assertEqual((button / name).read_text(), (sensors / name).read_text(), name)


SAMPLES = [ROOT / 'samples' / name for name in ('button', 'sensors')]


def combinations(sample: Path):
    """The overlays of a sample, each alone and with others; not those of the nRF Connect SDK's options."""
    names = sorted(path.stem.removeprefix('overlay-') for path in sample.glob('overlay-*.conf'))
    names = [name for name in names if not name.endswith('-ncs')]
    for count in range(1, len(names) + 1):
        for chosen in itertools.combinations(names, count):
            if not {'psk', 'x509'} <= set(chosen):
                yield chosen


def assignments(file: Path) -> dict[str, str]:
    """What a file sets, but for the sample's own options, which the configuration here does not have."""
    found = re.findall(r'^CONFIG_(\w+)=(.*)$', file.read_text(), re.MULTILINE)
    return {name: value.strip('"') for name, value in found if not name.startswith('SAMPLE_')}


BACK_OFF = 'MIN', 'MAX', 'CAP'


def options(base: dict[str, str]):
    """The options that can be set, and for each its extreme values, or all."""
    configure(base)
    for symbol in KCONFIG.unique_defined_syms:
        if not symbol.name.startswith('CLIENT_LITE_') or not symbol.visibility:
            continue
        if symbol.orig_type == kconfiglib.INT:
            low, high = next(
                (int(low.str_value), int(high.str_value))
                for low, high, condition in symbol.ranges
                if kconfiglib.expr_value(condition)
            )
            values = {low, low + 1, low + (high - low) // 2, high}
            yield symbol.name, [str(value) for value in sorted(values)]
        elif symbol.choice:
            yield symbol.name, ['y']
        elif symbol.orig_type == kconfiglib.BOOL:
            yield symbol.name, [kconfiglib.TRI_TO_STR[value] for value in symbol.assignable]


def configure(given: dict[str, str]) -> dict[str, str]:
    """What Kconfig makes of these values."""
    KCONFIG.unset_values()
    KCONFIG.load_config(str(BOARD))
    for name, value in given.items():
        KCONFIG.syms[name].set_value(value)
    names = [symbol.name for symbol in KCONFIG.unique_defined_syms if 'CLIENT_LITE' in symbol.name]
    symbols = [KCONFIG.syms[name] for name in names + OTHERS]
    return {symbol.name: symbol.str_value for symbol in symbols if symbol.config_string}


def refusals(found: dict[str, str]) -> str:
    """The words in which a configuration is refused; empty where it is not."""
    words = checks(found)
    return (words if 'CMake Error' in words else '') + constants(found)[1]


def checks(found: dict[str, str]) -> str:
    """What CMake has to say."""
    script = FOLDER / 'configuration.cmake'
    lines = [
        f'set(CONFIG_{name} [==[{value}]==])' for name, value in found.items() if value not in ('', 'n')
    ]
    script.write_text('\n'.join([*lines, f'include({ROOT}/zephyr/checks.cmake)', '']))
    run = subprocess.run(['cmake', '-P', script], capture_output=True, text=True)
    return ' '.join(run.stderr.split())


def constants(found: dict[str, str]) -> tuple[str, str]:
    """The constants for Rust, and errors."""
    config = FOLDER / '.config'
    lines = [KCONFIG.syms[name].orig_type == kconfiglib.STRING for name in found]
    texts = [f'"{kconfiglib.escape(value)}"' if text else value for value, text in zip(found.values(), lines)]
    config.write_text(
        ''.join(f'CONFIG_{name}={text}\n' for name, text in zip(found, texts) if text != 'n')
    )
    run = subprocess.run(
        [FOLDER / 'build'],
        # Where cargo runs it.
        cwd=ROOT / 'zephyr',
        env={
            **os.environ,
            'DOTCONFIG': str(config),
            'OUT_DIR': str(FOLDER),
            'CARGO_FEATURE_IZUMA': '1',
            'CARGO_FEATURE_KEEP_ALIVE': '1',
            'CARGO_FEATURE_RELEASE_ASSISTANCE': '1',
            # As CMake derives them.
            **{
                f'CARGO_FEATURE_{feature}': '1'
                for option, feature in [('ACCOUNT_CERTIFICATES', 'CERTIFICATES'), ('SNAPSHOT', 'SNAPSHOT')]
                if found.get(f'CLIENT_LITE_{option}') == 'y'
            },
        },
        capture_output=True,
        text=True,
    )
    errors = re.findall(r'^cargo::error=(.*)$', run.stdout, re.MULTILINE)
    if run.returncode:
        errors.append(run.stderr)
    return (FOLDER / 'kconfig.rs').read_text() if not errors else '', ' '.join(errors)


def read_kconfig():
    """Kconfig as CMake has it read for an application of this module, and the board's own values."""
    source, build = FOLDER / 'application', FOLDER / 'build-application'
    source.mkdir()
    (source / 'main.c').write_text('int main(void) { return 0; }\n')
    (source / 'prj.conf').write_text(''.join(f'CONFIG_{name}={value}\n' for name, value in PLAIN.items()))
    (source / 'CMakeLists.txt').write_text(
        'cmake_minimum_required(VERSION 3.20)\n'
        'find_package(Zephyr REQUIRED HINTS $ENV{ZEPHYR_BASE})\n'
        'project(configuration C)\n'
        'target_sources(app PRIVATE main.c)\n'
    )
    command = ['cmake', '-GNinja', '-S', source, '-B', build, '-DBOARD=native_sim/native/64']
    command += [f'-DEXTRA_ZEPHYR_MODULES={ROOT}']
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f'{run.stdout}{run.stderr}')
    board = re.search(r"Loaded configuration '(.*)'", run.stdout)[1]
    ninja = ['ninja', '-C', build, '-t', 'commands', 'menuconfig']
    commands = subprocess.run(ninja, capture_output=True, text=True, check=True).stdout.splitlines()
    words = shlex.split(next(line for line in commands if 'menuconfig.py' in line))
    for word in words[words.index('env') + 1 :]:
        name, equals, value = word.partition('=')
        if not equals:
            break
        os.environ[name] = value
    return kconfiglib.Kconfig(words[-1], warn_to_stderr=False), Path(board)


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as folder:
        FOLDER = Path(folder)
        sys.path.insert(0, str(ZEPHYR / 'scripts' / 'kconfig'))
        import kconfiglib

        KCONFIG, BOARD = read_kconfig()
        rustc = [os.environ.get('RUSTC', 'rustc'), '--edition', '2024', '-o', FOLDER / 'build']
        subprocess.run([*rustc, ROOT / 'zephyr/build.rs'], check=True)
        unittest.main()
