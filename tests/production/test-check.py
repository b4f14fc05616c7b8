# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy/check: a set-up where all is well, with the real nginx, and the same one broken in every way that is looked for;
each is found and named, and the account that the check makes is gone afterwards."""

import contextlib
import ipaddress
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid

from front import DEPLOY, FLOW, Behind, Front, answer, make_certificate, program, run_render

import tap  # front knows where it is
from tap import case
from world import wait_for

sys.path.insert(0, str(DEPLOY))
sys.dont_write_bytecode = True

from checks import CRITICAL, NAMES, OK, UNKNOWN, WARNING, Place, Report, files, host, public, walk  # noqa: E402
from people.engine import Engine as Admin  # noqa: E402
from variables import read_site  # noqa: E402

TOKEN, CODE, SETTINGS = "ory_st_canary", "918273", "11111111-2222-4333-8444-555555555555"
SYSTEMCTL = """#!/bin/sh
# systemctl show UNIT --property=...
cat "$STANDS/$2" 2>/dev/null || cat "$STANDS/${2%.service}" 2>/dev/null || echo LoadState=not-found
"""
TIMEDATECTL = """#!/bin/sh
cat "$STANDS/clock"
"""
DF = """#!/bin/sh
# df --output=pcent,ipcent FOLDER
cat "$STANDS/disk"
"""
LISTENER = "   0: {address}:{port:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0000000000000000 100 0 0 10 0\n"
LOOPBACK, ANYWHERE, PRIVATE = "0100007F", "00000000", "0500000A"


def reply(status, body):
    return answer(status, json.dumps(body).encode())


class Engine:
    """Kratos' two APIs and the gate, as far as the check asks them; `broken` names what is amiss."""

    def __init__(self, front, metrics, admin):
        self.broken = set()
        self.people, self.removed = {}, []
        self.front, self.asked = front, []
        front.kratos.answer = self.answer_public
        front.gate.answer = self.answer_gate
        admin.answer = self.answer_admin
        metrics.answer = self.answer_metrics

    def flow(self, *names, message=None, status=200):
        ui = {"nodes": [{"group": name, "attributes": {"name": name}} for name in names]} | (
            {"messages": [{"id": message}]} if message else {})
        return reply(status, {"id": FLOW, "ui": ui})

    def answer_gate(self, request):
        body = json.loads(request.body or b"{}")
        if "gate gone" in self.broken:
            return None
        if request.target == "/altcha":
            return reply(200, {"challenge": "x", "signature": "x"}) if "no robot" not in self.broken else reply(404, {"error": {"code": 404}})
        if "throttled" in self.broken:
            return reply(429, {"error": {"code": 429}})
        if "email" in body and "x-altcha" not in request.headers and "past the gate" not in self.broken:
            return self.flow("code", message=4000038, status=400)
        return self.answer_public(request)

    def answer_public(self, request):
        path, _, query = request.target.partition("?")
        body = json.loads(request.body or b"{}")
        self.asked.append((request.method, path))
        if path == "/sessions/whoami":
            person = next(iter(self.people.values()), {"traits": {"email": ""}})
            return reply(200, {"identity": person}) if "another's session" not in self.broken else reply(401, {"error": {"code": 401}})
        if path.startswith("/self-service/settings"):
            return self.flow("password", "totp", "lookup_secret") if "no second factor" not in self.broken else self.flow("password")
        if request.method == "GET":
            return self.flow("identifier") if "engine down" not in self.broken else reply(500, {"error": {"code": 500}})
        if path == "/self-service/login":
            return self.flow("password", status=400) if "tells" not in self.broken else self.flow("identifier", message=4000037, status=400)
        if body.get("code") != CODE or query != f"flow={FLOW}":
            return self.flow("code", message=1060003)
        return self.redeem()

    def redeem(self):
        if "browser only" in self.broken:
            return reply(422, {"error": {"id": "browser_location_change_required"}})
        if "cut off" in self.broken:
            return None
        steps = [{"action": "set_ory_session_token", "ory_session_token": TOKEN}, {"action": "show_settings_ui", "flow": {"id": SETTINGS}}]
        return reply(200, {"state": "passed_challenge", "ui": {"nodes": []}, "continue_with": steps if "no token" not in self.broken else None})

    def answer_admin(self, request):
        path = request.target.partition("?")[0]
        if "admin gone" in self.broken:
            return None
        if path == "/admin/health/ready":
            return reply(200, {"status": "ok"}) if "migrations" not in self.broken else reply(503, {"errors": {"migrations": "pending"}})
        if path == "/admin/version":
            return reply(200, {"version": "v27.1.0" if "another version" in self.broken else "v26.2.0"})
        if path == "/admin/identities" and request.method == "POST":
            person = json.loads(request.body) | {"id": str(uuid.uuid4())}
            self.people[person["id"]] = person
            return reply(201, person)
        if path == "/admin/recovery/code":
            if "slow" in self.broken:
                time.sleep(60)
            if "no codes" in self.broken:
                return reply(404, {"error": {"code": 404, "message": "This endpoint was disabled"}})
            return reply(201, {"recovery_link": f"https://x/?flow={FLOW}", "recovery_code": CODE})
        if request.method == "DELETE" and "stays" not in self.broken:
            self.removed.append(self.people.pop(path.rpartition("/")[2]))
            return b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
        return reply(500, {"error": {"code": 500}})

    def answer_metrics(self, request):
        if "no metrics" in self.broken:
            return reply(404, {})
        text = f"first_login_gate_store_up {0 if 'store' in self.broken else 1}\nfirst_login_gate_held_total 1000\n" \
               f"first_login_gate_overruns_total {500 if 'overruns' in self.broken else 1}\n"
        return answer(200, text.encode(), kind="text/plain")


