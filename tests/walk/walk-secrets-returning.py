# SPDX-License-Identifier: GPL-3.0-or-later
"""As walk-secrets.py, for those who sign in; and what the system gets: a journal as clean, and no core."""

import os
import pathlib
import re
import secrets
import signal
import subprocess
import sys
import time

from screen import Guide, open_guide
from tap import Skip, case
from traces import ENVIRONMENT, HERE, Traces, canary
from world import MAJA_KEY, account, fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"
ERIK = "erik@flexhrm.example"
MAJA = "maja@flexhrm.example"
OLD_PASSWORD = canary("Wellensittich")
NEW_PASSWORD = canary("Kanarienvögel")
WRONG_PASSWORD = canary("Grubenlampen")
RECOVERY_CODE = f"wren{secrets.token_hex(2)}"  # no other walk's, as the passwords
IN_NAMESPACES = ["unshare", "--map-current-user", "--mount"]


@case("erik and maja sign in, by every second factor, and once more when the session has grown old")
def returning(desk_with):
    maja = account("Maja", password={"password": OLD_PASSWORD}, lookup_secret={"codes": [{"code": RECOVERY_CODE}]}, totp={
        "totp_url": f"otpauth://totp/Visma%20Connect:maja@flexhrm.example?secret={MAJA_KEY}&issuer=Visma%20Connect"})
    erik = account("Erik", password={"password": OLD_PASSWORD})
    with desk_with(accounts=[erik, maja], config="[lifespan]\nprivileged=6\n", **ENVIRONMENT) as desk:
        guide = open_guide(desk)
        traces = Traces(desk, guide)
        # what an administrator has typed into accounts.json is his
        (desk.folder / "accounts.json").unlink()
        traces.add(password=OLD_PASSWORD, recovery_code=RECOVERY_CODE)
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
        guide.fill("Recovery code", RECOVERY_CODE)
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


@case("what goes to the journal is as clean, and nothing goes to the system's log in another way")
def journal(desk_with):
    if subprocess.run([*IN_NAMESPACES, "mount", "-t", "tmpfs", "none", "/run"], capture_output=True).returncode != 0:
        raise Skip("namespaces are not allowed here")
    with desk_with(**ENVIRONMENT) as desk:
        for program in (desk.programs.application, desk.programs.service, desk.programs.training):
            # one may have been built without the training
            found = program.exists() and re.search(rb"\0(v?syslog|sd_journal_\w+)\0", program.read_bytes())
            assert not found, f"{program.name} calls {found.group(1)}"
        guide = Guide(desk, desk.spawn("program", [*IN_NAMESPACES, sys.executable, HERE / "journal.py", desk.programs.application]))
        guide.begin()
        traces = Traces(desk, guide)
        traces.add(wrong_password=WRONG_PASSWORD, password=NEW_PASSWORD)
        guide.give_address(ANNA)
        guide.sign_in(WRONG_PASSWORD)
        guide.wait_error("Password", "^That is not the password")
        guide.forget_password()
        mail = guide.ask_for_mail()
        traces.add(mail_code=mail.code, flow=mail.flow)
        guide.type_mail_code(mail.code)
        guide.choose_password(NEW_PASSWORD)
        traces.add(key=guide.scan()["secret"], token=desk.session_token())
        code = fresh_totp(traces.words["key"])
        traces.add(phone_code=code)
        guide.fill("Code", code)
        guide.press("Activate")
        traces.add_codes(guide.recovery_codes())
        guide.close()
        traces.look()
        traces.look_at_files("mails")
        assert "GLIB_DOMAIN=fl-journey" in desk.log("program"), "the journal was not written to"


@case("no crash leaves a core, of the assistant, the training or the service")
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
            if desk.programs.training.exists():
                assert die(desk, "training", [desk.programs.application, "--demo"], number, shows) == forbidden
            assert die(desk, "server", serve, number, listens) == forbidden
            assert not list(desk.folder.rglob("core*"))


walk()
