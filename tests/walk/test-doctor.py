#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor on a terminal: statuses, what is printed for people and for programs, without a display and without a session
bus, and what must never be in it.

usage: test-doctor.py /path/to/bin/first-login [word ...]"""

import getpass
import json
import re
import socket
import subprocess
import sys
import threading

import tap
from world import APP_ID, Desk, Programs, World, free_port

CHECKS = ["policy", "server-name", "tcp", "proxy", "portal", "tls", "clock", "api", "robot-check", "mail-way", "keyring",
          "deep-link", "otpauth", "rendering", "versions"]


class Computer(Desk):
    def __init__(self, world, keyring=False, server=False, policy=None, **environment):
        super().__init__(world, Programs(sys.argv[1]), keyring=keyring, server=server, policy=policy, **environment)

    def prepare(self):
        super().prepare()
        # what it starts has to be found, or nobody is asked to open anything
        self.environment["PATH"] += f":{self.programs.application.parent}"
        # as update-desktop-database leaves it in an installed system
        applications = self.folder / "home/.local/share/applications"
        applications.mkdir(parents=True)
        (applications / "mimeapps.list").write_text(f"[Default Applications]\nx-scheme-handler/first-login={APP_ID}.desktop\n")

    def ask(self, *arguments, environment=None):
        done = subprocess.run([self.programs.application, "--doctor", *arguments], timeout=60, capture_output=True, text=True,
                              env=self.environment if environment is None else environment)
        assert not re.search(r"runtime error:|AddressSanitizer|-(WARNING|CRITICAL|ERROR) \*\*", done.stderr), done.stderr
        return done.returncode, done.stdout, done.stderr

    def examine(self, *arguments, environment=None):
        """The doctor's JSON, whose form is looked at too, and its checks by name."""
        status, out, err = self.ask("--json", *arguments, environment=environment)
        assert err == "", err
        said = json.loads(out)
        assert set(said) == {"version", "verdict", "server", "checks"}, said.keys()
        assert [check["check"] for check in said["checks"]] == CHECKS
        for check in said["checks"]:
            assert set(check) == {"check", "verdict", "cause", "sentence", "next", "facts"}, check
            assert check["sentence"] and (check["next"] or check["verdict"] != "red"), check
        worst = max(["green", "yellow", "red"].index(check["verdict"]) for check in said["checks"])
        assert (status, said["verdict"]) == (worst, ["green", "yellow", "red"][worst]), (status, said["verdict"])
        return said, {check["check"]: check for check in said["checks"]}


def words(checks):
    return {name: check["cause"] for name, check in checks.items()}


@tap.case("where everything is well, every line is green, and the status is 0")
def healthy(world):
    with Computer(world, keyring=True, server=True) as computer:
        said, checks = computer.examine()
        assert said["verdict"] == "green", words(checks)
        assert said["server"] == computer.url
        assert words(checks) | {"otpauth": ""} == dict.fromkeys(CHECKS, "ok") | {
            "portal": "plain", "tls": "plain", "otpauth": "", "rendering": "no-display"}, words(checks)
        assert checks["policy"]["facts"]["files"].split(", ")[0] == f"{computer.folder}/config/first-login/policy.conf"
        assert checks["versions"]["facts"]["first-login"] == said["version"]
        assert {"gtk", "libadwaita", "libsoup", "glib", "tls-backend", "system"} <= checks["versions"]["facts"].keys()
        status, out, err = computer.ask()
        lines = out.splitlines()
        assert (status, err, len(lines)) == (0, "", len(CHECKS)), out
        assert all(re.fullmatch(r"green   \S.*: \S.*\.", line) for line in lines), out
        assert not computer.kept() and not computer.mails(), "something was left behind"


@tap.case("without display and session bus it sees what can be seen, says nothing else, and does not wait")
def bare(world):
    with Computer(world, server=True) as computer:
        sparse = {name: value for name, value in computer.environment.items()
                  if name in ("ASAN_OPTIONS", "XDG_CONFIG_DIRS", "XDG_DATA_HOME")}
        said, checks = computer.examine(environment=sparse)
        assert checks["keyring"]["cause"] == "no-bus" and checks["keyring"]["verdict"] == "yellow", checks["keyring"]
        assert checks["mail-way"]["cause"] == "ok", words(checks)
        empty = {"ASAN_OPTIONS": computer.environment["ASAN_OPTIONS"]}
        said, checks = computer.examine(environment=empty)
        assert said["server"] is None and checks["api"]["cause"] == "no-server", words(checks)


