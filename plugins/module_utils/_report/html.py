# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as one page that needs nothing else: no network, no script, no other file."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from html import escape

from .html_style import style
from .svg import flow_svg
from .view import LOOKS, Row, View


def html(view: View) -> str:
    """The page. Names and texts may hold anything: they are escaped, and the policy of the page lets nothing run."""
    sheet = style(status for status, _count in view.counts)
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    targets = {row.address: f"r{index}" for index, row in enumerate(view.rows)}
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(view.title)}</title>
<style>{sheet}</style>
</head>
<body>
<header>
<h1>{escape(view.title)}</h1>
<dl>{"".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in view.facts)}</dl>
{_filter(view)}
</header>
<main>
{_list("Findings", view.findings)}
{_graph(view, targets)}
<h2 id="resources">Resources</h2>
{_table(view, targets)}
{"".join(_list(f"What to do with {about}", lines) for about, lines in view.advice)}
</main>
</body>
</html>
"""


def _filter(view: View) -> str:
    boxes = [
        f'<label class="s-{status}"><input type="checkbox" id="show-{status}" checked>'
        f'<span class="badge">{LOOKS[status].sign} {status}</span> {count}</label>'
        for status, count in view.counts
    ]
    return f"<fieldset><legend>Show</legend>{''.join(boxes)}</fieldset>"


def _graph(view: View, targets: dict[str, str]) -> str:
    if not view.flow:
        return ""
    return (
        '<h2>Flow</h2>\n<a class="skip" href="#resources">Skip the graph</a>\n'
        f'<div class="graph" tabindex="0" role="region" aria-label="Flow graph, scrollable">{flow_svg(view, targets)}</div>'
    )


def _table(view: View, targets: dict[str, str]) -> str:
    if not view.rows:
        return "<p>There are none.</p>"
    rows = "\n".join(_row(row, targets[row.address]) for row in view.rows)
    return (
        "<table>\n<thead><tr><th>status</th><th>resource</th><th>what</th></tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _row(row: Row, target: str) -> str:
    look = LOOKS[row.status]
    details = bool(row.changes or row.notes or row.accept)
    what = _details(row, target) if details else escape(row.summary)
    place = "" if details else f' id="{target}"'
    return (
        f'<tr class="f-{row.status} s-{row.status}"{place}><td class="badge">{look.sign} {row.status}</td>'
        f"<td>{escape(row.address)}</td><td>{what}</td></tr>"
    )


def _details(row: Row, target: str) -> str:
    """Closed until it is asked for; a browser opens it when a link leads into it."""
    changes = f"<pre>{_coloured(row.changes)}</pre>" if row.changes else ""
    notes = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in row.notes)
    accept = f"<p>To accept what DSS holds:</p><pre>{escape(row.accept)}</pre>" if row.accept else ""
    return (
        f'<details><summary>{escape(row.summary or "details")}</summary><div id="{target}">{changes}'
        f"{f'<dl>{notes}</dl>' if notes else ''}{accept}</div></details>"
    )


def _coloured(lines: Iterable[str]) -> str:
    return "\n".join(_coloured_line(line) for line in lines)


def _coloured_line(line: str) -> str:
    name = {"+": "added", "-": "removed"}.get(line.lstrip()[:1])
    return f'<span class="{name}">{escape(line)}</span>' if name else escape(line)


def _list(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{escape(title)}</h2>\n<ul>{items}</ul>" if items else ""
