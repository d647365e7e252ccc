"""The person's side of a roster: by whom one is invited, and joining and leaving by one's own word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from nanhai.domain.errors import Absent, Fault, Invalid, Refusal
from nanhai.domain.identifiers import OrganisationId, PersonId
from nanhai.services.asked import Asked
from nanhai.services.enterprises import people
from nanhai.services.enterprises.known import TRIES
from nanhai.services.enterprises.staff_schemas import AnswerEmployment, Employment, EmploymentAnswered, Employments
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import checkins, organisations, roster
from nanhai.store.roster import EMPLOYMENTS_MAX, Invitation, Member
from nanhai.store.writes import Busy, ConditionFailed, Write


class TooManyEmployments(Refusal):
    """Somebody works for so many enterprises and no more."""

    code = "enterprises.too-many-employments"
    kind = "conflict"


def read(platform: Platform, asked: Asked) -> Employments:
    """Where the asker is a member, and by whom they are invited."""
    person = PersonId(asked.actor.id)
    joined = {one.organisation_id: one for one in roster.memberships(person)}
    indexes = people.indexes_of(platform, platform.profile(person))
    invited = {one.organisation_id: one for one in chain(*map(roster.invitations_of, indexes))}
    names = {id_: one.name for id_, one in organisations.many([*{**joined, **invited}]).items()}
    members = [Employment(id_, names[id_], "joined", moment(one.joined_at)) for id_, one in joined.items()]
    waiting = [
        Employment(id_, names[id_], "invited", moment(one.invited_at))
        for id_, one in invited.items()
        if id_ not in joined
    ]
    return Employments([*members, *waiting])


def answer(platform: Platform, asked: Asked, organisation_id: str, body: AnswerEmployment) -> EmploymentAnswered:
    """Joins or leaves, harmless to repeat. Absent for an enterprise that has not invited the asker, whether or not
    there is one; Invalid for joining without consent."""
    if body.answer == "join" and not body.consent:
        raise Invalid(Fault("/consent", "enterprises.consent"))
    person = PersonId(asked.actor.id)
    indexes = people.indexes_of(platform, platform.profile(person))
    told = EmploymentAnswered(organisation_id, "joined" if body.answer == "join" else "left")
    for _ in range(TRIES):
        invited = [*roster.invitations(organisation_id, indexes).values()]
        member = roster.member(organisation_id, person)
        if body.answer == "join":
            writes = _joining(asked, person, invited, member)
        else:
            writes = _leaving(asked, organisation_id, person, invited, member)
        if not writes:
            return told
        try:
            return platform.commit(writes, asked.once, told)
        except ConditionFailed:  # the same person at the same moment, from another phone: look again
            continue
    raise Busy(retry_after_s=1)


def _joining(asked: Asked, person: PersonId, invited: Sequence[Invitation], member: Member | None) -> list[Write]:
    if member is not None:
        return []
    if not invited:
        raise Absent
    if len(roster.memberships(person)) >= EMPLOYMENTS_MAX:
        raise TooManyEmployments(most=EMPLOYMENTS_MAX)
    organisation_id = invited[0].organisation_id
    return [
        roster.join(Member(organisation_id, person, asked.now)),
        checkins.sit(organisation_id, person, invited[0].index, asked.now),
        *(roster.joined_by(organisation_id, one.index, person) for one in invited),
    ]


def _leaving(
    asked: Asked, organisation_id: str, person: PersonId, invited: Sequence[Invitation], member: Member | None
) -> list[Write]:
    """Who is only invited says no: that is seen by nobody but themself."""
    if not invited and member is None:
        raise Absent
    if member is None:
        return [roster.decline(organisation_id, one.index) for one in invited if not one.hidden]
    id_ = OrganisationId(organisation_id)
    hidden = [roster.hide(organisation_id, one.index) for one in invited]  # also what another phone has shown meanwhile
    return [roster.leave(id_, person, asked.now), checkins.rise(id_, person, asked.now), *hidden]
