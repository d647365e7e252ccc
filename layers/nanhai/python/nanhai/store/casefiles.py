"""The table `cases`: what communities, towns and the district work on, one item a case with all its steps.

A case lies in the lists of its community, town and district at the time from which each has it, so that a list is one
query and right with every job stopped. What changes is written whole, on the version that was read.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any
from zlib import crc32

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import Index

from nanhai.domain.case_rules import CaseKind, KindRules, Tier
from nanhai.domain.cases import Case, Step, due_at, next_escalation, since
from nanhai.domain.days import DAY_S
from nanhai.domain.divisions import DISTRICT_DIGITS, TOWN_DIGITS
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.store import batch, model
from nanhai.store.casefile_rows import ByDistrict, ByTown, CaseFileRow, CaseKeyRow
from nanhai.store.model import Start, Write
from nanhai.store.wire import Item
from nanhai.store.words import all_of, words

CASES_PER_PAGE_MAX = 100
CASES_OF_CHAIN_MAX = 50
NEWEST_LOOKED_AT = 5  # of a person's cases, for one that a new case goes on from
OPEN_LOOKED_FOR = 20  # among so many of a person's newest
ESCALATION_SHARDS = 4
REFERRED_S = 30 * DAY_S  # for so long a hospital adds results to what was closed
OPEN, CLOSED = "open", "closed"
LABEL = "case"
NEVER: Instant = 9_999_999_999


class Filters(msgspec.Struct, frozen=True):
    """What of a list is wanted; None: whatever it is."""

    kind: CaseKind | None = None
    assignee: str | None = None
    overdue_at: Instant | None = None


def open_(rules: KindRules, new: Case) -> Write:
    """A new case; where one of this id is already, nothing happens."""
    row = _row(rules, new, 0)
    parts = [attribute for name, attribute in CaseFileRow.get_attributes().items() if name in row.attribute_values]
    fresh = [a.set(a | row.attribute_values[str(a.attr_name)]) for a in parts if not a.is_hash_key]
    return model.update(LABEL, row, words(None, fresh))


def change(rules: KindRules, before: Case, after: Case, kept_s: int) -> Write:
    """The case as it is now; its condition fails (label "case") when it is no longer what it was before."""
    unchanged = (CaseFileRow.version == before.version) & CaseFileRow.opened_at.exists()
    return model.put(LABEL, _row(rules, after, kept_s), unchanged)


def get(case_id: str, now: Instant) -> Case | None:
    """None for what is no such case, and for one that is kept no longer."""
    stored = model.get_item(CaseFileRow, case_id)
    return None if stored is None else _alive(stored, now)


def many(case_ids: Sequence[str], now: Instant) -> list[Case]:
    """Those that are there, in the order of their ids in `case_ids`, read consistently."""
    keys = [{"case_id": {"S": case_id}} for case_id in case_ids]
    found = {stored["case_id"]["S"]: stored for stored in batch.get({"cases": keys})["cases"]}
    alive = [_alive(found[case_id], now) for case_id in case_ids if case_id in found]
    return [case for case in alive if case is not None]


def of_community(
    community: str, state: str, filters: Filters, limit: int, start: Start | None
) -> tuple[list[Case], Start | None]:
    """Soonest due first, of closed ones the latest first, and where the next page begins."""
    theirs = CaseFileRow.community_queue == f"{state}#{community}"
    return _listed(CaseFileRow.of_community, theirs, state, filters, limit, start)


def of_assignee(
    staff: str, state: str, filters: Filters, limit: int, start: Start | None
) -> tuple[list[Case], Start | None]:
    theirs = CaseFileRow.assignee_queue == f"{state}#{staff}"
    return _listed(CaseFileRow.of_assignee, theirs, state, filters, limit, start)


def of_hospital(
    organisation: str, state: str, filters: Filters, limit: int, start: Start | None
) -> tuple[list[Case], Start | None]:
    theirs = CaseFileRow.referral_queue == f"{state}#{organisation}"
    return _listed(CaseFileRow.of_referral, theirs, state, filters, limit, start)


def of_tier(
    division: str, state: str, until: Instant, filters: Filters, limit: int, start: Start | None
) -> tuple[list[Case], Start | None]:
    """Those of a town or district that it has from `until` or earlier, longest had first; closed ones the latest
    first."""
    town = len(division) == TOWN_DIGITS
    index: Index[Any] = CaseFileRow.of_town if town else CaseFileRow.of_district
    queue, at = (ByTown.town_queue, ByTown.town_at) if town else (ByDistrict.district_queue, ByDistrict.district_at)
    wanted = (queue == f"{state}#{division}") & (at <= until)
    return _query(index, wanted, state, filters, limit, start)


def of_person(person: PersonId, limit: int, now: Instant, start: Start | None) -> tuple[list[Case], Start | None]:
    """Newest first, whole, and where the next page begins."""
    theirs = CaseFileRow.subject == person
    ids, end = _ids(CaseFileRow.of_subject, theirs, min(limit, CASES_PER_PAGE_MAX), start, newest_first=True)
    return many(ids, now), end


def is_referred(person: PersonId, organisation: str, now: Instant) -> bool:
    """Whether one of the last CASES_PER_PAGE_MAX cases of the person lies with that hospital, or did until
    REFERRED_S ago."""
    newest, _ = of_person(person, CASES_PER_PAGE_MAX, now, None)
    theirs = [case for case in newest if case.referred_to == organisation]
    return any(case.closed_at is None or now - case.closed_at <= REFERRED_S for case in theirs)


def going_on(person: PersonId, now: Instant) -> str:
    """The chain of the newest of a person's cases that is open; empty when none of the last few is."""
    newest, _ = of_person(person, NEWEST_LOOKED_AT, now, None)
    return next((case.chain for case in newest if case.open), "")


