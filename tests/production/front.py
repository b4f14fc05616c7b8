# SPDX-License-Identifier: GPL-3.0-or-later
"""The real nginx with the files that deploy/render writes, on private ports, and what it finds behind it: programs that
count what reaches them. Who asks may pose as any address on the Internet."""

import contextlib
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

TESTS = pathlib.Path(__file__).resolve().parents[1]
DEPLOY = TESTS.parent / "deploy"
sys.path.insert(0, str(TESTS / "walk"))

from tap import Skip  # noqa: E402
from world import free_port, wait_for  # noqa: E402

NAME = "localhost"
FLOW = "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1"


def program(name):
    path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if not path:
        raise Skip(f"there is no {name} here")
    return path


def write_site(folder, **values):
    """A variable file of deploy/site.example with those values."""
    values = {"SERVER": NAME, "ORGANISATION": "Corp & Söner AB", "TLS_CERTIFICATE": f"{folder}/certificate.pem",
              "TLS_KEY": f"{folder}/key.pem", "LISTEN": "127.0.0.1"} | values
    text = (DEPLOY / "site.example").read_text()
    for name, value in values.items():
        text, count = re.subn(rf"(?m)^{name}=.*$", lambda _: f"{name}={value}", text)
        assert count == 1, name
    file = folder / "site"
    file.write_text(text)
    return file


def run_render(*argv):
    return subprocess.run([DEPLOY / "render", *map(str, argv)], capture_output=True, text=True)


def render(folder, site, *parts):
    """Renders below folder/out, and turns this computer's folders in it into those below: returns folder/out."""
    out = folder / "out"
    done = run_render(*(word for part in parts for word in ("--only", part)), site, out)
    assert done.returncode == 0, done.stderr
    for name in ("var/log/nginx", "run"):
        (out / name).mkdir(parents=True, exist_ok=True)
    for file in (out / "etc").rglob("*"):
        if file.is_file():
            text = re.sub(r"(?<![\w.-])(/(?:etc/nginx|etc/first-login|var/log/nginx|var/lib/first-login|usr/share/first-login)/)",
                          rf"{out}\1", file.read_text())
            file.write_text(text)
    return out


def make_certificate(folder, name=NAME, days=30):
    """A certificate that is its own authority."""
    subprocess.run([program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", str(days), "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
                    "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"], check=True, capture_output=True)


class Request:
    """What has come over a connection: the bytes before the body, and the body."""

    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        self.method, self.target, _ = self.line.split(" ")
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        self.body = body

    def __repr__(self):
        return f"{self.line} {self.headers} {self.body!r}"


