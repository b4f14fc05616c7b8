# SPDX-License-Identifier: GPL-3.0-or-later
"""A gate between the assistant and the service, that holds requests back until it is told to let them through."""

import re
import socket
import threading
import time

from world import wait_for

GRACE = 0.8  # seconds that a page has to appear without the answers that are held back
QUIET = 0.5  # seconds without a request after which nothing more is expected


class Gate:
    """Passes HTTP on, and knows what went through. Closed, it holds each request back until the next opening.

    How many round trips a click costs is then not a matter of timing: it is the number of openings that the page needed
    before it appeared. What is still held back when it is there, it did not wait for.
    """

    def __init__(self, url):
        host, _, port = url.removeprefix("http://").partition(":")
        self.upstream = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.changed = threading.Condition()
        self.closed = False
        self.held = []       # requests that wait for the gate
        self.passed = []     # requests that went through
        self.active = 0      # requests that wait for their answer
        self.connections = 0
        self.last = time.monotonic()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.listener.accept()
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, socket.create_connection(self.upstream) as server:
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                request = receive_message(client)
                if request is None:
                    return
                self._wait(name_of(request))
                server.sendall(request)
                answer = receive_message(server)
                if answer is not None:
                    client.sendall(answer)
                with self.changed:
                    self.active -= 1
                    self.last = time.monotonic()
                if answer is None:
                    return

    def _wait(self, name):
        with self.changed:
            self.active += 1
            self.last = time.monotonic()
            self.held.append(name)
            self.changed.wait_for(lambda: not self.closed or name not in self.held)
            if name in self.held:
                self.held.remove(name)
            self.passed.append(name)

    def open(self, closed=False):
        """Lets through what is held back, and from now on everything unless closed."""
        with self.changed:
            self.closed = closed
            self.held.clear()
            self.changed.notify_all()

    def is_quiet(self):
        return self.active == 0 and time.monotonic() - self.last > QUIET

    def measure(self, click, has_arrived):
        """(round trips waited for, their requests, requests in the background, new connections) of a click."""
        wait_for(self.is_quiet, "the requests before to end")
        connections = self.connections
        self.passed.clear()
        self.open(closed=True)
        click()
        round_trips = 0
        while not self._arrives(has_arrived):
            round_trips += 1
            self.open(closed=True)
        waited = list(self.passed)
        connections = self.connections - connections
        self.open()
        wait_for(self.is_quiet, "the requests in the background to end")
        return round_trips, waited, self.passed[len(waited):], connections

    def _arrives(self, has_arrived):
        """Whether the page appears with what has been let through; False as soon as it has to wait for more."""
        def decided():
            return has_arrived() or (self.held and time.monotonic() - self.last > GRACE)
        wait_for(decided, lambda: f"the page, or a request; went through: {self.passed}")
        return has_arrived()


def name_of(request):
    method, target = re.match(rb"(\S+) (\S+)", request).groups()
    return f"{method.decode()} {target.decode().partition('?')[0]}"


def receive_message(source):
    """One whole request or answer; None when the other side has hung up."""
    message = b""
    while b"\r\n\r\n" not in message:
        received = source.recv(65536)
        if not received:
            return None
        message += received
    head, _, body = message.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length.group(1)):
        received = source.recv(65536)
        if not received:
            return None
        body += received
    return head + b"\r\n\r\n" + body
