# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json
import pickle
import typing as t

import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration import parser
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import (
    MAX_BYTES,
    Mapping,
    Sequence,
    Vaulted,
    Verbatim,
    location_of,
    plain,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.parser import parse
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

BOMB = 'a: &a ["x", "x", "x", "x", "x", "x", "x", "x", "x", "x"]\n' + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{', '.join(['*' + chr(97 + level)] * 10)}]\n" for level in range(8)
)


def read(text: str, file: str = "f.yml") -> t.Any:
    return parse(text.encode(), file)


def refusal(data: str | bytes, file: str = "f.yml") -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse(data if isinstance(data, bytes) else data.encode(), file)
    (problem,) = caught.value.problems
    text = str(problem)
    assert "\n" not in text
    assert not text.endswith(".")
    return text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: b\xff", "f.yml:1:5: the byte 0xff at offset 4 is not UTF-8"),
        ("é: 1\nb: ".encode() + b"\xe9", "f.yml:2:4: the byte 0xe9 at offset 9 is not UTF-8"),
        ("a: x".encode("utf-16"), "f.yml:1:1: the byte 0xff at offset 0 is not UTF-8"),
        ("a: \x01", "f.yml:1:4: the control character U+0001"),
        ("a:\n\tb: 1\n", "f.yml:2:1: a tab indents this line; use spaces"),
        ("a:\n  \tb: 1\n  c: x: y\n", "f.yml:2:3: a tab indents this line; use spaces"),
        ("a: b: c", "f.yml:1:5: a ':' is not expected here"),
        ("a:\n  - x\n y: 1\n", "f.yml:3:2: this does not fit"),
        ("a: [1, 2\nb: 3\n", "f.yml:2:2: a ',' or ']' is missing"),
        ("x: {a: ${B}}\n", "f.yml:1:9: a ',' or '}' is missing; quote"),
        ('a: "x\n', "the file ends inside a quoted text"),
        ("a: `x`", "f.yml:1:4: this character cannot begin a text"),
        ('a: "\\q"', "f.yml:1:5: this is no escape sequence"),
        ("a: 1\nb: 2\na: 3\n", "f.yml:3:1: the key 'a' stands here twice, first at line 1 column 1"),
        ("a: {x: 1, x: 2}", "f.yml:1:11: the key 'x' stands here twice, first at line 1 column 5"),
        ("1: x", "f.yml:1:1: a key must be text and this one is a number (1); quote it"),
        ("on: x", "f.yml:1:1: a key must be text and this one is true or false (true); quote it"),
        ("null: x", "f.yml:1:1: a key must be text and this one is empty; quote it"),
        ("? [a]\n: x", "a key must be text, not a mapping or list"),
        ("a: &x [1]\n*x : 1", "f.yml:2:1: a key must be text, not a mapping or list"),
        ("a: {{ env.X }}", "a value that begins with {{ must be quoted"),
        ("a: &x [1, *x]", "f.yml:1:11: *x stands inside the value it repeats"),
        ("a: *x", "f.yml:1:4: *x repeats an anchor that is not defined above it"),
        (BOMB, "aliases repeat more than 1,000,000 values"),
        ("a: " + "[" * 120, "values are nested deeper than 100 levels"),
        ("a: &x " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 60 + "*x" + "]" * 60, "nested deeper than 100 levels"),
        ("a: 1\n---\nb: 2\n", "f.yml:2:1: a second document starts here; a file holds one"),
        ("", "f.yml:1:1: the file is empty"),
        ("# only a comment\n", "f.yml:1:1: the file is empty"),
        ("- a\n", "f.yml:1:1: the file must be a mapping, not a list"),
        ("text", "f.yml:1:1: the file must be a mapping, not text"),
        ("$ANSIBLE_VAULT;1.1;AES256\n61\n", "f.yml:1:1: the file is encrypted with Ansible Vault; keep its secrets in"),
        ("a: !vault x", "f.yml:1:4: !vault cannot be read here; keep the secret in a variable of the playbook"),
        ("a: !foo x", "f.yml:1:4: the tag !foo is not supported"),
        ("a: !!binary aGk=", "f.yml:1:4: the tag !!binary is not supported"),
        ("a: !!python/object:os.system {}", "the tag !!python/object:os.system is not supported"),
        ("a: !unsafe [x]", "f.yml:1:4: !unsafe stands in front of a text only"),
        ("a: !!int x", "f.yml:1:4: this number cannot be read"),
        ("a: " + "9" * 5000, "f.yml:1:4: this number cannot be read"),
        ("<<: 1", "f.yml:1:5: << needs a mapping or a list of mappings"),
        ("<<: {a: 1}\n<<: {b: 1}", "f.yml:2:1: the key << stands here twice"),
        ("%YAML 3.0\n---\na: 1", "only YAML 1.1 and 1.2 can be read"),
        ("a: %x", "this character cannot begin a text"),
        ("a: &\n", "needs its name"),
    ],
)
def test_broken_files_are_refused_in_one_sentence(data: str | bytes, expected: str) -> None:
    assert expected in refusal(data)


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    assert refusal(b"a" * (MAX_BYTES + 1)) == (
        "f.yml: the file is larger than 32 MiB; split it into several files and move code into a code_file"
    )


