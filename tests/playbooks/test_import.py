# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Import of projects from a node: what is written, recorded, merged, refused, and what it costs."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import Journal
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import State
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.store import Store
from ansible_collections.dataiku_iac.dss.plugins.module_utils._task import RunError
from support.engine import run_module
from support.playbook import run
from support.sandbox import SandboxProcess

KEY = "SHOP"
# The export; metadata, settings, permissions, variables, tags, folder and Git of the project; datasets, managed folders,
# the tree of the library.
FIXED = 11
FLOW: dict[str, t.Any] = {
    "project": {"key": KEY, "name": "Shop", "owner": "admin"},
    "variables": {"standard": {"currency": "EUR"}},
    "managed_folders": [{"name": "reports"}],
    "datasets": [{"name": name, "type": "managed", "format_type": "csv"} for name in ("orders", "totals")],
    "recipes": [
        {"name": "sum_up", "type": "python", "inputs": ["orders"], "outputs": ["totals"], "code": "print(1)\n"},
        {
            "name": "write",
            "type": "python",
            "inputs": ["totals"],
            "outputs": [{"folder": "reports"}],
            "code": "x = 1\n",
        },
    ],
    "scenarios": [
        {"name": "nightly", "steps": [{"type": "build_flowitem", "params": {"builds": []}}]},
        {"name": "script", "type": "custom_python", "script": "pass\n"},
    ],
}


@pytest.fixture
def shop(sandbox: SandboxProcess) -> SandboxProcess:
    run_module(sandbox.environ, definition=FLOW)
    sandbox.control.forget_calls()
    return sandbox


def bring(node: SandboxProcess, folder: Path, **options: t.Any) -> dict[str, t.Any]:
    options = {"project": KEY, "path": str(folder / "shop"), **options}
    return run_module(node.environ, "project_import", base=folder, **options)


def deploy(node: SandboxProcess, folder: Path, **options: t.Any) -> dict[str, t.Any]:
    place = {"type": "local", "path": str(folder / "shop" / ".dataiku" / "state")}
    return run_module(node.environ, base=folder, path=str(folder / "shop"), state_backend=place, **options)


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted((folder / "shop").rglob("*")) if path.is_file() and ".dataiku" not in path.parts)
    return {path.relative_to(folder / "shop").as_posix(): path.read_text() for path in files}


def recorded(folder: Path) -> set[str]:
    (state,) = (folder / "shop" / ".dataiku" / "state").rglob(f"{KEY}.state.json")
    return set(json.loads(state.read_text())["resources"])


def test_an_import_is_written_recorded_and_plans_to_nothing(shop: SandboxProcess, tmp_path: Path) -> None:
    done = bring(shop, tmp_path)

    assert done["changed"]
    assert done["plan"]["summary"] == {"create": 0, "update": 0, "replace": 0, "delete": 0, "unchanged": 9}
    files = contents(tmp_path)
    assert sorted(files) == sorted(done["files"]["created"])
    assert files["recipes/code/sum_up.py"] == "print(1)\n"
    assert files["scenarios/code/script.py"] == "pass\n"
    assert yaml.safe_load(files["recipes/write.yml"])["recipes"] == [
        {"name": "write", "type": "python", "inputs": ["totals"], "outputs": [{"folder": "reports"}], "code_file": "code/write.py"}
    ]  # fmt: skip
    assert done["requirements"]["connections"] == ["filesystem_folders", "filesystem_managed"]
    assert recorded(tmp_path) == set(done["resources"])

    planned = deploy(shop, tmp_path)
    assert not planned["changed"]
    assert "No changes." in planned["plan"]["text"]


def test_the_single_layout_holds_the_same(shop: SandboxProcess, tmp_path: Path) -> None:
    bring(shop, tmp_path, layout="single")
    files = contents(tmp_path)
    assert sorted(files) == [
        "project.yml", "recipes/code/sum_up.py", "recipes/code/write.py", "scenarios/code/script.py",
    ]  # fmt: skip
    assert not deploy(shop, tmp_path)["changed"]


