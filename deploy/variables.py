# SPDX-License-Identifier: GPL-3.0-or-later
"""The variable file, SITE: what may stand in it, how it is read, and what templates get from it.

SITE has lines of NAME=value; deploy/site.example has every name, and says what each is for. Secrets do not stand in SITE:
deploy/render invents them once, into SITE.secrets beside it. Here is the one table of both, with the kind of each value,
and the values that follow from others (DERIVED). Kinds let nothing through that could end a string or begin another
directive in any file that is rendered."""

import base64
import hashlib
import ipaddress
import os
import pathlib
import re
import secrets
import stat
import string

import mails

DEPLOY = pathlib.Path(__file__).resolve().parent
EXAMPLE = DEPLOY / "site.example"


class Mistakes(Exception):
    """Everything that is wrong, one line each: FILE:LINE: what, and what to do."""

    def __init__(self, lines):
        super().__init__("\n".join(lines))
        self.lines = lines


# ---------------------------------------------------------------------------------------------------------------- kinds
# A kind is a function that returns the value as it is used, or raises ValueError with what is wanted.

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"


def host(text):
    if not re.fullmatch(rf"{LABEL}(?:\.{LABEL})*", text) or len(text) > 253 or text.replace(".", "").isdigit():
        raise ValueError("wants a name in DNS, in small letters, such as id.example.com")
    return text


def url(text):
    if not re.fullmatch(rf"https://{LABEL}(?:\.{LABEL})*(?::[0-9]{{1,5}})?(?:/[A-Za-z0-9._~/-]*)?", text):
        raise ValueError("wants an address that begins with https://")
    return text


def mail_address(text):
    if not re.fullmatch(rf"[A-Za-z0-9._+-]{{1,64}}@{LABEL}(?:\.{LABEL})+", text):
        raise ValueError("wants a mail address, such as it@example.com")
    return text


def words(text):
    if not re.fullmatch(r"[^\x00-\x1f\x7f\"'`\\<>{}$;@%#]{1,100}", text):
        raise ValueError("wants a few words, without quotes, backslashes, brackets and $ ; @ % #")
    return text


def path(text):
    if not re.fullmatch(r"(?:/[A-Za-z0-9._+-]+)+", text) or "/../" in text + "/":
        raise ValueError("wants an absolute path of letters, digits and . _ + -")
    return text


def word(text):
    if not re.fullmatch(r"[a-z_][a-z0-9_-]{0,31}", text):
        raise ValueError("wants a name of small letters, digits, _ and -")
    return text


def number(least, most):
    def check(text):
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"wants a number from {least} to {most}")
        return str(int(text))
    return check


def choice(*allowed):
    def check(text):
        if text not in allowed:
            raise ValueError("wants one of " + ", ".join(allowed))
        return text
    return check


port = number(1, 65535)


def _address(text):
    match = re.fullmatch(r"(\[[0-9a-f:]+\]|[0-9.]+):([0-9]{1,5})", text)
    if not match:
        raise ValueError("wants ADDRESS:PORT, such as 127.0.0.1:4433 or [::1]:4433")
    port(match[2])
    try:
        where = ipaddress.ip_address(match[1].strip("[]"))
    except ValueError:
        raise ValueError(f"{match[1]} is no address of a computer") from None
    if where.is_unspecified or not (where.is_private or where.is_loopback):
        raise ValueError(f"{where} can be reached from everywhere: wants an address of this computer or of a network of your own")
    return text


def address(text):
    return _address(text)


def addresses(text):
    parts = text.split()
    if not 1 <= len(parts) <= 2 or len(set(parts)) != len(parts):
        raise ValueError("wants one ADDRESS:PORT, or two of them")
    return " ".join(_address(part) for part in parts)


def hosts(text):
    try:
        return " ".join(str(ipaddress.ip_address(part)) for part in text.split())
    except ValueError as error:
        raise ValueError(f"wants addresses of computers, space between ({error})") from None


