"""Asking a web server politely: one request at a time, with pauses, and none of them for ever."""

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from ofsted_analysis.tables import project
from ofsted_analysis.tables.errors import DataError


@dataclass(frozen=True)
class Manners:
    """How a server is asked; all times in seconds.

    Attributes
    ----------
    pause
        Between one request and the next; also the first wait before a request is tried again,
        which doubles each time.
    retries
        How often a request is tried again: where the server is busy (429) or broken (5xx), or
        does not answer.
    longest_wait
        Before a request is tried again, whatever the server asks for (Retry-After).
    silence
        Without a byte, after which a server is taken not to answer.
    answer, in_all
        What one answer may take to arrive, and all of them together.
    most_bytes
        What one answer may hold.
    """

    pause: float = 1.0
    retries: int = 4
    longest_wait: int = 60
    silence: float = 30.0
    answer: float = 120.0
    in_all: float = 3600.0
    most_bytes: int = 20 * 2**20


def user_agent() -> str:
    """Who asks: the project, its version and its address."""
    return f"{project.NAME}/{project.version()} (+{project.address()})"


class _Again(Retry):
    """Waits before the first new try, too, and not only before those after it."""

    def get_backoff_time(self) -> float:
        doubled = self.backoff_factor * 2 ** max(0, len(self.history) - 1)
        return float(min(self.backoff_max, doubled))


class Asker:
    """One who asks the servers named, and no other."""

    def __init__(self, places: tuple[str, ...], manners: Manners):
        self._servers = {_server(place) for place in places}
        self._manners = manners
        self._first: float | None = None
        self._last = 0.0
        self._session = requests.Session()
        self._session.headers["User-Agent"] = user_agent()
        again = _Again(
            total=manners.retries,
            status_forcelist=(429, 500, 502, 503, 504),
            backoff_factor=manners.pause,
            backoff_max=manners.longest_wait,
            retry_after_max=manners.longest_wait,
            raise_on_status=False,
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=again))

    def close(self) -> None:
        """End the connections."""
        self._session.close()

    def get(self, address: str) -> bytes:
        """What a server answers.

        Raises
        ------
        DataError
            It does not answer, or not with what was asked for: with an error, too slowly, too
            much, not all, or from another server.
        """
        place = address
        for _ in range(4):
            if _server(place) not in self._servers:
                raise DataError(f"{address} sends on to {place}, on another server: refused.")
            moved, content = self._ask(place)
            if not moved:
                return content
            place = urljoin(place, moved)
        raise DataError(f"{address} sends from one address to the next without end.")

    def _ask(self, address: str) -> tuple[str, bytes]:
        """Where a request is sent on to ('' for nowhere), and what the answer holds.

        It is asked in a thread of its own, which is left alone after a time: a server can keep one
        waiting in more ways than an HTTP library counts.
        """
        self._wait()
        limits = self._manners
        most = (limits.retries + 1) * (limits.silence + limits.answer + limits.longest_wait)
        answer: Future[tuple[str, bytes]] = Future()

        def work() -> None:
            try:
                answer.set_result(self._exchange(address))
            except BaseException as error:
                answer.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        try:
            return answer.result(timeout=most)
        except TimeoutError:
            raise DataError(f"{address} has not answered after {most:g} seconds.") from None
        finally:
            self._last = time.monotonic()

    def _exchange(self, address: str) -> tuple[str, bytes]:
        """One request, with its new tries."""
        try:
            with self._session.get(
                address, timeout=self._manners.silence, allow_redirects=False, stream=True
            ) as response:
                if response.is_redirect:
                    return response.headers["location"], b""
                if response.status_code != 200:
                    said = f"{response.status_code} {response.reason}".strip()
                    raise DataError(f"{address} answers {said}.")
                return "", self._body(response)
        except DataError:
            raise
        except (requests.RequestException, HTTPError, ValueError) as error:
            raise DataError(f"{address} {self._why(error)}.") from error

    def _wait(self) -> None:
        """Keep the pause since the last answer."""
        now = time.monotonic()
        self._first = now if self._first is None else self._first
        if now - self._first > self._manners.in_all:
            minutes = f"{self._manners.in_all / 60:g} minutes"
            raise DataError(f"The site has been asked for {minutes} and not all is read.")
        time.sleep(max(0.0, self._last + self._manners.pause - now) if self._last else 0.0)

    def _body(self, response: requests.Response) -> bytes:
        content, began = bytearray(), time.monotonic()
        while part := response.raw.read1(2**16, decode_content=True):
            content += part
            if len(content) > self._manners.most_bytes:
                most = f"{self._manners.most_bytes / 2**20:g} MB"
                raise DataError(f"{response.url} holds more than {most}: no page or report does.")
            if time.monotonic() - began > self._manners.answer:
                seconds = f"{self._manners.answer:g} seconds"
                raise DataError(f"{response.url} takes more than {seconds} to arrive.")
        return bytes(content)

    def _why(self, error: BaseException) -> str:
        """What went wrong, by the innermost of the errors."""
        while inner := error.__cause__ or error.__context__:
            error = inner
        if isinstance(error, TimeoutError):
            return f"does not answer within {self._manners.silence:g} seconds"
        why = getattr(error, "strerror", None) or error
        hint = ": is there a connection to the internet" if isinstance(error, OSError) else ""
        return f"cannot be had ({why}){hint}"


def _server(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc
