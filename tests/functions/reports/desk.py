"""What reporters and offices send to reports."""

from __future__ import annotations

from nanhai.domain.actors import Role
from nanhai.vault import sessions

from tests.functions.checkpoints.stand import HERE, rfc3339

DESCRIPTION = "巷口住户连日发热咳嗽"


def report(stand, **changes) -> dict:
    body = {
        "category": "fever",
        "description": DESCRIPTION,
        "place": {"community": HERE},
        "seen_at": rfc3339(stand.now - 600),
        "photos": [],
    }
    return body | changes


def citizen(stand, person=None) -> str:
    """A token for somebody registered."""
    subject = {"subject": person or stand.person(), "kind": "citizen", "role": Role.CITIZEN.value}
    return sessions.issue(stand.here.ring, session="s", now=stand.now, **subject)


def post(stand, path, body, token=None, **sent):
    return stand.ask("reports", "POST", path, body=body, token=token, **sent)


def get(stand, path, token):
    return stand.ask("reports", "GET", path, token=token)


def anonymous(stand, **changes) -> dict:
    """The answer to a report without a name."""
    written = post(stand, "/anonymous", report(stand, **changes))
    assert written.status == 201, written.body
    return written.json


def named(stand, token, **changes) -> dict:
    written = post(stand, "/", report(stand, **changes), token)
    assert written.status == 201, written.body
    return written.json


def follow(stand, receipt, **sent):
    return stand.ask("reports", "POST", "/receipts", body={"receipt": receipt}, once=None, **sent)


def ids(stand, token, query="") -> list[str]:
    """Of all that an office sees, newest first."""
    listed = get(stand, f"/{query}", token)
    assert listed.status == 200, listed.body
    return [one["report_id"] for one in listed.json["reports"]]


def uploaded(stand, data: bytes, media_type="image/jpeg") -> str:
    """The id of a photo that was sent to where the offer said."""
    offered = stand.ask("reports", "POST", "/photos", body={"media_type": media_type}, once=None)
    assert offered.status == 201, offered.body
    stand.here.uploads.stored(f"incoming/photo/{offered.json['upload_id']}", data, media_type)
    return offered.json["upload_id"]


def kept(stand) -> list[bytes]:
    """The photos that are kept."""
    folder = stand.here.uploads.folder.path / "kept"
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    return [path.read_bytes().partition(b"\n")[2] for path in files]


def officer(stand) -> str:
    """A new token for the community's officer: one lasts a quarter of an hour."""
    return stand.token_of("officer-1", Role.COMMUNITY_OFFICER)
