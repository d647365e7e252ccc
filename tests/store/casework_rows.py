"""A batch, an appeal and a correction, as the store keeps them."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.domain.batches import Approver, Outcome, State
from nanhai.domain.colour import Colour
from nanhai.store import appeals, batch_rows, batches
from nanhai.store.appeals import Answered, Appeal
from nanhai.store.batch_rows import Row
from nanhai.store.batches import Batch, Ended
from nanhai.store.corrections import Correction
from nanhai.store.writes import send

from tests.store.builders import COMMUNITY, DAY, NOW, OTHER, PERSON

BATCH = Batch(
    batch_id="b1",
    state=State.PROPOSED,
    due_at=NOW + DAY,
    division="440605001",
    kind="home",
    reason="close-contact",
    since=NOW,
    until=NOW + 7 * DAY,
    place="home",
    legal_basis="law-39",
    proposed_by="staff-1",
    role=Role.TOWN_OFFICER,
    organisation="org-1",
    proposed_at=NOW,
    size=2,
)
ROWS = [Row(0, PERSON, COMMUNITY, "list 7, row 0"), Row(1, OTHER, COMMUNITY, "list 7, row 1")]
FIRST, SECOND = (Approver(f"staff-{n}", f"org-{n}", Role.HEALTH_AUTHORITY, NOW + n) for n in (2, 3))
APPEAL = Appeal(
    appeal_id="a1",
    person=PERSON,
    filed_by=OTHER,
    filed_at=NOW,
    due_at=NOW + 8 * 3_600,
    community=COMMUNITY,
    record_id="r1",
    record_class="isolation",
    hands=("org-1/staff-1", "org-2/staff-2"),
    files=("appeals/photo",),
    desk="health",
)
CORRECTION = Correction("GATE1", bytes.fromhex("ffffffffffffffff"), NOW, NOW - 60, NOW - 30, Colour.RED)


def proposed() -> None:
    send(batch_rows.put_rows("b1", ROWS, NOW))
    send([batches.propose(BATCH)])


def taking_effect() -> None:
    proposed()
    send([batches.approve_first("b1", FIRST)])
    send([batches.approve_second("b1", SECOND, FIRST, NOW + 903)])
    send([batches.begin("b1", NOW + 903)])
    send([batch_rows.settle("b1", 0, Outcome.ORDERED, "r1")])


def stopped() -> None:
    proposed()
    send([batches.stop("b1", Ended("staff-1", "org-1", NOW + 5, "wrong-people"))])


def answered(*, upheld: bool) -> None:
    send(appeals.file(APPEAL, NOW + DAY))
    correction = "r2" if upheld else None
    made = Answered("staff-3", "org-3", "health-authority", NOW + 9, upheld, ("wrong-person",), correction)
    send(appeals.answer(APPEAL, made))
