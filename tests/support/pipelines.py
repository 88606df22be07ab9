# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the pipelines of examples/pipelines as their platforms do, and runs their jobs with stand-ins for everything but Ansible."""

from __future__ import annotations

import json
import os
import re
import string
import subprocess
import sys
import typing as t
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .sandbox import ROOT

PIPELINES = ROOT / "examples" / "pipelines"
JOBS = ("plan", "apply", "staging", "production", "check")
Step = tuple[str, dict[str, str]]
Jobs = dict[str, list[Step]]

_STAND_IN = r"""
import json, os, pathlib, re, sys

name, arguments = pathlib.Path(sys.argv[0]).name, sys.argv[1:]
files = [arguments[place + 1] for place, word in enumerate(arguments) if word == "--body-file"]
files += [word.partition("@")[2] for word in arguments if word.startswith("body@")]
sent = "".join(pathlib.Path(file).read_text() for file in files) + ("" if "@-" not in arguments else sys.stdin.read())
with open(os.environ["STAND_IN_LOG"], "a") as log:
    log.write(json.dumps({"name": name, "arguments": arguments, "sent": sent}) + "\n")
for pattern, answer in json.loads(os.environ["STAND_IN_ANSWERS"]).items():
    if re.search(pattern, " ".join(arguments)):
        print(answer)
"""
_REPLACED = ("gh", "curl", "pip", "ansible-galaxy", "apt-get")


@dataclass(frozen=True)
class Call:
    """One call of a command that is replaced by a stand-in; ``sent`` is what it would have sent as a body."""

    name: str
    arguments: list[str]
    sent: str

    @property
    def line(self) -> str:
        return " ".join(self.arguments)


@dataclass(frozen=True)
class Ended:
    """A job that has ended, with everything that it printed and the calls of stand-ins."""

    code: int
    output: str
    calls: list[Call] = field(default_factory=list)

    def call(self, pattern: str) -> Call:
        (found,) = (call for call in self.calls if re.search(pattern, call.line))
        return found


def run_job(steps: list[Step], folder: Path, environ: Mapping[str, str], answers: Mapping[str, str]) -> Ended:
    """Run the steps of a job in a checkout, up to the first that fails."""
    tools = folder / ".tools"
    tools.mkdir(exist_ok=True)
    for name in _REPLACED:
        (tools / name).write_text(f"#!{sys.executable}\n{_STAND_IN}")
        (tools / name).chmod(0o755)
    log = tools / "calls.jsonl"
    log.write_text("")
    given = {"STAND_IN_LOG": str(log), "STAND_IN_ANSWERS": json.dumps(answers), "PATH": f"{tools}:{os.environ['PATH']}"}
    output, code = "", 0
    for script, variables in steps:
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=folder,
            env={**os.environ, **environ, **variables, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        output, code = output + done.stdout, done.returncode
        if code:
            break
    return Ended(code, output, [Call(**json.loads(line)) for line in log.read_text().splitlines()])


def github(context: Mapping[str, str]) -> Jobs:
    """The jobs of the workflow; ``context`` has the values of its expressions."""

    def resolved(values: Mapping[str, str]) -> dict[str, str]:
        return {
            key: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: context[found[1]], text) for key, text in values.items()
        }

    content = _yaml("github-actions.yml")
    jobs: Jobs = {}
    for name, job in content["jobs"].items():
        outer = {**content["env"], **job["env"]}
        steps = [step for step in job["steps"] if "run" in step]
        jobs[name] = [(step["run"], resolved({**outer, **step.get("env", {})})) for step in steps]
    return jobs


def gitlab(context: Mapping[str, str]) -> Jobs:
    content = _yaml("gitlab-ci.yml")
    variables = {key: string.Template(text).safe_substitute(context) for key, text in content["variables"].items()}
    before = content["default"]["before_script"]
    jobs = {name: content[name] for name in JOBS}
    return {name: [("\n".join([*before, *job["script"]]), variables)] for name, job in jobs.items()}


def azure(context: Mapping[str, str]) -> Jobs:
    content = _yaml("azure-pipelines.yml")
    known = ChainMap[str, str]({}, t.cast("t.MutableMapping[str, str]", context))
    for entry in content["variables"]:
        if "name" in entry:
            known[entry["name"]] = _macros(entry["value"], known)
    jobs: Jobs = {}
    for stage in content["stages"]:
        (job,) = stage["jobs"]
        steps = job["steps"] if "job" in job else job["strategy"]["runOnce"]["deploy"]["steps"]
        jobs[stage["stage"]] = [
            (_macros(step["bash"], known), {key: _macros(text, known) for key, text in step.get("env", {}).items()})
            for step in steps
            if "bash" in step
        ]
    return jobs


def _macros(text: str, known: Mapping[str, str]) -> str:
    """Azure replaces ``$(name)`` where it knows the name; the shell gets the rest."""
    return re.sub(r"\$\(([\w.]+)\)", lambda found: known[found[1]], text)


def jenkins(context: Mapping[str, str]) -> Jobs:
    text = (PIPELINES / "Jenkinsfile").read_text()
    variables = dict(_jenkins_environment(text, context))
    parts = re.split(r"stage\('(\w+)'\)", text)[1:]
    scripts = {name.lower(): _jenkins_script(part) for name, part in zip(parts[::2], parts[1::2], strict=True)}
    install = scripts.pop("install")
    return {name: [(install, variables), (script, variables)] for name, script in scripts.items()}


def _jenkins_environment(text: str, context: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    block = text.partition("environment {")[2].partition("}\n    stages")[0]
    for name, credential, single, double in re.findall(
        r"(\w+) = (?:credentials\('([\w-]+)'\)|'([^']*)'|\"([^\"]*)\")", block
    ):
        if name != "PATH":  # the tools of the agent are those of the test
            yield name, context[credential] if credential else single or _groovy(double, context)


def _groovy(text: str, context: Mapping[str, str]) -> str:
    return re.sub(r"\$\{env\.(\w+)\}", lambda found: context[found[1]], text)


def _jenkins_script(stage: str) -> str:
    """The one ``sh`` step of a stage; Groovy takes a backslash and the end of its line away."""
    found = re.findall(r"\bsh (?:\'\'\'(.*?)\'\'\'|\'(.*?)\'\n)", stage, re.DOTALL)
    ((long, short),) = found
    return (long or short).replace("\\\n", "")


def _yaml(name: str) -> t.Any:
    return yaml.safe_load((PIPELINES / name).read_text())
