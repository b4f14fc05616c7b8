# SPDX-License-Identifier: GPL-3.0-or-later
"""Set-ups that are broken for real, one after the other: `first-login --doctor` names each cause in its first red line (or
yellow, where work can go on), says what to do, and leads nobody astray with the lines after it.

usage: test-set-ups.py /path/to/bin/first-login [word ...]"""

import base64
import pathlib
import re
import sys
import time

from patient import CERTIFICATES, PATIENCE, Patient, network

import tap
from network import Way, answer
from password_page import date
from tap import Skip
from world import Gio, GLib, Programs, World, free_port, wait_for

STRANGER = pathlib.Path(__file__).resolve().parent.parent / "contract" / "certificates" / "stranger.pem"
LOGIN = "/org/freedesktop/secrets/collection/login"
SERVER_LINES = ["server-name", "tcp", "proxy", "portal", "tls", "clock", "api", "robot-check", "mail-way"]
BEYOND_NAME = ["tcp", "portal", "tls", "clock", "api", "robot-check", "mail-way"]
DAY = 24 * 60 * 60
PROXY = "http://{user}:{password}@127.0.0.1:{port}"

isolated = network.isolate()


def case(name):
    """A case whose patient is well but for what it does itself."""
    def remember(function):
        def run(patient):
            if not isolated:
                raise Skip("no network of its own can be had")
            patient.mend()
            function(patient)
        return tap.case(name)(run)
    return remember


def blame(said, verdict, check, cause, sentence, step):
    """That line is the cause: the first of its verdict, and nothing else is as bad or worse."""
    first = said.first(verdict)
    assert first and first["check"] == check, f"{first} comes first: {said.text}"
    assert first["cause"] == cause, first
    assert re.search(sentence, first["sentence"]), first["sentence"]
    assert re.search(step, first["next"] or ""), first["next"]
    others = [each["check"] for each in said.data["checks"]
              if each is not first and (each["verdict"] == "red" or each["verdict"] == verdict and each["cause"] != "blocked")]
    assert not others, f"{others} too: {said.text}"


def blind(said, *checks):
    """Nothing is claimed about what lies behind what is broken."""
    for name in checks:
        line = said.checks[name]
        assert (line["verdict"], line["cause"]) == ("yellow", "blocked"), f"{line} of {said.text}"


def seen(said, *checks):
    """What is as it should be is not suspected."""
    assert set(said.verdicts(*checks)) == {"green"}, said.text


def proxy(port):
    return PROXY.format(user=Patient.PROXY_USER, password=Patient.PROXY_PASSWORD, port=port)


@case("everything is well: all lines are green, and the status is 0")
def healthy(patient):
    said = patient.examine()
    assert said.status == 0, said.text
    assert said.data["server"] == patient.url, said.data["server"]
    assert patient.run(patient.programs.application, "--version") == f"first-login {said.data['version']}\n"


@case("the wrong port")
def wrong_port(patient):
    patient.url = f"https://{network.SERVER}:{free_port()}"
    patient.lay_down()
    said = patient.examine()
    blame(said, "red", "tcp", "unreachable", "cannot be reached", "port")
    blind(said, "tls", "api", "robot-check", "mail-way")
    seen(said, "policy", "server-name", "keyring")


@case("a certificate that has run out")
def expired(patient):
    patient.way.set(certificate="expired")
    said = patient.examine()
    blame(said, "red", "tls", "tls-expired", "not valid today", "Renew")
    blind(said, "api", "robot-check", "mail-way")
    seen(said, "server-name", "tcp")


@case("a certificate that is not valid yet")
def early(patient):
    patient.way.set(certificate="early")
    said = patient.examine()
    blame(said, "red", "tls", "tls-expired", "not valid today", "certificate")
    seen(said, "server-name", "tcp")


@case("a certificate of somebody else")
def foreign(patient):
    patient.way.set(certificate="foreign")
    said = patient.examine()
    blame(said, "red", "tls", "tls-untrusted", "could not prove", "authority")
    blind(said, "api", "robot-check", "mail-way")
    seen(said, "server-name", "tcp")


@case("a certificate of the company's own authority, which this computer does not know, until the policy names it")
def own_authority(patient):
    network.trust(STRANGER)
    said = patient.examine()
    blame(said, "red", "tls", "tls-untrusted", "could not prove", "ca-file")

    patient.lay_down("ca-file=company.pem")
    said = patient.examine()
    blame(said, "red", "tls", "ca-file", "cannot be used", "ca-file")

    (patient.policy_file().parent / "company.pem").write_bytes((CERTIFICATES / "authority.pem").read_bytes())
    said = patient.examine()
    assert said.status == 0, said.text
    (patient.policy_file().parent / "company.pem").unlink()


