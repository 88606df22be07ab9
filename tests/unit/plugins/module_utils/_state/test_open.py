# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the option state_backend to a backend."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.encryption import Clear, Encrypted
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import lease_of, open_backend

SECRET = "planted-secret"
ADDRESS = "https://gitlab.example.com/api/v4/projects/1/terraform/state/{name}"


def opened(options: dict[str, t.Any] | None, environ: dict[str, str] | None = None) -> t.Any:
    """The backend inside."""
    backend = open_backend(options, Path("/work"), environ or {})
    assert isinstance(backend, Clear)
    return backend.inner


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (None, "/work/.dataiku/state"),
        ({}, "/work/.dataiku/state"),
        ({"type": "local", "path": None}, "/work/.dataiku/state"),
        ({"path": "states"}, "/work/states"),
        ({"path": "/var/states"}, "/var/states"),
        ({"type": "object_store", "url": "s3://bucket/a/b/"}, "s3://bucket/a/b"),
        ({"type": "git", "path": "../repo.git"}, "/work/../repo.git#dataiku-state"),
        ({"type": "git", "url": "git@host:group/repo.git", "branch": "b"}, "git@host:group/repo.git#b"),
        ({"type": "git", "url": f"https://u:{SECRET}@host/r.git"}, "https://host/r.git#dataiku-state"),
        ({"type": "http", "address": ADDRESS}, "https://gitlab.example.com/api/v4/projects/1/terraform/state"),
        ({"type": "http", "address": f"https://u:{SECRET}@host/{{name}}"}, "https://host"),
    ],
)
def test_where_it_is(options: dict[str, t.Any] | None, place: str) -> None:
    assert opened(options).place == place


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"type": "ftp"}, "type 'ftp' in state_backend is not known: use local, object_store, git or http"),
        ({"type": 3}, "type 3 in state_backend is not known: use local, object_store, git or http"),
        ({"url": "x"}, "url in state_backend is not known for type local: use path or lease"),
        ({"path": 3}, "path in state_backend has to be a text"),
        ({"path": ""}, "path in state_backend has to be a text"),
        ({"lease": "long"}, "lease in state_backend has to be a number of seconds from 0.5 to 3600"),
        ({"lease": True}, "lease in state_backend has to be a number of seconds from 0.5 to 3600"),
        ({"lease": 0}, "lease in state_backend has to be a number of seconds from 0.5 to 3600"),
        ({"lease": "nan"}, "lease in state_backend has to be a number of seconds from 0.5 to 3600"),
        ({"type": "object_store"}, "state_backend of type object_store needs url, such as s3://bucket/prefix"),
        *(
            (
                {"type": "object_store", "url": url},
                "url in state_backend is no address of a bucket: write it as s3://, gs:// or az://bucket/prefix",
            )
            for url in (
                "bucket",
                "s3:///prefix",
                "https://bucket",
                f"s3://key:{SECRET}@bucket",
                f"az://account/container?sig={SECRET}",
                "file:///etc",
            )
        ),
        (
            {"type": "object_store", "url": "gs://b", "access_key": SECRET},
            "access_key in state_backend is for s3:// only: give the settings of obstore as config",
        ),
        (
            {"type": "object_store", "url": "s3://b", "config": "x"},
            "config in state_backend has to be a mapping of names to texts",
        ),
        (
            {"type": "object_store", "url": "s3://b", "config": {"a": [SECRET]}},
            "config in state_backend has to be a mapping of names to texts",
        ),
        ({"type": "git"}, "state_backend of type git takes either url or path, the repository that keeps the state"),
        (
            {"type": "git", "url": "a", "path": "b"},
            "state_backend of type git takes either url or path, the repository that keeps the state",
        ),
        ({"type": "git", "url": "--upload-pack=x"}, "url in state_backend is no address of a repository"),
        ({"type": "git", "path": "r", "branch": "a..b"}, "branch 'a..b' in state_backend is no name of a branch"),
        ({"type": "git", "path": "r", "branch": "-f"}, "branch '-f' in state_backend is no name of a branch"),
        ({"type": "git", "path": "r", "password": 3}, "password in state_backend has to be a text"),
        ({"type": "http"}, f"state_backend of type http needs address, such as {ADDRESS}"),
        *(
            ({"type": "http", "address": address}, f"address in state_backend cannot be used: write it as {ADDRESS}")
            for address in (
                "gitlab/{name}",
                "ftp://host/{name}",
                "https://host/state",
                f"https://host/{{name}}?token={SECRET}",
                "https://{name}/x",
            )
        ),
        ({"type": "http", "address": "https://host:port/{name}"}, "address in state_backend is not an address"),
        (
            {"type": "http", "address": ADDRESS, "lock_address": "https://host/lock"},
            f"lock_address in state_backend cannot be used: write it as {ADDRESS}",
        ),
        (
            {"type": "http", "address": ADDRESS, "validate_certs": "no"},
            "validate_certs in state_backend has to be true or false",
        ),
        (
            {"type": "http", "address": ADDRESS, "headers": ["x"]},
            "headers in state_backend has to be a mapping of names to texts",
        ),
        (
            {"type": "http", "address": ADDRESS, "ca_path": "missing.pem"},
            "ca_path missing.pem in state_backend does not exist: give the certificates of the authority",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_without_secrets(options: dict[str, t.Any], message: str) -> None:
    with pytest.raises(DssError) as caught:
        opened(options)
    assert str(caught.value) == message
    assert SECRET not in message


def test_no_backend_shows_its_secrets() -> None:
    environ = {"AWS_SECRET_ACCESS_KEY": SECRET, "TF_HTTP_PASSWORD": SECRET}
    for options in (
        {"type": "object_store", "url": "s3://b", "access_key": SECRET, "secret_key": SECRET, "config": {"x": SECRET}},
        {"type": "object_store", "url": "s3://b"},
        {"type": "git", "url": "https://host/r.git", "username": "u", "password": SECRET},
        {"type": "http", "address": ADDRESS, "password": SECRET, "token": SECRET, "headers": {"PRIVATE-TOKEN": SECRET}},
    ):
        inner = opened(options, environ)
        parts = [inner, inner.place, *vars(inner).values()]
        assert SECRET not in " ".join(map(repr, parts))


def test_credentials_of_the_task_are_used_and_options_count_before_them() -> None:
    environ = {
        "AWS_ACCESS_KEY_ID": "env",
        "AWS_SECRET_ACCESS_KEY": "env",
        "AWS_ENDPOINT_URL": "http://s3.test",
        "X": "y",
    }
    bucket = opened(
        {"type": "object_store", "url": "s3://b", "access_key": "given", "config": {"bucket": 1}}, environ
    )._bucket
    assert bucket.config == {
        "aws_access_key_id": "given",
        "aws_secret_access_key": "env",
        "aws_endpoint_url": "http://s3.test",
        "bucket": "1",
    }
    assert bucket.allow_http
    assert not opened({"type": "object_store", "url": "s3://b", "endpoint": "https://s3.test"})._bucket.allow_http


@pytest.mark.parametrize("scheme", ["s3", "gs", "az"])
def test_obstore_knows_every_setting_that_is_taken_from_the_environment(scheme: str) -> None:
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state import open as module
    from obstore.store import AzureStore, GCSStore, S3Store

    store: t.Any = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}[scheme]
    for name in (*module._VARIABLES[scheme], *(module._S3_SETTINGS.values() if scheme == "s3" else ())):
        try:
            store("bucket", config={name.lower(): "x"})
        except Exception as error:
            assert "UnknownConfigurationKey" not in type(error).__name__, name


