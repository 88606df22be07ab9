# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics of datasets and managed folders, and checks by their older call (dss-api.md 2.5, 2.8).

Nothing is computed: a value is what a test has ordered, else what is known of an object without data.
"""

from __future__ import annotations

from typing import Any

from ..call import Call
from ..documents import Document, now_ms
from ..errors import bad_request
from ..kinds.dataset import is_file_like
from ..metrics import Facts, defined, point
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from . import datasets, folders
from .common import not_found

_UNPARTITIONED = "NP"


class _Subject:
    """The dataset or managed folder that a call is about."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.project = call.project
        if "folderId" in call.params:
            self.name, found = folders.find(call)
            sizes = tuple(len(data) for data, _time in self.project.folder_files.get(self.name, {}).values())
            self.facts = Facts(None, sizes)
        else:
            self.name, found = datasets.find(call)
            uploads = tuple(item["length"] for item in self.project.uploads.get(self.name, ()))
            file_like = is_file_like(found.document["type"])
            self.facts = Facts(len(found.document["schema"]["columns"]), uploads if file_like else None)
        self.document = found.document
        self.is_folder = "folderId" in call.params
        self.key = ("managed_folders" if self.is_folder else "datasets", self.name)

    def ids(self, probes: list[Document] | None = None) -> list[str]:
        """The metrics of some probes, by default those of the object, and those that a test has ordered."""
        found = defined(self.document["metrics"]["probes"] if probes is None else probes, self.facts)
        ordered = self._ordered() if probes is None else {}
        return list(dict.fromkeys([*found, *ordered]))

    def _ordered(self) -> dict[str, Any]:
        return self.call.node.outcomes.metrics(self.project.key, self.name)

    def compute(self, ids: list[str]) -> list[Document]:
        partition, ordered = self.call.text("partition") or _UNPARTITIONED, self._ordered()
        points = [
            point(metric_id, ordered.get(metric_id, self.facts.value(metric_id)), partition, now_ms())
            for metric_id in ids
        ]
        self.project.metric_values = {
            **self.project.metric_values,
            self.key: (*points, *self.project.metric_values.get(self.key, ())),
        }
        return points

    def points(self) -> tuple[Document, ...]:
        """All values, newest first."""
        return self.project.metric_values.get(self.key, ())


def _compute(call: Call) -> Any:
    """Those of the probes that are sent, or of the object."""
    subject = _Subject(call)
    sent = call.json() if call.body.strip() else None
    if sent is not None and not isinstance(sent, dict | list):
        raise bad_request("Probes are a list, or an object with probes")  # unverified text
    probes = sent.get("probes") if isinstance(sent, dict) else sent
    return _report(subject, subject.ids(probes or None))


def _compute_by_id(call: Call) -> Any:
    subject, wanted = _Subject(call), call.object().get("metricIds")
    if not isinstance(wanted, list):
        raise bad_request("metricIds is missing")  # unverified text
    unknown = [metric_id for metric_id in wanted if metric_id not in subject.ids()]
    if unknown:  # unverified: stricter than to pass them over
        raise not_found(call, f"Metric {unknown[0]} does not exist on {call.project.key}.{subject.name}")
    return _report(subject, wanted)


def _report(subject: _Subject, ids: list[str]) -> Any:
    """The report of a dataset, a future of a folder, as the client documents both; unverified: fields beyond its sample."""
    start = now_ms()
    computed = subject.compute(ids)
    report = {"startTime": start, "endTime": now_ms(), "computed": computed}
    return subject.call.node.futures.start(report) if subject.is_folder else report


def _run_checks(call: Call) -> Any:
    """The older call, with the outcome of rules; unverified shape."""
    subject = _Subject(call)
    rules = subject.document.get("metricsChecks", {}).get("checks", [])
    sent = call.json() if call.body.strip() else None
    wanted = sent if isinstance(sent, list) else [rule.get("id") for rule in rules]
    outcome, start = call.node.outcomes.rules(call.project.key, subject.name), now_ms()
    results = [
        {"check": rule, "value": {"outcome": outcome, "message": f"{outcome}: nothing is computed on the sandbox node"}}
        for rule in rules
        if rule.get("id") in wanted and rule.get("enabled", True)
    ]
    return {"startTime": start, "endTime": now_ms(), "results": results}


def _last(call: Call) -> Any:
    subject = _Subject(call)
    only = None if subject.is_folder else call.params["partition"]
    shown = subject.document["metrics"].get("displayedState", {}).get("metrics", ())
    return {
        "metrics": [
            {
                "metric": _metric(metric_id),
                "displayedAsMetric": metric_id in shown,
                "lastValues": _newest(subject, metric_id, only),
            }
            for metric_id in subject.ids()
        ]
    }


def _newest(subject: _Subject, metric_id: str, only: str | None) -> list[Document]:
    """The last value for each partition, or for the one that is asked for."""
    newest: dict[str, Document] = {}
    for value in subject.points():
        if value["metricId"] == metric_id and only in (None, value["partition"]):
            newest.setdefault(value["partition"], value)
    return [{key: held for key, held in value.items() if key != "metricId"} for value in newest.values()]


def _metric(metric_id: str) -> Document:
    """unverified: members beyond ``id``."""
    kind, name, *column = metric_id.split(":", 2)
    return {"id": metric_id, "type": kind, "metricType": name, **({"column": column[0]} if column else {})}


def _history(call: Call) -> Any:
    """``metricLookup`` is an id; of a definition, which the client documents, it can send none (it raises NameError)."""
    subject, metric_id = _Subject(call), call.text("metricLookup")
    if metric_id not in subject.ids():
        message = f"Metric {metric_id} does not exist on {call.project.key}.{subject.name}"  # unverified text
        raise not_found(call, message)
    only = None if subject.is_folder else call.params["partition"]
    values = [
        {"time": value["computed"], "value": _cast(value), "partition": value["partition"]}
        for value in reversed(subject.points())
        if value["metricId"] == metric_id and only in (None, value["partition"])
    ]
    return {"metricId": metric_id, "metric": _metric(metric_id), "values": values}


def _cast(value: Document) -> Any:
    kinds = {"BIGINT": int, "DOUBLE": float}
    return kinds.get(value["dataType"], str)(value["value"])


_D = "/projects/{projectKey}/datasets/{name}"
_F = "/projects/{projectKey}/managedfolders/{folderId}"
ROUTES = [
    Route("POST", _D + "/actions/computeMetrics", _compute, PROJECT_WRITE),
    Route("POST", _D + "/actions/computeMetricsFromIds", _compute_by_id, PROJECT_WRITE),
    Route("POST", _D + "/actions/runChecks", _run_checks, PROJECT_WRITE),
    Route("GET", _D + "/metrics/last/{partition}", _last, PROJECT_READ),
    Route("GET", _D + "/metrics/history/{partition}", _history, PROJECT_READ),
    Route("POST", _F + "/actions/computeMetrics", _compute, PROJECT_WRITE),
    Route("POST", _F + "/actions/computeMetricsFromIds", _compute_by_id, PROJECT_WRITE),
    Route("GET", _F + "/metrics/last", _last, PROJECT_READ),
    Route("GET", _F + "/metrics/history", _history, PROJECT_READ),
]
