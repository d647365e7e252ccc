"""How many checks a guard may make in a minute, counted over all processes and yet without a write for each check.

A process takes a lease of one check from the shared counter, then of two, four, eight: what it holds unused is never
more than what it has used. So a guard who asks for SCANS_PER_MINUTE always gets them, and nobody gets much more than
twice as many.
"""

from __future__ import annotations

from dataclasses import dataclass

from nanhai.domain.identifiers import Instant, StaffId
from nanhai.services.checkpoints.memory import Memory
from nanhai.services.identity.limits import Limit, TooMany
from nanhai.services.platform import Platform
from nanhai.store import sessions

SCANS_PER_MINUTE = 60
LEASE_MAX = 16
PER_GUARD = Limit("gate-scan", 2 * SCANS_PER_MINUTE, 60)


@dataclass(slots=True)
class Lease:
    """What is left of it in this window, and how large the next one will be."""

    window: int
    left: int = 0
    following: int = 1


_leases: Memory[Lease] = Memory()


def keep(platform: Platform, guard: StaffId, now: Instant) -> None:
    """Counts one check; TooMany, with the seconds to wait, when the guard's minute is full."""
    leases = _leases.of(platform)
    window = now // PER_GUARD.window_s
    lease = leases.get(guard)
    if lease is None or lease.window != window:
        lease = leases[guard] = Lease(window)
    if lease.left <= 0:
        _renew(platform, lease, guard, now)
    lease.left -= 1  # of two threads that meet here one may go uncounted: no harm


def _renew(platform: Platform, lease: Lease, guard: StaffId, now: Instant) -> None:
    name = f"{PER_GUARD.name}#{platform.blind('limit', PER_GUARD.name, guard)}"
    wait_s = sessions.hit(name, PER_GUARD.times, PER_GUARD.window_s, now, by=lease.following)
    if wait_s is not None:
        raise TooMany(retry_after_s=wait_s)
    lease.left = lease.following
    lease.following = min(2 * lease.following, LEASE_MAX)
