# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gates: what has to be good before a version goes on. Each runs something or reads something, and passes or not."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from .._errors import DssError, Interrupted
from .._node.client import DssNode
from . import quality, standards
from .gate_options import Gate, gates_from
from .jobs import Build, build_and_wait, build_of
from .outputs import outputs_of
from .run import Deadline, Run
from .scenarios import FAIL_ON, Scenario, scenario_named, scenarios_of, start_and_wait


@dataclass(frozen=True)
class GateResult:
    """How a gate went: ``message`` is one sentence, ``log`` the end of the log of what failed."""

    name: str
    type: str
    passed: bool
    seconds: float
    message: str
    log: str = ""

    def as_data(self) -> dict[str, t.Any]:
        return asdict(self)


@dataclass(frozen=True)
class Outlook:
    """What a gate would do, and whether that runs something."""

    gate: Gate
    text: str
    runs: bool


@dataclass(frozen=True)
class _Verdict:
    passed: bool
    message: str
    log: str = ""


def run_gates(
    node: DssNode,
    project: str,
    gates: Sequence[Gate | Mapping[str, t.Any]],
    timeout: float,
    stopped: Callable[[], str],
    fail_fast: bool = True,
    started: Callable[[Gate], None] = lambda gate: None,
) -> list[GateResult]:
    """Evaluate gates in their order; with ``fail_fast`` those behind one that fails are left out.

    ``timeout`` is how many seconds a gate may take that does not say so itself. What goes wrong in a gate, an error of the
    node included, makes it fail. Raises ``ConfigurationError`` before anything is run, and ``Interrupted``.
    """
    results: list[GateResult] = []
    for gate in _all(gates):
        started(gate)
        begun = time.monotonic()
        deadline = Deadline(timeout if gate.seconds is None else gate.seconds, stopped)
        try:
            verdict = _TYPES[gate.type].judge(node, project, gate, deadline)
        except Interrupted:
            raise
        except DssError as error:
            verdict = _Verdict(False, str(error))
        seconds = round(time.monotonic() - begun, 3)
        results.append(GateResult(gate.name, gate.type, verdict.passed, seconds, verdict.message, verdict.log))
        if fail_fast and not verdict.passed:
            break
    return results


def outlook_of(node: DssNode, project: str, gates: Sequence[Gate | Mapping[str, t.Any]]) -> list[Outlook]:
    """What the gates would do; nothing is written. Raises ``DssError`` where one names what is not there."""
    return [_TYPES[gate.type].outlook(node, project, gate) for gate in _all(gates)]


def _all(gates: Sequence[Gate | Mapping[str, t.Any]]) -> list[Gate]:
    if gates and all(isinstance(gate, Gate) for gate in gates):
        return t.cast("list[Gate]", list(gates))
    return gates_from(gates)


# -- scenarios --


def _test_scenarios(node: DssNode, project: str) -> list[Scenario]:
    return [scenario for scenario in scenarios_of(node, project) if scenario.test]


def _tests_outlook(node: DssNode, project: str, gate: Gate) -> Outlook:
    found = _test_scenarios(node, project)
    names = ", ".join(scenario.id for scenario in found) or "none"
    return Outlook(gate, f"run the test scenarios of {project}: {names}", bool(found))


def _tests(node: DssNode, project: str, gate: Gate, deadline: Deadline) -> _Verdict:
    found = _test_scenarios(node, project)
    if not found:
        return _none(gate, f"{project} has no test scenario")
    runs = [_run(node, scenario, gate, deadline) for scenario in found]
    failed = [run for run in runs if run.problem]
    if not failed:
        return _Verdict(True, f"{len(runs)} of {len(runs)} test scenarios passed")
    message = f"{len(failed)} of {len(runs)} test scenarios failed: {'; '.join(run.problem for run in failed)}"
    return _Verdict(False, message, "\n".join(f"{run.what}:\n{run.log}" for run in failed if run.log))


def _scenario_outlook(node: DssNode, project: str, gate: Gate) -> Outlook:
    return Outlook(gate, f"run {scenario_named(scenarios_of(node, project), gate.value, project)}", True)


def _scenario(node: DssNode, project: str, gate: Gate, deadline: Deadline) -> _Verdict:
    return _of(_run(node, scenario_named(scenarios_of(node, project), gate.value, project), gate, deadline))


def _run(node: DssNode, scenario: Scenario, gate: Gate, deadline: Deadline) -> Run:
    params = gate.options.get("params") or {}
    fail_on = gate.options.get("fail_on") or FAIL_ON
    try:
        return start_and_wait(node, scenario, params, deadline, fail_on, bool(gate.options.get("abort_on_timeout")))
    except Interrupted:
        raise
    except DssError as error:  # of several test scenarios the others still run
        return Run(str(scenario), problem=str(error))


