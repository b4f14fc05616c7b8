# SPDX-License-Identifier: GPL-3.0-or-later
"""The training service under attack: crowds, slow clients, floods, guessing, full disks, kills, and the clock of whoever
listens. The fast and exact cases are in tests/service (attack, disk, limits, http)."""

import collections
import concurrent.futures
import contextlib
import http.client
import json
import math
import multiprocessing
import os
import pathlib
import re
import resource
import select
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time
import types

import service_ledger
from screen import open_guide
from service_host import (ACCOUNTS, ANNA, ERIK, MAJA, MAJA_ACCOUNT, OPEN, PASSWORD, SECRET, Answer, Service, Wire, solve, totp)
from world import Desk, World

LIMIT = 64 * 1024
NO_ROBOT = {"robot": {"enabled": "false"}}
GONE = (OSError, http.client.HTTPException)


class Client:
    """One warm connection, as the assistant has; `seconds` is the time that the last answer took."""

    def __init__(self, service):
        self.wire = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        self.wire.connect()
        self.wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seconds = 0.0

    def ask(self, method, path, body=None, token=None, headers=None, chunked=False):
        headers = {"Accept": "application/json", **(headers or {})}
        if token:
            headers["X-Session-Token"] = token
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        began = time.perf_counter()
        self.wire.request(method, path, iter([body]) if chunked else body, headers, encode_chunked=chunked)
        answer = self.wire.getresponse()
        data = answer.read()
        self.seconds = time.perf_counter() - began
        return Answer(answer.status, answer.headers, data)

    def flow(self, kind, query="", token=None):
        return self.ask("GET", f"/self-service/{kind}/api{query}", token=token).body["id"]

    def submit(self, kind, flow, body, token=None, headers=None):
        return self.ask("POST", f"/self-service/{kind}?flow={flow}", body, token, headers)

    def sign_in(self, address, password):
        return self.submit("login", self.flow("login"), {"method": "password", "identifier": address, "password": password})

    def close(self):
        self.wire.close()