class MailServer(Behind):
    """Greets, and says no more."""
    greeting = b"220 id.corp.test ESMTP\r\n"

    def _serve(self, caller):
        with caller:
            caller.sendall(self.greeting)


class SetUp:
    """A server where all is well: its files below `root`, its services as stand-ins."""

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        admin, metrics, self.mail = Behind(), Behind(), MailServer()
        for each in (admin, metrics, self.mail):
            self.stack.callback(each.stop)
        self.ports = {"KRATOS_ADMIN": admin.port, "GATE_METRICS": metrics.port}
        self.front = self.stack.enter_context(Front(
            NETWORK_REQUESTS=100000, NETWORK_BURST=10000, KRATOS_ADMIN=f"127.0.0.1:{admin.port}", GATE_METRICS=f"127.0.0.1:{metrics.port}",
            MAIL_PORT=self.mail.port))
        self.engine = Engine(self.front, metrics, admin)
        self.root = self.front.folder / "root"
        self.stands = self.front.folder / "stands"
        self.site = self.front.site
        done = run_render(self.site, self.root)
        assert done.returncode == 0, done.stderr
        self.fill()
        return self

    def __exit__(self, *exception):
        self.stack.__exit__(*exception)

    def path(self, name):
        path = self.root / str(name).lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def fill(self):
        """What others than deploy/render bring, and how systemd tells of it."""
        for name in ("certificate.pem", "key.pem"):
            shutil.copy(self.front.folder / name, self.path(self.front.folder / name))
        self.path(self.front.folder / "key.pem").chmod(0o600)
        self.path("/etc/nginx/nginx.conf").write_text("events {\n\tworker_connections 16384;\n}\n")
        self.backup = self.path("/var/lib/first-login-backup/kratos-20260101T000000Z.dump.age")
        self.backup.write_bytes(b"age-encryption.org/v1\n-> X25519 x\n")
        self.sockets = self.path("/proc/net/tcp")
        self.listen((LOOPBACK, self.ports["KRATOS_ADMIN"]), (LOOPBACK, self.mail.port), (ANYWHERE, 22))
        self.path("/proc/net/tcp6").write_text("head\n")
        self.stands.mkdir()
        os.environ["STANDS"] = str(self.stands)
        for unit in ("nginx", "first-login-gate", "kratos", "kratos-courier", "postfix", "postgresql"):
            (self.stands / unit).write_text("LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNRestarts=0\nMainPID=%d\n" % (4000 + len(unit)))
        for timer in ("first-login-retention", "first-login-mail", "first-login-backup"):
            (self.stands / f"{timer}.timer").write_text("LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n")
            (self.stands / f"{timer}.service").write_text("Result=success\n")
        (self.stands / "clock").write_text("yes\n")
        (self.stands / "disk").write_text("Use% IUse%\n 42%     7%\n")
        self.start("kratos", "/usr/local/bin/kratos serve --sqa-opt-out --config x")
        self.start("kratos-courier", "/usr/local/bin/kratos courier watch", "SQA_OPT_OUT=true")
        self.programs = self.front.folder / "programs"
        self.programs.mkdir()
        for name, text in (("systemctl", SYSTEMCTL), ("timedatectl", TIMEDATECTL), ("df", DF)):
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)
        os.environ["PATH"] = f"{self.programs}:{os.environ['PATH']}"

    def start(self, unit, words, environment="LANG=C"):
        folder = self.path(f"/proc/{4000 + len(unit)}/cmdline").parent
        (folder / "cmdline").write_text(words.replace(" ", "\0") + "\0")
        (folder / "environ").write_text(environment + "\0")

    def listen(self, *where):
        self.sockets.write_text("head\n" + "".join(LISTENER.format(address=address, port=port) for address, port in where))

    def argv(self, *words):
        return [DEPLOY / "check", "--root", self.root, "--authority", self.front.folder / "certificate.pem", *words, self.site]

    def check(self, *words):
        """(how it ended, its findings)."""
        done = subprocess.run(self.argv("--json", *words), capture_output=True, text=True)
        assert done.stderr == "", done.stderr
        found = json.loads(done.stdout)
        for secret in (TOKEN, CODE, FLOW, SETTINGS, *self.secrets()):
            assert secret not in done.stdout, secret
        return done.returncode, found["findings"]

    def secrets(self):
        file = self.site.with_name("site.secrets")
        return [line.partition("=")[2] for line in file.read_text().splitlines() if "=" in line and line[0] != "#"]


