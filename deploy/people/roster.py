# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the file that an HR system has written: who is to be invited, and every mistake with its line."""

import csv
import dataclasses
import difflib
import hashlib
import io
import re
import unicodedata

from people.addresses import BadAddress, canonical, shown, trim

FILE_MAX = 64 << 20  # bytes; a hundred thousand people with forty columns
CELL_MAX = 10_000    # characters; a cell that goes on longer has lost its quotation mark
NAME_MAX = 100       # characters

FIELDS = {
    "address": ("e-mail", "email", "e-mail address", "email address", "work email", "mail", "mail address", "e-post", "e-postadress",
                "e-post arbete", "mejl", "mejladress", "mailadress"),
    "first": ("first name", "given name", "forename", "förnamn", "tilltalsnamn", "fornamn"),
    "last": ("last name", "surname", "family name", "efternamn"),
    "language": ("language", "lang", "språk", "sprak"),
}
WANTED = {"address": "E-mail (E-post)", "first": "First name (Förnamn)", "last": "Last name (Efternamn)"}
LANGUAGES = {"sv": "sv", "swedish": "sv", "svenska": "sv", "swe": "sv", "en": "en", "english": "en", "engelska": "en", "eng": "en"}
# What å, ä, ö, é and ü become when UTF-8 was once read as Windows-1252.
GARBLED = re.compile("Ã[¥¤¶©¼…„–]|\ufffd")


class BadRoster(Exception):
    """The file cannot be read at all; says why, and at which line."""


@dataclasses.dataclass(frozen=True)
class Person:
    line: int
    address: str
    first: str
    last: str
    language: str


@dataclasses.dataclass
class Roster:
    """What the file says. `mistakes` keep their people out; `notes` are worth knowing."""

    people: list
    mistakes: list
    notes: list
    encoding: str
    digest: str


def read(path):
    """Reads the file; raises BadRoster where nobody can be read from it."""
    with open(path, "rb") as file:
        data = file.read(FILE_MAX + 1)
    if len(data) > FILE_MAX:
        raise BadRoster(f"{path}: is longer than {FILE_MAX >> 20} MB: is it the right file?")
    text, encoding = _decode(path, data)
    roster = Roster([], [], [], encoding, hashlib.sha256(data).hexdigest())
    _read_rows(path, text, roster)
    return roster


def _decode(path, data):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode_as(path, data, "utf-16"), "UTF-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return _decode_as(path, data, "utf-8-sig"), "UTF-8 with a byte order mark"
    for encoding, zeroes in (("utf-16-le", data[1:400:2]), ("utf-16-be", data[0:400:2])):
        if len(zeroes) > 2 and zeroes.count(0) > len(zeroes) * 3 // 4:
            return _decode_as(path, data, encoding), "UTF-16 without a byte order mark"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _decode_as(path, data, "cp1252"), "Windows-1252"


def _decode_as(path, data, encoding):
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadRoster(f"{path}:{line}: is no text in UTF-8, UTF-16 or Windows-1252. Save it as “CSV UTF-8”") from None


def _records(path, text, delimiter):
    """Gives (line, cells) of each record, with the line that it begins on: cells may have line breaks."""
    csv.field_size_limit(CELL_MAX)
    # strict: else a quotation mark that is never closed swallows people without a word
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            what = str(error)
            if "unexpected end of data" in what:
                what = "a quotation mark is opened here and never closed"
            if "expected after" in what:
                what = "a quotation mark stands inside a cell; it wants to be doubled"
            if "larger than field limit" in what:
                what = f"a cell has more than {CELL_MAX} characters: a quotation mark is probably missing its end"
            raise BadRoster(f"{path}:{line}: {what}") from None
        yield line, cells
        line = reader.line_num + 1


def _plain_name(header):
    """A column's name without what people vary in it."""
    return "".join(character for character in unicodedata.normalize("NFC", header).casefold() if character.isalnum())


def _known_columns():
    return {_plain_name(name): field for field, names in FIELDS.items() for name in names}


def _find_delimiter(path, text):
    """Returns the delimiter that makes most sense of the first line, and the text without Excel's `sep=` line."""
    excel = re.match(r"sep=([,;\t])\r?\n", text)
    if excel:
        # the line is kept, empty, so that lines keep their numbers
        return excel[1], text[excel.end() - 1:]
    known = _known_columns()

    def score(delimiter):
        try:
            cells = next((cells for _, cells in _records(path, text, delimiter) if any(cells)), [])
        except BadRoster:
            return -1, 0
        return sum(_plain_name(cell) in known for cell in cells), len(cells)
    return max(",;\t", key=score), text


