#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy/invite, against a stand-in of the engine's admin API and a real SMTP server: every kind of file, every kind of
mistake, and every moment at which it can be cut off."""

import email
import email.policy
import json
import os
import pathlib
import random
import re
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from office import Office  # noqa: E402

import tap  # noqa: E402
from people import invented, maillog, roster  # noqa: E402
from people.welcome import Letters  # noqa: E402
from world import wait_for  # noqa: E402

ROWS = [["E-post", "Förnamn", "Efternamn", "Språk", "Avdelning"],
        ["Anna@flexhrm.example", "Anna", "Åkerström", "sv", "Lön, och annat"],
        ["erik@flexhrm.example", "Erik", 'Ek "Kalle" Öst', "en", "två\nrader"],
        ["maja@flexhrm.example", "Maja", "Ödegård", "", ""]]
PEOPLE = [("anna@flexhrm.example", "Anna", "Åkerström", "sv"), ("erik@flexhrm.example", "Erik", 'Ek "Kalle" Öst', "en"),
          ("maja@flexhrm.example", "Maja", "Ödegård", "")]
COST = invented.Cost(65536, 2, 1)


def as_csv(rows, delimiter=",", end="\r\n"):
    return end.join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows) + end


def read(office, data):
    return roster.read(office.file(data))


def simple(*addresses):
    return "E-mail,First name,Last name\n" + "".join(f"{address},First {number},Last\n" for number, address in enumerate(addresses))


def many(count):
    return simple(*(f"person{number}@flexhrm.example" for number in range(count)))


def journal(path):
    return [json.loads(line) for line in pathlib.Path(f"{path}.journal").read_text(encoding="utf-8").splitlines()]


def check_everybody_once(office, path, count):
    addresses = sorted(f"person{number}@flexhrm.example" for number in range(count))
    assert sorted(office.api.names) == addresses, len(office.api.names)
    assert office.post.recipients() == addresses, (len(office.post.recipients()), count)
    assert sum(fact["what"] == "mailed" for fact in journal(path)) == count


# ------------------------------------------------------------------------------------------------------------ files

@tap.case("the same people are read from every encoding, delimiter and end of line")
def check_encodings(office):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
        for delimiter in ",;\t":
            for end in ("\r\n", "\n", "\r"):
                found = read(office, as_csv(ROWS, delimiter, end).encode(encoding))
                assert [(each.address, each.first, each.last, each.language) for each in found.people] == PEOPLE, (encoding, delimiter, end)
                assert not found.mistakes, found.mistakes
                assert [each.line for each in found.people] == [2, 3, 5], "a cell with a line break counts as two lines"
    found = read(office, ("sep=;\r\n" + as_csv(ROWS, ";")).encode("utf-8"))
    assert [each.line for each in found.people] == [3, 4, 6], "Excel's first line is a line"


@tap.case("columns have names in Swedish and in English, and one that is nearly right is asked about")
def check_headers(office):
    for header in ("E-post;Förnamn;Efternamn", "e-postadress;TILLTALSNAMN;efternamn", "Email,First name,Last name",
                   "E-Mail Address\tGiven name\tSurname", "mejl;fornamn;Efternamn", "E-post (arbete);Förnamn;Efternamn"):
        cells = re.split("[;,\t]", header)
        mark = header[len(cells[0])]
        assert len(read(office, f"{header}\n{mark.join(['a@b.example', 'A', 'B'])}\n".encode()).people) == 1, header
    for header, wants in (("E-pst;Förnamn;Efternamn", r":1: no column E-mail \(E-post\); did you mean 'e-post' by “E-pst”\?"),
                          ("Email,Frist name,Last name", r"no column First name \(Förnamn\); did you mean 'first name' by “Frist name”\?"),
                          ("Email,Name", r"First name .* one column with the whole name cannot be taken apart"),
                          ("Email,E-post,First name,Last name", r"“Email” and “E-post” mean the same"),
                          ("a,b,c", r"the first line has “a”, “b”, “c”")):
        try:
            read(office, f"{header}\nx\n".encode())
            raise AssertionError(header)
        except roster.BadRoster as error:
            assert re.search(wants, str(error)), error


BAD_LINES = [
    ("anna.flexhrm.example,A,B", "is no address: it wants exactly one @"),
    ("Anna Ek <anna@flexhrm.example>,A,B", "more than an address; did you mean “anna@flexhrm.example”"),
    ("mailto:anna@flexhrm.example,A,B", "did you mean “anna@flexhrm.example”"),
    ("åsa@flexhrm.example,A,B", "LATIN SMALL LETTER A WITH RING ABOVE"),
    ("a\u030asa@flexhrm.example,A,B", "LATIN SMALL LETTER A WITH RING ABOVE"),
    ("anna@räksmörgås.example,A,B", "xn--"),
    ("an na@flexhrm.example,A,B", "' ' before the @"),
    ("anna@flexhrm..example,A,B", "no domain"),
    ("anna@-flexhrm.example,A,B", "no domain"),
    (".anna@flexhrm.example,A,B", "stray dots"),
    ("a" * 65 + "@flexhrm.example,A,B", "before the @"),
    (",A,B", "there is no address"),
    ("anna@flexhrm.example,,B", "no First name (Förnamn)"),
    ("anna@flexhrm.example,A", "no Last name (Efternamn)"),
    ("anna@flexhrm.example,A," + "B" * 101, "101 characters"),
    ("anna@flexhrm.example,A,Ã…kerstrÃ¶m", "wrong encoding"),
    ("anna@flexhrm.example,A\x1b[2J,B", "invisible character"),
    ("anna@flexhrm.example,A\0,B", "NUL"),
    ("anna@flexhrm.example,A,B,C", "has 4 cells where the first line has 3"),
]


@tap.case("every mistake is told with its line, and nothing of it reaches the terminal as it is")
def check_mistakes(office):
    text = "E-mail,First name,Last name\n" + "".join(f"{line}\n\n" for line, _ in BAD_LINES) + "last@flexhrm.example,Last,One\n"
    found = read(office, text.encode())
    assert [each.address for each in found.people] == ["last@flexhrm.example"]
    assert found.people[0].line == 2 + 2 * len(BAD_LINES)
    for number, ((_, wants), told) in enumerate(zip(BAD_LINES, found.mistakes, strict=True)):
        assert told.startswith(f"{office.folder}/people.csv:{2 + 2 * number}: ") and wants in told, told
        assert told.isprintable(), told


@tap.case("a file that cannot be read says where")
def check_unreadable(office):
    head = b"E-mail,First name,Last name\r\n"
    for data, wants in ((b"", "is empty"), (b"\r\n\r\n", "is empty"),
                        (head + b'a@b.example,"A,B\r\nc@d.example,C,D\r\n', r":2: a quotation mark is opened here and never closed"),
                        (head + b'a@b.example,A,B\r\nc@d.example,"C' + b"x" * 20000 + b'",D\r\n', r":3: a cell has more than 10000"),
                        (head + b'a@b.example,A,"B"x\r\n', r":2: a quotation mark stands inside a cell"),
                        (head + b"a@b.example,A,B\r\nb@c.example,\x81,C\r\n", r":3: is no text in UTF-8, UTF-16 or Windows-1252"),
                        (b"\xff\xfe" + "E-mail".encode("utf-16-le") + b"\n", r"is no text")):
        try:
            read(office, data)
            raise AssertionError(data)
        except roster.BadRoster as error:
            assert re.search(wants, str(error)), error
    office.run("invite", office.folder / "nowhere.csv", wants=2)


@tap.case("who is in the file twice is invited once, and two people with one address not at all")
def check_duplicates(office):
    found = read(office, "E-mail,First name,Last name\nanna@b.example,Anna,Ek\n\u200bANNA@B.example\u00a0,Anna,Ek\nAnna@b.example,Åsa,Ek\n"
                         "åsa@b.example,A,B\n".encode())
    assert [each.line for each in found.people] == [2]
    assert found.notes == [f"{office.folder}/people.csv:3: anna@b.example is in line 2 already; invited once"], found.notes
    assert "people.csv:4: anna@b.example belongs to somebody else in line 2" in found.mistakes[0]
    composed, apart = ("E-mail,First name,Last name\na@b.example,\u00c5sa,Ek\na@b.example,A\u030asa,Ek\n".splitlines()[index] for index in (1, 2))
    assert len(read(office, f"E-mail,First name,Last name\n{composed}\n{apart}\n".encode()).notes) == 1, "NFC and NFD are the same name"


# -------------------------------------------------------------------------------------------------------- a whole run

@tap.case("a dry run does nothing, and comes first")
def check_dry_run(office):
    path = office.file(simple("anna@flexhrm.example", "erik@flexhrm.example"))
    assert "Look first" in office.run("invite", path, "--send", wants=2)
    said = office.run("invite", path)
    assert re.search(r"\b2 would get an account", said) and "Nothing was done" in said and "To: First 0 Last <anna@flexhrm.example>" in said, said
    assert {method for method, _ in office.api.calls} == {"GET"} and not office.post.count
    path.write_text(simple("anna@flexhrm.example", "other@flexhrm.example"), encoding="utf-8")
    assert "Look first" in office.run("invite", path, "--send", wants=2), "another file than the one that was looked at"
    office.invite(path)
    assert sorted(office.api.names) == office.post.recipients() == ["anna@flexhrm.example", "other@flexhrm.example"]
    office.run("invite", path, "--send")
    assert office.post.count == 2, "again changes nothing"


@tap.case("with mistakes in the file nothing is done, unless the others are wanted")
def check_skip_mistakes(office):
    path = office.file(simple("anna@flexhrm.example", "nobody"))
    office.run("invite", path, wants=1)
    assert "people.csv:3:" in office.run("invite", path, "--send", wants=2) and not office.api.names
    office.run("invite", path, "--send", "--skip-mistakes", wants=1)
    assert office.post.recipients() == ["anna@flexhrm.example"]


@tap.case("an account has a whole hash of its own that costs what the engine's cost, and is marked as invited")
def check_accounts(office):
    path = office.file(many(20))
    office.invite(path)
    assert len(set(office.api.hashes.values())) == 20
    for phc in office.api.hashes.values():
        invented.check(phc, COST)
    person = office.api.person("person3@flexhrm.example")
    assert person["traits"] == {"email": "person3@flexhrm.example", "name": {"first": "First 3", "last": "Last"}}
    assert person["metadata_admin"] == {"first_login": {"invitation": journal(path)[0]["run"]}}
    everything = pathlib.Path(f"{path}.journal").read_text() + office.mail_log.read_text() + b"".join(office.post.mails()).decode()
    for phc in office.api.hashes.values():
        assert not any(part in everything for part in phc.split("$")[4:]), "a hash stands where it need not"


@tap.case("malformed hashes are told from whole ones before the engine takes them")
def check_hashes(_):
    good = invented.invent(COST)
    invented.check(good, COST)
    salt, tag = good.split("$")[4:]
    for bad in ("", "$argon2id$rubbish", good + "$", good[:-1], good + "=", good.replace("v=19", "v=16"), good.replace("argon2id", "argon2i"),
                good.replace("m=65536", "m=0065536x"), good.replace("t=2", "t=0"), good.replace("p=1", "p=20000"), good.replace("t=2", "t=3"),
                good.replace(salt, salt[:-2]), good.replace(tag, tag[:-1] + "B"), good.replace(salt, "-" * len(salt)), good.replace(tag, tag + "AAAA")):
        try:
            invented.check(bad, COST)
        except ValueError:
            continue
        raise AssertionError(bad)


@tap.case("who has an account already is left alone, also one that appears at the last moment")
def check_existing(office):
    first = office.file(simple("anna@flexhrm.example"), "first.csv")
    office.invite(first)
    path = office.file(simple("ANNA@flexhrm.example", "erik@flexhrm.example", "maja@flexhrm.example"))
    assert re.search(r"\b1 have one already", office.run("invite", path))
    office.invite(office.file(simple("maja@flexhrm.example"), "third.csv"))
    said = office.run("invite", path, "--send")
    assert re.search(r"\b2 had one before", said) and re.search(r"\b1 were sent the mail", said), said
    assert office.post.recipients() == ["anna@flexhrm.example", "erik@flexhrm.example", "maja@flexhrm.example"]


@tap.case("what the engine refuses of one person is told with the line, and keeps nobody else out")
def check_refused(office):
    path = office.file(simple("anna@flexhrm.example", "erik@flexhrm.example"))
    create = office.api.create
    office.api.create = lambda patch: (create(patch) if "anna" not in patch["create"]["traits"]["email"] else
                                       {"action": "error", "patch_id": patch["patch_id"], "error": {"code": 400, "reason": "no such luck"}})
    assert "line 2: anna@flexhrm.example: no such luck" in office.invite(path, wants=1)
    assert office.post.recipients() == ["erik@flexhrm.example"]
    office.api.create = create
    office.run("invite", path, "--send")
    assert office.post.recipients() == ["anna@flexhrm.example", "erik@flexhrm.example"]


# ------------------------------------------------------------------------------------------------------------- the mail

@tap.case("the mail is complete in both languages, and has nothing in it that opens anything")
def check_mail(office):
    office.invite(office.file("E-mail,First name,Last name,Language\nanna@flexhrm.example,Anna <b>,Öst & Väst,sv\nerik@flexhrm.example,Erik,Ek,en\n"))
    for data, language, wants in zip(office.post.mails(), ("sv", "en"), (
            ("Hej Anna <b>,", "anna@flexhrm.example", "”Glömt ditt lösenord?”", "inget lösenord, ingen kod", "Frågor? Helpdesk, plan 2"),
            ("Hello Erik,", "erik@flexhrm.example", "“Forgot your password?”", "no password and no code", "Questions? Helpdesk, plan 2")), strict=True):
        mail = email.message_from_bytes(data, policy=email.policy.default)
        assert office.api.person(str(mail["To"].addresses[0].addr_spec))["traits"]["language"] == language, "the engine's mails too"
        assert mail.get_content_type() == "multipart/alternative" and mail["Auto-Submitted"] == "auto-generated"
        assert mail["Content-Language"] == language and mail["Date"], mail
        assert mail["From"].addresses[0].display_name == "Flex Lön & HRM", mail["From"]
        assert all(len(line) <= 998 for line in data.split(b"\r\n")) and b"\n" not in data.replace(b"\r\n", b"")
        text, page = (part.get_content() for part in mail.iter_parts())
        for sentence in wants:
            assert sentence in text, (sentence, text)
        assert "<b>" not in page and f'lang="{language}"' in page
        for part in (text, page, str(mail["Subject"])):
            assert not re.search(r"\bhref|<a\b|https?:|first-login:|\b\d{6}\b|[{}]", part.partition("<body")[2] or part), part


@tap.case("the mail has the same name in every run, another for everybody, and tells where the program is to be had")
def check_letters(_):
    letters = Letters("it@flexhrm.example", "It", "Flex", "https://flexhrm.example/first-login")
    person = roster.Person(2, "anna@flexhrm.example", "Anna", "Ek", "")
    names = [letters.write(person, "en", run)["Message-ID"] for run in ("one", "one", "two")]
    assert names[0] == names[1] != names[2] and letters.message_id("one", "erik@flexhrm.example") != names[0]
    text = letters.write(person, "sv", "one").get_body(("plain",)).get_content()
    assert "Hämta First Login från https://flexhrm.example/first-login" in text and "Frågor" not in text, text


# ------------------------------------------------------------------------------------------------- cut off, and gone on

@tap.case("killed at any exact moment, the next run leaves nobody out and does nothing twice")
def check_kills(office):
    count = 12

    def die(at):
        def strike(*what):
            if what[0] == "GET":
                return
            left[at] -= 1
            if left[at] == 0:
                office.process.kill()
                office.process.wait()
                raise ConnectionError("killed")
        return strike
    moments = [(office.api, "before"), (office.api, "after"), (office.post, "before"), (office.post, "after")]
    for what, when in moments:
        office.api.people.clear(), office.api.names.clear()
        for mail in office.post.folder.glob("*"):
            mail.unlink()
        path = office.file(many(count), f"{when}-{type(what).__name__}.csv")
        office.run("invite", path)
        left = {when: 1 if what is office.api else 5}
        setattr(what, when, die(when))
        process = office.start("invite", path, "--send")
        assert process.wait(60) == -signal.SIGKILL, process.stdout.read()
        process.stdout.close()
        setattr(what, when, lambda *_: None)
        office.run("invite", path, "--send")
        check_everybody_once(office, path, count)


@tap.case("killed again and again by chance, everybody is invited once in the end")
def check_random_kills(office):
    count, chance = 40, random.Random(6)
    path = office.file(many(count))
    office.run("invite", path)
    write = office.post.write
    office.post.write = lambda *words: (time.sleep(0.01), write(*words))
    kills = 0
    for _ in range(40):
        process = office.start("invite", path, "--send")
        begun = len(journal(path))
        wait_for(lambda: process.poll() is not None or len(journal(path)) >= begun + chance.randrange(4, 24), "progress")
        time.sleep(chance.random() * 0.02)
        process.kill()
        ended = process.wait(60)
        process.stdout.close()
        kills += ended == -signal.SIGKILL
        if ended == 0:
            break
    assert kills >= 3, kills
    office.run("invite", path, "--send")
    check_everybody_once(office, path, count)


@tap.case("without a log of the mail server the one who was under way is told of, and mailed again under the same name")
def check_no_log(office):
    path = office.file(many(3))
    office.run("invite", path)

    def strike(recipient):
        if recipient.startswith("person1@"):
            office.process.kill()
            office.process.wait()
            raise ConnectionError("killed")
    office.post.after = strike
    office.start("invite", path, "--send").wait(60)
    office.process.stdout.close()
    office.post.after = lambda recipient: None
    said = office.run("invite", path, "--send", "--mail-log", "none")
    assert "person1@flexhrm.example may get the same mail again" in said
    names = [email.message_from_bytes(mail)["Message-ID"] for mail in office.post.mails()]
    assert len(names) == 4 and len(set(names)) == 3


@tap.case("a mail is Postfix's when it is queued, not when its name was seen")
def check_taken(office):
    office.mail_log.write_text("".join(f"Nov 23 14:00:0{index} mail postfix/{line}\n" for index, line in enumerate((
        "smtpd[1]: 4Yx1AbCd01: client=localhost[127.0.0.1]", "cleanup[2]: 4Yx1AbCd01: message-id=<welcome.one@x>",
        "cleanup[2]: 4Yx1AbCd01: milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 4.7.1 try again later; from=<it@x> to=<a@x>",
        "cleanup[2]: 4Yx1AbCd02: message-id=<welcome.two@x>", "first-login/qmgr[3]: 4Yx1AbCd02: from=<it@x>, size=1, nrcpt=1 (queue active)",
        "cleanup[2]: 4Yx1AbCd04: message-id=<welcome.four@x>",
        "cleanup[2]: 4Yx1AbCd03: message-id=<other@x>", "qmgr[3]: 4Yx1AbCd03: from=<it@x>, size=1, nrcpt=1 (queue active)"))))
    names = {"<welcome.one@x>", "<welcome.two@x>", "<welcome.three@x>", "<welcome.four@x>"}
    assert maillog.find_taken(office.mail_log, names) == ({"<welcome.two@x>"}, {"<welcome.four@x>"})


@tap.case("a mail that was still coming in when the next run looks is waited for")
def check_coming(office):
    path = office.file(many(3))
    office.run("invite", path)
    pipe = office.folder / "pipe"
    os.mkfifo(pipe)
    first = office.start("invite", path, "--send")

    def let_read(recipient):
        """Gives the next run the log as it is at this moment, when it asks."""
        if recipient.startswith("person1@") and office.process is not first:
            with open(pipe, "w", encoding="utf-8") as log:
                log.write(office.mail_log.read_text())

    def strike(recipient):
        if recipient.startswith("person1@"):
            first.kill()
            first.wait()
            office.start("invite", path, "--send", "--mail-log", pipe)
        let_read(recipient)
    office.post.before, office.post.after = strike, let_read
    assert first.wait(60) == -signal.SIGKILL
    first.stdout.close()
    wait_for(lambda: office.process is not first, "the next run")
    assert "3 were sent the mail" in office.process.communicate(timeout=60)[0]
    check_everybody_once(office, path, 3)


@tap.case("a journal that was cut off in a line is gone on with; a damaged, busy or full one stops everything")
def check_journal(office):
    path = office.file(many(4))
    office.run("invite", path)
    log = pathlib.Path(f"{path}.journal")
    with open(log, "a", encoding="utf-8") as file:
        file.write('{"what": "mailed", "address": "pers')
    office.run("invite", path, "--send")
    check_everybody_once(office, path, 4)
    assert log.stat().st_mode & 0o777 == 0o600

    whole = log.read_bytes()
    log.write_bytes(b"{]\n" + whole)
    assert ":1: is damaged" in office.run("invite", path, "--send", wants=5)
    log.write_bytes(whole)
    before = len(office.api.calls)
    with open(log, "ab") as holder:
        import fcntl
        fcntl.flock(holder, fcntl.LOCK_EX)
        assert "at this moment" in office.run("invite", path, "--send", wants=5)
    assert "No space left" in office.run("invite", path, "--journal", "/dev/full", wants=5)
    assert len(office.api.calls) == before and office.post.count == 4


@tap.case("the engine goes away in the middle: nobody is mailed, and the same command goes on")
def check_engine_down(office):
    path = office.file(many(300))
    office.run("invite", path)
    batches = []

    def strike(method, _):
        batches.append(method)
        if batches.count("PATCH") == 2:
            raise ConnectionError("gone")
    office.api.after = strike
    went = []

    def count(method, _):
        if batches.count("PATCH") == 2 and method == "PATCH":
            went.append(1)
            raise ConnectionError("gone")
    office.api.before = count
    assert "gives no answer" in office.run("invite", path, "--send", wants=3)
    assert len(office.api.names) == 300 and office.post.count == 0 and len(went) == 3
    office.api.before = office.api.after = lambda *_: None
    office.run("invite", path, "--send")
    check_everybody_once(office, path, 300)
    assert office.run("invite", path, "--send", "--admin", "http://127.0.0.1:9"), "with everybody there nothing is asked"


@tap.case("a mail that is not taken now goes later; one that is refused is told of, and not tried again")
def check_mail_server(office):
    path = office.file(many(6))
    office.post.answers = {"person1@flexhrm.example": "451 later", "person2@flexhrm.example": "550 no such person"}
    said = office.invite(path, wants=4)
    assert "line 3: person1@flexhrm.example: not taken now: 451 later" in said, said
    assert "line 4: person2@flexhrm.example: has an account, but the mail server refuses the mail: 550 no such person" in said, said
    office.post.answers = {}
    assert "person2" in office.run("invite", path, "--send", wants=1)
    assert office.post.recipients() == [f"person{number}@flexhrm.example" for number in (0, 1, 3, 4, 5)]


@tap.case("the mail server goes away in the middle: the same command goes on")
def check_mail_server_down(office):
    path = office.file(many(6))
    office.run("invite", path)

    def strike(recipient):
        if recipient.startswith("person3@"):
            raise ConnectionError("gone")
    office.post.after = strike
    said = office.run("invite", path, "--send")
    assert "were sent the mail" in said and office.post.recipients() == [f"person{number}@flexhrm.example" for number in range(6)], "found in the log"
    other = office.file(simple("new@flexhrm.example"), "other.csv")
    office.run("invite", other)
    office.post.down()
    assert "does not answer" in office.run("invite", other, "--send", wants=4)
    office.post.up()
    office.run("invite", other, "--send")
    assert office.post.recipients().count("new@flexhrm.example") == 1


@tap.case("mails go no faster than was said, and a bar is shown on a terminal only")
def check_rate(office):
    path = office.file(many(4))
    office.run("invite", path)
    began = time.monotonic()
    argv = office.argv("invite", path, "--send")
    argv[argv.index("1000000")] = "240"
    office.argv = lambda *_: argv
    seen = office.run_on_terminal("invite", typed=[])
    assert time.monotonic() - began >= 3 * 60 / 240, "four mails, a quarter of a second apart"
    assert "Mails [##############################] 4/4" in seen, seen
    assert "[#" not in office.run("invite")


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
