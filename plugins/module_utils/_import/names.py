# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""File names for objects whose names may be anything: safe on every system, and the same whatever the order."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_UNFIT = re.compile(r"[^\w .()+-]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 100  # bytes, so that an extension and a suffix still fit everywhere


def file_stems(names: Iterable[str]) -> dict[str, str]:
    """A stem for each name: the name itself, or a likeness of it with a digest where it does not do.

    Names that a file system without case or with other forms of Unicode would mix up get a digest, all of them.
    """
    distinct = sorted(set(names))
    shapes = Counter(map(_folded, distinct))
    stems = {name: _stem(name) for name in distinct}
    return {
        name: stem if stem == name and shapes[_folded(name)] == 1 else f"{stem[:_LONGEST]}-{_digest(name)}"
        for name, stem in stems.items()
    }


def _stem(name: str) -> str:
    """The name without what some file system, Git or the loader would not take."""
    text = unicodedata.normalize("NFC", name)
    text = _UNFIT.sub("_", text).strip(". ")
    while len(text.encode("utf-8")) > _LONGEST:
        text = text[:-1]
    text = text.rstrip(". ")
    if not text or text.startswith("-") or _RESERVED.fullmatch(text):
        text = f"_{text}"
    return text


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
