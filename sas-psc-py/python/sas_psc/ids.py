"""The numbers of French health, of any kind, with the reason when one is refused.

>>> from sas_psc import ids
>>> found = ids.check("99700218897")
>>> found.kind, found.valid, found.reason
('rpps', False, 'key')
"""

from ._sas_psc import Checked, id_check

__all__ = ["Checked", "check"]


def check(value: str, *, kind: str = "auto", refuse_test_numbers: bool = False) -> Checked:
    """Checks a number: ``rpps``, ``adeli``, ``finess``, ``siren``, ``siret``, ``id-nat``, ``structure``,
    ``structure-technical``, ``ins``, ``card-number``, ``opaque``, or ``auto``, which finds the kind by its shape.

    White space at both ends is dropped. A refused number is an answer, not an error. Raises ``IdKindUnknownError``
    when ``kind`` is none of these words.
    """
    return id_check(value, kind, refuse_test_numbers)
