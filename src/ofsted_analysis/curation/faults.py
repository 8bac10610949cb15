"""The rows of all tables as text, each with its line, and what is wrong with one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ofsted_analysis.curation.basis import Names
from ofsted_analysis.tables import load
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.schema import Table


@dataclass(frozen=True, order=True)
class Fault:
    """A rule broken: where, and what is wrong."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return (
            f"{where} {self.column}: {self.message}" if self.column else f"{where}: {self.message}"
        )


Row = dict[str, str]


class Draft:
    """The rows of all tables in a folder, with the line on which each stands."""

    def __init__(self, tables: dict[str, Table], complete_to: str = ""):
        self.tables = tables
        self.complete_to = complete_to
        self.rows: dict[str, list[Row]] = {}
        self.errors: list[DataError] = []
        self._values: dict[tuple[str, str], set[str]] = {}
        for name, table in tables.items():
            self.rows[name], errors = load.read_rows(table)
            self.errors += errors

    def lines(self, name: str) -> Iterator[tuple[int, Row]]:
        """Line number and row, for each row of a table."""
        yield from enumerate(self.rows[name], start=2)

    def values(self, name: str, column: str) -> set[str]:
        """What occurs in a column."""
        if (name, column) not in self._values:
            self._values[name, column] = {row[column] for row in self.rows[name]}
        return self._values[name, column]

    def blank(self, name: str, line: int, column: str) -> None:
        """Take a cell as not known from here on."""
        self.rows[name][line - 2][column] = ""
        self._values.pop((name, column), None)

    def misfits(self, name: str, column: str, wrong: Callable[[str], str]) -> Iterator["Fault"]:
        """A fault for each cell of a column of which something is wrong; each value asked once."""
        said = {value: why for value in self.values(name, column) if (why := wrong(value))}
        for line, row in self.lines(name) if said else ():
            if row[column] in said:
                yield self.fault(name, line, column, said[row[column]])

    def fault(self, name: str, line: int, column: str, message: str) -> Fault:
        """A fault in a row of a table."""
        return Fault(display(self.tables[name].path), line, column, message)

    @cached_property
    def by_key(self) -> dict[str, dict[str, Row]]:
        """Rows by key, for the tables with a key of one column."""
        return {
            name: {row[table.primary_key[0]]: row for row in self.rows[name]}
            for name, table in self.tables.items()
            if len(table.primary_key) == 1
        }

    @cached_property
    def areas(self) -> dict[tuple[str, str], Row]:
        """Judgement areas by framework and area."""
        return {(r["framework_id"], r["area_id"]): r for r in self.rows["judgement_areas"]}

    @cached_property
    def names(self) -> Names:
        """The names that the basis of a published figure may use."""
        authorities = self.rows["authorities"]
        return Names(
            themes={r["theme"] for r in self.rows["judgement_areas"]},
            areas={r["area_id"] for r in self.rows["judgement_areas"]},
            regions={r[column] for r in authorities for column in ("region", "ofsted_region")},
            frameworks={r["framework_id"] for r in self.rows["frameworks"]},
            authorities={r["authority_id"] for r in authorities},
        )


def display(path: Path) -> str:
    """A path as a reader would look for it: from the current folder where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
