"""What of the OMA Enabler Test Specification for LwM2M 1.1 this device cannot be asked, and why."""

_FIRMWARE = "the device has no Firmware Update object"
_CELLULAR = "the device has no Cellular Connectivity object"

NOT_APPLICABLE = {
    3: ("bootstrap from a smartcard", "the device has no smartcard"),
    8: ("Bootstrap-Read", "the client has neither Bootstrap-Read nor Bootstrap-Discover; it answers 4.05"),
    751: ("the readable resources of Firmware Update", _FIRMWARE),
    755: ("a firmware package by Write", _FIRMWARE),
    756: ("a firmware package by its URI", _FIRMWARE),
    760: ("observation of Firmware Update", _FIRMWARE),
    770: ("a firmware update over CoAP", _FIRMWARE),
    771: ("a firmware update by another protocol", _FIRMWARE),
    772: ("firmware that was not downloaded", _FIRMWARE),
    773: ("firmware without room in storage", _FIRMWARE),
    774: ("firmware without room in memory", _FIRMWARE),
    775: ("a connection lost in a firmware download", _FIRMWARE),
    776: ("firmware with a wrong checksum", _FIRMWARE),
    777: ("firmware of an unknown type", _FIRMWARE),
    778: ("firmware at a wrong URI", _FIRMWARE),
    779: ("a firmware update that fails", _FIRMWARE),
    1200: ("the readable resources of Cellular Connectivity", _CELLULAR),
    1201: ("the same of its version 1.1", _CELLULAR),
    1210: ("power saving mode of Cellular Connectivity", _CELLULAR),
    1230: ("observation of Cellular Connectivity", _CELLULAR),
    1250: ("APN configuration", _CELLULAR),
}
