#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What software centres and shells show of the program: metainfo, pictures, icons and desktop file, against the quality
guidelines of Flathub and of GNOME's icons. Takes the built metainfo and desktop file."""

import configparser
import pathlib
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from house import ROOT, nothing, read

sys.path.insert(0, str(ROOT / "tests" / "walk"))
import tap  # noqa: E402

METAINFO, DESKTOP = (pathlib.Path(path) for path in sys.argv[1:3])
del sys.argv[1:3]
APP_ID = METAINFO.name.removesuffix(".metainfo.xml")
PICTURES = "docs/screenshots"
# The id follows the domain, whose last part is a name; AppStream before 1.0 does not know <developer> yet.
KNOWN_HINTS = {"cid-contains-uppercase-letter", "unknown-tag developer"}


def component():
    return ElementTree.parse(METAINFO).getroot()


def plain(elements):
    """Those without a language: what is translated."""
    return [each for each in elements if "{http://www.w3.org/XML/1998/namespace}lang" not in each.attrib]


def size(picture):
    """Width, height and colour type of a PNG, from its header (PNG specification, 11.2.2)."""
    return struct.unpack(">IIxB", picture.read_bytes()[16:26])


@tap.case("appstreamcli has nothing to say that is not known")
def test_appstream():
    told = subprocess.run(["appstreamcli", "validate", "--no-net", "--pedantic", "--no-color", METAINFO],
                          capture_output=True, text=True)
    hints = re.findall(r"^[EWIP]: \S+:\S* (\S+(?: developer)?)", told.stdout, re.MULTILINE)
    assert told.returncode == 0, told.stdout
    nothing(sorted(set(hints) - KNOWN_HINTS), "hints of appstreamcli")


@tap.case("name, summary and description have the length and form that lists have room for")
def test_texts():
    for name in component().findall("name"):
        assert len(name.text) <= 15, name.text
    for summary in component().findall("summary"):
        assert 10 <= len(summary.text) <= 35 and not summary.text.endswith("."), summary.text
        assert "First Login" not in summary.text and summary.text.split()[0].lower() not in ("a", "an", "the", "en", "ett")
    first = " ".join(component().find("description/p").text.split())
    assert len(first) >= 80, first
    assert len(plain(component().findall("description/ul/li"))) <= 10


@tap.case("addresses are of the domain that the id names, and those of a version are pinned to it")
def test_addresses():
    version = component().find("releases/release").get("version")
    domain = ".".join(reversed(APP_ID.split(".")[:-1]))
    texts = [(each.tag, (each.text or "").strip()) for each in component().iter()]
    for tag, address in [pair for pair in texts if pair[1].startswith("http")]:
        assert address.startswith(f"https://{domain}/"), address
        assert tag != "image" or f"/v{version}/" in address, f"{address} is not of version {version}"
    kinds = {each.get("type") for each in component().findall("url")}
    nothing(sorted({"homepage", "bugtracker", "vcs-browser", "help", "contribute", "translate"} - kinds), "kinds of address missing")


@tap.case("the pictures are in the repository, in the size that is named, with a shadow, and small")
def test_pictures():
    screenshots = component().findall("screenshots/screenshot")
    assert 3 <= len(screenshots) <= 6 and screenshots[0].get("type") == "default"
    named = set()
    for image in component().iter("image"):
        picture = ROOT / PICTURES / image.text.rpartition("/")[2]
        named.add(picture.name)
        width, height, colours = size(picture)
        assert (width, height) == (int(image.get("width")), int(image.get("height"))), f"{picture} is {width} × {height}"
        assert width <= 2 * (1000 + 64) and height <= 2 * (700 + 64), f"{picture} shows more than 1000 × 700"
        assert colours == 6, f"{picture} has no transparency"
        assert picture.stat().st_size < 150_000, f"{picture} has {picture.stat().st_size} bytes"
    assert named == {path.name for path in (ROOT / PICTURES).iterdir()}, named


@tap.case("every picture has a caption of one sentence, without full stop, in each language")
def test_captions():
    for screenshot in component().findall("screenshots/screenshot"):
        captions = screenshot.findall("caption")
        assert len(plain(captions)) == 1
        for caption in captions:
            assert 10 <= len(caption.text) <= 90 and not caption.text.endswith("."), caption.text


