# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms in which DSS holds a code environment, and its packages: dss-api.md 2.17."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from .._errors import NodeError
from .._plan.compare import Document

MANAGED = ("DESIGN_MANAGED", "AUTOMATION_SINGLE", "AUTOMATION_VERSIONED")
UNMANAGED = ("DESIGN_NON_MANAGED", "EXTERNAL_CONDA_NAMED", "AUTOMATION_NON_MANAGED_PATH")
OF_OTHERS = (
    *("PLUGIN_MANAGED", "PLUGIN_NON_MANAGED", "BUSINESS_APP_MANAGED", "BUSINESS_APP_NON_MANAGED", "DSS_INTERNAL"),
)
VERSIONED = ("AUTOMATION_VERSIONED",)

WRAPPER = "$wrapper"  # the document of an automation node around the version that we show
UNBUILT = "$registeredOnly"  # in place of a document that cannot be read

# Fields that are in ``desc`` and at the top level, where they count on a write [dac]. Which ones is unverified; a server
# drops those that it does not know.
_REPEATED = (
    *("corePackagesSet", "installCorePackages", "installJupyterSupport", "owner", "usableByAll", "permissions"),
    *("allContainerConfs", "containerConfs", "allSparkKubernetesConfs", "sparkKubernetesConfs", "envSettings"),
    *("pythonInterpreter", "conda", "containerCacheBustingLocation", "predefinedContainerHooks"),
)
_OF_ENV = ("owner", "usableByAll", "permissions", "envSettings")  # of an automation node: client, set_definition
_SPEC = ("specPackageList", "specCondaEnvironment", "resourcesInitScript")
_SPEC_DESC = (
    *("corePackagesSet", "installCorePackages", "installJupyterSupport"),
    *("allContainerConfs", "containerConfs", "allSparkKubernetesConfs", "sparkKubernetesConfs"),
)
_AT_CREATION = ("pythonInterpreter", "conda", "corePackagesSet", "installCorePackages", "installJupyterSupport")
_PLACES = {"AUTOMATION_SINGLE": "currentVersion", "AUTOMATION_VERSIONED": "versions"}  # else noVersion: client
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(.*)", re.DOTALL)


def read(document: Document) -> Document:
    """One form for both types of node: ``desc`` holds all that is in it, and the spec of a single version is at the top."""
    if document.get("versions") is None:  # only those of an automation node have a list of versions (client)
        return _with_desc(document, document, _REPEATED)
    place = _place(document)
    shown = {} if place == "versions" else document.get(place) or {}
    head = {key: value for key, value in document.items() if key in ("envLang", "envName", "deploymentMode")}
    return {**_with_desc({**shown, **head}, document, _OF_ENV), WRAPPER: document}


def _with_desc(document: Document, top: Document, repeated: tuple[str, ...]) -> Document:
    desc = {**(document.get("desc") or {}), **{key: top[key] for key in repeated if key in top}}
    return {**{key: value for key, value in document.items() if key not in repeated}, "desc": desc}


def written(document: Document) -> Document:
    """The document as the node takes it."""
    wrapper = document.get(WRAPPER)
    desc = document.get("desc") or {}
    if wrapper is None:
        return {**document, **{key: desc[key] for key in _REPEATED if key in desc}}
    place = _place(wrapper)
    shared = {key: desc[key] for key in _OF_ENV if key in desc}
    if place == "versions":
        return {**wrapper, **shared}
    version = {
        key: value for key, value in document.items() if key not in ("envLang", "envName", "deploymentMode", WRAPPER)
    }
    return {**wrapper, **shared, place: version}


def _place(document: Mapping[str, t.Any]) -> str:
    return _PLACES.get(str(document.get("deploymentMode")), "noVersion")


def spec(document: Document) -> Document:
    """What a build installs, and where."""
    desc = document.get("desc") or {}
    packages = {key: requirements(document.get(key)) if key != _SPEC[2] else document.get(key) for key in _SPEC}
    return {**packages, **{key: desc.get(key) for key in _SPEC_DESC}}


def at_creation(document: Document) -> Document:
    """What a creation takes besides the mode: unverified but for the interpreter."""
    desc = document.get("desc") or {}
    more = {key: desc[key] for key in _AT_CREATION if key in desc}
    if document.get("externalCondaEnvName"):
        more["externalCondaEnvName"] = document["externalCondaEnvName"]
    return more


def is_registered_only(error: NodeError) -> bool:
    """Whether a creation has failed half-way, so that every read fails (dss-api.md 1.3 [tfp])."""
    return "Not a file" in str(error) and "desc.json" in str(error)


# Packages -------------------------------------------------------------------------------------------------------------


def as_text(value: t.Any) -> str:
    """Requirements as DSS holds them."""
    return value if isinstance(value, str) else "\n".join(map(str, value))


def as_list(text: t.Any) -> t.Any:
    """Requirements as authors write them; a text with comments stays one."""
    if not isinstance(text, str) or "#" in text:
        return text
    return [line.strip() for line in text.splitlines() if line.strip()]


def requirements(text: t.Any) -> list[str]:
    """What a list of requirements says: without comments, order, repetitions, blanks and spellings of names."""
    lines = (
        (re.sub(r"(^|\s)#.*", "", line).strip() for line in (text or "").splitlines()) if isinstance(text, str) else ()
    )
    return sorted({_requirement(line) for line in lines if line})


def _requirement(line: str) -> str:
    found = _NAME.fullmatch(line)
    if found is None or "://" in line:  # an option such as --index-url, or a place
        return " ".join(line.split())
    return re.sub(r"[-_.]+", "-", found[1]).lower() + re.sub(r"\s+", "", found[2])


def lines_of(tail: t.Any) -> list[str]:
    """The lines of the end of a log: a text, a list of lines, or a mapping with ``lines``."""
    if isinstance(tail, Mapping):
        tail = tail.get("lines")
    lines = tail.splitlines() if isinstance(tail, str) else tail if isinstance(tail, list) else []
    return [str(line) for line in lines]