def test_scalars_are_resolved_as_pyyaml_does_but_timestamps_stay_text() -> None:
    text = "{i: 12, f: 1.5, h: 0x1f, o: 010, s: 1:30, t: yes, n: ~, e: , q: '12', d: 2030-01-02, x: 1e5, z: !!str 3, u: !!int '4'}"
    assert read(text) == {
        "i": 12, "f": 1.5, "h": 31, "o": 8, "s": 90, "t": True, "n": None, "e": None, "q": "12", "d": "2030-01-02",
        "x": "1e5", "z": "3", "u": 4,
    }  # fmt: skip


def test_unsafe_text_is_verbatim_and_nothing_else_is() -> None:
    value = read("{a: !unsafe '${X}', b: '${X}'}")
    assert value["a"].__class__ is Verbatim
    assert value["b"].__class__ is str


def test_merge_keys_anchors_and_aliases() -> None:
    text = "base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\none: {<<: *b, y: 9}\ntwo: {<<: [*b, *m]}\nthree: ['<<', *b]\nfour: {'<<': 1}\n"
    value = read(text)
    assert value["one"] == {"x": 1, "y": 9}
    assert value["two"] == {"x": 1, "y": 2, "z": 4}
    assert value["three"] == ["<<", {"x": 1, "y": 2}]
    assert value["four"] == {"<<": 1}
    assert location_of(value, ("one", "x")).line == 1


def test_an_anchor_can_be_defined_again() -> None:
    assert read("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_json_goes_the_same_way() -> None:
    text = '{"a": 1e5, "b": "\\ud83d\\ude00", "c": "\\\\ud83d\\\\ude00", "d": [true, null, -0.5E+3, "yes"],\n\t"e/": "\\/"}'
    assert read(text, "f.json") == json.loads(text)
    assert location_of(read(text, "f.json"), ("e/",)).line == 2
    assert refusal('{"a": 1,, "b": 2}', "f.json").startswith("f.json:1:")


def test_positions_of_keys_and_items() -> None:
    value = read("project:\n  key: A\ndatasets:\n  - name: X\n    params: {a: 1}\n  - name: Y\n")
    assert str(location_of(value, ("datasets", 1))) == "f.yml:6:5"
    assert str(location_of(value, ("datasets", 0, "params", "a"))) == "f.yml:5:14"
    assert str(location_of(value, ("datasets", 0, "absent"))) == "f.yml:4:5"
    assert str(location_of(value, ())) == "f.yml"


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert parse(b"\xef\xbb\xbfa: 1", "f.yml") == {"a": 1}


def test_values_behave_like_plain_ones() -> None:
    value = read("a: [1, {b: !unsafe x}]\n")
    assert json.loads(json.dumps(value)) == value
    for copied in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert copied == value
        assert location_of(copied, ("a", 1, "b")) == location_of(value, ("a", 1, "b"))
    bare = plain(value)
    assert bare.__class__ is dict
    assert bare["a"].__class__ is list
    assert bare["a"][1]["b"].__class__ is str
    assert isinstance(value, Mapping)
    assert isinstance(value["a"], Sequence)


def test_without_libyaml_the_result_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x {b: [1, yes, 'no']}\nc: *x\n"
    expected = read(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert read(text) == expected
    assert location_of(read(text), ("a", "b", 1)) == location_of(expected, ("a", "b", 1))
    assert "a tab indents this line" in refusal("a:\n\tb: 1\n")


def test_without_pyyaml_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(parser.MissingLibrary, match="PyYAML"):
        read("a: 1")


def test_vault_value_is_its_ciphertext_where_it_may_stand() -> None:
    read_value = parse(b"a: !vault |\n  $ANSIBLE_VAULT\n  61\n", "f.yml", vault=True)["a"]
    assert isinstance(read_value, Vaulted) and read_value == "$ANSIBLE_VAULT\n61\n"


KEYS = st.text(min_size=1, max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), st.booleans(), st.booleans())
def test_what_pyyaml_writes_is_read_as_pyyaml_reads_it(value: dict[str, t.Any], flow: bool, unicode: bool) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=unicode)
    assert plain(read(text)) == yaml.load(text, Loader=yaml.CSafeLoader)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5).filter(lambda value: "Infinity" not in json.dumps(value)))
def test_json_is_read_as_json_reads_it(value: dict[str, t.Any]) -> None:
    text = json.dumps(value, indent="\t")
    assert plain(parse(text.encode(), "f.json")) == json.loads(text)


@given(st.text(max_size=60) | st.text(alphabet="ab:-[]{}&*!|>'\"%@`#\n\t ?,<~1", max_size=60))
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    try:
        parse(data, "f.yml")
    except ConfigurationError as error:
        assert len(error.problems) == 1
        assert "\n" not in str(error)
