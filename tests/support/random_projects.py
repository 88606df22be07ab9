# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A configuration and the same project on a node, both edited at random; the same seed gives the same edits."""

from __future__ import annotations

import contextlib
import copy
import typing as t
from random import Random

from .sandbox import SandboxProcess

KEY = "RANDOM"
TAGS = ("red", "green", "blue")
TEXTS = ("", "one", "two")
Definition = dict[str, t.Any]


class RandomProject:
    """``configuration`` is what the team declares; colleagues change the node through its API."""

    def __init__(self, seed: int, sandbox: SandboxProcess) -> None:
        self.random = Random(seed)
        self.client = sandbox.client()
        self._dropped: set[str] = set()
        self.configuration: Definition = {
            "project": {"key": KEY, "name": "Random", "tags": ["red"]},
            "variables": {"standard": {"a": 1}},
            "connections": [{"name": "files", "type": "Filesystem", "params": {"root": "/data"}}],
            **{section: [] for section in _NEW},
            "ignore_drift": [],
            "removed": [],
        }
        for section in _NEW:
            for number in range(4 if section == "datasets" else 3):
                self._declare(section, number)

    # The configuration ------------------------------------------------------------------------------------------------

    def edit_configuration(self) -> None:
        """Up to three edits of what is declared."""
        self.configuration = copy.deepcopy(self.configuration)
        self.configuration["removed"] = []
        edits = (self._change, self._change, self._change, self._add, self._drop, self._other_rules, self._change_whole)
        for edit in self.random.choices(edits, k=self.random.randrange(4)):
            edit()

    def permit(self) -> None:
        """Take out what refuses plans."""
        self.configuration = copy.deepcopy(self.configuration)
        declared = set()
        for section in _NEW:
            for entry in self.configuration[section]:
                entry.get("lifecycle", {}).pop("prevent_destroy", None)
                declared.add(_address(section, entry))
        gone = sorted(self._dropped - declared)
        self.configuration["removed"] = [{"resource": entry, "forget": True} for entry in gone]

    def _declare(self, section: str, number: int) -> None:
        name = f"{section[0]}{number}"
        if all(entry["name"] != name for entry in self.configuration[section]):
            self.configuration[section].append(_NEW[section](self.random, number))

    def _add(self) -> None:
        section = self.random.choice(sorted(_NEW))
        number = self.random.randrange(5)
        if section == "recipes":  # it is to read and write what is declared
            self._declare("datasets", number)
            self._declare("datasets", number + 1)
        self._declare(section, number)

    def _drop(self) -> None:
        section = self.random.choice(sorted(_NEW))
        if not self.configuration[section]:
            return
        entry = self.configuration[section].pop(self.random.randrange(len(self.configuration[section])))
        self._dropped.add(_address(section, entry))
        if self.random.random() < 0.2:
            self.configuration["removed"].append({"resource": _address(section, entry), "forget": True})
        if section == "datasets":
            recipes = self.configuration["recipes"]
            users = [one for one in recipes if entry["name"] in one["inputs"] + one["outputs"]]
            recipes[:] = [one for one in recipes if one not in users]
            self._dropped.update(_address("recipes", one) for one in users)

    def _change(self) -> None:
        section = self.random.choice(sorted(_NEW))
        if self.configuration[section]:
            entry = self.random.choice(self.configuration[section])
            fresh = _NEW[section](self.random, int(entry["name"][1:]))
            name = self.random.choice([*fresh, *entry])
            if name in fresh:
                entry[name] = fresh[name]
            else:
                del entry[name]

    def _change_whole(self) -> None:
        self.configuration["project"]["tags"] = _some(self.random, TAGS)
        self.configuration["variables"]["standard"] = _variables(self.random)
        self.configuration["connections"][0]["description"] = self.random.choice(TEXTS)

    def _other_rules(self) -> None:
        resource = self.random.choice([f"dataset.{KEY}.*", f"recipe.{KEY}.r1", f"scenario.{KEY}.*", f"*.{KEY}.*"])
        rule = {"resource": resource, "reason": "agreed", "expires": self.random.choice(["2020-01-01", "2999-12-31"])}
        fields = _some(self.random, ["tags", "description", "schema", "code", "steps", "params.steps"])
        self.configuration["ignore_drift"] = self.random.choice([[], [rule], [{**rule, "fields": fields or ["tags"]}]])

    # The node ---------------------------------------------------------------------------------------------------------

    def edit_by_hand(self) -> None:
        """Up to three edits of a colleague."""
        edits = (self._edit, self._edit, self._edit, self._delete, self._make, self._rename, self._edit_whole)
        for edit in self.random.choices(edits, k=self.random.randrange(4)):
            with contextlib.suppress(Exception):  # there may be nothing to edit
                edit()

    @property
    def _project(self) -> t.Any:
        return self.client.get_project(KEY)

    def _edit(self) -> None:
        section = self.random.choice(sorted(_NEW))
        settings = self._settings(section, self._any(section))
        document = settings.get_raw() if section != "recipes" else settings.data["recipe"]
        _EDITS[section](self.random, settings, document)
        settings.save()

    def _any(self, section: str) -> str:
        """The id of an object on the node."""
        held = sorted(getattr(self._project, f"list_{section}")(), key=lambda item: item["name"])  # ids are not seeded
        item = self.random.choice(held)
        return str(item.get("id") or item["name"])

    def _settings(self, section: str, object_id: str) -> t.Any:
        return getattr(self._project, f"get_{_KINDS[section]}")(object_id).get_settings()

    def _delete(self) -> None:
        section = self.random.choice(sorted(_NEW))
        getattr(self._project, f"get_{_KINDS[section]}")(self._any(section)).delete()

    def _make(self) -> None:
        """Something new, now and then under a name that is or was declared."""
        project, number = self._project, self.random.randrange(8)
        make = {
            "datasets": lambda: project.create_dataset(f"d{number}", "Filesystem", params={"path": "theirs"}),
            "managed_folders": lambda: project.create_managed_folder(f"m{number}"),
            "scenarios": lambda: project.create_scenario(f"s{number}", "step_based"),
        }
        make[self.random.choice(sorted(make))]()

    def _rename(self) -> None:
        settings = self._settings("managed_folders", self._any("managed_folders"))
        settings.get_raw()["name"] = f"m{self.random.randrange(8)}"
        settings.save()

    def _edit_whole(self) -> None:
        self._project.set_variables({"standard": _variables(self.random), "local": {}})
        metadata = self._project.get_metadata()
        metadata["tags"] = _some(self.random, TAGS)
        self._project.set_metadata(metadata)


