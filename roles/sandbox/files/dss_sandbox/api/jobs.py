# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs: nothing is built, a job only ends as a test has said, at once or after a set time (dss-api.md 2.9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..call import Call, Reply, done
from ..documents import Document, now_ms
from ..errors import bad_request
from ..kinds import recipe
from ..project import Project
from ..router import ANY_KEY, PROJECT_READ, PROJECT_WRITE, Route
from .common import not_found
from .flow import OBJECT_TYPES

_TYPES = ("RECURSIVE_BUILD", "NON_RECURSIVE_FORCED_BUILD", "RECURSIVE_FORCED_BUILD", "RECURSIVE_MISSING_ONLY_BUILD")
_BUILT = {
    **{name: objects for name, objects in OBJECT_TYPES.items() if name not in ("RECIPE", "RETRIEVABLE_KNOWLEDGE")},
    "KNOWLEDGE_BANK": "knowledge-banks",
}
_UNPARTITIONED = "NP"
_COUNTERS = {"DONE": "done", "FAILED": "failed", "ABORTED": "aborted", "RUNNING": "running"}


# -- starting --


def _start(call: Call) -> Any:
    """A second job on the same output is accepted: unverified."""
    body = call.object()
    if body.get("type") not in _TYPES:
        raise bad_request(f"Unknown job type {body.get('type')!r}; there are {', '.join(_TYPES)}")  # unverified text
    outputs = [_output(call, output) for output in body.get("outputs", [])]
    if not outputs:
        raise bad_request("A job needs outputs")  # unverified
    now = now_ms()
    name = f"Build {', '.join(output['targetDataset'] for output in outputs)} (by API)"
    definition = {
        "id": _free_id(call.project, outputs),
        "name": name,
        "projectKey": call.project.key,
        "initiator": call.author,
        "initiationTimestamp": now,
        "triggeredFrom": "API",
        "type": body["type"],
        "outputs": outputs,
        "refreshHiveMetastore": bool(body.get("refreshHiveMetastore")),
        "autoUpdateSchemaBeforeEachRecipeRun": bool(body.get("autoUpdateSchemaBeforeEachRecipeRun")),
        "mailNotification": False,
    }
    call.project.jobs = {
        definition["id"]: {
            "def": definition,
            "start": now,
            "end": now + max(1, 1000 * int(call.switch("job_seconds"))),
            "activities": [_activity(call, output) for output in outputs],
        },
        **call.project.jobs,
    }
    return {"id": definition["id"], "msg": f"Started job {definition['id']}"}


def _output(call: Call, sent: Any) -> Document:
    """What is sent as `id` is kept as `targetDataset`, and both forms are taken (dss-api.md 2.9)."""
    if not isinstance(sent, dict):
        raise bad_request("An output is an object")  # unverified text
    kind = sent.get("type", "DATASET")
    name = str(sent.get("id", sent.get("targetDataset", "")))
    project_key = str(sent.get("projectKey", sent.get("targetDatasetProjectKey", call.project.key)))
    if kind not in _BUILT:
        raise bad_request(f"Unknown output type {kind!r}; there are {', '.join(_BUILT)}")  # unverified text
    project = call.node.projects.get(project_key)
    if project is None or name not in project.objects[_BUILT[kind]]:
        raise not_found(call, f"{kind.replace('_', ' ').lower()} does not exist: {project_key}.{name}")
    return {
        "type": kind,
        "targetDataset": name,  # unverified: the name of the field for what is not a dataset
        "targetDatasetProjectKey": project_key,
        "targetPartition": sent.get("partition", sent.get("targetPartition", _UNPARTITIONED)),
    }


def _free_id(project: Project, outputs: list[Document]) -> str:
    """Ends in `.NNN` (dss-api.md 2.9); unverified: the rest of the form."""
    moment = datetime.now()
    while True:
        job_id = f"Build_{outputs[0]['targetDataset']}__by_API__{moment.strftime('%Y-%m-%dT%H-%M-%S.%f')[:-3]}"
        if job_id not in project.jobs:
            return job_id
        moment = datetime.now()


def _activity(call: Call, output: Document) -> Document:
    """unverified: one for the recipe of each output, and the names of its fields."""
    name, project_key = output["targetDataset"], output["targetDatasetProjectKey"]
    recipes = call.node.projects[project_key].objects["recipes"].items()
    makers = [recipe_name for recipe_name, found in recipes if name in recipe.refs(found.document, "outputs")]
    maker = makers[0] if makers else f"compute_{name}"
    return {
        "activityId": f"{maker}_{output['targetPartition']}",
        "recipeName": maker,
        "output": f"{project_key}.{name}",
        "outcome": call.node.outcomes.job(project_key, name),
    }


# -- states --


