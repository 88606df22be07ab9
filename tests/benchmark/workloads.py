# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Synthetic projects: half datasets, half recipes with code, one scenario in twenty."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

Author = dict[str, t.Any]

CHAIN, STAR, CHAINS = "chain", "star", "twenty chains"
SHAPES = (CHAIN, STAR, CHAINS)
SECTIONS = ("datasets", "recipes", "scenarios")
_MANY = 20  # chains of the shape of that name, and objects to one scenario

_REVISION = {
    "datasets": ("description", " (revised)"),
    "recipes": ("code", "# revised\n"),
    "scenarios": ("description", " (revised)"),
}
_TYPES = ("bigint", "string", "double", "date", "string", "int", "boolean", "string")
_NAMES = ("id", "customer", "amount", "ordered_at", "country", "quantity", "is_returned", "channel")
_CODE = '''import dataiku
import pandas as pd

LONGEST = {longest}  # days after which an order is no longer corrected


def corrected(orders: pd.DataFrame) -> pd.DataFrame:
    """Amounts without returns, one row for each customer and day."""
    kept = orders[~orders["is_returned"]].copy()
    kept["ordered_at"] = pd.to_datetime(kept["ordered_at"]).dt.normalize()
    kept = kept[kept["amount"].between(0, 100_000)]
    grouped = kept.groupby(["customer", "ordered_at"], as_index=False)
    return grouped.agg({{"amount": "sum", "quantity": "sum", "country": "first"}})


client = dataiku.api_client()
orders = dataiku.Dataset("{read}").get_dataframe(limit=None)
age = (pd.Timestamp.now() - pd.to_datetime(orders["ordered_at"])).dt.days
result = corrected(orders[age <= LONGEST])
print(f"{{len(result)}} rows of {{len(orders)}} are left")
dataiku.Dataset("{written}").write_with_schema(result)
'''


@dataclass(frozen=True)
class Workload:
    """A project as its author writes it: fields of ``docs/configuration.md`` by section."""

    key: str
    shape: str
    datasets: tuple[Author, ...]
    recipes: tuple[Author, ...]
    scenarios: tuple[Author, ...]

    @property
    def objects(self) -> int:
        return len(self.datasets) + len(self.recipes) + len(self.scenarios)

    def of(self, section: str) -> tuple[Author, ...]:
        """The objects of one of ``SECTIONS``."""
        return t.cast("tuple[Author, ...]", getattr(self, section))


def synthetic(objects: int, shape: str = CHAIN, key: str = "BENCH") -> Workload:
    """A project with that many objects. A recipe makes each dataset; one that is left over has no recipe."""
    scenarios = objects // _MANY
    recipes = (objects - scenarios) // 2
    datasets = objects - scenarios - recipes
    return Workload(
        key,
        shape,
        tuple(_dataset(number) for number in range(datasets)),
        tuple(_recipe(number, read_by(number, shape)) for number in range(recipes)),
        tuple(_scenario(number, number * datasets // scenarios) for number in range(scenarios)),
    )


def read_by(number: int, shape: str) -> int | None:
    """The number of the dataset that a recipe reads; None for one that fetches from elsewhere."""
    before = {CHAIN: number - 1, STAR: 0 if number else -1, CHAINS: number - _MANY}[shape]
    return before if before >= 0 else None


def changed(workload: Workload) -> Workload:
    """The same with a change to one object in a hundred, at least one."""
    count = max(1, workload.objects // 100)
    places = {(2 * number + 1) * workload.objects // (2 * count) for number in range(count)}
    revised: dict[str, t.Any] = {}
    first = 0
    for section, (field, more) in _REVISION.items():
        listed = workload.of(section)
        revised[section] = tuple(
            {**author, field: author[field] + more} if first + number in places else author
            for number, author in enumerate(listed)
        )
        first += len(listed)
    return replace(workload, **revised)


def _dataset(number: int) -> Author:
    columns = [
        {"name": name, "type": kind, "comment": f"{name} of the order, as the shop reports it"}
        for name, kind in zip(_NAMES, _TYPES)
    ]
    return {
        "name": f"orders_{number:05}",
        "type": "Filesystem",
        "managed": True,
        "connection": "filesystem_managed",
        "format_type": "csv",
        "description": f"Orders after step {number}, one row for each customer and day",
        "tags": ["orders", f"team-{number % 7}"],
        "schema": columns,
    }


def _recipe(number: int, read: int | None) -> Author:
    written = f"orders_{number:05}"
    inputs = [] if read is None else [f"orders_{read:05}"]
    return {
        "name": f"compute_orders_{number:05}",
        "type": "python",
        "inputs": inputs,
        "outputs": [written],
        "description": f"Step {number}: corrects the orders",
        "tags": ["orders"],
        "code": _CODE.format(longest=30 + number % 300, read=inputs[0] if inputs else "shop_export", written=written),
    }


def _scenario(number: int, built: int) -> Author:
    return {
        "name": f"nightly_{number:05}",
        "active": True,
        "description": f"Builds up to step {built} and checks it",
        "tags": ["nightly"],
        "triggers": [
            {"type": "temporal", "name": "every night", "frequency": "Daily", "hour": number % 6, "minute": 30}
        ],
        "steps": [
            {"type": "build_flowitem", "name": "build", "items": [f"orders_{built:05}"], "build_mode": "RECURSIVE"},
            {"type": "python", "name": "say so", "code": f"print('step {built} is built')\n"},
        ],
    }
