# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plugins: a version comes from a repository, settings are those of the plugin."""

from support.samples import Sample
from support.sandbox import SandboxProcess

_TYPE = "parameter-set-mailer-server"


def _offered(sandbox: SandboxProcess) -> None:
    """A plugin with a parameter set in the store, and a code environment to select."""
    sandbox.control.instance(
        plugin_store=[{"id": "mailer", "version": "1.0.0", "parameter_sets": ["server"]}],
        code_envs=[{"envName": name, "envLang": "PYTHON"} for name in ("one", "two")],
    )


def _preset(**fields: object) -> dict[str, object]:
    return {"name": "main", "type": _TYPE, **fields}


SAMPLES = [
    Sample(
        base={"id": "company", "git": {"repository": "https://git.example.com/dss-plugin-company.git"}},
        fields={"version": ["1.0.0", "1.1.0"]},
    ),
    Sample(
        base={"id": "mailer"},
        fields={
            "code_env": ["one", "two"],
            "presets": [
                [_preset(config={"host": "a"})],
                [_preset(config={"host": "b"}, usable_by_all=True, owner="admin")],
                [_preset(config={"host": "b", "password": "password-one"}, plugin_config={"x": 1})],
            ],
            "parameter_sets": [
                [{"name": "server", "definable_inline": True, "definable_at_project_level": False}],
                [{"name": "server", "definable_inline": False, "definable_at_project_level": True}],
            ],
            "permissions": [[{"group": "readers", "use": True}], [{"group": "readers", "use": False}]],
        },
        prepare=_offered,
    ),
]
