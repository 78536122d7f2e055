/*
 * sas-psc: sign French health professionals in with Pro Santé Connect.
 *
 * Made from sas-psc-ffi by `UPDATE=1 cargo test -p sas-psc-ffi --test header`. C99; C++: see sas_psc.hpp.
 *
 * Calls. A call that may fail returns int32_t: 0, or the error's code (SAS_PSC_ERROR_…). Arguments are inputs, then
 * outputs, then `sas_psc_error **error`, which may be null. Unless it returns 0, its outputs are null or zero and
 * *error, if you gave a place, holds an error to free. Getters return their value, and null, zero or false when
 * their handle is null. There is nothing to initialise, and no state between calls but what your handles hold.
 *
 * Text. You pass `const char *`, NUL-terminated UTF-8; it is copied. You receive either a `const char *` that belongs
 * to the handle it was read from and lives as long as it, or a `sas_psc_string *` that is yours to free. Bytes are a
 * pointer and a length.
 *
 * Handles. A function's prefix is its handle's type. What a call puts into a `sas_psc_x **` is yours: free it once,
 * with sas_psc_x_free, from any thread. Null may be freed. A call never keeps nor frees what you pass to it.
 *
 * Threads. `const sas_psc_x *` may be used by several threads at once, `sas_psc_x *` by one at a time.
 *
 * Time is an argument: `now` is milliseconds since 1970-01-01T00:00:00Z.
 */

#ifndef SAS_PSC_H
#define SAS_PSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAS_PSC_VERSION "0.1.0"

// Of the Arrow C data interface: its own header defines them.
struct ArrowSchema;
struct ArrowArray;
struct ArrowArrayStream;

// Who must act on an error.
enum {
  SAS_PSC_BLAME_CALLER = 1,
  SAS_PSC_BLAME_USER = 2,
  SAS_PSC_BLAME_CARD = 3,
  SAS_PSC_BLAME_PROVIDER = 4,
  SAS_PSC_BLAME_ENVIRONMENT = 5,
  SAS_PSC_BLAME_BUG = 6,
};

