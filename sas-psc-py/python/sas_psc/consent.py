"""Consent logs: answers recorded, proved with receipts that verify offline, audited.

>>> from sas_psc import consent                                              # doctest: +SKIP
>>> with consent.ConsentLog("journal") as log:                               # doctest: +SKIP
...     recorded = log.accept("3f5a…", "899700218896")
...     proof, opening = log.receipt(recorded["record_id"])
>>> consent.verify_receipt(proof, opening, vkey)["what"]["event"]            # doctest: +SKIP
'accepted'

A log is made by ``sas-psc consent init``, its terms added by ``sas-psc consent terms add``.
"""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any

from . import _sas_psc

__all__ = ["ConsentLog", "Person", "terms_difference", "verify", "verify_evidence", "verify_receipt"]

Person = str | Mapping[str, Any]
"""A text that names the person, or ``issuer``, ``subject`` and of the sign-in, all or none, ``acr``, ``auth_time``,
``id_token_sha256``, ``client``, with ``amr``."""


class ConsentLog:
    """A consent log open for appending. One program has it open at a time; its threads may share it.

    Every answer is safe on the disk when its call returns; callers that come together share one sync.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._log = _sas_psc.ConsentLog(os.fspath(folder))

    def accept(
        self, terms: str, person: Person, *, at: datetime | None = None, evidence: str | None = None
    ) -> dict[str, Any]:
        """Records that a person accepted the terms with this hash: ``record_id``, ``leaf_index``, ``tree_size``.

        ``evidence`` is that of a sign-in (``SignedIn.evidence``): it is kept sealed with the record, which commits to it.
        """
        return self._record("accepted", terms, person, at, evidence)

    def refuse(
        self, terms: str, person: Person, *, at: datetime | None = None, evidence: str | None = None
    ) -> dict[str, Any]:
        """Records that a person refused them."""
        return self._record("refused", terms, person, at, evidence)

    def withdraw(
        self, terms: str, person: Person, *, at: datetime | None = None, evidence: str | None = None
    ) -> dict[str, Any]:
        """Records that a person takes an acceptance back. Raises ``RecordNoneBeforeError`` when there is none."""
        return self._record("withdrawn", terms, person, at, evidence)

    def evidence(self, record_id: str) -> str | None:
        """The evidence of the sign-in that lies sealed beside a record; none when none was kept."""
        return self._log.evidence(record_id)

    def append(self, record: bytes) -> dict[str, Any]:
        """Logs a record made elsewhere, in its canonical bytes; the same record again gets the same place."""
        return self._log.append(record)

    def forget(self, person: Person) -> int:
        """Deletes a person's records and salts, and says how many; the log still verifies."""
        return self._log.forget(person if isinstance(person, str) else json.dumps(dict(person)))

    def receipt(self, record_id: str) -> tuple[str, str]:
        """The receipt of a record: the proof, to keep as ``F.tlog-proof``, and what opens it, ``F.json``."""
        return self._log.receipt(record_id)

    def close(self) -> None:
        """Publishes what is logged, and closes."""
        self._log.close()

    def __enter__(self) -> "ConsentLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _record(
        self, event: str, terms: str, person: Person, at: datetime | None, evidence: str | None
    ) -> dict[str, Any]:
        named = person if isinstance(person, str) else dict(person)
        answer: dict[str, Any] = {"event": event, "terms": terms, "person": named}
        if at is not None:
            answer["at"] = at.astimezone().isoformat()
        if evidence is not None:
            answer["evidence"] = evidence
        return self._log.record(json.dumps(answer))


def verify(
    folder: str | os.PathLike[str], vkey: str, *, since: str | None = None, lang: str = "fr"
) -> dict[str, Any]:
    """Audits a log with its public keys, one a line, and an earlier checkpoint of it: ``valid``, ``tree_size``,
    ``problems`` with ``index``, ``kind`` and ``message``.
    """
    return _sas_psc.consent_verify(os.fspath(folder), vkey, since, lang)


def terms_difference(folder: str | os.PathLike[str], old: str, new: str, *, lang: str = "fr") -> str:
    """What changed between two versions of the terms that a log keeps, by their hashes, as a text to read."""
    return _sas_psc.consent_terms_difference(os.fspath(folder), old, new, lang)


def verify_receipt(proof: str | bytes, opening: str | bytes, vkey: str) -> dict[str, Any]:
    """Verifies a receipt offline with the log's public keys: ``origin``, ``index``, ``tree_size``, ``logged_at``, ``what``.
    Raises what is wrong with it.
    """
    as_bytes = [text.encode() if isinstance(text, str) else text for text in (proof, opening)]
    return _sas_psc.consent_verify_receipt(as_bytes[0], as_bytes[1], vkey)


def verify_evidence(opening: str | bytes, evidence: str | bytes) -> dict[str, Any]:
    """Judges the evidence of a record, offline: the record, as its receipt's opening holds it, commits to it, and the
    provider signed, as of the sign-in. ``issuer``, ``client``, ``subject``, ``id_nat``, ``acr``, ``auth_time``,
    ``verified_at``, ``jwks_uri``, ``key_thumbprint``. Raises what is wrong with it.
    """
    as_bytes = [text.encode() if isinstance(text, str) else text for text in (opening, evidence)]
    return _sas_psc.consent_verify_evidence(as_bytes[0], as_bytes[1])
