"""What the platform serves under /local/: its inbox, its controls, and what it stands in for: AWS, WeChat."""

from __future__ import annotations

import time
from pathlib import Path

from nanhai.services.folders import Folder

from infra.local import aws, inbox, progress, switches, wechat
from infra.local.http import Incoming, Outgoing, json_answer, json_body
from infra.local.journal import Journal
from infra.local.refusals import refuse
from infra.local.uploads import Uploads


class Pages:
    """`uploads`: the folder that NANHAI_UPLOADS names; left out, it lies beside the clock, as in a data folder."""

    def __init__(self, journal: Journal, clock_file: Path, uploads: Path | None = None) -> None:
        self._journal = journal
        self._clock_file = clock_file
        self._uploads = Uploads(Folder(uploads or clock_file.with_name("uploads")), self._now)

    def __call__(self, request: Incoming) -> Outgoing:
        match request.method, request.raw_path.split("/")[2:]:
            case "POST", ["sns", *_]:
                return aws.sns(self._journal, request)
            case "POST", ["sqs", *_]:
                return aws.sqs(self._journal, request)
            case "POST", ["wechat", "sns", "jscode2session"]:
                return wechat.sign_in(request)
            case "POST", ["wechat", "cgi-bin", "message", "subscribe", "send"]:
                return wechat.send(self._journal, request)
            case "POST", ["uploads", "incoming"]:
                return self._uploads.take(request)
            case "GET", ["uploads", "kept", *_]:
                return self._uploads.give(request)
            case "GET", ["inbox"]:
                return inbox.page(self._journal, request)
            case "GET" | "POST", ["clock"]:
                return self._clock(request)
            case "GET" | "POST", ["jobs"]:
                return self._jobs(request)
            case "GET", ["health"]:
                return json_answer({"healthy": True})
        return refuse("MISSING_AUTHENTICATION_TOKEN")

    def _now(self) -> int:
        return int(time.time()) + switches.clock_offset_s(self._clock_file)

    def _clock(self, request: Incoming) -> Outgoing:
        if request.method == "POST":
            match json_body(request):
                case {"offset_s": int(offset_s)} if abs(offset_s) <= switches.OFFSET_S_MAX:
                    switches.move_clock(self._clock_file, offset_s)
                case _:
                    return refuse("BAD_REQUEST_PARAMETERS")
        return json_answer({"offset_s": switches.clock_offset_s(self._clock_file)})

    def _jobs(self, request: Incoming) -> Outgoing:
        if request.method == "POST":
            match json_body(request):
                case {"paused": bool(paused)}:
                    switches.pause(self._journal, paused)
                case _:
                    return refuse("BAD_REQUEST_PARAMETERS")
        return json_answer({"paused": switches.paused(self._journal), "streams": progress.read(self._journal)})