def answer(status, body, *headers, kind="application/json"):
    """The bytes of an answer."""
    head = [f"HTTP/1.1 {status} Some", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


class Behind:
    """A program that keeps what reaches it in `requests`, and answers `answer`, or what `answer(request)` returns: bytes;
    None ends the connection without a word."""

    def __init__(self):
        self.requests = []
        self.answer = answer(200, b'{"ok":true}')
        self.callers = set()
        self.port = free_port()
        self.start()

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def stop(self):
        """Nobody is there any more."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for caller in list(self.callers):
            with contextlib.suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller):
        self.callers.add(caller)
        with caller, contextlib.suppress(OSError), caller.makefile("rb") as stream:
            while True:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    line = stream.readline()
                    if not line:
                        return
                    head += line
                request = Request(head[:-4], b"")
                request.body = stream.read(int(request.headers.get("content-length", 0)))
                self.requests.append(request)
                said = self.answer(request) if callable(self.answer) else self.answer
                if said is None:
                    return
                caller.sendall(said)
                if not said.startswith(b"HTTP/1.1 ") or b"Content-Length" not in said:
                    return


class Answer:
    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            assert name.lower() not in self.headers, f"two headers {name}"
            self.headers[name.lower()] = value
        if self.headers.get("transfer-encoding") == "chunked":
            whole, rest = b"", self.body
            while rest:
                size, _, rest = rest.partition(b"\r\n")
                whole, rest = whole + rest[:int(size, 16)], rest[int(size, 16) + 2:]
            self.body = whole

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body!r}"


class Front:
    """nginx, with `kratos` and `gate` behind it, or what is `behind` in their place. What is rendered has `change[0]` replaced by `change[1]`."""

    def __init__(self, gates=1, connections=512, change=None, behind=None, **values):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="first-login-front-"))
        self.folder.chmod(0o755)
        make_certificate(self.folder)
        self.kratos = Behind()
        self.gates = [Behind() for _ in range(gates)]
        self.gate = self.gates[0]
        self.https, self.http = free_port(), free_port()
        behind = behind or {"KRATOS_PUBLIC": f"127.0.0.1:{self.kratos.port}",
                            "GATE": " ".join(f"127.0.0.1:{each.port}" for each in self.gates)}
        self.site = write_site(self.folder, **{"HTTPS_PORT": self.https, "HTTP_PORT": self.http} | behind | values)
        self.out = render(self.folder, self.site, "nginx")
        for file in (self.out / "etc/nginx").rglob("*.conf") if change else []:
            file.write_text(file.read_text().replace(*change))
        self.log_folder = self.out / "var/log/nginx"
        (self.folder / "nginx.conf").write_text(f"""
daemon off;
master_process off;
pid {self.folder}/nginx.pid;
error_log {self.log_folder}/error.log;
events {{ worker_connections {connections}; }}
http {{
  {"".join(f"{kind}_temp_path {self.folder}/temp-{kind} 1 2; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))}
  access_log {self.log_folder}/access.log;
  set_real_ip_from 127.0.0.1;
  real_ip_header X-Posing-As;
  include {self.out}/etc/nginx/conf.d/*.conf;
}}
""")
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        self.process = subprocess.Popen([program("nginx"), "-c", self.folder / "nginx.conf", "-e", self.log_folder / "error.log"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

        def is_up():
            assert self.process.poll() is None, self.process.stderr.read()
            with socket.socket() as caller:
                return caller.connect_ex(("127.0.0.1", self.https)) == 0
        wait_for(is_up, "nginx")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()

    def restart(self):
        self.stop()
        self.start()

    def __exit__(self, *_):
        self.stop()
        for each in (self.kratos, *self.gates):
            with contextlib.suppress(OSError):
                each.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def context(self):
        return ssl.create_default_context(cafile=self.folder / "certificate.pem")

    def connect(self, name=NAME):
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=30)
        return self.context().wrap_socket(plain, server_hostname=name)

    def raw(self, data, plain=False):
        """Sends bytes, and returns all that comes until the connection ends."""
        caller = socket.create_connection(("127.0.0.1", self.http), timeout=30) if plain else self.connect()
        with caller:
            with contextlib.suppress(ConnectionError):
                caller.sendall(data)
            got = b""
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                while True:
                    part = caller.recv(65536)
                    if not part:
                        break
                    got += part
            return got

    def ask(self, method, target, body=None, headers=None, plain=False, posing_as=None, host=NAME):
        headers = {"Host": host, "Connection": "close", "Accept": "application/json"} | (
            {"X-Posing-As": posing_as} if posing_as else {}) | (
            {"Content-Type": "application/json", "Content-Length": str(len(body))} if body is not None else {}) | (headers or {})
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        got = self.raw(head.encode("latin-1") + (body or b""), plain)
        assert got, f"no answer to {method} {target}"
        return Answer(got)

    def seen(self):
        """What has come to those behind since the last time, as (who, request)."""
        found = [("kratos", each) for each in self.kratos.requests] + [
            ("gate", each) for gate in self.gates for each in gate.requests]
        for each in (self.kratos, *self.gates):
            each.requests.clear()
        return found

    def logs(self):
        return "".join(file.read_text(errors="replace") for file in sorted(self.log_folder.iterdir()))
