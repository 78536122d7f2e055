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
    """A text is not valid UTF-8."""

class TimeInvalidError(CallerError):
    """The date or time cannot be read."""

class StoredFormUnreadableError(CallerError):
    """A stored state cannot be read back."""

class StoredFormNewerError(CallerError):
    """A stored state was written by a newer version of the library."""

class ServerKeyShortError(CallerError):
    """The server key is shorter than 32 bytes."""

class UsageError(CallerError):
    """The command was not understood."""

class ColumnMissingError(CallerError):
    """The file has no column of this name."""

class NotDoneError(CallerError):
    """The exchange is not over yet."""

class IdColumnTypeError(CallerError):
    """The column holds neither texts nor whole numbers."""

class ArrowMalformedError(CallerError):
    """The data received does not follow the Arrow C interface."""

class ArrowChunkedError(CallerError):
    """The column came in several pieces or none: it is not one array."""

class CrosscheckWordError(CallerError):
    """There is no such difference."""

class AddressRefusedError(CallerError):
    """An address is not an https address that can be used."""

class AcrUnknownError(CallerError):
    """This authentication level is not known."""

class EndpointMissingError(CallerError):
    """The provider does not publish an address that this operation needs."""

class SimulatorRefusedError(CallerError):
    """The provider is a simulator, and simulators are refused."""

class ClientRefusedError(CallerError):
    """Pro Santé Connect refused the service's credentials."""

class ClientNotAllowedError(CallerError):
    """The service is not allowed to use this kind of sign-in."""

class RequestRefusedError(CallerError):
    """Pro Santé Connect refused the request of the service."""

class RequestSpentError(CallerError):
    """This step of the sign-in was already sent, and may not be sent again."""

class CibaSpentError(CallerError):
    """This sign-in request is not known or was already used."""

class CibaNotEnabledError(CallerError):
    """The service is not allowed to sign in by CIBA."""

class ChannelUnknownError(CallerError):
    """This way to answer is not known."""

class CibaAnsweredError(CallerError):
    """The person has already accepted the request."""

class ProxyRequestRefusedError(CallerError):
    """The Proxy e-Santé refuses the request as it is made."""

class BackendUnknownError(CallerError):
    """The Proxy e-Santé gives no access to this API."""

class BackendPathError(CallerError):
    """The address asked for leaves what the Proxy e-Santé allows."""

class BackendSettingsError(CallerError):
    """A setting of the API behind the proxy cannot be used."""

class HeaderReservedError(CallerError):
    """The request has a header that only the Proxy e-Santé may write."""

class MessageFramingError(CallerError):
    """The HTTP request can be read in two ways."""

class MessageTooLargeError(CallerError):
    """The request is too large."""

class MessageMethodError(CallerError):
    """The Proxy e-Santé does not take this method here."""

class ProxyAddressUnknownError(CallerError):
    """There is nothing at this address of the Proxy e-Santé."""

class ProxySettingError(CallerError):
    """A setting of the Proxy e-Santé client does not exist, or its value does not fit."""

class MessageIncompleteError(CallerError):
    """The request stopped before its end."""

class SessionUnsavedError(CallerError):
    """The renewed session is not stored yet."""

class EnvironmentRetiredError(CallerError):
    """This address of Pro Santé Connect's sandbox is no longer used."""

class IssuerMisspeltError(CallerError):
    """This address is on a server of Pro Santé Connect, but it is not that of its issuer."""

class AssertionKeyError(CallerError):
    """The key that has to sign the service's identity cannot be used."""

class PromptUnknownError(CallerError):
    """No way to treat an open session has this name."""

class EndpointUnknownError(CallerError):
    """No endpoint of a provider has this name."""

class CardAlgorithmError(CallerError):
    """This key of the card cannot sign in this way."""

class CardDialogueOverError(CallerError):
    """This dialogue with the card is over."""

class CardPinpadMissingError(CallerError):
    """This reader has no keys that can be used for this."""

class CmsUnreadableError(CallerError):
    """This is no CMS signature."""

class CmsUnsupportedError(CallerError):
    """This CMS signature is of a kind that this program does not judge."""

class CmsContentError(CallerError):
    """The document is not the one that was signed."""

class CmsSignatureError(CallerError):
    """The signature was not made by the key of the certificate."""

class CmsCertificateError(CallerError):
    """The certificate in it is not the one that the signer signed."""

class CmsTimeError(CallerError):
    """The signature says that it is later than the time it is judged at."""

class ReaderSeveralError(CallerError):
    """Several readers hold a card, and none was chosen."""

