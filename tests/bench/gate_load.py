# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gate costs: proofs that are good, calls that it refuses, and the time that it adds to one that passes through.

The gate has the first core to itself; both ends and PostgreSQL share the others. What it could do with all of a core is known
from the processor time that it took, so that the answer does not depend on what else the computer is doing.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import secrets
import struct
import subprocess
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "production"))

from stack import Part, Skip, Stack, is_open  # noqa: E402

COST = 1000           # iterations, as fl-robot-work.c asks for
PROOFS = 6000
REFUSALS = 40000
CALLS = 3000
CONNECTIONS = 64     # what nginx keeps open to a busy gate
WAITING = 256        # whose mails the grid holds for 100 ms each: fewer do not bring 2,000 in a second, and wake a core that sleeps
TICKS = os.sysconf("SC_CLK_TCK")

# As long as Kratos' are.
ANSWER = json.dumps({"id": str(uuid.uuid4()), "type": "api", "state": "sent_email", "ui": {"nodes": ["x" * 2000]}})


def proof(key):
    """A payload that is good for one mail. Whoever has the key can make a challenge that the first try solves; to check it
    costs as much as any."""
    robot = hmac.new(key, b"first-login-gate robot", hashlib.sha256).digest()
    nonce, salt = secrets.token_bytes(16), secrets.token_bytes(16)
    derived = hashlib.pbkdf2_hmac("sha256", nonce + struct.pack(">I", 0), salt, COST, 32).hex()
    parameters = {"algorithm": "PBKDF2/SHA-256", "cost": COST, "data": {"purpose": "recovery"},
                  "expiresAt": int(time.time()) + 600, "keyLength": 32, "keyPrefix": derived[:2], "nonce": nonce.hex(),
                  "salt": salt.hex()}
    written = json.dumps(parameters, sort_keys=True, separators=(",", ":"))
    challenge = {"parameters": parameters, "signature": hmac.new(robot, written.encode(), hashlib.sha256).hexdigest()}
    solution = {"counter": 0, "derivedKey": derived, "time": 1}
    return base64.b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()


def request(kind, flow, body, number, **headers):
    """A call as nginx passes it on, each from a network of its own."""
    network = f"10.{number >> 8 & 255}.{number & 255}.7" if number < 65536 else f"172.{number >> 16}.{number >> 8 & 255}.7"
    text = json.dumps(body)
    lines = [f"POST /self-service/{kind}?flow={flow} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json",
             "Content-Type: application/json", f"Content-Length: {len(text)}", f"X-Real-IP: {network}",
             *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()), "", text]
    return "\r\n".join(lines).encode()


def mail(number, payload=None):
    flow = str(uuid.uuid4())
    body = {"method": "code", "email": f"person{number}@example.com", "transient_payload": {"flow": flow}}
    return request("recovery", flow, body, number, **({"X_Altcha": payload} if payload else {}))


def address(number):
    return request("login", uuid.uuid4(), {"method": "identifier_first", "identifier": f"person{number}@example.com"}, number)


def second_factor(number):
    return request("login", uuid.uuid4(), {"method": "totp", "totp_code": "123456"}, number, X_Session_Token=f"ory_st_{secrets.token_hex(16)}")


class Stand(Stack):
    """PostgreSQL, something that answers in the place of Kratos, and one gate after another."""

    def __init__(self, root):
        self.root = root
        self.tool = root / "tests" / "bench" / "gate-load"
        self.key = secrets.token_bytes(32)
        cores = sorted(os.sched_getaffinity(0))
        self.core = str(cores[0])
        self.others = ",".join(map(str, cores[1:] or cores))
        super().__init__()

    def prepare(self):
        os.sched_setaffinity(0, {int(core) for core in self.others.split(",")})
        self.stores = ["SQLite"]
        with contextlib.suppress(Skip):
            self.start_postgres(fsync="on")
            self.stores.append("PostgreSQL")
        text = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n{ANSWER}"
        self.upstream = subprocess.Popen([self.tool, "serve", self.write("answer", text)], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        self.upstream_port = int(self.upstream.stdout.readline())
        self.write("gate.key", self.key.hex() + "\n", 0o600)

    def end(self, check=False):
        with contextlib.suppress(AttributeError):
            self.upstream.communicate()
        super().end(check)

    @contextlib.contextmanager
    def gate(self, store):
        """A gate with an empty store."""
        place = self.folder / f"{secrets.token_hex(4)}.db"
        if store == "PostgreSQL":
            self.sql("truncate first_login_gate.mark")
            place = self.shared_store()
        lines = {"LISTEN": f"127.0.0.1:{self.gate_ports[0]}", "UPSTREAM": f"http://127.0.0.1:{self.upstream_port}",
                 "KEY_FILE": self.folder / "gate.key", "STORE": place, "MAIL_GRID": 100, "PASSWORD_GRID": 100,
                 "PASSWORDS_AT_ONCE": 1, "PASSWORD_PER_NETWORK": "1000000/1", "SECOND_FACTOR_PER_NETWORK": "1000000/1"}
        path = self.write("gate.conf", "".join(f"{name}={value}\n" for name, value in lines.items()))
        part = Part(self, "gate", ["taskset", "--cpu-list", self.core, self.root / "src" / "gate" / "first-login-gate",
                                   "--config", path], lambda: is_open(self.gate_ports[0])).start()
        try:
            yield Meter(self, part)
        finally:
            part.stop()
            self.parts.remove(part)

    def fire(self, port, requests, connections):
        path = self.folder / "requests"
        path.write_bytes(b"".join(f"{len(each):010}".encode() + each for each in requests))
        done = subprocess.run([self.tool, "fire", str(port), str(connections), path], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)


class Meter:
    """One gate, and what it takes."""

    def __init__(self, stand, part):
        self.stand = stand
        self.pid = part.process.pid

    def processor_time(self):
        words = pathlib.Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / TICKS

    def rate(self, requests, status, connections=CONNECTIONS):
        """(calls a second of processor time, calls a second as they came), every one answered with this status."""
        before = self.processor_time()
        result = self.stand.fire(self.stand.gate_ports[0], requests, connections)
        used = self.processor_time() - before
        assert result["statuses"] == {str(status): len(requests)}, result
        return len(requests) / used, len(requests) / result["seconds"]

    def added(self, make):
        """(median, 95th percentile) of the milliseconds that calls one after another take more than without the gate."""
        requests = [make(number) for number in range(CALLS)]
        through = self.stand.fire(self.stand.gate_ports[0], requests, 1)
        direct = self.stand.fire(self.stand.upstream_port, requests, 1)
        return [(through[name] - direct[name]) / 1000 for name in ("median", "p95")]


def rates(stand, store):
    """(what, its rate(), the goal) of everything that comes in floods."""
    with stand.gate(store) as meter:
        good = [mail(number, proof(stand.key)) for number in range(PROOFS)]
        yield "good proofs", meter.rate(good, 200, WAITING), 2000
        yield "used proofs", meter.rate(good, 400), None
    with stand.gate(store) as meter:
        foreign = proof(bytes(32))
        yield "forged proofs", meter.rate([mail(number, foreign) for number in range(REFUSALS)], 400), None
        yield "refusals", meter.rate([mail(number) for number in range(REFUSALS)], 400), 20000


def delays(stand, store):
    """(which call, what is added to it) of those that are not held to the grid."""
    with stand.gate(store) as meter:
        yield "an address", meter.added(address)
        yield "a second factor", meter.added(second_factor)
