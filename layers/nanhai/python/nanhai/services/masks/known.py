"""Rounds and drawn pages as this process knows them: neither changes once it is there, so each is read once."""

from __future__ import annotations

from functools import lru_cache

from nanhai.domain import lottery
from nanhai.domain.errors import Absent
from nanhai.domain.identifiers import Instant
from nanhai.domain.rounds import State, kept_until, state_at
from nanhai.store import mask_draws, masks
from nanhai.store.mask_draws import Draw, OutcomePage
from nanhai.store.masks import Round

ROUNDS_KEPT, PAGES_KEPT = 16, 64


class _NotYet(LookupError):
    """Not there, or not final: it is not remembered."""


def round_of(round_id: str) -> Round:
    """The round; Absent when there is none."""
    try:
        return _round(round_id)
    except _NotYet:
        raise Absent from None


def draw_of(round_id: str) -> Draw | None:
    """The draw as far as it is; of one that is drawn what does not change any more."""
    try:
        return _drawn(round_id)
    except _NotYet:
        return mask_draws.get(round_id)


def draw_by(found: Round, now: Instant) -> Draw | None:
    """The draw as far as it is by now: it is asked for only when it can have begun."""
    return draw_of(found.round_id) if now >= found.times.draws_from else None


def reserve_by(found: Round, draw: Draw | None) -> Instant:
    """Until when winners can reserve: as it was announced, or as a late draw has made it."""
    if draw is None or draw.drawn_at is None:
        return found.times.reserve_by
    return kept_until(found.times, draw.drawn_at)


def state_of(found: Round, draw: Draw | None, now: Instant) -> State:
    """How far the round is now, with its draw so far."""
    return state_at(found.times, None if draw is None else draw.phase, now)


def page(round_id: str, bucket: int) -> OutcomePage:
    """A page of what was drawn; Absent when there is none."""
    try:
        return _page(round_id, bucket)
    except _NotYet:
        raise Absent from None


def drawn(draw: Draw, ticket: str) -> tuple[int, lottery.Outcome] | None:
    """The rank of a ticket, from 0, and what it got; None for one that is not on the list."""
    key = lottery.draw_key(bytes.fromhex(draw.seed or ""), draw.round_id, draw.list_hash, draw.beacon or "")
    found = page(draw.round_id, lottery.bucket(lottery.place(key, ticket), draw.buckets))
    for number, outcome in enumerate(found.outcomes):
        if outcome.entry.ticket == ticket:
            return found.first_rank + number, outcome
    return None


@lru_cache(ROUNDS_KEPT)
def _round(round_id: str) -> Round:
    found = masks.get(round_id)
    if found is None:
        raise _NotYet
    return found


@lru_cache(ROUNDS_KEPT)
def _drawn(round_id: str) -> Draw:
    found = mask_draws.get(round_id)
    if found is None or not found.phase.is_drawn:
        raise _NotYet
    return found


@lru_cache(PAGES_KEPT)
def _page(round_id: str, bucket: int) -> OutcomePage:
    found = mask_draws.outcome_page(round_id, bucket)
    if found is None:
        raise _NotYet
    return found
