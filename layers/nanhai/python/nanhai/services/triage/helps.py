"""Asking for help, by real name: each wish becomes a case of the community, all in one chain and one transaction.

What is felt becomes a record too, as any declaration of a citizen: it can worsen a colour, never improve it.
"""

from __future__ import annotations

from dataclasses import replace

from nanhai.domain import masking, triage
from nanhai.domain.days import DAY_S
from nanhai.domain.errors import Absent, Invalid, Refusal
from nanhai.domain.identifiers import PersonId
from nanhai.domain.records import Record, Symptoms
from nanhai.policies.divisions import divisions
from nanhai.services import cases
from nanhai.services.asked import Asked
from nanhai.services.cases import CaseKind, NewCase
from nanhai.services.identity.limits import Limit, TooMany, spend
from nanhai.services.passes.holders import holder
from nanhai.services.passes.records import record
from nanhai.services.platform import Platform
from nanhai.services.triage import checks, summaries, tables, whereabouts
from nanhai.services.triage.schemas import AskForHelp, CaseOpened, HelpAsked
from nanhai.store import helps
from nanhai.store.helps import Help
from nanhai.store.writes import ConditionFailed, Write
from nanhai.texts import text

PER_PERSON = Limit("helps", 5, DAY_S)


class TooManyHelps(Refusal):
    """As often as possible today; whoever is in danger calls 120."""

    code = "triage.too-many-helps"
    kind = "too-many"


def ask(platform: Platform, asked: Asked, body: AskForHelp) -> HelpAsked:
    """Opens a case for each wish. Absent for whom the asker may not act; Invalid with every fault, and with the choices
    where the address does not tell the community; TooManyHelps for more than five a day."""
    person = holder(asked, body.who)
    table = tables.in_force(asked.now)
    place, unclear = whereabouts.find(platform, person, body)
    if found := [*checks.faults(table, body), *unclear]:
        raise Invalid(*found)
    phone = _phone(platform, asked, person)
    _spend(platform, asked, person)
    advice = triage.check(table, checks.told(body))
    help_id = platform.new_ulid(asked.now)
    summary = summaries.of(table, advice, body, place)
    opened, writes = _opened(platform, asked, person, body, place.community, f"help:{help_id}", summary)
    answer = HelpAsked(
        help_id,
        place.community,
        divisions(platform.settings.district).name(place.community) or "",
        masking.phone(phone),
        [CaseOpened(wish, text(f"case.kind.{wish}", asked.language), case_id) for wish, case_id in opened.items()],
        checks.advised(platform, table, advice, place.community, asked.language),
    )
    writes.append(helps.ask(person, Help(help_id, asked.now, place.community, opened)))
    return _commit(platform, asked, person, body, writes, answer)


def _opened(
    platform: Platform, asked: Asked, person: PersonId, body: AskForHelp, community: str, origin: str, summary: str
) -> tuple[dict[str, str], list[Write]]:
    """The cases by wish, all in the chain that the first one begins, and what writes them."""
    found: dict[str, str] = {}
    writes: list[Write] = []
    for wish in dict.fromkeys(body.wishes):
        new = NewCase(
            kind=CaseKind(wish),
            community=community,
            origin=origin,
            person=person,
            summary=summary,
            by=asked.actor.id,
            role=asked.actor.role.value,
            chain=next(iter(found.values()), ""),
        )
        opened = cases.opened(platform, asked.now, new)
        found[wish] = opened.case_id
        writes += opened.writes
    return found, writes


def _commit(
    platform: Platform, asked: Asked, person: PersonId, body: AskForHelp, writes: list[Write], answer: HelpAsked
) -> HelpAsked:
    told = Symptoms(body.temperature_c, tuple(dict.fromkeys(body.symptoms)))
    if told == Symptoms(None, ()):
        return platform.commit(writes, asked.once, answer)
    declared = _declared(platform, asked, person, told, answer.help_id)
    try:
        return platform.write_records(person, [declared], asked.once, answer, extra=writes)
    except ConditionFailed:
        raise Absent from None


def _declared(platform: Platform, asked: Asked, person: PersonId, told: Symptoms, help_id: str) -> Record:
    return replace(record(platform, asked, person, told), evidence=f"help:{help_id}")


def _phone(platform: Platform, asked: Asked, person: PersonId) -> str:
    """The number that its holder once proved by a code: the person's own, or that of who asks for them."""
    return platform.profile(person).phone or platform.profile(PersonId(asked.actor.id)).phone


def _spend(platform: Platform, asked: Asked, person: PersonId) -> None:
    try:
        spend(platform, PER_PERSON, person, asked.now)
    except TooMany as full:
        raise TooManyHelps(retry_after_s=full.retry_after_s) from None
