"""An operator lists the signing keys, and removes one that leaked: for good, with another in its place, and a trace."""

from __future__ import annotations

from functools import partial

import pytest
from click.testing import CliRunner
from nanhai.domain.days import local_day
from nanhai.services import rotation
from nanhai.services.platform import wrapper
from nanhai.store import audit, keys
from nanhai.vault.ring import ring_from_entries

import infra.keys
from infra.cli import main


@pytest.fixture
def nanhai(platform, monkeypatch):
    monkeypatch.setattr(infra.keys, "become", lambda *_: None)
    rotation.rotate(platform, platform.now())
    return partial(CliRunner().invoke, main)


def stored(platform):
    found = keys.ring()
    return ring_from_entries(found.entries, wrapper(platform.settings), found.version)


def traces(platform) -> list[tuple[str, str]]:
    found = [told.entry for told in audit.entries(local_day(platform.now()))]
    return sorted((entry.subject, entry.outcome) for entry in found if entry.operation == "keys.remove")


def test_every_key_is_listed_with_its_days(nanhai, platform):
    told, ring = nanhai(["keys", "list"]), stored(platform)
    first, *lines = told.stdout.splitlines()
    assert (told.exit_code, first) == (0, f"ring version {ring.version}")
    assert [int(line.split()[0]) for line in lines] == [key.kid for key in ring.gates]


def test_a_removed_key_is_gone_for_good_another_signs_for_its_day_and_the_trace_says_so(nanhai, platform):
    before = stored(platform)
    leaked = before.gates[0]
    told = nanhai(["keys", "remove", "--yes", str(leaked.kid)])
    assert told.exit_code == 0, told.output
    after = stored(platform)
    assert leaked.kid in after.removed
    assert leaked.kid not in {key.kid for key in after.gates}
    assert [key.not_before for key in after.gates] == [key.not_before for key in before.gates]
    assert traces(platform) == [
        (f"key {leaked.kid}", "asked"),
        (f"key {leaked.kid}", f"removed, ring {after.version}"),
    ]


def test_who_does_not_confirm_removes_nothing(nanhai, platform):
    before = stored(platform)
    told = nanhai(["keys", "remove", str(before.gates[0].kid)], input="n\n")
    assert (told.exit_code, stored(platform).version, traces(platform)) == (1, before.version, [])


def test_a_number_that_no_key_has_is_refused_in_one_line(nanhai, platform):
    before = stored(platform)
    (unused, *_) = set(range(256)) - {key.kid for key in before.gates}
    told = nanhai(["keys", "remove", "--yes", str(unused)])
    said = "nanhai: platform.no-such-key: The ring has no signing key of this number."
    assert (told.exit_code, told.output.splitlines()[-1], stored(platform).version) == (1, said, before.version)
