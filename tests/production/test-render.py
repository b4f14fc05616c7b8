# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy/render: what it writes, and how it refuses every mistake with its line."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from front import DEPLOY, run_render, write_site

import tap  # front knows where it is
from tap import case

sys.path.insert(0, str(DEPLOY))
sys.dont_write_bytecode = True

import variables  # noqa: E402

# name, a value that is refused, what is said of it
REFUSED = [
    ("SERVER", "", "is empty"),
    ("SERVER", "https://id.corp.test", "wants a name in DNS"),
    ("SERVER", "id.corp.test; return 200", "wants a name in DNS"),
    ("SERVER", "198.51.100.7", "wants a name in DNS"),
    ("SERVER", "ID.corp.test", "in small letters"),
    ("SERVER", '"id.corp.test"', "without quotes"),
    ("ORGANISATION", "", "is empty"),
    ("ORGANISATION", "Corp {{ .Env }}", "without quotes"),
    ("ORGANISATION", "change-me", "has not been changed"),
    ("ORGANISATION", "http://corp.test", "is http"),
    ("ORGANISATION", "x" * 101, "a few words"),
    ("TLS_CERTIFICATE", "certificate.pem", "an absolute path"),
    ("TLS_CERTIFICATE", "/etc/x;y.pem", "an absolute path"),
    ("TLS_KEY", "/etc/../etc/key.pem", "an absolute path"),
    ("LISTEN", "", "is empty"),
    ("LISTEN", "localhost", "wants addresses of computers"),
    ("HTTPS_PORT", "0", "from 1 to 65535"),
    ("HTTPS_PORT", "https", "from 1 to 65535"),
    ("HTTP_PORT", "70000", "from 1 to 65535"),
    ("OFFICE_NETWORKS", "198.51.100.7/24", "is no network"),
    ("OFFICE_NETWORKS", "0.0.0.0/0", "half the world"),
    ("OFFICE_NETWORKS", "198.51.100.0/24 198.51.100.128/25", "the same as 198.51.100.0/24"),
    ("OFFICE_NETWORKS", "198.51.100.0/24; deny all", "is no network"),
    ("NETWORK_REQUESTS", "many", "from 1 to 100000"),
    ("KRATOS_PUBLIC", "127.0.0.1", "ADDRESS:PORT"),
    ("KRATOS_PUBLIC", "127.0.0.1:4433 127.0.0.1:4433", "two of them"),
    ("KRATOS_PUBLIC", "10.0.0.1:1 10.0.0.2:1 10.0.0.3:1", "two of them"),
    ("KRATOS_ADMIN", "0.0.0.0:4434", "can be reached from everywhere"),
    ("KRATOS_ADMIN", "[::]:4434", "can be reached from everywhere"),
    ("KRATOS_ADMIN", "8.8.8.8:4434", "can be reached from everywhere"),
    ("KRATOS_ADMIN", "127.0.0.1:70000", "from 1 to 65535"),
    ("GATE_STORE", "gate.db", "absolute path of a file"),
    ("GATE_STORE", "postgresql://gate:hunter2@db/kratos", "without a password"),
    ("GATE_PASSWORD_GRID", "1", "from 50 to 10000"),
    ("GATE_OFFICE_FACTOR", "2000", "from 1 to 1000"),
    ("NGINX_FROM", "0.0.0.0/0", "addresses of computers"),
    ("GATE", "http://127.0.0.1:4450", "is http"),
]


