"""The numbers of French health, of any kind, with the reason when one is refused.

>>> from sas_psc import ids
>>> found = ids.check("99700218897")
>>> found.kind, found.valid, found.reason
('rpps', False, 'key')
>>> ids.grouped("18751275100020").replace("\\xa0", " ")
'187 512 751 00020'

Kinds: ``rpps``, ``adeli``, ``finess``, ``siren``, ``siret``, ``id-nat``, ``structure``, ``structure-technical``, ``ins``,
``card-number``, ``opaque``, or ``auto``, which finds the kind by the shape of each value.
"""

from ._sas_psc import (
    Checked,
    FhirIdentifier,
    IdNat,
    id_check,
    id_fhir_read,
    id_fhir_token,
    id_grouped,
    id_is_valid,
    id_normalized,
)

__all__ = ["Checked", "FhirIdentifier", "IdNat", "check", "fhir_token", "from_fhir", "grouped", "is_valid", "parse"]


def check(value: str, *, kind: str = "auto", refuse_test_numbers: bool = False) -> Checked:
    """Checks a number.

    White space at both ends is dropped. A refused number is an answer, not an error. Raises ``IdKindUnknownError``
    when ``kind`` is none of the words above.
    """
    return id_check(value, kind, refuse_test_numbers)


def is_valid(value: str, *, kind: str = "auto", refuse_test_numbers: bool = False) -> bool:
    """Whether ``check`` accepts the number."""
    return id_is_valid(value, kind, refuse_test_numbers)


def parse(value: str, *, kind: str = "auto") -> str:
    """The number as it should be stored.

    Raises ``IdLengthError``, ``IdCharacterError``, ``IdKeyError``, ``IdWithdrawnError``, ``IdNeverAllocatedError`` or
    ``IdKindUnknownError``, all below ``sas_psc.errors.UserError``.
    """
    return id_normalized(value, kind)


def grouped(value: str, *, kind: str = "auto") -> str:
    """The number as people read it, in the usual groups of its kind, with no-break spaces. Raises as ``parse`` does."""
    return id_grouped(value, kind)


def from_fhir(value: str, *, system: str | None = None, type_code: str | None = None) -> FhirIdentifier:
    """An identifier of a FHIR resource, of Annuaire Santé v1 or v2: what it is by the code of its type, then by its system
    and its shape. Raises as ``parse`` does."""
    return id_fhir_read(value, system, type_code)


def fhir_token(id_nat: IdNat) -> str:
    """``system|value``, as a FHIR search takes a national identifier: by its RPPS number when it has one."""
    return id_fhir_token(id_nat)
