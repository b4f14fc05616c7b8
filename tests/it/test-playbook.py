#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of deploy/desktop against this very computer, in a mount namespace: what they change is gone afterwards.
Flatpak, Ansible and systemd's folders are the real ones; the repository is a small one that is made here."""

import configparser
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "walk"))
import tap  # noqa: E402
from remote import APP, Remote, run  # noqa: E402

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs/it.md"
DESKTOP = pathlib.Path(__file__).parents[2] / "deploy/desktop"
FLATPAK = pathlib.Path("/var/lib/flatpak")
ENTRY = pathlib.Path(f"/etc/xdg/autostart/{APP}.desktop")
UNITS = pathlib.Path("/etc/systemd/system")
HOMES = pathlib.Path("/home")
ROOT = pathlib.Path("/root")
PLACES = (FLATPAK, pathlib.Path("/etc/flatpak"), pathlib.Path("/etc/xdg"), UNITS, HOMES, ROOT)
PERSON = 4321


class Fleet:
    """This computer as the fleet, and the administrator's folder."""

    def __init__(self, folder):
        self.folder = folder
        self.remote = Remote(folder / "remote")
        self.play = folder / "desktop"
        shutil.copytree(DESKTOP, self.play)
        self.policy = self.play / "policy/policy.conf"
        self.policy.parent.mkdir(exist_ok=True)
        self.write_policy("https://login.example.com")
        (self.policy.parent / "ca.pem").write_text("a certificate\n")
        shutil.copy(self.remote.description, self.play)
        (self.play / "inventory.ini").write_text("[desktops]\nlocalhost ansible_connection=local\n")

    def write_policy(self, server, more=""):
        self.policy.write_text(f"[server]\nurl={server}\n{more}")

    def run(self, play, *options, fails=False):
        """Runs a playbook; returns how many tasks changed something, and what was said."""
        done = subprocess.run(["ansible-playbook", "-i", "inventory.ini", play, *options], cwd=self.play, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=os.environ | {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_PIPELINING": "1", "ANSIBLE_LOCAL_TEMP": str(self.folder / "ansible")})
        assert (done.returncode != 0) == fails, done.stdout
        return int(re.search(r"changed=(\d+)", done.stdout).group(1)), done.stdout

    def doctor(self):
        done = subprocess.run(["flatpak", "run", "--system", APP, "--doctor", "--json"], capture_output=True, text=True, check=False)
        return json.loads(done.stdout)

    def extension(self):
        return FLATPAK / f"extension/{APP}.Policy/{self.remote.arch}/1"


def state(*places):
    """All that lies in those places: kind, owner, rights, contents."""
    found = {}
    for place in places:
        for path in sorted(place.rglob("*")):
            status = path.lstat()
            found[str(path)] = (status.st_mode, status.st_uid, status.st_gid,
                                os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None)
    return found


def is_installed():
    return subprocess.run(["flatpak", "info", "--system", APP], capture_output=True, check=False).returncode == 0


def check_root_only(path):
    """It is root's, and others can read it, and no more."""
    status = path.lstat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (0, 0, 0o755 if path.is_dir() else 0o644), (path, status)
    assert not path.is_symlink(), path


@tap.case("--check on an empty computer says that everything would change, and changes nothing")
def empty_check(fleet):
    before = state(*PLACES[:4])
    changed, said = fleet.run("install.yml", "--check")
    assert changed >= 6, said
    after = {path: value for path, value in state(*PLACES[:4]).items() if path not in before}
    assert not after, list(after)


@tap.case("from nothing: remote, app, policy, autostart, timer, and the doctor's word")
def install(fleet):
    _, said = fleet.run("install.yml")
    assert "The doctor says green (status 0)" in said, said
    assert is_installed() and fleet.doctor()["version"] == "1"
    assert fleet.doctor()["server"] == "https://login.example.com", "the app does not see the policy"
    for path in (fleet.extension(), fleet.extension().parent, fleet.extension() / "policy.conf", fleet.extension() / "ca.pem", ENTRY,
                 UNITS / "first-login-update.service", UNITS / "first-login-update.timer", pathlib.Path("/etc/flatpak/first-login.flatpakrepo")):
        check_root_only(path)
    assert (fleet.extension() / "policy.conf").read_bytes() == fleet.policy.read_bytes()
    origin, = run("flatpak", "list", "--system", "--app", "--columns=origin").split()
    options = run("flatpak", "remotes", "--system", "--columns=name,options")
    assert origin == "first-login" and "no-gpg-verify" not in options, options
    link = UNITS / "timers.target.wants/first-login-update.timer"
    assert link.resolve() == UNITS / "first-login-update.timer"


@tap.case("the second time there is nothing to do, and --check says so too")
def again(fleet):
    before = state(*PLACES[1:4])
    for options in ([], ["--check", "--diff"]):
        changed, said = fleet.run("install.yml", *options)
        assert changed == 0, said
    assert state(*PLACES[1:4]) == before


@tap.case("the autostart entry is a valid one, and starts the app")
def autostart(fleet):
    run("desktop-file-validate", ENTRY)
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read(ENTRY)
    entry = entry["Desktop Entry"]
    assert entry["Exec"] == f"flatpak run {APP} --until-done" and shutil.which(entry["TryExec"]), dict(entry)
    assert run(*entry["Exec"].split()).strip() == "1"


@tap.case("the units are such as systemd takes")
def units(fleet):
    if not shutil.which("systemd-analyze"):
        raise tap.Skip("no systemd-analyze")
    said = subprocess.run(["systemd-analyze", "verify", str(UNITS / "first-login-update.timer")], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert said.returncode == 0 and "first-login" not in said.stdout, said.stdout


@tap.case("a policy with a mistake is not laid down, and the one before goes on")
def bad_policy(fleet):
    before = (fleet.extension() / "policy.conf").read_bytes()
    fleet.write_policy("https://login.example.com", "nonsense\n")
    _, said = fleet.run("install.yml", fails=True)
    assert "nonsense" in said, said
    assert (fleet.extension() / "policy.conf").read_bytes() == before
    fleet.write_policy("https://other.example.com")
    changed, said = fleet.run("install.yml")
    assert changed == 1 and fleet.doctor()["server"] == "https://other.example.com", said


@tap.case("what the doctor finds wrong on the network stops the playbook with his sentence; the keyring of nobody does not")
def doctor(fleet):
    fleet.write_policy("https://down.example.com")
    _, said = fleet.run("install.yml", fails=True)
    assert "It is red. Look." in said and "Nobody is logged in" not in said.replace('"stdout', ""), said
    changed, said = fleet.run("install.yml", "--tags", "doctor", fails=True)
    assert changed == 0 and "It is red. Look." in said, said
    fleet.write_policy("https://login.example.com")
    fleet.run("install.yml")


@tap.case("a new version comes with the next run, and --check knows of it")
def update(fleet):
    fleet.remote.release("2")
    changed, said = fleet.run("install.yml", "--check")
    assert changed == 1 and fleet.doctor()["version"] == "1", said
    changed, said = fleet.run("install.yml")
    assert changed == 1 and fleet.doctor()["version"] == "2", said
    changed, said = fleet.run("install.yml")
    assert changed == 0, said


@tap.case("the timer's command updates too")
def timer(fleet):
    fleet.remote.release("3")
    words = re.search(r"^ExecStart=(.*)$", (UNITS / "first-login-update.service").read_text(), re.M).group(1)
    run(*words.split())
    assert fleet.doctor()["version"] == "3"


@tap.case("versions of a key that the desktops do not have do not come; with its description they do")
def new_key(fleet):
    before = fleet.doctor()["version"]
    fleet.remote.change_key()
    fleet.remote.release("4")
    _, said = fleet.run("install.yml", fails=True)
    assert "public key not found" in said and fleet.doctor()["version"] == before, said
    shutil.copy(fleet.remote.description, fleet.play)
    fleet.run("install.yml")
    assert fleet.doctor()["version"] == "4"
    assert fleet.run("install.yml")[0] == 0


@tap.case("the runtime may come from another repository")
def runtime_remote(fleet):
    description = fleet.play / "flathub.flatpakrepo"
    shutil.copy(fleet.remote.description, description)
    options = ["--extra-vars", json.dumps({"first_login_runtime_flatpakrepo": str(description)})]
    assert fleet.run("install.yml", *options)[0] == 2
    assert fleet.run("install.yml", *options)[0] == 0
    names = run("flatpak", "remotes", "--system", "--columns=name").split()
    assert sorted(names) == ["first-login", "flathub"], names
    run("flatpak", "remote-delete", "--system", "flathub")
    pathlib.Path("/etc/flatpak/flathub.flatpakrepo").unlink()


@tap.case("without autostart there is none")
def no_autostart(fleet):
    fleet.run("install.yml", "--extra-vars", '{"first_login_autostart": false}')
    assert not ENTRY.exists()
    fleet.run("install.yml")
    assert ENTRY.exists()


@tap.case("everything goes again, people's data too, and nothing that others have")
def uninstall(fleet):
    data = HOMES / f"person/.var/app/{APP}/data"
    data.mkdir(parents=True)
    (data / "note").write_text("x")
    trap = HOMES / "trap/.var/app"
    trap.mkdir(parents=True)
    treasure = HOMES / f"treasure/{APP}"
    treasure.mkdir(parents=True)
    (trap / APP).symlink_to(treasure)
    other = data.parents[1] / "org.example.Other"
    other.mkdir()
    for path in (HOMES / "person").rglob("*"):
        os.chown(path, PERSON, PERSON)
    run("flatpak", "run", APP)
    assert (ROOT / f".var/app/{APP}").is_dir()

    before = state(*PLACES)
    fleet.run("uninstall.yml", "--check")
    assert state(*PLACES) == before
    fleet.run("uninstall.yml")
    assert not is_installed()
    assert not data.parent.exists() and other.is_dir() and treasure.is_dir()
    assert not (ROOT / f".var/app/{APP}").exists()
    assert run("flatpak", "list", "--system").strip() == run("flatpak", "remotes", "--system").strip() == ""
    # OSTree keeps the empty folders of its refs
    left = [path for path, (mode, *_) in state(*PLACES).items()
            if re.search("first-?login", path.lower()) and not (stat.S_ISDIR(mode) and "/repo/refs/" in path)]
    assert set(left) <= {str(treasure), str(trap / APP)}, left
    changed, said = fleet.run("uninstall.yml")
    assert changed == 0, said


def documented(heading):
    """The commands below that heading of docs/it.md."""
    text = DOCUMENT.read_text()
    begin = text.index(heading) + len(heading)
    below = re.split(r"^#", text[begin:], maxsplit=1, flags=re.M)[0]
    return re.findall(r"^    (.*)$", below, re.M)


@tap.case("one desktop by hand, as documented, and a person's own uninstalling with their data")
def by_hand(fleet):
    shutil.copy(fleet.policy, fleet.play)
    for command in documented("### One desktop by hand"):
        run("sh", "-c", command, cwd=fleet.play)
    assert fleet.doctor()["server"] == "https://login.example.com"
    state_folder = run("flatpak", "run", "--command=sh", APP, "-c", 'echo "$XDG_STATE_HOME"').strip()
    assert state_folder == str(ROOT / f".var/app/{APP}/.local/state"), state_folder

    command, = [each for each in documented("## 8. Getting rid of it") if "--delete-data" in each]
    run("dbus-run-session", "--", "sh", "-c", command.replace("uninstall ", "uninstall --noninteractive "))
    assert not is_installed() and not (ROOT / f".var/app/{APP}").exists()
    fleet.run("uninstall.yml")


@tap.case("what the document shows as the autostart entry is what is laid down")
def shown_entry(fleet):
    shown = documented("## 5. At login, until done")
    laid = (fleet.play / "templates/autostart.desktop.j2").read_text().replace("{{ first_login_id }}", APP).splitlines()
    assert shown[0] == "[Desktop Entry]" and set(shown) <= set(laid), (shown, laid)


@tap.case("data stays where it is to stay, and a person who comes back finds it")
def keep_data(fleet):
    data = HOMES / f"person/.var/app/{APP}/data"
    fleet.run("install.yml")
    data.mkdir(parents=True, exist_ok=True)
    fleet.run("uninstall.yml", "--extra-vars", '{"first_login_delete_data": false}')
    assert not is_installed() and data.is_dir()


@tap.case("a runtime that another app needs stays, and the repository that it is updated from")
def needed_runtime(fleet):
    fleet.run("install.yml")
    fleet.remote.release("1", "org.example.Other")
    run("flatpak", "install", "--system", "--noninteractive", "first-login", "org.example.Other")
    fleet.run("uninstall.yml")
    assert not is_installed() and run("flatpak", "run", "org.example.Other").strip() == "1"
    assert "first-login" in run("flatpak", "remotes", "--system")
    run("flatpak", "uninstall", "--system", "--noninteractive", "org.example.Other")
    fleet.run("uninstall.yml")
    assert run("flatpak", "list", "--system").strip() == run("flatpak", "remotes", "--system").strip() == ""


def main():
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False).returncode != 0:
        print("1..0 # SKIP only root may make a mount namespace, and install for everybody")
        return
    if not all(map(shutil.which, ("ansible-playbook", "flatpak", "gpg"))):
        print("1..0 # SKIP no ansible-playbook, flatpak or gpg")
        return
    if os.environ.get("FL_NAMESPACE") != "1":
        words = ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv]
        os.execvpe("unshare", words, os.environ | {"FL_NAMESPACE": "1"})
    # systemd's own mark goes too: the real one shall read nothing again.
    for place in (*PLACES, pathlib.Path("/run/systemd")):
        place.mkdir(parents=True, exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", place)
    for place in (ENTRY.parent, UNITS / "timers.target.wants"):
        place.mkdir()
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"):
        os.environ.pop(name, None)
    os.environ["HOME"] = str(ROOT)
    with tempfile.TemporaryDirectory(prefix="first-login-fleet-") as folder:
        fleet = Fleet(pathlib.Path(folder))
        try:
            tap.run(fleet)
        finally:
            fleet.remote.end()


main()
