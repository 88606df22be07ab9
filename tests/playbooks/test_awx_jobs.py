# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs of examples/awx in private data directories, which share nothing but the backend of the states."""

from __future__ import annotations

import json
import shutil
import time
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.awx import EXAMPLES, LIMIT, Controller, Job, forget, kept_environment
from support.places import Places
from support.process import until
from support.sandbox import SandboxProcess

MARK = "plnt-"
PASSWORD = f"{MARK}warehouse-3a1d"
ENCRYPTION_KEY = f"{MARK}encryption-91c2"


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    made = Places()
    yield made
    made.close()


class Team(Controller):
    """The repository of the examples, and its node."""

    def __init__(self, kind: str, node: SandboxProcess, folder: Path, places: Places) -> None:
        self.node = node
        source = folder / "source"
        shutil.copytree(EXAMPLES / "repository", source)
        backend = places.options(kind, folder)
        secrets = {
            "url": node.url,
            "api_key": node.api_key,
            "access_key": backend.pop("access_key", "none"),
            "secret_key": backend.pop("secret_key", "none"),
            "encryption_key": ENCRYPTION_KEY,
            "warehouse_password": PASSWORD,
        }
        host = {  # as the inventory source imports it from inventory/dss.yml and its group_vars
            "dss_url": node.url,
            "dss_api_key": "{{ lookup('ansible.builtin.env', dss_api_key_env, default=undef()) }}",
            "dss_api_key_env": "DKU_API_KEY",
            "dss_environment": "dev",
            "dss_environment_content": {},
            "dss_node": "design",
            "dss_node_type": "design",
            "dss_state_backend": {**backend, "lease": 2},
        }
        super().__init__(folder, source, secrets, host)

    def declare(self, former: str, now: str) -> None:
        path = self.source / "sales/project.yml"
        path.write_text(path.read_text().replace(former, now))

    @property
    def dataset(self) -> t.Any:
        return self.node.client().get_project("SALES").get_dataset("orders").get_settings()

    def assert_nothing_leaked(self) -> None:
        for job in self.jobs:
            if job.folder.exists():
                found = {name for name, text in job.kept().items() if MARK in text}
                assert not found, (job.folder, found)


@pytest.fixture
def team(node: SandboxProcess, tmp_path: Path, places: Places) -> Iterator[Team]:
    made = Team("git", node, tmp_path, places)
    yield made
    made.assert_nothing_leaked()


def done(job: Job) -> Job:
    assert job.status == "successful", job.stdout
    return job


def failed(job: Job, sentence: str) -> Job:
    assert job.status == "failed", job.stdout
    assert sentence in " ".join(job.stdout.split())
    return job


@pytest.mark.parametrize("kind", ["git", "object_store"])
def test_another_container_applies_the_plan_of_the_check_job(
    kind: str, node: SandboxProcess, tmp_path: Path, places: Places
) -> None:
    team = Team(kind, node, tmp_path, places)
    planned = done(team.run("DSS plan"))
    assert "+ dataset.SALES.orders" in planned.stdout and "(sensitive)" in planned.stdout
    assert node.control.calls()["writes"] == 0
    artifacts = planned.artifacts
    plan = artifacts["dss_plans"]["dev_design"]
    assert artifacts["dss_changes"] == plan["changes"] == plan["counts"]["create"] == 5
    assert plan["environment"] == "dev" and plan["digest"].startswith("sha256:")
    assert len(json.dumps(artifacts)) < 1000
    assert all(len(str(event.get("event_data", {}).get("res", ""))) < LIMIT for event in planned.events)
    assert PASSWORD in kept_environment(planned)  # which AWX keeps with the secrets replaced
    team.assert_nothing_leaked()

    forget(planned)
    failed(team.run("DSS changes", artifacts), "5 changes wait for approval")
    applied = done(team.run("DSS apply", artifacts))
    assert "Plan: 5 to create" in applied.stdout
    assert team.dataset.get_raw()["tags"] == ["raw"]

    if kind == "git":
        again = done(team.run("DSS plan"))
        assert again.artifacts["dss_changes"] == 0
        done(team.run("DSS changes", again.artifacts))
    team.assert_nothing_leaked()


def test_without_the_plan_that_was_approved_nothing_is_applied(team: Team) -> None:
    failed(team.run("DSS apply"), "No job before this one published a plan.")
    failed(team.run("DSS changes"), "'dss_changes' is undefined")  # so that somebody looks at it
    planned = done(team.run("DSS plan"))
    team.node.client().create_project("SALES", "Sales", "admin")
    refused = failed(team.run("DSS apply", planned.artifacts), "cannot be applied any more")
    assert "make a new plan" in refused.stdout
    assert team.node.client().get_project("SALES").list_datasets() == []


def test_a_cancelled_apply_leaves_nothing_in_the_way(team: Team) -> None:
    planned = done(team.run("DSS plan"))
    team.node.control.fault("POST", "/projects/SALES/recipes*", delay_ms=5000)
    team.node.control.forget_calls()

    def written() -> bool:
        return bool(team.node.control.calls()["writes"] >= 3)

    cancelled = team.run("DSS apply", planned.artifacts, cancel=written)
    assert cancelled.status == "canceled"
    team.node.control.clear_faults()
    until(lambda: team.node.control.calls()["open"] == 0)  # what arrives between plan and apply is rightly refused
    began = time.monotonic()
    planned = done(team.run("DSS plan"))
    assert "did not end" in planned.stdout
    done(team.run("DSS apply", planned.artifacts))
    assert time.monotonic() - began < 60
    assert {item["name"] for item in team.node.client().get_project("SALES").list_datasets()} == {
        "orders",
        "orders_clean",
    }
    assert done(team.run("DSS plan")).artifacts["dss_changes"] == 0


def test_the_drift_job_tells_drift_from_an_error(team: Team) -> None:
    done(team.run("DSS apply", done(team.run("DSS plan")).artifacts))
    settings = team.dataset
    settings.get_raw()["tags"] = ["by hand"]
    settings.save()
    drifted = failed(team.run("DSS drift"), "1 resources differ from what is recorded: dataset.SALES.orders")
    assert drifted.artifacts["dss_differ"] == 1
    assert drifted.artifacts["dss_drift"]["dev_design"]["resources"] == ["dataset.SALES.orders"]
