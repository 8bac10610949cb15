"""Every published figure beside what the tables give on the same basis.

Each row of ``published_figures`` states its basis in columns: which inspections are looked at
(population, framework_id, scope, theme, as_at, inspected_from, published_from, published_cutoff,
given), which of them the figure counts (counted), and what is printed (statistic, value,
value_from, value_to). Another published figure is another row, not another line of code.
"""

import dataclasses
import math
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.outcomes import snapshot
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.curation.basis import CHANGE_FROM, Basis, BasisError, Names, read_basis
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.errors import DataError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.load import (
    JOINED,
    Versions,
    load_authorities,
    load_judgements,
    load_published_figures,
    of_one_state,
)

VERDICTS = ("agrees", "explained", "differs", "not rebuilt")
"""What comes out for a figure.

'agrees': the same, to the figure's own rounding; 'explained': not the same, and the row gives the
checked reason; 'differs': not the same, and no reason is known; 'not rebuilt': its basis is not
told, or the tables do not hold what it counts.
"""

_SLACK = 1e-9  # of floating point


def reconcile(
    figures: pd.DataFrame | None = None,
    data: pd.DataFrame | None = None,
    authorities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every published figure beside what the tables give on the same basis.

    Parameters
    ----------
    figures
        Published figures as from `load_published_figures`; the packaged ones by default. Columns
        of the basis that are not there count as empty.
    data, authorities
        Tables as from `load_judgements` and `load_authorities`; the packaged ones by default.

    Returns
    -------
    DataFrame
        One row per figure, in order: figure_id; published (as printed); ours (unrounded, in the
        figure's unit; missing where it was not rebuilt); difference (ours, rounded as the figure
        is, less the published one; 0 where ours lies within what loose words allow); verdict
        ('agrees', 'explained', 'differs', 'not rebuilt'); explanation (empty where it agrees).
        To agree, a printed numerator and denominator have to be the same too.

    Raises
    ------
    DataError
        A row whose basis cannot be used: its figure and column, and what to do; for the packaged
        table also the file and line.

    Examples
    --------
    >>> row = reconcile().set_index("figure_id").loc["F001"]
    >>> print(row["published"], round(row["ours"], 1), row["verdict"])
    60 60.3 agrees
    """
    path = None
    if figures is None:
        figures, path = load_published_figures(), schema.tables()["published_figures"].path
    record = _Record(
        load_judgements() if data is None else data,
        load_authorities() if authorities is None else authorities,
    )
    return _outcomes(figures, record, path)


def reconcile_folder(data_dir: str | Path | None = None) -> pd.DataFrame:
    """`reconcile` for the tables in a folder; the packaged ones by default."""
    folder = schema.data_dir(data_dir)

    def read(_: Versions) -> tuple[pd.DataFrame, _Record]:
        record = _Record(load_judgements(data_dir=folder), load_authorities(data_dir=folder))
        return load_published_figures(data_dir=folder), record

    figures, record = of_one_state(("published_figures", *JOINED), folder, read)
    return _outcomes(figures, record, schema.table("published_figures", folder).path)


def _outcomes(figures: pd.DataFrame, record: "_Record", path: Path | None) -> pd.DataFrame:
    bases = []
    rows: list[Any] = figures.to_dict("records")
    for line, row in enumerate(rows, start=2):
        try:
            bases.append(read_basis(row, record.names))
        except BasisError as error:
            where = f"{row.get('figure_id')}, {error}."
            raise DataError(where, path, line if path else 0) from error
    found = [_outcome(basis, record) for basis in bases]
    columns = ["figure_id", "published", "ours", "difference", "verdict", "explanation"]
    frame = pd.DataFrame(found, columns=columns)
    return frame.astype({"ours": "float64", "difference": "float64"})


def _outcome(basis: Basis, record: "_Record") -> tuple[str, str, float, float, str, str]:
    if basis.statistic == "none":
        nothing = math.nan
        return basis.figure_id, basis.value, nothing, nothing, "not rebuilt", basis.explanation
    ours, numerator, denominator = record.rebuild(basis)
    difference = _difference(basis, ours)
    if (
        difference == 0
        and basis.numerator in (None, numerator)
        and basis.denominator in (None, denominator)
    ):
        return basis.figure_id, basis.value, ours, difference, "agrees", ""
    verdict = "explained" if basis.explanation else "differs"
    return basis.figure_id, basis.value, ours, difference, verdict, basis.explanation


def _difference(basis: Basis, ours: float) -> float:
    """How far ours, rounded as the figure is, lies from it; 0 where it agrees."""
    if basis.lowest - _SLACK <= ours <= basis.highest + _SLACK:
        return 0.0
    if basis.number is not None and basis.lowest <= basis.number <= basis.highest:
        return round(round(ours, basis.decimals) - basis.number, basis.decimals)
    return round(ours - (basis.lowest if ours < basis.lowest else basis.highest), 3)


class _Record:
    """The tables, and what has been worked out from them so far."""

    def __init__(self, judgements: pd.DataFrame, authorities: pd.DataFrame):
        self.judgements, self.authorities = judgements, authorities
        self._populations: dict[tuple[Any, ...], pd.DataFrame] = {}
        self._histories: dict[str, pd.DataFrame] = {}
        self._judged: dict[str, pd.DataFrame] = {}
        self._changed: dict[tuple[str, str], pd.DataFrame] = {}

    @cached_property
    def names(self) -> Names:
        """The names that a basis may use."""
        return Names(
            themes=frozenset(self.judgements["theme"].cat.categories),
            areas=frozenset(self.judgements["area_id"].astype(str)),
            regions=frozenset(self.authorities["region"])
            | frozenset(self.authorities["ofsted_region"]),
            frameworks=frozenset(self.judgements["framework_id"].astype(str)),
            authorities=frozenset(self.authorities["authority_id"].astype(str)),
        )

    def rebuild(self, basis: Basis) -> tuple[float, int, int]:
        """The figure as the tables give it, with its numerator and denominator."""
        numerator, denominator = self._ratio(basis)
        if basis.statistic in ("count", "authorities", "regions"):
            return float(numerator), numerator, denominator
        if basis.statistic == "days":
            return self._days(basis), numerator, denominator
        share = numerator / denominator if denominator else math.nan
        if basis.minus is not None:
            population, frameworks = basis.minus
            base = dataclasses.replace(
                basis,
                population=population,
                frameworks=frameworks,
                as_at=None,
                published_cutoff=None,
            )
            part, whole = self._ratio(base)
            share -= part / whole if whole else math.nan
        return share if basis.statistic == "fraction" else 100 * share, numerator, denominator

    def _days(self, basis: Basis) -> float:
        """The mean of the days from the first day of each inspection counted to the date."""
        frame = self._given(basis)
        began = frame["first_day"].fillna(frame["last_day"])
        waited = pd.Timestamp(basis.as_at or "NaT") - began
        return float(waited[self._holds(frame, basis, "counted")].dt.days.mean())

    def _given(self, basis: Basis) -> pd.DataFrame:
        """What is looked at: the population, as far as the region and the conditions hold."""
        frame = self._population(basis)
        if basis.regions:
            regions = list(basis.regions)
            frame = frame[frame["region"].isin(regions) | frame["ofsted_region"].isin(regions)]
        return frame[self._holds(frame, basis, "given")]

    def _ratio(self, basis: Basis) -> tuple[int, int]:
        """How many are counted, and of how many."""
        frame = self._given(basis)
        counted = self._holds(frame, basis, "counted")
        unit = {"regions": "ofsted_region", "authorities": "authority_id"}.get(basis.statistic)
        if unit:
            units = frame[unit].astype(str)
            return units[counted].nunique(), units.nunique()
        return int(counted.sum()), len(frame)

    # Which inspections are looked at

    def _population(self, basis: Basis) -> pd.DataFrame:
        """One row for each inspection looked at, or each authority."""
        key = (
            basis.population, basis.theme, basis.frameworks, basis.as_at,
            basis.inspected_from, basis.published_from, basis.published_cutoff,
        )  # fmt: skip
        if key not in self._populations:
            self._populations[key] = self._looked_at(basis)
        return self._populations[key]

    def _looked_at(self, basis: Basis) -> pd.DataFrame:
        own = self._history(basis.theme)
        if basis.frameworks:
            own = own[own["framework_id"].isin(basis.frameworks)]
        if basis.inspected_from is not None:
            began = own["first_day"].fillna(own["last_day"])
            own = own[began >= pd.Timestamp(basis.inspected_from)]
        if basis.published_from is not None:
            out = own["published_date"].fillna(own["last_day"])
            own = own[out >= pd.Timestamp(basis.published_from)]
        if basis.as_at is not None and basis.population in ("latest", "authorities"):
            day = pd.Timestamp(basis.as_at)
            frame = snapshot(day, own, basis.published_cutoff, self.authorities, theme=basis.theme)
            return frame[frame["inspection_id"].notna() | (basis.population == "authorities")]
        if basis.as_at is not None:
            own = own[own["last_day"] <= pd.Timestamp(basis.as_at)]
        if basis.published_cutoff is not None:
            out = own["published_date"]
            own = own[out.isna() | (out <= pd.Timestamp(basis.published_cutoff))]
        return own.drop_duplicates("authority_id") if basis.population == "first" else own

    def _history(self, theme: str) -> pd.DataFrame:
        """Every inspection that could have judged a theme, in order of time."""
        if theme not in self._histories:
            self._histories[theme] = judgements_on(theme, data=self.judgements)
        return self._histories[theme]

    # What holds of each of them

    def _holds(self, frame: pd.DataFrame, basis: Basis, column: str) -> np.ndarray[Any, Any]:
        """For each row, whether all conditions of a column hold."""
        true = np.ones(len(frame), dtype=bool)
        for condition in getattr(basis, column):
            some = np.zeros(len(frame), dtype=bool)
            for key in condition.keys:
                words = self._words(frame, key, basis.theme)
                some |= np.array([not condition.words.isdisjoint(w) for w in words], dtype=bool)
            true &= some == condition.wanted
        return true

    def _words(self, frame: pd.DataFrame, key: str, theme: str) -> list[set[str]]:
        """For each row, what can be said of it under a key."""
        if key in ("authority", "framework"):
            return [{str(value)} for value in frame[f"{key}_id"]]
        if key == "region":
            pairs = zip(frame["region"], frame["ofsted_region"], strict=True)
            return [{str(english), str(ofsted)} for english, ofsted in pairs]
        inspections = frame["inspection_id"].astype(object)
        if key == "previous":
            before = self._before(theme, theme).reindex(inspections)["previous"]
            return [{band} if isinstance(band, str) else set() for band in before]
        if key == "change" or key.startswith(CHANGE_FROM):
            earlier = theme if key == "change" else key.removeprefix(CHANGE_FROM)
            found = self._before(theme, earlier).reindex(inspections)
            return [_change(*pair) for pair in zip(found["previous"], found["band"], strict=True)]
        found = self._grades(key).reindex(inspections)
        return [
            {grade, band, "graded"} if isinstance(grade, str) else {"not graded"}
            for grade, band in zip(found["grade"], found["band"], strict=True)
        ]

    def _grades(self, key: str) -> pd.DataFrame:
        """Grade and band by inspection, of a theme or else of an area."""
        if key not in self._judged:
            if key in self.names.themes:
                frame = self._history(key)
            else:
                frame = self.judgements[self.judgements["area_id"] == key]
            frame = frame[["inspection_id", "grade", "band"]].astype(object)
            self._judged[key] = frame.set_index("inspection_id")
        return self._judged[key]

    def _before(self, theme: str, earlier: str) -> pd.DataFrame:
        """Band by inspection, and that of the authority's inspection before it for a theme."""
        if (theme, earlier) not in self._changed:
            history = self._history(earlier)
            history = history[["inspection_id", "authority_id", "band"]].astype(object)
            history["previous"] = history.groupby("authority_id")["band"].shift()
            frame = history.set_index("inspection_id")[["previous"]]
            frame["band"] = self._grades(theme)["band"].reindex(frame.index)
            self._changed[theme, earlier] = frame
        return self._changed[theme, earlier]


def _change(previous: object, band: object) -> set[str]:
    if not (isinstance(previous, str) and isinstance(band, str)):
        return set()
    step = BANDS.index(band) - BANDS.index(previous)
    return {"improved" if step > 0 else "fell" if step < 0 else "same"}
