# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that are like a name."""

from __future__ import annotations

import difflib
from bisect import bisect
from collections.abc import Iterable
from functools import lru_cache

_MANY = 500
_AROUND = 10


class Words:
    """A vocabulary to find the nearest word in."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if word})

    def nearest(self, word: str) -> str:
        """``; did you mean 'x'?`` or nothing."""
        words = self._words
        if len(words) > _MANY:
            # Comparing with each of many words would take longer than the rest of the loading.
            place = bisect(words, word)
            words = words[max(0, place - _AROUND) : place + _AROUND]
        found = _closest(word[:200], tuple(words))
        return f"; did you mean '{found}'?" if found else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` or nothing."""
    return Words(known).nearest(word)


@lru_cache(maxsize=1000)
def _closest(word: str, words: tuple[str, ...]) -> str:
    return next(iter(difflib.get_close_matches(word, words, 1, 0.6)), "")
