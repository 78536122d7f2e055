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
  // A text argument is not valid UTF-8.
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
};

// What went wrong, who must act, what to do. No text of it holds an identifier, a token, an address or a name.
typedef struct sas_psc_error sas_psc_error;

// An RPPS number with a right key: one you hold is one that passed.
typedef struct sas_psc_rpps sas_psc_rpps;

// Text or bytes made by the library. Wiped when freed.
typedef struct sas_psc_string sas_psc_string;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

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

// The bytes, followed by a NUL that is not counted. They live as long as the string.
const char *sas_psc_string_data(const sas_psc_string *string);

// How many bytes.
size_t sas_psc_string_len(const sas_psc_string *string);

// Wipes and frees a string. Null is allowed.
void sas_psc_string_free(sas_psc_string *string);

// The version of the library, "0.1.0": compare with SAS_PSC_VERSION. It lives for ever.
const char *sas_psc_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SAS_PSC_H */
