# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The functions of variables: ``${date:...}``, ``${datetime:...}``, ``${uuid}``, ``${git:...}``, ``${env:NAME}``."""

from __future__ import annotations

import datetime
import re
import typing as t
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .git_head import branch, commit

NAMES = frozenset({"date", "datetime", "uuid", "git", "env"})

_DATE_PARTS = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d"}
_TIME_PARTS = {"HH": "%H", "mm": "%M", "ss": "%S"}
_PART = re.compile("YYYY|YY|MM|DD|HH|mm|ss")
_OFFSET = re.compile(r"(.*):([+-]\d{1,6})([smhdw])", re.DOTALL)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Unusable(Exception):
    """Why a function gives no value; never holds one."""


@dataclass(frozen=True)
class Functions:
    """What the functions look at: the moment of the run in UTC, the folder of the configuration, the process environment."""

    now: datetime.datetime | None = None
    folder: Path | None = None
    process: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str, argument: str | None) -> str:
        """The value of one function; ``argument`` is the text after the colon, None without one. Raises Unusable."""
        if name == "uuid":
            if argument is not None:
                raise Unusable("${uuid} takes nothing after a colon")
            return str(uuid.uuid4())
        if not argument:
            raise Unusable(f"${{{name}:...}} needs a text after the colon, as in {_EXAMPLES[name]}")
        if name == "git":
            return self._git(argument)
        return self._env(argument) if name == "env" else self._moment(name, argument)

    def _moment(self, name: str, argument: str) -> str:
        if self.now is None:
            raise Unusable(f"${{{name}:...}} needs the moment of the run, and none was given")
        form, moment = argument, self.now
        shifted = _OFFSET.fullmatch(argument)
        if shifted:
            form = shifted[1]
            try:
                moment += datetime.timedelta(**{_UNITS[shifted[3]]: int(shifted[2])})
            except OverflowError:
                raise Unusable(f"the offset of ${{{name}:...}} leads out of the calendar") from None
        parts = _DATE_PARTS if name == "date" else {**_DATE_PARTS, **_TIME_PARTS}
        strangers = re.sub("[^A-Za-z]", "", _PART.sub(lambda found: "" if found[0] in parts else found[0], form))
        if strangers:
            known = ", ".join(parts)
            raise Unusable(f"'{strangers[:20]}' is no part of a {name}; there are {known}, and an offset such as :-1d")
        return _PART.sub(lambda found: moment.strftime(parts[found[0]]).rjust(len(found[0]), "0"), form)

    def _git(self, argument: str) -> str:
        reader = {"commit": commit, "branch": branch}.get(argument)
        if reader is None:
            raise Unusable("${git:...} knows commit and branch")
        found = reader(self.folder) if self.folder else None
        if found is None:
            why = (
                "is not in a Git repository" if argument == "commit" else "is not in a Git repository, or on no branch"
            )
            raise Unusable(f"${{git:{argument}}} has no value: the configuration {why}")
        return found

    def _env(self, argument: str) -> str:
        name, colon, default = argument.partition(":")
        if name in self.process:
            return self.process[name]
        if colon:
            return default
        raise Unusable(f"the environment variable {name} is not set; set it, or write ${{env:{name}:default}}")


_EXAMPLES: t.Mapping[str, str] = {
    "date": "${date:YYYY-MM-DD}",
    "datetime": "${datetime:YYYY-MM-DD_HH-mm-ss}",
    "git": "${git:commit}",
    "env": "${env:USER}",
}
