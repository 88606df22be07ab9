# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module convert: a configuration of another tool, written in the format of this collection."""

from __future__ import annotations

import difflib
import typing as t
from collections.abc import Mapping, Sequence
from pathlib import Path

from ._configuration.convert import Converted, convert
from ._task import Caller


def convert_configuration(params: Mapping[str, t.Any], caller: Caller) -> dict[str, t.Any]:
    """Write the converted files unless in check mode. Raises ``DssError``."""
    source, target = Path(caller.base, params["path"]), Path(caller.base, params["dest"])
    found = convert(source)
    changed = found.changes(target, params["force"])
    text = _diff(found, target, changed)
    if not caller.check_mode:
        found.write(target, params["force"])
    notes = [str(note) for note in found.notes]
    return {
        "changed": bool(changed),
        "files": sorted(found.files),
        "written": list(changed),
        "not_applied": notes,
        "warnings": notes,
        "diff": {"prepared": text},
    }


def _diff(found: Converted, target: Path, changed: Sequence[str]) -> str:
    """What changes in each file, as one text."""
    lines: list[str] = []
    for name in changed:
        path = target / name
        before = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        after = found.files[name].decode("utf-8", errors="replace")
        sides = (before.splitlines(), after.splitlines())
        lines += difflib.unified_diff(*sides, name if before else "/dev/null", name, lineterm="")
    return "\n".join(lines) + "\n" if lines else ""
