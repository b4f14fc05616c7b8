# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of production that go while somebody is in the middle of the walk: the page says what is wrong, the same button goes
on when it is back, and nothing that was acknowledged is lost."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from whole import ANNA, ERIK, NEW, come_to_password, finish, mails_to, sit_down, walk  # first: it knows where the walks are
import outside
from newcomer import Letterbox, Newcomer, Refused
from stack import DEPLOY, load, program
from tap import Skip, case
from world import PASSWORD, wait_for

variables = load(DEPLOY / "variables.py")

FAULT = "^The server has a problem of its own"
RESTS = "^The server is being worked on until"
UNREACHABLE = "^The server cannot be reached"
RUN_OUT = "^The code in this email has run out. Press Send again"


def press_during(guide, button, sentence):
    guide.press(button)
    guide.wait_text(sentence)


def reload(nginx):
    """Has nginx read its files again, and waits until those who had read them before are gone: whoever presses while they
    close their connections is told that the server cannot be reached, and presses again."""
    before = nginx.children()
    nginx.process.send_signal(signal.SIGHUP)
    wait_for(lambda: nginx.children() and before.isdisjoint(nginx.children()), "nginx to be reloaded")


@case("gate, store, engine and nginx go one after the other, each while its page is open")
def one_after_the_other(world, stack_with):
    with stack_with(shared=True) as stack, sit_down(world, stack) as guide:
        gate, = stack.gates
        guide.begin()
        guide.wait_page("Email")
        guide.fill("Email address", ANNA)
        with stack.without(gate):
            press_during(guide, "Next", FAULT)
        guide.press("Next")
        guide.forget_password()

        # without the store no mail is asked for, and whoever knows a password comes in
        stack.postgres.stop()
        guide.tick("I am not a robot")
        press_during(guide, "Reset password", RESTS)
        assert guide.read("Email address") == ANNA
        assert outside.sign_in(stack.url, ERIK, PASSWORD), "sign-ins are not let through"
        assert stack.refusals(0, "store-down") >= 1 and stack.mail_server.count == 0
        stack.postgres.start()
        guide.wait_ready("Reset password", seconds=90)
        if not guide.is_checked("I am not a robot"):
            guide.tick("I am not a robot")
        guide.press("Reset password")
        guide.wait_page("Check your inbox")
        mail = guide.desk.wait_mail()

        guide.fill("Code", mail.code)
        with stack.without(stack.engine):
            press_during(guide, "Continue", FAULT)
            assert guide.read("Code").replace(" ", "") == mail.code
        guide.press("Continue")
        guide.wait_page("New password")

        guide.fill("New password", NEW)
        guide.fill("Confirm new password", NEW)
        reload(stack.nginx)
        guide.press("Change password")
        guide.scan()
        with stack.without(stack.engine):
            pass
        assert outside.sign_in(stack.url, ANNA, NEW), "the password was acknowledged, and does not sign in"
        guide.activate()
        codes = guide.recovery_codes()
        guide.fill("Type one code", codes[0])
        with stack.without(stack.nginx):
            press_during(guide, "Continue", UNREACHABLE)
        guide.press("Continue")
        guide.finish()
        token = outside.sign_in(stack.url, ANNA, NEW)
        assert outside.second_factor(stack.url, token, lookup_secret=codes[1]), "a recovery code was acknowledged, and is none"
        assert mails_to(stack, ANNA) == 1


@contextlib.contextmanager
def small_disk():
    """A folder with room for a small database."""
    with tempfile.TemporaryDirectory(prefix="first-login-disk-") as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m,mode=0711", "none", folder], capture_output=True).returncode != 0:
            raise Skip("no file system can be mounted here")
        try:
            own = pathlib.Path(folder) / "postgres"
            own.mkdir()
            shutil.chown(own, "postgres", "postgres")
            yield own
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@case("the disk of the gates' store is full: no mails, sign-ins; then there is room again, and people go on")
def full_disk(_, stack_with):
    with small_disk() as disk, stack_with(shared=True, folder=disk) as stack:
        mails = Letterbox(stack.mails)
        anna = Newcomer(stack.url, ANNA, mails, True, stack.authority)
        anna.give_address()
        anna.ask_for_mail()
        code = anna.wait_code()
        stack.sql("create table filler as select 0 as number")
        ballast = fill(disk)
        # it has set room aside, and goes on until that is used up
        wait_for(lambda: not can_write(stack), "the disk to be noticed", 60)
        erik = Newcomer(stack.url, ERIK, mails, True, stack.authority)
        try:
            erik.ask_for_mail()
            raise AssertionError("a mail was asked for that nobody has counted")
        except Refused as refused:
            assert refused.status == 503, refused
        assert outside.sign_in(stack.url, ERIK, PASSWORD), "sign-ins are not let through"
        anna.type_mail_code(code)
        os.unlink(ballast)
        if stack.postgres.process.poll() is not None:
            stack.postgres.start()
        wait_for(lambda: can_write(stack), "PostgreSQL", 60)
        anna.choose_password()
        anna.activate()
        anna.keep_codes()
        anna.leave()
        erik.ask_for_mail()
        erik.wait_code()


