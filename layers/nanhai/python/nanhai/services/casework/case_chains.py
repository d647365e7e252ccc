"""Full-chain tracking: all cases that go on from one another, and the records they wrote, on one timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nanhai.domain.actors import Role
from nanhai.domain.cases import Case
from nanhai.domain.identifiers import PersonId
from nanhai.domain.records import Isolation, Record
from nanhai.policies import casework
from nanhai.services.asked import Asked
from nanhai.services.casework import accesses, case_access
from nanhai.services.casework.case_schemas import Chain, ChainEntry
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.services.unreadable import facts_of
from nanhai.store import casefiles, cases, people
from nanhai.store.casefiles import CASES_OF_CHAIN_MAX

PEOPLE_MAX = 10  # whose records are looked at for one answer


def read(platform: Platform, asked: Asked, case_id: str) -> Chain:
    """Those of the chain that the asker may see. Absent when the case itself is none of them; Unreadable while a record
    of somebody in it cannot be read. Everyone in it is told who looked."""
    first, _ = case_access.before(asked, case_id)
    linked = casefiles.of_chain(first.chain, asked.now)
    seen = [case for case in linked if _may_see(asked, case)]
    persons = list(dict.fromkeys(case.person for case in seen if case.person is not None))
    for person in persons[:PEOPLE_MAX]:
        accesses.note(platform, asked, person, first.kind.value)
    entries = sorted([*_steps(seen), *_records(seen, persons[:PEOPLE_MAX])], key=lambda entry: entry.at)
    told = [case_access.listed(asked, case, casework.rules_of(case)) for case in seen]
    cut = len(linked) >= CASES_OF_CHAIN_MAX or len(persons) > PEOPLE_MAX
    return Chain(first.chain, told, entries, cut)


def _may_see(asked: Asked, case: Case) -> bool:
    if asked.actor.role is Role.HOSPITAL:
        return case.referred_to == asked.actor.organisation
    return asked.sees(case.community)


def _steps(seen: Sequence[Case]) -> Iterator[ChainEntry]:
    for case in seen:
        for step in case.steps:
            record = step.details.get("record")
            yield ChainEntry(
                moment(step.at), "step", case.case_id, case.kind.value, step.code, step.organisation, record
            )


def _records(seen: Sequence[Case], persons: Sequence[PersonId]) -> Iterator[ChainEntry]:
    """The records that name one of the cases as evidence, and those that a step rests on."""
    named = {step.details["record"]: case for case in seen for step in case.steps if "record" in step.details}
    by_id = {case.case_id: case for case in seen}
    for head in people.heads(persons).values():
        for record in facts_of(head):
            case = by_id.get(_evidence(record)) or named.get(record.record_id)
            if case is not None and case.person == record.person_id:
                yield _entry(case, record)


def _evidence(record: Record) -> str:
    """What a record rests on; an order rests on its proposal, which has evidence of its own."""
    proposal = cases.get(record.evidence) if isinstance(record.fact, Isolation) else None
    return record.evidence if proposal is None else proposal.evidence


def _entry(case: Case, record: Record) -> ChainEntry:
    """What a record says is told with the records of the person, to whom it may be told."""
    office = record.source_id.partition("/")[0]
    at = moment(record.recorded_at)
    return ChainEntry(at, "record", case.case_id, case.kind.value, record.fact.name, office, record.record_id)
