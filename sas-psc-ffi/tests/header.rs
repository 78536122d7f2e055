//! `include/sas_psc.h` is what the sources say: written anew and compared; `UPDATE=1` writes the file.
//!
//! cbindgen does not look inside macros, so the functions of `export!` are unfolded here first, as the macro does.

use quote::{ToTokens, quote};
use sas_psc::{Blame, Code, Lang};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};
use syn::parse::{Parse, ParseStream};

/// The functions inside one `export! { … }`.
struct Exports(Vec<syn::ItemFn>);

impl Parse for Exports {
    fn parse(input: ParseStream) -> syn::Result<Exports> {
        let mut functions = Vec::new();
        while !input.is_empty() {
            functions.push(input.parse()?);
        }
        Ok(Exports(functions))
    }
}

fn source_files() -> Vec<PathBuf> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// One exported function as C calls it, without its body.
fn unfolded(function: &syn::ItemFn) -> String {
    let docs = &function.attrs;
    let (name, inputs) = (&function.sig.ident, &function.sig.inputs);
    let comma = (!inputs.empty_or_trailing()).then(|| quote!(,));
    let (last, output) = match function.sig.output.to_token_stream().to_string().as_str() {
        "-> Status" => (quote!(#comma error: *mut *mut sas_psc_error), quote!(-> i32)),
        "-> Freed" => (quote!(), quote!()),
        _ => (quote!(), function.sig.output.to_token_stream()),
    };
    let tokens = quote!(#(#docs)* #[unsafe(no_mangle)] pub unsafe extern "C" fn #name(#inputs #last) #output {});
    let mut text = tokens.to_string();
    // What may be null is a pointer in C.
    while let Some((before, rest)) = text.split_once("Maybe < ") {
        let (pointer, after) = rest.split_once(" >").expect("Maybe<…>");
        text = format!("{before}{pointer}{after}");
    }
    text
}

/// The handles and functions of the crate as plain Rust.
fn plain_rust() -> String {
    let mut plain = String::new();
    for file in source_files() {
        for item in syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap().items {
            match item {
                syn::Item::Struct(handle) if handle.ident.to_string().starts_with("sas_psc_") => {
                    let (docs, name) = (&handle.attrs, &handle.ident);
                    writeln!(plain, "{}", quote!(#(#docs)* pub struct #name { private: u8 })).unwrap();
                }
                syn::Item::Macro(call) if call.mac.path.is_ident("export") => {
                    let Exports(functions) = call.mac.parse_body().unwrap();
                    functions.iter().for_each(|f| writeln!(plain, "{}", unfolded(f)).unwrap());
                }
                _ => {}
            }
        }
    }
    plain
}

/// The numbers that come from the tables of the SDK.
fn constants() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let arrow = "// Of the Arrow C data interface: its own header defines them.\nstruct ArrowSchema;\nstruct ArrowArray;\nstruct ArrowArrayStream;";
    let mut text =
        format!("\n#define SAS_PSC_VERSION \"{version}\"\n\n{arrow}\n\n// Who must act on an error.\nenum {{\n");
    for (at, blame) in Blame::ALL.iter().enumerate() {
        writeln!(text, "  SAS_PSC_BLAME_{} = {},", blame.name().to_uppercase(), at + 1).unwrap();
    }
    text +=
        "};\n\n// What went wrong. Numbers are never reused; new ones are added, so keep a default branch.\nenum {\n";
    for code in Code::all() {
        writeln!(text, "  // {}", code.message(Lang::En)).unwrap();
        writeln!(text, "  SAS_PSC_ERROR_{} = {},", code.constant(), code.number()).unwrap();
    }
    text + "};"
}

#[test]
fn the_committed_header_is_what_the_sources_say() {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exports.rs");
    fs::write(&source, plain_rust()).unwrap();
    let mut config = cbindgen::Config::from_file(crate_dir.join("cbindgen.toml")).unwrap();
    config.after_includes = Some(constants());
    let mut header = Vec::new();
    cbindgen::Builder::new().with_config(config).with_src(&source).generate().unwrap().write(&mut header);
    let header = String::from_utf8(header).unwrap();

    let committed = crate_dir.join("../include/sas_psc.h");
    if env::var_os("UPDATE").is_some() {
        fs::write(&committed, &header).unwrap();
    }
    let found = fs::read_to_string(&committed).unwrap_or_default();
    assert!(found == header, "include/sas_psc.h is old: UPDATE=1 cargo test -p sas-psc-ffi --test header");
}

#[test]
fn every_export_goes_through_the_macro() {
    for file in source_files() {
        let text = fs::read_to_string(&file).unwrap();
        for word in ["extern \"C\"", "no_mangle", "export_name"] {
            let outside = text.contains(word) && !file.ends_with("export.rs");
            assert!(!outside, "{}: {word}: declare it inside export! {{ … }}", file.display());
        }
    }
}

#[test]
fn every_export_starts_with_its_handle() {
    for line in plain_rust().lines().filter_map(|line| line.split("extern \"C\" fn ").nth(1)) {
        assert!(line.starts_with("sas_psc_"), "{line}");
    }
}
