# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenarios: ids, triggers, steps, reporters (dss-api.md 2.7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ..defaults import known, load
from ..documents import Document, fill, now_ms, pick, random_id, tidy
from ..errors import bad_request
from ..switches import Switches

_D = load("scenario")
_KNOWN = known("scenario")
_TRIGGER = known("scenario", "trigger_known")
_STEP = known("scenario", "step_known")
_REPORTER = known("scenario", "reporter_known")
_LIGHT = known("scenario", "light")
_MESSAGING = frozenset({"type", "configuration"})


def derive_id(name: str, switches: Switches) -> str:
    """Other characters become an underscore; on '-' the sources differ (dss-api.md 2.7, unknown 10)."""
    kept = r"[^A-Za-z0-9_]" if switches["scenario_id_dash"] == "replaced" else r"[^A-Za-z0-9_-]"
    return re.sub(kept, "_", name)


def normalise(body: Document, old: Document | None, switches: Switches) -> Document:
    document = pick(body, _KNOWN)
    scenario_type = document.get("type") or (old or {}).get("type")
    if scenario_type not in _D["params"]:
        raise bad_request(f"Unknown scenario type: {scenario_type}")  # unverified text
    document["type"] = scenario_type
    document.setdefault("name", (old or {}).get("name", ""))
    fill(document, _D["common"])
    document["params"] = dict(document.get("params") or {})
    fill(document["params"], _D["params"][scenario_type])
    _each(document, "triggers", trigger)
    _each(document, "reporters", reporter)
    if scenario_type == "step_based":
        _each(document["params"], "steps", step)
    tidy(document)
    return document


def light(body: Document, old: Document) -> Document:
    """Only five fields; steps sent here vanish silently (dss-api.md 2.7 [client11][headless])."""
    document = {key: value for key, value in old.items() if key not in _LIGHT}
    document.update({key: body[key] if key in body else old[key] for key in _LIGHT if key in body or key in old})
    tidy(document)
    return document


def next_run(document: Document, now: int) -> int:
    """When a trigger of an active scenario fires next, in milliseconds, 0 for never (dss-api.md 2.7).

    unverified: time zones (all is UTC here) and repetitions other than every one; monthly triggers are not worked out.
    """
    triggers = document.get("triggers", ()) if document.get("active") else ()
    times = [
        _next_time(trigger["params"], now)
        for trigger in triggers
        if trigger.get("active") and trigger["type"] == "temporal"
    ]
    return min(filter(None, times), default=0)


def _next_time(params: Document, now: int) -> int:
    moment = datetime.fromtimestamp(now // 1000, UTC).replace(second=0)
    frequency, days = params.get("frequency"), params.get("daysOfWeek") or []
    try:
        on_the_minute = moment.replace(minute=int(params.get("minute", 0)))
        on_the_hour = on_the_minute.replace(hour=int(params.get("hour", 0)))
        start, step = {
            "Minutely": (moment, timedelta(minutes=1)),
            "Hourly": (on_the_minute, timedelta(hours=1)),
            "Daily": (on_the_hour, timedelta(days=1)),
            "Weekly": (on_the_hour, timedelta(days=1)),
        }[str(frequency)]
    except (KeyError, TypeError, ValueError):
        return 0
    for time in (start + step * count for count in range(9)):
        if time.timestamp() * 1000 > now and (frequency != "Weekly" or time.strftime("%A") in days):
            return int(time.timestamp() * 1000)
    return 0


def _each(document: Document, key: str, function: Callable[[Document, int], Document]) -> None:
    items = document[key]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad_request(f"Invalid {key} in the scenario")  # unverified text
    document[key] = [function(item, number) for number, item in enumerate(items, 1)]


def trigger(body: Document, number: int) -> Document:
    document = pick(body, _TRIGGER)
    trigger_type = _typed(document, "trigger")
    document.setdefault("id", random_id(8))
    params = document["params"] = dict(document.get("params") or {})
    fill(params, _D["trigger_params"].get(trigger_type, {}))
    if trigger_type == "temporal":
        document.pop(
            "graceDelaySettings", None
        )  # written for every trigger but this one (dss-object-shapes.md, Triggers)
        # On every save: in the corpus it is the time of the versionTag, the same for all triggers of a scenario.
        params["lastUpdate"] = now_ms()
    fill(document, _D["trigger"].get(trigger_type, _D["trigger_other"]))
    return document


def step(body: Document, number: int) -> Document:
    document = pick(body, _STEP)
    step_type = _typed(document, "step")
    params = document["params"] = dict(document.get("params") or {})
    for key, defaults in _D["step_items"].items():
        if key in params:
            params[key] = [_filled(item, defaults) for item in params[key]]
    fill(params, _D["step_params"].get(step_type, {}))
    if "messaging" in params:
        params["messaging"] = _messaging(params["messaging"])
    document.setdefault("name", f"Step #{number}")  # the name of untitled steps in exports
    document.setdefault("id", _step_id(step_type, params))
    fill(document, _D["step"])
    return document


def reporter(body: Document, number: int) -> Document:
    document = pick(body, _REPORTER)
    document.setdefault("id", random_id(8))
    document["messaging"] = _messaging(document.get("messaging") or {})
    fill(document, _D["reporter"])
    return document


def _messaging(body: Document) -> Document:
    """A channelId next to the configuration is dropped silently (dss-api.md 2.7, Reporters [pulse])."""
    document = pick(body, _MESSAGING)
    configuration = document["configuration"] = dict(document.get("configuration") or {})
    fill(configuration, _D["messaging"].get(document.get("type"), {}))
    return document


def _filled(item: Any, defaults: Document) -> Any:
    if isinstance(item, dict):
        item = dict(item)
        fill(item, defaults)
    return item


def _typed(document: Document, what: str) -> str:
    if not isinstance(document.get("type"), str):
        raise bad_request(f"A scenario {what} needs a type")  # unverified text
    return str(document["type"])


def _step_id(step_type: str, params: Document) -> str:
    """Looks generated from type and target in exports; unverified for steps sent without an id."""
    builds = params.get("builds")
    if step_type == "build_flowitem" and builds:
        return f"build_0_true_{builds[0]['type'][0].lower()}_{builds[0].get('itemId', '')}"
    return f"{step_type}_{random_id(22)}"
