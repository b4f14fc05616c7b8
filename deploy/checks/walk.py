# SPDX-License-Identifier: GPL-3.0-or-later
"""A person of today walks through: made, let in by a code of the administrator's through the public name, and removed. No
mail is sent."""

import re
import secrets
import signal
import urllib.parse

from checks import public
from people.engine import Engine, EngineDown, EngineRefused

TESTED = "v26.2.0"
MINUTES = 5


def version(place, report, engine):
    """The engine answers its administrator, and is the one that all this was tried with. Returns whether it answers."""
    try:
        engine.call("GET", "/admin/health/ready", tries=False)
        found = engine.call("GET", "/admin/version", tries=False)[2].get("version", "")
    except (EngineDown, EngineRefused) as error:
        report.fail("engine", str(error), "systemctl status kratos postgresql; journalctl -u kratos -n 50; after an upgrade: systemctl start kratos-migrate")
        return False
    if found.lstrip("v") != TESTED.lstrip("v"):
        report.warn("engine", f"Kratos is {found}; all this was tried with {TESTED}", "run ./dev interop against it before people meet it")
    else:
        report.ok("engine", f"Kratos {found} is ready")
    return True


def recovery(place, report, engine):
    """Recovery works for a native program, from the code to the settings."""
    address = f"first-login-check-{secrets.token_hex(8)}@{place.values['SERVER']}"
    account = {"schema_id": "employee", "state": "active", "traits": {"email": address, "name": {"first": "Check"}}}
    # between its making and the promise to remove it nobody can end this
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        identity = engine.call("POST", "/admin/identities", account, expect=(201,), tries=False)[2]["id"]
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            problem = try_walk(place, engine, identity, address)
        finally:
            remove(place, report, identity, address)
    except (EngineDown, EngineRefused) as error:
        problem = f"no account can be made: {error}", "journalctl -u kratos -n 50; deploy/kratos/employee.schema.json"
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    if problem:
        report.fail("recovery", *problem)
    else:
        report.ok("recovery", "a code lets a person in, as far as the page for a new password")


def remove(place, report, identity, address):
    """Over a connection of its own: the other one may wait for an answer still."""
    engine = Engine(place.admin, patience=(0.5, 1))
    try:
        engine.delete(identity)
    except (EngineDown, EngineRefused) as error:
        report.fail("recovery", f"{address}, made for this check, could not be removed: {error}", f"curl -X DELETE {engine.url}/admin/identities/{identity}")


def try_walk(place, engine, identity, address):
    try:
        return walk(place, engine, identity, address)
    except OSError as error:
        return f"{place.values['SERVER']} gives no answer: {error}", "systemctl status nginx first-login-gate kratos"
    except (EngineDown, EngineRefused) as error:
        return f"no code can be made: {error}", "selfservice.methods.code and selfservice.flows.recovery in kratos.yaml: deploy/render"


def walk(place, engine, identity, address):
    """Returns what went wrong and what to do, or nothing."""
    native = f"feature_flags.use_continue_with_transitions: true in kratos.yaml: deploy/render {place.site} /, systemctl restart kratos"
    made = engine.make_code(identity, MINUTES)
    flow = urllib.parse.parse_qs(urllib.parse.urlsplit(made["recovery_link"]).query).get("flow", [""])[0]
    if not re.fullmatch(r"[0-9a-f-]{36}", flow):
        return "the administrator's code comes without a flow", native

    got = public.ask(place, "POST", f"/self-service/recovery?flow={flow}", {"method": "code", "code": made["recovery_code"]})
    if got.status == 422:
        return "a right code is answered with a page for browsers, and no session: nobody gets past it", native
    if got.status == 429:
        return "too much has been asked from here: the code was not tried", "wait, and run deploy/check again"
    if got.status != 200 or got.json().get("state") != "passed_challenge":
        return f"a right code is answered {got.status}, and does not let in", "journalctl -u kratos -u first-login-gate -n 50"
    steps = {each.get("action"): each for each in got.json().get("continue_with") or []}
    token = steps.get("set_ory_session_token", {}).get("ory_session_token", "")
    settings = steps.get("show_settings_ui", {}).get("flow", {}).get("id", "")
    if not token or not settings:
        return "a right code gives no session to a native program", native

    who = public.ask(place, "GET", "/sessions/whoami", X_Session_Token=token)
    if who.status != 200 or (who.json().get("identity") or {}).get("traits", {}).get("email") != address:
        return f"the session is not that person's: GET /sessions/whoami answers {who.status}", "nginx must hand X-Session-Token on, and cache nothing: deploy/render"
    page = public.ask(place, "GET", f"/self-service/settings/flows?id={settings}", X_Session_Token=token)
    groups = {node.get("group") for node in (page.json().get("ui") or {}).get("nodes") or []}
    if page.status != 200 or "password" not in groups:
        return f"the page for a new password cannot be reached: {page.status}", "selfservice.methods.password in kratos.yaml"
    missing = {"totp", "lookup_secret"} - groups
    if missing:
        return f"the settings do not offer {' and '.join(sorted(missing))}", "selfservice.methods in kratos.yaml: deploy/render"
    return None
