"""Which facts differ between two versions of the tables, in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ofsted_analysis.tables import load, schema
from ofsted_analysis.tables.schema import Table

Row = dict[str, str]


@dataclass(frozen=True)
class Change:
    """One fact that differs: a cell, a row, or a whole table or column.

    Attributes
    ----------
    table, key
        The table and the key of the row; an empty key where it is the table itself.
    kind
        'added', 'removed' or 'changed'.
    column, old, new
        The column that changed, what it held and what it holds ('' where empty).
    row
        All of a row added or removed.
    source_id
        The source on which the row now rests (or rested); '' where its table has none.
    """

    table: str
    key: dict[str, str]
    kind: str
    column: str = ""
    old: str = ""
    new: str = ""
    row: Row = field(default_factory=dict)
    source_id: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The change in plain types, without what it has not."""
        return {key: value for key, value in vars(self).items() if value or key == "key"} | (
            {"old": self.old, "new": self.new} if self.kind == "changed" else {}
        )

    def __str__(self) -> str:
        """The change in words."""
        what = ", ".join(self.key.values()) or (f"column {self.column}" if self.column else "table")
        source = f" (source {self.source_id})" if self.source_id else ""
        if self.kind == "changed":
            about = f"{what}: {self.column}" if self.key else self.column
            return f"{about} was {_shown(self.old)}, is {_shown(self.new)}{source}"
        told = [
            f"{column} {value}"
            for column, value in self.row.items()
            if value and column not in self.key and column != "source_id"
        ]
        return f"{what} {self.kind}{': ' * bool(told)}{', '.join(told)}{source}"


def _shown(value: str) -> str:
    return f"'{value}'" if value else "empty"


def compare(old: str | Path, new: str | Path) -> list[Change]:
    """Every fact that differs between two folders of tables.

    Rows are compared by their keys, so their order does not matter, and columns by their names.

    Parameters
    ----------
    old, new
        Folders with ``datapackage.json``, each as it describes itself.

    Returns
    -------
    list of Change
        By table in the order of the data package, then by key, then by column. Empty if both
        state the same facts.

    Raises
    ------
    DataError
        A folder has no tables, or they cannot be read.
    """
    before, after = (schema.tables(Path(folder)) for folder in (old, new))
    found: list[Change] = []
    for name in [*after, *(name for name in before if name not in after)]:
        if name not in before:
            found.append(Change(name, {}, "added"))
            found += _rows(after[name], {}, _by_key(after[name]))
        elif name not in after:
            found.append(Change(name, {}, "removed"))
            found += _rows(before[name], _by_key(before[name]), {})
        else:
            found += _table(before[name], after[name])
    return found


def _by_key(table: Table) -> dict[tuple[str, ...], Row]:
    return {tuple(row[column] for column in table.primary_key): row for row in load.rows_of(table)}


def _table(before: Table, after: Table) -> Iterator[Change]:
    for table, other, kind in ((before, after, "removed"), (after, before, "added")):
        for column in table.columns:
            if column not in other.columns:
                yield Change(table.name, {}, kind, column=column)
    if before.primary_key != after.primary_key:
        old, new = (", ".join(table.primary_key) for table in (before, after))
        yield Change(after.name, {}, "changed", "the key", old, new)
        return
    yield from _rows(after, _by_key(before), _by_key(after))


def _rows(
    table: Table, before: dict[tuple[str, ...], Row], after: dict[tuple[str, ...], Row]
) -> Iterator[Change]:
    rows = {**before, **after}
    for key in sorted(rows, key=lambda key: table.sort_key(rows[key])):
        named = dict(zip(table.primary_key, key, strict=True))
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            row = now or was or {}
            kind = "added" if was is None else "removed"
            source = row.get("source_id", "") if "source_id" not in named else ""
            yield Change(table.name, named, kind, row=row, source_id=source)
            continue
        for column in table.columns:
            if column in was and was[column] != now[column]:
                source = now.get("source_id", "") if column != "source_id" else ""
                source = source if "source_id" not in named else ""
                yield Change(
                    table.name, named, "changed", column, was[column], now[column], {}, source
                )


def in_words(changes: list[Change]) -> list[str]:
    """The changes as lines to read: a heading for each table, and what differs in it.

    The judgements of an inspection that was added or removed stand in its own line.

    Examples
    --------
    >>> key = {"inspection_id": "west-sussex-ilacs-2019-03", "area_id": "leaders"}
    >>> change = Change(
    ...     "judgements", key, "changed", "grade", "good", "inadequate", source_id="ofsted-50074949"
    ... )
    >>> print(*in_words([change]), sep="\\n")
    judgements
      west-sussex-ilacs-2019-03, leaders: grade was 'good', is 'inadequate' (source ofsted-50074949)
    """
    whole = {(c.key.get("inspection_id"), c.kind) for c in changes if c.table == "inspections"}
    grades: dict[tuple[str, str], list[str]] = {}
    lines: dict[str, list[str]] = {}
    for change in changes:
        place = (change.key.get("inspection_id", ""), change.kind)
        if change.table == "judgements" and change.row and place in whole:
            grade = change.row["grade"] or change.row["status"]
            grades.setdefault(place, []).append(f"{change.key['area_id']} {grade}")
    for change in changes:
        place = (change.key.get("inspection_id", ""), change.kind)
        if change.table == "judgements" and change.row and place in whole:
            continue
        line = str(change)
        if change.table == "inspections" and place in grades:
            line += f". Judgements: {', '.join(grades[place])}"
        lines.setdefault(change.table, []).append(f"  {line}")
    return [line for table, own in lines.items() for line in (table, *own)]


def summary(changes: list[Change]) -> str:
    """How much differs, in a sentence.

    Examples
    --------
    >>> summary([])
    'No fact differs.'
    """
    if not changes:
        return "No fact differs."
    counts = []
    for name in dict.fromkeys(change.table for change in changes):
        own = [change.kind for change in changes if change.table == name]
        parts = [f"{own.count(k)} {k}" for k in ("added", "removed", "changed") if k in own]
        counts.append(f"{name} {', '.join(parts)}")
    return f"{'; '.join(counts)}."
