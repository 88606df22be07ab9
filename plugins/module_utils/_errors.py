# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors a user can cause, and where in the configuration they were found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# What would move the cursor, colour the screen or turn the direction of the text.
_INVISIBLE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]")


def visible(text: str) -> str:
    """A text for a terminal; a name or an answer of a server may hold anything."""
    if text.isprintable():
        return text
    return _INVISIBLE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class Placed(str):
    """The name of a file whose resources a template gave; ``instance`` is the place that asked for them."""

    instance: str

    def __new__(cls, file: str, instance: str) -> Placed:
        made = super().__new__(cls, file)
        made.instance = instance
        return made


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a configuration file; line and column count from 1, 0 means unknown."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else str(self.file)
        return f"{place} (instance at {self.file.instance})" if isinstance(self.file, Placed) else place


@dataclass(frozen=True)
class Problem:
    """One finding: where (file position and path such as ``datasets[2].connection``), what, what to do."""

    message: str
    path: str = ""
    location: Location = Location()
    severity: str = "error"

    def __str__(self) -> str:
        where = " ".join(part for part in (str(self.location), self.path) if part)
        return f"{where}: {self.message}" if where else self.message


class DssError(Exception):
    """Base of every error that is shown as a message and never as a traceback."""


class ConfigurationError(DssError):
    """The configuration is not valid; carries all problems at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class MissingLibrary(DssError):
    """A Python library is not installed; carries the name that pip knows."""

    def __init__(self, library: str) -> None:
        self.library = library
        super().__init__(f"The Python library {library} is missing.")


class NodeError(DssError):
    """A DSS node refused a call or could not be reached.

    ``status`` is the HTTP status or None where no answer came; ``doubtful`` says that a write may have been done
    although its answer did not arrive. ``rest`` are the seconds for which the node asks to be left alone.
    """

    rest: float = 0.0

    def __init__(self, message: str, status: int | None = None, error_type: str = "", doubtful: bool = False) -> None:
        self.status = status
        self.error_type = error_type
        self.doubtful = doubtful
        super().__init__(message)

    @property
    def missing(self) -> bool:
        """Whether the object is not there; the texts count before the status (dss-api.md 1.3, "Rules that follow")."""
        text = str(self)
        found = any(part in text for part in ("does not exist", "doesn't exist", "not found", "NotFoundException"))
        return found or self.error_type.endswith("NotFoundException") or self.status == 404

    @property
    def project_unreadable(self) -> bool:
        """Whether the project is unknown or hidden: DSS answers the same to both (dss-api.md 1.3 [headless])."""
        return "Failed to read project permissions" in str(self) or self.status == 404

    @property
    def forbidden(self) -> bool:
        """Whether the key is known but lacks a right."""
        refused = self.status in (401, 403) or "SecurityException" in self.error_type or "not allowed" in str(self)
        return refused and not self.unauthenticated

    @property
    def unauthenticated(self) -> bool:
        """Whether the node does not know the key."""
        return self.error_type.endswith("NotAuthenticatedException")


class Conflict(DssError):
    """An object is no longer what the plan saw; nothing was overwritten."""


class Interrupted(DssError):
    """The run was asked to stop; what was in flight has ended, nothing new was started."""
