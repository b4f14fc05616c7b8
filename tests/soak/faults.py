# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults: what each does to a request, a connection or a name, and which problems the assistant may name for it."""

import contextlib
import email.utils
import json
import socket
import time

from proxy import DOORSTEP, Answer, Hangup, black_hole

PAGE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please sign in</body></html>"
SECRET_FREE = "sorry"


class Kind:
    """A kind of fault. `names`: the problems that name it; with none of them the assistant has to get by alone. It is done
    to a request, to a new line, by a certificate, or to the network (a context that is given the walk). `first`: from the
    very beginning, because names are looked up once. `door`: what is said at the server's port for plain HTTP."""

    def __init__(self, what, names=(), *, request=None, line=None, certificate=None, network=None, hangs=False,
                 encrypted=None, first=False, door=None):
        self.what = what
        self.names = frozenset(names)
        self.request = request
        self.line = line
        self.certificate = certificate
        self.network = network
        self.hangs = hangs
        self.encrypted = encrypted
        self.first = first
        self.door = door


class Fault:
    """A fault of that kind in one walk, its parameters drawn from `chance`."""

    def __init__(self, kind, chance):
        self.kind = kind
        self.chance = chance
        self.lasts = chance.random() < 0.4
        self.skip = chance.choice((0, 0, 0, 1, 1, 2)) if kind.request else 0
        self.struck = 0
        self.on_line = kind.line
        self.certificate = kind.certificate
        self.on_request = self.play if kind.request else None

    def play(self, line, exchange):
        self.kind.request(self, line, exchange)

    def strikes(self):
        """Whether the request that has come is one to strike."""
        if self.skip > 0:
            self.skip -= 1
            return False
        self.struck += 1
        return self.lasts or self.struck == 1

    def at_door(self, now):
        return self.kind.door(now) if self.kind.door else DOORSTEP


def answer(status, reason, content=b"", *headers):
    return Answer(status, reason, [*headers, ("Content-Length", str(len(content)))], content)


# What is done to a request

def late(fault, line, exchange):
    time.sleep(fault.chance.uniform(0.05, 0.5))
    line.send(line.hand_on(exchange).raw())


def silent(fault, line, exchange):
    line.hand_on(exchange)
    line.hang()


def swallowed(fault, line, exchange):
    line.hang()


def dripping(fault, line, exchange):
    for byte in line.hand_on(exchange).raw():
        line.send(bytes([byte]))
        time.sleep(0.2)


def cut_head(fault, line, exchange):
    whole = line.hand_on(exchange)
    line.send(whole.raw()[:fault.chance.randrange(1, len(whole.head()) - 4)])
    raise Hangup


def cut_body(fault, line, exchange):
    whole = line.hand_on(exchange)
    line.send(whole.raw()[:fault.chance.randrange(len(whole.head()), max(len(whole.raw()), len(whole.head()) + 1))])
    raise Hangup


def dropped_before(fault, line, exchange):
    raise Hangup


def dropped_after(fault, line, exchange):
    line.hand_on(exchange)
    raise Hangup


def truncated(fault, line, exchange):
    whole = line.hand_on(exchange)
    content = whole.content[:fault.chance.randrange(1, max(len(whole.content), 2))]
    headers = [(name, value) for name, value in whole.headers if name != "Content-Length"]
    line.send(Answer(whole.status, whole.reason, [*headers, ("Content-Length", str(len(content)))], content).raw())


def twice(fault, line, exchange):
    whole = line.hand_on(exchange).raw()
    line.send(whole + whole)


def doubled(fault, line, exchange):
    first = line.hand_on(exchange)
    second = line.hand_on(exchange)
    line.send((first if fault.chance.random() < 0.5 else second).raw())


def reordered(fault, line, exchange):
    whole = line.hand_on(exchange)
    fault.chance.shuffle(whole.headers)
    whole.headers = [(fault.chance.choice((name, name.lower(), name.upper())), value) for name, value in whole.headers]
    line.send(whole.raw())