def fill(disk):
    ballast = disk / "ballast"
    with open(ballast, "wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))
            file.flush()
    return ballast


def can_write(stack):
    """Whether PostgreSQL can write, and begin another file of its log."""
    return all(subprocess.run([*stack.psql("kratos"), "-c", statement], capture_output=True).returncode == 0
               for statement in ("update filler set number = number + 1", "select pg_switch_wal ()"))


@case("the servers' clock jumps two hours ahead and back: a mail that has run out is said to have, and another brings through")
def clock(world, stack_with):
    library = find_faketime()
    with tempfile.NamedTemporaryFile("w", prefix="first-login-clock-") as setting:
        def set_clock(ahead):
            with open(f"{setting.name}.new", "w", encoding="utf-8") as file:
                file.write(f"{ahead:+}\n")
            os.rename(f"{setting.name}.new", setting.name)

        set_clock(0)
        faked = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": setting.name, "FAKETIME_NO_CACHE": "1",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                 "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "detect_leaks=0") + ":verify_asan_link_order=0"}
        with stack_with(clock=faked) as stack, sit_down(world, stack) as guide:
            come_to_password(guide)
            guide.forget_password()
            first = guide.ask_for_mail()
            set_clock(7200)
            guide.type_mail_code(first.code)
            guide.wait_text(RUN_OUT)
            set_clock(0)
            guide.press("Back")
            second = guide.ask_for_mail(2)
            guide.type_mail_code(second.code)
            finish(guide)
            assert outside.sign_in(stack.url, ANNA, NEW)


def find_faketime():
    found = subprocess.run([program("faketime"), "now", "printenv", "LD_PRELOAD"], capture_output=True, text=True, check=True)
    return found.stdout.strip()


# Production's times, half a minute for each second: a mail is given up before its code is dead, as deploy/postfix has it.
CODE = 60
SHORT = {"maximal_queue_lifetime": f"{CODE - 8}s", "bounce_queue_lifetime": f"{CODE - 8}s", "queue_run_delay": "1s",
         "minimal_backoff_time": "1s", "maximal_backoff_time": "2s"}


@case("the mail server is down for less than a code's life: the mail comes; and for longer: never, and Send again brings another")
def mail_server(world, stack_with):
    with stack_with(engine=f"[lifespan]\ncode={CODE}\nrecovery=600\n", postfix=SHORT) as stack:
        check_rendered()
        if stack.postfix is None:
            raise Skip("only root can start Postfix")
        with sit_down(world, stack) as guide:
            asked = wait_in_vain(stack, guide, ERIK)
            stack.mail_server.up()
            wait_for(lambda: mails_to(stack, ERIK) == 1, "the mail", CODE)
            assert time.monotonic() - asked < CODE, "this computer is too slow to tell"
            guide.type_mail_code(guide.desk.wait_mail().code)
            guide.wait_page("New password")
        with sit_down(world, stack) as guide:
            asked = wait_in_vain(stack, guide, ANNA)
            wait_for(lambda: time.monotonic() > asked + CODE, "the code to die", 2 * CODE)
            stack.mail_server.up()
            wait_for(lambda: stack.queue() == 0, "Postfix to have done what it wants to do")
            assert mails_to(stack, ANNA) == 0, "a mail with a dead code was delivered"
            guide.press("Send again", 90)
            wait_for(lambda: mails_to(stack, ANNA) == 1, "another mail")
            guide.type_mail_code(guide.desk.wait_mail(stack.mail_server.count).code)
            finish(guide)
            assert outside.sign_in(stack.url, ANNA, NEW)


def wait_in_vain(stack, guide, address):
    """Asks for a mail while the mail server is down, and returns when that was."""
    come_to_password(guide, address)
    guide.forget_password()
    stack.mail_server.down()
    asked = time.monotonic()
    guide.tick("I am not a robot")
    guide.press("Reset password")
    guide.wait_page("Check your inbox")
    wait_for(lambda: re.search(f"to=<{address}>.*status=deferred", stack.postfix.log()), "a try to deliver the mail")
    return asked


def check_rendered():
    """In production as well a mail is given up before its code is dead: at the first try after its queue life is over."""
    settings = dict(re.findall(r"(?m)^(\w+) = (\d+[ms])$", (DEPLOY / "postfix" / "main.cf.in").read_text().replace(
        "@MAIL_MINUTES@", str(variables.DERIVED["MAIL_MINUTES"]({"CODE_MINUTES": "30"})))))
    seconds = {name: int(value[:-1]) * (60 if value[-1] == "m" else 1) for name, value in settings.items()}
    latest = seconds["maximal_queue_lifetime"] + seconds["maximal_backoff_time"] + seconds["queue_run_delay"]
    assert latest <= 30 * 60, f"a mail may be delivered after {latest} s"


walk()