class CardCertificateUsageError(CallerError):
    """The key of this certificate is not for that."""

class CardPurposeUnknownError(CallerError):
    """There is no such purpose or way of signing."""

class CardAuthoritiesError(CallerError):
    """The authorities given cannot be used."""

class CardLoginNotOfferedError(CallerError):
    """Pro Santé Connect does not take the card's certificate from a program."""

class CrlAddressError(CallerError):
    """The address of a revocation list is not on the site that publishes them."""

class ChallengeTextError(CallerError):
    """The purpose or the service of a challenge cannot be used."""

class FallbackOffError(CallerError):
    """Local sign-in with the card is not allowed here."""

class FallbackOpeningError(CallerError):
    """Local sign-in cannot be opened so."""

class FallbackRuleError(CallerError):
    """Local sign-in has no rule of this name."""

class ExtractHeaderError(CallerError):
    """The file is not an extract of the Annuaire Santé that is known: a column is missing."""

class ExtractColumnTwiceError(CallerError):
    """The extract has the same column twice."""

class ExtractCutError(CallerError):
    """The extract ends in the middle of a line: it was not copied whole."""

class ExtractShrunkError(CallerError):
    """The extract is much smaller than the one before."""

class ExtractRejectedError(CallerError):
    """Too many lines of the extract are refused."""

class ExtractTooLargeError(CallerError):
    """The extract is larger than what is accepted."""

class ExtractEmptyError(CallerError):
    """The extract holds no usable line."""

class ArchiveRefusedError(CallerError):
    """The zip archive is damaged, encrypted, or not that of ANS."""

class DirectoryForeignError(CallerError):
    """The file is not an index of the directory."""

class DirectoryVersionError(CallerError):
    """The index of the directory was written by another version of the program."""

class DirectoryQuestionError(CallerError):
    """The search asks for nothing."""

class FhirKeyRefusedError(CallerError):
    """The online directory refused the application's API key."""

class FhirQueryRefusedError(CallerError):
    """The online directory does not take this search."""

class FhirPageGoneError(CallerError):
    """The rest of this reading is no longer in the online directory."""

class FhirDeltaTooOldError(CallerError):
    """The online directory keeps changes for thirty days only."""

class FhirQuestionError(CallerError):
    """The online directory cannot be asked this."""

class FhirSettingsError(CallerError):
    """A setting of the online directory cannot be used."""

class EmailLinkBaseError(CallerError):
    """The base address of the links is not usable."""

class EmailLifetimeError(CallerError):
    """The lifetime of the link is out of range."""

class EmailNothingToSendError(CallerError):
    """No mail is waiting to be sent."""

class EmailLimitRulesError(CallerError):
    """The limits on mails are not usable."""

class EmailTemplateNameError(CallerError):
    """No mail has a template of this name."""

class EmailTemplatePlaceError(CallerError):
    """A template lacks a place that it needs, or has one that may not be there."""

class EmailTemplateSubjectError(CallerError):
    """A template of a mail has no usable subject."""

class EmailTemplateUnsafeError(CallerError):
    """A template of a mail holds something that runs, sends or is fetched from afar."""

class TermsInvalidError(CallerError):
    """This version of the terms is not complete."""

class RecordUnreadableError(CallerError):
    """The consent record cannot be read."""

class RecordNewerError(CallerError):
    """The consent record was written by a newer version of the library."""

class RecordFieldError(CallerError):
    """A field of the consent record is empty or too long."""

class HashUnreadableError(CallerError):
    """The hash cannot be read."""

class LogKeyUnreadableError(CallerError):
    """The key of the log cannot be read."""

class LogNameInvalidError(CallerError):
    """The name of the log cannot be used."""

class NoteUnreadableError(CallerError):
    """This is not a signed note."""

class NoteNotSignedError(CallerError):
    """None of the given keys signed this checkpoint."""

class NoteSignatureError(CallerError):
    """The signature of the checkpoint is wrong."""

class CheckpointUnreadableError(CallerError):
    """The checkpoint cannot be read."""

class CheckpointOriginError(CallerError):
    """The checkpoint belongs to another log."""

class ProofWrongError(CallerError):
    """The proof does not lead to the signed root."""

class LogForkError(CallerError):
    """Two checkpoints of the log contradict each other."""

class ReceiptUnreadableError(CallerError):
    """The receipt cannot be read."""

class ReceiptRecordError(CallerError):
    """The record beside the receipt is not the one that was logged."""

