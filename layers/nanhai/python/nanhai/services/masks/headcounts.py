"""On how many people an enterprise's quota is computed: those whom an office has accepted as returning."""

from __future__ import annotations

from nanhai.domain.identifiers import OrganisationId
from nanhai.domain.resumption import State
from nanhai.store import organisations

COUNTS = frozenset({State.ACCEPTED, State.RESUMED})


def headcount(uscc: OrganisationId) -> int:
    """0 without a filing that is accepted as it stands; what was submitted since raises nothing."""
    found = organisations.get(uscc)
    if found is None or found.state not in COUNTS:
        return 0
    return found.accepted_headcount or 0
