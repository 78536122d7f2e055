//! What happened and what to do, in English, by code name. One row: name, message, hint.

#[rustfmt::skip]
pub(super) const TEXTS: &[(&str, &str, &str)] = &[
    // 1: base and faces
    ("null-argument", "A required argument is null.", "Pass a valid pointer for every argument that is not marked optional."),
    ("not-utf8", "A text argument is not valid UTF-8.", "Convert the text to UTF-8 before the call."),
    ("panic", "The library stopped in the middle of a call.", "This is a fault of the library: please report it with the name of the function."),
    ("broken-invariant", "The library found itself in a state that should not exist.", "This is a fault of the library: please report it with this code."),
    ("no-randomness", "The system gave no random bytes.", "Check the machine's random source, then try again."),
    ("time-invalid", "The date or time cannot be read.", "Give it as RFC 3339, for example 2026-11-23T08:00:00Z."),
    ("stored-form-unreadable", "A stored state cannot be read back.", "Check that the stored bytes come from this library and were not changed."),
    ("stored-form-newer", "A stored state was written by a newer version of the library.", "Update the library on this machine."),

    // 2: id, person
    ("id-length", "The number does not have the right length.", "Check the number of digits: 11 for an RPPS number."),
    ("id-character", "The number holds a character that is not allowed.", "Type the digits only, without spaces or punctuation."),
    ("id-key", "The number's check digit is wrong: one digit is probably mistyped.", "Check the number digit by digit against the card or the certificate."),
    ("id-withdrawn", "This kind of number is no longer in use.", "Use the person's RPPS number."),
    ("id-never-allocated", "No such number was ever given to anyone.", "Check the number against the card."),
    ("id-kind-unknown", "The kind of this number is not known.", "Say which kind of number it is."),
    ("id-test-number", "This is a test number, and test numbers are refused here.", "Use a real number, or allow test numbers in the settings."),

    // 9: onboarding
    ("eligibility-structure-staff", "This card belongs to a member of a structure's staff, not to a health professional.", "Ask the structure's manager for a structure manager account."),
    ("eligibility-practice-staff", "This card belongs to a member of a practice's staff, not to a health professional.", "Ask the professional you work for to give you the role of delegate."),
    ("eligibility-unknown-identity", "This identity has no RPPS or ADELI number.", "Ask the account manager of your territory which role suits you."),
    ("step-out-of-order", "This step does not follow from where the sign-up stands.", "Load the account again and show the page of its state."),
    ("another-person", "The person who signed in is not the one this sign-up belongs to.", "Sign out, take the card out, and start again with your own card or e-CPS."),
    ("places-unknown", "One of the chosen places is not among the person's places.", "Show the list again and choose among it."),
    ("number-claimed-twice", "Two accounts hold the numbers of this person.", "Ask the account manager of your territory to join them; nothing was changed."),
    ("terms-not-current", "The terms have changed since they were shown.", "Read the new text and answer again."),

    // 11: store
    ("store-conflict", "The account was changed by someone else at the same moment.", "Load the account again and repeat the step."),
    ("store-identity-taken", "Another account already holds this RPPS or ADELI number.", "Sign in to that account, or ask the account manager of your territory."),
    ("store-email-taken", "This address cannot be linked to the account.", "Use another e-mail address."),
    ("store-unavailable", "The database did not answer.", "Check that it runs and that its disk is not full, then try again."),
    ("store-corrupt", "The database holds data that cannot be read.", "Restore it from a backup; nothing was changed."),
    ("store-newer", "The database was written by a newer version of the program.", "Update the program on this machine."),
];
