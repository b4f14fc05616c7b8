#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""first-login --check-policy, the installed program: mistakes that administrators make, each named by line, key and words;
what it says to programs, and by its exit status. There is neither display nor session bus.

usage: test-check-policy.py /path/to/bin/first-login [word ...]"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import tap

CERTIFICATES = pathlib.Path(__file__).parent.parent / "contract" / "certificates"
GOOD = "[server]\nurl=https://login.example.com\n"

# Name, the file, and its lines of output behind the name of the file.
MISTAKES = [
    ("a group mistyped", "[sever]\nurl=https://login.example.com\n",
     ":1: There is no group [sever]. The keys below it are not read. Did you mean “[server]”?"),
    ("a group that is none", "[kratos]\nurl=https://login.example.com\n",
     ":1: There is no group [kratos]. The keys below it are not read."),
    ("a group with spaces", "[ two-factor ]\nrule=off\n",
     ":1: There is no group [ two-factor ]. The keys below it are not read. Did you mean “[two-factor]”?"),
    ("a bracket left open", "[server\nurl=https://login.example.com\n",
     ":1: “[server” is not the beginning of a group: nothing stands behind the bracket. The keys below it are not read. "
     "Did you mean “[server]”?"),
    ("a comment behind a group", "[server] # ours\nurl=https://login.example.com\n",
     ":1: “[server] # ours” is not the beginning of a group: nothing stands behind the bracket. The keys below it are not "
     "read. Did you mean “[server]”?"),
    ("no group", "url=https://login.example.com\n",
     ":1: url: The key stands in front of the first [group]. Did you mean “[server], [product], [privacy]”?"),
    ("a group twice", "[server]\nurl=https://login.example.com\n\n[server]\nlanding=https://www.example.com/\n",
     ":4: server: The group [server] begins in line 1 already."),
    ("a key mistyped", "[server]\nulr=https://login.example.com\n",
     ":2: server.ulr: There is no key “ulr”. Did you mean “url”?"),
    ("a key with an underscore", "[account]\nremember_address=false\n",
     ":2: account.remember_address: There is no key “remember_address”. Did you mean “remember-address”?"),
    ("a key in capital letters", "[password]\nMinimum=12\n",
     ":2: password.Minimum: There is no key “Minimum”. Did you mean “minimum”?"),
    ("a key that is none", "[server]\nauthentication=ldap\n",
     ":2: server.authentication: There is no key “authentication”."),
    ("a key in the wrong group", "[organisation]\nphone=+46 8 123 456\n",
     ":2: organisation.phone: The key “phone” does not belong to this group. Did you mean “[support]”?"),
    ("a key twice", "[password]\nminimum=10\n\nminimum=12\n",
     ":4: password.minimum: The key stands in line 2 already. This line counts."),
    ("a colon for =", "[server]\nurl: https://login.example.com\n",
     ":2: server: “url: https://login.example.com” is neither [group] nor key=value. "
     "Did you mean “url=https://login.example.com”?"),
    ("a line that says nothing", "[server]\nlogin.example.com\n",
     ":2: server: “login.example.com” is neither [group] nor key=value."),
    ("a comment with a semicolon", "[server]\n; url=https://login.example.com\n",
     ":2: server: “; url=https://login.example.com” is not a comment: these begin with #. "
     "Did you mean “# url=https://login.example.com”?"),
    ("nothing behind =", "[server]\nurl=\n",
     ":2: server.url: Nothing stands behind the “=”. Without a value, remove the line."),
    ("http", "[server]\nurl=http://login.example.com\n",
     ":2: server.url: “http://login.example.com” is not encrypted: http is for this computer itself only. "
     "Did you mean “https://login.example.com”?"),
    ("an address without https", "[product]\nurl=hr.example.com\n",
     ":2: product.url: “hr.example.com” does not begin with https://. Did you mean “https://hr.example.com”?"),
    ("an address that is none", "[privacy]\nurl=ask at the front desk\n",
     ":2: privacy.url: “ask at the front desk” is not an address that begins with https://."),
    ("a comment behind a value", "[password]\nminimum=12 # since May\n",
     ":2: password.minimum: A comment cannot stand behind a value: give it a line of its own. Did you mean “12”?"),
    ("a comment behind a text", "[organisation]\nname=Example AB # the holding\n",
     ":2: organisation.name: What looks like a comment is shown with the text: give it a line of its own. "
     "Did you mean “Example AB”?"),
    ("quotation marks", "[server]\nurl=\"https://login.example.com\"\n",
     ":2: server.url: The value stands in quotation marks, which would be part of it. "
     "Did you mean “https://login.example.com”?"),
    ("quotation marks of a word processor", "[account]\nremember-address=“false”\n",
     ":2: account.remember-address: The value stands in quotation marks, which would be part of it. Did you mean “false”?"),
    ("quotation marks around a text", "[organisation]\nname=\"Example AB\"\n",
     ":2: organisation.name: The text stands in quotation marks, and is shown with them. Did you mean “Example AB”?"),
    ("a space that cannot be seen", "[product]\nurl=https://hr.example.com/\u00a0\n",
     ":2: product.url: The value contains characters that cannot be seen, as come along when copying from a page. "
     "Did you mean “https://hr.example.com/”?"),
    ("yes for true", "[account]\nremember-address=yes\n",
     ":2: account.remember-address: “yes” is neither true nor false. Did you mean “true”?"),
    ("0 for false", "[password]\ndigit=0\n", ":2: password.digit: “0” is neither true nor false. Did you mean “false”?"),
    ("False for false", "[password]\ndigit=False\n",
     ":2: password.digit: “False” is neither true nor false. Did you mean “false”?"),
    ("a rule mistyped", "[two-factor]\nrule=requierd\n",
     ":2: two-factor.rule: “requierd” is none of required, optional, off. Did you mean “required”?"),
    ("a rule that is none", "[two-factor]\nrule=mandatory\n",
     ":2: two-factor.rule: “mandatory” is none of required, optional, off."),
    ("a day with dots", "[two-factor]\nrule=optional\nuntil=31.12.2026\n",
     ":3: two-factor.until: “31.12.2026” is not a day like 2026-06-30. Did you mean “2026-12-31”?"),
    ("a day that may be two", "[two-factor]\nrule=optional\nuntil=03/04/2026\n",
     ":3: two-factor.until: “03/04/2026” is not a day like 2026-06-30."),
    ("a day that there is not", "[two-factor]\nrule=optional\nuntil=2026-06-31\n",
     ":3: two-factor.until: “2026-06-31” is not a day like 2026-06-30."),
    ("a day without its rule", "[two-factor]\nuntil=2026-12-31\n",
     ":2: two-factor.until: The day goes with rule=optional only."),
    ("a number in words", "[password]\nminimum=twelve\n",
     ":2: password.minimum: “twelve” is not a whole number from 1 to 72."),
    ("a number too large", "[password]\nminimum=128\n",
     ":2: password.minimum: “128” is not a whole number from 1 to 72."),
    ("commas", "[two-factor]\napps=Aegis, FreeOTP\n",
     ":2: two-factor.apps: Entries are separated by semicolons. Did you mean “Aegis;FreeOTP”?"),
    ("a mail address with a name", "[mail]\nsender=Example <no-reply@example.com>\n",
     ":2: mail.sender: “Example <no-reply@example.com>” is not a mail address. Did you mean “no-reply@example.com”?"),
    ("a mail address that is none", "[support]\nmail=help.example.com\n",
     ":2: support.mail: “help.example.com” is not a mail address."),
    ("a language of a country", "[language]\noffered=sv_SE;en\n",
     ":2: language.offered: The program is not translated into “sv_SE”. Did you mean “sv”?"),
    ("a language that there is not", "[language]\noffered=en;de\n",
     ":2: language.offered: The program is not translated into “de”."),
    ("a translation that nobody sees", "[support]\ntext=Ask Kim\ntext[sv-SE]=Fråga Kim\n",
     ":3: support.text[sv-SE]: The program is not translated into “sv-SE”, so nobody would see this. Did you mean “sv”?"),
    ("a translation of what has none", "[support]\nphone=1\nphone[sv]=2\n",
     ":3: support.phone[sv]: The key is the same in every language: “[sv]” may not stand there."),
    ("a translation alone", "[support]\ntext[sv]=Fråga Kim\n",
     ":2: support.text: The text is there as a translation only. Add it without a language, for everybody else."),
    ("a lock without its group", GOOD + "[policy]\nlocked=url\n",
     ":4: policy.locked: There is no key “url” to lock. Did you mean “server.url”?"),
    ("a lock mistyped", GOOD + "[policy]\nlocked=server/url\n",
     ":4: policy.locked: There is no key “server/url” to lock. Did you mean “server.url”?"),
    ("a lock on nothing", "[policy]\nlocked=server.url\n",
     ":2: policy.locked: The key “server.url” is locked and has no value. Give it one."),
    ("a backslash", "[product]\nname=HR\\Flex\n",
     ":2: product.name: There is a backslash with a letter that it does not go with: for a backslash, write two."),
    ("a line to be continued", "[support]\ntext=Ask the help desk \\\non the second floor\n",
     ":2: support.text: There is a backslash at the end: lines cannot be continued.",
     ":3: support: “on the second floor” is neither [group] nor key=value."),
    ("a tabulator", "[product]\nname=Flex\tHRM\n", ":2: product.name: The value contains control characters."),
    ("writing turned around", "[organisation]\nname=Example \u202eBA\n",
     ":2: organisation.name: The value contains characters that change the direction of text."),
    ("a document for a text", "[privacy]\ntext=" + "x" * 1001 + "\n",
     ":2: privacy.text: The value is longer than 1000 characters."),
    ("Windows-1252", "[organisation]\nname=Räksmörgås\n".encode("cp1252"),
     ":2: organisation.name: The value is not in UTF-8. Save the file as UTF-8. Did you mean “Räksmörgås”?"),
    ("UTF-16", GOOD.encode("utf-16"), ": The file is in UTF-16. Save it as UTF-8."),
    ("UTF-16 without a mark", GOOD.encode("utf-16-le"), ": The file is in UTF-16. Save it as UTF-8."),
    ("a zero byte", b"[server]\nurl=https://login.example.com\n\0\n",
     ":3: There is a zero byte here: this is not a text file in UTF-8."),
    ("Windows' line ends do not move lines", "\ufeff[server]\r\n\r\nurl=login.example.com\r\n",
     ":3: server.url: “login.example.com” does not begin with https://. Did you mean “https://login.example.com”?"),
    ("several", "[password]\nminimum=x\n[two-factor]\nrule=x\n[sever]\n",
     ":2: password.minimum: “x” is not a whole number from 1 to 72.",
     ":4: two-factor.rule: “x” is none of required, optional, off.",
     ":5: There is no group [sever]. The keys below it are not read. Did you mean “[server]”?"),
]


