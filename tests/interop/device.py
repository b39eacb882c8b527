"""The device under test as a process: it is told lines, and tells lines.

The first of its lines is `ready`: from then on it listens. Each other one begins with what it is: `answer` or `wrong`
(to a command), `event` (of the client), `server` (what a server has done to an object); on the host also `connection`,
and `out` and `in` (messages, hexadecimal).
"""

import re
import subprocess
import threading

PATIENCE = 15


class Device:
    """A device of any platform. `program` is its command line, `settings` go with the line that starts it."""

    def __init__(self, program, uri, endpoint, settings):
        self._process = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._changed = threading.Condition()
        self._lines = []
        # How far `expect` has got.
        self._read = 0
        threading.Thread(target=self._listen, daemon=True).start()
        # What is said before the UART of a board listens is lost.
        self.expect("ready")
        self._tell(" ".join([uri, endpoint, *(f"{name}={value}" for name, value in settings.items())]))

    def command(self, line):
        """What the device answers."""
        with self._changed:
            start = len(self._lines)
            self._tell(line)
            found = self._search(r"(answer|wrong) (.*)", start, PATIENCE)
        assert found, f"the device does not answer \"{line}\""
        assert found[1] == "answer", f"\"{line}\": {found[2]}"
        return found[2]

    def expect(self, pattern, patience=PATIENCE):
        """The next line that a regular expression matches, behind that of the last call."""
        with self._changed:
            found = self._search(pattern, self._read, patience)
            assert found, f"no line \"{pattern}\" within {patience} s, but {self._lines[self._read:]}"
            self._read = self._lines.index(found.string, self._read) + 1
        return found

    def notifications(self):
        """How many the device has sent."""
        return int(re.search(r"(\d+) notifications", self.command("status"))[1])

    def stop(self):
        """Ends it. All of its lines."""
        self._process.kill()
        self._process.wait()
        return self._lines

    def _tell(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _search(self, pattern, start, patience):
        found = []

        def search():
            nonlocal start
            while start < len(self._lines):
                match = re.fullmatch(pattern, self._lines[start])
                start += 1
                if match:
                    found.append(match)
                    return True
            return False

        self._changed.wait_for(search, patience)
        return found[0] if found else None

    def _listen(self):
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line.rstrip("\n"))
                self._changed.notify_all()
