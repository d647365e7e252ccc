"""What a client must know before anybody has signed in: where it is, by which rules, and whose signature to trust."""

from __future__ import annotations

from nanhai.domain.identifiers import Instant
from nanhai.policies.divisions import divisions
from nanhai.services.platform import platform
from nanhai.services.portal.schemas import CommunityChoice, Configuration
from nanhai.services.schemas import moment
from nanhai.vault.ring import public_of


def read(now: Instant) -> Configuration:
    here = platform()
    district = here.settings.district
    return Configuration(
        district=district,
        stage=here.settings.stage,
        policy=here.policies.in_force(now).version,
        server_time=moment(now),
        trust_root=public_of(here.ring.root).hex(),
        communities=[CommunityChoice(c.code, c.name, c.town_name) for c in divisions(district).communities],
    )
