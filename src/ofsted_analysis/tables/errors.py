"""What a user is told when something cannot be done: what is wrong, where, and what to do."""

from collections.abc import Iterable
from pathlib import Path


class DataError(ValueError):
    """The tables, or what was asked of them, cannot be used; the message says what is wrong.

    Attributes
    ----------
    reason
        What is wrong.
    path, line
        The file, and the line in it; None and 0 where there is none.
    """

    def __init__(self, reason: str, path: Path | None = None, line: int = 0):
        where = f"{path}:{line}: " if line else f"{path}: " if path else ""
        super().__init__(f"{where}{reason}")
        self.reason, self.path, self.line = reason, path, line


def shown(value: object) -> str:
    """A value as a message shows it: on one line, and not much of it.

    Examples
    --------
    >>> shown("two\\nlines")
    "'two\\\\nlines'"
    """
    return " ".join(repr(value)[:60].split())


def one_of(value: object, choices: Iterable[str], name: str) -> str:
    """A word, once it is sure that it is one of those that there are.

    Examples
    --------
    >>> one_of("graded", ("inspection", "graded"), "latest")
    'graded'
    """
    known = list(choices)
    if not isinstance(value, str) or value not in known:
        raise DataError(f"{name} must be {listed_or(known)}, not {shown(value)}.")
    return value


def words(value: object, name: str) -> list[str]:
    """One word or several as a list, once it is sure that they are words.

    Examples
    --------
    >>> words("overall", "theme"), words(("a", "b"), "by")
    (['overall'], ['a', 'b'])
    """
    found = [value] if isinstance(value, str) else value
    if hasattr(found, "tolist"):  # a column, an index or an array
        found = found.tolist()
    if not isinstance(found, list | tuple | set | frozenset | dict):
        found = [None]
    if not all(isinstance(word, str) for word in found):
        raise DataError(f"{name} must be a word or a list of words, not {shown(value)}.")
    return list(dict.fromkeys(found))


def listed_or(choices: list[str]) -> str:
    """Words in quotation marks, with 'or' before the last.

    Examples
    --------
    >>> listed_or(["a", "b", "c"])
    "'a', 'b' or 'c'"
    """
    quoted = [repr(choice) for choice in choices]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


class UnknownAuthorityError(LookupError):
    """No authority goes by that name, or none did on that day; the message says what to try."""

    def __str__(self) -> str:
        return str(self.args[0])