@contextlib.contextmanager
def changed(file, old, new):
    """A file that is otherwise for a while, and what is told of it afterwards is as before."""
    before, mode = file.read_bytes(), file.stat().st_mode
    text = before.decode()
    assert old in text, (file, old)
    file.write_text(text.replace(old, new))
    try:
        yield
    finally:
        file.write_bytes(before)
        file.chmod(mode)


@contextlib.contextmanager
def moded(file, mode):
    before = file.stat().st_mode
    file.chmod(mode)
    try:
        yield
    finally:
        file.chmod(before & 0o7777)


@contextlib.contextmanager
def gone(file):
    aside = file.with_name(file.name + ".aside")
    file.rename(aside)
    try:
        yield
    finally:
        aside.rename(file)


@contextlib.contextmanager
def old(file, hours):
    then = time.time() - hours * 3600
    os.utime(file, (then, then))
    try:
        yield
    finally:
        os.utime(file)


@contextlib.contextmanager
def done_twice(do, undo):
    do()
    try:
        yield
    finally:
        undo()


@contextlib.contextmanager
def programs_in(path):
    before = os.environ["PATH"]
    os.environ["PATH"] = str(path)
    try:
        yield
    finally:
        os.environ["PATH"] = before


def broken(*names):
    @contextlib.contextmanager
    def breaks(setup):
        setup.engine.broken |= set(names)
        try:
            yield
        finally:
            setup.engine.broken.clear()
    return breaks


def nginx_with(old_text, new_text):
    """nginx goes on with a configuration that somebody has changed."""
    @contextlib.contextmanager
    def breaks(setup):
        file = setup.front.out / "etc/nginx/conf.d/first-login.conf"
        with changed(file, old_text, new_text):
            setup.front.restart()
            yield
        setup.front.restart()
    return breaks


