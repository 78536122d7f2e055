//! `errors.pyi` lists the exceptions that `errors.py` builds from the table; `UPDATE=1` writes it.

use sas_psc::{Blame, Code, Lang};
use std::fmt::Write;
use std::{env, fs, path::Path};

const HEAD: &str = r#"# Written by `UPDATE=1 cargo test -p sas-psc-py`.
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
"#;

fn class(words: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    words.split('-').map(capital).collect::<String>() + "Error"
}

#[test]
fn the_committed_stub_lists_every_exception() {
    let mut stub = HEAD.to_owned();
    for blame in Blame::ALL {
        writeln!(stub, "\nclass {}(Error): ...\n", class(blame.name())).unwrap();
        for code in Code::all().filter(|code| code.blame() == blame) {
            writeln!(stub, "class {}({}):", class(code.name()), class(blame.name())).unwrap();
            writeln!(stub, "    \"\"\"{}\"\"\"\n", code.message(Lang::En)).unwrap();
        }
    }
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/sas_psc/errors.pyi");
    if env::var_os("UPDATE").is_some() {
        fs::write(&committed, &stub).unwrap();
    }
    let found = fs::read_to_string(committed).unwrap_or_default();
    assert!(found == stub, "errors.pyi is old: UPDATE=1 cargo test -p sas-psc-py");
}