class Scene:
    """A service to attack, and what came of it."""

    def __init__(self, report, programs, config=None, accounts=None, **popen):
        self.report = report
        self.words = tempfile.TemporaryFile("w+")
        self.service = Service(str(programs.service), config, accounts, program=True, stderr=self.words, **popen)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.service.remove()
        self.words.seek(0)
        for line in self.words:
            if re.search(r"runtime error:|AddressSanitizer|-(CRITICAL|ERROR) \*\*", line):
                self.report.row("what the service says of itself", 1, line.strip(), 1)
                break
        self.words.close()

    def memory(self):
        """Resident, in MB."""
        with open(f"/proc/{self.service.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

    def disk(self):
        """The database with its log, in MB."""
        return sum(os.path.getsize(path) for path in (self.service.database, self.service.database + "-wal")
                   if os.path.exists(path)) / 2**20

    def median(self, times=50):
        """Milliseconds that a small answer takes, over a new connection each."""
        spent = []
        for _ in range(times):
            began = time.perf_counter()
            self.service.get("/health/alive")
            spent.append(time.perf_counter() - began)
        return 1000 * statistics.median(spent)


def guide(service, client, address, new_password):
    """A new hire's whole way by HTTP, robot check and all; a refusal that names a time is waited for."""
    def patiently(question):
        while (answer := question()).status == 503:
            time.sleep(int(answer.headers["Retry-After"]))
        return answer

    login = client.flow("login")
    assert client.submit("login", login, {"method": "identifier_first", "identifier": address}).node("password")
    flow = client.flow("recovery")
    solved = solve(client.ask("GET", "/altcha").body)
    answer = client.submit("recovery", flow, {"method": "code", "email": address, "transient_payload": {"flow": flow}},
                           headers={"X-Altcha": solved})
    assert answer.ids() == [1060003], answer.data
    code = None
    while code is None:
        time.sleep(0.02)
        code = next((code for _, named, code in service.letters() if named == flow), None)
    keep, show = client.submit("recovery", flow, {"method": "code", "code": code}).body["continue_with"]
    token, settings = keep["ory_session_token"], show["flow"]["id"]

    def change(**body):
        return patiently(lambda: client.submit("settings", settings, body, token))

    page = change(method="password", password=new_password)
    assert page.ids() == [1050001], page.data
    secret = page.node("totp_secret_key")["attributes"]["text"]["text"]
    assert change(method="totp", totp_code=totp(secret, time.time())).ids() == [1050001]
    codes = change(method="lookup_secret", lookup_secret_regenerate=True).node("lookup_secret_codes")
    assert len(codes["attributes"]["text"]["context"]["secrets"]) == 12
    assert change(method="lookup_secret", lookup_secret_confirm=True).ids() == [1050001]
    session = client.ask("GET", "/sessions/whoami", token=token).body
    assert session["authenticator_assurance_level"] == "aal2"
    assert client.ask("DELETE", "/self-service/logout/api", {"session_token": token}).status == 204
    again = Client(service)
    assert patiently(lambda: again.sign_in(address, new_password)).status == 200
    again.close()


@contextlib.contextmanager
def hammered(service, tally):
    """200 clients, each on a warm connection, ask one question after the other meanwhile; answers are counted."""
    over = threading.Event()

    def hammer(number):
        client = Client(service)
        try:
            while not over.is_set():
                if number % 3 == 0:
                    status = client.sign_in(ERIK, "wrong wrong wrong").status
                elif number % 3 == 1:
                    status = client.submit("recovery", client.flow("recovery"), {"method": "code", "email": ERIK}).status
                else:
                    status = client.ask("GET", "/sessions/whoami", token="ory_st_nobody").status
                tally[status] += 1
        except GONE:
            tally["cut off"] += 1
        client.close()

    people = [threading.Thread(target=hammer, args=(number,)) for number in range(200)]
    for person in people:
        person.start()
    while sum(tally.values()) < 200:
        time.sleep(0.05)
    yield
    over.set()
    for person in people:
        person.join()


def crowd(report, programs):
    """200 clients at once while one person goes through the guide."""
    with Scene(report, programs, {"throttle": {"enabled": "false"}}) as scene:
        tally, failed, why = collections.Counter(), 0, ""
        with hammered(scene.service, tally):
            began = time.monotonic()
            try:
                guide(scene.service, Client(scene.service), ANNA, "a password of her own")
            except Exception as trouble:
                failed, why = 1, f" ({trouble!r})"
            spent = time.monotonic() - began
        odd = sum(count for status, count in tally.items() if status not in (400, 401, 503))
        report.row("the whole guide by HTTP while 200 clients ask at once", 1,
                   f"through with two-factor after {spent:.1f} s{why}", failed)
        report.row("questions of the 200 meanwhile", sum(tally.values()), "each answered: " + ", ".join(
            f"{count} × {status}" for status, count in sorted(tally.items(), key=str)), odd)


def hammer_for_ever(port):
    with hammered(types.SimpleNamespace(port=port), collections.Counter()):
        time.sleep(3600)


def window(report, programs):
    """The same in the real window; the crowd is a process of its own, so that it does not slow down who looks at it."""
    with World() as world, Desk(world, programs, "[throttle]\nenabled=false\n") as desk:
        crowd = multiprocessing.get_context("fork").Process(target=hammer_for_ever, args=(int(desk.url.rpartition(":")[2]),))
        crowd.start()
        began, failed, why = time.monotonic(), 0, ""
        try:
            page = open_guide(desk)
            page.begin()
            page.give_address(ANNA)
            page.forget_password()
            desk.hand_over(page.ask_for_mail().deep_link)
            page.choose_password("lantern orbit thistle")
            page.scan()
            page.activate()
            page.recovery_codes()
            page.keep_codes()
            page.wait_page("All set")
        except Exception as trouble:
            failed, why = 1, f" ({trouble!r})"
        finally:
            crowd.kill()
            crowd.join()
        report.row("the whole guide in the window while 200 clients ask at once", 1,
                   f"All set after {time.monotonic() - began:.0f} s{why}", failed)


def slow(report, programs):
    """Sockets that say nothing, that say a byte now and then, that ask and never read; somebody signs in in between."""
    with Scene(report, programs, OPEN) as scene:
        service, chance, over = scene.service, report.chance("slow"), threading.Event()
        tally = collections.Counter()
        before, ends = scene.memory(), []

        def drip(kind):
            """Keeps one connection as slowly as it can; a new one when it has been ended."""
            while not over.is_set():
                try:
                    with socket.create_connection(("127.0.0.1", service.port), 60) as wire:
                        tally[kind] += 1
                        began = time.monotonic()
                        wire.setblocking(False)
                        text = {"silent": b"", "asks and never reads": Wire.GET.encode() * 2000,
                                "headers by the byte": Wire.GET.replace("\r\n\r\n", "\r\nX: " + "x" * 500).encode(),
                                "body by the byte": (Wire.POST.format("x") + "Content-Length: 60000\r\n\r\n").encode()
                                + b" " * 500}[kind]
                        at = 0
                        while not over.is_set():
                            readable = [] if kind == "asks and never reads" else [wire]
                            if select.select(readable, [], [], 0.1 + chance.random() / 5)[0]:
                                if not wire.recv(65536):
                                    break
                            try:
                                if kind == "asks and never reads":
                                    wire.send(text)
                                elif text:
                                    wire.send(text[at:at + 1])
                                    at += 1
                            except BlockingIOError:
                                pass
                        ends.append(time.monotonic() - began)
                except OSError:
                    pass

        kinds = ("silent", "headers by the byte", "body by the byte", "asks and never reads")
        people = [threading.Thread(target=drip, args=(kinds[number % 4],)) for number in range(300)]
        for person in people:
            person.start()
        while sum(tally.values()) < 300:
            time.sleep(0.05)
        began, failed, tries, spent = time.monotonic(), 0, 0, []
        while time.monotonic() - began < 40:
            tries += 1
            try:
                at = time.perf_counter()
                failed += service.sign_in(ERIK, PASSWORD).status != 200
                spent.append(time.perf_counter() - at)
            except GONE:
                failed += 1
            time.sleep(0.1)
        after = scene.memory()
        over.set()
        for person in people:
            person.join()
        report.row("sign-ins while 300 slow clients keep the 256 places (" + ", ".join(kinds) + ")", tries,
                   f"{len(spent)} signed in, the slowest in {max(spent, default=0):.1f} s; {sum(tally.values())} slow connections "
                   f"began; {after - before:+.0f} MB", failed + (after - before > 150))


def count_flows(service):
    database = sqlite3.connect(service.database, timeout=30)
    count, = database.execute("SELECT count(*) FROM flow").fetchone()
    database.close()
    return count


def flood(report, programs):
    """10,000 connections and 10,000 flows."""
    with Scene(report, programs, OPEN) as scene:
        service = scene.service
        kept = Client(service)  # while somebody stays connected
        kept.ask("GET", "/health/alive")
        for _ in range(500):
            service.get("/health/alive")
        before, quick = scene.memory(), scene.median()
        for _ in range(10000):
            with socket.create_connection(("127.0.0.1", service.port), 60) as wire:
                wire.sendall(Wire.GET.encode())
                wire.recv(65536)
        grown = scene.memory() - before
        report.row("connections, one after the other, while one stays", 10000, f"memory {before:.0f} MB {grown:+.1f} MB",
                   int(grown > 20))

        before, kept = scene.memory(), Client(service)
        for _ in range(10000):
            kept.flow("login")
        grown, disk, now = scene.memory() - before, scene.disk(), scene.median()
        report.row("flows begun", 10000, f"memory {before:.0f} MB {grown:+.1f} MB, database {disk:.0f} MB; "
                   f"a small answer took {quick:.1f} ms before, {now:.1f} ms with them", int(grown > 20 or disk > 40))
        for _ in range(25000):
            kept.flow("recovery")
        count = count_flows(service)
        grown, disk = scene.memory() - before, scene.disk()
        report.row("flows begun after those", 25000, f"{count} kept, memory {grown:+.1f} MB, database {disk:.0f} MB",
                   int(count > 20256 or grown > 30 or disk > 60))
        failed = kept.sign_in(ERIK, PASSWORD).status != 200
        report.row("a sign-in after them", 1, "signed in", int(failed))


def sizes(report, programs):
    """Bodies of every size up to one byte beyond the limit, with a length and in chunks."""
    with Scene(report, programs, OPEN) as scene:
        service, failed = scene.service, 0
        flow = service.flow("login")
        head = Wire.POST.format(flow).encode()

        def part(numbers):
            client, wrong = Client(service), 0
            for size in numbers:
                body = b"{" + b" " * (size - 2) + b"}" if size > 1 else b"{"[:size]
                form = size < 100 or size % 97 == 0 or size > LIMIT - 100  # read as JSON too, which takes longer
                answer = client.ask("POST", f"/self-service/login?flow={flow}", body, chunked=size % 2 == 1,
                                    headers=None if form else {"Content-Type": "text/plain"})
                wrong += answer.status != 400 or (b'"ui"' in answer.data) != (form and size >= 2)
            client.close()
            return wrong

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            failed += sum(pool.map(part, (range(start, LIMIT + 1, 4) for start in range(4))))
        with socket.create_connection(("127.0.0.1", service.port), 60) as wire:
            wire.sendall(head + b"Content-Length: %d\r\n\r\n" % (LIMIT + 1))
            failed += not wire.recv(65536).startswith(b"HTTP/1.1 413 ")
        report.row("bodies of every size, 0 to 65,537 bytes, every other one in chunks", LIMIT + 2,
                   "read up to 65,536, refused with 413 beyond", failed)

        chance, lies = report.chance("lies"), 400
        failed = 0
        for _ in range(lies):
            said, sent = chance.choice((0, 1, 17, 4096, LIMIT)), chance.choice((0, 1, 2, 16, 18, 5000))
            if said == sent:
                continue
            with socket.create_connection(("127.0.0.1", service.port), 60) as wire:
                try:
                    wire.sendall(head + b"Content-Length: %d\r\n\r\n" % said + b"{}"[:sent] + b" " * (sent - 2))
                    wire.shutdown(socket.SHUT_WR)
                    while part := wire.recv(65536):
                        failed += said > sent and b'"ui"' in part
                except OSError:
                    pass
        failed += service.get("/health/alive").status != 200
        report.row("lengths that are not those of the body", lies, "half a body is none; the service goes on", failed)


def guessing(report, programs):
    """Codes and passwords tried by the thousand: how many of them were looked at."""
    with Scene(report, programs, {**NO_ROBOT, "throttle": {"enabled": "false"}}) as scene:
        client, tries, over = Client(scene.service), 0, set()
        for _ in range(300):
            flow = client.flow("recovery")
            client.submit("recovery", flow, {"method": "code", "email": ANNA, "transient_payload": {"flow": flow}})
            answers = [client.submit("recovery", flow, {"method": "code", "code": f"{guess:06}"}).status for guess in range(8)]
            tries += len(answers)
            if answers != [200] * 5 + [400] * 3:
                over.add(flow)
        # one in 200,000 has a code that is among the five
        over = len(over - {flow for _, flow, code in scene.service.letters(300) if int(code) < 5})
        report.row("guesses of a mail code over 300 flows, without any throttling", tries, "five tries a flow, then refused", over)

    with Scene(report, programs, {**NO_ROBOT, "throttle": {"resend": "0", "mails": "1000"}},
               [*ACCOUNTS, MAJA_ACCOUNT]) as scene:
        client, service = Client(scene.service), scene.service
        tally = collections.Counter()
        for _ in range(300):
            flow = client.flow("recovery")
            client.submit("recovery", flow, {"method": "code", "email": ANNA})
            tally.update(client.submit("recovery", flow, {"method": "code", "code": f"{guess:06}"}).status for guess in range(5))
        report.row("guesses of a mail code over 300 flows", sum(tally.values()), f"{tally[200]} were looked at, then 429",
                   int(tally != {200: 8, 429: 1492}))

        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            tally = collections.Counter(pool.map(lambda guess: service.sign_in(ERIK, f"wrong password {guess}").status, range(500)))
        report.row("guesses of a password, 20 at once", sum(tally.values()), f"{tally[400]} were looked at, then 429",
                   int(tally[400] != 8 or set(tally) != {400, 429}))

        token = client.sign_in(MAJA, PASSWORD).body["session_token"]
        for method, field, codes in (("totp", "totp_code", [f"{guess:06}" for guess in range(1000)]),
                                     ("lookup_secret", "lookup_secret", [f"zzzz{guess:04}" for guess in range(1000)])):
            flow = client.flow("login", "?aal=aal2", token)
            right = {totp(SECRET, time.time() + shift) for shift in (-60, -30, 0, 30, 60)}
            codes = [code for code in codes if code not in right]
            tally = collections.Counter(client.submit("login", flow, {"method": method, field: code}, token).status for code in codes)
            report.row(f"guesses of a second factor ({method})", sum(tally.values()), f"{tally[400]} were looked at, then 429",
                       int(tally != {400: 8, 429: len(codes) - 8}))
        failed = client.sign_in(MAJA, PASSWORD).status != 200
        report.row("her password after all that", 1, "signed in: each kind of proof has its own counter", int(failed))


def fill(service, filler, mounted):
    if not mounted:
        size = os.path.getsize(service.database + "-wal") + 20000
        hard = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (size, hard))
        return
    try:
        with open(filler, "ab", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
    except OSError:
        os.truncate(filler, os.path.getsize(filler) - 40960)


def empty(service, filler, mounted):
    if mounted:
        filler.unlink()
    else:
        hard = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


def full_disk(report, programs):
    """A real file system of three megabytes, filled from outside, where one may be mounted; else a limit on file size."""
    with tempfile.TemporaryDirectory(prefix="first-login-full-") as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", folder], capture_output=True).returncode == 0
        try:
            with Scene(report, programs, OPEN, restore_signals=False) as scene:
                service = scene.service
                if mounted:
                    service.stop()
                    service.database = os.path.join(folder, "service.db")
                    service.start()
                rounds, wrong, kept, refused = 20, 0, [], 0
                filler = pathlib.Path(folder) / "filler"
                token = service.sign_in(ERIK, PASSWORD).body["session_token"]
                for _ in range(rounds):
                    kept += [service.flow("login") for _ in range(3)]
                    fill(service, filler, mounted)
                    for _ in range(400):
                        answer = service.get("/self-service/login/api")
                        if answer.status != 200:
                            break
                        kept.append(answer.body["id"])
                    refused += answer.status == 500
                    settings = service.get("/self-service/settings/api", token)
                    wrong += service.process.poll() is not None
                    wrong += service.get("/sessions/whoami", token).status != 200 or settings.status not in (200, 500)
                    empty(service, filler, mounted)
                    wrong += service.get("/self-service/login/api").status != 200
                if mounted:
                    service.kill()
                    service.start()
                wrong += sum(service.get(f"/self-service/login/flows?id={flow}").status != 200 for flow in kept)
                wrong += service.get("/sessions/whoami", token).status != 200
                what = "a file system of 3 MB" if mounted else "a limit on the size of files"
                report.row(f"a full disk ({what}), and room again", rounds,
                           f"{refused} times refused with 500; all {len(kept)} acknowledged flows are there",
                           wrong + (refused == 0))
                service.stop()
        finally:
            if mounted:
                subprocess.run(["umount", folder], check=True)


def kills(report, programs):
    """100 kills in the middle of writing."""
    chance = report.chance("kills")
    with Scene(report, programs, OPEN, service_ledger.ACCOUNTS) as scene:
        ledger, wrong = service_ledger.Ledger(scene.service), []
        for _ in range(100):
            wrong += ledger.work(chance.randrange(1, 25), chance.uniform(0, 0.03))
            scene.service.start()
            wrong += ledger.broken()
        for line in wrong[:5]:
            report.note(f"  kill: {line}")
        report.row("kills in the middle of writing", 100,
                   f"nothing lost of {ledger.acknowledged} acknowledged changes (sign-ins, sign-outs, passwords, redeemed mail "
                   "codes, used recovery codes, flows); the database is whole", len(wrong))


def rank_test(first, second):
    """Mann-Whitney U, two-sided, with the normal approximation and the correction for ties: the chance of two samples that
    differ as much when they come from one source."""
    ranks, ties, everything = {}, 0, sorted([*first, *second])
    at = 0
    while at < len(everything):
        end = at
        while end < len(everything) and everything[end] == everything[at]:
            end += 1
        ranks[everything[at]] = (at + end + 1) / 2
        ties += (end - at) ** 3 - (end - at)
        at = end
    n, m = len(first), len(second)
    u = sum(ranks[value] for value in first) - n * (n + 1) / 2
    spread = math.sqrt(n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1))))
    return math.erfc(abs(u - n * m / 2) / spread / math.sqrt(2))


