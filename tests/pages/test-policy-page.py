# SPDX-License-Identifier: GPL-3.0-or-later
"""test-policy-page.py PRINT-POLICY PAGE [--write]: whether docs/policy.md says of every key and of every mistake what the
program does; with --write, it is made to."""

import pathlib
import re
import subprocess
import sys

said = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout.split("\n<!-- mistakes -->\n")
page = pathlib.Path(sys.argv[2])
text = page.read_text()

if sys.argv[3:] == ["--write"]:
    for name, part in zip(("keys", "mistakes"), said):
        text = re.sub(rf"(?s)(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda match: match[1] + part + match[2], text)
    page.write_text(text)
    sys.exit()

print(f"1..{len(said)}")
for number, (name, part) in enumerate(zip(("keys", "mistakes"), said), 1):
    found = re.search(rf"(?s)<!-- {name} -->\n(.*?)<!-- /{name} -->", text)
    lines = found[1].splitlines() if found else []
    for line in part.splitlines():
        if line not in lines:
            print(f"# wanted: {line}")
    for line in lines:
        if line not in part.splitlines():
            print(f"# not wanted: {line}")
    print(f"{'ok' if found and found[1] == part else 'not ok'} {number} - {name}; ninja policy-page writes them")
