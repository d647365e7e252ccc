"""In the table `organisations`: whom an enterprise invited, and who joined by their own consent.

An invitation lies under a blind index of who is meant, whether or not there is such a person; what the enterprise
typed is sealed. A member is there once the person has said so, and leaving never deletes a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from nanhai.domain.identifiers import Instant, OrganisationId, PersonId
from nanhai.store import batch, model
from nanhai.store.model import Start, Write
from nanhai.store.organisation_rows import InvitationRow, MemberRow, OrganisationsTable

INVITATION, MEMBER = "invite#", "member#"
INVITATIONS_PER_PAGE_MAX = 100
EMPLOYMENTS_MAX = 20  # of one person, and as many invitations by each way of naming them


class Invitation(msgspec.Struct, frozen=True):
    organisation_id: OrganisationId
    index: str
    sealed: bytes
    invited_at: Instant
    member: PersonId | None = None
    hidden: bool = False


class Member(msgspec.Struct, frozen=True):
    organisation_id: OrganisationId
    person_id: PersonId
    joined_at: Instant
    left_at: Instant | None = None


def invite(new: Invitation) -> Write:
    """Its condition fails (label "invitation") when somebody is invited so already."""
    stored = InvitationRow(
        new.organisation_id,
        INVITATION + new.index,
        person_id=new.index,
        sealed=new.sealed,
        invited_at=new.invited_at,
    )
    return model.put("invitation", stored, InvitationRow.organisation_id.does_not_exist())


def invite_again(new: Invitation) -> Write:
    """What is told anew about somebody invited before; who joined by it stays. Fails for nobody's."""
    changes = [InvitationRow.sealed.set(new.sealed), InvitationRow.hidden.remove()]
    key = InvitationRow(new.organisation_id, INVITATION + new.index)
    return model.update("invitation", key, changes, InvitationRow.organisation_id.exists())


def joined_by(organisation_id: str, index: str, person: PersonId) -> Write:
    changes = [InvitationRow.member.set(person), InvitationRow.hidden.remove()]
    key = InvitationRow(organisation_id, INVITATION + index)
    return model.update("invitation", key, changes, InvitationRow.organisation_id.exists())


def hide(organisation_id: str, index: str) -> Write:
    """To the enterprise it is as if nobody had ever answered."""
    changes = [InvitationRow.hidden.set(True), InvitationRow.member.remove()]
    key = InvitationRow(organisation_id, INVITATION + index)
    return model.update("invitation", key, changes, InvitationRow.organisation_id.exists())


def decline(organisation_id: str, index: str) -> Write:
    """The same by who is no member; its condition fails (label "invitation") once they have joined by it."""
    key = InvitationRow(organisation_id, INVITATION + index)
    is_open = InvitationRow.organisation_id.exists() & InvitationRow.member.does_not_exist()
    return model.update("invitation", key, [InvitationRow.hidden.set(True)], is_open)


def join(new: Member) -> Write:
    """Its condition fails (label "member") while they are a member."""
    sort = MEMBER + new.person_id
    stored = MemberRow(new.organisation_id, sort, person_id=new.person_id, joined_at=new.joined_at)
    return model.put("member", stored, MemberRow.organisation_id.does_not_exist() | MemberRow.left_at.exists())


def leave(organisation_id: str, person: PersonId, at: Instant) -> Write:
    """Its condition fails (label "member") for who is no member."""
    key = MemberRow(organisation_id, MEMBER + person)
    return model.update("member", key, [MemberRow.left_at.set(at)], _IS_MEMBER)


_IS_MEMBER = MemberRow.organisation_id.exists() & MemberRow.left_at.does_not_exist()


def member(organisation_id: str, person: PersonId) -> Member | None:
    """Who is a member now."""
    found = model.get(MemberRow, organisation_id, MEMBER + person)
    return None if found is None or found.left_at is not None else _member(found)


def memberships(person: PersonId) -> list[Member]:
    """Where somebody is a member now, EMPLOYMENTS_MAX at most; by an index, so a moment late."""
    theirs = MemberRow.person_id == person
    page, _ = model.query(
        MemberRow, theirs, EMPLOYMENTS_MAX * 5, index=MemberRow.of_person, only=MemberRow.left_at.does_not_exist()
    )
    return [_member(found) for found in page[:EMPLOYMENTS_MAX]]


def invitations_of(index: str) -> list[Invitation]:
    """By whom somebody is invited, EMPLOYMENTS_MAX at most; by an index, so a moment late."""
    theirs, shown = InvitationRow.person_id == index, InvitationRow.hidden.does_not_exist()
    page, _ = model.query(InvitationRow, theirs, EMPLOYMENTS_MAX * 5, index=InvitationRow.of_person, only=shown)
    return [_invitation(found) for found in page[:EMPLOYMENTS_MAX]]


def invitations(organisation_id: str, indexes: Iterable[str]) -> dict[str, Invitation]:
    """Those of one enterprise that are there, by their blind index."""
    table = OrganisationsTable.Meta.table_name
    keys = [model.key_of(InvitationRow, organisation_id, INVITATION + index)["Key"] for index in indexes]
    found = [_invitation(model.read(InvitationRow, stored)) for stored in batch.get({table: keys})[table]]
    return {one.index: one for one in found}


def roster(organisation_id: str, limit: int, start: Start | None = None) -> tuple[Sequence[Invitation], Start | None]:
    """All that one enterprise invited, in the order of their indexes, and where the next page begins."""
    theirs = (InvitationRow.organisation_id == organisation_id) & InvitationRow.sk.startswith(INVITATION)
    page, end = model.query(InvitationRow, theirs, min(limit, INVITATIONS_PER_PAGE_MAX), start=start)
    return [_invitation(found) for found in page], end


def _invitation(found: InvitationRow) -> Invitation:
    return Invitation(
        OrganisationId(found.organisation_id),
        found.person_id,
        found.sealed,
        found.invited_at,
        None if found.member is None else PersonId(found.member),
        bool(found.hidden),
    )


def _member(found: MemberRow) -> Member:
    return Member(OrganisationId(found.organisation_id), PersonId(found.person_id), found.joined_at, found.left_at)
