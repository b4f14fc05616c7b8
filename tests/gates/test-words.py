#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words that people read: all of them are translatable, and translated."""

import pathlib
import re
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from house import ROOT, files, lines, nothing, read, run

sys.path.insert(0, str(ROOT / "tests" / "walk"))
import tap  # noqa: E402

CALLS = re.compile(r"(?<![A-Za-z0-9_])(?:_|N_|C_|NC_|g_dngettext|g_dpgettext2) ?\(")
LISTED_BY_NATURE = ("*.desktop.in", "*.metainfo.xml.in", "*.gschema.xml.in")

# What meson's i18n module gives to xgettext with preset 'glib'.
XGETTEXT = ["xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=NC_:1c,2",
            "--keyword=g_dcgettext:2", "--keyword=g_dngettext:2,3", "--keyword=g_dpgettext2:2c,3",
            "--files-from=po/POTFILES", "--directory=."]


def templates():
    return files("*.ui")


def languages():
    return [line for line in lines("po/LINGUAS") if line and not line.startswith("#")]


def has_words(path):
    if path.suffix == ".c":
        return CALLS.search(read(path)) is not None
    if path.suffix == ".ui":
        return 'translatable="yes"' in read(path)
    return any(path.match(pattern) for pattern in LISTED_BY_NATURE)


def extract(folder):
    template = pathlib.Path(folder) / "first-login.pot"
    run(*XGETTEXT, f"--output={template}")
    return template


@tap.case("POTFILES names every file with words, and no other, sorted")
def test_potfiles():
    listed = [pathlib.Path(line) for line in lines("po/POTFILES") if line and not line.startswith("#")]
    wanted = [path for folder in ("src", "ui", "data") for path in files(below=folder) if has_words(path)]
    nothing(sorted(set(wanted) - set(listed)), "missing in po/POTFILES")
    nothing(sorted(set(listed) - set(wanted)), "in po/POTFILES, but without translatable words")
    assert listed == sorted(listed, key=str), "po/POTFILES is not sorted"


@tap.case("LINGUAS names every language that there is")
def test_languages():
    assert "sv" in languages()
    assert languages() == sorted(languages()), "po/LINGUAS is not sorted"
    assert sorted(path.stem for path in files("*.po", below="po")) == languages(), "po/LINGUAS names other languages than there are"


@tap.case("translations are sound")
def test_translations_are_sound():
    for language in languages():
        run("msgfmt", "--check", "--output-file=/dev/null", f"po/{language}.po")


@tap.case("translations are complete and current")
def test_translations_are_complete():
    with tempfile.TemporaryDirectory() as folder:
        template = extract(folder)
        for language in languages():
            run("msgcmp", f"po/{language}.po", template)


@tap.case("translations keep nothing old")
def test_translations_keep_nothing_old():
    for language in languages():
        old = run("msgattrib", "--only-obsolete", f"po/{language}.po").strip()
        assert not old, f"po/{language}.po keeps words that are gone:\n{old}"


@tap.case("translations keep their shape")
def test_translations_keep_their_shape():
    """What msgfmt does not look at: an ellipsis, the blanks around the words, and places that are filled in by name."""
    import gettext
    found = []
    for language in languages():
        with tempfile.TemporaryDirectory() as folder:
            compiled = pathlib.Path(folder) / "words.mo"
            run("msgfmt", f"--output-file={compiled}", f"po/{language}.po")
            with open(compiled, "rb") as stream:
                # Python keeps plural forms as (message, number); the header is the empty message.
                catalogue = gettext.GNUTranslations(stream)._catalog
        for message, translation in catalogue.items():
            source = message[0] if isinstance(message, tuple) else message
            source = source.rpartition("\x04")[2]
            if source and shape(source) != shape(translation):
                found.append(f"po/{language}.po: {source!r}: {translation!r}")
    nothing(found, "translations of another shape")


@tap.case("templates have no mnemonics")
def test_templates_have_no_mnemonics():
    """At the floor a mnemonic gets into the accessible name: "_Activate Activate". Menus are the exception."""
    found = [f"{path}: {text}" for path in templates() for name, text, _ in words_of(path)
             if name != "attribute" and re.search(r"_\w", text)]
    found += [f"{path}: use-underline" for path in templates() if "use-underline" in read(path)]
    nothing(found, "mnemonics")


@tap.case("templates have clean words")
def test_templates_have_clean_words():
    found = [f"{path}: {text!r}" for path in templates() for _, text, _ in words_of(path)
             if text != text.strip() or "  " in text or "..." in text or not text]
    nothing(found, "blanks at an end, two in a row, three dots for an ellipsis, or nothing at all")


@tap.case("templates translate everything that is read")
def test_templates_translate_everything():
    """A property that people read or hear, and that holds words, is translatable."""
    read_by_people = {"label", "title", "submit-label", "tooltip-text", "placeholder-text", "description", "subtitle", "hint"}
    found = []
    for path in templates():
        for element in ElementTree.parse(ROOT / path).iter("property"):
            if element.get("name") in read_by_people and element.get("translatable") != "yes" \
                    and re.search(r"[A-Za-z]{2}", element.text or ""):
                found.append(f"{path}: {element.get('name')}: {element.text}")
    nothing(found, "words that nobody can translate")


@tap.case("only a page makes a heading")
def test_one_heading():
    """The page's title is the one heading in the accessible tree: only the template that all pages share makes one, and the
    connection check, which is shown in the place of a page."""
    makers = [str(path) for path in files("*.ui", below="ui")
              if '"accessible-role">heading<' in read(path)]
    makers += [str(path) for path in files("*.c", below="src")
               if not path.is_relative_to("src/training") and "GTK_ACCESSIBLE_ROLE_HEADING" in read(path)]
    assert sorted(makers) == ["ui/fl-doctor-page.ui", "ui/fl-page.ui"], f"headings in {makers}"


@tap.case("every page has a title")
def test_every_page_has_a_title():
    found = []
    for path in files("*-page.ui", below="ui"):
        template = ElementTree.parse(ROOT / path).getroot().find("template")
        if template.get("parent") != "FlPage":
            continue
        titles = [element for element in template.findall("property") if element.get("name") == "title"]
        code = read(pathlib.Path("src/pages") / path.with_suffix(".c").name)
        if not titles and "fl_page_set_title" not in code:
            found.append(path)
    nothing(found, "pages without a title")


def shape(text):
    words = text.strip()
    before, _, after = text.partition(words)
    return before, words.endswith("…"), after, sorted(re.findall(r"\{\w+\}", text))


def words_of(path):
    """(element, text, comment) of everything translatable in a template."""
    for element in ElementTree.parse(ROOT / path).iter():
        if element.get("translatable") == "yes":
            yield element.tag, element.text or "", element.get("comments")


tap.run()
