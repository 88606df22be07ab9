# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of options from the schemas of the kinds, so that each field is described once."""

from __future__ import annotations

import json
import typing as t

from ._deployer.kinds import DEPLOYER
from ._kinds import KINDS
from ._options import kind_options

_RAW = "Fields of DSS that no option names, by DSS's own names; compared and written like the rest."


def fragment_of(name: str) -> type:
    """The documentation fragment with the fields of a kind as ``options`` (JSON, which is YAML)."""
    kind = KINDS.get(name) or DEPLOYER[name]
    properties = kind.schema["properties"]
    options: dict[str, dict[str, t.Any]] = {}
    for option, spec in kind_options(kind).items():
        text = properties[option]["description"] if option in properties else _RAW
        options[option] = {"description": [text], **{name: value for name, value in spec.items() if name != "no_log"}}
    if kind.scope == "project" and not kind.names_project:
        options["project"] = {
            "description": [
                "Key of the project that the object belongs to; falls back to the variable C(dss_project)."
            ],
            "type": "str",
            "required": True,
        }
    return type("ModuleDocFragment", (), {"DOCUMENTATION": json.dumps({"options": options})})
