"""Prints what a request costs a device, beside the same work of others, as tables of Markdown.

usage: bench.py IMAGES HOST RECORD [--update]
       bench.py --profile IMAGE WORK

IMAGES has least.elf, all.elf and full.elf, HOST is the program of src/main.rs, and RECORD the counts
that this run may exceed by 5 % at most; with --update they are replaced. With --profile: the functions
that one kind of work spends its instructions in.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from elftools.elf.elffile import ELFFile

from emulate import CHANGED, CONNECTED, RECEIVE, REGISTER, UPDATE, Device

MAY_GROW = 0.05
IMAGES = ["least", "all", "full"]
TIMES = 100  # as in src/main.rs

# Measured with the same work in November 2026: Anjay Lite 3.0 and Wakaama f91cfe0, built by gcc 12.2 -Os
# with LTO, libc and the compiler's library counted, malloc of Wakaama not.
PEERS = ["Anjay Lite", "Wakaama"]
INSTRUCTIONS_OF_PEERS = {
    "read an integer": [6794, 3389],
    "read object 3": [13257, 4658],
    "write a Boolean": [8345, 3493],
    "execute": [4345, 1602],
    "discover an object": [11150, 4469],
    "notify an integer": [6299, 2683],
    "start": [20141, 22815],
    "malformed": [620, 620],
    "float": [3598, 2798],
}
HOST_WORK = {
    "start": "start and register",
    "malformed": "a malformed message",
    "float": "read a float as text",
}

GET, POST, PUT = 1, 2, 3
OBSERVE, URI_PATH, CONTENT_FORMAT, ACCEPT = 6, 11, 12, 17
LINK, SENML_CBOR = bytes([40]), bytes([112])


def main(arguments):
    match arguments:
        case ["--profile", image, work]:
            profile(image, work)
        case [images, host, record] | [images, host, record, "--update"]:
            counts = measure(Path(images), host)
            print_tables(counts)
            if arguments[-1] == "--update":
                Path(record).write_text(json.dumps(counts, indent=1) + "\n")
            else:
                compare(counts, json.loads(Path(record).read_text()))
        case _:
            sys.exit(__doc__)


def measure(images, host):
    """By image: its compiler, and by work instructions and stack; of the host, instructions alone; and
    the bytes on the wire."""
    counts = {}
    for image in IMAGES:
        path = images / f"{image}.elf"
        costs = {name: [cost.instructions, cost.stack] for name, cost in work(path)}
        counts[image] = {"compiler": compiler(path), "works": costs}
    costs = {name: [callgrind(host, name)] for name in HOST_WORK}
    counts["host"] = {"compiler": compiler(host), "works": costs}
    counts["wire"] = {"compiler": "any", "works": wire(host)}
    return counts


def wire(host):
    """The lengths of messages, in B."""
    lines = subprocess.run([host, "wire"], capture_output=True, text=True, check=True).stdout
    messages = (line.rsplit(" ", 1) for line in lines.splitlines())
    return {message: [int(length)] for message, length in messages}


def compiler(path):
    with open(path, "rb") as file:
        unit = next(ELFFile(file).get_dwarf_info().iter_CUs()).get_top_DIE()
        return unit.attributes["DW_AT_producer"].value.decode()


def work(image):
    """Puts a device through what servers ask; each with its cost."""
    device = Device(image)
    device.step(REGISTER)
    _, [register] = device.step(CONNECTED)
    device.step(RECEIVE, acknowledge(register, 0x41, bytes.fromhex("8272640135")))
    integer, state = ["3342", "0", "5501"], ["3342", "0", "5500"]
    pack = bytes.fromhex("81a2006c2f333334322f302f3535303004f5")
    senml_cbor = [(ACCEPT, SENML_CBOR)]
    for name, datagram in [
        ("read an integer", request(GET, integer, senml_cbor)),
        ("read object 3", request(GET, ["3", "0"], senml_cbor)),
        ("write a Boolean", request(PUT, state, [(CONTENT_FORMAT, SENML_CBOR)], pack)),
        ("execute", request(POST, ["3342", "0", "5505"], [])),
        ("discover an object", request(GET, ["3342"], [(ACCEPT, LINK)])),
    ]:
        cost, [response] = device.step(RECEIVE, datagram)
        check(name, response[1] >> 5 == 2)
        yield name, cost
    device.step(RECEIVE, request(GET, integer, [(OBSERVE, b""), *senml_cbor]))
    cost, [notification] = device.step(CHANGED)
    check("notify an integer", notification[1] == 0x45)
    yield "notify an integer", cost
    cost, [update] = device.step(UPDATE)
    check("update", update[1] == POST)
    yield "update", cost


def check(name, is_sound):
    if not is_sound:
        sys.exit(f"bench: {name}: the device has not done it")


message_id = 0


def request(code, path, options, payload=b""):
    """A confirmable message with a token of two bytes."""
    global message_id
    message_id += 1
    message = bytes([0x42, code, *message_id.to_bytes(2, "big"), 0x11, 0x22])
    options = options + [(URI_PATH, segment.encode()) for segment in path]
    before = 0
    for number, value in sorted(options, key=lambda option: option[0]):
        message += bytes([(number - before) << 4 | len(value)]) + value
        before = number
    return message + (b"\xff" + payload if payload else b"")


def acknowledge(message, code, options):
    token = message[0] & 0x0F
    return bytes([0x60 | token, code]) + message[2 : 4 + token] + options


def callgrind(host, name):
    """The instructions of one of the host's, on average."""
    command = ["valgrind", "--tool=callgrind", "--toggle-collect=measured_*"]
    command += ["--callgrind-out-file=/dev/null", host, name]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    collected = re.search(r"Collected : (\d+)", result.stderr)
    return int(collected.group(1)) // TIMES