def alike(report, programs):
    """Known, unknown and passwordless accounts: 200 times each, by turns. The question that follows on the same connection
    may not tell either, so it is one that is timed too; a few more let what was asked before come to its end."""
    def sample(ask, chance):
        kinds = {"known": ERIK, "unknown": None, "passwordless": ANNA}
        spent, after = ({kind: [] for kind in kinds} for _ in range(2))
        for number in range(205):
            for kind in chance.sample(list(kinds), 3):
                ask(kinds[kind] or f"nobody{number:03}@flexhrm.example")
                times = [client.seconds]
                for _ in range(4):
                    client.flow("recovery")
                    times.append(client.seconds)
                if number >= 5:  # the first ones warm up
                    spent[kind].append(times[0])
                    after[kind].append(times[1])
        return spent, after

    def compare(what, ask):
        for attempt in range(2):
            both = sample(ask, chance)
            values = [{kind: rank_test(spent["known"], spent[kind]) for kind in ("unknown", "passwordless")}
                      for spent in both]
            if min(value for each in values for value in each.values()) > 0.001:
                break
        for name, spent, value in zip((f"{what}: time of the answer", f"{what}: time of the next one's"), both, values):
            medians = ", ".join(f"{kind} {1000 * statistics.median(times):.2f} ms" for kind, times in spent.items())
            report.row(f"{name} for known, unknown and passwordless accounts, 200 each", 600,
                       f"medians {medians}; Mann-Whitney U against known: p = {value['unknown']:.3f} and "
                       f"{value['passwordless']:.3f}, told apart below 0.001, try {attempt + 1}",
                       int(min(value.values()) <= 0.001))

    chance = report.chance("alike")
    with Scene(report, programs, OPEN) as scene:
        client = Client(scene.service)
        compare("login", lambda address: client.sign_in(address, "wrong wrong wrong"))
        compare("recovery", lambda address: client.submit("recovery", client.flow("recovery"),
                                                          {"method": "code", "email": address}))


def soak(report, programs):
    # A sanitizer's store of freed memory is kept small, so that memory that is not given back can be seen.
    before = os.environ.get("ASAN_OPTIONS", "detect_leaks=0")
    os.environ["ASAN_OPTIONS"] = before + ":quarantine_size_mb=1:malloc_context_size=0"
    for part in (crowd, window, slow, flood, sizes, guessing, full_disk, kills, alike):
        part(report, programs)
    os.environ["ASAN_OPTIONS"] = before