def listening(*more):
    return lambda setup: done_twice(lambda: setup.listen((LOOPBACK, setup.ports["KRATOS_ADMIN"]), (LOOPBACK, setup.mail.port), *(
        (address, setup.ports.get(port, port) if port != "mail" else setup.mail.port) for address, port in more)),
        lambda: setup.listen((LOOPBACK, setup.ports["KRATOS_ADMIN"]), (LOOPBACK, setup.mail.port), (ANYWHERE, 22)))


def started(unit, words, environment="LANG=C"):
    def breaks(setup):
        folder = setup.path(f"/proc/{4000 + len(unit)}/cmdline").parent
        before = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        return done_twice(lambda: setup.start(unit, words, environment), lambda: [
            (folder / name).write_bytes(data) for name, data in zip(("cmdline", "environ"), before)])
    return breaks


def unit(name, old_text, new_text):
    return lambda setup: changed(setup.stands / name, old_text, new_text)


def add_file(name, data):
    def breaks(setup):
        file = setup.path(name)
        return done_twice(lambda: file.write_bytes(data), file.unlink)
    return breaks


# what is told: by which check
TELLS = {"files": [files.rendered], "secrets": [files.secret_files], "backup": [files.backups], "connections": [files.nginx_connections],
         "units": [host.units], "timers": [host.timers], "kratos": [host.kratos_options], "ports": [host.closed_ports], "mail": [host.closed_ports],
         "database": [host.closed_ports], "clock": [host.clock], "disk": [host.disk], "certificate": [public.certificate], "paths": [public.closed_paths],
         "calls": [public.open_paths], "headers": [public.open_paths], "page": [public.open_paths], "plain": [public.open_paths],
         "gate": [public.gate], "store": [public.gate], "secrecy": [public.secrecy]}


def look(setup, what):
    """As setup.check(), with the check alone that tells of this."""
    if what == "site":
        return setup.check("--no-walk")[1]
    report = Report()
    place = Place(setup.site, read_site(setup.site, with_secrets=True), [], setup.root, setup.front.folder / "certificate.pem",
                  f"http://127.0.0.1:{setup.ports['KRATOS_ADMIN']}")
    for check in TELLS.get(what, []):
        check(place, report)
    if what in ("engine", "recovery"):
        engine = Admin(place.admin, patience=())
        walk.version(place, report, engine) and walk.recovery(place, report, engine)
    return [{"level": NAMES[level], "what": about, "text": text, "then": then} for level, about, text, then in report.findings]


CRIT, WARN, UNK = NAMES[CRITICAL], NAMES[WARNING], NAMES[UNKNOWN]
PROXY = "location / {\n        if ($first_login_call"