_KINDS = {"datasets": "dataset", "managed_folders": "managed_folder", "recipes": "recipe", "scenarios": "scenario"}


def _address(section: str, entry: Definition) -> str:
    return f"{_KINDS[section]}.{KEY}.{entry['name']}"


def _some(random: Random, among: t.Sequence[t.Any]) -> list[t.Any]:
    return random.sample(list(among), random.randrange(len(among) + 1))


def _variables(random: Random) -> Definition:
    values: list[t.Any] = [1, 1.0, True, "x", None, {"deep": [1, 2]}, [3, {"a": "b"}]]
    return {name: random.choice(values) for name in _some(random, ["a", "b", "c"])}


def _columns(random: Random) -> list[Definition]:
    return [{"name": name, "type": random.choice(["string", "int"])} for name in _some(random, ["id", "n", "at"])]


def _common(random: Random) -> Definition:
    """Fields of every kind; each of them is there or not."""
    fields = {
        "tags": random.choice([None, _some(random, TAGS)]),
        "description": random.choice(TEXTS),
        "short_description": random.choice([None, *TEXTS]),
        "lifecycle": random.choice([{}, {}, {"ignore_changes": ["tags"]}, {"prevent_destroy": True}]),
    }
    return {name: fields[name] for name in _some(random, list(fields))}


