"""The sections of a briefing on one authority: their sentences, tables and charts.

Composed once and in plain words; how it is laid out on a page, a slide, a sheet or a web page is
for `page`, `word`, `slides` and `sheets` to say.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import Any

import pandas as pd

from ofsted_analysis.analysis.compare import check_close, compare, neighbour_model, peers
from ofsted_analysis.analysis.duration import median_days, spells, time_in_grade
from ofsted_analysis.analysis.outcomes import data_complete_to, day_in_record
from ofsted_analysis.analysis.shares import grade_share
from ofsted_analysis.analysis.themes import BOARD_REVIEW, judgements_on, last_made
from ofsted_analysis.analysis.visits import gap_so_far
from ofsted_analysis.charts import notes, profile, render, timeline
from ofsted_analysis.charts.figure import Chart
from ofsted_analysis.charts.lettering import counted, sentence
from ofsted_analysis.publish import briefing
from ofsted_analysis.publish.briefing import as_known, in_short, known_on, when
from ofsted_analysis.publish.in_words import in_words
from ofsted_analysis.tables import schema
from ofsted_analysis.tables.authorities import find_authority
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError, UnknownAuthorityError
from ofsted_analysis.tables.grades import BANDS
from ofsted_analysis.tables.labels import in_region, listed, long_date, roughly
from ofsted_analysis.tables.load import (
    load_authorities,
    load_frameworks,
    load_inspections,
    load_judgements,
    load_sources,
    load_table,
    load_visits,
)

_GRADES = ("outstanding", "good", "requires improvement", "adequate", "inadequate")


@dataclass(frozen=True)
class Table:
    """A table in words: its columns are headings, its cells text."""

    caption: str
    frame: pd.DataFrame
    data: pd.DataFrame | None = None
    """The same in plain values, for a spreadsheet, where the words are not enough."""

    def widths(self, total: float, letter: float) -> list[float]:
        """The width of each column: its longest word at least, then by how much is in it."""
        least, more = [], []
        for name in self.frame:
            cells = self.frame[name].astype(str)
            longest = max(len(word) for text in [str(name), *cells] for word in text.split())
            least.append(letter * (3 + min(longest, 20)))
            more.append(max(min(int(cells.str.len().max()), 120) - longest, 1))
        rest = total - sum(least)
        return [low + rest * part / sum(more) for low, part in zip(least, more, strict=True)]


@dataclass(frozen=True, eq=False)
class Section:
    """A heading and what stands under it, in this order."""

    key: str
    heading: str
    words: tuple[str, ...] = ()
    """Paragraphs."""
    points: tuple[str, ...] = ()
    """Items of a list."""
    tables: tuple[Table, ...] = ()
    chart: Callable[..., Chart] | None = None
    """Draws the chart of the section; takes a size."""

    def __repr__(self) -> str:
        return "\n".join([*self.words, *self.points, *(table.caption for table in self.tables)])

    def _repr_html_(self) -> str:
        """The section in a notebook, without its chart."""
        points = "".join(f"<li>{escape(text)}</li>" for text in self.points)
        return "".join(
            [
                *(f"<p>{escape(text)}</p>" for text in self.words),
                f"<ul>{points}</ul>" if points else "",
                *(in_words(table.frame).set_caption(escape(table.caption)).to_html()
                  for table in self.tables),
            ]
        )  # fmt: skip


@dataclass(frozen=True)
class Briefing:
    """All that a briefing on one authority says, as known on a day."""

    authority_id: str
    authority: str
    day: pd.Timestamp
    title: str
    headline: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def subtitle(self) -> str:
        """The day on which it stands, and what it is not."""
        return f"As known on {long_date(self.day)}. Not official statistics."

    def section(self, key: str) -> Section | None:
        """The section of a key; None if there is nothing for it to say."""
        return next((part for part in self.sections if part.key == key), None)


def compose(
    authority: str, date: Day | None = None, *, group: str | Sequence[str] | None = None
) -> Briefing:
    """The briefing on one authority, as known on a day.

    Parameters
    ----------
    authority
        A name, code or authority_id: see `find_authority`.
    date
        The day; by default the end of the record or, for an authority that is no more, its last
        day. Reports and letters published later are left out.
    group
        Whom to set it beside: 'statistical neighbours', 'region', or a list of authorities. By
        default its statistical neighbours or, where most of them are not close or there are none,
        its region.

    Returns
    -------
    Briefing
        Title, headline and sections. A section that has nothing to say is left out.

    Raises
    ------
    DataError
        The date is none in the record, or the authority can't be compared with that group.
    UnknownAuthorityError
        No authority goes by one of the names, or it did not exist on the day.

    Examples
    --------
    >>> made = compose("Norfolk", "2025-03-31")
    >>> print(made.title)
    Norfolk: how Ofsted has graded its children's services
    >>> [part.key for part in made.sections][:4]
    ['standing', 'history', 'change', 'peers']
    """
    own = find_authority(authority, date=date)
    who = load_authorities().set_index("authority_id").loc[own]
    closed: Any = who["closed"]
    day = day_in_record(closed if date is None and pd.notna(closed) else date, "date")
    if pd.notna(who["opened"]) and day < who["opened"]:
        raise DataError(
            f"{who['name']} began on {long_date(who['opened'])}: there is nothing on it at "
            f"{long_date(day)}."
        )
    found = _Known(own, str(who["name"]), day)
    parts = [
        _standing(found),
        _history(found),
        _change(found),
        _peers(found, group),
        _visits(found),
        _how_long(found),
        _caveats(found),
        _record(found),
    ]
    made = Briefing(
        own,
        found.name,
        day,
        f"{found.name}: how Ofsted has graded its children's services",
        (briefing.summary(own, day),),
        tuple(part for part in parts if part is not None),
    )
    return replace(made, sections=(*made.sections, _about(made)))


class _Known:
    """What is known of one authority on a day, looked up once."""

    def __init__(self, own: str, name: str, day: pd.Timestamp):
        self.own, self.name, self.day = own, name, day
        self.standing = briefing.standing(own, day)
        self.judgements = None if day == data_complete_to() else _until(day)
        """Those known on the day; None for all that there are."""
        inspections = load_inspections().sort_values(["last_day", "inspection_id"])
        self.inspections = known_on(inspections, own, day)
        ended = last_made("overall")
        self.theme = "help_and_protection"
        if ended is not None and day <= ended and (self._current("overall")["grade"].notna()).any():
            self.theme = "overall"
        """The theme of comparisons: the whole, as long as it is judged."""

    def _current(self, theme: str) -> pd.DataFrame:
        now = self.standing
        return now[now["current"] & (now["theme"] == theme)]

    @property
    def grade(self) -> Any:
        """The row that stands for the theme of comparisons; None without a grade."""
        rows = self._current(self.theme)
        rows = rows[rows["grade"].notna()]
        return None if rows.empty else rows.iloc[0]

    @property
    def full(self) -> pd.DataFrame:
        """Its inspections but for those that reviewed the safeguarding children board alone."""
        return self.inspections[self.inspections["inspection_type"] != BOARD_REVIEW]


def _until(day: pd.Timestamp) -> pd.DataFrame:
    every = load_judgements()
    return every[~(every["published_date"] > day) & (every["last_day"] <= day)]


# Where it stands


def _standing(found: _Known) -> Section:
    now = found.standing[found.standing["current"] & (found.standing["reason"] != "not known")]
    now = now[now["grade"].notna() | now["inspection_id"].notna()]
    if now.empty:
        return Section(
            "standing",
            "Where it stands",
            (f"No grade of {found.name} was known on {long_date(found.day)}.",),
        )
    rows = []
    for row in now.to_dict("records"):
        before = pd.Series(row).filter(like="previous_").rename(lambda n: n[len("previous_") :])
        since = _same_since(found, row["theme"]) if pd.notna(row["grade"]) else ""
        rows.append(
            {
                "Judgement": sentence(notes.theme_name(row["theme"])),
                "Grade": _grade_or_reason(row),
                "Inspection ended": when(pd.Series(row)),
                "Same grade since": since,
                "Grade before": f"{sentence(before['grade'])} ({in_short(before)})"
                if pd.notna(before["grade"])
                else "none known",
            }
        )
    words = [
        "'Same grade since' is the end of the first of the inspections in a row that gave this "
        "grade and can be compared directly."
    ]
    older = found.standing[~found.standing["current"] & found.standing["grade"].notna()]
    if len(older):
        told = [
            f"{notes.theme_name(row['theme'])} {row['grade']} ({in_short(row)})"
            for _, row in older.iterrows()
        ]
        words.append(f"Last graded under earlier frameworks: {listed(told)}.")
    table = Table(f"Latest grades of {found.name}, as known on {long_date(found.day)}",
                  pd.DataFrame(rows))  # fmt: skip
    return Section("standing", "Where it stands", tuple(words), tables=(table,))


def _grade_or_reason(row: Any) -> str:
    if pd.notna(row["grade"]):
        return sentence(str(row["grade"]))
    return {"judgement not made": "No such judgement made"}.get(
        row["reason"], sentence(row["reason"])
    )


def _same_since(found: _Known, theme: str) -> str:
    """When the run of equal grades that compare directly began, as exactly as is known."""
    past = known_on(judgements_on(theme), found.own, found.day)
    same = notes.joined(past, "authority_id") & (past["grade"] == past["grade"].shift())
    first = past[~same].iloc[-1]
    return roughly(first["last_day"], first["date_precision"])


# Its history


def _history(found: _Known) -> Section | None:
    graded = known_on(load_judgements(), found.own, found.day)["grade"]
    if graded.isna().all():
        return None
    chart = partial(timeline, found.own, date=found.day)
    return Section("history", "Its history", chart=chart)


# What changed


def _change(found: _Known) -> Section | None:
    if found.full.empty:
        return None
    last = found.full.iloc[-1]
    rows = found.standing[found.standing["inspection_id"] == last["inspection_id"]]
    rows = rows[rows["grade"].notna()]
    if rows.empty:
        return None
    points = []
    for heading, chosen in (
        ("Graded higher than before", rows["steps"] > 0),
        ("Graded the same", rows["steps"] == 0),
        ("Graded lower than before", rows["steps"] < 0),
        ("Graded, with no earlier grade known", rows["steps"].isna()),
    ):
        told = [_step(row) for row in rows[chosen.fillna(False)].itertuples()]
        if told:
            points.append(f"{heading}: {'; '.join(told)}.")
    framework = _framework(last["framework_id"])
    out = last["published_date"]
    published = "" if pd.isna(out) else f"; the report came out on {long_date(out)}"
    words = [f"The latest full inspection ended in {in_short(last)} ({framework}){published}."]
    if not rows["comparable"].fillna(True).all():
        words.append(
            "'In part' marks grades that compare only in part: the two inspections did not judge "
            "quite the same services, or went by different rules, so a change of grade need not be "
            "a change in services."
        )
    return Section("change", "What changed at the latest inspection", tuple(words), tuple(points))


def _step(row: Any) -> str:
    name = notes.theme_name(row.theme)
    if pd.isna(row.steps):
        return f"{name} ({row.grade})"
    part = "" if row.comparable else ", in part"
    if row.grade == row.previous_grade:
        return f"{name} ({row.grade} both times{part})"
    return f"{name} ({row.previous_grade} to {row.grade}{part})"


def _framework(framework_id: str) -> str:
    names = load_frameworks().set_index("framework_id")["name"]
    plain = str(names[framework_id]).partition(":")[0]
    return f"{plain[:1].lower()}{plain[1:]}, {notes.framework_name(framework_id)}"


# Beside others


def _peers(found: _Known, group: str | Sequence[str] | None) -> Section | None:
    words = []
    chosen: Any = "statistical neighbours" if group is None else group
    try:
        theirs = peers(found.own, chosen, date=found.day)
        if chosen == "statistical neighbours":
            check_close(found.own, neighbour_model(found.own, found.day))
    except DataError as error:
        if group is not None:
            raise
        words.append(f"It is not set beside statistical neighbours. {error}".replace(
            " Choose another group.", ""))  # fmt: skip
        chosen, theirs = "region", peers(found.own, "region", date=found.day)
    words.append(_whom(found, chosen, theirs))
    share = _share_of_england(found)
    if share:
        words.append(share)
    tables = [
        table for table in (_counts(found, chosen), _by_grade(found, chosen, theirs)) if table
    ]
    graded = [theme for theme in _compared(found)
              if as_known(found.day, theme).loc[theirs, "grade"].notna().any()]  # fmt: skip
    chart = None
    if graded:
        chart = partial(profile, found.own, chosen, theme=graded, date=found.day,
                        published_by=found.day)  # fmt: skip
    return Section("peers", "Beside other authorities", tuple(words), tables=tuple(tables),
                   chart=chart)  # fmt: skip


def _whom(found: _Known, group: Any, theirs: list[str]) -> str:
    """Who its peers are: by name, unless there are so many that the table alone names them."""
    everyone = load_authorities().set_index("authority_id")
    named = listed(everyone.loc[theirs, "name"].tolist()) if theirs else "none"
    if group == "statistical neighbours":
        model = neighbour_model(found.own, found.day)
        return (
            "Statistical neighbours are authorities alike in the families and places that they "
            f"serve; those of {found.name} (model of {model}, closest first) are {named}."
        )
    if group == "region":
        where = in_region(str(everyone["region"][found.own]))
        if len(theirs) > notes.NAMED:
            return f"It is set beside the {len(theirs)} others {where}, named in the table below."
        return f"It is set beside the others {where}: {named}."
    return f"It is set beside the authorities chosen: {named}."


def _compared(found: _Known) -> list[str]:
    """The themes on which it has a grade now and which are still judged, the main ones."""
    now = found.standing
    now = now[now["current"] & now["grade"].notna()]
    ended = {theme: last_made(theme) for theme in now["theme"]}
    open_ = [t for t, last in ended.items() if last is None or found.day <= last]
    return open_[:6]


def _counts(found: _Known, group: Any) -> Table | None:
    """How many peers were graded higher, level and lower, a column for each group of peers."""
    about = _compared(found)
    if not about:
        return None
    region = str(load_authorities().set_index("authority_id")["region"][found.own])
    named = {group: group} if isinstance(group, str) else {"those chosen": list(group)}
    groups = {
        name: peers(found.own, whom, date=found.day)
        for name, whom in (named | {"region": "region", "England": "England"}).items()
    }
    beside = compare(found.own, groups, theme=about, date=found.day, published_by=found.day)
    beside = beside[beside["graded"] > 0]
    rows = []
    for theme, own in beside.groupby("theme", sort=False):
        row = {"Judgement": sentence(notes.theme_name(str(theme))),
               "Its grade": sentence(str(own["grade"].iloc[0]))}  # fmt: skip
        cells = {
            r.group: f"{r.better} of {r.graded} higher, {r.same} level, {r.worse} lower"
            for r in own.itertuples()
        }
        heads = {name: sentence({"region": region}.get(name, name)) for name in groups}
        rows.append(row | {heads[name]: cells.get(name, "none graded") for name in groups})
    if not rows:
        return None
    return Table(
        f"How many others were graded higher, level with and lower than {found.name} on "
        f"{long_date(found.day)}; it is not counted itself",
        pd.DataFrame(rows),
        _beside_in_numbers(beside),
    )


def _beside_in_numbers(beside: pd.DataFrame) -> pd.DataFrame:
    found = pd.DataFrame(
        {
            "Judgement": beside["theme"].map(notes.theme_name).map(sentence),
            "Its grade": beside["grade"].astype(str),
            "Beside": beside["group"],
            "Others": beside["peers"],
            "With a grade": beside["graded"],
            "Graded higher": beside["better"],
            "Level": beside["same"],
            "Graded lower": beside["worse"],
        }
    )
    return found.reset_index(drop=True)


def _by_grade(found: _Known, group: Any, theirs: list[str]) -> Table | None:
    """Who of its peers had which grade, and since which inspection."""
    now = as_known(found.day, found.theme).loc[theirs].sort_values("authority")
    if now.empty:
        return None
    part = now["grade"].astype(object).fillna("no grade")
    rows = []
    for grade in (*_GRADES, "no grade"):
        those = now[part == grade]
        if len(those):
            told = [
                f"{row['authority']} ({in_short(row)})" if pd.notna(row["grade"])
                else f"{row['authority']} ({row['reason']})"
                for _, row in those.iterrows()
            ]  # fmt: skip
            rows.append({"Grade": sentence(grade), "Authorities": str(len(those)),
                         "Which, and when their inspection ended": ", ".join(told)})  # fmt: skip
    what = notes.theme_name(found.theme)
    kind = group if isinstance(group, str) else "the authorities chosen"
    kind = {"region": "the others in its region"}.get(kind, kind)
    return Table(
        f"{sentence(kind)} by their latest grade for {what}, as known on {long_date(found.day)}",
        pd.DataFrame(rows),
        pd.DataFrame(
            {
                "Authority": now["authority"],
                "ONS code": now["ons_code"],
                f"Grade for {what}": now["grade"].astype(object).fillna(now["reason"]),
                "Inspection ended": now["last_day"],
            }
        ).reset_index(drop=True),
    )


def _share_of_england(found: _Known) -> str:
    now = as_known(found.day, found.theme)
    if not now["grade"].notna().any():
        return ""
    row = grade_share(now).iloc[0]
    good = round(row["share"] * row["graded"])
    return (
        f"In England {good} of {int(row['graded'])} authorities with a grade "
        f"({row['share']:.0%}) were graded good or better {notes.on_theme(found.theme)} on "
        f"{long_date(found.day)}. If each grade could as well have gone the other way, a 95% "
        f"interval would be {row['low']:.0%} to {row['high']:.0%}."
    )


# Visits


def _visits(found: _Known) -> Section:
    visits = known_on(load_visits(), found.own, found.day).sort_values("last_day")
    kinds = load_table("visit_kinds")
    ends = [f"{kind}s to {long_date(min(day, found.day))}"
            for kind, day in zip(kinds["kind"], kinds["at_hand_to"], strict=True)]  # fmt: skip
    note = (
        "Not complete: the record has most letters of focused visits and some reports of joint "
        f"inspections ({listed(ends)}), and no monitoring visits."
    )
    if found.day < kinds["first_visit"].min():
        note = "The record has visits from 2016 on only."
    if visits.empty:
        return Section("visits", "Visits between inspections",
                       (f"No visit to {found.name} is in the record. {note}",))  # fmt: skip
    frame = pd.DataFrame(
        {
            "Visit ended": [when(row) for _, row in visits.iterrows()],
            "Kind": visits["kind"].astype(str).map(sentence),
            "What was looked at": visits["theme"].fillna("not known").map(sentence),
            "Area for priority action": visits["priority_action"].astype(object).fillna(
                "does not apply"),
            "Published": visits["published_date"].map(long_date, na_action="ignore").fillna(""),
        }
    )  # fmt: skip
    table = Table(f"Visits to {found.name} in the record", frame.reset_index(drop=True))
    return Section("visits", "Visits between inspections",
                   (note + " Visits give no grade.",), tables=(table,))  # fmt: skip


# How long others took


def _how_long(found: _Known) -> Section | None:
    row = found.grade
    if row is None:
        return None
    what = notes.on_theme(found.theme)
    begun = spells(found.theme, date=found.day, data=found.judgements)
    begun = begun[begun["authority_id"] != found.own]
    label = str(row["grade"])
    words = []
    raised = load_frameworks().query("third_grade == 'requires improvement'")["first_inspection"]
    if row["band"] == "third" and found.theme != "overall" and found.day >= raised.min():
        label = "adequate or requires improvement"  # the theme was judged before that, too
    try:
        curve = time_in_grade(begun, str(row["band"]))
        words.append(_moved_on(curve, begun, str(row["band"]), label, what, found.day))
    except DataError:
        n = int((begun["band"] == row["band"]).sum())
        words.append(
            f"Up to {long_date(found.day)} other authorities had newly been graded {label} {what} "
            f"{counted(n, 'time')}: too few, or too few that were re-graded since, to say how "
            "long such a grade lasts."
        )
    gap = gap_so_far(found.own, found.day, data=found.judgements)
    if gap["n"] >= 10:
        words.append(
            f"Its latest full inspection had ended {gap['days'] / 365.25:.1f} years before. Of "
            f"{gap['n']} earlier gaps under the same framework after a grade of {gap['grade']} for "
            f"help and protection, half were shorter than {gap['median'] / 365.25:.1f} years "
            f"({gap['shortest'] / 365.25:.1f} to {gap['longest'] / 365.25:.1f}). That is no "
            "forecast: when inspectors come is for Ofsted to decide."
        )
    return Section("how_long", "How long others took", tuple(words))


_YEARS = 5
"""How far ahead it is said how many were re-graded: about as long as a grade lasts."""


def _moved_on(
    curve: pd.DataFrame, begun: pd.DataFrame, band: str, label: str, what: str, day: pd.Timestamp
) -> str:
    """How soon other spells in the same band ended, and which way."""
    n = int((begun["band"] == band).sum())
    first = (
        f"Up to {long_date(day)} other authorities had newly been graded {label} {what} "
        f"{counted(n, 'time')}"
    )
    years = min(int(curve["days"].max() // 365.25), _YEARS)
    if years < 1:
        return f"{first}: not followed for long enough yet to say how long such a grade lasts."
    at = curve[curve["days"] <= years * 365.25].iloc[-1]
    ways = []
    if band != BANDS[-1]:
        ways.append(f"{at['better']:.0%} had been re-graded higher{_between(at, 'better')}")
    if band != BANDS[0]:
        had = "" if ways else "had been "
        ways.append(f"{at['worse']:.0%} {had}re-graded lower{_between(at, 'worse')}")
    told = f"{first}. After {counted(years, 'year')} an estimated {' and '.join(ways)}"
    middle, low, high = median_days(curve)
    if middle == middle and band != BANDS[-1]:
        to = f" to {high / 365.25:.1f}" if high == high else " or longer"
        told += (
            f". Half were re-graded higher within {middle / 365.25:.1f} years (95% interval "
            f"{low / 365.25:.1f}{to})"
        )
    return told + ". A grade changes only when inspectors come."


def _between(at: pd.Series, way: str) -> str:
    low, high = at[f"{way}_low"], at[f"{way}_high"]
    return "" if pd.isna(low) else f" (95% interval {low:.0%} to {high:.0%})"


# Caveats, record, about


def _caveats(found: _Known) -> Section:
    known = briefing.caveats(found.own, found.day)
    known = known[known["about"] != "events"]  # none are shown
    points = [f"{sentence(about)}: {caveat}" for about, caveat in known.to_numpy()]
    points.append(
        "Grades: they say what inspectors found when they came. They count authorities, not "
        "children, and a peer's grade may be years older or newer than this one."
    )
    return Section("caveats", "What to bear in mind", points=tuple(points))


def _record(found: _Known) -> Section | None:
    """Every inspection with its grades, and the source of each."""
    if found.inspections.empty:
        return None
    graded = known_on(load_judgements(), found.own, found.day)
    graded = graded[graded["grade"].notna() | (graded["status"].astype(str) == "not judged")]
    sources = load_sources().set_index("source_id")
    numbers: dict[str, int] = {}
    rows = []
    for inspection in found.inspections.iloc[::-1].to_dict("records"):
        own = graded[graded["inspection_id"] == inspection["inspection_id"]].sort_values(
            ["theme", "position"]
        )
        told = [
            f"{text} [{numbers.setdefault(key, len(numbers) + 1)}]"
            for text, key in _by_source(own, inspection["source_id"])
        ]
        rows.append(
            {
                "Inspection ended": when(pd.Series(inspection)),
                "Kind": notes.framework_name(inspection["framework_id"]),
                "Grades and [source]": "; ".join(told) or "No grade known",
            }
        )
    listing = pd.DataFrame(
        {
            "Number": [str(n) for n in numbers.values()],
            "Source": [_named(sources.loc[[key]].iloc[0]) for key in numbers],
            "Address": [sources.loc[key, "url"] for key in numbers],
        }
    ).fillna("")
    tables = [
        Table(
            f"Every inspection of {found.name}, latest first",
            pd.DataFrame(rows),
            _judgements(graded, sources),
        )
    ]
    if len(listing):
        tables.append(Table("Sources of the grades", listing))
    return Section("record", "Every grade and its source", tables=tuple(tables))


def _judgements(graded: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """A row for each judgement, latest first, with real dates and the address of its source."""
    graded = graded.sort_values(["last_day", "position"], ascending=[False, True], kind="stable")
    return pd.DataFrame(
        {
            "Inspection ended": graded["last_day"],
            "Date known to the": graded["date_precision"].astype(str),
            "Framework": graded["framework_id"].str.upper(),
            "Judgement as printed": graded["area"],
            "Theme": graded["theme"].astype(str).map(notes.theme_name).map(sentence),
            "Grade": graded["grade"].astype(object).fillna(graded["status"].astype(object)),
            "Certainty": graded["certainty"].astype(str),
            "Where in the source": graded["locator"],
            "Source": graded["source_id"].map(sources["title"]),
            "Address": graded["source_id"].map(sources["url"]),
        }
    ).reset_index(drop=True)


def _by_source(own: pd.DataFrame, default: str) -> Iterator[tuple[str, str]]:
    """The grades of an inspection in words, those of one source together, and the source."""
    for key, rows in own.groupby(own["source_id"].fillna(default), sort=False):
        given = rows["grade"].astype(object).fillna(rows["status"].astype(object))
        judged = [_judged(row, own) for row in rows.itertuples()]
        yield (
            ", ".join(f"{one} {grade}" for one, grade in zip(judged, given, strict=True)),
            str(key),
        )


def _judged(row: Any, own: pd.DataFrame) -> str:
    """What was judged: the theme, or the area as printed where it is more or other than that."""
    if row.comparability == "direct" and (own["theme"] == row.theme).sum() == 1:
        return notes.theme_name(row.theme)
    return f"{row.area[:1].lower()}{row.area[1:]}:"


def _named(source: pd.Series) -> str:
    out = source["published_date"]
    day = "" if pd.isna(out) else f", {long_date(out)}"
    return f"{source['publisher']}: {source['title']}{day}"


def _about(made: Briefing) -> Section:
    described = schema.descriptor()
    points = [
        f"As known on {long_date(made.day)}: inspections that had ended by then, with reports "
        "published by then. An inspection counts from its last day; where the day of publication "
        "is not known, the report counts as published.",
        f"Data version {described['version']}, complete to {long_date(described['completeTo'])}.",
        "These are not official statistics, and this is not a publication of Ofsted's.",
        render.licence(),
    ]
    spelt = notes.spelt_out(_texts(made))
    if spelt:
        points.append(f"Abbreviations: {spelt}")
    return Section("about", "About this briefing", points=tuple(points))


def _texts(made: Briefing) -> Iterator[str]:
    for part in made.sections:
        yield from (*part.words, *part.points)
        for table in part.tables:
            if "Address" not in table.frame:
                yield from table.frame.astype(str).to_numpy().ravel()


def group_named(words: str, date: Day | None = None) -> str | list[str]:
    """What was written after ``--peers``: the name of a group, or authorities with commas between.

    Raises
    ------
    DataError
        No name is among the words.
    UnknownAuthorityError
        No authority goes by one of the names, or it did not exist on the day.

    Examples
    --------
    >>> group_named("neighbours"), group_named("York, Hull")
    ('statistical neighbours', ['york', 'kingston-upon-hull'])
    """
    if words in ("neighbours", "statistical neighbours", "region"):
        return words if words == "region" else "statistical neighbours"
    names = [name.strip() for name in words.split(",") if name.strip()]
    told = "--peers takes neighbours, region, or names of authorities with commas between"
    if not names:
        raise DataError(f"{told}.")
    try:
        return [find_authority(name, date=date) for name in names]
    except UnknownAuthorityError as error:
        raise UnknownAuthorityError(f"{told}. {error}") from error
