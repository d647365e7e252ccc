"""`nanhai simulate`: writes a district's signalling, its towers and the truth of it into a folder."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from nanhai.domain.days import LOCAL_OFFSET_S
from nanhai.policies.trajectories import rule

from infra.local.commands import data_option
from infra.local.folder import Folder
from infra.operating import become
from infra.simulate import district
from infra.simulate.names import KEY_BYTES, key_from

KEY_FILE = "operator.key"
ROWS_PER_DAY_MAX = 1_440
TOWERS_PER_TOWN_MAX = 2_000
SEQUENCE_MAX = 9_999_999_999


@click.command()
@data_option
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@click.option("--people", default=100_000, show_default=True, type=click.IntRange(1, district.PEOPLE_MAX))
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, district.DAYS_MAX))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day after the last one; else today.")
@click.option("--seed", default=1, show_default=True, help="The same number gives the same district.")
@click.option(
    "--rows-per-day",
    default=district.ROWS_PER_DAY,
    show_default=True,
    type=click.IntRange(1, ROWS_PER_DAY_MAX),
    help="Of each phone, on average; fewer than it moves are not told.",
)
@click.option(
    "--towers-per-town",
    default=district.TOWERS_PER_TOWN,
    show_default=True,
    type=click.IntRange(2, TOWERS_PER_TOWN_MAX),
    help="Of each operator; other counties have as many.",
)
@click.option(
    "--operator",
    "operators",
    multiple=True,
    default=district.OPERATORS,
    show_default=True,
    type=click.Choice(sorted(rule().operators)),
    help="Several share the people.",
)
@click.option(
    "--sequence",
    default=1,
    show_default=True,
    type=click.IntRange(1, SEQUENCE_MAX),
    help="The number of the delivery, which names the file with its days.",
)
@click.option(
    "--key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"The operators' key in hex; made when it is not there. Else {KEY_FILE} in the folder.",
)
@click.option("--platform", "of_platform", is_flag=True, help="Take the key of the running platform of --data instead.")
def simulate(
    folder: Folder,
    out: Path,
    people: int,
    days: int,
    until: datetime | None,
    seed: int,
    rows_per_day: int,
    towers_per_town: int,
    operators: tuple[str, ...],
    sequence: int,
    key_file: Path | None,
    *,
    of_platform: bool,
) -> None:
    """Write a synthetic district's phones: towers.csv, Parquet of each operator, and the truth of it.

    Person n has the phone that `nanhai seed` with the same seed gives person n. truth/stays.parquet holds every true
    stay, truth/planted.json whose trips are known. The same options and key give the same bytes. Where a platform is to
    know whose phones these are, --platform is needed.
    """
    if of_platform and key_file:
        raise click.UsageError("--platform takes the platform's key: --key-file is of no use beside it")
    out.mkdir(parents=True, exist_ok=True)
    key = _platform_key(folder) if of_platform else _file_key(key_file or out / KEY_FILE)
    with click.progressbar(length=people, label="people") as bar:
        made = district.make(
            out,
            people,
            days,
            until.date() if until else _today(),
            seed,
            key,
            towers_per_town=towers_per_town,
            rows_per_day=rows_per_day,
            operators=tuple(dict.fromkeys(operators)),
            sequence=sequence,
            report=bar.update,
        )
    click.echo(_told(made))


def _told(made: district.Simulated) -> str:
    counts, paths = made.counts, made.paths
    return "\n".join(
        [
            f"{counts.people:,} phones, {counts.towers:,} towers, {counts.rows:,} rows, {counts.stays:,} true stays",
            *map(str, [paths.towers, *paths.signalling, paths.stays, paths.planted]),
        ]
    )


def _today() -> date:
    return (datetime.now(UTC) + timedelta(seconds=LOCAL_OFFSET_S)).date()


def _file_key(path: Path) -> bytes:
    try:
        return key_from(path, secrets.token_bytes(KEY_BYTES))
    except (OSError, ValueError) as unreadable:
        raise click.BadParameter(f"{path}: {unreadable}", param_hint="--key-file") from None


def _platform_key(folder: Folder) -> bytes:
    """What the operators of that platform are handed."""
    become(folder, "", "")
    from nanhai.services.platform import platform
    from nanhai.services.trajectories.phones import operators_key

    return operators_key(platform())
