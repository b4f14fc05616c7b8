# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flatpak is built, installed and walked through: what holds outside holds in the sandbox, with nothing but the
permissions that the documentation names."""

import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import sandbox
from sandbox import POLICY_ID, SandboxDesk, SandboxGuide, open_guide

import outside  # after sandbox, which says where it is
import tap
from tap import case
from world import APP_ID, Programs, World, fresh_totp, wait_for

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
ANNA = "anna@flexhrm.example"
ADMINISTRATORS = "/app/etc/xdg/first-login/policy.conf"
PASSWORD = "lantern orbit thistle"


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def go_to_inbox(guide):
    guide.begin()
    guide.give_address(ANNA, save=True)
    guide.forget_password()
    return guide.ask_for_mail()


@case("the sandbox may do what the documentation says, and nothing else")
def permissions(installation, desk_with):
    may = sandbox.permissions(installation.flatpak("info", "--show-permissions", APP_ID))
    # x11 is what older versions of Flatpak make of fallback-x11
    assert may == {"Context": {"shared": {"network", "ipc"}, "sockets": {"x11", "wayland", "fallback-x11"},
                               "devices": {"dri"}}}, may


@case("what a desktop sees of it is valid")
def exported(installation, desk_with):
    subprocess.run(["desktop-file-validate", installation.exports / "applications" / f"{APP_ID}.desktop"], check=True)
    for path in (installation.exports / "metainfo").iterdir():
        said = subprocess.run(["appstreamcli", "validate", "--no-net", "--explain", path], capture_output=True, text=True)
        assert said.returncode == 0, said.stdout
    entry = installation.desktop_entry()
    assert entry["DBusActivatable"] == "true" and "@@u %u @@" in entry["Exec"], dict(entry)
    assert f"--command=first-login --file-forwarding {APP_ID}" in entry["Exec"], entry["Exec"]
    service = (installation.exports / "dbus-1" / "services" / f"{APP_ID}.service").read_text()
    assert re.search(rf"^Name={re.escape(APP_ID)}$", service, re.M), service
    command = r"^Exec=.*flatpak run .*--command=/app/bin/first-login .*--gapplication-service$"
    assert re.search(command, service, re.M), service
    icons = {path.relative_to(installation.exports / "icons" / "hicolor").as_posix() for path in
             (installation.exports / "icons" / "hicolor").rglob("*.svg")}
    assert icons == {f"scalable/apps/{APP_ID}.svg", f"symbolic/apps/{APP_ID}-symbolic.svg"}, icons


@case("the stand-alone service, libcurl and what is for building stay out")
def left_out(installation, desk_with):
    app = pathlib.Path(installation.flatpak("info", "--show-location", APP_ID).strip()) / "files"
    assert sorted(os.listdir(app / "bin")) == ["first-login"], os.listdir(app / "bin")
    assert sorted(os.listdir(app / "libexec")) == ["first-login-training"], os.listdir(app / "libexec")
    assert not (app / "include").exists() and not list(app.rglob("*.a")) and not list(app.rglob("*.pc"))
    for program in (app / "bin" / "first-login", app / "libexec" / "first-login-training"):
        needed = subprocess.run(["objdump", "-p", program], check=True, capture_output=True, text=True).stdout
        assert "NEEDED" in needed and "curl" not in needed, needed


@case("anna gets through in the sandbox: policy by the extension, the link by the handler, secrets by the portal")
def anna(installation, desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        mail = go_to_inbox(guide)
        desk.open(mail.deep_link)
        guide.choose_password(PASSWORD)
        key, used = guide.activate()
        codes = guide.keep_codes()
        guide.finish()
        mine = outside.sign_in(desk.url, ANNA, PASSWORD)
        assert outside.second_factor(desk.url, mine, totp_code=fresh_totp(key, [used])), "the phone's code does not work"
        check_traces(desk, key, *codes)

        guide = open_guide(desk)
        guide.wait_page("Email")
        wait_for(lambda: guide.read("Email address") == ANNA, "the saved address")
        guide.close()


def check_traces(desk, *secrets):
    """What is left on the computer is in the sandbox's own folder, and cannot be read there."""
    assert desk.kept() == {}, "something of the program's is in the keyring of everybody"
    assert len(desk.portal_keys()) == 1, "the portal keeps one key for the sandbox"
    home = desk.folder / "home"
    elsewhere = [path.relative_to(home).as_posix() for path in files(home) if not path.is_relative_to(desk.data())]
    assert not [path for path in elsewhere if re.search("first-?login", path, re.I)], elsewhere
    keyrings = [path for path in files(desk.data()) if path.suffix == ".keyring"]
    assert len(keyrings) == 1, files(desk.data())
    for path in files(home):
        for secret in (ANNA, PASSWORD, *secrets):
            assert secret.encode() not in path.read_bytes(), f"{path} has a secret"


