"""The global breaker: wrong codes are counted over all phones, so that one guess on each of many is noticed too."""

from __future__ import annotations

from nanhai.domain.errors import Refusal
from nanhai.domain.identifiers import Instant
from nanhai.store import sessions

NAME = "code-failures"
WINDOW_S = 900
# With as many tries under way as identity may run at once (80), still fewer than 500 wrong guesses get through.
FAILURES_MAX = 400


class Paused(Refusal):
    """Too many wrong codes, whoever gave them: no code is checked until the window ends."""

    code = "identity.paused"
    kind = "too-many"


def must_be_closed(now: Instant) -> None:
    retry_after_s = sessions.full(NAME, FAILURES_MAX, WINDOW_S, now)
    if retry_after_s is not None:
        raise Paused(retry_after_s=retry_after_s)


def count_failure(now: Instant) -> None:
    sessions.hit(NAME, FAILURES_MAX, WINDOW_S, now)
