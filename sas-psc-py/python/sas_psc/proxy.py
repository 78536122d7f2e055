"""Sign-in from a workstation through a Proxy e-Santé, and requests to the APIs behind it.

The workstation holds no secret of Pro Santé Connect and is given no token: the proxy keeps both. ``Proxy`` blocks,
``AsyncProxy`` is awaited.

>>> from sas_psc import proxy
>>> proxy.ProxyApi("https://proxy.chu.example", "my-software")
ProxyApi('https://proxy.chu.example')
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TypeVar

from ._sas_psc import (
    Done,
    Http,
    ProxyApi,
    ProxyConnect,
    ProxyConnected,
    ProxyDisconnect,
    ProxySend,
    ProxySession,
    Request,
    Response,
    Send,
)
from .errors import Error
from .psc import Exchange

__all__ = [
    "AsyncProxy",
    "Proxy",
    "ProxyApi",
    "ProxyConnect",
    "ProxyConnected",
    "ProxyDisconnect",
    "ProxySend",
    "ProxySession",
]

T = TypeVar("T")

# What is told about each second: the digits to show, and the seconds left.
OnTick = Callable[[str, int], None]

# How long after the person's time is over the proxy's own answer is still waited for.
_GRACE = 10.0


def _request(exchange: Exchange[T]) -> Request:
    """The one request of an exchange."""
    match exchange.next():
        case Send(request):
            return request
        case other:
            raise RuntimeError(f"a request comes first, not {other!r}")


def _outcome(exchange: Exchange[T], response: Response | Error) -> T:
    """What an exchange of one request comes to."""
    if isinstance(response, Response):
        exchange.answered(response)
    else:
        exchange.failed(response)
    match exchange.next():
        case Done(output):
            return output
        case other:
            raise RuntimeError(f"one request ends it, not {other!r}")


class _Asking:
    """A request that the proxy answers when the person has, on a thread; whoever leaves ends a session that comes late."""

    def __init__(self, connect: ProxyConnect, http: Http, patient: Http) -> None:
        self._connect = connect
        self._http = http
        self._lock = threading.Lock()
        self._left = False
        self._answer: Response | None = None
        self.answer: Future[Response | Error] = Future()
        request = _request(connect)
        threading.Thread(target=self._ask, args=(patient, request), daemon=True).start()

    def _ask(self, patient: Http, request: Request) -> None:
        try:
            response = patient.send(request)
        except Error as error:
            self.answer.set_result(error)
            return
        except BaseException as bug:
            self.answer.set_exception(bug)
            return
        with self._lock:
            self._answer, left = response, self._left
        if left:
            self._end(response)
        self.answer.set_result(response)

    def _end(self, response: Response) -> None:
        if end := self._connect.late(response):
            with suppress(Error):
                self._http.send(end)

    def leave(self) -> None:
        """An answer that came, or that comes later, signs nobody in."""
        self._connect.cancel()
        with self._lock:
            self._left, answer = True, self._answer
        if answer:
            threading.Thread(target=self._end, args=(answer,), daemon=True).start()


class Proxy:
    """A Proxy e-Santé, for a program that waits. Share one per program.

    ``http`` presents the workstation's certificate, by which the proxy knows it.
    """

    def __init__(self, api: ProxyApi, *, http: Http | None = None) -> None:
        self._api = api
        self._http = http or Http()
        self._patient = self._http.patient(api.wait + _GRACE)

    def connect(
        self,
        person: str,
        channel: str = "mobile",
        *,
        held: ProxySession | None = None,
        on_tick: OnTick | None = None,
    ) -> ProxyConnected:
        """Signs a person in, by RPPS number or national identifier, who answers with ``mobile`` or ``card``.

        ``on_tick`` is told the digits to show and the seconds left, about each second; it leaves by raising. With a
        session ``held`` that still lives nobody is asked.
        """
        connect = self._api.connect(person, channel, held)
        asking = _Asking(connect, self._http, self._patient)
        try:
            while not asking.answer.done():
                if on_tick:
                    on_tick(connect.digits, connect.seconds_left())
                with suppress(NotYet):
                    asking.answer.result(1.0)
        except BaseException:
            asking.leave()
            raise
        return _outcome(connect, asking.answer.result())

    @contextmanager
    def signed_in(
        self, person: str, channel: str = "mobile", *, on_tick: OnTick | None = None
    ) -> Iterator[ProxySession]:
        """Signs a person in for a ``with`` block, and out at its end."""
        session = self.connect(person, channel, on_tick=on_tick).session
        try:
            yield session
        finally:
            self.disconnect(session)

    def send(
        self,
        session: ProxySession,
        method: str,
        backend: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        """Sends a request to an API behind the proxy; its answer, whatever its status."""
        sent = self._api.send(session, method, backend, path, headers=headers, body=body)
        return self._run(sent)

    def disconnect(self, session: ProxySession) -> None:
        """Ends a session, here and at Pro Santé Connect: for a click, not for a timeout. One that is over is no error."""
        self._run(self._api.disconnect(session))

    def _run(self, exchange: Exchange[T]) -> T:
        answer: Response | Error
        try:
            answer = self._http.send(_request(exchange))
        except Error as error:
            answer = error
        return _outcome(exchange, answer)


class AsyncProxy:
    """As ``Proxy``, but awaited; requests are sent on threads."""

    def __init__(self, api: ProxyApi, *, http: Http | None = None) -> None:
        self._proxy = Proxy(api, http=http)

    async def connect(
        self,
        person: str,
        channel: str = "mobile",
        *,
        held: ProxySession | None = None,
        on_tick: OnTick | None = None,
    ) -> ProxyConnected:
        """See ``Proxy.connect``; cancelling the task leaves too."""
        proxy = self._proxy
        connect = proxy._api.connect(person, channel, held)
        asking = _Asking(connect, proxy._http, proxy._patient)
        answer = asyncio.wrap_future(asking.answer)
        try:
            while not answer.done():
                if on_tick:
                    on_tick(connect.digits, connect.seconds_left())
                await asyncio.wait({answer}, timeout=1.0)
        except BaseException:
            asking.leave()
            raise
        return _outcome(connect, answer.result())

    @asynccontextmanager
    async def signed_in(
        self, person: str, channel: str = "mobile", *, on_tick: OnTick | None = None
    ) -> AsyncIterator[ProxySession]:
        """See ``Proxy.signed_in``."""
        session = (await self.connect(person, channel, on_tick=on_tick)).session
        try:
            yield session
        finally:
            await self.disconnect(session)

    async def send(
        self,
        session: ProxySession,
        method: str,
        backend: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        """See ``Proxy.send``."""
        sent = self._proxy._api.send(session, method, backend, path, headers=headers, body=body)
        return await asyncio.to_thread(self._proxy._run, sent)

    async def disconnect(self, session: ProxySession) -> None:
        """See ``Proxy.disconnect``."""
        await asyncio.to_thread(self._proxy._run, self._proxy._api.disconnect(session))
