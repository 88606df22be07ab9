# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the plugins on the controller share.

Ansible's loader of collections compiles each module anew in every run, which for the engine takes longer than the run of
a small project. What is imported from here on is therefore found by Python's own loader, which keeps what it compiled.
"""

from __future__ import annotations

import sys
import typing as t
from collections.abc import Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader

_ENGINE = f"{__name__.rpartition('.')[0]}.module_utils."


class _Engine(MetaPathFinder):
    """Finds the modules below ``module_utils``, and no others."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: t.Any = None) -> ModuleSpec | None:
        if not name.startswith(_ENGINE):
            return None
        found = (_finder(folder).find_spec(name) for folder in path or ())
        return next((spec for spec in found if spec is not None and spec.loader is not None), None)


@cache
def _finder(folder: str) -> FileFinder:
    return FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES))


sys.meta_path.insert(0, _Engine())
