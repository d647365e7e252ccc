"""`nanhai trajectories`: what operators deliver, loaded by the operator of the platform."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from infra.local.folder import Folder
from infra.operating import become, where
from infra.trajectories_index import index
from infra.trajectories_key import key
from infra.trajectories_link import link

if TYPE_CHECKING:  # nanhai is imported once its environment is known
    from nanhai.services.trajectories.naming import Name
    from nanhai.services.trajectories.towers import Tower

TOWER_COLUMNS = ["tower", "longitude", "latitude", "region", "operator"]
FILE_BYTES_MAX = 200_000_000
FAULTS_SHOWN_MAX = 50
UNREADABLE = 2
BY = "operator"
SEQUENCE = click.IntRange(1, 9_999_999_999)
DAY = click.DateTime(["%Y-%m-%d"])

Command = TypeVar("Command", bound=Callable[..., Any])


def delivery(command: Command) -> Command:
    """Which delivery: whose, and the number that they gave it."""
    operator = click.option("--operator", required=True, help="Who delivers, as the rules name them.")
    sequence = click.option("--sequence", required=True, type=SEQUENCE, help="Their number.")
    return operator(sequence(command))


@click.group()
def trajectories() -> None:
    """Operators' towers and signalling."""


trajectories.add_command(index)
trajectories.add_command(key)
trajectories.add_command(link)


@trajectories.command()
@where
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def towers(folder: Folder, stage: str, region: str, file: Path) -> None:
    """Loads FILE, a CSV in UTF-8 with the columns tower,longitude,latitude,region,operator.

    Degrees are of WGS 84; region is a county's division code of six digits. What is loaded is in place of all earlier
    towers of the operators in it, for deliveries that begin from now on. Where a row is at fault, each is told by its
    line and nothing is loaded (exit code 1); 2: this is not such a file.
    """
    become(folder, stage, region)
    from nanhai.services.platform import platform
    from nanhai.services.trajectories import towers as service

    at = platform().now()
    for operator, found in sorted(_towers(file).items()):
        version = service.load(operator, found, at)
        click.echo(f"{operator}: {version.count:,} towers, version {version.version}")


@trajectories.command()
@where
@click.option("--operator", help="Who delivers, as the rules name them; else the folder that FILE lies in.")
@click.option("--sequence", type=SEQUENCE, help="Their number; else what the file's name says.")
@click.option("--first", type=DAY, help="The first local day that is told; else what the file's name says.")
@click.option("--last", type=DAY, help="The last one; else what the file's name says.")
@click.option("--work", type=click.Path(file_okay=False, path_type=Path), help="Where parts wait meanwhile.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(
    folder: Folder,
    stage: str,
    region: str,
    operator: str | None,
    sequence: int | None,
    first: datetime | None,
    last: datetime | None,
    work: Path | None,
    file: Path,
) -> None:
    """Loads FILE, signalling as .parquet, .csv or .ndjson: phone, tower or longitude and latitude, from, to.

    FILE is <operator>/<sequence>_<first>_<last>.<form>, or options say so. The days from first to last are told, whole,
    of every phone in it, and no other day: a later delivery of a phone's day is in place of an earlier one. Killed
    anywhere and run again it goes on where it was; the same file under the same number changes nothing, another one is
    refused (exit code 1, and nothing is begun). Rows at fault are kept by line (`nanhai trajectories rejects`), the
    others are applied.
    """
    name = _name(file, operator, sequence, first, last)
    become(folder, stage, region)
    from nanhai.services.platform import platform
    from nanhai.services.trajectories import loads
    from nanhai.store import loads as store

    here = platform()
    delivery = loads.Delivery(name, file, file.suffix.removeprefix("."), BY)
    before = store.get(name.operator, name.sequence)
    again = before is not None and store.is_finished(before)
    try:
        with click.progressbar(length=1, label="reading") as bar:
            loads.run(
                delivery,
                here.now(),
                work or folder.signalling / "staged",
                lambda done, parts: _moved(bar, done, parts),
            )
    except loads.FOR_GOOD as refused:
        loads.refuse(name, refused, here.now())
        raise
    if again:
        click.echo("all of it was loaded before: nothing is changed")
    _show(name.operator, name.sequence)


@trajectories.command()
@where
@delivery
def status(folder: Folder, stage: str, region: str, operator: str, sequence: int) -> None:
    """How far a delivery has been applied, and what it came to."""
    become(folder, stage, region)
    _show(operator, sequence)


@trajectories.command()
@where
@delivery
def rejects(folder: Folder, stage: str, region: str, operator: str, sequence: int) -> None:
    """Lines that were refused, in their order, each with its code and why; the first 20,000 of them are kept.

    Exit code 1: there is no such delivery.
    """
    become(folder, stage, region)
    from nanhai.store import loads as store

    if store.get(operator, sequence) is None:
        _end("no such delivery", 1)
    found, start = store.rejects(operator, sequence)
    while start is not None:
        page, start = store.rejects(operator, sequence, start)
        found += page
    for reject in sorted(found, key=lambda reject: reject.line):
        click.echo(f"{reject.line}\t{reject.code}\t{_words(reject.code)}")


@trajectories.command()
@where
def checksum(folder: Folder, stage: str, region: str) -> None:
    """One number for all person-days of the platform, corrected ones too: equal for equal contents, in any order."""
    become(folder, stage, region)
    from nanhai.services.trajectories import checksum as service

    found = service.of_table(lambda items: click.echo(".", nl=False, err=True) if items else None)
    click.echo("", err=True)
    click.echo(f"{found}  {found.days:,} person-days")


