"""Briefings as files: Word, PowerPoint, one web page, a spreadsheet; for one authority or all."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from ofsted_analysis.analysis.outcomes import day_in_record
from ofsted_analysis.publish.page import page
from ofsted_analysis.publish.pictures import Pictures
from ofsted_analysis.publish.sections import Briefing, compose
from ofsted_analysis.publish.sheets import book
from ofsted_analysis.publish.slides import slides
from ofsted_analysis.publish.word import word
from ofsted_analysis.tables import schema, writing
from ofsted_analysis.tables.authorities import existing
from ofsted_analysis.tables.days import Day
from ofsted_analysis.tables.errors import DataError, UnknownAuthorityError
from ofsted_analysis.tables.load import load_authorities


def _spreadsheet(made: Briefing, _: Pictures) -> bytes:
    """The tables behind a briefing, a sheet each."""
    described = schema.descriptor()
    sheets, titles = {}, {}
    for part in made.sections:
        for place, table in enumerate(part.tables, start=1):
            name = part.heading[:28] + (f" {place}" if len(part.tables) > 1 else "")
            sheets[name] = table.frame if table.data is None else table.data
            titles[name] = table.caption
    about, caveats = made.section("about"), made.section("caveats")
    return book(
        sheets,
        titles,
        cover={
            "title": made.title,
            "intro": [made.subtitle, *made.headline],
            "about": [*(about.points if about else ()), *(caveats.points if caveats else ())],
            "contact": ["A wrong grade? CONTRIBUTING.md in the project says how to tell us."],
        },
        properties={"title": made.title, "subject": made.subtitle, "author": "ofsted-analysis",
                    "comments": f"Data version {described['version']}."},
        day=made.day,
        wrapped=tuple(sheets),
    )  # fmt: skip


FORMATS: dict[str, Callable[[Briefing, Pictures], bytes]] = {
    "html": page,
    "docx": word,
    "pptx": slides,
    "xlsx": _spreadsheet,
}
"""Each format, with what makes the content of its file."""


def documents(
    authority: str,
    date: Day | None = None,
    *,
    group: str | Sequence[str] | None = None,
    formats: Sequence[str] = tuple(FORMATS),
) -> dict[str, bytes]:
    """A briefing on one authority in each format, by the name of its file.

    Parameters
    ----------
    authority, date, group
        As for `compose`.
    formats
        Any of 'html', 'docx', 'pptx' and 'xlsx'.

    Returns
    -------
    dict
        The content of each file; the same bytes for the same data.

    Raises
    ------
    DataError
        There is no such format, what makes it is not installed, or as for `compose`.
    UnknownAuthorityError
        No authority goes by that name, or it did not exist on the day.

    Examples
    --------
    >>> list(documents("Norfolk", "2025-03-31", formats=["html"]))
    ['briefing-norfolk-2025-03-31.html']
    """
    _known_formats(formats)
    made, pictures = compose(authority, date, group=group), Pictures()
    name = f"briefing-{made.authority_id}-{made.day.date()}"
    try:
        return {f"{name}.{kind}": FORMATS[kind](made, pictures) for kind in dict.fromkeys(formats)}
    except ImportError as error:
        raise DataError(
            f"Documents need {error.name}: pip install 'ofsted-analysis[documents,export]'."
        ) from error


def _known_formats(formats: Sequence[str]) -> None:
    for kind in formats:
        if kind not in FORMATS:
            raise DataError(f"There is no format {kind!r}. The formats are: {', '.join(FORMATS)}.")


def write(
    authority: str,
    out: Path,
    date: Day | None = None,
    *,
    group: str | Sequence[str] | None = None,
    formats: Sequence[str] = tuple(FORMATS),
    force: bool = False,
) -> list[Path]:
    """Write a briefing on one authority: all its files, or none.

    Parameters
    ----------
    authority, date, group, formats
        As for `documents`.
    out
        The folder.
    force
        Whether files that are there already are replaced.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    DataError
        As for `documents`, or a file is there already.
    """
    found = documents(authority, date, group=group, formats=formats)
    there = [name for name in found if (out / name).exists()]
    if there and not force:
        raise DataError(
            f"{', '.join(there)} in {out}: there already, and kept. Say --force to replace, or "
            "--out for another folder."
        )
    writing.replace_files({Path(name): content for name, content in found.items()}, out)
    return [out / name for name in found]


def write_all(
    out: Path,
    date: Day | None = None,
    *,
    group: str | None = None,
    formats: Sequence[str] = tuple(FORMATS),
    force: bool = False,
) -> Iterator[tuple[str, list[Path] | str]]:
    """Write a briefing on every authority, on all processors.

    Parameters
    ----------
    out, date, group, formats, force
        As for `write`. Without a date also those that are no more, as known on their last day.

    Yields
    ------
    tuple
        The authority_id, and its files, or why there are none.

    Raises
    ------
    DataError
        There is no such format.
    """
    _known_formats(formats)
    with ProcessPoolExecutor() as pool:
        runs = {
            pool.submit(_one, own, out, date, group, formats, force): own for own in there(date)
        }
        for run in as_completed(runs):
            yield runs[run], run.result()


def there(date: Day | None) -> list[str]:
    """The authorities that existed on a day; without one, all that ever did.

    Examples
    --------
    >>> len(there(None)), len(there("2013-01-01"))
    (158, 152)
    """
    everyone = load_authorities()
    if date is not None:
        everyone = existing(everyone, day_in_record(date, "date"))
    return everyone["authority_id"].tolist()


def _one(
    own: str, out: Path, date: Day | None, group: str | None, formats: Sequence[str], force: bool
) -> list[Path] | str:
    """One of many: what goes wrong with it is told, and stops no other."""
    try:
        return write(own, out, date, group=group, formats=formats, force=force)
    except (DataError, UnknownAuthorityError) as error:
        return str(error)
    except Exception as error:  # one that nobody foresaw stops no other, either
        return f"{type(error).__name__}: {error}"
