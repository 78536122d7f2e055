"""The journey from a sign-in to an active account: address proven, terms answered, settings sworn, each answer a record.

>>> from sas_psc import email, sign_up                                       # doctest: +SKIP
>>> site = sign_up.SignUp("accounts.sqlite", email.ServerKey(key), policy, "https://site.example/lien")  # doctest: +SKIP
>>> account = site.welcome(signed_in)                                        # doctest: +SKIP
>>> account["state"], account["steps"]                                       # doctest: +SKIP
('email-wanted', ['give_address'])

A sign-in comes in as the :class:`~sas_psc.psc.SignedIn` that a verified ID token made: nothing else opens an account. Mails
are yours to send: take them with :meth:`SignUp.next_mail`, and say what came of each.
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from . import _sas_psc
from ._sas_psc import MailToSend
from .consent import ConsentLog
from .email import EmailTemplates, ServerKey
from .errors import Error
from .psc import SignedIn

__all__ = ["MailToSend", "SignUp", "declarations"]


def declarations(settings: Mapping[str, Any], *, lang: str = "fr") -> list[dict[str, Any]]:
    """What settings say on the person's honour, to review before they are saved: ``name``, the exact ``sentence``, whether
    it is ``sworn``, and the ``answer``.
    """
    return _sas_psc.sign_up_declarations(json.dumps(dict(settings)), lang)


class SignUp:
    """The sign-ups of a platform, in a SQLite file or, with ``postgres://…``, in a database. One may serve any number of
    threads.

    ``policy`` has ``terms`` (``[{"slug", "version", "lang", "effective_from", "change", "documents": [{"title",
    "media_type", "text"}]}]``), ``ui_build`` (the SHA-256 of what shows them), ``controller``, ``exit``, and of ``service``,
    ``mail_minutes``, ``mail_limits``, ``objection_days``, ``retention_until`` those that differ from SAS's. ``link_page`` is
    the page that the mails' links open.

    An account is a dict for its page: ``account`` (its key, for your own session), ``state``, ``text`` (what the person is
    asked for), ``steps`` (the methods that are open), ``places``, ``email``, ``mail``, ``wake_at``, ``settings``,
    ``records``; times are in RFC 3339. ``attempt`` is a secret of the browser session; ``now`` is in seconds, the system's
    when it is left out. A step before its time raises ``StepOutOfOrderError``, one of a closed account
    ``AccountClosedError``.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        key: ServerKey,
        policy: Mapping[str, Any],
        link_page: str,
        *,
        objection_page: str | None = None,
        templates: EmailTemplates | None = None,
    ) -> None:
        written = json.dumps(dict(policy))
        self._sign_up = _sas_psc.SignUp(os.fspath(path), key, written, link_page, objection_page, templates)

    def welcome(self, signed_in: SignedIn, *, lang: str = "fr", now: float | None = None) -> dict[str, Any]:
        """Receives a person who signed in: finds their account, or begins one. Raises ``AccountClosedError`` when they
        closed it: offer :meth:`reopen`.
        """
        return self._sign_up.welcome(signed_in, lang, now)

    def reopen(self, signed_in: SignedIn, *, lang: str = "fr", now: float | None = None) -> dict[str, Any]:
        """Opens the closed account of a person who signed in again; its terms ask for a new answer."""
        return self._sign_up.reopen(signed_in, lang, now)

    def account(self, account: str, *, lang: str = "fr", now: float | None = None) -> dict[str, Any]:
        """The account, as it stands."""
        return self._sign_up.account(account, lang, now)

    def choose_places(
        self, account: str, ranks: Sequence[int], *, lang: str = "fr", now: float | None = None
    ) -> dict[str, Any]:
        """Chooses the places that take part, by their ranks in ``places``."""
        return self._sign_up.choose_places(account, list(ranks), lang, now)

    def give_address(
        self,
        account: str,
        attempt: str,
        address: str,
        *,
        lang: str = "fr",
        network: str | None = None,
        now: float | None = None,
    ) -> dict[str, Any]:
        """Gives the address to link; ``lang`` is the language of its mail, ``network`` the IP address that the browser asks
        from. Then :meth:`next_mail`. Whether another account has the address is told to nobody.
        """
        return self._sign_up.give_address(account, attempt, address, lang, network, now)

    def resend(
        self,
        account: str,
        attempt: str,
        *,
        lang: str = "fr",
        network: str | None = None,
        now: float | None = None,
    ) -> dict[str, Any]:
        """Asks for the mail again; the old link and code die."""
        return self._sign_up.resend(account, attempt, lang, network, now)

    def next_mail(self, account: str | None = None, *, now: float | None = None) -> MailToSend | None:
        """The next mail whose time has come, of this account or of any; call it for any every few seconds. It is given to
        nobody else: send it, then :meth:`handed_over` or :meth:`not_handed_over`.
        """
        return self._sign_up.next_mail(account, now=now)

    def handed_over(self, mail: MailToSend, *, lang: str = "fr", now: float | None = None) -> dict[str, Any]:
        """The mail server took the mail: the life of its link and code begins."""
        return self._sign_up.handed_over(mail, lang, now)

    def not_handed_over(
        self, mail: MailToSend, why: BaseException | type[Error], *, now: float | None = None
    ) -> None:
        """The mail did not leave: ``MailRefusedError`` when the server refuses the address for good, ``MailRejectedError``
        the mail for another reason; anything else is tried again, for ten minutes.
        """
        self._sign_up.not_handed_over(mail, why, now=now)

    def answer_code(
        self, account: str, attempt: str, code: str, *, lang: str = "fr", now: float | None = None
    ) -> dict[str, Any]:
        """Takes the code of the mail. A wrong one is counted: ``EmailCodeWrongError`` with the fact ``tries_left``."""
        return self._sign_up.answer_code(account, attempt, code, lang, now)

    def open_link(
        self, token: str, account: str | None = None, attempt: str | None = None, *, now: float | None = None
    ) -> str:
        """What to show to whoever opened a mail's link: ``confirm`` (one button, then :meth:`answer_link`),
        ``already-proven`` or ``elsewhere``. ``token`` is the ``c`` of its address. Changes nothing.
        """
        return self._sign_up.open_link(token, account, attempt, now=now)

    def answer_link(
        self, account: str, attempt: str, token: str, *, lang: str = "fr", now: float | None = None
    ) -> dict[str, Any]:
        """Takes the link's token, confirmed by a button."""
        return self._sign_up.answer_link(account, attempt, token, lang, now)

    def present_terms(
        self, account: str, attempt: str, *, lang: str = "fr", now: float | None = None
    ) -> dict[str, Any]:
        """The terms in force, to show: ``documents``, the ``hash`` that the form of the answer carries, and ``difference``,
        the text of what changed since the version answered last, or none.
        """
        return self._sign_up.present_terms(account, attempt, lang, now)

    def terms_notice(self, account: str, *, lang: str = "fr", now: float | None = None) -> dict[str, Any] | None:
        """The terms in force, as :meth:`present_terms` gives them, when a change that asks for no new answer has to be told:
        show ``difference`` on any page. None when there is nothing to tell.
        """
        return self._sign_up.terms_notice(account, lang, now)

    def terms_noticed(self, account: str, *, lang: str = "fr", now: float | None = None) -> dict[str, Any]:
        """The person has seen the notice."""
        return self._sign_up.terms_noticed(account, lang, now)

    def accept_terms(
        self, account: str, attempt: str, terms: str, ticked: bool, *, lang: str = "fr", now: float | None = None
    ) -> dict[str, Any]:
        """Accepts the terms with this hash. Raises ``TermsChangedError`` when these were not shown."""
        return self._sign_up.accept_terms(account, attempt, terms, ticked, lang, now)

    def refuse_terms(
        self, account: str, attempt: str, terms: str, *, lang: str = "fr", now: float | None = None
    ) -> dict[str, Any]:
        """Refuses the terms with this hash."""
        return self._sign_up.refuse_terms(account, attempt, terms, lang, now)

    def save_settings(
        self, account: str, settings: Mapping[str, Any], *, lang: str = "fr", now: float | None = None
    ) -> dict[str, Any]:
        """The person saves their settings, as SAS writes them, reviewed in ``lang``; each of the :func:`declarations` that
        changes is recorded. Raises the error of the first rule that is broken, with its ``field``.
        """
        return self._sign_up.save_settings(account, json.dumps(dict(settings)), lang, now)

    def save_settings_as(
        self,
        account: str,
        role: str,
        signed_in: SignedIn,
        settings: Mapping[str, Any],
        *,
        lang: str = "fr",
        now: float | None = None,
    ) -> dict[str, Any]:
        """Somebody else saves the person's settings, by their own sign-in: ``role`` is ``delegate``, ``administrator``, or
        ``cpts-manager 540002698 …`` with the CPTS that they manage. Whether they are is for you to say. As
        :meth:`save_settings`; raises ``DeclarationByAnotherError`` for what is sworn, which is the person's alone, and
        ``CptsNotManagedError`` when the settings saved last take part through none of those CPTS.
        """
        return self._sign_up.save_settings_as(account, role, signed_in, json.dumps(dict(settings)), lang, now)

    def change_address(
        self,
        account: str,
        attempt: str,
        address: str,
        *,
        lang: str = "fr",
        network: str | None = None,
        now: float | None = None,
    ) -> dict[str, Any]:
        """Asks that an address take the place of an active account's. It is proven as the first one; the old one is told,
        and stays until then.
        """
        return self._sign_up.change_address(account, attempt, address, lang, network, now)

    def drop_address_change(self, account: str, *, lang: str = "fr", now: float | None = None) -> dict[str, Any]:
        """The person no longer wants the change in progress."""
        return self._sign_up.drop_address_change(account, lang, now)

    def open_objection(self, token: str, *, now: float | None = None) -> None:
        """Whether the link of the mail to an old address still has something to offer: raises when not."""
        self._sign_up.open_objection(token, now=now)

    def object(self, token: str, code: str, *, now: float | None = None) -> str:
        """Takes an objection: the link's token and the code of the same mail. ``dropped``, ``undone`` or ``before``."""
        return self._sign_up.object(token, code, now=now)

    def close(self, account: str, *, now: float | None = None) -> None:
        """The person closes their account, which withdraws their acceptance of the terms; both are recorded."""
        self._sign_up.close(account, now=now)

    def erase(self, account: str, *, now: float | None = None) -> int:
        """Erases the account at the person's word, with the content of their records, and says how many these were. A consent
        log forgets with :meth:`ConsentLog.forget`.
        """
        return self._sign_up.erase(account, now=now)

    def export(self, account: str, log: ConsentLog | None = None, *, now: float | None = None) -> dict[str, Any]:
        """All that is held of the person, as ``docs/gdpr/export.schema.json`` describes it; add what you alone hold under
        ``application``. ``log`` is the one that the records are fed to, for their receipts. That it was given is recorded.
        """
        return dict(json.loads(self._sign_up.export(account, None if log is None else log._log, now=now)))

    def run_due(self, limit: int = 64, *, now: float | None = None) -> dict[str, Any]:
        """Does what is due for accounts that are not used; call it every few hours. ``mails`` are to be sent (``account``,
        ``due``, ``to``, ``message``); say :meth:`noticed` of each that is a notice. ``begun``, ``closed``, ``erased`` and
        ``failed`` are counts.
        """
        return self._sign_up.run_due(limit, now=now)

    def noticed(self, account: str, due: str, *, refused: bool = False, now: float | None = None) -> None:
        """A notice (``first-notice``, ``last-notice``) left, or its address is gone for good: of any other failure say
        nothing, and it is due again.
        """
        self._sign_up.noticed(account, due, refused, now=now)

    def feed(self, log: ConsentLog, *, now: float | None = None) -> int:
        """Brings the records that are new into a log, and says how many: receipts come from :meth:`ConsentLog.receipt`."""
        return self._sign_up.feed(log._log, now=now)
