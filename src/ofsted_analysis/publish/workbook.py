"""The tables as an accessible spreadsheet that opens on "my authority, now".

Cover, contents, notes and one table a sheet, by gptables (the Government Analysis Function's
standard). The first sheet looks its answers up with INDEX and MATCH, which every spreadsheet
program knows.
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ofsted_analysis.analysis.outcomes import as_at
from ofsted_analysis.analysis.themes import judgements_on
from ofsted_analysis.publish.contents import JOINED, Content
from ofsted_analysis.publish.sheets import BODY, book, objects
from ofsted_analysis.tables import schema

if TYPE_CHECKING:
    from gptables import GPTable, GPWorkbook

NOW = "My authority, now"
_AUTHORITIES, _GRADES, _DICTIONARY = "Authorities now", "Grades now", "Data dictionary"
_CHOICE = "B5"  # the cell in which the authority is chosen
_NOT_KNOWN = "not known"

_NOTES = {
    "overall": "Since April 2026 inspections make no judgement of overall effectiveness. Where the "
    "latest inspection made no judgement, the table says so and gives the grade before.",
    "third": "'Adequate' (until 2013) and 'requires improvement' (since) are both the third of "
    "four grades, but they are not the same grade: the bar was raised.",
    "before": "The grade before is that of the inspection before the latest that graded this "
    "theme, under whichever framework. Frameworks differ in what they judged: see comparability "
    "in the table of judgements before you compare.",
    "certainty": "'report': read in Ofsted's own report of that inspection; 'restated': Ofsted "
    "states it in a later report or statistic; 'stated': another source states it; 'implied': the "
    "source leaves open which judgement it means.",
    "empty": "An empty cell means not known, or nothing to say; the data dictionary says which.",
}


def workbook(found: dict[str, Content], *, data_dir: str | Path | None = None) -> bytes:
    """The spreadsheet, as the content of an .xlsx file.

    Parameters
    ----------
    found
        The tables, as from `contents`.
    data_dir
        Folder that they are from, if not the packaged one.

    Raises
    ------
    DataError
        gptables is not installed.
    """
    about = schema.descriptor(data_dir)
    complete = date.fromisoformat(about["completeTo"])
    authorities, grades = _authorities_now(found, complete), _grades_now(found, complete)
    empty = [name for name, content in found.items() if content.frame.empty]
    frames = {
        _AUTHORITIES: authorities,
        _GRADES: grades,
        _DICTIONARY: _dictionary(found),
    } | {name: content.frame for name, content in found.items() if name not in empty}
    titles = {
        _AUTHORITIES: "Authorities that exist now, with their latest inspection",
        _GRADES: "The latest grade of each authority on each theme that is judged now",
        _DICTIONARY: "Data dictionary: what each field of each table holds",
    } | {name: f"{found[name].table.title} ({name})" for name in found}
    return book(
        frames,
        titles,
        cover=_cover(about, empty),
        properties={
            "title": about["title"],
            "subject": about["description"],
            "author": about["contributors"][0]["title"],
            "keywords": ", ".join(about["keywords"]),
            "comments": f"Data version {about['version']}. {about['licenses'][0]['title']}.",
        },
        day=complete,
        notes=_NOTES,
        wrapped=(_DICTIONARY,),
        first=lambda gptables: {NOW: _now_table(gptables, authorities, grades, complete)},
        last=lambda made: _write_now(made, authorities, grades),
    )


# What stands now


def _themes_now(found: dict[str, Content]) -> list[str]:
    """The themes of the frameworks still in use, in the order of the data package."""
    frameworks = found["frameworks"].frame
    in_use = frameworks.loc[frameworks["last_inspection"].isna(), "framework_id"]
    areas = found["judgement_areas"].frame
    return [
        theme
        for theme in areas["theme"].cat.categories
        if (areas["framework_id"].isin(in_use) & (areas["theme"] == theme)).any()
    ]


def _labels(found: dict[str, Content], table: str, key: str, label: str) -> dict[str, str]:
    """What is printed for each key of a table."""
    return dict(found[table].frame[[key, label]].itertuples(index=False, name=None))


def _grades_now(found: dict[str, Content], complete: date) -> pd.DataFrame:
    """One row per authority and theme: the grade now, the one before, and where they stand."""
    judgements, everyone = found[JOINED].frame, found["authorities"].frame
    sources: dict[Any, Any] = {r.source_id: r for r in found["sources"].frame.itertuples()}
    report = _labels(found, "inspections", "inspection_id", "source_id")
    frameworks = _labels(found, "frameworks", "framework_id", "label")
    themes = _labels(found, "themes", "theme", "label")
    parts = []
    for theme in _themes_now(found):
        history = judgements_on(theme, data=judgements)
        graded: dict[str, list[Any]] = {}
        row: Any
        for row in history[history["grade"].notna()].itertuples():
            graded.setdefault(row.authority_id, []).append(row)
        now = as_at(complete, theme, data=judgements, authorities=everyone)
        for row in now.itertuples():
            inspected = not pd.isna(row.inspection_id)
            earlier = [r for r in graded.get(row.authority_id, ()) if r.last_day < row.last_day]
            before = earlier[-1] if earlier else None
            source_id = report.get(row.inspection_id) if pd.isna(row.source_id) else row.source_id
            source = sources.get(source_id)
            parts.append(
                {
                    "Authority and theme": f"{row.authority}: {themes[theme].capitalize()}",
                    "Authority": row.authority,
                    "Theme": themes[theme].capitalize(),
                    "Grade now": row.reason if pd.isna(row.grade) else row.grade,
                    "Inspection ended": row.last_day,
                    "Report published": row.published_date,
                    "Name of the judgement": "no such judgement" if pd.isna(row.area) else row.area,
                    "Framework": frameworks[row.framework_id] if inspected else None,
                    "Grade before": before.grade if before else "none known",
                    "Ended before": before and before.last_day,
                    "Framework before": before and frameworks[before.framework_id],
                    "Certainty": "not graded" if pd.isna(row.grade) else row.certainty,
                    "Source": source and source.title,
                    "Link": source and source.url,
                }
            )
    frame = pd.DataFrame(parts)
    days = ["Inspection ended", "Report published", "Ended before"]
    return objects(frame.astype(dict.fromkeys(days, "datetime64[s]")))


def _authorities_now(found: dict[str, Content], complete: date) -> pd.DataFrame:
    """One row per authority that exists: what it is, and its latest inspection."""
    everyone = found["authorities"].frame
    now = as_at(complete, "help_and_protection", data=found[JOINED].frame, authorities=everyone)
    codes = everyone.set_index("authority_id").loc[now["authority_id"]].reset_index()
    names = _labels(found, "frameworks", "framework_id", "name")
    labels = _labels(found, "frameworks", "framework_id", "label")
    return objects(
        pd.DataFrame(
            {
                "Authority": now["authority"],
                "Region": now["region"],
                "Ofsted region": now["ofsted_region"],
                "Type": now["authority_type"],
                "ONS code": now["ons_code"],
                "LA number": codes["la_number"],
                "Latest inspection": now["framework_id"].map(names),
                "Framework": now["framework_id"].map(labels),
                "Inspection ended": now["last_day"],
                f"Days to {complete}": now["days_since"],
            }
        ).sort_values("Authority", ignore_index=True)
    )


# Sheets


def _dictionary(found: dict[str, Content]) -> pd.DataFrame:
    rows = [
        {
            "Table": name,
            "Field": field.name,
            "Type": field.type,
            "Unit": field.unit or None,
            "Description": field.description,
            "Categories": ", ".join(field.categories) or None,
            "Example": str(field.example),
        }
        for name, content in found.items()
        for field in content.table.fields
    ]
    return objects(pd.DataFrame(rows, dtype=object))


def _cover(about: dict[str, Any], empty: list[str]) -> dict[str, Any]:
    without = [f"Tables without rows, so without a sheet: {', '.join(empty)}."] if empty else []
    licence = about["licenses"][0]
    return {
        "title": about["title"],
        "intro": [
            about["description"],
            f"The worksheet '{NOW}' gives the latest grades of the authority that you choose.",
        ],
        "about": [
            f"Data version {about['version']}.",
            f"Licence: [{licence['title']}]({licence['path']}). Contains public sector information "
            "of Ofsted's, Crown copyright.",
            "Every grade carries its source. This is not a publication of Ofsted's.",
            *without,
        ],
        "contact": ["A wrong grade? CONTRIBUTING.md in the project says how to tell us."],
    }


def _now_table(
    gptables: Any, authorities: pd.DataFrame, grades: pd.DataFrame, complete: date
) -> "GPTable":
    """The table of the first sheet as it is for the first authority of the list."""
    first = authorities["Authority"].iloc[0]
    own = grades[grades["Authority"] == first]
    shown = own[_SHOWN].where(own[_SHOWN].notna(), _NOT_KNOWN).reset_index(drop=True)
    until = f"{complete.day} {complete:%B %Y}"
    return gptables.GPTable(
        table=shown.astype(object),
        table_name="my_authority_now",
        title=NOW,
        subtitles=[
            f"Latest grades for children's services, from reports published by {until}",
            f"Choose an authority in cell {_CHOICE}: press Alt and the down arrow for the list, or "
            "type a name",
        ],
        instructions="This worksheet contains one table below the choice of authority. Notes are "
        "on the worksheet Notes.",
        table_notes={
            "Theme": "$$overall$$",
            "Grade now": "$$third$$",
            "Grade before": "$$before$$",
            "Certainty": "$$certainty$$",
        },
        index_columns={2: 0},
        table_row_index=_FIRST_ROW,
        additional_formatting=[
            {"column": {"columns": [place], "format": _STYLES[column], "include_names": False}}
            for place, column in enumerate(_SHOWN)
            if column in _STYLES
        ],
    )


_DAY = {"num_format": "d mmm yyyy", "align": "left"}
_STYLES: dict[str, dict[str, Any]] = {
    "Theme": {"valign": "top"},
    "Grade now": {"bold": True},
    "Inspection ended": _DAY,
    "Report published": _DAY,
    "Ended before": _DAY,
    "Source": {"font_color": "blue", "underline": True},
}
_SHOWN = [
    "Theme", "Grade now", "Inspection ended", "Report published", "Name of the judgement",
    "Framework", "Grade before", "Ended before", "Framework before", "Certainty", "Source",
]  # fmt: skip
_WIDTHS = (24, 28, 16, 16, 50, 13, 24, 16, 14, 14, 60)
_FACTS = ("Region", "Type", "Latest inspection", "Inspection ended")
"""Facts of the authority between the choice and the table."""
_FIRST_ROW = 4 + 1 + len(_FACTS)  # four lines of words, the choice, the facts


def _range(sheet: str, frame: pd.DataFrame, column: str, first_row: int) -> str:
    from xlsxwriter.utility import xl_range_abs

    place = frame.columns.get_loc(column)
    return f"'{sheet}'!" + xl_range_abs(first_row, place, first_row + len(frame) - 1, place)


def _write_now(made: "GPWorkbook", authorities: pd.DataFrame, grades: pd.DataFrame) -> None:
    """Formulas in place of the values, the choice above them, and the sheet in front."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    sheet = made.get_worksheet_by_name(NOW)
    base = {"font_name": "Arial", "font_size": 12, "align": "left", "valign": "top"}
    label = made.add_format(base | {"bold": True})
    choice = made.add_format(base | {"bold": True, "border": 1, "bg_color": "#FFF2CC"})
    names = _range(_AUTHORITIES, authorities, "Authority", BODY)
    first = authorities.iloc[0]
    chosen = f"${_CHOICE[0]}${_CHOICE[1:]}"
    sheet.write(4, 0, "Authority", label)
    sheet.write(4, 1, first["Authority"], choice)
    sheet.data_validation(
        4,
        1,
        4,
        1,
        {
            "validate": "list",
            "source": f"={names}",
            "input_title": "Authority",
            "input_message": "Choose from the list or type a name as it stands there.",
            "error_title": "Not in the list",
            "error_message": "Choose one of the authorities in the list. Authorities that no "
            "longer exist are in the table of inspections.",
        },
    )

    def lookup(sheet_name: str, frame: pd.DataFrame, column: str, key: str, value: str) -> str:
        row = f"MATCH({value},{_range(sheet_name, frame, key, BODY)},0)"
        return f"INDEX({_range(sheet_name, frame, column, BODY)},{row})"

    def known(found: str) -> str:
        return f'=IFERROR(IF({found}="","{_NOT_KNOWN}",{found}),"")'

    for place, fact in enumerate(_FACTS, start=5):
        found = lookup(_AUTHORITIES, authorities, fact, "Authority", chosen)
        sheet.write(place, 0, fact, label)
        sheet.write_formula(
            place,
            1,
            known(found),
            made.add_format(base | _STYLES.get(fact, {})),
            _cached(first[fact]),
        )

    own = grades[grades["Authority"] == first["Authority"]].reset_index(drop=True)
    for line in range(len(own)):
        row = _FIRST_ROW + 1 + line
        key = f'{chosen}&": "&{xl_rowcol_to_cell(row, 0, col_abs=True)}'
        for place, column in enumerate(_SHOWN[1:], start=1):
            found = lookup(_GRADES, grades, column, "Authority and theme", key)
            style = base | {"text_wrap": True} | _STYLES.get(column, {})
            formula = known(found)
            if column == "Source":
                link = lookup(_GRADES, grades, "Link", "Authority and theme", key)
                formula = f'=IFERROR(HYPERLINK({link},{found}),"")'
            value = _cached(own.loc[line, column])
            sheet.write_formula(row, place, formula, made.add_format(style), value)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    for line in range(len(own) + 1):
        sheet.set_row(_FIRST_ROW + line, 34)  # two lines: what a formula finds may be wrapped
    sheet.activate()
    sheet.set_selection(_CHOICE)


def _cached(value: Any) -> Any:
    """A value as a spreadsheet keeps it with its formula: dates are days since 1900."""
    if value is None or pd.isna(value):
        return _NOT_KNOWN
    return (value - date(1899, 12, 30)).days if isinstance(value, date) else value