def refusal(status, reason, after=None):
    def play(fault, line, exchange):
        if fault.chance.random() < 0.5:
            line.hand_on(exchange)
        content, form = fault.chance.choice((
            (b"", "text/plain"), (PAGE, "text/html"), (PAGE, "text/html; charset=utf-8"),
            (json.dumps({"error": {"code": status, "status": reason, "message": SECRET_FREE}}).encode(),
             "application/json")))
        wait = [("Retry-After", str(fault.chance.randrange(*after)))] if after else []
        line.send(answer(status, reason, content, ("Content-Type", form), *wait).raw())
    return play


def throttled(after):
    def play(fault, line, exchange):
        content = json.dumps({"error": {"code": 429, "status": "Too Many Requests", "message": SECRET_FREE}}).encode()
        wait = [("Retry-After", str(fault.chance.randrange(1, 600)))] if after else []
        line.send(answer(429, "Too Many Requests", content, ("Content-Type", "application/json"), *wait).raw())
    return play


def page(fault, line, exchange):
    line.send(answer(200, "OK", PAGE, ("Content-Type", fault.chance.choice(("text/html", "text/html; charset=utf-8")))).raw())


def portal(fault, line, exchange):
    status, reason = fault.chance.choice(((302, "Found"), (303, "See Other"), (307, "Temporary Redirect")))
    line.send(answer(status, reason, b"", ("Location", "http://portal.example/welcome?from=here")).raw())


def network_login(fault, line, exchange):
    line.send(answer(511, "Network Authentication Required", PAGE, ("Content-Type", "text/html")).raw())


def proxy_login(fault, line, exchange):
    line.send(answer(407, "Proxy Authentication Required", PAGE, ("Content-Type", "text/html"),
                     ("Proxy-Authenticate", 'Basic realm="proxy"')).raw())


def garbage(fault, line, exchange):
    line.send(fault.chance.choice((b"SSH-2.0-OpenSSH_9.2p1\r\n", b"\x00\x01\x02\x03" * 50 + b"\r\n\r\n",
                                   b"220 mail.example ESMTP\r\n\r\n")))
    raise Hangup


def huge(fault, line, exchange):
    filler = b" " * (3 << 20)
    line.send(answer(200, "OK", b"{" + filler + b"}", ("Content-Type", "application/json")).raw())


def deep(fault, line, exchange):
    line.send(answer(200, "OK", b'{"ui":' + b"[" * 100000 + b"]" * 100000 + b"}", ("Content-Type", "application/json")).raw())


def empty(fault, line, exchange):
    line.hand_on(exchange)
    line.send(answer(200, "OK", b"{}", ("Content-Type", "application/json")).raw())


# What is done to a connection

def no_handshake(proxy, stream):
    stream.recv(4096)


def not_encrypted(proxy, stream):
    stream.recv(4096)
    stream.sendall(answer(400, "Bad Request", PAGE, ("Content-Type", "text/html")).raw())


def mute(proxy, stream):
    stream.settimeout(60)
    while stream.recv(4096):
        pass


# What is done to the network

@contextlib.contextmanager
def refused(walk):
    with walk.proxy.refusing():
        yield


@contextlib.contextmanager
def hanging(walk):
    with walk.proxy.full():
        yield


@contextlib.contextmanager
def absent(walk):
    walk.walker.order("network down")
    yield
    walk.walker.order("network up")


def resolving(says):
    @contextlib.contextmanager
    def play(walk):
        walk.walker.order("resolve " + says)
        yield
        walk.walker.order("resolve 127.0.0.1")
    return play


@contextlib.contextmanager
def half_hanging(walk):
    with black_hole(socket.AF_INET6, "::1", walk.proxy.port), resolving("::1,127.0.0.1")(walk):
        yield


def portal_at_door(now):
    return answer(302, "Found", b"", ("Location", "http://portal.example/welcome"))


def clock_at_door(now):
    return answer(404, "Not Found", b"", ("Date", email.utils.formatdate(now, usegmt=True)))


