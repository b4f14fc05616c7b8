# SPDX-License-Identifier: GPL-3.0-or-later
"""A computer to be examined by `first-login --doctor` (Patient), whose set-up can be broken and is whole again for the next
case, and what the doctor said (Examination), by which every examination is held to what holds for all of them."""

import contextlib
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "walk"))

import network  # noqa: E402
from network import CERTIFICATES, Way, answer  # noqa: E402
from password_page import date, target  # noqa: E402
from relay import Relay  # noqa: E402
from world import APP_ID, Desk  # noqa: E402

CHECKS = ["policy", "server-name", "tcp", "proxy", "portal", "tls", "clock", "api", "robot-check", "mail-way", "keyring",
          "deep-link", "otpauth", "rendering", "versions"]
STATUS = {"green": 0, "yellow": 1, "red": 2}
PATIENCE = 60  # s for one examination, whatever is wrong

# What the doctor gets to see, or could, and nobody else is to read.
CANARIES = {
    "address": "hedda.canary@flexhrm.example",
    "flow": "5f0c1d5e-9a4b-4c8e-8f67-0d2b5a6c7e8f",
    "token": "ory_st_canary5f0c1d5e",
    "proxy password": "canary-of-the-proxy",
    "proxy user": "hedda.proxy",
    "support": "canary.desk@flexhrm.example",
}


def in_ascii(text):
    return text.encode("ascii", "replace").decode()


class Examination:
    """What was said for people, for programs, and by the exit status. The three agree, in every case."""

    def __init__(self, status, text, data):
        self.status = status
        self.text = text
        self.data = data
        self.checks = {check["check"]: check for check in data["checks"]}
        self.check_shape()
        self.check_text()

    def check_shape(self):
        assert list(self.checks) == CHECKS and len(self.data["checks"]) == len(CHECKS), list(self.checks)
        verdicts = [check["verdict"] for check in self.data["checks"]]
        worst = max(verdicts, key=STATUS.get)
        assert self.data["verdict"] == worst, f"{self.data['verdict']} of {verdicts}"
        assert self.status == STATUS[worst], f"status {self.status} of {verdicts}"
        for check in self.data["checks"]:
            assert set(check) == {"check", "verdict", "cause", "sentence", "next", "facts"}, check
            assert re.fullmatch("[a-z]+(-[a-z]+)*", check["cause"]), check
            assert re.search(r"\w.*[.!]$", check["sentence"], re.S), check
            assert check["next"] is None or check["next"].endswith("."), check
            if check["verdict"] == "red":
                assert check["next"], f"a red line without a next step: {check}"
            assert all(isinstance(value, str) for value in check["facts"].values()), check

    def check_text(self):
        """The lines are those of the JSON, in the same order; without a locale, what is not ASCII is a question mark."""
        said = re.findall(r"^(green|yellow|red) +([^:\n]+): (.+)$", self.text, re.M)
        assert [verdict for verdict, _, _ in said] == [check["verdict"] for check in self.data["checks"]], \
            f"{self.text}, and to programs {self.data['checks']}"
        for (_, _, sentence), check in zip(said, self.data["checks"], strict=True):
            assert sentence in (check["sentence"], in_ascii(check["sentence"])), f"{sentence!r}, and to programs {check['sentence']!r}"
        for check in self.data["checks"]:
            assert check["next"] is None or any(words in self.text for words in (check["next"], in_ascii(check["next"]))), check

    def first(self, verdict):
        return next((check for check in self.data["checks"] if check["verdict"] == verdict), None)

    def verdicts(self, *names):
        return [self.checks[name]["verdict"] for name in names]


