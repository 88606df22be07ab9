# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs that are done, fail, take too long, or whose start is doubtful."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._run import RunError
from support.engine import run_module
from support.playbook import play
from support.sandbox import SandboxProcess
from support.sentences import assert_readable

DEFINITION: dict[str, t.Any] = {
    "project": {"key": "SHOP", "name": "Shop"},
    "datasets": [{"name": name, "type": "managed"} for name in ("orders", "clean", "dirty")],
    "managed_folders": [{"name": "reports"}],
    "recipes": [
        {
            "name": "split",
            "type": "python",
            "inputs": ["orders"],
            "outputs": ["clean", {"folder": "reports"}, "dirty"],
            "code": "pass",
        }
    ],
}
START = "POST /projects/{projectKey}/jobs"


@pytest.fixture
def shop(sandbox: SandboxProcess) -> t.Iterator[SandboxProcess]:
    """A node with a flow; what a test switches is switched back."""
    run_module(sandbox.environ, definition=DEFINITION)
    sandbox.control.forget_calls()
    yield sandbox
    sandbox.control.switch(job_seconds=0)


def build(node: SandboxProcess, **options: t.Any) -> dict[str, t.Any]:
    chosen = {} if "recipe" in options else {"outputs": ["clean"]}
    return run_module(node.environ, "build", **{"project": "SHOP", **chosen, **options})


def refusal(node: SandboxProcess, **options: t.Any) -> DssError:
    with pytest.raises(DssError) as caught:
        build(node, **options)
    assert_readable(str(caught.value))
    return caught.value


def jobs(node: SandboxProcess) -> list[t.Any]:
    return list(node.client().get_project("SHOP").list_jobs())


def folder_id(node: SandboxProcess) -> str:
    (folder,) = node.client().get_project("SHOP").list_managed_folders()
    return str(folder["id"])


def test_playbook_builds_and_sees_failures(tmp_path: Path, shop: SandboxProcess) -> None:
    shop.control.outcomes(jobs={"SHOP.dirty": "FAILED"})

    def task(name: str, **options: t.Any) -> dict[str, t.Any]:
        more = {"check_mode": True} if name == "planned" else {}
        common = {"register": name, "ignore_errors": True, **more}
        return {"dataiku_iac.dss.build": {"project": "SHOP", **options}, **common}

    checks = [
        "planned is changed and planned.diff.prepared == 'run the build of clean in SHOP (RECURSIVE_BUILD)\\n'",
        "done is changed and done.job.outcome == 'DONE' and done.type == 'NON_RECURSIVE_FORCED_BUILD'",
        "done.outputs | map(attribute='type') == ['DATASET', 'MANAGED_FOLDER'] and done.log is not defined",
        "done.job.activities | map(attribute='name') | unique == ['split'] and done.job.seconds >= 0",
        "broken is failed and broken is changed and broken.job.outcome == 'FAILED'",
        "broken.msg is search('^the build of recipe split in SHOP ended as FAILED after .* s, in split: Building SHOP.dirty')",
        "'ERROR: Building SHOP.dirty failed' in broken.log",
        "begun.job.id is string and begun.job.outcome is none",
        "info is not changed and info.jobs | length == 3 and info.running == []",
        "info.jobs[0].outcome == 'DONE' and info.jobs[0].outputs == ['clean'] and info.jobs[1].outcome == 'FAILED'",
        "info.jobs[0].type == 'RECURSIVE_MISSING_ONLY_BUILD' and info.jobs[0].start is search('Z$')",
    ]
    tasks = [
        task("planned", outputs=["clean"]),
        task("done", outputs=["clean", {"name": "reports", "type": "managed_folder"}], type="forced"),
        task("broken", recipe="split"),
        task("begun", outputs=["clean"], type="RECURSIVE_MISSING_ONLY_BUILD", wait=False),
        {"dataiku_iac.dss.build_info": {"project": "SHOP"}, "register": "info"},
        {"ansible.builtin.assert": {"that": checks}},
    ]
    played = play(tmp_path, tasks, environ=shop.environ)
    assert played.code == 0, played.output
    assert shop.control.calls()["counts"][START] == 3


