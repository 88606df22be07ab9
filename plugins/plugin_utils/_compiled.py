# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine imported as Python imports: what was compiled is kept from one run to the next.

Ansible's loader of collections compiles each module anew in every run, which for the engine takes longer than the run of
a small project.
"""

from __future__ import annotations

import sys
import typing as t
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader

_COLLECTION = __name__.removesuffix(".plugin_utils._compiled")
_OURS = (f"{_COLLECTION}.module_utils.", f"{_COLLECTION}.plugin_utils.")


class _Finder(MetaPathFinder):
    """Finds the modules of the engine and of the core of the plugins, and no others."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: t.Any = None) -> ModuleSpec | None:
        if not name.startswith(_OURS):
            return None
        found = (_in(folder).find_spec(name) for folder in path or ())
        return next((spec for spec in found if spec is not None and spec.loader is not None), None)


@cache
def _in(folder: str) -> FileFinder:
    return FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))


@contextmanager
def compiled_once() -> Iterator[None]:
    """Whatever of ours is imported meanwhile is found by Python's own loader; afterwards all is as it was."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
