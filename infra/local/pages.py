"""What the platform serves under /local/: its inbox, its controls, and the AWS services it stands in for."""

from __future__ import annotations

from pathlib import Path

from infra.local import aws, inbox, progress, switches
from infra.local.http import Incoming, Outgoing, json_answer, json_body
from infra.local.journal import Journal
from infra.local.refusals import refuse


class Pages:
    def __init__(self, journal: Journal, clock_file: Path) -> None:
        self._journal = journal
        self._clock_file = clock_file

    def __call__(self, request: Incoming) -> Outgoing:
        match request.method, request.raw_path.split("/")[2:]:
            case "POST", ["sns", *_]:
                return aws.sns(self._journal, request)
            case "POST", ["sqs", *_]:
                return aws.sqs(self._journal, request)
            case "GET", ["inbox"]:
                return inbox.page(self._journal, request)
            case "GET" | "POST", ["clock"]:
                return self._clock(request)
            case "GET" | "POST", ["jobs"]:
                return self._jobs(request)
            case "GET", ["health"]:
                return json_answer({"healthy": True})
        return refuse("MISSING_AUTHENTICATION_TOKEN")

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