# what is broken, how; how bad it is, what is told, and what is in the next step
BROKEN = {
    "a default secret": (lambda s: changed(s.site.with_name("site.secrets"), s.secrets()[0], "change-me-at-least-16-chars"),
                         CRIT, "site", "is a default secret", "deploy/render"),
    "http": (lambda s: changed(s.site, "WELCOME_PAGE=\n", "WELCOME_PAGE=http://intranet.corp.test/\n"), CRIT, "site", "is http", "deploy/render"),
    "secrets that others read": (lambda s: moded(s.site.with_name("site.secrets"), 0o644), CRIT, "site", "others can read it", "deploy/render"),
    "a file of SITE.secrets' content that others read": (lambda s: moded(s.path("/etc/first-login/kratos/secrets.yaml"), 0o644),
                                                       CRIT, "secrets", "secrets.yaml can be read", "chmod 600"),
    "the gate's key that others read": (lambda s: moded(s.path("/etc/first-login/gate.key"), 0o604), CRIT, "secrets", "gate.key can be read", "chmod 600"),
    "a TLS key that others read": (lambda s: moded(s.path(s.front.folder / "key.pem"), 0o644), CRIT, "secrets", "key.pem can be read", "chmod 600"),
    "another mode": (lambda s: moded(s.path("/etc/nginx/conf.d/first-login.conf"), 0o666), WARN, "files", "mode 0666 becomes 0644", "deploy/render"),
    "a file that is missing": (lambda s: gone(s.path("/etc/nginx/first-login/tls.conf")), CRIT, "files", "tls.conf is not there", "deploy/render"),
    "a file changed by hand": (lambda s: changed(s.path("/etc/first-login/kratos/kratos.yaml"), "mitigate: true", "mitigate: false"),
                               WARN, "files", "kratos.yaml is not what deploy/render writes", "deploy/kratos/kratos.yaml.in"),
    "another key": (lambda s: changed(s.path("/etc/first-login/gate.key"), s.path("/etc/first-login/gate.key").read_text(), "0" * 64 + "\n"),
                    CRIT, "files", "gate.key is not what", "deploy/render"),
    "a site that was changed, and not rendered": (lambda s: changed(s.site, "Corp & Söner AB", "Corp & Döttrar AB"), WARN, "files", "kratos.yaml is not what", "deploy/render"),
    "few connections": (lambda s: changed(s.path("/etc/nginx/nginx.conf"), "16384", "768"), WARN, "connections", "worker_connections 768", "sed -i"),
    "no copy of the database": (lambda s: gone(s.backup.parent), CRIT, "backup", "no copy of the database", "first-login-backup.service"),
    "an old copy": (lambda s: old(s.backup, 50), CRIT, "backup", "50 hours old", "first-login-backup.service"),
    "a copy in clear": (add_file("/var/lib/first-login-backup/by-hand.dump", b"PGDMP..."), CRIT, "backup", "by-hand.dump is not encrypted", "shred"),
    "a unit that does not run": (unit("kratos-courier", "ActiveState=active", "ActiveState=failed"), CRIT, "units", "kratos-courier does not run", "systemctl enable --now kratos-courier"),
    "a courier that is no unit": (lambda s: gone(s.stands / "kratos-courier"), CRIT, "units", "kratos-courier.service is not installed", "systemctl"),
    "a unit that is not enabled": (unit("postfix", "UnitFileState=enabled", "UnitFileState=disabled"), WARN, "units", "postfix runs, and will not", "systemctl enable postfix"),
    "a unit that falls again and again": (unit("kratos", "NRestarts=0", "NRestarts=500"), WARN, "units", "500 times", "journalctl"),
    "retention off": (unit("first-login-retention.timer", "ActiveState=active", "ActiveState=inactive"), CRIT, "timers", "first-login-retention.timer is off", "systemctl enable --now"),
    "a backup that failed": (unit("first-login-backup.service", "success", "exit-code"), CRIT, "timers", "first-login-backup failed", "journalctl"),
    "telemetry on": (started("kratos", "/usr/local/bin/kratos serve --config x"), CRIT, "kratos", "sends telemetry", "systemctl revert kratos"),
    "telemetry of the courier": (started("kratos-courier", "/usr/local/bin/kratos courier watch"), CRIT, "kratos", "kratos-courier sends telemetry", "systemctl revert"),
    "the courier inside": (started("kratos", "/usr/local/bin/kratos serve --sqa-opt-out --watch-courier"), CRIT, "kratos", "has the courier inside", "systemctl revert"),
    "development": (started("kratos", "/usr/local/bin/kratos serve --sqa-opt-out --dev"), CRIT, "kratos", "for development", "systemctl revert"),
    "the admin API outside": (listening((ANYWHERE, "KRATOS_ADMIN")), CRIT, "ports", "whoever reaches it is in, listens at 0.0.0.0", "KRATOS_ADMIN"),
    "metrics outside": (listening((ANYWHERE, "GATE_METRICS")), CRIT, "ports", "the gate's metrics, listens at 0.0.0.0", "GATE_METRICS"),
    "the mail server outside": (listening((ANYWHERE, "mail")), CRIT, "mail", "takes mails from outside", "loopback-only"),
    "another mail server outside": (listening((ANYWHERE, 25)), CRIT, "mail", "port 25 takes mails from outside", "loopback-only"),
    "the database outside": (listening((ANYWHERE, 5432)), CRIT, "database", "PostgreSQL listens at 0.0.0.0", "listen_addresses"),
    "the database in an own network": (listening((PRIVATE, 5432)), WARN, "database", "in a network of your own", "hostssl"),
    "no mail server": (lambda s: done_twice(s.mail.stop, s.mail.start), CRIT, "mail", "nobody takes mails", "systemctl enable --now postfix"),
    "something else than a mail server": (lambda s: done_twice(lambda: setattr(s.mail, "greeting", b"HTTP/1.1 400\r\n"),
                                                               lambda: setattr(s.mail, "greeting", MailServer.greeting)), CRIT, "mail", "is no mail server", "journalctl"),
    "a clock that runs by itself": (lambda s: changed(s.stands / "clock", "yes", "no"), CRIT, "clock", "not synchronised", "timedatectl set-ntp true"),
    "a disk that fills": (lambda s: changed(s.stands / "disk", "42%", "81%"), WARN, "disk", "/var/lib has 19% left", "df -h /var/lib"),
    "a disk that is all but full": (lambda s: changed(s.stands / "disk", "42%", "96%"), CRIT, "disk", "/var/log has 4% left", "journalctl --vacuum-size"),
    "a disk with room for no more files": (lambda s: changed(s.stands / "disk", " 7%", "98%"), CRIT, "disk", "/var/lib has 2% left", "df -i /var/lib"),
    "another certificate on the disk": (lambda s: changed_certificate(s), CRIT, "certificate", "does not use the certificate", "systemctl reload nginx"),
    "a certificate that ends": (lambda s: other_certificate(s, days=12), WARN, "certificate", "ends in 12 days", "certbot renew"),
    "a certificate that ends soon": (lambda s: other_certificate(s, days=3), CRIT, "certificate", "ends in 3 days", "certbot renew"),
    "a certificate for another name": (lambda s: other_certificate(s, name="other.corp.test"), CRIT, "certificate", "refuse the certificate", "fullchain"),
    "nginx gone": (lambda s: done_twice(s.front.stop, s.front.start), CRIT, "certificate", "nobody speaks TLS", "nginx -t"),
    "nginx hands the admin API on": (nginx_with(PROXY, "location ^~ /admin/ { return 200; }\n    " + PROXY), CRIT, "paths", "/admin/identities answers 200", "deploy/render"),
    "nginx redirects": (nginx_with('return 200 "first-login\\n";', "return 301 https://$host$request_uri;"), WARN, "plain", "does not give the answer", "deploy/render"),
    "a redirection of everything": (nginx_with("    location = / {", "    location ^~ /admin { return 301 https://$host$request_uri; }\n    location = / {"),
                                    CRIT, "paths", "answers 301", "deploy/render"),
    "no headers": (nginx_with('add_header Strict-Transport-Security "max-age=63072000" always;', ""), CRIT, "headers", "lacks Strict-Transport-Security", "deploy/render"),
    "cookies": (nginx_with("proxy_hide_header Set-Cookie;", 'add_header Set-Cookie "x=y";\n add_header Strict-Transport-Security "max-age=63072000";'), CRIT, "headers", "has Set-Cookie too much", "deploy/render"),
    "a page whose script does not run": (nginx_with("script-src 'sha256-", "script-src 'sha256-x"), CRIT, "page", "stops its own script", "deploy/render"),
    "no page": (nginx_with("try_files /index.html", "try_files /none.html"), CRIT, "page", "answers 404", "deploy/render"),
    "calls past the gate": (broken("past the gate"), CRIT, "gate", "calls go past the gate", "deploy/render"),
    "no robot check": (broken("no robot"), CRIT, "gate", "no challenge", "first-login-gate"),
    "no gate": (broken("gate gone"), CRIT, "gate", "answers 502", "first-login-gate"),
    "too much asked": (broken("throttled"), UNK, "gate", "too much has been asked", "wait"),
    "the store down": (broken("store"), CRIT, "store", "nobody gets a mail", "GATE_STORE"),
    "no metrics": (broken("no metrics"), CRIT, "store", "does not say whether", "GATE_METRICS"),
    "a grid too narrow": (broken("overruns"), WARN, "store", "500 of 1000", "GATE_PASSWORD_GRID"),
    "accounts told": (broken("tells"), CRIT, "secrecy", "which addresses have an account", "mitigate"),
    "the engine down": (broken("engine down"), CRIT, "calls", "answers 500", "journalctl -u kratos"),
    "no admin API": (broken("admin gone"), CRIT, "engine", "gives no answer", "systemctl status kratos"),
    "tables of an older version": (broken("migrations"), CRIT, "engine", "503", "kratos-migrate"),
    "another version": (broken("another version"), WARN, "engine", "Kratos is v27.1.0", "interop"),
    "no codes": (broken("no codes"), CRIT, "recovery", "no code can be made", "deploy/render"),
    "recovery for browsers only": (broken("browser only"), CRIT, "recovery", "a page for browsers", "use_continue_with_transitions"),
    "no session": (broken("no token"), CRIT, "recovery", "gives no session", "use_continue_with_transitions"),
    "a crash at the code": (broken("cut off"), CRIT, "recovery", "answered 502", "journalctl"),
    "another's session": (broken("another's session"), CRIT, "recovery", "not that person's", "X-Session-Token"),
    "settings without a second factor": (broken("no second factor"), CRIT, "recovery", "do not offer lookup_secret and totp", "kratos.yaml"),
    "an account that stays": (broken("stays"), CRIT, "recovery", "could not be removed", "curl -X DELETE"),
}


