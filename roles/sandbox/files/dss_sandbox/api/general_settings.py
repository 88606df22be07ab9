# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""General settings and container execution (dss-api.md 2.18). The real document has hundreds of fields: unverified here."""

from __future__ import annotations

from typing import Any

from ..call import NOTHING, Call
from ..defaults import load
from ..documents import Document, fill, pick
from ..errors import bad_request
from ..reports import report
from ..router import INSTANCE_ADMIN, Route
from ..sealing import kept, served
from .common import editable

_D = load("general_settings")


def _stored(call: Call) -> Document:
    settings = editable(call.node.instance["general_settings"])
    fill(settings, _D["common"])
    return settings


def _get(call: Call) -> Any:
    return served(_stored(call), call.node.connections)


def _put(call: Call) -> Any:
    """Full replace: unknown fields vanish, defaults are added (dss-api.md 2.18 [client][tfp])."""
    settings = pick(call.object(), frozenset(_D["common"]))
    fill(settings, _D["common"])
    _containers(settings["containerSettings"])
    call.node.instance["general_settings"] = kept(settings, call.node.connections)
    call.node.save_instance()
    return NOTHING


def _containers(settings: Document) -> None:
    build_configs = [_config(entry, _D["build_config"]) for entry in settings["buildConfigs"]]
    execution_configs = [_config(entry, _D["execution_config"]) for entry in settings["executionConfigs"]]
    known = {entry["name"] for entry in build_configs}
    for entry in execution_configs:
        if entry.get("type") not in _D["execution_config"]["types"]:
            raise bad_request(f"Unknown type of container execution config: {entry.get('type')}")  # unverified text
        if entry.get("imageBuildConfig") and entry["imageBuildConfig"] not in known:
            # The text is that of dss-api.md 1.3 [tfp].
            raise bad_request(
                "One of the container execution configurations references an unknown image build configuration."
            )
        added = _D["execution_config"]["property"]  # DKU_TMPDIR is added [tfp]; unverified: as a property, its value
        if added["key"] not in {item.get("key") for item in entry["properties"]}:
            entry["properties"] = [*entry["properties"], dict(added)]
    settings.update(buildConfigs=build_configs, executionConfigs=execution_configs)


def _config(entry: Document, rules: Document) -> Document:
    if not entry.get("name"):
        raise bad_request("A container configuration needs a name")  # unverified text
    config = pick(entry, frozenset(rules["known"]))
    fill(config, rules["common"])
    return config


def _action(call: Call) -> Any:
    """There are no images and no cluster here, so there is nothing to do."""
    return call.node.futures.start(report([]))


_ACTIONS = ("push-base-images", "apply-kubernetes-policies", "install-jupyter-support", "remove-jupyter-support")

ROUTES = [
    Route("GET", "/admin/general-settings", _get, INSTANCE_ADMIN),
    Route("PUT", "/admin/general-settings", _put, INSTANCE_ADMIN),
    *(Route("POST", f"/admin/container-exec/actions/{name}", _action, INSTANCE_ADMIN) for name in _ACTIONS),
]
