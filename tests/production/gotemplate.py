# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of Go's text/template and html/template, and of Sprig's functions, as the mails' templates use; whatever is
beyond that is refused, so that a template cannot grow past what is tested. Kratos runs the real one."""

import html
import re

TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\$[a-z]*|\.(?:[A-Za-z]+(?:\.[A-Za-z]+)*)?|:=|[=|()]|[A-Za-z]+|[0-9]+)')
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

FUNCTIONS = {
    "not": lambda value: not value,
    "lower": str.lower,
    "trim": str.strip,
    "toString": lambda value: value if isinstance(value, str) else f"map[{value}]" if isinstance(value, dict) else str(value),
    "kindIs": lambda kind, value: kind == "map" and isinstance(value, dict),
    "substr": lambda start, end, text: text[int(start):int(end)],
    "regexMatch": lambda pattern, text: re.search(_regex(pattern), text) is not None,
    "regexReplaceAll": lambda pattern, text, by: re.sub(_regex(pattern), by, text),
}


def _regex(pattern):
    """Go's $ is the end of the text alone, and it knows classes by name."""
    return pattern.replace("$", r"\Z").replace("[:cntrl:]", r"\x00-\x1f\x7f").replace("[:space:]", r"\s")


class Template:
    """One template. run() gives what it makes of the data, escaping what is put into HTML."""

    def __init__(self, source, is_html=False):
        self.is_html = is_html
        self.parts = self._split(source)
        self.variables = {}

    @staticmethod
    def _split(source):
        parts = []
        for part in re.split(r"(\{\{.*?\}\})", source, flags=re.S):
            if not part.startswith("{{"):
                parts.append(part.lstrip() if parts and parts[-1].endswith("-}}") else part)
                continue
            if part.startswith("{{-") and parts:
                parts[-1] = parts[-1].rstrip()
            parts.append(part)
        return parts

    def run(self, data):
        self.variables = {}
        self.at = 0
        text = self._block(data, True)
        assert self.at == len(self.parts), "an end too many"
        return text

    def _block(self, dot, is_live):
        """Up to the else or end that belongs to somebody outside, which is left at self.at."""
        said = ""
        while self.at < len(self.parts):
            part = self.parts[self.at]
            if not part.startswith("{{"):
                said += part if is_live else ""
                self.at += 1
                continue
            action = part[2:-2].strip("-").strip()
            word = action.partition(" ")[0]
            if word in ("else", "end"):
                return said
            self.at += 1
            if word in ("if", "with"):
                said += self._branches(word, action[len(word):], dot, is_live)
            elif is_live and not action.startswith("/*"):
                said += self._say(action, dot)
        return said

    def _branches(self, word, condition, dot, is_live):
        said, is_open = "", is_live
        while True:
            value = self._evaluate(condition, dot) if is_open and condition is not None else None
            is_chosen = is_open and (condition is None or bool(value))
            said += self._block(value if word == "with" and is_chosen and condition is not None else dot, is_chosen)
            is_open = is_open and not is_chosen
            action = self.parts[self.at][2:-2].strip("-").strip()
            self.at += 1
            if action == "end":
                return said
            assert action == "else" or action.startswith("else if "), action
            condition = None if action == "else" else action[len("else if"):]

    def _say(self, action, dot):
        assignment = re.match(r"(\$[a-z]+) :?= (.*)$", action, re.S)
        if assignment:
            self.variables[assignment[1]] = self._evaluate(assignment[2], dot)
            return ""
        text = FUNCTIONS["toString"](self._evaluate(action, dot))
        return html.escape(text) if self.is_html else text

    def _evaluate(self, text, dot):
        tokens = []
        at = 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            assert match, f"beyond what is tested: {text[at:]}"
            tokens.append(match[1])
            at = match.end()
        value = self._pipeline(tokens, dot)
        assert not tokens, tokens
        return value

    def _pipeline(self, tokens, dot):
        value = self._command(tokens, dot, [])
        while tokens and tokens[0] == "|":
            tokens.pop(0)
            value = self._command(tokens, dot, [value])
        return value

    def _command(self, tokens, dot, last):
        words = []
        while tokens and tokens[0] not in ("|", ")"):
            words.append(self._operand(tokens, dot))
        if callable(words[0]):
            return words[0](*words[1:], *last)
        assert len(words) == 1 and not last
        return words[0]

    def _operand(self, tokens, dot):
        token = tokens.pop(0)
        if token == "(":
            value = self._pipeline(tokens, dot)
            assert tokens.pop(0) == ")"
            return value
        if token.startswith('"'):
            return token[1:-1].replace(r"\\", "\\")
        if token.startswith("$"):
            return self.variables[token]
        if token.startswith("."):
            for name in filter(None, token.split(".")):
                dot = dot.get(name) if dot is not None else None
            return dot
        return FUNCTIONS[token] if token in FUNCTIONS else int(token)
