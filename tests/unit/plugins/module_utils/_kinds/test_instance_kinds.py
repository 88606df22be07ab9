# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the kinds of the instance that need no node."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Interrupted, NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS, code_env_forms, connection_types
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.awaited import awaited, failures
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Known, redacted
from ansible_collections.dataiku_iac.dss.plugins.module_utils._options import kind_options, module_spec
from hypothesis import given
from hypothesis import strategies as st

# Code environments ---------------------------------------------------------------------------------------------------

names = st.from_regex(r"[a-z][a-z0-9]{0,4}([-_.][a-z0-9]{1,3})?", fullmatch=True)
requirements = st.builds("{}{}".format, names, st.sampled_from(["", "==1.0", ">=1,<2", "[extra]~=1.2"]))


@given(st.lists(requirements, max_size=5), st.randoms())
def test_order_comments_blanks_and_spelling_mean_nothing(wanted: list[str], random: t.Any) -> None:
    written = [name.replace("-", "_").upper() if "[" not in name else name for name in wanted]
    random.shuffle(written)
    text = "# first\n" + "\n".join(f"  {line.replace('=', ' = ', 0)}   # why" for line in [*written, *written]) + "\n\n"
    assert code_env_forms.requirements(text) == code_env_forms.requirements("\n".join(wanted))


@pytest.mark.parametrize(
    ("one", "other"),
    [("pandas==1", "pandas==2"), ("pandas", ""), ("a\nb", "a"), ("--index-url https://a", "--index-url https://b")],
)
def test_what_is_installed_differs(one: str, other: str) -> None:
    assert code_env_forms.requirements(one) != code_env_forms.requirements(other)


def test_a_text_with_comments_stays_one() -> None:
    assert code_env_forms.as_list("a\n b \n") == ["a", "b"]
    assert code_env_forms.as_list("a # b") == "a # b"
    assert code_env_forms.as_text(["a", "b"]) == "a\nb"


DESIGN = {"envLang": "PYTHON", "envName": "e", "deploymentMode": "DESIGN_MANAGED"}
SINGLE = {"envLang": "PYTHON", "envName": "e", "deploymentMode": "AUTOMATION_SINGLE", "versions": []}


def test_doubled_fields_are_shown_once_and_written_twice() -> None:
    document = {**DESIGN, "desc": {"owner": "a", "conda": False}, "owner": "b", "specPackageList": "x"}
    shown = code_env_forms.read(document)
    assert shown == {**DESIGN, "desc": {"owner": "b", "conda": False}, "specPackageList": "x"}
    assert code_env_forms.written(shown) == {**shown, "owner": "b", "conda": False}


def test_the_version_of_an_automation_node_is_shown_as_the_environment() -> None:
    version = {"versionId": "v", "specPackageList": "x", "desc": {"conda": False}}
    document = {**SINGLE, "owner": "b", "currentVersion": version, "other": 1}
    shown = code_env_forms.read(document)
    assert (shown["specPackageList"], shown["desc"]) == ("x", {"conda": False, "owner": "b"})
    shown["specPackageList"], shown["desc"]["owner"] = "y", "c"
    written = code_env_forms.written(shown)
    assert (written["owner"], written["other"], written["versions"]) == ("c", 1, [])
    assert written["currentVersion"]["specPackageList"] == "y" and written["currentVersion"]["versionId"] == "v"


def test_versions_of_bundles_are_left_alone() -> None:
    document = {**SINGLE, "deploymentMode": "AUTOMATION_VERSIONED", "versions": [{"versionId": "v"}], "owner": "a"}
    shown = code_env_forms.read(document)
    shown["desc"]["owner"] = "b"
    assert code_env_forms.written(shown) == {**document, "owner": "b"}


def test_what_is_registered_only_is_known_by_its_error() -> None:
    assert code_env_forms.is_registered_only(NodeError("Not a file: /python/e/desc.json", 500))
    assert not code_env_forms.is_registered_only(NodeError("PYTHON env e doesn't exist", 500))


