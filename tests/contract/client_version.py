# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the oldest supported client has no method or argument for is only tried with newer ones."""

from __future__ import annotations

from importlib.metadata import version

import pytest

newer_client = pytest.mark.skipif(
    version("dataiku-api-client").startswith("14."), reason="dataiku-api-client 14 has no such call"
)
