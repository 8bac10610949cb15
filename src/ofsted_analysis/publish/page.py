"""A briefing as one HTML file, that asks nothing of any server and fits a phone."""

import base64
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ofsted_analysis.publish.pictures import Pictures
from ofsted_analysis.publish.sections import Briefing, Section

if TYPE_CHECKING:
    from jinja2 import Template


def page(made: Briefing, pictures: Pictures) -> bytes:
    """The briefing as the content of an .html file."""
    drawn = {part.key: _drawn(part, pictures) for part in made.sections if part.chart}
    return _template().render(made=made, drawn=drawn).encode()


@cache
def _template() -> "Template":
    import jinja2

    text = files("ofsted_analysis.publish").joinpath("briefing.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(text)


def _drawn(section: Section, pictures: Pictures) -> dict[str, str]:
    """The picture of a section, wide and narrow, and its words."""
    chart = pictures.chart(section, "print")
    addresses = {
        size: "data:image/svg+xml;base64," + base64.b64encode(pictures.svg(section, size)).decode()
        for size in ("print", "narrow")
    }
    return {**addresses, "message": chart.message, "alt": chart.alt}
