"""The people of an enterprise: whom it invites, and of those who joined whether their pass admits.

Nobody is a member but by their own word, and whether somebody exists who has not joined is never told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from nanhai.domain.days import local_date
from nanhai.domain.errors import Fault, Invalid, Refusal
from nanhai.services import trail
from nanhai.services.asked import Asked
from nanhai.services.enterprises import passing, people
from nanhai.services.enterprises.known import TRIES, Known, known, stored
from nanhai.services.enterprises.people import Label
from nanhai.services.enterprises.staff_schemas import Invite, Invited, RosterEntry
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import organisations, roster
from nanhai.store.roster import Invitation
from nanhai.store.writes import Busy, ConditionFailed, Write

Start = dict[str, Any]
ROSTER_MAX = 20_000  # the largest works of the district have ten thousand and some


class RosterFull(Refusal):
    """An enterprise invites so many people and no more."""

    code = "enterprises.roster-full"
    kind = "conflict"


def invite(platform: Platform, asked: Asked, body: Invite) -> Invited:
    """All of them by one transaction, whoever they are. Invalid names every fault, RosterFull."""
    meant = [people.label(one) for one in body.people]
    if faults := _faults(platform, asked, body, meant):
        raise Invalid(*faults)
    trail.note(asked, asked.actor.id)
    for _ in range(TRIES):
        writes = invitations(platform, asked, known(platform, asked.actor.id), meant)
        try:
            return platform.commit(writes, asked.once, Invited(len(meant)))
        except ConditionFailed:  # somebody else of the enterprise was first: look again
            continue
    raise Busy(retry_after_s=1)


def invitations(platform: Platform, asked: Asked, found: Known, meant: Sequence[Label]) -> list[Write]:
    """What invites these people, each once, with the head that counts them; RosterFull."""
    named = {people.index(platform, one): one for one in meant}
    old = found.organisation
    there = {} if old.version == 0 else roster.invitations(old.organisation_id, named)
    new = replace(old, invitations=old.invitations + len(named.keys() - there.keys()))
    if new.invitations > ROSTER_MAX:
        raise RosterFull(most=ROSTER_MAX)
    return [
        *organisations.changed(new, old),
        *found.key_writes,
        *(
            roster.invite_again(one) if one.index in there else roster.invite(one)
            for one in _sealed(asked, found, named)
        ),
    ]


def listed(platform: Platform, asked: Asked, limit: int, start: Start | None) -> tuple[list[RosterEntry], Start | None]:
    """The invitations of the asking enterprise and who of them has joined; empty before the first one."""
    found = stored(platform, asked.actor.id)
    if found is None:
        return [], None
    page, following = roster.roster(asked.actor.id, limit, start)
    admitted = passing.admitted(platform, [one.member for one in page if one.member is not None], asked.now)
    return [_entry(found, one, None if one.member is None else admitted[one.member]) for one in page], following


def labels(found: Known, indexes: Sequence[str]) -> dict[str, Label]:
    """What the enterprise calls those whom it invited under these indexes."""
    there = roster.invitations(found.organisation.organisation_id, indexes)
    return {index: people.open_(found, index, one.sealed) for index, one in there.items()}


def _faults(platform: Platform, asked: Asked, body: Invite, meant: Sequence[Label]) -> list[Fault]:
    today = local_date(asked.now)
    found = [fault for i, one in enumerate(body.people) for fault in people.faults(one, today, f"/people/{i}")]
    seen: set[str] = set()
    for i, one in enumerate(meant):
        index = people.index(platform, one)
        if index in seen:
            found.append(Fault(f"/people/{i}", "enterprises.twice"))
        seen.add(index)
    return found


def _sealed(asked: Asked, found: Known, named: dict[str, Label]) -> list[Invitation]:
    organisation_id = found.organisation.organisation_id
    return [
        Invitation(organisation_id, index, people.seal(found, index, one), asked.now) for index, one in named.items()
    ]


def _entry(found: Known, one: Invitation, admitted: bool | None) -> RosterEntry:
    meant = people.open_(found, one.index, one.sealed)
    return RosterEntry(
        meant.number,
        meant.name_masked,
        meant.phone_masked,
        admitted is not None,
        moment(one.invited_at),
        admitted,
    )
