# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ``main()`` of every module: used on a host, or with ``async``; otherwise the action stub does the same."""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._errors import DssError, MissingLibrary
from ._options import module_spec
from ._run import Caller, RunError, run
from ._secrets import option_secrets


class _Module(AnsibleModule):
    def _log_invocation(self) -> None:
        """Keep the options, and with them the secrets of a definition, out of the log of the system."""


def main_of(name: str) -> None:
    """Run a module of the collection by its name."""
    module = _Module(supports_check_mode=True, **module_spec(name))
    params: dict[str, t.Any] = module.params
    module.no_log_values.update(option_secrets(params))
    try:
        result = run(name, params, Caller(environ=dict(os.environ), check_mode=module.check_mode))
    except MissingLibrary as error:
        module.fail_json(msg=missing_required_lib(error.library))
    except RunError as error:
        module.fail_json(msg=str(error), **_warned(module, error.result))
    except DssError as error:
        module.fail_json(msg=str(error))
    else:
        module.exit_json(**_warned(module, result))


def _warned(module: AnsibleModule, result: dict[str, t.Any]) -> dict[str, t.Any]:
    """The result without its warnings, which go the way of Ansible."""
    for warning in result.get("warnings", ()):
        module.warn(warning)
    return {key: value for key, value in result.items() if key != "warnings"}