def print_tables(counts):
    print("Instructions of a Cortex-M33, and the stack's depth in B:\n")
    table(
        ["work", *[f"{image}{what}" for image in IMAGES for what in ["", ", stack"]], *PEERS],
        [
            [name, *[number for image in IMAGES for number in counts[image]["works"][name]], *peers(name)]
            for name in counts["all"]["works"]
        ],
    )
    print("\nInstructions of x86-64, with the features of `all`:\n")
    table(
        ["work", "all", *PEERS],
        [[HOST_WORK[name], *counts["host"]["works"][name], *peers(name)] for name in HOST_WORK],
    )
    print("\nBytes on the wire without security, CoAP alone:\n")
    table(["message", "all"], [[name, *length] for name, length in counts["wire"]["works"].items()])


def peers(name):
    return INSTRUCTIONS_OF_PEERS.get(name, [""] * len(PEERS))


def table(head, rows):
    for row in [head, ["---"] * len(head), *rows]:
        print("| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in row) + " |")


def compare(counts, record):
    """Fails where a line has grown."""
    grown = []
    for image, before in record.items():
        now = counts[image]
        if before["compiler"] != now["compiler"]:
            print(f"\n{image}: not compared: {now['compiler']} and not {before['compiler']}")
            continue
        grown += [
            f"{image}, {name}: {recorded} -> {count}"
            for name, costs in before["works"].items()
            for recorded, count in zip(costs, now["works"][name])
            if count > recorded * (1 + MAY_GROW)
        ]
    if grown:
        lines = "\n  ".join(grown)
        sys.exit(
            f"bench: more than {MAY_GROW:.0%} above tests/bench/record.json:\n  {lines}\n"
            "Where that is meant, `bash tests/bench/run --update` records it."
        )


def profile(image, name):
    functions = dict(work(image))[name].functions
    names = "\n".join(function for function, _ in functions.most_common(40))
    filter = ["arm-none-eabi-c++filt"]
    names = subprocess.run(filter, input=names, capture_output=True, text=True, check=True).stdout
    for (_, count), function in zip(functions.most_common(40), names.splitlines()):
        print(f"{count:7}  {function}")


if __name__ == "__main__":
    main(sys.argv[1:])
