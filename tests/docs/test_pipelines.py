# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example pipelines: their commands run in order, and what they would send to their platform is looked at."""

from __future__ import annotations

import json
import re
import shutil
import typing as t
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from support import pipelines
from support.pipelines import Ended, Jobs, run_job
from support.places import Places
from support.sandbox import ROOT, SandboxProcess

EXAMPLES = ROOT / "examples"
REPOSITORY = EXAMPLES / "repository"
MARK = "plnt-"
PASSWORD, TOKEN = f"{MARK}warehouse-5c0f", f"{MARK}platform-token-77"
STAGES = {"DSS_STAGING_KEY": f"{MARK}staging-key", "DSS_PROD_KEY": f"{MARK}prod-key"}
HEAD, MERGED = "a" * 40, "b" * 40
needs_jq = pytest.mark.skipif(not shutil.which("jq"), reason="the pipelines use jq, which is not installed")


@dataclass(frozen=True)
class Platform:
    """How a platform is read, where it takes comment and status, and what it answers about a merge whose plan has a digest."""

    read: Callable[[Mapping[str, str]], Jobs]
    comment: str
    status: str
    answers: Callable[[str], dict[str, str]]


API = "https://ci.example.com/api"
PLATFORMS = {
    "github": Platform(
        pipelines.github,
        r"^pr comment 7 --repo team/dss --body-file comment\.md$",
        rf"^api repos/team/dss/statuses/{HEAD} -f state=success -f context=dss/plan -f description=",
        lambda digest: {f"commits/{HEAD}/statuses --jq": digest},
    ),
    "gitlab": Platform(
        pipelines.gitlab,
        rf"PRIVATE-TOKEN: {TOKEN} {API}/projects/5/merge_requests/7/notes --data-urlencode body@comment\.md$",
        rf"{API}/projects/5/statuses/{HEAD} --data state=success --data name=dss/plan --data description=",
        lambda digest: {
            f"commits/{MERGED}/merge_requests$": json.dumps([{"sha": HEAD}]),
            f"commits/{HEAD}/statuses": json.dumps([{"description": digest}]),
        },
    ),
    "azure": Platform(
        pipelines.azure,
        rf"Bearer {TOKEN} --json @- {API}/team/_apis/git/repositories/5/pullRequests/7/threads\?api-version=7\.1$",
        rf"{API}/team/_apis/git/repositories/5/commits/{HEAD}/statuses\?api-version=7\.1$",
        lambda digest: {
            "pullrequestquery": json.dumps({"results": [{MERGED: [{"lastMergeSourceCommit": {"commitId": HEAD}}]}]}),
            f"commits/{HEAD}/statuses": json.dumps(
                {"value": [{"description": digest, "context": {"genre": "dss", "name": "plan"}}]}
            ),
        },
    ),
    "jenkins": Platform(
        pipelines.jenkins,
        rf"--oauth2-bearer {TOKEN} --json @- https://api\.github\.com/repos/team/dss/issues/7/comments$",
        rf"--json @- https://api\.github\.com/repos/team/dss/statuses/{HEAD}$",
        lambda digest: {
            "/pulls/7$": json.dumps({"head": {"sha": HEAD}}),
            f"/commits/{MERGED}/pulls$": json.dumps([{"head": {"sha": HEAD}}]),
            f"/commits/{HEAD}/statuses$": json.dumps([{"context": "dss/plan", "description": digest}]),
        },
    ),
}


