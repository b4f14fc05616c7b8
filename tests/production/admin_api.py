# SPDX-License-Identifier: GPL-3.0-or-later
"""A small stand-in for the admin API of Ory Kratos: what invitations, the help desk and the overview ask it, answered as
v26.2.0 was seen to. The recorded exchanges are in admin-transcripts; test-status plays them against this."""

import datetime
import http.server
import json
import re
import secrets
import socketserver
import threading
import urllib.parse
import uuid

FIRST_PAGE = str(uuid.UUID(int=0))
CONFLICT = {"code": 409, "status": "Conflict", "message": "Unable to insert or update resource because a resource with that value exists already"}
NOT_FOUND = {"code": 404, "status": "Not Found", "message": "Unable to locate the resource"}
CREATE = {"schema_id", "traits", "credentials", "verifiable_addresses", "recovery_addresses", "metadata_public", "metadata_admin", "state",
          "organization_id", "external_id"}
HASHES = re.compile(r"\$(argon2id?|2[aby]|scrypt|pbkdf2-sha\d+)\$")


class Refusal(Exception):
    def __init__(self, status, error):
        super().__init__(status)
        self.status = status
        self.body = {"error": error}


def malformed(reason):
    return {"code": 400, "status": "Bad Request", "reason": reason, "message": "The request was malformed or contained invalid parameters"}