// What went wrong. Numbers are never reused; new ones are added, so keep a default branch.
enum {
  // A required argument is null.
  SAS_PSC_ERROR_NULL_ARGUMENT = 1001,
  // A text is not valid UTF-8.
  SAS_PSC_ERROR_NOT_UTF8 = 1002,
  // The library stopped in the middle of a call.
  SAS_PSC_ERROR_PANIC = 1003,
  // The library found itself in a state that should not exist.
  SAS_PSC_ERROR_BROKEN_INVARIANT = 1004,
  // The system gave no random bytes.
  SAS_PSC_ERROR_NO_RANDOMNESS = 1005,
  // The date or time cannot be read.
  SAS_PSC_ERROR_TIME_INVALID = 1006,
  // A stored state cannot be read back.
  SAS_PSC_ERROR_STORED_FORM_UNREADABLE = 1007,
  // A stored state was written by a newer version of the library.
  SAS_PSC_ERROR_STORED_FORM_NEWER = 1008,
  // The server key is shorter than 32 bytes.
  SAS_PSC_ERROR_SERVER_KEY_SHORT = 1009,
  // The command was not understood.
  SAS_PSC_ERROR_USAGE = 1010,
  // A file could not be read.
  SAS_PSC_ERROR_FILE_UNREADABLE = 1011,
  // You stopped the command.
  SAS_PSC_ERROR_USER_CANCELLED = 1012,
  // The file has no column of this name.
  SAS_PSC_ERROR_COLUMN_MISSING = 1013,
  // The exchange is not over yet.
  SAS_PSC_ERROR_NOT_DONE = 1014,
  // A file could not be written.
  SAS_PSC_ERROR_FILE_NOT_WRITTEN = 1015,
  // The number does not have the right length.
  SAS_PSC_ERROR_ID_LENGTH = 2001,
  // The number holds a character that is not allowed.
  SAS_PSC_ERROR_ID_CHARACTER = 2002,
  // The number's check digit is wrong: one digit is probably mistyped.
  SAS_PSC_ERROR_ID_KEY = 2003,
  // This kind of number is no longer in use.
  SAS_PSC_ERROR_ID_WITHDRAWN = 2004,
  // No such number was ever given to anyone.
  SAS_PSC_ERROR_ID_NEVER_ALLOCATED = 2005,
  // The kind of this number is not known.
  SAS_PSC_ERROR_ID_KIND_UNKNOWN = 2006,
  // This is a test number, and test numbers are refused here.
  SAS_PSC_ERROR_ID_TEST_NUMBER = 2007,
  // The column holds neither texts nor whole numbers.
  SAS_PSC_ERROR_ID_COLUMN_TYPE = 2010,
  // The source of the data stopped while it was read.
  SAS_PSC_ERROR_ARROW_SOURCE = 2011,
  // The data received does not follow the Arrow C interface.
  SAS_PSC_ERROR_ARROW_MALFORMED = 2012,
  // The column came in several pieces or none: it is not one array.
  SAS_PSC_ERROR_ARROW_CHUNKED = 2013,
  // The two descriptions are of two people.
  SAS_PSC_ERROR_CROSSCHECK_PERSON = 2030,
  // The directory says that this person does not practise.
  SAS_PSC_ERROR_CROSSCHECK_INACTIVE = 2031,
  // The two descriptions of this person differ in what must agree.
  SAS_PSC_ERROR_CROSSCHECK_DIFFERENCE = 2032,
  // There is no such difference.
  SAS_PSC_ERROR_CROSSCHECK_WORD = 2033,
  // An address is not an https address that can be used.
  SAS_PSC_ERROR_ADDRESS_REFUSED = 3001,
  // This authentication level is not known.
  SAS_PSC_ERROR_ACR_UNKNOWN = 3002,
  // The provider does not publish an address that this operation needs.
  SAS_PSC_ERROR_ENDPOINT_MISSING = 3003,
  // The provider is a simulator, and simulators are refused.
  SAS_PSC_ERROR_SIMULATOR_REFUSED = 3004,
  // The discovery document names another issuer than the one configured.
  SAS_PSC_ERROR_DISCOVERY_ISSUER = 3005,
  // The discovery document points at a host that is not accepted.
  SAS_PSC_ERROR_DISCOVERY_HOST = 3006,
  // Pro Santé Connect sent an answer that cannot be read.
  SAS_PSC_ERROR_PROVIDER_ANSWER = 3007,
  // Pro Santé Connect is not available at the moment.
  SAS_PSC_ERROR_PROVIDER_UNAVAILABLE = 3008,
  // Pro Santé Connect published no signature key that can be used.
  SAS_PSC_ERROR_KEYS_UNUSABLE = 3009,
  // Pro Santé Connect refused the service's credentials.
  SAS_PSC_ERROR_CLIENT_REFUSED = 3010,
  // The service is not allowed to use this kind of sign-in.
  SAS_PSC_ERROR_CLIENT_NOT_ALLOWED = 3011,
  // Pro Santé Connect refused the request of the service.
  SAS_PSC_ERROR_REQUEST_REFUSED = 3012,
  // The session with Pro Santé Connect has ended.
  SAS_PSC_ERROR_SESSION_ENDED = 3013,
  // Pro Santé Connect no longer accepts the access token.
  SAS_PSC_ERROR_ACCESS_TOKEN_REFUSED = 3014,
  // This step of the sign-in was already sent, and may not be sent again.
  SAS_PSC_ERROR_REQUEST_SPENT = 3015,
  // This answer does not belong to the sign-in in progress.
  SAS_PSC_ERROR_AUTHORIZATION_STATE = 3020,
  // The sign-in took too long.
  SAS_PSC_ERROR_AUTHORIZATION_EXPIRED = 3021,
  // This sign-in was already used.
  SAS_PSC_ERROR_AUTHORIZATION_USED = 3022,
  // The answer comes from another provider than the one asked.
  SAS_PSC_ERROR_AUTHORIZATION_ISSUER = 3023,
  // The answer of the sign-in page is incomplete.
  SAS_PSC_ERROR_AUTHORIZATION_ANSWER = 3024,
  // The sign-in was cancelled or refused.
  SAS_PSC_ERROR_SIGN_IN_CANCELLED = 3025,
  // You are not signed in to Pro Santé Connect.
  SAS_PSC_ERROR_SIGN_IN_REQUIRED = 3026,
  // The last sign-in is too old for this operation.
  SAS_PSC_ERROR_SIGN_IN_NOT_FRESH = 3027,
  // Pro Santé Connect did not recognise the end of the sign-in: too late, or already used.
  SAS_PSC_ERROR_CODE_REFUSED = 3028,
  // Pro Santé Connect sent no identity.
  SAS_PSC_ERROR_ID_TOKEN_MISSING = 3040,
  // The identity token cannot be read.
  SAS_PSC_ERROR_ID_TOKEN_MALFORMED = 3041,
  // The identity token is too large.
  SAS_PSC_ERROR_ID_TOKEN_TOO_LARGE = 3042,
  // The identity token is not signed with RS256.
  SAS_PSC_ERROR_ID_TOKEN_ALGORITHM = 3043,
  // The identity token is signed with a key that the provider does not publish.
  SAS_PSC_ERROR_ID_TOKEN_KEY = 3044,
  // The signature of the identity token is wrong.
  SAS_PSC_ERROR_ID_TOKEN_SIGNATURE = 3045,
  // The identity token lacks a required claim.
  SAS_PSC_ERROR_ID_TOKEN_CLAIM_MISSING = 3046,
  // A claim of the identity token has the wrong form.
  SAS_PSC_ERROR_ID_TOKEN_CLAIM_MALFORMED = 3047,
  // The identity token says the same thing twice.
  SAS_PSC_ERROR_ID_TOKEN_DUPLICATE = 3048,
  // This token is not an identity token.
  SAS_PSC_ERROR_ID_TOKEN_TYPE = 3049,
  // The identity token comes from another issuer.
  SAS_PSC_ERROR_ID_TOKEN_ISSUER = 3050,
  // The identity token was made for another service.
  SAS_PSC_ERROR_ID_TOKEN_AUDIENCE = 3051,
  // The identity token has expired.
  SAS_PSC_ERROR_ID_TOKEN_EXPIRED = 3052,
  // The identity token is dated in the future.
  SAS_PSC_ERROR_ID_TOKEN_NOT_YET_VALID = 3053,
  // The identity token does not answer this sign-in.
  SAS_PSC_ERROR_ID_TOKEN_NONCE = 3054,
  // The sign-in is not as strong as required.
  SAS_PSC_ERROR_ID_TOKEN_ACR = 3055,
  // The identity token and the access token do not belong together.
  SAS_PSC_ERROR_ID_TOKEN_ACCESS_TOKEN = 3056,
  // The renewed identity is another person's.
  SAS_PSC_ERROR_ID_TOKEN_SUBJECT = 3057,
  // The profile received is another person's.
  SAS_PSC_ERROR_USERINFO_SUBJECT = 3060,
  // The profile received holds no national identifier.
  SAS_PSC_ERROR_USERINFO_IDENTITY = 3061,
  // The request was refused on the phone, or another number was chosen.
  SAS_PSC_ERROR_CIBA_REFUSED = 3070,
  // The request was not answered in time.
  SAS_PSC_ERROR_CIBA_EXPIRED = 3071,
  // The sign-in was cancelled.
  SAS_PSC_ERROR_CIBA_CANCELLED = 3072,
  // The sign-in cannot be started for this number.
  SAS_PSC_ERROR_CIBA_UNKNOWN_PERSON = 3073,
  // This sign-in request is not known or was already used.
  SAS_PSC_ERROR_CIBA_SPENT = 3074,
  // The service is not allowed to sign in by CIBA.
  SAS_PSC_ERROR_CIBA_NOT_ENABLED = 3075,
  // The phone could not be reached.
  SAS_PSC_ERROR_CIBA_DEVICE_UNAVAILABLE = 3076,
  // Pro Santé Connect refused the number to show.
  SAS_PSC_ERROR_CIBA_DIGITS = 3077,
  // Another person answered than the one asked.
  SAS_PSC_ERROR_CIBA_OTHER_PERSON = 3078,
  // This way to answer is not known.
  SAS_PSC_ERROR_CHANNEL_UNKNOWN = 3079,
  // The answer received belongs to another sign-in request.
  SAS_PSC_ERROR_CIBA_OTHER_REQUEST = 3130,
  // The person has already accepted the request.
  SAS_PSC_ERROR_CIBA_ANSWERED = 3131,
  // This request was replaced by another.
  SAS_PSC_ERROR_CIBA_REPLACED = 3132,
  // The request before is still on the phone.
  SAS_PSC_ERROR_CIBA_STILL_RUNNING = 3133,
  // This situation of exercise is not, or no longer, among the person's own.
  SAS_PSC_ERROR_SITUATION_UNKNOWN = 3100,
  // The Proxy e-Santé answered what no Proxy e-Santé answers.
  SAS_PSC_ERROR_PROXY_ANSWER = 3150,
  // The Proxy e-Santé is not available.
  SAS_PSC_ERROR_PROXY_UNAVAILABLE = 3151,
  // The session at the Proxy e-Santé is over.
  SAS_PSC_ERROR_PROXY_SESSION_UNKNOWN = 3152,
  // The session at the Proxy e-Santé has expired.
  SAS_PSC_ERROR_PROXY_SESSION_EXPIRED = 3153,
  // The sign-in did not succeed.
  SAS_PSC_ERROR_PROXY_SIGN_IN_REFUSED = 3154,
  // The Proxy e-Santé does not know this number or this software.
  SAS_PSC_ERROR_PROXY_PERSON_UNKNOWN = 3155,
  // The Proxy e-Santé refuses the request as it is made.
  SAS_PSC_ERROR_PROXY_REQUEST_REFUSED = 3156,
  // A sign-in request already waits for your answer.
  SAS_PSC_ERROR_PROXY_BUSY = 3157,
  // This workstation is not enrolled at the Proxy e-Santé.
  SAS_PSC_ERROR_WORKSTATION_UNKNOWN = 3158,
  // The enrolment of this workstation was withdrawn.
  SAS_PSC_ERROR_WORKSTATION_REVOKED = 3159,
  // This enrolment code is not valid.
  SAS_PSC_ERROR_ENROLMENT_CODE = 3160,
  // The Proxy e-Santé gives no access to this API.
  SAS_PSC_ERROR_BACKEND_UNKNOWN = 3161,
  // The address asked for leaves what the Proxy e-Santé allows.
  SAS_PSC_ERROR_BACKEND_PATH = 3162,
  // The API asked for does not answer.
  SAS_PSC_ERROR_BACKEND_UNAVAILABLE = 3163,
  // A setting of the API behind the proxy cannot be used.
  SAS_PSC_ERROR_BACKEND_SETTINGS = 3164,
  // The request has a header that only the Proxy e-Santé may write.
  SAS_PSC_ERROR_HEADER_RESERVED = 3165,
  // The HTTP request can be read in two ways.
  SAS_PSC_ERROR_MESSAGE_FRAMING = 3166,
  // The request is too large.
  SAS_PSC_ERROR_MESSAGE_TOO_LARGE = 3167,
  // The Proxy e-Santé does not take this method here.
  SAS_PSC_ERROR_MESSAGE_METHOD = 3168,
  // The API's authorization server refuses the token exchange.
  SAS_PSC_ERROR_TOKEN_EXCHANGE_REFUSED = 3169,
  // There is nothing at this address of the Proxy e-Santé.
  SAS_PSC_ERROR_PROXY_ADDRESS_UNKNOWN = 3170,
  // A setting of the Proxy e-Santé client does not exist, or its value does not fit.
  SAS_PSC_ERROR_PROXY_SETTING = 3171,
  // The request stopped before its end.
  SAS_PSC_ERROR_MESSAGE_INCOMPLETE = 3172,
  // What this browser or store kept was changed, or belongs to another one.
  SAS_PSC_ERROR_SEALED_VALUE_REFUSED = 3110,
  // The address to go back to is not one of this service.
  SAS_PSC_ERROR_RETURN_ADDRESS_REFUSED = 3111,
  // The logout message cannot be read as one.
  SAS_PSC_ERROR_LOGOUT_TOKEN_MALFORMED = 3112,
  // The logout message was not signed by Pro Santé Connect.
  SAS_PSC_ERROR_LOGOUT_TOKEN_SIGNATURE = 3113,
  // The token received is not a logout message.
  SAS_PSC_ERROR_LOGOUT_TOKEN_TYPE = 3114,
  // The logout message lacks what it must say, or says what it must not.
  SAS_PSC_ERROR_LOGOUT_TOKEN_CLAIM = 3115,
  // The logout message is another provider's or for another service.
  SAS_PSC_ERROR_LOGOUT_TOKEN_AUDIENCE = 3116,
  // The logout message is too old, or dated in the future.
  SAS_PSC_ERROR_LOGOUT_TOKEN_TIME = 3117,
  // The logout message was received before.
  SAS_PSC_ERROR_LOGOUT_TOKEN_REPLAYED = 3118,
  // Pro Santé Connect cannot be reached to renew the session; you are still signed in.
  SAS_PSC_ERROR_SESSION_UNREACHABLE = 3120,
  // The renewed session is not stored yet.
  SAS_PSC_ERROR_SESSION_UNSAVED = 3121,
  // The token is bound to another certificate than this connection's.
  SAS_PSC_ERROR_TOKEN_BINDING = 3080,
  // This address of Pro Santé Connect's sandbox is no longer used.
  SAS_PSC_ERROR_ENVIRONMENT_RETIRED = 3081,
  // This address is on a server of Pro Santé Connect, but it is not that of its issuer.
  SAS_PSC_ERROR_ISSUER_MISSPELT = 3082,
  // The provider announces other addresses than those that this program knows.
  SAS_PSC_ERROR_ENDPOINT_DRIFT = 3083,
  // The key that has to sign the service's identity cannot be used.
  SAS_PSC_ERROR_ASSERTION_KEY = 3084,
  // No way to treat an open session has this name.
  SAS_PSC_ERROR_PROMPT_UNKNOWN = 3086,
  // No endpoint of a provider has this name.
  SAS_PSC_ERROR_ENDPOINT_UNKNOWN = 3085,
  // The card's answer cannot be read: it is cut short or contradicts itself.
  SAS_PSC_ERROR_CARD_ANSWER = 4001,
  // The card answered with a status that is not expected here.
  SAS_PSC_ERROR_CARD_STATUS = 4002,
  // The card wants its PIN first, or shows this to a contact reader only.
  SAS_PSC_ERROR_CARD_LOCKED = 4003,
  // The card lost what it had been told before this command.
  SAS_PSC_ERROR_CARD_CONDITIONS = 4004,
  // The card does not hold what was looked for.
  SAS_PSC_ERROR_CARD_OBJECT_MISSING = 4005,
  // The card does not speak the language of the generation it announces.
  SAS_PSC_ERROR_CARD_DIALECT = 4006,
  // The card does not take this command.
  SAS_PSC_ERROR_CARD_COMMAND_REFUSED = 4007,
  // The card reports a failure of its own.
  SAS_PSC_ERROR_CARD_FAILURE = 4008,
  // This card is not a CPS card.
  SAS_PSC_ERROR_CARD_UNKNOWN = 4009,
  // The card's directories do not say where its keys and certificates are.
  SAS_PSC_ERROR_CARD_DIRECTORY = 4010,
  // The card has no key for this use.
  SAS_PSC_ERROR_CARD_KEY_MISSING = 4011,
  // The holder's keys and PIN cannot be used over the air.
  SAS_PSC_ERROR_CARD_CONTACTLESS = 4012,
  // This is not the card of the session.
  SAS_PSC_ERROR_CARD_OTHER = 4013,
  // The card's signature does not fit its certificate.
  SAS_PSC_ERROR_CARD_SIGNATURE = 4014,
  // This key of the card cannot sign in this way.
  SAS_PSC_ERROR_CARD_ALGORITHM = 4015,
  // An update of the card was cut off before its end.
  SAS_PSC_ERROR_CARD_UPDATE_UNFINISHED = 4016,
  // The card was pulled out, or lost contact, during the work.
  SAS_PSC_ERROR_CARD_REMOVED = 4017,
  // Another program reset the card during the work.
  SAS_PSC_ERROR_CARD_RESET = 4018,
  // There is no card in the reader.
  SAS_PSC_ERROR_CARD_ABSENT = 4019,
  // The card does not answer: it is upside down, dirty or broken.
  SAS_PSC_ERROR_CARD_MUTE = 4020,
  // This dialogue with the card is over.
  SAS_PSC_ERROR_CARD_DIALOGUE_OVER = 4021,
  // The PIN of a CPS card has four digits.
  SAS_PSC_ERROR_CARD_PIN_FORM = 4101,
  // The card asks for its PIN.
  SAS_PSC_ERROR_CARD_PIN_REQUIRED = 4102,
  // The PIN is wrong.
  SAS_PSC_ERROR_CARD_PIN_WRONG = 4103,
  // The card's PIN is blocked after too many wrong ones.
  SAS_PSC_ERROR_CARD_PIN_BLOCKED = 4104,
  // One try is left before the card blocks: it was not spent.
  SAS_PSC_ERROR_CARD_PIN_LAST_TRY = 4105,
  // The unblocking code (PUK) has eight digits.
  SAS_PSC_ERROR_CARD_PUK_FORM = 4106,
  // The unblocking code (PUK) is wrong.
  SAS_PSC_ERROR_CARD_PUK_WRONG = 4107,
  // The unblocking code (PUK) is blocked: this card can be unblocked no more.
  SAS_PSC_ERROR_CARD_PUK_BLOCKED = 4108,
  // No PIN was entered on the reader's keys.
  SAS_PSC_ERROR_CARD_PIN_NOT_ENTERED = 4109,
  // This reader has no keys that can be used for this.
  SAS_PSC_ERROR_CARD_PINPAD_MISSING = 4110,
  // The two new PINs differ.
  SAS_PSC_ERROR_CARD_PIN_MISMATCH = 4111,
  // One try of the unblocking code (PUK) is left: it was not spent.
  SAS_PSC_ERROR_CARD_PUK_LAST_TRY = 4112,
  // This is no CMS signature.
  SAS_PSC_ERROR_CMS_UNREADABLE = 4113,
  // This CMS signature is of a kind that this program does not judge.
  SAS_PSC_ERROR_CMS_UNSUPPORTED = 4114,
  // The document is not the one that was signed.
  SAS_PSC_ERROR_CMS_CONTENT = 4115,
  // The signature was not made by the key of the certificate.
  SAS_PSC_ERROR_CMS_SIGNATURE = 4116,
  // The certificate in it is not the one that the signer signed.
  SAS_PSC_ERROR_CMS_CERTIFICATE = 4117,
  // The signature says that it is later than the time it is judged at.
  SAS_PSC_ERROR_CMS_TIME = 4118,
  // The system's card service is not running.
  SAS_PSC_ERROR_READER_SERVICE_ABSENT = 4201,
  // This system has no PC/SC library.
  SAS_PSC_ERROR_READER_LIBRARY_ABSENT = 4202,
  // There is no card reader.
  SAS_PSC_ERROR_READER_NONE = 4203,
  // The reader is not there, or no longer.
  SAS_PSC_ERROR_READER_UNKNOWN = 4204,
  // Another program has the card for itself.
  SAS_PSC_ERROR_READER_BUSY = 4205,
  // The reader or its driver reports a failure.
  SAS_PSC_ERROR_READER_FAILURE = 4206,
  // Several readers hold a card, and none was chosen.
  SAS_PSC_ERROR_READER_SEVERAL = 4207,
  // The card was not to be had in time.
  SAS_PSC_ERROR_READER_TIMED_OUT = 4208,
  // The PKCS#11 module cannot be loaded or started.
  SAS_PSC_ERROR_PKCS11_MODULE = 4211,
  // The PKCS#11 module did not do what it was asked.
  SAS_PSC_ERROR_PKCS11_FAILURE = 4212,
  // The card's certificate cannot be read.
  SAS_PSC_ERROR_CARD_CERTIFICATE_UNREADABLE = 4300,
  // The certificate names no holder: it is of the card itself, of a server or of an authority.
  SAS_PSC_ERROR_CARD_CERTIFICATE_HOLDER = 4301,
  // The key of this certificate is not for that.
  SAS_PSC_ERROR_CARD_CERTIFICATE_USAGE = 4302,
  // The certificate was not issued by an authority of IGC-Santé that is trusted here.
  SAS_PSC_ERROR_CARD_CERTIFICATE_AUTHORITY = 4303,
  // The certificate was altered, or forged: its authority did not sign it.
  SAS_PSC_ERROR_CARD_CERTIFICATE_SIGNATURE = 4304,
  // The card has expired.
  SAS_PSC_ERROR_CARD_CERTIFICATE_EXPIRED = 4305,
  // The card's certificate is not valid yet at this machine's time.
  SAS_PSC_ERROR_CARD_CERTIFICATE_NOT_YET_VALID = 4306,
  // The card was revoked: lost, stolen or replaced.
  SAS_PSC_ERROR_CARD_CERTIFICATE_REVOKED = 4307,
  // This authority does not issue that kind of card.
  SAS_PSC_ERROR_CARD_CERTIFICATE_RANGE = 4308,
  // This is a test card, and test cards are refused here.
  SAS_PSC_ERROR_CARD_CERTIFICATE_TEST = 4309,
  // The certificate asks for something that is not supported: a weak key or hash, or an unknown rule.
  SAS_PSC_ERROR_CARD_CERTIFICATE_UNSUPPORTED = 4310,
  // There is no such purpose or way of signing.
  SAS_PSC_ERROR_CARD_PURPOSE_UNKNOWN = 4311,
  // The authorities given cannot be used.
  SAS_PSC_ERROR_CARD_AUTHORITIES = 4312,
  // The server takes no signature that this card can make.
  SAS_PSC_ERROR_CARD_TLS_SIGNATURE = 4401,
  // The server wants TLS 1.3, for which this card cannot sign.
  SAS_PSC_ERROR_CARD_TLS_VERSION = 4402,
  // Pro Santé Connect does not take the card's certificate from a program.
  SAS_PSC_ERROR_CARD_LOGIN_NOT_OFFERED = 4403,
  // The provider showed a page or led elsewhere instead of signing in by the certificate.
  SAS_PSC_ERROR_CARD_LOGIN_PAGE = 4404,
  // It is not known whether the card was revoked: there is no list that is new enough.
  SAS_PSC_ERROR_REVOCATION_UNKNOWN = 4320,
  // The revocation list cannot be read.
  SAS_PSC_ERROR_CRL_UNREADABLE = 4321,
  // The revocation list is not of an authority that is trusted here.
  SAS_PSC_ERROR_CRL_AUTHORITY = 4322,
  // The revocation list was altered, or forged: its authority did not sign it.
  SAS_PSC_ERROR_CRL_SIGNATURE = 4323,
  // The revocation list is of the future.
  SAS_PSC_ERROR_CRL_NOT_YET_VALID = 4324,
  // The revocation list is older than the one held.
  SAS_PSC_ERROR_CRL_OLDER = 4325,
  // The address of a revocation list is not on the site that publishes them.
  SAS_PSC_ERROR_CRL_ADDRESS = 4326,
  // The site of the revocation lists gave another answer than a list.
  SAS_PSC_ERROR_CRL_UNAVAILABLE = 4327,
  // The signature is not by the key of this certificate.
  SAS_PSC_ERROR_POSSESSION_SIGNATURE = 4330,
  // The challenge was answered too late.
  SAS_PSC_ERROR_POSSESSION_EXPIRED = 4331,
  // The challenge was answered before.
  SAS_PSC_ERROR_POSSESSION_REPLAYED = 4332,
  // The purpose or the service of a challenge cannot be used.
  SAS_PSC_ERROR_CHALLENGE_TEXT = 4333,
  // There is no such certificate in the list.
  SAS_PSC_ERROR_CERTIFICATE_CHOICE = 4334,
  // Local sign-in with the card is not allowed here.
  SAS_PSC_ERROR_FALLBACK_OFF = 4340,
  // Local sign-in with the card is not open now.
  SAS_PSC_ERROR_FALLBACK_CLOSED = 4341,
  // Local sign-in cannot be opened so.
  SAS_PSC_ERROR_FALLBACK_OPENING = 4342,
  // This card is not of IGC-Santé's production.
  SAS_PSC_ERROR_FALLBACK_REALM = 4343,
  // The local directory does not know the holder of this card.
  SAS_PSC_ERROR_FALLBACK_DIRECTORY = 4344,
  // Local sign-in has no rule of this name.
  SAS_PSC_ERROR_FALLBACK_RULE = 4345,
  // The file is not an extract of the Annuaire Santé that is known: a column is missing.
  SAS_PSC_ERROR_EXTRACT_HEADER = 5001,
  // The extract has the same column twice.
  SAS_PSC_ERROR_EXTRACT_COLUMN_TWICE = 5002,
  // The extract ends in the middle of a line: it was not copied whole.
  SAS_PSC_ERROR_EXTRACT_CUT = 5003,
  // The extract is much smaller than the one before.
  SAS_PSC_ERROR_EXTRACT_SHRUNK = 5004,
  // Too many lines of the extract are refused.
  SAS_PSC_ERROR_EXTRACT_REJECTED = 5005,
  // The extract is larger than what is accepted.
  SAS_PSC_ERROR_EXTRACT_TOO_LARGE = 5006,
  // The extract holds no usable line.
  SAS_PSC_ERROR_EXTRACT_EMPTY = 5007,
  // The zip archive is damaged, encrypted, or not that of ANS.
  SAS_PSC_ERROR_ARCHIVE_REFUSED = 5008,
  // The file is not an index of the directory.
  SAS_PSC_ERROR_DIRECTORY_FOREIGN = 5010,
  // The index of the directory was written by another version of the program.
  SAS_PSC_ERROR_DIRECTORY_VERSION = 5011,
  // The index of the directory is damaged.
  SAS_PSC_ERROR_DIRECTORY_DAMAGED = 5012,
  // The search asks for nothing.
  SAS_PSC_ERROR_DIRECTORY_QUESTION = 5013,
  // The online directory sent an answer that cannot be read.
  SAS_PSC_ERROR_FHIR_ANSWER = 5050,
  // The online directory is unavailable for now.
  SAS_PSC_ERROR_FHIR_UNAVAILABLE = 5051,
  // The online directory did not answer in time.
  SAS_PSC_ERROR_FHIR_TIMED_OUT = 5052,
  // The online directory refused the application's API key.
  SAS_PSC_ERROR_FHIR_KEY_REFUSED = 5053,
  // The online directory does not take this search.
  SAS_PSC_ERROR_FHIR_QUERY_REFUSED = 5054,
  // The application has asked the online directory too often.
  SAS_PSC_ERROR_FHIR_TOO_MANY_CALLS = 5055,
  // The rest of this reading is no longer in the online directory.
  SAS_PSC_ERROR_FHIR_PAGE_GONE = 5056,
  // The online directory sends to another server, which would get the application's key.
  SAS_PSC_ERROR_FHIR_LINK_ELSEWHERE = 5057,
  // The online directory keeps changes for thirty days only.
  SAS_PSC_ERROR_FHIR_DELTA_TOO_OLD = 5058,
  // The online directory cannot be asked this.
  SAS_PSC_ERROR_FHIR_QUESTION = 5059,
  // A setting of the online directory cannot be used.
  SAS_PSC_ERROR_FHIR_SETTINGS = 5060,
  // The e-mail address is too long.
  SAS_PSC_ERROR_EMAIL_LENGTH = 6001,
  // An e-mail address holds one @.
  SAS_PSC_ERROR_EMAIL_AT_SIGN = 6002,
  // The e-mail address holds a character that is not accepted.
  SAS_PSC_ERROR_EMAIL_CHARACTER = 6003,
  // The part before the @ is not valid.
  SAS_PSC_ERROR_EMAIL_LOCAL_PART = 6004,
  // The part after the @ is not a valid domain.
  SAS_PSC_ERROR_EMAIL_DOMAIN = 6005,
  // Domains with accents are not accepted here.
  SAS_PSC_ERROR_EMAIL_DOMAIN_INTERNATIONAL = 6006,
  // The code has 8 digits.
  SAS_PSC_ERROR_EMAIL_CODE_FORM = 6007,
  // The code is wrong.
  SAS_PSC_ERROR_EMAIL_CODE_WRONG = 6008,
  // This link is not one that was sent.
  SAS_PSC_ERROR_EMAIL_LINK_WRONG = 6009,
  // The mail came too late: its link and code have expired.
  SAS_PSC_ERROR_EMAIL_EXPIRED = 6010,
  // A newer mail replaced this one.
  SAS_PSC_ERROR_EMAIL_SUPERSEDED = 6011,
  // This link or code belongs to another sign-up.
  SAS_PSC_ERROR_EMAIL_OTHER_SESSION = 6012,
  // Too many wrong codes: this mail's link and code no longer work.
  SAS_PSC_ERROR_EMAIL_TRIES_USED_UP = 6013,
  // The mail has not left yet.
  SAS_PSC_ERROR_EMAIL_NOT_SENT = 6014,
  // A mail was sent just now.
  SAS_PSC_ERROR_EMAIL_RESEND_TOO_EARLY = 6015,
  // This address is already verified.
  SAS_PSC_ERROR_EMAIL_ALREADY_PROVEN = 6016,
  // The mail could not be sent in time.
  SAS_PSC_ERROR_EMAIL_SEND_WINDOW_OVER = 6017,
  // The base address of the links is not usable.
  SAS_PSC_ERROR_EMAIL_LINK_BASE = 6018,
  // The lifetime of the link is out of range.
  SAS_PSC_ERROR_EMAIL_LIFETIME = 6019,
  // No mail is waiting to be sent.
  SAS_PSC_ERROR_EMAIL_NOTHING_TO_SEND = 6020,
  // Too many mails were asked for.
  SAS_PSC_ERROR_EMAIL_TOO_MANY = 6030,
  // The limits on mails are not usable.
  SAS_PSC_ERROR_EMAIL_LIMIT_RULES = 6031,
  // No mail has a template of this name.
  SAS_PSC_ERROR_EMAIL_TEMPLATE_NAME = 6032,
  // A template lacks a place that it needs, or has one that may not be there.
  SAS_PSC_ERROR_EMAIL_TEMPLATE_PLACE = 6033,
  // A template of a mail has no usable subject.
  SAS_PSC_ERROR_EMAIL_TEMPLATE_SUBJECT = 6034,
  // A template of a mail holds something that runs, sends or is fetched from afar.
  SAS_PSC_ERROR_EMAIL_TEMPLATE_UNSAFE = 6035,
  // The DNS does not say well which servers send for the sender's domain (SPF).
  SAS_PSC_ERROR_SENDER_SPF = 6040,
  // The DNS does not give a good key for the mails' signature (DKIM).
  SAS_PSC_ERROR_SENDER_DKIM = 6041,
  // The DNS does not say well what to do with forged mails (DMARC).
  SAS_PSC_ERROR_SENDER_DMARC = 6042,
  // This version of the terms is not complete.
  SAS_PSC_ERROR_TERMS_INVALID = 7001,
  // The box of the terms is not ticked.
  SAS_PSC_ERROR_TERMS_NOT_TICKED = 7002,
  // The text has changed since it was shown.
  SAS_PSC_ERROR_TERMS_CHANGED = 7003,
  // This text was shown to another person or in another window.
  SAS_PSC_ERROR_CONSENT_OTHER_SESSION = 7004,
  // The server's clock went back since the text was shown.
  SAS_PSC_ERROR_CONSENT_CLOCK_WENT_BACK = 7005,
  // The consent record cannot be read.
  SAS_PSC_ERROR_RECORD_UNREADABLE = 7006,
  // The consent record was written by a newer version of the library.
  SAS_PSC_ERROR_RECORD_NEWER = 7007,
  // A field of the consent record is empty or too long.
  SAS_PSC_ERROR_RECORD_FIELD = 7008,
  // The hash cannot be read.
  SAS_PSC_ERROR_HASH_UNREADABLE = 7009,
  // The key of the log cannot be read.
  SAS_PSC_ERROR_LOG_KEY_UNREADABLE = 7010,
  // The name of the log cannot be used.
  SAS_PSC_ERROR_LOG_NAME_INVALID = 7011,
  // This is not a signed note.
  SAS_PSC_ERROR_NOTE_UNREADABLE = 7012,
  // None of the given keys signed this checkpoint.
  SAS_PSC_ERROR_NOTE_NOT_SIGNED = 7013,
  // The signature of the checkpoint is wrong.
  SAS_PSC_ERROR_NOTE_SIGNATURE = 7014,
  // The checkpoint cannot be read.
  SAS_PSC_ERROR_CHECKPOINT_UNREADABLE = 7015,
  // The checkpoint belongs to another log.
  SAS_PSC_ERROR_CHECKPOINT_ORIGIN = 7016,
  // The proof does not lead to the signed root.
  SAS_PSC_ERROR_PROOF_WRONG = 7017,
  // Two checkpoints of the log contradict each other.
  SAS_PSC_ERROR_LOG_FORK = 7018,
  // A file of the log is missing or damaged.
  SAS_PSC_ERROR_LOG_INCOMPLETE = 7019,
  // The receipt cannot be read.
  SAS_PSC_ERROR_RECEIPT_UNREADABLE = 7020,
  // The record beside the receipt is not the one that was logged.
  SAS_PSC_ERROR_RECEIPT_RECORD = 7021,
  // The answer lies in the future.
  SAS_PSC_ERROR_RECORD_TIME = 7022,
  // The record is not beside the receipt.
  SAS_PSC_ERROR_RECEIPT_ALONE = 7023,
  // This is no evidence of a sign-in or of a signature.
  SAS_PSC_ERROR_EVIDENCE_UNREADABLE = 7060,
  // The record rests on no evidence of this kind.
  SAS_PSC_ERROR_EVIDENCE_NONE = 7061,
  // The evidence is not what the record commits to.
  SAS_PSC_ERROR_EVIDENCE_OTHER_RECORD = 7062,
  // The evidence proves another sign-in than the record says.
  SAS_PSC_ERROR_EVIDENCE_OTHER_SIGN_IN = 7063,
  // A declaration on one's honour can be made by the person alone.
  SAS_PSC_ERROR_DECLARATION_BY_ANOTHER = 7064,
  // The settings are not a readable JSON object.
  SAS_PSC_ERROR_SETTINGS_UNREADABLE = 8001,
  // One of the settings does not have the expected form.
  SAS_PSC_ERROR_SETTINGS_FIELD_UNREADABLE = 8002,
  // Missing SAS participation method.
  SAS_PSC_ERROR_SETTINGS_VIA_MISSING = 8003,
  // Missing FINESS number.
  SAS_PSC_ERROR_SETTINGS_FINESS_MISSING = 8004,
  // Not existing FINESS number.
  SAS_PSC_ERROR_SETTINGS_FINESS_UNKNOWN = 8005,
  // Give at least one place of activity.
  SAS_PSC_ERROR_SETTINGS_LOCATION_MISSING = 8006,
  // Say whether you have an appointment software.
  SAS_PSC_ERROR_SETTINGS_SOFTWARE_MISSING = 8007,
  // Declare on your honour that you make time available for the SAS.
  SAS_PSC_ERROR_SETTINGS_HOURS_MISSING = 8008,
  // This way of taking part in the SAS is not known.
  SAS_PSC_ERROR_SETTINGS_VIA_UNKNOWN = 8009,
  // Invalid FINESS number format.
  SAS_PSC_ERROR_SETTINGS_FINESS_INVALID = 8010,
  // Missing SIRET number.
  SAS_PSC_ERROR_SETTINGS_SIRET_MISSING = 8011,
  // Invalid SIRET number.
  SAS_PSC_ERROR_SETTINGS_SIRET_INVALID = 8012,
  // The structure has no number.
  SAS_PSC_ERROR_SETTINGS_STRUCTURE_MISSING = 8013,
  // It is not said what the number of the structure is.
  SAS_PSC_ERROR_SETTINGS_ID_TYPE = 8014,
  // It is missing how many professionals take part.
  SAS_PSC_ERROR_SETTINGS_PRACTITIONERS_MISSING = 8015,
  // This is not a date.
  SAS_PSC_ERROR_SLOT_DATE = 8020,
  // An hour is missing, or does not lie on the quarter.
  SAS_PSC_ERROR_SLOT_HOURS = 8021,
  // The end does not come after the start.
  SAS_PSC_ERROR_SLOT_ORDER = 8022,
  // This slot lies in the past.
  SAS_PSC_ERROR_SLOT_PAST = 8023,
  // It is not said whether this is one appointment or a range.
  SAS_PSC_ERROR_SLOT_KIND = 8024,
  // The number of patients is not possible.
  SAS_PSC_ERROR_SLOT_PATIENTS = 8025,
  // No way to be seen is chosen, or one that is not known.
  SAS_PSC_ERROR_SLOT_MODALITIES = 8026,
  // A day of the week is not one.
  SAS_PSC_ERROR_SLOT_REPEAT = 8027,
  // This is not a region of France.
  SAS_PSC_ERROR_SLOT_REGION = 8028,
  // This hour does not exist on that day: the clocks go forward.
  SAS_PSC_ERROR_SLOT_SKIPPED = 8029,
  // It is not said whether the absence starts now, without an end.
  SAS_PSC_ERROR_ABSENCE_MODE = 8030,
  // The start is missing, or is not a date.
  SAS_PSC_ERROR_ABSENCE_START = 8031,
  // The end is missing, or is not a date.
  SAS_PSC_ERROR_ABSENCE_END = 8032,
  // The absence does not end after it starts.
  SAS_PSC_ERROR_ABSENCE_ORDER = 8033,
  // There are more than three periods of absence.
  SAS_PSC_ERROR_ABSENCE_TOO_MANY = 8034,
  // This absence is over.
  SAS_PSC_ERROR_ABSENCE_PAST = 8035,
  // This absence overlaps another one.
  SAS_PSC_ERROR_ABSENCE_OVERLAP = 8036,
  // The last day is missing, is not a date, or is not within the year from the first one.
  SAS_PSC_ERROR_SLOT_UNTIL = 8040,
  // This card belongs to a member of a structure's staff, not to a health professional.
  SAS_PSC_ERROR_ELIGIBILITY_STRUCTURE_STAFF = 9001,
  // This card belongs to a member of a practice's staff, not to a health professional.
  SAS_PSC_ERROR_ELIGIBILITY_PRACTICE_STAFF = 9002,
  // This identity has no RPPS or ADELI number.
  SAS_PSC_ERROR_ELIGIBILITY_UNKNOWN_IDENTITY = 9003,
  // This step does not follow from where the sign-up stands.
  SAS_PSC_ERROR_STEP_OUT_OF_ORDER = 9004,
  // The person who signed in is not the one this sign-up belongs to.
  SAS_PSC_ERROR_ANOTHER_PERSON = 9005,
  // One of the chosen places is not among the person's places.
  SAS_PSC_ERROR_PLACES_UNKNOWN = 9006,
  // Two accounts hold the numbers of this person.
  SAS_PSC_ERROR_NUMBER_CLAIMED_TWICE = 9007,
  // The terms have changed since they were shown.
  SAS_PSC_ERROR_TERMS_NOT_CURRENT = 9008,
  // There is no account with this key.
  SAS_PSC_ERROR_ACCOUNT_UNKNOWN = 9009,
  // This is not the link of the mail “Vérification du courriel”.
  SAS_PSC_ERROR_VERIFICATION_LINK = 9010,
  // This link is for something else than verifying your address.
  SAS_PSC_ERROR_VERIFICATION_LINK_PURPOSE = 9011,
  // Something is missing to begin.
  SAS_PSC_ERROR_PREREQUISITE_MISSING = 9012,
  // The policy of the platform cannot be read.
  SAS_PSC_ERROR_POLICY_UNREADABLE = 9013,
  // This person does not take part in the SAS through a CPTS that you manage.
  SAS_PSC_ERROR_CPTS_NOT_MANAGED = 9014,
  // The address of this account was changed or contested lately.
  SAS_PSC_ERROR_ADDRESS_CHANGED_LATELY = 9020,
  // No change of address is going on.
  SAS_PSC_ERROR_ADDRESS_CHANGE_NONE = 9021,
  // The key of an application's account is empty, too long or holds a control character.
  SAS_PSC_ERROR_LINK_ACCOUNT_NAME = 9040,
  // The list of candidate accounts cannot be read.
  SAS_PSC_ERROR_LINK_ACCOUNTS_UNREADABLE = 9041,
  // No existing account bears your number.
  SAS_PSC_ERROR_LINK_NOT_FOUND = 9042,
  // Several existing accounts bear your number.
  SAS_PSC_ERROR_LINK_SEVERAL = 9043,
  // This account is linked to another person already.
  SAS_PSC_ERROR_LINK_CLAIMED = 9044,
  // The proof of the old account comes from another session or person.
  SAS_PSC_ERROR_LINK_OTHER_SESSION = 9045,
  // The time to prove the old account is over.
  SAS_PSC_ERROR_LINK_PROOF_EXPIRED = 9046,
  // The link of this account is not at this step.
  SAS_PSC_ERROR_LINK_OUT_OF_ORDER = 9047,
  // A row names no account.
  SAS_PSC_ERROR_PLAN_ACCOUNT_MISSING = 9050,
  // Two rows name the same account.
  SAS_PSC_ERROR_PLAN_ACCOUNT_TWICE = 9051,
  // A row is not CSV in UTF-8.
  SAS_PSC_ERROR_PLAN_ROW_UNREADABLE = 9052,
  // This account is closed.
  SAS_PSC_ERROR_ACCOUNT_CLOSED = 9060,
  // The account is not at this step of its life.
  SAS_PSC_ERROR_LIFECYCLE_OUT_OF_ORDER = 9061,
  // The rules for the lives of accounts leave people no time.
  SAS_PSC_ERROR_LIFECYCLE_RULES = 9062,
  // The life of an account, or its rules, cannot be read.
  SAS_PSC_ERROR_LIFE_UNREADABLE = 9063,
  // A part of the export has not the name or the form of the schema.
  SAS_PSC_ERROR_EXPORT_MEMBER = 9064,
  // A network setting cannot be used.
  SAS_PSC_ERROR_HTTP_SETTINGS = 10001,
  // The server's name was not found.
  SAS_PSC_ERROR_NAME_NOT_FOUND = 10002,
  // The server cannot be reached.
  SAS_PSC_ERROR_CONNECT_FAILED = 10003,
  // The server did not answer in time.
  SAS_PSC_ERROR_TIMED_OUT = 10004,
  // The server's certificate is not trusted.
  SAS_PSC_ERROR_SERVER_CERTIFICATE = 10005,
  // The server refused the client certificate, or none was given.
  SAS_PSC_ERROR_CLIENT_CERTIFICATE = 10006,
  // The secure connection could not be set up.
  SAS_PSC_ERROR_TLS_FAILED = 10007,
  // The server's answer is too large.
  SAS_PSC_ERROR_ANSWER_TOO_LARGE = 10008,
  // The proxy refused the connection.
  SAS_PSC_ERROR_PROXY_FAILED = 10009,
  // The connection was cut before the end of the answer.
  SAS_PSC_ERROR_CONNECTION_LOST = 10010,
  // The port for the browser's return is in use.
  SAS_PSC_ERROR_PORT_UNAVAILABLE = 10011,
  // The mail server refuses this address.
  SAS_PSC_ERROR_MAIL_REFUSED = 10020,
  // The mail server cannot take the mail now.
  SAS_PSC_ERROR_MAIL_DEFERRED = 10021,
  // The mail server refuses the mail or its sender.
  SAS_PSC_ERROR_MAIL_REJECTED = 10022,
  // The mail server refuses the login.
  SAS_PSC_ERROR_MAIL_LOGIN_REFUSED = 10023,
  // The settings of the mail server are not usable.
  SAS_PSC_ERROR_MAIL_SETTINGS = 10024,
  // The network's proxy asks for a user name and a password, or refuses those given.
  SAS_PSC_ERROR_PROXY_AUTHENTICATION = 10030,
  // The server's certificate comes from an authority unknown to this machine: probably a proxy that inspects TLS.
  SAS_PSC_ERROR_TLS_INSPECTED = 10031,
  // This machine has no trusted certificate authority.
  SAS_PSC_ERROR_TRUST_STORE_EMPTY = 10032,
  // The server's certificate is not valid at this machine's time.
  SAS_PSC_ERROR_SERVER_CERTIFICATE_TIME = 10033,
  // The certificate shown is another server's.
  SAS_PSC_ERROR_SERVER_CERTIFICATE_NAME = 10034,
  // The private key is not the one of the service's certificate.
  SAS_PSC_ERROR_CLIENT_KEY_MISMATCH = 10035,
  // The service's private key is encrypted and no password was given.
  SAS_PSC_ERROR_CLIENT_KEY_ENCRYPTED = 10036,
  // The password of the key or of the PKCS#12 file is wrong.
  SAS_PSC_ERROR_CLIENT_KEY_PASSWORD = 10037,
  // The service's key or PKCS#12 file cannot be read.
  SAS_PSC_ERROR_CLIENT_KEY_FORM = 10038,
  // The service's client certificate ends soon.
  SAS_PSC_ERROR_CLIENT_CERTIFICATE_ENDS_SOON = 10039,
  // The service's client certificate is not valid at this machine's time.
  SAS_PSC_ERROR_CLIENT_CERTIFICATE_ENDED = 10040,
  // This machine's clock and the server's differ.
  SAS_PSC_ERROR_CLOCK_SKEW = 10041,
  // The account was changed by someone else at the same moment.
  SAS_PSC_ERROR_STORE_CONFLICT = 11001,
  // Another account already holds this RPPS or ADELI number.
  SAS_PSC_ERROR_STORE_IDENTITY_TAKEN = 11002,
  // This address cannot be linked to the account.
  SAS_PSC_ERROR_STORE_EMAIL_TAKEN = 11003,
  // The database did not answer.
  SAS_PSC_ERROR_STORE_UNAVAILABLE = 11004,
  // The database holds data that cannot be read.
  SAS_PSC_ERROR_STORE_CORRUPT = 11005,
  // The database was written by a newer version of the program.
  SAS_PSC_ERROR_STORE_NEWER = 11006,
  // There is no index of the directory here.
  SAS_PSC_ERROR_DIRECTORY_MISSING = 11010,
  // The index of the directory could not be written.
  SAS_PSC_ERROR_DIRECTORY_NOT_WRITTEN = 11011,
  // Another import is running in this folder.
  SAS_PSC_ERROR_DIRECTORY_BUSY = 11012,
  // There is no session under this identifier.
  SAS_PSC_ERROR_SESSION_UNKNOWN = 11020,
  // There is no consent log here.
  SAS_PSC_ERROR_LOG_MISSING = 11030,
  // There is a consent log in this folder already.
  SAS_PSC_ERROR_LOG_EXISTS = 11031,
  // Another program has the consent log open.
  SAS_PSC_ERROR_LOG_BUSY = 11032,
  // A file of the consent log could not be written.
  SAS_PSC_ERROR_LOG_NOT_WRITTEN = 11033,
  // The consent log is behind a checkpoint that it signed: a backup was restored.
  SAS_PSC_ERROR_LOG_BEHIND = 11034,
  // The consent log and its signed checkpoint do not agree.
  SAS_PSC_ERROR_LOG_DAMAGED = 11035,
  // No record of the log has this identity.
  SAS_PSC_ERROR_RECORD_UNKNOWN = 11036,
  // Another record of the log has this identity.
  SAS_PSC_ERROR_RECORD_DIFFERS = 11037,
  // The record is safe, and the public files do not cover it yet.
  SAS_PSC_ERROR_RECORD_NOT_PUBLISHED = 11038,
  // The log does not know these terms.
  SAS_PSC_ERROR_TERMS_UNKNOWN = 11039,
  // There is no acceptance that could be withdrawn.
  SAS_PSC_ERROR_RECORD_NONE_BEFORE = 11040,
  // The address of the database cannot be used.
  SAS_PSC_ERROR_STORE_ADDRESS = 11050,
  // The database refused the user, the password or the database's name.
  SAS_PSC_ERROR_STORE_LOGIN_REFUSED = 11051,
  // No trusted encrypted connection to the database.
  SAS_PSC_ERROR_STORE_TLS = 11052,
  // No server of the database takes writes.
  SAS_PSC_ERROR_STORE_READ_ONLY = 11053,
  // The database user may not make or use the tables.
  SAS_PSC_ERROR_STORE_FORBIDDEN = 11054,
  // Too many others changed the same data at the same moment.
  SAS_PSC_ERROR_STORE_CONTENDED = 11055,
  // The database stopped answering in the middle of a change; it may have been made.
  SAS_PSC_ERROR_STORE_OUTCOME_UNKNOWN = 11056,
  // The accounts' store is behind the consent log: a backup was restored.
  SAS_PSC_ERROR_STORE_BEHIND = 11070,
};

// A sign-in whose answer is awaited: ten minutes, one use. Keep it with the browser's session: it holds secrets.
typedef struct sas_psc_authorization sas_psc_authorization;

// Whether a provider can be reached, as far as its last answers tell. One per provider, told of every request.
typedef struct sas_psc_availability sas_psc_availability;

// The card in a reader, by its ATR.
typedef struct sas_psc_card sas_psc_card;

// What is remembered of cards that were read: directories and certificates, in memory, never a PIN. Make one per program;
// any number of threads may use it.
typedef struct sas_psc_card_cache sas_psc_card_cache;

// A certificate as a card holds it. What it says is not believed yet: sas_psc_card_trust_verify.
typedef struct sas_psc_card_certificate sas_psc_card_certificate;

// What a card is asked to sign, once, within two minutes.
typedef struct sas_psc_card_challenge sas_psc_card_challenge;