@case("a certificate that is made out to another name")
def other_name(patient):
    patient.way.set(certificate="other-name")
    said = patient.examine()
    blame(said, "red", "tls", "tls-name", "another name", "name")
    blind(said, "api", "robot-check", "mail-way")


@case("a clock that is a day off, either way")
def clock(patient):
    # Half a minute from where it would be another minute: the two that examine do not look at the same moment, and the answer
    # that tells the time is a moment old then.
    for ahead, words in ((-DAY - 30, "24 h ahead"), (DAY + 30, "24 h behind")):
        with patient.at_another_time(ahead):
            said = patient.examine()
        blame(said, "red", "clock", "clock-far-off", words, "clock")
        seen(said, "server-name", "tcp", "tls", "api")


@case("a wrong server: a web page where the API should be")
def wrong_server(patient):
    patient.way.set(certificate="good", answer=answer("200 OK", "<html>It works!", Content_Type="text/html", Date=date()))
    said = patient.examine()
    blame(said, "red", "api", "not-our-server", "not the server for your account", "address")
    blind(said, "robot-check", "mail-way")
    seen(said, "server-name", "tcp", "tls", "clock")


@case("a port that does not speak TLS")
def plain(patient):
    patient.way.set(answer=answer("400 Bad Request", "<html>", Content_Type="text/html"))
    said = patient.examine()
    blame(said, "red", "tls", "not-our-server", "not the server", "port")
    blind(said, "api", "robot-check", "mail-way")


@case("a network that wants a sign-in first")
def portal(patient):
    patient.doorstep.set(answer=answer("302 Found", Location="http://portal.example/login?secret"))
    for wrong in ({"certificate": "foreign"}, {"answer": b"no TLS is spoken here"}):
        patient.way.set(**wrong)
        said = patient.examine()
        blame(said, "red", "portal", "captive-portal", "sign in to it first", "sign in to the network")
        blind(said, "tls", "clock", "api", "robot-check", "mail-way")


@case("a name that nobody knows")
def unknown_name(patient):
    network.know_server(False)
    said = patient.examine()
    blame(said, "red", "server-name", "unresolved", "name could not be found", "DNS")
    blind(said, *BEYOND_NAME)


@case("a proxy that wants to know who one is, and one that lets nobody through")
def proxies(patient):
    for wrong, cause, words, step in (
            (answer("407 Proxy Authentication Required", Proxy_Authenticate="Negotiate"), "proxy-login", "user name and a password",
             "authentication"),
            (answer("403 Forbidden"), "proxy", "did not let the connection through", "CONNECT")):
        with Way(answer=wrong) as way:
            said = patient.examine(https_proxy=proxy(way.port))
        blame(said, "red", "proxy", cause, words, step)
        blind(said, "tls", "clock", "api", "robot-check", "mail-way")


class Gate(Way):
    """A proxy that lets those through who tell the right password."""

    refusal = answer("407 Proxy Authentication Required", Proxy_Authenticate='Basic realm="inside"')
    password = base64.b64encode(f"{Patient.PROXY_USER}:{Patient.PROXY_PASSWORD}".encode())

    def treat(self, caller):
        head = caller.recv(65536)
        if b"Proxy-Authorization: Basic " + self.password not in head:
            caller.sendall(self.refusal)
        else:
            caller.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.hand_on(caller)


@case("a proxy that takes the password that is in its address")
def taken(patient):
    with Gate(("127.0.0.1", patient.way.port)) as way:
        said = patient.examine(https_proxy=proxy(way.port))
    assert said.status == 0, said.text
    assert said.checks["proxy"]["cause"] == "proxied", said.checks["proxy"]


@case("a proxy that refuses the password: it is not tried often enough to lock an account")
def refused(patient):
    with Way(answer=answer("407 Proxy Authentication Required", Proxy_Authenticate='Basic realm="inside"')) as way:
        said = patient.examine(https_proxy=proxy(way.port))
        assert way.calls <= 2 * 8, f"{way.calls} connections for two examinations"
    blame(said, "red", "proxy", "proxy-login", "user name and a password", "authentication")


@case("a proxy that is not there")
def no_proxy(patient):
    said = patient.examine(https_proxy=proxy(free_port()))
    blame(said, "red", "tcp", "proxy-unreachable", "proxy", "proxy")
    blind(said, "tls", "api", "robot-check", "mail-way")


@case("no network at all")
def offline(patient):
    network.connect(False)
    network.know_server(False)
    said = patient.examine()
    blame(said, "red", "server-name", "offline", "not connected to a network", "Connect the computer")
    blind(said, *BEYOND_NAME)