class RecordTimeError(CallerError):
    """The answer lies in the future."""

class ReceiptAloneError(CallerError):
    """The record is not beside the receipt."""

class EvidenceUnreadableError(CallerError):
    """This is no evidence of a sign-in or of a signature."""

class EvidenceNoneError(CallerError):
    """The record rests on no evidence of this kind."""

class EvidenceOtherRecordError(CallerError):
    """The evidence is not what the record commits to."""

class EvidenceOtherSignInError(CallerError):
    """The evidence proves another sign-in than the record says."""

class SettingsUnreadableError(CallerError):
    """The settings are not a readable JSON object."""

class SettingsFieldUnreadableError(CallerError):
    """One of the settings does not have the expected form."""

class SettingsStructureMissingError(CallerError):
    """The structure has no number."""

class SettingsIdTypeError(CallerError):
    """It is not said what the number of the structure is."""

class SlotRepeatError(CallerError):
    """A day of the week is not one."""

class SlotRegionError(CallerError):
    """This is not a region of France."""

class AbsenceModeError(CallerError):
    """It is not said whether the absence starts now, without an end."""

class StepOutOfOrderError(CallerError):
    """This step does not follow from where the sign-up stands."""

class PlacesUnknownError(CallerError):
    """One of the chosen places is not among the person's places."""

class AccountUnknownError(CallerError):
    """There is no account with this key."""

class PolicyUnreadableError(CallerError):
    """The policy of the platform cannot be read."""

class LinkAccountNameError(CallerError):
    """The key of an application's account is empty, too long or holds a control character."""

class LinkAccountsUnreadableError(CallerError):
    """The list of candidate accounts cannot be read."""

class LinkOutOfOrderError(CallerError):
    """The link of this account is not at this step."""

class PlanAccountMissingError(CallerError):
    """A row names no account."""

class PlanAccountTwiceError(CallerError):
    """Two rows name the same account."""

class PlanRowUnreadableError(CallerError):
    """A row is not CSV in UTF-8."""

class LifecycleOutOfOrderError(CallerError):
    """The account is not at this step of its life."""

class LifecycleRulesError(CallerError):
    """The rules for the lives of accounts leave people no time."""

class LifeUnreadableError(CallerError):
    """The life of an account, or its rules, cannot be read."""

class ExportMemberError(CallerError):
    """A part of the export has not the name or the form of the schema."""

class HttpSettingsError(CallerError):
    """A network setting cannot be used."""

class ClientCertificateError(CallerError):
    """The server refused the client certificate, or none was given."""

class MailSettingsError(CallerError):
    """The settings of the mail server are not usable."""

class ClientKeyMismatchError(CallerError):
    """The private key is not the one of the service's certificate."""

class ClientKeyEncryptedError(CallerError):
    """The service's private key is encrypted and no password was given."""

class ClientKeyPasswordError(CallerError):
    """The password of the key or of the PKCS#12 file is wrong."""

class ClientKeyFormError(CallerError):
    """The service's key or PKCS#12 file cannot be read."""

class LogExistsError(CallerError):
    """There is a consent log in this folder already."""

class RecordUnknownError(CallerError):
    """No record of the log has this identity."""

class RecordDiffersError(CallerError):
    """Another record of the log has this identity."""

class TermsUnknownError(CallerError):
    """The log does not know these terms."""

class RecordNoneBeforeError(CallerError):
    """There is no acceptance that could be withdrawn."""

class StoreAddressError(CallerError):
    """The address of the database cannot be used."""


class UserError(Error): ...

class UserCancelledError(UserError):
    """You stopped the command."""

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

class CrosscheckPersonError(UserError):
    """The two descriptions are of two people."""

class CrosscheckInactiveError(UserError):
    """The directory says that this person does not practise."""

class CrosscheckDifferenceError(UserError):
    """The two descriptions of this person differ in what must agree."""

class SessionEndedError(UserError):
    """The session with Pro Santé Connect has ended."""

class AuthorizationStateError(UserError):
    """This answer does not belong to the sign-in in progress."""

class AuthorizationExpiredError(UserError):
    """The sign-in took too long."""

class AuthorizationUsedError(UserError):
    """This sign-in was already used."""

class SignInCancelledError(UserError):
    """The sign-in was cancelled or refused."""

class SignInRequiredError(UserError):
    """You are not signed in to Pro Santé Connect."""

class SignInNotFreshError(UserError):
    """The last sign-in is too old for this operation."""

class CodeRefusedError(UserError):
    """Pro Santé Connect did not recognise the end of the sign-in: too late, or already used."""

