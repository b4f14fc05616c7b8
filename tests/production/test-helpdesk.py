#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy/helpdesk, against a stand-in of the engine's admin API: what it does to whom, and what is written down about it
when it goes well, goes wrong, or cannot be written down."""

import json
import os
import pathlib
import re
import resource
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from office import Office  # noqa: E402

import tap  # noqa: E402
from people import invented  # noqa: E402
from people.standing import password_set_at  # noqa: E402
from world import wait_for  # noqa: E402

ANNA, ERIK = "anna@flexhrm.example", "erik@flexhrm.example"
WHY = ("--reason", "New phone", "--ticket", "HD-42", "--syslog", "")
READING = {"GET"}


def help_desk(office, *words, typed=ANNA, wants=0):
    return office.run("helpdesk", words[0], *words[1:], *WHY, stdin=f"{typed}\n", wants=wants)


def audited(office):
    return [json.loads(line) for line in office.audit.read_text(encoding="utf-8").splitlines()] if office.audit.exists() else []


def changes(office):
    return [(method, re.sub(r"[0-9a-f-]{36}", "ID", path)) for method, path in office.api.calls if method not in READING]


@tap.case("lost phone: the second factor, its codes and the sessions go; the password stays")
def check_lost_phone(office):
    chosen = password_set_at(office.api.person(ANNA))
    said = help_desk(office, "lost-phone", ANNA)
    person = office.api.person(ANNA)
    assert list(person["credentials"]) == ["password"] and password_set_at(person) == chosen
    assert office.api.sessions[person["id"]] == 0
    assert "Anna Ek <anna@flexhrm.example>" in said and "sessions     1" in said and "remove: totp, lookup_secret" in said, said
    assert changes(office)[-1][1].endswith("/sessions"), "sessions last"
    before, after = audited(office)
    assert before["phase"] == "before" and after["phase"] == "after" and before["entry"] == after["entry"]
    assert after["outcome"] == "done" and after["removed"] == ["totp", "lookup_secret"] and after["sessions_ended"] is True
    help_desk(office, "lost-phone", ANNA)
    assert audited(office)[-1]["removed"] == [], "again changes nothing"


@tap.case("wrong address: who begins anew has neither password nor second factor, and is not taken for somebody who has begun")
def check_wrong_address(office):
    identifier = office.api.person(ANNA)["id"]
    old = office.api.hashes[identifier]
    help_desk(office, "wrong-address", ANNA, "Anna.Ek@flexhrm.example")
    person = office.api.person("anna.ek@flexhrm.example")
    assert person["id"] == identifier and ANNA not in office.api.names and list(person["credentials"]) == ["password"]
    assert password_set_at(person) is None and office.api.hashes[identifier] != old and office.api.sessions[identifier] == 0
    invented.check(office.api.hashes[identifier], invented.Cost(65536, 2, 1))
    assert person["traits"]["name"] == {"first": "Anna", "last": "Ek"} and person["metadata_admin"]["first_login"]["invitation"]
    assert audited(office)[-1]["new_address"] == "anna.ek@flexhrm.example"
    assert office.api.hashes[identifier].split("$")[-1] not in office.audit.read_text()


@tap.case("wrong address of the same person: password and second factor stay, unless there is only the invented one")
def check_same_person(office):
    help_desk(office, "wrong-address", ANNA, "anna.ek@flexhrm.example", "--same-person")
    person = office.api.person("anna.ek@flexhrm.example")
    assert "totp" in person["credentials"] and password_set_at(person) and office.api.sessions[person["id"]] == 0
    help_desk(office, "wrong-address", ERIK, "erik.ek@flexhrm.example", "--same-person", typed=ERIK)
    assert password_set_at(office.api.person("erik.ek@flexhrm.example")) is None


@tap.case("an address that is somebody's, the same, or none, is refused before anything is asked")
def check_bad_addresses(office):
    assert "is somebody's already" in help_desk(office, "wrong-address", ANNA, ERIK, wants=1)
    assert "the address already" in help_desk(office, "wrong-address", ANNA, "ANNA@flexhrm.example", wants=1)
    assert "is no address" in help_desk(office, "wrong-address", ANNA, "nowhere", wants=2)
    assert "nobody has that address" in help_desk(office, "lost-phone", "nobody@flexhrm.example", wants=1)
    assert not changes(office) and not audited(office)


@tap.case("a leaver is disabled, can be let in again, and is deleted only when disabled")
def check_leaver(office):
    assert "not disabled" in help_desk(office, "leaver", ANNA, "--delete", wants=1)
    assert "not disabled" in help_desk(office, "leaver", ANNA, "--undo", wants=1)
    help_desk(office, "leaver", ANNA)
    person = office.api.person(ANNA)
    assert person["state"] == "inactive" and office.api.sessions[person["id"]] == 0 and "totp" in person["credentials"]
    help_desk(office, "leaver", ANNA, "--undo")
    assert office.api.person(ANNA)["state"] == "active"
    help_desk(office, "leaver", ANNA)
    help_desk(office, "leaver", ANNA, "--delete")
    assert ANNA not in office.api.names and ERIK in office.api.names
    assert [(entry["what"], entry["delete"], entry["undo"]) for entry in audited(office)[1::2]] == [
        ("leaver", False, False), ("leaver", False, True), ("leaver", False, False), ("leaver", True, False)]


@tap.case("no mailbox: the link is on the terminal once, until Return is pressed, and nowhere else")
def check_no_mailbox(office):
    seen = office.run_on_terminal("helpdesk", "no-mailbox", ANNA, *WHY, "--minutes", "20",
                                  typed=[("Type the address again", lambda: ANNA + "\n"), ("Press Return", lambda: "\n")])
    code, = office.api.codes
    flow = code["recovery_link"].rpartition("=")[2]
    assert seen.count(f"https://id.flexhrm.example/reset#flow={flow}&code={code['recovery_code']}") == 1, seen
    assert seen.count(f"'first-login:recover?flow={flow}&code={code['recovery_code']}'") == 1
    shown = seen.index("\x1b[?1049h")
    assert shown < seen.index(flow) and seen.index("\x1b[2J\x1b[?1049l") > seen.rindex(code["recovery_code"])
    before, after = audited(office)
    assert before["minutes"] == 20 and after["works_until"] == code["expires_at"]
    written = office.audit.read_text()
    assert flow not in written and code["recovery_code"] not in written


@tap.case("no mailbox: an hour at most, not for who has left, and not without a terminal; then there is no code")
def check_no_code(office):
    for minutes in ("61", "0", "-1", "x"):
        assert "--minutes" in help_desk(office, "no-mailbox", ANNA, "--minutes", minutes, wants=2)
    assert "no terminal" in help_desk(office, "no-mailbox", ANNA, wants=1)
    office.api.person(ANNA)["state"] = "inactive"
    assert "disabled" in office.run_on_terminal("helpdesk", "no-mailbox", ANNA, *WHY, typed=[], wants=1)
    assert not office.api.codes and not audited(office)


@tap.case("nothing is done without the address typed again, in a dry run, or without a reason")
def check_confirmation(office):
    for typed in ("", "yes", ERIK, ANNA + "x"):
        assert "Nothing was done" in help_desk(office, "leaver", ANNA, typed=typed, wants=2)
    assert "Dry run: nothing was done" in help_desk(office, "lost-phone", ANNA, "--dry-run")
    assert "remove: nothing" in help_desk(office, "lost-phone", ERIK, "--dry-run")
    office.run("helpdesk", "leaver", ANNA, stdin=ANNA, wants=2)
    office.run("helpdesk", "leaver", ANNA, "--reason", " ", stdin=ANNA, wants=2)
    office.run("helpdesk", "leaver", ANNA, "--reason", "a\nb", stdin=ANNA, wants=2)
    assert not changes(office) and not audited(office)


@tap.case("a ticket may be missing")
def check_ticket(office):
    office.run("helpdesk", "leaver", ANNA, "--reason", "Left", "--syslog", "", stdin=ANNA + "\n")
    assert audited(office)[0]["ticket"] == ""


@tap.case("it is written who, also behind sudo, what, when, to whom, why and how it ended; to the system's log too")
def check_audit(office):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(office.folder / "log"))
        log.settimeout(30)
        office.run("helpdesk", "leaver", ANNA, "--reason", "Left “us”", "--ticket", "HD-1", "--syslog", office.folder / "log", stdin=ANNA + "\n",
                   SUDO_USER="karin", SUDO_UID="1042")
        told = [log.recv(65536).decode() for _ in range(2)]
    before, after = audited(office)
    assert [re.fullmatch(r"<85>first-login-helpdesk\[\d+\]: (.*)", line)[1] for line in told] == office.audit.read_text().splitlines()
    assert before["who"]["uid"] == os.getuid() and (before["who"]["sudo_user"], before["who"]["sudo_uid"]) == ("karin", 1042)
    assert before["whom"] == {"id": office.api.person(ANNA)["id"], "address": ANNA}
    assert (before["what"], before["reason"], before["ticket"], before["host"]) == ("leaver", "Left “us”", "HD-1", socket.gethostname())
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", before["at"]) and before["at"] <= after["at"]
    assert office.audit.stat().st_mode & 0o777 in (0o640, 0o600)


@tap.case("what cannot be written down is not done: no folder, no right, a full disk, a file too long")
def check_no_audit(office):
    for path in (office.folder / "nowhere/audit", office.folder, "/dev/full"):
        assert "without an audit nothing is done" in help_desk(office, "leaver", ANNA, "--audit", path, wants=4), path
    office.audit.write_text("{}\n")
    argv = office.argv("helpdesk", "leaver", ANNA, *WHY)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))
    done = subprocess.run(argv, input=ANNA + "\n", capture_output=True, text=True, preexec_fn=limit, check=False)
    assert done.returncode == 4 and office.audit.read_text() == "{}\n", (done, office.audit.read_text())
    assert not changes(office)


@tap.case("what was done and could not be written down after is said to be so")
def check_half_audit(office):
    office.audit.write_text("")
    office.api.before = lambda method, path: method == "PATCH" and office.audit.rename(office.folder / "away") and office.audit.mkdir()
    said = help_desk(office, "leaver", ANNA, wants=4)
    assert "It was done, but how it ended could not be written down" in said, said
    assert json.loads((office.folder / "away").read_text())["phase"] == "before"


@tap.case("when the engine refuses or is lost, that is written too, and no request that makes something is sent twice")
def check_failures(office):
    def strike(method, path):
        if method in ("PATCH", "PUT", "POST"):
            raise ConnectionError("gone")
    office.api.after = strike
    assert "gives no answer" in help_desk(office, "wrong-address", ANNA, "new@flexhrm.example", wants=3)
    assert audited(office)[-1]["outcome"] == "unknown" and len([1 for method, _ in changes(office) if method == "PUT"]) == 1
    seen = office.run_on_terminal("helpdesk", "no-mailbox", ERIK, *WHY, typed=[("Type the address again", lambda: ERIK + "\n")], wants=3)
    assert len(office.api.codes) == 1 and office.api.codes[0]["recovery_code"] not in seen
    office.api.after = lambda *_: None
    remove = office.api.remove_credential
    office.api.remove_credential = lambda person, kind: (403, {"error": {"code": 403, "reason": "no such right"}})
    assert "no such right" in help_desk(office, "lost-phone", ERIK, typed=ERIK, wants=1)
    assert audited(office)[-1]["outcome"] == "refused" and "no such right" in audited(office)[-1]["why"]
    office.api.remove_credential = remove


@tap.case("whoever thinks before typing the address finds the engine again, which has hung up meanwhile")
def check_thinking(office):
    office.api.idle = 0.5

    def think():
        wait_for(lambda: not office.api.lines, "the engine to hang up")
        return ANNA + "\n"
    seen = office.run_on_terminal("helpdesk", "no-mailbox", ANNA, *WHY, typed=[("Type the address again", think), ("Press Return", lambda: "\n")])
    assert len(office.api.codes) == 1 and office.api.codes[0]["recovery_code"] in seen, seen


@tap.case("a half line of the audit, from a full disk, does not swallow the next")
def check_half_line(office):
    office.audit.write_text('{"at": "20')
    help_desk(office, "leaver", ANNA)
    lines = office.audit.read_text().splitlines()
    assert len(lines) == 3 and json.loads(lines[1])["phase"] == "before"


@tap.case("names that steer a terminal do not")
def check_names(office):
    office.api.person(ANNA)["traits"]["name"] = {"first": "\x1b[2JAnna", "last": "Ek\r\nDone"}
    said = help_desk(office, "lost-phone", ANNA, "--dry-run")
    assert "\x1b" not in said and "\r" not in said and "?[2JAnna Ek??Done" in said, said


def main():
    for index, (name, function) in enumerate(tap.cases):
        def alone(function=function):
            with Office() as office:
                path = office.file("E-mail,First name,Last name\nanna@flexhrm.example,Anna,Ek\nerik@flexhrm.example,Erik,Ek\n")
                office.invite(path)
                office.api.walk_through(ANNA)
                office.api.calls.clear()
                function(office)
        tap.cases[index] = name, alone
    os.environ["LC_ALL"] = "C.UTF-8"
    tap.run()


if __name__ == "__main__":
    main()
