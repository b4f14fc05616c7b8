# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at an account from outside, by curl and nothing of the program's own."""

import json
import subprocess


class Answer:
    def __init__(self, status, body):
        self.status = status
        self.body = json.loads(body) if body else None


def ask(url, body=None, token=None):
    words = ["curl", "--silent", "--show-error", "--max-time", "30", "--write-out", "\n%{http_code}",
             "--header", "Accept: application/json", url]
    if body is not None:
        words += ["--header", "Content-Type: application/json", "--data", json.dumps(body)]
    if token is not None:
        words += ["--header", f"X-Session-Token: {token}"]
    text, _, status = subprocess.run(words, check=True, capture_output=True, text=True).stdout.rpartition("\n")
    return Answer(int(status), text)


def sign_in(server, address, password):
    """A session token, or None when the password is refused."""
    flow = ask(f"{server}/self-service/login/api").body["id"]
    answer = ask(f"{server}/self-service/login?flow={flow}",
                 {"method": "password", "identifier": address, "password": password})
    return answer.body.get("session_token") if answer.status == 200 else None


def second_factor(server, token, **code):
    """Whether a code is accepted: totp_code=... or lookup_secret=..."""
    flow = ask(f"{server}/self-service/login/api?aal=aal2", token=token).body["id"]
    method = "totp" if "totp_code" in code else "lookup_secret"
    return ask(f"{server}/self-service/login?flow={flow}", {"method": method, **code}, token).status == 200


def sign_out(server, token):
    """Ends a session, as its owner may do from another computer."""
    subprocess.run(["curl", "--silent", "--show-error", "--fail", "--max-time", "30", "--request", "DELETE",
                    "--header", "Content-Type: application/json", "--data", json.dumps({"session_token": token}),
                    f"{server}/self-service/logout/api"], check=True)


def whoami(server, token):
    return ask(f"{server}/sessions/whoami", token=token)


def ask_for_mail(desk, address):
    """A mail that was asked for on another computer."""
    number = len(desk.mails()) + 1
    flow = ask(f"{desk.url}/self-service/recovery/api").body["id"]
    answer = ask(f"{desk.url}/self-service/recovery?flow={flow}",
                 {"method": "code", "email": address, "transient_payload": {"flow": flow, "lang": "en"}})
    assert answer.status == 200, answer.body
    return desk.wait_mail(number)
