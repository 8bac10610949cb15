"""A briefing as PowerPoint slides: three to five, 16 to 9."""

import io
from collections.abc import Sequence
from typing import Any

from ofsted_analysis.publish.packed import repacked
from ofsted_analysis.publish.pictures import Pictures
from ofsted_analysis.publish.sections import Briefing, Section, Table

_TITLE_SLIDE, _TITLE_AND_TEXT, _TITLE_ONLY = 0, 1, 5  # layouts of python-pptx's own template
_WIDE, _HIGH = 33.867, 19.05  # centimetres
_EDGE, _TOP = 1.2, 3.4


def slides(made: Briefing, pictures: Pictures) -> bytes:
    """The briefing as the content of a .pptx file.

    Titles and text in the placeholders of the layouts, alternative text on pictures, what to bear
    in mind in the notes; the same bytes for the same briefing.
    """
    import pptx
    from pptx.oxml.ns import qn

    show = pptx.Presentation()
    _widen(show)
    first = show.slides.add_slide(show.slide_layouts[_TITLE_SLIDE])
    _place(first.shapes.title, made.title, 36, top=3, high=3.5, bold=True)
    _place(first.placeholders[1], "\n".join([*made.headline, made.subtitle]), 20, top=7, high=10)
    _notes(first, made)
    for key in ("standing", "history", "peers"):
        section = made.section(key)
        if section is None:
            continue
        if section.chart:
            _chart_slide(show, section, pictures)
        elif section.tables:
            slide = _titled(show, _TITLE_ONLY, section.tables[0].caption)
            _table(slide, section.tables[0])
        else:
            slide = _titled(show, _TITLE_AND_TEXT, f"{made.authority}: {section.heading.lower()}")
            _bullets(slide, section.words)
    caveats, how_long = made.section("caveats"), made.section("how_long")
    assert caveats is not None  # every briefing has some
    slide = _titled(show, _TITLE_AND_TEXT, caveats.heading)
    most = [text for text in caveats.points if len(text) < 260][:4]
    _bullets(slide, [*most, *(how_long.words[:1] if how_long else ())])
    for slide in list(show.slides)[1:]:
        _notes(slide, made)
    for slide in show.slides:
        for shape in list(slide.placeholders):  # an empty one would print its prompt
            if not shape.has_text_frame or not shape.text_frame.text:
                shape._element.getparent().remove(shape._element)
    about = show.core_properties
    about.title, about.author, about.subject = made.title, "ofsted-analysis", made.subtitle
    about.language, about.last_modified_by, about.keywords = "en-GB", "ofsted-analysis", ""
    about.created = about.modified = made.day.to_pydatetime()
    for slide in show.slides:
        for run in slide.element.iter(qn("a:rPr")):
            run.set("lang", "en-GB")
    out = io.BytesIO()
    show.save(out)
    return repacked(out.getvalue())


def _widen(show: Any) -> None:
    """The template is 4 to 3: its layouts are drawn out to 16 to 9."""
    from pptx.util import Cm

    wider = Cm(_WIDE) / show.slide_width
    taller = Cm(_HIGH) / show.slide_height
    show.slide_width, show.slide_height = Cm(_WIDE), Cm(_HIGH)
    for layout in (show.slide_master, *show.slide_layouts):
        for shape in layout.placeholders:
            places = (shape.left, shape.top, shape.width, shape.height)
            if None in places:
                continue
            left, top, width, height = places
            shape.left, shape.width = round(left * wider), round(width * wider)
            shape.top, shape.height = round(top * taller), round(height * taller)


def _titled(show: Any, layout: int, title: str) -> Any:
    """A new slide with its title."""
    slide = show.slides.add_slide(show.slide_layouts[layout])
    points = 28 if len(title) < 90 else 22 if len(title) < 190 else 18 if len(title) < 260 else 15
    _place(slide.shapes.title, title, points, top=0.6, high=2.6, bold=True)
    return slide


def _place(
    shape: Any, text: str, points: int, *, top: float, high: float, bold: bool = False
) -> None:
    """Text into a placeholder over the width of the slide, from the left, in dark letters."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Cm, Pt

    shape.left, shape.width = Cm(_EDGE), Cm(_WIDE - 2 * _EDGE)
    shape.top, shape.height = Cm(top), Cm(high)
    shape.text_frame.text = text
    shape.text_frame.word_wrap = True
    shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE if high < 5 else MSO_ANCHOR.TOP
    for paragraph in shape.text_frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = Pt(points), bold, "Arial"
            run.font.color.rgb = RGBColor.from_string("222222")


def _chart_slide(show: Any, section: Section, pictures: Pictures) -> None:
    from pptx.util import Cm

    chart = pictures.chart(section, "slide body")
    slide = _titled(show, _TITLE_ONLY, f"{chart.message}.")
    wide, high = (side * 2.54 for side in chart.get_size_inches())
    shrink = min((_WIDE - 2 * _EDGE) / wide, (_HIGH - _TOP - 0.4) / high)
    picture = slide.shapes.add_picture(
        io.BytesIO(pictures.png(section, "slide body")), Cm((_WIDE - wide * shrink) / 2), Cm(_TOP),
        Cm(wide * shrink),
    )  # fmt: skip
    about = picture._element.nvPicPr.cNvPr
    about.set("descr", chart.alt)
    about.set("title", chart.message)


def _table(slide: Any, table: Table) -> None:
    from pptx.util import Cm, Pt

    frame = table.frame
    rows, columns = len(frame) + 1, len(frame.columns)
    drawn = slide.shapes.add_table(rows, columns, Cm(_EDGE), Cm(_TOP), Cm(_WIDE - 2 * _EDGE),
                                   Cm(1.2 * rows))  # fmt: skip
    drawn._element.nvGraphicFramePr.cNvPr.set("descr", table.caption)
    points = 16 if rows <= 8 else 12
    widths = table.widths(_WIDE - 2 * _EDGE, points * 0.02)
    for place, (name, width) in enumerate(zip(frame, widths, strict=True)):
        drawn.table.columns[place].width = Cm(width)
        for line, text in enumerate([name, *frame[name]]):
            cell = drawn.table.cell(line, place)
            cell.text = str(text)
            for run in cell.text_frame.paragraphs[0].runs:
                run.font.size, run.font.name = Pt(points), "Arial"


def _bullets(slide: Any, texts: Sequence[str]) -> None:
    """Texts in the body placeholder, an item each."""
    points = 18 if sum(map(len, texts)) < 1100 else 15
    _place(slide.placeholders[1], "\n".join(texts), points, top=_TOP, high=_HIGH - _TOP - 0.6)


def _notes(slide: Any, made: Briefing) -> None:
    """What to bear in mind, and where it all comes from, under each slide."""
    lines = [text for key in ("caveats", "about") if (part := made.section(key))
             for text in part.points]  # fmt: skip
    slide.notes_slide.notes_text_frame.text = "\n".join(lines)
