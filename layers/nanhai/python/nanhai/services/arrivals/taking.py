"""One row of a sheet is taken: the person is found or registered, told of, and given a case; the row's outcome is
written in the same transaction as the facts, so that a row which is taken again has been taken.

A sheet says where somebody stays, and moves them within the scope of its office alone. Of somebody known whose
community lies elsewhere the arrival is recorded, their own community has the case, and the office gets no scope.
"""

from __future__ import annotations

from nanhai.domain import governance
from nanhai.domain.actors import NOBODY
from nanhai.domain.days import DAY_S
from nanhai.domain.divisions import contains
from nanhai.domain.errors import Absent, Fault, Refusal
from nanhai.domain.governance import OnOneself
from nanhai.domain.identifiers import PersonId
from nanhai.domain.records import Record
from nanhai.services.arrivals import facts, rows, stays, visits
from nanhai.services.arrivals.rows import Row
from nanhai.services.arrivals.telling import is_told
from nanhai.services.asked import Asked
from nanhai.services.identity import persons, proof
from nanhai.services.identity.limits import Limit, TooMany, spend
from nanhai.services.identity.proof import Unproven
from nanhai.services.platform import Platform
from nanhai.services.sheets import SheetRow
from nanhai.store import imports, lookups, people
from nanhai.store.imports import Import, Outcome
from nanhai.store.people import Access, Head
from nanhai.store.writes import Busy, ConditionFailed, Write, commit

TRIES = 4
PROOFS = Limit("arrival-proof", 1_000, DAY_S)  # by one officer: five coaches of strangers
ELSEWHERE = Limit("arrival-elsewhere", 50, DAY_S)  # by one officer: people known, who live out of their scope
PURPOSE = "arrival"


class TooManyElsewhere(Refusal):
    """As many people of other communities as an officer may tell of in a day."""

    code = "arrivals.too-many-elsewhere"
    kind = "too-many"


def take(platform: Platform, asked: Asked, of: Import, row: SheetRow) -> None:
    """Once and for all, whoever else is at it. Raises Unavailable or TooMany, and then the row waits."""
    for _ in range(TRIES):
        try:
            outcome, writes = _decided(platform, asked, of, row)
            commit([*writes, *imports.rows(of, [outcome])])
        except ConditionFailed as failed:  # by this very row, or of the person something else was written meanwhile
            if "row" in failed.labels:
                return
            continue
        return
    raise Busy(retry_after_s=1)


def _decided(platform: Platform, asked: Asked, of: Import, row: SheetRow) -> tuple[Outcome, list[Write]]:
    found, faults = rows.meant(platform, of, row, asked.now)
    at = f"/rows/{row.number}"
    if found.community and not contains(of.owner, found.community):
        faults.append(Fault(f"{at}/community", "arrivals.out-of-scope"))
    elif found.community and of.kind == "household" and found.community != of.told["community"]:
        faults.append(Fault(f"{at}/community", "arrivals.household-apart"))
    if not faults:
        try:
            return _arrived(platform, asked, of, row.number, found)
        except (Unproven, OnOneself, TooManyElsewhere) as refused:
            faults.append(Fault(f"{at}/id_number", refused.code))
    return Outcome(row.number, "refused", faults=tuple(faults)), []


def _arrived(platform: Platform, asked: Asked, of: Import, number: int, row: Row) -> tuple[Outcome, list[Write]]:
    identity = row.identity
    index = persons.id_index(platform, identity.id_type, proof.clean_number(identity.id_number))
    person = lookups.find(index, persons.PERSON) or _registered(platform, asked, row)
    head = _named(platform, asked, of, person, row)
    if is_told(head, row.journey):
        return Outcome(number, "already", person), []
    if elsewhere := not contains(of.owner, head.community):
        _spend_elsewhere(platform, asked)
    community = head.community if elsewhere else row.community
    told = facts.records(platform, asked, person, row.journey, row.health)
    actor = asked.actor
    seen = Access(asked.now, actor.id, actor.role.value, actor.organisation, PURPOSE)
    return Outcome(number, "done", person), [
        *people.add_records_in(head, told, asked.now, community),
        people.note_access(person, seen, platform.new_ulid(asked.now)),
        *_case(platform, asked, of, row, told[0], community),
    ]


def _registered(platform: Platform, asked: Asked, row: Row) -> PersonId:
    """Registered as the register proves them, by a transaction of its own: what is sealed for them needs their key.
    Killed after it, the row finds them. Nobody signs in by a phone that was only written down: it leads to nobody."""
    spend(platform, PROOFS, asked.actor.id, asked.now)
    proven = proof.prove(platform, row.identity)
    person = platform.new_person_id()
    home = {"phone": row.phone, "community": row.community, "address": row.address}
    theirs = persons.new_person_writes(platform, person, proven, asked.now, **home)
    commit([*theirs, people.guarded(NOBODY, person, asked.now)])  # so that they may register themself at any time
    return person


def _spend_elsewhere(platform: Platform, asked: Asked) -> None:
    try:
        spend(platform, ELSEWHERE, asked.actor.id, asked.now)
    except TooMany:
        raise TooManyElsewhere from None


def _named(platform: Platform, asked: Asked, of: Import, person: PersonId, row: Row) -> Head:
    """Whoever names somebody else with this number learns as little as from the register; a guess counts as a row."""
    governance.check_own_hands(asked.actor, person)
    head = people.head(person)
    try:
        name = platform.profile(person).name
    except Absent:
        raise Unproven from None
    if head is None or name != proof.clean_name(row.identity.name):
        if head is not None and not contains(of.owner, head.community):
            _spend_elsewhere(platform, asked)
        raise Unproven
    return head


def _case(platform: Platform, asked: Asked, of: Import, row: Row, arrival: Record, community: str) -> tuple[Write, ...]:
    """One of each traveller, or of the first of a household that was taken, in each community."""
    household = of.kind == "household"
    elsewhere = community != row.community
    stay = (stays.name_of(platform, row.community) if elsewhere else "", row.address, row.seat)
    opened = visits.opened(
        platform,
        asked,
        arrival.person_id,
        arrival.record_id,
        row.journey,
        community=community,
        stay=" ".join(filter(None, stay)),
        people=of.rows if household else 1,
        key=f"import:{of.import_id}{f'#{community}' if elsewhere else ''}" if household else "",
    )
    return opened.writes
