"""Examples in docstrings hold for the record as it stood on one day, whatever has come since."""

import pytest

from ofsted_analysis import pin


@pytest.fixture(scope="module", autouse=True)
def as_the_record_stood(request):
    """What is added later does not change them; what is corrected does (`make refresh`)."""
    if "curation" not in request.path.parts:  # which is about the tables as they are
        pin("2026-08-22")
    yield
    pin(None)
