//! Seeds out of `vectors`: whole files, members of JSON files, or the cells of a column. A folder that is missing is a mistake, and panics.

use serde_json::Value;
use std::fs;
use std::path::Path;

/// The files of a folder, in the order of their names; those of its folders are left out.
pub fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files.iter().map(|path| fs::read(path).expect("a file that was just listed")).collect()
}

/// Files of a folder, by their names.
pub fn these(folder: &Path, names: &[&str]) -> Vec<Vec<u8>> {
    let read = |name: &&str| fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    names.iter().map(read).collect()
}

/// Of each JSON file of a folder, the first of these members that it has: a text as it is, another value as JSON.
pub fn members(folder: &Path, names: &[&str]) -> Vec<Vec<u8>> {
    let member = |file: Vec<u8>| {
        let value: Value = serde_json::from_slice(&file).ok()?;
        let member = names.iter().find_map(|name| value.get(name))?;
        Some(member.as_str().map_or_else(|| member.to_string(), str::to_owned).into_bytes())
    };
    files(folder).into_iter().filter_map(member).collect()
}

/// The bodies that are JSON in the `answers` of a folder's cases.
pub fn answers(folder: &Path) -> Vec<Vec<u8>> {
    let cases = files(folder).into_iter().filter_map(|file| serde_json::from_slice::<Value>(&file).ok());
    let answers = cases.flat_map(|case| case["answers"].as_array().cloned().unwrap_or_default());
    answers.filter(|answer| answer["body"].is_object()).map(|answer| answer["body"].to_string().into_bytes()).collect()
}

/// The cells of one column of a CSV with a header, none of them quoted up to there.
pub fn cells(file: &Path, column: usize) -> Vec<Vec<u8>> {
    let text = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = text.split(|byte| *byte == b'\n').skip(1).filter(|line| !line.is_empty());
    lines.filter_map(|line| line.split(|byte| *byte == b',').nth(column)).map(<[u8]>::to_vec).collect()
}

/// What a card answers in a dialogue of `vectors/card`.
pub fn card_answers(file: &Path) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let bytes = |line: &str| line.split(' ').filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    text.lines().filter_map(|line| line.strip_prefix("< ")).map(bytes).collect()
}

/// Whole dialogues, as the target reads them: which key and job, then each answer after its length. All are with a card never
/// met: those that the vectors have of a met one get the directories before.
pub fn dialogues(folder: &Path) -> Vec<Vec<u8>> {
    let of = |name: &str| card_answers(&folder.join(name));
    let directories = &of("cps3-sign-cold.txt")[..14];
    let after_them = |name: &str| [directories, &of(name)[2..]].concat();
    let joined = |which: u8, answers: Vec<Vec<u8>>| {
        let counted = answers.iter().flat_map(|answer| [&(answer.len() as u16).to_be_bytes()[..], answer].concat());
        std::iter::once(which).chain(counted).collect()
    };
    vec![
        joined(0, of("cps3-sign-cold.txt")),
        joined(1 << 3, of("cps3-sign-signature-key-cold.txt")),
        joined(1 << 5, of("cps3-read.txt")),
        joined(2 << 5, after_them("cps3-change-pin.txt")),
        joined(3 << 5, after_them("cps3-unblock.txt")),
    ]
}