def store(text):
    if re.fullmatch(r"postgresql://[A-Za-z0-9._:/?&=%,-]*", text) and "password" not in text.lower() and "@" not in text:
        return text
    try:
        return path(text)
    except ValueError:
        raise ValueError("wants the absolute path of a file, or postgresql:///DATABASE?user=NAME without a password in it") from None


def networks(text):
    found = []
    for part in text.split():
        try:
            network = ipaddress.ip_network(part)
        except ValueError as error:
            raise ValueError(f"{part} is no network ({error}); wants such as 198.51.100.0/24 or 2001:db8:1::/48") from None
        if network.prefixlen < (8 if network.version == 4 else 16):
            raise ValueError(f"{part} is half the world: wants the networks that your offices come from")
        for other in found:
            if other.version == network.version and other.overlaps(network):
                raise ValueError(f"{part} is, in part, the same as {other}")
        found.append(network)
    return " ".join(str(network) for network in found)


def database(text):
    """How a database is reached; no password stands in it, for every user of the computer sees what programs are told."""
    match = re.fullmatch(r"(?:postgres|cockroach)://[a-z_][a-z0-9_]*(:[^@/]*)?@(?:[A-Za-z0-9.-]+|\[[0-9a-f:]+\])?(?::[0-9]{1,5})?"
                         r"/[a-z_][a-z0-9_]*(\?[A-Za-z0-9_=&/.-]*)?", text)
    if not match:
        raise ValueError("wants postgres://USER@HOST:PORT/DATABASE?…, such as postgres://kratos@/kratos?host=/run/postgresql")
    if match[1] or "password=" in text:
        raise ValueError("has a password: wants a Unix socket, a certificate (sslcert=…) or a file (passfile=…)")
    if "host=/" not in (match[2] or "") and "sslmode=verify-full" not in (match[2] or ""):
        raise ValueError("goes over a network in clear: wants ?sslmode=verify-full (and sslrootcert=…), or ?host=/run/postgresql here")
    return text


def age_recipient(text):
    if not re.fullmatch(r"age1[02-9ac-hj-np-z]{58}", text):
        raise ValueError("wants the public key of age-keygen, age1…")
    return text


def relay(text):
    """Brackets: this very host, and no look-up of whom its domain names for mail."""
    if not re.fullmatch(rf"\[{LABEL}(?:\.{LABEL})*\](?::[0-9]{{1,5}})?", text):
        raise ValueError("wants [NAME]:PORT with the brackets, such as [smtp.example.com]:587")
    return text


def optional(kind):
    """May be empty."""
    def check(text):
        return kind(text) if text else ""
    check.may_be_empty = True
    return check


# ------------------------------------------------------------------------------------------------------------- the tables

VARIABLES = {
    # who we are
    "SERVER": host,
    "ORGANISATION": words,
    # TLS and what nginx listens on
    "TLS_CERTIFICATE": path,
    "TLS_KEY": path,
    "LISTEN": hosts,
    "HTTPS_PORT": port,
    "HTTP_PORT": port,
    # limits
    "OFFICE_NETWORKS": optional(networks),
    "NETWORK_REQUESTS": number(1, 100000),
    "NETWORK_BURST": number(1, 65535),
    "OFFICE_REQUESTS": number(1, 1000000),
    "OFFICE_BURST": number(1, 65535),
    # the programs behind nginx
    "KRATOS_PUBLIC": addresses,
    "KRATOS_ADMIN": address,
    "GATE": addresses,
    "NGINX_FROM": hosts,
    "GATE_PROGRAM": path,
    "GATE_METRICS": address,
    "GATE_STORE": store,
    "GATE_PASSWORDS_AT_ONCE": number(1, 1024),
    "GATE_PASSWORD_GRID": number(50, 10000),
    "GATE_OFFICE_FACTOR": number(1, 1000),
    # the engine and its database
    "KRATOS_PROGRAM": path,
    "KRATOS_DATABASE": database,
    "CODE_MINUTES": number(10, 60),
    "SESSION_HOURS": number(1, 720),
    "BACKUP_RECIPIENT": optional(age_recipient),
    "BACKUP_DAYS": number(1, 3650),
    # the mail server here, and the one that it hands everything to
    "MAIL_PORT": port,
    "MAIL_RELAY": optional(relay),
    "MAIL_RELAY_PASSWORD": optional(path),
    # mail and people
    "MAIL_FROM": optional(mail_address),
    "MAIL_NAME": optional(words),
    "SUPPORT": optional(words),
    "WELCOME_LANGUAGE": choice("sv", "en"),
    "WELCOME_PAGE": optional(url),
    # what a password's hash costs
    "ARGON2_MEMORY_KIB": number(19456, 4194304),
    "ARGON2_ITERATIONS": number(1, 100),
    "ARGON2_PARALLELISM": number(1, 255),
    "ARGON2_MILLISECONDS": number(10, 10000),
}


