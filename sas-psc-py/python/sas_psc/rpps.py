"""RPPS: the number of a health professional, 11 digits with a key.

>>> from sas_psc import rpps
>>> str(rpps.parse("99700218896"))
'99700218896'
>>> rpps.is_valid("99700218897")
False
"""

from ._sas_psc import Rpps

__all__ = ["Rpps", "is_valid", "parse"]


def parse(text: str) -> Rpps:
    """Reads 11 digits; nothing is trimmed or repaired.

    Raises ``IdLengthError``, ``IdCharacterError`` or ``IdKeyError``, all below ``sas_psc.errors.UserError``.
    """
    return Rpps(text)


def is_valid(text: str) -> bool:
    """Whether ``parse`` would take the text."""
    return Rpps.is_valid(text)
