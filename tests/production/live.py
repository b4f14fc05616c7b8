# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole stack with Ory Kratos in it, for what is tried by hand: nothing of it runs in ./dev test."""

import base64
import contextlib
import datetime
import json
import os
import secrets
import sys
import threading
import urllib.request

from newcomer import Letterbox, Newcomer
from stack import Stack


def arguments():
    """KRATOS, the engine's program, and the folder where this project's programs are."""
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} KRATOS FOLDER [WORD]...\n\n{sys.modules['__main__'].__doc__}")
    return sys.argv[1], os.path.join(sys.argv[2], "first-login-gate"), sys.argv[3:]


def say(*words, sep=" "):
    print(f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M:%S}", sep.join(map(str, words)), flush=True)


class Keeper:
    """Starts again what has ended, a second later: Restart=always, RestartSec=1."""

    def __init__(self, *parts):
        self.parts = parts
        self.ends = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.keep)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def keep(self):
        while not self.over.wait(1):
            for part in self.parts:
                if part.process and part.process.poll() is not None:
                    say(f"{part.name} has ended with {part.process.returncode}; started again")
                    self.ends.append(part.name)
                    with contextlib.suppress(AssertionError):
                        part.start()


def encode(data):
    """As PHC strings have it: base64 without what fills it up."""
    return base64.b64encode(data).decode().rstrip("=")


class Live(Stack):
    """Engine and gate as often as there are hosts; everybody comes from an office. With `fsync` off PostgreSQL does not wait
    for the disk, which costs no CPU."""

    def __init__(self, kratos, gate, hosts=1, fsync="on"):
        super().__init__(hosts)
        self.fsync = fsync
        self.kratos = kratos
        self.gate = gate

    def prepare(self):
        self.make_certificate()
        self.render(OFFICE_NETWORKS="127.0.0.0/8", OFFICE_REQUESTS="100000", OFFICE_BURST="60000")
        self.start_postgres(fsync=self.fsync)
        self.start_postfix()
        self.start_kratos(self.kratos)
        self.start_gates(self.gate, self.shared_store())
        self.start_nginx()
        self.letterbox = Letterbox(self.mails)

    def admin(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.admin_ports[0]}/admin{path}",
                                         json.dumps(body).encode() if body is not None else None,
                                         {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def hire(self, *names):
        """Makes accounts as deploy/invite does: each with a password that nobody knows. Returns their addresses."""
        addresses = [f"{name}@flexhrm.example" for name in names]
        salt, key = (secrets.token_bytes(16), secrets.token_bytes(32))
        values = dict(line.split("=", 1) for line in (self.server / "site").read_text().splitlines())
        invented = "$argon2id$v=19$m={ARGON2_MEMORY_KIB},t={ARGON2_ITERATIONS},p={ARGON2_PARALLELISM}".format(**values)
        invented += f"${encode(salt)}${encode(key)}"
        for begin in range(0, len(addresses), 500):
            self.admin("PATCH", "/identities", {"identities": [{"create": {
                "schema_id": "employee", "state": "active", "traits": {"email": address, "name": {"first": "Anna"}},
                "credentials": {"password": {"config": {"hashed_password": invented}}},
                "verifiable_addresses": [{"value": address, "verified": True, "via": "email", "status": "completed"}],
            }} for address in addresses[begin:begin + 500]]})
        return addresses

    def newcomer(self, address, **more):
        """Somebody who comes through nginx and the gate."""
        return Newcomer(self.url, address, self.letterbox, True, self.authority, **more)

    def insider(self, address, **more):
        """Somebody who asks the engine itself."""
        return Newcomer(f"http://127.0.0.1:{self.engine_ports[0]}", address, self.letterbox, False, **more)
