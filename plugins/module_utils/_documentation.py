# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of options from the schemas of the kinds, so that each field is described once."""

from __future__ import annotations

import json
import typing as t

from ._kinds import KINDS
from ._options import OTHER_NODE, kind_options

_RAW = "Fields of DSS that no option names, by DSS's own names; compared and written like the rest."

_OTHER_NODE = {
    "host": "Host of the inventory whose C(dss_) variables say all this.",
    "url": "Address of the node.",
    "api_key": "API key.",
    "instance": "Name of an entry of C(~/.dataiku/config.json).",
    "client_certificate": "File with a client certificate and its key.",
    "ca_path": "File with the certificates of the authority that signed the certificate of the node.",
    "validate_certs": "Whether the certificate of the node is verified.",
    "timeout": "Seconds to wait for the answer to one call.",
    "workers": "Most calls at once.",
}


def fragment_with(options: dict[str, t.Any]) -> type:
    """The documentation fragment with some options."""
    return type("ModuleDocFragment", (), {"DOCUMENTATION": json.dumps({"options": options})})


def other_node(*description: str) -> dict[str, t.Any]:
    """An option that names another node of a task, such as ``source``."""
    suboptions = {
        name: {"description": [_OTHER_NODE[name]], **{key: value for key, value in spec.items() if key != "no_log"}}
        for name, spec in OTHER_NODE.items()
    }
    return {"description": list(description), "type": "dict", "suboptions": suboptions}


def fragment_of(name: str) -> type:
    """The documentation fragment with the fields of a kind as ``options`` (JSON, which is YAML)."""
    kind = KINDS[name]
    properties = kind.schema["properties"]
    options: dict[str, dict[str, t.Any]] = {}
    for option, spec in kind_options(kind).items():
        text = properties[option]["description"] if option in properties else _RAW
        options[option] = {"description": [text], **{name: value for name, value in spec.items() if name != "no_log"}}
    if kind.scope == "project" and not kind.singleton:
        options["project"] = {
            "description": [
                "Key of the project that the object belongs to; falls back to the variable C(dss_project)."
            ],
            "type": "str",
            "required": True,
        }
    return fragment_with(options)
