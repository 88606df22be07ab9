# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data quality rules of datasets and their results (dss-api.md 2.5). A rule that is computed ends as a test has said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ..call import NOTHING, Call
from ..documents import Document, now_ms
from ..errors import bad_request
from ..kinds import dataset as kind
from ..project import Project
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from .common import editable, not_found
from .datasets import find

_UNPARTITIONED = "NP"
_WORST_FIRST = ("ERROR", "WARNING", "EMPTY", "OK")  # unverified order
_NEVER_COMPUTED = "EMPTY"  # unverified
_TWO_WEEKS = 14 * 24 * 3600 * 1000
_PAGE = 10_000  # the client's default


# -- rules --


def _rules(call: Call) -> list[Document]:
    """They are stored inside the dataset (dss-api.md 2.5)."""
    checks: list[Document] = find(call)[1].document.get("metricsChecks", {}).get("checks", [])
    return checks


def _store(call: Call, rules: list[Document]) -> None:
    name, found = find(call)
    document = editable(found.document)
    document["metricsChecks"] = {**document.get("metricsChecks", {}), "checks": rules}
    call.project.save("datasets", name, document, None, call.author)
    call.message = f"Edited data quality rules of {name}"


def _list(call: Call) -> Any:
    return {"checks": _rules(call)}


def _sent(call: Call) -> Document:
    body = call.object()
    if not isinstance(body.get("type"), str):
        raise bad_request("A rule needs a type")  # unverified text
    return body


def _create(call: Call) -> Any:
    """The id is made by the server; unverified: one that is sent is not kept."""
    created = kind.rule({key: value for key, value in _sent(call).items() if key != "id"})
    _store(call, [*_rules(call), created])
    return created


def _position(call: Call) -> int:
    rule_id = call.params["ruleId"]
    for position, rule in enumerate(_rules(call)):
        if rule.get("id") == rule_id:
            return position
    raise _no_rule(call, rule_id)


def _no_rule(call: Call, rule_id: str) -> Exception:
    return not_found(call, f"Rule {rule_id} does not exist on {call.project.key}.{find(call)[0]}")  # unverified text


def _put(call: Call) -> Any:
    """The full rule."""
    position, body = _position(call), _sent(call)
    if body.get("id", call.params["ruleId"]) != call.params["ruleId"]:
        raise bad_request(f"id is {body['id']!r} in the body but {call.params['ruleId']!r} in the path")  # unverified
    rules = list(_rules(call))
    rules[position] = kind.rule({**body, "id": call.params["ruleId"]})
    _store(call, rules)
    return NOTHING


def _delete(call: Call) -> Any:
    position, rules = _position(call), _rules(call)
    _store(call, [*rules[:position], *rules[position + 1 :]])
    return NOTHING


# -- results --


def _compute(call: Call) -> Any:
    """A future; unverified: its result, and that rules that are not enabled are left out unless one is named."""
    name, _found = find(call)
    only = call.text("ruleId")
    rules = [rule for rule in _rules(call) if rule.get("id") == only or (not only and rule.get("enabled", True))]
    if only and not rules:
        raise _no_rule(call, only)
    outcome = call.node.outcomes.rules(call.project.key, name)
    results = tuple(
        {
            "id": rule.get("id", ""),
            "name": rule.get("displayName", rule["type"]),
            "outcome": outcome,
            "message": f"{outcome}: nothing is computed on the sandbox node",
            "computeDate": now_ms(),
            "runOrigin": "API",  # unverified
            "partition": call.text("partition", _UNPARTITIONED),
        }
        for rule in rules
    )
    call.project.rule_results = {
        **call.project.rule_results,
        name: (*results, *call.project.rule_results.get(name, ())),
    }
    return call.node.futures.start({"ruleResults": list(results)})


def _results(call: Call) -> list[Document]:
    """Newest first, of the rules that the query names."""
    name, _found = find(call)
    wanted = set(call.query.get("ruleIds", ())) | set(call.query.get("ruleId", ()))
    return [result for result in call.project.rule_results.get(name, ()) if not wanted or result["id"] in wanted]


def _newest(project: Project, name: str) -> list[Document]:
    """The last result of each rule that is still there, for each partition."""
    rules = project.objects["datasets"][name].document.get("metricsChecks", {}).get("checks", [])
    there = {rule.get("id") for rule in rules}
    return _last_of_each([result for result in project.rule_results.get(name, ()) if result["id"] in there])


def _last(call: Call) -> Any:
    partition, named = call.text("partition", _UNPARTITIONED), _results(call)
    newest = _newest(call.project, find(call)[0])
    return [result for result in newest if result in named and result["partition"] == partition]