// A dialogue with a card in progress. Loop, within one transaction: sas_psc_card_dialogue_step; send its command;
// sas_psc_card_dialogue_answered; until there is no command.
typedef struct sas_psc_card_dialogue sas_psc_card_dialogue;

// The authentication key of a card, with the PIN that opens it: held until it is freed, wiped then. Any number of threads
// may use it.
typedef struct sas_psc_card_key sas_psc_card_key;

// Proof that a card was there with its PIN, for one purpose at one service.
typedef struct sas_psc_card_possession sas_psc_card_possession;

// The card of a session, followed by what happens to it.
typedef struct sas_psc_card_presence sas_psc_card_presence;

// The authorities that are believed, with revocation lists and what is wanted of them. Made once; when it is no longer
// changed, used by any number of threads.
typedef struct sas_psc_card_trust sas_psc_card_trust;

// Follows readers and cards as they come and go.
typedef struct sas_psc_card_watch sas_psc_card_watch;

// Work with a reader, under way on a thread of its own: it blocks nobody. Any number of threads may use it.
typedef struct sas_psc_card_work sas_psc_card_work;

// The certificates found in readers and stores, as a list for the person to choose from.
typedef struct sas_psc_certificate_choice sas_psc_certificate_choice;

// A sign-in that waits for its person. Loop as with sas_psc_exchange; show its digits and its events. It holds secrets.
typedef struct sas_psc_ciba sas_psc_ciba;

// A guard of CIBA. Make one per program; any number of threads may use it.
typedef struct sas_psc_ciba_guard sas_psc_ciba_guard;

// The request that makes the phone ring, until it is answered. Loop as with sas_psc_exchange.
typedef struct sas_psc_ciba_start sas_psc_ciba_start;

// A service as the provider knows it.
typedef struct sas_psc_client sas_psc_client;

// A document that a card is to sign.
typedef struct sas_psc_cms_to_sign sas_psc_cms_to_sign;

// A consent log open for appending. One program has it open at a time; its threads may share it.
typedef struct sas_psc_consent_log sas_psc_consent_log;

// The revocation lists held, by address.
typedef struct sas_psc_crl_cache sas_psc_crl_cache;

// An index of the national directory, open for reading. It stays as it is, also when an import puts a newer one in its
// folder; open again to see that one.
typedef struct sas_psc_directory sas_psc_directory;

// An import to come: a folder, and the files to make its index from.
typedef struct sas_psc_directory_import sas_psc_directory_import;

// A provider asked for its metadata. Loop: sas_psc_discovery_next; send its request; sas_psc_discovery_answered.
typedef struct sas_psc_discovery sas_psc_discovery;

// Does the person who signed in control this mailbox? It keeps hashes only.
typedef struct sas_psc_email_challenge sas_psc_email_challenge;

// What a mail must carry. Not stored: a retry writes a new one. Wiped when freed.
typedef struct sas_psc_email_dispatch sas_psc_email_dispatch;

// The words of the mails: ours, or a platform's. Any number of threads may use it.
typedef struct sas_psc_email_templates sas_psc_email_templates;

// Which provider: Pro Santé Connect in production, its sandbox (BAS), or another by its issuer.
typedef struct sas_psc_environment sas_psc_environment;

// What went wrong, who must act, what to do. No text of it holds an identifier, a token, an address or a name.
typedef struct sas_psc_error sas_psc_error;

// A sign-in on its way to who signed in. Loop: sas_psc_exchange_next; send its request; sas_psc_exchange_answered.
typedef struct sas_psc_exchange sas_psc_exchange;

// Whether people may sign in locally now, and where their sign-ins are kept.
typedef struct sas_psc_fallback sas_psc_fallback;

// A server of the online directory, and the pace at which it may be asked. One per program.
typedef struct sas_psc_fhir sas_psc_fhir;

// A look-up of people. Loop as with sas_psc_exchange.
typedef struct sas_psc_fhir_lookup sas_psc_fhir_lookup;

// A page being asked for, then what it tells. Loop as with sas_psc_exchange.
typedef struct sas_psc_fhir_page sas_psc_fhir_page;

// What is searched. All that is asked has to hold; nothing asked is everybody.
typedef struct sas_psc_fhir_search sas_psc_fhir_search;

// What an ID token must satisfy, and the provider's keys, parsed. Made once, used by any number of threads.
typedef struct sas_psc_id_token_check sas_psc_id_token_check;

// The keys that seal sign-ins in cookies and sessions in a store: the newest seals, each opens.
typedef struct sas_psc_key_ring sas_psc_key_ring;

// A browser about to leave for the provider.
typedef struct sas_psc_leaving sas_psc_leaving;

// Who bears which number, in a base of accounts.
typedef struct sas_psc_link_plan sas_psc_link_plan;

// A sign-in with the card alone, kept in a record. It is no ID token.
typedef struct sas_psc_local_sign_in sas_psc_local_sign_in;

// A logout token that passed every check.
typedef struct sas_psc_logout_token sas_psc_logout_token;

// What a logout token must satisfy, and the provider's keys, parsed. Made once, used by any number of threads.
typedef struct sas_psc_logout_token_check sas_psc_logout_token_check;

// A listener on 127.0.0.1 for the answer of one sign-in in the system's browser.
typedef struct sas_psc_loopback sas_psc_loopback;

// How many mails may be asked for, counted in a SQLite file that all instances share. Any number of threads may use it.
typedef struct sas_psc_mail_limits sas_psc_mail_limits;

// A module of PKCS#11, loaded into this process.
typedef struct sas_psc_pkcs11 sas_psc_pkcs11;

// A person at a workstation, and the times that the site has chosen.
typedef struct sas_psc_presence sas_psc_presence;

// A health professional. It holds their name and numbers.
typedef struct sas_psc_professional sas_psc_professional;

// Which proxy, and how it spells the published API.
typedef struct sas_psc_proxy sas_psc_proxy;

// A sign-in through a proxy: one request, which the proxy answers when the person has.
typedef struct sas_psc_proxy_connect sas_psc_proxy_connect;

// A request to an API behind the proxy.
typedef struct sas_psc_proxy_send sas_psc_proxy_send;

// The session that a proxy gave. Whoever holds it acts as the person.
typedef struct sas_psc_proxy_session sas_psc_proxy_session;

// The readers, and what is remembered of cards. Make one per program; any number of threads may use it.
typedef struct sas_psc_readers sas_psc_readers;

// A request to send: over TLS, without following redirects. Its headers and body may hold secrets.
typedef struct sas_psc_request sas_psc_request;

// An answer received, to be filled and handed to the library.
typedef struct sas_psc_response sas_psc_response;

// The addresses to which a browser may be sent, compared byte for byte. The first is where it goes when nothing is asked.
typedef struct sas_psc_return_addresses sas_psc_return_addresses;

// A browser that came back with an answer to a sign-in that it began.
typedef struct sas_psc_returned sas_psc_returned;

// An RPPS number with a right key: one you hold is one that passed.
typedef struct sas_psc_rpps sas_psc_rpps;

// A service at its provider: what sign-ins start from. Made once, used by any number of threads.
typedef struct sas_psc_service sas_psc_service;

// The times of a session: what ANS states of Pro Santé Connect, each to be set.
typedef struct sas_psc_session_rules sas_psc_session_rules;

// The sessions of a service. Make one per program; any number of threads may use it.
typedef struct sas_psc_sessions sas_psc_sessions;

// Sign-ins under way, sealed in cookies. Made once, used by any number of threads.
typedef struct sas_psc_sign_in_cookies sas_psc_sign_in_cookies;

// What a sign-in asks beyond the client's defaults. Made once, used for any number of sign-ins.
typedef struct sas_psc_sign_in_options sas_psc_sign_in_options;

// The sign-ups of a platform. Make one per program; any number of threads may use it.
typedef struct sas_psc_sign_up sas_psc_sign_up;

// A mail to send. It carries the link and the code: do not keep it.
typedef struct sas_psc_sign_up_mail sas_psc_sign_up_mail;

// A person signed in. It holds who they are and their tokens.
typedef struct sas_psc_signed_in sas_psc_signed_in;

// A call on its way. Loop: sas_psc_steps_next; send its request; sas_psc_steps_answered. Then sas_psc_steps_answer.
typedef struct sas_psc_steps sas_psc_steps;

// Text or bytes made by the library. Wiped when freed.
typedef struct sas_psc_string sas_psc_string;

// Where and how the provider's access token is exchanged for one of an API. Made once, used by any number of threads.
typedef struct sas_psc_token_exchange sas_psc_token_exchange;

// Tokens. Each is a secret, for a server only.
typedef struct sas_psc_tokens sas_psc_tokens;

// A certificate that was believed, at that moment.
typedef struct sas_psc_trusted_certificate sas_psc_trusted_certificate;

// A userinfo document, in any of the shapes that the provider has used.
typedef struct sas_psc_userinfo sas_psc_userinfo;

// An ID token that passed every check.
typedef struct sas_psc_verified_id_token sas_psc_verified_id_token;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Begins a sign-in: keep authorization, send the browser to url.
int32_t sas_psc_authorization_begin(const sas_psc_service *service,
                                    int64_t now,
                                    sas_psc_authorization **authorization,
                                    sas_psc_string **url,
                                    sas_psc_error **error);

// The same with what these options ask.
int32_t sas_psc_authorization_begin_with(const sas_psc_service *service,
                                         const sas_psc_sign_in_options *options,
                                         int64_t now,
                                         sas_psc_authorization **authorization,
                                         sas_psc_string **url,
                                         sas_psc_error **error);

// Takes what the browser brought back: the callback's address or its query. Run the exchange to know who signed
// in. After an error the authorization is as before: SAS_PSC_ERROR_AUTHORIZATION_STATE is another sign-in's
// answer, _SIGN_IN_CANCELLED the person's refusal, _AUTHORIZATION_EXPIRED ten minutes.
int32_t sas_psc_authorization_finish(sas_psc_authorization *authorization,
                                     const sas_psc_service *service,
                                     const char *callback,
                                     int64_t now,
                                     sas_psc_exchange **exchange,
                                     sas_psc_error **error);

// The stored form, for a server that forgets between two requests. It holds secrets.
int32_t sas_psc_authorization_to_stored(const sas_psc_authorization *authorization,
                                        sas_psc_string **stored,
                                        sas_psc_error **error);

// Reads a stored form. SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _AUTHORIZATION_EXPIRED.
int32_t sas_psc_authorization_resume(const void *stored,
                                     size_t stored_len,
                                     int64_t now,
                                     sas_psc_authorization **authorization,
                                     sas_psc_error **error);

// Frees an authorization. Null is allowed.
void sas_psc_authorization_free(sas_psc_authorization *authorization);

// Nothing is known yet: it can be reached.
int32_t sas_psc_availability_new(sas_psc_availability **availability, sas_psc_error **error);

// Takes an answer: from the protocol, even to refuse, it ends an outage.
int32_t sas_psc_availability_answered(sas_psc_availability *availability,
                                      const sas_psc_response *response,
                                      int64_t now,
                                      sas_psc_error **error);

// Takes a request that came to no answer, and why: see sas_psc_exchange_failed.
int32_t sas_psc_availability_failed(sas_psc_availability *availability,
                                    int32_t why,
                                    int64_t now,
                                    sas_psc_error **error);

// Whether to begin something new now: during an outage nobody new is made to wait for a timeout, and one caller at a
// time is let through. SAS_PSC_ERROR_PROVIDER_UNAVAILABLE with "retry_after" and "unavailable_since".
int32_t sas_psc_availability_ready(sas_psc_availability *availability, int64_t now, sas_psc_error **error);

// The outage, or null: {"cause","since","next_try","failures","text"}, the text for a person. lang is "fr", "en" or a
// locale; null is French.
int32_t sas_psc_availability_outage(const sas_psc_availability *availability,
                                    const char *lang,
                                    int64_t now,
                                    sas_psc_string **outage,
                                    sas_psc_error **error);

// Frees it. Null is allowed.
void sas_psc_availability_free(sas_psc_availability *availability);

// The card of this ATR; t1 says that the reader speaks T=1 with it (SCARD_PROTOCOL_T1), or that it is contactless.
int32_t sas_psc_card_new(const sas_psc_card_cache *cache,
                         const void *atr,
                         size_t atr_len,
                         bool t1,
                         sas_psc_card **card,
                         sas_psc_error **error);

// Says that the reader has keys of its own, as its features tell (PC/SC part 10): a dialogue that is given no PIN has
// the reader take it, see sas_psc_card_dialogue_pinpad.
int32_t sas_psc_card_set_pinpad(sas_psc_card *card, bool verify, bool modify, sas_psc_error **error);

// Refuses any other card than the one of this serial number, SAS_PSC_ERROR_CARD_OTHER: the card of the session.
int32_t sas_psc_card_set_expected(sas_psc_card *card, const char *serial, sas_psc_error **error);

// Frees it; its dialogues go on. Null is allowed.
void sas_psc_card_free(sas_psc_card *card);

// Begins to read what the card shows without a PIN. Result: {"card","serial","pin","pin_tries_left","certificates":
// [{"label","usage","subject_id_nat","family_name","given_name","profession","issuer","not_before","not_after","sha256"}]}.
int32_t sas_psc_card_read(const sas_psc_card *card,
                          sas_psc_card_dialogue **dialogue,
                          sas_psc_error **error);

// Begins to ask for the state of the PIN, which costs no try. Result: {"pin","pin_tries_left"}, "verified", "needed" or
// "blocked".
int32_t sas_psc_card_pin_status(const sas_psc_card *card, sas_psc_card_dialogue **dialogue, sas_psc_error **error);

// Begins to sign a message. usage is "authentication", "signature" or "technical", scheme "pkcs1-sha256" or another that
// the key has; pin is null for the reader's keys, and where it has none the card may not ask. Its last try is spent only with last_try. Result:
// {"signature","certificate","certificate_sha256","algorithm","usage","serial"}, the first two in base64.
// SAS_PSC_ERROR_CARD_PIN_FORM, _CARD_PURPOSE_UNKNOWN.
int32_t sas_psc_card_sign(const sas_psc_card *card,
                          const char *usage,
                          const char *scheme,
                          const void *message,
                          size_t message_len,
                          const char *pin,
                          bool last_try,
                          sas_psc_card_dialogue **dialogue,
                          sas_psc_error **error);

// As sas_psc_card_sign, of a hash that was made elsewhere. SAS_PSC_ERROR_CARD_ALGORITHM when its length is not the scheme's.
int32_t sas_psc_card_sign_hash(const sas_psc_card *card,
                               const char *usage,
                               const char *scheme,
                               const void *hash,
                               size_t hash_len,
                               const char *pin,
                               bool last_try,
                               sas_psc_card_dialogue **dialogue,
                               sas_psc_error **error);

// Begins to give the card a new PIN. Result: {}. SAS_PSC_ERROR_CARD_PIN_FORM.
int32_t sas_psc_card_change_pin(const sas_psc_card *card,
                                const char *old_pin,
                                const char *new_pin,
                                bool last_try,
                                sas_psc_card_dialogue **dialogue,
                                sas_psc_error **error);

// As sas_psc_card_change_pin, both codes taken by the reader's keys.
int32_t sas_psc_card_change_pin_on_pinpad(const sas_psc_card *card,
                                          bool last_try,
                                          sas_psc_card_dialogue **dialogue,
                                          sas_psc_error **error);

// Begins to unblock the PIN with the PUK and to give it a new value. Result: {}. SAS_PSC_ERROR_CARD_PUK_FORM,
// _CARD_PIN_FORM.
int32_t sas_psc_card_unblock(const sas_psc_card *card,
                             const char *puk,
                             const char *new_pin,
                             bool last_try,
                             sas_psc_card_dialogue **dialogue,
                             sas_psc_error **error);

// Nothing remembered yet.
int32_t sas_psc_card_cache_new(sas_psc_card_cache **cache, sas_psc_error **error);

// Forgets the certificates, who holds them, and keeps where they are: when somebody leaves a shared workstation.
int32_t sas_psc_card_cache_forget_certificates(const sas_psc_card_cache *cache, sas_psc_error **error);

// Frees it. Cards and dialogues that use it go on. Null is allowed.
void sas_psc_card_cache_free(sas_psc_card_cache *cache);

// Reads a certificate, DER or PEM; bytes behind it, as a card's file has them, are left out.
// SAS_PSC_ERROR_CARD_CERTIFICATE_UNREADABLE.
int32_t sas_psc_card_certificate_read(const void *bytes,
                                      size_t bytes_len,
                                      sas_psc_card_certificate **certificate,
                                      sas_psc_error **error);

// Reads the certificate of a card's contactless side: technical, never the holder's. Otherwise as
// sas_psc_card_certificate_read.
int32_t sas_psc_card_certificate_read_contactless(const void *bytes,
                                                  size_t bytes_len,
                                                  sas_psc_card_certificate **certificate,
                                                  sas_psc_error **error);

// What the key is for: "authentication", "signature", "technical" (of the card, never of the holder), "other".
const char *sas_psc_card_certificate_purpose(const sas_psc_card_certificate *certificate);

// "CPS", "CPF", "CPE", "CPA", "CDE", "other"; null for a certificate that is in no card.
const char *sas_psc_card_certificate_kind(const sas_psc_card_certificate *certificate);

// From when it is good.
int64_t sas_psc_card_certificate_not_before(const sas_psc_card_certificate *certificate);

// Until when it is good.
int64_t sas_psc_card_certificate_not_after(const sas_psc_card_certificate *certificate);

// Everything it says as a JSON object: {"kind","purpose","card","issuer_number","test","id_nat","family","given",
// "title","profession","structure","organization","issuer","not_before","not_after","fingerprint","revocation_lists"}.
int32_t sas_psc_card_certificate_json(const sas_psc_card_certificate *certificate,
                                      sas_psc_string **described,
                                      sas_psc_error **error);

// The holder as a professional. SAS_PSC_ERROR_CARD_CERTIFICATE_HOLDER when it names none.
int32_t sas_psc_card_certificate_professional(const sas_psc_card_certificate *certificate,
                                              sas_psc_professional **professional,
                                              sas_psc_error **error);

// Whether a signature over a message is by the key of this certificate; scheme is "pkcs1-sha256" or "pss-sha256".
// SAS_PSC_ERROR_POSSESSION_SIGNATURE, _CARD_CERTIFICATE_UNSUPPORTED, _CARD_PURPOSE_UNKNOWN.
int32_t sas_psc_card_certificate_check_signature(const sas_psc_card_certificate *certificate,
                                                 const char *scheme,
                                                 const void *message,
                                                 size_t message_len,
                                                 const void *signature,
                                                 size_t signature_len,
                                                 sas_psc_error **error);

// Frees a certificate. Null is allowed.
void sas_psc_card_certificate_free(sas_psc_card_certificate *certificate);

// An empty list.
int32_t sas_psc_certificate_choice_new(sas_psc_certificate_choice **choice, sas_psc_error **error);

// Adds a certificate that was found, copied. What could not do is left out of the list.
int32_t sas_psc_certificate_choice_add(sas_psc_certificate_choice *choice,
                                       const sas_psc_card_certificate *certificate,
                                       sas_psc_error **error);

// The list to show, as JSON: [{"key","label","refused","default"}], "refused" the name of an error or null. last is the key
// that was chosen at this workstation the last time, or null.
int32_t sas_psc_certificate_choice_json(const sas_psc_certificate_choice *choice,
                                        const sas_psc_card_trust *trust,
                                        const char *last,
                                        const char *lang,
                                        int64_t now,
                                        sas_psc_string **list,
                                        sas_psc_error **error);

// Takes the person's choice. SAS_PSC_ERROR_CERTIFICATE_CHOICE when there is no such key; why it is refused otherwise.
int32_t sas_psc_certificate_choice_choose(const sas_psc_certificate_choice *choice,
                                          const sas_psc_card_trust *trust,
                                          const char *key,
                                          int64_t now,
                                          sas_psc_trusted_certificate **trusted,
                                          sas_psc_error **error);

// Frees a list. Null is allowed.
void sas_psc_certificate_choice_free(sas_psc_certificate_choice *choice);

// A document to be signed by the key of this certificate, at now. SAS_PSC_ERROR_CARD_CERTIFICATE_USAGE unless it is for
// signatures.
int32_t sas_psc_cms_to_sign_new(const sas_psc_card_certificate *certificate,
                                const void *document,
                                size_t document_len,
                                int64_t now,
                                sas_psc_cms_to_sign **to_sign,
                                sas_psc_error **error);

// What the card signs, with RSA PKCS#1 v1.5 and SHA-256: the hash is of these bytes.
int32_t sas_psc_cms_to_sign_bytes(const sas_psc_cms_to_sign *to_sign, sas_psc_string **bytes, sas_psc_error **error);

// The CMS, DER, once the card has signed: the content of a .p7s file. SAS_PSC_ERROR_CMS_SIGNATURE.
int32_t sas_psc_cms_to_sign_finish(const sas_psc_cms_to_sign *to_sign,
                                   const void *signature,
                                   size_t signature_len,
                                   sas_psc_string **cms,
                                   sas_psc_error **error);

// Frees a document to be signed. Null is allowed.
void sas_psc_cms_to_sign_free(sas_psc_cms_to_sign *to_sign);

// Judges a detached CMS (DER or PEM) of a document: by the signature key of a card of these authorities, good at `at`.
// SAS_PSC_ERROR_CMS_UNREADABLE, _CMS_UNSUPPORTED, _CMS_CONTENT, _CMS_SIGNATURE, _CMS_CERTIFICATE, _CMS_TIME, and those of
// sas_psc_card_trust_verify.
int32_t sas_psc_cms_verify(const sas_psc_card_trust *trust,
                           const void *cms,
                           size_t cms_len,
                           const void *document,
                           size_t document_len,
                           int64_t at,
                           sas_psc_trusted_certificate **trusted,
                           sas_psc_error **error);

// The next command for the card, to be sent and answered; null when the dialogue is over. It may hold a PIN: free it
// at once, which wipes it. feature is 0 for a command. In a reader whose keys were told
// (sas_psc_card_set_pinpad), 6 or 7 is the PC/SC feature (VERIFY_PIN_DIRECT, MODIFY_PIN_DIRECT) by whose control code
// the bytes go to the reader, which answers in the card's place. One of SAS_PSC_ERROR_CARD_….
int32_t sas_psc_card_dialogue_step(sas_psc_card_dialogue *dialogue,
                                   sas_psc_string **command,
                                   uint32_t *feature,
                                   sas_psc_error **error);

// What the card answered: data and status word.
int32_t sas_psc_card_dialogue_answered(sas_psc_card_dialogue *dialogue,
                                       const void *answer,
                                       size_t answer_len,
                                       sas_psc_error **error);

// Says that no answer came, and why as far as you know: SAS_PSC_ERROR_CARD_REMOVED, _CARD_RESET, _READER_UNKNOWN,
// else _READER_FAILURE. The next step ends with it.
int32_t sas_psc_card_dialogue_failed(sas_psc_card_dialogue *dialogue, int32_t why, sas_psc_error **error);

// The transaction must end with a reset (SCARD_RESET_CARD), whether the dialogue came to its end or not: a PIN of ours
// may be verified.
bool sas_psc_card_dialogue_must_reset(const sas_psc_card_dialogue *dialogue);

// The result as a JSON object. SAS_PSC_ERROR_NOT_DONE.
int32_t sas_psc_card_dialogue_json(const sas_psc_card_dialogue *dialogue,
                                   sas_psc_string **result,
                                   sas_psc_error **error);

// Gives a dialogue up. Null is allowed.
void sas_psc_card_dialogue_free(sas_psc_card_dialogue *dialogue);

// The authentication key of the card in a reader; null is the only one with a CPS. A PIN is tried now, with one
// signature, so that a wrong one is known before anybody is connected to; without it the reader's keys are used when
// the key signs. It blocks while the card is read. SAS_PSC_ERROR_CARD_…, _READER_….
int32_t sas_psc_card_key_in_reader(const sas_psc_readers *readers,
                                   const char *reader,
                                   const char *pin,
                                   bool last_try,
                                   sas_psc_card_key **key,
                                   sas_psc_error **error);

// The modules for health cards that are installed here, ANS's first, as a JSON array of paths.
int32_t sas_psc_pkcs11_installed(sas_psc_string **modules, sas_psc_error **error);

// Loads a module. It runs in this process: load only what the administrator installed. SAS_PSC_ERROR_PKCS11_MODULE.
int32_t sas_psc_pkcs11_load(const char *path, sas_psc_pkcs11 **module, sas_psc_error **error);

// The tokens that are there: [{"label","manufacturer","own_pin_entry","has_pin","tries_left"}]. With own_pin_entry
// the module asks for the PIN itself: give none. SAS_PSC_ERROR_PKCS11_FAILURE.
int32_t sas_psc_pkcs11_tokens(const sas_psc_pkcs11 *module, sas_psc_string **tokens, sas_psc_error **error);

// As sas_psc_card_key_in_reader, of a token by its label; null is the first that holds such a key. It blocks.
int32_t sas_psc_pkcs11_key(const sas_psc_pkcs11 *module,
                           const char *label,
                           const char *pin,
                           bool last_try,
                           sas_psc_card_key **key,
                           sas_psc_error **error);

// Frees a module; its keys go on. Null is allowed.
void sas_psc_pkcs11_free(sas_psc_pkcs11 *module);

// The certificate of the key, X.509, DER.
int32_t sas_psc_card_key_certificate(const sas_psc_card_key *key, sas_psc_string **certificate, sas_psc_error **error);

// What the key can really do, the best first, as a JSON array: "pss-sha256", "pkcs1-sha256"…. Without "pss-sha256" (a
// CPS3) TLS 1.3 is not possible: offer TLS 1.2, and rsa_pkcs1_* alone.
int32_t sas_psc_card_key_schemes(const sas_psc_card_key *key, sas_psc_string **schemes, sas_psc_error **error);

// Signs a message, which is hashed here; it blocks as long as the card takes. SAS_PSC_ERROR_CARD_ALGORITHM for a scheme
// that is not one of the key's own; those of the card and of its reader.
int32_t sas_psc_card_key_sign(const sas_psc_card_key *key,
                              const char *scheme,
                              const void *message,
                              size_t message_len,
                              sas_psc_string **signature,
                              sas_psc_error **error);

// The same for a hash that was made elsewhere, as TLS libraries make it: SHA-256 for "pkcs1-sha256".
int32_t sas_psc_card_key_sign_hash(const sas_psc_card_key *key,
                                   const char *scheme,
                                   const void *hash,
                                   size_t hash_len,
                                   sas_psc_string **signature,
                                   sas_psc_error **error);

// Wipes the PIN and frees the key. Null is allowed.
void sas_psc_card_key_free(sas_psc_card_key *key);

// A challenge for a purpose (a word of the application's) at a service (its name or address).
// SAS_PSC_ERROR_CHALLENGE_TEXT, _NO_RANDOMNESS.
int32_t sas_psc_card_challenge_new(const char *purpose,
                                   const char *service,
                                   int64_t now,
                                   sas_psc_card_challenge **challenge,
                                   sas_psc_error **error);

