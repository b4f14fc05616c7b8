# SPDX-License-Identifier: GPL-3.0-or-later
"""test-doctor-page.py PRINT-FINDINGS PAGE [--write]: whether docs/doctor.md names every check, and every way in which one
can end with the very words that the program says; with --write, its table is made to."""

import pathlib
import re
import subprocess
import sys

said = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout
page = pathlib.Path(sys.argv[2])
text = page.read_text()
table = re.compile(r"(?s)(<!-- findings -->\n)(.*?)(<!-- /findings -->)")

if sys.argv[3:] == ["--write"]:
    page.write_text(table.sub(lambda match: match[1] + said + match[3], text))
    sys.exit()

print("1..3")
found = table.search(text)
written = found[2].splitlines() if found else []
for line in sorted(set(said.splitlines()) ^ set(written)):
    print(f"# {'wanted' if line in said.splitlines() else 'not wanted'}: {line}")
print(f"{'ok' if found and found[2] == said else 'not ok'} 1 - the table; ninja doctor-page writes it")

rows = [[cell.strip() for cell in line.split("|")] for line in said.splitlines()[2:]]
checks = list(dict.fromkeys(row[1] for row in rows))
listed = [line.split("|")[1].strip() for line in text[:found.start() if found else 0].splitlines() if line.startswith("| `")]
print(f"{'ok' if listed == checks else 'not ok'} 2 - what is looked at, check by check: {listed} {checks}")

idle = [row for row in rows if row[2] == "red" and row[5] == ""]
print(f"{'not ok' if idle else 'ok'} 3 - whatever is red has a next step: {idle}")
