"""A local platform makes its keys once, and says in one line when they are lost."""

from __future__ import annotations

import pytest
from nanhai.store import keys

from infra.local import ring
from infra.local.trouble import BrokenData


def test_a_second_start_finds_the_ring_that_the_first_one_made(aws):
    ring.make()
    before = keys.ring()
    ring.make()
    assert keys.ring() == before


@pytest.mark.parametrize("content", [None, "", "no key at all", "00" * 32])
def test_a_lost_or_foreign_key_file_is_broken_data(aws, content):
    ring.make()
    key = aws.folder / "key"
    key.unlink()
    if content is not None:
        key.write_text(content, "ascii")
    with pytest.raises(BrokenData, match="does not open"):
        ring.make()


def test_a_key_file_is_its_owners_alone(aws):
    ring.make()
    assert (aws.folder / "key").stat().st_mode & 0o777 == 0o600