def test_terraform_conventions_of_lock_methods_and_addresses() -> None:
    gitlab = opened({"type": "http", "address": ADDRESS}, {"TF_HTTP_USERNAME": "u", "TF_HTTP_PASSWORD": "p"})._service
    assert (gitlab.lock_address, gitlab.lock_method, gitlab.unlock_method) == (f"{ADDRESS}/lock", "POST", "DELETE")
    assert (gitlab.username, gitlab.password, gitlab.update_method, gitlab.verify) == ("u", "p", "POST", True)
    other = opened({"type": "http", "address": ADDRESS, "lock_method": "LOCK", "validate_certs": False})._service
    assert (other.lock_address, other.lock_method, other.unlock_method) == (ADDRESS, "LOCK", "UNLOCK")
    assert other.verify is False
    token = opened({"type": "http", "address": ADDRESS, "token": "t"})._service
    assert token.headers == {"Authorization": "Bearer t"}


def test_lease() -> None:
    assert [lease_of(options) for options in (None, {}, {"lease": 5}, {"lease": "90"})] == [60, 60, 5, 90]


def test_a_key_encrypts() -> None:
    assert isinstance(open_backend({}, Path("/"), {}, "passphrase"), Encrypted)
    with pytest.raises(DssError, match="encryption_key is empty"):
        open_backend({}, Path("/"), {}, "")


def test_opening_starts_nothing(tmp_path: Path) -> None:
    before = threading.active_count(), sorted(os.listdir("/proc/self/fd"))
    for options in (
        {"type": "local"},
        {"type": "object_store", "url": "s3://b"},
        {"type": "git", "path": "r"},
        {"type": "http", "address": ADDRESS},
    ):
        open_backend(options, tmp_path, {}, "passphrase")
    assert (threading.active_count(), sorted(os.listdir("/proc/self/fd"))) == before
    assert list(tmp_path.iterdir()) == []


def test_importing_it_imports_no_optional_library() -> None:
    source = (
        "import sys\n"
        "from ansible.plugins.loader import init_plugin_loader\n"
        "init_plugin_loader()\n"
        "before = set(sys.modules)\n"
        "from ansible_collections.dataiku_iac.dss.plugins.module_utils._state import open, lock\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new & {'obstore', 'cryptography', 'requests', 'urllib3', 'dataikuapi', 'boto3'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
