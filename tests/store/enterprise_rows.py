"""An enterprise with its filing and roster, and a member at the desk, as the store keeps them."""

from __future__ import annotations

from msgspec.structs import replace
from nanhai.domain.checkins import CheckIn, Place
from nanhai.domain.identifiers import OrganisationId
from nanhai.domain.resumption import Action, State
from nanhai.store import checkins, organisations, roster
from nanhai.store.organisations import Organisation, Step
from nanhai.store.roster import Invitation, Member
from nanhai.store.writes import send

from tests.store.builders import COMMUNITY, DAY, NOW, PERSON

WORKS = OrganisationId("91440605MA0000015R")
NEW = Organisation(WORKS, "works", COMMUNITY, above=True)
DRAFTED = replace(NEW, state=State.DRAFT, steps=1, revision=1)
FILED = replace(
    DRAFTED, version=1, state=State.SUBMITTED, steps=2, revision=2, submitted=2, headcount=320, filed_at=NOW + 60
)


def filed() -> None:
    send(organisations.changed(DRAFTED, NEW))
    submitted = Step(2, 2, Action.SUBMIT, State.SUBMITTED, NOW + 60, WORKS, "enterprise", "{}", b"\x00sealed\xff")
    accepted = Step(3, 2, Action.ACCEPT, State.ACCEPTED, NOW + 90, "staff-1", "town-officer", None, None)
    send([*organisations.changed(FILED, replace(DRAFTED, version=1)), organisations.take(WORKS, submitted)])
    send([organisations.take(WORKS, accepted)])


def joined() -> None:
    for index in ("a", "b"):
        send([roster.invite(Invitation(WORKS, index, b"\x00sealed\xff", NOW))])
    send([roster.join(Member(WORKS, PERSON, NOW + 1)), roster.joined_by(WORKS, "a", PERSON)])
    send([roster.hide(WORKS, "b")])


def left() -> None:
    joined()
    send([roster.leave(WORKS, PERSON, NOW + DAY), roster.hide(WORKS, "a")])


def checked_in() -> None:
    send([checkins.sit(WORKS, PERSON, "a", NOW)])
    for day in (18_322, 18_335, 18_336):
        send([checkins.note(WORKS, PERSON, CheckIn(day, 30_615, 365, Place.SITE))])


def gone() -> None:
    checked_in()
    send([checkins.rise(WORKS, PERSON, NOW + DAY)])
