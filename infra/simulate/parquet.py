"""Parquet by DuckDB: many chunks in order become one file, and no more than a chunk is in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from numpy.typing import NDArray

MEMORY = "384MB"
ROWS_PER_GROUP = 122_880
THREADS = 1  # with more, where row groups end would depend on chance


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """What does not fit in memory goes to a file in `folder`."""
    return duckdb.connect(
        config={
            "threads": THREADS,
            "memory_limit": MEMORY,
            "temp_directory": str(folder),
            "pandas_analyze_sample": 0,  # objects are texts; looking at a sample, DuckDB looks for pandas at each row
        }
    )


@dataclass(slots=True)
class Parts:
    """One file in the making; `finish` writes it from the parts, in the order of their adding."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    name: str
    columns: Mapping[str, str]  # and their types in the file
    rows: int = 0
    _files: list[str] = field(default_factory=list)

    def add(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Rows that follow those added before: a column is an array of numbers, or of texts as objects."""
        part = self.folder / f"{self.name}-{len(self._files):05}.parquet"
        self.connection.register("chunk", dict(columns))
        self.connection.table("chunk").write_parquet(str(part), compression="snappy")
        self.connection.unregister("chunk")
        self._files.append(str(part))
        self.rows += len(next(iter(columns.values())))

    def finish(self, path: Path) -> None:
        """The whole file at `path`."""
        columns = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in self.columns.items())
        whole = self.connection.read_parquet(self._files).project(columns)
        whole.write_parquet(str(path), compression="zstd", row_group_size=ROWS_PER_GROUP)
