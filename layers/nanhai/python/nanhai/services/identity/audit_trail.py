"""The audit as an auditor reads it: one chain of one local day, with the hashes that hold it together."""

from __future__ import annotations

from datetime import date
from typing import Any

from nanhai.domain.days import day_of
from nanhai.services.asked import Asked
from nanhai.services.identity.schemas import AuditedEntry
from nanhai.services.platform import Platform
from nanhai.services.schemas import moment
from nanhai.store import audit
from nanhai.store.audit import Chained


def chain_of(platform: Platform, asked: Asked, day: date, shard: int) -> str:
    """The chain's name; Absent for who does not see the whole district."""
    asked.require_scope(platform.settings.district)
    return audit.chain_of(day_of(day), shard)


def page(chain: str, limit: int, start: dict[str, Any] | None) -> tuple[list[AuditedEntry], dict[str, Any] | None]:
    """Oldest first, and where the next page begins."""
    found, following = audit.page(chain, limit, start)
    return [_entry(chained) for chained in found], following


def _entry(found: Chained) -> AuditedEntry:
    told = found.entry
    return AuditedEntry(
        found.sequence,
        moment(found.at),
        told.actor,
        told.role,
        told.operation,
        told.subject,
        told.outcome,
        told.correlation_id,
        found.hash,
    )