class CibaRefusedError(UserError):
    """The request was refused on the phone, or another number was chosen."""

class CibaExpiredError(UserError):
    """The request was not answered in time."""

class CibaCancelledError(UserError):
    """The sign-in was cancelled."""

class CibaUnknownPersonError(UserError):
    """The sign-in cannot be started for this number."""

class CibaReplacedError(UserError):
    """This request was replaced by another."""

class CibaStillRunningError(UserError):
    """The request before is still on the phone."""

class SituationUnknownError(UserError):
    """This situation of exercise is not, or no longer, among the person's own."""

class ProxySessionUnknownError(UserError):
    """The session at the Proxy e-Santé is over."""

class ProxySessionExpiredError(UserError):
    """The session at the Proxy e-Santé has expired."""

class ProxySignInRefusedError(UserError):
    """The sign-in did not succeed."""

class ProxyUnknownPersonError(UserError):
    """The Proxy e-Santé does not know this number or this software."""

class ProxyBusyError(UserError):
    """A sign-in request already waits for your answer."""

class EnrolmentCodeError(UserError):
    """This enrolment code is not valid."""

class SealedValueRefusedError(UserError):
    """What this browser or store kept was changed, or belongs to another one."""

class ReturnAddressRefusedError(UserError):
    """The address to go back to is not one of this service."""

class CardContactlessError(UserError):
    """The holder's keys and PIN cannot be used over the air."""

class CardOtherError(UserError):
    """This is not the card of the session."""

class CardPinFormError(UserError):
    """The PIN of a CPS card has four digits."""

class CardPinRequiredError(UserError):
    """The card asks for its PIN."""

class CardPinWrongError(UserError):
    """The PIN is wrong."""

class CardPinLastTryError(UserError):
    """One try is left before the card blocks: it was not spent."""

class CardPukFormError(UserError):
    """The unblocking code (PUK) has eight digits."""

class CardPukWrongError(UserError):
    """The unblocking code (PUK) is wrong."""

class CardPinNotEnteredError(UserError):
    """No PIN was entered on the reader's keys."""

class CardPinMismatchError(UserError):
    """The two new PINs differ."""

class CardPukLastTryError(UserError):
    """One try of the unblocking code (PUK) is left: it was not spent."""

class CardCertificateHolderError(UserError):
    """The certificate names no holder: it is of the card itself, of a server or of an authority."""

class CardCertificateExpiredError(UserError):
    """The card has expired."""

class CardCertificateRevokedError(UserError):
    """The card was revoked: lost, stolen or replaced."""

class CardCertificateTestError(UserError):
    """This is a test card, and test cards are refused here."""

class PossessionExpiredError(UserError):
    """The challenge was answered too late."""

class PossessionReplayedError(UserError):
    """The challenge was answered before."""

class CertificateChoiceError(UserError):
    """There is no such certificate in the list."""

class FallbackClosedError(UserError):
    """Local sign-in with the card is not open now."""

class FallbackRealmError(UserError):
    """This card is not of IGC-Santé's production."""

class FallbackDirectoryError(UserError):
    """The local directory does not know the holder of this card."""

class EmailLengthError(UserError):
    """The e-mail address is too long."""

class EmailAtSignError(UserError):
    """An e-mail address holds one @."""

class EmailCharacterError(UserError):
    """The e-mail address holds a character that is not accepted."""

class EmailLocalPartError(UserError):
    """The part before the @ is not valid."""

class EmailDomainError(UserError):
    """The part after the @ is not a valid domain."""

class EmailDomainInternationalError(UserError):
    """Domains with accents are not accepted here."""

class EmailCodeFormError(UserError):
    """The code has 8 digits."""

class EmailCodeWrongError(UserError):
    """The code is wrong."""

class EmailLinkWrongError(UserError):
    """This link is not one that was sent."""

class EmailExpiredError(UserError):
    """The mail came too late: its link and code have expired."""

class EmailSupersededError(UserError):
    """A newer mail replaced this one."""

class EmailOtherSessionError(UserError):
    """This link or code belongs to another sign-up."""

class EmailTriesUsedUpError(UserError):
    """Too many wrong codes: this mail's link and code no longer work."""

class EmailNotSentError(UserError):
    """The mail has not left yet."""

class EmailResendTooEarlyError(UserError):
    """A mail was sent just now."""

class EmailAlreadyProvenError(UserError):
    """This address is already verified."""

class EmailTooManyError(UserError):
    """Too many mails were asked for."""

