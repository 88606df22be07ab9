# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Fleet Manager (dss-api.md 2.20): its instances are the other nodes of the process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dataikuapi.fm.virtualnetworks import FMHTTPSStrategy
from dataikuapi.fmclient import FMClientAWS, FMClientAzure, FMClientGCP
from support.sandbox import Control
from support.site import SandboxSite

from .errors import NOT_FOUND, refusal

CLIENTS = {"aws": FMClientAWS, "azure": FMClientAzure, "gcp": FMClientGCP}


@pytest.fixture(scope="module")
def site() -> Iterator[SandboxSite]:
    site = SandboxSite("dev=design", "prod=automation", "governor=govern", "fleet")
    yield site
    assert site.stop() == 0


@pytest.fixture
def control(site: SandboxSite) -> Control:
    control = site.nodes["fleet"].control
    control.reset()
    control.switch(fleet_cloud="aws", future_polls=1)
    return control


def connected(site: SandboxSite, cloud: str = "aws", **options: Any) -> Any:
    fleet = site.nodes["fleet"]
    identifier, _colon, secret = fleet.api_key.partition(":")
    client = CLIENTS[cloud](fleet.url, identifier, secret, **options)
    client._session.trust_env = False
    return client


@pytest.fixture
def fleet(site: SandboxSite, control: Control) -> Any:
    return connected(site)


def labelled(fleet: Any, label: str) -> Any:
    return next(item for item in fleet.list_instances() if item.instance_data["label"] == label)


def test_the_instances_are_the_other_nodes(fleet: Any) -> None:
    found = {item.instance_data["label"]: item.instance_data["dssNodeType"] for item in fleet.list_instances()}
    assert found == {"dev": "design", "prod": "automation", "governor": "govern"}
    data = fleet.get_instance(labelled(fleet, "dev").id).instance_data
    assert data["virtualNetworkLabel"] == "sandbox" == data["instanceSettingsTemplateLabel"]
    assert data["imageId"] in {image["id"] for image in fleet.list_instance_images()}
    assert (data["fmTags"], data["cloudTags"]) == ([], {})


@pytest.mark.parametrize("label", ["dev", "prod"])
def test_the_client_of_an_instance_reaches_its_node(site: SandboxSite, fleet: Any, label: str) -> None:
    instance = labelled(fleet, label)
    assert instance.get_status()["publicURL"] == site.nodes[label].url
    client = instance.get_client()
    client._session.trust_env = False
    assert client.get_instance_info().node_id == label


def test_a_govern_instance_has_its_own_client(site: SandboxSite, fleet: Any) -> None:
    assert labelled(fleet, "governor").get_client().host == site.nodes["governor"].url


@pytest.mark.parametrize(
    ("cloud", "of_instance", "of_network", "of_account"),
    [
        ("aws", "awsAssignElasticIP", "awsVpcId", "awsAuthenticationMode"),
        ("azure", "azureAssignElasticIP", "azureVnId", "azureAuthenticationMode"),
        ("gcp", "gcpAssignPublicIP", "gcpNetwork", "gcpAuthenticationMode"),
    ],
)
def test_each_cloud_has_its_own_fields(
    site: SandboxSite, control: Control, cloud: str, of_instance: str, of_network: str, of_account: str
) -> None:
    control.switch(fleet_cloud=cloud)
    fleet = connected(site, cloud)
    instance = labelled(fleet, "dev")
    [network], [account] = fleet.list_virtual_networks(), fleet.list_cloud_accounts()
    assert of_instance in instance.instance_data and of_network in network.vn_data
    assert of_account in account.account_data and account.account_data["nbNetworks"] == 1
    setter = instance.set_public_ip if cloud == "gcp" else instance.set_elastic_ip
    setter(True, "ip-1").save()
    assert labelled(fleet, "dev").instance_data[of_instance] is True
    others = {name for name in instance.instance_data if name.startswith(tuple({"aws", "azure", "gcp"} - {cloud}))}
    assert not others


def test_an_instance_is_stopped_started_and_deprovisioned(fleet: Any) -> None:
    instance = labelled(fleet, "dev")
    for act, physical, up in (
        (instance.stop, True, False),
        (instance.start, True, True),
        (instance.restart_dss, True, True),
        (instance.replay_setup_actions, True, True),
        (instance.deprovision, False, False),
    ):
        act().wait_for_result()
        status = instance.get_status()
        assert (status["hasPhysicalInstance"], status["cloudMachineIsUp"]) == (physical, up)
        assert ("publicURL" in status) is up
    with pytest.raises(ValueError, match="No external URL"):
        instance.get_client()
    instance.reprovision().wait_for_result()
    assert instance.get_status()["publicIP"] == "127.0.0.1"


