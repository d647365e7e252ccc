"""What citizens send to triage."""

from __future__ import annotations

from nanhai.vault import sessions

WELL = {"temperature_c": 36.5}
FEVERISH = {"temperature_c": 38.2, "symptoms": ["cough"], "exposures": ["area-stay"]}


def check(stand, body, **sent):
    return stand.ask("triage", "POST", "/checks", body=body, once=None, **sent)


def resident(stand, **about):
    """Somebody registered in HERE, and the token of their phone."""
    person = stand.person(name="何香凝", **about)
    return person, token(stand, person)


def token(stand, person) -> str:
    return sessions.issue(stand.here.ring, subject=person, kind="citizen", session="s", role="citizen", now=stand.now)


def ask_for_help(stand, token, wishes=("home-visit",), **body):
    sent = {name: body.pop(name) for name in ("once", "headers") if name in body}
    return stand.ask("triage", "POST", "/help", body={"wishes": list(wishes), **body}, token=token, **sent)


def helps(stand, token, query=""):
    return stand.ask("triage", "GET", f"/help{query}", token=token)