def test_what_is_sent_is_what_the_client_sends(shop: SandboxProcess) -> None:
    build(shop, recipe="split", partition="2026-05-04")
    sent = jobs(shop)[0]["def"]
    assert sent["type"] == "NON_RECURSIVE_FORCED_BUILD"
    assert [(output["type"], output["targetDataset"], output["targetPartition"]) for output in sent["outputs"]] == [
        ("DATASET", "clean", "2026-05-04"),
        ("MANAGED_FOLDER", folder_id(shop), "2026-05-04"),
        ("DATASET", "dirty", "2026-05-04"),
    ]
    build(shop, outputs=["orders", {"name": "clean", "partition": "A|B"}, folder_id(shop)], type="recursive_forced")
    sent = jobs(shop)[0]["def"]
    assert sent["type"] == "RECURSIVE_FORCED_BUILD"
    assert [output["targetPartition"] for output in sent["outputs"]] == ["NP", "A|B", "NP"]


def test_a_job_that_ends_at_once_costs_four_calls(shop: SandboxProcess) -> None:
    build(shop)
    assert shop.control.calls()["total"] == 4


def test_names_that_are_not_there(shop: SandboxProcess) -> None:
    said = "SHOP has no dataset, managed folder or saved model 'claen'; did you mean 'clean'?"
    assert str(refusal(shop, outputs=["claen"])) == said
    assert "no managed folder 'clean'" in str(refusal(shop, outputs=[{"name": "clean", "type": "managed_folder"}]))
    assert "SHOP has no recipe 'spit'; did you mean 'split'?" in str(refusal(shop, recipe="spit"))
    assert "project SHOPS does not exist" in str(refusal(shop, project="SHOPS"))
    assert "outputs names nothing to build" in str(refusal(shop, outputs=[]))
    shop.client().get_project("SHOP").create_managed_folder("reports")
    assert "SHOP has 2 objects named 'reports': give the id" in str(refusal(shop, outputs=["reports"]))
    assert not jobs(shop)


def test_one_that_takes_too_long_goes_on_or_is_aborted(shop: SandboxProcess) -> None:
    shop.control.switch(job_seconds=60)
    error = refusal(shop, wait_timeout=0.3)
    (begun,) = jobs(shop)
    assert str(error) == (
        f"the build of clean in SHOP (job {begun['def']['id']}) did not end within 0.3 s and goes on in DSS: "
        "raise wait_timeout"
    )
    running = run_module(shop.environ, "build_info", project="SHOP")["running"]
    assert [job["outcome"] for job in running] == ["RUNNING"]
    error = refusal(shop, wait_timeout=0.3, abort_on_timeout=True)
    assert isinstance(error, RunError)
    assert str(error).endswith("did not end within 0.3 s and was aborted")
    assert error.result["job"]["outcome"] == "ABORTED" and error.result["changed"]


def test_a_start_whose_answer_is_lost_is_found_and_not_sent_again(shop: SandboxProcess) -> None:
    build(shop)
    shop.control.fault("POST", "*/jobs/", drop="after")
    result = build(shop)
    assert len(jobs(shop)) == 2 and result["job"]["outcome"] == "DONE"
    assert result["job"]["id"] == jobs(shop)[0]["def"]["id"]
    assert "was lost; job" in result["warnings"][0]
    shop.control.fault("POST", "*/jobs/", drop="before")
    error = refusal(shop, wait_timeout=0.6)
    assert "nothing has begun within 1 s: look in DSS whether the build of clean in SHOP runs" in str(error)
    assert len(jobs(shop)) == 2


def test_a_key_without_the_right_to_build(shop: SandboxProcess) -> None:
    key = shop.control.key(projects={"SHOP": "read"})
    assert "the key needs the right to write to the project, which building needs" in str(refusal(shop, api_key=key))
    assert not jobs(shop)
