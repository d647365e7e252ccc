"""What keeps a pass from being turned red by one hand, without an epidemic reason, or without an end.

In 2022 a city turned the codes of 1,317 bank depositors red. Here a reason outside the closed epidemic list is no
order at all, no organisation decides on its own proposal, and no order lasts beyond 14 days.
"""

from __future__ import annotations

from collections.abc import Iterable

from nanhai.domain.actors import NO_ORGANISATION, Actor, Role
from nanhai.domain.days import DAY_S
from nanhai.domain.decide import effective
from nanhai.domain.errors import Fault, Forbidden, Invalid, Refusal
from nanhai.domain.findings import AUTHORITIES, ORDERING
from nanhai.domain.identifiers import Instant, PersonId, RecordId
from nanhai.domain.records import ISOLATION_S_MAX, Isolation, Place, Reason, Record, Release

PROPOSAL_S = DAY_S  # undecided for so long, a proposal has lapsed
BACKDATED_S_MAX = 14 * DAY_S  # an order may begin when the contact was, not earlier than its own longest time
AHEAD_S_MAX = 7 * DAY_S
ISOLATIONS_PER_DAY_MAX = 50  # by one organisation, one person each; beyond, it is a batch with rules of its own
REASON_NOT_LISTED = "casework.reason-not-listed"


class OnOneself(Forbidden):
    """Nobody proposes or decides about themself."""

    code = "casework.on-oneself"


class SameOrganisation(Forbidden):
    """Maker and checker belong to different organisations, or it is one hand."""

    code = "casework.same-organisation"


class NotHealthAuthority(Forbidden):
    """The checker comes from the health authority."""

    code = "casework.not-health-authority"


class AlreadyDecided(Refusal):
    """A checker decides once."""

    code = "casework.already-decided"
    kind = "conflict"


class ProposalExpired(Refusal):
    """Nobody decided within 24 hours; what was true then is proposed anew."""

    code = "casework.proposal-expired"
    kind = "conflict"


class OrderEnded(Refusal):
    """The order has ended, or was released before."""

    code = "casework.order-ended"
    kind = "conflict"


class BatchNeeded(Refusal):
    """So many people in a day are a batch: two approvers, a preview and 15 minutes of hold."""

    code = "casework.batch-needed"
    kind = "too-many"


def order(kind: str, reason: str, since: Instant, until: Instant, place: str, *, now: Instant) -> Isolation:
    """The order that is proposed at `now`; Invalid names every fault with its pointer."""
    faults = [
        *_listed("/kind", kind, Place, "casework.kind-not-listed"),
        *_listed("/reason", reason, Reason, REASON_NOT_LISTED),
        *_interval(since, until, now),
    ]
    if faults:
        raise Invalid(*faults)
    return Isolation(Place(kind), Reason(reason), since, until, place)


def check_own_hands(actor: Actor, subject: PersonId) -> None:
    """Raises OnOneself when an officer acts on their own pass."""
    if actor.person == subject:
        raise OnOneself


def check_proposal(maker: Actor, subject: PersonId) -> None:
    """Raises unless `maker` may propose an order for `subject`."""
    check_own_hands(maker, subject)
    if maker.organisation == NO_ORGANISATION:
        raise SameOrganisation  # who belongs nowhere cannot be told apart from a checker


def check_isolation(maker: Actor, checker: Actor, subject: PersonId) -> None:
    """Raises unless `checker` may decide what `maker` proposed for `subject`."""
    check_proposal(maker, subject)
    if checker.role is not Role.HEALTH_AUTHORITY:
        raise NotHealthAuthority
    check_own_hands(checker, subject)
    if checker.organisation in {NO_ORGANISATION, maker.organisation} or checker.id == maker.id:
        raise SameOrganisation


def order_to_release(records: Iterable[Record], order_id: RecordId, at: Instant) -> Isolation:
    """The order that a release at `at` would end: it stands, has not ended and is not released yet.

    Raises Invalid when the person has no such order, OrderEnded when there is nothing left to release.
    """
    standing = effective(records)
    found = next((r for r in standing if r.record_id == order_id and r.source in ORDERING), None)
    if found is None or not isinstance(found.fact, Isolation):
        raise Invalid(Fault("/order", "casework.order-unknown"))
    released = any(
        isinstance(r.fact, Release) and r.fact.order == order_id for r in standing if r.source in AUTHORITIES
    )
    if released or at >= min(found.fact.until, found.fact.since + ISOLATION_S_MAX):
        raise OrderEnded
    return found.fact


def _listed(at: str, value: str, closed: type[Place] | type[Reason], code: str) -> Iterable[Fault]:
    if value not in set(closed):
        yield Fault(at, code)


def _interval(since: Instant, until: Instant, now: Instant) -> Iterable[Fault]:
    if until <= since:
        yield Fault("/until", "casework.ends-before-it-begins")
    elif until - since > ISOLATION_S_MAX:
        yield Fault("/until", "casework.order-too-long", {"days": ISOLATION_S_MAX // DAY_S})
    elif until <= now:
        yield Fault("/until", "casework.already-over")
    if since < now - BACKDATED_S_MAX:
        yield Fault("/since", "casework.too-long-ago", {"days": BACKDATED_S_MAX // DAY_S})
    elif since > now + AHEAD_S_MAX:
        yield Fault("/since", "casework.too-far-ahead", {"days": AHEAD_S_MAX // DAY_S})
