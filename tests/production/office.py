# SPDX-License-Identifier: GPL-3.0-or-later
"""An administrator's desk: SITE, the stand-in of the engine's admin API, a mail server with the log that Postfix would
write, and the programs of deploy/ that are tried."""

import itertools
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
DEPLOY = HERE.parents[1] / "deploy"
sys.path[:0] = [str(HERE.parent / "walk"), str(DEPLOY)]
sys.dont_write_bytecode = True

from admin_api import AdminApi  # noqa: E402
from mail_server import TAKES, MailServer  # noqa: E402


class PostOffice(MailServer):
    """Takes mails, but for those whose recipients are in `answers`, which get that answer; and logs as Postfix does.
    `before` and `after` are called with the recipient around the moment when a mail is taken, which has its name in
    the log by then; what they raise is an answer that is never given, and the log says that the mail was not taken."""

    def __init__(self, folder, log):
        self.log = log
        self.answers = {}
        self.before = self.after = lambda recipient: None
        self.queue = itertools.count(0xA00000)
        log.touch()
        super().__init__(folder)

    def converse(self, conversation):
        try:
            super().converse(conversation)
        except ConnectionError:
            pass  # hung up, here or there

    def answer(self, recipients, content):
        recipient, = recipients
        queue = f"{next(self.queue):X}"
        name = re.search(rb"(?m)^Message-ID: (<[^>]*>)", content)[1].decode()
        self.write_log(f"cleanup[11]: {queue}: message-id={name}")
        try:
            self.before(recipient)
        except ConnectionError:
            self.write_log(f"cleanup[11]: {queue}: milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 4.7.1 hung up")
            raise
        if recipient in self.answers:
            return self.answers[recipient]
        answer = super().answer(recipients, content)
        if self.mood == TAKES:
            self.write_log(f"qmgr[12]: {queue}: from=<it@flexhrm.example>, size={len(content)}, nrcpt=1 (queue active)")
        self.after(recipient)
        return answer

    def write_log(self, text):
        with self.lock, open(self.log, "a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S+00:00', time.gmtime())} mail postfix/{text}\n")

    def recipients(self):
        return sorted(re.match(rb"X-Recipient: (\S+)", mail.read_bytes())[1].decode() for mail in self.folder.glob("*.eml"))

    def mails(self):
        return [mail.read_bytes().partition(b"\r\n")[2] for mail in sorted(self.folder.glob("*.eml"))]


class Office:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="first-login-office-"))
        self.api = AdminApi()
        self.mail_log = self.folder / "mail.log"
        self.post = PostOffice(self.folder / "mails", self.mail_log)
        self.audit = self.folder / "helpdesk.jsonl"
        self.site = self.write_site()
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.api.__exit__()
        self.post.__exit__()
        shutil.rmtree(self.folder)

    def write_site(self, **values):
        values = {"SERVER": "id.flexhrm.example", "ORGANISATION": "Flex Lön & HRM", "TLS_CERTIFICATE": "/c.pem", "TLS_KEY": "/k.pem",
                  "KRATOS_ADMIN": f"127.0.0.1:{self.api.port}", "SUPPORT": "Helpdesk, plan 2", "MAIL_FROM": "it@flexhrm.example"} | values
        text = (DEPLOY / "site.example").read_text(encoding="utf-8")
        for name, value in values.items():
            text, count = re.subn(rf"(?m)^{name}=.*$", lambda _, line=f"{name}={value}": line, text)
            assert count == 1, name
        site = self.folder / "site"
        site.write_text(text, encoding="utf-8")
        return site

    def file(self, rows, name="people.csv", encoding="utf-8"):
        path = self.folder / name
        path.write_bytes(rows if isinstance(rows, bytes) else rows.encode(encoding))
        return path

    def argv(self, program, *words):
        more = ["--mail-server", f"127.0.0.1:{self.post.port}", "--per-minute", "1000000"] if program == "invite" else []
        more += ["--mail-log", self.mail_log] if program in ("invite", "status") else ["--audit", self.audit]
        return [str(word) for word in (sys.executable, "-X", "utf8", DEPLOY / program, *words[:1], "--site", self.site, *more, *words[1:])]

    def run(self, program, *words, stdin="", wants=0, **environment):
        """Runs to the end; returns what was said."""
        done = subprocess.run(self.argv(program, *words), input=stdin, capture_output=True, text=True, timeout=120,
                              env=os.environ | environment, start_new_session=True)
        assert done.returncode == wants, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    def start(self, program, *words):
        self.process = subprocess.Popen(self.argv(program, *words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return self.process

    def invite(self, path, *words, wants=0):
        """Looks, then does it."""
        self.run("invite", path, wants=1 if "--skip-mistakes" in words else 0)
        return self.run("invite", path, "--send", *words, wants=wants)

    def run_on_terminal(self, program, *words, typed, wants=0):
        """Runs on a terminal of its own; `typed` has what is typed, each as a function that returns it, called when the text
        before it has been seen. Returns everything that the terminal was sent."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(sys.executable, self.argv(program, *words))
        seen = b""
        typed = list(typed)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 0.1)[0]:
                continue
            try:
                more = os.read(terminal, 65536)
            except OSError:
                break
            if not more:
                break
            seen += more
            while typed and typed[0][0].encode() in seen:
                os.write(terminal, typed.pop(0)[1]().encode())
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(terminal)
        assert status == wants, (status, seen.decode())
        return seen.decode()
