# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections: the parameters of each type, and what all have."""

from support.samples import Sample

FLAGS = [True, False]
TEXTS = ["one", "two"]

_ALL = Sample(
    base={"name": "c", "type": "Oracle"},
    fields={
        "type": ["Oracle", "MySQL"],
        "params": [{"sid": "a"}, {"sid": "b"}],
        "description": TEXTS,
        "allow_write": FLAGS,
        "allow_managed_datasets": FLAGS,
        "allow_managed_folders": FLAGS,
        "allow_knowledge_banks": FLAGS,
        "usable_by": ["ALL", "ALLOWED"],
        "allowed_groups": [["readers"], ["readers", "data_team"]],
        "details_readability": [{"readableBy": "ALL"}, {"readableBy": "NONE"}],
        "credentials_mode": ["GLOBAL", "PER_USER"],
        "max_activities": [1, 2],
        "use_global_proxy": FLAGS,
        "indexing_settings": [{"indexIndices": True}, {"indexIndices": False}],
    },
    beside={"allowed_groups": {"usable_by": "ALLOWED"}},
)
_DATABASE = Sample(
    base={"name": "c", "type": "PostgreSQL", "host": "h", "database": "d"},
    fields={
        "host": TEXTS,
        "port": [5432, 5433],
        "database": TEXTS,
        "user": TEXTS,
        "password": ["password-one", "password-two"],
        "use_url": FLAGS,
        "jdbc_url": ["jdbc:one", "jdbc:two"],
        "properties": [[{"name": "ssl", "value": "a"}], [{"name": "ssl", "value": "b"}]],
        "autocommit": FLAGS,
        "use_truncate": FLAGS,
        "naming_rule": [{"tableNameDatasetNamePrefix": "a_"}, {"tableNameDatasetNamePrefix": "b_"}],
    },
    beside={"use_url": {"jdbc_url": "jdbc:x"}},
)
_SNOWFLAKE = Sample(
    base={"name": "c", "type": "Snowflake", "host": "h"}, fields=dict.fromkeys(("schema", "warehouse", "role"), TEXTS)
)
_DATABRICKS = Sample(
    base={"name": "c", "type": "Databricks", "host": "h", "http_path": "/sql"},
    fields={"http_path": TEXTS, "catalog": TEXTS, "token": ["token-one", "token-two"]},
)
_S3 = Sample(
    base={"name": "c", "type": "S3"},
    fields={
        "s3_authentication": ["ENVIRONMENT", "STS_ASSUME_ROLE"],
        "access_key": ["access-one", "access-two"],
        "secret_key": ["secret-one", "secret-two"],
        "switch_region": FLAGS,
        "path_style": FLAGS,
        **dict.fromkeys(("role_to_assume", "region", "encryption", "bucket", "path", "default_bucket"), TEXTS),
        **dict.fromkeys(("default_path", "hdfs_interface", "metastore", "metastore_database"), TEXTS),
    },
    beside={"s3_authentication": {"role_to_assume": "r"}},
)
_AZURE = Sample(
    base={"name": "c", "type": "Azure", "storage_account": "s"},
    fields=dict.fromkeys(("storage_account", "container", "default_container"), TEXTS),
)
_BIGQUERY = Sample(
    base={"name": "c", "type": "BigQuery", "project": "p"},
    fields={
        "project": TEXTS,
        "authentication": ["KEYPAIR", "OAUTH"],
        "private_key": ["private-one", "private-two"],
        "key_path": TEXTS,
    },
)
_HDFS = Sample(
    base={"name": "c", "type": "HDFS", "root": "/"},
    fields=dict.fromkeys(("root", "default_database", "acl_synchronization"), TEXTS),
)

SAMPLES = [_ALL, _DATABASE, _SNOWFLAKE, _DATABRICKS, _S3, _AZURE, _BIGQUERY, _HDFS]
