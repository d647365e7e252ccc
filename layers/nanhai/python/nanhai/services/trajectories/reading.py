"""A delivered file as a table of DuckDB, row by row with its line: Parquet as it is, CSV and NDJSON by their lines.

Text is cut into lines here and taken apart there, so that a broken line is one broken row and no line number moves.
Its bytes are read as Latin-1, which every byte is: whatever is not ASCII is no pseudonym, tower or time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nanhai.domain.errors import Refusal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_MB = 768
THREADS = 1  # more of them cost CPU and bring no time: a part is one group of rows or two
SPILL_GB_MAX = 64
CHUNK_BYTES = 8 << 20
LINE_BYTES_MAX = 1 << 16
REQUIRED = frozenset({"phone", "from", "to"})
KNOWN = ("phone", "tower", "longitude", "latitude", "from", "to")
NO_ROWS = "none"  # a file that says that a part has none
PHONE = "[0-9a-f]{32}"
WHOLE = "[0-9]{1,10}"
OFFSET = "Z|[+-](0[0-9]|1[0-3]):?[0-5][0-9]|[+-]14:?00"
ISO = f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}([.][0-9]{{1,9}})?({OFFSET})"
ROWS = """
CREATE TABLE told (
  line BIGINT, phone VARCHAR, tower VARCHAR, longitude DOUBLE, latitude DOUBLE,
  since BIGINT, until BIGINT, formed BOOLEAN
)"""


class Unreadable(Refusal):
    """Not Parquet, CSV or NDJSON with the columns that signalling has."""

    code = "sightings.unreadable"


class PartMissing(RuntimeError):
    """Rows that were told before are gone: the delivery has to be told again."""


@contextmanager
def session(folder: Path, memory_mb: int = MEMORY_MB, threads: int = 0) -> Iterator[DuckDBPyConnection]:
    """A DuckDB of bounded memory whose tables lie in `folder`; it fetches no extensions."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "session.duckdb"
    path.unlink(missing_ok=True)
    told: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_mb}MB",
        "threads": threads or THREADS,
        "temp_directory": str(folder / "spill"),
        "max_temp_directory_size": f"{SPILL_GB_MAX}GB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(str(path), config=told)
    try:
        yield connection
    finally:
        connection.close()
        path.unlink(missing_ok=True)


def tell(connection: DuckDBPyConnection, file: Path, form: str) -> None:
    """Makes `told` of the file's rows, nothing of them checked; Unreadable for what has no such rows."""
    import duckdb

    try:
        if form == "parquet":
            _parquet(connection, file)
        else:
            _text(connection, file, form)
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.BinderException) as unreadable:
        raise Unreadable from unreadable


def tell_again(connection: DuckDBPyConnection, part: Path) -> None:
    """Makes `told` of the rows of a part that were told before; PartMissing where it is not there, or not whole."""
    connection.execute("DROP VIEW IF EXISTS told" if _is_view(connection) else "DROP TABLE IF EXISTS told")
    if not any(part.glob("*.parquet")):
        if not (part / NO_ROWS).is_file():
            raise PartMissing(part.name)
        connection.execute(ROWS)
        return
    read = f"read_parquet({quoted(str(part / '*.parquet'))}, hive_partitioning=false)"
    connection.execute(f"CREATE VIEW told AS SELECT * FROM {read}")  # noqa: S608 - quoted


def _is_view(connection: DuckDBPyConnection) -> bool:
    return bool(connection.execute("SELECT 1 FROM duckdb_views() WHERE view_name = 'told'").fetchall())


def _parquet(connection: DuckDBPyConnection, file: Path) -> None:
    """A view: the file is read where it lies."""
    read = f"read_parquet({quoted(str(file))}, file_row_number=true, hive_partitioning=false)"
    kinds = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()}  # noqa: S608 - quoted
    _check_columns(list(kinds))
    since, until = _instant("from", kinds["from"]), _instant("to", kinds["to"])
    phone = 'TRY_CAST("phone" AS VARCHAR)'
    tower = 'TRY_CAST("tower" AS VARCHAR)' if "tower" in kinds else "NULL::VARCHAR"
    degrees = [f'TRY_CAST("{n}" AS DOUBLE)' if n in kinds else "NULL::DOUBLE" for n in ("longitude", "latitude")]
    columns = ", ".join((phone, tower, *degrees, since, until))
    connection.execute(
        f"CREATE VIEW told(line, phone, tower, longitude, latitude, since, until, formed) AS "  # noqa: S608 - columns of ours
        f"SELECT file_row_number + 1, {columns}, true FROM {read}"
    )


