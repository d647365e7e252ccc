"""The table `organisations`: legal persons, what they filed step by step, and how far each town's have got.

The head changes on condition that it is as it was read; the step that is taken and the counts of the town change in the
same transaction, so that the counts are at any time what a recount would give. Whom they invited and who joined lies
in the same table (`nanhai.store.roster`).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import msgspec
from pynamodb.expressions.update import Action as Change

from nanhai.domain.divisions import TOWN_DIGITS
from nanhai.domain.identifiers import Instant, OrganisationId
from nanhai.domain.resumption import COUNTED, OFFICES, Action, Cell, State, counted
from nanhai.store import batch, model
from nanhai.store.attributes import WholeNumberAttribute
from nanhai.store.model import Start, Write
from nanhai.store.organisation_rows import CellRow, HeadRow, OrganisationsTable, StepRow

HEAD, STEP, CELL = "head", "step#", "cell"
SHARDS = 4  # of a town's counts: 500 transactions a second each, where a whole town files some hundred an hour
STEPS_PER_PAGE_MAX = 50
HEADS_PER_PAGE_MAX = 100
SIZES = (True, False)


ENTERPRISES = {state: getattr(CellRow, f"n_{state.value}") for state in COUNTED}
HEADCOUNTS = {state: getattr(CellRow, f"h_{state.value}") for state in COUNTED}


class Organisation(msgspec.Struct, frozen=True):
    """A legal person as it is known here. `version`: 0 while it is not stored yet; `revision`: of its filing, the last
    one; `submitted`: number of the step that an office sees, 0 for none; `headcount`: as submitted there;
    `accepted_headcount`: as an office has accepted it, None before the first time."""

    organisation_id: OrganisationId
    name: str
    community: str
    above: bool  # above designated size
    version: int = 0
    state: State = State.UNFILED
    revision: int = 0
    submitted: int = 0
    steps: int = 0
    headcount: int = 0
    invitations: int = 0
    filed_at: Instant = 0
    accepted_headcount: int | None = None

    @property
    def town(self) -> str:
        return self.community[:TOWN_DIGITS]


class Step(msgspec.Struct, frozen=True):
    """One thing done to a filing, for good: a revision of its plan, or a decision. `sealed`: the personal part."""

    number: int
    revision: int
    action: Action
    state: State  # after it
    at: Instant
    by: str
    role: str
    plan: str | None
    sealed: bytes | None


def get(organisation_id: str) -> Organisation | None:
    found = model.get(HeadRow, organisation_id, HEAD)
    return None if found is None else _organisation(found)


def many(ids: Sequence[str]) -> dict[str, Organisation]:
    """Those that are known here, by id."""
    table = OrganisationsTable.Meta.table_name
    keys = [model.key_of(HeadRow, one, HEAD)["Key"] for one in ids]
    found = [_organisation(model.read(HeadRow, stored)) for stored in batch.get({table: keys})[table]]
    return {one.organisation_id: one for one in found}


def changed(new: Organisation, old: Organisation) -> list[Write]:
    """`new` in place of `old`, and the counts of the town; the first condition fails (label "organisation") when the
    stored one is not `old` any more."""
    stored = _row(new, old.version + 1)
    if old.version == 0:
        written = model.put("organisation", stored, HeadRow.organisation_id.does_not_exist())
    else:
        written = model.put("organisation", stored, HeadRow.version == old.version)
    return [written, *_counted(new, old)]


def take(organisation_id: str, step: Step) -> Write:
    new = StepRow(
        organisation_id,
        _step(step.number),
        revision=step.revision,
        action=step.action.value,
        state=step.state.value,
        at=step.at,
        by=step.by,
        role=step.role,
        plan=step.plan,
        sealed=step.sealed,
    )
    return model.put("step", new, StepRow.organisation_id.does_not_exist())


def step(organisation_id: str, number: int) -> Step | None:
    found = model.get(StepRow, organisation_id, _step(number))
    return None if found is None else _taken(found)


def steps(organisation_id: str, limit: int, start: Start | None = None) -> tuple[list[Step], Start | None]:
    """Newest first, and where the next page begins."""
    theirs = (StepRow.organisation_id == organisation_id) & StepRow.sk.startswith(STEP)
    page, end = model.query(StepRow, theirs, min(limit, STEPS_PER_PAGE_MAX), start=start, newest_first=True)
    return [_taken(found) for found in page], end


def in_town(town: str, state: State, limit: int, start: Start | None = None) -> tuple[list[Organisation], Start | None]:
    """Those of a town whose filing is in one state, longest there first, and where the next page begins."""
    there = HeadRow.shelf == _shelf(town, state)
    page, end = model.query(HeadRow, there, min(limit, HEADS_PER_PAGE_MAX), index=HeadRow.in_town, start=start)
    return [_organisation(found) for found in page], end


def cells(towns: Sequence[str]) -> dict[tuple[str, bool], dict[State, Cell]]:
    """How many have got how far, by town and whether they are above designated size."""
    keys = {_cell(town, above, shard): (town, above) for town in towns for above in SIZES for shard in range(SHARDS)}
    sums = {key: dict.fromkeys(COUNTED, (0, 0)) for key in keys.values()}
    table = OrganisationsTable.Meta.table_name
    for stored in batch.get({table: [model.key_of(CellRow, cell, CELL)["Key"] for cell in keys]})[table]:
        found = model.read(CellRow, stored)
        sum_ = sums[keys[found.organisation_id]]
        for state in COUNTED:
            enterprises, headcount = _of(found, ENTERPRISES[state]), _of(found, HEADCOUNTS[state])
            sum_[state] = (sum_[state][0] + enterprises, sum_[state][1] + headcount)
    return {key: {state: Cell(*both) for state, both in by_state.items()} for key, by_state in sums.items()}


def _counted(new: Organisation, old: Organisation) -> list[Write]:
    """The change of the counts: both cells lie in one item, for nobody changes town or size here."""
    before, after = (None if old.version == 0 else counted(old.state)), counted(new.state)
    changes: list[Change] = []
    if before is after:
        changes += _added(HEADCOUNTS, after, new.headcount - old.headcount)
    else:
        changes += _added(ENTERPRISES, after, 1) + _added(HEADCOUNTS, after, new.headcount)
        if before is not None:
            changes += _added(ENTERPRISES, before, -1) + _added(HEADCOUNTS, before, -old.headcount)
    if not changes:
        return []
    shard = zlib.crc32(new.organisation_id.encode()) % SHARDS
    return [model.update("cell", CellRow(_cell(new.town, new.above, shard), CELL), changes)]


def _added(of: Mapping[State, WholeNumberAttribute], state: State, by: int) -> list[Change]:
    return [of[state].add(by)] if by else []


def _of(found: CellRow, attribute: WholeNumberAttribute) -> int:
    return int(getattr(found, attribute.attr_name) or 0)


def _row(new: Organisation, version: int) -> HeadRow:
    seen = new.state in OFFICES
    return HeadRow(
        new.organisation_id,
        HEAD,
        version=version,
        name=new.name,
        community=new.community,
        above=new.above,
        state=new.state.value,
        revision=new.revision,
        submitted=new.submitted,
        steps=new.steps,
        headcount=new.headcount,
        accepted_headcount=new.accepted_headcount,
        invitations=new.invitations,
        shelf=_shelf(new.town, new.state) if seen else None,
        filed_at=new.filed_at if seen else None,
    )


def _organisation(found: HeadRow) -> Organisation:
    return Organisation(
        OrganisationId(found.organisation_id),
        found.name,
        found.community,
        found.above,
        found.version,
        State(found.state),
        found.revision,
        found.submitted,
        found.steps,
        found.headcount,
        found.invitations,
        found.filed_at or 0,
        found.accepted_headcount,
    )


def _taken(found: StepRow) -> Step:
    return Step(
        int(found.sk.removeprefix(STEP)),
        found.revision,
        Action(found.action),
        State(found.state),
        found.at,
        found.by,
        found.role,
        found.plan,
        found.sealed,
    )


def _shelf(town: str, state: State) -> str:
    return f"{town}#{state.value}"


def _step(number: int) -> str:
    return f"{STEP}{number:06d}"


def _cell(town: str, above: bool, shard: int) -> str:
    return f"town#{town}#{'above' if above else 'below'}#{shard}"