def test_check_mode_shows_the_files_and_writes_nothing(shop: SandboxProcess, tmp_path: Path) -> None:
    planned = bring(shop, tmp_path, check=True)
    assert planned["changed"]
    assert not (tmp_path / "shop").exists()
    assert "--- /dev/null\n+++ b/recipes/code/sum_up.py\n@@ -0,0 +1 @@\n+print(1)\n" in planned["diff"]["prepared"]
    done = bring(shop, tmp_path)
    assert (done["diff"], done["files"]) == (planned["diff"], planned["files"])


def test_a_second_import_rewrites_nothing(shop: SandboxProcess, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "shop").rglob("*.yml")}
    for options in ({}, {"update": True}):
        again = bring(shop, tmp_path, **options)
        assert not again["changed"]
        assert not any(again["files"].values())
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "shop").rglob("*.yml")}


@pytest.mark.parametrize("lists", [0, 1])
def test_an_import_costs_fixed_calls_and_one_for_each_object_without_content(
    shop: SandboxProcess, tmp_path: Path, lists: int
) -> None:
    """Two recipes, two scenarios, one script, and the settings of the library, which are a file."""
    if lists:
        for name in ("a", "b", "c"):
            project = shop.client().get_project(KEY)
            project.create_dataset(name, "Filesystem", params={"connection": "filesystem_managed", "path": name})
            project.create_managed_folder(name)
        shop.control.forget_calls()
    bring(shop, tmp_path)
    assert shop.control.calls()["total"] == FIXED + 6
    assert FIXED <= 15


def test_a_project_with_every_kind_of_object_costs_fifteen_calls_and_one_an_object(
    shop: SandboxProcess, tmp_path: Path
) -> None:
    """Four more lists (zones, Jupyter and SQL notebooks, the tree of the wiki) say which objects to ask for."""
    more = {
        "zones": [{"name": "Raw", "items": ["orders"]}],
        "library": {"files": {"python/shop.py": "VERSION = 1\n"}},
        "webapps": [{"name": "Prices", "type": "STANDARD", "html": "<p>prices</p>"}],
        "notebooks": [
            {"name": "Look", "kernel": "python3"},
            {
                "name": "Ask",
                "type": "sql",
                "connection": "filesystem_managed",
                "cells": [{"name": "a", "code": "SELECT 1"}],
            },
        ],
        "insights": [{"name": "Orders", "type": "dataset_table", "dataset": "orders"}],
        "dashboards": [{"name": "Overview"}],
        "api_services": [{"id": "scoring"}],
        "model_evaluation_stores": [{"name": "Checks"}],
        "wiki_articles": [{"name": "Home", "content": "# Shop\n"}],
    }
    run_module(shop.environ, definition={**FLOW, **more})
    shop.control.forget_calls()
    bring(shop, tmp_path)
    calls = [f"{call['method']} {call['path']}" for call in shop.control.calls()["calls"]]
    objects = (
        "recipes",
        "scenarios",
        "webapps",
        "notebooks",
        "insights",
        "dashboards",
        "api_services",
        "model_evaluation_stores",
        "wiki_articles",
    )
    asked = sum(len({**FLOW, **more}[section]) for section in objects) + len(more["library"]["files"])
    scripts, settings_of_library = (
        1,
        1,
    )  # the script of a scenario is another document, and so is external-libraries.json
    assert len(calls) == 15 + asked + scripts + settings_of_library, "\n".join(calls)


def test_without_an_export_every_kind_is_listed(shop: SandboxProcess, tmp_path: Path) -> None:
    done = bring(shop, tmp_path, listing="full")
    full = shop.control.calls()["total"]
    files = contents(tmp_path)
    shop.control.fault("POST", "*/export", status=403)
    again = bring(shop, tmp_path)
    assert contents(tmp_path) == files
    assert any(warning.startswith("every kind of object was listed") for warning in again["warnings"])
    assert not any(warning.startswith("every kind") for warning in done["warnings"])
    assert full >= 8 + 5


