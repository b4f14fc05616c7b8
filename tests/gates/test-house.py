#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house that no compiler sees: licences, sizes, layers, and documents that say what is there."""

import re
import sys
import xml.etree.ElementTree as ElementTree

from house import ROOT, files, lines, nothing, read

sys.path.insert(0, str(ROOT / "tests" / "walk"))
import tap  # noqa: E402

LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
FILE_LINES = 600
FUNCTION_LINES = 60

# Which of the other layers a layer may include, and which libraries it may not.
PEOPLE = {"gtk", "adwaita", "qrencode", "zxcvbn"}
WIRE = {"libsoup", "json-glib"}
STORE = {"sqlite3", "gmime", "curl", "png"}
COMPUTER = {"libsecret"}
LAYERS = {
    "proof": (set(), PEOPLE | {"libsoup"} | STORE | COMPUTER),
    "journey": ({"proof"}, PEOPLE | WIRE | STORE | COMPUTER),
    "identity": ({"journey", "proof"}, PEOPLE | STORE | COMPUTER),
    "desktop": ({"journey", "proof"}, PEOPLE | WIRE | STORE),
    "doctor": ({"identity", "desktop", "journey", "proof"}, PEOPLE | STORE | COMPUTER),
    "widgets": ({"journey", "proof"}, WIRE | STORE | COMPUTER),
    "pages": ({"widgets", "doctor", "desktop", "journey", "proof"}, WIRE | STORE | COMPUTER),
    "front": ({"proof"}, PEOPLE | STORE | COMPUTER),
    "gate": ({"front", "proof"}, PEOPLE | {"gmime", "curl", "png"} | COMPUTER),
    "service": ({"front", "proof"}, {"gtk", "adwaita", "zxcvbn"} | COMPUTER),
}
INCLUDE = re.compile(r'^\s*#\s*include ([<"])([^>"]+)[>"]', re.MULTILINE)


def code(*patterns, below="."):
    return files(*(patterns or ("*.c", "*.h")), below=below)


@tap.case("every source file names its licence")
def test_licence():
    """First line; in a script and in XML the second, where the first is taken."""
    found = []
    for path in code("*.c", "*.h", "*.py", "*.mjs", "*.css", "*.ui", "*.gresource.xml"):
        head = lines(path)[:2]
        place = 1 if head and head[0].startswith(("#!", "<?xml")) else 0
        if len(head) <= place or LICENCE not in head[place]:
            found.append(path)
    for path in files():
        head = (ROOT / path).read_bytes()[:200]
        if head.startswith(b"#!") and LICENCE.encode() not in head.split(b"\n")[1]:
            found.append(path)
    nothing(sorted(set(found)), f"without “{LICENCE}” at the top")


@tap.case("files are short")
def test_file_lengths():
    nothing([f"{path}: {len(lines(path))} lines" for path in code("*.c", "*.h", "*.py", "*.ui")
             if len(lines(path)) >= FILE_LINES], f"files of {FILE_LINES} lines or more")


@tap.case("functions are short")
def test_function_lengths():
    """A body starts and ends with a brace in the first column; what ends with more than the brace is no function. The
    getter of GObject properties is a list, a case a property, and as long as there are properties."""
    found = []
    for path in code(below="src"):
        start = name = None
        for number, line in enumerate(lines(path), 1):
            if re.match(r"\w+ \(", line):
                name = line.split()[0]
            if line == "{":
                start = None if name is not None and name.endswith("_get_property") else number
            elif line == "}" and start is not None and number - start - 1 > FUNCTION_LINES:
                found.append(f"{path}:{start}: {number - start - 1} lines")
    nothing(found, f"functions of more than {FUNCTION_LINES} lines")


def layer_of(path):
    return path.parts[1] if len(path.parts) > 2 else "program"


@tap.case("layers include only what is below them")
def test_layers():
    own = {path.name: layer_of(path) for path in code("*.h", below="src")}
    found = []
    for layer, (below, refused) in LAYERS.items():
        for path in code(below=f"src/{layer}"):
            for bracket, name in INCLUDE.findall(read(path)):
                library = name.split("/")[0].removesuffix(".h")
                target = own.get(name.split("/")[-1]) if bracket == '"' else None
                if bracket == "<" and library in refused:
                    found.append(f"{path}: <{name}>")
                if target is not None and target != layer and target not in below:
                    found.append(f"{path}: “{name}” of {target}")
    nothing(found, "includes against the order of the layers")


