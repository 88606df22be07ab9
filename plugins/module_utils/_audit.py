# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One entry for each apply in the audit log of DSS."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from ._apply.executor import Outcome
from ._configuration.load import Configuration
from ._errors import NodeError
from ._kinds.paths import path_of
from ._plan.model import Plan
from ._work import Work


def audit(work: Work, plan: Plan, outcome: Outcome, configuration: Configuration, digest: str) -> None:
    """Write digest, commit and counts of an apply, where the key may and the environment wants it (dss-api.md 2.18)."""
    if configuration.settings.audit_log is False:
        return
    entry = {
        "environment": work.environment,
        "project": work.project,
        "by": work.by,
        "commit": _commit(configuration.root, work.caller.environ),
        "digest": digest,
        "applied": len(outcome.applied),
        "failed": len(outcome.failed),
        "not_started": len(outcome.skipped),
        **{f"to_{name}": count for name, count in plan.summary.items()},
    }
    try:
        work.node.post(path_of("admin", "audit", "custom", "dataiku_iac.dss"), entry)
    except NodeError as error:
        work.caller.explain(f"no entry in the audit log of DSS: {error}")


def _commit(root: Path | None, environ: Mapping[str, str]) -> str:
    """The commit of the configuration: that of the CI job, or of the repository that it is in; empty without one."""
    for name in ("CI_COMMIT_SHA", "GITHUB_SHA"):
        if environ.get(name):
            return environ[name]
    if root is None:
        return ""
    try:
        told = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""
