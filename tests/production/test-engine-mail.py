# SPDX-License-Identifier: GPL-3.0-or-later
"""Postfix as deploy/render sets it up, really started: who may send, over what it hands mails on, and how long they live."""

import importlib
import email
import email.message
import email.policy
import email.utils
import re
import smtplib
import socket
import ssl
import subprocess
import sys

from stack import DEPLOY, Stack, program  # first: it knows where tap is
from mail_server import MailServer, REFUSES, TRIES_LATER
from tap import case, run
from world import wait_for

sys.path.insert(0, str(DEPLOY))
maillog = importlib.import_module("people.maillog")

CODE = "012 345"
FROM = "no-reply@id.flexhrm.example"
# a life of seconds, in the same proportions
SHORT = {"maximal_queue_lifetime": "6s", "bounce_queue_lifetime": "60s", "queue_run_delay": "2s", "minimal_backoff_time": "1s",
         "maximal_backoff_time": "1s"}


class Mail(Stack):
    def __init__(self, login=None, password=None, **settings):
        super().__init__()
        self.login = login
        self.password = password
        self.settings = settings
        self.relay = None

    def prepare(self):
        self.make_certificate()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "tls" / "certificate.pem", self.folder / "tls" / "key.pem")
        self.relay = MailServer(self.folder / "relayed", context, login=self.login)
        secret = self.write("relay-password", f"[localhost]:{self.relay.port} {self.password}\n", 0o600) if self.login else ""
        self.render(MAIL_RELAY_PASSWORD=secret, SERVER="id.flexhrm.example", HTTPS_PORT="443", MAIL_RELAY=f"[localhost]:{self.relay.port}", CODE_MINUTES="30")
        configuration = self.server / "etc" / "postfix"
        self.rendered = subprocess.run([program("postconf"), "-c", configuration, "-n"], capture_output=True, text=True, check=True)
        self.start_postfix(**{"relayhost": f"[localhost]:{self.relay.port}", "smtp_tls_security_level": "secure",
                              "inet_interfaces": "loopback-only", "smtp_host_lookup": "native",
                              "smtp_tls_CAfile": self.authority} | self.settings)

    def end(self, check=False):
        super().end(check)
        if self.relay:
            self.relay.__exit__()

    def send(self, recipient, sender=FROM):
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = f"Flex Lön & HRM <{sender}>", recipient, "Välj ditt nya lösenord"
        mail["Date"] = email.utils.localtime()
        mail.set_content(f"Hej Anna,\n\n    {CODE}\n")
        mail.add_alternative(f"<p>{CODE}</p>", "html")
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as server:
            return server.send_message(mail, sender, [recipient])

    def relayed(self):
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in sorted((self.folder / "relayed").glob("*.eml"))]

    def mail_log(self):
        path = self.folder / "postfix.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def bounced(self):
        return maillog.find_bounced(str(self.folder / "postfix.log"))


def until(ready, stack):
    return wait_for(ready, lambda: f"that, while Postfix said {stack.mail_log()[-3000:]}", seconds=60)


@case("Postfix knows every setting, and a mail lives two minutes less than its code")
def settings():
    with Mail() as stack:
        assert stack.rendered.stderr == "", stack.rendered.stderr
        found = dict(line.split(" = ", 1) for line in stack.rendered.stdout.splitlines() if " = " in line)
        for name, value in (("maximal_queue_lifetime", "28m"), ("bounce_queue_lifetime", "28m"), ("maximal_backoff_time", "60s"),
                            ("inet_interfaces", "loopback-only"), ("smtp_tls_security_level", "secure"), ("bounce_size_limit", "1"),
                            ("relayhost", f"[localhost]:{stack.relay.port}")):
            assert found[name] == value, (name, found.get(name))
        assert "warning" not in stack.mail_log(), stack.mail_log()


@case("this computer's mails go on over TLS, whole; nobody else's are taken")
def relay():
    with Mail() as stack:
        stack.send("anna@flexhrm.example")
        # whoever is a user of this computer has no mailbox here either
        stack.send("root@id.flexhrm.example")
        until(lambda: len(stack.relayed()) == 2 and stack.queue() == 0, stack)
        until(lambda: "Verified TLS connection established" in stack.mail_log(), stack)
        mail = next(each for each in stack.relayed() if each["X-Recipient"] == "anna@flexhrm.example")
        assert mail["Subject"] == "Välj ditt nya lösenord" and CODE in mail.get_body(("plain",)).get_content()
        assert CODE in mail.get_body(("html",)).get_content() and mail["Message-Id"]
        assert CODE not in stack.mail_log()
        assert stack.bounced() == {}

        addresses = {each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} | {"127.0.0.2"}
        for address in addresses - {"127.0.0.1"}:
            with socket.socket() as caller:
                assert caller.connect_ex((address, stack.smtp_port)) != 0, address


