# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps of prepare recipes: short forms of common processors, groups, and any processor by DSS's own name."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ..._errors import DssError
from ..._plan.compare import MISSING, Document, same
from ..shape import FLAG, OBJECT, TEXT, Schema, described
from .blocks import RAW, Block, Flow, Form, Key
from .processors import PROCESSORS

_SHORT = {processor.word: processor for processor in PROCESSORS}
_USUAL: Document = {"metaType": "PROCESSOR", "preview": False, "disabled": False, "alwaysShowComment": False}
_COMMON = {
    "comment": ("comment", described(TEXT, "Comment on the step.")),
    "show_comment": ("alwaysShowComment", described(FLAG, "Whether the comment is always shown.")),
    "disabled": ("disabled", described(FLAG, "Whether the step is left out.")),
    "preview": ("preview", described(FLAG, "Whether its effect is shown on the screen of the recipe.")),
}
_GROUP = {
    "group": ("name", described(TEXT, "Name of a group of steps.")),
    "main_color": ("mainColor", described(TEXT, "Colour of a group.")),
    "secondary_color": ("secondaryColor", described(TEXT, "Second colour of a group.")),
}


def _step_schema(steps: Mapping[str, Schema]) -> Schema:
    properties: dict[str, Schema] = {
        **{
            processor.word: described({"$ref": f"#/$defs/{processor.word}"}, processor.description)
            for processor in PROCESSORS
        },
        "type": described(TEXT, "Any other processor, by DSS's own name."),
        "params": described(OBJECT, "Its parameters, by DSS's own names.", **{"x-verbatim": True}),
        **{name: schema for name, (_dss, schema) in {**_GROUP, **_COMMON}.items()},
        **steps,
        "raw": RAW,
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


_INNER: Schema = {"type": "array", "items": {"$ref": "#/$defs/grouped_step"}, "description": "Steps of a group."}
DEFINITIONS: dict[str, Schema] = {
    **{processor.word: processor.block.schema for processor in PROCESSORS},
    "step": _step_schema({"steps": _INNER}),
    "grouped_step": _step_schema({}),
}


def _write_steps(steps: Sequence[Mapping[str, t.Any]], flow: Flow) -> list[Document]:
    return [_write_step(step, flow) for step in steps]


def _write_step(author: Mapping[str, t.Any], flow: Flow) -> Document:
    words = [word for word in author if word in _SHORT]
    meant = [*words, *(key for key in ("type", "group") if key in author)]
    if len(meant) != 1:
        found = f", not {' and '.join(meant)}" if meant else ""
        raise DssError(f"a step of a prepare recipe has one processor, type or group{found}")
    document: Document = dict(_USUAL)
    for name, (dss, _schema) in {**_COMMON, **_GROUP}.items():
        if name in author:
            document[dss] = author[name]
    if words:
        processor = _SHORT[words[0]]
        document.update(type=processor.type, params=processor.write(author[words[0]], flow))
    elif "type" in author:
        document.update(type=author["type"], params=dict(author.get("params") or {}))
    else:
        document.update(metaType="GROUP", steps=_write_steps(author.get("steps") or (), flow))
    return {**document, **(author.get("raw") or {})}


def _read_steps(steps: Sequence[Mapping[str, t.Any]], flow: Flow) -> t.Any:
    return [_read_step(step, flow) for step in steps] or MISSING


def _read_step(document: Mapping[str, t.Any], flow: Flow) -> Document:
    rest = {key: value for key, value in document.items() if key not in _USUAL or not same(value, _USUAL[key])}
    author: Document = {}
    if rest.get("metaType") == "GROUP":
        rest.pop("metaType")
        if not rest.get("params"):
            rest.pop("params", None)
        author["group"] = rest.pop("name", "")
        inner = [_read_step(step, flow) for step in rest.pop("steps", ())]
        if any("group" in step for step in inner):
            raise ValueError("a group in a group")
        author.update({"steps": inner} if inner else {})
    else:
        author.update(_read_processor(rest.pop("type", ""), rest.pop("params", {}), flow))
    for name, (dss, _schema) in {**_COMMON, **_GROUP}.items():
        if dss in rest and name != "group":
            author[name] = rest.pop(dss)
    return {**author, "raw": rest} if rest else author


def _read_processor(kind: str, params: Mapping[str, t.Any], flow: Flow) -> Document:
    """The short form where it says everything, else DSS's own."""
    for processor in PROCESSORS:
        if processor.type == kind and processor.fits(params):
            short = _short(processor.read(params, flow))
            if short is not None and same(processor.write(short, flow), params):
                return {processor.word: short}
    return {"type": kind, "params": dict(params)} if params else {"type": kind}


def _short(author: t.Any) -> t.Any:
    return None if isinstance(author, Mapping) and ("raw" in author or not author) else author


PREPARE = Form(
    "prepare",
    Block(
        (
            Key(
                "steps",
                "payload.steps",
                described({"type": "array", "items": {"$ref": "#/$defs/step"}}, "Steps, in order."),
                _write_steps,
                _read_steps,
            ),
        ),
        bare="steps",
    ),
    "Steps of a prepare recipe, as a list.",
)
