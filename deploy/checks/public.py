# SPDX-License-Identifier: GPL-3.0-or-later
"""What people's computers meet: the name and its certificate, nginx with exactly its calls, the gate behind it, and the
engine's manners. Asked at SERVER as anybody asks it."""

import base64
import hashlib
import http.client
import json
import re
import socket
import ssl
import time
import uuid

DAY = 86400
CERTIFICATE_WARN = 21  # days: certbot renews 30 before the end
CERTIFICATE_FAIL = 7
SECONDS = 20
BODY_MAX = 1 << 20
NOBODY = "first-login-check@invalid.invalid"

# what answers on a server where nginx hands on more than it should
FORBIDDEN = ("/admin/identities", "/admin/health/ready", "/identities", "/health/ready", "/health/alive", "/metrics", "/version", "/sessions", "/schemas",
             "/self-service/registration/api", "/self-service/registration/browser", "/self-service/login/browser", "/self-service/recovery/browser",
             "/self-service/settings/browser", "/self-service/verification/api", "/self-service/errors", "/.well-known/ory/webauthn.js",
             "//admin/identities", "/reset/../admin/identities", "/self-service/login/../../admin/identities")

HEADERS = {"Strict-Transport-Security": r"max-age=[0-9]{7,}", "Content-Security-Policy": r"default-src 'none'.*", "Cache-Control": r".*no-store.*",
           "X-Content-Type-Options": r"nosniff", "Referrer-Policy": r"no-referrer"}


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    def json(self):
        """The object that it is; empty where it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}


def context(place):
    found = ssl.create_default_context()
    if place.authority:
        found.load_verify_locations(place.authority)
    return found


def connect(place, plain=False):
    server = place.values["SERVER"]
    if plain:
        return http.client.HTTPConnection(server, int(place.values["HTTP_PORT"]), timeout=SECONDS)
    return http.client.HTTPSConnection(server, int(place.values["HTTPS_PORT"]), timeout=SECONDS, context=context(place))


def ask(place, method, path, body=None, plain=False, connection=None, **headers):
    """One call, over a connection of its own where none is given, as a stranger from the network makes it; raises OSError."""
    own = connection or connect(place, plain)
    data = None if body is None else json.dumps(body).encode()
    headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {}) | {
        name.replace("_", "-"): value for name, value in headers.items()}
    try:
        own.request(method, path, data, headers)
        response = own.getresponse()
        return Answer(response, response.read(BODY_MAX))
    except http.client.HTTPException as error:
        own.close()
        raise OSError(f"no answer in HTTP ({type(error).__name__})") from None
    finally:
        if connection is None:
            own.close()


def certificate(place, report):
    """The name leads here, and the certificate is good, for long enough, and the one on the disk. Returns whether the
    server can be asked."""
    server, port = place.values["SERVER"], int(place.values["HTTPS_PORT"])
    try:
        with socket.create_connection((server, port), timeout=SECONDS) as plain, context(place).wrap_socket(plain, server_hostname=server) as caller:
            shown, ends = caller.getpeercert(binary_form=True), ssl.cert_time_to_seconds(caller.getpeercert()["notAfter"])
    except socket.gaierror as error:
        report.fail("certificate", f"{server} is no name in DNS ({error.strerror})", f"make an A or AAAA record for {server}")
        return False
    except ssl.SSLCertVerificationError as error:
        report.fail("certificate", f"computers refuse the certificate: {error.verify_message}",
                    "certbot renew && systemctl reload nginx; TLS_CERTIFICATE needs the whole chain (fullchain.pem); where your own authority issues it: --authority FILE")
        return False
    except OSError as error:
        report.fail("certificate", f"nobody speaks TLS at {server}:{port}: {error}", "nginx -t; systemctl status nginx; look at the firewall")
        return False
    days = (ends - time.time()) / DAY
    if days < CERTIFICATE_WARN:
        tell = report.fail if days < CERTIFICATE_FAIL else report.warn
        tell("certificate", f"the certificate ends in {days:.0f} days", "certbot renew --dry-run; systemctl list-timers certbot.timer")
    else:
        report.ok("certificate", f"the certificate is good for {days:.0f} days")
    if place.has("nginx"):
        same_certificate(place, report, shown)
    return True


def same_certificate(place, report, shown):
    file = place.path(place.values["TLS_CERTIFICATE"])
    try:
        kept = ssl.PEM_cert_to_DER_cert(re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", file.read_text(), re.DOTALL)[0])
    except (OSError, TypeError, ValueError):
        report.fail("certificate", f"{file} is no certificate that can be read", f"put TLS_CERTIFICATE right in {place.site}")
        return
    if kept != shown:
        report.fail("certificate", f"nginx does not use the certificate in {file}", "systemctl reload nginx; /etc/letsencrypt/renewal-hooks/deploy/first-login does it at every renewal")


def closed_paths(place, report):
    """What is no call of the assistant is answered 404, over TLS and without."""
    found = []
    for plain in (False, True):
        connection = connect(place, plain)
        for path in FORBIDDEN:
            got = ask(place, "GET", path, connection=connection)
            if got.status not in (400, 404):
                found.append(f"{'http' if plain else 'https'}://{place.values['SERVER']}{path} answers {got.status}")
        connection.close()
    then = f"deploy/render {place.site} / && nginx -t && systemctl reload nginx; other sites on this nginx (ls /etc/nginx/sites-enabled /etc/nginx/conf.d) go"
    for each in found:
        report.fail("paths", each, then)
    if not found:
        report.ok("paths", f"{len(FORBIDDEN)} paths that are nobody's business answer 404")


def open_paths(place, report):
    """The assistant's own calls, the headers of their answers, the page behind the mail's button, and the plain answer."""
    then = f"deploy/render {place.site} / && nginx -t && systemctl reload nginx"
    got = ask(place, "GET", "/self-service/login/api", X_Forwarded_For="192.0.2.1", Cookie="a=b")
    if got.status != 200 or "ui" not in got.json():
        report.fail("calls", f"GET /self-service/login/api answers {got.status}, and no flow", "curl -s http://%s/health/ready; journalctl -u kratos -n 50" % place.values["KRATOS_PUBLIC_HERE"])
    else:
        report.ok("calls", "a login begins")
    missing = [name for name, wanted in HEADERS.items() if not re.fullmatch(wanted, got.headers.get(name, ""))]
    extra = [name for name in ("Set-Cookie", "X-Kratos-Authenticated-Identity-Id", "X-Powered-By") if name in got.headers]
    if "/" in got.headers.get("Server", ""):
        extra.append("Server with a version")
    if missing or extra:
        report.fail("headers", f"an answer lacks {', '.join(missing) or 'nothing'}, and has {', '.join(extra) or 'nothing'} too much", then)
    else:
        report.ok("headers", "answers have the headers that they should have")

    page = ask(place, "GET", "/reset")
    if page.status != 200 or not fits(page):
        report.fail("page", f"the page behind the mail's button (/reset) answers {page.status}, or has a policy that stops its own script", then)
    else:
        report.ok("page", "the page behind the mail's button is there")
    door = ask(place, "GET", "/", plain=True)
    if (door.status, door.body) != (200, b"first-login\n") or door.headers.get_content_type() != "text/plain":
        report.warn("plain", f"http://{place.values['SERVER']}/ does not give the answer that tells the sign-in page of a network from this server", then)
    else:
        report.ok("plain", "plain HTTP gives the one answer that it should")


def fits(page):
    """Whether the policy of the page lets its own script run (Content Security Policy Level 3, section 2.3.1)."""
    script = re.search(rb"<script>(.*?)</script>", page.body, re.DOTALL)
    if script is None:
        return False
    wanted = base64.b64encode(hashlib.sha256(script[1]).digest()).decode()
    return f"'sha256-{wanted}'" in page.headers.get("Content-Security-Policy", "")


def metric(place, name):
    """A number of the gate's; None where it is not told."""
    host, _, port = place.values["GATE_METRICS"].rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=SECONDS)
    try:
        connection.request("GET", "/metrics")
        text = connection.getresponse().read(BODY_MAX).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    found = re.search(rf"(?m)^first_login_gate_{name} ([0-9.e+]+)$", text)
    return float(found[1]) if found else None


