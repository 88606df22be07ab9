# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A project of some forty objects before and after a change that does everything a run can do, with colleagues in it."""

from __future__ import annotations

import typing as t

KEY = "REL"
PASSWORDS = ("former-password-of-pg", "latter-password-of-pg")


def _dataset(name: str, **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "type": "managed", **more}


def _recipe(name: str, source: t.Any, target: t.Any, code: str = "print(1)\n", **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "type": "python", "inputs": [source], "outputs": [target], "code": code, **more}


def _scenario(name: str, *builds: str, **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "steps": [{"type": "build", "dataset": dataset} for dataset in builds], **more}


FORMER: dict[str, t.Any] = {
    "version": "1.0",
    "project": {"key": KEY, "name": "Reliability", "tags": ["former"]},
    "variables": {"standard": {"region": "eu", "limit": 1}},
    "connections": [{"name": "pg", "type": "PostgreSQL", "params": {"host": "former", "password": PASSWORDS[0]}}],
    "managed_folders": [{"name": "kept"}, {"name": "old folder"}],
    "datasets": [
        *(_dataset(f"raw_{number}", tags=["former"]) for number in range(4)),
        *(_dataset(f"out_{number}") for number in range(5)),
        _dataset("moved", tags=["former"]),
        _dataset("old_in"),
        _dataset("old_out"),
    ],
    "recipes": [
        *(_recipe(f"make_{number}", f"raw_{number}", f"out_{number}") for number in range(4)),
        _recipe("from_moved", "moved", "out_4"),
        _recipe("old", "old_in", "old_out"),
    ],
    "scenarios": [_scenario("Daily", "out_0"), _scenario("Weekly", "out_1"), _scenario("Old", "old_out")],
}
LATTER: dict[str, t.Any] = {
    "version": "1.0",
    "project": {"key": KEY, "name": "Reliability", "tags": ["latter"]},
    "variables": {"standard": {"region": "us", "limit": 1, "added": [1, 2]}},
    "connections": [{"name": "pg", "type": "PostgreSQL", "params": {"host": "latter", "password": PASSWORDS[1]}}],
    "managed_folders": [{"name": "kept", "tags": ["latter"]}, {"name": "new folder"}, {"name": "new too"}],
    "datasets": [
        *(_dataset(f"raw_{number}", tags=["latter"]) for number in range(4)),
        *(_dataset(f"out_{number}", description="latter") for number in range(5)),
        {"name": "moved", "type": "PostgreSQL", "managed": True, "connection": "pg", "tags": ["latter"]},  # made anew
        *(_dataset(f"new_{number}", tags=["latter"]) for number in range(4)),
        {"name": "files", "type": "FilesInFolder", "folder": "new folder"},
    ],
    "recipes": [
        *(_recipe(f"make_{number}", f"raw_{number}", f"out_{number}", "print(2)\n") for number in range(4)),
        _recipe("from_moved", "moved", "out_4", "print(2)\n"),
        _recipe("of_folder", {"folder": "new folder"}, "new_0"),
        _recipe("to_folder", "new_1", {"folder": "new too"}),
        _recipe("of_new", "new_2", "new_3"),
    ],
    "scenarios": [
        _scenario("Daily", "out_0", "out_1"),
        _scenario("Weekly", "out_1", active=False, tags=["latter"]),
        _scenario("New", "new_0"),
    ],
}
# Recipes of colleagues and what they read: DSS deletes them with it.
THEIRS = {"their_first": "moved", "their_second": "moved", "their_third": "raw_0", "their_fourth": "old_in"}


def colleagues_work(client: t.Any) -> None:
    """Recipes of others that read ours, and fields in ours that nobody declares."""
    project = client.get_project(KEY)
    for name, source in THEIRS.items():
        builder = project.new_recipe("python", name)
        builder.with_input(source)
        builder.with_new_output_dataset(f"{name}_out", "filesystem_managed")
        builder.with_script(f"# the work of {name}\n")
        settings = builder.create().get_settings()
        settings.get_recipe_raw_definition()["shortDesc"] = f"by {name}"
        settings.save()
    for name in ("raw_1", "out_1"):
        settings = project.get_dataset(name).get_settings()
        settings.get_raw()["shortDesc"] = "a colleague's words"
        settings.save()
    settings = project.get_recipe("make_1").get_settings()
    settings.get_recipe_raw_definition()["shortDesc"] = "a colleague's words"
    settings.save()
    variables = project.get_variables()
    variables["standard"]["theirs"] = "kept"
    project.set_variables(variables)


def addresses(definition: dict[str, t.Any]) -> set[str]:
    """The addresses of all that a definition declares."""
    kinds = {"managed_folders": "managed_folder", "datasets": "dataset", "recipes": "recipe", "scenarios": "scenario"}
    named = {f"{kind}.{KEY}.{entry['name']}" for section, kind in kinds.items() for entry in definition[section]}
    return named | {f"project.{KEY}", f"variables.{KEY}", "connection.pg"}
