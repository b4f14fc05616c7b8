# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who goes through the guide by the walker (walker.c) while a fault strikes, and who checks at every press that
the assistant does what it must."""

import contextlib
import email
import email.policy
import json
import os
import pathlib
import re
import select
import subprocess
import tempfile
import time

from proxy import CERTIFICATES, Proxy
from service_host import Service, totp

PASSWORD = "correct horse battery"
NEW_PASSWORD = "lantern orbit thistle"
OTHER_PASSWORD = "copper meadow whistle"
# of PASSWORD, as cheap as Argon2id can be had: what is tried here is not the hash
PASSWORD_HASH = "$argon2id$v=19$m=8,t=1,p=1$wv37kZi071779n5psNUbAA$lin0134EaJmuOk1WHIKDQGdYw3pTxVX+zN5ig4re6iM"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = ("abcd1234", "efgh5678")

DEADLINE = 15       # seconds that the product gives a request
SHORT_DEADLINE = 2  # for faults that hang
LIMIT = 40          # seconds in which the answer to a press has to be there, on a machine as busy as can be
PRESSES = 40        # in which whoever goes through the guide has to be through
PATH_OF = {"anna": ("email", "create-password", "inbox", "new-password", "enrol", "recovery-codes"),
           "anna-again": ("email", "create-password", "inbox", "inbox", "new-password", "enrol", "recovery-codes"),
           "erik": ("email", "password", "enrol", "recovery-codes"),
           "maja": ("email", "password", "second-factor"),
           "maja-forgot": ("email", "create-password", "inbox", "second-factor", "new-password")}

# What may be named after the fault has gone, because of what it has left behind
AFTERMATH = {"code-refused", "mail-used", "code-used", "throttled", "password-repeated", "robot-refused",
             "robot-unchecked"}


class Wrong(AssertionError):
    """The assistant did what it must not."""


def account(address, who):
    whole = {"schema_id": "employee", "state": "active", "traits": {"email": address, "name": {"first": who.title()}},
             "verifiable_addresses": [{"value": address, "verified": True, "via": "email", "status": "completed"}]}
    if who in ("erik", "maja"):
        whole["credentials"] = {"password": {"config": {"hashed_password": PASSWORD_HASH}}}
    if who == "maja":
        whole["credentials"] |= {
            "totp": {"config": {"totp_url": f"otpauth://totp/Flex:{address}?secret={KEY}&issuer=Flex"}},
            "lookup_secret": {"config": {"codes": [{"code": code} for code in CODES]}}}
    return whole


class Walker:
    """The assistant without its window."""

    def __init__(self, program, deadline):
        self.log = tempfile.TemporaryFile()
        environment = {**os.environ, "G_MESSAGES_DEBUG": "all", "G_DEBUG": "fatal-criticals", "LANGUAGE": "C",
                       "LC_ALL": "C.UTF-8", "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "detect_leaks=0")}
        self.process = subprocess.Popen([str(program), str(CERTIFICATES / "authority.pem"), str(deadline)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, bufsize=0,
                                        env=environment)
        self.buffer = b""

    def order(self, line):
        """Gives an order, and returns what the page shows when the answer to it is there."""
        try:
            self.process.stdin.write(line.encode() + b"\n")
        except BrokenPipeError:
            raise Wrong(f"ended before “{line.split()[0]}”: {self.complaints()}") from None
        end = time.monotonic() + LIMIT
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise Wrong(f"hangs after “{line.split()[0]}”")
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise Wrong(f"ended at “{line.split()[0]}”: {self.complaints()}")
            self.buffer += data
        text, _, self.buffer = self.buffer.partition(b"\n")
        return json.loads(text)

    def complaints(self):
        return "; ".join(line for line in self.output().splitlines()
                         if re.search(r"runtime error:|Sanitizer|-(WARNING|CRITICAL|ERROR) \*\*", line))[:2000]

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def end(self):
        """Ends it as closing the window would."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            status = self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Wrong("does not end") from None
        finally:
            self.process.stdout.close()
        if status != 0 or self.complaints():
            raise Wrong(f"ended with {status}: {self.complaints()}")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Place:
    """A service of its own, with accounts for so many walks, for one walk after the other."""

    def __init__(self, service_host, people):
        accounts = [account(f"{who}{number}@flexhrm.example", who.split("-")[0]) for number, who in people]
        self.service = Service(str(service_host), {"throttle": {"attempts": 1000, "mails": 1000, "resend": 20},
                                                   "lifespan": {"session": 86400}}, accounts)

    def mails(self, address):
        """The mails to that address so far, oldest first, as (flow, code)."""
        found = []
        for path in sorted(pathlib.Path(self.service.mails).glob("[!.]*.eml"), key=lambda path: path.stat().st_mtime_ns):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if message["To"] == address:
                text = message.get_body(("plain",)).get_content()
                found.append(re.search(r"#flow=([0-9a-f-]{36})&code=(\d{6})", text).groups())
        return found

    def forget_mails(self):
        for path in pathlib.Path(self.service.mails).glob("[!.]*.eml"):
            path.unlink()


