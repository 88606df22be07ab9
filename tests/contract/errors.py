# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the client reports an error: it keeps the text only (dss-api.md 1.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

dataikuapi = pytest.importorskip("dataikuapi")
DataikuException = dataikuapi.utils.DataikuException

NOT_FOUND = "com.dataiku.dip.server.controllers.NotFoundException"
UNREADABLE = "com.dataiku.dip.exceptions.UnauthorizedException: Failed to read project permissions"


def refusal(call: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    """The text of the error that the call must end with."""
    with pytest.raises(DataikuException) as caught:
        call(*arguments, **named)
    return str(caught.value)