// As sas_psc_card_challenge_new, answered within so many seconds, 600 at most.
int32_t sas_psc_card_challenge_new_for(const char *purpose,
                                       const char *service,
                                       uint64_t seconds,
                                       int64_t now,
                                       sas_psc_card_challenge **challenge,
                                       sas_psc_error **error);

// The bytes to sign by the card's authentication key, hashed with SHA-256 as any message.
int32_t sas_psc_card_challenge_to_sign(const sas_psc_card_challenge *challenge,
                                       sas_psc_string **message,
                                       sas_psc_error **error);

// What to keep until the answer comes; sas_psc_card_challenge_resume takes it back. Nobody may read or change it.
int32_t sas_psc_card_challenge_to_stored(const sas_psc_card_challenge *challenge,
                                         sas_psc_string **stored,
                                         sas_psc_error **error);

// Takes back what was kept. SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _STORED_FORM_NEWER.
int32_t sas_psc_card_challenge_resume(const void *stored,
                                      size_t stored_len,
                                      sas_psc_card_challenge **challenge,
                                      sas_psc_error **error);

// Takes the signature, with the certificate that was believed after the challenge was made; scheme is "pkcs1-sha256" or
// "pss-sha256". Right or wrong, the challenge is spent. SAS_PSC_ERROR_POSSESSION_SIGNATURE, _POSSESSION_REPLAYED,
// _POSSESSION_EXPIRED, _CARD_CERTIFICATE_USAGE, _CARD_PURPOSE_UNKNOWN.
int32_t sas_psc_card_challenge_prove(sas_psc_card_challenge *challenge,
                                     const sas_psc_trusted_certificate *trusted,
                                     const char *scheme,
                                     const void *signature,
                                     size_t signature_len,
                                     int64_t now,
                                     sas_psc_card_possession **possession,
                                     sas_psc_error **error);

// Frees a challenge. Null is allowed.
void sas_psc_card_challenge_free(sas_psc_card_challenge *challenge);

// The holder, copied.
int32_t sas_psc_card_possession_professional(const sas_psc_card_possession *possession,
                                             sas_psc_professional **professional,
                                             sas_psc_error **error);

// The 32 bytes under which to remember that it was seen, where several may take back one challenge.
int32_t sas_psc_card_possession_once(const sas_psc_card_possession *possession,
                                     sas_psc_string **once,
                                     sas_psc_error **error);

// Until when to remember it.
int64_t sas_psc_card_possession_remembered_until(const sas_psc_card_possession *possession);

// Frees a possession. Null is allowed.
void sas_psc_card_possession_free(sas_psc_card_possession *possession);

// Trust in IGC-Santé, whose authorities are part of the library.
int32_t sas_psc_card_trust_new(sas_psc_card_trust **trust, sas_psc_error **error);

// DANGER: trust in the authorities of ANS's test cards, which anyone can order: who holds one is nobody.
int32_t sas_psc_danger_card_trust_test(sas_psc_card_trust **trust, sas_psc_error **error);

// DANGER: trust in other authorities, as PEM, a root among them. SAS_PSC_ERROR_CARD_AUTHORITIES.
int32_t sas_psc_danger_card_trust_of(const char *authorities, sas_psc_card_trust **trust, sas_psc_error **error);

// Adds a revocation list, DER or PEM; of an authority's lists the newest counts. SAS_PSC_ERROR_CRL_UNREADABLE,
// _CRL_AUTHORITY, _CRL_SIGNATURE.
int32_t sas_psc_card_trust_add_revocation_list(sas_psc_card_trust *trust,
                                               const void *bytes,
                                               size_t bytes_len,
                                               sas_psc_error **error);

// The oldest revocation list that counts, in seconds; without it, the list's own end decides.
int32_t sas_psc_card_trust_set_max_age(sas_psc_card_trust *trust, uint64_t seconds, sas_psc_error **error);

// Goes on when there is no revocation list that is new enough. What is then known says "unknown".
int32_t sas_psc_card_trust_set_accept_unknown_revocation(sas_psc_card_trust *trust, sas_psc_error **error);

// Believes a certificate: its key is for purpose ("authentication", "signature"), it is good now, an authority of
// persons issued it, and it was not revoked. One of SAS_PSC_ERROR_CARD_CERTIFICATE_…, _REVOCATION_UNKNOWN,
// _CRL_NOT_YET_VALID, _CARD_PURPOSE_UNKNOWN.
int32_t sas_psc_card_trust_verify(const sas_psc_card_trust *trust,
                                  const sas_psc_card_certificate *certificate,
                                  const char *purpose,
                                  int64_t now,
                                  sas_psc_trusted_certificate **trusted,
                                  sas_psc_error **error);

// Frees a trust; certificates that it believed stay. Null is allowed.
void sas_psc_card_trust_free(sas_psc_card_trust *trust);

// As sas_psc_card_certificate_json, with "realm" ("production", "test", "other"), "revocation" ("good", "unknown")
// and "revocation_as_of".
int32_t sas_psc_trusted_certificate_json(const sas_psc_trusted_certificate *trusted,
                                         sas_psc_string **described,
                                         sas_psc_error **error);

// Frees a certificate that was believed. Null is allowed.
void sas_psc_trusted_certificate_free(sas_psc_trusted_certificate *trusted);

// Where the person of this session sits: "local", "rdp" or "citrix", as Windows tells it when the program starts; empty
// where nobody says. In a remote session the readers are those of the person's desk, and cards are slower.
int32_t sas_psc_readers_session(sas_psc_string **session, sas_psc_error **error);

// Begins to follow them: readers and cards that are there already are told first.
int32_t sas_psc_card_watch_new(const sas_psc_readers *readers, sas_psc_card_watch **watch, sas_psc_error **error);

// The next event, waiting at most so long: {"event","reader","card","atr"}; event is "reader-added", "reader-removed",
// "card-inserted", "card-mute", "card-removed", "service-lost" or "service-found". SAS_PSC_ERROR_NOT_DONE when nothing
// happened.
int32_t sas_psc_card_watch_next(sas_psc_card_watch *watch,
                                uint64_t timeout_ms,
                                sas_psc_string **event,
                                sas_psc_error **error);

// Stops. Null is allowed.
void sas_psc_card_watch_free(sas_psc_card_watch *watch);

// No session yet. lock_on_removal: lock when the card is pulled. warn_after_ms: how long after the sign-out a card that
// stayed is worth a warning; 0 is never. What follows advises "nothing", "lock", "unlock", "refuse-other" or
// "warn-forgotten".
int32_t sas_psc_card_presence_new(bool lock_on_removal,
                                  uint64_t warn_after_ms,
                                  sas_psc_card_presence **presence,
                                  sas_psc_error **error);

// The holder of this card signed in, or unlocked the session with the PIN. SAS_PSC_ERROR_CARD_UNKNOWN.
int32_t sas_psc_card_presence_signed_in(sas_psc_card_presence *presence, const char *serial, sas_psc_error **error);

// The holder signed out.
int32_t sas_psc_card_presence_signed_out(sas_psc_card_presence *presence, int64_t now, sas_psc_error **error);

// A card was put in, and its serial number read. SAS_PSC_ERROR_CARD_UNKNOWN.
int32_t sas_psc_card_presence_inserted(sas_psc_card_presence *presence,
                                       const char *serial,
                                       sas_psc_string **advice,
                                       sas_psc_error **error);

// The card was pulled, or its reader unplugged.
int32_t sas_psc_card_presence_removed(sas_psc_card_presence *presence, sas_psc_string **advice, sas_psc_error **error);

// Time passes: call it every second or so.
int32_t sas_psc_card_presence_tick(sas_psc_card_presence *presence,
                                   int64_t now,
                                   sas_psc_string **advice,
                                   sas_psc_error **error);

// Whether the session waits for its card.
bool sas_psc_card_presence_is_locked(const sas_psc_card_presence *presence);

// Frees it. Null is allowed.
void sas_psc_card_presence_free(sas_psc_card_presence *presence);

// Waits for the end, at most so long (0: only looks), and gives the result, once, as JSON. SAS_PSC_ERROR_NOT_DONE while
// it is under way: wait again, or free it. SAS_PSC_ERROR_USER_CANCELLED after a cancel, and those of the work.
int32_t sas_psc_card_work_wait(const sas_psc_card_work *work,
                               uint64_t timeout_ms,
                               sas_psc_string **result,
                               sas_psc_error **error);

// Gives the work up, from any thread: a PIN that was not sent yet never is. Who waits is told.
int32_t sas_psc_card_work_cancel(const sas_psc_card_work *work, sas_psc_error **error);

// Gives the work up where it is still under way, and frees it. Null is allowed.
void sas_psc_card_work_free(sas_psc_card_work *work);

// Begins to ask a person, by RPPS number or national identifier, to answer with "mobile" or "card". For a server: a
// workstation never holds the service's secret. One that faces people starts behind a sas_psc_ciba_guard.
int32_t sas_psc_ciba_start_new(const sas_psc_service *service,
                               const char *person,
                               const char *channel,
                               sas_psc_ciba_start **start,
                               sas_psc_error **error);

// What to do now, as sas_psc_exchange_next. With neither a request nor a time it is over: see
// sas_psc_ciba_start_take.
int32_t sas_psc_ciba_start_next(sas_psc_ciba_start *start,
                                int64_t now,
                                sas_psc_request **request,
                                int64_t *wait_until,
                                sas_psc_error **error);

// Takes the answer to the request. An error ends the start.
int32_t sas_psc_ciba_start_answered(sas_psc_ciba_start *start,
                                    const sas_psc_response *response,
                                    int64_t now,
                                    sas_psc_error **error);

// Says that the request got no answer, and why: see sas_psc_exchange_failed.
int32_t sas_psc_ciba_start_failed(sas_psc_ciba_start *start, int32_t why, int64_t now, sas_psc_error **error);

// The wait, once the start is over. It is given once. SAS_PSC_ERROR_NOT_DONE.
int32_t sas_psc_ciba_start_take(sas_psc_ciba_start *start, sas_psc_ciba **ciba, sas_psc_error **error);

// Frees a start. Null is allowed.
void sas_psc_ciba_start_free(sas_psc_ciba_start *start);

// What to do now, as sas_psc_exchange_next. With neither a request nor a time the person has signed in: see
// sas_psc_ciba_signed_in. Sleep no longer than until sas_psc_ciba_next_event_at.
int32_t sas_psc_ciba_next(sas_psc_ciba *ciba,
                          int64_t now,
                          sas_psc_request **request,
                          int64_t *wait_until,
                          sas_psc_error **error);

// Takes the answer to the request. An error ends the wait: SAS_PSC_ERROR_CIBA_REFUSED, _CIBA_EXPIRED and others.
int32_t sas_psc_ciba_answered(sas_psc_ciba *ciba, const sas_psc_response *response, int64_t now, sas_psc_error **error);

// Says that the request got no answer, and why: see sas_psc_exchange_failed. 0 when the wait goes on.
int32_t sas_psc_ciba_failed(sas_psc_ciba *ciba, int32_t why, int64_t now, sas_psc_error **error);

// Who signed in, once it is over; see sas_psc_exchange_signed_in. Behind a guard, tell it first: see
// sas_psc_ciba_guard_settle. SAS_PSC_ERROR_NOT_DONE.
int32_t sas_psc_ciba_signed_in(const sas_psc_ciba *ciba, int64_t now, sas_psc_string **person, sas_psc_error **error);

// The two digits to show, zero kept: the person picks them on the phone among three. After sas_psc_ciba_replace, read
// them again.
const char *sas_psc_ciba_digits(const sas_psc_ciba *ciba);

// Names this sign-in; a request on another channel in its place has the same name.
const char *sas_psc_ciba_attempt(const sas_psc_ciba *ciba);

// Whether they answer with the card; else it is the phone.
bool sas_psc_ciba_is_card(const sas_psc_ciba *ciba);

// Whole seconds left to answer, rounded up; 0 when time is over.
uint32_t sas_psc_ciba_seconds_left(const sas_psc_ciba *ciba, int64_t now);

// When there is something to tell again.
int64_t sas_psc_ciba_next_event_at(const sas_psc_ciba *ciba, int64_t now);

// What there is to tell the screen now and was not told before, or null:
// {"seconds_left":100,"help":[{"step":"open-app","text":"…"}]}. The help, what to try and in which order, is empty
// except at 20 and 60 seconds without an answer. lang is "fr", "en" or a locale; null is French.
int32_t sas_psc_ciba_event(sas_psc_ciba *ciba,
                           int64_t now,
                           const char *lang,
                           sas_psc_string **event,
                           sas_psc_error **error);

// The sentence to show under the digits: the numbers are public, so a request may be a stranger's. lang as above.
int32_t sas_psc_ciba_not_you(const char *lang, sas_psc_string **text, sas_psc_error **error);

// Leaves: an acceptance that comes later is never used. Behind a guard, see sas_psc_ciba_guard_leave.
int32_t sas_psc_ciba_cancel(sas_psc_ciba *ciba, sas_psc_error **error);

// Begins to ask the same person on another channel, in the same attempt: "use the card instead". The wait goes on
// until sas_psc_ciba_replace; when the start fails, go on with it.
int32_t sas_psc_ciba_on_channel(const sas_psc_ciba *ciba,
                                const char *channel,
                                sas_psc_ciba_start **start,
                                sas_psc_error **error);

// The wait goes on with a start that is over: from now on only it can win. SAS_PSC_ERROR_NOT_DONE, _CIBA_REPLACED for
// a start of another attempt.
int32_t sas_psc_ciba_replace(sas_psc_ciba *ciba, sas_psc_ciba_start *start, sas_psc_error **error);

// The stored form, for a server that forgets between two requests. It holds secrets.
int32_t sas_psc_ciba_to_stored(const sas_psc_ciba *ciba, sas_psc_string **stored, sas_psc_error **error);

// Reads a stored form. SAS_PSC_ERROR_STORED_FORM_UNREADABLE, also when it is of another service; _CIBA_EXPIRED.
int32_t sas_psc_ciba_resume(const sas_psc_service *service,
                            const void *stored,
                            size_t stored_len,
                            int64_t now,
                            sas_psc_ciba **ciba,
                            sas_psc_error **error);

// Frees a wait; at the provider it goes on. Null is allowed.
void sas_psc_ciba_free(sas_psc_ciba *ciba);

// A guard over the SQLite file at this path, made when it is not there, or over a database that many machines share,
// postgres://…, in a library built with that feature (else SAS_PSC_ERROR_STORE_ADDRESS). key is a secret of at least 32 bytes, the same
// in every instance: people stand in the file as hashes under it. SAS_PSC_ERROR_SERVER_KEY_SHORT, and those of the
// store.
int32_t sas_psc_ciba_guard_new(const char *path,
                               const void *key,
                               size_t key_len,
                               sas_psc_ciba_guard **guard,
                               sas_psc_error **error);

// As sas_psc_ciba_start_new, if the guard lets it: it comes to a wait that looks the same in any case. workstation is
// what your program tells its workstations apart by: the token of a cookie, the key of an enrolled machine; never an
// address, which many share. The start ends with SAS_PSC_ERROR_CIBA_STILL_RUNNING on a workstation that left its own
// request, with "retry_after".
int32_t sas_psc_ciba_guard_start(const sas_psc_ciba_guard *guard,
                                 const sas_psc_service *service,
                                 const char *person,
                                 const char *channel,
                                 const void *workstation,
                                 size_t workstation_len,
                                 int64_t now,
                                 sas_psc_ciba_start **start,
                                 sas_psc_error **error);

// As sas_psc_ciba_on_channel, behind the guard.
int32_t sas_psc_ciba_guard_switch(const sas_psc_ciba_guard *guard,
                                  const sas_psc_service *service,
                                  const sas_psc_ciba *ciba,
                                  const char *channel,
                                  const void *workstation,
                                  size_t workstation_len,
                                  int64_t now,
                                  sas_psc_ciba_start **start,
                                  sas_psc_error **error);

// Tells the guard how a wait ended: 0 for a sign-in, else the code of its error, which this call gives back.
// SAS_PSC_ERROR_CIBA_REPLACED is a sign-in that no longer counts: nobody signed in. Call it at every end.
int32_t sas_psc_ciba_guard_settle(const sas_psc_ciba_guard *guard,
                                  const sas_psc_service *service,
                                  sas_psc_ciba *ciba,
                                  int32_t ended,
                                  int64_t now,
                                  sas_psc_error **error);

// Leaves a wait: an acceptance that comes later is never used, through no instance. workstation as at the start.
int32_t sas_psc_ciba_guard_leave(const sas_psc_ciba_guard *guard,
                                 const sas_psc_service *service,
                                 sas_psc_ciba *ciba,
                                 const void *workstation,
                                 size_t workstation_len,
                                 int64_t now,
                                 sas_psc_error **error);

// The alarms since the last call, at most 256, for the hospital: [{"kind":"in-a-row" or "held-back","person","station",
// "count","at"}]. People and workstations are keyed hashes.
int32_t sas_psc_ciba_guard_alarms(const sas_psc_ciba_guard *guard, sas_psc_string **alarms, sas_psc_error **error);

// Deletes what is of no use any more, and says how many rows. Once an hour is often enough.
int32_t sas_psc_ciba_guard_sweep(const sas_psc_ciba_guard *guard, int64_t now, uint64_t *rows, sas_psc_error **error);

// Frees a guard; what was begun with it goes on. Null is allowed.
void sas_psc_ciba_guard_free(sas_psc_ciba_guard *guard);

// Checks every number of a column of the Arrow C data interface: strings, large strings, string views, 64-bit
// integers or a dictionary of these; or a structure with such a column, named by column (null: its only one). kind as
// for sas_psc_id_check. array is moved, also on an error, and released when nobody needs it any more; schema stays
// yours; the places of the answer are two others. The answer is a structure array: valid, normalized (of the type of
// the column, null where refused; values that are right are not copied), test_number, reason and, for "auto", kind;
// rows that are null stay null. SAS_PSC_ERROR_ID_KIND_UNKNOWN, _ID_COLUMN_TYPE, _COLUMN_MISSING, _ARROW_MALFORMED.
int32_t sas_psc_ids_check_array(const char *kind,
                                const char *column,
                                bool refuse_test_numbers,
                                const struct ArrowSchema *schema,
                                struct ArrowArray *array,
                                struct ArrowSchema *answer_schema,
                                struct ArrowArray *answer,
                                sas_psc_error **error);

// The same for all arrays of a stream, which is moved and read to its end. The answer is a stream, an array for each.
// SAS_PSC_ERROR_ARROW_SOURCE too, when the stream stops with an error.
int32_t sas_psc_ids_check_stream(const char *kind,
                                 const char *column,
                                 bool refuse_test_numbers,
                                 struct ArrowArrayStream *stream,
                                 struct ArrowArrayStream *answer,
                                 sas_psc_error **error);

// What to have at hand for the sign-up at the real platform, and its steps. asked is a JSON object:
// {"with":"card" or "ecps","number","address","settings":{...},"seen":{"reader":true,"card":false,"middleware","app"}},
// all but "with" may be left out; lang is "fr" or "en". prepared is {"site","ready","checklist":[{"need","presence","text",
// "hint"}],"steps":[{"step","text","seconds"}]}. SAS_PSC_ERROR_USAGE, _SETTINGS_UNREADABLE.
int32_t sas_psc_companion_prepare(const char *asked,
                                  const char *lang,
                                  sas_psc_string **prepared,
                                  sas_psc_error **error);

// What a pasted verification link says of itself, which is not verified: {"purpose","claimed_end","verified":false}. hosts
// are the platform's sign-in servers, one a line. The link is never opened here. SAS_PSC_ERROR_VERIFICATION_LINK (the
// part in the fact "field"), _VERIFICATION_LINK_PURPOSE.
int32_t sas_psc_verification_link_read(const char *link,
                                       const char *hosts,
                                       sas_psc_string **said,
                                       sas_psc_error **error);

// Opens the log that `sas-psc consent init` made in a folder. SAS_PSC_ERROR_LOG_MISSING, _LOG_BUSY; _LOG_BEHIND when
// a backup was restored (facts first_missing, missing); _LOG_FORK, _LOG_DAMAGED, _LOG_INCOMPLETE, _STORE_UNAVAILABLE.
int32_t sas_psc_consent_log_open(const char *folder, sas_psc_consent_log **log, sas_psc_error **error);

// Records an answer, and returns once it is safe on the disk. answer is a JSON object: {"event":"accepted" or
// "refused" or "withdrawn","terms":64 hexadecimal digits,"person":a text or {"issuer","subject","acr","amr",
// "auth_time","id_token_sha256","client"},"at":RFC 3339,"controller","exit","evidence"}; the last four may be left
// out. evidence is the text that sas_psc_exchange_evidence gave: it is kept sealed with the record.
// recorded is {"record_id","leaf_index","tree_size"}. SAS_PSC_ERROR_TERMS_UNKNOWN, _RECORD_NONE_BEFORE,
// _RECORD_FIELD, _RECORD_TIME, _STORE_UNAVAILABLE.
int32_t sas_psc_consent_log_record(const sas_psc_consent_log *log,
                                   const char *answer,
                                   sas_psc_string **recorded,
                                   sas_psc_error **error);

// Logs a record made elsewhere, in its canonical bytes (docs/consent-format.md). The same record again gets the same
// place: who has not heard an answer asks again. place is {"leaf_index","tree_size"}.
// SAS_PSC_ERROR_RECORD_UNREADABLE, _RECORD_DIFFERS, _RECORD_TIME, _STORE_UNAVAILABLE.
int32_t sas_psc_consent_log_append(const sas_psc_consent_log *log,
                                   const void *record,
                                   size_t record_len,
                                   sas_psc_string **place,
                                   sas_psc_error **error);

// Forgets a person, named as in an answer: deletes their records and salts, and says how many. The log still
// verifies. SAS_PSC_ERROR_LOG_BUSY when another program reads at this moment: ask again.
int32_t sas_psc_consent_log_forget(const sas_psc_consent_log *log,
                                   const char *person,
                                   uint64_t *salts_deleted,
                                   sas_psc_error **error);

// The receipt of a record: the proof (to keep as F.tlog-proof) and what opens it (F.json). Waits until the public
// files cover it. SAS_PSC_ERROR_RECORD_UNKNOWN.
int32_t sas_psc_consent_log_receipt(const sas_psc_consent_log *log,
                                    const char *record_id,
                                    sas_psc_string **proof,
                                    sas_psc_string **opening,
                                    sas_psc_error **error);

// The evidence of the sign-in that lies sealed beside a record, opened. SAS_PSC_ERROR_RECORD_UNKNOWN, also when the
// person was forgotten; _EVIDENCE_NONE when none was kept.
int32_t sas_psc_consent_log_evidence(const sas_psc_consent_log *log,
                                     const char *record_id,
                                     sas_psc_string **evidence,
                                     sas_psc_error **error);

// Publishes what is logged, and closes. Null is allowed.
void sas_psc_consent_log_free(sas_psc_consent_log *log);

// What changed between two versions of the terms that a log keeps, by their hashes, as a text to read: `- ` before a
// line taken out, `+ ` before one put in; lang is "fr" or "en". SAS_PSC_ERROR_TERMS_UNKNOWN, _HASH_UNREADABLE.
int32_t sas_psc_consent_terms_difference(const char *folder,
                                         const char *old_terms,
                                         const char *new_terms,
                                         const char *lang,
                                         sas_psc_string **text,
                                         sas_psc_error **error);

// Audits the log in a folder with its public keys, one a line, and with an earlier checkpoint of it, or null; lang is
// "fr" or "en", for the messages. report is {"valid","tree_size","problems":[{"index","kind","message"}]}: what is
// wrong with a log is an answer, not an error. SAS_PSC_ERROR_LOG_MISSING, _LOG_KEY_UNREADABLE.
int32_t sas_psc_consent_log_verify(const char *folder,
                                   const char *vkeys,
                                   const char *since,
                                   const char *lang,
                                   sas_psc_string **report,
                                   sas_psc_error **error);

// Verifies a receipt offline: the proof, what opens it, and the log's public keys, one a line. proven is
// {"origin","index","tree_size","logged_at","what":{the record}}. SAS_PSC_ERROR_RECEIPT_UNREADABLE,
// _NOTE_NOT_SIGNED, _NOTE_SIGNATURE, _PROOF_WRONG, _RECEIPT_RECORD, _LOG_KEY_UNREADABLE.
int32_t sas_psc_consent_receipt_verify(const void *proof,
                                       size_t proof_len,
                                       const void *opening,
                                       size_t opening_len,
                                       const char *vkeys,
                                       sas_psc_string **proven,
                                       sas_psc_error **error);

// Judges the evidence of a record: that the record, as its receipt's opening holds it, commits to it, that the
// provider signed, as of the sign-in, and that both say the same. proven is {"issuer","client","subject","id_nat",
// "acr","auth_time","verified_at","jwks_uri","key_thumbprint"}. SAS_PSC_ERROR_EVIDENCE_NONE, _EVIDENCE_OTHER_RECORD,
// _EVIDENCE_OTHER_SIGN_IN, _EVIDENCE_UNREADABLE, _ID_TOKEN_SIGNATURE and the others of a token.
int32_t sas_psc_consent_evidence_verify(const void *opening,
                                        size_t opening_len,
                                        const void *evidence,
                                        size_t evidence_len,
                                        sas_psc_string **proven,
                                        sas_psc_error **error);

// A cache without lists, of ANS's site.
int32_t sas_psc_crl_cache_new(sas_psc_crl_cache **cache, sas_psc_error **error);

// Wants the list at this address from now on: one of "revocation_lists" of sas_psc_card_certificate_json.
// SAS_PSC_ERROR_CRL_ADDRESS for one that is not on the site.
int32_t sas_psc_crl_cache_want(sas_psc_crl_cache *cache, const char *address, sas_psc_error **error);

// The list to ask for now, by a GET without redirects, as JSON: {"address","etag","last_modified"}, the two marks, where
// they are, as If-None-Match and If-Modified-Since; the JSON null when there is none. One of
// sas_psc_crl_cache_fetched, _unchanged and _failed tells what came of it; until then there is no other.
int32_t sas_psc_crl_cache_next(sas_psc_crl_cache *cache,
                               int64_t now,
                               sas_psc_string **need,
                               sas_psc_error **error);

// Takes the body that came (200), with its ETag and Last-Modified or null. SAS_PSC_ERROR_CRL_UNREADABLE, _CRL_SIGNATURE,
// _CRL_AUTHORITY, _CRL_OLDER, _CRL_NOT_YET_VALID: then it is waited before it is asked for again.
int32_t sas_psc_crl_cache_fetched(sas_psc_crl_cache *cache,
                                  const char *address,
                                  const void *body,
                                  size_t body_len,
                                  const char *etag,
                                  const char *last_modified,
                                  const sas_psc_card_trust *trust,
                                  int64_t now,
                                  sas_psc_error **error);

