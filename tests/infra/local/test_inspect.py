"""What an operator sees of a platform: everything but personal data, and tampering."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from nanhai.domain.days import DAY_S, LOCAL_OFFSET_S, local_day
from nanhai.domain.resident_id import RESIDENT
from nanhai.services.identity import passwords, persons
from nanhai.store import audit, lookups, passes
from nanhai.store.audit import AuditEntry
from nanhai.store.connection import client, table_name
from nanhai.streams import rotate
from nanhai.vault.ring import new_ring

from infra.local import apps, consumers, queues, seed, synthetic
from infra.local.folder import Folder
from infra.local.inspect import holders, quarantined, trail, upkeep, waiting
from infra.local.journal import Journal
from infra.local.trouble import Trouble
from tests.items import item

FEVERISH = synthetic.person(1, 2, 307)
ENTRY = AuditEntry(
    actor="guard-1", role="guard", operation="gate.scan", subject="x", outcome="asked", correlation_id="c"
)


@pytest.fixture
def journal(tmp_path) -> Journal:
    return Journal(tmp_path)


@pytest.fixture
def feverish(durable, platform, monkeypatch) -> str:
    monkeypatch.setattr(passwords, "hashed", lambda _: "$argon2id$unused")
    folder = Folder(durable.folder)
    folder.make()
    seed.district(folder, 3)
    return lookups.find(persons.id_index(platform, RESIDENT, FEVERISH.id_number), persons.PERSON)


def test_a_person_is_shown_with_records_and_colour_but_without_a_name_number_or_phone(feverish):
    shown = "\n".join([*holders.person(feverish), *holders.shown_pass(feverish)])
    assert "symptoms by citizen" in shown
    assert "computed  yellow" in shown
    assert not any(secret in shown for secret in (FEVERISH.name, FEVERISH.id_number, FEVERISH.phone, FEVERISH.address))


def test_an_id_of_nobody_is_trouble_in_one_line(durable, platform):
    with pytest.raises(Trouble, match="nobody has the id"):
        list(holders.person("0000000000000"))


def test_counters_have_a_line_for_every_town_and_one_for_all(durable, platform):
    assert len(list(upkeep.colours())) == 1 + 7 + 1


def test_an_empty_quarantine_says_so(durable, platform):
    assert list(quarantined.listed("people", 10)) == ["0 records of people"]
    assert list(quarantined.redrive("people", 10)) == ["0 records applied, 0 tried in vain: those stay"]


@pytest.fixture
def audited(durable, platform):
    """Nine entries of today in some chains."""
    now = platform.now()
    for _ in range(3):
        audit.append([ENTRY] * 3, now)
    return next(chain for chain, (sequence, _) in audit.heads(local_day(now)).items() if sequence > 2)


def test_a_sound_audit_holds_together(audited):
    assert list(trail.verified(1))[-1] == "9 entries of 1 days hold together"


@pytest.mark.parametrize("change", ["SET outcome = :x", "SET written_at = written_at + :one"])
def test_an_edited_entry_is_found(audited, change):
    values = {"x": "approved"} if ":x" in change else {"one": 1}
    client().update_item(
        TableName=table_name("audit"),
        Key=item(chain=audited, sequence=2),
        UpdateExpression=change,
        ExpressionAttributeValues=item(**{f":{name}": value for name, value in values.items()}),
    )
    with pytest.raises(Trouble, match="breaks at entry 2"):
        list(trail.verified(1))


def test_a_deleted_entry_is_found(audited):
    client().delete_item(TableName=table_name("audit"), Key=item(chain=audited, sequence=2))
    with pytest.raises(Trouble, match="breaks at entry 2"):
        list(trail.verified(1))


def signed(ring, now) -> None:
    """The present day, as if it were over: what the signing itself writes down belongs to the next one."""
    assert rotate.anchor(ring, local_day(now), now + DAY_S, "c") == rotate.ANCHORED


def test_a_cut_tail_of_a_signed_day_is_found(audited, platform):
    signed(platform.ring, platform.now())
    assert any("ends as it was signed" in line for line in trail.verified(1))
    last, _ = audit.head(audited)
    client().delete_item(TableName=table_name("audit"), Key=item(chain=audited, sequence=last))
    with pytest.raises(Trouble, match="does not end as it was signed"):
        list(trail.verified(1))


def test_a_day_that_another_key_signed_is_found(audited, platform):
    signed(new_ring(platform.now(), "test"), platform.now())
    with pytest.raises(Trouble, match="not the platform's"):
        list(trail.verified(1))


def test_a_day_that_is_over_without_a_signature_is_found(audited, platform, monkeypatch):
    midnight = (local_day(platform.now()) + 1) * DAY_S - LOCAL_OFFSET_S
    at = trail.platform()
    for now, lines in ((midnight + 60, 1), (midnight + trail.ROTATED_WITHIN_S, 0)):
        monkeypatch.setattr(trail, "platform", lambda now=now: replace(at, now=lambda: now))
        if lines:
            assert list(trail.verified(2))[-1] == "9 entries of 2 days hold together"
        else:
            with pytest.raises(Trouble, match="has entries and no signature"):
                list(trail.verified(2))


def test_queues_show_what_waits_without_touching_it(journal):
    queues.send(journal, "nanhai-local-sweep", ["one", "two"])
    assert list(waiting.queues(journal)) == ["       2 nanhai-local-sweep"]
    assert [line.endswith(("one", "two")) for line in waiting.messages(journal, "nanhai-local-sweep", 5)] == [True] * 2
    assert queues.waiting(journal) == {"nanhai-local-sweep": 2}


def test_messages_of_a_failure_queue_go_back_to_their_queue(durable, platform, journal):
    (sweep,) = [source for source in consumers.queues(apps.load_all()) if source.consumer.name == "sweep"]
    queues.send(journal, f"{sweep.queue}-failures", ["one", "two"])
    assert list(waiting.redrive(journal, f"{sweep.queue}-failures", 5)) == [f"2 messages wait in {sweep.queue} again"]
    assert queues.waiting(journal) == {sweep.queue: 2}


def test_records_that_a_stream_gave_up_reach_their_function_again(durable, platform, journal, feverish):
    record = {
        "eventName": "MODIFY",
        "dynamodb": {"Keys": item(person_id=feverish, sk="head"), "SequenceNumber": "1"},
    }
    queues.send(journal, "nanhai-local-recolour-failures", [json.dumps({"Records": [record]})])
    assert list(waiting.redrive(journal, "nanhai-local-recolour-failures", 5)) == ["1 messages delivered"]
    assert queues.waiting(journal) == {}
    assert passes.one(feverish)[1].colour_told.value == "yellow"


def test_only_a_failure_queue_is_redriven(journal):
    with pytest.raises(Trouble, match="no failure queue"):
        list(waiting.redrive(journal, "nanhai-local-sweep", 5))