def letters(length):
    """A secret of letters and digits, about six bits each."""
    def invent():
        return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))
    invent.pattern = rf"[A-Za-z0-9]{{{length}}}"
    return invent


def hexadecimal(count):
    """A secret of that many bytes, in hexadecimal digits."""
    def invent():
        return secrets.token_hex(count)
    invent.pattern = rf"[0-9a-f]{{{2 * count}}}"
    return invent


SECRETS = {
    "GATE_KEY": hexadecimal(32),
    "KRATOS_SECRET_DEFAULT": letters(43),
    "KRATOS_SECRET_COOKIE": letters(43),
    "KRATOS_SECRET_CIPHER": letters(32),
    "KRATOS_SECRET_PAGINATION": letters(43),
}

# ---------------------------------------------------------------------------------------------------------- what follows


def _upstream(name):
    # A crash of one flow's handler must not take the program away from everybody else: nothing is ever marked as failed.
    return lambda site: "\n".join(f"    server {each} max_fails=0;" for each in site[name].split())


def _listen(port_name, words):
    def lines(site):
        return "\n".join(f"    listen {f'[{each}]' if ':' in each else each}:{site[port_name]}{words};"
                         for each in site["LISTEN"].split())
    return lines


def _here(name):
    """Of two addresses the one that is on this host; of one, that one."""
    return lambda site: site[name].split()[:site["HERE"]][-1]


def _host(follow):
    return lambda site: follow(site).rpartition(":")[0].strip("[]")


def _port(follow):
    return lambda site: follow(site).rpartition(":")[2]


def _port_suffix(site):
    return "" if site["HTTPS_PORT"] == "443" else ":" + site["HTTPS_PORT"]


def _mail(write):
    """A mail's template for Kratos."""
    return lambda site: write(site | {"PUBLIC_URL": DERIVED["PUBLIC_URL"](site)})


def _database(user=None):
    """The database as PostgreSQL's own programs take it, for another user perhaps, who has a certificate of their own."""
    def follow(site):
        _, _, place = site["KRATOS_DATABASE"].partition("://")
        name, _, place = place.partition("@")
        return f"postgres://{user or name}@{place.replace(f'client.{name}.', f'client.{user or name}.')}"
    return follow


def _engine_database(user=None):
    """The same as Kratos takes it."""
    def follow(site):
        scheme = site["KRATOS_DATABASE"].partition("://")[0]
        place = _database(user)(site).partition("://")[2]
        return f"{scheme}://{place}{'&' if '?' in place else '?'}max_conns=20&max_idle_conns=10&max_conn_lifetime=30m"
    return follow


def _landing_hash(tag):
    """The hash source of what stands in <tag> of the landing page: Content Security Policy Level 3, section 2.3.1."""
    def digest(site):
        page = (DEPLOY / LANDING).read_bytes()
        inside = page.split(f"<{tag}>".encode())[1].split(f"</{tag}>".encode())[0]
        return "'sha256-" + base64.b64encode(hashlib.sha256(inside).digest()).decode() + "'"
    return digest


LANDING = "../data/landing/index.html"

