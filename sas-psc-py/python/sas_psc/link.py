"""Accounts that exist already: to whom they belong, decided at a sign-in or planned for a whole base.

An account is found by the national identifier that Pro Santé Connect gives, else by another identifier whose origin you
trust; never by an address or a name.

>>> from sas_psc import link
>>> link.plan(["1", "2", "3"], ["99700218896", "99700218897", None])
['linked', 'wrong-number', 'unknown']
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from ._sas_psc import LinkPlan, Professional, link_decide, link_plan_columns

__all__ = ["LinkPlan", "decide", "plan", "plan_columns", "plan_rows"]


def decide(
    person: Professional,
    accounts: Iterable[Mapping[str, Any]],
    *,
    trusted_origins: Sequence[str] | None = None,
) -> dict[str, Any]:
    """What the sign-in of ``person`` means for the accounts that you found by number.

    Each account is a mapping with ``account`` and ``numbers``, and one at most of ``linked``, ``undone`` (the identifiers of
    the person, the current one first) and ``set_aside``. ``trusted_origins`` are the origins of ``otherIds`` that you
    believe; ``RPPS`` and ``ADELI`` unless you say otherwise.

    The answer has ``decision``: ``sign-in`` (with ``account``, ``renumbered``), ``link`` (``account``, ``by``), ``several``
    (``accounts``), ``claimed`` (``account``) or ``prove``. Raises ``LinkAccountsUnreadableError``.
    """
    written = json.dumps([dict(account) for account in accounts])
    origins = None if trusted_origins is None else list(trusted_origins)
    return cast(dict[str, Any], link_decide(person, written, origins))


def plan_columns(header: Sequence[str]) -> tuple[int, list[int]]:
    """The column of the account and those of its numbers, by the names that bases give them. Raises ``ColumnMissingError``
    with the field ``account`` or ``number``."""
    return link_plan_columns(list(header))


def plan_rows(
    rows: Iterable[tuple[str, Sequence[str]]],
    *,
    people: Callable[[str], Iterable[str]] | None = None,
) -> list[str]:
    """What would become of each account: ``linked``, ``ambiguous``, ``unknown`` or ``wrong-number``. Nothing is changed.

    A row is the key of an account and its numbers. ``people`` gives the identifiers of those whom a directory knows under a
    number. Raises ``PlanAccountMissingError``, ``PlanAccountTwiceError``.
    """
    seen = [(account, list(numbers)) for account, numbers in rows]
    whole = LinkPlan()
    for account, numbers in seen:
        whole.see(account, numbers)
    known = (lambda numbers: None) if people is None else (lambda numbers: [one for n in numbers if n for one in people(n)])
    return [whole.judge(account, numbers, known(numbers)) for account, numbers in seen]


def plan(
    accounts: Iterable[object],
    *numbers: Iterable[object],
    people: Callable[[str], Iterable[str]] | None = None,
) -> list[str]:
    """``plan_rows`` over columns: lists, or Arrow and pandas columns, of accounts and of one or several kinds of numbers;
    what is null is no number."""
    columns = [[_text(value) for value in _values(column)] for column in (accounts, *numbers)]
    rows = ((row[0], row[1:]) for row in zip(*columns, strict=True))
    return plan_rows(rows, people=people)


def _values(column: Iterable[object]) -> Iterable[object]:
    """The values of an Arrow column as Python's own."""
    listed: Callable[[], list[object]] | None = getattr(column, "to_pylist", None)
    return column if listed is None else listed()


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)
