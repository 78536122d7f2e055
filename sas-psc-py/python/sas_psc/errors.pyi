# Written by `UPDATE=1 cargo test -p sas-psc-py`.
from collections.abc import Mapping

class Error(Exception):
    """An error of the SDK. No text of it holds an identifier, a token, an address or a name."""

    code: int
    name: str
    blame: str
    def __init__(self, code: int, facts: Mapping[str, int | str] | None = None) -> None: ...
    @property
    def facts(self) -> Mapping[str, int | str]:
        """What a caller may act on: ``tries_left``, ``retry_after`` in seconds, ``claim``…"""
    def message(self, lang: str = "fr") -> str:
        """What happened, one sentence for a person, in ``fr`` or ``en``."""
    def hint(self, lang: str = "fr") -> str:
        """What to do now, one sentence for a person, in ``fr`` or ``en``."""

def from_code(code: int, facts: Mapping[str, int | str] | None = None) -> Error:
    """The exception of a code."""

class CallerError(Error): ...

class NullArgumentError(CallerError):
    """A required argument is null."""

class NotUtf8Error(CallerError):
    """A text argument is not valid UTF-8."""

class TimeInvalidError(CallerError):
    """The date or time cannot be read."""

class StoredFormUnreadableError(CallerError):
    """A stored state cannot be read back."""

class StoredFormNewerError(CallerError):
    """A stored state was written by a newer version of the library."""

class StepOutOfOrderError(CallerError):
    """This step does not follow from where the sign-up stands."""

class PlacesUnknownError(CallerError):
    """One of the chosen places is not among the person's places."""


class UserError(Error): ...

class IdLengthError(UserError):
    """The number does not have the right length."""

class IdCharacterError(UserError):
    """The number holds a character that is not allowed."""

class IdKeyError(UserError):
    """The number's check digit is wrong: one digit is probably mistyped."""

class IdWithdrawnError(UserError):
    """This kind of number is no longer in use."""

class IdNeverAllocatedError(UserError):
    """No such number was ever given to anyone."""

class IdKindUnknownError(UserError):
    """The kind of this number is not known."""

class IdTestNumberError(UserError):
    """This is a test number, and test numbers are refused here."""

class EligibilityStructureStaffError(UserError):
    """This card belongs to a member of a structure's staff, not to a health professional."""

class EligibilityPracticeStaffError(UserError):
    """This card belongs to a member of a practice's staff, not to a health professional."""

class EligibilityUnknownIdentityError(UserError):
    """This identity has no RPPS or ADELI number."""

class AnotherPersonError(UserError):
    """The person who signed in is not the one this sign-up belongs to."""

class NumberClaimedTwiceError(UserError):
    """Two accounts hold the numbers of this person."""

class TermsNotCurrentError(UserError):
    """The terms have changed since they were shown."""

class StoreIdentityTakenError(UserError):
    """Another account already holds this RPPS or ADELI number."""

class StoreEmailTakenError(UserError):
    """This address cannot be linked to the account."""


class CardError(Error): ...


class ProviderError(Error): ...


class EnvironmentError(Error): ...

class NoRandomnessError(EnvironmentError):
    """The system gave no random bytes."""

class StoreConflictError(EnvironmentError):
    """The account was changed by someone else at the same moment."""

class StoreUnavailableError(EnvironmentError):
    """The database did not answer."""

class StoreCorruptError(EnvironmentError):
    """The database holds data that cannot be read."""

class StoreNewerError(EnvironmentError):
    """The database was written by a newer version of the program."""


class BugError(Error): ...

class PanicError(BugError):
    """The library stopped in the middle of a call."""

class BrokenInvariantError(BugError):
    """The library found itself in a state that should not exist."""

