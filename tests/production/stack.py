# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in production, on private ports of this computer: nginx with TLS, gates, the engine behind them, PostgreSQL,
Postfix, and the organisation's mail server. Each part is started, ended and killed by itself; all end with the `with` block."""

import contextlib
import glob
import importlib.machinery
import importlib.util
import io
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "walk"))

from mail_server import MailServer  # noqa: E402
from tap import Skip  # noqa: E402
from world import free_port, wait_for  # noqa: E402

DEPLOY = TESTS.parent / "deploy"
NAME = "localhost"


def program(name, *folders):
    """Where a program of Debian's packages is; they are not all on everybody's PATH."""
    path = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin", *folders]))
    if not path:
        raise Skip(f"there is no {name} here")
    return path


def postgresql(name):
    return program(name, *sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True))


def as_user(user):
    """The words before a command that is to run as that user, where this one can become another."""
    return ["setpriv", "--reuid", user, "--regid", user, "--init-groups"] if os.geteuid() == 0 else []


def is_open(port):
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


class Part:
    """A program of the stack, with its children in a process group of their own. `is_ready` tells when it can be used,
    `number` is the signal that ends it in good order."""

    def __init__(self, stack, name, argv, is_ready, number=signal.SIGTERM, **environment):
        self.name = name
        self.argv = [str(word) for word in argv]
        self.is_ready = is_ready
        self.number = number
        self.environment = stack.environment | environment
        self.log_file = stack.folder / f"{name}.log"
        self.process = None
        stack.parts.append(self)

    def start(self):
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment, cwd="/", process_group=0)

        def is_up():
            assert self.process.poll() is None, f"{self.name} ended: {self.log()[-2000:]}"
            return self.is_ready()
        wait_for(is_up, lambda: f"{self.name}, which said {self.log()[-2000:]}")
        return self

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def end(self, number, seconds=20):
        if self.process is None:
            return
        # the first process tells its children; a group that is gone is no process any more
        self.process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self):
        self.end(self.number)

    def kill(self):
        """As a power cut does: nobody in the group is asked."""
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def restart(self):
        self.stop()
        self.start()

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""


