# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The content of notebooks, without what running them leaves there: docs/api-calls.md, nbformat 4.

A Jupyter notebook is held as ``metadata`` and ``content``, each source as one text, and beside them what DSS keeps in the metadata of all
objects, tags and custom fields; what is sent has DSS's own form again.
"""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping

from .._errors import DssError
from .._plan.compare import Document
from .blocks import Block
from .shape import OBJECT, TEXT, Field, described, overlay

# Metadata of a Jupyter notebook that DSS or the kernel writes.
OWN_METADATA = ("creator", "createdOn", "modifiedBy", "language_info")
# What the page of a notebook remembers of a cell.
_OF_THE_PAGE = frozenset({"ExecuteTime", "collapsed", "execution", "scrolled", "trusted"})
_OF_OBJECTS = ("tags", "customFields")
_RUN = ("outputs", "execution_count")
_FORMAT = {"nbformat": 4, "nbformat_minor": 1}  # as in every notebook that was seen

JUPYTER_CELL: Document = {"metadata": {}, "source": ""}
SQL_CELL: Document = {
    "type": "QUERY",
    "querySettings": {
        "addLimitToStatement": True,
        "statementsOutOfTransaction": False,
        "inheritConf": "default",
        "extraConf": [],
        "addDkuUdf": False,
        "statementsParseMode": "SPLIT",
        "statementsExecutionMode": "PREPARED",
    },
}
_SQL_FIELDS = Block(
    (
        Field("id", "id", described(TEXT, "Id of the cell, needed only to keep the runs of one that is renamed.")),
        Field("name", "name", described(TEXT, "Name of the cell; one without is known by its place.")),
        Field("code", "code", described(TEXT, "Query of the cell.", **{"x-verbatim": True})),
        Field("settings", "querySettings", described(OBJECT, "How the query is run, with DSS's own names.")),
    )
)
SQL_CELL_SCHEMA = _SQL_FIELDS.schema


# Jupyter ------------------------------------------------------------------------------------------------------------


def from_author(value: t.Any) -> Document:
    """The content that an author gives as text or mapping. Raises ``DssError``."""
    notebook = value
    if isinstance(value, str):
        try:
            notebook = json.loads(value)
        except ValueError as error:
            raise DssError(f"content is no notebook: {error}: give it in Jupyter's own format (.ipynb)") from None
    if not isinstance(notebook, Mapping) or not isinstance(notebook.get("cells"), list):
        raise DssError("content is no notebook: it has no list of cells; give it in Jupyter's own format (.ipynb)")
    cells = [_plain_cell(cell) for cell in notebook["cells"]]
    content = {key: value for key, value in notebook.items() if key != "metadata"}
    metadata = {key: value for key, value in (notebook.get("metadata") or {}).items() if key not in OWN_METADATA}
    return {**content, "cells": cells, **({"metadata": metadata} if metadata else {})}


def _plain_cell(cell: t.Any) -> Document:
    """A cell without outputs, counts and what the page remembers."""
    if not isinstance(cell, Mapping) or "cell_type" not in cell:
        raise DssError("content is no notebook: a cell has no cell_type")
    plain = {key: value for key, value in cell.items() if key not in (*_RUN, "metadata", "source")}
    metadata = {key: value for key, value in (cell.get("metadata") or {}).items() if key not in _OF_THE_PAGE}
    return {**plain, "source": _text(cell.get("source")), **({"metadata": metadata} if metadata else {})}


def to_author(content: Mapping[str, t.Any]) -> Document:
    """Content in Jupyter's own format, sources as lists of lines."""
    cells = [
        {**cell, "source": cell["source"].splitlines(keepends=True)}
        for cell in map(_plain_cell, content.get("cells") or ())
    ]
    return {**_FORMAT, **content, "cells": cells}


def held(notebook: Mapping[str, t.Any]) -> Document:
    """A notebook as DSS gives it, as it is held here."""
    cells = [{**cell, "source": _text(cell.get("source"))} for cell in notebook.get("cells") or ()]
    rest = {key: value for key, value in notebook.items() if key not in ("metadata", "cells")}
    return {**_lifted(notebook.get("metadata") or {}), "content": {**rest, "cells": cells}}


def _lifted(metadata: Mapping[str, t.Any]) -> Document:
    """Metadata, and beside them what is of all objects."""
    own = {key: value for key, value in metadata.items() if key not in _OF_OBJECTS}
    return {**{key: metadata[key] for key in _OF_OBJECTS if key in metadata}, **({"metadata": own} if own else {})}


def sent(document: Mapping[str, t.Any], before: Mapping[str, t.Any]) -> Document:
    """A notebook in DSS's form; a cell keeps its outputs if ``before`` has one of the same source."""
    content = document.get("content") or {}
    former = {_key(cell): cell for cell in (before.get("content") or {}).get("cells") or ()}
    cells = [_sent_cell(cell, former.get(_key(cell), {})) for cell in content.get("cells") or ()]
    of_objects = {key: document[key] for key in _OF_OBJECTS if key in document}
    return {"metadata": {**(document.get("metadata") or {}), **of_objects}, **_FORMAT, **content, "cells": cells}


def _sent_cell(cell: Mapping[str, t.Any], former: Mapping[str, t.Any]) -> Document:
    plain = {"metadata": {}, **{key: value for key, value in cell.items() if key not in _RUN}}
    plain["source"] = plain["source"].splitlines(keepends=True)
    if cell["cell_type"] != "code":
        return plain
    return {**plain, "execution_count": former.get("execution_count", 0), "outputs": former.get("outputs") or []}


def _key(cell: Mapping[str, t.Any]) -> tuple[t.Any, t.Any]:
    return cell.get("cell_type"), cell.get("source")


def _text(source: t.Any) -> str:
    return "".join(source) if isinstance(source, list) else str(source or "")


def with_metadata(declared: Document) -> Document:
    """The declared document in which the metadata of the content are those of the notebook; fields win over them."""
    content = dict(declared["content"])
    metadata = content.pop("metadata", {})
    return {**overlay(_lifted(metadata), declared), "content": content}


def kernel_for(declared: Mapping[str, t.Any]) -> Document:
    """What a new notebook needs of a kernel besides what is declared."""
    name = str(((declared.get("metadata") or {}).get("kernelspec") or {}).get("name") or "python3")
    is_r = name == "ir" or name.startswith("r-")
    return {"name": name, "display_name": name, "language": "R" if is_r else "python"}


# SQL ----------------------------------------------------------------------------------------------------------------


def cells_to_dss(cells: t.Any) -> t.Any:
    return [_SQL_FIELDS.to_dss(cell) for cell in cells]


def cells_from_dss(cells: t.Any) -> t.Any:
    return [_cell_from_dss(cell) for cell in cells]


def _cell_from_dss(cell: Mapping[str, t.Any]) -> t.Any:
    standard = SQL_CELL["querySettings"]
    settings = {key: value for key, value in (cell.get("querySettings") or {}).items() if standard.get(key) != value}
    rest = {key: value for key, value in cell.items() if (key, value) != ("type", "QUERY") and key != "querySettings"}
    return _SQL_FIELDS.from_dss({**rest, **({"querySettings": settings} if settings else {})})
