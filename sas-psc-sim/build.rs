//! Puts the case files of `vectors/conformance` and `vectors/id-token` into the program, so that the bench is one file.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let vectors = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../vectors");
    let mut code = String::new();
    for (list, folder) in [("OWN", "conformance"), ("ID_TOKENS", "id-token")] {
        let folder = vectors.join(folder);
        println!("cargo:rerun-if-changed={}", folder.display());
        let mut files: Vec<_> =
            fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        writeln!(code, "static {list}: &[(&str, &str)] = &[")?;
        for file in &files {
            let name = file.file_stem().and_then(|name| name.to_str()).ok_or("a name that is no text")?;
            writeln!(code, "    ({name:?}, include_str!({:?})),", file.canonicalize()?)?;
        }
        writeln!(code, "];")?;
    }
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("cases.rs"), code)?)
}
