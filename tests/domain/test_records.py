"""Records on their way in and out of storage."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.domain.errors import Poison
from nanhai.domain.records import from_wire, to_wire

from tests.strategies import records

WIRE: dict[str, Any] = {
    "id": "01",
    "p": "0000000000001",
    "h": 1,
    "r": 2,
    "s": "citizen",
    "o": "self",
    "e": "form",
    "l": "consent",
    "c": "symptoms",
    "f": {"temperature_c": 37.6, "codes": ["fever"]},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@settings(max_examples=1_000, deadline=None)
@given(records())
def test_a_record_survives_storage(record):
    assert from_wire(json.loads(json.dumps(to_wire(record)))) == record


@pytest.mark.parametrize(
    "change",
    [
        {"c": "bank-depositor"},
        {"c": None},
        {"s": "bank"},
        {"h": "yesterday"},
        {"h": True},
        {"p": 7},
        {"f": {}},
        {"f": None},
        {"f": {"temperature_c": "37", "codes": []}},
        {"f": {"temperature_c": 37, "codes": ["angry"]}},
        {"f": {"temperature_c": 37, "codes": "fever"}},
        {"c": "isolation", "f": {"kind": "home", "reason": "depositor", "since": 1, "until": 2, "place": ""}},
        {"x": 5},
    ],
)
def test_what_means_nothing_known_is_poison(change: dict[str, Any]) -> None:
    assert from_wire(WIRE)
    with pytest.raises(Poison):
        from_wire({**WIRE, **change})


@settings(max_examples=1_000, deadline=None)
@given(st.sampled_from(sorted(WIRE)), JSON)
def test_no_material_whatever_raises_anything_but_poison(field, value):
    with contextlib.suppress(Poison):
        from_wire({**WIRE, field: value})


@pytest.mark.parametrize("missing", sorted(WIRE))
def test_a_missing_field_is_poison(missing: str) -> None:
    with pytest.raises(Poison):
        from_wire({name: value for name, value in WIRE.items() if name != missing})