@case("a mail server without TLS, or with another's certificate, gets nothing")
def impostor():
    for settings in ({"smtp_tls_CAfile": "/etc/ssl/certs/ca-certificates.crt"}, {"relayhost": None}):
        with Mail(**{name: value for name, value in settings.items() if value}) as stack:
            if "relayhost" in settings:
                # the stack's own mail server speaks no TLS
                stack.run(program("postconf"), "-c", stack.server / "etc" / "postfix", f"relayhost=[localhost]:{stack.mail_server.port}")
                stack.run(program("postfix"), "-c", stack.server / "etc" / "postfix", "reload")
            stack.send("anna@flexhrm.example")
            until(lambda: "status=deferred" in stack.mail_log(), stack)
            assert stack.relayed() == [] and list(stack.mails.iterdir()) == [] and stack.queue() == 1


@case("a mail server that wants a password gets it from its file, and a wrong one loses no mail")
def password():
    with Mail(("first-login", "gröna dörren"), "first-login:gröna dörren") as stack:
        stack.send("anna@flexhrm.example")
        # what moves on while the queue is listed is not in the list
        until(lambda: stack.relayed() and stack.queue() == 0, stack)
        assert [each["X-Recipient"] for each in stack.relayed()] == ["anna@flexhrm.example"]
        assert "dörren" not in stack.mail_log()
    with Mail(("first-login", "right"), "first-login:wrong") as stack:
        stack.send("anna@flexhrm.example")
        until(lambda: "status=deferred" in stack.mail_log(), stack)
        assert stack.relayed() == [] and stack.queue() == 1


@case("a mail server that is away, or busy, for less than a code's life loses no mail")
def away():
    with Mail(**SHORT | {"maximal_queue_lifetime": "600s"}) as stack:
        stack.relay.down()
        stack.send("anna@flexhrm.example")
        until(lambda: "status=deferred" in stack.mail_log(), stack)
        stack.relay.mood = TRIES_LATER
        stack.relay.up()
        until(lambda: stack.relay.refused > 0, stack)
        stack.postfix.restart()
        stack.send("erik@flexhrm.example")
        stack.relay.mood = "takes"
        until(lambda: len(stack.relayed()) == 2 and stack.queue() == 0, stack)
        assert sorted(each["X-Recipient"] for each in stack.relayed()) == ["anna@flexhrm.example", "erik@flexhrm.example"]
        assert stack.bounced() == {}


@case("away for longer, the mail is given up, the code reaches nobody, and the log says whose it was")
def too_long():
    with Mail(**SHORT) as stack:
        stack.relay.down()
        stack.send("anna@flexhrm.example")
        until(lambda: "status=expired" in stack.mail_log(), stack)
        stack.relay.up()
        # back to MAIL_FROM: that it was given up, and not what was in it
        until(lambda: stack.relayed() and stack.queue() == 0, stack)
        report, = stack.relayed()
        assert report["X-Recipient"] == FROM and report.get_content_type() == "multipart/report"
        assert "anna@flexhrm.example" in report.as_string()
        # fewer digits stand in any time and any name of a mail
        assert not re.search(r"012\s*345", report.as_string()), report.as_string()
        assert list(stack.bounced()) == ["anna@flexhrm.example"], (stack.bounced(), stack.mail_log())


@case("an address that the mail server refuses is told by the log, with the reason, and its code comes back to nobody")
def refused():
    with Mail() as stack:
        stack.relay.mood = REFUSES
        stack.send("nobody@flexhrm.example")
        until(lambda: "status=bounced" in stack.mail_log(), stack)
        stack.relay.mood = "takes"
        until(lambda: stack.queue() == 0, stack)
        # and the report to MAIL_FROM too, when it was as quick
        assert " said: 550 " in stack.bounced()["nobody@flexhrm.example"][1]
        assert all(CODE not in each.as_string() for each in stack.relayed())
        stack.send("nobody@flexhrm.example")
        until(lambda: "nobody@flexhrm.example" not in stack.bounced(), stack)


run()