def _dataset(random: Random, number: int) -> Definition:
    schema = random.choice([_columns(random), {"columns": _columns(random), "mode": "contains"}])
    checks = [{"type": "python", "displayName": name, "meta": {"name": name}} for name in _some(random, ["c1", "c2"])]
    external = {"type": "Filesystem", "managed": False, "params": {"path": f"/d{number}"}}
    more = {"schema": schema, "checks": checks, "format_type": "csv"}
    return {
        "name": f"d{number}",
        "connection": "files",
        **(external if random.random() < 0.3 else {"type": "managed", "managed": True}),
        **{name: more[name] for name in _some(random, list(more))},
        **_common(random),
    }


def _managed_folder(random: Random, number: int) -> Definition:
    return {"name": f"m{number}", "connection": "files", **_common(random)}


def _recipe(random: Random, number: int) -> Definition:
    return {
        "name": f"r{number}",
        "type": random.choice(["python", "python", "shell"]),
        "inputs": [f"d{number}"],
        "outputs": [f"d{number + 1}"],
        "code": random.choice(["print(1)\n", "print(2)", "print(1)\nprint(2)\n"]),
        **_common(random),
    }


def _scenario(random: Random, number: int) -> Definition:
    steps = [
        {"type": "run_python", "name": name, "params": {"script": random.choice(["pass", "print(1)\n"])}}
        for name in _some(random, ["first", "second", "third"])
    ]
    unnamed = [{"type": "run_python", "params": {"script": "unnamed"}}] if random.random() < 0.3 else []
    more = {
        "active": random.random() < 0.5,
        "steps": steps + unnamed,
        "triggers": [
            {"type": "temporal", "name": name, "params": {"frequency": random.choice(["Daily", "Hourly"])}}
            for name in _some(random, ["nightly", "often"])
        ],
    }
    return {"name": f"s{number}", **{name: more[name] for name in _some(random, list(more))}, **_common(random)}


_NEW: dict[str, t.Callable[[Random, int], Definition]] = {
    "managed_folders": _managed_folder,
    "datasets": _dataset,
    "recipes": _recipe,
    "scenarios": _scenario,
}


def _edit_common(random: Random, document: Definition) -> None:
    name, values = random.choice([("tags", _some(random, TAGS)), ("description", "theirs"), ("shortDesc", "theirs")])
    document[name] = values


def _edit_dataset(random: Random, settings: t.Any, document: Definition) -> None:
    if random.random() < 0.4:
        _edit_common(random, document)
    elif random.random() < 0.6:
        document["schema"] = {"columns": _columns(random), "userModified": True}
    else:
        checks = document.setdefault("metricsChecks", {}).setdefault("checks", [])
        random.shuffle(checks)
        checks.append({"type": "python", "displayName": "theirs", "meta": {"name": "theirs"}})


def _edit_recipe(random: Random, settings: t.Any, document: Definition) -> None:
    if random.random() < 0.5:
        _edit_common(random, document)
    else:
        settings.set_code(random.choice(["print('theirs')\n", "print(1)", "print(2)\n\n"]))


def _edit_scenario(random: Random, settings: t.Any, document: Definition) -> None:
    steps = document["params"].setdefault("steps", [])
    change = random.randrange(6)
    if change == 0:
        _edit_common(random, document)
    elif change == 1:
        document["active"] = not document["active"]
    elif change == 2:
        random.shuffle(steps)
    elif change == 3 and steps:
        steps.pop(random.randrange(len(steps)))
    elif change == 4 and steps:
        random.choice(steps)["params"]["script"] = "print('theirs')\n"
    else:
        theirs = {"type": "run_python", "name": "theirs", "params": {"script": "pass"}}
        steps.insert(random.randrange(len(steps) + 1), theirs)


def _edit_folder(random: Random, settings: t.Any, document: Definition) -> None:
    _edit_common(random, document)


_EDITS: dict[str, t.Callable[[Random, t.Any, Definition], None]] = {
    "datasets": _edit_dataset,
    "managed_folders": _edit_folder,
    "recipes": _edit_recipe,
    "scenarios": _edit_scenario,
}
