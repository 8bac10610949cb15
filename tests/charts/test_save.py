"""Files of charts: the same bytes everywhere, words and licence inside, whole or not at all."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import matplotlib
import pandas as pd
import pytest
from PIL import Image

from ofsted_analysis import charts
from ofsted_analysis.tables.errors import DataError

BUILD = """
import locale, sys
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
from pathlib import Path
from ofsted_analysis import charts
made = {
    "national": charts.national_picture(start="2017-01-01"),
    "map": charts.tile_map("2026-03-31"),
}
for name, fig in made.items():
    for suffix in (".svg", ".png", ".pdf") if name == "national" else (".svg",):
        charts.save(fig, Path(sys.argv[1]) / (name + suffix))
"""


@pytest.mark.sample(0)  # `make sameness` asks it of all charts
def test_same_bytes_everywhere(tmp_path):
    (tmp_path / "matplotlibrc").write_text("font.size: 20\nsavefig.bbox: tight\nsavefig.dpi: 50\n")
    places = {
        "here": {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
        "there": {
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "de_DE.UTF-8",
            "LANG": "de_DE.UTF-8",
            "PYTHONHASHSEED": "2",
            "SOURCE_DATE_EPOCH": "86400",
            "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"),
        },
    }
    running = []
    for place, settings in places.items():
        (tmp_path / place).mkdir()
        command = [sys.executable, "-c", BUILD, str(tmp_path / place)]
        environment = {k: v for k, v in os.environ.items() if k != "SOURCE_DATE_EPOCH"}
        running.append(subprocess.Popen(command, env=environment | settings))
    assert [process.wait() for process in running] == [0, 0]
    names = sorted(path.name for path in (tmp_path / "here").iterdir())
    assert len(names) == 8
    for name in names:
        here, there = (tmp_path / place / name for place in places)
        assert here.read_bytes() == there.read_bytes(), name


@pytest.fixture(scope="module")
def chart():
    return charts.grade_share(date="2025-03-31")


def test_svg_says_what_it_shows(chart, tmp_path):
    charts.save(chart, tmp_path / "a.svg")
    root = ET.parse(tmp_path / "a.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    for part, words in (("title", chart.message), ("desc", charts.alt_text(chart))):
        element = root.find(space + part)
        assert element.text == words
        assert element.get("id") in root.get("aria-labelledby").split()
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert 'scale(0.015625)"' in text, "letters keep their size where numbers are shortened"
    assert "Open Government Licence" in text and "Matplotlib v" not in text


def test_png_says_what_it_shows(chart, tmp_path):
    charts.save(chart, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.text["Title"] == chart.message
        assert picture.text["Description"] == charts.alt_text(chart)
        assert "Open Government Licence" in picture.text["Copyright"]
        assert [round(dots) for dots in picture.info["dpi"]] == [300, 300]
        assert abs(picture.width / 300 * 2.54 - 16) < 0.01


def test_pdf_says_what_it_shows(chart, tmp_path):
    import pypdfium2

    charts.save(chart, tmp_path / "a.pdf")
    document = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    about = document.get_metadata_dict()
    words = document[0].get_textpage().get_text_bounded()
    document.close()
    assert about["Title"] == chart.message
    assert about["Subject"] == charts.alt_text(chart)
    assert "Open Government Licence" in about["Keywords"]
    assert not about["CreationDate"]
    assert "London" in words  # as text, not as shapes


def test_data_beside_it(chart, tmp_path):
    assert charts.save(chart, tmp_path / "a.svg") == [
        tmp_path / f"a.{suffix}" for suffix in ("svg", "txt", "csv")
    ]
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == charts.alt_text(chart) + "\n"
    data = pd.read_csv(tmp_path / "a.csv")
    assert data["n"].tolist() == charts.chart_data(chart)["n"].tolist()
    assert charts.save(chart, tmp_path / "b.svg", data=False) == [tmp_path / "b.svg"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "a.svg", "a.txt", "b.svg"]


def test_refusals(chart, tmp_path):
    with pytest.raises(DataError, match="must end in one of"):
        charts.save(chart, tmp_path / "a.jpg")
    with pytest.raises(DataError, match="no folder"):
        charts.save(chart, tmp_path / "missing" / "a.svg")
    (tmp_path / "b.csv").mkdir()  # in the way of the data: the picture must not be left alone
    with pytest.raises((DataError, OSError)):
        charts.save(chart, tmp_path / "b.svg")
    assert not (tmp_path / "b.svg").exists()


def test_settings_stay_the_users(tmp_path):
    before = dict(matplotlib.rcParams)
    charts.save(charts.grade_share(), tmp_path / "a.png")
    assert dict(matplotlib.rcParams) == before


def test_notebooks_get_the_words(chart):
    shown = chart._repr_mimebundle_()
    assert "<svg" in shown["image/svg+xml"]
    assert charts.alt_text(chart) == shown["text/plain"]


def test_the_package_itself_loads_no_matplotlib():
    code = "import sys, ofsted_analysis; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