DERIVED = {
    # An office counts as one, however many addresses it comes from.
    "NGINX_OFFICES": lambda site: "\n".join(f'    {each} "{each}";' for each in site["OFFICE_NETWORKS"].split()),
    "NGINX_LISTEN_TLS": _listen("HTTPS_PORT", " ssl http2"),
    "NGINX_LISTEN_TLS_DEFAULT": _listen("HTTPS_PORT", " ssl http2 default_server"),
    "NGINX_LISTEN_PLAIN": _listen("HTTP_PORT", ""),
    "NGINX_LISTEN_PLAIN_DEFAULT": _listen("HTTP_PORT", " default_server"),
    "NGINX_KRATOS": _upstream("KRATOS_PUBLIC"),
    "NGINX_GATE": _upstream("GATE"),
    "PUBLIC_URL": lambda site: f"https://{site['SERVER']}{_port_suffix(site)}",
    "KRATOS_ADMIN_URL": lambda site: f"http://{site['KRATOS_ADMIN']}",
    "KRATOS_PUBLIC_HERE": _here("KRATOS_PUBLIC"),
    "KRATOS_PUBLIC_HOST": _host(_here("KRATOS_PUBLIC")),
    "KRATOS_PUBLIC_PORT": _port(_here("KRATOS_PUBLIC")),
    "KRATOS_ADMIN_HOST": _host(_here("KRATOS_ADMIN")),
    "KRATOS_ADMIN_PORT": _port(_here("KRATOS_ADMIN")),
    "GATE_HERE": _here("GATE"),
    "UUID": lambda site: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "OTHER_SERVER_ERRORS": lambda site: " ".join(str(each) for each in range(505, 600) if each != 598),
    "MAIL_FROM": lambda site: site["MAIL_FROM"] or f"no-reply@{site['SERVER']}",
    "MAIL_NAME": lambda site: site["MAIL_NAME"] or site["ORGANISATION"],
    "KRATOS_DSN": _engine_database(),
    "KRATOS_OWNER_DSN": _engine_database("kratos_owner"),
    "KRATOS_PSQL": _database(),
    "BACKUP_PSQL": _database("kratos_backup"),
    # a code that is asked for again in the first half of its flow still has its whole life
    "FLOW_MINUTES": lambda site: str(2 * int(site["CODE_MINUTES"])),
    # A mail that fails is tried again within a minute, and one minute is for the way: then none arrives with a dead code.
    "MAIL_MINUTES": lambda site: str(int(site["CODE_MINUTES"]) - 2),
    # to a named server TLS with its name proven; to the world's servers TLS where they have it
    "POSTFIX_TLS": lambda site: "secure" if site["MAIL_RELAY"] else "may",
    "POSTFIX_PASSWORD": lambda site: (
        "smtp_sasl_auth_enable = yes\nsmtp_sasl_security_options = noanonymous\n"
        f"smtp_sasl_password_maps = texthash:{site['MAIL_RELAY_PASSWORD']}" if site["MAIL_RELAY_PASSWORD"] else "smtp_sasl_auth_enable = no"),
    "MAIL_RECOVERY_SUBJECT": _mail(mails.recovery_subject),
    "MAIL_RECOVERY_TEXT": _mail(mails.recovery_text),
    "MAIL_RECOVERY_HTML": _mail(mails.recovery_html),
    "MAIL_UNKNOWN_SUBJECT": _mail(mails.unknown_subject),
    "MAIL_UNKNOWN_TEXT": _mail(mails.unknown_text),
    "MAIL_UNKNOWN_HTML": _mail(mails.unknown_html),
    "LANDING_STYLE": _landing_hash("style"),
    "LANDING_SCRIPT": _landing_hash("script"),
}

# ----------------------------------------------------------------------------------------------------------------- reading

DEFAULT_SECRET = re.compile(r"(?i)change[-_ ]?(?:me|this|it)|^(?:secret|password|example|default)|(.)\1{7}|0123456789")


def _lines(file, mistakes):
    """Gives (line, name, value) of each line that has them."""
    try:
        data = file.read_bytes()
    except OSError as error:
        mistakes.append(f"{file}: {error.strerror}")
        return
    seen = {}
    for at, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            line = raw.decode().strip()
        except UnicodeDecodeError:
            mistakes.append(f"{file}:{at}: is not UTF-8")
            continue
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r"([A-Z][A-Z0-9_]*)=(.*)", line)
        if not match:
            mistakes.append(f"{file}:{at}: wants NAME=value, without spaces around =")
        elif match[1] in seen:
            mistakes.append(f"{file}:{at}: {match[1]} stands in line {seen[match[1]]} already")
        else:
            seen[match[1]] = at
            yield at, match[1], match[2].strip()