class TermsNotTickedError(UserError):
    """The box of the terms is not ticked."""

class TermsChangedError(UserError):
    """The text has changed since it was shown."""

class ConsentOtherSessionError(UserError):
    """This text was shown to another person or in another window."""

class DeclarationByAnotherError(UserError):
    """A declaration on one's honour can be made by the person alone."""

class SettingsViaMissingError(UserError):
    """Missing SAS participation method."""

class SettingsFinessMissingError(UserError):
    """Missing FINESS number."""

class SettingsFinessUnknownError(UserError):
    """Not existing FINESS number."""

class SettingsLocationMissingError(UserError):
    """Give at least one place of activity."""

class SettingsSoftwareMissingError(UserError):
    """Say whether you have an appointment software."""

class SettingsHoursMissingError(UserError):
    """Declare on your honour that you make time available for the SAS."""

class SettingsViaUnknownError(UserError):
    """This way of taking part in the SAS is not known."""

class SettingsFinessInvalidError(UserError):
    """Invalid FINESS number format."""

class SettingsSiretMissingError(UserError):
    """Missing SIRET number."""

class SettingsSiretInvalidError(UserError):
    """Invalid SIRET number."""

class SettingsPractitionersMissingError(UserError):
    """It is missing how many professionals take part."""

class SlotDateError(UserError):
    """This is not a date."""

class SlotHoursError(UserError):
    """An hour is missing, or does not lie on the quarter."""

class SlotOrderError(UserError):
    """The end does not come after the start."""

class SlotPastError(UserError):
    """This slot lies in the past."""

class SlotKindError(UserError):
    """It is not said whether this is one appointment or a range."""

class SlotPatientsError(UserError):
    """The number of patients is not possible."""

class SlotModalitiesError(UserError):
    """No way to be seen is chosen, or one that is not known."""

class SlotSkippedError(UserError):
    """This hour does not exist on that day: the clocks go forward."""

class AbsenceStartError(UserError):
    """The start is missing, or is not a date."""

class AbsenceEndError(UserError):
    """The end is missing, or is not a date."""

class AbsenceOrderError(UserError):
    """The absence does not end after it starts."""

class AbsenceTooManyError(UserError):
    """There are more than three periods of absence."""

class AbsencePastError(UserError):
    """This absence is over."""

class AbsenceOverlapError(UserError):
    """This absence overlaps another one."""

class SlotUntilError(UserError):
    """The last day is missing, is not a date, or is not within the year from the first one."""

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

class VerificationLinkError(UserError):
    """This is not the link of the mail “Vérification du courriel”."""

class VerificationLinkPurposeError(UserError):
    """This link is for something else than verifying your address."""

class PrerequisiteMissingError(UserError):
    """Something is missing to begin."""

class CptsNotManagedError(UserError):
    """This person does not take part in the SAS through a CPTS that you manage."""

class AddressChangedLatelyError(UserError):
    """The address of this account was changed or contested lately."""

class AddressChangeNoneError(UserError):
    """No change of address is going on."""

class LinkNotFoundError(UserError):
    """No existing account bears your number."""

class LinkSeveralError(UserError):
    """Several existing accounts bear your number."""

class LinkClaimedError(UserError):
    """This account is linked to another person already."""

class LinkOtherSessionError(UserError):
    """The proof of the old account comes from another session or person."""

class LinkProofExpiredError(UserError):
    """The time to prove the old account is over."""

class AccountClosedError(UserError):
    """This account is closed."""

class MailRefusedError(UserError):
    """The mail server refuses this address."""

class StoreIdentityTakenError(UserError):
    """Another account already holds this RPPS or ADELI number."""

class StoreEmailTakenError(UserError):
    """This address cannot be linked to the account."""

class SessionUnknownError(UserError):
    """There is no session under this identifier."""


class CardError(Error): ...

class CardAnswerError(CardError):
    """The card's answer cannot be read: it is cut short or contradicts itself."""

class CardStatusError(CardError):
    """The card answered with a status that is not expected here."""

class CardLockedError(CardError):
    """The card wants its PIN first, or shows this to a contact reader only."""

class CardConditionsError(CardError):
    """The card lost what it had been told before this command."""

class CardObjectMissingError(CardError):
    """The card does not hold what was looked for."""

class CardDialectError(CardError):
    """The card does not speak the language of the generation it announces."""

class CardCommandRefusedError(CardError):
    """The card does not take this command."""

class CardFailureError(CardError):
    """The card reports a failure of its own."""

class CardUnknownError(CardError):
    """This card is not a CPS card."""

