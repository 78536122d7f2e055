"""What went wrong, who must act, what to do.

``Error`` is above every exception of the package; below it one class per blame (``UserError``), and below that one per
code (``IdKeyError``). The classes are built from the table of the SDK.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ._sas_psc import error_blames, error_table, error_text


class Error(Exception):
    """An error of the SDK. No text of it holds an identifier, a token, an address or a name.

    A code that this version does not know is an ``Error`` and nothing narrower.
    """

    code: int = 0
    name: str = "unknown"
    blame: str = "unknown"

    def __init__(self, code: int, facts: Mapping[str, int | str] | None = None) -> None:
        super().__init__(code, dict(facts or {}))
        self.code = code

    @property
    def facts(self) -> Mapping[str, int | str]:
        """What a caller may act on: ``tries_left``, ``retry_after`` in seconds, ``claim``…"""
        return MappingProxyType(self.args[1])

    def message(self, lang: str = "fr") -> str:
        """What happened, one sentence for a person, in ``fr`` or ``en``."""
        return error_text(self.code, lang)[0]

    def hint(self, lang: str = "fr") -> str:
        """What to do now, one sentence for a person, in ``fr`` or ``en``."""
        return error_text(self.code, lang)[1]

    def __str__(self) -> str:
        return f"{self.name}: {self.message('en')}"


def _subclass(words: str, parent: type[Error], **attributes: Any) -> type[Error]:
    name = "".join(word.capitalize() for word in words.split("-")) + "Error"
    return type(name, (parent,), {"__module__": __name__, **attributes})


_blames = {blame: _subclass(blame, Error, blame=blame) for blame in error_blames()}
_codes = {
    code: _subclass(name, _blames[blame], code=code, name=name, __doc__=error_text(code, "en")[0])
    for code, name, blame in error_table()
}
globals().update((each.__name__, each) for each in [*_blames.values(), *_codes.values()])


def from_code(code: int, facts: Mapping[str, int | str] | None = None) -> Error:
    """The exception of a code."""
    return _codes.get(code, Error)(code, facts)
