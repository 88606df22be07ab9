# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that use a backend at the same time, to be raced and killed; ``python -m support.contenders``.

They are forks of one small process that itself never uses a backend, because starting Python anew costs half a second.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

from .process import until

TESTS = Path(__file__).parents[1]
Job = dict[str, t.Any]


class Contenders:
    """Starts processes; all that still live end with ``close``."""

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory()  # for what killed processes leave
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.contenders"],
            env={**os.environ, "PYTHONPATH": str(TESTS), "TMPDIR": self._temporary.name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._started: list[int] = []

    def start(self, job: str, result: Path, **details: t.Any) -> int:
        """Start a job of this module; it writes its result to a file. Returns the process id."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"job": job, "result": str(result), **details}) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        self._started.append(pid)
        return pid

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{pid}").exists())
        self._started.remove(pid)

    def result(self, path: Path, seconds: float = 60) -> t.Any:
        until(path.exists, seconds)
        return json.loads(path.read_text(encoding="utf-8"))

    def close(self) -> None:
        for pid in self._started:
            if f" {self._process.pid} " in _status(pid):  # it lives, and is the one that was started
                os.kill(pid, signal.SIGKILL)
                until(lambda pid=pid: not _status(pid))  # type: ignore[misc]
        self._process.kill()
        self._process.communicate()
        self._temporary.cleanup()


def _status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""


# In the processes ---------------------------------------------------------------------------------------------------------


def count(job: Job, backend: t.Any) -> t.Any:
    """Add to a counter under the lock, in two steps; says how often somebody else was there at the same time."""
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import ANYTHING
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import holder_from, lock_of

    time.sleep(max(0.0, job["at"] - time.time()))
    intruders, lost = 0, []
    for _round in range(job.get("times", 1)):
        lock = lock_of(backend, "prod/SALES.lock.json", holder_from({}, "count"), job.get("lease", 60))
        lock.acquire(120, lambda: "")
        alone = Path(job["alone"])
        try:
            alone.touch(exist_ok=False)
        except FileExistsError:
            intruders += 1
        blob = backend.read("prod/SALES.state.json")
        number = int(blob.data) if blob else 0
        backend.write("prod/SALES.state.json", str(number + 1).encode(), ANYTHING)
        lost.append(lock.lost)
        alone.unlink(missing_ok=True)
        lock.release()
    return {"intruders": intruders, "lost": [reason for reason in lost if reason]}


def add(job: Job, backend: t.Any) -> t.Any:
    """Add to a counter without a lock, by conditional writes alone."""
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import Moved

    time.sleep(max(0.0, job["at"] - time.time()))
    done = 0
    while done < job["times"]:
        blob = backend.read("prod/SALES.state.json")
        number = int(blob.data) if blob else 0
        try:
            backend.write("prod/SALES.state.json", str(number + 1).encode(), blob.version if blob else None)
            done += 1
        except Moved:
            continue
    return done


def write(job: Job, backend: t.Any) -> t.Any:
    """Write without end; each content says how long it has to be."""
    number = 0
    version = None
    while True:
        data = content(number)
        version = backend.write("prod/SALES.state.json", data, version, {f"prod/SALES.versions/{number}.json": data})
        number += 1
        if number == 2:
            _say(job, True)


def content(number: int) -> bytes:
    """Some 10 to 200 kB that show whether they are complete."""
    return json.dumps({"number": number, "fill": "x" * (10_000 + number * 7919 % 190_000)}).encode()


def hold(job: Job, backend: t.Any) -> t.Any:
    """Take the lock and keep it until killed."""
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import holder_from, lock_of

    lock = lock_of(backend, "prod/SALES.lock.json", holder_from({"LOGNAME": "anna"}, "apply"), job.get("lease", 60))
    warnings = lock.acquire(30, lambda: "")
    _say(job, {"warnings": warnings})
    while True:
        time.sleep(60)


def _say(job: Job, result: t.Any) -> None:
    path = Path(job["result"])
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(result), encoding="utf-8")
    unfinished.rename(path)


def _run(job: Job) -> None:
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend

    backend = open_backend(job["options"], Path("/"), dict(os.environ), job.get("key"))
    _say(job, globals()[job["job"]](job, backend))
    backend.close()


def main() -> None:
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader()
    # Loaded once, before the forks. requests and the like too: they start nothing by being imported.
    import ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open  # noqa: F401
    import requests  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                _run(json.loads(line))
            except BaseException as error:
                _say(json.loads(line), {"error": repr(error)})
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
