"""Who publishes the package, and where: as ``pyproject.toml`` says."""

NAME = "ofsted-analysis"


def address(label: str = "Homepage") -> str:
    """The project's address, set by its owner under ``[project.urls]`` of ``pyproject.toml``.

    Parameters
    ----------
    label
        Which one: 'Homepage' or 'Source'.

    Examples
    --------
    >>> address()
    'https://...'
    """
    from importlib.metadata import metadata  # it takes longer than all else that loads

    urls = metadata(NAME).get_all("Project-URL") or []
    return dict(url.split(", ", 1) for url in urls)[label]


def version() -> str:
    """The version of the package.

    Examples
    --------
    >>> version().count(".")
    2
    """
    from importlib.metadata import version

    return version(NAME)
