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


def load(path):
    """A program of ours as a module."""
    sys.path.insert(0, str(path.parent))
    loader = importlib.machinery.SourceFileLoader(path.name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(path.name, loader))
    loader.exec_module(module)
    return module


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

    def children(self):
        pid = self.process.pid
        return set(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())

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
    """`postgres`, `postfix`, `engines`, `gates` and `nginx` are Parts, `mail_server` is a MailServer. `url` is where people
    go, `authority` the certificate to trust for it, `mails` the folder with what has arrived. Which of it there is, prepare()
    says; so many `hosts` have an engine and a gate each."""

    def __init__(self, hosts=1):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="first-login-stack-"))
        # the servers are other users; each has a folder that is its own
        self.folder.chmod(0o711)
        keep = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")
        self.environment = {name: os.environ[name] for name in keep if name in os.environ} | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
        self.environment.setdefault("ASAN_OPTIONS", "detect_leaks=0")
        self.parts = []
        self.gates = []
        self.mails = self.folder / "mails"
        self.server = self.folder / "server"
        self.port, self.plain_port, self.database_port, self.smtp_port = (free_port() for _ in range(4))
        self.engine_ports, self.admin_ports, self.gate_ports, self.metrics_ports = (
            [free_port() for _ in range(hosts)] for _ in range(4))
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
                assert not re.search(r"runtime error:|AddressSanitizer|-(CRITICAL|ERROR) \*\*", line), f"{part.name}: {line}"

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

    def render(self, **values):
        """Writes what deploy/render makes of the one variable file, below self.server as below /."""
        def all_of(ports):
            return " ".join(f"127.0.0.1:{port}" for port in ports)

        values = {
            "SERVER": NAME,
            "ORGANISATION": "Flex Lön & HRM",
            "TLS_CERTIFICATE": self.folder / "tls" / "certificate.pem",
            "TLS_KEY": self.folder / "tls" / "key.pem",
            "LISTEN": "127.0.0.1",
            "HTTPS_PORT": self.port,
            "HTTP_PORT": self.plain_port,
            "KRATOS_PUBLIC": all_of(self.engine_ports),
            "KRATOS_ADMIN": all_of(self.admin_ports[:1]),
            "GATE": all_of(self.gate_ports),
            "GATE_METRICS": all_of(self.metrics_ports[:1]),
            "KRATOS_DATABASE": f"postgres://kratos@/kratos?host={self.folder}/sockets&port={self.database_port}",
            "MAIL_PORT": self.smtp_port,
        } | values
        self.server.mkdir()
        site = self.server / "site"
        lines = (line.partition("=") for line in (DEPLOY / "site.example").read_text(encoding="utf-8").splitlines()
                 if "=" in line and not line.startswith("#"))
        site.write_text("".join(f"{name}={values.get(name, value)}\n" for name, _, value in lines), encoding="utf-8")
        renderer = load(DEPLOY / "render")
        # this computer need not know the users of the services
        renderer.find_owners = lambda files: {}
        with contextlib.redirect_stdout(io.StringIO()):
            renderer.render(site, self.server, [], False)
        # what names folders of the computer names those below
        for path in (self.server / "etc").rglob("*"):
            if path.is_file():
                text = path.read_text(encoding="utf-8")
                path.write_text(re.sub(r"(?<![\w.-])(?<![^/]/)/(etc|usr/share|var/lib|var/log)/(?=first-login|nginx)", rf"{self.server}/\1/", text),
                                encoding="utf-8")

    def start_postgres(self, folder=None, **settings):
        """PostgreSQL at a socket in self.sockets, with the database of Kratos and of the gates."""
        self.sockets = self.own_folder("sockets", "postgres")
        self.cluster = (folder or self.own_folder("postgres", "postgres")) / "cluster"
        self.run(*as_user("postgres"), postgresql("initdb"), "--pgdata", self.cluster, "--no-sync", "--auth=trust",
                 "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8")
        # what survives here is a process, not the computer
        settings = {"fsync": "off", "listen_addresses": "", "port": self.database_port, "unix_socket_directories": self.sockets,
                    "max_connections": 200} | settings
        self.postgres = Part(self, "postgres",
                             [*as_user("postgres"), postgresql("postgres"), "-D", self.cluster,
                              *(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))],
                             self.is_database_up, number=signal.SIGINT).start()
        self.run(*self.psql("postgres"), "--file", DEPLOY / "postgresql" / "roles.sql")
        self.run(*self.psql("kratos"), "--file", DEPLOY / "gate" / "store.sql")

    def psql(self, database):
        return [postgresql("psql"), "-h", str(self.sockets), "-p", str(self.database_port), "-U", "postgres", "-d", database, "-qAtX",
                "--set", "ON_ERROR_STOP=1"]

    def is_database_up(self):
        return subprocess.run([*self.psql("postgres"), "-c", "select 1"], capture_output=True).returncode == 0

    def sql(self, statement, database="kratos"):
        """What a statement answers, as text."""
        return self.run(*self.psql(database), "-c", statement).strip()

    def start_postfix(self, **settings):
        """The rendered Postfix on self.smtp_port, which hands everything to the organisation's mail server. Only root can start
        one; for anybody else the mail server is in its place."""
        self.postfix = None
        if os.geteuid() != 0:
            self.smtp_port = self.mail_server.port
            return
        for name, user in (("postfix-queue", "root"), ("postfix-data", "postfix")):
            self.own_folder(name, user)
        # the mail server here has no certificate, and the log is a file
        settings = {
            "queue_directory": self.folder / "postfix-queue",
            "data_directory": self.folder / "postfix-data",
            "maillog_file": self.folder / "postfix.log",
            "maillog_file_prefixes": self.folder,
            "inet_interfaces": "127.0.0.1",
            "relayhost": f"[127.0.0.1]:{self.mail_server.port}",
            "smtp_tls_security_level": "none",
        } | settings
        configuration = self.server / "etc" / "postfix"
        self.run(program("postconf"), "-c", configuration, *(f"{name}={value}" for name, value in settings.items()))
        self.run(program("postfix"), "-c", configuration, "check")
        # itself, and without a session of its own: behind “postfix start-fg” it would be in another process group
        master = pathlib.Path(self.run(program("postconf"), "-dh", "daemon_directory").strip()) / "master"
        self.postfix = Part(self, "postfix", [master, "-c", configuration, "-d"], lambda: is_open(self.smtp_port)).start()

    def queue(self):
        """How many mails wait in Postfix."""
        return len(self.run(program("postqueue"), "-c", self.server / "etc" / "postfix", "-j").splitlines())

    def start_training(self, program, accounts, config="", **environment):
        """The training service in the engine's place, which hands its mails to Postfix."""
        folder = self.folder / "engine"
        self.write("engine/accounts.json", json.dumps(accounts))
        # throttling is the gates' work
        self.write("engine/service.conf", f"[robot]\nenabled=false\n[throttle]\nenabled=false\n[mail]\nlanding={self.url}/reset\n{config}")
        port = self.engine_ports[0]
        self.engines = [Part(self, "engine", [
            program, "--listen", f"127.0.0.1:{port}", "--database", folder / "service.db", "--accounts", folder / "accounts.json",
            "--config", folder / "service.conf", "--smtp", f"smtp://127.0.0.1:{self.smtp_port}"],
            lambda: is_open(port), **environment).start()]

    def start_kratos(self, kratos, **environment):
        """Ory Kratos as rendered, on every host, and one courier."""
        configurations = [word for name in ("kratos.yaml", "secrets.yaml") for word in ("-c", self.find(name))]
        environment = {"SQA_OPT_OUT": "true"} | environment
        owner = f"postgres://kratos_owner@/kratos?host={self.sockets}&port={self.database_port}"
        self.run(kratos, "migrate", "sql", "-e", "--yes", *configurations, **environment | {"DSN": owner})
        self.engines = []
        for number, (public, admin) in enumerate(zip(self.engine_ports, self.admin_ports)):
            self.engines.append(Part(
                self, f"kratos-{number}", [kratos, "serve", *configurations],
                lambda public=public, admin=admin: is_open(public) and is_open(admin), **environment,
                SERVE_PUBLIC_PORT=str(public), SERVE_ADMIN_PORT=str(admin)).start())
        self.courier = Part(self, "courier", [kratos, "courier", "watch", *configurations], lambda: True, **environment).start()

    def find(self, name):
        """The rendered file of that name."""
        path, = (self.server / "etc").rglob(name)
        return path

    def start_gates(self, program, store=None, **environment):
        """A gate on every host: each with the rendered file but for its ports; `store` is where they keep what they know."""
        self.gates = []
        for number, (port, metrics, engine) in enumerate(zip(self.gate_ports, self.metrics_ports, self.engine_ports * len(self.gate_ports))):
            own = {"LISTEN": f"127.0.0.1:{port}", "METRICS": f"127.0.0.1:{metrics}", "UPSTREAM": f"http://127.0.0.1:{engine}",
                   "STORE": store or self.folder / "gate.db", "KEY_FILE": self.find("gate.key")}
            text = re.sub(r"(?m)^(\w+)=.*$", lambda line: f"{line[1]}={own[line[1]]}" if line[1] in own else line[0],
                          self.find("gate.conf").read_text(encoding="utf-8"))
            configuration = self.write(f"gate-{number}.conf", text)
            self.gates.append(Part(self, f"gate-{number}", [program, "--config", configuration],
                                   lambda port=port: is_open(port), **environment).start())

    def shared_store(self):
        """The address of the store of several gates."""
        return f"postgresql:///kratos?host={self.sockets}&port={self.database_port}&user=first_login_gate"

    def start_nginx(self):
        """nginx as Debian has it, with the rendered files."""
        (self.server / "var/log/nginx").mkdir(parents=True)
        configuration = self.write("nginx.conf", f"""
daemon off;
{"user www-data;" if os.geteuid() == 0 else ""}
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
