"""Who publishes the package, and where: as ``pyproject.toml`` says."""

from importlib.metadata import metadata

NAME = "ofsted-analysis"


def address(label: str = "Homepage") -> str:
    """The project's address, set by its owner under ``[project.urls]`` of ``pyproject.toml``.

    Parameters
    ----------
    label
        Which one: 'Homepage' or 'Source'.

    Examples
    --------
    >>> address("Source").startswith("https://")
    True
    """
    urls = metadata(NAME).get_all("Project-URL") or []
    return dict(url.split(", ", 1) for url in urls)[label]