class Team:
    """One repository on one platform; every job has a checkout of its own and shares nothing but the bucket."""

    def __init__(self, platform: Platform, node: SandboxProcess, folder: Path, backend: dict[str, t.Any]) -> None:
        self.platform = platform
        self.node = node
        self.folder = folder
        self.keys = {"AWS_ACCESS_KEY_ID": backend.pop("access_key"), "AWS_SECRET_ACCESS_KEY": backend.pop("secret_key")}
        self.source = folder / "source"
        shutil.copytree(REPOSITORY, self.source)
        (self.source / "inventory/group_vars/all.yml").write_text(yaml.safe_dump({"dss_state_backend": backend}))
        self._jobs = 0

    @property
    def secrets(self) -> dict[str, str]:
        return {**self.node.environ, **self.keys, "WAREHOUSE_PASSWORD": PASSWORD, **STAGES}

    def run(self, job: str, answers: Mapping[str, str] | None = None) -> Ended:
        """Run a job in a new checkout, which becomes ``checkout``."""
        self._jobs += 1
        self.checkout = self.folder / f"checkout-{self._jobs}"
        shutil.copytree(self.source, self.checkout)
        environ = {
            "GITHUB_REPOSITORY": "team/dss",
            "GITHUB_OUTPUT": str(self.checkout / "output"),
            "GITLAB_TOKEN": TOKEN,
            "CI_COMMIT_SHA": MERGED,
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": HEAD,
            "CHANGE_ID": "7",
            "GIT_COMMIT": MERGED,
            **self.secrets,
        }
        return run_job(
            self.platform.read(self.context)[job], self.checkout, environ, answers or self.platform.answers("")
        )

    @property
    def context(self) -> dict[str, str]:
        """What the platforms put in for the expressions of the files."""
        return {
            "github.event.pull_request.head.sha": HEAD,
            "github.event.pull_request.number": "7",
            "github.token": TOKEN,
            "needs.staging.outputs.bundle": "v7",
            **{f"secrets.{name}": value for name, value in self.secrets.items()},
            "CI_API_V4_URL": API,
            "CI_PROJECT_ID": "5",
            "System.CollectionUri": f"{API}/",
            "System.TeamProject": "team",
            "System.AccessToken": TOKEN,
            "System.PullRequest.PullRequestId": "7",
            "System.PullRequest.SourceCommitId": HEAD,
            "Build.Repository.ID": "5",
            "Build.SourceVersion": MERGED,
            "BUNDLE": "v7",
            **self.secrets,
            "REPOSITORY": "team/dss",
            "WORKSPACE": str(self.folder),
            "dss-api-key": self.node.api_key,
            "dss-state-access-key": self.keys["AWS_ACCESS_KEY_ID"],
            "dss-state-secret-key": self.keys["AWS_SECRET_ACCESS_KEY"],
            "warehouse-password": PASSWORD,
            "github-token": TOKEN,
            "dss-staging-key": STAGES["DSS_STAGING_KEY"],
            "dss-prod-key": STAGES["DSS_PROD_KEY"],
        }

    def plan(self) -> tuple[str, str, str]:
        """Run the job; gives the comment, the digest of the status, and what was printed."""
        writes = self.node.control.calls()["writes"]
        ended = self.run("plan")
        assert ended.code == 0, ended.output
        assert self.node.control.calls()["writes"] == writes
        comment = ended.call(self.platform.comment).sent
        status = ended.call(self.platform.status)
        digest = t.cast("re.Match[str]", re.search(r"sha256:[0-9a-f]{64}", status.line + status.sent))[0]
        assert digest == json.loads((self.checkout / "summary.json").read_text())["digest"]
        written = (self.checkout / "comment.md").read_text()
        assert written in comment or json.dumps(written, ensure_ascii=False)[1:-1] in comment
        return comment, digest, ended.output

    def tag_by_hand(self, dataset: str) -> None:
        settings = self.node.client().get_project("SALES").get_dataset(dataset).get_settings()
        settings.get_raw()["tags"] = ["by hand"]
        settings.save()

    def tags(self, dataset: str) -> list[str]:
        found: list[str] = self.node.client().get_project("SALES").get_dataset(dataset).get_settings().get_raw()["tags"]
        return found


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    made = Places()
    yield made
    made.close()


@pytest.fixture(params=PLATFORMS)
def team(request: pytest.FixtureRequest, sandbox: SandboxProcess, tmp_path: Path, places: Places) -> Team:
    return Team(PLATFORMS[request.param], sandbox, tmp_path, places.options("object_store", tmp_path))


@needs_jq
def test_plan_on_the_request_and_that_very_plan_on_the_merge(team: Team) -> None:
    answers = team.platform.answers
    comment, digest, printed = team.plan()
    assert "5 to create" in comment and "dataset.SALES.orders" in comment and "(sensitive)" in comment
    assert MARK not in comment + printed

    applied = team.run("apply", answers(digest))
    assert applied.code == 0, applied.output
    assert "5 to create" in applied.output and MARK not in applied.output
    assert team.tags("orders") == ["raw"]

    whole = team.platform is PLATFORMS["github"]  # the others give Ansible the same commands, as a test below shows
    if whole:
        comment, _digest, _printed = team.plan()
        assert "No changes." in comment

    project = team.source / "sales/project.yml"
    project.write_text(project.read_text().replace("[raw]", "[bronze]"))
    comment, digest, _printed = team.plan()
    assert "1 to update" in comment
    team.tag_by_hand("orders")
    refused = team.run("apply", answers(digest))
    assert refused.code == 2
    assert "cannot be applied any more: the objects on the node changed (dataset.SALES.orders)" in refused.output
    assert team.tags("orders") == ["by hand"]

    if whole:
        checked = team.run("check")
        assert checked.code == 2
        assert "1 change: 0 to create, 1 to update" in checked.output
        assert json.loads((team.checkout / "summary.json").read_text())["changes"] == 1


