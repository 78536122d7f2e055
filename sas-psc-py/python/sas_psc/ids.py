"""The numbers of French health, of any kind, with the reason when one is refused; one by one or by the million.

>>> from sas_psc import ids
>>> found = ids.check("99700218897")
>>> found.kind, found.valid, found.reason
('rpps', False, 'key')
>>> ids.grouped("18751275100020").replace("\\xa0", " ")
'187 512 751 00020'

A whole column, from whatever lends Arrow data (Polars, pandas, pyarrow, DuckDB, a Spark batch), and back::

    polars.DataFrame(ids.check(frame["rpps"], kind="rpps"))

What is larger than memory goes batch by batch: ``check_each``.

Kinds: ``rpps``, ``adeli``, ``finess``, ``siren``, ``siret``, ``id-nat``, ``structure``, ``structure-technical``, ``ins``,
``card-number``, ``opaque``, or ``auto``, which finds the kind by the shape of each value.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol, overload

from ._sas_psc import (
    Checked,
    Checks,
    FhirIdentifier,
    IdNat,
    id_check,
    id_fhir_read,
    id_fhir_token,
    id_grouped,
    id_is_valid,
    id_normalized,
    ids_check,
)

__all__ = [
    "ArrowArrayExportable",
    "ArrowStreamExportable",
    "Checked",
    "Checks",
    "FhirIdentifier",
    "IdNat",
    "check",
    "check_each",
    "fhir_token",
    "from_fhir",
    "grouped",
    "is_valid",
    "parse",
]


class ArrowArrayExportable(Protocol):
    """What lends one Arrow array."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """The schema and the array, in capsules."""
        ...


class ArrowStreamExportable(Protocol):
    """What lends Arrow arrays one after the other."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream, in a capsule."""
        ...


@overload
def check(value: str, *, kind: str = "auto", refuse_test_numbers: bool = False) -> Checked: ...


@overload
def check(
    value: ArrowStreamExportable | ArrowArrayExportable,
    *,
    kind: str = "auto",
    refuse_test_numbers: bool = False,
    column: str | None = None,
) -> Checks: ...


def check(
    value: str | ArrowStreamExportable | ArrowArrayExportable,
    *,
    kind: str = "auto",
    refuse_test_numbers: bool = False,
    column: str | None = None,
) -> Checked | Checks:
    """Checks a number, or every number of a column.

    White space at both ends is dropped. A refused number is an answer, not an error.

    A column is anything with ``__arrow_c_stream__`` or ``__arrow_c_array__``: strings, large strings, string views,
    64-bit integers or a dictionary of these, or a table with such a column, named by ``column`` when there are several.
    Other threads run meanwhile. The answer has both methods too: a row for each row, with ``valid``, ``normalized`` (in the
    type of the column, sharing its memory), ``test_number``, ``reason`` and, with ``auto``, ``kind``; nulls stay null.

    Raises ``IdKindUnknownError`` for another ``kind``; for a column ``IdColumnTypeError``, ``ColumnMissingError``,
    ``ArrowSourceError``, ``ArrowMalformedError``; ``TypeError`` for any other object.
    """
    if isinstance(value, str):
        return id_check(value, kind, refuse_test_numbers)
    return ids_check(value, kind, refuse_test_numbers, column)


def check_each(
    batches: Iterable[ArrowStreamExportable | ArrowArrayExportable],
    *,
    kind: str = "auto",
    refuse_test_numbers: bool = False,
    column: str | None = None,
) -> Iterator[Checks]:
    """Checks column after column, each when it is asked for and none kept: for what is larger than memory.

    ``batches`` is any iterable of what ``check`` takes: a ``pyarrow.RecordBatchReader``, the batches of a Parquet file or of
    a DuckDB result, those that Spark's ``mapInArrow`` hands over. Raises as ``check`` does.
    """
    for batch in batches:
        yield ids_check(batch, kind, refuse_test_numbers, column)


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
