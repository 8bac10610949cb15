"""What a user is told when something cannot be done: what is wrong, where, and what to do."""

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


class UnknownAuthorityError(LookupError):
    """No authority goes by that name, or none did on that day; the message says what to try."""

    def __str__(self) -> str:
        return str(self.args[0])
