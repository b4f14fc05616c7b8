# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx as deploy/nginx sets it up: what passes, to whom, in which form; what it answers itself; what it writes down."""

import json
import socket
import subprocess
import sys
import threading
import time

from front import DEPLOY, FLOW, NAME, Answer, Front, answer, program

import tap  # front knows where it is
from tap import case
from world import wait_for

OTHER = "ffffffff-4f50-4617-8a9b-acbdcedfe0f1"
LOGIN, RECOVERY, SETTINGS = (f"/self-service/{each}" for each in ("login", "recovery", "settings"))
BODY = b'{"method":"password"}'

# method, what is asked, who gets it, what they get
CALLS = [
    ("POST", f"{LOGIN}?flow={FLOW}", "gate", f"{LOGIN}?flow={FLOW}"),
    ("POST", f"{RECOVERY}?flow={FLOW}", "gate", f"{RECOVERY}?flow={FLOW}"),
    ("POST", LOGIN, "gate", LOGIN),
    ("POST", f"{RECOVERY}?flow={FLOW}&email=x@corp.test", "gate", f"{RECOVERY}?flow={FLOW}&email=x@corp.test"),
    ("GET", "/altcha", "gate", "/altcha"),
    ("GET", "/altcha?x=1", "gate", "/altcha"),
    ("GET", f"{LOGIN}/api", "kratos", f"{LOGIN}/api"),
    ("GET", f"{LOGIN}/api?aal=aal2", "kratos", f"{LOGIN}/api?aal=aal2"),
    ("GET", f"{LOGIN}/api?refresh=true", "kratos", f"{LOGIN}/api?refresh=true"),
    ("GET", f"{LOGIN}/api?return_to=https://evil.test/", "kratos", f"{LOGIN}/api"),
    ("GET", f"{RECOVERY}/api", "kratos", f"{RECOVERY}/api"),
    ("GET", f"{RECOVERY}/api?to=the+template", "kratos", f"{RECOVERY}/api"),
    ("GET", f"{SETTINGS}/api", "kratos", f"{SETTINGS}/api"),
    ("GET", f"{LOGIN}/flows?id={FLOW}", "kratos", f"{LOGIN}/flows?id={FLOW}"),
    ("GET", f"{RECOVERY}/flows?id={FLOW}", "kratos", f"{RECOVERY}/flows?id={FLOW}"),
    ("GET", f"{SETTINGS}/flows?id={FLOW}", "kratos", f"{SETTINGS}/flows?id={FLOW}"),
    ("GET", f"{RECOVERY}/flows?id={FLOW}&id={OTHER}", "kratos", f"{RECOVERY}/flows"),
    ("GET", f"{RECOVERY}/flows?id={FLOW.upper()}", "kratos", f"{RECOVERY}/flows"),
    ("POST", f"{SETTINGS}?flow={FLOW}", "kratos", f"{SETTINGS}?flow={FLOW}"),
    ("POST", f"{SETTINGS}?flow={FLOW}&method=profile", "kratos", SETTINGS),
    ("GET", "/sessions/whoami", "kratos", "/sessions/whoami"),
    ("GET", "/sessions/whoami?tokenize_as=x", "kratos", "/sessions/whoami"),
    ("DELETE", "/self-service/logout/api", "kratos", "/self-service/logout/api"),
]

