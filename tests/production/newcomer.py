# SPDX-License-Identifier: GPL-3.0-or-later
"""A first login without the assistant: the same calls in the same order, by plain HTTP, for measuring what is behind."""

import http.client
import json
import pathlib
import re
import ssl
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "service"))

from service_host import solve, totp  # noqa: E402

PASSWORD = "lantern orbit thistle"


class Refused(Exception):
    """An answer that a first login does not go on with."""

    def __init__(self, call, status, body):
        super().__init__(f"{call}: {status} {body[:300]}")
        self.status = status


class Newcomer:
    """Somebody at an own computer: one connection, which is made anew when it was lost or has long been idle. With `has_robot` the gate is in
    front. `note(call, seconds)` hears of every call."""

    def __init__(self, url, address, mails, has_robot, authority=None, note=None):
        parts = urllib.parse.urlsplit(url)
        context = ssl.create_default_context(cafile=authority) if authority else None
        self.connection = (http.client.HTTPSConnection(parts.hostname, parts.port, timeout=60, context=context) if context
                           else http.client.HTTPConnection(parts.hostname, parts.port, timeout=60))
        self.address = address
        self.mails = mails
        self.has_robot = has_robot
        self.note = note
        self.token = self.flow = None
        self.asked_at = 0

    def ask(self, method, path, body=None, expected=200, **headers):
        headers = {"Accept": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["X-Session-Token"] = self.token
        begin = time.monotonic()
        # the server has closed it meanwhile
        if begin - self.asked_at > 30:
            self.connection.close()
        self.asked_at = begin
        try:
            self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = self.connection.getresponse()
            data = answer.read()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            raise
        call = f"{method} {path.partition('?')[0]}"
        if self.note:
            self.note(call, time.monotonic() - begin)
        if answer.status != expected:
            raise Refused(call, answer.status, data)
        return json.loads(data) if data else None

    def begin(self, kind):
        return self.ask("GET", f"/self-service/{kind}/api")["id"]

    def submit(self, kind, body, expected=200, **headers):
        return self.ask("POST", f"/self-service/{kind}?flow={self.flow}", body, expected, **headers)

    # -- the pages

    def give_address(self):
        self.flow = self.begin("login")
        self.submit("login", {"method": "identifier_first", "identifier": self.address}, 400)

    def ask_for_mail(self, flow=None):
        self.flow = flow or self.begin("recovery")
        headers = {"X_Altcha": solve(self.ask("GET", "/altcha"))} if self.has_robot else {}
        self.submit("recovery", {"method": "code", "email": self.address, "transient_payload": {"flow": self.flow, "lang": "en"}},
                    **headers)

    def wait_code(self, seconds=60):
        """The code of the mail for this flow; looks only at mails that nobody has looked at yet."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if code := self.mails.code(self.address, self.flow):
                return code
            time.sleep(0.05)
        raise AssertionError(f"no mail for {self.address}")

    def type_mail_code(self, code):
        token, settings = self.submit("recovery", {"method": "code", "code": code})["continue_with"][:2]
        self.token, self.flow = token["ory_session_token"], settings["flow"]["id"]
        self.ask("GET", f"/self-service/settings/flows?id={self.flow}")

    def choose_password(self):
        form = self.submit("settings", {"method": "password", "password": PASSWORD})
        self.key = next(node["attributes"]["text"]["context"]["secret"] for node in form["ui"]["nodes"]
                        if node["attributes"].get("id") == "totp_secret_key")

    def activate(self):
        self.submit("settings", {"method": "totp", "totp_code": totp(self.key, time.time())})

    def keep_codes(self):
        self.submit("settings", {"method": "lookup_secret", "lookup_secret_regenerate": True})
        self.submit("settings", {"method": "lookup_secret", "lookup_secret_confirm": True})

    def leave(self):
        token, self.token = self.token, None
        self.ask("DELETE", "/self-service/logout/api", {"session_token": token}, 204)
        self.connection.close()

    def walk(self, between=lambda page: None):
        """From the first page to the last; `between` is told the page that comes next."""
        pages = (self.give_address, self.ask_for_mail, lambda: self.type_mail_code(self.wait_code()), self.choose_password,
                 self.activate, self.keep_codes, self.leave)
        for number, page in enumerate(pages):
            between(number)
            page()


class Letterbox:
    """Everybody's mails, in a folder that a mail server writes to."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.codes = {}
        self.seen = set()

    def look(self):
        for path in sorted(self.folder.glob("[!.]*.eml")):
            if path.name not in self.seen:
                self.seen.add(path.name)
                text = path.read_text(errors="replace").replace("=\n", "").replace("=3D", "=")
                recipient = re.search(r"(?m)^X-Recipient: (.*?)\r?$", text)[1].lower()
                found = re.search(r"#flow=([0-9a-f-]{36})&(?:amp;)?code=(\d{6})", text)
                if found:
                    self.codes[recipient, found[1]] = found[2]

    def code(self, address, flow):
        self.look()
        return self.codes.get((address, flow))
