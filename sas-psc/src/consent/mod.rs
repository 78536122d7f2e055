//! the terms (CGU) a person is shown, and the records of what they answered.
