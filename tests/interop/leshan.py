"""The Leshan servers, driven through their lines of JSON (leshan/ and bootstrap/ have the other ends)."""

import json
import subprocess
import threading
import time
from types import SimpleNamespace

TEXT, LINK, OPAQUE, CBOR = 0, 40, 42, 60
SENML_JSON, SENML_CBOR = 110, 112
TLV, JSON_1_0 = 11542, 11543

PATIENCE = 15


class Leshan:
    """A running server. Its answers and events come in on a thread and wait here to be asked for."""

    def __init__(self, command, log):
        """The class path, the main class and its arguments; where to write the log."""
        self._log = open(log, "w", encoding="utf-8")
        self._process = subprocess.Popen(
            ["java", "-cp", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._changed = threading.Condition()
        self._answers = {}
        self._events = []
        self._number = 0
        threading.Thread(target=self._listen, daemon=True).start()
        started = self.expect(None, "started")
        self.ports = {"coap": started.coap, "coaps": started.coaps}

    def stop(self):
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._log.close()

    def perform(self, op, endpoint, **arguments):
        """The answer to a command; what the server could not do fails the test."""
        with self._changed:
            self._number += 1
            number = self._number
            command = {"id": number, "op": op, "endpoint": endpoint, **arguments}
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
            arrived = self._changed.wait_for(lambda: number in self._answers, 2 * PATIENCE)
            assert arrived, f"Leshan does not answer {command}"
            answer = self._answers.pop(number)
        if "error" in answer:
            raise LeshanError(answer["error"], answer["message"])
        return SimpleNamespace(**answer)

    def expect(self, endpoint, event, patience=PATIENCE):
        """The next event of this name from this endpoint, in the order of arrival. Those before it stay."""
        found = []

        def search():
            for candidate in self._events:
                if candidate["event"] == event and candidate.get("endpoint") == endpoint:
                    found.append(candidate)
                    self._events.remove(candidate)
                    return True
            return False

        with self._changed:
            assert self._changed.wait_for(search, patience), (
                f"no event \"{event}\" from {endpoint} within {patience} s; there are "
                f"{[one['event'] for one in self._events if one.get('endpoint') == endpoint]}"
            )
        return SimpleNamespace(**found[0])

    def before(self, endpoint, event, at):
        """All events of this name from this endpoint that came no later than `at`, in their order."""
        with self._changed:
            found = [
                one
                for one in self._events
                if one["event"] == event and one.get("endpoint") == endpoint and one["at"] <= at
            ]
            for one in found:
                self._events.remove(one)
        return [SimpleNamespace(**one) for one in found]

    def seen(self, endpoint, event):
        """How many events of this name wait."""
        with self._changed:
            return sum(one["event"] == event and one.get("endpoint") == endpoint for one in self._events)

    def _listen(self):
        for line in self._process.stdout:
            message = json.loads(line)
            message["at"] = time.monotonic()
            with self._changed:
                if "event" in message:
                    self._events.append(message)
                else:
                    self._answers[message["id"]] = message
                self._changed.notify_all()


class LeshanError(Exception):
    """What Leshan says instead of an answer of the device."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Bootstrap:
    """The bootstrap server as one device sees it."""

    def __init__(self, leshan, endpoint):
        self._leshan = leshan
        self.endpoint = endpoint

    def key(self, identity, key):
        """The device's, for the bootstrap server itself."""
        self._leshan.perform("key", self.endpoint, identity=identity, key=key)

    def account(
        self, uri, psk=None, certificates=None, delete=(), format=None, server=0, security=1, lifetime=3600, ids=(1, 1)
    ):
        """What the next session writes, and each one behind it if no other is said.

        `psk` is identity and key; `certificates` the device's, its key, and the one that the server is known by, all
        hexadecimal, with the usage of that (/0/x/15) or None; `delete` are the paths deleted before, `server` and
        `security` the instances written, `ids` the short server ids in both. Without `format` the device chooses it.
        """
        keys = {} if psk is None else {"identity": psk[0], "key": psk[1]}
        if certificates is not None:
            keys = dict(zip(["certificate", "key", "server certificate", "usage"], certificates))
        self._leshan.perform(
            "account", self.endpoint, uri=uri, delete=list(delete), format=format, server=server,
            security=security, lifetime=lifetime, **{"server id": ids[0], "security id": ids[1]}, **keys,
        )  # fmt: skip

    def session(self, event="finished"):
        """Waits for the end of one. Its requests, and the codes that they were answered with."""
        ended = self._leshan.expect(self.endpoint, event)
        # Those of the next one may have come meanwhile.
        ended.requests = [
            (one.kind.removeprefix("Bootstrap").removesuffix("Request"), one.path, one.code)
            for one in self._leshan.before(self.endpoint, "request", ended.at)
        ]
        return ended

    def sessions(self):
        """How many have ended that nobody has waited for."""
        return self._leshan.seen(self.endpoint, "finished") + self._leshan.seen(self.endpoint, "failed")


class Server:
    """The server as one device's manager: the operations of LwM2M on its endpoint.

    Values are a dictionary from path to value, both ways.
    """

    def __init__(self, leshan, endpoint):
        self._leshan = leshan
        self.endpoint = endpoint

    @property
    def address(self):
        """Where it is without security."""
        return f"127.0.0.1:{self._leshan.ports['coap']}"

    def expect(self, event, patience=PATIENCE):
        return self._leshan.expect(self.endpoint, event, patience)

    def seen(self, event):
        return self._leshan.seen(self.endpoint, event)

    def registration(self):
        found = self._perform("registration").registration
        return None if found is None else SimpleNamespace(**found)

    def is_secure(self):
        return self._perform("secure").secure

    def forget(self):
        """Loses the registration without a word to the device."""
        self._perform("forget")

    def read(self, path, format=None, **raw):
        return self._perform("read", path=path, format=format, **raw)

    def value(self, path, format=None):
        """The one value of a resource, or of a resource instance."""
        answer = self.read(path, format)
        assert answer.code == "2.05", f"Read of {path}: {answer}"
        return answer.values[path]

    def write(self, path, values, format=None, **raw):
        """Write in the mode Replace. `values` may be one value, that of the path itself."""
        return self._perform("write", path=path, values=_values(path, values), format=format or SENML_CBOR, **raw)

    def update(self, path, values, format=None, **raw):
        """Write in the mode Partial Update."""
        return self._perform("update", path=path, values=_values(path, values), format=format or SENML_CBOR, **raw)

    def attributes(self, path, query, **raw):
        return self._perform("attributes", path=path, query=query, **raw)

    def discover(self, path):
        answer = self._perform("discover", path=path)
        assert answer.code == "2.05", f"Discover of {path}: {answer}"
        return answer.links

    def execute(self, path, arguments=None):
        given = {} if arguments is None else {"arguments": arguments}
        return self._perform("execute", path=path, **given)

    def create(self, path, values, format=None, **raw):
        return self._perform("create", path=path, values=values, format=format or SENML_CBOR, **raw)

    def delete(self, path):
        return self._perform("delete", path=path)

    def observe(self, path, format=None):
        answer = self._perform("observe", path=path, format=format)
        assert answer.code == "2.05" and answer.observe is not None, f"Observe of {path}: {answer}"
        return answer

    def cancel(self, path):
        return self._perform("cancel", path=path)

    def forget_observation(self, path):
        """Loses the observation without a word: the next notification is answered by a Reset."""
        self._perform("forget observation", path=path)

    def read_composite(self, paths, format=SENML_CBOR, accept=None):
        return self._perform("read-composite", paths=paths, format=format, accept=accept)

    def write_composite(self, values, format=SENML_CBOR):
        return self._perform("write-composite", values=values, format=format)

    def observe_composite(self, paths, format=SENML_CBOR):
        answer = self._perform("observe-composite", paths=paths, format=format)
        assert answer.code == "2.05" and answer.observe is not None, f"Observe-Composite of {paths}: {answer}"
        return answer

    def cancel_composite(self, paths):
        return self._perform("cancel", paths=paths)

    def _perform(self, op, **arguments):
        return self._leshan.perform(op, self.endpoint, **arguments)


def _values(path, values):
    return values if isinstance(values, dict) else {path: values}
