"""The gateway process: every function behind one loopback port."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import uvicorn

from infra.local import apps
from infra.local.gateway import Gateway
from infra.local.journal import Journal
from infra.local.pages import Pages

KEEP_ALIVE_S = 30
GRACE_S = 5


def main(data: Path, port: int) -> None:
    uploads = os.environ["NANHAI_UPLOADS"].removeprefix("file:")
    pages = Pages(Journal(data), Path(os.environ["NANHAI_CLOCK_FILE"]), Path(uploads))
    uvicorn.run(
        Gateway(apps.load_all(), pages),
        host="127.0.0.1",
        port=port,
        access_log=False,  # the functions log their requests themselves, without personal data
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
