"""--delete takes down all of a stage but what its template retains."""

from __future__ import annotations

import pytest

from infra import template
from infra.deploy import foundation, memory, publish, removal
from infra.deploy.target import DeployFault
from infra.deploy_check import leftovers
from tests.infra.deploy.stand import WITH_DOMAIN, asking, stand
from tests.infra.deploy.test_killed import Killed, kill_at


@pytest.fixture(scope="module")
def gone(server, tmp_path_factory):
    made = stand(tmp_path_factory.mktemp("gone"), "gone", ("passes", "portal"))
    with asking(server):
        made.deploy()
        made.kept = foundation.outputs(made.target())
        made.said.clear()
        made.remove()
    return made


def left(stand):
    return leftovers.left(stand.client, stand.stage.name)


def test_only_tables_evidence_and_logs_are_left(gone):
    resources = template.read()["Resources"].values()
    remains = left(gone)
    assert set(remains) == {"tables", "buckets", "logs"}
    assert len(remains["tables"]) == sum(row["Type"] == "AWS::DynamoDB::Table" for row in resources)
    kept = ("evidence", "signalling")
    assert remains["buckets"] == {f"nanhai-gone-{name}-123456789012" for name in kept}


def test_the_keys_that_the_tables_are_sealed_with_still_work(gone):
    for name in ("TablesKeyArn", "SecretsKeyArn"):
        assert gone.client("kms").encrypt(KeyId=gone.kept[name], Plaintext=b"data key")["CiphertextBlob"]


def test_what_is_kept_is_said_first(gone):
    (said,) = (line for line in gone.said if line.startswith("  kept: "))
    assert "PeopleTable" in said
    assert "TablesKey" in said
    assert "EvidenceBucket" in said
    assert gone.said.index(said) < gone.said.index("app passes: deleted")


def test_deleting_what_is_deleted_is_harmless(gone):
    before = left(gone)
    gone.remove()
    assert left(gone) == before


def test_a_stage_is_not_made_again_over_the_tables_of_the_old_one(gone):
    with pytest.raises(DeployFault, match=r"tables of an earlier gone are there \(nanhai-gone-"):
        gone.deploy()


def test_a_removal_killed_again_and_again_is_finished_by_the_last(build, monkeypatch):
    stand = build("half", "portal")
    stand.deploy()
    for module, name in [(publish, "delete"), (foundation, "delete")]:
        with monkeypatch.context() as patch:
            kill_at(patch, module, name)
            with pytest.raises(Killed):
                stand.remove()
    stand.remove()
    assert set(left(stand)) == {"tables", "buckets", "logs"}


def test_another_stage_stays_whole(build):
    stays, goes = build("stays", "portal"), build("goes", "portal")
    stays.deploy()
    goes.deploy()
    before = left(stays)
    goes.remove()
    assert left(stays) == before
    assert stays.deploy() == ()


def test_a_domain_lets_go_of_its_apis_before_they_are_deleted(build, monkeypatch):
    stand = build("named", "portal", **WITH_DOMAIN | {"domain": "named.example.cn"})
    stand.deploy()
    gateway, mapped = stand.client("apigateway"), []
    assert gateway.get_base_path_mappings(domainName="named.example.cn")["items"]
    a_bucket_of_many_versions(stand, monkeypatch)
    real = removal.foundation.unmap

    def unmap(target):
        real(target)
        mapped.extend(gateway.get_base_path_mappings(domainName="named.example.cn").get("items", ()))

    monkeypatch.setattr(removal.foundation, "unmap", unmap)
    stand.remove()
    assert mapped == []
    assert "named.example.cn" not in [row["domainName"] for row in gateway.get_domain_names()["items"]]
    assert set(left(stand)) == {"tables", "buckets", "logs"}


def a_bucket_of_many_versions(stand, monkeypatch):
    monkeypatch.setattr("infra.deploy.removal.OBJECTS_PER_REQUEST", 2)
    for number in range(5):
        memory.remember(stand.target(), "other", {"number": number})
    memory.forget(stand.target(), "other")
