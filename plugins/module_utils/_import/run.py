# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ``project_import``: read a project, write its configuration, and show that the two are the same."""

from __future__ import annotations

import datetime
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .._configuration.environments import read_environment
from .._configuration.files import Tree
from .._configuration.load import Configuration, load
from .._configuration.policies import ToolSettings
from .._configuration.tool_file import read_tool
from .._errors import ConfigurationError, DssError, Problem
from .._kinds import KINDS
from .._kinds.base import Known, Resource
from .._node.options import node_options
from .._plan import render
from .._plan.build import build
from .._plan.model import Options, Plan, Snapshot
from .._plan.remap import remapped
from .._state.model import Recorded
from .._task import Caller, RunError, brief
from .._work import Work, with_tool
from . import staging
from .authors import Authors, authors_of, resources_and_problems, resources_of
from .layout import Layout, Rendered, Renderer, files_of
from .merge import Wanted, merged
from .needs import requirements_of
from .secrets import Secrets
from .sources import Sourced, check_key, from_files, from_node


@dataclass(frozen=True)
class Declared:
    """A project as a configuration would declare it."""

    sourced: Sourced
    authors: Authors
    rendered: Rendered
    resources: Mapping[str, Resource]  # what the author forms declare, by address
    requirements: Mapping[str, list[str]]
    secrets: Secrets

    @property
    def snapshot(self) -> Snapshot:
        """What was read, as a plan looks at it; nothing is read a second time."""
        documents = self.sourced.documents
        connections = dict.fromkeys(self.requirements.get("connections", ()))
        return Snapshot(documents, connections=connections, may_write=True, listed=frozenset(documents))


def declared(sourced: Sourced) -> Declared:
    """The author forms of a project and everything that follows from them: pure."""
    secrets = Secrets()
    known = known_names(sourced)
    authors = authors_of(sourced.documents, sourced.project, KINDS, known, secrets)
    rendered = Renderer(authors.objects, secrets).rendered()
    resources = resources_of(authors.objects, sourced.project)
    requirements = requirements_of([resource.declared for resource in resources.values()], sourced.plugins)
    return Declared(sourced, authors, rendered, resources, requirements, secrets)


def known_names(sourced: Sourced) -> Known:
    """The names that an author form may use in place of ids."""
    return Known(
        {
            kind: {object_id: KINDS[kind].label(object_id, document) for object_id, document in held.items()}
            for kind, held in sourced.documents.items()
        }
    )