# what is near to a call, and none
NOTHING = [
    "/", "/admin/identities", "/identities", "/admin/recovery/code", "/health/alive", "/health/ready", "/version", "/metrics",
    "/schemas/employee", "/sessions", f"/sessions/{FLOW}", "/sessions/token-exchange", "/self-service/errors?id=1", "/.git/config",
    f"{LOGIN}/browser", f"{RECOVERY}/browser", f"{SETTINGS}/browser", "/self-service/registration/api", "/self-service/registration",
    "/self-service/verification/api", "/self-service/logout/browser", "/self-service/fed-cm/parameters", "/self-service/methods/oidc/callback/x",
    f"/{LOGIN}/api", f"{LOGIN}//api", f"{LOGIN}/./api", f"{LOGIN}/x/../api", f"{LOGIN}/api/", f"{LOGIN}/API", f"{LOGIN}/%61pi",
    f"{LOGIN}/api;x=1", f"{LOGIN}/api%3fx", f"{LOGIN}/api%00", f"{LOGIN}%2fapi", f"{LOGIN}/api%20", "/%61ltcha", "/altcha/", "/altchax",
    "/sessions/whoami/", "/sessions/whoami%2f..%2f..%2fadmin%2fidentities", "/reset/../admin/identities",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"]


def error_code(answered):
    assert answered.headers["content-type"] == "application/json; charset=utf-8", answered
    return json.loads(answered.body)["error"]["code"]


@case("each call of the assistant reaches the one that it is for, in one form")
def _(front):
    for method, target, who, path in CALLS:
        got = front.ask(method, target, BODY if method != "GET" else None)
        assert got.status == 200 and json.loads(got.body) == {"ok": True}, (method, target, got)
        (by, request), = front.seen()
        assert (by, request.method, request.target) == (who, method, path), (method, target, by, request)
        assert request.body == (BODY if method != "GET" else b"")


@case("every other method on every path is answered 404, and reaches nobody")
def _(front):
    paths = {target.partition("?")[0] for _, target, _, _ in CALLS}
    right = {(method, target.partition("?")[0]) for method, target, _, _ in CALLS}
    for path in sorted(paths):
        for method in METHODS:
            if (method, path) in right:
                continue
            got = front.ask(method, path, b"" if method in ("POST", "PUT", "PATCH") else None)
            assert got.status in (404, 405, 400), (method, path, got)
            # nginx itself refuses TRACE and CONNECT
            assert got.status == 404 or method in ("TRACE", "CONNECT"), (method, path, got)
            assert method == "HEAD" or got.status != 404 or error_code(got) == 404
            assert front.seen() == [], (method, path)


@case("what is near to a call is answered 404, and reaches nobody")
def _(front):
    for path in NOTHING:
        for method in ("GET", "POST", "DELETE"):
            got = front.ask(method, path, BODY if method == "POST" else None)
            assert got.status in (404, 400), (method, path, got)
            assert error_code(got) == got.status
            assert front.seen() == [], (method, path)


@case("of the headers only those go on that are known, and who asks cannot say who it is")
def _(front):
    front.ask("POST", f"{RECOVERY}?flow={FLOW}", BODY, posing_as="203.0.113.7", headers={
        "X-Real-IP": "192.0.2.1", "X-Forwarded-For": "192.0.2.1, 192.0.2.2", "True-Client-IP": "192.0.2.1", "CF-Connecting-IP": "192.0.2.1",
        "Forwarded": "for=192.0.2.1", "X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "http", "X-HTTP-Method-Override": "GET",
        "X-Original-URL": "/admin/identities", "Cookie": "ory_kratos_session=x", "Authorization": "Bearer x", "X-Request-ID": "x", "Via": "x",
        "X-Session-Token": "ory_st_abc", "X-Altcha": "proof", "Origin": "https://evil.test", "User-Agent": "first-login/1", "Accept": "text/html",
        "Range": "bytes=0-1", "Accept-Encoding": "gzip", "Accept-Language": "sv", "Referer": "https://evil.test/", "Keep-Alive": "x", "TE": "trailers"})
    (_, request), = front.seen()
    assert request.headers == {
        "host": NAME, "accept": "application/json", "content-type": "application/json", "content-length": str(len(BODY)),
        "origin": "https://evil.test", "user-agent": "first-login/1", "x-altcha": "proof", "x-session-token": "ory_st_abc",
        "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", "x-real-ip": "203.0.113.7"}, request


@case("the proof of work is for the gate's mails alone")
def _(front):
    for method, target, who, _ in CALLS:
        front.ask(method, target, BODY if method != "GET" else None, {"X-Altcha": "proof"})
        (_, request), = front.seen()
        assert ("x-altcha" in request.headers) == (who == "gate" and target.startswith(RECOVERY)), (target, request)


@case("of the answer's headers only harmless ones come out, and ours are there")
def _(front):
    front.kratos.answer = answer(
        200, b"{}", "Set-Cookie: csrf_token=1; Path=/", "X-Kratos-Authenticated-Identity-Id: 1", "Cache-Control: public", "Vary: Cookie",
        "Server: Kratos", "X-Powered-By: x", "X-Accel-Redirect: /reset", "X-Accel-Limit-Rate: 1", "Retry-After: 12", "Expires: 0",
        "Content-Security-Policy: default-src *", "Referrer-Policy: unsafe-url", "Strict-Transport-Security: max-age=0", "X-Content-Type-Options: x")
    got = front.ask("GET", "/sessions/whoami")
    front.kratos.answer = answer(200, b'{"ok":true}')
    front.seen()
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    assert got.headers.pop("date")
    assert got.headers == {
        "server": "nginx", "content-type": "application/json", "content-length": "2", "connection": "close",
        "strict-transport-security": "max-age=63072000", "content-security-policy": policy, "retry-after": "12",
        "cache-control": "no-store", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}, got


@case("the page behind the mail's button comes with a policy that fits it")
def _(front):
    page = (DEPLOY / "../data/landing/index.html").read_bytes()
    for path in ("/reset", "/reset/", f"/reset?utm_source=scanner"):
        got = front.ask("GET", path)
        assert got.status == 200 and got.body == page, got
        assert got.headers["content-type"] == "text/html; charset=utf-8"
        assert got.headers["cache-control"] == "no-store" and "etag" not in got.headers
        assert "script-src 'sha256-" in got.headers["content-security-policy"] and "unsafe" not in got.headers["content-security-policy"]
    assert front.ask("HEAD", "/reset").status == 200
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert front.ask(method, "/reset", b"").status == 404
    for path in ("/reset/index.html", "/resetx", "/reset/x"):
        assert front.ask("GET", path).status == 404, path
    assert front.seen() == []


@case("plain HTTP gives the answer that tells a captive portal, what a certificate authority asks for, and nothing else")
def _(front):
    got = front.ask("GET", "/", plain=True)
    assert (got.status, got.headers["content-type"], got.body) == (200, "text/plain", b"first-login\n"), got
    assert got.headers["cache-control"] == "no-store"
    (front.out / "var/lib/first-login/acme/.well-known/acme-challenge").mkdir(parents=True)
    (front.out / "var/lib/first-login/acme/.well-known/acme-challenge/a-token").write_text("proof")
    (front.out / "var/lib/first-login/acme/hidden").write_text("hidden")
    got = front.ask("GET", "/.well-known/acme-challenge/a-token", plain=True)
    assert (got.status, got.body) == (200, b"proof"), got
    for path in ("/reset", f"{LOGIN}/api", "/x", "//", "/.well-known/acme-challenge/", "/.well-known/acme-challenge/../../hidden", "/altcha", "/hidden",
                 "/.well-known/acme-challenge/none", f"{RECOVERY}/flows?id={FLOW}"):
        got = front.ask("GET", path, plain=True)
        assert (got.status, error_code(got)) == (404, 404) and "location" not in got.headers, (path, got)
    assert front.ask("POST", "/", BODY, plain=True).status == 404
    assert front.raw(b"GET / HTTP/1.1\r\nHost: other.test\r\nConnection: close\r\n\r\n", plain=True) == b""
    assert front.seen() == []


@case("another name gets no certificate, and a request for one over a connection of ours gets nothing")
def _(front):
    got = subprocess.run([program("openssl"), "s_client", "-connect", f"127.0.0.1:{front.https}", "-servername", "other.test"],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert "unrecognized name" in got.stderr and "no peer certificate" in got.stdout, got
    got = front.ask("GET", f"{LOGIN}/api", host="other.test")
    assert (got.status, error_code(got)) == (421, 421)
    assert front.seen() == []


@case("TLS is 1.2 or newer, with forward secrecy")
def _(front):
    def agrees(*words):
        return subprocess.run([program("openssl"), "s_client", "-connect", f"127.0.0.1:{front.https}", "-servername", NAME, *words],
                              stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    assert agrees("-tls1_3") and agrees("-tls1_2")
    assert not agrees("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
    assert not agrees("-tls1_2", "-cipher", "AES128-SHA")
    assert not agrees("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA")


@case("HTTP/2 is spoken, and the same holds there")
def _(front):
    def curl(*words):
        done = subprocess.run([program("curl"), "--silent", "--http2", "--cacert", front.folder / "certificate.pem", "--write-out", "\n%{http_version} %{http_code}",
                               "--connect-to", f"{NAME}:443:127.0.0.1:{front.https}", *words], capture_output=True, text=True)
        assert done.returncode == 0, done
        return done.stdout.rpartition("\n")[2]
    assert curl(f"https://{NAME}/sessions/whoami", "-H", "Cookie: a=b", "-H", "True-Client-IP: 192.0.2.1") == "2 200"
    (_, request), = front.seen()
    assert "cookie" not in request.headers and "true-client-ip" not in request.headers
    assert curl(f"https://{NAME}/admin/identities", "--path-as-is") == "2 404"
    assert curl(f"https://{NAME}/sessions/whoami", "-X", "POST", "-d", "x") == "2 404"
    assert curl(f"https://{NAME}{LOGIN}?flow={FLOW}", "-d", "x" * 70000, "-H", "Content-Type: application/json") == "2 413"
    assert front.seen() == []


def post(target, body, *lines, version="HTTP/1.1"):
    head = [f"POST {target} {version}", f"Host: {NAME}", "Content-Type: application/json", *lines]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


HIDDEN = b"GET /admin/identities HTTP/1.1\r\nHost: x\r\n\r\n"

SMUGGLED = {
    "two lengths": post(f"{SETTINGS}?flow={FLOW}", b"{}" + HIDDEN, "Content-Length: 2", f"Content-Length: {2 + len(HIDDEN)}"),
    "length and chunks": post(f"{SETTINGS}?flow={FLOW}", b"0\r\n\r\n" + HIDDEN, "Content-Length: 2", "Transfer-Encoding: chunked"),
    "two codings": post(f"{SETTINGS}?flow={FLOW}", b"0\r\n\r\n" + HIDDEN, "Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
    "coding with a tab": post(f"{SETTINGS}?flow={FLOW}", b"0\r\n\r\n" + HIDDEN, "Transfer-Encoding:\x0bchunked", "Content-Length: 5"),
    "coding of another kind": post(f"{SETTINGS}?flow={FLOW}", b"0\r\n\r\n" + HIDDEN, "Transfer-Encoding: xchunked"),
    "space before the colon": post(f"{SETTINGS}?flow={FLOW}", b"0\r\n\r\n" + HIDDEN, "Transfer-Encoding : chunked", "Content-Length: 5"),
    "negative length": post(f"{SETTINGS}?flow={FLOW}", b"{}" + HIDDEN, "Content-Length: -2"),
    "plus in the length": post(f"{SETTINGS}?flow={FLOW}", b"{}" + HIDDEN, "Content-Length: +2"),
    "chunk with a broken size": post(f"{SETTINGS}?flow={FLOW}", b"zz\r\n{}\r\n0\r\n\r\n" + HIDDEN, "Transfer-Encoding: chunked"),
    "folded header": post(f"{SETTINGS}?flow={FLOW}", b"{}", "X: a", " Content-Length: 40", "Content-Length: 2"),
    "line feed in the path": b"GET /sessions/whoami\nX: y HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "space in the path": f"GET /sessions/whoami /admin HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode(),
    "no host": b"GET /sessions/whoami HTTP/1.1\r\n\r\n",
    "two hosts": f"GET /sessions/whoami HTTP/1.1\r\nHost: {NAME}\r\nHost: other.test\r\n\r\n".encode(),
    "version 2 in words": f"GET /sessions/whoami HTTP/2.0\r\nHost: {NAME}\r\n\r\n".encode(),
    "NUL in a header": f"GET /sessions/whoami HTTP/1.1\r\nHost: {NAME}\r\nX-Session-Token: a\0b\r\n\r\n".encode(),
    "upgrade": f"GET /sessions/whoami HTTP/1.1\r\nHost: {NAME}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n".encode(),
}


@case("nothing is smuggled past it: what two programs could read in two ways never reaches the second as two")
def _(front):
    for name, data in SMUGGLED.items():
        got = front.raw(data.rstrip(b"\0") if name != "upgrade" else data.replace(b"Upgrade, HTTP2-Settings", b"close"))
        seen = front.seen()
        assert all(request.target in (f"{SETTINGS}?flow={FLOW}", "/sessions/whoami") for _, request in seen), (name, seen)
        assert len(seen) <= 1, (name, seen)
        for _, request in seen:
            assert "transfer-encoding" not in request.headers and "upgrade" not in request.headers, (name, request)
            assert HIDDEN.split(b"\r\n")[0] not in request.body, (name, request)
        assert b"identities" not in got and b'"ok"' not in got or seen, (name, got)


@case("requests behind one another on a connection are judged one by one")
def _(front):
    one = f"GET /sessions/whoami HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()
    bad = f"GET /admin/identities HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()
    last = f"GET /altcha HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()
    got = front.raw(one + bad + post(f"{LOGIN}?flow={FLOW}", b"{}", "Content-Length: 2") + bad + last)
    assert [int(part.split()[0]) for part in got.split(b"HTTP/1.1 ")[1:]] == [200, 404, 200, 404, 200], got
    assert [(who, request.method, request.target) for who, request in front.seen()] == [
        ("kratos", "GET", "/sessions/whoami"), ("gate", "POST", f"{LOGIN}?flow={FLOW}"), ("gate", "GET", "/altcha")]


@case("a chunked body arrives whole and measured")
def _(front):
    got = Answer(front.raw(post(f"{LOGIN}?flow={FLOW}", b"5\r\n{\"a\":\r\n3\r\n1 }\r\n0\r\n\r\n", "Transfer-Encoding: chunked", "Connection: close")))
    assert got.status == 200
    (_, request), = front.seen()
    assert request.body == b'{"a":1 }' and request.headers["content-length"] == "8", request


@case("what is too large or too long is refused in JSON, and reaches nobody")
def _(front):
    got = front.ask("POST", f"{LOGIN}?flow={FLOW}", b"x" * 65537)
    assert (got.status, error_code(got)) == (413, 413), got
    got = Answer(front.raw(post(f"{LOGIN}?flow={FLOW}", b"11170\r\n" + b"x" * 70000 + b"\r\n0\r\n\r\n", "Transfer-Encoding: chunked", "Connection: close")))
    assert (got.status, error_code(got)) == (413, 413), got
    for target, headers in ((f"{LOGIN}/api?{'x' * 9000}", {}), ("/sessions/whoami", {"X-Session-Token": "x" * 9000}),
                            ("/sessions/whoami", {f"X-{number}": "x" * 2000 for number in range(40)})):
        got = front.ask("GET", target, headers=headers)
        assert got.status in (431, 414) and error_code(got) == 431, got
    assert front.seen() == []
    assert front.ask("POST", f"{LOGIN}?flow={FLOW}", b"x" * 65536).status == 200
    front.seen()


@case("nothing of a question or an answer is ever put on the disk")
def _(_front):
    with Front() as front:
        # folders for such files stay when the files have gone
        def folders():
            return [each for kind in ("client_body", "proxy") for each in (front.folder / f"temp-{kind}").iterdir()]
        assert front.ask("POST", f"{LOGIN}?flow={FLOW}", b"x" * 65536).status == 200
        half = "8000\r\n" + "x" * 32768 + "\r\n"
        assert Answer(front.raw(post(f"{LOGIN}?flow={FLOW}", f"{half}{half}0\r\n\r\n".encode(), "Transfer-Encoding: chunked", "Connection: close"))).status == 200
        # more than fits between the two, for somebody who reads more slowly than it comes
        front.kratos.answer = answer(200, b"x" * (32 << 20))
        assert len(front.ask("GET", "/sessions/whoami").body) == 32 << 20
        assert folders() == []


@case("who sends too slowly is not waited for")
def _(_front):
    with Front(change=("timeout 10s", "timeout 3s")) as front:
        assert front.raw(post(f"{LOGIN}?flow={FLOW}", b"{", "Content-Length: 2")) == b""
        assert front.raw(b"GET /altcha HTTP/1.1\r\nHost:") == b""
        assert front.seen() == []


@case("what fails behind is told in words of ours, with its status")
def _(front):
    words = b'dial tcp 10.1.2.3:5432: connection refused, dsn=postgres://kratos:hunter2@10.1.2.3'
    for behind, target in ((front.kratos, "/sessions/whoami"), (front.gate, "/altcha")):
        for said, status in ((500, 500), (501, 500), (502, 502), (503, 503), (504, 504), (505, 500), (507, 500), (511, 500), (520, 500), (599, 500),
                             (301, 502), (302, 502), (303, 502), (307, 502), (308, 502)):
            behind.answer = answer(said, words, "Location: https://evil.test/?flow=" + FLOW, kind="text/plain")
            got = front.ask("GET", target)
            assert (got.status, error_code(got)) == (status, status), (said, got)
            assert b"10.1.2.3" not in got.body and "location" not in got.headers and "retry-after" not in got.headers, got
        behind.answer = answer(503, words, "Retry-After: 30")
        got = front.ask("GET", target)
        assert (got.status, got.headers["retry-after"]) == (503, "30"), got
        behind.answer = answer(200, b'{"ok":true}')
    front.seen()


@case("what is refused behind passes as it is")
def _(front):
    for status in (400, 401, 403, 404, 405, 410, 415, 422, 429):
        front.gate.answer = answer(status, b'{"ui":{"messages":[]}}', "Retry-After: 7")
        got = front.ask("POST", f"{LOGIN}?flow={FLOW}", BODY)
        assert (got.status, got.body, got.headers["retry-after"]) == (status, b'{"ui":{"messages":[]}}', "7"), got
    front.gate.answer = answer(200, b'{"ok":true}')
    front.seen()


@case("a connection that ends without an answer is a 502, and no other request suffers for it")
def _(front):
    front.gate.answer = lambda request: None if OTHER in request.target else answer(200, b'{"ok":true}')
    for _ in range(10):
        got = front.ask("POST", f"{RECOVERY}?flow={OTHER}", BODY)
        assert (got.status, error_code(got)) == (502, 502), got
        assert front.ask("POST", f"{RECOVERY}?flow={FLOW}", BODY).status == 200
    # asked once each: a POST is never repeated
    assert len([request for _, request in front.seen() if OTHER in request.target]) == 10
    front.gate.answer = answer(200, b'{"ok":true}')


@case("what gives no answer in time is a 504, and is not asked again")
def _(_front):
    with Front(gates=2, change=("proxy_read_timeout 13s", "proxy_read_timeout 1s")) as front:
        go_on = threading.Event()
        for gate in front.gates:
            gate.answer = lambda _: go_on.wait(60) and b""
        got = front.ask("POST", f"{RECOVERY}?flow={FLOW}", BODY)
        assert (got.status, error_code(got)) == (504, 504), got
        assert len(front.seen()) == 1
        go_on.set()


@case("when nobody is behind, it is a 502, and all is well as soon as somebody is")
def _(front):
    front.gate.stop()
    got = front.ask("POST", f"{RECOVERY}?flow={FLOW}", BODY)
    assert (got.status, error_code(got)) == (502, 502), got
    front.gate.start()
    assert front.ask("POST", f"{RECOVERY}?flow={FLOW}", BODY).status == 200
    front.seen()


@case("connections to what is behind are used again")
def _(_front):
    with Front() as front:
        for _ in range(20):
            front.ask("GET", "/sessions/whoami")
        assert len(front.kratos.callers) < 10


@case("of two gates the other is asked when one is gone")
def _(_front):
    with Front(gates=2) as front:
        for _ in range(4):
            assert front.ask("POST", f"{LOGIN}?flow={FLOW}", BODY).status == 200
        assert [len(gate.requests) for gate in front.gates] == [2, 2]
        front.seen()
        front.gate.stop()
        for _ in range(6):
            assert front.ask("POST", f"{LOGIN}?flow={FLOW}", BODY).status == 200
        assert len(front.gates[1].requests) == 6


@case("a network that asks too much is told when to come back; an office has room for many, as one; others notice nothing")
def _(_front):
    with Front(NETWORK_REQUESTS=1, NETWORK_BURST=5, OFFICE_REQUESTS=1, OFFICE_BURST=20, OFFICE_NETWORKS="198.51.100.0/24 2001:db8:1::/48") as front:
        def passed(*addresses, times=40):
            got = [front.ask("GET", "/sessions/whoami", posing_as=addresses[number % len(addresses)]) for number in range(times)]
            for each in got:
                assert each.status in (200, 429), each
                if each.status == 429:
                    assert error_code(each) == 429 and each.headers["retry-after"] == "5", each
            return len([each for each in got if each.status == 200])

        def burst(most, *addresses):
            """A burst, one more, and what has come back meanwhile."""
            began = time.monotonic()
            number = passed(*addresses)
            assert most + 1 <= number <= most + 2 + time.monotonic() - began, (addresses, number)

        burst(5, "203.0.113.7")
        assert passed("203.0.113.8", times=3) == 3
        burst(20, "198.51.100.7", "198.51.100.8")
        assert passed("203.0.113.9", times=3) == 3
        burst(20, "2001:db8:1::5", "2001:db8:1:ffff::6")
        # one home is a /64, however it is written
        burst(5, "2001:db8:2:3::5", *(f"2001:db8:2:3:4:5:6:{number}" for number in range(8)))
        assert passed("2001:db8:2:4::5", times=3) == 3
        burst(5, "2001:db8:7::5", *(f"2001:db8:7:0:{number}::6" for number in range(1, 9)))
        burst(5, "2001:db8::5", *(f"2001:db8:0:0:{number}::" for number in range(1, 9)))
        burst(5, "2001::5", *(f"2001:0:0:0:{number}:6:7:8" for number in range(1, 9)))
        assert passed("2001:db8:6::5", "2001:db9::5", "2002::5", times=3) == 3
        assert len([request for _, request in front.seen()]) >= 70
        assert front.ask("GET", "/", plain=True).status == 200


@case("no network has more than its share of calls under way at once, and an office has its own")
def _(_front):
    with Front(NETWORK_REQUESTS=100000, NETWORK_BURST=3, OFFICE_REQUESTS=100000, OFFICE_BURST=6, OFFICE_NETWORKS="198.51.100.0/24") as front:
        go_on = threading.Event()
        front.kratos.answer = lambda _: go_on.wait(60) and answer(200, b"{}") or b""
        waiting = []
        for who, most in (("203.0.113.7", 3), ("198.51.100.7", 6)):
            for number in range(1, most + 1):
                waiting.append(front.connect())
                waiting[-1].sendall(f"GET /sessions/whoami HTTP/1.1\r\nHost: {NAME}\r\nX-Posing-As: {who}\r\n\r\n".encode())
                wait_for(lambda: len(front.kratos.requests) == len(waiting), "the call behind")
            got = front.ask("GET", "/sessions/whoami", posing_as=who)
            assert (got.status, error_code(got), got.headers["retry-after"]) == (429, 429, "5"), got
        go_on.set()
        for caller in waiting:
            assert caller.recv(1000).startswith(b"HTTP/1.1 200 ")
            caller.close()
        assert front.ask("GET", "/sessions/whoami", posing_as="203.0.113.7").status == 200


CANARIES = {"flow": FLOW, "code": "918273", "token": "ory_st_canary", "proof": "canaryproof", "address": "anna.canary", "agent": "canaryagent",
            "cookie": "canarycookie", "referer": "canaryreferer", "path": "canarypath"}
CANARY_BODY = f'{{"method":"code","code":"{CANARIES["code"]}","email":"{CANARIES["address"]}@corp.test"}}'.encode()
CANARY_HEADERS = {"X-Session-Token": CANARIES["token"], "X-Altcha": CANARIES["proof"], "User-Agent": CANARIES["agent"], "Cookie": CANARIES["cookie"],
                  "Referer": f"https://x/{CANARIES['referer']}?flow={FLOW}"}


def ask_everything(front, plain=False):
    """With something that must not be written down in every place of a request."""
    for method, target, _, _ in CALLS:
        front.ask(method, target, CANARY_BODY if method != "GET" else None, CANARY_HEADERS, plain)
    front.ask("GET", f"/{CANARIES['path']}/{FLOW}?flow={FLOW}", None, CANARY_HEADERS, plain)
    front.ask("GET", f"/reset?flow={FLOW}&code={CANARIES['code']}", None, CANARY_HEADERS, plain)
    front.ask("POST", f"{RECOVERY}?flow={FLOW}", CANARY_BODY + b" " * 70000, CANARY_HEADERS, plain)
    front.ask("GET", f"{RECOVERY}/flows?id={FLOW}&{'x' * 9000}", None, CANARY_HEADERS, plain)
    front.ask("GET", f"{RECOVERY}/flows?id={FLOW}", None, CANARY_HEADERS | {"X": "x" * 9000}, plain)
    front.ask("BREW", f"{RECOVERY}/flows?id={FLOW}", None, CANARY_HEADERS, plain)
    front.raw(f"GET {RECOVERY}/flows?id={FLOW} HTTP/9\r\n\r\n".encode(), plain)
    front.raw(f"{FLOW} {CANARIES['token']}\r\n\r\n".encode(), plain)
    front.raw(post(f"{RECOVERY}?flow={FLOW}", b"zz\r\n" + CANARY_BODY, "Transfer-Encoding: chunked"), plain)


@case("neither log ever holds a flow, a code, a token or a proof, whatever goes wrong")
def _(_front):
    with Front(NETWORK_REQUESTS=100000, NETWORK_BURST=1000) as front:
        ask_everything(front)
        ask_everything(front, plain=True)
        for behind in (answer(500, f"no {FLOW} here".encode()), answer(303, b"", f"Location: /?flow={FLOW}"), lambda _: None, b"HTTP/1.1 200 OK\r\n",
                       b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20000 + b"\r\n\r\n"):
            for each in (front.kratos, front.gate):
                each.answer = behind
            ask_everything(front)
        front.kratos.stop()
        front.gate.stop()
        ask_everything(front)
        # cut off in the middle of a body
        with front.connect() as caller:
            caller.sendall(post(f"{RECOVERY}?flow={FLOW}", CANARY_BODY, "Content-Length: 5000"))
        with socket.create_connection(("127.0.0.1", front.https)) as caller:
            caller.sendall(f"GET /?flow={FLOW} HTTP/1.1\r\n\r\n".encode())
            caller.recv(1000)
        front.ask("GET", "/sessions/whoami", None, CANARY_HEADERS)
        log = front.logs()
        for method, target, _, _ in CALLS:
            assert f'"call":"{method} {target.partition("?")[0]}"' in log, (method, target)
        assert '"call":"other"' in log and '"status":502' in log and '"status":413' in log, log[-2000:]
        for name, canary in CANARIES.items():
            assert canary not in log, (name, [line for line in log.splitlines() if canary in line][:3])
        for line in (front.log_folder / "first-login.log").read_text().splitlines():
            assert json.loads(line)["call"] in ("other",) or "?" not in line, line


@case("nor when there is no room for a connection to the one behind")
def _(_front):
    with Front(connections=10) as front:
        go_on = threading.Event()
        front.kratos.answer = front.gate.answer = lambda _: go_on.wait(60) and answer(200, b"{}") or b""
        data = post(f"{RECOVERY}?flow={FLOW}", CANARY_BODY, f"Content-Length: {len(CANARY_BODY)}", "Connection: close",
                    f"X-Session-Token: {CANARIES['token']}")
        callers = [front.connect() for _ in range(6)]
        # half a request each: connections that wait for their first are given up where others are short of them
        for caller in callers:
            caller.sendall(data[:30])
        for caller in callers:
            caller.sendall(data[30:])
        wait_for(lambda: '"status":500' in front.logs(), "the first that finds no room")
        go_on.set()
        for caller in callers:
            caller.recv(1000)
            caller.close()
        for name, canary in CANARIES.items():
            assert canary not in front.logs(), name


@case("nor when it is too much")
def _(_front):
    with Front(NETWORK_REQUESTS=1, NETWORK_BURST=1, OFFICE_NETWORKS="198.51.100.0/24", OFFICE_BURST=1, OFFICE_REQUESTS=1) as front:
        for who in ("203.0.113.7", "198.51.100.7"):
            got = [front.ask("POST", f"{RECOVERY}?flow={FLOW}", CANARY_BODY, CANARY_HEADERS, posing_as=who).status for _ in range(8)]
            assert 429 in got, got
        for name, canary in CANARIES.items():
            assert canary not in front.logs(), name
        assert '"limit":"REJECTED"' in front.logs()


if __name__ == "__main__":
    program("nginx")
    with Front(OFFICE_NETWORKS="198.51.100.0/24", NETWORK_REQUESTS=100000, NETWORK_BURST=1000) as front:
        sys.argv[1:1] = ["-"] if len(sys.argv) < 2 or sys.argv[1] != "-" else []
        tap.run(front)