class Place:
    """A folder with a variable file, and where to render to."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="first-login-render-"))
        self.site = write_site(self.folder)
        self.secrets = self.folder / "site.secrets"
        self.out = self.folder / "out"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def render(self, *words):
        return run_render(*words, self.site, self.out)

    def line_of(self, name):
        return next(at for at, line in enumerate(self.site.read_text().splitlines(), 1) if line.startswith(f"{name}="))

    def state(self):
        return {str(each): (each.lstat().st_mtime_ns, each.lstat().st_mode) for each in sorted(self.out.rglob("*"))}

    def refuses(self, *said):
        done = self.render()
        assert done.returncode == 2, done
        for each in said:
            assert each in done.stderr, (each, done.stderr)
        assert not self.out.exists(), "something was written"
        return done.stderr


@case("what deploy/site.example has is what is known, and what has to be filled in is empty there")
def _():
    mistakes = []
    values = {name: value for _, name, value in variables._lines(variables.EXAMPLE, mistakes)}
    assert mistakes == [] and set(values) == set(variables.VARIABLES), set(values) ^ set(variables.VARIABLES)
    for name, value in values.items():
        kind = variables.VARIABLES[name]
        if value:
            assert kind(value) == value, name
    with Place() as place:
        shutil.copy(variables.EXAMPLE, place.site)
        place.refuses(*(f":{place.line_of(name)}: {name} is empty" for name, value in values.items()
                        if not value and not hasattr(variables.VARIABLES[name], "may_be_empty")))


@case("every value that is not of its kind is refused with its line, and nothing is written")
def _():
    for name, value, said in REFUSED:
        with Place() as place:
            place.site = write_site(place.folder, **{name: value})
            place.refuses(f"{place.site}:{place.line_of(name)}: {name} ", said)
            assert not place.secrets.exists()


@case("lines that are none, names that are unknown, missing or there twice, and bytes that are no text are refused")
def _():
    with Place() as place:
        text = place.site.read_text()
        count = len(text.splitlines())
        place.site.write_text(text + "SERVER=b.corp.test\nCOLOUR=green\nGATE_PROGRAM = /x\nhello\n")
        place.refuses(f":{count + 1}: SERVER stands in line {place.line_of('SERVER')} already", f":{count + 2}: COLOUR is no variable",
                      f":{count + 3}: wants NAME=value", f":{count + 4}: wants NAME=value")
        place.site.write_text(re.sub("(?m)^GATE=.*\n", "", text))
        example = variables.EXAMPLE.read_text().splitlines()
        place.refuses("GATE is missing; see line %d of site.example" % (1 + next(
            at for at, line in enumerate(example) if line.startswith("GATE="))))
        place.site.write_bytes(text.encode() + b"ORGANISATION=\xff\n")
        place.refuses(f":{count + 1}: is not UTF-8")
        place.site.unlink()
        place.refuses(f"{place.site}: No such file")


@case("a file that was saved elsewhere, with CRLF and a mark of its encoding, is read")
def _():
    with Place() as place:
        place.site.write_bytes(b"\xef\xbb\xbf" + place.site.read_bytes().replace(b"\n", b"\r\n"))
        assert place.render().returncode == 0


@case("secrets are invented once, for their owner's eyes, never printed, and used again")
def _():
    with Place() as place:
        first = place.render()
        assert first.returncode == 0, first
        kept = place.secrets.read_bytes()
        assert place.secrets.stat().st_mode & 0o777 == 0o600
        values = dict(line.split("=", 1) for line in kept.decode().splitlines() if not line.startswith("#"))
        assert values and set(values) <= set(variables.SECRETS)
        for name, value in values.items():
            assert re.fullmatch(variables.SECRETS[name].pattern, value) and len(value) >= 32, name
            assert value not in first.stdout + first.stderr
        assert len(set(values.values())) == len(values)
        second = place.render()
        assert place.secrets.read_bytes() == kept and second.stdout == ""
        # where a file has secrets, nobody else reads it
        for file in place.out.rglob("*"):
            if file.is_file() and any(value in file.read_text(errors="replace") for value in values.values()):
                assert file.stat().st_mode & 0o007 == 0, file
        # a secret that a later version needs joins them
        name = next(iter(values))
        place.secrets.write_text(re.sub(f"(?m)^{name}=.*\n", "", kept.decode()))
        assert f"{name} invented" in place.render().stdout
        assert values | {name: ""} == dict(line.split("=", 1) for line in place.secrets.read_text().splitlines() if line[0] != "#") | {name: ""}


@case("default secrets, secrets in the wrong file, and secrets that others can read are refused")
def _():
    name = next(iter(variables.SECRETS))
    for value, said in (("change-me-at-least-16-chars", "default secret"), ("PLEASE-CHANGE-ME", "default secret"), ("secretsecretsecret", "default secret"),
                        ("a" * 64, "default secret"), ("0123456789abcdef" * 4, "default secret"), ("short", "not of the form")):
        with Place() as place:
            place.secrets.write_text(f"# kept\n{name}={value}\n")
            place.secrets.chmod(0o600)
            said_all = place.refuses(f"{place.secrets}:2: {name} ", said)
            assert value not in said_all
    with Place() as place:
        place.secrets.write_text("")
        place.secrets.chmod(0o640)
        place.refuses("others can read it; chmod 600")
    with Place() as place:
        with place.site.open("a") as file:
            file.write(f"{name}={variables.SECRETS[name]()}\n")
        place.refuses(f"{name} is a secret: it stands in {place.secrets}")


@case("run again, it touches nothing; what has been changed by hand is put right")
def _():
    with Place() as place:
        assert place.render().returncode == 0
        before = place.state()
        assert place.render("--check").returncode == 0
        again = place.render()
        assert (again.returncode, again.stdout) == (0, "") and place.state() == before
        file = place.out / "etc/nginx/conf.d/first-login.conf"
        right = file.read_text()
        file.write_text(right + "# by hand\n")
        other = place.out / "etc/nginx/first-login/limits.conf"
        other.chmod(0o666)
        wrong = place.state()
        checked = place.render("--check")
        assert checked.returncode == 1 and f"{file}: changed" in checked.stdout and f"{other}: mode 0666 becomes 0644" in checked.stdout, checked
        assert place.state() == wrong, "--check has written"
        done = place.render()
        assert done.returncode == 0 and "systemctl reload nginx" in done.stdout and file.read_text() == right
        assert place.render("--check").returncode == 0


@case("--check invents no secret")
def _():
    with Place() as place:
        done = place.render("--check")
        assert done.returncode == 1 and "would be invented" in done.stdout and not place.secrets.exists() and not place.out.exists(), done


@case("--only writes one part, and invents what that part needs")
def _():
    with Place() as place:
        assert place.render("--only", "nginx").returncode == 0
        assert (place.out / "etc/nginx/conf.d/first-login.conf").exists() and not place.secrets.exists()
        assert not (place.out / "etc/kratos").exists()
        done = place.render("--only", "colours")
        assert done.returncode == 2 and "there is no such part; there are" in done.stderr


@case("no value can end a string or begin another line in any file that is rendered")
def _():
    for name, kind in variables.VARIABLES.items():
        good = next((value for _, each, value in variables._lines(variables.EXAMPLE, []) if each == name and value), "word")
        for value in {good, "word", "/word", "id.corp.test", "127.0.0.1", "https://id.corp.test/", "it@corp.test", "198.51.100.0/24", "12"}:
            for bad in "\"'`\\\n\r\t\0{}<>;$":
                for tried in (value + bad, bad + value, value[:2] + bad + value[2:]):
                    try:
                        taken = kind(tried)
                    except ValueError:
                        continue
                    # what kinds of several words let through is spaces, and they write them anew
                    assert bad in "\n\r\t" and bad not in taken, (name, tried)


@case("of two hosts each gets its own addresses, and nginx both")
def _():
    with Place() as place:
        place.site = write_site(place.folder, GATE="10.0.0.1:4450 10.0.0.2:4450", KRATOS_PUBLIC="10.0.0.1:4433 10.0.0.2:4433", NGINX_FROM="10.0.0.1 10.0.0.2")
        for here in ("1", "2"):
            place.out = place.folder / f"out-{here}"
            assert place.render("--here", here).returncode == 0
            told = (place.out / "etc/first-login/gate.conf").read_text()
            assert f"LISTEN=10.0.0.{here}:4450\n" in told and f"UPSTREAM=http://10.0.0.{here}:4433\n" in told
            nginx = (place.out / "etc/nginx/conf.d/first-login.conf").read_text()
            assert all(f"server 10.0.0.{each}:{port} max_fails=0;" in nginx for each in (1, 2) for port in (4433, 4450))
        keys = {(place.folder / f"out-{here}/etc/first-login/gate.key").read_text() for here in (1, 2)}
        assert len(keys) == 1


@case("a template with a name that nobody knows is refused with its line")
def _():
    with Place() as place:
        copy = place.folder / "copy/deploy"
        shutil.copytree(DEPLOY, copy)
        (place.folder / "copy/data").symlink_to(DEPLOY.parent / "data")
        template = copy / "nginx/first-login.conf.in"
        count = len(template.read_text().splitlines())
        with template.open("a") as file:
            file.write("@COLOUR@\n")
        done = subprocess.run([copy / "render", place.site, place.out], capture_output=True, text=True)
        assert done.returncode == 2 and f"nginx/first-login.conf.in:{count + 1}: @COLOUR@ is no variable" in done.stderr, done
        assert not place.out.exists() and not place.secrets.exists()


@case("nothing is left to replace, every file has the mode of the table, and every file of the table has a source")
def _():
    with Place() as place:
        assert place.render().returncode == 0
        rows = [line.split() for line in (DEPLOY / "files").read_text().splitlines() if line and line[0] != "#"]
        assert len({row[0] for row in rows}) == len(rows)
        for where, source, owner, mode, tell in rows:
            target = place.out / where.lstrip("/")
            assert target.is_dir() == where.endswith("/") and target.stat().st_mode & 0o7777 == int(mode, 8), where
            assert (DEPLOY / source).exists(), source
            if target.is_file() and source.endswith(".in"):
                assert not re.search(r"@[A-Z][A-Z0-9_]+@", target.read_text()), where
            assert tell == "-" or re.fullmatch(r"(reload|restart):[a-z-]+(,[a-z-]+)*", tell), tell
        templates = {str(each.relative_to(DEPLOY)) for each in DEPLOY.rglob("*.in")}
        assert templates <= {row[1] for row in rows}, templates - {row[1] for row in rows}


@case("every unit is one that systemd understands, and the gate's is confined")
def _():
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        raise tap.Skip("there is no systemd-analyze here")
    with Place() as place:
        place.site = write_site(place.folder, GATE_PROGRAM="/bin/true", KRATOS_PROGRAM="/bin/true")
        assert place.render().returncode == 0
        units = place.out / "etc/systemd/system"
        for unit in sorted(units.glob("*.*")):
            if unit.suffix not in (".service", ".timer"):
                continue
            # programs that deploy/render installs are below OUT, and PostgreSQL need not be on this computer
            unit.write_text(unit.read_text().replace("=/usr/share/first-login/", f"={place.out}/usr/share/first-login/")
                            .replace("=/usr/bin/psql", "=/bin/true"))
        for unit in sorted(units.glob("*.service")):
            done = subprocess.run([analyze, "verify", "--man=no", unit], capture_output=True, text=True)
            said = [line for line in done.stderr.splitlines() if str(place.out) in line or unit.name in line]
            assert done.returncode == 0 and said == [], (unit.name, done.stderr)
            if unit.name in ("first-login-gate.service", "kratos.service", "kratos-courier.service"):
                done = subprocess.run([analyze, "security", "--offline=true", "--threshold=15", unit], capture_output=True, text=True)
                assert done.returncode == 0, done.stdout[-200:]
                assert "Restart=always" in unit.read_text() and "StartLimitIntervalSec=0" in unit.read_text(), unit.name


@case("systemd makes everybody whom a unit runs as")
def _():
    make = shutil.which("systemd-sysusers")
    if not make:
        raise tap.Skip("there is no systemd-sysusers here")
    with Place() as place:
        assert place.render().returncode == 0
        done = subprocess.run([make, f"--root={place.out}", "--dry-run"], capture_output=True, text=True)
        made = set(re.findall(r"(?m)^Creating user '([a-z_]+)'", done.stderr))
        wanted = {name for unit in (place.out / "etc/systemd/system").glob("*.service")
                  for name in re.findall(r"(?m)^User=(.+)$", unit.read_text())}
        assert done.returncode == 0 and made == wanted, (made, wanted, done.stderr)


@case("a link where a file belongs is replaced, and not followed")
def _():
    with Place() as place:
        precious = place.folder / "precious"
        precious.write_text("precious")
        file = place.out / "etc/nginx/conf.d/first-login.conf"
        file.parent.mkdir(parents=True)
        file.symlink_to(precious)
        assert place.render().returncode == 0
        assert precious.read_text() == "precious" and not file.is_symlink()


if __name__ == "__main__":
    os.umask(0o022)
    tap.run()