@needs_jq
def test_without_a_digest_nothing_is_applied(sandbox: SandboxProcess, tmp_path: Path, places: Places) -> None:
    team = Team(PLATFORMS["github"], sandbox, tmp_path, places.options("object_store", tmp_path))
    lost = team.run("apply", team.platform.answers(""))
    assert lost.code == 2 and "dev has require_approval" in lost.output
    assert sandbox.control.calls()["writes"] == 0


@needs_jq
def test_promotion_is_approved_by_bundle(team: Team) -> None:
    """The role promote is replaced: this shows what the jobs give it and pass on."""
    (team.source / "promote.yml").write_text(
        json.dumps(
            [
                {
                    "hosts": "localhost",
                    "gather_facts": False,
                    "tasks": [
                        {
                            "ansible.builtin.debug": {"msg": "approved {{ promote_approved }}"},
                            "when": "promote_approved is defined",
                        },
                        {
                            "ansible.builtin.copy": {"content": "v7", "dest": "{{ bundle_file }}"},
                            "when": "bundle_file is defined",
                        },
                        {
                            "ansible.builtin.assert": {
                                "that": "promote_approved is defined or promote_stop_after == 'staging'"
                            }
                        },
                    ],
                }
            ]
        )
    )
    staged = team.run("staging")
    assert staged.code == 0, staged.output
    told = [staged.output, *(path.read_text() for path in team.checkout.glob("output"))]
    assert (team.checkout / "bundle").read_text() == "v7"
    shutil.copy(team.checkout / "bundle", team.source)  # the artifact, or the workspace that Jenkins keeps
    if team.platform.read in (pipelines.github, pipelines.azure):
        assert re.search(r"bundle(=|;isOutput=true\])v7", "".join(told))
    approved = team.run("production")
    assert approved.code == 0, approved.output
    assert "approved v7" in approved.output


def commands(read: Callable[[Mapping[str, str]], Jobs]) -> dict[str, list[str]]:
    """What each job gives to Ansible, with everything that the platform puts in."""
    jobs = read(defaultdict(lambda: "x"))
    found: dict[str, list[str]] = {}
    for name, steps in jobs.items():
        lines = [
            line.replace("$DEPLOY", variables.get("DEPLOY", "")).replace("$BUNDLE", "x").replace("$(cat bundle)", "x")
            for script, variables in steps
            for line in script.replace("\\\n", "").splitlines()
        ]
        found[name] = [" ".join(line.split()) for line in lines if line.lstrip().startswith("ansible-playbook")]
    return found


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_platform_gives_ansible_the_same_commands(name: str) -> None:
    found = commands(PLATFORMS[name].read)
    assert found == commands(pipelines.github)
    assert [len(found[job]) for job in pipelines.JOBS] == [1] * 5


def test_the_page_shows_what_the_pipelines_run() -> None:
    run = {command for job in commands(pipelines.github).values() for command in job}
    shown = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs/ci.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(shown) == 3
    assert {line for block in shown for line in block.splitlines()} <= run


def test_versions_are_pinned_and_suffice() -> None:
    pins = {}
    for line in (REPOSITORY / "requirements.txt").read_text().splitlines():
        if not line.startswith("#"):
            name, _equal, version = line.partition("==")
            pins[name.lower()] = version
    for file in ("requirements.txt", "meta/ee-requirements.txt"):
        for line in (ROOT / file).read_text().splitlines():
            if line and not line.startswith(("#", "-")):
                needed = Requirement(line.partition("#")[0])
                assert needed.specifier.contains(pins[needed.name.lower()]), line
    (collection,) = yaml.safe_load((REPOSITORY / "collections/requirements.yml").read_text())["collections"]
    released = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    assert tuple(map(int, collection["version"].split("."))) >= tuple(map(int, released.split(".")))


def test_actions_are_pinned_by_commit() -> None:
    used = re.findall(r"\buses: (\S+)", (pipelines.PIPELINES / "github-actions.yml").read_text())
    assert used and all(re.search(r"@[0-9a-f]{40}$", name) for name in used)


def test_no_secret_is_written_in_an_example() -> None:
    """What has the name of a secret is taken from a store or from the environment."""
    for path in sorted(EXAMPLES.rglob("*")):
        if path.is_file():
            for name, value in re.findall(
                r"(?im)^\s*(\w*(?:password|secret|token|api_key))\s*[:=]\s*(\S.*)$", path.read_text()
            ):
                assert re.search(r"[$({&*]|^(true|false|string|str)$", value), f"{path}: {name}: {value}"
