"""`nanhai places`: estates, roads and other names by which people say where they live, loaded by the operator."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.local.folder import Folder
from infra.operating import become, where

if TYPE_CHECKING:  # nanhai is imported once its environment is known
    from nanhai.domain.place_names import Known

COLUMNS = ["name", "kind", "code", "latitude", "longitude"]
FILE_BYTES_MAX = 20_000_000
ROWS_MAX = 200_000
FAULTS_SHOWN_MAX = 50
NAME_CHARACTERS_MAX = 60
UNREADABLE = 2


@click.group()
def places() -> None:
    """Known places: names and positions that lead to a community."""


@places.command()
@where
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(folder: Folder, stage: str, region: str, file: Path) -> None:
    """Loads FILE, a CSV in UTF-8 with the columns name,kind,code,latitude,longitude.

    kind: alias, estate, building, village or road. code: the community (12 digits) that it lies in; an alias may be a
    town's (9 digits). Degrees are of WGS 84, both or neither. A road through three communities takes three rows.
    Loaded again it changes nothing; a row with known name and code corrects it. Where a row is at fault, each is told
    by its line and nothing is loaded (exit code 1); 2: this is not such a file.
    """
    become(folder, stage, region)
    from nanhai.services.platform import platform
    from nanhai.store import places as store

    known = _read(file, platform().settings.district)
    changed = 0
    with click.progressbar(length=store.shelves_of(known), label="shelves") as bar:
        try:
            for new in store.load(known):
                changed += new
                bar.update(1)
        except store.ShelfFull as full:
            _end(f"no room on shelf {full} for more places; those before it are loaded", 1)
    click.echo(f"{len(known):,} places, {changed:,} entries new or corrected")


@places.command()
@where
@click.argument("text")
def find(folder: Folder, stage: str, region: str, text: str) -> None:
    """Which community the address TEXT means, as the platform would say."""
    become(folder, stage, region)
    from nanhai.services.places import by_text
    from nanhai.services.platform import platform

    found = by_text(platform().settings.district, text)
    for choice in found.choices:
        click.echo(f"{choice.code}  {choice.confidence:4.2f}  {choice.town_name}{choice.name}")
    click.echo("sure" if found.sure else "not sure")


def _read(file: Path, district: str) -> list[Known]:
    """Every row of the file; ends the process when one is at fault."""
    good: list[Known] = []
    faults = []
    for line, row in _rows(file):
        try:
            good.append(_known(row, district))
        except ValueError as fault:
            faults.append(f"line {line}: {fault}")
    for told in faults[:FAULTS_SHOWN_MAX]:
        click.echo(f"nanhai: {told}", err=True)
    if faults:
        _end(f"{len(faults):,} rows at fault, nothing was loaded", 1)
    return good


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    if file.stat().st_size > FILE_BYTES_MAX:
        _end(f"the file has more than {FILE_BYTES_MAX:,} bytes", UNREADABLE)
    try:
        reader = csv.DictReader(file.read_text("utf-8-sig").splitlines(), strict=True)
        if reader.fieldnames != COLUMNS:
            _end(f"the first line has to be {','.join(COLUMNS)}", UNREADABLE)
        for number, row in enumerate(reader, 1):
            if number > ROWS_MAX:
                _end(f"the file has more than {ROWS_MAX:,} rows", UNREADABLE)
            yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error) as unreadable:
        _end(f"not a CSV file in UTF-8: {unreadable}", UNREADABLE)


def _known(row: dict[str, str], district: str) -> Known:
    """The place of a row; ValueError says what is wrong with it."""
    from nanhai.domain.place_names import Kind, Known

    if None in row or None in row.values():
        raise ValueError(f"a row has {len(COLUMNS)} columns")
    name, kind, code = (row[column].strip() for column in ("name", "kind", "code"))
    _check_name(name)
    if kind not in {Kind.ALIAS, Kind.ESTATE, Kind.BUILDING, Kind.VILLAGE, Kind.ROAD}:
        raise ValueError("kind is alias, estate, building, village or road")
    _check_code(code, kind, district)
    return Known(name, Kind(kind), code, *_position(row, district))


def _check_name(name: str) -> None:
    from nanhai.domain.place_names import NAME_CHARACTERS_MIN, normal

    if len(normal(name)) < NAME_CHARACTERS_MIN or len(name) > NAME_CHARACTERS_MAX:
        raise ValueError(f"a name has {NAME_CHARACTERS_MIN} to {NAME_CHARACTERS_MAX} letters or digits")


def _check_code(code: str, kind: str, district: str) -> None:
    from nanhai.policies.divisions import divisions

    known = divisions(district)
    if code not in known:
        raise ValueError("code is of no community of this district")
    if known.community(code) is None and kind != "alias":
        raise ValueError("only an alias may be a town's")


def _position(row: dict[str, str], district: str) -> tuple[float, float] | tuple[None, None]:
    from nanhai.services.places import lies_in

    told = [row[column].strip() for column in ("latitude", "longitude")]
    if not any(told):
        return None, None
    try:
        latitude, longitude = map(float, told)
    except ValueError:
        raise ValueError("latitude and longitude are degrees, both or neither") from None
    if not lies_in(district, latitude, longitude):
        raise ValueError("this point lies far from every town of the district")
    return latitude, longitude


def _end(why: str, code: int) -> None:
    click.echo(f"nanhai: {why}", err=True)
    sys.exit(code)