def _unfinished(job: Document) -> bool:
    """One that takes no time has ended when it is asked for."""
    return bool(job["end"] > now_ms() + 1)


def _state(job: Document) -> str:
    """RUNNING, then DONE, ABORTED or FAILED (dss-api.md 2.9); the worst of its activities."""
    if _unfinished(job):
        return "RUNNING"
    outcomes = [activity["outcome"] for activity in job["activities"]]
    return next((outcome for outcome in ("FAILED", "ABORTED") if outcome in outcomes), "DONE")


def _base(job: Document) -> Document:
    state = _state(job)
    base = {
        "def": job["def"],
        "state": state,
        "stableState": state != "RUNNING",
        "startTime": job["start"],
        "warningsCount": 0,
    }
    return base if state == "RUNNING" else {**base, "endTime": job["end"]}


def _find(call: Call) -> Document:
    job = call.project.jobs.get(call.params["jobId"])
    if job is None:
        message = f"Job {call.params['jobId']} does not exist in project {call.project.key}"  # unverified text
        raise not_found(call, message)
    return job


def _list(call: Call) -> Any:
    """Newest first: unverified. Without a limit all of them."""
    jobs = list(call.project.jobs.values())
    return [_base(job) for job in jobs[: call.number("limit", len(jobs))]]


def _running(call: Call) -> Any:
    return [_base(job) for job in call.project.jobs.values() if _unfinished(job)]


def _running_anywhere(call: Call) -> Any:
    """Those of the projects that the key may read; only the own ones without `allUsers`."""
    everyone = call.flag("allUsers")
    return [
        _base(job)
        for project in call.node.projects.values()
        if call.key.right_on(project.key, project.params.document)
        for job in project.jobs.values()
        if _unfinished(job) and (everyone or job["def"]["initiator"] == call.author)
    ]


def _detail(call: Call) -> Any:
    job = _find(call)
    activities = {activity["activityId"]: _shown(job, activity) for activity in job["activities"]}
    counted = dict.fromkeys(_COUNTERS.values(), 0)
    for activity in activities.values():
        counted[_COUNTERS[activity["state"]]] += 1
    return {
        "baseStatus": {**_base(job), "activities": activities},
        "globalState": {**counted, "total": len(activities)},
    }


def _shown(job: Document, activity: Document) -> Document:
    state = "RUNNING" if _unfinished(job) else activity["outcome"]
    shown = {
        "activityId": activity["activityId"],
        "recipeName": activity["recipeName"],
        "state": state,
        "startTime": job["start"],
    }
    if state == "FAILED":
        shown["firstFailure"] = {"clazz": "java.lang.RuntimeException", "message": _reason(activity)}
    return shown


def _reason(activity: Document) -> str:
    return f"Building {activity['output']} failed: a test of the sandbox node has ordered it"


# -- log, abort --


def _log(call: Call) -> Any:
    job, only = _find(call), call.text("activity")
    if only and only not in {activity["activityId"] for activity in job["activities"]}:
        raise not_found(call, f"Activity {only} does not exist in job {job['def']['id']}")  # unverified text
    lines = [f"Job {job['def']['id']} of project {job['def']['projectKey']}: the sandbox node builds nothing."]
    for activity in job["activities"]:
        if only in ("", activity["activityId"]):
            state = _shown(job, activity)["state"]
            lines.append(f"Activity {activity['activityId']} of recipe {activity['recipeName']}: {state}")
            if state == "FAILED":
                lines.append(f"ERROR: {_reason(activity)}")
    lines.append(f"Job state: {_state(job)}")
    return Reply("\n".join(lines) + "\n", "text/plain;charset=utf-8")


def _abort(call: Call) -> Any:
    """unverified: no effect on a job that has ended."""
    job = _find(call)
    job_id = job["def"]["id"]
    if not _unfinished(job):
        return done(f"No effect: job {job_id} is not running")
    aborted = [{**activity, "outcome": "ABORTED"} for activity in job["activities"]]
    call.project.jobs = {**call.project.jobs, job_id: {**job, "end": now_ms(), "activities": aborted}}
    return done(f"Aborted job {job_id}")


_P = "/projects/{projectKey}/jobs"
ROUTES = [
    Route("GET", "/jobs/running", _running_anywhere, ANY_KEY),
    Route("GET", _P, _list, PROJECT_READ),
    Route("POST", _P, _start, PROJECT_WRITE),
    Route("GET", _P + "/running", _running, PROJECT_READ),
    Route("GET", _P + "/{jobId}", _detail, PROJECT_READ),
    Route("GET", _P + "/{jobId}/log", _log, PROJECT_READ),
    Route("POST", _P + "/{jobId}/abort", _abort, PROJECT_WRITE),
]
