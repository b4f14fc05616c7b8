#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy/status, on what a live engine showed of people on their way, and on the stand-in; and that the stand-in answers
as the live engine did (admin-transcripts)."""

import csv
import datetime
import io
import json
import os
import pathlib
import re
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from office import HERE, Office  # noqa: E402

import tap  # noqa: E402
from people import maillog, standing  # noqa: E402

DAY = datetime.timedelta(days=1)
HASH = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$dGFndGFndGFndGFndGFndGFndGFndGFndGFndGFndGE"
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


def stories():
    return {file.stem: json.loads(file.read_text())["exchanges"] for file in sorted((HERE / "admin-transcripts").glob("*.json"))}


def ago(**much):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**much)).isoformat().replace("+00:00", "Z")


def rows(office, *words):
    return list(csv.DictReader(io.StringIO(office.run("status", "--csv", *words))))


def states(office, *words):
    return {row["address"].partition("@")[0]: (row["state"], row["where"]) for row in rows(office, *words)}


# -------------------------------------------------------------------------------------------------- the stand-in itself

class Replay:
    """Plays a story's requests, and compares the answers with those recorded: status, members and values, but for times
    and what is bound to one engine. Ids are bound at first sight."""

    def __init__(self, api):
        self.api = api
        self.bound = {}

    def fill(self, value):
        text = json.dumps(value).replace("<hash>", HASH).replace("<admin>", "")
        text = re.sub(r"<id-\d+>", lambda match: self.bound.get(match[0], match[0]), text)
        return json.loads(text)

    def play(self, exchange):
        request = self.fill(exchange["request"])
        body = json.dumps(request["body"]).encode() if request["body"] is not None else None
        call = urllib.request.Request(self.api.url + request["path"], body, {"Content-Type": "application/json"}, method=request["method"])
        try:
            with urllib.request.urlopen(call) as answer:
                status, headers, content = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            status, headers, content = error.code, error.headers, error.read()
        wants = exchange["response"]
        assert status == wants["status"], (exchange["note"], status, content)
        self.compare(wants["body"], json.loads(content) if content else None, exchange["note"])
        if wants.get("link") and "/identities?" in wants["link"]:
            relations = re.findall(r'rel="(\w+)"', wants["link"])
            assert re.findall(r'rel="(\w+)"', headers["Link"]) == relations, (exchange["note"], headers["Link"])

    def compare(self, wants, got, where):
        assert type(wants) is type(got), (where, wants, got)
        if isinstance(wants, dict):
            assert wants.keys() == got.keys(), (where, wants.keys() ^ got.keys())
            for key in wants:
                if key not in ("reason", "schema_url", "text", "external_id"):
                    self.compare(wants[key], got[key], f"{where}: {key}")
        elif isinstance(wants, list):
            assert len(wants) == len(got), (where, len(wants), len(got))
            if wants and isinstance(wants[0], dict) and "traits" in wants[0]:  # the engine's ids, and so its order, are chance
                wants, got = (sorted(each, key=lambda person: person["traits"]["email"]) for each in (wants, got))
            for index, pair in enumerate(zip(wants, got)):
                self.compare(*pair, f"{where}[{index}]")
        elif isinstance(wants, str) and TIME.fullmatch(wants):
            assert TIME.fullmatch(got) and wants.startswith("0001") == got.startswith("0001"), (where, got)
        elif isinstance(wants, str) and re.fullmatch(r"<id-\d+>", wants):
            assert self.bound.setdefault(wants, got) == got, (where, wants, got)
        elif not (isinstance(wants, str) and "<" in wants):
            assert wants == got, (where, wants, got)


@tap.case("the stand-in answers as the live engine did: import, a person's progress, the help desk")
def check_stand_in(office):
    happens = {"asks for a mail": office.api.ask_for_mail, "uses the code": office.api.use_code, "chooses a password": office.api.choose_password,
               "turns two-factor on": office.api.turn_two_factor_on}
    for name, exchanges in stories().items():
        office.api.people.clear(), office.api.names.clear()
        replay = Replay(office.api)
        count = 0
        for exchange in exchanges:
            if exchange.get("event") == "is through":
                start_through(office, exchange["address"], replay)
            elif "event" in exchange:
                happens[exchange["event"]](exchange["address"])
            elif "/sessions?" not in exchange["request"]["path"] or not exchange["response"]["body"]:
                if name == "import" and exchange["note"] in ("the first page", "the next page"):
                    continue  # who is on which page is chance; check_pages has them
                replay.play(exchange)
                count += 1
        assert count > 5, name


def start_through(office, address, replay):
    made = office.api.create({"patch_id": "x", "create": {"schema_id": "employee", "state": "active", "traits": {"email": address, "name": {"first": "A", "last": "B"}},
                              "metadata_admin": {"first_login": {"invitation": "00000000-0000-4000-8000-000000000009"}},
                              "credentials": {"password": {"config": {"hashed_password": HASH}}}}})
    replay.bound["<id-1>"] = made["identity"]
    office.api.walk_through(address)


# ------------------------------------------------------------------------------------------------------------ judgement

@tap.case("on what the live engine showed, each step is seen, and the invented password is never taken for a chosen one")
def check_live(_):
    seen = {exchange["note"]: exchange["response"]["body"][0] for name in ("progress", "helpdesk") for exchange in stories()[name]
            if "response" in exchange and exchange["response"]["status"] == 200 and isinstance(exchange["response"]["body"], list)
            and exchange["response"]["body"] and "traits" in exchange["response"]["body"][0]}
    mails = standing.latest_mails(next(each["response"]["body"] for each in stories()["progress"] if each.get("note") == "the mails to her"))
    now = standing.read_time(seen["not begun"]["created_at"]) + datetime.timedelta(hours=1)
    for note, mailed, wants in (("not begun", None, ("not begun", "")), ("has asked", mails, ("begun", "Check your inbox")),
                                ("has used the code", mails, ("begun", "New password")),
                                ("has a password", mails, ("password set", "Activate two-factor authentication")),
                                ("has two-factor", mails, ("two-factor on", "")), ("whom it is about", None, ("two-factor on", "")),
                                ("without second factor", None, ("password set", "Activate two-factor authentication")),
                                ("under the other address", None, ("password set", "Activate two-factor authentication")),
                                ("not begun again", None, ("not begun", "")), ("disabled", None, ("disabled", ""))):
        found = standing.judge(seen[note], (mailed or {}).get("anna@flexhrm.example"), None, now, DAY)
        assert (found.state, found.where) == wants, (note, found)
        if found.state in ("begun", "password set"):
            assert standing.judge(seen[note], (mailed or {}).get("anna@flexhrm.example"), None, now + 2 * DAY, DAY).state == "stuck", note


def make(office, *names):
    office.invite(office.file("E-mail,First name,Last name\n" + "".join(f"{name}@flexhrm.example,{name.title()},Ek\n" for name in names)))
    return [office.api.person(f"{name}@flexhrm.example") for name in names]


@tap.case("everybody is where they are, and who has not moved for a day is stuck there")
def check_states(office):
    make(office, "new", "asked", "waits", "used", "halfway", "password", "half", "through", "left")
    office.api.ask_for_mail("asked@flexhrm.example")
    office.api.ask_for_mail("waits@flexhrm.example")
    office.api.mails[-1]["created_at"] = ago(hours=30)
    for name in ("used", "halfway"):
        office.api.use_code(f"{name}@flexhrm.example")
    halfway = office.api.person("halfway@flexhrm.example")["verifiable_addresses"][0]
    halfway |= {"created_at": ago(hours=40), "verified_at": ago(hours=25)}
    for name in ("password", "half"):
        office.api.use_code(f"{name}@flexhrm.example")
        office.api.choose_password(f"{name}@flexhrm.example")
    changed = ago(hours=26)
    office.api.person("half@flexhrm.example")["credentials"]["password"] |= {"created_at": ago(hours=90), "updated_at": changed}
    office.api.walk_through("through@flexhrm.example")
    office.api.walk_through("left@flexhrm.example")
    office.api.person("left@flexhrm.example")["state"] = "inactive"
    inbox, password, two = "Check your inbox", "New password", "Activate two-factor authentication"
    assert states(office) == {"new": ("not begun", ""), "asked": ("begun", inbox), "waits": ("stuck", inbox), "used": ("begun", password),
                              "halfway": ("stuck", password), "password": ("password set", two), "half": ("stuck", two),
                              "through": ("two-factor on", ""), "left": ("disabled", "")}
    assert states(office, "--after", "28")["half"] == ("password set", two)
    table = office.run("status")
    assert re.search(r"(?m)^waits@flexhrm\.example +stuck +20\d\d-\d\d-\d\d \d\d:\d\d +Check your inbox$", table), table
    assert "new@" not in table and re.search(r"(?m)^ +3 stuck$", table) and re.search(r"(?m)^ +9 accounts$", table), table
    assert "new@flexhrm.example" in office.run("status", "--all")
    since = next(row["since"] for row in rows(office) if row["address"].startswith("half@"))
    assert since == changed[:16].replace("T", " ")


@tap.case("a mail that did not arrive is told, by the engine or by Postfix, until the person has moved or a later one arrives")
def check_bounced(office):
    make(office, "welcome", "code", "later", "moved", "again", "waits")
    office.api.ask_for_mail("code@flexhrm.example", "abandoned")
    office.api.ask_for_mail("later@flexhrm.example", "abandoned")
    office.api.ask_for_mail("later@flexhrm.example")

    def log(when, address, status, why):
        return f"{when} mail postfix/smtp[77]: 4Yx12AbCd: to=<{address}@flexhrm.example>, relay=mx[192.0.2.1]:25, delay=1, dsn=5.1.1, status={status} ({why})\n"
    with open(office.mail_log, "a", encoding="utf-8") as file:
        file.write(log(ago(hours=2), "welcome", "bounced", "host mx said: 550 5.1.1 no such user"))
        file.write(log(ago(hours=2), "moved", "bounced", "550"))
        file.write(log(ago(hours=2), "again", "bounced", "550") + log(ago(hours=1), "again", "sent", "250 ok"))
        file.write(log(datetime.datetime.now().strftime("%b %e %H:%M:%S"), "waits", "deferred", "greylisted"))
        file.write("what is no line of Postfix\n")
    office.api.use_code("moved@flexhrm.example")
    found = states(office)
    assert found["welcome"] == found["code"] == ("mail bounced", "Check your inbox"), found
    assert (found["later"][0], found["moved"][0], found["again"][0], found["waits"][0]) == ("begun", "begun", "not begun", "not begun"), found
    why = {row["address"]: row["why"] for row in rows(office)}
    assert why["welcome@flexhrm.example"] == "host mx said: 550 5.1.1 no such user" and "given the mail up" in why["code@flexhrm.example"]
    assert "no such user" in office.run("status")
    assert states(office, "--mail-log", "none")["welcome"] == ("not begun", "")


@tap.case("Postfix's times are read in both forms")
def check_times(_):
    now = datetime.datetime.now().astimezone().replace(microsecond=0)
    for text in (now.isoformat(), now.strftime("%Y-%m-%dT%H:%M:%S%z"), now.strftime("%b %e %H:%M:%S")):
        assert maillog.read_time(text) == now, text
    later = now + 3 * DAY
    assert maillog.read_time(later.strftime("%b %e %H:%M:%S")) < now, "last year's"


@tap.case("no secret is asked for, nothing is changed, and no cell is a formula")
def check_quiet(office):
    make(office, "anna")
    office.api.walk_through("anna@flexhrm.example")
    office.api.person("anna@flexhrm.example")["traits"]["name"] = {"first": "=HYPERLINK(1)", "last": "+\x1b[31mEk\n"}
    office.api.calls.clear()
    row, = rows(office)
    assert (row["first name"], row["last name"]) == ("'=HYPERLINK(1)", "'+?[31mEk?"), row
    assert {method for method, _ in office.api.calls} == {"GET"}
    asked = " ".join(path for _, path in office.api.calls)
    assert "include_credential=webauthn" in asked and "credential=password" not in asked and "credential=totp" not in asked


@tap.case("all pages are read, each once, whatever the number of people and mails; away is away")
def check_pages(office):
    office.api.create_many({"identities": [{"patch_id": f"00000000-0000-4000-8000-{number:012}", "create": {
        "schema_id": "employee", "traits": {"email": f"person{number}@flexhrm.example"}, "metadata_admin": {"first_login": {}},
        "credentials": {"password": {"config": {"hashed_password": HASH}}}}} for number in range(1000)]})
    for number in range(0, 1000, 3):
        office.api.ask_for_mail(f"person{number}@flexhrm.example")
        office.api.ask_for_mail(f"person{number}@flexhrm.example")
    found = rows(office)
    assert len(found) == len({row["address"] for row in found}) == 1000
    assert sum(row["state"] == "begun" for row in found) == 334
    assert sum(path.startswith("/admin/identities") for _, path in office.api.calls) == 2
    assert re.search(r"(?m)^ +1000 accounts$", office.run("status"))
    office.api.down()
    assert "gives no answer" in office.run("status", wants=3)


def main():
    for index, (name, function) in enumerate(tap.cases):
        def alone(function=function):
            with Office() as office:
                function(office)
        tap.cases[index] = name, alone
    os.environ["LC_ALL"] = "C.UTF-8"
    tap.run()


if __name__ == "__main__":
    main()