# -- builds --


def _build_of(node: DssNode, project: str, gate: Gate) -> Build:
    return build_of(
        node,
        project,
        gate.value if gate.type == "build" else (),
        gate.value if gate.type == "recipe" else None,
        gate.options.get("type"),
        str(gate.options.get("partition") or ""),
    )


def _build_outlook(node: DssNode, project: str, gate: Gate) -> Outlook:
    build = _build_of(node, project, gate)
    return Outlook(gate, f"run {build} ({build.type})", True)


def _build(node: DssNode, project: str, gate: Gate, deadline: Deadline) -> _Verdict:
    return _of(
        build_and_wait(node, _build_of(node, project, gate), deadline, bool(gate.options.get("abort_on_timeout")))
    )


# -- data quality and project standards --


def _datasets(node: DssNode, project: str, gate: Gate) -> list[str]:
    if gate.value is True:
        return quality.monitored(node, project)
    return [
        output.id for output in outputs_of(node, project, [{"name": name, "type": "dataset"} for name in gate.value])
    ]


def _quality_outlook(node: DssNode, project: str, gate: Gate) -> Outlook:
    datasets = _datasets(node, project, gate)
    compute = gate.options.get("compute", True)
    what = "compute and judge" if compute else "judge"
    return Outlook(
        gate, f"{what} the data quality in {project} of {', '.join(datasets) or 'none'}", compute and bool(datasets)
    )


def _quality(node: DssNode, project: str, gate: Gate, deadline: Deadline) -> _Verdict:
    allowed = gate.options.get("allowed") or quality.ALLOWED
    partition = str(gate.options.get("partition") or "")
    datasets = _datasets(node, project, gate)
    if not datasets:
        return _none(gate, f"no dataset of {project} has its data quality monitored")
    if gate.options.get("compute", True):
        for dataset in datasets:
            quality.compute_rules(node, project, dataset, partition, deadline)
    found = [quality.quality_of(node, project, dataset, partition, allowed) for dataset in datasets]
    bad = [item for item in found if item.status not in allowed]
    if not bad:
        return _Verdict(True, f"the data quality in {project} is as allowed: {', '.join(map(str, found))}")
    return _Verdict(False, f"the data quality in {project} is not {' or '.join(allowed)}: {'; '.join(map(str, bad))}")


def _standards_outlook(node: DssNode, project: str, gate: Gate) -> Outlook:
    return Outlook(gate, f"run the project standards of {project}", True)


def _standards(node: DssNode, project: str, gate: Gate, deadline: Deadline) -> _Verdict:
    most = gate.options.get("max_severity", standards.MAX_SEVERITY)
    checks = [
        check
        for check in standards.run_checks(node, project, gate.options.get("checks") or (), deadline)
        if check.applies
    ]
    if not checks:
        return _none(gate, f"no check of the project standards applies to {project}")
    bad = [check for check in checks if not check.passes(most)]
    if not bad:
        return _Verdict(True, f"{len(checks)} checks of the project standards found nothing above severity {most}")
    message = f"{len(bad)} of {len(checks)} checks of the project standards failed: {'; '.join(map(str, bad))}"
    return _Verdict(False, message)


# -- verdicts --


def _of(run: Run) -> _Verdict:
    if run.problem:
        return _Verdict(False, run.problem, run.log)
    after = f" after {run.seconds:g} s" if run.seconds is not None else ""
    return _Verdict(True, f"{run.what} ended as {run.outcome}{after}")


def _none(gate: Gate, what: str) -> _Verdict:
    """Nothing to judge: a gate that cannot fail is none, unless that is meant."""
    if gate.options.get("allow_none"):
        return _Verdict(True, f"{what}, which allow_none lets pass")
    return _Verdict(False, f"{what}, so this gate could never fail: allow_none: true lets that pass")


@dataclass(frozen=True)
class _Type:
    outlook: Callable[[DssNode, str, Gate], Outlook]
    judge: Callable[[DssNode, str, Gate, Deadline], _Verdict]


_TYPES = {
    "test_scenarios": _Type(_tests_outlook, _tests),
    "scenario": _Type(_scenario_outlook, _scenario),
    "build": _Type(_build_outlook, _build),
    "recipe": _Type(_build_outlook, _build),
    "data_quality": _Type(_quality_outlook, _quality),
    "project_standards": _Type(_standards_outlook, _standards),
}
