# SPDX-License-Identifier: GPL-3.0-or-later
"""What deploy/render writes for Kratos: its configuration, the identity schema, the mails and the units."""

import configparser
import contextlib
import html
import json
import re

import yaml

from stack import DEPLOY, Stack, TESTS  # first: it knows where tap is
from tap import case, run
from gotemplate import Template

FLOW = "0b6e2a4c-6a3e-4f63-9d6f-7a1c5f3f9e21"
WORDS = TESTS.parent / "data" / "letter" / "words.ini"
VALUES = {
    "SERVER": "id.flexhrm.example", "HTTPS_PORT": "443", "CODE_MINUTES": "20", "SESSION_HOURS": "9", "ARGON2_MEMORY_KIB": "65536", "ARGON2_ITERATIONS": "3",
    "ARGON2_PARALLELISM": "2", "ARGON2_MILLISECONDS": "130", "KRATOS_PUBLIC": "127.0.0.1:4433", "KRATOS_ADMIN": "127.0.0.1:4434",
    "KRATOS_DATABASE": "postgres://kratos@/kratos?host=/run/postgresql", "MAIL_PORT": "25", "MAIL_RELAY": "[smtp.flexhrm.example]:587",
    "KRATOS_PROGRAM": "/usr/local/bin/kratos",
}


class Rendered(Stack):
    """The files alone; nothing is started."""

    def __init__(self, **values):
        super().__init__()
        self.values = VALUES | values

    def prepare(self):
        self.render(**self.values)

    def read(self, name):
        return self.find(name).read_text(encoding="utf-8")


@contextlib.contextmanager
def rendered(**values):
    with Rendered(**values) as stack:
        yield stack


def look_up(tree, path):
    for name in path.split("."):
        tree = tree[name]
    return tree


EXPECTED = {
    "dsn": "postgres://kratos@/kratos?host=/run/postgresql&max_conns=20&max_idle_conns=10&max_conn_lifetime=30m",
    "serve.public.base_url": "https://id.flexhrm.example/", "serve.public.host": "127.0.0.1", "serve.public.port": 4433,
    "serve.public.cors.enabled": False, "serve.admin.host": "127.0.0.1", "serve.admin.port": 4434,
    "selfservice.methods.password.config.haveibeenpwned_enabled": False,
    "selfservice.methods.password.config.min_password_length": 10,
    "selfservice.methods.code.enabled": True, "selfservice.methods.code.passwordless_enabled": False,
    "selfservice.methods.code.config.lifespan": "20m", "selfservice.methods.code.config.max_submissions": 5,
    "selfservice.methods.link.enabled": False, "selfservice.methods.profile.enabled": False, "selfservice.methods.oidc.enabled": False,
    "selfservice.methods.totp.enabled": True, "selfservice.methods.totp.config.issuer": "Flex Lön & HRM",
    "selfservice.methods.lookup_secret.enabled": True,
    "selfservice.flows.login.style": "identifier_first", "selfservice.flows.registration.enabled": False,
    "selfservice.flows.verification.enabled": False,
    "selfservice.flows.recovery.use": "code", "selfservice.flows.recovery.lifespan": "40m",
    "selfservice.flows.recovery.notify_unknown_recipients": False,
    "selfservice.flows.recovery.after.hooks": [{"hook": "revoke_active_sessions"}],
    "selfservice.flows.settings.after.password.hooks": [{"hook": "revoke_active_sessions"}],
    "selfservice.flows.settings.privileged_session_max_age": "15m", "selfservice.flows.settings.required_aal": "highest_available",
    "session.lifespan": "9h", "session.whoami.required_aal": "highest_available",
    "security.account_enumeration.mitigate": True,
    "feature_flags.use_continue_with_transitions": True, "feature_flags.choose_recovery_address": False,
    "hashers.algorithm": "argon2", "hashers.argon2.memory": "65536KB", "hashers.argon2.iterations": 3, "hashers.argon2.parallelism": 2,
    "hashers.argon2.expected_duration": "130ms",
    "courier.message_retries": 3600, "courier.worker.pull_count": 100,
    "courier.smtp.connection_uri": "smtp://127.0.0.1:25/?disable_starttls=true",
    "courier.smtp.from_address": "no-reply@id.flexhrm.example", "courier.smtp.from_name": "Flex Lön & HRM",
    "log.leak_sensitive_values": False, "database.cleanup.batch_size": 50000,
}


