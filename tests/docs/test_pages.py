# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the pages say is current: generated parts, examples in YAML, links, names of commands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import typing as t
from collections import defaultdict
from pathlib import Path
from textwrap import dedent

import jsonschema
import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._options import module_spec
from support.sandbox import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("roles/*/README.md"))]
PAGES += sorted(ROOT.glob("examples/**/*.md"))
SECTIONS = {kind.section for kind in KINDS.values()}
PROJECTS = [DOCS / "demo" / "project", *sorted(path for path in (DOCS / "examples").iterdir() if path.is_dir())]


class Loader(yaml.SafeLoader):
    """Reads ``!unsafe`` and ``!vault`` as text."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
Loader.add_constructor("!vault", lambda loader, node: loader.construct_scalar(node))


def blocks() -> t.Iterator[t.Any]:
    for page in PAGES:
        found = re.findall(r"^( *)```yaml\n(.*?)^\1```", page.read_text(), re.MULTILINE | re.DOTALL)
        for number, (_indent, text) in enumerate(found, 1):
            yield pytest.param(dedent(text), id=f"{page.relative_to(ROOT)}-{number}")


@pytest.mark.parametrize("text", list(blocks()))
def test_yaml_in_pages_is_valid(text: str, tmp_path: Path) -> None:
    content = yaml.load(text, Loader)
    if isinstance(content, list):
        for step in content:
            known_options(step)
    elif set(content) & {"overrides", "environment"}:
        assert set(content) <= {"environment", "variables", "overrides", "settings"}
        assert set(content.get("overrides") or {}) <= SECTIONS
    elif set(content) & SECTIONS:
        configuration_loads(text, tmp_path)


def known_options(step: dict[str, t.Any]) -> None:
    """A task or play calls our modules and roles with options that they have."""
    for inner in [*step.get("tasks", []), *step.get("block", [])]:
        known_options(inner)
    for key, arguments in [*step.items(), *(step.get("module_defaults") or {}).items()]:
        name = key.removeprefix("dataiku_iac.dss.")
        if key.startswith("dataiku_iac.dss.") and isinstance(arguments, dict):
            assert set(arguments) <= set(module_spec(name)["argument_spec"]), key
    for role in step.get("roles", []):
        name = str(role["role"]).removeprefix("dataiku_iac.dss.")
        specs = yaml.safe_load((ROOT / "roles" / name / "meta" / "argument_specs.yml").read_text())
        assert set(role.get("vars", {})) <= set(specs["argument_specs"]["main"]["options"])


def configuration_loads(text: str, folder: Path) -> None:
    """It loads without a problem; variables have some value and files that it names exist."""
    for name in re.findall(r"_file: *([\w./]+)", text):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}\n")
    for name in re.findall(r"\bpath: (\./[\w/]+)", text):
        (folder / name).mkdir(parents=True, exist_ok=True)
    path = folder / "project.yml"
    path.write_text(text)
    names = dict.fromkeys(re.findall(r"(?<!\$)\$\{([A-Z_]+)\}", text), "x")
    load(
        path,
        kinds=KINDS,
        variables=names,
        lookup=lambda name: "x",
        project_key=None if "project:" in text else "KEY",
        process_environment=defaultdict(lambda: "x"),
    )


def test_generated_parts_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _hash, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}, target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_in_pages_exist(page: Path) -> None:
    for name in re.findall(r"`((?:docs|tests|plugins|roles|playbooks|extensions)/[\w./-]+)`", page.read_text()):
        if "." in name or page.name != "sandbox.md":  # which also names paths of the API
            assert (ROOT / name).exists(), name


def test_each_page_is_reached_from_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    for page in sorted(DOCS.glob("*.md")):
        assert f"docs/{page.name}" in text


@pytest.fixture(scope="module")
def published() -> jsonschema.Draft202012Validator:
    """The published schema, checked once: that takes seconds."""
    schema = json.loads((DOCS / "schemas" / "configuration.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_published_schema_accepts_the_examples(published: jsonschema.Draft202012Validator) -> None:
    for folder in PROJECTS:
        for path in [
            folder / "project.yml",
            *(path for section in SECTIONS for path in folder.glob(f"{section}/*.yml")),
        ]:
            published.validate(yaml.safe_load(path.read_text()))


def test_published_schema_refuses_a_misspelt_key(published: jsonschema.Draft202012Validator) -> None:
    with pytest.raises(jsonschema.ValidationError):
        published.validate({"datasets": [{"name": "a", "type": "S3", "conection": "x"}]})


def test_every_module_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    for path in (ROOT / "plugins" / "modules").glob("*.py"):
        kind = path.stem.removesuffix("_info")  # one row speaks of the info modules of all kinds
        assert f"`{kind if kind in KINDS else path.stem}`" in text, path.stem