def test_an_update_merges_what_was_changed_in_dss_and_accepts_the_drift(shop: SandboxProcess, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    edited = tmp_path / "shop" / "datasets" / "orders.yml"
    edited.write_text("# bought by customers\n" + edited.read_text().replace("name: orders", "name: 'orders' # all"))
    project = shop.client().get_project(KEY)
    orders = project.get_dataset("orders").get_settings()
    orders.get_raw().update(description="A {{ text }}\nwith ${lines}\n", tags=["b", "a"])
    orders.save()
    recipe = project.get_recipe("sum_up").get_settings()
    recipe.set_code("print(2)\n")
    recipe.save()
    project.get_scenario("nightly").delete()
    project.create_dataset("new/one".replace("/", "_"), "Filesystem", params={"connection": "x_new", "path": "p"})

    assert "drift" in str(deploy(shop, tmp_path, check=True)["plan"]["actions"])
    done = bring(shop, tmp_path, update=True)

    assert done["files"] == {
        "created": ["datasets/new_one.yml"],
        "updated": ["datasets/orders.yml", "project.yml", "recipes/code/sum_up.py"],
        "removed": ["scenarios/nightly.yml"],
    }
    text = edited.read_text()
    assert text.startswith("# bought by customers\ndatasets:\n  - name: 'orders' # all\n")
    assert "    description: !unsafe |\n      A {{ text }}\n      with ${lines}\n" in text
    assert "    tags:\n      - a\n      - b\n" in text
    assert "    - x_new\n" in contents(tmp_path)["project.yml"]
    assert contents(tmp_path)["recipes/code/sum_up.py"] == "print(2)\n"
    assert recorded(tmp_path) == set(done["resources"])
    assert not bring(shop, tmp_path, update=True)["changed"]


def test_what_is_new_in_dss_is_added_in_the_single_layout_too(shop: SandboxProcess, tmp_path: Path) -> None:
    bring(shop, tmp_path, layout="single")
    project = shop.client().get_project(KEY)
    for scenario in ("nightly", "script"):
        project.get_scenario(scenario).delete()
    done = bring(shop, tmp_path, layout="single", update=True)
    assert done["files"] == {"created": [], "updated": ["project.yml"], "removed": ["scenarios/code/script.py"]}
    project.create_scenario("later", "custom_python").get_settings()
    recipe = project.get_recipe("write").get_settings()
    recipe.set_code("y = 2\n")
    recipe.save()
    done = bring(shop, tmp_path, layout="single", update=True)
    assert done["files"]["updated"] == ["project.yml", "recipes/code/write.py"]
    assert "\nscenarios:\n  - name: later\n    type: custom_python\n" in contents(tmp_path)["project.yml"]
    assert not deploy(shop, tmp_path)["changed"]


def test_a_variable_whose_value_still_holds_stays_in_the_file(shop: SandboxProcess, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    path = tmp_path / "shop" / "project.yml"
    path.write_text(path.read_text().replace("currency: EUR", "currency: ${CURRENCY}"))
    project = shop.client().get_project(KEY)
    project.update_variables({"added": 1})

    bring(shop, tmp_path, update=True, variables={"CURRENCY": "EUR"})

    assert "    currency: ${CURRENCY}\n    added: 1\n" in path.read_text()


def test_a_configuration_that_differs_is_not_overwritten(shop: SandboxProcess, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    path = tmp_path / "shop" / "datasets" / "orders.yml"
    path.write_text(path.read_text() + "    description: ours\n")
    with pytest.raises(DssError, match=r"differs from what would be written in 1 files: set update"):
        bring(shop, tmp_path)
    assert path.read_text().endswith("description: ours\n")
    bring(shop, tmp_path, update=True)
    assert "description" not in path.read_text()


def test_the_configuration_of_another_project_is_not_touched(shop: SandboxProcess, tmp_path: Path) -> None:
    shop.client().create_project("OTHER", "Other", "admin")
    bring(shop, tmp_path, project="OTHER")
    with pytest.raises(DssError, match="declares the project OTHER and not SHOP"):
        bring(shop, tmp_path, update=True)


def test_secrets_are_variables_that_the_user_provides(shop: SandboxProcess, tmp_path: Path) -> None:
    shop.client().get_project(KEY).update_variables({"api_token": "plnt-import-55ee", "currency": "EUR"})
    done = bring(shop, tmp_path)
    assert done["secrets"] == [
        {
            "variable": "vault_variables_shop_standard_api_token",
            "address": "variables.SHOP",
            "path": "standard.api_token",
        }
    ]
    everything = "".join(path.read_text() for path in (tmp_path / "shop").rglob("*") if path.is_file())
    assert "plnt-import" not in everything + str(done)
    given = {"vault_variables_shop_standard_api_token": "plnt-import-55ee"}
    assert not deploy(shop, tmp_path, variables=given)["changed"]
    with pytest.raises(DssError, match="vault_variables_shop_standard_api_token }} is not defined"):
        deploy(shop, tmp_path)


def test_what_a_project_requires_is_checked_before_each_plan(
    shop: SandboxProcess, second_sandbox: SandboxProcess, tmp_path: Path
) -> None:
    recipe = shop.client().get_project(KEY).get_recipe("sum_up").get_settings()
    recipe.get_recipe_params().update(envSelection={"envMode": "EXPLICIT_ENV", "envName": "py_shop"})
    recipe.save()
    done = bring(shop, tmp_path)
    assert done["requirements"] == {
        "connections": ["filesystem_folders", "filesystem_managed"],
        "code_envs": ["py_shop"],
        "users": ["admin"],
    }
    main = tmp_path / "shop" / "project.yml"
    main.write_text(main.read_text().replace("  users:\n", "  plugins:\n    - geoadmin\n  users:\n    - ada\n"))
    with pytest.raises(RunError) as refused:
        deploy(second_sandbox, tmp_path, check=True)
    lines = str(refused.value).splitlines()
    for what in ("code environment 'py_shop'", "plugin 'geoadmin'", "user 'ada'"):
        (line,) = (line for line in lines if f"the node has no {what}, which this project requires" in line)
        assert "project.yml:" in line
    assert not any("connection '" in line or "user 'admin'" in line for line in lines)


def test_a_key_that_may_not_list_is_told_so(shop: SandboxProcess, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    main = tmp_path / "shop" / "project.yml"
    main.write_text(main.read_text().replace("  users:\n", "  code_envs:\n    - any\n  users:\n"))
    environ = {**shop.environ, "DKU_API_KEY": shop.control.key(projects={KEY: "admin"})}
    planned = run_module(environ, base=tmp_path, path=str(tmp_path / "shop"), check=True)
    assert any("code envs of the node were not checked" in warning for warning in planned["warnings"])


def test_two_of_one_name_cannot_be_declared_and_the_run_names_them(shop: SandboxProcess, tmp_path: Path) -> None:
    shop.client().get_project(KEY).create_managed_folder("reports")
    with pytest.raises(
        RunError, match=r"managed_folder\.SHOP\.reports \(\w+\): another managed folder has the same name"
    ):
        bring(shop, tmp_path)
    assert contents(tmp_path), "what could be written was"
    assert not list((tmp_path / "shop" / ".dataiku").rglob(f"{KEY}.state.json")), "and nothing is recorded"


def test_library_and_notebooks_are_files(shop: SandboxProcess, tmp_path: Path) -> None:
    project = shop.client().get_project(KEY)
    folder = project.get_library().add_folder("python")
    for name, content in {"util.py": "x = '{{ y }} ${z}'\n", "api_token.py": "t = 1\n", "b.bin": b"\0\xff"}.items():
        folder.add_file(name).write(content)
    cell = {"cell_type": "code", "source": ["print(1)\n"], "metadata": {}, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    project.create_jupyter_notebook(
        "look at it", {"metadata": kernel, "nbformat": 4, "nbformat_minor": 5, "cells": [cell]}
    )
    done = bring(shop, tmp_path)
    place = tmp_path / "shop"
    assert (place / "library/python/util.py").read_text() == "x = '{{ y }} ${z}'\n"
    assert (place / "library/python/b.bin").read_bytes() == b"\0\xff"
    assert json.loads((place / "notebooks/code/look at it.ipynb").read_text())["cells"][0]["source"]
    assert (done["not_imported"], done["warnings"]) == ({}, [])

    folder.get_file("util.py").write("changed\n")
    folder.add_file("new.py").write("n\n")
    folder.get_file("b.bin").delete()
    assert bring(shop, tmp_path, update=True)["files"] == {
        "created": ["library/python/new.py"],
        "updated": ["library/python/util.py"],
        "removed": ["library/python/b.bin"],
    }
    assert not deploy(shop, tmp_path)["changed"]


def test_names_that_are_no_file_names(shop: SandboxProcess, tmp_path: Path) -> None:
    project = shop.client().get_project(KEY)
    for name in ("a/b", "..", "CON", "x" * 300, "Reports", ".hidden"):
        project.create_managed_folder(name)
    for name in ("Case", "case"):
        project.create_dataset(name, "Filesystem", params={"connection": "filesystem_managed", "path": name})
    done = bring(shop, tmp_path)
    names = [path.casefold() for path in done["files"]["created"]]
    assert len(names) == len(set(names)) == len(contents(tmp_path))
    assert not deploy(shop, tmp_path)["changed"]


def test_an_update_that_would_break_the_files_writes_none(shop: SandboxProcess, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    recipe = shop.client().get_project(KEY).get_recipe("sum_up").get_settings()
    recipe.get_recipe_raw_definition()["outputs"] = {}
    recipe.save()
    before = contents(tmp_path)
    with pytest.raises(RunError, match=r"would be written .*\n.*Recipe must have at least one output"):
        bring(shop, tmp_path, update=True)
    assert contents(tmp_path) == before


def test_the_playbook_imports_an_export_without_a_node(shop: SandboxProcess, tmp_path: Path) -> None:
    shop.client().get_project(KEY).update_variables({"api_token": "plnt-import-55ee"})
    with shop.client().get_project(KEY).get_export_stream() as export:
        (tmp_path / "shop.zip").write_bytes(export.read())
    arguments = ["dataiku_iac.dss.import", "-e", "source=shop.zip", "-e", "config=shop", "-e", "import_layout=single"]
    code, output = run([*arguments, "--check", "--diff"], None, tmp_path)
    assert code == 0, output
    assert "+++ b/recipes/code/sum_up.py" in output
    assert not (tmp_path / "shop").exists()
    code, output = run(arguments, None, tmp_path)
    assert code == 0, output
    assert "No changes. " in output and "vault_variables_shop_standard_api_token" in output
    assert "plnt-import" not in output + str(contents(tmp_path))
    assert not (tmp_path / "shop" / ".dataiku").exists()


def test_a_project_that_is_not_there_is_named(sandbox: SandboxProcess, tmp_path: Path) -> None:
    with pytest.raises(DssError, match="project NOTHING does not exist, or the key may not read it"):
        bring(sandbox, tmp_path, project="NOTHING")
    assert not contents(tmp_path)


def test_a_run_that_did_not_end_comes_first(shop: SandboxProcess, tmp_path: Path) -> None:
    bring(shop, tmp_path)
    place = tmp_path / "shop" / ".dataiku" / "state"
    (state,) = place.rglob(f"{KEY}.state.json")
    store = Store(open_backend({"type": "local", "path": str(place)}, tmp_path, {}), state.parent.name, KEY, 20)
    kept = t.cast(State, store.read())
    store.begin(Journal("r1", "apply", kept.lineage, kept.serial, "2026-01-01T00:00:00Z", "ada", ()))
    with pytest.raises(DssError, match="the apply that ada began at 2026-01-01T00:00:00Z did not end"):
        bring(shop, tmp_path)