def test_a_future_takes_its_time(control: Control, fleet: Any) -> None:
    control.switch(future_polls=2)
    future = labelled(fleet, "dev").restart_dss()
    assert future.peek_state()["hasResult"] is False
    assert future.get_state()["hasResult"] is True
    other = labelled(fleet, "dev").restart_dss()
    other.abort()
    assert other.peek_state()["aborted"] is True


def test_a_new_instance_is_not_provisioned(fleet: Any) -> None:
    [network], [template] = fleet.list_virtual_networks(), fleet.list_instance_templates()
    creator = fleet.new_instance_creator("new", template.id, network.id, fleet.list_instance_images()[0]["id"])
    instance = creator.with_dss_node_type("automation").with_fm_tags(["blue"]).create()
    data = fleet.get_instance(instance.id).instance_data
    assert (data["label"], data["dssNodeType"], data["fmTags"]) == ("new", "automation", ["blue"])
    assert instance.get_status() == {"hasPhysicalInstance": False, "cloudMachineIsUp": False}
    assert "never been provisioned" in refusal(instance.get_client)
    instance.delete().wait_for_result()
    assert NOT_FOUND in refusal(instance.get_status) and len(fleet.list_instances()) == 3


def test_an_instance_needs_a_network_and_a_template_that_exist(fleet: Any) -> None:
    [network] = fleet.list_virtual_networks()
    image = fleet.list_instance_images()[0]["id"]
    assert "does not exist" in refusal(fleet.new_instance_creator("new", "no", network.id, image).create)
    instance = labelled(fleet, "dev")
    instance.instance_data["virtualNetworkId"] = "no"
    assert "does not exist" in refusal(instance.save)
    assert labelled(fleet, "dev").instance_data["virtualNetworkId"] == network.id


def test_the_initial_password_is_given_once(fleet: Any) -> None:
    instance = labelled(fleet, "dev")
    assert instance.get_initial_password()["password"]
    assert "retrieved before" in refusal(instance.get_initial_password)


def test_networks_templates_accounts_and_balancers_are_made_changed_and_deleted(fleet: Any) -> None:
    account = fleet.new_cloud_account_creator("account").same_as_fm().create()
    network = fleet.new_virtual_network_creator("network").with_vpc("v", "s").with_account(account).create()
    template = fleet.new_instance_template_creator("template").create()
    balancer = fleet.new_load_balancer_creator("balancer", network.id).add_node("h", labelled(fleet, "dev")).create()
    assert fleet.get_cloud_account(account.id).account_data["nbNetworks"] == 1
    network.set_https_strategy(FMHTTPSStrategy.disable()).save()
    assert fleet.get_virtual_network(network.id).vn_data["httpsStrategy"] == "NONE"
    template.ist_data["label"] = "renamed"
    template.save()
    balancer.set_description("text").save()
    assert fleet.get_instance_template(template.id).ist_data["label"] == "renamed"
    assert [item.lb_data["description"] for item in fleet.list_load_balancers()] == ["text"]
    for item in (balancer, template, network):
        item.delete().wait_for_result()
    fleet.get_cloud_account(account.id).delete().wait_for_result()  # the client refuses one that has networks
    assert fleet.list_load_balancers() == []
    assert [len(found) for found in (fleet.list_virtual_networks(), fleet.list_cloud_accounts())] == [1, 1]
    assert len(fleet.list_instance_templates()) == 1
    assert NOT_FOUND in refusal(fleet.get_virtual_network, network.id)


def test_what_has_no_label_is_refused(fleet: Any) -> None:
    assert "label is missing" in refusal(fleet.new_virtual_network_creator("").create)


def test_tags_and_credentials_of_the_tenant_are_kept(fleet: Any) -> None:
    tags = fleet.get_cloud_tags()
    assert tags.tags == {}
    tags.tags["team"] = "data"
    tags.save()
    assert fleet.get_cloud_tags().tags == {"team": "data"}
    fleet.get_cloud_credentials().set_cmk_key("cmk-1").save()
    assert fleet.get_cloud_credentials().cloud_credentials == {"awsCMKId": "cmk-1"}


def test_an_unknown_tenant_is_refused(site: SandboxSite, control: Control) -> None:
    assert "Tenant other does not exist" in refusal(connected(site, tenant_id="other").list_instances)


def test_what_is_changed_survives_keep_and_restore_but_not_a_lost_call(control: Control, fleet: Any) -> None:
    instance = labelled(fleet, "dev")
    instance.instance_data["fmTags"] = ["kept"]
    instance.save()
    control.keep()
    instance.stop()
    control.fault("PUT", "*/instances/*", lost=True)
    instance.instance_data["fmTags"] = ["lost"]
    instance.save()
    assert labelled(fleet, "dev").instance_data["fmTags"] == ["kept"]
    control.restore()
    assert instance.get_status()["cloudMachineIsUp"] is True
    control.reset()
    assert labelled(fleet, "dev").instance_data["fmTags"] == []
