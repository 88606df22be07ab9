# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as JUnit XML, which every CI system shows: one test case a resource."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .view import LOOKS, Row, View


def junit(view: View) -> str:
    """Drifted and missing resources fail, ignored ones are skipped, findings are the output of the suite."""
    looks = [LOOKS[row.status] for row in view.rows]
    counts = {
        "tests": str(len(looks)),
        "failures": str(sum(look.fails for look in looks)),
        "skipped": str(sum(look.skips for look in looks)),
        "errors": "0",
    }
    suites = Element("testsuites", counts)
    suite = SubElement(suites, "testsuite", {"name": view.title, **counts})
    properties = SubElement(suite, "properties")
    for name, value in view.facts:
        SubElement(properties, "property", {"name": name, "value": value})
    for row in view.rows:
        _case(suite, row)
    if view.findings:
        SubElement(suite, "system-out").text = "\n".join(view.findings)
    indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _case(suite: Element, row: Row) -> None:
    case = SubElement(suite, "testcase", {"classname": row.kind, "name": row.address})
    details = "\n".join([*row.changes, *(f"{name}: {value}" for name, value in row.notes)])
    message = f"{row.status}: {row.summary}" if row.summary else row.status
    if LOOKS[row.status].fails:
        SubElement(case, "failure", {"message": message, "type": row.status}).text = details
    elif LOOKS[row.status].skips:
        SubElement(case, "skipped", {"message": "; ".join([message, *(value for _name, value in row.notes)])})
    elif row.status != "healthy":
        SubElement(case, "system-out").text = message
