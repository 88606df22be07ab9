# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Load, validate and plan a configuration without a node: ``offline.py CONFIGURATION DOCUMENTS``.

DOCUMENTS are what a node would hold; ``-`` for an empty node. Says the seconds of each step, and the bytes of memory before
the first one and at the highest.
"""

from __future__ import annotations

import itertools
import json
import resource
import sys
import time
from pathlib import Path

from ansible_collections.dataiku_iac.dss.plugins.module_utils.dataiku_iac import desired, load, plan


def resident() -> int:
    """Bytes of memory that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def main() -> None:
    held = {}
    if sys.argv[2] != "-":
        documents = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
        key = documents.pop("project")
        held = {kind: {item["name"]: item for item in items} for kind, items in documents.items()}
        held["project"] = {key: {"metadata": {"label": key.title()}}}
        del documents
    before = resident()
    times = [time.perf_counter()]
    configuration = load(sys.argv[1])
    times.append(time.perf_counter())
    resources = len(desired(configuration))
    times.append(time.perf_counter())
    planned = plan(configuration, held, connections={"filesystem_managed": "Filesystem"})
    times.append(time.perf_counter())
    load_seconds, desired_seconds, plan_seconds = (after - at for at, after in itertools.pairwise(times))
    said = {
        "seconds": load_seconds + plan_seconds,  # plan works out what is desired again
        "load": load_seconds,
        "desired": desired_seconds,
        "plan": plan_seconds,
        "before": before,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "resources": resources,
        "changes": len(planned.changed),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
