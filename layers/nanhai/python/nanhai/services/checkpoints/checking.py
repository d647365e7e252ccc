"""What one token comes to at one gate: the colour of now counts, not the one that was signed a minute ago."""

from __future__ import annotations

from dataclasses import dataclass

from nanhai.domain import base45, policy, tokens
from nanhai.domain.colour import VERDICTS, Colour, Verdict
from nanhai.domain.days import local_day
from nanhai.domain.errors import Poison
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.pseudonym import day_key, person_of
from nanhai.domain.records import Holder
from nanhai.domain.timeline import Timeline
from nanhai.domain.tokens import BODY, Refused, Token
from nanhai.services.checkpoints.trusted import trust_of
from nanhai.services.passes import reading
from nanhai.services.platform import Platform
from nanhai.store import passes
from nanhai.store.gates import Gate

NOBODYS = "checkpoints.no-pass"  # well signed, but nobody here has a pass that can be read
GREY = "checkpoints.grey"  # a pass of which nothing may be shown: unproven, or a record that cannot be read
PAPER_ENDED = "checkpoints.paper-ended"  # revoked, or over
# Said of a token whose signature held: somebody was shown it once, so the sighting is kept.
SIGNED = frozenset({Refused.FORM, Refused.AUDIENCE, Refused.EARLY, Refused.EXPIRED, Refused.DENIED})
# A guard sees no health detail: fever and a positive test are one class, and so is whatever points to an area.
CLASSES = {
    policy.ISOLATION: "isolation",
    policy.FEVER: "health",
    policy.POSITIVE_TEST: "health",
    policy.AREA_STAY: "area",
    policy.AREA_ARRIVAL: "area",
    policy.IDENTITY_LINK: "area",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What the sightings of one token are kept under."""

    pseudonym: bytes
    slot: Instant


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason`: the class of the worst cause; `code`: why nothing can be said; `mark`: None for what nobody signed."""

    verdict: Verdict
    colour: Colour
    reason: str | None = None
    code: str | None = None
    mark: Mark | None = None
    person: PersonId | None = None


def check(platform: Platform, gate: Gate, text: str, now: Instant) -> Outcome:
    """Total for any text; raises only when the store does not answer, for then nothing may be said."""
    seen = tokens.check(text, trust_of(platform, now), platform.settings.audience, now)
    if isinstance(seen, Refused):
        return unverified(seen.value, mark_of(text) if seen in SIGNED else None)
    mark = Mark(seen.pseudonym, seen.slot)
    if seen.audience != platform.settings.audience:  # nothing puts one on the trust list yet: infra/decisions/0011
        return Outcome(VERDICTS[seen.colour], seen.colour, mark=mark)  # another issuer on the list has said so
    return _own(platform, gate, seen, mark, now)


def unverified(code: str, mark: Mark | None) -> Outcome:
    return Outcome(Verdict.CANNOT_VERIFY, Colour.NONE, code=code, mark=mark)


def mark_of(text: str) -> Mark:
    """Of a text whose signature held."""
    fields = BODY.unpack_from(base45.decode(text))
    return Mark(fields[3], fields[4])


def holder_of(platform: Platform, token: Token) -> PersonId:
    """Whose token it is, of this issuer's own."""
    return person_of(day_key(platform.ring.days, local_day(token.issued_at)), token.pseudonym)


def places_of(gate: Gate) -> tuple[str, str]:
    """Where a gate stands, as a clearance may name it."""
    return gate.gate_id, gate.community


def _own(platform: Platform, gate: Gate, token: Token, mark: Mark, now: Instant) -> Outcome:
    person = holder_of(platform, token)
    if token.holder is Holder.PAPER and not _stands(person, token.issued_at, now):
        return unverified(PAPER_ENDED, mark)
    timeline = _timeline(platform, person, now)
    if timeline is None:
        return unverified(NOBODYS, mark)
    segment = timeline.at(now)
    if segment.colour is Colour.NONE:
        return unverified(GREY, mark)
    reason = CLASSES.get(segment.causes[0].finding) if segment.causes else None
    verdict = timeline.verdict(now, places_of(gate))
    return Outcome(verdict, segment.colour, reason, mark=mark, person=person)


def _timeline(platform: Platform, person: PersonId, now: Instant) -> Timeline | None:
    """None for nobody, for who has not applied, and for what is stored but cannot be read."""
    try:
        head, stored = reading.look(person)
        return reading.current(platform, head, stored, now)
    except Poison:
        return None


def _stands(person: PersonId, issued_at: Instant, now: Instant) -> bool:
    paper = passes.paper(person, issued_at)
    return paper is not None and now < paper.until
