"""A chart as the content of a file: SVG, PNG or PDF, with what is said of it inside.

The same chart makes the same bytes on every run, in every time zone and locale.
"""

import hashlib
import io
import re
from html import escape

from matplotlib.figure import Figure

from ofsted_analysis.tables import schema


def licence() -> str:
    """Whose the data are and on what terms they may be used.

    Examples
    --------
    >>> licence().split(" (")[0]
    'Contains public sector information licensed under the Open Government Licence v3.0'
    """
    terms = schema.descriptor()["licenses"][0]
    return (
        f"Contains public sector information licensed under the {terms['title']} ({terms['path']})."
    )


def _render(fig: Figure, kind: str, metadata: dict[str, str | None]) -> bytes:
    content = io.BytesIO()
    fig.savefig(content, format=kind, metadata=metadata)
    return content.getvalue()


def svg(fig: Figure, message: str, alt: str) -> bytes:
    """The chart as an SVG image, with its title and description."""
    about = {"Rights": licence(), "Description": alt, "Date": None, "Creator": None}
    text = _render(fig, "svg", about).decode()
    own = hashlib.sha256(f"{message}{alt}".encode()).hexdigest()[:8]
    head = (
        f'<title id="title-{own}">{escape(message)}</title>\n '
        f'<desc id="desc-{own}">{escape(alt)}</desc>\n '
    )
    labelled = f'<svg role="img" aria-labelledby="title-{own} desc-{own}" '
    text = re.sub(r"(?m)^<svg ", labelled, text, count=1)
    # A hundredth of a point is enough, but for the scale of letters.
    text = re.sub(r"(scale\([^)]*\))|(\d+\.\d{2})\d+", lambda m: m[1] or m[2], text)
    return text.replace("<metadata>", head + "<metadata>", 1).encode()


def png(fig: Figure, message: str, alt: str) -> bytes:
    """The chart as a PNG picture, with its title and description as text."""
    return _render(
        fig,
        "png",
        {
            "Title": message,
            "Description": alt,
            "Copyright": licence(),
            "Software": None,
        },
    )


def pdf(fig: Figure, message: str, alt: str) -> bytes:
    """The chart as a PDF page, with its title and description as document information."""
    return _render(
        fig,
        "pdf",
        {
            "Title": message,
            "Subject": alt,
            "Keywords": licence(),
            "CreationDate": None,
            "Creator": None,
            "Producer": None,
        },
    )