class Walk:
    """One person's way through the guide with one fault in it."""

    def __init__(self, place, program, number, who, fault, chance):
        self.place = place
        self.who = who
        self.name = who.split("-")[0]
        self.address = f"{who}{number}@flexhrm.example"
        self.fault = fault
        self.chance = chance
        self.at = chance.randrange(len(PATH_OF[who]))
        encrypted = chance.random() < 0.5 if fault.kind.encrypted is None else fault.kind.encrypted
        if self.at == len(PATH_OF[who]) - 1:
            fault.skip = 0
        self.by_link = chance.random() < 0.5
        self.by_recovery_code = chance.random() < 0.4
        self.patience = chance.randrange(3)  # presses more while a lasting fault lasts
        self.proxy = Proxy(place.service.port, encrypted, place.service.now)
        self.walker = Walker(program, SHORT_DEADLINE if fault.kind.hangs else DEADLINE)
        self.state = {}
        self.visited = []
        self.presses = []
        self.used = set()
        self.keys = {KEY} if self.name == "maja" else set()
        self.wanted_again = who == "anna-again"
        self.new_password = NEW_PASSWORD
        self.has_password = False
        self.is_armed = self.is_over = False
        self.seen = []            # (step, problem) while the fault was there
        self.mended = contextlib.ExitStack()

    # What a person does

    def go(self):
        """Goes through the guide to its end, and returns (step at which the fault struck, what was seen of it)."""
        try:
            self.walker.order(f"advance {self.place.service.shift}")
            self.walker.order(f"doorstep {self.proxy.doorstep if self.chance.random() < 0.5 or self.fault.kind.door else 0}")
            if self.fault.kind.first:
                self.arm("email")
            self.press("begin " + self.proxy.url)
            self.press("get-started")
            while self.state["step"] != "all-set":
                if len(self.presses) > PRESSES:
                    raise Wrong(f"does not go on from {self.state['step']}, {self.state['problem']}")
                self.arm_in_time()
                self.wait_as_told()
                self.press(self.choose())
            self.mend()
            self.walker.end()
            self.check_end()
        finally:
            self.walker.kill()
            with contextlib.suppress(Wrong, ValueError, OSError):
                self.mend()
            self.proxy.close()
        return self.outcome()

    def outcome(self):
        if not self.fault.struck:
            return self.struck_at, "not met"
        return self.seen[0] if self.seen else (self.struck_at, "unseen")

    def arm_in_time(self):
        step = self.state["step"]
        if not self.visited or self.visited[-1] != step or self.presses[-1] == "send-again":
            self.visited.append(step)
        path = PATH_OF[self.who]
        if not self.is_armed and step == path[self.at] and self.visited.count(step) >= path[:self.at + 1].count(step):
            self.proxy.quiet()
            self.arm(step)

    def arm(self, step):
        """From now on the fault is there."""
        kind = self.fault.kind
        self.is_armed = True
        self.struck_at = step
        self.proxy.fault = self.fault
        if kind.network:
            self.mended.enter_context(kind.network(self))
            self.fault.struck += 1
        if not kind.request:
            self.proxy.drop_lines()

    def mend(self):
        """The fault is gone."""
        self.is_over = self.is_over or self.is_armed
        self.proxy.fault = None
        self.mended.close()

    def wait_as_told(self):
        """Where it is refused for a time, that is waited for."""
        wait = self.state["retry"]
        if self.state["step"] == "inbox" and self.next_at_inbox() == "send-again":
            wait = max(wait, self.state["resend"])
        if wait:
            self.advance(wait)

    def advance(self, seconds):
        self.place.service.advance(seconds)
        self.walker.order(f"advance {seconds}")

    def choose(self):
        """What a person presses next, with what was typed before it."""
        step = self.state["step"]
        if step in ("email", "link", "account"):
            return {"email": "address " + self.address, "link": "accept-link", "account": "confirm-account"}[step]
        if step in ("password", "password-again"):
            if self.has_to_recover():
                return "forgot"
            return "password " + (self.new_password if self.has_password else PASSWORD)
        if step == "create-password":
            return "robot" if self.state["robot"] == 0 else "mail " + self.address
        if step == "inbox":
            return self.next_at_inbox()
        if step == "new-password":
            if self.state["problem"] == "password-repeated":
                self.new_password = OTHER_PASSWORD if self.new_password == NEW_PASSWORD else NEW_PASSWORD
            return "password " + self.new_password
        if step == "second-factor":
            return self.answer_second_factor()
        if step == "enrol":
            return "activate " + (self.fresh_code(self.state["key"]) if self.state["key"] else "")
        return "confirm-codes " + (self.state["codes"][0] if self.state["codes"] else "")

    def has_to_recover(self):
        return not self.has_password and (self.name == "anna" or self.who == "maja-forgot")

    def next_at_inbox(self):
        if self.state["problem"] in ("mail-used", "mail-expired", "tries-spent", "code-refused"):
            return "send-again"
        if self.wanted_again:
            return "send-again"
        mails = self.place.mails(self.address)
        if not mails:
            return "send-again"
        flow, code = mails[-1]
        return f"link first-login:recover?flow={flow}&code={code}" if self.by_link else "mail-code " + code

    def answer_second_factor(self):
        left = [code for code in CODES if code not in self.used]
        if self.by_recovery_code and left:
            return "recovery " + left[0]
        return "totp " + self.fresh_code(KEY)

    def fresh_code(self, key):
        self.keys.add(key)
        while (code := totp(key, self.place.service.now())) in self.used:
            self.advance(30)
        return code

    # Every press

    def press(self, order):
        verb, _, word = order.partition(" ")
        before = self.state
        self.proxy.press += 1
        self.presses.append(verb)
        struck = self.fault.struck
        self.state = self.walker.order(order)
        self.note(verb, word, before)
        self.check_press(verb, order)
        problem = self.state["problem"]
        if problem:
            self.check_problem(problem, self.fault.struck > struck)
        elif verb == "send-again" and self.state["step"] == "inbox":
            self.wanted_again = False
        if self.is_armed and not self.is_over and problem:
            self.seen.append((self.state["step"], problem))
            if not self.fault.lasts or len(self.seen) > self.patience:
                self.mend()

    def note(self, verb, word, before):
        """What the person remembers."""
        if verb in ("totp", "recovery", "activate"):
            self.used.add(word)
        if verb == "password" and before["step"] == "new-password" and self.state["step"] != "new-password":
            self.has_password = True
        if verb in ("mail", "send-again"):
            self.wait_mails(self.count_accepted_mails())

    # What must hold

    def exchanges(self, press=None):
        with self.proxy.changed:
            return [each for each in self.proxy.exchanges if press is None or each.press == press]

    def check_press(self, verb, order):
        """One press submits nothing twice, and only who asks for a mail gets one."""
        submits = [each for each in self.exchanges(self.proxy.press) if each.method == "POST"]
        alike = [(each.target, each.body) for each in submits]
        if len(set(alike)) < len(alike):
            raise Wrong(f"“{verb}” submitted the same twice")
        mails = [each for each in submits if each.is_mail()]
        if len(mails) > (1 if verb in ("mail", "send-again") else 0):
            expired = [each for each in mails if any(answer.status in (403, 404, 410) for answer in each.answers)]
            if len(mails) - len(expired) > 1 or verb not in ("mail", "send-again"):
                raise Wrong(f"“{verb}” asked for {len(mails)} mails")

    def check_problem(self, problem, struck_now):
        if not self.state["sentence"]:
            raise Wrong(f"no sentence for {problem}")
        kind = self.fault.kind
        if self.is_armed and (not self.is_over or struck_now) and problem in kind.names:
            return
        if (self.is_over or not self.is_armed) and kind.hangs and problem == "timed-out":
            return  # the short deadline, and a machine that has much else to do
        if self.is_over and problem in kind.names and not self.exchanges(self.proxy.press):
            return  # nothing was asked now: that is the answer to what was asked ahead, while the fault was there
        if self.is_armed and problem in AFTERMATH and self.is_true(problem):
            return
        raise Wrong(f"names {problem} at {self.state['step']} after {self.presses[-1]}"
                    f"{'' if not self.is_over else ', when the fault was gone'}; {self.tell_press()}")

    def tell_press(self):
        """What was asked at this press, and what the service said, without what is secret."""
        return ", ".join(f"{each.method} {each.target.partition('?')[0]} "
                         f"{[(answer.status, *answer.tell_messages()) for answer in each.answers]}"
                         for each in self.exchanges(self.proxy.press)) or "nothing was asked"

    def is_true(self, problem):
        """Whether what is said of a code really holds."""
        if problem == "mail-used":
            return any(b'"passed_challenge"' in answer.content for each in self.exchanges() if b'"code":"' in each.body
                       for answer in each.answers)
        if problem == "code-refused":
            return self.count_accepted_mails() > 1 and self.fault.kind.what == "request is handed on twice"
        if problem == "password-repeated":
            return any(answer.status == 200 and b'"method":"password"' in each.body
                       for each in self.exchanges() for answer in each.answers[:-1])
        if problem == "throttled":
            return any(answer.status == 429 for each in self.exchanges(self.proxy.press) for answer in each.answers)
        if problem == "code-used":
            return any(b"_code" in each.body or b"lookup_secret" in each.body for each in self.exchanges() if each.answers)
        return True

    def count_accepted_mails(self):
        return sum(answer.status == 200 and b'"sent_email"' in answer.content
                   for each in self.exchanges() if each.is_mail() for answer in each.answers)

    def wait_mails(self, least):
        end = time.monotonic() + LIMIT
        while len(mails := self.place.mails(self.address)) < least:
            if time.monotonic() > end:
                raise Wrong(f"{least} mails were promised, {len(mails)} came")
            time.sleep(0.01)
        return mails

    def check_end(self):
        accepted = self.count_accepted_mails()
        mails = self.wait_mails(accepted)
        if len(mails) != accepted:
            raise Wrong(f"{len(mails)} mails came, {accepted} were asked for")
        if self.has_to_recover() or self.has_password:
            if self.place.service.sign_in(self.address, self.new_password).status != 200:
                raise Wrong("the new password does not open the account")
        self.check_output(mails)
        self.place.forget_mails()

    def check_output(self, mails):
        """Nothing that is secret is in what was printed for whoever debugs."""
        output = self.walker.output()
        if "libsoup" not in output and "fl-guide" not in output and "fl-journey" not in output:
            raise Wrong("printed nothing at all, so that nothing was checked")
        secrets = {PASSWORD, NEW_PASSWORD, OTHER_PASSWORD, *self.keys, *(CODES if self.name == "maja" else ())}
        for flow, code in mails:
            secrets |= {flow, code}
        for each in self.exchanges():
            secrets |= set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", each.target))
            for answer in each.answers:
                secrets |= {token.decode() for token in re.findall(rb"ory_st_\w+", answer.content)}
        for secret in secrets:
            if re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", output):
                raise Wrong("printed a secret")