@case("power is lost in the sandbox, and the next start stands on the same page")
def resume(installation, desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        go_to_inbox(guide)
        wait_for(lambda: [path for path in files(desk.data()) if path.suffix == ".keyring"], "the record")
        guide.kill()
        guide = open_guide(desk)
        guide.wait_page("Check your inbox")
        guide.wait_text(ANNA)
        guide.close()


@case("the link finds the sandbox that is running, by the Exec line too, and starts it where it is not")
def links(installation, desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        mail = go_to_inbox(guide)
        second = desk.start_exported(mail.deep_link)
        assert second.wait(30) == 0, desk.log("program")
        guide.wait_page("New password")
        guide.close()
    with desk_with() as desk:
        guide = open_guide(desk)
        mail = go_to_inbox(guide)
        guide.close()
        desk.open(mail.deep_link)
        guide = SandboxGuide(desk, desk.activated())
        guide.wait_page("New password")
        guide.close()


@case("the policy of the extension is found and checked from within, and nothing else is at its place")
def policy(installation, desk_with):
    with desk_with(server=False, policy="[server]\nurl=https://login.example.com\n") as desk:
        status, text = desk.ask("--check-policy", "--json")
        answer = json.loads(text)
        assert (status, answer["files"]) == (0, [ADMINISTRATORS]), answer
        url = next(each for each in answer["values"] if (each["group"], each["key"]) == ("server", "url"))
        assert (url["value"], url["from"]) == ("https://login.example.com", ADMINISTRATORS), url
        status, text = desk.ask("-c", "ls -A /app/etc/xdg/first-login; ls -A /etc/xdg/first-login", program="sh")
        assert text.startswith("policy.conf\n") and "cannot access" in text, text
        desk.write_policy("[server]\nulr=https://login.example.com\n")
        status, text = desk.ask("--check-policy")
        assert status == 1 and f"{ADMINISTRATORS}:2" in text, (status, text)


@case("the extension's folder may be a link to where a fleet's files are, the policy itself may not")
def linked_policy(installation, desk_with):
    fleet = installation.folder / "fleet"
    fleet.mkdir()
    extension = installation.extension()
    extension.parent.mkdir(parents=True)
    extension.symlink_to(fleet)
    with desk_with(server=False, policy="[server]\nurl=https://login.example.com\n") as desk:
        assert (fleet / "policy.conf").exists()
        assert json.loads(desk.ask("--check-policy", "--json")[1])["files"] == [ADMINISTRATORS]
        (fleet / "policy.conf").rename(installation.folder / "policy.conf")
        (fleet / "policy.conf").symlink_to(installation.folder / "policy.conf")
        assert json.loads(desk.ask("--check-policy", "--json")[1])["files"] == []


@case("without an extension the program asks for the server")
def no_policy(installation, desk_with):
    with desk_with(server=False) as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Your organisation")
        guide.close()
        assert json.loads(desk.ask("--check-policy", "--json")[1])["files"] == []


@case("the training starts in the sandbox")
def training(installation, desk_with):
    with desk_with(server=False) as desk:
        guide = open_guide(desk, "--demo")
        guide.wait("Before you begin")
        guide.close()


@case("the doctor sees what can be seen from within, also without a display and a session bus")
def doctor(installation, desk_with):
    with desk_with() as desk:
        status, text = desk.ask("--doctor", "--json")
        answer = json.loads(text)
        causes = {each["check"]: each["cause"] for each in answer["checks"] if each["verdict"] != "green"}
        assert causes == {"deep-link": "handler-unseen", "otpauth": "handler-unseen"}, answer
        assert (status, answer["server"]) == (1, desk.url), answer
        facts = {each["check"]: each["facts"] for each in answer["checks"]}
        assert facts["versions"]["sandbox"] == "flatpak" and "org.gnome.Platform" in facts["versions"]["runtime"], facts
        assert ADMINISTRATORS in facts["policy"]["files"], facts
    with desk_with(portal=False) as desk:
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            del desk.environment[name]
        status, text = desk.ask("--doctor")
        assert status in (1, 2) and re.search("^green +Server:", text, re.M), (status, text)
        assert re.search("^(yellow|red) +Keyring:", text, re.M), text


@case("where there is no Secret portal, the administrator's override opens the keyring")
def override(installation, desk_with):
    with desk_with(portal=False) as desk:
        installation.flatpak("override", "--talk-name=org.freedesktop.secrets", APP_ID)
        try:
            guide = open_guide(desk)
            guide.begin()
            guide.give_address(ANNA)
            wait_for(lambda: "journal" in desk.kept(), "the resume record in the person's keyring")
            guide.close()
        finally:
            installation.flatpak("override", "--reset", APP_ID)
        assert desk.portal_keys() == [] and not list(desk.data().rglob("*.keyring"))


def why_not():
    """Why this cannot be tried here, or None."""
    for name in ("flatpak", "flatpak-builder", "ostree", "bwrap", "debootstrap", "gio", "desktop-file-validate",
                 "appstreamcli"):
        if shutil.which(name) is None:
            return f"no {name} here"
    for name in sandbox.PORTALS:
        if not os.path.exists(f"/usr/libexec/{name}"):
            return f"no {name} here"
    if os.geteuid() != 0:
        return "only root can make the tree of Debian 13 that the runtime is made of"
    bwrap = subprocess.run(["bwrap", "--ro-bind", "/", "/", "--unshare-pid", "true"], capture_output=True, text=True)
    return f"no sandbox can be made here: {bwrap.stderr.strip()}" if bwrap.returncode else None


def main():
    reason = why_not()
    if reason is not None:
        print(f"1..0 # SKIP {reason}")
        sys.exit(0)
    built = sandbox.build(CHECKOUT)
    with tempfile.TemporaryDirectory(prefix="first-login-flatpak-") as folder, World() as world:
        installation = sandbox.Installation(built, pathlib.Path(folder))
        tap.run(installation, functools.partial(SandboxDesk, world, Programs(sys.argv[1]), installation))


main()