def _words(code: str) -> str:
    from nanhai.texts import text

    return text(code, "en")


def _moved(bar: Any, done: int, parts: int) -> None:  # noqa: ANN401 - click's bar has no public type
    bar.length, bar.label = parts, "parts"
    bar.update(done - bar.pos)


def _name(
    file: Path, operator: str | None, sequence: int | None, first: datetime | None, last: datetime | None
) -> Name:
    """The delivery that options say it is, and the path where they say nothing."""
    from nanhai.domain.days import day_of
    from nanhai.services.trajectories.naming import FORMS, Name, read

    path = file.resolve()
    if path.suffix.removeprefix(".") not in FORMS:
        raise click.UsageError(f"signalling is told as {', '.join(f'.{form}' for form in sorted(FORMS))}")
    found = read(f"{path.parent.name}/{path.name}")
    if found is not None:
        operator, sequence = operator or found[0].operator, sequence or found[0].sequence
    begins = day_of(first.date()) if first else found[0].first if found else None
    ends = day_of(last.date()) if last else found[0].last if found else None
    if operator is None or sequence is None or begins is None or ends is None:
        raise click.UsageError(
            "the path does not say it all: --operator, --sequence, --first and --last are needed, or a file "
            "<operator>/<sequence>_<first>_<last>.<form> with days of the calendar"
        )
    return Name(operator, sequence, begins, ends)


def _show(operator: str, sequence: int) -> None:
    from nanhai.store import loads as store
    from nanhai.store.sightings import date_of

    found, refused = store.get(operator, sequence), store.refusal(operator, sequence)
    if refused is not None:
        click.echo(f"last refused: {refused}: {_words(refused)}")
    if found is None:
        if refused is None:
            _end("no such delivery", 1)
        return
    click.echo(f"begun {datetime.fromtimestamp(found.at, UTC).isoformat()} by {found.by}, SHA-256 {found.digest}")
    click.echo(f"days {date_of(found.first)} to {date_of(found.last)}")
    if found.staged is None:
        click.echo("not read through yet: load the same file again, and it goes on")
        return
    done = list(store.finished(found).values())
    rejected = Counter[str]()
    for part in done:
        rejected.update(part.rejected)
    click.echo(f"{len(done)} of {found.staged.parts} parts, {found.staged.rows:,} rows, {rejected.total():,} refused")
    if len(done) < found.staged.parts:
        click.echo("the others are not written yet: where nothing is at work, load the same file again, and it goes on")
    for code, count in sorted(rejected.items()):
        click.echo(f"  {count:>12,}  {code}: {_words(code)}")
    click.echo(f"{sum(part.days for part in done):,} person-days, {sum(part.visits for part in done):,} visits")
    if days := sum(part.refused_days for part in done):
        click.echo(f"{days:,} person-days had more visits than a day can have, and were left out")


def _towers(file: Path) -> dict[str, list[Tower]]:
    """Each operator's towers; ends the process when a row is at fault."""
    good: dict[str, dict[str, Tower]] = {}
    faults = []
    for line, row in _rows(file):
        try:
            operator, tower = _tower(row)
        except ValueError as fault:
            faults.append(f"line {line}: {fault}")
            continue
        if good.setdefault(operator, {}).setdefault(tower.name, tower) != tower:
            faults.append(f"line {line}: this operator has another tower of the same name")
    for told in faults[:FAULTS_SHOWN_MAX]:
        click.echo(f"nanhai: {told}", err=True)
    if faults:
        _end(f"{len(faults):,} rows at fault, nothing was loaded", 1)
    if not good:
        _end("the file has no rows", UNREADABLE)
    return {operator: list(towers.values()) for operator, towers in good.items()}


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    if file.stat().st_size > FILE_BYTES_MAX:
        _end(f"the file has more than {FILE_BYTES_MAX:,} bytes", UNREADABLE)
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source, strict=True)
            if reader.fieldnames != TOWER_COLUMNS:
                _end(f"the first line has to be {','.join(TOWER_COLUMNS)}", UNREADABLE)
            for row in reader:
                yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error) as unreadable:
        _end(f"not a CSV file in UTF-8: {unreadable}", UNREADABLE)


def _tower(row: dict[str, str]) -> tuple[str, Tower]:
    """The operator and the tower of a row; ValueError says what is wrong with it."""
    from nanhai.policies.trajectories import rule
    from nanhai.services.trajectories.towers import NAME, REGION, Tower, cell_of

    if None in row or None in row.values():
        raise ValueError(f"a row has {len(TOWER_COLUMNS)} columns")
    if row["operator"] not in rule().operators:
        raise ValueError("nobody of this name delivers here")
    if not NAME.fullmatch(row["tower"]):
        raise ValueError("a tower's name has 1 to 64 characters of ASCII, no comma, space or quotation mark")
    if not REGION.fullmatch(row["region"]):
        raise ValueError("region is a division code of six digits")
    return row["operator"], Tower(row["tower"], cell_of(*_degrees(row)), int(row["region"]))


def _degrees(row: dict[str, str]) -> tuple[float, float]:
    try:
        longitude, latitude = float(row["longitude"]), float(row["latitude"])
    except ValueError:
        raise ValueError("longitude and latitude are degrees") from None
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise ValueError("longitude and latitude are degrees")
    return longitude, latitude


def _end(why: str, code: int) -> NoReturn:
    click.echo(f"nanhai: {why}", err=True)
    sys.exit(code)