@contextlib.contextmanager
def changed_certificate(setup):
    kept = setup.path(setup.front.folder / "certificate.pem")
    before = kept.read_bytes()
    folder = setup.front.folder / "other"
    folder.mkdir()
    make_certificate(folder)
    shutil.copy(folder / "certificate.pem", kept)
    try:
        yield
    finally:
        kept.write_bytes(before)
        shutil.rmtree(folder)


@contextlib.contextmanager
def other_certificate(setup, **how):
    """nginx serves one that is otherwise, and the same is on the disk."""
    names = ("certificate.pem", "key.pem")
    before = {name: (setup.front.folder / name).read_bytes() for name in names}
    make_certificate(setup.front.folder, **{"name": "localhost"} | how)
    setup.front.restart()
    shutil.copy(setup.front.folder / "certificate.pem", setup.path(setup.front.folder / "certificate.pem"))
    try:
        yield
    finally:
        for name, data in before.items():
            (setup.front.folder / name).write_bytes(data)
        shutil.copy(setup.front.folder / "certificate.pem", setup.path(setup.front.folder / "certificate.pem"))
        setup.front.restart()


@case("where all is well it says so of each thing, makes one account and removes it")
def _(setup):
    code, found = setup.check()
    assert code == 0, [each for each in found if each["level"] != "OK"]
    assert {each["what"] for each in found} == {
        "site", "files", "secrets", "backup", "connections", "units", "timers", "kratos", "ports", "mail", "database", "clock", "disk", "certificate", "paths",
        "calls", "headers", "page", "plain", "gate", "store", "secrecy", "engine", "recovery"}
    assert len(setup.engine.removed) == 1 and setup.engine.people == {}
    assert re.fullmatch(r"first-login-check-[0-9a-f]{16}@localhost", setup.engine.removed[0]["traits"]["email"])


