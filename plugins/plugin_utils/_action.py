# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one base of the action stubs: the same core as the modules, in the process that Ansible has forked anyway."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import time
import typing as t
from collections.abc import Mapping

from ansible.errors import AnsibleError
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ._compiled import compiled_once

with compiled_once():
    from ..module_utils._errors import DssError, MissingLibrary, visible
    from ..module_utils._options import module_spec
    from ..module_utils._plan import render
    from ..module_utils._plan.model import CREATE, DELETE, RENAME, REPLACE, UPDATE, Plan
    from ..module_utils._run import Caller, RunError, module_of, run
    from ._native import native
    from ._places import base_of
    from ._variables import Value, loop_names, value_of, vaulted, with_hosts, with_variables

# Asked in the parent, which imports this before it forks: a worker has no terminal of its own.
_ON_TERMINAL = sys.stdout.isatty()
_PRINTED = ("configuration", "project_import", "rollback")  # modules whose plan is printed as they run
_COLOURS = {CREATE: "green", UPDATE: "yellow", RENAME: "yellow", REPLACE: "magenta", DELETE: "red"}


class DssAction(ActionBase):
    """Runs a module of the collection on the controller.

    With ``async``, or with the variable ``dss_run_on`` set to C(host), the module itself runs on the host.
    """

    MODULE = ""
    _spec: t.ClassVar[Mapping[str, t.Any]]
    _validator: t.ClassVar[ArgumentSpecValidator]
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = True

    def __init_subclass__(cls) -> None:
        """Import in the parent, which loads a stub before it forks, what else each of its workers would have to import."""
        super().__init_subclass__()
        with compiled_once():
            module_of(cls.MODULE)
            spec = module_spec(cls.MODULE)
        rules = {name: rule for name, rule in spec.items() if name != "argument_spec"}
        cls._spec, cls._validator = spec, ArgumentSpecValidator(spec["argument_spec"], **rules)
        if "url" in spec["argument_spec"]:
            with contextlib.suppress(ImportError):  # who lacks it is told by what needs it
                importlib.import_module("dataikuapi")

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        variables = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        spec = self._spec
        own = self._own_value(variables)
        exclusive = spec.get("mutually_exclusive", ())
        given = with_variables(spec["argument_spec"], self._task.args, own, exclusive)
        given = with_hosts(spec["argument_spec"], given, lambda host: self._value_for(host, variables))
        if self._task.async_val or own("dss_run_on") == "host":
            name, in_background = f"dataiku_iac.dss.{self.MODULE}", self._task.async_val
            done = self._execute_module(
                module_name=name, module_args=given, task_vars=variables, wrap_async=in_background
            )
            return {**result, **done}
        checked = self._validator.validate(native(given))
        if checked.error_messages:
            return {**result, "failed": True, "msg": "; ".join(self._told(error) for error in checked.errors)}
        outcome = self._outcome(checked.validated_parameters, variables, frozenset(vaulted(given)))
        return {**result, **remove_values(outcome, checked._no_log_values)}

    def _told(self, error: Exception) -> str:
        """The validator leaves it to ``AnsibleModule`` to say that an option is not supported."""
        about = f"Unsupported parameters for (dataiku_iac.dss.{self.MODULE}) module: "
        return f"{about if isinstance(error, UnsupportedError) else ''}{error}"

    def _outcome(
        self, params: dict[str, t.Any], variables: Mapping[str, t.Any], secrets: frozenset[str]
    ) -> dict[str, t.Any]:
        if params.get("path"):
            params = {**params, "path": self._loader.path_dwim(params["path"])}
        wanted = self.MODULE in _PRINTED and not self._task.no_log
        printer = Printer(wanted, bool(self._task.diff), _shown_host(variables))
        caller = Caller(
            environ=self._environ(),
            check_mode=bool(self._task.check_mode),
            variable=self._variable(variables),
            show=printer.plan,
            progress=printer.progress,
            base=base_of(self._loader.get_basedir()),
            explain=lambda text: self._display.v(visible(text)),
            secrets=secrets,
        )
        outcome: dict[str, t.Any]
        try:
            outcome = self._run(params, caller, printer)
            printer.told(outcome.get("msg"))
        except MissingLibrary as error:
            outcome = {"failed": True, "msg": missing_required_lib(error.library)}
        except RunError as error:
            printer.details(error.result["diff"]["prepared"])
            outcome = {**error.result, "failed": True, "msg": str(error)}
        except DssError as error:
            outcome = {"failed": True, "msg": str(error)}
        if caller.guard.ends_worker:
            if outcome.get("msg") and not self._task.no_log:
                printer.line(outcome["msg"])
            caller.guard.hand_over()
        return outcome

    def _own_value(self, variables: Mapping[str, t.Any]) -> Value:
        """Values of the host that the task is for: of the one that it is delegated to, and then of no other."""
        host, templar = self._task.delegate_to, self._templar
        if host:
            loop = {name: variables[name] for name in loop_names(variables) if name in variables}
            of_host = (variables.get("ansible_delegated_vars") or {}).get(host) or {}
            variables = {**loop, **of_host, "inventory_hostname": host}
            templar = templar.copy_with_new_env(available_variables=variables)
        return value_of(variables, templar)

    def _value_for(self, host: str, variables: Mapping[str, t.Any]) -> Value:
        """Values of any host of the inventory, templated as they are asked for."""
        hosts: t.Any = variables.get("hostvars") or {}
        if host not in hosts:
            raise AnsibleError(f"there is no host {host} in the inventory")
        of_host = hosts.raw_get(host)
        return value_of(of_host, self._templar.copy_with_new_env(available_variables=of_host))

    def _run(self, params: Mapping[str, t.Any], caller: Caller, printer: Printer) -> dict[str, t.Any]:
        try:
            return run(self.MODULE, params, caller)
        finally:
            printer.close()

    def _environ(self) -> dict[str, str]:
        """The environment of the process with that of the task."""
        environ = dict(os.environ)
        for layer in self._task.environment or []:
            layer = native(self._templar.template(layer))
            environ.update({key: str(value) for key, value in (layer or {}).items() if value is not None})
        return environ

    def _variable(self, variables: Mapping[str, t.Any]) -> t.Callable[[str], t.Any]:
        """Look up a variable of Ansible by its plain name; raises ``KeyError`` when there is none."""

        def variable(name: str) -> t.Any:
            if name not in variables:
                raise KeyError(name)
            try:
                return native(self._templar.template(variables[name]))
            except AnsibleError as error:
                raise DssError(f"variable {name} of the playbook cannot be used: {error}") from None

        return variable


