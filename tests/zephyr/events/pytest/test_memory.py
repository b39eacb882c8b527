# SPDX-License-Identifier: Apache-2.0
"""The threads keep within their stacks, and the client needs no heap."""

import re
import subprocess
from pathlib import Path

from demo_server import DemoServer
from device import Device
from twister_harness import DeviceAdapter

MARGIN = 256
"""Bytes that have to be left of a stack, for interrupts and for paths that no test takes."""


def test_the_stacks_are_large_enough(device: Device, demo_server: DemoServer) -> None:
    device.command('client_lite register')
    device.wait_events('OBJECT_REGISTERED')
    demo_server.wait_registered()
    for path in '/1', '/3', '/3200':
        demo_server.read(path)
    for path in '/3', '/3200', '/3200/0/5501':
        demo_server.observe(path)
    device.command('client_lite set /3200/0/5501 7')
    assert demo_server.wait_notified('/3200/0/5501') == '7'
    device.command('client_lite update')
    device.wait_events('OBJECT_REGISTERED', 'REGISTRATION_UPDATED')
    demo_server.silence(True)
    device.command('client_lite update')
    device.wait_events('OBJECT_REGISTERED', 'REGISTRATION_UPDATED', 'NETWORK_ERROR+')

    for thread, symbol in [
        ('client_lite', 'CLIENT_LITE_STACK_SIZE'),
        ('client_lite_conn', 'CLIENT_LITE_CONNECTOR_STACK_SIZE'),
    ]:
        line = rf' {thread} .*unused\s+(\d+)\s+usage\s+(\d+)'
        unused, used = map(int, device.answer('kernel thread stacks', line).groups())
        print(f'{thread}: {used} of {device.config.number(symbol)} bytes of stack')
        assert unused >= MARGIN


def test_the_client_has_no_use_for_a_heap(unlaunched_dut: DeviceAdapter) -> None:
    """Neither the shim nor the library from Rust calls an allocator."""
    build = Path(unlaunched_dut.device_config.app_build_dir)
    cache = (build / 'CMakeCache.txt').read_text()
    nm = re.search(r'^CMAKE_NM:\w+=(.*)$', cache, re.MULTILINE)[1]
    archives = [*build.rglob('libclient_lite.a'), *build.rglob('release/libclient_lite_capi.a')]
    assert len(archives) == 2
    symbols = subprocess.run([nm, '-u', *archives], capture_output=True, text=True, check=True)
    wanted = {line.split()[-1] for line in symbols.stdout.splitlines() if ' U ' in line}
    assert 'k_mutex_lock' in wanted or 'z_impl_k_mutex_lock' in wanted
    assert not [name for name in wanted if re.search('(^|_)(m|c|re|aligned_)?alloc(_|$)', name)]
