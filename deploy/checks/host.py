# SPDX-License-Identifier: GPL-3.0-or-later
"""This computer: units and timers, what listens where, what Kratos was started with, the clock, the disk."""

import ipaddress
import re
import shutil
import socket
import subprocess

# part: units that run
UNITS = {"nginx": ("nginx",), "gate": ("first-login-gate",), "kratos": ("kratos", "kratos-courier"), "postfix": ("postfix",),
         "postgresql": ("postgresql",)}
TIMERS = {"kratos": ("first-login-retention", "first-login-mail"), "postgresql": ("first-login-backup",)}
LISTENING = "0A"  # a state in /proc/net/tcp
MAIL_PORTS = (25, 465, 587)
POSTGRESQL_PORT = 5432
DISK_LEFT, DISK_LEAST = 20, 5  # percent


def run(*argv):
    """What a program prints; None where there is none, or it fails."""
    path = shutil.which(argv[0])
    if path is None:
        return None
    done = subprocess.run([path, *argv[1:]], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.stdout if done.returncode == 0 else None


def show(unit, *names):
    """Properties of a unit; None without systemd."""
    text = run("systemctl", "show", unit, f"--property={','.join(names)}")
    if text is None:
        return None
    found = dict(line.partition("=")[::2] for line in text.splitlines())
    return {name: found.get(name, "") for name in names}


def units(place, report):
    """What has to run runs, comes back by itself, and starts with the computer."""
    for part, names in UNITS.items():
        for name in names if place.has(part) else ():
            found = show(name, "LoadState", "ActiveState", "UnitFileState", "NRestarts")
            if found is None:
                report.unknown("units", f"systemctl says nothing about {name}", "run deploy/check on the server itself")
            elif found["LoadState"] != "loaded":
                report.fail("units", f"{name}.service is not installed", f"deploy/render {place.site} / && systemctl daemon-reload && systemctl enable --now {name}")
            elif found["ActiveState"] not in ("active", "reloading"):
                report.fail("units", f"{name} does not run ({found['ActiveState']})", f"systemctl enable --now {name}; journalctl -u {name} -n 50")
            elif found["UnitFileState"] not in ("enabled", "static", "generated", "alias"):
                report.warn("units", f"{name} runs, and will not after the next start of the computer", f"systemctl enable {name}")
            elif int(found["NRestarts"] or 0) > 20:
                report.warn("units", f"{name} has been started again {found['NRestarts']} times", f"journalctl -u {name} -n 100; systemctl reset-failed {name}")
            else:
                report.ok("units", f"{name} runs")


def timers(place, report):
    """Retention and backups happen by themselves, and went well the last time."""
    for part, names in TIMERS.items():
        for name in names if place.has(part) else ():
            found = show(f"{name}.timer", "LoadState", "ActiveState", "UnitFileState")
            last = show(f"{name}.service", "Result")
            if found is None or last is None:
                report.unknown("timers", f"systemctl says nothing about {name}.timer", "run deploy/check on the server itself")
            elif found["ActiveState"] != "active" or found["UnitFileState"] != "enabled":
                report.fail("timers", f"{name}.timer is off", f"systemctl enable --now {name}.timer")
            elif last["Result"] not in ("success", ""):
                report.fail("timers", f"{name} failed the last time ({last['Result']})", f"journalctl -u {name} -n 50; systemctl start {name}")
            else:
                report.ok("timers", f"{name}.timer is on")


def _started(place, unit):
    """(words, environment) that the main process of a unit has; None where there is none to be seen."""
    found = show(unit, "MainPID")
    pid = (found or {}).get("MainPID", "0")
    if not pid.isdigit() or pid == "0":
        return None
    try:
        words = place.path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        return words, place.path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return None


def kratos_options(place, report):
    """Kratos as it runs, not as its unit says: no telemetry, no courier inside the server, not for development."""
    if not place.has("kratos"):
        return
    for unit in ("kratos", "kratos-courier"):
        started = _started(place, unit)
        if started is None:
            report.unknown("kratos", f"what {unit} was started with cannot be seen", f"run deploy/check as root; systemctl status {unit}")
            continue
        words, environment = started
        then = f"remove drop-ins (systemctl revert {unit}), deploy/render {place.site} /, systemctl daemon-reload, systemctl restart {unit}"
        wrong = []
        if "--sqa-opt-out" not in words and "SQA_OPT_OUT=true" not in environment:
            wrong.append("sends telemetry to Ory (neither --sqa-opt-out nor SQA_OPT_OUT=true)")
        if "--watch-courier" in words and unit == "kratos":
            wrong.append("has the courier inside (--watch-courier): it ends with it when the database is away")
        if "--dev" in words:
            wrong.append("is started for development (--dev)")
        for each in wrong:
            report.fail("kratos", f"{unit} {each}", then)
        if not wrong:
            report.ok("kratos", f"{unit} runs without telemetry, as a program of its own")


def _address(text):
    """An address as /proc/net/tcp writes it: 32-bit words in this computer's order of bytes."""
    host, _, port = text.partition(":")
    data = b"".join(int(host[at:at + 8], 16).to_bytes(4, "little") for at in range(0, len(host), 8))
    found = ipaddress.ip_address(data)
    return getattr(found, "ipv4_mapped", None) or found, int(port, 16)


def listeners(place):
    """(address, port) of everything that listens for TCP."""
    found = set()
    for name in ("tcp", "tcp6"):
        try:
            lines = place.path(f"/proc/net/{name}").read_text().splitlines()[1:]
        except OSError:
            continue
        found |= {_address(line.split()[1]) for line in lines if line.split()[3] == LISTENING}
    return found


def outside_listeners(place, port):
    """The addresses other than this computer's own loopback that a port is listened to at."""
    return {str(address) for address, each in listeners(place) if each == port and not address.is_loopback}


def closed_ports(place, report):
    """What is nobody's business outside: admin API, Kratos, gate, its metrics, the mail server, the database."""
    values = place.values
    ports = {}
    if place.has("kratos"):
        ports["Kratos' admin API, where whoever reaches it is in"] = int(values["KRATOS_ADMIN_PORT"]), "KRATOS_ADMIN"
        ports["Kratos' public API, past nginx and gate"] = int(values["KRATOS_PUBLIC_PORT"]), "KRATOS_PUBLIC"
    if place.has("gate"):
        ports["the gate, past nginx"] = int(values["GATE_HERE"].rpartition(":")[2]), "GATE"
        ports["the gate's metrics"] = int(values["GATE_METRICS"].rpartition(":")[2]), "GATE_METRICS"
    for what, (port, name) in ports.items():
        outside = {each for each in outside_listeners(place, port) if f"{each}:{port}" not in values[name].replace("[", "").replace("]", "").split()}
        if outside:
            report.fail("ports", f"{what}, listens at {', '.join(sorted(outside))} port {port}, and not only where {name} says",
                        f"put {name} right in {place.site}, run deploy/render and restart what listens; meanwhile close the port: "
                        f"nft add rule inet filter input tcp dport {port} iifname != lo drop")
        else:
            report.ok("ports", f"port {port} is not reached from outside ({name})")
    if place.has("postfix"):
        mail_server(place, report)
    if place.has("postgresql"):
        database(place, report)


def mail_server(place, report):
    """Postfix takes mails from this computer alone, and does take them."""
    port = int(place.values["MAIL_PORT"])
    for each in sorted({port, *MAIL_PORTS}):
        outside = outside_listeners(place, each)
        if outside:
            report.fail("mail", f"port {each} takes mails from outside, at {', '.join(sorted(outside))}",
                        f"deploy/render {place.site} /, systemctl restart postfix; postconf inet_interfaces says loopback-only")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as caller:
            greeting = caller.recv(512).decode(errors="replace")
    except OSError as error:
        report.fail("mail", f"nobody takes mails at 127.0.0.1:{port} (MAIL_PORT): {error}", "systemctl enable --now postfix; journalctl -u postfix@- -n 50")
        return
    if not re.match(r"220[ -]", greeting):
        report.fail("mail", f"what listens at 127.0.0.1:{port} (MAIL_PORT) is no mail server ready for mails", "journalctl -u postfix@- -n 50; ss -ltnp")
    else:
        report.ok("mail", f"mails are taken at 127.0.0.1:{port}")


def database(place, report):
    """PostgreSQL is asked through its socket."""
    outside = {address for address, port in listeners(place) if port == POSTGRESQL_PORT and not address.is_loopback}
    then = "ALTER SYSTEM SET listen_addresses = '' (deploy/postgresql/settings.sql), systemctl restart postgresql"
    if any(not address.is_private or address.is_unspecified for address in outside):
        report.fail("database", f"PostgreSQL listens at {', '.join(sorted(map(str, outside)))} port {POSTGRESQL_PORT}", then)
    elif outside:
        report.warn("database", f"PostgreSQL listens at {', '.join(sorted(map(str, outside)))} in a network of your own",
                    f"right where Kratos or a gate is on another host, with hostssl in pg_hba.conf; else {then}")
    else:
        report.ok("database", "PostgreSQL does not listen outside")


def clock(place, report):
    """Codes of the second factor are good for half a minute."""
    text = run("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if text is None:
        report.unknown("clock", "timedatectl says nothing", "run deploy/check on the server itself")
    elif text.strip() != "yes":
        report.fail("clock", "the clock is not synchronised: codes from people's phones will be refused", "apt-get install systemd-timesyncd; timedatectl set-ntp true; timedatectl timesync-status")
    else:
        report.ok("clock", "the clock is synchronised")


def disk(place, report):
    """A full disk stops the database, and with it everything."""
    for name in ("/var/lib", "/var/log"):
        folder = place.path(name)
        if not folder.exists():
            continue
        text = run("df", "--output=pcent,ipcent", str(folder))
        if text is None:
            report.unknown("disk", f"df says nothing about {name}", f"df -h {name}")
            continue
        used = [int(each) for each in re.findall(r"([0-9]+)%", text)]  # "-" where a file system counts no files
        left = 100 - max(used, default=0)
        if left < DISK_LEFT:
            tell = report.fail if left < DISK_LEAST else report.warn
            tell("disk", f"{name} has {left}% left", f"df -h {name}; df -i {name}; journalctl --vacuum-size=1G")
        else:
            report.ok("disk", f"{name} has {left}% left")
