# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What libyaml says about broken files, in plain words."""

from __future__ import annotations

import re
import typing as t

from .document import MAX_DEPTH

_INDENT = re.compile(r"[ ]*\t[ \t]*")

# The texts of libyaml and of PyYAML's own parser; the first that occurs in the message decides.
_WORDS: tuple[tuple[str, str], ...] = (
    (
        "mapping values are not allowed",
        "a ':' is not expected here; check the indentation, or quote the text around it",
    ),
    ("sequence entries are not allowed", "a '-' is not expected here; begin the list on a line of its own"),
    ("mapping keys are not allowed", "a '?' is not expected here; quote the text"),
    ("could not find expected ':'", "a ':' is missing after the key on the line above"),
    ("expected ',' or ']'", "a ',' or ']' is missing; quote text that holds brackets, braces or ${ }"),
    ("expected ',' or '}'", "a ',' or '}' is missing; quote text that holds brackets, braces or ${ }"),
    ("found unexpected end of stream", "the file ends inside a quoted text; close the quote"),
    ("found unexpected document separator", "a document separator stands inside a quoted text; close the quote"),
    ("that cannot start any token", "this character cannot begin a text; quote the text"),
    ("expected '-' indicator", "this line does not fit the list above it; check the indentation"),
    ("did not find expected key", "this does not fit the mapping around it; check the indentation and the quotes"),
    ("expected <block end>", "this does not fit what stands around it; check the indentation and the quotes"),
    ("expected node content", "a value is missing here; quote it if it is text"),
    ("expected the node content", "a value is missing here; quote it if it is text"),
    ("unknown escape character", "this is no escape sequence; write \\\\ for a backslash, or use single quotes"),
    ("hexdecimal number", "this escape sequence is not complete; write \\\\ for a backslash, or use single quotes"),
    ("hexadecimal numbers", "this escape sequence is not complete; write \\\\ for a backslash, or use single quotes"),
    ("Unicode character escape", "this escape sequence is no Unicode character"),
    ("undefined tag handle", "the tag in front of this value is not known; remove it or quote the text"),
    (
        "scanning a block scalar",
        "'|' or '>' takes only an indentation digit, '-' or '+'; begin the text on the next line",
    ),
    ("scanning an alias", "'*' repeats an anchor and needs its name; quote the text"),
    ("scanning an anchor", "'&' defines an anchor and needs its name; quote the text"),
    ("a tag", "'!' begins a tag and this is none; quote the text"),
    ("directive", "a line that begins with '%' is a directive and this is none; quote the text"),
    ("incompatible YAML document", "only YAML 1.1 and 1.2 can be read"),
    ("nesting depth", f"values are nested deeper than {MAX_DEPTH} levels"),  # newer parsers stop by themselves at 1,000
    ("<document start>", "something follows the end of the document; a file holds one document"),
)


def plain_words(error: t.Any, text: str) -> tuple[str, int, int]:
    """Message, line and column for a ``yaml.YAMLError``; the position is 0, 0 where PyYAML gives none."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return f"this is not YAML: {getattr(error, 'reason', None) or 'it cannot be read'}", 0, 0
    lines = text.splitlines()
    line, column = mark.line + 1, mark.column + 1
    tab = _INDENT.match(lines[mark.line]) if mark.line < len(lines) else None
    if tab:
        return "a tab indents this line; use spaces", line, tab[0].index("\t") + 1
    said = f"{error.problem or ''} {error.context or ''}"
    for part, words in _WORDS:
        if part in said:
            return words, line, column
    return f"this is not YAML: {said.strip()}", line, column


def tag_problem(tag: str) -> str:
    """Why a tag is refused and what to write instead."""
    name = tag.replace("tag:yaml.org,2002:", "!!")
    if name == "!vault":
        return '!vault cannot be read here; keep the secret in a variable of the playbook and write "{{ name }}"'
    if name == "!unsafe":
        return "!unsafe stands in front of a text only, not of a mapping or list"
    return f"the tag {name} is not supported; remove it"