@case("Kratos is told what a native first login needs, and what keeps it safe")
def configuration():
    with rendered() as stack:
        tree = yaml.safe_load(stack.read("kratos.yaml"))
        for path, value in EXPECTED.items():
            assert look_up(tree, path) == value, (path, look_up(tree, path))
        named = re.findall(r"file://(\S+)", stack.read("kratos.yaml"))
        # six templates and a schema
        assert len(named) == 7
        for path in named:
            assert path.startswith(f"{stack.server}/etc/first-login/kratos/") and stack.find(path.rpartition("/")[2]), path


@case("secrets are long, of this set-up alone, and not in what others can read")
def secrets():
    with rendered() as stack, rendered() as other:
        found = yaml.safe_load(stack.read("secrets.yaml"))["secrets"]
        assert set(found) == {"default", "cookie", "cipher", "pagination"}
        values = [value for each in found.values() for value in each]
        assert len(set(values)) == 4 and len(found["cipher"][0]) == 32 and all(len(value) >= 32 for value in values)
        assert not set(values) & {value for each in yaml.safe_load(other.read("secrets.yaml"))["secrets"].values() for value in each}
        assert stack.find("secrets.yaml").stat().st_mode & 0o777 == 0o600
        for path in (stack.server / "etc").rglob("*"):
            if path.is_file() and path.stat().st_mode & 0o077:
                text = path.read_text(encoding="utf-8")
                assert not any(value in text for value in values), path
                assert path.name != "kratos.yaml" or "secrets:" not in text


@case("a person has an address, a name and a language, and nothing else")
def schema():
    traits = json.loads((DEPLOY / "kratos" / "employee.schema.json").read_text())["properties"]["traits"]
    email = traits["properties"]["email"]["ory.sh/kratos"]
    assert set(traits["properties"]) == {"email", "name", "language"} and traits["additionalProperties"] is False
    assert email["credentials"] == {"password": {"identifier": True}, "totp": {"account_name": True}}
    assert email["recovery"] == {"via": "email"}
    pattern = traits["properties"]["language"]["pattern"]
    assert all(re.search(pattern, language) for language in ("sv", "en", "sv-SE", "sr_Latn"))
    assert not any(re.search(pattern, language) for language in ("", "s", "sv; x", "sv\n"[:-1] + " "))


def data(language=None, first="Anna", payload=None):
    traits = {"email": "anna@flexhrm.example"} | ({"language": language} if language else {}) | ({"name": {"first": first}} if first else {})
    return {"To": "anna@flexhrm.example", "RecoveryCode": "012345", "Identity": {"traits": traits}, "TransientPayload": payload,
            "RequestURL": f"https://id.flexhrm.example/self-service/recovery/api?flow={FLOW}", "ExpiresInMinutes": 20}


def write(stack, what, facts):
    return Template(stack.read(f"recovery.{what}.gotmpl"), what == "html").run(facts)


LINK = f"https://id.flexhrm.example/reset#flow={FLOW}&code=012345"


