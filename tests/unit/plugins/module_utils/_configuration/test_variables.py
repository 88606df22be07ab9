# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import (
    Filled,
    Mapping,
    Verbatim,
    location_of,
    plain,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.expressions import (
    Expander,
    Scope,
    Unfilled,
    escape,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.files import Document
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.parser import parse
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.variables import (
    own_names,
    protection,
    substitute,
)
from hypothesis import given
from hypothesis import strategies as st

SECRET = "s3cr3t-value"
ANSIBLE = {"ansible_name": "from ansible", "nested": {"k": [10, {"x": "deep"}], "dash-key": 1}}
SCOPE = Scope(
    given={
        "NAME": "value",
        "NUMBER": 7,
        "YES": True,
        "NOTHING": None,
        "LIST": ["a", "b"],
        "MAP": {"k": "v"},
        "B": "EU",
    },
    files=(
        {"FILE": "in-file", "REF": "${FILE}-${NAME}", "A_EU_C": "nested", "BRACES": "${LIST}"},
        {"FILE": "shadowed", "SHARED": 1},
    ),
    process={"HOME_DIR": "/home/x", "TOKEN": SECRET},
    lookup=ANSIBLE.__getitem__,
)


def fill(text: str, scope: Scope = SCOPE) -> t.Any:
    return Expander(scope).text(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${NAME}", "value"),
        ("a-${NAME}-b-${NUMBER}", "a-value-b-7"),
        ("${NUMBER}", 7),
        ("${YES}", True),
        ("x${YES}", "xtrue"),
        ("x${NOTHING}x", "xx"),
        ("${NOTHING}", None),
        ("${LIST}", ["a", "b"]),
        ("${MAP}", {"k": "v"}),
        ("${FILE}", "in-file"),
        ("${REF}", "in-file-value"),
        ("${BRACES}", ["a", "b"]),
        ("${SHARED}", 1),
        ("${A_${B}_C}", "nested"),
        ("${ABSENT:fallback}", "fallback"),
        ("${ABSENT:}", ""),
        ("${ABSENT:a:b/c}", "a:b/c"),
        ("${ABSENT:x-${NAME}}", "x-value"),
        ("${NAME:fallback}", "value"),
        ("{{ NAME }}", "value"),
        ("{{NAME}}", "value"),
        ("{{- NAME -}}", "value"),
        ("x {{ NUMBER }} y", "x 7 y"),
        ("{{ MAP.k }}", "v"),
        ("{{ MAP['k'] }}", "v"),
        ("{{ ansible_name }}", "from ansible"),
        ("{{ nested.k[1].x }}", "deep"),
        ('{{ nested["dash-key"] }}', 1),
        ("{{ env.HOME_DIR }}", "/home/x"),
        ("{{ env['HOME_DIR'] }}", "/home/x"),
        ("{{ absent | default('x') }}", "x"),
        ('{{ absent.deep|default("") }}', ""),
        ("{{ absent | default(3) }}", 3),
        ("{{ absent | default(-1.5) }}", -1.5),
        ("{{ absent | default(True) }}", True),
        ("{{ MAP.absent | default(false) }}", False),
        ("{{ env.ABSENT | default('none') }}", "none"),
        ("$${NAME}", "${NAME}"),
        ("$$${NAME}", "$${NAME}"),
        ("a $${X} ${NAME}", "a ${X} value"),
    ],
)
def test_values_are_filled_in_and_keep_their_type(text: str, expected: t.Any) -> None:
    found = fill(text)
    assert found == expected
    assert type(found) is type(expected) or isinstance(found, type(expected))


