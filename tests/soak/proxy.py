# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy between assistant and service that can lie, and that remembers every request. What it does to them is said by
a Fault (see faults.py), which strikes from the moment that it is armed until it is mended."""

import contextlib
import http.client
import pathlib
import re
import socket
import ssl
import threading

HOST = "login.flexhrm.example"
CERTIFICATES = pathlib.Path(__file__).resolve().parent / "certificates"
PATIENCE = 60  # seconds after which a silence ends by itself, lest a thread outlive its walk


class Exchange:
    """One request, what the service said to it if it ever got it, and during which press of a button it came."""

    def __init__(self, press, method, target, headers, body):
        self.press = press
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.answers = []

    def is_mail(self):
        """Whether it asks for a mail."""
        return self.method == "POST" and self.target.startswith("/self-service/recovery?") and b'"email"' in self.body


class Answer:
    def __init__(self, status, reason, headers, content):
        self.status = status
        self.reason = reason
        self.headers = headers
        self.content = content

    def head(self):
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{name}: {value}" for name, value in self.headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def raw(self):
        return self.head() + self.content

    def tell_messages(self):
        """The ids of errors and of messages in it that refuse."""
        return [found.decode() for found in re.findall(rb'"id":"?([45]\d{6}|[a-z][a-z0-9_]+)\b', self.content)]


DOORSTEP = Answer(404, "Not Found", [("Content-Length", "0")], b"")


@contextlib.contextmanager
def black_hole(family, address, port):
    """Has a port neither accept nor refuse: its queue is full."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket(family))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(4):
            caller = sockets.enter_context(socket.socket(family))
            caller.setblocking(False)
            caller.connect_ex((address, port))
        yield


class Line:
    """One connection of the assistant."""

    def __init__(self, proxy, stream):
        self.proxy = proxy
        self.stream = stream
        self.buffer = b""

    def read_request(self):
        """The next request, or None when there is none any more."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.fill():
                return None
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [tuple(line.split(": ", 1)) for line in lines]
        length = int(dict((name.lower(), value) for name, value in headers).get("content-length", 0))
        while len(self.buffer) < length:
            if not self.fill():
                return None
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        method, target, _ = first.split(" ")
        return Exchange(self.proxy.press, method, target, headers, body)

    def fill(self):
        data = self.stream.recv(65536)
        self.buffer += data
        return bool(data)

    def send(self, data):
        self.stream.sendall(data)

    def hang(self):
        """Says nothing until the other side gives up."""
        self.stream.settimeout(PATIENCE)
        while self.stream.recv(65536):
            pass

    def hand_on(self, exchange):
        """What the service says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.service, timeout=PATIENCE)
        connection.request(exchange.method, exchange.target, exchange.body or None, dict(exchange.headers))
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        headers = [(name, value) for name, value in reply.getheaders()
                   if name.lower() not in ("transfer-encoding", "content-length", "connection")]
        answer = Answer(reply.status, reply.reason, [*headers, ("Content-Length", str(len(content)))], content)
        exchange.answers.append(answer)
        return answer


class Hangup(Exception):
    """The line is cut here."""


class Proxy:
    """Listens at self.url for the service at that port of this computer."""

    def __init__(self, service, encrypted, clock):
        self.service = service
        self.clock = clock
        self.encrypted = encrypted
        self.exchanges = []
        self.fault = None
        self.press = 0
        self.active = 0
        self.streams = set()
        self.changed = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.door = socket.create_server(("127.0.0.1", 0))
        self.doorstep = self.door.getsockname()[1]
        self.url = f"{'https' if encrypted else 'http'}://{HOST}:{self.port}"
        self.start(self.listener, self.serve)
        self.start(self.door, self.answer_door)

    def start(self, listener, serve):
        def accept():
            with contextlib.suppress(OSError):
                while True:
                    stream, _ = listener.accept()
                    threading.Thread(target=serve, args=(stream,), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()

    def answer_door(self, stream):
        """The server's port for plain HTTP."""
        fault = self.fault
        with contextlib.suppress(OSError), contextlib.closing(stream):
            stream.recv(4096)
            stream.sendall((fault.at_door(self.clock()) if fault is not None else DOORSTEP).raw())

    def serve(self, stream):
        with contextlib.suppress(OSError, Hangup), contextlib.closing(stream):
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            fault = self.fault
            if fault is not None and fault.on_line:
                fault.struck += 1
                with self.known(stream):
                    fault.on_line(self, stream)
                return
            certificate = fault.certificate if fault is not None and fault.certificate else "good"
            if certificate != "good":
                fault.struck += 1
            with self.dress(stream, certificate) as dressed, self.known(dressed):
                if self.fault is fault:
                    self.converse(Line(self, dressed))

    @contextlib.contextmanager
    def known(self, stream):
        """While it can be cut from outside."""
        with self.changed:
            self.streams.add(stream)
        try:
            yield
        finally:
            with self.changed:
                self.streams.discard(stream)

    def dress(self, stream, certificate):
        if not self.encrypted:
            return contextlib.nullcontext(stream)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        return context.wrap_socket(stream, server_side=True)

    def converse(self, line):
        while (exchange := line.read_request()) is not None:
            with self.changed:
                self.exchanges.append(exchange)
                self.active += 1
                fault = self.fault
            try:
                if fault is not None and fault.on_request and fault.strikes():
                    fault.on_request(line, exchange)
                else:
                    line.send(line.hand_on(exchange).raw())
            finally:
                with self.changed:
                    self.active -= 1
                    self.changed.notify_all()

    def drop_lines(self):
        """Cuts every connection, so that what comes next needs a new one."""
        with self.changed:
            streams = list(self.streams)
        for stream in streams:
            with contextlib.suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def refusing(self):
        """While nobody listens here. Somebody has the port all the same, lest another test be given it."""
        self.shut(self.listener)
        with socket.socket() as keeper:
            keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            keeper.bind(("127.0.0.1", self.port))
            yield
            self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.start(self.listener, self.serve)

    @contextlib.contextmanager
    def full(self):
        """While connections are neither accepted nor refused."""
        with self.refusing():
            with black_hole(socket.AF_INET, "127.0.0.1", self.port):
                yield

    @staticmethod
    def shut(listener):
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()

    def quiet(self):
        """Waits until something has been asked, and nothing is under way."""
        with self.changed:
            self.changed.wait_for(lambda: self.exchanges and self.active == 0, PATIENCE)

    def close(self):
        self.shut(self.listener)
        self.shut(self.door)
        self.drop_lines()