# The service has had the first one when it answers the second.
DOUBLES = ("code-refused", "code-used", "mail-used", "password-repeated", "robot-refused", "throttled")

KINDS = [
    Kind("answers late, but in time", request=late),
    Kind("request handed on, never an answer", ["timed-out"], request=silent, hangs=True),
    Kind("request swallowed, never an answer", ["timed-out"], request=swallowed, hangs=True),
    Kind("answer drips in too slowly", ["timed-out"], request=dripping, hangs=True),
    Kind("cut within the head of the answer", ["unreachable", "not-our-server"], request=cut_head),
    Kind("cut within the body of the answer", ["unreachable"], request=cut_body),
    Kind("dropped before it was handed on", ["unreachable"], request=dropped_before),
    Kind("dropped after it was handed on", ["unreachable"], request=dropped_after),
    Kind("answer truncated, its length as well", ["protocol"], request=truncated),
    Kind("answer comes twice", request=twice),
    Kind("request is handed on twice", DOUBLES, request=doubled),
    Kind("headers in another order and case", request=reordered),
    Kind("500", ["server-fault"], request=refusal(500, "Internal Server Error")),
    Kind("502", ["server-fault"], request=refusal(502, "Bad Gateway")),
    Kind("503", ["server-fault"], request=refusal(503, "Service Unavailable")),
    Kind("503 with Retry-After", ["maintenance"],
         request=refusal(503, "Service Unavailable", (1, 600))),
    Kind("504", ["server-fault"], request=refusal(504, "Gateway Timeout")),
    Kind("429", ["throttled"], request=throttled(False)),
    Kind("429 with Retry-After", ["throttled"], request=throttled(True)),
    Kind("a web page", ["not-our-server"], request=page),
    Kind("redirected to a portal, not encrypted", ["captive-portal"], request=portal, encrypted=False),
    Kind("redirected to a portal, encrypted", ["not-our-server"], request=portal, encrypted=True),
    Kind("511: sign in to the network", ["captive-portal"], request=network_login, encrypted=False),
    Kind("407: sign in to the proxy", ["proxy-login"], request=proxy_login),
    Kind("no HTTP at all", ["not-our-server"], request=garbage),
    Kind("answer of 3 MB", ["not-our-server"], request=huge),
    Kind("answer nested 100,000 deep", ["protocol", "not-our-server"], request=deep),
    Kind("answer without content", ["protocol", "not-our-server"], request=empty),
    Kind("certificate expired, nobody knows the time", ["tls-date"], certificate="expired", encrypted=True),
    Kind("certificate expired, the clock is right", ["tls-expired"], certificate="expired", encrypted=True, door=clock_at_door),
    Kind("certificate not valid yet", ["tls-date"], certificate="early", encrypted=True),
    Kind("certificate of a portal", ["captive-portal"], certificate="foreign", encrypted=True, door=portal_at_door),
    Kind("certificate of a foreign authority", ["tls-untrusted"], certificate="foreign", encrypted=True),
    Kind("certificate of another name", ["tls-untrusted"], certificate="other-name", encrypted=True),
    Kind("connection ends in the handshake", ["unreachable", "not-our-server"], line=no_handshake, encrypted=True),
    Kind("no encryption where it should be", ["not-our-server", "tls-untrusted"], line=not_encrypted, encrypted=True),
    Kind("connection accepted, then silence", ["timed-out"], line=mute, hangs=True),
    Kind("DNS does not know the name", ["unresolved"], network=resolving("unknown"), first=True),
    Kind("DNS does not answer", ["unresolved", "unreachable", "offline"], network=resolving("down"), first=True),
    Kind("no network", ["offline"], network=absent),
    Kind("connection refused", ["unreachable"], network=refused),
    Kind("IPv6 hangs, IPv4 works", network=half_hanging, first=True),
    Kind("every address hangs", ["timed-out"], network=hanging, hangs=True),
]
