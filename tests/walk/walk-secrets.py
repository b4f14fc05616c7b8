# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords, codes, keys, tokens and links are where they belong and nowhere else; and no longer than their page: not in
logs (with all debug messages on), files, arguments, environments, on a bus, in the window, in the clipboard, in memory, or
in a core. See docs/secrets.md."""

import base64
import os
import pathlib
import re
import secrets
import signal
import time

import outside
from relay import Relay
from screen import open_guide
from tap import case
from traces import ENVIRONMENT, Traces
from world import MAJA_CODES, MAJA_KEY, account, fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"
ERIK = "erik@flexhrm.example"
MAJA = "maja@flexhrm.example"
NEW_PASSWORD = f"Kanarienvögel {secrets.token_hex(4)} orbit"  # two walks side by side do not find each other's
WRONG_PASSWORD = f"Grubenlampen {secrets.token_hex(4)} orbit"
OLD_PASSWORD = f"Wellensittich {secrets.token_hex(4)} orbit"


class Ids:
    """What goes over the wire: the ids of all flows, and the tokens of all sessions."""

    def __init__(self):
        self.found = {}

    def note(self, method, path, headers):
        flows = re.findall("(?:flow|id)=([0-9a-f-]{36})", path)
        for kind, texts in (("flow", flows), ("token", headers.get_all("X-Session-Token", []))):
            for text in texts:
                self.found.setdefault(text, f"{kind}_{len(self.found) + 1}")

    def words(self):
        return {name: text for text, name in self.found.items()}


def clipboard(desk):
    """What another program gets when it pastes."""
    return desk.run("xclip", "-selection", "clipboard", "-out", check=False)


def decode(guide):
    """What a phone sees in the window."""
    path = guide.picture(guide.desk.folder / "picture.png")
    seen = guide.desk.run("zbarimg", "--quiet", path, check=False).strip()
    path.unlink()
    return seen


@case("anna goes through by the code of the mail: nothing shows, and every page takes with it what belonged to it")
def anna(desk_with):
    ids = Ids()
    with desk_with(**ENVIRONMENT) as desk, Relay(desk.url, ids.note) as relay:
        guide = open_guide(desk, "--server", relay.url)
        guide.begin()
        traces = Traces(desk, guide)
        traces.add(password=NEW_PASSWORD)
        guide.give_address(ANNA, save=True)
        guide.forget_password()
        mail = guide.ask_for_mail()
        traces.add(mail_code=mail.code, flow_of_mail=mail.flow)
        guide.type_mail_code(mail.code)
        guide.wait_page("New password")
        traces.leave("mail_code")

        guide.choose_password(NEW_PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        traces.leave("password", "flow_of_mail")

        traces.add(key=guide.scan()["secret"])
        traces.hold("key")
        guide.press("Copy")
        guide.wait_text("^Copied. The clipboard forgets it in a minute")
        code = fresh_totp(traces.words["key"])
        traces.add(phone_code=code)
        guide.fill("Code", code)
        guide.press("Activate")
        codes = guide.recovery_codes()
        wait_for(lambda: "otpauth" not in decode(guide), "the QR code to go from the window")
        traces.add_codes(codes)
        traces.hold("recovery_code")
        traces.add(token=desk.session_token())
        traces.leave("phone_code")
        with open(os.memfd_create("other"), "w+") as other:
            print("something else", file=other, flush=True)
            other.seek(0)
            # what is copied over the key: who pastes it has GTK keep it, so nobody looks
            desk.spawn("clipboard", ["xclip", "-selection", "clipboard", "-quiet"], stdin=other)
            traces.leave("key")

        guide.keep_codes()
        guide.wait_page("All set")
        assert "otpauth" not in decode(guide)
        traces.look()
        guide.finish()
        traces.add(**ids.words())
        traces.look()
        assert "fl-journey-DEBUG" in desk.log("program"), "debug messages are not on"
        traces.look_at_files("mails")

        database = b"".join(path.read_bytes() for path in desk.folder.glob("service.db*"))
        assert ANNA.encode() in database
        assert base64.b32decode(traces.words["key"]) not in database, "the key is in the database"


@case("anna goes through by the link, mistakes and interruptions included: what she comes back to is kept in the keyring alone")
def interrupted(desk_with):
    with desk_with(**ENVIRONMENT) as desk:
        guide = open_guide(desk)
        guide.begin()
        traces = Traces(desk, guide)
        traces.add(wrong_password=WRONG_PASSWORD, password=NEW_PASSWORD)
        guide.give_address(ANNA)
        guide.wait_page("Password")
        guide.sign_in(WRONG_PASSWORD)
        guide.wait_error("Password", "^That is not the password")
        guide.press("Forgot your password?")
        mail = guide.ask_for_mail()
        traces.leave("wrong_password")
        traces.add(mail_code=mail.code, flow=mail.flow, link=mail.deep_link)
        traces.handed_over = {"mail_code", "flow", "link"}
        desk.hand_over(mail.deep_link)
        guide.wait_page("New password")
        traces.overwrite_bus_buffer()
        traces.leave("mail_code", "link")
        guide.choose_password(NEW_PASSWORD)
        traces.add(key=guide.scan()["secret"], token=desk.session_token())
        traces.leave("password", "flow")
        guide.press("Copy")
        wait_for(lambda: clipboard(desk) == traces.words["key"], "the key in the clipboard")

        guide.close()
        assert not clipboard(desk), "the clipboard has outlived the program"
        traces.look_at_files("mails")
        traces.guide = guide = open_guide(desk)
        guide.wait_page("Activate two-factor authentication")
        assert guide.scan()["secret"] == traces.words["key"]
        traces.leave("password")
        code = fresh_totp(traces.words["key"])
        traces.add(phone_code=code)
        guide.fill("Code", code)
        guide.press("Activate")
        traces.add_codes(guide.recovery_codes())
        traces.leave("key", "phone_code")
        guide.keep_codes()
        guide.wait_page("All set")
        traces.leave("recovery_code", "token")
        guide.kill()
        traces.look()
        traces.look_at_files("mails")


@case("erik and maja sign in, by every second factor, and once more when the session has grown old")
def returning(desk_with):
    maja = account("Maja", password={"password": OLD_PASSWORD}, lookup_secret={"codes": [{"code": MAJA_CODES[0]}]}, totp={
        "totp_url": f"otpauth://totp/Visma%20Connect:maja@flexhrm.example?secret={MAJA_KEY}&issuer=Visma%20Connect"})
    erik = account("Erik", password={"password": OLD_PASSWORD})
    with desk_with(accounts=[erik, maja], config="[lifespan]\nprivileged=6\n", **ENVIRONMENT) as desk:
        guide = open_guide(desk)
        traces = Traces(desk, guide)
        # what an administrator has typed into accounts.json is his
        (desk.folder / "accounts.json").unlink()
        traces.add(password=OLD_PASSWORD, recovery_code=MAJA_CODES[0])
        guide.begin()
        guide.give_address(MAJA)
        guide.sign_in(OLD_PASSWORD)
        guide.wait_page("Two-factor code")
        traces.leave("password")
        code = fresh_totp(MAJA_KEY)
        traces.add(phone_code=code)
        guide.answer_second_factor(code)
        guide.wait_page("All set")
        traces.leave("phone_code")
        guide.finish()

        traces.guide = guide = open_guide(desk)
        guide.give_address(MAJA)
        guide.sign_in(OLD_PASSWORD)
        guide.wait_page("Two-factor code")
        guide.press("Use a recovery code instead")
        guide.fill("Recovery code", MAJA_CODES[0])
        guide.press("Continue")
        guide.wait_page("All set")
        traces.leave("recovery_code", "password")
        guide.finish()

        traces.guide = guide = open_guide(desk)
        guide.give_address(ERIK)
        guide.sign_in(OLD_PASSWORD)
        key = guide.scan()["secret"]
        traces.add(key=key, token=desk.session_token())
        end = time.monotonic() + 8
        wait_for(lambda: time.monotonic() > end, "the session to grow old")
        guide.fill("Code", fresh_totp(key))
        guide.press("Activate")
        guide.wait_text("^A while has passed since you signed in")
        guide.sign_in(OLD_PASSWORD)
        guide.wait_page("Recovery codes")  # on with what was typed
        traces.leave("password")
        guide.close()
        traces.look()
        traces.look_at_files()


@case("a mail that has run out, and its link, leave nothing behind")
def expired(desk_with):
    with desk_with(config="[lifespan]\nrecovery=10\n", **ENVIRONMENT) as desk:
        guide = open_guide(desk)
        guide.begin()
        traces = Traces(desk, guide)
        guide.give_address(ANNA)
        guide.forget_password()
        mail = guide.ask_for_mail()
        traces.add(mail_code=mail.code, flow=mail.flow, link=mail.deep_link)
        traces.handed_over = {"mail_code", "flow", "link"}
        wait_for(lambda: outside.ask(f"{desk.url}/self-service/recovery/flows?id={mail.flow}").status == 410, "the flow to expire")
        guide.type_mail_code(mail.code)
        guide.wait_error("Code", "^The code in this email has run out")
        desk.hand_over(mail.deep_link)
        guide.wait_error("Code", "^The code in this email has run out")
        guide.press("Back")
        guide.wait_page("Create your password")
        guide.press("Back")
        guide.wait_page("Password")
        traces.overwrite_bus_buffer()
        traces.leave("mail_code", "link")
        guide.close()
        traces.look()
        traces.look_at_files("mails")


@case("no crash leaves a core, of the assistant or of the service")
def cores(desk_with):
    # neither AddressSanitizer's limit nor its handlers shall stand in for the programs' own
    bare = {"ASAN_OPTIONS": f"{ENVIRONMENT['ASAN_OPTIONS']}:disable_coredump=0:handle_segv=0:handle_sigbus=0:handle_abort=0"}

    def die(desk, name, argv, number, is_ready):
        """The limits of a process that may leave cores, and how it ends by that signal."""
        process = desk.spawn(f"{name}-{number}", ["prlimit", "--core=unlimited:unlimited", *argv], **bare)
        wait_for(lambda: is_ready(process, desk.log(f"{name}-{number}")), name)
        limits = re.search(r"^Max core file size +(\S+) +(\S+)", pathlib.Path(f"/proc/{process.pid}/limits").read_text(), re.M)
        process.send_signal(number)
        ended = os.waitid(os.P_PID, process.pid, os.WEXITED)
        process.returncode = -number
        return limits.groups(), ended.si_code

    def sleeps(process, log):
        return pathlib.Path(f"/proc/{process.pid}/comm").read_text() == "sleep\n"

    def shows(process, log):
        return desk.run("xdotool", "search", "--pid", process.pid, "--name", ".", check=False)

    def listens(process, log):
        return "listening on" in log

    forbidden = (("1", "unlimited"), os.CLD_KILLED)
    with desk_with() as desk:
        serve = [desk.programs.service, "--listen", "127.0.0.1:0", "--database", desk.folder / "other.db",
                 "--accounts", desk.folder / "accounts.json", "--mail-directory", desk.folder / "mails"]
        for number in (signal.SIGSEGV, signal.SIGABRT):
            dumps = die(desk, "sleep", ["sleep", "60"], number, sleeps) == (("unlimited", "unlimited"), os.CLD_DUMPED)
            print(f"# a program that allows cores {'leaves' if dumps else 'cannot leave'} one here")
            for path in desk.folder.glob("core*"):
                path.unlink()
            assert die(desk, "assistant", [desk.programs.application], number, shows) == forbidden
            assert die(desk, "server", serve, number, listens) == forbidden
            assert not list(desk.folder.rglob("core*"))


walk()
