"""A check at a gate: verdict and kept sighting, against cwt, a look at the pass and a PynamoDB save.

Ours counts each guard's pace too, by leases of a shared counter; no guard here is faster than sixty a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from nanhai.domain.colour import Colour
from nanhai.domain.identifiers import PersonId
from nanhai.domain.records import Holder
from nanhai.domain.tokens import slot_of
from nanhai.services.passes import tokens
from nanhai.services.platform import Platform
from nanhai.store import passes

from infra.local import apps
from tests.bench import visitors
from tests.bench.asking import Request, Unexpected, request
from tests.bench.compare import Result, paired
from tests.bench.ground import Ground
from tests.bench.population import people_with_passes

PEER = "plain Chalice: cwt, PynamoDB get and save"
SAMPLES, PER_SAMPLE = 21, 20
GUARDS = 11
SCANS = (SAMPLES + 1) * PER_SAMPLE


def results(ground: Ground) -> Iterator[Result]:
    from tests.bench.peers import app as peer
    from tests.bench.peers import models

    models.create_tables()
    people = people_with_passes(ground, SCANS)
    for stored in passes.many(people)[1].values():
        models.copy_pass(stored)
    guards = [visitors.guard(ground.here, f"BENCH-{number}") for number in range(GUARDS)]
    their_guard = peer.session_token("guard-1", "guard", "BENCH-1")
    ours = scans(ground.here, guards, people)
    theirs = [
        request(peer.app, "POST", "/scans", their_guard, {"token": peer.pass_token(who, "green")}) for who in people
    ]
    yield paired("gate-scan", _each(ours), PEER, _each(theirs), "<= 0.7", samples=SAMPLES, per_sample=PER_SAMPLE)


def scans(here: Platform, guards: Sequence[str], people: Sequence[PersonId]) -> list[Request]:
    """A scan of each person's pass of this minute, by each guard in turn."""
    app, slot = apps.load("checkpoints"), slot_of(here.now())
    shown = [tokens.signer(here, who, Holder.PERSON, slot).token(Colour.GREEN, slot) for who in people]
    return [
        request(app, "POST", "/scans", guards[number % len(guards)], {"token": token})
        for number, token in enumerate(shown)
    ]


def _each(asked: Sequence[Request]) -> Callable[[], None]:
    """Work that takes the next request at each call: a token that is seen twice is another case."""
    following = iter(asked)

    def ask() -> None:
        answer = next(following)()
        if '"admit"' not in answer["body"]:
            raise Unexpected(f"no pass: {answer['body']}")

    return ask
