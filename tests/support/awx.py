# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the job templates of examples/awx as AWX does: by ansible-runner, each in a private data directory of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import ansible_runner
import yaml

from .sandbox import ROOT

EXAMPLES = ROOT / "examples"
LIMIT = 700_000  # MAX_EVENT_RES_DATA of AWX: a longer result of a task is dropped from its event
Document = dict[str, t.Any]


class _Loader(yaml.SafeLoader):
    """Reads ``!unsafe`` as text."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def data() -> dict[str, list[Document]]:
    """The lists of all data files."""
    found: dict[str, list[Document]] = {}
    for path in sorted((EXAMPLES / "awx/data").glob("*.yml")):
        found |= yaml.load(path.read_text(), _Loader)
    return found


@dataclass(frozen=True)
class Job:
    """A job that has ended, and what AWX reads of it."""

    status: str
    folder: Path
    events: list[Document]

    @property
    def artifacts(self) -> Document:
        """What the next jobs of a workflow get: AWX takes it from the event of the statistics."""
        (last,) = [event for event in self.events if event["event"] == "playbook_on_stats"] or [{"event_data": {}}]
        found: Document = last["event_data"].get("artifact_data", {})
        return found

    @property
    def stdout(self) -> str:
        return (self.folder / "artifacts/1/stdout").read_text()

    def kept(self) -> dict[str, str]:
        """Everything that ansible-runner leaves, but the command, which holds the environment of the process."""
        files = [path for path in (self.folder / "artifacts/1").rglob("*") if path.is_file() and path.name != "command"]
        return {str(path.relative_to(self.folder)): path.read_text() for path in files}


class Controller:
    """Makes and runs jobs; ``secrets`` are the inputs of the credentials by field, ``host_variables`` those of the imported host."""

    def __init__(self, folder: Path, source: Path, secrets: Mapping[str, str], host_variables: Document) -> None:
        self.folder = folder
        self.source = source
        self.secrets = secrets
        self.host_variables = host_variables
        self.jobs: list[Job] = []
        lists = data()
        self._templates = {entry["name"]: entry for entry in lists["awx_job_templates"]}
        kinds = {entry["name"]: entry for entry in lists["awx_credential_types"]}
        self._injectors = {
            entry["name"]: kinds[entry["credential_type"]]["injectors"] for entry in lists["awx_credentials"]
        }

    def run(
        self, name: str, artifacts: Mapping[str, t.Any] | None = None, cancel: Callable[[], bool] = lambda: False
    ) -> Job:
        """Run a job of a template with the artifacts of those before it."""
        template = self._templates[name]
        private = self.folder / f"job-{len(self.jobs)}"
        shutil.copytree(self.source, private / "project")
        self._write_inventory(private / "inventory/hosts")
        environ, variables = self._injected(template.get("credentials", []))
        flags = ["--check"] * (template["job_type"] == "check") + ["--diff"] * bool(template.get("diff_mode"))
        (private / "home").mkdir()
        events: list[Document] = []
        runner = ansible_runner.run(
            private_data_dir=str(private),
            playbook=template["playbook"],
            ident="1",
            extravars={**template.get("extra_vars", {}), **variables, **(artifacts or {})},
            envvars={**environ, "HOME": str(private / "home"), "ANSIBLE_HOME": str(private / "home/.ansible")},
            cmdline=" ".join(flags) or None,
            settings={"pexpect_timeout": 1},  # how often it looks whether it is cancelled
            quiet=True,
            event_handler=lambda event: bool(events.append(event)) or True,
            cancel_callback=cancel,
        )
        if runner.status == "canceled":
            _end_container(private)
        self.jobs.append(Job(runner.status, private, events))
        return self.jobs[-1]

    def _write_inventory(self, path: Path) -> None:
        """A script, as AWX writes one for each job."""
        hosts = {"all": {"hosts": ["dev_design"]}, "_meta": {"hostvars": {"dev_design": self.host_variables}}}
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(hosts)}\nEND\n")
        path.chmod(0o700)

    def _injected(self, credentials: list[str]) -> tuple[dict[str, str], dict[str, str]]:
        injectors = [self._injectors[name] for name in credentials]
        parts = [
            {key: text for each in injectors for key, text in each.get(part, {}).items()}
            for part in ("env", "extra_vars")
        ]
        environ, variables = ({key: self._filled(text) for key, text in part.items()} for part in parts)
        return environ, variables

    def _filled(self, text: str) -> str:
        return re.sub(r"{{ (\w+) }}", lambda found: self.secrets[found[1]], text)


def _end_container(private: Path) -> None:
    """A container ends with all its processes; ansible-runner alone leaves the workers of Ansible, which end what they began."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").resolve().is_relative_to(private):
                os.kill(int(process.name), signal.SIGKILL)


def kept_environment(job: Job) -> str:
    """What ansible-runner notes of the process, with its whole environment."""
    return (job.folder / "artifacts/1/command").read_text()


def forget(job: Job) -> None:
    """The container of a job is gone."""
    shutil.rmtree(job.folder)
