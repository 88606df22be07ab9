# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One side is lost, the node or the state: one run puts it right."""

from __future__ import annotations

import pytest
from support.changing_project import FORMER, addresses
from support.held import differing
from support.trial import KINDS, Laboratory, Trial, changed_by


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_node_is_filled_from_an_intact_state(laboratory: Laboratory, kind: str) -> None:
    with laboratory.trial(kind) as trial:
        trial.control.reset()
        done = trial.apply(FORMER)
        assert not done.error and done.result["plan"]["summary"]["create"] == len(addresses(FORMER))
        assert all(len(objects) == 1 for objects in trial.held().values())
        assert_in_order(trial)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_state_is_taken_over_from_a_full_node(laboratory: Laboratory, kind: str) -> None:
    with laboratory.trial(kind, with_state=False) as trial:
        done = trial.apply(FORMER)
        assert not done.error and not done.result["changed"] and not trial.writes
        assert not (wrong := differing(trial.held(), laboratory.former)), wrong
        assert_in_order(trial)


def assert_in_order(trial: Trial) -> None:
    """The state records what is declared, and the next plan is empty."""
    assert trial.recorded().keys() == addresses(FORMER)
    assert not changed_by(trial.apply(FORMER, check=True))
    assert not trial.is_open and not trial.is_locked
