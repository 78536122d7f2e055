"""Proof that a person controls a mailbox: a mail carries a link and, apart from it, a code; one of them comes back.

>>> from sas_psc import email
>>> email.check_address("Jeanne@Exemple.fr")["canonical"]
'jeanne@exemple.fr'
>>> key = email.ServerKey(b"thirty-two random bytes, kept...")
>>> session = ("https://psc.example", "f:subject", "attempt 1")
>>> challenge = email.EmailChallenge(*session, "jeanne@exemple.fr")
>>> mail = challenge.write(key)
>>> words = email.EmailTemplates().challenge("verification", "fr", "SAS", "https://site.example/lien", mail)
>>> words["subject"]
'Vérification du courriel'
>>> _ = challenge.handed_over(mail)
>>> challenge.answer_code(key, mail.code, *session).canonical
'jeanne@exemple.fr'

Opening the link changes nothing: robots in mailboxes open links, run scripts and send forms. Five wrong codes end a
challenge; both answers die at five minutes (settable), at use, and when another mail is asked for. Keep
:meth:`EmailChallenge.to_stored` between requests. :class:`MailLimits` says whether a mail may be asked for at all.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from . import _sas_psc
from ._sas_psc import EmailChallenge, EmailControl, EmailDispatch, EmailTemplates, ServerKey

__all__ = [
    "EmailChallenge",
    "EmailControl",
    "EmailDispatch",
    "EmailTemplates",
    "MailLimits",
    "ServerKey",
    "check_address",
]


def check_address(text: str) -> dict[str, Any]:
    """Whether a text is an address: ``valid``, ``canonical`` or ``reason``, and ``warnings`` about domains that mislead the
    eye, when there are any.
    """
    return _sas_psc.email_check(text)


class MailLimits:
    """How many mails may be asked for, counted in a SQLite file that all instances share. One may serve any number of
    threads.

    ``rules`` are numbers in the place of ours: ``{"person": {"free": 4, "first_wait": 30, "longest_wait": 900,
    "a_day": 20}, "v6_prefix": 56}``, for ``address``, ``person`` and ``network``; waits in seconds.
    """

    def __init__(
        self, path: str | os.PathLike[str], key: ServerKey, rules: Mapping[str, Any] | None = None
    ) -> None:
        self._limits = _sas_psc.MailLimits(os.fspath(path), key, json.dumps(dict(rules or {})))

    def ask(self, person: bytes, address: str, network: str | None = None, *, now: float | None = None) -> float:
        """Counts an ask, and says when its mail may leave: now, or later when others asked for the same mailbox, which the
        person is not to be told. Raises ``EmailTooManyError`` with the fact ``retry_after``; nothing is counted then.

        ``person`` stays the same over their sign-ins; ``network`` is the IP address they ask from, when it is known.
        """
        return self._limits.ask(person, address, network, now=now)

    def sweep(self, *, now: float | None = None) -> int:
        """Deletes what is of no use any more, and says how many rows. Once an hour is often enough."""
        return self._limits.sweep(now=now)