class Place:
    """A folder, and the program in it with nothing around it."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="check-policy-"))
        self.file = self.folder / "policy.conf"
        self.environment = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")
                            if name in os.environ}
        self.environment |= {"HOME": str(self.folder), "LC_ALL": "C.UTF-8", "LANGUAGE": "C",
                             "XDG_CONFIG_DIRS": str(self.folder / "etc"), "XDG_DATA_DIRS": str(self.folder / "share")}
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def write(self, contents, path=None):
        path = path or self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        path.chmod(0o644)
        return path

    def check(self, *arguments, stdin=None, **environment):
        """Exit status, and lines on stdout; nothing may be on stderr but what the command line is told."""
        done = subprocess.run([sys.argv[1], "--check-policy", *arguments], env=self.environment | environment,
                              input=stdin or b"", capture_output=True, timeout=60, cwd=self.folder)
        assert done.returncode == 2 or done.stderr == b"", done.stderr
        return done.returncode, done.stdout.decode().splitlines()

    def expect(self, status, *lines):
        found = self.check(self.file)
        assert found == (status, [f"{self.file}{line}" for line in lines]), found


def name_mistake(name, contents, *lines):
    @tap.case(name)
    def check(place):
        place.write(contents)
        place.expect(1, *lines)
        # the same from standard input
        contents_again = place.file.read_bytes()
        found = place.check("-", stdin=contents_again)
        assert found == (1, [f"-{line}" for line in lines]), found


for each in MISTAKES:
    name_mistake(*each)


@tap.case("a good file is said to be one, also the example")
def good(place):
    example = pathlib.Path(sys.argv[1]).parent.parent / "share/first-login/example.conf"
    for contents in (GOOD, "", example.read_text(), "\ufeff# Windows\r\n" + GOOD.replace("\n", "\r\n")):
        place.write(contents)
        place.expect(0, ": no mistakes")
    assert place.check("-", stdin=GOOD.encode()) == (0, ["-: no mistakes"])


@tap.case("the file with certificates: missing, none, with a key, expired, good")
def certificates(place):
    def only(name, kind):
        text = (CERTIFICATES / f"{name}.pem").read_text()
        begin, end = f"-----BEGIN {kind}-----", f"-----END {kind}-----"
        return begin + text.split(begin)[1].split(end)[0] + end + "\n"

    place.write(GOOD + "ca-file=ca.pem\n")
    ca = place.folder / "ca.pem"
    where = ":3: server.ca-file: "
    place.expect(1, f"{where}There is no file {ca}.")
    place.write("junk\n", ca)
    pem = f"There is no certificate in PEM format in {ca} (openssl x509 -inform der -in … converts one)."
    place.expect(1, where + pem)
    place.write(b"\x30\x82\x01\x0a", ca)
    place.expect(1, where + pem)
    place.write("-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n", ca)
    place.expect(1, f"{where}There is a private key in {ca}: take it out, and consider it known.")
    place.write(only("run-out", "CERTIFICATE"), ca)
    status, lines = place.check(place.file)
    assert status == 1 and len(lines) == 1, lines
    assert lines[0].startswith(f"{place.file}{where}A certificate in the file has expired on 20"), lines
    place.write(only("authority", "CERTIFICATE"), ca)
    place.expect(0, ": no mistakes")
    ca.chmod(0o666)
    place.expect(1, f"{where}{ca} is not used: it does not belong to root, or others can write to it "
                    "(chown root, chmod go-w).")


@tap.case("a file that others could have written is told, and its other mistakes")
def writable(place):
    place.write("[sever]\n").chmod(0o664)
    place.expect(1, ": Others than its owner can write to the file, and it is not used (chmod go-w).",
                 ":1: There is no group [sever]. The keys below it are not read. Did you mean “[server]”?")


@tap.case("a file of somebody else is told")
def foreign(place):
    place.write(GOOD)
    try:
        os.chown(place.file, 12345, -1)
    except PermissionError:
        raise tap.Skip("only root can give a file to somebody else") from None
    place.expect(1, ": The file belongs to somebody else than root, and is not used (chown root).")


@tap.case("what cannot be read has status 2")
def unreadable(place):
    place.expect(2, ": The file cannot be read: No such file or directory.")
    place.file.mkdir()
    place.expect(2, ": This is not a regular file.")
    place.file.rmdir()
    os.mkfifo(place.file)
    place.expect(2, ": This is not a regular file.")
    place.file.unlink()
    place.file.symlink_to(place.file)
    place.expect(2, ": The file cannot be read: Too many levels of symbolic links.")
    place.file.unlink()
    place.write("#" * 65537)
    place.expect(2, ": The file is larger than 65536 bytes.")
    assert place.check("-", stdin=b"#" * 65537) == (2, ["-: The file is larger than 65536 bytes."])
    place.write("#" * 65536)
    place.expect(0, ": no mistakes")
    # a link is as good as what it leads to
    (place.folder / "link").symlink_to(place.file)
    assert place.check("link") == (0, ["link: no mistakes"])


@tap.case("a command line that is not understood has status 2")
def usage(place):
    place.write(GOOD)
    for arguments in (["--jason"], [place.file, place.file], [""], ["-", "-"], ["-x"]):
        assert place.check(*arguments) == (2, []), arguments


@tap.case("without a file, those in force are checked")
def in_force(place):
    assert place.check() == (0, ["This computer has no policy file: what is built in holds"]), place.check()
    etc = place.write("[server]\nurl=login.example.com\n", place.folder / "etc/first-login/policy.conf")
    share = place.write("[product]\nname=HR\n[sever]\n", place.folder / "share/first-login/policy.conf")
    wanted = f"{etc}:2: server.url: “login.example.com” does not begin with https://. Did you mean “https://login.example.com”?"
    group = f"{share}:3: There is no group [sever]. The keys below it are not read. Did you mean “[server]”?"
    assert place.check() == (1, [wanted, group]), place.check()
    etc.chmod(0o666)
    refused = f"{etc}: Others than its owner can write to the file, and it is not used (chmod go-w)."
    assert place.check() == (1, [refused, group]), place.check()
    place.write(GOOD, etc)
    assert place.check() == (1, [group, f"{etc}: no mistakes"]), place.check()


@tap.case("programs are told the same")
def for_programs(place):
    etc = place.write("[server]\nurl=https://login.example.com\n[password]\nminimum=8\nminimum=x\n[policy]\nlocked=server.url\n",
                      place.folder / "etc/first-login/policy.conf")
    share = place.write("[product]\nname=HR\n", place.folder / "share/first-login/policy.conf")
    status, lines = place.check("--json")
    said = json.loads("\n".join(lines))
    assert status == 1 and said["files"] == [str(etc), str(share)], said
    assert said["mistakes"] == [
        {"file": str(etc), "line": 5, "group": "password", "key": "minimum", "mistake": "twice-key",
         "sentence": "The key stands in line 4 already. This line counts.", "found": None, "meant": None,
         "other-line": 4},
        {"file": str(etc), "line": 5, "group": "password", "key": "minimum", "mistake": "not-number",
         "sentence": "“x” is not a whole number from 1 to 72.", "found": "x", "meant": None, "other-line": None},
    ], said["mistakes"]
    values = {(value["group"], value["key"]): value for value in said["values"]}
    assert values["server", "url"] == {"group": "server", "key": "url", "value": "https://login.example.com",
                                       "from": str(etc), "locked": True}, values["server", "url"]
    assert values["product", "name"]["from"] == str(share)
    assert values["password", "minimum"] == {"group": "password", "key": "minimum", "value": "10", "from": None,
                                             "locked": False}
    assert values["support", "phone"]["value"] is None
    status, lines = place.check("-", "--json", stdin=GOOD.encode())
    said = json.loads("\n".join(lines))
    assert status == 0 and said["files"] == ["-"] and said["mistakes"] == [], said
    assert place.check("--json", place.file)[0] == 2


@tap.case("--server does not change a locked server")
def locked(place):
    etc = place.folder / "etc/first-login/policy.conf"
    place.write(GOOD + "[policy]\nlocked=server.url\n", etc)
    for server in ("https://other.example.com", "https://login.example.com"):
        done = subprocess.run([sys.argv[1], "--server", server], env=place.environment, capture_output=True, text=True,
                              timeout=60)
        assert (done.returncode, done.stdout) == (2, ""), done
        assert done.stderr == ("--server cannot be used here: your IT department has locked the server to "
                               "https://login.example.com\n"), done.stderr


def alone(function):
    """Each case has a place of its own."""
    def run():
        with Place() as place:
            function(place)
    return run


tap.cases[:] = [(name, alone(function)) for name, function in tap.cases]
tap.run()