@tap.case("releases are the newest first, each with notes")
def test_releases():
    releases = component().findall("releases/release")
    versions = [tuple(map(int, each.get("version").split("."))) for each in releases]
    assert versions == sorted(versions, reverse=True)
    assert [each.get("date") for each in releases] == sorted((each.get("date") for each in releases), reverse=True)
    nothing([each.get("version") for each in releases if each.find("description/p") is None], "releases without notes")


@tap.case("the colours are two, colourful, and text stands on them")
def test_colours():
    def channels(text):
        return [int(text[start:start + 2], 16) / 255 for start in (1, 3, 5)]

    def luminance(text):
        """Relative luminance (WCAG 2.1)."""
        return sum(part * (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
                   for part, value in zip((0.2126, 0.7152, 0.0722), channels(text)))

    colours = {each.get("scheme_preference"): each.text for each in component().findall("branding/color")}
    assert set(colours) == {"light", "dark"} and colours["light"] != colours["dark"]
    for colour in colours.values():
        assert max(channels(colour)) - min(channels(colour)) >= 0.15, f"{colour} is grey"
    assert 1.05 / (luminance(colours["dark"]) + 0.05) >= 4.5, "white cannot be read on the dark one"
    assert (luminance(colours["light"]) + 0.05) / 0.05 >= 4.5, "black cannot be read on the light one"


@tap.case("the icons are vectors of their own, square, and the symbolic one has one colour and 16 px")
def test_icons():
    for name, side in (("first-login.svg", 128), ("first-login-symbolic.svg", 16)):
        text = read(pathlib.Path("data/icons") / name)
        root = ElementTree.fromstring(text)
        assert root.get("viewBox") == f"0 0 {side} {side}", f"{name}: {root.get('viewBox')}"
        tags = {each.tag.rpartition("}")[2] for each in root.iter()}
        nothing(sorted(tags & {"image", "script", "style", "foreignObject", "text", "filter"}), f"in {name}")
        references = [value for each in root.iter() for key, value in each.attrib.items()
                      if key.rpartition("}")[2] == "href" or "url(" in value]
        nothing([each for each in references if not re.fullmatch(r"(?:url\()?#[a-z]+\)?", each)], f"things outside of {name}")
    symbolic = read(pathlib.Path("data/icons/first-login-symbolic.svg"))
    assert set(re.findall(r'(?:fill|stroke|stop-color)="([^"]*)"', symbolic)) == {"#2e3436"}


@tap.case("the full-colour icon leaves its edges free")
def test_icon_edges():
    pixels = subprocess.run(["convert", "-background", "none", ROOT / "data/icons/first-login.svg", "-alpha", "extract",
                             "-format", "%@", "info:"], check=True, capture_output=True, text=True).stdout
    width, height, left, top = map(int, re.fullmatch(r"(\d+)x(\d+)\+(\d+)\+(\d+)", pixels).groups())
    assert min(left, top, 128 - left - width, 128 - top - height) >= 4, pixels
    assert max(width, height) >= 112, f"{pixels} is small beside other icons"


@tap.case("every name follows the id, and the desktop file starts what the metainfo speaks of")
def test_names():
    desktop = configparser.RawConfigParser(interpolation=None)
    desktop.optionxform = str
    desktop.read(DESKTOP, encoding="utf-8")
    entry = desktop["Desktop Entry"]
    assert DESKTOP.name == f"{APP_ID}.desktop" and component().find("id").text == APP_ID
    assert component().find("launchable").text == DESKTOP.name
    assert entry["Icon"] == APP_ID and entry["Exec"] == "first-login %u"
    assert entry["DBusActivatable"] == entry["X-GNOME-SingleWindow"] == "true" and "NoDisplay" not in entry
    assert entry["MimeType"] == "x-scheme-handler/first-login;"
    assert entry["Name"] == component().find("name").text
    services = list(DESKTOP.parent.glob("*.service"))
    assert [each.name for each in services] == [f"{APP_ID}.service"], services
    assert f"Name={APP_ID}\n" in services[0].read_text()


tap.run()
