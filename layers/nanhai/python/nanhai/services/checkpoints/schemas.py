"""What the checkpoints service is asked and what it answers. Bounds here are of form; use cases check the meaning."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from nanhai.services.schemas import END, Answer, Request

SCANS_PER_BATCH_MAX = 100
# Whatever a scanner reads is looked at; only what no QR code of any size could hold is not.
Scanned = Annotated[str, Meta(max_length=4_296)]
Moment = Annotated[datetime, Meta(tz=True)]
Community = Annotated[str, Meta(pattern=f"^[0-9]{{12}}{END}")]
# With a letter in it: what has digits only is a division, in the places of a clearance too.
NewGateId = Annotated[str, Meta(min_length=3, max_length=20, pattern=f"^[A-Z0-9-]*[A-Z][A-Z0-9-]*{END}")]
Line = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]


class Scan(Request, frozen=True):
    token: Scanned


class Checked(Answer, frozen=True):
    """What a gate is told, and nothing else of the holder.

    `word`: the verdict in the reader's language, and `reason` why, by class only; `code`: why nothing can be said;
    `name`: surname and ＊, where the gate's policy shows it; `copied`: the token was at another gate within seconds.
    """

    verdict: str
    word: str
    colour: str
    reason: str | None
    code: str | None
    name: str | None
    copied: bool
    server_time: datetime


class OfflineScan(Request, frozen=True):
    """A check that was made without a network: when, and what the holder was told."""

    token: Scanned
    at: Moment
    verdict: Literal["admit", "hold", "refuse", "cannot-verify"]


class UploadScans(Request, frozen=True):
    scans: Annotated[list[OfflineScan], Meta(min_length=1, max_length=SCANS_PER_BATCH_MAX)]


class Kept(Answer, frozen=True):
    """What became of one row. `code`: why it was not accepted, or why its token was no pass at that time;
    `verdict_now`: what the records known now say of that moment, where it differs from what the holder was told."""

    index: int
    accepted: bool
    code: str | None
    verdict_now: str | None
    copied: bool


class ScansKept(Answer, frozen=True):
    results: list[Kept]
    server_time: datetime


class CreateGate(Request, frozen=True):
    gate_id: NewGateId
    name: Line
    community: Community
    shows_name: bool = False


class Gate(Answer, frozen=True):
    gate_id: str
    name: str
    community: str
    shows_name: bool


class GatePage(Answer, frozen=True):
    """By id."""

    gates: list[Gate]
    next: str | None


class GateCounts(Answer, frozen=True):
    """The checks of one gate on one local day by verdict. Null is a number from 1 to 9, which is told to the gate's own
    guard only; beside one there is no total, for it would tell it."""

    gate_id: str
    day: date
    counts: dict[str, int | None]
    total: int | None


class SignedTrust(Answer, frozen=True):
    """`payload` and `signature` in base64, `root` is the public key in hex; the signature is over
    "nhpass/v1/trust" + NUL + payload."""

    payload: str
    signature: str
    root: str


class SignedDenylist(Answer, frozen=True):
    """`payload` and `signature` in base64; `kid` is of the issuer's own key in the trust list, the signature is over
    "nhpass/v1/denylist" + NUL + payload. `next`: the cursor of the next part of the same delta; none after the last."""

    payload: str
    signature: str
    kid: int
    next: str | None = None


class CorrectedSight(Answer, frozen=True):
    """A pass that the gate saw as `seen` from `seen_from` to `seen_until` of one day, wrongly: an appeal was upheld.

    `pseudonym`: of the token that was shown, as hex; what is right now the next check tells.
    """

    pseudonym: str
    seen: str
    seen_from: datetime
    seen_until: datetime
    corrected_at: datetime


class CorrectionPage(Answer, frozen=True):
    """Oldest first."""

    corrections: list[CorrectedSight]
    next: str | None
