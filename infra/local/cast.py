"""Who can sign in on a local platform: what `nanhai credentials` prints and the demo plays with."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pyotp

from infra.local import switches
from infra.local.folder import Folder, write_private
from infra.local.trouble import BrokenData, Trouble

Cast = dict[str, Any]


def read(folder: Folder) -> Cast:
    """The cast of the platform's small district; Trouble when it was never given one."""
    try:
        found: Cast = json.loads(folder.credentials.read_text("utf-8"))
    except FileNotFoundError:
        raise Trouble("this platform has no district yet: nanhai seed --people 40") from None
    except (OSError, ValueError) as broken:
        raise BrokenData(f"{folder.credentials} cannot be read: {broken}") from None
    return found


def keep(folder: Folder, cast: Cast) -> None:
    write_private(folder.credentials, json.dumps(cast, ensure_ascii=False, indent=2))


def one_time_code(folder: Folder, staff_id: str) -> str:
    """As of the platform's clock, which a story may have moved."""
    for members in read(folder)["staff"].values():
        for member in members:
            if member["staff_id"] == staff_id:
                now = int(time.time()) + switches.clock_offset_s(folder.clock)
                return pyotp.TOTP(member["totp_secret"]).at(now)
    raise Trouble(f"nobody on the staff is called {staff_id}")


def told(cast: Cast) -> str:
    return "\n".join([*_staff(cast), "", *_people(cast), "", *_enterprises(cast), ""])


def _staff(cast: Cast) -> Iterator[str]:
    yield "staff (one-time code: nanhai code STAFF_ID, or put the secret into an authenticator)"
    yield f"  {'staff id':<22} {'password':<18} {'one-time secret':<34} scope"
    for role, members in cast["staff"].items():
        for member in members:
            where = f"{role}, {member['scope']}" + (f", gate {member['gate']}" if member.get("gate") else "")
            yield f"  {member['staff_id']:<22} {member['password']:<18} {member['totp_secret']:<34} {where}"


def _people(cast: Cast) -> Iterator[str]:
    yield "people (sign in by SMS code; codes arrive in the SMS inbox)"
    for person in cast["people"]:
        yield f"  {person['phone']:<15} {person['colour']:<7} {person['name']}"
    for identity in cast["identities"]:
        phone = identity["phone"] or "no phone"
        yield f"  {phone:<15} {'new':<7} {identity['name']}, ID number {identity['id_number']}: not registered yet"


def _enterprises(cast: Cast) -> Iterator[str]:
    yield "enterprises (sign in by credit code; the code goes to the contact's phone, and so to the inbox)"
    for row in cast.get("enterprises", ()):
        yield f"  {row['uscc']}  {row['contact_phone']:<15} {row['name']}"