def project_import(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    """Run the module. Raises ``DssError``, and ``RunError`` where the plan of what was written is not empty."""
    if params.get("source"):
        source = caller.base / Path(str(params["source"])).expanduser()
        with caller.guard:
            return _Import(params, caller, secrets, from_files(source, params.get("project")), None).run()
    check_key(params.get("project"))
    root = caller.base / Path(str(params["path"])).expanduser()
    tool = _tool(root, params.get("environment"))
    params = with_tool(params, tool)
    options = node_options(params, caller.environ)
    secrets.add(options.api_key)
    backend = tool.state_backend if tool else None
    with Work(params, caller, options, params.get("environment"), params["project"], secrets, root, backend) as work:
        if params["adopt"]:
            _begin(work)
        by_index = params["listing"] == "index"
        sourced = from_node(work.node, params["project"], by_index, options.workers, work.guard.check)
        return _Import(params, caller, secrets, sourced, work if params["adopt"] else None).run()


def _tool(root: Path, environment: str | None) -> ToolSettings | None:
    """What the directory says of the node and of the place of the states, as for a deployment."""
    if not environment or not root.is_dir():
        return None
    tree = Tree(root, root)
    chosen, _problems = read_environment(tree, environment, True, None)
    tool, problems = read_tool(tree, environment, chosen.host, True)
    if problems:
        raise ConfigurationError(problems)
    return tool


def _begin(work: Work) -> None:
    """Take the lock of the state, which no run may have left half done."""
    work.begin("import", False)
    journal = work.ledger.interrupted
    if journal is not None:
        raise DssError(
            f"the {journal.operation} that {journal.by} began at {journal.at} did not end: apply again to resume it, or "
            "undo it with the module rollback, before the project is imported"
        )


class _Import:
    """One import: ``work`` is the state in which what was imported is recorded, None where it is not."""

    def __init__(
        self, params: Mapping[str, t.Any], caller: Caller, secrets: set[str], sourced: Sourced, work: Work | None
    ) -> None:
        self._params = params
        self._caller = caller
        self._work = work
        self._target = caller.base / Path(str(params["path"])).expanduser()
        self._declared = declared(sourced)
        for kind, why in sourced.silent.items():
            caller.explain(f"no {kind.replace('_', ' ')} is imported: {why}")
        self._loads = True  # whether the files are a valid configuration; an update must not break one
        self._writes = False
        secrets |= {str(value) for value in self._declared.secrets.values.values()}

    def run(self) -> dict[str, t.Any]:
        """Write what differs, plan, and record. Raises ``RunError``."""
        with staging.staged(self._target) as copy:
            wanted, unmerged = self._wanted(copy)
            staging.write(copy, staging.changes(copy, wanted))
            made = staging.changes(self._target, wanted)
            plan, former, problems = self._planned(copy)
        self._writes = not self._caller.check_mode and (self._loads or not self._params["update"])
        problems = [*self._declared.authors.problems, *unmerged, *problems]
        result = self._result(made, plan)
        self._caller.show(plan)
        if self._writes:
            staging.write(self._target, made)
        if problems or plan.changed or plan.problems:
            raise RunError(self._uncovered(plan, problems), brief(result))
        if self._work is not None and not self._caller.check_mode:
            after = self._work.after(plan, former)
            self._work.close_run(former, after, None, 0, "import", None)
        return result

    # The files -------------------------------------------------------------------------------------------------------

    def _wanted(self, copy: Path) -> tuple[staging.Contents, list[Problem]]:
        """The files to write: all of them, or with ``update`` those of an existing configuration that change."""
        fresh = self._fresh(self._params["layout"])
        there = sorted(path.name for path in copy.glob("project.*") if path.suffix in (".yml", ".yaml", ".json"))
        if not there:
            return fresh, []
        if self._params["update"]:
            return self._merged(copy)
        differing = staging.changes(copy, fresh)
        if not differing:
            return {}, []
        raise DssError(
            f"{self._target} holds a configuration ({there[0]}) that differs from what would be written in "
            f"{len(differing.after)} files: set update to merge what DSS holds into it, or name an empty directory"
        )

    def _fresh(self, layout: Layout) -> dict[str, bytes]:
        found = self._declared
        return files_of(found.rendered.items, found.requirements, found.secrets.listed, layout)

    def _merged(self, copy: Path) -> tuple[staging.Contents, list[Problem]]:
        configuration = self._loaded(copy)
        key = configuration.project_key
        resources, _problems = resources_and_problems(configuration.declarations, key, KINDS)
        if key != self._declared.sourced.project:
            raise DssError(f"{self._target} declares the project {key} and not {self._declared.sourced.project}")
        resources = remapped(resources, configuration.remapping)
        plan = build(resources, self._declared.snapshot, Options(), KINDS)
        found = self._declared
        wanted = Wanted(found.rendered.items, found.resources, found.requirements, found.secrets)
        return merged(copy, configuration, resources, plan, wanted, self._params["layout"])

    # The plan --------------------------------------------------------------------------------------------------------

    def _planned(self, copy: Path) -> tuple[Plan, dict[str, Recorded], list[Problem]]:
        """The plan of the files against what was read; what is wrong with the files where there can be none."""
        try:
            configuration = self._loaded(copy)
        except ConfigurationError as error:
            self._loads = False
            return Plan(()), {}, list(error.problems)
        resources, problems = resources_and_problems(configuration.declarations, configuration.project_key, KINDS)
        resources = remapped(resources, configuration.remapping)
        former = self._work.ledger.recorded(resources) if self._work else {}
        options = Options(ignored=configuration.ignore_drift, today=datetime.datetime.now(datetime.UTC).date())
        plan = build(resources, self._declared.snapshot, options, KINDS, former if self._work else None)
        return replace(plan, unmanaged=None), former, problems

    def _loaded(self, copy: Path) -> Configuration:
        environment = self._params.get("environment")
        known = environment and any(
            (copy / "environments" / f"{environment}{suffix}").exists() for suffix in (".yml", ".yaml", ".json")
        )
        return load(
            copy,
            kinds=KINDS,
            environment=environment if known else None,
            variables=self._params["variables"],
            lookup=self._variable,
            process_environment=self._caller.environ,
        )

    def _variable(self, name: str) -> t.Any:
        """A secret as DSS holds it, and else a variable of the playbook."""
        if name in self._declared.secrets.values:
            return self._declared.secrets.values[name]
        if self._caller.variable is None:
            raise KeyError(name)
        return self._caller.variable(name)

    # The result ------------------------------------------------------------------------------------------------------

    def _result(self, made: staging.Changes, plan: Plan) -> dict[str, t.Any]:
        found = self._declared
        warnings = [*found.sourced.notes, *(str(entry) for entry in found.authors.warnings)]
        warnings += [
            f"{address} {path} is a secret where no variable can stand: it is not written, and stays as DSS has it"
            for address, path in found.rendered.left
        ]
        if found.sourced.not_imported:
            counts = ", ".join(f"{folder} ({count})" for folder, count in found.sourced.not_imported.items())
            warnings.append(f"no kind of object knows these files of the project, and they are not imported: {counts}")
        data = render.as_data(plan)
        return {
            "changed": bool(made),
            "project": found.sourced.project,
            "files": made.as_data(),
            "resources": [item.entry.address for item in found.rendered.items if item.value],
            "requirements": dict(found.requirements),
            "secrets": [
                {"variable": entry.variable, "address": entry.address, "path": entry.path}
                for entry in found.secrets.listed
            ],
            "not_imported": dict(found.sourced.not_imported),
            "plan": data,
            "diff": {"prepared": made.diff()},
            "warnings": [*warnings, *(str(warning) for warning in plan.warnings)],
        }

    def _uncovered(self, plan: Plan, problems: list[Problem]) -> str:
        """Every object and field that the configuration does not say as DSS holds it."""
        lines = [str(problem) for problem in (*problems, *plan.problems)]
        for action in plan.changed:
            fields = [f"{action.address} {change.path}" for change in action.changes]
            lines += [f"{line}: {action.action}" for line in fields or [action.address]]
        done = "was written" if self._writes else "would be written"
        return "\n".join([
            f"the configuration that {done} to {self._target} is not all that DSS holds, and nothing is recorded; not covered:",
            *dict.fromkeys(lines),
        ])  # fmt: skip
