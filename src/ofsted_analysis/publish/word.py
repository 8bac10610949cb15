"""A briefing as a Word document: two to four pages of A4."""

import io
from typing import TYPE_CHECKING, Any

from ofsted_analysis.publish.packed import repacked
from ofsted_analysis.publish.pictures import Pictures
from ofsted_analysis.publish.sections import Briefing, Section, Table

if TYPE_CHECKING:
    from docx.document import Document

_INK, _LINE, _HEAD = "222222", "BFBFBF", "E7EDF3"
_WIDTH = 18.0  # centimetres between the margins
_PICTURE = 15.5  # centimetres, at which letters are 9 points


def word(made: Briefing, pictures: Pictures) -> bytes:
    """The briefing as the content of a .docx file.

    Real headings, header rows that repeat, alternative text on pictures, page numbers; the same
    bytes for the same briefing.
    """
    import docx
    from docx.shared import Cm

    document = docx.Document()
    _set_up(document, made)
    document.add_heading(made.title, level=0)
    document.add_paragraph(made.subtitle, style="Subtitle")
    for text in made.headline:
        document.add_paragraph().add_run(text).bold = True
    for section in made.sections:
        document.add_heading(section.heading, level=1)
        for text in section.words:
            document.add_paragraph(text)
        for text in section.points:
            document.add_paragraph(text, style="List Bullet")
        if section.chart:
            _picture(document, section, pictures, Cm(_PICTURE))
        for table in section.tables:
            _table(document, table)
    out = io.BytesIO()
    document.save(out)
    return repacked(out.getvalue())


def _set_up(document: "Document", made: Briefing) -> None:
    """Paper, letters, language, properties and the foot of the page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(1.5)
    for name, points, before, after in (
        ("Normal", 9.5, 0, 3), ("Title", 18, 0, 2), ("Subtitle", 10, 0, 4), ("Heading 1", 13, 6, 2),
        ("List Bullet", 9.5, 0, 1), ("Caption", 9, 6, 2),
    ):  # fmt: skip
        style: Any = document.styles[name]
        style.font.name, style.font.size = "Arial", Pt(points)
        style.font.color.rgb = RGBColor.from_string(_INK)
        style.font.italic = False
        style.paragraph_format.line_spacing = 1.05
        style.paragraph_format.space_before, style.paragraph_format.space_after = (
            Pt(before),
            Pt(after),
        )
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):  # the theme's letters would win
            del fonts.attrib[key]
        for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{kind}"), "Arial")
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    document.styles["Caption"].paragraph_format.keep_with_next = True
    about = document.core_properties
    about.title, about.author, about.language = made.title, "ofsted-analysis", "en-GB"
    about.subject, about.comments = made.subtitle, ""
    about.keywords = ""
    about.created = about.modified = made.day.to_pydatetime()
    about.last_modified_by = "ofsted-analysis"
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("Page ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    """What the program fills in itself, such as the number of the page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)


def _picture(document: "Document", section: Section, pictures: Pictures, width: int) -> None:
    chart = pictures.chart(section, "print")
    message = document.add_paragraph()
    message.paragraph_format.keep_with_next = True
    message.add_run(f"{chart.message}.").bold = True
    drawn = document.add_picture(io.BytesIO(pictures.png(section, "print")), width=width)
    about = drawn._inline.docPr
    about.set("descr", chart.alt)
    about.set("title", chart.message)


def _table(document: "Document", table: Table) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document.add_paragraph(table.caption, style="Caption")
    frame = table.frame
    grid: Any = document.add_table(rows=1 + len(frame), cols=len(frame.columns), style="Table Grid")
    grid.autofit = False
    for place, width in enumerate(table.widths(_WIDTH, 0.17)):
        grid.columns[place].width = Cm(width)
        for line, text in enumerate([frame.columns[place], *frame.iloc[:, place]]):
            cell = grid.cell(line, place)
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            if str(text).startswith("http"):
                _link(paragraph, str(text))
                continue
            run = paragraph.add_run(str(text))
            run.font.size, run.bold = Pt(8.5), line == 0
    head = grid.rows[0]._tr.get_or_add_trPr()
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    head.append(repeat)
    for row in grid.rows:  # a row stays on one page
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)
    for cell in grid.rows[0].cells:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", _HEAD)):
            shade.set(qn(f"w:{key}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
    about = OxmlElement("w:tblCaption")
    about.set(qn("w:val"), table.caption)
    grid._tbl.tblPr.append(about)
    gap = document.add_paragraph()
    gap.paragraph_format.space_after = Pt(0)
    gap.paragraph_format.line_spacing = Pt(6)


def _link(paragraph: Any, url: str) -> None:
    """A web address that can be followed."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, True))
    run = paragraph.add_run(url)
    run.font.size, run.font.underline = Pt(8), True
    run.font.color.rgb = RGBColor.from_string("0B5394")
    link.append(run._r)
    paragraph._p.append(link)
