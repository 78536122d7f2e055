from typing import final

__all__ = ["Checked", "Rpps", "__version__", "error_blames", "error_table", "error_text", "id_check"]

__version__: str

def error_blames() -> list[str]:
    """Every blame, by name."""

def error_table() -> list[tuple[int, str, str]]:
    """Every error: code, name, blame."""

def error_text(code: int, lang: str) -> tuple[str, str]:
    """Message and hint of a code; empty when the code is not known."""

@final
class Rpps:
    """An RPPS number with a right key. Its repr hides all but the last four digits."""

    def __new__(cls, text: str) -> Rpps: ...
    @staticmethod
    def is_valid(text: str) -> bool:
        """Whether the text is an RPPS number."""
    @property
    def is_test_number(self) -> bool:
        """Whether it is one of ANS's test numbers (997…, 999…)."""
    @property
    def id_nat(self) -> str:
        """The national identifier: 8 and the number."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __lt__(self, other: Rpps, /) -> bool: ...
    def __le__(self, other: Rpps, /) -> bool: ...
    def __gt__(self, other: Rpps, /) -> bool: ...
    def __ge__(self, other: Rpps, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Checked:
    """What a check found. Its repr hides the number."""

    @property
    def value(self) -> str:
        """The value as given."""
    @property
    def kind(self) -> str:
        """The kind asked for; with ``auto`` the one found."""
    @property
    def valid(self) -> bool:
        """Whether the number is accepted."""
    @property
    def checked(self) -> str:
        """How far the check went: ``key`` or ``format``."""
    @property
    def normalized(self) -> str | None:
        """The number as it should be stored, when it is valid."""
    @property
    def test_number(self) -> bool:
        """Whether it is a test number, accepted or not."""
    @property
    def reason(self) -> str | None:
        """Why it is refused: length, character, key, withdrawn, never-allocated, kind-unknown."""

def id_check(value: str, kind: str, refuse_test_numbers: bool) -> Checked: ...
