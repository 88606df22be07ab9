# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parameters of connections by type: dss-api.md 2.16, "params known".

That table has no source for Snowflake, Databricks and GCS, and few names for Azure, BigQuery and Redshift: what is not in
it is unverified (unknown 17) and marked so.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .shape import FLAG, OBJECT, OBJECTS, TEXT, Field, described

_PORT = {"type": "integer", "minimum": 1, "maximum": 65535}


def _field(name: str, param: str, schema: Mapping[str, t.Any], text: str) -> Field:
    return Field(name, f"params.{param}", described(schema, text))


FIELDS = (
    # Databases
    _field("host", "host", TEXT, "For databases: the host."),
    _field("port", "port", _PORT, "For databases: the port."),
    _field("database", "db", TEXT, "For databases: the database."),
    _field("user", "user", TEXT, "For databases: the user."),
    _field("password", "password", TEXT, "For databases: the password of the user. It is never shown."),
    _field("use_url", "useURL", FLAG, "For databases: whether O(jdbc_url) counts in place of host, port and database."),
    _field("jdbc_url", "url", TEXT, "For databases: the JDBC URL."),  # unverified
    _field(
        "properties",
        "properties",
        OBJECTS,
        "For databases: properties of the driver, each with C(name), C(value) and C(secret).",
    ),
    _field("autocommit", "autocommitMode", FLAG, "For databases: whether each statement is a transaction."),
    _field("use_truncate", "useTruncate", FLAG, "For databases: whether tables are emptied in place of dropped."),
    _field("naming_rule", "namingRule", OBJECT, "How tables and paths of new datasets are named, with DSS's own names."),
    # Snowflake and Databricks
    _field("schema", "schema", TEXT, "For Snowflake and Databricks: the schema."),  # unverified
    _field("warehouse", "warehouse", TEXT, "For Snowflake: the warehouse."),  # unverified
    _field("role", "role", TEXT, "For Snowflake: the role."),  # unverified
    _field("http_path", "httpPath", TEXT, "For Databricks: the HTTP path of the warehouse or cluster."),  # unverified
    _field("catalog", "catalog", TEXT, "For Databricks: the catalog."),  # unverified
    _field("token", "token", TEXT, "For Databricks: the personal access token. It is never shown."),  # unverified
    # Files in clouds
    _field(
        "s3_authentication",
        "credentialsMode",
        {"enum": ["KEYPAIR", "ENVIRONMENT", "STS_ASSUME_ROLE"]},
        "For Amazon S3: where the credentials come from.",
    ),
    _field("access_key", "accessKey", TEXT, "For Amazon S3 and Azure: the access key. It is never shown."),
    _field("secret_key", "secretKey", TEXT, "For Amazon S3: the secret key. It is never shown."),
    _field("role_to_assume", "stsRoleToAssume", TEXT, "For Amazon S3: the role to assume, with V(STS_ASSUME_ROLE)."),
    _field("region", "regionOrEndpoint", TEXT, "For Amazon S3: the region, or the endpoint of another store."),
    _field("switch_region", "switchToRegionFromBucket", FLAG, "For Amazon S3: whether the region of the bucket is used."),
    _field("path_style", "usePathMode", FLAG, "For Amazon S3: whether buckets are named in the path."),
    _field("encryption", "encryptionMode", TEXT, "For Amazon S3: how files are encrypted, such as V(NONE)."),
    _field("bucket", "chbucket", TEXT, "For Amazon S3 and Google Cloud Storage: the only bucket that can be used."),
    _field("path", "chroot", TEXT, "For stores of files: the only path that can be used."),
    _field("default_bucket", "defaultManagedBucket", TEXT, "For Amazon S3 and Google Cloud Storage: the bucket of new datasets."),
    _field("default_path", "defaultManagedPath", TEXT, "For stores of files: the path of new datasets."),
    _field("hdfs_interface", "hdfsInterface", TEXT, "For stores of files: how Hadoop and Spark reach it, such as V(S3A)."),
    _field("metastore", "metastoreSynchronizationMode", TEXT, "For stores of files: V(NO_SYNC), or how tables are published."),
    _field("metastore_database", "defaultMetastoreDatabase", TEXT, "For stores of files: the database of the metastore."),
    _field("storage_account", "storageAccount", TEXT, "For Azure: the storage account."),
    _field("container", "chcontainer", TEXT, "For Azure: the only container that can be used."),
    _field("default_container", "defaultManagedContainer", TEXT, "For Azure: the container of new datasets."),
    # Google
    _field("project", "projectId", TEXT, "For Google: the id of the project."),
    _field("authentication", "authType", TEXT, "For Google and Snowflake: how to sign in; V(KEYPAIR) or V(OAUTH) for BigQuery."),
    _field("private_key", "appSecretContent", TEXT, "For Google: the key of the service account, as JSON. It is never shown."),
    _field("key_path", "keyPath", TEXT, "For Google: a file on the node that holds the key of the service account."),
    # Files
    _field("root", "root", TEXT, "For Filesystem and HDFS: the folder that holds everything."),
    _field("default_database", "defaultDatabase", TEXT, "For HDFS: the Hive database."),
    _field("acl_synchronization", "aclSynchronizationMode", TEXT, "For HDFS: V(NONE), or how access is written through."),
)  # fmt: skip