def _judge(name, value):
    kind = VARIABLES[name]
    if not value and not hasattr(kind, "may_be_empty"):
        raise ValueError("is empty")
    if value[:1] in ("'", '"'):
        raise ValueError("wants the value without quotes")
    if value.lower().startswith("http://"):
        raise ValueError("is http: passwords would go over the network in clear; wants https://")
    if re.search(r"(?i)change[-_ ]?me", value):
        raise ValueError("has not been changed")
    return kind(value)


def _read_secrets(file, wanted, mistakes):
    values = {}
    if file.exists():
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            mistakes.append(f"{file}: others can read it; chmod 600 {file}")
        for at, name, value in _lines(file, mistakes):
            if name not in SECRETS:
                mistakes.append(f"{file}:{at}: {name} is no secret that is known here")
            elif DEFAULT_SECRET.search(value):
                mistakes.append(f"{file}:{at}: {name} is a default secret; remove the line, and a new one is invented")
            elif not re.fullmatch(SECRETS[name].pattern, value):
                mistakes.append(f"{file}:{at}: {name} is not of the form {SECRETS[name].pattern}; "
                                "remove the line, and a new one is invented")
            else:
                values[name] = value
    if not mistakes:
        missing = {name: SECRETS[name]() for name in SECRETS if name in wanted and name not in values}
        if missing:
            _append(file, missing)
            values |= missing
    return values


def _append(file, missing):
    """Writes the old lines and the new ones to a new file, and puts that in the old one's place."""
    old = file.read_bytes() if file.exists() else (
        b"# Invented by deploy/render. Keep it as you keep the keys of the house: whoever has it, and the database, is in.\n")
    if not old.endswith(b"\n"):
        old += b"\n"
    write_file(file, old + "".join(f"{name}={value}\n" for name, value in missing.items()).encode(), 0o600)


def write_file(file, data, mode, owner=None):
    """Puts a whole file in its place, or nothing: it never has another mode or owner, nor half of its content."""
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        if owner:
            os.fchown(handle, *owner)
        os.fchmod(handle, mode)
        stream.flush()
        os.fsync(handle)
    new.replace(file)


def read_site(file, with_secrets=False, wanted=(), here=1):
    """Reads SITE, and where asked the secrets beside it, and gives every name that a template may use with its value.
    Secrets that are wanted but missing are invented and kept. `here` is which of two hosts this is for. Raises Mistakes."""
    file = pathlib.Path(file)
    mistakes = []
    values = {}
    known = set()
    for at, name, value in _lines(file, mistakes):
        known.add(name)
        if name in SECRETS:
            mistakes.append(f"{file}:{at}: {name} is a secret: it stands in {secrets_file(file)}, which deploy/render writes")
        elif name not in VARIABLES:
            mistakes.append(f"{file}:{at}: {name} is no variable that is known here; {EXAMPLE.name} has them all")
        else:
            try:
                values[name] = _judge(name, value)
            except ValueError as error:
                mistakes.append(f"{file}:{at}: {name} {error}")
    if file.exists():
        examples = {name: at for at, name, value in _lines(EXAMPLE, [])}
        mistakes += [f"{file}: {name} is missing; see line {examples.get(name, '?')} of {EXAMPLE.name}"
                     for name in VARIABLES if name not in known]
    found = _read_secrets(secrets_file(file), [] if mistakes else wanted, mistakes) if with_secrets else {}
    if mistakes:
        raise Mistakes(mistakes)
    derived = {name: follow(values | {"HERE": here}) for name, follow in DERIVED.items()}
    return values | derived | found


def secrets_file(site):
    """Where the secrets of that SITE stand."""
    return site.with_name(site.name + ".secrets")
