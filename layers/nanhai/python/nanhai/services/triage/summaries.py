"""What a community reads when it opens the case, in its own language; the case keeps it sealed."""

from __future__ import annotations

from collections.abc import Sequence

from nanhai.domain.triage import Advice, Table
from nanhai.services.triage import tables
from nanhai.services.triage.schemas import AskForHelp
from nanhai.services.triage.whereabouts import Whereabouts
from nanhai.texts import Language, text

OFFICES: Language = "zh-CN"


def of(table: Table, advice: Advice, body: AskForHelp, place: Whereabouts) -> str:
    chosen = zip(table.questions, (body.symptoms, body.exposures, body.risks), strict=True)
    symptoms, exposures, risks = (_listed(tables.named(table, asked, words, OFFICES)) for asked, words in chosen)
    params = {
        "outcome": tables.word(table, f"outcome.{advice.outcome.value}", OFFICES),
        "rule": f"{advice.table} / {advice.rule}",
        "temperature": _none() if body.temperature_c is None else f"{body.temperature_c:.1f} °C",
        "symptoms": symptoms,
        "exposures": exposures,
        "risks": risks,
        "address": place.address or _none(),
        "note": body.note.strip() or _none(),
    }
    return text("triage.summary", OFFICES, params)


def _listed(words: Sequence[str]) -> str:
    return "；".join(words) or _none()


def _none() -> str:
    return text("triage.none", OFFICES)