@case("the mail says the same in both languages as the training service's, with a button that knows the flow")
def languages():
    words = configparser.ConfigParser(interpolation=None, delimiters="=")
    words.optionxform = str
    words.read(WORDS, encoding="utf-8")
    with rendered() as stack:
        for language in ("sv", "sv-SE", "SV", "en", "en_GB"):
            suffix = "[sv]" if language.lower().startswith("sv") else ""
            facts = data(language, payload={"flow": FLOW})

            def said(key, group="Words", **more):
                text = words[group][key + suffix]
                for name, value in ({"product": "Flex Lön & HRM", "name": "Anna", "minutes": "20"} | more).items():
                    text = text.replace("{%s}" % name, value)
                return text
            text, page = write(stack, "text", facts), write(stack, "html", facts)
            assert write(stack, "subject", facts).strip() == said("subject")
            lines = [said("greeting"), said("reason"), said("press-text"), LINK, said("code-after-button"), "    012 345",
                     said("until", "Production"), said("unasked"), said("automatic")]
            assert [line for line in text.splitlines() if line] == lines, text
            assert page.startswith("<!DOCTYPE html>") and f'<html lang="{"sv" if suffix else "en"}">' in page
            for line in (said("preview"), said("press"), said("button"), *lines[4:]):
                assert html.escape(line.strip()) in page, line
            assert re.findall(r'href="([^"]*)"', page) == [LINK.replace("&", "&amp;")]
            assert "012345" not in write(stack, "subject", facts) and "{" not in text + page


@case("whoever has no language, or one that no mail is in, gets the organisation's")
def fallback():
    for standard in ("sv", "en"):
        with rendered(WELCOME_LANGUAGE=standard) as stack:
            for language in (None, "de", "svx", "xsv"):
                greeting = write(stack, "text", data(language)).split()[0]
                assert greeting == {"sv": "Hej", "en": "Hello"}[standard], (standard, language, greeting)
            assert write(stack, "text", data("en")).startswith("Hello ") and write(stack, "text", data("sv")).startswith("Hej ")


EVIL = [
    None, {}, {"flow": None}, {"flow": ""}, {"flow": 7}, {"flow": {"a": FLOW}}, {"flow": [FLOW]}, {"flow": True}, {"flow": FLOW.upper()},
    {"flow": FLOW + "\n"}, {"flow": "\n" + FLOW}, {"flow": FLOW[:-1]}, {"flow": FLOW + "0"}, {"flow": FLOW + "&code=999999"},
    {"flow": '"><script>alert(1)</script>'}, {"flow": "{{ .RecoveryCode }}"}, {"flow": "javascript:alert(1)"}, {"link": LINK},
    {"Flow": FLOW}, {"flows": FLOW}, {"name": "Evil", "RecoveryCode": "999999", "link": "https://evil.example", "To": "evil@example"},
]


@case("nothing of transient_payload is in a mail but a flow that is a UUID")
def payload():
    with rendered() as stack:
        for what in ("subject", "text", "html"):
            source = stack.read(f"recovery.{what}.gotmpl")
            assert source.count("TransientPayload") == 1 and "{{ with .TransientPayload }}{{ with .flow }}" in source
            plain = write(stack, what, data("en"))
            assert "href" not in plain and "https:" not in plain
            for evil in EVIL:
                assert write(stack, what, data("en", payload=evil)) == plain, (what, evil)
            kept = write(stack, what, data("en", payload={"flow": FLOW}))
            for evil in EVIL[-1:]:
                assert write(stack, what, data("en", payload=evil | {"flow": FLOW})) == kept


@case("a name cannot begin a line or a tag, and may be missing")
def names():
    with rendered() as stack:
        facts = data("en", first="Maja <b>&\r\nBcc: x@y.example\t")
        assert write(stack, "text", facts).splitlines()[0] == "Hello Maja <b>& Bcc: x@y.example,"
        assert "Hello Maja &lt;b&gt;&amp; Bcc: x@y.example," in write(stack, "html", facts)
        for facts in (data("en", first=None), data("en", first=""), data("en") | {"Identity": None},
                      data("en") | {"Identity": {"traits": {"name": "Anna", "language": "en"}}}):
            assert write(stack, "text", facts).splitlines()[0] in ("Hello,", "Hej,")