def gate(place, report):
    """A request for a mail without the proof of work is refused, by the gate; its store answers."""
    then = f"GATE in {place.site}, systemctl status first-login-gate, journalctl -u first-login-gate -n 50"
    challenge = ask(place, "GET", "/altcha")
    if challenge.status != 200 or "signature" not in json.dumps(challenge.json()):
        report.fail("gate", f"GET /altcha answers {challenge.status}, and no challenge: there is no robot check", then)
    flow = ask(place, "GET", "/self-service/recovery/api").json().get("id", str(uuid.uuid4()))
    asked = ask(place, "POST", f"/self-service/recovery?flow={flow}", {"method": "code", "email": NOBODY})
    if asked.status == 200:
        report.fail("gate", "a mail can be asked for without the proof of work: calls go past the gate", f"deploy/render {place.site} / && systemctl reload nginx; {then}")
    elif asked.status == 429:
        report.unknown("gate", "too much has been asked from here: whether a mail needs the proof of work cannot be tried", "wait, and run deploy/check again")
    elif 4000038 not in [each.get("id") for each in asked.json().get("ui", {}).get("messages", [])]:
        report.fail("gate", f"a request for a mail is answered {asked.status}, and not by the gate's robot check", then)
    else:
        report.ok("gate", "a mail wants the proof of work")
    if place.has("gate"):
        store(place, report)


def store(place, report):
    up = metric(place, "store_up")
    if up is None:
        report.fail("store", f"http://{place.values['GATE_METRICS']}/metrics does not say whether the gate's store is up", "systemctl restart first-login-gate; GATE_METRICS in SITE")
    elif not up:
        report.fail("store", "the gate's store is down: nobody gets a mail, and nothing is counted", f"GATE_STORE is {place.values['GATE_STORE']}: journalctl -u first-login-gate -n 50; df -h")
    else:
        report.ok("store", "the gate's store answers")
    overruns, held = metric(place, "overruns_total"), metric(place, "held_total")
    if overruns and held and overruns > held / 100:
        report.warn("store", f"{overruns:.0f} of {held:.0f} refusals took longer than the grid: their time tells who has an account",
                    "GATE_PASSWORD_GRID larger, GATE_PASSWORDS_AT_ONCE smaller, or more cores for Kratos")


def secrecy(place, report):
    """Who asks for an account that does not exist meets what everybody meets."""
    flow = ask(place, "GET", "/self-service/login/api").json().get("id", "")
    asked = ask(place, "POST", f"/self-service/login?flow={flow}", {"method": "identifier_first", "identifier": NOBODY})
    text = asked.body.decode(errors="replace")
    if '"password"' in text and "4000037" not in text:
        report.ok("secrecy", "who has an account is not told")
    elif "4000037" in text:
        report.fail("secrecy", "Kratos tells which addresses have an account", f"security.account_enumeration.mitigate in kratos.yaml: deploy/render {place.site} /, systemctl restart kratos")
    else:
        report.unknown("secrecy", f"a login is answered {asked.status}: whether Kratos tells who has an account cannot be seen", "journalctl -u kratos -n 50")
