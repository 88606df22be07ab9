# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an engineer would write with Dataiku's client: ``script.py nothing|plan|apply DOCUMENTS [THREADS]``.

A plan lists, then gets every dataset, recipe and scenario, and counts those that differ. An apply also creates and saves them.
With threads the objects of a kind are handled side by side.
"""

from __future__ import annotations

import json
import os
import sys
import time
import typing as t
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import dataikuapi
from requests.adapters import HTTPAdapter

Document = dict[str, t.Any]


def differs(wanted: t.Any, held: t.Any) -> bool:
    """Whether a part that is wanted is not held."""
    if isinstance(wanted, dict):
        return not isinstance(held, dict) or any(differs(value, held.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(held, list) or len(held) != len(wanted):
            return True
        return any(differs(one, other) for one, other in zip(wanted, held))
    return bool(wanted != held)


def lay_over(wanted: Document, held: Document) -> None:
    """Change what is held so that it has what is wanted."""
    for key, value in wanted.items():
        if isinstance(value, dict) and isinstance(held.get(key), dict):
            lay_over(value, held[key])
        else:
            held[key] = value


class Script:
    """One project; ``each`` runs a function for all objects of a kind."""

    def __init__(self, client: t.Any, documents: Document, apply: bool, threads: int) -> None:
        self.client = client
        self.key = documents["project"]
        self.documents = documents
        self.apply = apply
        self.pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def each(self, function: Callable[[Document], int], objects: list[Document]) -> int:
        return sum((self.pool.map if self.pool else map)(function, objects))

    def run(self) -> int:
        """How many objects differed."""
        if self.key not in self.client.list_project_keys():
            if not self.apply:
                return sum(len(self.documents[kind]) for kind in ("dataset", "recipe", "scenario"))
            self.client.create_project(self.key, self.key.title(), owner="admin")
        self.project = self.client.get_project(self.key)
        differing = 0
        for kind, listed, one in (
            ("dataset", {item["name"] for item in self.project.list_datasets()}, self.dataset),
            ("recipe", {item["name"] for item in self.project.list_recipes()}, self.recipe),
            ("scenario", {item["id"] for item in self.project.list_scenarios()}, self.scenario),
        ):
            known_by = "id" if kind == "scenario" else "name"
            differing += self.each(partial(self.one, one, known_by, listed), self.documents[kind])
        return differing

    def one(self, of_kind: Callable[[Document, bool], int], known_by: str, listed: set[str], wanted: Document) -> int:
        return of_kind(wanted, wanted[known_by] in listed)

    def dataset(self, wanted: Document, exists: bool) -> int:
        if not exists:
            if not self.apply:
                return 1
            builder = self.project.new_managed_dataset(wanted["name"])
            builder.with_store_into(wanted["params"]["connection"]).create()
        settings = self.project.get_dataset(wanted["name"]).get_settings()
        return self.save(wanted, settings.get_raw(), settings, exists)

    def recipe(self, wanted: Document, exists: bool) -> int:
        code = wanted.get("code")
        if not exists:
            if not self.apply:
                return 1
            builder = self.project.new_recipe(wanted["type"], wanted["name"])
            for item in wanted.get("inputs", {}).get("main", {}).get("items", ()):
                builder.with_input(item["ref"])
            for item in wanted["outputs"]["main"]["items"]:
                builder.with_output(item["ref"])
            builder.with_script(code).create()
        settings = self.project.get_recipe(wanted["name"]).get_settings()
        rest = {key: value for key, value in wanted.items() if key != "code"}
        other_code = code is not None and settings.get_payload() != code
        if other_code:
            settings.set_payload(code)
        return self.save(rest, settings.get_recipe_raw_definition(), settings, exists and not other_code)

    def scenario(self, wanted: Document, exists: bool) -> int:
        if not exists:
            if not self.apply:
                return 1
            self.project.create_scenario(wanted["name"], "step_based")
        settings = self.project.get_scenario(wanted["id"]).get_settings()
        return self.save(wanted, settings.get_raw(), settings, exists)

    def save(self, wanted: Document, held: Document, settings: t.Any, was_so: bool) -> int:
        if was_so and not differs(wanted, held):
            return 0
        if self.apply:
            lay_over(wanted, held)
            settings.save()
        return 1


def main() -> None:
    client = dataikuapi.DSSClient(os.environ["DKU_DSS_URL"], os.environ["DKU_API_KEY"])
    threads = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    client._session.mount("http://", HTTPAdapter(pool_maxsize=threads))
    began = time.perf_counter()
    differing = 0
    if sys.argv[1] != "nothing":
        with open(sys.argv[2], encoding="utf-8") as file:
            documents = json.load(file)
        differing = Script(client, documents, sys.argv[1] == "apply", threads).run()
    print(json.dumps({"seconds": time.perf_counter() - began, "differing": differing}))


if __name__ == "__main__":
    main()