// The site says that the list held is the newest (304).
int32_t sas_psc_crl_cache_unchanged(sas_psc_crl_cache *cache, const char *address, int64_t now, sas_psc_error **error);

// The request came to nothing: the status of the answer, 0 when there was none.
int32_t sas_psc_crl_cache_failed(sas_psc_crl_cache *cache,
                                 const char *address,
                                 uint32_t status,
                                 int64_t now,
                                 sas_psc_error **error);

// Gives the lists held to a trust, in the place of those it had.
int32_t sas_psc_crl_cache_apply(const sas_psc_crl_cache *cache, sas_psc_card_trust *trust, sas_psc_error **error);

// What to keep on disk.
int32_t sas_psc_crl_cache_to_stored(const sas_psc_crl_cache *cache, sas_psc_string **stored, sas_psc_error **error);

// Takes back what was kept; lists that these authorities have not signed are left out.
// SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _STORED_FORM_NEWER.
int32_t sas_psc_crl_cache_resume(const void *stored,
                                 size_t stored_len,
                                 const sas_psc_card_trust *trust,
                                 sas_psc_crl_cache **cache,
                                 sas_psc_error **error);

// Frees a cache. Null is allowed.
void sas_psc_crl_cache_free(sas_psc_crl_cache *cache);

// Compares two descriptions of a professional, whichever of Pro Santé Connect, the directory and a card made them.
// one_active and other_active: 1 when that source says that they practise, 0 when it says that they do not, -1 when it
// does not say. refuse: words of differences that are refused, separated by commas; null for none. The answer is
// {"person","active","professions","activities":[{"one","other","by"}],"differences":[{"what","one","other"}]};
// SAS_PSC_ERROR_CROSSCHECK_PERSON, _CROSSCHECK_INACTIVE, _CROSSCHECK_DIFFERENCE, _CROSSCHECK_WORD.
int32_t sas_psc_professional_crosscheck(const sas_psc_professional *one,
                                        const sas_psc_professional *other,
                                        int32_t one_active,
                                        int32_t other_active,
                                        const char *refuse,
                                        sas_psc_string **compared,
                                        sas_psc_error **error);

// Opens the index in a folder: what `sas-psc directory import` or sas_psc_directory_import_run made there. It takes
// a few milliseconds and little memory. SAS_PSC_ERROR_DIRECTORY_MISSING, _FILE_UNREADABLE, _DIRECTORY_FOREIGN,
// _DIRECTORY_VERSION, _DIRECTORY_DAMAGED; the last one may also come from every call below.
int32_t sas_psc_directory_open(const char *folder, sas_psc_directory **directory, sas_psc_error **error);

// How many people it holds.
uint32_t sas_psc_directory_person_count(const sas_psc_directory *directory);

// The line that the open licence asks to show beside the data: "Source : ANS, Annuaire Santé, 2026-09-23 (…)".
const char *sas_psc_directory_attribution(const sas_psc_directory *directory);

// What it is made from, as a JSON object:
// {"source_date","source","licence","rows","people","structures","rejected"}.
int32_t sas_psc_directory_meta(const sas_psc_directory *directory, sas_psc_string **meta, sas_psc_error **error);

// The person with an RPPS number, an ADELI number or a national identifier, with every practice and activity.
// professional is null when it is nobody's: that is an answer, not an error. White space at both ends is dropped.
int32_t sas_psc_directory_find(const sas_psc_directory *directory,
                               const char *id,
                               sas_psc_professional **professional,
                               sas_psc_error **error);

// Everybody with an identifier of any kind: of a person as above; FINESS, SIREN, SIRET, national or technical
// identifier of a structure, then all who work there. people is a JSON array, empty for nobody, of the objects that
// `sas-psc directory search --json` prints:
// {"id_nat","family_name","given_name","practices":[{"profession","speciality","activities":[{"structure",…}]}]}.
int32_t sas_psc_directory_lookup(const sas_psc_directory *directory,
                                 const char *id,
                                 sas_psc_string **people,
                                 sas_psc_error **error);

// Searches people; all that is asked has to hold, and null asks nothing. family_name and given_name are how a name
// starts, from any of its parts on, whatever its accents, case, hyphens and apostrophes; profession is a code ("10"),
// speciality too ("SM26"); postcode is that of a place of activity. At most limit people, and never more than 10,000.
// people is as above. SAS_PSC_ERROR_DIRECTORY_QUESTION when nothing is asked.
int32_t sas_psc_directory_search(const sas_psc_directory *directory,
                                 const char *family_name,
                                 const char *given_name,
                                 const char *profession,
                                 const char *speciality,
                                 const char *postcode,
                                 size_t limit,
                                 sas_psc_string **people,
                                 sas_psc_error **error);

// Reads the whole file and computes every checksum. SAS_PSC_ERROR_DIRECTORY_DAMAGED.
int32_t sas_psc_directory_verify(const sas_psc_directory *directory, sas_psc_error **error);

// Compares the index that is in a folder now with an older one, and lists who arrived, left or changed in the folder's
// delta.csv ("change,id_nat"). delta is {"arrived","left","changed","file"}. SAS_PSC_ERROR_DIRECTORY_BUSY,
// _DIRECTORY_NOT_WRITTEN, and those of sas_psc_directory_open.
int32_t sas_psc_directory_delta(const sas_psc_directory *older,
                                const char *folder,
                                sas_psc_string **delta,
                                sas_psc_error **error);

// Closes an index. Null is allowed.
void sas_psc_directory_free(sas_psc_directory *directory);

// An import into a folder, which is made when it is missing. Nothing is touched yet.
int32_t sas_psc_directory_import_new(const char *folder, sas_psc_directory_import **import, sas_psc_error **error);

// Adds a file of ANS, plain or zip: PS_LibreAcces_Personne_activite, PS_LibreAcces_SavoirFaire.
int32_t sas_psc_directory_import_add_file(sas_psc_directory_import *import, const char *path, sas_psc_error **error);

// Takes an extract that is much smaller than the one before, or cut short.
int32_t sas_psc_directory_import_set_allow_shrink(sas_psc_directory_import *import, sas_psc_error **error);

// Reads the files, writes the index beside the one before and puts it in its place: some seconds for the whole
// country. Whatever fails, the index before stays in use; SAS_PSC_ERROR_EXTRACT_… says why. imported is a JSON object:
// {"source_date","source","licence","rows","people","structures","rejected","index_bytes","rejects_file"}, the last
// one the list of the rows that were not taken, "source,line,reason".
int32_t sas_psc_directory_import_run(const sas_psc_directory_import *import,
                                     sas_psc_string **imported,
                                     sas_psc_error **error);

// Frees an import. Null is allowed.
void sas_psc_directory_import_free(sas_psc_directory_import *import);

// Begins to ask a provider for its metadata, on the client's behalf. Both are copied.
int32_t sas_psc_discovery_new(const sas_psc_environment *environment,
                              const sas_psc_client *client,
                              sas_psc_discovery **discovery,
                              sas_psc_error **error);

// What to do now, as sas_psc_exchange_next. With neither a request nor a time it is over: see
// sas_psc_discovery_service.
int32_t sas_psc_discovery_next(sas_psc_discovery *discovery,
                               int64_t now,
                               sas_psc_request **request,
                               int64_t *wait_until,
                               sas_psc_error **error);

// Takes the answer to the request. An error ends it: SAS_PSC_ERROR_DISCOVERY_ISSUER, _DISCOVERY_HOST,
// _SIMULATOR_REFUSED, _PROVIDER_ANSWER, _PROVIDER_UNAVAILABLE.
int32_t sas_psc_discovery_answered(sas_psc_discovery *discovery,
                                   const sas_psc_response *response,
                                   int64_t now,
                                   sas_psc_error **error);

// Says that the request got no answer, and why: see sas_psc_exchange_failed. 0 when it may go on all the same.
int32_t sas_psc_discovery_failed(sas_psc_discovery *discovery, int32_t why, int64_t now, sas_psc_error **error);

// The client at the provider, once it is over. Ask again every hour. SAS_PSC_ERROR_NOT_DONE, _ENDPOINT_MISSING.
int32_t sas_psc_discovery_service(const sas_psc_discovery *discovery, sas_psc_service **service, sas_psc_error **error);

// Which addresses differ from those that the library knows, once it is over: [{"endpoint","expected","found"}], found
// null where the provider no longer names one. SAS_PSC_ERROR_NOT_DONE.
int32_t sas_psc_discovery_drift(const sas_psc_discovery *discovery, sas_psc_string **drift, sas_psc_error **error);

// Frees it; a service made from it goes on. Null is allowed.
void sas_psc_discovery_free(sas_psc_discovery *discovery);

// Begins to examine a provider, in the order in which it would be mended: "issuer", "discovery", "endpoints", "keys",
// "clock". Nobody signs in. It comes to [{"check","status","code","message","hint"}]: status is "ok", "warning",
// "failed" or "skipped", code null when nothing is wrong. A request without an answer is a finding: tell why, by
// sas_psc_steps_failed. lang is "fr", "en" or a locale; null is French.
int32_t sas_psc_examine(const sas_psc_environment *environment,
                        const sas_psc_client *client,
                        const char *lang,
                        int64_t now,
                        sas_psc_steps **steps,
                        sas_psc_error **error);

// Begins to look at what a provider shows of itself without a sign-in: as sas_psc_examine, each finding with
// "observed" and "value" too.
int32_t sas_psc_observe(const sas_psc_environment *environment,
                        const sas_psc_client *client,
                        const char *lang,
                        int64_t now,
                        sas_psc_steps **steps,
                        sas_psc_error **error);

// Whether a text is an e-mail address. found is the JSON object that `sas-psc email check --json` prints:
// {"address","valid","canonical","reason"}, and "warnings" about domains that mislead the eye, when there are any. A
// refused address is an answer, not an error.
int32_t sas_psc_email_check(const char *address, sas_psc_string **found, sas_psc_error **error);

// A challenge for the person that issuer and subject name, in the session called attempt, at an address. The link and
// the code of its mail live so many minutes, from 1 to 60; 5 is the guide's. Those of sas_psc_email_check (_EMAIL_…),
// SAS_PSC_ERROR_EMAIL_LIFETIME, _NO_RANDOMNESS.
int32_t sas_psc_email_challenge_new(const char *issuer,
                                    const char *subject,
                                    const char *attempt,
                                    const char *address,
                                    uint32_t minutes,
                                    int64_t now,
                                    sas_psc_email_challenge **challenge,
                                    sas_psc_error **error);

// What to keep until the answer comes; sas_psc_email_challenge_resume takes it back.
int32_t sas_psc_email_challenge_to_stored(const sas_psc_email_challenge *challenge,
                                          sas_psc_string **stored,
                                          sas_psc_error **error);

// Takes back what was kept. SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _STORED_FORM_NEWER.
int32_t sas_psc_email_challenge_resume(const void *stored,
                                       size_t stored_len,
                                       sas_psc_email_challenge **challenge,
                                       sas_psc_error **error);

// Where it stands: "sending", "send-failed", "address-refused", "live", "expired", "tries-used-up" or "proven".
int32_t sas_psc_email_challenge_status(const sas_psc_email_challenge *challenge,
                                       int64_t now,
                                       sas_psc_string **status,
                                       sas_psc_error **error);

// Writes the mail: a fresh link, a fresh code, a new end; what was written before is replaced. key is a secret of at
// least 32 bytes, the same in every instance. SAS_PSC_ERROR_EMAIL_SEND_WINDOW_OVER, _EMAIL_NOTHING_TO_SEND,
// _EMAIL_ALREADY_PROVEN, _SERVER_KEY_SHORT, _NO_RANDOMNESS.
int32_t sas_psc_email_challenge_write(sas_psc_email_challenge *challenge,
                                      const void *key,
                                      size_t key_len,
                                      int64_t now,
                                      sas_psc_email_dispatch **dispatch,
                                      sas_psc_error **error);

// The mail server took the mail: the lifetime starts. until is its end. SAS_PSC_ERROR_EMAIL_SUPERSEDED.
int32_t sas_psc_email_challenge_handed_over(sas_psc_email_challenge *challenge,
                                            const sas_psc_email_dispatch *dispatch,
                                            int64_t now,
                                            int64_t *until,
                                            sas_psc_error **error);

// Asks for the mail again; the old link and code die. SAS_PSC_ERROR_EMAIL_RESEND_TOO_EARLY with "retry_after",
// _EMAIL_ALREADY_PROVEN.
int32_t sas_psc_email_challenge_resend(sas_psc_email_challenge *challenge, int64_t now, sas_psc_error **error);

// Asks for the mail at another address; the old link and code die. As sas_psc_email_challenge_resend, but the first
// three changes need no wait.
int32_t sas_psc_email_challenge_change_address(sas_psc_email_challenge *challenge,
                                               const char *address,
                                               int64_t now,
                                               sas_psc_error **error);

// Takes the code typed in the session that started. 0: the person controls the mailbox. A wrong one is counted: keep
// the stored form in both cases. SAS_PSC_ERROR_EMAIL_CODE_WRONG with "tries_left", _EMAIL_TRIES_USED_UP; nothing has
// changed: _EMAIL_OTHER_SESSION, _EMAIL_CODE_FORM, _EMAIL_EXPIRED, _EMAIL_SUPERSEDED, _EMAIL_NOT_SENT,
// _EMAIL_ALREADY_PROVEN.
int32_t sas_psc_email_challenge_answer_code(sas_psc_email_challenge *challenge,
                                            const void *key,
                                            size_t key_len,
                                            const char *code,
                                            const char *issuer,
                                            const char *subject,
                                            const char *attempt,
                                            int64_t now,
                                            sas_psc_error **error);

// Takes the link's token, confirmed by a button in the session that started; never when the link is merely opened.
// 0: the person controls the mailbox. SAS_PSC_ERROR_EMAIL_LINK_WRONG, and those above.
int32_t sas_psc_email_challenge_answer_link(sas_psc_email_challenge *challenge,
                                            const char *token,
                                            const char *issuer,
                                            const char *subject,
                                            const char *attempt,
                                            int64_t now,
                                            sas_psc_error **error);

// Frees a challenge. Null is allowed.
void sas_psc_email_challenge_free(sas_psc_email_challenge *challenge);

// The address to open: base, a page of the site, with the token after "?c=". SAS_PSC_ERROR_EMAIL_LINK_BASE.
int32_t sas_psc_email_dispatch_link(const sas_psc_email_dispatch *dispatch,
                                    const char *base,
                                    sas_psc_string **link,
                                    sas_psc_error **error);

// The 8 digits.
int32_t sas_psc_email_dispatch_code(const sas_psc_email_dispatch *dispatch,
                                    sas_psc_string **code,
                                    sas_psc_error **error);

// The end to print in the mail, in milliseconds.
int64_t sas_psc_email_dispatch_expires(const sas_psc_email_dispatch *dispatch);

// Wipes and frees it. Null is allowed.
void sas_psc_email_dispatch_free(sas_psc_email_dispatch *dispatch);

// Our words, with those of a folder of templates in their place; null for ours alone. Files are verification.fr.txt,
// verification.fr.html and so on; a text file opens with "Subject: " and the subject. SAS_PSC_ERROR_FILE_UNREADABLE;
// with "template" and, where one is at fault, "field": _EMAIL_TEMPLATE_NAME, _EMAIL_TEMPLATE_PLACE,
// _EMAIL_TEMPLATE_SUBJECT, _EMAIL_TEMPLATE_UNSAFE.
int32_t sas_psc_email_templates_new(const char *folder, sas_psc_email_templates **templates, sas_psc_error **error);

// The mail that carries a link and a code: kind is "verification", or "new-address" for one that replaces another;
// lang "fr" or "en"; service the platform's name; link_base the page that the link opens. mail is JSON:
// {"id","subject","text","html","headers":{…}}, the id being the left part of the Message-ID.
// SAS_PSC_ERROR_EMAIL_TEMPLATE_NAME, _EMAIL_LINK_BASE.
int32_t sas_psc_email_templates_challenge(const sas_psc_email_templates *templates,
                                          const char *kind,
                                          const char *lang,
                                          const char *service,
                                          const char *link_base,
                                          const sas_psc_email_dispatch *dispatch,
                                          sas_psc_string **mail,
                                          sas_psc_error **error);

// The mail to the reader of a mailbox that another account holds already: no link, no code. To be sent in the place of
// the one above, so that whoever asked cannot tell.
int32_t sas_psc_email_templates_already_linked(const sas_psc_email_templates *templates,
                                               const char *lang,
                                               const char *service,
                                               const sas_psc_email_dispatch *dispatch,
                                               sas_psc_string **mail,
                                               sas_psc_error **error);

// A mail as it will look, with an invented link and code: kind is one of the above, "already-linked" or
// "address-change". SAS_PSC_ERROR_EMAIL_TEMPLATE_NAME.
int32_t sas_psc_email_templates_preview(const sas_psc_email_templates *templates,
                                        const char *kind,
                                        const char *lang,
                                        const char *service,
                                        sas_psc_string **mail,
                                        sas_psc_error **error);

// Frees them. Null is allowed.
void sas_psc_email_templates_free(sas_psc_email_templates *templates);

// Limits counted in the SQLite file at this path, made when it is not there. key is a secret of at least 32 bytes, the
// same in every instance. rules is JSON, or null for ours: {"person":{"free":4,"first_wait":30,"longest_wait":900,
// "a_day":20},"address":{…},"network":{…},"v4_prefix":24,"v6_prefix":48}, waits in seconds.
// SAS_PSC_ERROR_EMAIL_LIMIT_RULES, _SERVER_KEY_SHORT, and those of the store.
int32_t sas_psc_mail_limits_new(const char *path,
                                const void *key,
                                size_t key_len,
                                const char *rules,
                                sas_psc_mail_limits **limits,
                                sas_psc_error **error);

// Counts an ask. not_before is when its mail may leave: now, or later when others asked for the same mailbox, which the
// person is not to be told. person is what stays the same over their sign-ins; network the IP address they ask from,
// null when it is not known. SAS_PSC_ERROR_EMAIL_TOO_MANY with "retry_after": nothing was counted; _USAGE when
// network is no IP address.
int32_t sas_psc_mail_limits_ask(const sas_psc_mail_limits *limits,
                                const void *person,
                                size_t person_len,
                                const char *address,
                                const char *network,
                                int64_t now,
                                int64_t *not_before,
                                sas_psc_error **error);

// Deletes what is of no use any more, and says how many rows. Once an hour is often enough.
int32_t sas_psc_mail_limits_sweep(const sas_psc_mail_limits *limits,
                                  int64_t now,
                                  uint64_t *rows,
                                  sas_psc_error **error);

// Frees them. Null is allowed.
void sas_psc_mail_limits_free(sas_psc_mail_limits *limits);

// Pro Santé Connect in production.
int32_t sas_psc_environment_production(sas_psc_environment **environment, sas_psc_error **error);

// Pro Santé Connect's sandbox, the bac à sable.
int32_t sas_psc_environment_bas(sas_psc_environment **environment, sas_psc_error **error);

// The provider of this issuer, an https address: Pro Santé Connect's presets when it is theirs.
// SAS_PSC_ERROR_ADDRESS_REFUSED, _ENVIRONMENT_RETIRED, _ISSUER_MISSPELT.
int32_t sas_psc_environment_of(const char *issuer, sas_psc_environment **environment, sas_psc_error **error);

// Replaces what follows the issuer in the address of its metadata; no other path is ever tried.
int32_t sas_psc_environment_set_discovery_path(sas_psc_environment *environment,
                                               const char *path,
                                               sas_psc_error **error);

// Replaces the address of an endpoint, named as in the metadata ("token_endpoint"), whatever the metadata says. Its
// host joins the accepted ones. SAS_PSC_ERROR_ENDPOINT_UNKNOWN, _ADDRESS_REFUSED, _ENVIRONMENT_RETIRED.
int32_t sas_psc_environment_set_endpoint(sas_psc_environment *environment,
                                         const char *endpoint,
                                         const char *url,
                                         sas_psc_error **error);

// Accepts discovered addresses on these hosts alone, separated by spaces, each with its port unless it is 443.
int32_t sas_psc_environment_set_hosts(sas_psc_environment *environment, const char *hosts, sas_psc_error **error);

// An environment over plain http, on a loopback address only: whoever runs on this machine can read and change it.
int32_t sas_psc_danger_insecure_loopback(const char *issuer, sas_psc_environment **environment, sas_psc_error **error);

// Accepts a provider that says it is the simulator, whose keys are public: anyone can sign as anyone.
int32_t sas_psc_danger_allow_simulator(sas_psc_environment *environment, sas_psc_error **error);

// The issuer.
int32_t sas_psc_environment_issuer(const sas_psc_environment *environment,
                                   sas_psc_string **issuer,
                                   sas_psc_error **error);

// Frees an environment. Null is allowed.
void sas_psc_environment_free(sas_psc_environment *environment);

// The stable number: one of SAS_PSC_ERROR_…, the same that the call returned.
int32_t sas_psc_error_code(const sas_psc_error *error);

// The stable name, "id-key".
const char *sas_psc_error_name(const sas_psc_error *error);

// Who must act: one of SAS_PSC_BLAME_….
int32_t sas_psc_error_blame(const sas_psc_error *error);

// What happened, one sentence for a person. lang is "fr", "en" or a locale; null is French.
const char *sas_psc_error_message(const sas_psc_error *error, const char *lang);

// What to do now, one sentence for a person. lang as above.
const char *sas_psc_error_hint(const sas_psc_error *error, const char *lang);

// A fact that is a number ("tries_left", "retry_after" in seconds, "http_status"). False when the error has none.
bool sas_psc_error_fact_number(const sas_psc_error *error, const char *name, uint64_t *value);

// A fact that is a word ("claim", "field", "oauth_error"). Null when the error has none.
const char *sas_psc_error_fact_word(const sas_psc_error *error, const char *name);

// Frees an error. Null is allowed.
void sas_psc_error_free(sas_psc_error *error);

// A sign-in where the certificate of the TLS connection is the login itself (a Keycloak with X.509 login, a hospital's own
// provider): send each request on connections that show it, a card's by sas_psc_card_key. SAS_PSC_ERROR_CARD_LOGIN_PAGE
// where a page is shown; at Pro Santé Connect _CARD_LOGIN_NOT_OFFERED. Both arguments are copied.
int32_t sas_psc_exchange_by_certificate(const sas_psc_environment *environment,
                                        const sas_psc_client *client,
                                        int64_t now,
                                        sas_psc_exchange **exchange,
                                        sas_psc_error **error);

// What to do now. With a request: send it once, then call sas_psc_exchange_answered or _failed. Without one, and
// wait_until not 0: nothing to do before that time. With neither: it is over, see sas_psc_exchange_signed_in.
int32_t sas_psc_exchange_next(sas_psc_exchange *exchange,
                              int64_t now,
                              sas_psc_request **request,
                              int64_t *wait_until,
                              sas_psc_error **error);

// Takes the answer to the request. An error ends the exchange.
int32_t sas_psc_exchange_answered(sas_psc_exchange *exchange,
                                  const sas_psc_response *response,
                                  int64_t now,
                                  sas_psc_error **error);

// Says that the request got no answer, and why as far as you know: SAS_PSC_ERROR_TIMED_OUT, _CONNECT_FAILED,
// _NAME_NOT_FOUND, _SERVER_CERTIFICATE, else _CONNECTION_LOST. 0 when the exchange may go on all the same.
int32_t sas_psc_exchange_failed(sas_psc_exchange *exchange, int32_t why, int64_t now, sas_psc_error **error);

// Who signed in, once it is over: {"subject","id_nat","family_name","given_name","acr","auth_mode","practices",
// "access_token_expires_in"}, without any token. SAS_PSC_ERROR_NOT_DONE before.
int32_t sas_psc_exchange_signed_in(const sas_psc_exchange *exchange,
                                   int64_t now,
                                   sas_psc_string **person,
                                   sas_psc_error **error);

// The way on after SAS_PSC_ERROR_SIGN_IN_NOT_FRESH: where to send the browser so that the provider's session ends,
// after which it comes to back (an address of the list, null for the provider's own page) and a new sign-in asks the
// person again. Null after any other end. The address holds a token: a redirect, never a log line.
int32_t sas_psc_exchange_sign_out_first(const sas_psc_exchange *exchange,
                                        const sas_psc_return_addresses *returns,
                                        const char *back,
                                        sas_psc_string **url,
                                        sas_psc_error **error);

// What proves the sign-in years later, once it is over: the ID token and the provider's key that verified it, as a
// file. It names the person. Give it as "evidence" to sas_psc_consent_log_record.
int32_t sas_psc_exchange_evidence(const sas_psc_exchange *exchange, sas_psc_string **evidence, sas_psc_error **error);

// Frees an exchange. Null is allowed.
void sas_psc_exchange_free(sas_psc_exchange *exchange);

// Local sign-in, allowed and closed, over the SQLite file at this path, made when it is not there, or over a database as
// sas_psc_ciba_guard_new takes one. A program that makes none has it off.
int32_t sas_psc_fallback_new(const char *path,
                             sas_psc_fallback **fallback,
                             sas_psc_error **error);

// DANGER: takes cards of any authorities that a trust holds, tests' among them.
int32_t sas_psc_danger_fallback_any_card(sas_psc_fallback *fallback, sas_psc_error **error);

// Sets a rule, a time in seconds, a yes as 1: "list_max_age" (7 days), "accept_unknown_revocation" (0),
// "directory_required" (0), "opens_after" (15 minutes; 0: only an administrator opens it), "longest" (12 hours), "session"
// (4 hours). SAS_PSC_ERROR_FALLBACK_RULE.
int32_t sas_psc_fallback_set(sas_psc_fallback *fallback,
                             const char *name,
                             uint64_t value,
                             sas_psc_error **error);

// An administrator opens it, with their name and the reason, both kept in every record. SAS_PSC_ERROR_FALLBACK_OPENING.
int32_t sas_psc_fallback_open(sas_psc_fallback *fallback,
                              const char *administrator,
                              const char *reason,
                              int64_t until,
                              int64_t now,
                              sas_psc_error **error);

// An outage is seen: since its first failed try, whose error has the code cause. It opens by itself once it has lasted as
// long as the rules want. open is whether it is.
int32_t sas_psc_fallback_outage(sas_psc_fallback *fallback,
                                int64_t since,
                                uint32_t cause,
                                int64_t now,
                                bool *open,
                                sas_psc_error **error);

// Pro Santé Connect answers: what an outage opened is closed; what an administrator opened stays.
int32_t sas_psc_fallback_answered(sas_psc_fallback *fallback, sas_psc_error **error);

// Closes it.
int32_t sas_psc_fallback_close(sas_psc_fallback *fallback, sas_psc_error **error);

// The opening as JSON, {"by","name","reason","since","cause","from","until"}; the JSON null while it is closed.
int32_t sas_psc_fallback_opening(const sas_psc_fallback *fallback,
                                 int64_t now,
                                 sas_psc_string **opening,
                                 sas_psc_error **error);

