# SPDX-License-Identifier: GPL-3.0-or-later
"""The mails that Kratos sends, as templates for it (Go's text/template and html/template, with Sprig's functions), made from
data/letter: the training service's mails are made from the same files, so that both always look and say the same.

What is put in by Kratos is a variable of the template; of the request's transient_payload, which anybody may fill as they
like, nothing but `flow` is read, and that only when it is a UUID."""

import configparser
import html
import pathlib
import re

LETTER = pathlib.Path(__file__).resolve().parent.parent / "data" / "letter"

NOTE = "{{- /* SPDX-License-Identifier: GPL-3.0-or-later; written by deploy/render from data/letter */ -}}\n"

# Names are HR's, yet a line break in one would be a line of the mail.
PRELUDE = NOTE + r"""{{- $flow := "" }}{{ with .TransientPayload }}{{ with .flow }}{{ $flow = toString . }}{{ end }}{{ end -}}
{{- if not (regexMatch "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" $flow) }}{{ $flow = "" }}{{ end -}}
{{- $name := "" }}{{ $language := "" }}{{ with .Identity }}{{ with .traits -}}
{{- with .language }}{{ $language = toString . | lower }}{{ end -}}
{{- with .name }}{{ if kindIs "map" . }}{{ with .first }}{{ $name = regexReplaceAll "[[:cntrl:][:space:]]+" (toString .) " " | trim }}{{ end }}{{ end }}{{ end -}}
{{- end }}{{ end -}}
"""


class _Words:
    """The sentences, in every language that the subject is written in; last the one for whoever reads none of the others."""

    def __init__(self, last):
        parser = configparser.ConfigParser(interpolation=None, delimiters="=", comment_prefixes="#")
        parser.optionxform = str
        parser.read_string((LETTER / "words.ini").read_text(encoding="utf-8"))
        self.sentences = dict(parser["Words"]) | dict(parser["Production"])
        found = ["en"] + [match[1] for key in self.sentences if (match := re.fullmatch(r"subject\[([a-z]+)\]", key))]
        self.languages = sorted(found, key=lambda language: language == last)

    def say(self, language, facts):
        keys = [key for key in self.sentences if "[" not in key]
        return {key: _fill(self.sentences.get(f"{key}[{language}]", self.sentences[key]), facts) for key in keys}


def _fill(template, values):
    """One pass: what looks like a placeholder in a value stays what it is."""
    return re.sub(r"\{([a-z-]+)\}", lambda match: values[match[1]], template)


def _read(name):
    return (LETTER / name).read_text(encoding="utf-8")


def _code_letter(words, language, site, escape, letter, way):
    facts = _plain(site) | {"name": "\0"}
    # what Kratos fills in comes last: its braces are no text to escape
    said = {key: escape(text).replace("\0", "{{ $name }}") for key, text in words.say(language, facts).items()}
    said["greeting"] = "{{ if $name }}%s{{ else }}%s{{ end }}" % (said["greeting"], said["greeting-nameless"])
    said["code-lead"] = "{{ if $flow }}%s{{ else }}%s{{ end }}" % (said["code-after-button"], said["code-alone"])
    said["code"] = "{{ substr 0 3 .RecoveryCode }} {{ substr 3 6 .RecoveryCode }}"
    said["link"] = escape(f"{site['PUBLIC_URL']}/reset#flow=\0&code=\1").replace(
        "\0", "{{ $flow }}").replace("\1", "{{ .RecoveryCode }}")
    said["lang"] = language
    said["way"] = "{{ if $flow }}%s{{ end }}" % _fill(_read(way), said)
    return _fill(_read(letter), said)


def _by_language(site, write):
    """One branch for each language."""
    words = _Words(site["WELCOME_LANGUAGE"])
    *others, last = words.languages
    branches = "".join('{{ %s regexMatch "^%s([-_]|$)" $language -}}\n' % ("else if" if at else "if", language) + write(words, language)
                       for at, language in enumerate(others))
    return PRELUDE + branches + "{{ else -}}\n" + write(words, last) + "{{ end -}}\n"


def recovery_subject(site):
    return _by_language(site, lambda words, language: words.say(language, _plain(site))["subject"] + "\n")


def recovery_text(site):
    return _by_language(site, lambda words, language: _code_letter(words, language, site, str, "letter.txt", "way.txt"))


def recovery_html(site):
    return _by_language(site, lambda words, language: _code_letter(words, language, site, html.escape, "letter.html", "way.html"))


def _plain(site):
    return {"name": "", "product": site["ORGANISATION"], "minutes": site["CODE_MINUTES"], "time": ""}


def _unknown(site):
    """The sentences to an address without an account: nobody knows which language is read there, so all are said."""
    words = _Words("")
    return [words.say(language, _plain(site)) for language in words.languages]


def unknown_subject(site):
    return NOTE + _unknown(site)[0]["unknown-subject"] + "\n"


def unknown_text(site):
    return NOTE + "\n".join("\n\n".join(said[key] for key in ("unknown", "unknown-unasked", "automatic")) + "\n" for said in _unknown(site))


def unknown_html(site):
    paragraphs = [f"<p>{html.escape(said[key])}</p>" for said in _unknown(site) for key in ("unknown", "unknown-unasked", "automatic")]
    return (NOTE + '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f"<title>{html.escape(_unknown(site)[0]['unknown-subject'])}</title>\n</head>\n"
            '<body style="margin:0;padding:32px 24px;background-color:#ffffff;color:#23302a;font-family:system-ui,sans-serif">\n'
            + "\n".join(paragraphs) + "\n</body>\n</html>\n")
