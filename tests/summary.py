# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The closing line of ./dev test: what nox and pytest wrote into the directory given, added up."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

scratch = Path(sys.argv[1])
sessions = [
    session for report in scratch.glob("*.sessions.json") for session in json.loads(report.read_text())["sessions"]
]
results = Counter(session["result"] for session in sessions)
tests: Counter[str] = Counter()
for report in scratch.glob("*.xml"):
    for suite in ElementTree.parse(report).iter("testsuite"):
        tests.update({name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")})

failed = tests["failures"] + tests["errors"]
passed = tests["tests"] - failed - tests["skipped"]
print(
    f"Total: {len(sessions)} sessions: {', '.join(f'{count} {result}' for result, count in results.items())};"
    f" {tests['tests']} tests: {passed} passed, {failed} failed, {tests['skipped']} skipped"
)
