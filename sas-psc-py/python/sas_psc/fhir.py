"""The national directory online: Annuaire Santé over FHIR, people by their identifiers, searches page by page.

``Fhir`` blocks, ``AsyncFhir`` is awaited. Nothing of a sign-in should wait for it: it may take 35 seconds, and be away.

>>> from sas_psc import fhir
>>> fhir.FhirServer("the key of portal.api.esante.gouv.fr")
FhirServer('https://gateway.api.esante.gouv.fr/fhir/v2')
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import TypeVar

from . import errors
from ._blocking import ended
from ._sas_psc import (
    Directory,
    Done,
    FhirLookup,
    FhirPage,
    FhirPageRequest,
    FhirPerson,
    FhirServer,
    Http,
    Person,
    Request,
    Response,
    Send,
    Wait,
)
from .psc import Exchange

__all__ = [
    "AsyncFhir",
    "Fhir",
    "FhirLookup",
    "FhirPage",
    "FhirPageRequest",
    "FhirPerson",
    "FhirServer",
]

T = TypeVar("T")

# How long ANS works on a question before it gives up, and a little for the way.
_PATIENCE = 35.0


class AsyncFhir:
    """A server of the online directory. Share one per program: it keeps the pace that ANS grants for all its callers."""

    def __init__(self, server: FhirServer, *, http: Http | None = None) -> None:
        self._server = server
        self._http = (http or Http()).patient(_PATIENCE)

    async def lookup(self, id: str) -> FhirPerson | None:
        """The person with an RPPS number or a national identifier; none when the directory knows nobody of it."""
        people = await self.lookup_all([id])
        return people[0] if people else None

    async def lookup_all(self, ids: list[str]) -> list[FhirPerson]:
        """The people with these identifiers, at most 50. Who is not among them is not in the directory."""
        return await self.run(self._server.lookup(ids))

    async def lookup_or(self, id: str, directory: Directory) -> FhirPerson | Person | None:
        """The same from an index when the server or the way there fails; a key that is refused is raised all the same."""
        try:
            return await self.lookup(id)
        except (errors.ProviderError, errors.EnvironmentError):
            return directory.find(id)

    async def page(
        self,
        resource: str = "Practitioner",
        asked: dict[str, str] | None = None,
        *,
        related: bool = False,
        updated_since: float | None = None,
    ) -> FhirPage:
        """The first page of a search of ``Practitioner``, ``PractitionerRole`` or ``Organization`` by the parameters of
        ANS: ``{"qualification-code": "10", "active": "true"}``. ``related`` brings what belongs to each match;
        ``updated_since`` (seconds since 1970, at most 30 days ago) what changed.
        """
        page = self._server.page(resource, asked or {}, related=related, updated_since=updated_since)
        return await self.run(page)

    async def page_after(self, cursor: bytes) -> FhirPage:
        """The page that another one named, now or in another process."""
        return await self.run(self._server.page_after(cursor))

    async def pages(
        self,
        resource: str = "Practitioner",
        asked: dict[str, str] | None = None,
        *,
        related: bool = False,
        updated_since: float | None = None,
    ) -> AsyncIterator[FhirPage]:
        """Every page of a search. Keep the ``cursor`` of the last one dealt with, to go on after a failure."""
        page = await self.page(resource, asked, related=related, updated_since=updated_since)
        yield page
        while cursor := page.cursor:
            page = await self.page_after(cursor)
            yield page

    async def run(self, exchange: Exchange[T]) -> T:
        """Plays an exchange to its end, each request when its turn has come."""
        while True:
            match exchange.next():
                case Send(request):
                    await self._sleep(self._server.turn() - time.time())
                    try:
                        response = await self._send(request)
                    except errors.Error as error:
                        exchange.failed(error)
                    else:
                        exchange.answered(response)
                case Wait(until):
                    await self._sleep(until - time.time())
                case Done(output):
                    return output

    async def _send(self, request: Request) -> Response:
        return await asyncio.to_thread(self._http.send, request)

    async def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            await asyncio.sleep(seconds)


class _Blocking(AsyncFhir):
    """The same over a world that blocks: its coroutines end without ever waiting."""

    async def _send(self, request: Request) -> Response:
        return self._http.send(request)

    async def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class Fhir:
    """As ``AsyncFhir``, but blocking; the interpreter is released while a request is under way."""

    def __init__(self, server: FhirServer, *, http: Http | None = None) -> None:
        self._fhir = _Blocking(server, http=http)

    def lookup(self, id: str) -> FhirPerson | None:
        """See ``AsyncFhir.lookup``."""
        return ended(self._fhir.lookup(id))

    def lookup_all(self, ids: list[str]) -> list[FhirPerson]:
        """See ``AsyncFhir.lookup_all``."""
        return ended(self._fhir.lookup_all(ids))

    def lookup_or(self, id: str, directory: Directory) -> FhirPerson | Person | None:
        """See ``AsyncFhir.lookup_or``."""
        return ended(self._fhir.lookup_or(id, directory))

    def page(
        self,
        resource: str = "Practitioner",
        asked: dict[str, str] | None = None,
        *,
        related: bool = False,
        updated_since: float | None = None,
    ) -> FhirPage:
        """See ``AsyncFhir.page``."""
        return ended(self._fhir.page(resource, asked, related=related, updated_since=updated_since))

    def page_after(self, cursor: bytes) -> FhirPage:
        """See ``AsyncFhir.page_after``."""
        return ended(self._fhir.page_after(cursor))

    def pages(
        self,
        resource: str = "Practitioner",
        asked: dict[str, str] | None = None,
        *,
        related: bool = False,
        updated_since: float | None = None,
    ) -> Iterator[FhirPage]:
        """See ``AsyncFhir.pages``."""
        page = self.page(resource, asked, related=related, updated_since=updated_since)
        yield page
        while cursor := page.cursor:
            page = self.page_after(cursor)
            yield page