def _history(call: Call) -> Any:
    oldest, newest = call.number("minTimestamp", 0), call.number("maxTimestamp", now_ms())
    size, page = call.number("resultsPerPage", _PAGE), call.number("page", 0)
    results = [result for result in _results(call) if oldest <= result["computeDate"] <= newest]
    return results[page * size : (page + 1) * size]


def _forget(call: Call) -> Any:
    name, _found = find(call)
    results = call.project.rule_results.get(name, ())
    kept = tuple(result for result in results if result["partition"] != call.params["partition"])
    call.project.rule_results = {**call.project.rule_results, name: kept}
    return NOTHING


# -- status --


def _worst(results: Iterable[Document]) -> str:
    outcomes = {result["outcome"] for result in results}
    return next((outcome for outcome in _WORST_FIRST if outcome in outcomes), _NEVER_COMPUTED)


def _shown(call: Call, status: str) -> Any:
    """A text, as the client documents it, or an object: a switch."""
    return status if call.switch("data_quality_status") == "text" else {"status": status}


def _status(call: Call) -> Any:
    return _shown(call, _worst(_newest(call.project, find(call)[0])))


def _by_partition(call: Call, partitions: list[str] | None = None) -> Any:
    results = _newest(call.project, find(call)[0])
    names = partitions or list(dict.fromkeys(result["partition"] for result in results))
    return {name: _shown(call, _worst(result for result in results if result["partition"] == name)) for name in names}


def _of_partitions(call: Call) -> Any:
    return _by_partition(call, call.query.get("partitions", [_UNPARTITIONED]))


def _of_project(call: Call) -> Any:
    """By dataset; only those that are monitored unless all are asked for [client]."""
    only_monitored = call.flag("onlyMonitored", True)
    return {
        name: _shown(call, _worst(_newest(call.project, name)))
        for name, found in call.project.objects["datasets"].items()
        if not only_monitored or found.document.get("metricsChecks", {}).get("monitor")
    }


def _timeline(call: Call) -> Any:
    """What was computed on each day, of the last 14 unless asked otherwise [client]; unverified: names of the fields."""
    newest = call.number("maxTimestamp", now_ms())
    oldest = call.number("minTimestamp", newest - _TWO_WEEKS)
    days: dict[str, dict[str, list[Document]]] = {}
    for name, results in call.project.rule_results.items():
        for result in results:
            if oldest <= result["computeDate"] <= newest:
                days.setdefault(_day(result["computeDate"]), {}).setdefault(name, []).append(result)
    return [_of_day(day, by_dataset) for day, by_dataset in sorted(days.items())]


def _of_day(day: str, by_dataset: dict[str, list[Document]]) -> Document:
    datasets = [
        {"id": name, "currentOutcome": _worst(_last_of_each(results)), "worstOutcome": _worst(results)}
        for name, results in by_dataset.items()
    ]
    current = [{"outcome": entry["currentOutcome"]} for entry in datasets]
    worst = [{"outcome": entry["worstOutcome"]} for entry in datasets]
    return {"date": day, "currentOutcome": _worst(current), "worstOutcome": _worst(worst), "datasets": datasets}


def _last_of_each(results: list[Document]) -> list[Document]:
    """The last result of each rule for each partition; the newest stand first."""
    newest: dict[tuple[str, str], Document] = {}
    for result in results:
        newest.setdefault((result["partition"], result["id"]), result)
    return list(newest.values())


def _day(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp / 1000, UTC).date().isoformat()


_P = "/projects/{projectKey}/datasets/{name}/data-quality"
ROUTES = [
    Route("GET", _P + "/rules", _list, PROJECT_READ),
    Route("POST", _P + "/rules", _create, PROJECT_WRITE),
    Route("PUT", _P + "/rules/{ruleId}", _put, PROJECT_WRITE),
    Route("DELETE", _P + "/rules/{ruleId}", _delete, PROJECT_WRITE),
    Route("POST", _P + "/actions/compute-rules", _compute, PROJECT_WRITE),
    Route("GET", _P + "/status", _status, PROJECT_READ),
    Route("GET", _P + "/status-by-partition", _by_partition, PROJECT_READ),
    Route("POST", _P + "/get-partitions-status", _of_partitions, PROJECT_READ),
    Route("GET", _P + "/last-rules-result", _last, PROJECT_READ),
    Route("GET", _P + "/rules-history", _history, PROJECT_READ),
    Route("DELETE", _P + "/history/{partition}", _forget, PROJECT_WRITE),
    Route("GET", "/projects/{projectKey}/data-quality/status", _of_project, PROJECT_READ),
    Route("GET", "/projects/{projectKey}/data-quality/timeline", _timeline, PROJECT_READ),
]
