# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jupyter and SQL notebooks: what the client reads and sends (docs/api-calls.md)."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from .errors import refusal

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
CELLS = [
    {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "Text"]},
    {"cell_type": "code", "metadata": {}, "source": "print(1)", "execution_count": None, "outputs": []},
]


def notebook(**metadata: Any) -> dict[str, Any]:
    return {"metadata": {"kernelspec": KERNEL, **metadata}, "nbformat": 4, "nbformat_minor": 5, "cells": CELLS}


def test_a_jupyter_notebook_lives_and_dies(project: Any) -> None:
    made = project.create_jupyter_notebook("Look at it", notebook(tags=["b", "a", "b"]))
    (item,) = project.list_jupyter_notebooks(as_type="listitems")
    assert (item.name, item.language, item.kernel_spec, item.tags) == ("Look at it", "python", KERNEL, ["a", "b"])
    content = made.get_content()
    assert content.get_cells() == CELLS
    created = content.get_metadata()["createdOn"]
    content.get_cells()[1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]
    content.get_metadata()["createdOn"] = 1
    content.save()
    again = made.get_content()
    assert again.get_cells()[1]["outputs"], "outputs are kept"
    assert again.get_metadata()["createdOn"] == created
    made.clear_outputs()
    assert made.get_content().get_cells()[1]["outputs"] == []
    assert made.get_sessions() == []
    assert project.list_jupyter_notebooks(active=True) == []
    made.delete()
    assert project.list_jupyter_notebooks() == []
    assert "does not exist" in refusal(made.get_content)


def test_a_jupyter_notebook_is_known_by_its_name(project: Any) -> None:
    project.create_jupyter_notebook("one", notebook())
    assert "already exists" in refusal(lambda: project.create_jupyter_notebook("one", notebook()))
    assert "needs metadata and cells" in refusal(lambda: project.create_jupyter_notebook("two", {"cells": []}))


def test_a_jupyter_notebook_is_a_file_of_the_project(project: Any, client: Any) -> None:
    project.create_jupyter_notebook("one", notebook())
    stream = io.BytesIO(project.get_export_stream().read())
    with zipfile.ZipFile(stream) as archive:
        assert json.loads(archive.read("project_config/ipython_notebooks/one.ipynb"))["cells"] == CELLS
    stream.seek(0)
    assert client.prepare_project_import(stream).execute({"targetProjectKey": "COPY"})["success"]
    assert [item.notebook_name for item in client.get_project("COPY").list_jupyter_notebooks()] == ["one"]


def test_an_sql_notebook_lives_and_dies(project: Any) -> None:
    made = project.create_sql_notebook({"name": "Counts", "connection": "pg", "cells": []})
    (item,) = project.list_sql_notebooks()
    assert (item.id, item.language, item.connection, item.tags) == (made.notebook_id, "SQL", "pg", [])
    content = made.get_content()
    assert content.get_raw()["name"] == "Counts"
    content.cells = [{"id": "abc", "name": "all", "code": "SELECT 1"}]
    content.connection = "other"
    content.save()
    again = made.get_content()
    assert again.connection == "other"
    assert again.cells[0]["type"] == "QUERY"
    assert again.cells[0]["querySettings"]["statementsParseMode"] == "SPLIT"
    assert again.get_raw()["versionTag"]["versionNumber"] == 1
    assert made.get_history().history == {}
    made.clear_history()
    made.delete()
    assert project.list_sql_notebooks() == []
    assert "does not exist" in refusal(made.get_content)


def test_two_sql_notebooks_may_have_one_name(project: Any) -> None:
    ids = {project.create_sql_notebook({"name": "one", "connection": "pg"}).notebook_id for _time in range(2)}
    assert len(ids) == 2
    assert "needs a connection" in refusal(lambda: project.create_sql_notebook({"name": "one"}))


def test_the_history_of_an_sql_notebook_can_be_shortened(project: Any) -> None:
    made = project.create_sql_notebook({"name": "one", "connection": "pg", "cells": [{"id": "c", "code": "SELECT 1"}]})
    history = made.get_history()
    history.history = {"c": {name: {"id": name, "state": "DONE"} for name in ("first", "second", "third")}}
    history.save()
    made.clear_history(cell_id="c", num_runs_to_retain=2)
    runs = made.get_history().get_query_runs("c")
    assert [run.get_raw()["id"] for run in runs] == ["second", "third"]