class AdminApi:
    """Listens at self.url. `before` and `after` are called with (method, path) around each thing that is done; what they
    raise is an answer that is never given. down() and up() take the port away and bring it back."""

    def __init__(self):
        self.people = {}
        self.names = {}
        self.sessions = {}
        self.mails = []
        self.codes = []
        self.hashes = {}
        self.calls = []
        self.before = self.after = lambda method, path: None
        self.lock = threading.RLock()
        self.seconds = 0
        self.idle = None  # seconds after which a connection that nobody uses is closed
        self.lines = set()  # the connections that there are
        self.port = 0
        self.server = None
        self.up()

    # -------------------------------------------------------------------------------------------------------- listening

    def up(self):
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                self.timeout = api.idle
                super().setup()
                api.lines.add(self)

            def finish(self):
                super().finish()
                api.lines.discard(self)

            def answer(self):
                api.answer(self)
            do_GET = do_PATCH = do_PUT = do_POST = do_DELETE = answer

            def log_message(self, *_):
                pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    def down(self):
        self.server.shutdown()
        self.server.server_close()
        self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.server:
            self.down()

    def answer(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        content = handler.rfile.read(length)
        if self.server is None:
            raise ConnectionError("down")
        parts = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        link = ""
        try:
            self.before(handler.command, parts.path)
            with self.lock:
                self.calls.append((handler.command, handler.path))
                try:
                    status, body, *link = self.do(handler.command, parts.path, query, json.loads(content) if content else None)
                except Refusal as refusal:
                    status, body = refusal.status, refusal.body
            self.after(handler.command, parts.path)
        except OSError:
            handler.close_connection = True
            return
        data = b"" if body is None else json.dumps(body).encode() + b"\n"
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json; charset=utf-8")
        if status != 204:
            handler.send_header("Content-Length", str(len(data)))
        if link and link[0]:
            handler.send_header("Link", link[0])
        handler.end_headers()
        handler.wfile.write(data)

    def now(self):
        """Later each time that it is asked, as in the engine."""
        self.seconds += 0.000_01
        when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.seconds)
        return when.isoformat(timespec="microseconds").replace("+00:00", "Z")

    # ------------------------------------------------------------------------------------------------------------ calls

    def do(self, method, path, query, body):
        match = re.fullmatch(r"/admin/(identities|courier/messages|recovery/code)(?:/([0-9a-f-]{36}))?(?:/(sessions|credentials)(?:/(\w+))?)?", path)
        if not match:
            raise Refusal(404, NOT_FOUND)
        kind, identifier, part, credential = match.groups()
        if kind == "courier/messages":
            return self.list_mails(query)
        if kind == "recovery/code":
            return self.make_code(body)
        if identifier is None:
            return self.list_people(query) if method == "GET" else self.create_many(body)
        person = self.people.get(identifier)
        if person is None:
            raise Refusal(404, NOT_FOUND)
        if part == "sessions":
            return self.do_sessions(method, person)
        if part == "credentials":
            return self.remove_credential(person, credential)
        return {"GET": lambda: (200, person), "DELETE": lambda: self.delete(person), "PATCH": lambda: self.change(person, body),
                "PUT": lambda: self.replace(person, body)}[method]()

    def list_people(self, query):
        if "credentials_identifier" in query:
            found = self.names.get(query["credentials_identifier"].lower())
            return 200, [self.people[found]] if found else [], self.link("/admin/identities", query | {"page_size": "250"})
        size = min(int(query.get("page_size", 250)), 500)
        token = query.get("page_token", FIRST_PAGE)
        listed = sorted(identifier for identifier in self.people if identifier > token)
        following = listed[size - 1] if len(listed) > size else None
        return 200, [self.people[each] for each in listed[:size]], self.link("/admin/identities", query | {"page_size": str(size)}, following)

    @staticmethod
    def link(path, query, following=None):
        def target(token, relation):
            words = urllib.parse.urlencode(sorted((query | {"page_token": token}).items()))
            return f'<{path}?{words}>; rel="{relation}"'
        return ",".join([target(FIRST_PAGE, "first"), *([target(following, "next")] if following else [])])

    def list_mails(self, query):
        size = min(int(query.get("page_size", 10)), 500)
        start = int(query.get("page_token", "0"))
        listed = [mail for mail in reversed(self.mails) if query.get("recipient", mail["recipient"]) == mail["recipient"]]
        following = str(start + size) if len(listed) > start + size else None
        return 200, listed[start:start + size], self.link("/admin/courier/messages", query | {"page_size": str(size)}, following)

    def create_many(self, body):
        if len(body["identities"]) > 1000:
            raise Refusal(400, malformed("The maximum number of identities per request that can be created or deleted at once is 1000."))
        for patch in body["identities"]:
            self.check_account(patch)
        return 200, {"identities": [self.create(patch) for patch in body["identities"]]}

    @staticmethod
    def check_account(patch):
        try:
            uuid.UUID(patch["patch_id"])
        except ValueError:
            length = len(patch["patch_id"])
            raise Refusal(400, {"code": 500, "status": "Internal Server Error",
                                "message": f"uuid: incorrect UUID length {length} in string \"{patch['patch_id']}\""}) from None
        unknown = patch["create"].keys() - CREATE
        if unknown:
            raise Refusal(400, {"code": 500, "status": "Internal Server Error", "message": f'json: unknown field "{unknown.pop()}"'})
        if not HASHES.match(patch["create"]["credentials"]["password"]["config"]["hashed_password"]):
            raise Refusal(400, malformed("The imported password does not match any known hash format. For more information see https://www.ory.sh/dr/2"))

    def create(self, patch):
        account = patch["create"]
        address = account["traits"]["email"]
        result = {"action": "error", "patch_id": patch["patch_id"]}
        if " " in address or "@" not in address:
            return result | {"error": malformed(f'I[#/traits/email] S[#/properties/traits/properties/email] validation failed: "{address}" is not valid "email"')}
        unknown = account["traits"].keys() - {"email", "name", "language"}
        if unknown:
            return result | {"error": malformed("I[#/traits] S[#/properties/traits/additionalProperties] additionalProperties "
                                                f'"{unknown.pop()}" not allowed')}
        if address.lower() in self.names:
            return result | {"error": CONFLICT}
        identifier = str(uuid.uuid4())
        changed, verified, made = self.now(), self.now(), self.now()
        person = {"id": identifier, "credentials": {}, "schema_id": account["schema_id"], "schema_url": f"{self.url}/schemas/ZW1wbG95ZWU",
                  "state": account.get("state", "active"), "state_changed_at": changed, "traits": account["traits"],
                  "verifiable_addresses": [{"id": str(uuid.uuid4()), "value": address.lower(), "verified": True, "via": "email",
                                            "status": "completed", "verified_at": verified, "created_at": made, "updated_at": made}],
                  "metadata_public": None, "metadata_admin": account.get("metadata_admin"), "created_at": made, "updated_at": made,
                  "organization_id": None}
        self.people[identifier] = person
        self.give_address(person)
        self.give_password(person, account["credentials"]["password"]["config"]["hashed_password"])
        return {"action": "create", "identity": identifier, "patch_id": patch["patch_id"]}

    def give_address(self, person):
        address, now = person["traits"]["email"].lower(), self.now()
        self.names[address] = person["id"]
        self.sessions.setdefault(person["id"], 0)
        person["recovery_addresses"] = [{"id": str(uuid.uuid4()), "value": address, "via": "email", "created_at": now, "updated_at": now}]

    def give_password(self, person, phc):
        now = self.now()
        person["credentials"]["password"] = {"type": "password", "identifiers": [person["traits"]["email"].lower()], "version": 0,
                                             "created_at": now, "updated_at": now}
        self.hashes[person["id"]] = phc

    def move(self, person, address):
        if self.names.get(address.lower(), person["id"]) != person["id"]:
            raise Refusal(409, CONFLICT)
        if address.lower() == person["traits"]["email"].lower():
            return
        del self.names[person["traits"]["email"].lower()]
        person["traits"] = person["traits"] | {"email": address}
        self.give_address(person)
        now = self.now()
        person["verifiable_addresses"] = [{"id": str(uuid.uuid4()), "value": address.lower(), "verified": False, "via": "email",
                                           "status": "pending", "created_at": now, "updated_at": now}]
        person["credentials"]["password"] |= {"identifiers": [address.lower()], "updated_at": self.now()}

    def change(self, person, body):
        for patch in body:
            if patch["path"] == "/traits/email":
                self.move(person, patch["value"])
            else:
                assert patch["path"] == "/state", patch
                person["state"] = patch["value"]
                person["state_changed_at"] = self.now()
        person["updated_at"] = self.now()
        return 200, person

    def replace(self, person, body):
        self.move(person, body["traits"]["email"])
        person |= {"traits": body["traits"], "metadata_admin": body.get("metadata_admin"), "state": body["state"], "updated_at": self.now()}
        self.give_password(person, body["credentials"]["password"]["config"]["hashed_password"])
        shown = json.loads(json.dumps(person))
        shown["credentials"]["password"] |= {"created_at": "0001-01-01T00:00:00Z", "updated_at": "0001-01-01T00:00:00Z"}
        return 200, shown

    def delete(self, person):
        del self.people[person["id"]]
        del self.names[person["traits"]["email"].lower()]
        return 204, None

    def remove_credential(self, person, kind):
        if kind not in person["credentials"]:
            raise Refusal(404, {"code": 404, "status": "Not Found", "reason": f"You tried to remove a {kind} but this user have no {kind} set up.",
                                "message": "The requested resource could not be found"})
        del person["credentials"][kind]
        return 204, None

    def do_sessions(self, method, person):
        if method == "GET":
            return 200, [{"id": str(uuid.uuid4()), "active": True} for _ in range(self.sessions[person["id"]])]
        if not self.sessions[person["id"]]:
            raise Refusal(404, NOT_FOUND)
        self.sessions[person["id"]] = 0
        return 204, None

    def make_code(self, body):
        if body["identity_id"] not in self.people:
            raise Refusal(404, NOT_FOUND | {"reason": "could not find identity"})
        minutes = int(body["expires_in"].removesuffix("m"))
        if not minutes:
            raise Refusal(400, malformed('Value from "expires_in" must result to a future time: 0s'))
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
        code = {"recovery_link": f"http://127.0.0.1:4455/recovery?flow={uuid.uuid4()}", "recovery_code": f"{secrets.randbelow(10**6):06}",
                "expires_at": until.isoformat(timespec="microseconds").replace("+00:00", "123Z")}
        self.codes.append(code)
        return 201, code

    # ----------------------------------------------------------------------------------------------- what people do there

    def person(self, address):
        return self.people[self.names[address]]

    def ask_for_mail(self, address, status="sent"):
        now = self.now()
        self.mails.append({"id": str(uuid.uuid4()), "status": status, "type": "email", "recipient": address, "body": "<redacted-unless-dev-mode>",
                           "subject": "<redacted-unless-dev-mode>", "template_type": "recovery_code_valid", "channel": "email",
                           "send_count": 1, "created_at": now, "updated_at": now})

    def use_code(self, address):
        person = self.person(address)
        person["verifiable_addresses"][0] |= {"verified": True, "status": "completed", "verified_at": self.now()}
        self.sessions[person["id"]] += 1

    def choose_password(self, address):
        self.person(address)["credentials"]["password"]["updated_at"] = self.now()

    def turn_two_factor_on(self, address):
        person = self.person(address)
        for kind in ("totp", "lookup_secret"):
            now = self.now()
            person["credentials"][kind] = {"type": kind, "identifiers": [person["id"]], "version": 0, "created_at": now, "updated_at": now}

    def walk_through(self, address):
        self.use_code(address)
        self.choose_password(address)
        self.turn_two_factor_on(address)
