"""CPS cards: in a reader, behind PKCS#11, and what their certificates say of the holder.

>>> from sas_psc import card
>>> card.CardTrust().realm
'production'

``Readers`` blocks, ``AsyncReaders`` is awaited. A program that holds its reader itself plays a ``Card``'s dialogues step by
step. A certificate names its holder with the same national identifier as Pro Santé Connect. It is believed when an authority
of IGC-Santé issued it and no revocation list names it; ANS's test cards are believed by ``danger.card_authorities_of_test``
alone.

A PIN is never kept, never sent twice, and its last try is spent with ``use_last_try`` only. Without a PIN the reader's own keys
are used where it has them; where it has none, the card may not ask.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from ._blocking import ended
from ._sas_psc import (
    Card,
    CardCache,
    CardCertificate,
    CardChallenge,
    CardDialogue,
    CardKey,
    CardPossession,
    CardPresence,
    CardReaders,
    CardTrust,
    CardWatch,
    CardWork,
    CertificateChoice,
    CmsSignature,
    CmsToSign,
    CrlCache,
    Fallback,
    LocalSignIn,
    Pkcs11,
    RevocationList,
    TrustedCertificate,
)

__all__ = [
    "AsyncReaders",
    "Card",
    "CardCache",
    "CardCertificate",
    "CardChallenge",
    "CardDialogue",
    "CardKey",
    "CardPossession",
    "CardPresence",
    "CardTrust",
    "CardWatch",
    "CertificateChoice",
    "CmsSignature",
    "CmsToSign",
    "CrlCache",
    "Fallback",
    "LocalSignIn",
    "Pkcs11",
    "Readers",
    "RevocationList",
    "TrustedCertificate",
]


class AsyncReaders:
    """The readers of this machine through PC/SC, and what ``cache`` remembers of cards. Share one per program.

    ``expected`` is the serial number of the session's card: any other is refused, ``card-other``. ``reader`` is a reader's
    name; None is the only one that has a CPS. ``timeout`` is in seconds: after it ``reader-timed-out``. Work that is given up,
    by time or by cancelling its task, never sends a PIN that was not sent yet.
    """

    def __init__(self, *, cache: CardCache | None = None, expected: str | None = None) -> None:
        self._readers = CardReaders(cache or CardCache(), expected)

    @staticmethod
    def is_installed() -> bool:
        """Whether the system has PC/SC, running or not."""
        return CardReaders.is_installed()

    @staticmethod
    def session() -> str | None:
        """Where the person of this session sits: ``local``, ``rdp`` or ``citrix``, as Windows tells it when the program
        starts; None where nobody says. In a remote session the readers are those of the person's desk, and cards are slower.
        """
        return CardReaders.session()

    async def examine(self, *, lang: str = "fr") -> Sequence[dict[str, Any]]:
        """What of a sign-in with the card is at this machine, as ``psc.examine`` tells it: ``card-readers``,
        ``card-middleware``, ``card-session``. No card is read, and nothing of it fails. Ten seconds at most.
        """
        return await self._apart(self._readers.examine, lang)

    async def list(self, *, timeout: float = 30.0) -> Sequence[dict[str, Any]]:
        """The readers: ``reader``, ``card``, ``atr``. No card is read: ``serial``, ``pin_tries_left`` and ``certificates``
        are empty.
        """
        return cast("Sequence[dict[str, Any]]", await self._end(self._readers.list(), timeout))

    async def wait_for_card(self, reader: str | None = None, *, timeout: float = 300.0) -> dict[str, Any]:
        """Waits until there is a card: one of ``list``."""
        return await self._object(self._readers.wait_for_card(reader), timeout)

    async def read(self, reader: str | None = None, *, timeout: float = 30.0) -> dict[str, Any]:
        """Reads what a card shows without a PIN: ``card``, ``serial``, ``pin``, ``pin_tries_left``, ``certificates``."""
        return await self._object(self._readers.read(reader), timeout)

    async def pin_status(self, reader: str | None = None, *, timeout: float = 30.0) -> dict[str, Any]:
        """The state of the PIN, which costs no try: ``pin`` (``verified``, ``needed``, ``blocked``), ``pin_tries_left``."""
        return await self._object(self._readers.pin_status(reader), timeout)

    async def has_pinpad(self, reader: str | None = None, *, change: bool = False, timeout: float = 30.0) -> bool:
        """Whether the reader has keys to type a PIN on, or with ``change`` to change it on: then give none, and say where to
        type.
        """
        return bool(await self._end(self._readers.pinpad(reader, change), timeout))

    async def sign(
        self,
        usage: str,
        message: bytes,
        pin: str | None = None,
        *,
        scheme: str = "pkcs1-sha256",
        reader: str | None = None,
        use_last_try: bool = False,
        timeout: float = 60.0,
    ) -> dict[str, Any]:
        """Has the card sign by its key for ``authentication``, ``signature`` or ``technical``: ``signature`` and
        ``certificate`` in base64, ``certificate_sha256``, ``algorithm``, ``usage``, ``serial``.
        """
        return await self._object(self._readers.sign(reader, usage, scheme, message, pin, use_last_try), timeout)

    async def change_pin(
        self, old: str, new: str, *, reader: str | None = None, use_last_try: bool = False, timeout: float = 60.0
    ) -> None:
        """Gives the card a new PIN."""
        await self._end(self._readers.change_pin(reader, old, new, use_last_try), timeout)

    async def change_pin_on_pinpad(
        self, *, reader: str | None = None, use_last_try: bool = False, timeout: float = 240.0
    ) -> None:
        """The same on the reader's keys, which ask for the old PIN and twice for the new one: no program sees either. Say that
        to the person before. ``card-pinpad-missing`` without such keys, or with a CPS4.
        """
        await self._end(self._readers.change_pin_on_pinpad(reader, use_last_try), timeout)

    async def unblock(
        self, puk: str, new: str, *, reader: str | None = None, use_last_try: bool = False, timeout: float = 60.0
    ) -> None:
        """Unblocks the PIN with the PUK and gives it a new value. A PUK whose last try is spent ends the card."""
        await self._end(self._readers.unblock(reader, puk, new, use_last_try), timeout)

    async def key(self, pin: str | None = None, *, reader: str | None = None, use_last_try: bool = False) -> CardKey:
        """The authentication key of the card, for ``psc.Http(card=...)``. A PIN is tried now, with one signature, so that a
        wrong one is known before anybody is connected to. It is held as long as the key, and wiped with it.
        """
        return await self._apart(CardKey.in_reader, self._readers, reader, pin, use_last_try)

    def watch(self) -> CardWatch:
        """Follows readers and cards as they come and go; what is there already is told first."""
        return self._readers.watch()

    async def next_event(self, watch: CardWatch) -> dict[str, Any]:
        """The next event of a watch, awaited: ``event``, ``reader``, ``card``, ``atr``."""
        while (event := await self._apart(watch.next, 1.0)) is None:
            pass
        return event

    async def _object(self, work: CardWork, timeout: float) -> dict[str, Any]:
        return cast("dict[str, Any]", await self._end(work, timeout))

    async def _end(self, work: CardWork, timeout: float) -> Any:
        try:
            return await self._apart(work.wait, timeout)
        except asyncio.CancelledError:
            work.cancel()
            raise

    async def _apart(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.to_thread(work, *arguments)


class _Blocking(AsyncReaders):
    """The same over a world that blocks: its coroutines end without ever waiting."""

    async def _apart(self, work: Any, *arguments: Any) -> Any:
        return work(*arguments)


class Readers:
    """As ``AsyncReaders``, but blocking; the interpreter is released meanwhile, and Ctrl-C gives the work up."""

    def __init__(self, *, cache: CardCache | None = None, expected: str | None = None) -> None:
        self._readers = _Blocking(cache=cache, expected=expected)

    @staticmethod
    def is_installed() -> bool:
        """See ``AsyncReaders.is_installed``."""
        return AsyncReaders.is_installed()

    @staticmethod
    def session() -> str | None:
        """See ``AsyncReaders.session``."""
        return AsyncReaders.session()

    def examine(self, *, lang: str = "fr") -> Sequence[dict[str, Any]]:
        """See ``AsyncReaders.examine``."""
        return ended(self._readers.examine(lang=lang))

    def list(self, *, timeout: float = 30.0) -> Sequence[dict[str, Any]]:
        """See ``AsyncReaders.list``."""
        return ended(self._readers.list(timeout=timeout))

    def wait_for_card(self, reader: str | None = None, *, timeout: float = 300.0) -> dict[str, Any]:
        """See ``AsyncReaders.wait_for_card``."""
        return ended(self._readers.wait_for_card(reader, timeout=timeout))

    def read(self, reader: str | None = None, *, timeout: float = 30.0) -> dict[str, Any]:
        """See ``AsyncReaders.read``."""
        return ended(self._readers.read(reader, timeout=timeout))

    def pin_status(self, reader: str | None = None, *, timeout: float = 30.0) -> dict[str, Any]:
        """See ``AsyncReaders.pin_status``."""
        return ended(self._readers.pin_status(reader, timeout=timeout))

    def has_pinpad(self, reader: str | None = None, *, change: bool = False, timeout: float = 30.0) -> bool:
        """See ``AsyncReaders.has_pinpad``."""
        return ended(self._readers.has_pinpad(reader, change=change, timeout=timeout))

    def sign(
        self,
        usage: str,
        message: bytes,
        pin: str | None = None,
        *,
        scheme: str = "pkcs1-sha256",
        reader: str | None = None,
        use_last_try: bool = False,
        timeout: float = 60.0,
    ) -> dict[str, Any]:
        """See ``AsyncReaders.sign``."""
        settings: dict[str, Any] = {"scheme": scheme, "reader": reader, "use_last_try": use_last_try, "timeout": timeout}
        return ended(self._readers.sign(usage, message, pin, **settings))

    def change_pin(
        self, old: str, new: str, *, reader: str | None = None, use_last_try: bool = False, timeout: float = 60.0
    ) -> None:
        """See ``AsyncReaders.change_pin``."""
        ended(self._readers.change_pin(old, new, reader=reader, use_last_try=use_last_try, timeout=timeout))

    def change_pin_on_pinpad(
        self, *, reader: str | None = None, use_last_try: bool = False, timeout: float = 240.0
    ) -> None:
        """See ``AsyncReaders.change_pin_on_pinpad``."""
        ended(self._readers.change_pin_on_pinpad(reader=reader, use_last_try=use_last_try, timeout=timeout))

    def unblock(
        self, puk: str, new: str, *, reader: str | None = None, use_last_try: bool = False, timeout: float = 60.0
    ) -> None:
        """See ``AsyncReaders.unblock``."""
        ended(self._readers.unblock(puk, new, reader=reader, use_last_try=use_last_try, timeout=timeout))

    def key(self, pin: str | None = None, *, reader: str | None = None, use_last_try: bool = False) -> CardKey:
        """See ``AsyncReaders.key``."""
        return ended(self._readers.key(pin, reader=reader, use_last_try=use_last_try))

    def watch(self) -> CardWatch:
        """See ``AsyncReaders.watch``; ``CardWatch.next`` waits for an event."""
        return self._readers.watch()