def open_of(person: PersonId, now: Instant) -> list[Case]:
    """Those of a person's newest OPEN_LOOKED_FOR cases that are open, newest first."""
    newest, _ = of_person(person, OPEN_LOOKED_FOR, now, None)
    return [case for case in newest if case.open]


def of_chain(chain: str, now: Instant) -> list[Case]:
    """The cases of a chain, whole, in the order of their opening; CASES_OF_CHAIN_MAX at most."""
    ids, _ = _ids(CaseFileRow.in_chain, CaseFileRow.chain == chain, CASES_OF_CHAIN_MAX, None, newest_first=False)
    return sorted(many(ids, now), key=lambda case: (case.opened_at, case.case_id != chain))


def to_escalate(shard: int, now: Instant, limit: int, start: Start | None) -> tuple[list[str], Start | None]:
    """Ids of those whose escalation has come and was not told, longest waiting first; where the next page begins."""
    wanted = (CaseFileRow.escalation == f"{shard:02d}") & (CaseFileRow.escalation_at <= now)
    return _ids(CaseFileRow.to_escalate, wanted, limit, start, newest_first=False)


def _listed(
    index: Index[Any], wanted: Condition, state: str, filters: Filters, limit: int, start: Start | None
) -> tuple[list[Case], Start | None]:
    if filters.overdue_at is not None:
        wanted &= CaseFileRow.listed_at <= filters.overdue_at
    return _query(index, wanted, state, filters, limit, start)


def _query(
    index: Index[Any], wanted: Condition, state: str, filters: Filters, limit: int, start: Start | None
) -> tuple[list[Case], Start | None]:
    most, newest_first = min(limit, CASES_PER_PAGE_MAX), state == CLOSED
    only = _only(filters)
    rows, end = model.query(CaseFileRow, wanted, most, index=index, only=only, start=start, newest_first=newest_first)
    return [_case(row) for row in rows], end


def _only(filters: Filters) -> Condition | None:
    parts = []
    if filters.kind is not None:
        parts.append(CaseFileRow.kind == filters.kind.value)
    if filters.assignee is not None:
        parts.append(CaseFileRow.assignee == filters.assignee)
    return all_of(*parts) if parts else None