@tap.case("nothing is left over")
def test_nothing_left_over():
    """On a server, /root is where its administrator writes: the tools and the documents for them may say so."""
    refused = re.compile(r"\b(?:TO[D]O|FI[X]ME|X[X]X|H[A]CK)\b|\.\./sha[r]ed|(?<!\w)/(?:work|root|home)/")
    found = []
    for path in files():
        if path.suffix in (".png", ".svg", ".json", ".po") or path.name == "COPYING":
            continue
        if path.is_relative_to("tests/fuzz/corpus"):
            continue  # many are no text
        of_administrator = any(path.is_relative_to(place) for place in ("deploy", "docs", "tests/production"))
        found += [f"{path}:{number}: {line.strip()}" for number, line in enumerate(lines(path), 1)
                  if refused.search(line.replace("/ro" "ot/", "") if of_administrator else line)]
    nothing(found, "left over, or true of one computer only")


@tap.case("one version everywhere")
def test_version():
    version = re.search(r"version: '([^']+)'", read("meson.build")).group(1)
    news = lines("NEWS")[0].strip()
    release = ElementTree.parse(ROOT / "data/first-login.metainfo.xml.in").getroot().find("releases/release").get("version")
    assert version == news == release, f"meson.build says {version}, NEWS {news}, the metainfo {release}"


@tap.case("every dependency is justified")
def test_dependencies():
    """docs/dependencies.md has a word on every library that meson looks for."""
    known = read("docs/dependencies.md").lower()
    parts_of = {"gobject": "glib", "gio-unix": "gio", "gtk4-x": "gtk"}
    found = []
    for path in files("meson.build"):
        for name in re.findall(r"(?<![a-z_])(?:dependency|find_library) ?\('([^']+)'", read(path)):
            stem = re.sub(r"-?[\d.]+$", "", name.lower().removeprefix("lib"))
            if not re.search(rf"(?<![a-z0-9])(?:lib)?{parts_of.get(stem, stem)}\d*(?![a-z0-9])", known):
                found.append(f"{path}: {name}")
    nothing(found, "libraries that docs/dependencies.md does not name")


@tap.case("documents name commands that exist")
def test_commands():
    """What the documents tell people to type is what ./dev helps with, and does."""
    script = read("dev")
    helped = set(re.findall(r"^\./dev (\w+)  ", script, re.MULTILINE))
    done = set(re.findall(r"^  (\w+)(?:\|[^)]*)?\) ", script.split("case $command in")[1], re.MULTILINE))
    assert helped == done, f"./dev help names {sorted(helped)}, but {sorted(done)} are done"
    found = []
    for path in files("*.md"):
        found += [f"{path}: ./dev {name}" for name in re.findall(r"\./dev (\w+)", read(path)) if name not in helped]
    nothing(found, "commands that do not exist")


@tap.case("documents link to files that exist")
def test_links():
    """A document's links to files lead somewhere."""
    found = []
    for path in files("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(path)):
            if not (ROOT / path.parent / target).exists():
                found.append(f"{path}: {target}")
    nothing(found, "links that lead nowhere")


def drawing(name):
    """What is listed, or the drawing that it is made from: fl-key-symbolic-24.png is fl-key-symbolic.svg."""
    return re.sub(r"-symbolic(\.symbolic|-\d+)\.png$", "-symbolic.svg", name)


@tap.case("every template is in a resource list")
def test_resources():
    """Every template, style sheet and icon is in a resource list, and every list names what there is."""
    listed = set()
    for path in files("*.gresource.xml"):
        names = [element.text for element in ElementTree.parse(ROOT / path).getroot().iter("file")]
        assert len(names) == len(set(names)), f"{path} names a file twice"
        listed.update((path.parent, name) for name in names)
    names = {drawing(name) for _, name in listed}
    drawings = {path.name for path in files("*.svg", below="ui")}
    nothing([path for path in files("*.ui", "*.css", below="src") + files("*.ui", "*.css", "*.svg", below="ui")
             if not any(str(path).endswith("/" + name) for name in names)], "in no resource list")
    nothing([f"{folder}/{name}" for folder, name in sorted(listed)
             if not any((ROOT / place / name).is_file() for place in (folder, "data", "data/landing"))
             and drawing(name) not in drawings], "in a list, but not there")


@tap.case("templates stay at the floor")
def test_floor():
    """Templates ask for no more than the floor has."""
    floor = {"gtk": "4.8", "libadwaita": "1.2"}
    found = []
    for path in files("*.ui"):
        for element in ElementTree.parse(ROOT / path).getroot().findall("requires"):
            if floor.get(element.get("lib")) != element.get("version"):
                found.append(f"{path}: {element.get('lib')} {element.get('version')}")
    nothing(found, "templates that want another floor")


tap.run()