// Wants of a trust's revocation lists what the rules want: call it before the certificate is believed.
int32_t sas_psc_fallback_apply_policy(const sas_psc_fallback *fallback,
                                      sas_psc_card_trust *trust,
                                      sas_psc_error **error);

// A challenge for the card, at this service. SAS_PSC_ERROR_FALLBACK_CLOSED, _CHALLENGE_TEXT.
int32_t sas_psc_fallback_challenge(const sas_psc_fallback *fallback,
                                   const char *service,
                                   int64_t now,
                                   sas_psc_card_challenge **challenge,
                                   sas_psc_error **error);

// Frees it; sign-ins stay. Null is allowed.
void sas_psc_fallback_free(sas_psc_fallback *fallback);

// Annuaire Santé of ANS, version 2, with the application's key of portal.api.esante.gouv.fr (ESANTE-API-KEY). Give an
// answer at least 35 seconds. SAS_PSC_ERROR_FHIR_SETTINGS.
int32_t sas_psc_fhir_ans(const char *key, sas_psc_fhir **fhir, sas_psc_error **error);

// A server at an https address, up to and with its version; a null key sends none. SAS_PSC_ERROR_ADDRESS_REFUSED,
// _FHIR_SETTINGS.
int32_t sas_psc_fhir_new(const char *base, const char *key, sas_psc_fhir **fhir, sas_psc_error **error);

// The same over plain http, on a loopback address only: whoever runs on this machine can read and change it.
int32_t sas_psc_fhir_insecure_loopback(const char *base, const char *key, sas_psc_fhir **fhir, sas_psc_error **error);

// How many matches a page asks for, 1 to 200; 50 when not said. SAS_PSC_ERROR_FHIR_SETTINGS.
int32_t sas_psc_fhir_set_page_size(sas_psc_fhir *fhir, uint32_t matches, sas_psc_error **error);

// When the next request may be sent, in milliseconds since 1970: ANS grants 17 a second. Ask before each request,
// and send at that time; it is reserved for you.
int64_t sas_psc_fhir_turn(sas_psc_fhir *fhir, int64_t now);

// Frees a server; what was begun with it goes on. Null is allowed.
void sas_psc_fhir_free(sas_psc_fhir *fhir);

// Begins to look people up by RPPS number or national identifier: one, or up to 50 with white space between.
// SAS_PSC_ERROR_FHIR_QUESTION.
int32_t sas_psc_fhir_lookup_new(const sas_psc_fhir *fhir,
                                const char *ids,
                                sas_psc_fhir_lookup **lookup,
                                sas_psc_error **error);

// What to do now; see sas_psc_exchange_next.
int32_t sas_psc_fhir_lookup_next(sas_psc_fhir_lookup *lookup,
                                 int64_t now,
                                 sas_psc_request **request,
                                 int64_t *wait_until,
                                 sas_psc_error **error);

// Takes the answer to the request. An error ends the look-up, and none says that nobody is found.
int32_t sas_psc_fhir_lookup_answered(sas_psc_fhir_lookup *lookup,
                                     const sas_psc_response *response,
                                     int64_t now,
                                     sas_psc_error **error);

// Says that the request got no answer; see sas_psc_exchange_failed.
int32_t sas_psc_fhir_lookup_failed(sas_psc_fhir_lookup *lookup, int32_t why, int64_t now, sas_psc_error **error);

// How many people were found, once it is over; 0 before. Who is not among them is not in the directory.
size_t sas_psc_fhir_lookup_count(const sas_psc_fhir_lookup *lookup);

// One of them, from 0, as the provider would describe them; null past the last. SAS_PSC_ERROR_NOT_DONE.
int32_t sas_psc_fhir_lookup_professional(const sas_psc_fhir_lookup *lookup,
                                         size_t index,
                                         sas_psc_professional **professional,
                                         sas_psc_error **error);

// All of them with what stands beside: a JSON array of {"professional","active","last_updated","unknown_places",
// "cards"}. SAS_PSC_ERROR_NOT_DONE.
int32_t sas_psc_fhir_lookup_people(const sas_psc_fhir_lookup *lookup, sas_psc_string **people, sas_psc_error **error);

// Frees a look-up. Null is allowed.
void sas_psc_fhir_lookup_free(sas_psc_fhir_lookup *lookup);

// A search of "Practitioner", "PractitionerRole" or "Organization". SAS_PSC_ERROR_FHIR_QUESTION.
int32_t sas_psc_fhir_search_new(const char *resource, sas_psc_fhir_search **search, sas_psc_error **error);

// Asks for a parameter that ANS searches by, with ":contains" or ":exact" behind it where it is text:
// ("qualification-code", "10"), ("active", "true"). SAS_PSC_ERROR_FHIR_QUESTION.
int32_t sas_psc_fhir_search_add(sas_psc_fhir_search *search,
                                const char *parameter,
                                const char *value,
                                sas_psc_error **error);

// What changed since, at most 30 days before now; both in milliseconds since 1970.
// SAS_PSC_ERROR_FHIR_DELTA_TOO_OLD.
int32_t sas_psc_fhir_search_updated_since(sas_psc_fhir_search *search,
                                          int64_t since,
                                          int64_t now,
                                          sas_psc_error **error);

// With what belongs to each match in the same answer: a person's activities, an activity's place and person.
int32_t sas_psc_fhir_search_with_related(sas_psc_fhir_search *search, sas_psc_error **error);

// Frees a search; pages that were begun go on. Null is allowed.
void sas_psc_fhir_search_free(sas_psc_fhir_search *search);

// Begins to read the first page of a search.
int32_t sas_psc_fhir_page_new(const sas_psc_fhir *fhir,
                              const sas_psc_fhir_search *search,
                              sas_psc_fhir_page **page,
                              sas_psc_error **error);

// Begins to read the page that another one named (sas_psc_fhir_page_cursor), now or in another process.
// SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _FHIR_LINK_ELSEWHERE.
int32_t sas_psc_fhir_page_after(const sas_psc_fhir *fhir,
                                const void *cursor,
                                size_t cursor_len,
                                sas_psc_fhir_page **page,
                                sas_psc_error **error);

// What to do now; see sas_psc_exchange_next.
int32_t sas_psc_fhir_page_next(sas_psc_fhir_page *page,
                               int64_t now,
                               sas_psc_request **request,
                               int64_t *wait_until,
                               sas_psc_error **error);

// Takes the answer to the request. An error ends it.
int32_t sas_psc_fhir_page_answered(sas_psc_fhir_page *page,
                                   const sas_psc_response *response,
                                   int64_t now,
                                   sas_psc_error **error);

// Says that the request got no answer; see sas_psc_exchange_failed.
int32_t sas_psc_fhir_page_failed(sas_psc_fhir_page *page, int32_t why, int64_t now, sas_psc_error **error);

// The people of the page, as sas_psc_fhir_lookup_people gives them. SAS_PSC_ERROR_NOT_DONE.
int32_t sas_psc_fhir_page_people(const sas_psc_fhir_page *page, sas_psc_string **people, sas_psc_error **error);

// The places of the page: a JSON array of {"id","active","last_updated","place"}. SAS_PSC_ERROR_NOT_DONE.
int32_t sas_psc_fhir_page_organizations(const sas_psc_fhir_page *page,
                                        sas_psc_string **organizations,
                                        sas_psc_error **error);

// Where the next page is, to be kept; null after the last. SAS_PSC_ERROR_NOT_DONE.
int32_t sas_psc_fhir_page_cursor(const sas_psc_fhir_page *page, sas_psc_string **cursor, sas_psc_error **error);

// Frees a page. Null is allowed.
void sas_psc_fhir_page_free(sas_psc_fhir_page *page);

// "GET" or "POST".
const char *sas_psc_request_method(const sas_psc_request *request);

// The absolute address.
const char *sas_psc_request_url(const sas_psc_request *request);

// How many headers.
size_t sas_psc_request_header_count(const sas_psc_request *request);

// The name of a header, from 0; null past the last.
const char *sas_psc_request_header_name(const sas_psc_request *request, size_t index);

// The value of a header, from 0; null past the last.
const char *sas_psc_request_header_value(const sas_psc_request *request, size_t index);

// The body.
const void *sas_psc_request_body(const sas_psc_request *request);

// How many bytes the body has; 0 for a GET.
size_t sas_psc_request_body_len(const sas_psc_request *request);

// Wipes and frees a request. Null is allowed.
void sas_psc_request_free(sas_psc_request *request);

// An answer with this status and this body, of at most 1 MiB.
int32_t sas_psc_response_new(uint32_t status,
                             const void *body,
                             size_t body_len,
                             sas_psc_response **response,
                             sas_psc_error **error);

// Adds a header that was received.
int32_t sas_psc_response_add_header(sas_psc_response *response,
                                    const char *name,
                                    const char *value,
                                    sas_psc_error **error);

// Frees an answer. Null is allowed.
void sas_psc_response_free(sas_psc_response *response);

// Checks a number of a kind: "rpps", "adeli", "finess", "siren", "siret", "id-nat", "structure",
// "structure-technical", "ins", "card-number", "opaque", or "auto" (as null), which finds the kind by its shape.
// White space at both ends is dropped. found is the JSON object that `sas-psc id check --json` prints:
// {"value","kind","valid","checked","normalized","test_number","reason"}. A refused number is an answer, not an
// error; SAS_PSC_ERROR_ID_KIND_UNKNOWN when kind is none of these words.
int32_t sas_psc_id_check(const char *kind,
                         const char *value,
                         bool refuse_test_numbers,
                         sas_psc_string **found,
                         sas_psc_error **error);

// The number as it should be stored: without white space at both ends, letters in capitals where the kind has only
// those. kind as above. SAS_PSC_ERROR_ID_LENGTH, _ID_CHARACTER, _ID_KEY, _ID_WITHDRAWN, _ID_NEVER_ALLOCATED,
// _ID_KIND_UNKNOWN.
int32_t sas_psc_id_normalized(const char *kind, const char *value, sas_psc_string **normalized, sas_psc_error **error);

// The number as people read it, in the usual groups of its kind, with no-break spaces. The errors are those of
// sas_psc_id_normalized.
int32_t sas_psc_id_grouped(const char *kind, const char *value, sas_psc_string **grouped, sas_psc_error **error);

// Reads an identifier of a FHIR resource, of Annuaire Santé v1 or v2: its system, the code of its type, each null when
// absent, and its value. found is JSON: {"kind","value","rpps"}, kind being "rpps", "id-nat", "adeli", "structure",
// "finess", "activity" (never an RPPS number, although its system is the same) or "other"; rpps may be null. The errors
// are those of the kind.
int32_t sas_psc_id_fhir_read(const char *system,
                             const char *type_code,
                             const char *value,
                             sas_psc_string **found,
                             sas_psc_error **error);

// system|value, as a FHIR search takes a national identifier: by its RPPS number when it has one.
// SAS_PSC_ERROR_ID_LENGTH, _ID_CHARACTER.
int32_t sas_psc_id_fhir_token(const char *id_nat, sas_psc_string **token, sas_psc_error **error);

// A check of tokens issued by issuer for client_id, in time within 30 seconds, of any level. jwks is the provider's
// JWK set, whose keys are parsed here, once. SAS_PSC_ERROR_PROVIDER_ANSWER, _KEYS_UNUSABLE.
int32_t sas_psc_id_token_check_new(const char *issuer,
                                   const char *client_id,
                                   const void *jwks,
                                   size_t jwks_len,
                                   sas_psc_id_token_check **check,
                                   sas_psc_error **error);

// Asks for at least this level: "eidas1", "eidas2", "eidas3"; a token without a level is then refused.
// SAS_PSC_ERROR_ACR_UNKNOWN.
int32_t sas_psc_id_token_check_set_acr(sas_psc_id_token_check *check, const char *acr, sas_psc_error **error);

// The level asked for and no other, not even a higher one.
int32_t sas_psc_id_token_check_set_exact_acr(sas_psc_id_token_check *check, sas_psc_error **error);

// Accepts a token without a level.
int32_t sas_psc_id_token_check_set_allow_missing_acr(sas_psc_id_token_check *check, sas_psc_error **error);

// The person proved who they are within these seconds.
int32_t sas_psc_id_token_check_set_max_age(sas_psc_id_token_check *check, uint64_t seconds, sas_psc_error **error);

// How far two clocks may differ, in seconds: 30 unless set, 600 at most.
int32_t sas_psc_id_token_check_set_leeway(sas_psc_id_token_check *check, uint64_t seconds, sas_psc_error **error);

// Verifies a token in compact form. nonce is the one that was sent, access_token the one that came with it; null for
// either leaves it out. What is wrong is one of SAS_PSC_ERROR_ID_TOKEN_…, the claim in the facts "claim" or "field";
// _SIGN_IN_NOT_FRESH beyond the greatest age.
int32_t sas_psc_id_token_check_verify(const sas_psc_id_token_check *check,
                                      const char *token,
                                      const char *nonce,
                                      const char *access_token,
                                      int64_t now,
                                      sas_psc_verified_id_token **verified,
                                      sas_psc_error **error);

// Frees a check; tokens that it verified stay. Null is allowed.
void sas_psc_id_token_check_free(sas_psc_id_token_check *check);

// The provider's own key of the person (sub).
const char *sas_psc_verified_id_token_subject(const sas_psc_verified_id_token *verified);

// The national identifier; null when the token names none.
const char *sas_psc_verified_id_token_id_nat(const sas_psc_verified_id_token *verified);

// The provider's session (sid); null when the token names none.
const char *sas_psc_verified_id_token_session_id(const sas_psc_verified_id_token *verified);

// "eidas1", "eidas2", "eidas3"; null when absent or unknown.
const char *sas_psc_verified_id_token_acr(const sas_psc_verified_id_token *verified);

// "CARD", "MOBILE" or another word; null when not said.
const char *sas_psc_verified_id_token_auth_mode(const sas_psc_verified_id_token *verified);

// When the person proved who they are; 0 when not said.
int64_t sas_psc_verified_id_token_auth_time(const sas_psc_verified_id_token *verified);

// When it was issued.
int64_t sas_psc_verified_id_token_issued_at(const sas_psc_verified_id_token *verified);

// When it ends.
int64_t sas_psc_verified_id_token_expires_at(const sas_psc_verified_id_token *verified);

// Every claim as received: the JSON that was signed.
int32_t sas_psc_verified_id_token_claims(const sas_psc_verified_id_token *verified,
                                         sas_psc_string **claims,
                                         sas_psc_error **error);

// Frees a verified token. Null is allowed.
void sas_psc_verified_id_token_free(sas_psc_verified_id_token *verified);

// A ring of one key: at least 32 random bytes, kept out of the store. SAS_PSC_ERROR_SERVER_KEY_SHORT.
int32_t sas_psc_key_ring_new(const void *key, size_t key_len, sas_psc_key_ring **ring, sas_psc_error **error);

// Opens with this key too, and never seals with it. SAS_PSC_ERROR_SERVER_KEY_SHORT.
int32_t sas_psc_key_ring_add_older(sas_psc_key_ring *ring, const void *key, size_t key_len, sas_psc_error **error);

// Frees a ring; what was made with it keeps its keys. Null is allowed.
void sas_psc_key_ring_free(sas_psc_key_ring *ring);

// These addresses, one a line, the first of them where a browser goes when nothing is asked: paths of this site
// ("/compte") or absolute https addresses, at most 512 bytes each. SAS_PSC_ERROR_ADDRESS_REFUSED.
int32_t sas_psc_return_addresses_new(const char *addresses, sas_psc_return_addresses **returns, sas_psc_error **error);

// The same with plain http on a loopback address, for a program on a workstation or a test.
int32_t sas_psc_return_addresses_with_loopback(const char *addresses,
                                               sas_psc_return_addresses **returns,
                                               sas_psc_error **error);

// The address when it is in the list. SAS_PSC_ERROR_RETURN_ADDRESS_REFUSED.
int32_t sas_psc_return_addresses_parse(const sas_psc_return_addresses *returns,
                                       const char *address,
                                       sas_psc_string **return_to,
                                       sas_psc_error **error);

// The address when it is in the list, else the first one: for a parameter that anybody may have written.
int32_t sas_psc_return_addresses_parse_or_first(const sas_psc_return_addresses *returns,
                                                const char *address,
                                                sas_psc_string **return_to,
                                                sas_psc_error **error);

// Frees a list; what was made with it keeps it. Null is allowed.
void sas_psc_return_addresses_free(sas_psc_return_addresses *returns);

// What is due in the life of an account at now. life is JSON: {"active_at","draft","first_notice_at","last_notice_at",
// "closed_at"}, times in RFC 3339. rules: the members that differ from SAS's 8 months, 9 months and 7 days
// ({"first_notice_months","last_notice_months","closing_days","draft_days","closed_months"}); null for those. The answer is
// {"state","due":null|"first-notice"|"last-notice"|"close"|"erase-draft"|"erase-closed","next":{"due","at"}}.
// SAS_PSC_ERROR_LIFE_UNREADABLE, _LIFECYCLE_RULES, _TIME_INVALID.
int32_t sas_psc_life_due(const char *life,
                         const char *rules,
                         int64_t now,
                         sas_psc_string **due,
                         sas_psc_error **error);

// The file of all that is held of a person (docs/gdpr/export.schema.json), of the parts that you hold: a JSON object whose
// members are the schema's; what is your own goes under "application". SAS_PSC_ERROR_EXPORT_MEMBER.
int32_t sas_psc_export(const char *parts,
                       int64_t now,
                       sas_psc_string **file,
                       sas_psc_error **error);

// What a first sign-in means for accounts of yours. accounts is JSON, the accounts that you found by number:
// [{"account","numbers":[…],"linked":[…],"undone":[…],"set_aside":bool}], of the last three one at most. An account found
// by its address or a name is never the person's. trusted_origins: the origins of otherIds that you believe, separated
// by commas; null for RPPS and ADELI. The answer is {"decision":"sign-in"|"link"|"several"|"claimed"|"prove",…}.
// SAS_PSC_ERROR_LINK_ACCOUNTS_UNREADABLE.
int32_t sas_psc_link_decide(const sas_psc_professional *person,
                            const char *accounts,
                            const char *trusted_origins,
                            sas_psc_string **decision,
                            sas_psc_error **error);

// A plan of nothing yet.
int32_t sas_psc_link_plan_new(sas_psc_link_plan **plan, sas_psc_error **error);

// The first pass over your base: an account and its numbers, one a line.
// SAS_PSC_ERROR_PLAN_ACCOUNT_MISSING, _PLAN_ACCOUNT_TWICE: the row is not counted then.
int32_t sas_psc_link_plan_see(sas_psc_link_plan *plan, const char *account, const char *numbers, sas_psc_error **error);

// The second pass: "linked", "ambiguous", "unknown" or "wrong-number". people: the identifiers of the people whom a
// directory knows under these numbers, one a line; null without a directory.
int32_t sas_psc_link_plan_judge(const sas_psc_link_plan *plan,
                                const char *account,
                                const char *numbers,
                                const char *people,
                                sas_psc_string **result,
                                sas_psc_error **error);

// Frees a plan. Null is allowed.
void sas_psc_link_plan_free(sas_psc_link_plan *plan);

// Takes the card's answer where there is no directory, or (unknown) one that does not know the number, and keeps the
// sign-in. SAS_PSC_ERROR_FALLBACK_CLOSED, _FALLBACK_REALM, _FALLBACK_DIRECTORY, _REVOCATION_UNKNOWN,
// _POSSESSION_…, _CARD_CERTIFICATE_HOLDER, and those of the store.
int32_t sas_psc_fallback_finish(const sas_psc_fallback *fallback,
                                sas_psc_card_challenge *challenge,
                                const sas_psc_trusted_certificate *trusted,
                                const char *scheme,
                                const void *signature,
                                size_t signature_len,
                                bool unknown,
                                int64_t now,
                                sas_psc_local_sign_in **sign_in,
                                sas_psc_error **error);

// As sas_psc_fallback_finish, with whom the directory has under the number; active as for
// sas_psc_professional_crosscheck. SAS_PSC_ERROR_CROSSCHECK_PERSON, _CROSSCHECK_INACTIVE too.
int32_t sas_psc_fallback_finish_found(const sas_psc_fallback *fallback,
                                      sas_psc_card_challenge *challenge,
                                      const sas_psc_trusted_certificate *trusted,
                                      const char *scheme,
                                      const void *signature,
                                      size_t signature_len,
                                      const sas_psc_professional *found,
                                      int32_t active,
                                      int64_t now,
                                      sas_psc_local_sign_in **sign_in,
                                      sas_psc_error **error);

// Compares every local sign-in of a person with their sign-in at Pro Santé Connect: call it at each. The records compared,
// as JSON: [{"id","at","service","id_nat","card","certificate","opening","revocation_as_of","confirmed","differences"}].
int32_t sas_psc_fallback_reconcile(const sas_psc_fallback *fallback,
                                   const sas_psc_professional *signed_in,
                                   int64_t now,
                                   sas_psc_string **compared,
                                   sas_psc_error **error);

// The records from before a time that were not compared yet, as JSON: for whoever looks after them.
int32_t sas_psc_fallback_waiting(const sas_psc_fallback *fallback,
                                 int64_t before,
                                 sas_psc_string **waiting,
                                 sas_psc_error **error);

// Who signed in, copied, as their card says it.
int32_t sas_psc_local_sign_in_professional(const sas_psc_local_sign_in *sign_in,
                                           sas_psc_professional **professional,
                                           sas_psc_error **error);

// When the session must end at the latest.
int64_t sas_psc_local_sign_in_ends(const sas_psc_local_sign_in *sign_in);

// The record that was kept, as JSON; see sas_psc_fallback_reconcile.
int32_t sas_psc_local_sign_in_json(const sas_psc_local_sign_in *sign_in,
                                   sas_psc_string **record,
                                   sas_psc_error **error);

// Frees a sign-in. Null is allowed.
void sas_psc_local_sign_in_free(sas_psc_local_sign_in *sign_in);

// A check of logout tokens sent by issuer to client_id, in time within 30 seconds. jwks is the provider's JWK set,
// whose keys are parsed here, once. SAS_PSC_ERROR_PROVIDER_ANSWER, _KEYS_UNUSABLE.
int32_t sas_psc_logout_token_check_new(const char *issuer,
                                       const char *client_id,
                                       const void *jwks,
                                       size_t jwks_len,
                                       sas_psc_logout_token_check **check,
                                       sas_psc_error **error);

// How far two clocks may differ, in seconds: 30 unless set, 600 at most.
int32_t sas_psc_logout_token_check_set_leeway(sas_psc_logout_token_check *check,
                                              uint64_t seconds,
                                              sas_psc_error **error);

// Accepts a header whose typ is "JWT" or absent, as providers older than the final specification write it.
int32_t sas_psc_logout_token_check_set_allow_untyped(sas_psc_logout_token_check *check, sas_psc_error **error);

// Verifies the logout_token of a back-channel request. What is wrong is one of SAS_PSC_ERROR_LOGOUT_TOKEN_…, the claim
// in the facts "claim" or "field". It counts once: remember sas_psc_logout_token_once, and refuse one that you know.
int32_t sas_psc_logout_token_check_verify(const sas_psc_logout_token_check *check,
                                          const char *token,
                                          int64_t now,
                                          sas_psc_logout_token **verified,
                                          sas_psc_error **error);

// Frees a check; tokens that it verified stay. Null is allowed.
void sas_psc_logout_token_check_free(sas_psc_logout_token_check *check);

// Whose sessions end (sub); null when not said.
const char *sas_psc_logout_token_subject(const sas_psc_logout_token *verified);

// Which session ends (sid), and then no other of the person; null when not said.
const char *sas_psc_logout_token_session_id(const sas_psc_logout_token *verified);

// The name under which to remember that it was seen: 64 hexadecimal characters.
const char *sas_psc_logout_token_once(const sas_psc_logout_token *verified);

// Until when to remember it: afterwards it is refused by its age.
int64_t sas_psc_logout_token_remembered_until(const sas_psc_logout_token *verified);

// When it was issued.
int64_t sas_psc_logout_token_issued_at(const sas_psc_logout_token *verified);

// Frees a verified token. Null is allowed.
void sas_psc_logout_token_free(sas_psc_logout_token *verified);

// Listens on a port of 127.0.0.1; 0 lets the system choose. SAS_PSC_ERROR_PORT_UNAVAILABLE.
int32_t sas_psc_loopback_new(uint32_t port, sas_psc_loopback **loopback, sas_psc_error **error);

// Where the browser comes back: the redirect_uri of the client whose sign-in this is. PSC compares it to the letter, so
// register it with the port that you listen on.
int32_t sas_psc_loopback_redirect_uri(const sas_psc_loopback *loopback,
                                      sas_psc_string **redirect_uri,
                                      sas_psc_error **error);

// Waits for the browser, at most these seconds, and takes what it brings back, as sas_psc_authorization_finish: run the
// exchange to know who signed in. Open the address of the authorization in the system's browser before, never in a view
// of your own. Another sign-in's answer is refused, and the wait goes on. lang is that of the page which the person then
// sees; null is French. SAS_PSC_ERROR_AUTHORIZATION_EXPIRED when nobody came.
int32_t sas_psc_loopback_wait(const sas_psc_loopback *loopback,
                              const sas_psc_service *service,
                              sas_psc_authorization *authorization,
                              uint64_t seconds,
                              const char *lang,
                              sas_psc_exchange **exchange,
                              sas_psc_error **error);

// Frees a listener. Null is allowed.
void sas_psc_loopback_free(sas_psc_loopback *loopback);

// Checks an effector's participation settings: a JSON object of the members that SAS's own interface takes
// ("participation_sas", "participation_sas_via", "has_software"…). compatible: SAS's rules and words as they are, with
// their gaps. lang "fr" or "en", null for French. verdict is JSON: {"valid","problems":[{"field","code","message"}],
// "payload": the body for SAS, null when something must change}. SAS_PSC_ERROR_SETTINGS_UNREADABLE, here and below.
int32_t sas_psc_participation_check(const char *settings,
                                    bool compatible,
                                    const char *lang,
                                    sas_psc_string **verdict,
                                    sas_psc_error **error);

// The same for a structure: "structure_id", "id_type" ("finess" or "siret"), "sas_participation", "hours_available",
// "practitioner_count".
int32_t sas_psc_participation_check_structure(const char *settings,
                                              bool compatible,
                                              const char *lang,
                                              sas_psc_string **verdict,
                                              sas_psc_error **error);

// The same for a slot of the agenda: "date" ("2026-12-01"), "start_hours" and "end_hours" ("08h00"), "max_patients" (-1:
// one appointment), "modalities" ("physical", "teleconsultation", "home"), "repeat" (1, Monday, to 7), "region" ("FR-RE").
// now in milliseconds since 1970: what is past by the clocks of the place is refused.
int32_t sas_psc_participation_check_slot(const char *slot,
                                         bool compatible,
                                         const char *lang,
                                         int64_t now,
                                         sas_psc_string **verdict,
                                         sas_psc_error **error);

