# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files from and to a node: whole or not at all, the same bytes, again after a broken connection."""

from __future__ import annotations

import hashlib
import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.transfer import checksum_of, download, upload
from support.sandbox import SandboxProcess

CONTENT = os.urandom(700_000)
CHECKSUM = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def node(sandbox: SandboxProcess) -> t.Iterator[DssNode]:
    node = DssNode(NodeOptions(sandbox.url, sandbox.api_key))
    yield node
    node.close()


@pytest.fixture
def path(sandbox: SandboxProcess) -> str:
    """A file in a managed folder."""
    folder = sandbox.client().create_project("FILES", "Files", "admin").create_managed_folder("archives")
    return f"/projects/FILES/managedfolders/{folder.id}/contents/a.zip"


def test_a_file_comes_back_as_it_was_sent(node: DssNode, path: str, tmp_path: Path) -> None:
    sent, received = tmp_path / "sent.zip", tmp_path / "new" / "received.zip"
    sent.write_bytes(CONTENT)
    upload(node, path, sent, CHECKSUM)
    assert download(node, path, received) == CHECKSUM == checksum_of(received)
    assert [file.name for file in received.parent.iterdir()] == ["received.zip"]


def test_a_file_with_another_checksum_is_not_sent(
    sandbox: SandboxProcess, node: DssNode, path: str, tmp_path: Path
) -> None:
    sent = tmp_path / "sent.zip"
    sent.write_bytes(CONTENT[1:])
    sandbox.control.forget_calls()
    with pytest.raises(DssError, match=r"sent\.zip is not the archive that was meant"):
        upload(node, path, sent, CHECKSUM)
    assert sandbox.control.calls()["total"] == 0


def test_a_broken_download_is_tried_again_from_its_start(
    sandbox: SandboxProcess, node: DssNode, path: str, tmp_path: Path
) -> None:
    sent, received = tmp_path / "sent.zip", tmp_path / "received.zip"
    sent.write_bytes(CONTENT)
    upload(node, path, sent)
    sandbox.control.fault("GET", path, cut=True)
    assert download(node, path, received) == CHECKSUM


def test_a_download_that_fails_leaves_nothing(
    sandbox: SandboxProcess, node: DssNode, path: str, tmp_path: Path
) -> None:
    with pytest.raises(NodeError):
        download(node, path, tmp_path / "received.zip")
    assert not list(tmp_path.iterdir())


def test_files_that_cannot_be_read_or_written_are_sentences(node: DssNode, path: str, tmp_path: Path) -> None:
    with pytest.raises(DssError, match=r"missing\.zip cannot be read: No such file"):
        upload(node, path, tmp_path / "missing.zip")
    (tmp_path / "file").write_text("")
    with pytest.raises(DssError, match="cannot be written"):
        download(node, path, tmp_path / "file" / "received.zip")
