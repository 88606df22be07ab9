# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of Ansible as plain Python."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping


def native(value: t.Any) -> t.Any:
    """Plain Python values: Ansible's tagged ones break ``type(x) is str`` and dumps further in (design, section 2)."""
    if isinstance(value, Mapping):
        return {native(key): native(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [native(inner) for inner in value]
    if isinstance(value, str):
        return "".join(value)  # str() of a tagged text may be tagged again
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if isinstance(value, int) else float(value)
    return value