// The same for absences from the agenda: "vacation_mode" (from now on, without an end), "dates" (at most three, each with
// "value" and "end_value", the first and the last day), "region". now likewise.
int32_t sas_psc_participation_check_absences(const char *absences,
                                             bool compatible,
                                             const char *lang,
                                             int64_t now,
                                             sas_psc_string **verdict,
                                             sas_psc_error **error);

// The days on which a slot stands, up to and with the day "until" beside its members ("2027-02-28", within a year): "payload"
// of the verdict is {"days":["2026-12-01",…]}. now likewise.
int32_t sas_psc_participation_slot_days(const char *slot,
                                        bool compatible,
                                        const char *lang,
                                        int64_t now,
                                        sas_psc_string **verdict,
                                        sas_psc_error **error);

// Somebody who proved who they are then and is here now. By default nothing locks and nothing is renewed.
int32_t sas_psc_presence_new(int64_t authenticated_at, int64_t now, sas_psc_presence **presence, sas_psc_error **error);

// The same from the evidence: the provider's own session may make the proof older than the sign-in.
int32_t sas_psc_presence_of(const sas_psc_signed_in *signed_in,
                            int64_t now,
                            sas_psc_presence **presence,
                            sas_psc_error **error);

// The same again from what was kept of it.
int32_t sas_psc_presence_kept(int64_t authenticated_at,
                              int64_t active_at,
                              bool locked,
                              sas_psc_presence **presence,
                              sas_psc_error **error);

// Locks after these seconds without activity (IEPS 13).
int32_t sas_psc_presence_set_lock_after(sas_psc_presence *presence, uint64_t seconds, sas_psc_error **error);

// Asks for a new proof these seconds after the last, whatever the person does (IEPS 6).
int32_t sas_psc_presence_set_renew_every(sas_psc_presence *presence, uint64_t seconds, sas_psc_error **error);

// What the person may do now: "open"; "lock", nothing before this application's own lock is opened, the provider's
// session goes on; "renew", nothing before a sign-in with fresh_within. changes_at is when that changes although
// nothing happens, 0 when it does not. The word lives as long as the presence.
const char *sas_psc_presence_judge(const sas_psc_presence *presence, int64_t now, int64_t *changes_at);

// The person did something; what they do while the answer is "lock" or "renew" counts for nothing. As _judge.
const char *sas_psc_presence_touched(sas_psc_presence *presence, int64_t now, int64_t *changes_at);

// The person locked the workstation, or it was told to.
int32_t sas_psc_presence_lock(sas_psc_presence *presence, sas_psc_error **error);

// The application's own lock was opened.
int32_t sas_psc_presence_unlocked(sas_psc_presence *presence, int64_t now, sas_psc_error **error);

// The person proved again who they are.
int32_t sas_psc_presence_renewed(sas_psc_presence *presence,
                                 int64_t authenticated_at,
                                 int64_t now,
                                 sas_psc_error **error);

// When the person proved who they are, to be kept.
int64_t sas_psc_presence_authenticated_at(const sas_psc_presence *presence);

// When they last did something that counted, to be kept.
int64_t sas_psc_presence_active_at(const sas_psc_presence *presence);

// Whether the lock was closed, to be kept; what the person may do is sas_psc_presence_judge.
bool sas_psc_presence_is_locked(const sas_psc_presence *presence);

// Frees it. Null is allowed.
void sas_psc_presence_free(sas_psc_presence *presence);

// Reads a userinfo document. It proves nothing: compare its subject with that of the verified ID token.
// SAS_PSC_ERROR_PROVIDER_ANSWER, _USERINFO_SUBJECT, _USERINFO_IDENTITY.
int32_t sas_psc_userinfo_parse(const void *body, size_t body_len, sas_psc_userinfo **userinfo, sas_psc_error **error);

// The provider's own key of the person (sub).
const char *sas_psc_userinfo_subject(const sas_psc_userinfo *userinfo);

// "CARD", "MOBILE" or another word; null when not said.
const char *sas_psc_userinfo_auth_mode(const sas_psc_userinfo *userinfo);

// Every claim, known to the library or not, as a JSON object.
int32_t sas_psc_userinfo_claims(const sas_psc_userinfo *userinfo, sas_psc_string **claims, sas_psc_error **error);

// The person, copied.
int32_t sas_psc_userinfo_professional(const sas_psc_userinfo *userinfo,
                                      sas_psc_professional **professional,
                                      sas_psc_error **error);

// Frees a userinfo. Null is allowed.
void sas_psc_userinfo_free(sas_psc_userinfo *userinfo);

// The person who signed in, copied, once the exchange is over. SAS_PSC_ERROR_NOT_DONE before.
int32_t sas_psc_exchange_professional(const sas_psc_exchange *exchange,
                                      sas_psc_professional **professional,
                                      sas_psc_error **error);

// The person who signed in by CIBA, copied; as sas_psc_ciba_signed_in.
int32_t sas_psc_ciba_professional(const sas_psc_ciba *ciba, sas_psc_professional **professional, sas_psc_error **error);

// The national identifier.
const char *sas_psc_professional_id_nat(const sas_psc_professional *professional);

// The 11 digits of the RPPS number, whether PSC gives it as the national identifier or beside it; null without one.
const char *sas_psc_professional_rpps(const sas_psc_professional *professional);

// The ADELI number; null without one.
const char *sas_psc_professional_adeli(const sas_psc_professional *professional);

// Family name.
const char *sas_psc_professional_family_name(const sas_psc_professional *professional);

// Given name.
const char *sas_psc_professional_given_name(const sas_psc_professional *professional);

// The name behind its title, to show: "Dr KIT DOC0000001".
const char *sas_psc_professional_display_name(const sas_psc_professional *professional);

// Everything known of the person as a JSON object: numbers, name, other identifiers, practices and activities with
// their codes and the French label of each, and the situations to choose from, {"key","label"}.
int32_t sas_psc_professional_json(const sas_psc_professional *professional,
                                  sas_psc_string **described,
                                  sas_psc_error **error);

// How many situations the person may choose from: each activity, and each practice without one.
size_t sas_psc_professional_situation_count(const sas_psc_professional *professional);

// The key of a situation, the same at every sign-in: what sas_psc_professional_choose takes. Null past the last.
const char *sas_psc_professional_situation_key(const sas_psc_professional *professional, size_t index);

// The line to show for a situation, in French. Null past the last.
const char *sas_psc_professional_situation_label(const sas_psc_professional *professional, size_t index);

// Takes the person's choice: {"person","key","practice"}, the practice with the chosen activity alone.
// SAS_PSC_ERROR_SITUATION_UNKNOWN when it is none of theirs, or not any more.
int32_t sas_psc_professional_choose(const sas_psc_professional *professional,
                                    const char *key,
                                    sas_psc_string **chosen,
                                    sas_psc_error **error);

// What a national identifier kept before is to this person: "same"; "adeli-to-rpps" or "renumbered", the same person
// under a new number, which is to be kept from now on; "unknown", not theirs as far as the provider says.
int32_t sas_psc_professional_continuity(const sas_psc_professional *professional,
                                        const char *kept_id_nat,
                                        sas_psc_string **word,
                                        sas_psc_error **error);

// Frees a professional. Null is allowed.
void sas_psc_professional_free(sas_psc_professional *professional);

// A proxy at an https address; client_id is the software's, as the proxy knows it.
int32_t sas_psc_proxy_new(const char *base, const char *client_id, sas_psc_proxy **proxy, sas_psc_error **error);

// Another way of spelling the API: "connect-path", "disconnect-path", "send-path", "cookie", "national-id" ("id-nat"
// or "rpps"), "wait-seconds", "field-national-id", "field-binding-message", "field-client-id", "field-channel".
// SAS_PSC_ERROR_PROXY_SETTING.
int32_t sas_psc_proxy_set(sas_psc_proxy *proxy, const char *name, const char *value, sas_psc_error **error);

// Frees a proxy; what was begun with it goes on. Null is allowed.
void sas_psc_proxy_free(sas_psc_proxy *proxy);

// Begins to sign a person in, by RPPS number or national identifier, who answers with "mobile" or "card".
int32_t sas_psc_proxy_connect_new(const sas_psc_proxy *proxy,
                                  const char *person,
                                  const char *channel,
                                  sas_psc_proxy_connect **connect,
                                  sas_psc_error **error);

// The two digits to show, zero kept: the person picks them on the phone.
const char *sas_psc_proxy_connect_digits(const sas_psc_proxy_connect *connect);

// Whole seconds left to answer, rounded up: show them, each second. now is in milliseconds since 1970.
uint32_t sas_psc_proxy_connect_seconds_left(const sas_psc_proxy_connect *connect, int64_t now);

// The request to send, once, with two minutes and a little for its answer, on a thread or an event loop of yours
// while you show the countdown.
int32_t sas_psc_proxy_connect_request(sas_psc_proxy_connect *connect,
                                      int64_t now,
                                      sas_psc_request **request,
                                      sas_psc_error **error);

// Takes the answer: the session, or why there is none.
int32_t sas_psc_proxy_connect_answered(sas_psc_proxy_connect *connect,
                                       const sas_psc_response *response,
                                       int64_t now,
                                       sas_psc_proxy_session **session,
                                       sas_psc_error **error);

// Leaves: close the connection. An answer that comes all the same signs nobody in: give it to
// sas_psc_proxy_connect_late.
int32_t sas_psc_proxy_connect_cancel(sas_psc_proxy_connect *connect, sas_psc_error **error);

// What to send when an answer came after the person left: the end of the session that it opened; null when it
// opened none.
int32_t sas_psc_proxy_connect_late(const sas_psc_proxy_connect *connect,
                                   const sas_psc_response *response,
                                   sas_psc_request **request,
                                   sas_psc_error **error);

// Frees a sign-in. Null is allowed.
void sas_psc_proxy_connect_free(sas_psc_proxy_connect *connect);

// The stored form of a session. It is a secret: keep it where only this person's programs read it.
int32_t sas_psc_proxy_session_store(const sas_psc_proxy_session *session,
                                    sas_psc_string **stored,
                                    sas_psc_error **error);

// Reads a stored form.
int32_t sas_psc_proxy_session_resume(const void *stored,
                                     size_t stored_len,
                                     sas_psc_proxy_session **session,
                                     sas_psc_error **error);

// Wipes and frees a session; at the proxy it lives on. Null is allowed.
void sas_psc_proxy_session_free(sas_psc_proxy_session *session);

// The request that signs out. Any answer of 200 or 401 means that the session is over.
int32_t sas_psc_proxy_disconnect(const sas_psc_proxy *proxy,
                                 const sas_psc_proxy_session *session,
                                 sas_psc_request **request,
                                 sas_psc_error **error);

// Begins to send a request to an API behind the proxy: "GET", "POST", "PUT", "PATCH" or "DELETE", the proxy's name of
// the API, the path and query there, the type of the body or null, the body.
int32_t sas_psc_proxy_send_new(const sas_psc_proxy *proxy,
                               const sas_psc_proxy_session *session,
                               const char *method,
                               const char *backend,
                               const char *path,
                               const char *content_type,
                               const void *body,
                               size_t body_len,
                               sas_psc_proxy_send **send,
                               sas_psc_error **error);

// The request to send, once.
int32_t sas_psc_proxy_send_request(sas_psc_proxy_send *send,
                                   int64_t now,
                                   sas_psc_request **request,
                                   sas_psc_error **error);

// Says what the answer is: 0 when it is the API's, which you read yourself; else what the proxy says, such as
// SAS_PSC_ERROR_PROXY_SESSION_UNKNOWN.
int32_t sas_psc_proxy_send_answered(sas_psc_proxy_send *send,
                                    const sas_psc_response *response,
                                    int64_t now,
                                    sas_psc_error **error);

// Frees a request. Null is allowed.
void sas_psc_proxy_send_free(sas_psc_proxy_send *send);

// The readers of this machine. It needs no PC/SC to be made. In all that follows reader may be null: the only one
// that has a CPS.
int32_t sas_psc_readers_new(sas_psc_readers **readers, sas_psc_error **error);

// Refuses any other card than the one of this serial number, SAS_PSC_ERROR_CARD_OTHER: the card of the session.
int32_t sas_psc_readers_set_expected(sas_psc_readers *readers, const char *serial, sas_psc_error **error);

// Whether the system has PC/SC, running or not.
bool sas_psc_readers_is_installed(void);

// Lists the readers: [{"reader","card","atr","serial","pin_tries_left","certificates"}], without reading any card: the
// first three tell, the others are null or empty. SAS_PSC_ERROR_READER_….
int32_t sas_psc_readers_list(const sas_psc_readers *readers, sas_psc_card_work **work, sas_psc_error **error);

// What of a sign-in with the card is at this machine: "card-readers", "card-middleware", "card-session", as
// sas_psc_examine tells it. No card is read. Blocks, ten seconds at most.
int32_t sas_psc_readers_examine(const sas_psc_readers *readers,
                                const char *lang,
                                sas_psc_string **findings,
                                sas_psc_error **error);

// Waits until there is a card: one object as in sas_psc_readers_list.
int32_t sas_psc_readers_wait_for_card(const sas_psc_readers *readers,
                                      const char *reader,
                                      sas_psc_card_work **work,
                                      sas_psc_error **error);

// Reads a card: as the result of sas_psc_card_read. SAS_PSC_ERROR_READER_…, _CARD_….
int32_t sas_psc_readers_read(const sas_psc_readers *readers,
                             const char *reader,
                             sas_psc_card_work **work,
                             sas_psc_error **error);

// Asks for the state of the PIN: as the result of sas_psc_card_pin_status.
int32_t sas_psc_readers_pin_status(const sas_psc_readers *readers,
                                   const char *reader,
                                   sas_psc_card_work **work,
                                   sas_psc_error **error);

// Whether the reader has keys to type a PIN on, or with modify to change it on (sas_psc_readers_change_pin_on_pinpad): true
// or false as JSON. With them, give no PIN, and say where to type.
int32_t sas_psc_readers_pinpad(const sas_psc_readers *readers,
                               const char *reader,
                               bool modify,
                               sas_psc_card_work **work,
                               sas_psc_error **error);

// Has a card sign: as sas_psc_card_sign, and its result. pin is null for the reader's keys; where it has none the card
// may not ask.
int32_t sas_psc_readers_sign(const sas_psc_readers *readers,
                             const char *reader,
                             const char *usage,
                             const char *scheme,
                             const void *message,
                             size_t message_len,
                             const char *pin,
                             bool last_try,
                             sas_psc_card_work **work,
                             sas_psc_error **error);

// Gives the card a new PIN.
int32_t sas_psc_readers_change_pin(const sas_psc_readers *readers,
                                   const char *reader,
                                   const char *old_pin,
                                   const char *new_pin,
                                   bool last_try,
                                   sas_psc_card_work **work,
                                   sas_psc_error **error);

// The same on the reader's keys, which ask for the old PIN and twice for the new one: no program sees either. Say that to
// the person before. SAS_PSC_ERROR_CARD_PINPAD_MISSING without such keys, or with a CPS4; _CARD_PIN_NOT_ENTERED.
int32_t sas_psc_readers_change_pin_on_pinpad(const sas_psc_readers *readers,
                                             const char *reader,
                                             bool last_try,
                                             sas_psc_card_work **work,
                                             sas_psc_error **error);

// Unblocks the PIN with the PUK and gives it a new value.
int32_t sas_psc_readers_unblock(const sas_psc_readers *readers,
                                const char *reader,
                                const char *puk,
                                const char *new_pin,
                                bool last_try,
                                sas_psc_card_work **work,
                                sas_psc_error **error);

// Frees it; work goes on. Null is allowed.
void sas_psc_readers_free(sas_psc_readers *readers);

// Whether text is an RPPS number: 11 digits with a right key. Nothing is trimmed. 0, or why not:
// SAS_PSC_ERROR_ID_LENGTH, _ID_CHARACTER, _ID_KEY.
int32_t sas_psc_rpps_check(const char *text, sas_psc_error **error);

// Reads an RPPS number; the errors are those of sas_psc_rpps_check. Free it with sas_psc_rpps_free.
int32_t sas_psc_rpps_parse(const char *text, sas_psc_rpps **rpps, sas_psc_error **error);

// The 11 digits.
const char *sas_psc_rpps_text(const sas_psc_rpps *rpps);

// Whether it is one of ANS's test numbers (997…, 999…).
bool sas_psc_rpps_is_test_number(const sas_psc_rpps *rpps);

// The national identifier, "8" and the number.
int32_t sas_psc_rpps_id_nat(const sas_psc_rpps *rpps, sas_psc_string **id_nat, sas_psc_error **error);

// Frees a number. Null is allowed.
void sas_psc_rpps_free(sas_psc_rpps *rpps);

// A client: its client_id, its secret, and where the browser comes back, as registered at the provider. A null
// secret is a client that its TLS certificate proves (tls_client_auth): present it in your own requests.
int32_t sas_psc_client_new(const char *client_id,
                           const char *secret,
                           const char *redirect_uri,
                           sas_psc_client **client,
                           sas_psc_error **error);

// Sends the secret in the body (client_secret_post) in place of the authentication it was made with.
int32_t sas_psc_client_set_secret_in_body(sas_psc_client *client, const char *secret, sas_psc_error **error);

// Signs an assertion for each request (private_key_jwt) in place of the authentication it was made with: with this
// key (PEM without a password, RSA or P-256), its name in the published keys and the audience that the provider
// wants; a null audience is the issuer. Not at Pro Santé Connect. SAS_PSC_ERROR_ASSERTION_KEY.
int32_t sas_psc_client_set_private_key(sas_psc_client *client,
                                       const char *private_key,
                                       const char *key_id,
                                       const char *audience,
                                       sas_psc_error **error);

// Says that your requests present a client certificate beside this authentication: where the provider has addresses
// for such clients, they are used. A client without a secret says so by itself.
int32_t sas_psc_client_set_presents_certificate(sas_psc_client *client, sas_psc_error **error);

// Asks for other scopes than "openid scope_all", separated by spaces.
int32_t sas_psc_client_set_scope(sas_psc_client *client, const char *scope, sas_psc_error **error);

// Asks for at least this level: "eidas1" (the default), "eidas2", "eidas3". SAS_PSC_ERROR_ACR_UNKNOWN.
int32_t sas_psc_client_set_acr(sas_psc_client *client, const char *acr, sas_psc_error **error);

// Accepts the level asked for and no higher one.
int32_t sas_psc_client_set_exact_acr(sas_psc_client *client, sas_psc_error **error);

// Takes an ID token that names no level for one of "eidas1".
int32_t sas_psc_client_set_allow_missing_acr(sas_psc_client *client, sas_psc_error **error);

// How many seconds the provider's clock may be off in the times of its tokens: 30 by default, at most 600.
int32_t sas_psc_client_set_leeway(sas_psc_client *client, uint64_t seconds, sas_psc_error **error);

// Names people by their RPPS alone in CIBA requests, in place of the national identifier: which of both Pro Santé
// Connect takes is not documented.
int32_t sas_psc_client_set_login_hint_rpps(sas_psc_client *client, sas_psc_error **error);

// Sends the browser on to the local identity provider that Pro Santé Connect delegates to (kc_idp_hint): "OKTA_" and
// its alias, or a number of DataPass.
int32_t sas_psc_client_set_idp_hint(sas_psc_client *client, const char *alias, sas_psc_error **error);

// Frees a client. Null is allowed.
void sas_psc_client_free(sas_psc_client *client);

// The client at the provider, by the addresses that the library knows of it; for any other provider, see
// sas_psc_discovery_new. Both arguments are copied.
int32_t sas_psc_service_new(const sas_psc_environment *environment,
                            const sas_psc_client *client,
                            sas_psc_service **service,
                            sas_psc_error **error);

// Frees a service; sign-ins begun with it go on. Null is allowed.
void sas_psc_service_free(sas_psc_service *service);

// Begins to ask whether an access or a refresh token works. The service must be entitled to. It comes to the answer as
// JSON (RFC 7662): {"active":false}, which is no proof that the token is dead, or every member, which names the
// person. SAS_PSC_ERROR_ENDPOINT_MISSING.
int32_t sas_psc_service_introspect(const sas_psc_service *service,
                                   const char *token,
                                   sas_psc_steps **steps,
                                   sas_psc_error **error);

// Begins to ask that a token stop working; that of a refresh token ends the provider's session. It comes to "".
// SAS_PSC_ERROR_ENDPOINT_MISSING.
int32_t sas_psc_service_revoke(const sas_psc_service *service,
                               const char *token,
                               sas_psc_steps **steps,
                               sas_psc_error **error);

// Begins to end the provider's session without a browser, for a person who signed out of a sign-in by CIBA. It comes
// to "". SAS_PSC_ERROR_ENDPOINT_MISSING.
int32_t sas_psc_service_end_session(const sas_psc_service *service,
                                    const sas_psc_tokens *tokens,
                                    sas_psc_steps **steps,
                                    sas_psc_error **error);

// Where to send the browser of a person who clicked "sign out": it ends the provider's session too. On a local timeout
// do not use it. post_logout must be registered: the browser comes back there with state; null for the provider's own
// page. The address holds a token: a redirect, never a log line. SAS_PSC_ERROR_ENDPOINT_MISSING.
int32_t sas_psc_service_logout_url(const sas_psc_service *service,
                                   const sas_psc_tokens *tokens,
                                   const char *post_logout,
                                   const char *state,
                                   sas_psc_string **url,
                                   sas_psc_error **error);

// Begins to get new tokens for old, for a program that keeps its tokens itself (sas_psc_sessions does all of it). It
// comes to a stored form, for sas_psc_tokens_resume: keep it at once in place of the one before.
// SAS_PSC_ERROR_SESSION_ENDED when the person must sign in again; after any other error the tokens before stay good.
int32_t sas_psc_service_refresh(const sas_psc_service *service,
                                const sas_psc_tokens *tokens,
                                int64_t now,
                                sas_psc_steps **steps,
                                sas_psc_error **error);

// The times that ANS states.
int32_t sas_psc_session_rules_new(sas_psc_session_rules **rules, sas_psc_error **error);

// How long a refresh token lives when the provider does not say, in seconds: 1800.
int32_t sas_psc_session_rules_set_idle(sas_psc_session_rules *rules, uint64_t seconds, sas_psc_error **error);

// How long a session may last after the person proved who they are, in seconds: 14400.
int32_t sas_psc_session_rules_set_longest(sas_psc_session_rules *rules, uint64_t seconds, sas_psc_error **error);

// How long other callers and processes leave a refresh to the one that began it, in seconds: 45. Longer than your
// requests may last and than the clocks of the instances differ.
int32_t sas_psc_session_rules_set_lease(sas_psc_session_rules *rules, uint64_t seconds, sas_psc_error **error);

// The provider takes a refresh token again after it was used: after a refresh whose answer was lost, the same token is
// sent once more.
int32_t sas_psc_session_rules_set_provider_takes_a_token_twice(sas_psc_session_rules *rules, sas_psc_error **error);

// Frees rules. Null is allowed.
void sas_psc_session_rules_free(sas_psc_session_rules *rules);

// Sessions in the SQLite file at this path, made when it is not there, or in a database as sas_psc_ciba_guard_new takes
// one; sealed with these keys, which must not lie in it. Null rules are those that ANS states. All are copied. SAS_PSC_ERROR_STORE_…
int32_t sas_psc_sessions_new(const sas_psc_service *service,
                             const char *path,
                             const sas_psc_key_ring *ring,
                             const sas_psc_session_rules *rules,
                             sas_psc_sessions **sessions,
                             sas_psc_error **error);

// Begins the session of a person who signed in, and gives its secret identifier, always a new one: put it in the
// browser's cookie instead of the one before.
int32_t sas_psc_sessions_begin(const sas_psc_sessions *sessions,
                               const sas_psc_signed_in *signed_in,
                               int64_t now,
                               sas_psc_string **id,
                               sas_psc_error **error);

// Begins to get an access token that is good now, refreshed when it is due, once for however many callers; it comes to
// the token. The steps end with SAS_PSC_ERROR_SESSION_ENDED when the person must sign in again, _SESSION_UNREACHABLE
// when the provider cannot be asked for another token (they are still signed in), _SESSION_UNKNOWN.
int32_t sas_psc_sessions_access_token(const sas_psc_sessions *sessions,
                                      const char *id,
                                      int64_t now,
                                      sas_psc_steps **steps,
                                      sas_psc_error **error);

// How a session stands, from what is stored; nothing is sent: {"state":"fresh","refresh_at":…}, "stale" with "until",
// "expired", "unreachable" with "since" and "retry_at" (absent when a sign-in is the way on), "signed-out" with "why":
// "by-person", "locally", "by-provider", "at-provider", "refresh-expired", "too-long", "no-refresh-token",
// "untrusted". Times in milliseconds since 1970.
int32_t sas_psc_sessions_state(const sas_psc_sessions *sessions,
                               const char *id,
                               int64_t now,
                               sas_psc_string **state,
                               sas_psc_error **error);

// The person clicked "sign out": our session is over. url is where to send the browser, which ends the provider's; it
// comes back to back (an address of the list; null for the provider's own page) with state. url holds a token: a
// redirect, never a log line. SAS_PSC_ERROR_RETURN_ADDRESS_REFUSED, _SESSION_ENDED when it was over already.
int32_t sas_psc_sessions_sign_out(const sas_psc_sessions *sessions,
                                  const char *id,
                                  const sas_psc_return_addresses *returns,
                                  const char *back,
                                  int64_t now,
                                  sas_psc_string **url,
                                  sas_psc_string **state,
                                  sas_psc_error **error);

// Begins the same without a browser, for a sign-in by CIBA: our session is over at the first step. It comes to "".
int32_t sas_psc_sessions_sign_out_on_server(const sas_psc_sessions *sessions,
                                            const char *id,
                                            int64_t now,
                                            sas_psc_steps **steps,
                                            sas_psc_error **error);

// A local timeout: our session is over, the provider's is left alone.
int32_t sas_psc_sessions_forget(const sas_psc_sessions *sessions, const char *id, int64_t now, sas_psc_error **error);

// Takes the body of a POST to the back-channel logout address; it comes to how many sessions ended, as a number in
// decimal. Answer 200, or 400 when the steps end with an error, with Cache-Control: no-store and no body. A token
// counts once, in whatever process it arrives.
int32_t sas_psc_sessions_back_channel_logout(const sas_psc_sessions *sessions,
                                             const void *body,
                                             size_t body_len,
                                             int64_t now,
                                             sas_psc_steps **steps,
                                             sas_psc_error **error);

// Deletes the sessions that are of no use any more, and says how many. Once an hour is often enough.
int32_t sas_psc_sessions_sweep(const sas_psc_sessions *sessions, int64_t now, uint64_t *rows, sas_psc_error **error);

// Frees it; calls begun with it go on. Null is allowed.
void sas_psc_sessions_free(sas_psc_sessions *sessions);

