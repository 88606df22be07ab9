# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real sandbox process for tests, and its control path."""

from __future__ import annotations

import io
import itertools
import os
import subprocess
import sys
import typing as t
import zipfile
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "roles" / "sandbox" / "files"
CORPUS = ROOT.parent / "shared" / "corpus"
_KEYS = itertools.count(1)


class SandboxProcess:
    """One process of ``python -m dss_sandbox``; it ends with the tests whatever happens."""

    def __init__(self, *flags: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dss_sandbox", "--exit-with-parent", *flags],
            env={**os.environ, "PYTHONPATH": str(PACKAGE)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.ready_line = self.process.stdout.readline()
        parts = dict(part.split("=", 1) for part in self.ready_line.split())
        assert parts, self.process.stderr.read() if self.process.stderr else ""
        self.url, self.api_key = parts["url"], parts["api_key"]
        self.control = Control(self.url)

    @property
    def environ(self) -> dict[str, str]:
        """What makes the collection use this node."""
        return {"DKU_DSS_URL": self.url, "DKU_API_KEY": self.api_key}

    def client(self) -> t.Any:
        """The unmodified client of Dataiku."""
        return connect(self.url, self.api_key)

    def stop(self) -> int:
        return stop(self.process)


def stop(process: subprocess.Popen[str]) -> int:
    """End a sandbox process; its exit status."""
    process.terminate()
    code = process.wait(10)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    return code


def connect(url: str, api_key: str) -> t.Any:
    """The unmodified client of Dataiku, deaf to proxies in the environment."""
    import dataikuapi

    client = dataikuapi.DSSClient(url, api_key)
    client._session.trust_env = False
    return client


class Control:
    """The control path, which is no part of DSS."""

    def __init__(self, url: str) -> None:
        self._url = url + "/_sandbox"
        self._session = requests.Session()
        self._session.trust_env = False

    def _call(self, method: str, path: str, body: t.Any = None, **query: str) -> t.Any:
        answer = self._session.request(method, self._url + path, json=body, params=query, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def fault(self, method: str = "*", path: str = "*", **effects: t.Any) -> str:
        """Make calls fail; the effects are those of docs/sandbox.md."""
        identifier: str = self._call("POST", "/faults", {"method": method, "path": path, **effects})["id"]
        return identifier

    def faults(self) -> t.Any:
        return self._call("GET", "/faults")

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    def calls(self) -> t.Any:
        """The calls received since the last ``forget_calls``."""
        return self._call("GET", "/calls")

    def forget_calls(self) -> None:
        self._call("DELETE", "/calls")

    def switches(self) -> t.Any:
        return self._call("GET", "/switches")

    def switch(self, **values: t.Any) -> None:
        self._call("PUT", "/switches", values)

    def outcomes(self, **by_subject: t.Any) -> t.Any:
        """Say how ``scenarios``, ``jobs``, ``data_quality`` and ``standards`` end; answers all that is ordered."""
        return self._call("PUT", "/outcomes", by_subject)

    def reset(self) -> None:
        self._call("POST", "/reset")

    def keep(self) -> None:
        """Remember what the node holds now."""
        self._call("POST", "/keep")

    def restore(self) -> None:
        """Put back what was remembered last."""
        self._call("POST", "/restore")

    def key(self, **rights: t.Any) -> str:
        """Make an API key with the given rights."""
        secret = f"limited-key-{next(_KEYS)}"
        self._call("POST", "/keys", {"key": secret, **rights})
        return secret

    def instance(self, **seed: t.Any) -> None:
        """Set what the instance has besides projects, for example ``code_envs``."""
        self._call("PUT", "/instance", seed)

    def audit(self) -> t.Any:
        """The entries of the audit log since the last reset."""
        return self._call("GET", "/audit")

    def secrets(self, connection: str) -> t.Any:
        """The clear secrets that the node keeps for a connection."""
        return self._call("GET", "/secrets", connection=connection)


def import_project(client: t.Any, folder: Path, key: str) -> None:
    """Put the files of a project on a node, through the node's own import."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                package.write(path, path.relative_to(folder).as_posix())
    archive.seek(0)
    answer = client.prepare_project_import(archive).execute(settings={"targetProjectKey": key})
    assert answer["success"], answer