class Stack:
    """`postgres`, `postfix`, `engine`, `gates` and `nginx` are Parts, `mail_server` is a MailServer. `url` is where people
    go, `authority` the certificate to trust for it, `mails` the folder with what has arrived."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="first-login-stack-"))
        # the servers are other users; each has a folder that is its own
        self.folder.chmod(0o711)
        keep = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")
        self.environment = {name: os.environ[name] for name in keep if name in os.environ} | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
        self.environment.setdefault("ASAN_OPTIONS", "detect_leaks=0")
        self.parts = []
        self.gates = []
        self.mails = self.folder / "mails"
        self.port = free_port()
        self.url = f"https://{NAME}:{self.port}"

    def __enter__(self):
        try:
            self.mail_server = MailServer(self.mails)
            self.prepare()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, kind, *_):
        self.end(kind is None)

    def end(self, check=False):
        try:
            for part in reversed(self.parts):
                part.stop()
            self.mail_server.__exit__()
            if check:
                self.check_logs()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def check_logs(self):
        """Nothing went wrong unseen: sanitizers, GLib."""
        for part in self.parts:
            for line in part.log().splitlines():
                assert not re.search(r"runtime error:|AddressSanitizer|-(WARNING|CRITICAL|ERROR) \*\*", line), f"{part.name}: {line}"

    def write(self, path, text, mode=0o644):
        """Writes a file below the folder; a secret is never readable by others, not even for a moment."""
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def own_folder(self, name, user):
        folder = self.folder / name
        folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder, user, user)
        return folder

    # -- the parts

    def make_certificate(self):
        """An authority, and a certificate of it for NAME."""
        words = [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"]
        tls = self.folder / "tls"
        tls.mkdir()
        self.run(*words, "-subj", "/CN=Authority of a test", "-keyout", tls / "authority.key", "-out", tls / "authority.pem")
        self.run(*words, "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-addext", "basicConstraints=critical,CA:FALSE",
                 "-CA", tls / "authority.pem", "-CAkey", tls / "authority.key", "-keyout", tls / "key.pem", "-out", tls / "certificate.pem")
        self.authority = tls / "authority.pem"

    def run(self, *argv, **environment):
        done = subprocess.run([str(word) for word in argv], env=self.environment | environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{argv}: {done.stderr}{done.stdout}"
        return done.stdout

    def start_postgres(self, folder=None, **settings):
        """PostgreSQL at a socket in self.sockets, with a database for each of its clients."""
        self.sockets = self.own_folder("sockets", "postgres")
        self.cluster = (folder or self.own_folder("postgres", "postgres")) / "cluster"
        self.run(*as_user("postgres"), postgresql("initdb"), "--pgdata", self.cluster, "--no-sync", "--auth=trust",
                 "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8")
        # what survives here is a process, not the computer
        settings = {"fsync": "off", "listen_addresses": "", "unix_socket_directories": self.sockets, "max_connections": 200} | settings
        self.postgres = Part(self, "postgres",
                             [*as_user("postgres"), postgresql("postgres"), "-D", self.cluster,
                              *(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))],
                             lambda: self.is_database_up(), number=signal.SIGINT).start()
        for name in ("kratos", "first_login_gate"):
            self.sql(f"create role {name} login", "postgres")
            self.sql(f"create database {name} owner {name}", "postgres")

    def psql(self, statement, database):
        return [postgresql("psql"), "-h", str(self.sockets), "-U", "postgres", "-d", database, "-qAtXc", statement]

    def is_database_up(self):
        return subprocess.run(self.psql("select 1", "postgres"), capture_output=True).returncode == 0

    def sql(self, statement, database):
        """What a statement answers, as text."""
        return self.run(*self.psql(statement, database)).strip()

    def start_postfix(self, **settings):
        """Postfix on self.smtp_port, which hands everything to the organisation's mail server."""
        if os.geteuid() != 0:
            raise Skip("only root can start Postfix")
        self.smtp_port = free_port()
        for name, user in (("postfix", "root"), ("postfix-queue", "root"), ("postfix-data", "postfix")):
            self.own_folder(name, user)
        settings = {
            "compatibility_level": "3.6",
            "queue_directory": self.folder / "postfix-queue",
            "data_directory": self.folder / "postfix-data",
            "maillog_file": self.folder / "postfix.log",
            "maillog_file_prefixes": self.folder,
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "myhostname": "gate.flexhrm.example",
            "mydestination": "",
            "mynetworks": "127.0.0.1/32",
            "relayhost": f"[127.0.0.1]:{self.mail_server.port}",
            "smtp_tls_security_level": "none",
            "smtpd_tls_security_level": "none",
            "alias_maps": "",
            "alias_database": "",
            "local_recipient_maps": "",
        } | settings
        self.write("postfix/main.cf", "".join(f"{name} = {value}\n" for name, value in settings.items()))
        services = subprocess.run(["sed", "-E", "s/^#.*//; s/^smtp( +)inet/127.0.0.1:%d inet/; s/^(\\S+ +\\S+ +\\S+ +\\S+ +)y /\\1n /"
                                   % self.smtp_port, "/etc/postfix/master.cf"], capture_output=True, text=True, check=True).stdout
        self.write("postfix/master.cf", services)
        self.run(program("postfix"), "-c", self.folder / "postfix", "check")
        # itself, and without a session of its own: behind “postfix start-fg” it would be in another process group
        master = pathlib.Path(self.run(program("postconf"), "-dh", "daemon_directory").strip()) / "master"
        self.postfix = Part(self, "postfix", [master, "-c", self.folder / "postfix", "-d"],
                            lambda: is_open(self.smtp_port)).start()

    def queue(self):
        """How many mails wait in Postfix."""
        return len(self.run(program("postqueue"), "-c", self.folder / "postfix", "-j").splitlines())

    def start_training(self, programs, accounts, config=""):
        """The training service in the engine's place, which hands its mails to Postfix."""
        port = free_port()
        folder = self.folder / "engine"
        folder.mkdir()
        self.write("engine/accounts.json", json.dumps(accounts))
        self.write("engine/service.conf", f"{config}\n[mail]\nlanding={self.url}/reset\n")
        self.engine_port = port
        self.engine = Part(self, "engine", [
            programs.service, "--listen", f"127.0.0.1:{port}", "--database", folder / "service.db", "--accounts", folder / "accounts.json",
            "--config", folder / "service.conf", "--smtp", f"smtp://127.0.0.1:{self.smtp_port}"], lambda: is_open(port)).start()

    def render(self, **values):
        """Writes what deploy/render makes of the one variable file, below self.server as below /."""
        self.server = self.folder / "server"
        self.server.mkdir()
        self.plain_port = free_port()
        values = {
            "SERVER": NAME,
            "ORGANISATION": "Flex Lön & HRM",
            "TLS_CERTIFICATE": self.folder / "tls" / "certificate.pem",
            "TLS_KEY": self.folder / "tls" / "key.pem",
            "LISTEN": "127.0.0.1",
            "HTTPS_PORT": self.port,
            "HTTP_PORT": self.plain_port,
            "KRATOS_PUBLIC": f"127.0.0.1:{self.engine_port}",
        } | values
        lines = (DEPLOY / "site.example").read_text(encoding="utf-8").splitlines()
        site = self.server / "site"
        site.write_text("".join(f"{name}={values.get(name, value)}\n" for name, mark, value in (line.partition("=") for line in lines)
                                if mark and not name.startswith("#")), encoding="utf-8")
        sys.path.insert(0, str(DEPLOY))
        loader = importlib.machinery.SourceFileLoader("render", str(DEPLOY / "render"))
        renderer = importlib.util.module_from_spec(importlib.util.spec_from_loader("render", loader))
        loader.exec_module(renderer)
        # this computer need not know the users of the services
        renderer.find_owners = lambda files: {}
        with contextlib.redirect_stdout(io.StringIO()):
            renderer.render(site, self.server, [], False)

    def place(self, path):
        """The text of a rendered file, with the folders that it names moved to where they were rendered."""
        text = (self.server / path).read_text(encoding="utf-8")
        return re.sub(r"(?<![\w/.])/(etc|usr/share|var/lib|var/log)/(?=first-login|nginx)", rf"{self.server}/\1/", text)

    def start_nginx(self):
        """nginx as Debian has it, with the rendered files."""
        (self.server / "var/log/nginx").mkdir(parents=True)
        for path in (self.server / "etc/nginx").rglob("*.conf"):
            path.write_text(self.place(path), encoding="utf-8")
        configuration = self.write("nginx.conf", f"""
daemon off;
{"user www-data;" if os.geteuid() == 0 else ""}
error_log {self.folder}/nginx.log;
pid {self.folder}/nginx.pid;
worker_processes 2;
events {{ worker_connections 768; }}
http {{
  include /etc/nginx/mime.types;
  include {self.server}/etc/nginx/conf.d/*.conf;
}}
""")
        self.nginx = Part(self, "nginx", [program("nginx"), "-c", configuration, "-g", f"error_log {self.folder}/nginx.log;"],
                          lambda: is_open(self.port)).start()
