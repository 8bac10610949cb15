"""The basis of a published figure: what its row says is counted, read and checked.

The columns are described in ``datapackage.json``; `reconcile` counts what they say.
"""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ofsted_analysis.tables import days

POPULATIONS = ("latest", "first", "every", "authorities")
STATISTICS = (
    "count", "authorities", "regions", "days", "percent", "fraction", "difference", "none",
)  # fmt: skip
SHARES = ("percent", "fraction", "difference")
GRADES = (
    "outstanding", "good", "third", "adequate", "requires improvement", "inadequate",
    "graded", "not graded",
)  # fmt: skip
"""What can be said of a judgement: a grade as printed, a band, or whether there is a grade."""
BANDS = ("outstanding", "good", "third", "inadequate")
CHANGES = ("improved", "same", "fell")
CHANGE_FROM = "change from "


class BasisError(ValueError):
    """A basis that cannot be used: the column, and what to do about it."""

    def __init__(self, column: str, reason: str):
        super().__init__(f"column {column}: {reason}")
        self.column, self.reason = column, reason


@dataclass(frozen=True)
class Names:
    """The names that a basis may use."""

    themes: Collection[str]
    areas: Collection[str]
    regions: Collection[str]
    frameworks: Collection[str]
    authorities: Collection[str]


@dataclass(frozen=True)
class Condition:
    """``key|key: word|word``: holds where any of the words can be said under any of the keys."""

    keys: tuple[str, ...]
    words: frozenset[str]
    wanted: bool = True


@dataclass(frozen=True)
class Basis:
    """One published figure with its basis."""

    figure_id: str
    value: str
    number: float | None
    """The figure, where it is printed in digits."""
    decimals: int
    lowest: float
    highest: float
    """What agrees with it: from its rounding, or what loose words allow."""
    numerator: int | None
    denominator: int | None
    statistic: str
    population: str
    frameworks: tuple[str, ...]
    regions: tuple[str, ...]
    theme: str
    as_at: date | None
    inspected_from: date | None
    published_from: date | None
    published_cutoff: date | None
    given: tuple[Condition, ...]
    counted: tuple[Condition, ...]
    minus: tuple[str, tuple[str, ...]] | None
    """Population and frameworks of what a difference takes away."""
    explanation: str


Row = Mapping[str, Any]


def read_basis(row: Row, names: Names) -> Basis:
    """The basis that a row states.

    Raises
    ------
    BasisError
        It cannot be used; names the column and says what to do.
    """
    statistic = _one_of(row, "statistic", STATISTICS)
    value, number, decimals, lowest, highest = _value(row, statistic)
    theme = _text(row, "theme") or "overall"
    _known("theme", [theme], names.themes)
    frameworks, regions = _several(_text(row, "framework_id")), _several(_text(row, "scope"))
    _known("framework_id", frameworks, names.frameworks)
    regions = () if regions == ("England",) else regions
    _known("scope", regions, names.regions, "England")
    population, as_at, explanation = "", _date(row, "as_at"), _text(row, "explanation")
    if statistic == "none":
        if not explanation:
            raise BasisError("explanation", "is empty; say why the figure cannot be rebuilt")
    else:
        population = _one_of(row, "population", POPULATIONS)
        if as_at is None and population in ("latest", "authorities"):
            raise BasisError("as_at", f"is empty; population {population!r} needs a date")
        if statistic in SHARES and not _text(row, "counted"):
            raise BasisError("counted", f"is empty; say what the {statistic} is of, such as good")
    return Basis(
        figure_id=_text(row, "figure_id"),
        value=value,
        number=number,
        decimals=decimals,
        lowest=lowest,
        highest=highest,
        numerator=_whole(row, "numerator"),
        denominator=_whole(row, "denominator"),
        statistic=statistic,
        population=population,
        frameworks=frameworks,
        regions=regions,
        theme=theme,
        as_at=as_at,
        inspected_from=_date(row, "inspected_from"),
        published_from=_date(row, "published_from"),
        published_cutoff=_date(row, "published_cutoff"),
        given=_conditions(row, "given", theme, names),
        counted=_conditions(row, "counted", theme, names),
        minus=_minus(row, statistic, names),
        explanation=explanation,
    )


def _text(row: Row, column: str) -> str:
    value = row.get(column)
    if value is None or str(value) in ("nan", "NaT", "<NA>"):
        return ""
    return str(value).strip()


