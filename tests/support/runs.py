# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of modules in processes of their own, to be killed at any point; ``python -m support.runs``.

They are forks of one process that never makes a call itself, because starting Python anew costs a second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True)
class Ended:
    """How a run ended: its result, or the message and the result of its failure, and the points that it passed."""

    killed: bool
    result: dict[str, t.Any] = field(default_factory=dict)
    error: str = ""
    points: tuple[str, ...] = ()

    @property
    def calls(self) -> list[str]:
        """The calls that it sent to the node."""
        sent = (point.split(maxsplit=1)[1] for point in self.points if point.startswith("before "))
        return [call for call in sent if call.split()[0] in ("GET", "PUT", "POST", "DELETE") and " /" in call]


class Runs:
    """Starts one run after the other. The points of equal runs have equal numbers."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.runs"],
            env={**os.environ, "PYTHONPATH": str(TESTS), "PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, environ: t.Mapping[str, str], stop: int = 0, fail: tuple[str, int, int] | None = None, **options: t.Any
    ) -> Ended:
        """Run a module (the options are those of ``run_module``); for ``stop`` and ``fail`` see ``Points``."""
        assert self._process.stdin is not None and self._process.stdout is not None
        out = Path(self._folder.name) / "result.json"
        out.unlink(missing_ok=True)
        job = {"environ": dict(environ), "stop": stop, "fail": fail, "out": str(out), "options": options}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        if not out.exists():
            assert status == -9, f"the run ended with status {status}"
            return Ended(True)
        content = json.loads(out.read_text(encoding="utf-8"))
        return Ended(False, content["result"], content["error"], tuple(content["points"]))

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


# In the processes ---------------------------------------------------------------------------------------------------------


def _run(job: dict[str, t.Any]) -> None:
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError

    from .engine import run_module
    from .points import Points

    points = Points(job["stop"], job["fail"])
    points.install()
    options = {**job["options"], "base": Path(job["options"]["base"])}
    result, error = {}, ""
    try:
        result = run_module(job["environ"], **options)
    except DssError as problem:
        result, error = getattr(problem, "result", {}), str(problem)
    out = Path(job["out"])
    unfinished = out.with_suffix(".unfinished")
    unfinished.write_text(json.dumps({"result": result, "error": error, "points": points.labels}), encoding="utf-8")
    unfinished.rename(out)


def main() -> None:
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader()
    # Loaded once, before the forks; they start nothing by being imported.
    import dataikuapi  # noqa: F401

    from . import engine, points  # noqa: F401

    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            status = 1
            try:
                _run(json.loads(line))
                status = 0
            except BaseException:
                traceback.print_exc()
            os._exit(status)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