@case("a server that is silent: the examination ends all the same")
def silent(patient):
    patient.way.set(is_silent=True)
    begin = time.monotonic()
    said = patient.examine()
    assert time.monotonic() - begin < PATIENCE
    blame(said, "red", "tls", "timed-out", "not answer|too long|no answer", "firewall")
    blind(said, "api", "robot-check", "mail-way")
    seen(said, "server-name", "tcp")


@case("a server that fails, and one that is being worked on")
def failing(patient):
    for wrong, cause, words in ((answer("500 Internal Server Error", Date=date()), "server-fault", "problem of its own"),
                                (answer("503 Service Unavailable", Retry_After=600, Date=date()), "maintenance", "worked on")):
        patient.way.set(certificate="good", answer=wrong)
        # early in a minute: the two that examine say until when it is worked on
        wait_for(lambda: time.time() % 60 < 40, "a new minute")
        said = patient.examine()
        blame(said, "red", "api", cause, words, "server")
        blind(said, "robot-check", "mail-way")
        seen(said, "server-name", "tcp", "tls", "clock")


@case("a policy file with a mistake in it: one that costs the server's name, one that costs nothing")
def broken_policy(patient):
    patient.write_policy(f"[server\nurl={patient.url}\n")
    said = patient.examine()
    assert said.status == 1, said.text
    assert said.checks["policy"]["cause"] == "policy-mistake", said.checks["policy"]
    assert "--check-policy" in said.checks["policy"]["next"]
    assert {said.checks[name]["cause"] for name in SERVER_LINES} == {"no-server"}, said.text

    patient.lay_down(rest="hour=8\n")
    said = patient.examine()
    blame(said, "yellow", "policy", "policy-mistake", "mistake", "--check-policy")
    assert said.status == 1
    seen(said, *SERVER_LINES)


@case("a policy file that anybody may write")
def untrusted_policy(patient):
    patient.lay_down(mode=0o666)
    said = patient.examine()
    blame(said, "red", "policy", "policy-unusable", "cannot be used", "--check-policy")


@case("no policy: no server is named, and the one that --server names is looked at")
def no_policy(patient):
    patient.write_policy("")
    said = patient.examine()
    nameless = {name for name in SERVER_LINES if said.checks[name]["cause"] == "no-server"}
    assert nameless == set(SERVER_LINES) and said.status == 1, said.text
    said = patient.examine("--server", patient.url)
    seen(said, *SERVER_LINES)
    assert said.data["server"] == patient.url


@case("no program for the links in emails")
def no_handler(patient):
    said = patient.examine(XDG_DATA_DIRS=str(patient.share_without_handlers()))
    blame(said, "red", "deep-link", "handler-none", "No program opens", "desktop file")
    seen(said, *SERVER_LINES)


@case("neither display nor session bus, nor anything else in the environment")
def bare(patient):
    # what is not where it usually is, and the sanitizer's
    with patient.with_nothing_but(("PATH", "XDG_CONFIG_DIRS", "XDG_DATA_DIRS", "ASAN_OPTIONS")):
        said = patient.examine()
    blame(said, "yellow", "keyring", "no-bus", "no session", "session")
    assert said.status == 1
    seen(said, *SERVER_LINES, "rendering")


@case("a locked keyring, which nobody is asked to unlock")
def locked_keyring(patient):
    patient.world.bus.call_sync("org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service",
                                "Lock", GLib.Variant("(ao)", ([LOGIN],)), None, Gio.DBusCallFlags.NONE, 10000, None)
    said = patient.examine()
    blame(said, "yellow", "keyring", "keyring-locked", "locked", "unlock")
    assert said.status == 1
    assert not patient.run("xdotool", "search", "--onlyvisible", "--name", "^Unlock", check=False), "somebody is asked"
    seen(said, *SERVER_LINES)


@case("no keyring")
def no_keyring(patient):
    patient.end(patient.keyring)
    wait_for(lambda: not patient.world.has_name("org.freedesktop.secrets"), "the keyring to go")
    said = patient.examine()
    blame(said, "red", "keyring", "keyring-none", "no keyring", "Install a keyring")
    seen(said, *SERVER_LINES)


@case("what is not understood is a sentence and status 3")
def not_understood(patient):
    for arguments in (["--wrong"], ["--server", "ftp://login.example.com"], ["--json", "more"]):
        process = patient.begin(*arguments)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out) == (3, "") and err.count("\n") == 1, (process.returncode, out, err)


def run():
    if not isolated:
        tap.run(None)
    with World() as world, Patient(world, Programs(sys.argv[1])) as patient:
        tap.run(patient)


run()
