# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The style of the page: its only asset. There is no script, so nothing on the page can run."""

from __future__ import annotations

from collections.abc import Iterable

# Hue of each status for light and dark; texts keep a contrast of at least 4.5 to 1 on their ground.
_HUES = {
    "drifted": ("#8a4b00", "#ffb454"),
    "missing": ("#b3182b", "#ff8a94"),
    "failed": ("#b3182b", "#ff8a94"),
    "unknown": ("#8a4b00", "#ffb454"),
    "unmanaged": ("#5b3cc4", "#b9a6ff"),
    "ignored": ("#57606a", "#a3acb6"),
    "healthy": ("#116329", "#5fd67e"),
}

_BASE = """
:root { color-scheme: light dark; --ground: #ffffff; --panel: #f5f6f8; --text: #1c2128; --faint: #57606a;
  --line: #c9d0d8; --focus: #0b5fce; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171c; --panel: #1d2128; --text: #e8ebef; --faint: #a3acb6; --line: #3b424c; --focus: #7db4ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 78rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.125rem; margin: 1.75rem 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .125rem 1rem; margin: 0; }
dt { color: var(--faint); }
dd { margin: 0; }
ul { margin: 0; padding-left: 1.25rem; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { position: static; }
fieldset { border: 0; margin: 1rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem; }
legend { color: var(--faint); padding: 0 0 .25rem; }
label { display: inline-flex; align-items: center; gap: .5rem; min-height: 2.75rem; padding: 0 .75rem;
  border: 1px solid var(--line); border-radius: .5rem; background: var(--panel); cursor: pointer; }
input { width: 1.125rem; height: 1.125rem; margin: 0; accent-color: var(--hue); }
.badge { color: var(--hue); font-weight: 600; white-space: nowrap; }
.graph { overflow: auto; max-height: 75vh; border: 1px solid var(--line); border-radius: .5rem; background: var(--panel); }
.graph > svg { display: block; }
svg rect { fill: var(--ground); stroke: var(--hue); stroke-width: 2; }
svg .s-missing rect { stroke-dasharray: 6 4; }
svg .s-ignored rect, svg .s-unmanaged rect { stroke-dasharray: 2 3; }
svg text { fill: var(--text); font: 600 12.5px system-ui, sans-serif; }
svg text.small { fill: var(--hue); font-weight: 400; font-size: 12px; }
svg a:focus-visible { outline: none; }
svg a:focus-visible rect, svg a:hover rect { stroke-width: 4; }
svg a:focus-visible rect { stroke: var(--focus); }
.edge { fill: none; stroke: var(--faint); stroke-width: 1.5; opacity: .7; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .5rem; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 400; }
td:nth-child(1) { width: 8rem; }
td:nth-child(2) { width: 38%; }
td:nth-child(2), pre, summary { font-family: ui-monospace, monospace; font-size: .875rem; }
tr:target, tr:has(:target) { box-shadow: inset 4px 0 var(--focus); }
[id] { scroll-margin-top: 6rem; }
summary { cursor: pointer; }
pre { margin: .5rem 0; padding: .5rem .75rem; background: var(--panel); border: 1px solid var(--line);
  border-radius: .375rem; white-space: pre-wrap; }
.added { color: var(--added); }
.removed { color: var(--removed); }
:root { --added: #116329; --removed: #b3182b; }
@media (prefers-color-scheme: dark) { :root { --added: #5fd67e; --removed: #ff8a94; } }
@media (max-width: 40rem) {
  body { padding: .75rem; }
  dl { grid-template-columns: 1fr; }
  dt { margin-top: .375rem; }
  thead { display: none; }
  [id] { scroll-margin-top: 12rem; }
  tr { display: block; padding: .5rem; border-bottom: 1px solid var(--line); }
  td, td:nth-child(n) { display: block; width: auto; padding: .125rem 0; border: 0; }
  .graph { max-height: 60vh; }
}
"""


def style(statuses: Iterable[str]) -> str:
    """The style sheet; for each status its colour, and how its checkbox hides what has it."""
    statuses = list(statuses)
    lines = [_BASE.strip()]
    lines += [f".s-{name} {{ --hue: {_HUES[name][0]}; }}" for name in statuses]
    dark = " ".join(f".s-{name} {{ --hue: {_HUES[name][1]}; }}" for name in statuses)
    lines.append(f"@media (prefers-color-scheme: dark) {{ {dark} }}")
    lines += [f"body:has(#show-{name}:not(:checked)) .f-{name} {{ display: none; }}" for name in statuses]
    return "\n".join(lines) + "\n"
