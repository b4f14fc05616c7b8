# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks for walks: the way to a server with whatever is wrong on it (Way), a browser that only writes down what it is
asked to open (browse), and a network, names and trust of a walk's own (isolate)."""

import contextlib
import os
import pathlib
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

from world import wait_for

CERTIFICATES = pathlib.Path(__file__).resolve().parent.parent / "soak" / "certificates"
SERVER = "login.flexhrm.example"


class Way:
    """A port through which a server is reached. Whatever is on the way is changed at any time by set(), which cuts all
    connections that there are:

    answer       these bytes instead of what the server says
    is_shut      whoever comes is cut off at once
    is_silent    whoever comes is heard, and never answered
    certificate  TLS is spoken, with that one of tests/soak/certificates
    """

    def __init__(self, target=None, port=0, **wrong):
        self.target = target
        self.lock = threading.Lock()
        self.open = set()
        self.calls = 0
        self.set(**wrong)
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def set(self, answer=None, is_shut=False, is_silent=False, certificate=None):
        self.answer, self.is_shut, self.is_silent = answer, is_shut, is_silent
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        with self.lock:
            for each in self.open:
                # a file descriptor is closed by whoever reads from it
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def __enter__(self):
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.set(is_shut=True)

    def listen(self):
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self.listener.accept()
                self.calls += 1
                threading.Thread(target=self.serve, args=[caller], daemon=True).start()

    def serve(self, caller):
        with caller, contextlib.suppress(OSError):
            with self.lock:
                self.open.add(caller)
            try:
                self.treat(caller)
            finally:
                with self.lock:
                    self.open.discard(caller)

    def treat(self, caller):
        answer = self.answer
        if self.is_shut:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if self.is_silent:
            while caller.recv(4096):
                pass
            return
        if self.context:
            inner = self.context.wrap_socket(caller, server_side=True)
            with self.lock:
                self.open.discard(caller)
                self.open.add(inner)
            caller = inner
        if answer is None:
            self.hand_on(caller)
            return
        caller.recv(65536)
        caller.sendall(answer)
        caller.shutdown(socket.SHUT_WR)
        while caller.recv(4096):
            pass

    def hand_on(self, caller):
        """Connects to the server, and hands on what either says."""
        with socket.create_connection(self.target) as server:
            back = threading.Thread(target=self.copy, args=[server, caller], daemon=True)
            back.start()
            self.copy(caller, server)
            back.join()

    @staticmethod
    def copy(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def answer(head, body="", **headers):
    """An HTTP answer, as bytes."""
    lines = [f"HTTP/1.1 {head}", f"Content-Length: {len(body.encode())}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def browse(desk):
    """Gives the desk a browser. Returns a function that waits for what it is asked to open."""
    applications = pathlib.Path(desk.environment["XDG_DATA_HOME"]) / "applications"
    applications.mkdir(parents=True, exist_ok=True)
    opened = desk.folder / "opened"
    script = desk.folder / "browser"
    script.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}.new && mv {opened}.new {opened}\n')
    script.chmod(0o755)
    (applications / "browser.desktop").write_text(f"[Desktop Entry]\nType=Application\nName=Browser\nExec={script} %u\n"
                                                  "MimeType=x-scheme-handler/http;x-scheme-handler/https;\n")
    for folder in (applications, pathlib.Path(desk.environment["XDG_CONFIG_HOME"])):
        (folder / "mimeapps.list").write_text("[Default Applications]\nx-scheme-handler/http=browser.desktop\n"
                                              "x-scheme-handler/https=browser.desktop\n")

    def wait_opened():
        wait_for(opened.exists, "the browser to be asked")
        return opened.read_text()
    return wait_opened


def isolate():
    """Goes on in a network of its own, with nothing but a loopback, where the server's name and certificates are known;
    returns whether that can be had."""
    if os.environ.get("FIRST_LOGIN_ISOLATED"):
        return True
    if not shutil.which("unshare") or not shutil.which("ip"):
        return False
    if subprocess.run(["unshare", "-rnm", "ip", "link", "set", "lo", "up"], capture_output=True).returncode != 0:
        return False

    with tempfile.TemporaryDirectory(prefix="first-login-network-") as name:
        folder = pathlib.Path(name)
        (folder / "hosts").write_text(f"127.0.0.1 localhost\n127.0.0.1 {SERVER}\n")
        (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        (folder / "authorities.pem").write_bytes((CERTIFICATES / "authority.pem").read_bytes())
        # getaddrinfo leaves IPv4 out where nothing but the loopback has it
        script = (f"mount --bind {folder}/hosts /etc/hosts && mount --bind {folder}/resolv.conf /etc/resolv.conf && "
                  f"mount --bind {folder}/authorities.pem /etc/ssl/certs/ca-certificates.crt && "
                  'ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec "$@"')
        environment = os.environ | {"FIRST_LOGIN_ISOLATED": name}
        sys.stdout.flush()
        sys.exit(subprocess.run(["unshare", "-rnm", "sh", "-c", script, "sh", sys.executable, *sys.argv],
                                env=environment).returncode)


def know_server(known):
    """Whether the server's name is known, from now on."""
    path = pathlib.Path(os.environ["FIRST_LOGIN_ISOLATED"]) / "hosts"
    path.write_text("127.0.0.1 localhost\n" + (f"127.0.0.1 {SERVER}\n" if known else ""))


def trust(path):
    """Which authority the system trusts, and no other: whoever starts from now on."""
    (pathlib.Path(os.environ["FIRST_LOGIN_ISOLATED"]) / "authorities.pem").write_bytes(path.read_bytes())


def connect(connected):
    """Whether this computer has a network, from now on."""
    subprocess.run(["ip", "route", "replace" if connected else "del", "default", "dev", "lo"], check=True)
