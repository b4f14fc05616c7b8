# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases: what the vendor is told, before anything is released."""

import re
import shutil
import subprocess
import sys

from lab import CHECKOUT, run
from tap import case

sys.path.append(str(CHECKOUT / "flatpak" / "release"))
from publish import PHASES  # noqa: E402, F401


def refuses(vendor, word):
    """./dev release refuses with a single line that has this word, and releases nothing."""
    done = vendor.try_to("--app", vendor.built)
    assert done.returncode == 1 and word in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert not vendor.public.exists() and not vendor.usb.exists()


@case("without settings one sentence says what to do")
def _(lab):
    done = subprocess.run([CHECKOUT / "dev", "release", "--directory", lab.root / "nowhere"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "release.conf" in done.stderr and "cp " in done.stderr, done.stderr
    assert not (lab.root / "nowhere").exists()


@case("without a key one sentence says how to make one, and none is made")
def _(lab):
    keyless = lab.new_vendor()
    keyless.build("one")
    keyless.configure("")
    refuses(keyless, "gpg --quick-generate-key")
    shutil.copy(CHECKOUT / "flatpak" / "release" / "release.conf", keyless.directory)
    refuses(keyless, "gpg --quick-generate-key")
    keyless.configure("1234")
    refuses(keyless, "40 hexadecimal digits")
    keyless.configure("0123456789" * 4)
    refuses(keyless, "has no private key")
    assert keyless.gpg("--list-secret-keys") == ""


@case("settings that are not understood are named")
def _(lab):
    other = lab.new_vendor()
    other.build("one")
    key = other.key("it")
    other.configure(key, url="ftp://example.org")
    refuses(other, "url must be")
    other.configure(key, colour="red")
    refuses(other, "colour")
    other.configure(key, policy="nowhere")
    refuses(other, "policy.conf")
    (other.directory / "release.conf").write_text("url = x\n")
    done = other.try_to()
    assert done.returncode == 1 and "not understood" in done.stderr, done.stderr


@case("private keys stay where others cannot read them, and are not published")
def _(lab):
    careless = lab.new_vendor()
    careless.build("one")
    careless.configure(careless.key("careless"))
    careless.homedir.chmod(0o750)
    refuses(careless, "chmod 700")
    careless.homedir.chmod(0o700)
    careless.configure(homedir=careless.public / "gnupg")
    refuses(careless, "install -d -m 700")
    (careless.public / "gnupg").mkdir(parents=True, mode=0o700)
    done = careless.try_to("--app", careless.built)
    assert done.returncode == 1 and "would be published" in done.stderr, done.stderr


@case("nothing that was released holds a private key")
def _(lab):
    secrets = [bytes.fromhex(digits) for file in (lab.vendor.homedir / "private-keys-v1.d").iterdir()
               for digits in re.findall(r"\(d #([0-9A-F]+)#\)", file.read_text("latin-1"))]
    assert secrets, "no private key was found to look for"
    for file in (path for tree in (lab.vendor.public, lab.vendor.usb) for path in tree.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert not any(secret in content for secret in secrets) and b"PRIVATE KEY" not in content, file
        assert not file.is_relative_to(lab.vendor.homedir)
    packets = lab.vendor.gpg("--list-packets", lab.key)
    assert "public key packet" in packets and "secret key packet" not in packets


@case("a key is refused without a date, and once it is over; before, there is a warning")
def _(lab):
    dated = lab.new_vendor()
    dated.build("one")
    dated.configure(dated.key("forever", "never"))
    refuses(dated, "never expires")
    dated.configure(dated.key("over", "1y", "--faked-system-time", "20200101T000000"))
    refuses(dated, "has expired")
    soon = dated.key("soon", "30d")
    dated.configure(soon)
    assert re.search(r"expires in (29|30) days.*--quick-set-expire", dated.release())
    dated.gpg("--quick-set-expire", soon, "1y")
    assert dated.release() == ""


@case("a passphrase is gpg-agent's business: without it nothing is released, with it everything")
def _(lab):
    careful = lab.new_vendor()
    careful.build("one")
    (careful.homedir / "gpg-agent.conf").write_text("allow-preset-passphrase\npinentry-program /bin/false\n")
    run("gpg", "--homedir", careful.homedir, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "not so secret",
        "--quick-generate-key", "Careful <careful@example.org>", "ed25519", "sign", "1y")
    listing = careful.gpg("--with-colons", "--with-keygrip", "--list-secret-keys")
    fingerprint, grip = (re.search(rf"^{kind}:+([0-9A-F]{{40}}):", listing, re.MULTILINE)[1] for kind in ("fpr", "grp"))
    run("gpgconf", "--homedir", careful.homedir, "--reload", "gpg-agent")
    careful.configure(fingerprint)
    refuses(careful, "cannot sign")
    preset = run("gpgconf", "--list-dirs", "libexecdir").strip() + "/gpg-preset-passphrase"
    run("env", f"GNUPGHOME={careful.homedir}", preset, "--preset", grip, input="not so secret")
    careful.release()
    assert careful.public.exists()