@pytest.mark.parametrize("tail", ["a\nb\n", ["a", "b"], {"lines": ["a", "b"]}])
def test_the_end_of_a_log_may_have_several_forms(tail: t.Any) -> None:
    assert code_env_forms.lines_of(tail) == ["a", "b"] and code_env_forms.lines_of(None) == []


# What DSS says of long work -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({"messages": {"error": False, "messages": []}}, ()),
        ({"success": True}, ()),
        (None, ()),
        ({"messages": {"error": True, "messages": [{"severity": "ERROR", "message": "no"}]}}, ("no",)),
        (
            {"error": True, "messages": [{"severity": "WARNING", "message": "w"}, {"severity": "ERROR", "title": "t"}]},
            ("t",),
        ),
        ({"success": False}, ("DSS does not say why",)),
    ],
)
def test_a_failure_inside_an_answer_is_found(result: t.Any, told: tuple[str, ...]) -> None:
    assert failures(result) == told


class Busy:
    """A node on which a build never ends, in a run that is to stop after some looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def get(self, path: str, /, **query: t.Any) -> t.Any:
        self.looks -= 1
        return {"hasResult": False, "alive": True}

    def stopped(self) -> str:
        return "the run was interrupted" if self.looks <= 0 else ""


def test_who_waits_for_a_build_stops_when_the_run_is_to_stop() -> None:
    with pytest.raises(Interrupted, match="the run was interrupted while waiting for the build, which goes on in DSS"):
        awaited(t.cast(t.Any, Busy(2)), {"jobId": "x", "hasResult": False}, "the build")


# Connections ----------------------------------------------------------------------------------------------------------


def test_each_type_needs_only_what_it_has_and_each_parameter_has_a_type() -> None:
    known = {field.name for field in connection_types.FIELDS}
    used = {name for kind in connection_types.TYPES.values() for name in kind.fields}
    assert used == known
    for kind in connection_types.TYPES.values():
        assert set(kind.required) <= kind.fields


@pytest.mark.parametrize(
    ("author", "found"),
    [
        ({"type": "PostgreSQL", "params": {}}, 0),
        ({"type": "PostgreSQL", "user": "u"}, 2),
        ({"type": "PostgreSQL", "user": "u", "params": {"host": "h", "db": "d"}}, 0),
        ({"type": "PostgreSQL", "use_url": True}, 1),
        ({"type": "PostgreSQL", "use_url": True, "jdbc_url": "jdbc:x"}, 0),
        ({"type": "S3", "bucket": "b"}, 0),
        ({"type": "S3", "s3_authentication": "STS_ASSUME_ROLE"}, 1),
        ({"type": "Filesystem", "root": "/", "host": "h"}, 1),
        ({"type": "Unheard", "host": "h"}, 0),
        ({"type": ["x"], "host": "h"}, 0),
    ],
)
def test_what_a_type_needs(author: dict[str, t.Any], found: int) -> None:
    assert len(list(connection_types.problems(author))) == found


def test_secret_options_are_never_logged() -> None:
    spec = module_spec("connection")["argument_spec"]
    assert {name for name, option in spec.items() if option.get("no_log")} >= {
        *("password", "token", "access_key", "secret_key", "private_key")
    }
    assert kind_options(KINDS["user"])["password"]["no_log"] is True


# Users ----------------------------------------------------------------------------------------------------------------


def test_names_of_secrets_are_shown_and_their_values_are_not() -> None:
    user = KINDS["user"]
    document = {
        "secrets": [{"name": "db-token", "value": "x", "secret": True}],
        "credentials": {"token-store": {"type": "BASIC", "user": "u", "password": "x"}},
    }
    shown = redacted(document, user.is_secret)
    assert shown["secrets"] == [{"name": "db-token", "value": "(sensitive)", "secret": True}]
    assert shown["credentials"] == {"token-store": {"type": "BASIC", "user": "u", "password": "(sensitive)"}}
    assert user.from_dss({"login": "u", **document}, Known()) == {"login": "u"}


def test_only_the_caller_is_protected() -> None:
    assert KINDS["user"].protected({"login": "a", "callersOwn": True})
    assert not KINDS["user"].protected({"login": "a"}) and not KINDS["group"].protected({"name": "g"})
