"""An enterprise's order, by its headcount, out of the share that a point has for enterprises."""

from __future__ import annotations

from nanhai.domain.errors import Fault, Invalid, Refusal
from nanhai.domain.identifiers import OrganisationId
from nanhai.services.asked import Asked
from nanhai.services.masks import codes, known
from nanhai.services.masks.entries import RoundNotOpen
from nanhai.services.masks.headcounts import headcount
from nanhai.services.masks.schemas import MasksOrdered, OrderMasks
from nanhai.services.platform import Platform
from nanhai.store import mask_claims, mask_orders
from nanhai.store.mask_claims import Code
from nanhai.store.mask_orders import Order
from nanhai.store.writes import Busy, ConditionFailed

ENTERPRISE = "enterprise"
ONLY_VERSION = 1


class AlreadyOrdered(Refusal):
    """One order for each enterprise and round."""

    code = "masks.already-ordered"
    kind = "conflict"


class ShareUsedUp(Refusal):
    """The point has not so many packs left for enterprises."""

    code = "masks.share-used-up"
    kind = "conflict"


def order(platform: Platform, asked: Asked, round_id: str, body: OrderMasks) -> MasksOrdered:
    """While the round is open. Raises Absent, RoundNotOpen, Invalid for an unknown point or beyond the quota,
    AlreadyOrdered, ShareUsedUp."""
    found = known.round_of(round_id)
    if not found.times.opens_at <= asked.now < found.times.closes_at:
        raise RoundNotOpen
    point = found.point(body.point)
    if point is None:
        raise Invalid(Fault("/point", "masks.point-unknown"))
    uscc = OrganisationId(asked.actor.id)
    people = headcount(uscc)
    quota = people * found.packs_per_employee
    if body.packs > quota:
        raise Invalid(Fault("/packs", "masks.beyond-quota", {"quota": quota, "headcount": people}))
    new = Order(uscc, round_id, body.point, body.packs, people, asked.now)
    code = codes.code_of(platform, round_id, uscc, ONLY_VERSION)
    writes = [
        *mask_orders.order(new, point.for_enterprises, found.times.ends_at),
        mask_claims.put_code(Code(codes.index_of(platform, code), round_id, ENTERPRISE, uscc, ONLY_VERSION)),
    ]
    answer = MasksOrdered(round_id, body.point, body.packs, quota, code, codes.qr_of(code))
    try:
        return platform.commit(writes, asked.once, answer)
    except ConditionFailed as failed:
        raise _refusal(failed) from None


def _refusal(failed: ConditionFailed) -> Refusal:
    if "order" in failed.labels:
        return AlreadyOrdered()
    return ShareUsedUp() if "packs" in failed.labels else Busy(retry_after_s=1)
