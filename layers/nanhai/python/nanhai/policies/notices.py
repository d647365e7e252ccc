"""How each kind of news reaches people, from notices.json. The inbox has every kind, always.

channels: wechat, sms. urgent: at night too. topic: the text `notices.topic.<topic>`; left out, it is what stands before
the first hyphen of the kind, the function.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

from nanhai.domain.notices import Channel, Rule


@cache
def rules() -> Mapping[str, Rule]:
    """Every kind of news; ValueError or TypeError when the file says what means nothing."""
    told = json.loads(resources.files(__package__ or "").joinpath("notices.json").read_text("utf-8"))
    return {kind: _rule(kind, **said) for kind, said in told.items()}


def _rule(kind: str, *, channels: list[str], urgent: bool, topic: str = "") -> Rule:
    return Rule(tuple(map(Channel, channels)), urgent, topic or kind.partition("-")[0])
