"""Every night: keys for the weeks ahead, and the audit of the days that are over signed."""

from __future__ import annotations

import json

import pytest
from nanhai.domain.days import DAY_S, local_day
from nanhai.services import platform as composed
from nanhai.services import rotation
from nanhai.services.rotation import NoSuchKey
from nanhai.store import audit, keys
from nanhai.store.audit import AuditEntry
from nanhai.store.connection import client, table_name
from nanhai.store.writes import ConditionFailed, StoreUnavailable
from nanhai.streams import rotate
from nanhai.vault.ring import AHEAD_DAYS, checker, public_of, ring_from_entries
from nanhai.vault.rotation import without

from tests.items import item


def ring(world):
    stored = keys.ring()
    return ring_from_entries(stored.entries, composed.wrapper(world.here.settings), stored.version)


def entry(subject="someone") -> AuditEntry:
    return AuditEntry(actor="a", role="r", operation="o", subject=subject, outcome="done", correlation_id="c")


def test_keys_for_the_weeks_ahead_are_there_again_and_spent_ones_are_not(world):
    before = ring(world)
    world.now += 20 * DAY_S
    rotate.handle("night-1")
    after = ring(world)
    days = {local_day(key.not_before) for key in after.gates}
    assert set(range(local_day(world.now), local_day(world.now) + AHEAD_DAYS + 1)) <= days
    assert min(days) > local_day(world.now) - 10
    assert (after.version, after.root, after.days) == (before.version + 1, before.root, before.days)
    kept = {key.public for key in before.gates if local_day(key.not_before) >= local_day(world.now)}
    assert kept <= {key.public for key in after.gates}


def test_twice_in_a_night_changes_nothing_more(world):
    world.now += DAY_S
    rotate.handle("night-1")
    before = keys.ring()
    rotate.handle("night-1")
    assert keys.ring() == before


def test_the_outcome_is_in_the_audit(world):
    world.now += DAY_S
    rotate.handle("night-1")
    rotate.handle("night-1")
    version = keys.ring().version
    assert [pair for pair in world.audited("keys.rotate") if pair[0].startswith("ring")] == [
        (f"ring {version}", "rotated"),
        (f"ring {version}", "unchanged"),
    ]


def test_a_key_that_was_removed_meanwhile_stays_removed(world, monkeypatch):
    world.now += DAY_S
    kid = ring(world).gates[3].kid
    original, todo = keys.replace_ring, [True]

    def replace_ring(known, entries):
        if todo.pop() if todo else False:
            found = ring(world)
            original(known, without(found, known.entries, kid))
        original(known, entries)

    monkeypatch.setattr(keys, "replace_ring", replace_ring)
    rotate.handle("night-1")
    after = ring(world)
    assert kid in after.removed
    assert kid not in {key.kid for key in after.gates}


def test_a_key_that_leaked_is_removed_for_good_and_its_day_gets_another(world):
    leaked = ring(world).gate_key(world.now)
    after = rotation.remove(world.here, leaked.kid, world.now)
    assert (after.version, after) == (keys.ring().version, ring(world))
    assert leaked.kid in after.removed
    assert after.gate_key(world.now).kid != leaked.kid
    world.now += DAY_S
    rotate.handle("night-1")
    assert leaked.kid not in {key.kid for key in ring(world).gates}


def test_a_key_that_is_not_there_is_not_removed(world):
    before = keys.ring()
    with pytest.raises(NoSuchKey):
        rotation.remove(world.here, 0, world.now)
    assert keys.ring() == before


def test_a_ring_that_others_keep_changing_is_left_for_the_next_try(world, monkeypatch):
    def lost(known, entries):
        raise ConditionFailed(["ring"])

    world.now += DAY_S
    monkeypatch.setattr(keys, "replace_ring", lost)
    with pytest.raises(StoreUnavailable):
        rotate.handle("night-1")


def test_a_day_that_is_over_is_anchored_with_the_roots_signature(world):
    day = local_day(world.now)
    for _ in range(5):
        audit.append([entry()], world.now)
    world.now += DAY_S
    rotate.handle("night-1")
    anchor = audit.anchored(day)
    assert checker(public_of(ring(world).root))(anchor.signature, rotate.AUDIT_CONTEXT + anchor.heads.encode())
    assert {chain: tuple(head) for chain, head in json.loads(anchor.heads).items()} == audit.heads(day)


def test_an_anchor_is_written_once_and_a_day_that_goes_on_has_none(world):
    day = local_day(world.now)
    audit.append([entry()], world.now)
    assert audit.anchored(day) is None
    rotate.handle("same-day")
    assert audit.anchored(day) is None
    world.now += DAY_S
    rotate.handle("night-1")
    first = audit.anchored(day)
    audit.append([entry("late")], world.now - DAY_S)
    rotate.handle("night-1")
    assert audit.anchored(day) == first


def test_missed_nights_are_made_up_for_within_a_week(world):
    day = local_day(world.now)
    for _ in range(3):
        audit.append([entry()], world.now)
        world.now += DAY_S
    rotate.handle("night-3")
    assert [audit.anchored(number) is not None for number in range(day - 1, day + 4)] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_an_anchor_that_was_taken_away_is_never_made_anew(world):
    day = local_day(world.now)
    audit.append([entry("first"), entry("last")], world.now)
    told = []
    for night in range(3):
        world.now += DAY_S
        rotate.handle(f"night-{night}")
        told += [outcome for subject, outcome in world.audited("keys.rotate") if subject == f"audit {day}"]
        client().delete_item(TableName=table_name("audit"), Key=item(chain=audit.ANCHORS, sequence=day))
    assert told == [rotate.ANCHORED, rotate.LOST, rotate.LOST]


def test_an_anchor_and_the_entry_that_tells_of_it_are_written_together(world, monkeypatch):
    day = local_day(world.now)
    audit.append([entry()], world.now)
    world.now += DAY_S
    sent = []
    monkeypatch.setattr(audit, "send", lambda writes: sent.append([write.label for write in writes]))
    rotate.anchor(ring(world), day, world.now, "night-1")
    assert sent == [["anchor", audit.ENTRY]]


def test_a_cut_tail_does_not_fit_its_anchor(world):
    day = local_day(world.now)
    audit.append([entry("first"), entry("last")], world.now)
    world.now += DAY_S
    rotate.handle("night-1")
    ((chain, (sequence, _)),) = audit.heads(day).items()
    client().delete_item(TableName=table_name("audit"), Key=item(chain=chain, sequence=sequence))
    assert json.loads(audit.anchored(day).heads)[chain] != list(audit.head(chain))