_PATHS = {field.name: field.path.partition(".")[2] for field in FIELDS}
_SQL = (
    "host",
    "port",
    "database",
    "user",
    "password",
    "use_url",
    "jdbc_url",
    "properties",
    "autocommit",
    "use_truncate",
)
_STORE = ("path", "default_path", "hdfs_interface", "metastore", "metastore_database", "naming_rule")
_GOOGLE = ("project", "authentication", "private_key", "key_path")


@dataclass(frozen=True)
class ConnectionType:
    """The parameters of a type, and those that it cannot be without."""

    fields: frozenset[str]
    required: tuple[str, ...] = ()


def _type(fields: tuple[str, ...], *required: str) -> ConnectionType:
    return ConnectionType(frozenset(fields), required)


# Snowflake, Redshift, Databricks and GCS, and what Azure needs: unverified.
TYPES: Mapping[str, ConnectionType] = {
    "PostgreSQL": _type((*_SQL, "naming_rule"), "host", "database"),
    "Redshift": _type((*_SQL, "naming_rule"), "host", "database"),
    "Snowflake": _type((*_SQL, "naming_rule", "schema", "warehouse", "role", "authentication"), "host"),
    "Databricks": _type((*_SQL, "naming_rule", "schema", "http_path", "catalog", "token"), "host", "http_path"),
    "EC2": _type(
        (
            *_STORE,
            *("s3_authentication", "access_key", "secret_key", "role_to_assume", "region", "switch_region"),
            *("path_style", "encryption", "bucket", "default_bucket"),
        )
    ),
    "Azure": _type((*_STORE, "storage_account", "access_key", "container", "default_container"), "storage_account"),
    "GCS": _type((*_STORE, *_GOOGLE, "bucket", "default_bucket")),
    "BigQuery": _type((*_GOOGLE, "properties", "naming_rule"), "project"),
    "Filesystem": _type(("root",), "root"),
    "HDFS": _type(("root", "default_database", "acl_synchronization", "naming_rule"), "root"),
}
_SPELLINGS = {"S3": "EC2"}  # what DSS calls a connection to Amazon S3: dss-api.md 1.3 [tfp]
_OF_SOURCE = {"KEYPAIR": ("access_key", "secret_key"), "STS_ASSUME_ROLE": ("role_to_assume",)}


def dss_type(name: t.Any) -> t.Any:
    """DSS's own name of a type."""
    return _SPELLINGS.get(name, name) if isinstance(name, str) else name


def problems(author: Mapping[str, t.Any]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Parameters that the type has not or cannot be without; of a type that is not known nothing is said.

    Only who declares a parameter by its name here declares all that the type needs: a connection that exists may be
    declared in part.
    """
    kind = TYPES.get(str(dss_type(author.get("type"))))
    declared = [field.name for field in FIELDS if field.name in author]
    if kind is None or not declared:
        return
    for name in declared:
        if name not in kind.fields:
            known = ", ".join(sorted(kind.fields))
            yield f"a connection of type {author['type']} has no {name}; it has {known}, and others in params", (name,)
    params = author.get("params")
    raw: t.Any = params if isinstance(params, Mapping) else {}
    for name in _required(kind, author, raw):
        if author.get(name) in (None, "") and raw.get(_PATHS[name]) in (None, ""):
            yield f"a connection of type {author['type']} needs {name}: declare it", ()


def _required(kind: ConnectionType, author: Mapping[str, t.Any], raw: Mapping[str, t.Any]) -> tuple[str, ...]:
    if author.get("use_url") or raw.get("useURL"):
        return ("jdbc_url",)
    return (*kind.required, *_OF_SOURCE.get(str(author.get("s3_authentication")), ()))
