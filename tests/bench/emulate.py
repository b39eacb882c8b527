"""An image of tests/size on an emulated Cortex-M33, which counts its instructions and its stack."""

from collections import Counter
from dataclasses import dataclass

from elftools.elf.elffile import ELFFile
from unicorn import UC_ARCH_ARM, UC_HOOK_CODE, UC_MODE_MCLASS, UC_MODE_THUMB, Uc
from unicorn import arm_const as arm

RAM = 0x2000_0000
STACK_TOP = 0x2010_0000
ENDPOINT = b"urn:dev:bench-01coap://192.0.2.1"
RETURN = bytes.fromhex("7047")  # bx lr

# What `step` of the image does for a result of platform_wait.
RECEIVE, CONNECTED, REGISTER, UPDATE, CHANGED = 1, 2, 7, 8, 12


@dataclass
class Cost:
    """What one input takes, from the return of platform_wait to its next call."""

    instructions: int
    # From the stack's start to its deepest point.
    stack: int
    # Instructions of each function.
    functions: Counter


class Device:
    """Runs the image, and is its platform."""

    def __init__(self, path):
        self.now = 1000
        # Lifetime; queue mode, no registering anew, confirmable notifications, a key: odd is no.
        self.entropy = [86_400, 1, 0, 1, 1]
        self.received = b""
        self.sent = []
        self.engine = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
        self.engine.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M33)
        self.engine.mem_map(0, 0x10_0000)
        self.engine.mem_map(RAM, STACK_TOP - RAM)
        with open(path, "rb") as file:
            entry = self._load(ELFFile(file))
        self.stack = STACK_TOP - len(ENDPOINT)
        self.engine.mem_write(self.stack, ENDPOINT)
        self.engine.reg_write(arm.UC_ARM_REG_R0, self.stack)
        self.engine.reg_write(arm.UC_ARM_REG_SP, self.stack)
        self.start = self._run(entry)

    def step(self, what, received=b""):
        """Gives the device an input, ten seconds after the last one: what that took and what it sent."""
        self.now += 10_000
        self.received = received
        self.sent = []
        self.engine.reg_write(arm.UC_ARM_REG_R0, what)
        # It waits in platform_wait.
        return self._run(self.engine.reg_read(arm.UC_ARM_REG_LR)), self.sent

    def _load(self, elf):
        for section in elf.iter_sections():
            if section["sh_addr"] and section["sh_type"] == "SHT_PROGBITS":
                self.engine.mem_write(section["sh_addr"], section.data())
        self.functions = {}
        entry = None
        for symbol in elf.get_section_by_name(".symtab").iter_symbols():
            address = symbol["st_value"] & ~1
            if symbol.name.startswith("platform_"):
                self.engine.mem_write(address, RETURN)
                self._hook(self._call, symbol.name, address, address)
            elif symbol["st_info"]["type"] == "STT_FUNC":
                for byte in range(0, symbol["st_size"], 2):
                    self.functions[address + byte] = symbol.name
            if symbol.name == "device_main":
                entry = address
        code = elf.get_section_by_name(".text")
        begin = code["sh_addr"]
        self._hook(self._count, None, begin, begin + code["sh_size"] - 1)
        return entry

    def _hook(self, function, data, begin, end):
        self.engine.hook_add(UC_HOOK_CODE, function, data, begin, end)

    def _run(self, address):
        self.counts, self.lowest = Counter(), self.stack
        # Bit 0 stands for Thumb.
        self.engine.emu_start(address | 1, 0)
        functions = Counter()
        for address, count in self.counts.items():
            functions[self.functions.get(address, "?")] += count
        return Cost(functions.total(), self.stack - self.lowest, functions)

    def _count(self, engine, address, _size, _data):
        self.counts[address] += 1
        self.lowest = min(self.lowest, engine.reg_read(arm.UC_ARM_REG_SP))

    def _call(self, engine, _address, _size, name):
        first = engine.reg_read(arm.UC_ARM_REG_R0)
        second = engine.reg_read(arm.UC_ARM_REG_R1)
        match name:
            case "platform_wait":
                engine.emu_stop()
            case "platform_now":
                engine.reg_write(arm.UC_ARM_REG_R0, self.now)
                engine.reg_write(arm.UC_ARM_REG_R1, 0)
            case "platform_entropy":
                value = self.entropy.pop(0) if self.entropy else 0x1234_5679
                engine.reg_write(arm.UC_ARM_REG_R0, value)
            case "platform_receive":
                engine.mem_write(first, self.received)
                engine.reg_write(arm.UC_ARM_REG_R0, len(self.received))
            case "platform_send":
                self.sent.append(bytes(engine.mem_read(first, second)))