class CardDirectoryError(CardError):
    """The card's directories do not say where its keys and certificates are."""

class CardKeyMissingError(CardError):
    """The card has no key for this use."""

class CardSignatureError(CardError):
    """The card's signature does not fit its certificate."""

class CardUpdateUnfinishedError(CardError):
    """An update of the card was cut off before its end."""

class CardRemovedError(CardError):
    """The card was pulled out, or lost contact, during the work."""

class CardResetError(CardError):
    """Another program reset the card during the work."""

class CardAbsentError(CardError):
    """There is no card in the reader."""

class CardMuteError(CardError):
    """The card does not answer: it is upside down, dirty or broken."""

class CardPinBlockedError(CardError):
    """The card's PIN is blocked after too many wrong ones."""

class CardPukBlockedError(CardError):
    """The unblocking code (PUK) is blocked: this card can be unblocked no more."""

class ReaderNoneError(CardError):
    """There is no card reader."""

class ReaderUnknownError(CardError):
    """The reader is not there, or no longer."""

class ReaderBusyError(CardError):
    """Another program has the card for itself."""

class ReaderFailureError(CardError):
    """The reader or its driver reports a failure."""

class ReaderTimedOutError(CardError):
    """The card was not to be had in time."""

class Pkcs11FailureError(CardError):
    """The PKCS#11 module did not do what it was asked."""

class CardCertificateUnreadableError(CardError):
    """The card's certificate cannot be read."""

class CardCertificateAuthorityError(CardError):
    """The certificate was not issued by an authority of IGC-Santé that is trusted here."""

class CardCertificateSignatureError(CardError):
    """The certificate was altered, or forged: its authority did not sign it."""

class CardCertificateRangeError(CardError):
    """This authority does not issue that kind of card."""

class CardCertificateUnsupportedError(CardError):
    """The certificate asks for something that is not supported: a weak key or hash, or an unknown rule."""

class PossessionSignatureError(CardError):
    """The signature is not by the key of this certificate."""


class ProviderError(Error): ...

class DiscoveryIssuerError(ProviderError):
    """The discovery document names another issuer than the one configured."""

class DiscoveryHostError(ProviderError):
    """The discovery document points at a host that is not accepted."""

class ProviderAnswerError(ProviderError):
    """Pro Santé Connect sent an answer that cannot be read."""

class ProviderUnavailableError(ProviderError):
    """Pro Santé Connect is not available at the moment."""

class KeysUnusableError(ProviderError):
    """Pro Santé Connect published no signature key that can be used."""

class AccessTokenRefusedError(ProviderError):
    """Pro Santé Connect no longer accepts the access token."""

class AuthorizationIssuerError(ProviderError):
    """The answer comes from another provider than the one asked."""

class AuthorizationAnswerError(ProviderError):
    """The answer of the sign-in page is incomplete."""

class IdTokenMissingError(ProviderError):
    """Pro Santé Connect sent no identity."""

class IdTokenMalformedError(ProviderError):
    """The identity token cannot be read."""

class IdTokenTooLargeError(ProviderError):
    """The identity token is too large."""

class IdTokenAlgorithmError(ProviderError):
    """The identity token is not signed with RS256."""

class IdTokenKeyError(ProviderError):
    """The identity token is signed with a key that the provider does not publish."""

class IdTokenSignatureError(ProviderError):
    """The signature of the identity token is wrong."""

class IdTokenClaimMissingError(ProviderError):
    """The identity token lacks a required claim."""

class IdTokenClaimMalformedError(ProviderError):
    """A claim of the identity token has the wrong form."""

class IdTokenDuplicateError(ProviderError):
    """The identity token says the same thing twice."""

class IdTokenTypeError(ProviderError):
    """This token is not an identity token."""

class IdTokenIssuerError(ProviderError):
    """The identity token comes from another issuer."""

class IdTokenAudienceError(ProviderError):
    """The identity token was made for another service."""

class IdTokenExpiredError(ProviderError):
    """The identity token has expired."""

class IdTokenNotYetValidError(ProviderError):
    """The identity token is dated in the future."""

class IdTokenNonceError(ProviderError):
    """The identity token does not answer this sign-in."""

class IdTokenAcrError(ProviderError):
    """The sign-in is not as strong as required."""

class IdTokenAccessTokenError(ProviderError):
    """The identity token and the access token do not belong together."""

class IdTokenSubjectError(ProviderError):
    """The renewed identity is another person's."""

class UserinfoSubjectError(ProviderError):
    """The profile received is another person's."""

