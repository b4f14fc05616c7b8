# SPDX-License-Identifier: GPL-3.0-or-later
"""Files: as deploy/render writes them, secrets for their owners' eyes, backups recent and encrypted."""

import importlib.machinery
import importlib.util
import os
import re
import stat
import time

from variables import DEPLOY, SECRETS, secrets_file

HOUR = 3600
BACKUPS = "/var/lib/first-login-backup"
BACKUP_HOURS = 26  # one a day, and two hours for it to be late
AGE = b"age-encryption.org/v1\n"  # what every file of age begins with
CONNECTIONS = 4096


def _render():
    loader = importlib.machinery.SourceFileLoader("render", str(DEPLOY / "render"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("render", loader))
    loader.exec_module(module)
    return module


def rendered(place, report):
    """Every file is there, whole, with its mode, and as the variable file says."""
    render = _render()
    wrong = 0
    for file in render.read_table(render.TABLE, place.parts):
        target = place.path(file.where)
        used = set()
        data = b"" if file.is_folder else render.fill(file, {name: "" for name in SECRETS} | place.values, [], used)
        try:
            owner = file.get_owner() if os.geteuid() == 0 else None
            difference = render.differs(target, file, data, owner)
        except (KeyError, OSError) as error:
            report.unknown("files", f"{file.where} cannot be compared ({error})", "run deploy/check as root")
            wrong += 1
            continue
        if difference is None:
            continue
        wrong += 1
        what = {"new": "is not there", "changed": "is not what deploy/render writes"}.get(difference, f"has the wrong mode or owner: {difference}")
        then = f"deploy/render {place.site} /, after deploy/render --check; changes by hand belong into SITE or into deploy/{file.source.relative_to(DEPLOY)}"
        tell = report.fail if difference == "new" or used & SECRETS.keys() else report.warn
        tell("files", f"{file.where} {what}", then)
    if not wrong:
        report.ok("files", "every file is what deploy/render writes")


def secret_files(place, report):
    """Nobody else reads the secrets and the key of the certificate."""
    # a host of nginx alone has no secrets of ours
    names = [secrets_file(place.site)] if place.has("gate") or place.has("kratos") else []
    names += [place.path(place.values["TLS_KEY"])] if place.has("nginx") else []
    names += [place.path("/etc/first-login/gate.key")] if place.has("gate") else []
    names += [place.path("/etc/first-login/kratos/secrets.yaml")] if place.has("kratos") else []
    well = True
    for name in names:
        try:
            mode = stat.S_IMODE(os.stat(name).st_mode)
        except PermissionError:
            report.unknown("secrets", f"{name} cannot be seen", "run deploy/check as root")
        except OSError as error:
            report.fail("secrets", f"{name}: {error.strerror}", f"deploy/render {place.site} /, or the right path in {place.site}")
        else:
            if not mode & 0o007:
                continue
            report.fail("secrets", f"{name} can be read or written by everybody (mode {mode:04o})", f"chmod 600 {name}")
        well = False
    if well:
        report.ok("secrets", f"{len(names)} files with secrets are closed to others")


def backups(place, report):
    """There is a copy of the database, of today, that only the holder of the key can read."""
    if not place.has("postgresql"):
        return
    folder = place.path(BACKUPS)
    start = "systemctl start first-login-backup.service, and journalctl -u first-login-backup"
    try:
        copies = [each for each in folder.iterdir() if each.is_file() and not each.name.startswith(".")]
    except PermissionError:
        report.unknown("backup", f"{folder} cannot be seen", "run deploy/check as root")
        return
    except OSError:
        copies = []
    if not copies:
        report.fail("backup", f"there is no copy of the database in {folder}", start)
        return
    well = True
    for each in copies:
        with each.open("rb") as stream:
            head = stream.read(len(AGE))
        if head != AGE:
            report.fail("backup", f"{each} is not encrypted, or not whole: it may hold every second factor in clear", f"shred -u {each}; {start}")
            well = False
    newest = max(copies, key=lambda each: each.stat().st_mtime)
    hours = (time.time() - newest.stat().st_mtime) / HOUR
    if hours > BACKUP_HOURS:
        report.fail("backup", f"the newest copy, {newest.name}, is {hours:.0f} hours old", start)
    elif well:
        report.ok("backup", f"{newest.name} is {hours:.0f} hours old and encrypted; deploy/restore shows that it can be read")


def nginx_connections(place, report):
    """Debian's nginx takes 768 connections a process: two for each request."""
    if not place.has("nginx"):
        return
    file = place.path("/etc/nginx/nginx.conf")
    try:
        found = re.search(r"(?m)^\s*worker_connections\s+([0-9]+)\s*;", file.read_text())
    except OSError as error:
        report.unknown("connections", f"{file}: {error.strerror}", "install nginx")
        return
    count = int(found[1]) if found else 512
    if count < CONNECTIONS:
        report.warn("connections", f"{file}: worker_connections {count} is room for {count // 2} people at once in each process",
                    f"sed -i 's/worker_connections .*/worker_connections 16384;/' {file} && nginx -t && systemctl reload nginx")
    else:
        report.ok("connections", f"nginx takes {count} connections a process")
