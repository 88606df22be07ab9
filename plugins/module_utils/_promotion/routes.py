# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a bundle reaches an automation node: straight from a file, or by the Project Deployer."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .._bundle.automation import activate, deliver, imported, preload
from .._errors import DssError
from .image import Image, Wanted
from .writes import put_container, remap, set_local_variables