class UserinfoIdentityError(ProviderError):
    """The profile received holds no national identifier."""

class CibaDeviceUnavailableError(ProviderError):
    """The phone could not be reached."""

class CibaDigitsError(ProviderError):
    """Pro Santé Connect refused the number to show."""

class CibaOtherPersonError(ProviderError):
    """Another person answered than the one asked."""

class CibaOtherRequestError(ProviderError):
    """The answer received belongs to another sign-in request."""

class ProxyAnswerError(ProviderError):
    """The Proxy e-Santé answered what no Proxy e-Santé answers."""

class ProxyUnavailableError(ProviderError):
    """The Proxy e-Santé is not available."""

class BackendUnavailableError(ProviderError):
    """The API asked for does not answer."""

class TokenExchangeRefusedError(ProviderError):
    """The API's authorization server refuses the token exchange."""

class LogoutTokenMalformedError(ProviderError):
    """The logout message cannot be read as one."""

class LogoutTokenSignatureError(ProviderError):
    """The logout message was not signed by Pro Santé Connect."""

class LogoutTokenTypeError(ProviderError):
    """The token received is not a logout message."""

class LogoutTokenClaimError(ProviderError):
    """The logout message lacks what it must say, or says what it must not."""

class LogoutTokenAudienceError(ProviderError):
    """The logout message is another provider's or for another service."""

class LogoutTokenTimeError(ProviderError):
    """The logout message is too old, or dated in the future."""

class LogoutTokenReplayedError(ProviderError):
    """The logout message was received before."""

class TokenBindingError(ProviderError):
    """The token is bound to another certificate than this connection's."""

class EndpointDriftError(ProviderError):
    """The provider announces other addresses than those that this program knows."""

class CardTlsSignatureError(ProviderError):
    """The server takes no signature that this card can make."""

class CardTlsVersionError(ProviderError):
    """The server wants TLS 1.3, for which this card cannot sign."""

class CardLoginPageError(ProviderError):
    """The provider showed a page or led elsewhere instead of signing in by the certificate."""

class CrlUnavailableError(ProviderError):
    """The site of the revocation lists gave another answer than a list."""

class FhirAnswerError(ProviderError):
    """The online directory sent an answer that cannot be read."""

class FhirUnavailableError(ProviderError):
    """The online directory is unavailable for now."""

class FhirTimedOutError(ProviderError):
    """The online directory did not answer in time."""

class FhirLinkElsewhereError(ProviderError):
    """The online directory sends to another server, which would get the application's key."""

class AnswerTooLargeError(ProviderError):
    """The server's answer is too large."""


class EnvironmentError(Error): ...

class NoRandomnessError(EnvironmentError):
    """The system gave no random bytes."""

class FileUnreadableError(EnvironmentError):
    """A file could not be read."""

class FileNotWrittenError(EnvironmentError):
    """A file could not be written."""

class ArrowSourceError(EnvironmentError):
    """The source of the data stopped while it was read."""

class WorkstationUnknownError(EnvironmentError):
    """This workstation is not enrolled at the Proxy e-Santé."""

class WorkstationRevokedError(EnvironmentError):
    """The enrolment of this workstation was withdrawn."""

class SessionUnreachableError(EnvironmentError):
    """Pro Santé Connect cannot be reached to renew the session; you are still signed in."""

class ReaderServiceAbsentError(EnvironmentError):
    """The system's card service is not running."""

class ReaderLibraryAbsentError(EnvironmentError):
    """This system has no PC/SC library."""

class Pkcs11ModuleError(EnvironmentError):
    """The PKCS#11 module cannot be loaded or started."""

class CardCertificateNotYetValidError(EnvironmentError):
    """The card's certificate is not valid yet at this machine's time."""

class RevocationUnknownError(EnvironmentError):
    """It is not known whether the card was revoked: there is no list that is new enough."""

class CrlUnreadableError(EnvironmentError):
    """The revocation list cannot be read."""

class CrlAuthorityError(EnvironmentError):
    """The revocation list is not of an authority that is trusted here."""

class CrlSignatureError(EnvironmentError):
    """The revocation list was altered, or forged: its authority did not sign it."""

class CrlNotYetValidError(EnvironmentError):
    """The revocation list is of the future."""

class CrlOlderError(EnvironmentError):
    """The revocation list is older than the one held."""

class DirectoryDamagedError(EnvironmentError):
    """The index of the directory is damaged."""

class FhirTooManyCallsError(EnvironmentError):
    """The application has asked the online directory too often."""

