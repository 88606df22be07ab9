# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms in which a report is given."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from .._errors import DssError
from .html import html
from .junit import junit
from .state import Report
from .text import markdown, text
from .view import View, view_of

_FORMS: dict[str, Callable[[View], str]] = {"text": text, "markdown": markdown, "html": html, "junit": junit}


def formatted(report: Report, form: str) -> t.Union[Report, str]:
    """A report in one of the forms ``dict``, ``text``, ``markdown``, ``html``, ``junit``. Raises ``DssError``."""
    if form == "dict":
        return report
    try:
        view = view_of(report)
    except (KeyError, TypeError, ValueError, AttributeError):  # a playbook may give anything
        raise DssError("report is not what this lookup returns with format=dict: give that, unchanged") from None
    return _FORMS[form](view)
