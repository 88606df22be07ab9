# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs (dss-api.md 2.9)."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from .._errors import DssError, NodeError
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .job_types import TYPES
from .outputs import Output, outputs_of, outputs_of_recipe
from .run import Deadline, Part, Run, needing, of_project
from .running import JOB_ENDED
from .watch import Watched, started_after_all

RIGHT = "the right to write to the project, which building needs"
_SEEN = 50  # jobs that are looked at when the answer to a start was lost


@dataclass(frozen=True)
class Build:
    """A job to start; ``type`` as DSS names it, ``recipe`` where its outputs are what is built."""

    project: str
    type: str
    outputs: tuple[Output, ...]
    recipe: str | None = None

    def __str__(self) -> str:
        names = f"recipe {self.recipe}" if self.recipe else ", ".join(output.name for output in self.outputs)
        return f"the build of {names} in {self.project}"

    @property
    def jobs(self) -> str:
        return path_of("projects", self.project, "jobs")

    @property
    def definition(self) -> dict[str, t.Any]:
        return {
            "type": self.type,
            "outputs": [output.as_dss(self.project) for output in self.outputs],
            "refreshHiveMetastore": False,
            "autoUpdateSchemaBeforeEachRecipeRun": False,
        }


def job_type(word: str) -> str:
    """The name that DSS has for a type of job. Raises ``DssError``."""
    if word in TYPES.values():
        return word
    if word not in TYPES:
        raise DssError(f"there is no type of build '{word}': it is one of {', '.join((*TYPES, *TYPES.values()))}")
    return TYPES[word]


def build_of(
    node: DssNode, project: str, outputs: Sequence[t.Any], recipe: str | None, kind: str | None, partition: str = ""
) -> Build:
    """The job that builds outputs, or those of a recipe; without ``kind`` it is recursive for the former. Raises ``DssError``."""
    chosen = job_type(kind or ("forced" if recipe else "recursive"))
    if recipe:
        return Build(project, chosen, outputs_of_recipe(node, project, recipe, partition), recipe)
    return Build(project, chosen, outputs_of(node, project, outputs, partition))


def build_and_wait(node: DssNode, build: Build, deadline: Deadline, abort: bool = False, wait: bool = True) -> Run:
    """Start a job and wait for its end; without ``wait`` the result has only its id.

    ``Run.problem`` says what went wrong once it was started. With ``abort`` a job that takes too long is aborted. Raises
    ``DssError`` where it was not started, and ``Interrupted``.
    """
    before = {_job_id(job) for job in jobs_of(node, build.project, _SEEN)}
    warnings: tuple[str, ...] = ()
    try:
        with needing(RIGHT), understood(f"the start of {build}", doubtful=True):
            job_id = str(node.post(f"{build.jobs}/", build.definition)["id"])
    except NodeError as error:
        if not error.doubtful:
            raise
        job_id = started_after_all(lambda: _new_jobs(node, build, before), str(build), deadline, error)
        warnings = (f"the answer to the start of {build} was lost; job {job_id}, which began then, is taken for it",)
    if not wait:
        return Run(str(build), job_id, warnings=warnings)
    run = _begun_job(node, build, job_id).until_end(node, deadline, JOB_ENDED - {"DONE"}, abort)
    return replace(run, warnings=warnings)


def jobs_of(node: DssNode, project: str, limit: int) -> list[Mapping[str, t.Any]]:
    """The last jobs as DSS lists them. Raises ``DssError``."""
    with of_project(project), understood(f"the jobs of {project}"):
        return list(node.get(path_of("projects", project, "jobs") + "/", limit=limit))


def job_from(what: str, base: Mapping[str, t.Any]) -> Run:
    """A job from its list item or from ``baseStatus``."""
    activities = base.get("activities") or {}
    return Run(
        what,
        _job_id(base),
        str(base.get("state") or ""),
        int(base.get("startTime") or 0),
        int(base.get("endTime") or 0),
        tuple(_activity(str(name), activity) for name, activity in activities.items()),
    )


def _job_id(job: Mapping[str, t.Any]) -> str:
    return str(job.get("jobId") or job["def"]["id"])  # [client] DSSJobListItem


def _new_jobs(node: DssNode, build: Build, before: Collection[str]) -> list[str]:
    """The jobs that have begun since and may be ours, by their ids."""
    jobs = jobs_of(node, build.project, _SEEN)
    with understood(f"the jobs of {build.project}"):
        return [_job_id(job) for job in jobs if _job_id(job) not in before and _builds(job["def"], build.outputs)]


def _builds(definition: Mapping[str, t.Any], outputs: Sequence[Output]) -> bool:
    """Whether a job builds just these outputs; DSS lists them under other names than it is sent (dss-api.md 2.9)."""
    listed = {str(item.get("targetDataset") or item.get("id")) for item in definition.get("outputs") or ()}
    return listed == {output.id for output in outputs}


def _begun_job(node: DssNode, build: Build, job_id: str) -> Watched:
    path = f"{build.jobs}{path_of(job_id)}"
    label = f"{build} (job {job_id})"

    def look() -> Run | None:
        with understood(label):
            run = job_from(str(build), {"jobId": job_id, **node.get(f"{path}/")["baseStatus"]})
            return run if run.outcome in JOB_ENDED else None

    return Watched(label, Run(str(build), job_id), look, f"{path}/log", f"{path}/abort")


def _activity(name: str, raw: Mapping[str, t.Any]) -> Part:
    """An activity; the names of its fields are unverified."""
    failure = raw.get("firstFailure") or {}
    return Part(
        str(raw.get("recipeName") or name),
        str(raw.get("recipeType") or ""),
        str(raw.get("state") or ""),
        str(failure.get("message") or ""),
    )
