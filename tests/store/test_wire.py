"""What was stored comes back as it was."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from nanhai.store.wire import plain, row

from tests.items import attribute, item

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
