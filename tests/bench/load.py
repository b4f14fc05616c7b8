# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service costs: challenges for the robot check, and sign-ins a second."""

import json
import re
import socket
import statistics
import subprocess
import threading
import time
import urllib.request

CHALLENGES = 200
CLIENTS = 4   # twice the threads that hash, so that these have always something to do
THREADS = 2   # at which the service hashes
SECONDS = 8
ROUNDS = 5


def robot_check(url, solve):
    """(median, 95th percentile) of the milliseconds that a challenge of this service takes on one core."""
    challenges = []
    for _ in range(CHALLENGES):
        with urllib.request.urlopen(f"{url}/altcha") as answer:
            challenges.append(json.dumps(json.load(answer)))
    done = subprocess.run(["taskset", "--cpu-list", "0", solve], input="\n".join(challenges) + "\n", check=True,
                          capture_output=True, text=True).stdout.split()
    times = [float(word) for word in done]
    assert len(times) == CHALLENGES
    return statistics.median(times), statistics.quantiles(times, n=100)[94]


class Client(threading.Thread):
    """Signs in again and again over one warm connection. Plain bytes on a socket: what is measured is the service."""

    def __init__(self, url, address, password):
        super().__init__()
        self.host = url.removeprefix("http://")
        host, _, port = self.host.partition(":")
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.body = json.dumps({"method": "password", "identifier": address, "password": password}).encode()
        self.end = None
        self.done = 0
        self.failure = None

    def ask(self, request):
        self.socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.receive()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE).group(1))
        while len(body) < length:
            body += self.receive()
        assert head.split(b" ", 2)[1] == b"200", head + b"\n" + body
        return body

    def receive(self):
        received = self.socket.recv(65536)
        assert received, "the service hung up"
        return received

    def sign_in(self):
        flow = self.ask(f"GET /self-service/login/api HTTP/1.1\r\nHost: {self.host}\r\nAccept: application/json\r\n\r\n".encode())
        identifier = re.search(rb'"id":"([0-9a-f-]{36})"', flow).group(1).decode()
        self.ask((f"POST /self-service/login?flow={identifier} HTTP/1.1\r\nHost: {self.host}\r\nAccept: application/json\r\n"
                  f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n\r\n").encode() + self.body)

    def run(self):
        try:
            while time.monotonic() < self.end:
                self.sign_in()
                self.done += 1
        except Exception as failure:
            self.failure = failure


def sign_ins_once(url, address, password):
    clients = [Client(url, address, password) for _ in range(CLIENTS)]
    for client in clients:
        client.sign_in()
    begun = time.monotonic()
    for client in clients:
        client.end = begun + SECONDS
        client.start()
    for client in clients:
        client.join()
        client.socket.close()
        if client.failure is not None:
            raise client.failure
    return sum(client.done for client in clients) / (time.monotonic() - begun)


def sign_ins(url, address, password, argon2):
    """(sign-ins a second, passwords that libsodium alone checks in a second): medians of rounds by turns."""
    service, alone = [], []
    for _ in range(ROUNDS):
        service.append(sign_ins_once(url, address, password))
        alone.append(float(subprocess.run([argon2, str(THREADS), str(SECONDS)], check=True, capture_output=True,
                                          text=True).stdout))
    return statistics.median(service), statistics.median(alone)
