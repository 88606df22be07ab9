# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many projects in three environments: one by one, by ten forks or in five slices side by side, the result is the same.

6 projects, 200 with DSS_TEST_FULL=1.
"""

from __future__ import annotations

import os
import re
import resource
import time
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.company import ENVIRONMENTS, INVENTORY, NODES, PLAYBOOK, Company
from support.playbook import run
from support.site import SandboxSite
from support.slices import Job, imported, private_folder, sliced

PROJECTS = 200 if os.environ.get("DSS_TEST_FULL") else 6
SLICES = 5
SECONDS = 60 + 6 * PROJECTS  # of one way, on a machine that has other work


@pytest.fixture(scope="module")
def site() -> Iterator[SandboxSite]:
    made = SandboxSite(*NODES)
    yield made
    made.stop()


def played(company: Company, *arguments: str) -> str:
    code, output = run(["-i", INVENTORY, PLAYBOOK, *arguments], {}, company.folder, SECONDS)
    assert code == 0, output[-5000:]
    return output


def in_slices(company: Company, folder: Path) -> str:
    """As five jobs of AWX at the same time."""
    inventory = imported(company.folder, INVENTORY)
    jobs = [
        Job(private_folder(folder / f"slice{number}", sliced(inventory, number, SLICES), company.folder, {}), PLAYBOOK)
        for number in range(1, SLICES + 1)
    ]
    ended = [job.wait(SECONDS) for job in jobs]
    assert [code for code, _output in ended] == [0] * SLICES, ended
    return "".join(output for _code, output in ended)


def recap(output: str) -> dict[str, str]:
    """What became of each host."""
    return dict(re.findall(r"^(\w+\.\w+) +: ok=1 +changed=(\d) +unreachable=0 +failed=0", output, re.M))


def one_by_one(company: Company, folder: Path) -> str:
    return played(company, "--forks", "1")


def by_ten_forks(company: Company, folder: Path) -> str:
    return played(company, "--forks", "10")


def test_every_way_gives_the_same(site: SandboxSite, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    projects = [f"P{number:03}" for number in range(PROJECTS)]
    hosts = {f"{environment}_design.{key}" for environment in ENVIRONMENTS for key in projects}
    results: dict[str, tuple[t.Any, t.Any]] = {}
    for way in (one_by_one, by_ten_forks, in_slices):
        (folder := tmp_path / way.__name__).mkdir()
        company = Company(folder, site, projects)
        company.begin()
        began, used = time.monotonic(), _cpu()
        assert recap(way(company, tmp_path / "jobs")) == dict.fromkeys(hosts, "1")
        seconds, used = time.monotonic() - began, _cpu() - used
        assert company.writes() > len(hosts)
        assert recap(by_ten_forks(company, tmp_path / "jobs-again")) == dict.fromkeys(hosts, "0")
        assert company.writes() == 0
        assert not company.unfinished()
        results[way.__name__] = company.held(), company.recorded()
        with capsys.disabled():
            print(f"\n{way.__name__}: {len(hosts)} hosts in {seconds:.0f} s, {used:.0f} s of CPU", end=" ")
    held, recorded = results[one_by_one.__name__]
    assert {name: sorted(found) for name, found in held.items()} == dict.fromkeys(ENVIRONMENTS, projects)
    assert len(recorded) == len(hosts)
    check_a_project(held)
    for result in results.values():
        assert result == (held, recorded)
    # The projects need not be listed: each node is asked, and its hosts are the same.
    company.write_inventory(listed=False)
    assert recap(by_ten_forks(company, tmp_path)) == dict.fromkeys(hosts, "0")


def _cpu() -> float:
    """Seconds that the processes have used that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def check_a_project(held: dict[str, t.Any]) -> None:
    """Variables, overrides and other names came from the inventory."""
    for environment, limit in zip(ENVIRONMENTS, (1, 10, 100)):
        found = held[environment]["P005"]
        assert found["metadata"]["label"] == f"P005 in {environment}"
        assert found["variables"]["standard"] == {"stage": environment, "limit": limit}
        raw = found["datasets"]["raw"]
        assert (raw["params"]["connection"], raw["tags"]) == (f"lake_{environment}", [environment])
        definition, code = found["recipes"]["cleaning"]
        assert definition["params"]["envSelection"]["envName"] == f"py_{environment}"
        assert code == "# of P005\n"
        assert found["scenarios"]["nightly"]["active"] is (environment == "prod")


def test_a_node_that_is_down_fails_its_own_hosts_alone(site: SandboxSite, tmp_path: Path) -> None:
    company = Company(tmp_path, site, ["CRM", "SALES"])
    company.begin()
    company.write_inventory(prod={"automation": {"url": "http://127.0.0.1:9", "api_key_file": "../keys/prod"}})
    code, output = run(["-i", INVENTORY, PLAYBOOK, "--limit", "prod:&automation", "--list-hosts"], {}, tmp_path)
    listed = sorted(re.findall(r"^ +(\S+\.\S+)$", output, re.M))  # Ansible prints a set
    assert code == 0 and listed == ["prod_automation.CRM", "prod_automation.SALES"]
    code, output = run(["-i", INVENTORY, PLAYBOOK, "--limit", "prod", "--forks", "10"], {}, tmp_path)
    assert code == 2
    sentence = r"http://127\.0\.0\.1:9 cannot be reached \(connection refused\): is the node up and url right\?"
    assert sorted(re.findall(rf"fatal: \[(\S+)\]: FAILED! => .*{sentence}", output)) == [
        "prod_automation.CRM",
        "prod_automation.SALES",
    ]
    for key in company.projects:
        assert f"[prod_design.{key}]   + project.{key}  # project.yml" in output
        assert f"[prod_design.{key}] Plan: 6 to create, 0 to update, 0 to replace, 0 to delete." in output
        assert f"changed: [prod_design.{key}]" in output
    # One host: nobody else's lines could be meant.
    code, output = run(["-i", INVENTORY, PLAYBOOK, "--limit", "prod_design.CRM"], {}, tmp_path)
    assert code == 0 and "\nNo changes. 6 objects are as declared.\n" in output, output
    code, output = run(["-i", INVENTORY, "dataiku_iac.dss.drift", "-e", "target=prod_design"], {}, tmp_path)
    assert code == 0 and "Drift of SALES in prod: 0 drifted, 0 missing, 0 unmanaged" in output, output
