"""`nanhai masks verify`: draws a round again from what everybody can read, and says whether it was drawn so."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from nanhai.domain import lottery
from nanhai.domain.lottery import Entry, Outcome, Published

PAGES_MAX = 4_096
ANSWER_BYTES_MAX = 6_000_000  # what the gateway lets through
TIMEOUT_S = 30
WRONG = 9  # the exit code for a draw that is not what it has to be
SAID = {
    "commitment": "the seed is the one whose hash was published with the round",
    "list": "the list of tickets is the one that was fixed before the seed was opened",
    "ranking": "the order is the one that seed, list and beacon give",
    "winners": "everybody got the first of their points that had a portion left",
}


@click.group()
def masks() -> None:
    """Rounds of masks as everybody can see them."""


@masks.command()
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Keep what was read, for FILE.")
@click.argument("source", metavar="URL|FILE")
def verify(source: str, save: Path | None) -> None:
    """Draws a round again: URL is …/masks/rounds/<id>, FILE what --save has kept. Exit code 9: it was not drawn so."""
    told, pages = _fetched(source.rstrip("/")) if source.startswith(("https://", "http://")) else _kept(Path(source))
    if save is not None:
        save.write_text(json.dumps({"round": told, "pages": pages}, ensure_ascii=False) + "\n", "utf-8")
    if pages[0]["seed"] is None:
        raise click.ClickException(f"the round is not drawn yet: {pages[0]['phase']}")
    wrong = check(told, pages)
    for line in _lines(told, pages, wrong):
        click.echo(line)
    sys.exit(WRONG if wrong else 0)


def check(told: Mapping[str, Any], pages: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What is wrong with a draw, by name; `told` as GET /rounds/{id} answers, `pages` as GET /rounds/{id}/draw does."""
    draw = pages[0]
    outcomes = tuple(
        Outcome(Entry(out["ticket"], tuple(out["points"])), out["point"]) for page in pages for out in page["outcomes"]
    )
    return lottery.faults(
        Published(
            told["round_id"],
            told["commitment"],
            {point["point_id"]: point["portions"] for point in told["points"]},
            draw["list_hash"],
            draw["beacon"] or "",
            bytes.fromhex(draw["seed"]),
            outcomes,
        )
    )


def _lines(told: Mapping[str, Any], pages: Sequence[Mapping[str, Any]], wrong: Sequence[str]) -> Iterator[str]:
    draw = pages[0]
    yield f"{told['title']} ({told['round_id']}): {draw['tickets']} tickets, drawn {draw['drawn_at']}"
    yield f"list {draw['list_hash']}, fixed {draw['listed_at']}"
    if told["beacon_source"] is not None:
        yield f"beacon {draw['beacon']}: compare it with {told['beacon_source']}"
    for name, meaning in SAID.items():
        yield f"{'WRONG' if name in wrong else 'right'}  {meaning}"


def _kept(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    try:
        kept = json.loads(path.read_text("utf-8"))
        return kept["round"], kept["pages"]
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise click.ClickException(f"{path} is not what --save keeps: {broken}") from broken


def _fetched(url: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    import httpx

    with httpx.Client(timeout=TIMEOUT_S) as client:

        def read(address: str) -> dict[str, Any]:
            answer = client.get(address, headers={"Accept": "application/json"})
            if answer.status_code != httpx.codes.OK or len(answer.content) > ANSWER_BYTES_MAX:
                raise click.ClickException(f"{address}: {answer.status_code}, {len(answer.content)} bytes")
            told: dict[str, Any] = answer.json()
            return told

        told, first = read(url), read(f"{url}/draw")
        numbers = range(1, min(first["pages"], PAGES_MAX))
        return told, [first, *(read(f"{url}/draw?page={number}") for number in numbers)]