@case("each thing that can be forgotten is found, named, and comes with the next step")
def _(setup):
    failed = []
    for name, (breaks, level, what, text, then) in BROKEN.items():
        with breaks(setup):
            found = look(setup, what)
        hits = [each for each in found if each["what"] == what and text in each["text"]]
        if not hits or hits[0]["level"] != level or then not in hits[0]["then"]:
            failed.append((name, [each for each in found if each["level"] != "OK"]))
        elif any(each["level"] != "OK" and not each["then"] for each in found):
            failed.append((name, "no next step"))
        elif setup.engine.people and name != "an account that stays":
            failed.append((name, "left an account behind"))
        setup.engine.people.clear()
    assert not failed, "\n".join(f"{name}: {what}" for name, what in failed)
    code, found = setup.check()
    assert code == 0, ("the set-up is not as before", [each for each in found if each["level"] != "OK"])


@case("ended in the middle, it removes its account all the same")
def _(setup):
    for number in (signal.SIGTERM, signal.SIGINT):
        with broken("slow")(setup):
            process = subprocess.Popen(setup.argv(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda: setup.engine.people, "the account")
            process.send_signal(number)
            process.wait(30)
        assert setup.engine.people == {}, number


@case("parts that are elsewhere are not looked for, and without the walk nobody is made")
def _(setup):
    with unit("postgresql", "ActiveState=active", "ActiveState=inactive")(setup), gone(setup.path("/etc/postfix/main.cf")):
        code, found = setup.check("--only", "nginx", "--only", "gate", "--no-walk")
    assert code == 0 and not {each["what"] for each in found} & {"backup", "kratos", "mail", "database", "engine", "recovery"}, found
    before = len(setup.engine.removed)
    code, found = setup.check("--no-walk")
    assert code == 0 and len(setup.engine.removed) == before and "engine" in {each["what"] for each in found}


@case("where nothing can be asked of the computer it says so, of each thing")
def _(setup):
    with programs_in(setup.stands), gone(setup.path("/proc/net")), gone(setup.path("/etc/nginx/nginx.conf")), gone(setup.site.with_name("site.secrets")):
        done = subprocess.run([sys.executable, *setup.argv("--no-walk", "--quiet", "--only", "nginx")], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (3, ""), done
    for said in ("UNKNOWN units: systemctl says nothing about nginx", "UNKNOWN clock: ", "UNKNOWN connections: ", "UNKNOWN disk: df says nothing about /var/lib"):
        assert said in done.stdout, (said, done.stdout)


@case("in words, the worst comes first, with a line for monitoring at the top")
def _(setup):
    def said(*words):
        return subprocess.run(setup.argv(*words), capture_output=True, text=True)
    with unit("kratos", "NRestarts=0", "NRestarts=500")(setup), changed(setup.stands / "clock", "yes", "no"):
        done = said("--quiet")
    lines = done.stdout.splitlines()
    assert done.returncode == 2 and re.fullmatch(r"FIRST LOGIN CRITICAL - 1 wrong, 1 to look at, 0 not seen, \d+ well", lines[0]), done.stdout
    assert lines[1].startswith("CRITICAL clock: ") and lines[2].startswith("    ") and lines[3].startswith("WARNING "), lines
    assert not any(line.startswith("OK") for line in lines)
    assert "OK certificate: " in said().stdout
    assert said("--colour").returncode == 3
    assert "deploy/check /root/site" in said("--help").stdout


@case("what listens is read as the kernel writes it")
def _(setup):
    with socket.create_server(("127.0.0.1", 0)) as near, socket.create_server(("0.0.0.0", 0)) as far:
        place = Place(None, {}, [], pathlib.Path("/"), None, None)
        found = host.listeners(place)
        assert (ipaddress.ip_address("127.0.0.1"), near.getsockname()[1]) in found
        assert host.outside_listeners(place, near.getsockname()[1]) == set()
        assert host.outside_listeners(place, far.getsockname()[1]) == {"0.0.0.0"}
    for text, address in (("0100007F:1151", "127.0.0.1"), ("00000000000000000000000001000000:1151", "::1"), ("0000000000000000FFFF00000100007F:1151", "127.0.0.1"),
                          ("B80D0120000000000000000005000000:1151", "2001:db8::5")):
        assert host._address(text) == (ipaddress.ip_address(address), 4433), text


@case("how full a disk is, is read as df writes it")
def _(setup):
    def told(folder):
        report = Report()
        host.disk(Place(None, {}, [], folder, None, None), report)
        return [(level, what, re.sub("[0-9]+%", "%", text)) for level, what, text, _ in report.findings]
    uncounted = setup.front.folder / "uncounted"
    (uncounted / "var").mkdir(parents=True)
    (uncounted / "var" / "lib").symlink_to("/proc")  # a file system that counts neither blocks nor files
    with programs_in(os.environ["PATH"].removeprefix(f"{setup.programs}:")):
        assert {text for _, _, text in told(pathlib.Path("/"))} == {"/var/lib has % left", "/var/log has % left"}
        assert told(uncounted) == [(OK, "disk", "/var/lib has % left")]


if __name__ == "__main__":
    program("nginx")
    with SetUp() as setup:
        tap.run(setup)