def _ids(
    index: Index[Any], wanted: Condition, limit: int, start: Start | None, *, newest_first: bool
) -> tuple[list[str], Start | None]:
    """Which cases lie in an index that carries no more than their keys."""
    found, end = model.query(CaseKeyRow, wanted, limit, index=index, start=start, newest_first=newest_first)
    return [row.case_id for row in found], end


def _alive(stored: Item, now: Instant) -> Case | None:
    """None for what waits for another decision in the same table, and for what is kept no longer."""
    if "clock_from" not in stored:
        return None
    row = model.read(CaseFileRow, stored)
    return None if row.expires_at is not None and row.expires_at <= now else _case(row)


def _row(rules: KindRules, case: Case, kept_s: int) -> CaseFileRow:
    queue = OPEN if case.open else CLOSED
    ended = case.closed_at
    told: dict[str, Any] = {
        "chain": case.chain,
        "kind": case.kind.value,
        "rules": case.rules,
        "community": case.community,
        "subject": case.person,
        "origin": case.origin,
        "opened_at": case.opened_at,
        "state": case.state,
        "holder": case.holder.value,
        "given": {tier.value: at for tier, at in case.given.items()},
        "clock_from": case.clock_from,
        "version": case.version,
        "assignee": case.assignee or None,
        "referred_to": case.referred_to or None,
        "outcome": case.outcome or None,
        "closed_at": ended,
        "expires_at": None if ended is None else ended + kept_s,
        "summary": case.summary,
        "steps": [_step_text(step) for step in case.steps],
        "listed_at": due_at(rules, case) if ended is None else ended,
        "community_queue": f"{queue}#{case.community}",
        "assignee_queue": f"{queue}#{case.assignee}" if case.assignee else None,
        "referral_queue": f"{queue}#{case.referred_to}" if case.referred_to else None,
        **_places(rules, case, queue),
        **_watched(rules, case),
    }
    return CaseFileRow(case.case_id, **{name: value for name, value in told.items() if value is not None})


def _places(rules: KindRules, case: Case, queue: str) -> dict[str, str | int]:
    """In the lists of the town and of the district: from when each has it, or when it was closed."""
    found: dict[str, str | int] = {}
    for tier, digits in ((Tier.TOWN, TOWN_DIGITS), (Tier.DISTRICT, DISTRICT_DIGITS)):
        at = since(rules, case, tier) if case.closed_at is None else case.closed_at
        found |= {
            f"{tier}_queue": f"{queue}#{case.community[:digits]}",
            f"{tier}_at": NEVER if at is None else at,
        }
    return found


def _watched(rules: KindRules, case: Case) -> dict[str, str | int]:
    following = next_escalation(rules, case)
    if following is None:
        return {}
    shard = crc32(case.case_id.encode()) % ESCALATION_SHARDS
    return {"escalation": f"{shard:02d}", "escalation_at": following[1]}


def _case(row: CaseFileRow) -> Case:
    """Without summary and steps where the row comes from a list."""
    return Case(
        case_id=row.case_id,
        chain=row.chain,
        kind=CaseKind(row.kind),
        rules=row.rules,
        community=row.community,
        person=None if row.subject is None else PersonId(row.subject),
        origin=row.origin,
        opened_at=row.opened_at,
        state=row.state,
        holder=Tier(row.holder),
        given={Tier(name): int(at) for name, at in row.given.items()},
        clock_from=row.clock_from,
        steps=tuple(map(_step, row.steps or ())),
        version=row.version,
        assignee=row.assignee or "",
        referred_to=row.referred_to or "",
        outcome=row.outcome or "",
        closed_at=row.closed_at,
        summary=row.summary or b"",
    )


def _step_text(step: Step) -> str:
    told = {
        "c": step.code,
        "t": step.at,
        "b": step.by,
        "r": step.role,
        "o": step.organisation,
        "s": step.state,
        "d": dict(step.details),
        "n": base64.b64encode(step.note).decode("ascii"),
    }
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


def _step(text: str) -> Step:
    told = json.loads(text)
    note = base64.b64decode(told["n"])
    return Step(told["c"], told["t"], told["b"], told["r"], told["o"], told["s"], told["d"], note)