// Sealed with these keys; afterwards to an address of this list. Both are copied.
int32_t sas_psc_sign_in_cookies_new(const sas_psc_key_ring *ring,
                                    const sas_psc_return_addresses *returns,
                                    sas_psc_sign_in_cookies **cookies,
                                    sas_psc_error **error);

// Begins a sign-in. request_cookies is the request's Cookie header, "" or null when there is none; asked is where the
// person wants to go afterwards: an address of the list, or else its first. Null options ask nothing.
int32_t sas_psc_sign_in_cookies_leave(const sas_psc_sign_in_cookies *cookies,
                                      const sas_psc_service *service,
                                      const sas_psc_sign_in_options *options,
                                      const char *request_cookies,
                                      const char *asked,
                                      int64_t now,
                                      sas_psc_leaving **leaving,
                                      sas_psc_error **error);

// Where to send the browser.
const char *sas_psc_leaving_url(const sas_psc_leaving *leaving);

// How many Set-Cookie headers to send with it.
size_t sas_psc_leaving_cookie_count(const sas_psc_leaving *leaving);

// The value of a Set-Cookie header, from 0; null past the last.
const char *sas_psc_leaving_cookie(const sas_psc_leaving *leaving, size_t index);

// Frees it. Null is allowed.
void sas_psc_leaving_free(sas_psc_leaving *leaving);

// Finds the sign-in that a callback answers (its address, its query, or the body of a POST) among those of the
// browser. SAS_PSC_ERROR_AUTHORIZATION_STATE when this browser began no such sign-in, or its cookie was lost or
// changed; _AUTHORIZATION_EXPIRED; _AUTHORIZATION_ANSWER.
int32_t sas_psc_sign_in_cookies_back(const sas_psc_sign_in_cookies *cookies,
                                     const sas_psc_service *service,
                                     const char *request_cookies,
                                     const char *callback,
                                     int64_t now,
                                     sas_psc_returned **returned,
                                     sas_psc_error **error);

// The sign-in, to be finished with the same callback. It is given once. SAS_PSC_ERROR_NOT_DONE afterwards.
int32_t sas_psc_returned_take(sas_psc_returned *returned, sas_psc_authorization **authorization, sas_psc_error **error);

// Where to go when it went well.
const char *sas_psc_returned_return_to(const sas_psc_returned *returned);

// How many Set-Cookie headers to send whatever comes of it.
size_t sas_psc_returned_cookie_count(const sas_psc_returned *returned);

// The value of a Set-Cookie header, from 0; null past the last.
const char *sas_psc_returned_cookie(const sas_psc_returned *returned, size_t index);

// Frees it. Null is allowed.
void sas_psc_returned_free(sas_psc_returned *returned);

// Frees it. Null is allowed.
void sas_psc_sign_in_cookies_free(sas_psc_sign_in_cookies *cookies);

// Options that ask nothing.
int32_t sas_psc_sign_in_options_new(sas_psc_sign_in_options **options, sas_psc_error **error);

// The language of the provider's pages: "fr", "en" or a locale.
int32_t sas_psc_sign_in_options_set_lang(sas_psc_sign_in_options *options, const char *lang, sas_psc_error **error);

// The person proved who they are within these seconds, else the sign-in ends with SAS_PSC_ERROR_SIGN_IN_NOT_FRESH,
// whose way on is sas_psc_exchange_sign_out_first.
int32_t sas_psc_sign_in_options_set_fresh_within(sas_psc_sign_in_options *options,
                                                 uint64_t seconds,
                                                 sas_psc_error **error);

// Asks the person again, whatever session the provider has.
int32_t sas_psc_sign_in_options_set_prompt_login(sas_psc_sign_in_options *options, sas_psc_error **error);

// Shows no page: SAS_PSC_ERROR_SIGN_IN_REQUIRED when the person would have to act.
int32_t sas_psc_sign_in_options_set_prompt_none(sas_psc_sign_in_options *options, sas_psc_error **error);

// The answer comes back in the body of a POST, whose cookies are SameSite=None.
int32_t sas_psc_sign_in_options_set_form_post(sas_psc_sign_in_options *options, sas_psc_error **error);

// Frees options. Null is allowed.
void sas_psc_sign_in_options_free(sas_psc_sign_in_options *options);

// Sign-ups in the SQLite file at this path, made when it is not there, or in a database as sas_psc_ciba_guard_new takes
// one. key is a secret of at least 32 bytes, the same in every instance. policy is JSON: {"terms":[{"slug","version",
// "lang","effective_from","change":"editorial"|"minor"|"material","documents":[{"title","media_type","text"}]}],
// "ui_build":the SHA-256 in hexadecimal of what shows the terms,"controller","exit"}, and of "service","mail_minutes",
// "mail_limits","objection_days","retention_until" those that differ from SAS's. link_page is the page that the mails'
// links open; objection_page that of the mail to an address that is replaced, null for the same. templates are the words
// of the mails, null for ours. All are copied. SAS_PSC_ERROR_POLICY_UNREADABLE, _TERMS_INVALID, _EMAIL_LIFETIME,
// _EMAIL_LIMIT_RULES, _EMAIL_LINK_BASE, _SERVER_KEY_SHORT, and those of the store.
//
// What the calls below have in common. account is the text of that name in their answer: keep it in your own session,
// and show it to nobody. attempt is a secret of that browser session. lang is "fr" or "en", null for French. An answer
// is JSON: {"account","state":"places-wanted"|"email-wanted"|"mail-due"|"mail-sent"|"terms-wanted"|"terms-refused"|
// "settings-wanted"|"active","text":what the person is asked for,"steps":the calls that are open,"places":[label],
// "email","mail":null or {"address","status","until","resend_at","tries_left"},"wake_at","settings","records":{"terms",
// "declarations"}}, times in RFC 3339. Errors of them all: SAS_PSC_ERROR_STEP_OUT_OF_ORDER, _ACCOUNT_UNKNOWN,
// _ACCOUNT_CLOSED, and those of the store.
int32_t sas_psc_sign_up_new(const char *path,
                            const void *key,
                            size_t key_len,
                            const char *policy,
                            const char *link_page,
                            const char *objection_page,
                            const sas_psc_email_templates *templates,
                            sas_psc_sign_up **sign_up,
                            sas_psc_error **error);

// Receives a person who signed in: finds their account, or begins one. SAS_PSC_ERROR_ELIGIBILITY_…,
// _NUMBER_CLAIMED_TWICE; _ACCOUNT_CLOSED: offer sas_psc_sign_up_reopen.
int32_t sas_psc_sign_up_welcome(const sas_psc_sign_up *sign_up,
                                const sas_psc_signed_in *signed_in,
                                const char *lang,
                                int64_t now,
                                sas_psc_string **answer,
                                sas_psc_error **error);

// The account, as it stands.
int32_t sas_psc_sign_up_account(const sas_psc_sign_up *sign_up,
                                const char *account,
                                const char *lang,
                                int64_t now,
                                sas_psc_string **answer,
                                sas_psc_error **error);

// Chooses the places that take part: a JSON list of their ranks in "places", from 0. SAS_PSC_ERROR_PLACES_UNKNOWN.
int32_t sas_psc_sign_up_choose_places(const sas_psc_sign_up *sign_up,
                                      const char *account,
                                      const char *ranks,
                                      const char *lang,
                                      int64_t now,
                                      sas_psc_string **answer,
                                      sas_psc_error **error);

// Gives the address to link; lang is the language of its mail, network the IP address that the browser asks from, null
// when it is not known. Then sas_psc_sign_up_next_mail. Whether another account has the address is told to nobody.
// SAS_PSC_ERROR_EMAIL_…, _EMAIL_TOO_MANY with "retry_after", _USAGE when network is no IP address.
int32_t sas_psc_sign_up_give_address(const sas_psc_sign_up *sign_up,
                                     const char *account,
                                     const char *attempt,
                                     const char *address,
                                     const char *network,
                                     const char *lang,
                                     int64_t now,
                                     sas_psc_string **answer,
                                     sas_psc_error **error);

// Asks for the mail again; the old link and code die. SAS_PSC_ERROR_EMAIL_RESEND_TOO_EARLY, and as above.
int32_t sas_psc_sign_up_resend(const sas_psc_sign_up *sign_up,
                               const char *account,
                               const char *attempt,
                               const char *network,
                               const char *lang,
                               int64_t now,
                               sas_psc_string **answer,
                               sas_psc_error **error);

// The next mail whose time has come, of this account, or of any when account is null: call it so every few seconds, for
// what waits after a failure or a kill. mail stays null when there is none. It is given to nobody else: send it, then
// say what came of it. SAS_PSC_ERROR_EMAIL_SEND_WINDOW_OVER: the person may ask again.
int32_t sas_psc_sign_up_next_mail(const sas_psc_sign_up *sign_up,
                                  const char *account,
                                  int64_t now,
                                  sas_psc_sign_up_mail **mail,
                                  sas_psc_error **error);

// The mail server took the mail: the life of its link and code begins. SAS_PSC_ERROR_EMAIL_SUPERSEDED.
int32_t sas_psc_sign_up_handed_over(const sas_psc_sign_up *sign_up,
                                    const sas_psc_sign_up_mail *mail,
                                    const char *lang,
                                    int64_t now,
                                    sas_psc_string **answer,
                                    sas_psc_error **error);

// The mail did not leave, and why: SAS_PSC_ERROR_MAIL_REFUSED when the server refuses the address for good,
// _MAIL_REJECTED the mail for another reason; anything else is tried again, for ten minutes.
int32_t sas_psc_sign_up_not_handed_over(const sas_psc_sign_up *sign_up,
                                        const sas_psc_sign_up_mail *mail,
                                        int32_t why,
                                        int64_t now,
                                        sas_psc_error **error);

// Takes the code of the mail, typed in the browser session that asked. A wrong one is counted:
// SAS_PSC_ERROR_EMAIL_CODE_WRONG with "tries_left", _EMAIL_TRIES_USED_UP; nothing has changed: _EMAIL_OTHER_SESSION,
// _EMAIL_CODE_FORM, _EMAIL_EXPIRED, _EMAIL_SUPERSEDED; _STORE_EMAIL_TAKEN when another account proved it meanwhile.
int32_t sas_psc_sign_up_answer_code(const sas_psc_sign_up *sign_up,
                                    const char *account,
                                    const char *attempt,
                                    const char *code,
                                    const char *lang,
                                    int64_t now,
                                    sas_psc_string **answer,
                                    sas_psc_error **error);

// What to show to whoever opened the link of a mail: token is the "c" of its address; account and attempt are those of
// the visitor's session, null when they have none. Changes nothing. page is "confirm" (one button, which posts to
// sas_psc_sign_up_answer_link), "already-proven" or "elsewhere". SAS_PSC_ERROR_EMAIL_LINK_WRONG, _EMAIL_EXPIRED.
int32_t sas_psc_sign_up_open_link(const sas_psc_sign_up *sign_up,
                                  const char *account,
                                  const char *attempt,
                                  const char *token,
                                  int64_t now,
                                  sas_psc_string **page,
                                  sas_psc_error **error);

// Takes the link's token, confirmed by a button in the browser session that asked. As sas_psc_sign_up_answer_code.
int32_t sas_psc_sign_up_answer_link(const sas_psc_sign_up *sign_up,
                                    const char *account,
                                    const char *attempt,
                                    const char *token,
                                    const char *lang,
                                    int64_t now,
                                    sas_psc_string **answer,
                                    sas_psc_error **error);

// Asks that an address take the place of an active account's. It is proven as the first one; the old one is told, and
// stays until then. As sas_psc_sign_up_give_address, and SAS_PSC_ERROR_ADDRESS_CHANGED_LATELY.
int32_t sas_psc_sign_up_change_address(const sas_psc_sign_up *sign_up,
                                       const char *account,
                                       const char *attempt,
                                       const char *address,
                                       const char *network,
                                       const char *lang,
                                       int64_t now,
                                       sas_psc_string **answer,
                                       sas_psc_error **error);

// The person no longer wants the change in progress. SAS_PSC_ERROR_ADDRESS_CHANGE_NONE.
int32_t sas_psc_sign_up_drop_address_change(const sas_psc_sign_up *sign_up,
                                            const char *account,
                                            const char *lang,
                                            int64_t now,
                                            sas_psc_string **answer,
                                            sas_psc_error **error);

// Whether the link of the mail to an old address still has something to offer. Changes nothing; anybody may open it.
// SAS_PSC_ERROR_EMAIL_LINK_WRONG, _EMAIL_EXPIRED, _EMAIL_TRIES_USED_UP, _ADDRESS_CHANGE_NONE.
int32_t sas_psc_sign_up_open_objection(const sas_psc_sign_up *sign_up,
                                       const char *token,
                                       int64_t now,
                                       sas_psc_error **error);

// Takes an objection: the link's token and the code of the same mail. objected is "dropped", "undone" or "before".
// SAS_PSC_ERROR_EMAIL_CODE_WRONG with "tries_left", _EMAIL_CODE_FORM, and as above.
int32_t sas_psc_sign_up_object(const sas_psc_sign_up *sign_up,
                               const char *token,
                               const char *code,
                               int64_t now,
                               sas_psc_string **objected,
                               sas_psc_error **error);

// Brings the records that are new into a consent log, and says how many: receipts come from there
// (sas_psc_consent_log_receipt). SAS_PSC_ERROR_STORE_BEHIND when a backup was restored, and those of the log.
int32_t sas_psc_sign_up_feed(const sas_psc_sign_up *sign_up,
                             const sas_psc_consent_log *log,
                             int64_t now,
                             uint64_t *records,
                             sas_psc_error **error);

// Frees it. Null is allowed.
void sas_psc_sign_up_free(sas_psc_sign_up *sign_up);

// The person closes their account, which withdraws their acceptance of the terms; both are recorded.
// SAS_PSC_ERROR_LIFECYCLE_OUT_OF_ORDER when it is closed already.
int32_t sas_psc_sign_up_close(const sas_psc_sign_up *sign_up, const char *account, int64_t now, sas_psc_error **error);

// Opens the closed account of a person who signed in again; its terms ask for a new answer.
// SAS_PSC_ERROR_LIFECYCLE_OUT_OF_ORDER when it is not closed.
int32_t sas_psc_sign_up_reopen(const sas_psc_sign_up *sign_up,
                               const sas_psc_signed_in *signed_in,
                               const char *lang,
                               int64_t now,
                               sas_psc_string **answer,
                               sas_psc_error **error);

// All that is held of the person, as the file docs/gdpr/export.schema.json describes; add what you alone hold under
// "application". log is the one that the records are fed to, for their receipts, or null. That it was given is recorded.
int32_t sas_psc_sign_up_export(const sas_psc_sign_up *sign_up,
                               const char *account,
                               const sas_psc_consent_log *log,
                               int64_t now,
                               sas_psc_string **file,
                               sas_psc_error **error);

// Erases the account at the person's word, with the content of their records, and says how many these were. What proves
// that it was done stays, and tells nobody who it was. A consent log forgets with sas_psc_consent_log_forget.
int32_t sas_psc_sign_up_erase(const sas_psc_sign_up *sign_up,
                              const char *account,
                              int64_t now,
                              uint64_t *records,
                              sas_psc_error **error);

// Does what is due for up to limit accounts that are not used; call it every few hours. ran is {"begun","closed","erased",
// "failed","mails":[{"account","due":"first-notice"|"last-notice"|"close","to","message":as sas_psc_sign_up_mail_message
// gives it}]}: send these, then say of each notice what came of it. One of which nothing is said is due again.
int32_t sas_psc_sign_up_run_due(const sas_psc_sign_up *sign_up,
                                uint32_t limit,
                                int64_t now,
                                sas_psc_string **ran,
                                sas_psc_error **error);

// A notice that was due, "first-notice" or "last-notice", left; or, refused, its address is gone for good: of any other
// failure say nothing. SAS_PSC_ERROR_LIFECYCLE_OUT_OF_ORDER when it is not due, _USAGE for another word.
int32_t sas_psc_sign_up_noticed(const sas_psc_sign_up *sign_up,
                                const char *account,
                                const char *due,
                                bool refused,
                                int64_t now,
                                sas_psc_error **error);

// The account that it is of.
const char *sas_psc_sign_up_mail_account(const sas_psc_sign_up_mail *mail);

// The address that it goes to.
const char *sas_psc_sign_up_mail_to(const sas_psc_sign_up_mail *mail);

// What it says, as sas_psc_email_templates_challenge gives it: {"id","subject","text","html","headers":{…}}.
int32_t sas_psc_sign_up_mail_message(const sas_psc_sign_up_mail *mail, sas_psc_string **message, sas_psc_error **error);

// Frees it. Null is allowed.
void sas_psc_sign_up_mail_free(sas_psc_sign_up_mail *mail);

// What settings, a JSON object as SAS writes them, say on the person's honour, to review before they are saved: a list of
// {"name","sentence","sworn","answer"}, the exact sentences. SAS_PSC_ERROR_SETTINGS_…: the first rule that is broken.
int32_t sas_psc_sign_up_declarations(const char *settings,
                                     const char *lang,
                                     sas_psc_string **declarations,
                                     sas_psc_error **error);

// The person saves their settings, reviewed in lang; each declaration that changes is recorded. As above.
int32_t sas_psc_sign_up_save_settings(const sas_psc_sign_up *sign_up,
                                      const char *account,
                                      const char *settings,
                                      const char *lang,
                                      int64_t now,
                                      sas_psc_string **answer,
                                      sas_psc_error **error);

// Somebody else saves the person's settings, by their own sign-in: role is "delegate", "administrator", or
// "cpts-manager 540002698 …" with the CPTS that they manage. Whether they are is for you to say. As above;
// SAS_PSC_ERROR_DECLARATION_BY_ANOTHER for what is sworn, which is the person's alone; _CPTS_NOT_MANAGED when the
// settings saved last take part through none of those; _USAGE for another role.
int32_t sas_psc_sign_up_save_settings_as(const sas_psc_sign_up *sign_up,
                                         const char *account,
                                         const char *role,
                                         const sas_psc_signed_in *signed_in,
                                         const char *settings,
                                         const char *lang,
                                         int64_t now,
                                         sas_psc_string **answer,
                                         sas_psc_error **error);

// The terms in force, to show in this browser session; when they were shown is kept. terms is {"slug","version","lang",
// "effective_from","change","hash","documents":[{"title","media_type","text"}],"difference":null or the text of what changed
// since the version answered last}: the form of the answer carries "hash". SAS_PSC_ERROR_TERMS_NOT_CURRENT.
int32_t sas_psc_sign_up_present_terms(const sas_psc_sign_up *sign_up,
                                      const char *account,
                                      const char *attempt,
                                      const char *lang,
                                      int64_t now,
                                      sas_psc_string **terms,
                                      sas_psc_error **error);

// Accepts the terms that were shown: hash is what the form carried, ticked its box. SAS_PSC_ERROR_TERMS_CHANGED when
// these were not shown, _TERMS_NOT_TICKED, _CONSENT_OTHER_SESSION.
int32_t sas_psc_sign_up_accept_terms(const sas_psc_sign_up *sign_up,
                                     const char *account,
                                     const char *attempt,
                                     const char *hash,
                                     bool ticked,
                                     const char *lang,
                                     int64_t now,
                                     sas_psc_string **answer,
                                     sas_psc_error **error);

// Refuses the terms that were shown. As above.
int32_t sas_psc_sign_up_refuse_terms(const sas_psc_sign_up *sign_up,
                                     const char *account,
                                     const char *attempt,
                                     const char *hash,
                                     const char *lang,
                                     int64_t now,
                                     sas_psc_string **answer,
                                     sas_psc_error **error);

// The terms in force, as above, when a change that asks for no new answer has to be told: show "difference" on any page.
// terms stays null when there is nothing to tell. "terms_notice" is then among the "steps" of the account.
int32_t sas_psc_sign_up_terms_notice(const sas_psc_sign_up *sign_up,
                                     const char *account,
                                     const char *lang,
                                     int64_t now,
                                     sas_psc_string **terms,
                                     sas_psc_error **error);

// The person has seen the notice. SAS_PSC_ERROR_STEP_OUT_OF_ORDER when there is none.
int32_t sas_psc_sign_up_terms_noticed(const sas_psc_sign_up *sign_up,
                                      const char *account,
                                      const char *lang,
                                      int64_t now,
                                      sas_psc_string **answer,
                                      sas_psc_error **error);

// Who signed in through the browser. SAS_PSC_ERROR_NOT_DONE before the exchange is over.
int32_t sas_psc_signed_in_of_exchange(const sas_psc_exchange *exchange,
                                      sas_psc_signed_in **signed_in,
                                      sas_psc_error **error);

// Who signed in on the phone or the card. SAS_PSC_ERROR_NOT_DONE before the wait is over.
int32_t sas_psc_signed_in_of_ciba(const sas_psc_ciba *ciba, sas_psc_signed_in **signed_in, sas_psc_error **error);

// The provider's key of the person (sub).
const char *sas_psc_signed_in_subject(const sas_psc_signed_in *signed_in);

// "eidas1", "eidas2", "eidas3".
const char *sas_psc_signed_in_acr(const sas_psc_signed_in *signed_in);

// "CARD", "MOBILE" or another word; null when not said.
const char *sas_psc_signed_in_auth_mode(const sas_psc_signed_in *signed_in);

// The provider's session (sid); null when it names none.
const char *sas_psc_signed_in_session_id(const sas_psc_signed_in *signed_in);

// When the person proved who they are.
int64_t sas_psc_signed_in_auth_time(const sas_psc_signed_in *signed_in);

// Whether they proved it within these seconds.
bool sas_psc_signed_in_is_fresh(const sas_psc_signed_in *signed_in, int64_t now, uint64_t seconds);

// Frees it. Null is allowed.
void sas_psc_signed_in_free(sas_psc_signed_in *signed_in);

// What to do now, as sas_psc_exchange_next. With neither a request nor a time it is over: see sas_psc_steps_answer.
int32_t sas_psc_steps_next(sas_psc_steps *steps,
                           int64_t now,
                           sas_psc_request **request,
                           int64_t *wait_until,
                           sas_psc_error **error);

// Takes the answer to the request. An error ends it.
int32_t sas_psc_steps_answered(sas_psc_steps *steps,
                               const sas_psc_response *response,
                               int64_t now,
                               sas_psc_error **error);

// Says that the request got no answer, and why: see sas_psc_exchange_failed. 0 when it may go on all the same.
int32_t sas_psc_steps_failed(sas_psc_steps *steps, int32_t why, int64_t now, sas_psc_error **error);

// What it came to, as the function that made it says. SAS_PSC_ERROR_NOT_DONE before it is over.
int32_t sas_psc_steps_answer(const sas_psc_steps *steps, sas_psc_string **answer, sas_psc_error **error);

// Frees it; a request that is under way is one whose answer was lost. Null is allowed.
void sas_psc_steps_free(sas_psc_steps *steps);

// The bytes, followed by a NUL that is not counted. They live as long as the string.
const char *sas_psc_string_data(const sas_psc_string *string);

// How many bytes.
size_t sas_psc_string_len(const sas_psc_string *string);

// Wipes and frees a string. Null is allowed.
void sas_psc_string_free(sas_psc_string *string);

// The thumbprint of a certificate (DER) as RFC 8705 writes it, x5t#S256.
int32_t sas_psc_thumbprint_x5t(const void *certificate,
                               size_t certificate_len,
                               sas_psc_string **x5t,
                               sas_psc_error **error);

// Whether an x5t#S256 names this certificate (DER), in either encoding.
bool sas_psc_thumbprint_matches(const void *certificate, size_t certificate_len, const char *x5t);

// Compares a certificate (DER) with the cnf of a token's claims or of an introspection, as JSON: bound is whether the
// token is bound to it, false when it is bound to none. SAS_PSC_ERROR_TOKEN_BINDING when it is bound to another.
int32_t sas_psc_thumbprint_check(const void *certificate,
                                 size_t certificate_len,
                                 const char *claims,
                                 bool *bound,
                                 sas_psc_error **error);

// At this token endpoint of the API's own authorization server, an https address, as this client, for these scopes.
// subject_issuer is "psc". The client is copied. SAS_PSC_ERROR_BACKEND_SETTINGS.
int32_t sas_psc_token_exchange_new(const char *token_url,
                                   const sas_psc_client *client,
                                   const char *scope,
                                   sas_psc_token_exchange **exchange,
                                   sas_psc_error **error);

// Names another subject_issuer; null for none.
int32_t sas_psc_token_exchange_set_subject_issuer(sas_psc_token_exchange *exchange,
                                                  const char *issuer,
                                                  sas_psc_error **error);

// Calls the provider's token a JWT instead of an access token, where the server wants it so.
int32_t sas_psc_token_exchange_set_subject_as_jwt(sas_psc_token_exchange *exchange, sas_psc_error **error);

// Begins to exchange an access token, on connections that show the same certificate as those to the API. It comes to
// {"access_token","expires_at","renew_at"}: exchange anew from then on. The steps end with
// SAS_PSC_ERROR_TOKEN_EXCHANGE_REFUSED, _CLIENT_REFUSED, _PROVIDER_UNAVAILABLE, _PROVIDER_ANSWER.
int32_t sas_psc_token_exchange_begin(const sas_psc_token_exchange *exchange,
                                     const char *access_token,
                                     int64_t now,
                                     sas_psc_steps **steps,
                                     sas_psc_error **error);

// Frees it. Null is allowed.
void sas_psc_token_exchange_free(sas_psc_token_exchange *exchange);

// The tokens that came with a sign-in.
int32_t sas_psc_tokens_of(const sas_psc_signed_in *signed_in, sas_psc_tokens **tokens, sas_psc_error **error);

// Reads a stored form; tokens that have ended too, whose ID token still serves to sign out.
// SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _STORED_FORM_NEWER.
int32_t sas_psc_tokens_resume(const void *stored, size_t stored_len, sas_psc_tokens **tokens, sas_psc_error **error);

// The stored form. It holds every token: seal it before it leaves the server's memory.
int32_t sas_psc_tokens_to_stored(const sas_psc_tokens *tokens, sas_psc_string **stored, sas_psc_error **error);

// The token that opens the APIs which the provider protects.
int32_t sas_psc_tokens_access_token(const sas_psc_tokens *tokens, sas_psc_string **token, sas_psc_error **error);

// When the access token ends.
int64_t sas_psc_tokens_access_expires_at(const sas_psc_tokens *tokens);

// When the refresh token ends; 0 when there is none or the provider did not say.
int64_t sas_psc_tokens_refresh_expires_at(const sas_psc_tokens *tokens);

// The scopes granted, separated by spaces.
const char *sas_psc_tokens_granted_scope(const sas_psc_tokens *tokens);

// Whose tokens they are (sub).
const char *sas_psc_tokens_subject(const sas_psc_tokens *tokens);

// Frees tokens. Null is allowed.
void sas_psc_tokens_free(sas_psc_tokens *tokens);

// The version of the library, "0.1.0": compare with SAS_PSC_VERSION. It lives for ever.
const char *sas_psc_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SAS_PSC_H */
