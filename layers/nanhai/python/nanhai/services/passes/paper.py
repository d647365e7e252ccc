"""Paper passes: a type of their own, checked online only, seven days at most, revocable.

A paper says no colour: it would be old the next day, and the server that checks it knows the one of now.
"""

from __future__ import annotations

from nanhai.domain.colour import Colour
from nanhai.domain.days import HOUR_S
from nanhai.domain.errors import Absent, Refusal
from nanhai.domain.identifiers import Instant, PersonId
from nanhai.domain.records import Holder
from nanhai.services.asked import Asked
from nanhai.services.passes import reading, tokens
from nanhai.services.passes import schemas as s
from nanhai.services.passes.holders import holder
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import passes
from nanhai.store.passes import PAPERS_MAX, Paper
from nanhai.store.writes import ConditionFailed

HOURS_PER_DAY = 24
PAPER_ID_DIGITS_MAX = 12


class TooManyPapers(Refusal):
    """So many are good at once; revoke one first."""

    code = "passes.too-many-papers"
    kind = "conflict"


class JustIssued(Refusal):
    """Another one was given in this very second: papers are told apart by it."""

    code = "passes.paper-just-issued"
    kind = "conflict"


def issue(platform: Platform, asked: Asked, who: str, body: s.IssuePaper) -> s.PaperIssued:
    """A paper from now on; NotApplied without a pass, TooManyPapers when PAPERS_MAX are good."""
    person = holder(asked, who)
    reading.held(platform, person, asked.now)
    if len(_good(person, asked.now)) >= PAPERS_MAX:
        raise TooManyPapers(most=PAPERS_MAX)
    paper = Paper(person, asked.now, asked.now + body.days * HOURS_PER_DAY * HOUR_S)
    answer = s.PaperIssued(str(paper.issued_at), moment(paper.until))
    try:
        return platform.commit([passes.put_paper(paper)], asked.once, answer)
    except ConditionFailed:
        raise JustIssued(retry_after_s=1) from None


def listed(asked: Asked, who: str) -> s.Papers:
    good = _good(holder(asked, who), asked.now)
    return s.Papers([s.Paper(str(p.issued_at), moment(p.issued_at), moment(p.until)) for p in good])


def revoke(platform: Platform, asked: Asked, who: str, paper_id: str) -> None:
    """From now on it cannot be verified; Absent when there is none."""
    person = holder(asked, who)
    try:
        platform.commit([passes.revoke_paper(person, _issued_at(paper_id))], None, None)
    except ConditionFailed:
        raise Absent from None


def token(platform: Platform, asked: Asked, who: str, paper_id: str) -> str:
    """The same one whenever it is asked for; Absent when it is over or was revoked."""
    person = holder(asked, who)
    paper = passes.paper(person, _issued_at(paper_id))
    if paper is None or paper.until <= asked.now:
        raise Absent
    by = tokens.signer(platform, person, Holder.PAPER, paper.issued_at)
    return by.token(Colour.NONE, paper.issued_at, ttl=(paper.until - paper.issued_at) // HOUR_S)


def _good(person: PersonId, now: Instant) -> list[Paper]:
    return [paper for paper in passes.papers(person) if paper.until > now]


def _issued_at(paper_id: str) -> Instant:
    if not (paper_id.isascii() and paper_id.isdigit() and len(paper_id) <= PAPER_ID_DIGITS_MAX):
        raise Absent
    return int(paper_id)