def _instant(name: str, kind: str) -> str:
    """Unix seconds of a column, whatever kind of time it has; no time without an offset."""
    if kind.endswith(("INT", "INTEGER")):
        return f'TRY_CAST("{name}" AS BIGINT)'
    if kind.startswith("TIMESTAMP WITH"):
        return f'epoch_ms("{name}") // 1000'
    if kind == "VARCHAR":
        return _moment(f'"{name}"')
    raise Unreadable


def _moment(text: str) -> str:
    iso = f"epoch_ms(TRY_CAST({text} AS TIMESTAMPTZ)) // 1000"
    return (
        f"CASE WHEN regexp_full_match({text}, '{WHOLE}') THEN CAST({text} AS BIGINT) "
        f"WHEN regexp_full_match({text}, '{ISO}') THEN {iso} END"
    )


def _text(connection: DuckDBPyConnection, file: Path, form: str) -> None:
    connection.execute(ROWS)
    chunks = _chunks(file)
    columns: tuple[str, ...] = KNOWN
    done = 0
    for chunk in chunks:
        if form == "csv" and done == 0:
            head, _, rest = chunk.partition("\n")
            columns, chunk, done = _header(head), rest, 1
        if chunk:
            connection.execute(_insert(form, columns), [done, chunk])
            done += chunk.count("\n") + 1
    if done == 0:
        raise Unreadable


def _chunks(file: Path) -> Iterator[str]:
    """The file in pieces of whole lines, without the last line break of each."""
    rest = b""
    with file.open("rb") as source:
        while read := source.read(CHUNK_BYTES):
            held = rest + read
            cut = held.rfind(b"\n")
            if cut < 0 and len(held) > CHUNK_BYTES + LINE_BYTES_MAX:
                raise Unreadable
            if cut >= 0:
                yield held[:cut].decode("latin-1")
            rest = held[cut + 1 :]
    if rest:
        yield rest.decode("latin-1")


def _header(line: str) -> tuple[str, ...]:
    names = tuple(re.sub(r'["\r\ufeff]|^ï»¿', "", line).strip().split(","))
    _check_columns(list(names))
    if len(set(names)) < len(names):
        raise Unreadable
    return names


def _check_columns(names: list[str]) -> None:
    has_place = "tower" in names or {"longitude", "latitude"} <= set(names)
    if not (set(names) >= REQUIRED and has_place):
        raise Unreadable


def _insert(form: str, columns: tuple[str, ...]) -> str:
    """Lines of one chunk, each taken apart; a blank one is none."""
    lines = "SELECT unnest(l) AS text, unnest(range(1, len(l) + 1)) AS n FROM (SELECT string_split($2, chr(10)) AS l)"
    if form == "csv":
        fields = "string_split(replace(rtrim(text, chr(13)), '\"', ''), ',')"
        formed = f"len(f) = {len(columns)}"
    else:
        paths = ", ".join(f"'$.{name}'" for name in columns)
        is_object = "json_valid(text) AND json_type(CASE WHEN json_valid(text) THEN text END) = 'OBJECT'"
        fields = f"CASE WHEN {is_object} THEN json_extract_string(text, [{paths}]) END"
        formed = "f IS NOT NULL"
    at = {name: f"nullif(f[{number}], '')" for number, name in enumerate(columns, 1)}
    degrees = [f"TRY_CAST({at[n]} AS DOUBLE)" if n in at else "NULL" for n in ("longitude", "latitude")]
    told = ", ".join((at["phone"], at.get("tower", "NULL"), *degrees, _moment(at["from"]), _moment(at["to"])))
    return (
        f"INSERT INTO told SELECT $1 + n, {told}, {formed} "  # noqa: S608 - columns of ours, the text is a parameter
        f"FROM (SELECT n, {fields} AS f FROM ({lines}) WHERE trim(text, chr(13) || ' ') <> '')"
    )


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
