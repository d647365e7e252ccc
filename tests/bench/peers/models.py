"""PynamoDB models: the people as they are stored here, and the tables of the plain stack.

Imported only once the environment names the tables, as a deployed function's does from the start.
"""

from __future__ import annotations

import os

from nanhai.domain.timeline import pack
from nanhai.store.passes import StoredPass
from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

PREFIX = "peer-"


class Person(Model):
    """The head of a person, with its records as JSON."""

    class Meta:
        table_name = os.environ["NANHAI_TABLE_PREFIX"] + "people"
        region = os.environ["AWS_DEFAULT_REGION"]

    person_id = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    community = UnicodeAttribute()
    facts = ListAttribute(of=UnicodeAttribute)
    changed_at = NumberAttribute()


class Pass(Model):
    """`timeline`: the colours from now on, as JSON."""

    class Meta:
        table_name = PREFIX + "passes"
        region = os.environ["AWS_DEFAULT_REGION"]
        billing_mode = "PAY_PER_REQUEST"

    person_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    policy_version = UnicodeAttribute()
    community = UnicodeAttribute()
    colour = UnicodeAttribute()
    timeline = UnicodeAttribute()
    computed_at = NumberAttribute()


class Scan(Model):
    """A check at a gate."""

    class Meta:
        table_name = PREFIX + "scans"
        region = os.environ["AWS_DEFAULT_REGION"]
        billing_mode = "PAY_PER_REQUEST"

    gate_day = UnicodeAttribute(hash_key=True)
    scanned_at = UnicodeAttribute(range_key=True)
    person_id = UnicodeAttribute()
    guard = UnicodeAttribute()
    colour = UnicodeAttribute()
    verdict = UnicodeAttribute()
    expires_at = NumberAttribute()


def create_tables() -> None:
    """Those that are not there yet."""
    for model in (Pass, Scan):
        if not model.exists():
            model.create_table(wait=True)


def copy_pass(stored: StoredPass) -> None:
    """The same pass, as the plain stack keeps it."""
    Pass(
        stored.person_id,
        version=stored.record_version,
        policy_version=stored.policy_version,
        community=stored.community,
        colour=stored.colour_told.value,
        timeline=pack(stored.timeline),
        computed_at=stored.computed_at,
    ).save()
