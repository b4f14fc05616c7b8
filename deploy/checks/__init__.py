# SPDX-License-Identifier: GPL-3.0-or-later
"""What deploy/check looks at. A check is a function that is given a Place and tells a Report; each says what it has looked
at also when all is well, so that nothing is passed over in silence."""

OK, WARNING, CRITICAL, UNKNOWN = range(4)  # as monitoring plugins end
NAMES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
WORST = (OK, UNKNOWN, WARNING, CRITICAL)


class Report:
    """What was found: (level, what, text, next step)."""

    def __init__(self):
        self.findings = []

    def ok(self, what, text):
        self.findings.append((OK, what, text, ""))

    def warn(self, what, text, then):
        self.findings.append((WARNING, what, text, then))

    def fail(self, what, text, then):
        self.findings.append((CRITICAL, what, text, then))

    def unknown(self, what, text, then):
        self.findings.append((UNKNOWN, what, text, then))

    def level(self):
        return max((level for level, *_ in self.findings), key=WORST.index, default=UNKNOWN)

    def count(self, level):
        return len([each for each in self.findings if each[0] == level])


class Place:
    """Where to look. `site` is the variable file, `values` what it says, `parts` which parts are on this computer, `root`
    the folder that stands for /, `authority` a file of authorities to trust beside the system's, `admin` the admin API."""

    def __init__(self, site, values, parts, root, authority, admin):
        self.site, self.values, self.parts, self.root, self.authority, self.admin = site, values, parts, root, authority, admin

    def path(self, name):
        return self.root / str(name).lstrip("/")

    def has(self, part):
        return not self.parts or part in self.parts
