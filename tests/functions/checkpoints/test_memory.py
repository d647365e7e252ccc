"""What a process remembers belongs to one owner, whoever asks at the same time."""

from __future__ import annotations

from nanhai.services.checkpoints import memory
from nanhai.services.checkpoints.memory import Memory

ONE, OTHER = object(), object()


def test_another_owner_starts_afresh():
    remembered: Memory[int] = Memory()
    remembered.of(ONE)["gate"] = 1
    assert remembered.of(ONE) == {"gate": 1}
    assert remembered.of(OTHER) == {}


def test_what_one_thread_holds_never_becomes_anothers():
    """A request that began under the old ring writes what it has made ready after the ring has changed."""
    remembered: Memory[str] = Memory()
    begun_before = remembered.of(ONE)
    remembered.of(OTHER)
    begun_before["issuers"] = "of the old ring"
    assert remembered.of(OTHER) == {}
    assert remembered.of(ONE) == {}


def test_owner_and_values_change_at_once():
    """Between the two, another thread would find the old values under the new owner."""
    seen = []

    class Watched(Memory):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            seen.append(name)

    watched = Watched()
    seen.clear()
    watched.of(ONE)
    assert len(seen) == 1


def test_it_has_an_end(monkeypatch):
    monkeypatch.setattr(memory, "KEPT_MAX", 2)
    remembered: Memory[int] = Memory()
    for number in range(5):
        remembered.of(ONE)[str(number)] = number
        assert len(remembered.of(ONE)) <= 2