@pytest.mark.parametrize(
    "text",
    [
        "plain", "", "$", "${", "a } b", "}}", "{ x }", "{# comment #}", "^[a-z]{2}$", "${}", "${ NAME }", "$NAME",
        "${projectKey}_x", "/managed/${projectKey}/${odbId}", "${outcome} of ${scenarioName}", "${dip.home}/x",
        "${DKU_DST_out}", "${if(outcome == 'SUCCESS', 'a', 'b')}", "${if(x == '${NAME}', 1, 2)}", "${node}", "${creator.name}",
        "${projectKey:x}", "${1}", "${NAME", "100%", "%{x}",
    ],
)  # fmt: skip
def test_what_is_not_ours_passes_untouched(text: str) -> None:
    assert fill(text) is text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${ABSENT}", "the variable ${ABSENT} is not declared; declare it in the variables of the task"),
        ("${ABSENT}", "write $${ABSENT} or !unsafe where DSS is to expand it"),
        ("${NAMES}", "did you mean 'NAME'?"),
        ("${A_${projectKey}}", "${projectKey} inside another ${ } is known to DSS only"),
        ("${${NAME}-${NAME}}", None),
        ("${date:YYYY-MM-DD}", "${date:...} needs the moment of the run, and none was given"),
        ("${date:}", "${date:...} needs a text after the colon, as in ${date:YYYY-MM-DD}"),
        ("${uuid:x}", "${uuid} takes nothing after a colon"),
        ("${git:branch}", "${git:branch} has no value: the configuration is not in a Git repository"),
        ("${git:tag}", "${git:...} knows commit and branch"),
        ("${env:ABSENT}", "the environment variable ABSENT is not set; set it, or write ${env:ABSENT:default}"),
        ("x${LIST}", "the value of ${LIST} is a list or mapping and cannot stand inside other text"),
        ("{{ absent }}", "{{ absent }} is not defined; set it as a variable of the task or of the playbook"),
        ("{{ MAP.absent }}", "{{ MAP.absent }} is not defined"),
        ("{{ NAME.absent }}", "{{ NAME.absent }} is not defined"),
        ("{{ nested.k[9] }}", "{{ nested.k[9] }} is not defined"),
        ("{{ FILE }}", "write ${FILE} for a variable of the environment file"),
        ("{{ env.ABSENT }}", "{{ env.ABSENT }} is not defined; set the environment variable ABSENT"),
        ("{{ env }}", "needs the name of one environment variable"),
        ("{{ NAME | upper }}", "compute anything else in a variable of the playbook"),
        ("{{ lookup('env', 'X') }}", "compute anything else in a variable of the playbook"),
        ("{{ NAME() }}", "compute anything else"),
        ("{{ 1 + 1 }}", "compute anything else"),
        ("{{ NAME", "compute anything else"),
        ("{{ absent | default(omit) }}", "compute anything else"),
        ("{% if x %}", "{% %} is not evaluated here"),
        ("${" * 30 + "NAME" + "}" * 30, "nested deeper than 20 levels"),
    ],
)
def test_what_cannot_be_filled_in_says_what_to_do(text: str, expected: str | None) -> None:
    if expected is None:
        assert fill(text) is text
        return
    with pytest.raises(Unfilled) as caught:
        fill(text)
    assert expected in str(caught.value)


def test_variables_of_files_that_refer_to_one_another_in_a_circle() -> None:
    scope = Scope(files=({"A": "${B}", "B": "x${C}", "C": "${A}", "D": "${A}"},))
    with pytest.raises(Unfilled, match="variables refer to one another: A -> B -> C -> A"):
        fill("${D}", scope)


def test_the_fault_in_a_variable_of_a_file_names_the_variable() -> None:
    scope = Scope(files=({"TODAY": "${date:YYYY}"},))
    with pytest.raises(Unfilled, match=r"in the variable TODAY: \$\{date:...\} needs"):
        fill("x${TODAY}", scope)


def test_a_long_chain_of_variables_is_refused_not_a_traceback() -> None:
    scope = Scope(files=({f"V{index}": f"${{V{index + 1}}}" for index in range(5000)},))
    with pytest.raises(Unfilled, match="more than 100 steps"):
        fill("${V0}", scope)


def test_values_are_not_substituted_again() -> None:
    scope = Scope(given={"X": "${Y} {{ z }}", "Y": "y", "DEEP": {"k": "${Y}"}})
    assert fill("${X}", scope) == "${Y} {{ z }}"
    assert fill("a {{ X }}", scope) == "a ${Y} {{ z }}"
    assert fill("${DEEP}", scope) == {"k": "${Y}"}


def test_filled_text_is_marked_because_it_may_be_secret() -> None:
    assert fill("x{{ env.TOKEN }}").__class__ is Filled
    assert fill("{{ MAP }}")["k"].__class__ is Filled
    assert fill("$${X}").__class__ is str


def test_a_value_that_yaml_could_not_hold_is_refused() -> None:
    with pytest.raises(Unfilled, match="the value is of the type bytes"):
        fill("{{ X }}", Scope(given={"X": b"x"}))
    circle: list[t.Any] = []
    circle.append(circle)
    with pytest.raises(Unfilled, match="nested too deep"):
        fill("{{ X }}", Scope(given={"X": circle}))


def test_templates_mean_nothing_where_ansible_has_seen_the_text() -> None:
    scope = Scope(given={"NAME": "v"}, templates=False)
    assert fill("{{ NAME }} {% x %} ${NAME}", scope) == "{{ NAME }} {% x %} v"