class Printer:
    """Prints the plan and, during a long apply, how far it is: live on a terminal, once a second elsewhere.

    With ``host`` each line begins with it, because the lines of hosts that are at work at the same time mix.
    """

    def __init__(self, wanted: bool, diff: bool, host: str = "") -> None:
        self._wanted = wanted
        self._diff = diff
        self._begin = f"[{host}] " if host else ""
        self._display = Display()
        self._next = time.monotonic() + 1
        self._live = False

    def details(self, text: str) -> None:
        """Print with ``--diff`` the plan of a run that failed: Ansible prints only that of one that succeeded."""
        if self._wanted and self._diff:
            self._print(text)

    def plan(self, plan: Plan) -> None:
        """Print the plan, unless ``--diff`` makes Ansible itself print it with all fields."""
        if not self._wanted or (self._diff and plan.changed):
            return
        for action in plan.changed:
            for line in render.resource_lines(action, details=False):
                self._print(line, _COLOURS[action.action])
        for section in plan.sections:
            for line in render.section_lines(section, details=False):
                self._print(line)
        self._print(render.summary(plan))

    def progress(self, done: int, total: int, address: str) -> None:
        """Say how far an apply is."""
        now = time.monotonic()
        if not self._wanted or now < self._next:
            return
        self._next = now + (0.2 if _ON_TERMINAL else 1.0)
        text = f"{done} of {total} done{f', last {address}' if address else ''}"
        if _ON_TERMINAL:
            self._live = True
            self._display.display(f"\r\x1b[K{self._begin}{text}", newline=False)
        else:
            self.line(text)

    def told(self, message: str | None) -> None:
        """Print what a run that succeeded has to say: Ansible itself prints it with ``-v`` only."""
        if self._wanted and message:
            self.line(message)

    def close(self) -> None:
        """Wipe the live line, so that what follows stands on a line of its own."""
        if self._live:
            self._display.display("\r\x1b[K", newline=False)

    def line(self, text: str) -> None:
        """Print a line about the course of the run."""
        self._print(text, "dark gray")

    def _print(self, text: str, colour: str | None = None) -> None:
        lines = (f"{self._begin}{line}" for line in text.split("\n"))
        self._display.display("\n".join(lines), color=colour)


def _shown_host(variables: Mapping[str, t.Any]) -> str:
    """The host of a task, where there are others in the play."""
    hosts = variables.get("ansible_play_hosts_all") or ()
    return str(variables.get("inventory_hostname", "")) if len(hosts) > 1 else ""
