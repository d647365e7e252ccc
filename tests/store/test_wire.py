"""What is stored comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.store.wire import attribute, item, plain, row

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**37), 10**37) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=300, deadline=None)
@given(values)
def test_every_value_survives(value):
    assert plain(attribute(value)) == value


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=4), values, max_size=5))
def test_an_item_survives_without_what_is_none(fields):
    assert row(item(**fields)) == {name: value for name, value in fields.items() if value is not None}


@pytest.mark.parametrize(
    ("value", "kind"),
    [("x", "S"), (7, "N"), (True, "BOOL"), (False, "BOOL"), (b"x", "B"), (None, "NULL"), ((1,), "L"), ({}, "M")],
)
def test_every_kind_has_dynamodbs_letter(value, kind):
    assert list(attribute(value)) == [kind]


@pytest.mark.parametrize("value", [1.5, object(), {1, 2}, 1j])
def test_what_would_come_back_as_something_else_is_refused(value):
    with pytest.raises(TypeError, match=type(value).__name__):
        attribute(value)