@pytest.mark.parametrize(
    "text",
    [
        "${" * 100_000,
        "${A_" * 50_000 + "}" * 10,
        "$" * 100_000 + "{",
        "{{ " * 100_000,
        "{{ a" + ".b" * 100_000,
        "}" * 100_000,
    ],
)
def test_hostile_text_takes_no_time(text: str) -> None:
    with contextlib.suppress(Unfilled):
        fill(text)


@given(st.text(alphabet=st.characters(exclude_characters="{"), max_size=80))
def test_text_without_markers_is_the_same_object(text: str) -> None:
    assert fill(text) is text


@given(st.text(alphabet="ab${}:_ $", max_size=60).filter(lambda text: "{{" not in text and "{%" not in text))
def test_escaped_text_comes_back(text: str) -> None:
    assert fill(escape(text), Scope()) == text


@given(st.text(alphabet="aN${}:_%|'() .AMEX", max_size=60))
def test_no_text_makes_a_traceback_or_shows_a_value(text: str) -> None:
    scope = Scope(given={"NAME": SECRET, "A": {"M": SECRET}}, files=({"X": SECRET},), process={"A": SECRET})
    try:
        fill(text, scope)
    except Unfilled as problem:
        assert SECRET not in str(problem)


# In documents ------------------------------------------------------------------------------------------------------


def document(text: str) -> Document:
    return Document(parse(text.encode(), "f.yml"))


def test_documents_are_filled_outside_of_verbatim_places(kinds: dict[str, t.Any]) -> None:
    text = (
        "metadata: {x: '${ABSENT}'}\n"
        "datasets:\n"
        "  - {name: '${NAME}', type: sql, params: {table: 't_${NAME}', '${NAME}': 1}, tags: ['{{ NUMBER }}', b]}\n"
        "recipes:\n"
        "  - {name: r, type: python, code: 'print(\"${X} {{ y }}\")', payload: {deep: ['${X}']}, code_env: !unsafe '${X}'}\n"
    )
    (result,), problems = substitute([document(text)], kinds, SCOPE)
    assert problems == []
    assert plain(result.content["datasets"]) == [
        {"name": "value", "type": "sql", "params": {"table": "t_value", "${NAME}": 1}, "tags": [7, "b"]}
    ]
    assert plain(result.content["recipes"][0]) == {
        "name": "r", "type": "python", "code": 'print("${X} {{ y }}")', "payload": {"deep": ["${X}"]}, "code_env": "${X}",
    }  # fmt: skip
    assert location_of(result.content, ("datasets", 0, "params", "table")).line == 3


def test_a_document_without_markers_stays_the_same_object(kinds: dict[str, t.Any]) -> None:
    before = document("datasets: [{name: A, type: '{x}'}]\n")
    (after,), _problems = substitute([before], kinds, SCOPE)
    assert after.content is before.content


def test_all_faults_are_reported_where_they_are_and_without_values(kinds: dict[str, t.Any]) -> None:
    text = "datasets:\n  - {name: A, type: 'x${ABSENT}', connection: '{{ env.NO }}'}\n  - {name: 'a${MAP}', type: t}\n"
    _documents, problems = substitute([document(text)], kinds, SCOPE)
    assert [(str(problem.location), problem.path) for problem in problems] == [
        ("f.yml:2:15", "datasets[0].type"),
        ("f.yml:2:35", "datasets[0].connection"),
        ("f.yml:3:6", "datasets[1].name"),
    ]


def test_the_projects_own_variables_are_left_to_dss(kinds: dict[str, t.Any]) -> None:
    source = document(
        "variables: {standard: {region: eu}, local: {path: x}}\ndatasets: [{name: A, type: '${region}/${path}'}]"
    )
    names = own_names([source])
    assert names == {"region", "path"}
    (after,), problems = substitute([source], kinds, Scope(left=names))
    assert problems == []
    assert after.content["datasets"][0]["type"] == "${region}/${path}"


def test_verbatim_places_are_found_through_every_part_of_a_schema() -> None:
    secret = {"type": "string", "x-verbatim": True}
    schema = {
        "$defs": {
            "step": {"properties": {"code": secret, "inner": {"type": "array", "items": {"$ref": "#/$defs/step"}}}}
        },
        "properties": {
            "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}},
            "any": {"anyOf": [{"type": "string"}, {"properties": {"sql": secret}}]},
            "map": {"additionalProperties": secret},
            "free": {"type": "object"},
        },
    }
    assert protection(schema) == {"steps": {"*": {"code": True}}, "any": {"sql": True}, "map": {"*": True}}
    assert protection({"properties": {"a": {}}}) is None


def test_a_mapping_of_unsafe_text_is_not_touched() -> None:
    assert Expander(SCOPE).tree(Mapping({"a": Verbatim("${NAME}"), "b": "${NAME}"})) == {"a": "${NAME}", "b": "value"}