@tap.case("the first line that is not green names the cause")
def cause(world):
    with Computer(world) as computer:
        _, out, _ = computer.ask()
        assert out.splitlines()[0].startswith("yellow  ") and "No server is named" in out.splitlines()[0], out
        status, out, _ = computer.ask("--server", f"http://127.0.0.1:{free_port()}")
        assert status == 2
        red = [number for number, line in enumerate(out.splitlines()) if line.startswith("red ")]
        assert "cannot be reached" in out.splitlines()[red[0]] and out.splitlines()[red[0] + 1].startswith("        "), out


@tap.case("a command line that makes no sense is told from a computer that is broken")
def command_line(world):
    with Computer(world, policy="[server]\nurl=https://id.example.com\n[policy]\nlocked=server.url\n") as computer:
        for arguments in (["--nonsense"], ["word"], ["--server"], ["--server", "ftp://id.example.com"],
                          ["--server", "https://other.example.com"]):
            status, out, err = computer.ask(*arguments)
            assert (status, out) == (3, "") and err.count("\n") == 1, (arguments, status, out, err)
        assert "https://id.example.com" in computer.ask("--server", "https://other.example.com")[2]


@tap.case("the server that a person has typed is looked at where the policy names none")
def typed(world):
    with Computer(world) as computer:
        settings = computer.folder / "home/.config/glib-2.0/settings/keyfile"
        settings.parent.mkdir(parents=True)
        url = f"http://127.0.0.1:{free_port()}"
        settings.write_text(f"[{APP_ID.replace('.', '/')}]\nserver='{url}'\n")
        assert computer.examine()[0]["server"] == url


@tap.case("whoever reads it learns nothing about the person, nor how to sign in to a proxy")
def secrets(world):
    policy = ("[server]\nurl=https://id.example.com\nlandin=canary-value\n[support]\nmail=canary-mail\n"
              "text=Call canary-name\n")
    proxy = f"http://canary-user:canary-password@127.0.0.1:{free_port()}/?canary-query"
    with Computer(world, policy=policy, https_proxy=proxy, http_proxy=proxy) as computer:
        home = str(computer.folder / "home")
        for text in (computer.ask("--json")[1], computer.ask()[1]):
            assert "canary" not in text, text
            assert home not in text, text
        _, checks = computer.examine()
        assert checks["tcp"]["cause"] == "proxy-unreachable", words(checks)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/?", checks["proxy"]["facts"]["proxies"]), checks["proxy"]
        assert checks["policy"]["cause"] == "policy-mistake"
        assert re.search(r"landin", checks["policy"]["facts"]["mistakes"]), checks["policy"]
        # the folder of the person, where a policy may lie too
        inside = {"XDG_CONFIG_DIRS": f"{home}/policies"}
        (computer.folder / "home/policies/first-login").mkdir(parents=True)
        (computer.folder / "home/policies/first-login/policy.conf").write_text("[server]\nurl=https://id.example.com\n")
        (computer.folder / "home/policies/first-login/policy.conf").chmod(0o644)
        _, checks = computer.examine(environment=computer.environment | inside)
        assert checks["policy"]["facts"]["files"].split(", ")[0] == "~/policies/first-login/policy.conf", checks["policy"]
        assert getpass.getuser() == "root" or getpass.getuser() not in json.dumps(checks)


@tap.case("nobody who is silent keeps it waiting")
def silent(world):
    with socket.create_server(("127.0.0.1", 0)) as door, Computer(world) as computer:
        held = []
        threading.Thread(target=lambda: [held.append(door.accept()) for _ in range(99)], daemon=True).start()
        _, checks = computer.examine("--server", f"https://127.0.0.1:{door.getsockname()[1]}")
        assert checks["tls"]["cause"] == "timed-out", words(checks)
        for caller, _ in held:
            caller.close()


if __name__ == "__main__":
    with World() as the_world:
        tap.run(the_world)
