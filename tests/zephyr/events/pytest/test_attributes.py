# SPDX-License-Identifier: Apache-2.0
"""What a server writes for its observation counts for the values that C code sets."""

from device import Device
from leshan import Leshan


def test_a_threshold_decides_on_what_is_notified(device: Device, leshan: Leshan) -> None:
    device.command('client_lite register')
    leshan.wait_registered()
    leshan.write_attributes('/3200/0/5501', 'gt=10')
    assert leshan.observe('/3200/0/5501') == '0'

    for number in 5, 9, 11:
        device.command(f'client_lite set /3200/0/5501 {number}')
        assert device.answer('client_lite objects', rf'/3200/0/5501 = {number}$')
    assert leshan.wait_notified('/3200/0/5501') == '11'
