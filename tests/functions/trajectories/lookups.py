"""Phones whose whereabouts operators have told, and their holders who look them up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count

from nanhai.domain.days import DAY_S, HOUR_S, day_begins, local_day
from nanhai.domain.sightings import Visit, by_day, pack, visits
from nanhai.services.trajectories.phones import pseudonym
from nanhai.store import sightings
from nanhai.store.sightings import PersonDay

from tests.edge.gateway import Answer
from tests.functions.checkpoints.stand import Stand

FOSHAN, GUANGZHOU, WUHAN = 440_605, 440_104, 420_102
_serials = count(1)


def new_number() -> str:
    return f"+86138{next(_serials):08d}"


@dataclass
class Phone:
    stand: Stand
    number: str = field(default_factory=new_number)

    @property
    def today(self) -> int:
        return local_day(self.stand.now)

    def was(self, region: int, days_ago: int, hour: float = 8, hours: float = 12, cell: int = 1) -> Visit:
        """A visit that an operator would tell of."""
        since = day_begins(self.today - days_ago) + int(hour * HOUR_S)
        return Visit(since, since + int(hours * HOUR_S), cell, region)

    def told(self, *seen: Visit, revision: int = 1) -> None:
        """The operator delivers these visits."""
        name = pseudonym(self.stand.here, self.number)
        sightings.write(
            [
                PersonDay(name, day, revision, pack(day, pieces), self.stand.now - DAY_S)
                for day, pieces in by_day(visits(seen)).items()
            ]
        )

    def code_sent(self, **more) -> Answer:
        return self.stand.ask("trajectories", "POST", "/codes", body={"phone": self.number} | more, once=None)

    def messages(self) -> list[str]:
        """What reached the phone, oldest first: the mock of SNS keeps it."""
        from moto.sns.models import sns_backends

        backend = sns_backends["123456789012"]["ap-east-1"]
        return [text for number, text in backend.sms_messages.values() if number == self.number]

    def challenge(self) -> dict[str, str]:
        """All that a lookup takes, the code read from the phone."""
        sent = self.code_sent()
        assert sent.status == 202, sent.body
        code = re.search(r"\d{6}", self.messages()[-1])[0]
        return {"challenge_id": sent.json["challenge_id"], "phone": self.number, "code": code}

    def look_up(self, body: dict[str, str] | None = None, **sent) -> Answer:
        body = self.challenge() if body is None else body
        return self.stand.ask("trajectories", "POST", "/lookups", body=body, once=None, **sent)

    def seen(self) -> list[tuple[int, str]]:
        """What the holder is told, as (days ago, city)."""
        answer = self.look_up()
        assert answer.status == 200, answer.body
        days = answer.json["days"]
        return [(len(days) - at, city["code"]) for at, told in enumerate(days) for city in told["cities"]]

    def certificate(self) -> str:
        answer = self.look_up()
        assert answer.status == 200, answer.body
        return answer.json["certificate"]
