# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A configuration in Python: run only where the caller says so, since it may do whatever the user may."""

from __future__ import annotations

import traceback
import typing as t
from pathlib import Path

from .._errors import ConfigurationError, DssError, Location, Problem
from .builder import Project
from .document import Mapping

SUFFIX = ".py"
VARIABLE = "project"

_EXAMPLE = 'project = Project("KEY", name="Name")'


def refused(shown: str) -> Problem:
    """Why a Python file was not run."""
    message = "this is a Python program, which is not run unless allow_python is true: set it if you trust the file"
    return Problem(message, "", Location(shown))


def python_document(data: bytes, path: Path, shown: str) -> Mapping:
    """Run a program and take the project that it built. Raises ConfigurationError with the line that failed."""
    # The name of the file is what messages call it, so that each resource knows its line.
    namespace: dict[str, t.Any] = {"__name__": "dss_configuration", "__file__": str(path), "Project": Project}
    try:
        exec(compile(data, shown, "exec", dont_inherit=True), namespace)
    except ConfigurationError:
        raise
    except SyntaxError as error:
        place = Location(shown, error.lineno or 1, error.offset or 1)
        raise ConfigurationError([Problem(f"this is not Python: {error.msg}", "", place)]) from None
    except (Exception, SystemExit) as error:
        what = str(error) if isinstance(error, DssError) else f"{type(error).__name__}: {error}"
        raise ConfigurationError([Problem(f"the program failed: {what}", "", _place(error, shown))]) from None
    built = namespace.get(VARIABLE)
    if not isinstance(built, Project):
        message = f"the program leaves no project in the variable {VARIABLE}; write {_EXAMPLE}"
        raise ConfigurationError([Problem(message, "", Location(shown))])
    return built.document


def _place(error: BaseException, shown: str) -> Location:
    lines = [frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == shown]
    return Location(shown, lines[-1], 1) if lines else Location(shown)