def _find_columns(path, line, header):
    """Returns {field: index}, and what is to be said about the columns that were not used."""
    known = _known_columns()
    columns = {}
    unused = []
    for index, cell in enumerate(header):
        field = known.get(_plain_name(cell))
        if field in columns:
            raise BadRoster(f"{path}:{line}: {shown(header[columns[field]])} and {shown(cell)} mean the same; rename the one that does not count")
        if field:
            columns[field] = index
        elif trim(cell):
            unused.append(cell)
    missing = [field for field in WANTED if field not in columns]
    if missing:
        raise BadRoster("\n".join(_explain_missing(path, line, field, unused, header) for field in missing))
    return columns, unused


def _explain_missing(path, line, field, unused, header):
    names = {_plain_name(name): name for name in FIELDS[field]}
    for cell in unused:
        near = difflib.get_close_matches(_plain_name(cell), names, 1, 0.7)
        if near:
            return f"{path}:{line}: no column {WANTED[field]}; did you mean {names[near[0]]!r} by {shown(cell)}?"
    if field != "address" and any(_plain_name(cell) in ("name", "namn", "fullname", "helanamnet") for cell in unused):
        return f"{path}:{line}: no column {WANTED[field]}; one column with the whole name cannot be taken apart safely"
    listed = ", ".join(shown(cell, 30) for cell in header[:12] if cell)
    return f"{path}:{line}: no column {WANTED[field]}; the first line has {listed or 'nothing'}"


def _read_rows(path, text, roster):
    delimiter, text = _find_delimiter(path, text)
    records = ((line, cells) for line, cells in _records(path, text, delimiter) if any(trim(cell) for cell in cells))
    line, header = next(records, (1, []))
    if not header:
        raise BadRoster(f"{path}: is empty")
    columns, unused = _find_columns(path, line, header)
    if unused:
        roster.notes.append(f"{path}:{line}: not used: " + ", ".join(shown(cell, 30) for cell in unused[:20]))
    seen = {}
    for line, cells in records:
        try:
            person = _read_person(line, cells, columns, len(header))
            _check_duplicate(person, seen)
        except _Twice as note:
            roster.notes.append(f"{path}:{line}: {note}")
        except ValueError as error:
            roster.mistakes.append(f"{path}:{line}: {error}")
        else:
            seen[person.address] = person
            roster.people.append(person)


class _Twice(Exception):
    """The same person again."""


def _check_duplicate(person, seen):
    before = seen.get(person.address)
    if before is None:
        return
    if (before.first, before.last) != (person.first, person.last):
        raise ValueError(f"{person.address} belongs to somebody else in line {before.line}: one address cannot be two people's")
    raise _Twice(f"{person.address} is in line {before.line} already; invited once")


def _read_person(line, cells, columns, width):
    if "\0" in "".join(cells):
        raise ValueError("there is a NUL byte in it: the file is damaged, or no text")
    if any(trim(cell) for cell in cells[width:]):
        raise ValueError(f"has {len(cells)} cells where the first line has {width}: a name with a delimiter in it wants quotation marks")

    def cell(field):
        index = columns.get(field)
        return trim(cells[index]) if index is not None and index < len(cells) else ""
    try:
        address = canonical(cell("address"))
    except BadAddress as error:
        raise ValueError(str(error)) from None
    language = cell("language")
    if language and language.casefold().partition("-")[0] not in LANGUAGES:
        raise ValueError(f"{shown(language)} is no language that the mail is written in: sv, en, or nothing")
    return Person(line, address, _read_name(cell("first"), WANTED["first"]), _read_name(cell("last"), WANTED["last"]),
                  LANGUAGES.get(language.casefold().partition("-")[0], ""))


def _read_name(name, column):
    if not name:
        raise ValueError(f"no {column}")
    if len(name) > NAME_MAX:
        raise ValueError(f"{column} has {len(name)} characters; more than {NAME_MAX} is no name")
    if GARBLED.search(name):
        raise ValueError(f"{column} {shown(name)} was saved in the wrong encoding somewhere: export it again as “CSV UTF-8”")
    name = re.sub(r"\s+", " ", name)
    if any(unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp") and character not in "\u200c\u200d" for character in name):
        raise ValueError(f"{column} {shown(name)} has an invisible character in it")
    return name
