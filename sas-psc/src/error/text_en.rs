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

    // 11: store
    ("store-conflict", "The account was changed by someone else at the same moment.", "Load the account again and repeat the step."),
    ("store-identity-taken", "Another account already holds this RPPS or ADELI number.", "Sign in to that account, or ask the account manager of your territory."),
    ("store-email-taken", "This address cannot be linked to the account.", "Use another e-mail address."),
    ("store-unavailable", "The database did not answer.", "Check that it runs and that its disk is not full, then try again."),
    ("store-corrupt", "The database holds data that cannot be read.", "Restore it from a backup; nothing was changed."),
    ("store-newer", "The database was written by a newer version of the program.", "Update the program on this machine."),
];
