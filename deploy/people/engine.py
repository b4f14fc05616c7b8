# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin API of Ory Kratos, as much of it as invitations, the help desk and the overview need."""

import http.client
import json
import re
import time
import urllib.parse

# A credential that nobody here has. Asking for it makes the engine list which credentials there are, and show none: asked
# for password or totp it would send hashes and keys.
NAMES_ONLY = "webauthn"
PAGE = 500            # what the engine gives at most
SECONDS = 60          # a batch of newcomers takes some on a busy engine
PATIENCE = (0.5, 1, 2)  # seconds between tries
ANSWER_MAX = 64 << 20


class EngineDown(Exception):
    """The engine cannot be reached, or does not answer like one."""


class EngineRefused(Exception):
    """The engine has understood and refused."""

    def __init__(self, status, text):
        super().__init__(f"the engine refuses it ({status}): {text}")
        self.status = status
        self.text = text


def explain(body):
    """What an error of the engine says."""
    error = body.get("error", body) if isinstance(body, dict) else {}
    if not isinstance(error, dict):
        error = {}
    return str(error.get("reason") or error.get("message") or "no reason given").replace("\n", " ").strip()


class Engine:
    def __init__(self, url, patience=PATIENCE):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no address of an admin API; wants such as http://127.0.0.1:4434")
        self.url = url
        self.path = parts.path.rstrip("/")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(parts.hostname, parts.port, timeout=SECONDS)
        self.patience = patience

    def call(self, method, path, body=None, expect=(200,), tries=True):
        """Returns (status, headers, body). `tries`: whether it does no harm to ask once more when no answer came."""
        data = None if body is None else json.dumps(body).encode()
        waits = list(self.patience) if tries else []
        if not tries:
            self.connection.close()  # the engine may have hung up since; that is known only after asking
        while True:
            try:
                status, headers, answer = self._call_once(method, path, data)
                if status < 500:
                    break
                problem = f"it answers {status}"
            except (OSError, http.client.HTTPException, ValueError) as error:
                problem = str(error) or type(error).__name__
            self.connection.close()
            if not waits:
                raise EngineDown(f"the engine's admin API at {self.url} gives no answer: {problem}")
            time.sleep(waits.pop(0))
        if status not in expect:
            raise EngineRefused(status, explain(answer))
        return status, headers, answer

    def _call_once(self, method, path, data):
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if data is not None else {})
        self.connection.request(method, self.path + path, data, headers)
        response = self.connection.getresponse()
        content = response.read(ANSWER_MAX + 1)
        if len(content) > ANSWER_MAX:
            raise ValueError("it answers without an end")
        try:
            answer = json.loads(content) if content else None
        except ValueError:
            if response.status < 400:
                raise ValueError("it answers in no JSON") from None
            answer = None
        return response.status, response.headers, answer

    # ------------------------------------------------------------------------------------------------------- identities

    def find(self, address):
        """The account that signs in with that address, or None."""
        query = urllib.parse.urlencode({"credentials_identifier": address, "include_credential": NAMES_ONLY})
        for identity in self.call("GET", f"/admin/identities?{query}")[2]:
            if address in address_names(identity):
                return identity
        return None

    def get(self, identifier):
        return self.call("GET", f"/admin/identities/{identifier}?include_credential={NAMES_ONLY}")[2]

    def identities(self):
        """Every account there is, one page in memory at a time."""
        return self._pages(f"/admin/identities?page_size={PAGE}&include_credential={NAMES_ONLY}")

    def create_many(self, newcomers):
        """Makes the accounts of {patch id: account}; returns {patch id: (identity's id or None, status, text)}. Done again,
        those that are there are refused with 409."""
        patches = [{"patch_id": each, "create": account} for each, account in newcomers.items()]
        answer = self.call("PATCH", "/admin/identities", {"identities": patches})[2]
        results = {}
        for each in answer["identities"]:
            if each["action"] == "create":
                results[each["patch_id"]] = each["identity"], 201, ""
            else:
                results[each["patch_id"]] = None, each["error"]["code"], explain(each["error"])
        if results.keys() != newcomers.keys():
            raise EngineDown("the engine has answered for other people than were sent")
        return results

    def replace(self, identity, **members):
        """Puts an account in the place of the one it was, as a whole."""
        kept = ("schema_id", "state", "traits", "metadata_public", "metadata_admin", "external_id")
        body = {name: identity[name] for name in kept if identity.get(name) is not None} | members
        return self.call("PUT", f"/admin/identities/{identity['id']}", body, tries=False)[2]

    def change(self, identifier, path, value):
        return self.call("PATCH", f"/admin/identities/{identifier}", [{"op": "replace", "path": path, "value": value}])[2]

    def delete(self, identifier):
        """Returns whether it was there."""
        return self.call("DELETE", f"/admin/identities/{identifier}", expect=(204, 404))[0] == 204

    def remove_credential(self, identifier, kind):
        return self.call("DELETE", f"/admin/identities/{identifier}/credentials/{kind}", expect=(204, 404))[0] == 204

    def end_sessions(self, identifier):
        return self.call("DELETE", f"/admin/identities/{identifier}/sessions", expect=(204, 404))[0] == 204

    def count_sessions(self, identifier):
        return len(self.call("GET", f"/admin/identities/{identifier}/sessions?active=true")[2])

    def make_code(self, identifier, minutes):
        """A code that opens the account, and nothing is mailed. Asked once: each answer is a code that works."""
        body = {"identity_id": identifier, "expires_in": f"{minutes}m", "flow_type": "api"}
        return self.call("POST", "/admin/recovery/code", body, expect=(201,), tries=False)[2]

    # --------------------------------------------------------------------------------------------------------- messages

    def messages(self):
        """Every mail that the engine still remembers, newest first; what is in them it does not say."""
        return self._pages(f"/admin/courier/messages?page_size={PAGE}")

    def _pages(self, path):
        seen = set()
        while path and path not in seen:
            seen.add(path)
            _, headers, page = self.call("GET", path)
            yield from page
            path = _next_page(headers.get("Link", "")) if page else None


def _next_page(link):
    """The path of the next page (RFC 8288), whatever name the engine has for itself in front of it."""
    for target, relation in re.findall(r'<([^>]*)>\s*;\s*rel="([^"]*)"', link):
        if relation == "next":
            parts = urllib.parse.urlsplit(target)
            path = parts.path if parts.path.startswith("/admin/") else "/admin" + parts.path
            return f"{path}?{parts.query}"
    return None


def address_names(identity):
    """What an account signs in with."""
    return identity.get("credentials", {}).get("password", {}).get("identifiers") or []


def address_of(identity):
    return str((identity.get("traits") or {}).get("email", "")).lower()
