# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Code environments and container configurations as authors name them: dss-object-shapes.md, "Code environment and container selection"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .shape import Schema

SELECTION: Schema = {"anyOf": [{"type": "string"}, {"type": "object"}]}


def _selection(
    explicit: str, mode_key: str, name_key: str
) -> tuple[t.Callable[[t.Any], t.Any], t.Callable[[t.Any], t.Any]]:
    """Turn a bare name into DSS's "explicit" selection and back; a mapping is DSS's own."""

    def to_dss(value: t.Any) -> t.Any:
        return {mode_key: explicit, name_key: value} if isinstance(value, str) else value

    def from_dss(value: t.Any) -> t.Any:
        bare = isinstance(value, Mapping) and value.get(mode_key) == explicit and set(value) == {mode_key, name_key}
        return value[name_key] if bare else value

    return to_dss, from_dss


CODE_ENV = _selection("EXPLICIT_ENV", "envMode", "envName")
CONTAINER = _selection("EXPLICIT_CONTAINER", "containerMode", "containerConf")