class EmailSendWindowOverError(EnvironmentError):
    """The mail could not be sent in time."""

class SenderSpfError(EnvironmentError):
    """The DNS does not say well which servers send for the sender's domain (SPF)."""

class SenderDkimError(EnvironmentError):
    """The DNS does not give a good key for the mails' signature (DKIM)."""

class SenderDmarcError(EnvironmentError):
    """The DNS does not say well what to do with forged mails (DMARC)."""

class ConsentClockWentBackError(EnvironmentError):
    """The server's clock went back since the text was shown."""

class LogIncompleteError(EnvironmentError):
    """A file of the log is missing or damaged."""

class NameNotFoundError(EnvironmentError):
    """The server's name was not found."""

class ConnectFailedError(EnvironmentError):
    """The server cannot be reached."""

class TimedOutError(EnvironmentError):
    """The server did not answer in time."""

class ServerCertificateError(EnvironmentError):
    """The server's certificate is not trusted."""

class TlsFailedError(EnvironmentError):
    """The secure connection could not be set up."""

class ProxyFailedError(EnvironmentError):
    """The proxy refused the connection."""

class ConnectionLostError(EnvironmentError):
    """The connection was cut before the end of the answer."""

class PortUnavailableError(EnvironmentError):
    """The port for the browser's return is in use."""

class MailDeferredError(EnvironmentError):
    """The mail server cannot take the mail now."""

class MailRejectedError(EnvironmentError):
    """The mail server refuses the mail or its sender."""

class MailLoginRefusedError(EnvironmentError):
    """The mail server refuses the login."""

class ProxyAuthenticationError(EnvironmentError):
    """The network's proxy asks for a user name and a password, or refuses those given."""

class TlsInspectedError(EnvironmentError):
    """The server's certificate comes from an authority unknown to this machine: probably a proxy that inspects TLS."""

class TrustStoreEmptyError(EnvironmentError):
    """This machine has no trusted certificate authority."""

class ServerCertificateTimeError(EnvironmentError):
    """The server's certificate is not valid at this machine's time."""

class ServerCertificateNameError(EnvironmentError):
    """The certificate shown is another server's."""

class ClientCertificateEndsSoonError(EnvironmentError):
    """The service's client certificate ends soon."""

class ClientCertificateEndedError(EnvironmentError):
    """The service's client certificate is not valid at this machine's time."""

class ClockSkewError(EnvironmentError):
    """This machine's clock and the server's differ."""

class StoreConflictError(EnvironmentError):
    """The account was changed by someone else at the same moment."""

class StoreUnavailableError(EnvironmentError):
    """The database did not answer."""

class StoreCorruptError(EnvironmentError):
    """The database holds data that cannot be read."""

class StoreNewerError(EnvironmentError):
    """The database was written by a newer version of the program."""

class DirectoryMissingError(EnvironmentError):
    """There is no index of the directory here."""

class DirectoryNotWrittenError(EnvironmentError):
    """The index of the directory could not be written."""

class DirectoryBusyError(EnvironmentError):
    """Another import is running in this folder."""

class LogMissingError(EnvironmentError):
    """There is no consent log here."""

class LogBusyError(EnvironmentError):
    """Another program has the consent log open."""

class LogNotWrittenError(EnvironmentError):
    """A file of the consent log could not be written."""

class LogBehindError(EnvironmentError):
    """The consent log is behind a checkpoint that it signed: a backup was restored."""

class LogDamagedError(EnvironmentError):
    """The consent log and its signed checkpoint do not agree."""

class RecordNotPublishedError(EnvironmentError):
    """The record is safe, and the public files do not cover it yet."""

class StoreLoginRefusedError(EnvironmentError):
    """The database refused the user, the password or the database's name."""

class StoreTlsError(EnvironmentError):
    """No trusted encrypted connection to the database."""

class StoreReadOnlyError(EnvironmentError):
    """No server of the database takes writes."""

class StoreForbiddenError(EnvironmentError):
    """The database user may not make or use the tables."""

class StoreContendedError(EnvironmentError):
    """Too many others changed the same data at the same moment."""

class StoreOutcomeUnknownError(EnvironmentError):
    """The database stopped answering in the middle of a change; it may have been made."""

class StoreBehindError(EnvironmentError):
    """The accounts' store is behind the consent log: a backup was restored."""


class BugError(Error): ...

class PanicError(BugError):
    """The library stopped in the middle of a call."""

class BrokenInvariantError(BugError):
    """The library found itself in a state that should not exist."""

