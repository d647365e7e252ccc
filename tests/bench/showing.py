"""Five minutes of showing a pass: what the portal's client asks for, against a picture from the server every 30 s.

functions/portal/static/pass.js fetches tokens and pass together, and again at half time: four requests in five
minutes. Both sides check a session; neither refreshes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from nanhai.services.passes import tokens
from nanhai.store import passes

from infra.local import apps
from tests.bench import visitors
from tests.bench.asking import request
from tests.bench.compare import Result, paired
from tests.bench.ground import Ground
from tests.bench.population import people_with_passes

PEER = "plain Chalice, PynamoDB, cwt and a segno picture per refresh, 10 refreshes"
SHOWN_S = 300
REFRESH_S = 30
SAMPLES, HOLDERS = 11, 10  # one after the other, as a busy function shows them


def results(ground: Ground) -> Iterator[Result]:
    from tests.bench.peers import app as peer
    from tests.bench.peers import models

    models.create_tables()
    (who,) = people_with_passes(ground, 1)
    models.copy_pass(passes.one(who)[1])
    ours_app, token = apps.load("passes"), visitors.citizen(ground.here, who)
    asked = [request(ours_app, "GET", path, token) for path in ("/me/tokens", "/me")]
    refresh = request(peer.app, "GET", "/me", peer.session_token(who, "citizen"))

    def ours() -> None:
        for _ in range(SHOWN_S // tokens.RENEW_AFTER_S):
            for ask in asked:
                ask()

    def theirs() -> None:
        for _ in range(SHOWN_S // REFRESH_S):
            refresh()

    yield paired(
        "pass-display",
        ours,
        PEER,
        theirs,
        "<= 0.05",
        samples=SAMPLES,
        per_sample=HOLDERS,
        unit="us of CPU per 5 min",
    )
