# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ``configuration``: one project or several, or no node at all."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ._deploy import deploy
from ._plan.build import resource_notes
from ._several import deploy_several
from ._task import Caller, targets_of


def manage_configuration(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    """Check a configuration, plan it, and apply it unless in check mode. Raises ``DssError``."""
    targets = targets_of(params, caller)
    for target in targets:
        secrets |= target.secrets
    if params["validate_only"]:
        notes = [str(note) for target in targets for note in resource_notes(target.resources)]
        told = [warning for target in targets for warning in target.warnings]
        names = sorted(address for target in targets for address in target.resources)
        return {"changed": False, "warnings": [*told, *notes], "resources": names}
    if len(targets) > 1:
        return deploy_several(params, caller, targets, secrets)
    return deploy(params, caller, targets[0], secrets)