@case("an address without an account reads in both languages that there is none, and no code")
def unknown():
    with rendered() as stack:
        for what in ("text", "html", "subject"):
            said = Template(stack.read(f"unknown.{what}.gotmpl"), what == "html").run({"To": "x@flexhrm.example", "TransientPayload": {"flow": FLOW}})
            assert "Flex Lön" in said and FLOW not in said
        text = Template(stack.read("unknown.text.gotmpl")).run({})
        assert "There is no account" in text and "Det finns inget konto" in text


@case("the courier is a unit of its own, told what is too late before it starts")
def units():
    with rendered() as stack:
        serve, courier = stack.read("kratos.service"), stack.read("kratos-courier.service")
        assert "ExecStart=/usr/local/bin/kratos serve --sqa-opt-out" in serve and "serve --watch-courier" not in serve
        assert "ExecStart=/usr/local/bin/kratos courier watch" in courier
        assert re.search(r"ExecStartPre=\S*psql .*/mail\.sql\n", courier)
        for unit in (serve, courier, stack.read("kratos-migrate.service"), stack.read("first-login-retention.service")):
            assert "Environment=SQA_OPT_OUT=true" in unit
        for unit in (serve, courier):
            assert "LoadCredential=secrets.yaml:" in unit and "${CREDENTIALS_DIRECTORY}/secrets.yaml" in unit
            assert "Restart=always" in unit and "StartLimitIntervalSec=0" in unit
        assert "INTERVAL '18 minutes'" in stack.read("mail.sql")


@case("a database elsewhere is asked by each role with its own certificate")
def elsewhere():
    place = ("db.example.com:5433/kratos?sslmode=verify-full&sslrootcert=/etc/first-login/db/ca.crt"
             "&sslcert=/etc/first-login/db/client.%s.crt&sslkey=/etc/first-login/db/client.%s.key")
    for scheme in ("postgres", "cockroach"):
        with rendered(KRATOS_DATABASE=f"{scheme}://kratos@{place % ('kratos', 'kratos')}") as stack:
            def named(role):
                return f"{role}@{place % (role, role)}".replace("/etc/first-login", f"{stack.server}/etc/first-login")
            assert yaml.safe_load(stack.read("kratos.yaml"))["dsn"].startswith(f"{scheme}://{named('kratos')}&max_conns=")
            assert f"--dbname=postgres://{named('kratos')} " in stack.read("kratos-courier.service")
            assert f'"DSN={scheme}://{named("kratos_owner")}&max_conns=' in stack.read("kratos-migrate.service")
            assert f"--database postgres://{named('kratos_backup')} " in stack.read("first-login-backup.service")


@case("a database over a network in clear, a password in sight, a relay without brackets and a private key are refused")
def mistakes():
    for name, value in (
            ("KRATOS_DATABASE", "postgres://kratos@db.example/kratos"), ("KRATOS_DATABASE", "postgres://kratos:pw@/kratos?host=/run/postgresql"),
            ("KRATOS_DATABASE", "postgres://kratos@db.example/kratos?sslmode=require"), ("KRATOS_DATABASE", "mysql://kratos@db/kratos"),
            ("KRATOS_DATABASE", "postgres://kratos@/kratos?host=/run/postgresql&password=x"),
            ("MAIL_RELAY", "smtp.example.com:587"), ("MAIL_RELAY", "[smtp.example.com]:587 x"), ("BACKUP_RECIPIENT", "AGE-SECRET-KEY-1QQQ"),
            ("CODE_MINUTES", "5"), ("CODE_MINUTES", "90")):
        try:
            with rendered(**{name: value}):
                raise AssertionError((name, value))
        except AssertionError:
            raise
        except Exception as mistake:
            assert f"{name} wants" in str(mistake) or f"{name} has" in str(mistake) or f"{name} goes" in str(mistake), (name, mistake)


run()