def _date(row: Row, column: str) -> date | None:
    text = _text(row, column).removesuffix(" 00:00:00")  # as a time stamp is written
    try:
        return days.iso_date(text) if text else None
    except ValueError as error:
        raise BasisError(column, f"{error}; write the day in full or leave it empty") from error


def _number(row: Row, column: str) -> float | None:
    text = _text(row, column)
    if not text:
        return None
    if not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
        raise BasisError(column, f"{text!r} is not a number; write it in digits")
    return float(text)


def _whole(row: Row, column: str) -> int | None:
    found = _number(row, column)
    if found is not None and not found.is_integer():
        raise BasisError(column, f"{found} is not a whole number")
    return None if found is None else int(found)


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|")) if text else ()


def _known(column: str, found: Collection[str], known: Collection[str], *others: str) -> None:
    strange = sorted(set(found) - {*known, *others})
    if strange:
        listed = [*others, *sorted(known)]
        choice = f"; it can be {', '.join(listed)}" if len(listed) < 60 else ""
        raise BasisError(column, f"there is no {strange[0]!r}{choice}")


def _one_of(row: Row, column: str, known: tuple[str, ...]) -> str:
    text = _text(row, column)
    if text not in known:
        raise BasisError(column, f"{text!r} is not one of: {', '.join(known)}")
    return text


def _value(row: Row, statistic: str) -> tuple[str, float | None, int, float, float]:
    """The figure, as a number with its decimals, and the range that agrees with it."""
    value = _text(row, "value")
    if not value:
        raise BasisError("value", "is empty; write the figure as printed")
    number, decimals = None, 0
    if re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
        number, decimals = float(value), len(value.partition(".")[2])
    lowest, highest = _number(row, "value_from"), _number(row, "value_to")
    if lowest is not None and highest is not None:
        if lowest > highest:
            raise BasisError("value_from", f"{lowest:g} is more than value_to, {highest:g}")
        return value, number, decimals, lowest, highest
    if lowest is not None or highest is not None:
        raise BasisError("value_from", "and value_to go together: give both or neither")
    if number is None:
        if statistic != "none":
            raise BasisError(
                "value",
                f"{value!r} is not a number; give the range that the words allow in value_from "
                "and value_to",
            )
        return value, number, decimals, math.nan, math.nan
    half = 0.5 * 10.0**-decimals if statistic in SHARES else 0.0
    return value, number, decimals, number - half, number + half


def _conditions(row: Row, column: str, theme: str, names: Names) -> tuple[Condition, ...]:
    """The conditions of a cell: ``good|outstanding``, or ``overall: good; change: improved``."""
    found = []
    for part in filter(None, _text(row, column).split(";")):
        left, colon, right = part.strip().rpartition(":")
        wanted = not left.startswith("not ")
        keys = _several(left.removeprefix("not ").strip()) if colon else (theme,)
        values = _several(right.strip())
        if not keys or not values or "" in (*keys, *values):
            raise BasisError(
                column,
                f"{part.strip()!r} is not a condition; write grades (good|outstanding), or "
                "'theme: grades', several conditions parted by ';'",
            )
        for key in keys:
            _known(column, values, _values(key, column, names))
        found.append(Condition(keys, frozenset(values), wanted))
    return tuple(found)


def _values(key: str, column: str, names: Names) -> Collection[str]:
    """The values that a key of a condition can have."""
    if key in names.themes or key in names.areas:
        return GRADES
    if key == "change" or (
        key.startswith(CHANGE_FROM) and key.removeprefix(CHANGE_FROM) in names.themes
    ):
        return CHANGES
    others: dict[str, Collection[str]] = {
        "authority": names.authorities,
        "framework": names.frameworks,
        "region": names.regions,
        "previous": BANDS,
    }
    if key not in others:
        raise BasisError(
            column,
            f"{key!r} is neither a theme nor an area; besides these there are "
            f"{', '.join(others)}, change and 'change from THEME'",
        )
    return others[key]


def _minus(row: Row, statistic: str, names: Names) -> tuple[str, tuple[str, ...]] | None:
    population, _, frameworks = _text(row, "minus").partition(" ")
    if statistic != "difference":
        if population:
            raise BasisError("minus", "is for the statistic 'difference' only; leave it empty")
        return None
    if population not in ("first", "every") or not frameworks:
        raise BasisError("minus", "should say what is taken away, such as 'first sif'")
    taken = _several(frameworks)
    _known("minus", taken, names.frameworks)
    return population, taken