class Patient(Desk):
    """A desk where all is well: a server with TLS in a network of its own, an unlocked keyring, handlers for links."""

    PROXY_USER = CANARIES["proxy user"]
    PROXY_PASSWORD = CANARIES["proxy password"]

    def __init__(self, world, programs):
        super().__init__(world, programs, LOGNAME="hedda", USER="hedda", NO_PROXY="", no_proxy="")

    def prepare(self):
        super().prepare()
        self.canaries = CANARIES | {"home": str(self.folder / "home")}
        self.handlers = pathlib.Path(self.environment["XDG_DATA_HOME"]) / "applications"
        self.handlers.mkdir(parents=True)
        # GIO knows no program that is not found
        self.environment["PATH"] = f"{self.programs.application.parent}:{self.environment['PATH']}"
        self.handle_otpauth()
        self.keep_record(f"{CANARIES['address']} {CANARIES['flow']} {CANARIES['token']}")
        self.service_address = target(self)
        self.way = self.enter(Way(self.service_address, 443, certificate="good"))
        self.doorstep = self.enter(Way(port=80))

    def handle_otpauth(self):
        """Gives this computer an authenticator app."""
        (self.handlers / "authenticator.desktop").write_text(
            "[Desktop Entry]\nType=Application\nName=Authenticator\nExec=true %u\nMimeType=x-scheme-handler/otpauth;\n")
        (self.handlers / "mimeapps.list").write_text("[Default Applications]\nx-scheme-handler/otpauth=authenticator.desktop\n")

    def share_without_handlers(self):
        """What the system has of settings, and nothing else of it."""
        schemas = self.folder / "share" / "glib-2.0" / "schemas"
        schemas.parent.mkdir(parents=True)
        schemas.symlink_to("/usr/share/glib-2.0/schemas")
        return self.folder / "share"

    def enter(self, way):
        way.__enter__()
        return way

    def mend(self):
        """Everything is as it has to be, but for what has been done to the keyring."""
        self.url = f"https://{network.SERVER}"
        self.way.target = self.service_address
        self.way.set(certificate="good")
        self.doorstep.set(answer=answer("200 OK", "first-login\n", Content_Type="text/plain", Date=date()))
        network.trust(CERTIFICATES / "authority.pem")
        network.connect(True)
        network.know_server(True)
        self.lay_down()

    def lay_down(self, server="", rest="", mode=0o644):
        """Writes the policy: with that in its group of the server, and after it."""
        self.write_policy(f"[server]\nurl={self.url}\n{server}\n[support]\nmail={CANARIES['support']}\n{rest}")
        self.policy_file().chmod(mode)

    def policy_file(self):
        return self.folder / "config" / "first-login" / "policy.conf"

    @contextlib.contextmanager
    def at_another_time(self, seconds):
        """While it is so many seconds later at the server than here."""
        with Relay("http://%s:%d" % self.service_address) as relay:
            relay.ahead = seconds
            self.way.target = relay.server.server_address
            self.doorstep.set(answer=answer("200 OK", "first-login\n", Content_Type="text/plain", Date=date(seconds)))
            yield

    def begin(self, *arguments, **environment):
        return subprocess.Popen([str(self.programs.application), "--doctor", *arguments], env=self.environment | environment,
                                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True)

    @contextlib.contextmanager
    def with_nothing_but(self, names):
        """While there is nothing else in the environment."""
        before = self.environment
        self.environment = {name: value for name, value in before.items() if name in names}
        try:
            yield
        finally:
            self.environment = before

    def examine(self, *arguments, **environment):
        """Has the computer examined twice, for people and for programs."""
        both = [self.begin(*arguments, **environment), self.begin("--json", *arguments, **environment)]
        said = [process.communicate(timeout=PATIENCE) for process in both]
        for out, err in said:
            assert not re.search(r"runtime error:|AddressSanitizer|-(WARNING|CRITICAL|ERROR) \*\*", err), err
            for name, canary in self.canaries.items():
                assert canary not in out + err, f"the {name} is in what was said: {out}{err}"
        statuses = {process.returncode for process in both}
        assert len(statuses) == 1, f"status {statuses}: {said}"
        return Examination(statuses.pop(), said[0][0], json.loads(said[1][0]))
