//! What goes wrong while an index is written: the index before stays, and the error says why.

use crate::{Place, allow_shrink, extract};
use sas_psc::Code;
use sas_psc::directory::Quiet;
use sas_psc::store::{DirectoryFolder, ImportOptions};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The extract with many people more: 997, a number, a key.
fn large(rows: u64) -> String {
    let mut text = extract();
    let line = text.lines().nth(1).unwrap().to_owned();
    for number in 0..rows {
        let digits = format!("9979{number:06}");
        let key = (0..10).find(|key| sas_psc::id::Rpps::parse(&format!("{digits}{key}")).is_ok()).unwrap();
        text += &line.replace("99700218896", &format!("{digits}{key}"));
        text.push('\n');
    }
    text
}

#[test]
fn an_extract_that_shrank_or_was_cut_is_refused_unless_allowed() {
    let place = Place::filled();
    let fewer: String = extract().lines().take(4).map(|line| format!("{line}\n")).collect();
    assert_eq!(place.refused(&fewer), Code::EXTRACT_SHRUNK);
    let text = extract();
    let cut = &text[..text.len() - 80];
    assert_eq!(place.refused(cut), Code::EXTRACT_CUT);
    assert_eq!(place.import_with("cut.txt", cut, &allow_shrink()).unwrap().meta.rejected, 4);
    assert_eq!(place.import_with("fewer.txt", fewer, &allow_shrink()).unwrap().meta.people, 3);
}

#[test]
fn a_source_or_a_folder_that_is_not_there_is_told() {
    let place = Place::filled();
    let missing = place.folder.import(&["absent.txt".into()], &ImportOptions::default(), &mut Quiet);
    assert_eq!(missing.unwrap_err().code(), Code::FILE_UNREADABLE);
    fs::write(place.dir.path().join("fichier"), "").unwrap();
    let no_folder = DirectoryFolder::new(place.dir.path().join("fichier"));
    let refused = no_folder.import_stream(extract().as_bytes(), &ImportOptions::default(), &mut Quiet);
    assert_eq!(refused.unwrap_err().code(), Code::DIRECTORY_NOT_WRITTEN);
    fs::write(place.path("directory.index"), "autre chose").unwrap();
    assert_eq!(place.folder.open().unwrap_err().code(), Code::DIRECTORY_FOREIGN);
    // What cannot be read is no reason to refuse a new one.
    place.import("extract.txt", extract()).unwrap();
}

/// This test again in a process of its own, importing what comes on its stdin.
fn importer(folder: &Path, before: &str) -> Child {
    let program = std::env::current_exe().unwrap();
    let command = format!("{before} exec \"$0\" --exact mishaps::imports_its_stdin --nocapture");
    let mut shell = Command::new("sh");
    shell.args(["-c", &command]).arg(program).env("IMPORT_INTO", folder);
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Does nothing unless it is the process above.
#[test]
fn imports_its_stdin() {
    if let Some(folder) = std::env::var_os("IMPORT_INTO") {
        let folder = DirectoryFolder::new(folder);
        let done = folder.import_stream(std::io::stdin().lock(), &ImportOptions::default(), &mut Quiet);
        println!("outcome={}", done.map_or_else(|error| error.code().name(), |_| "done"));
    }
}

fn outcome(mut child: Child, source: &str) -> String {
    // A process that failed early reads no more.
    let _ = child.stdin.take().unwrap().write_all(source.as_bytes());
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let said = said.split("outcome=").nth(1).unwrap_or_default();
    said.split_whitespace().next().unwrap_or_default().to_owned()
}

#[cfg(unix)]
#[test]
fn a_process_killed_while_it_imports_leaves_the_index_before_and_the_next_import_sweeps() {
    let place = Place::filled();
    let before = fs::read(place.path("directory.index")).unwrap();
    let mut child = importer(&place.path(""), "");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(large(20_000).as_bytes()).unwrap();
    // It has begun to write, and waits for more; nobody else may import meanwhile, and everybody may read.
    while !place.path("directory.index.new").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(place.import("extract.txt", extract()).unwrap_err().code(), Code::DIRECTORY_BUSY);
    assert_eq!(place.folder.open().unwrap().lookup("99700218896").unwrap().len(), 1);
    child.kill().unwrap();
    child.wait().unwrap();
    drop(stdin);
    assert!(place.path("directory.index.new").exists());
    assert!(fs::read(place.path("directory.index")).unwrap() == before);
    place.import("extract.txt", extract()).unwrap();
    assert!(!place.path("directory.index.new").exists());
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_any_more_is_an_error_and_the_index_before_stays() {
    let place = Place::filled();
    let before = fs::read(place.path("directory.index")).unwrap();
    // 64 KiB a file, and the signal that would end the process turned off.
    let child = importer(&place.path(""), "trap '' XFSZ; ulimit -f 128;");
    assert_eq!(outcome(child, &large(20_000)), "directory-not-written");
    place.is_untouched(&before);
    assert_eq!(outcome(importer(&place.path(""), ""), &large(20_000)), "done");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_the_index_before_stays() {
    // Where the user may have a disk of their own: root, or a user namespace.
    let place = Place::filled();
    let script = format!(
        "mount -t tmpfs -o size=128k tmpfs {0} && cp {1} {0}/directory.index && exec \"$0\" --exact \
         mishaps::imports_its_stdin --nocapture",
        place.path("").display(),
        place.dir.path().join("kept").display()
    );
    let kept = place.dir.path().join("kept");
    fs::copy(place.path("directory.index"), &kept).unwrap();
    let mut unshare = Command::new("unshare");
    unshare.args(["--map-root-user", "--mount", "sh", "-c", &script]).arg(std::env::current_exe().unwrap());
    unshare.env("IMPORT_INTO", place.path("")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let may = Command::new("unshare").args(["--map-root-user", "--mount", "true"]).status();
    if !may.is_ok_and(|status| status.success()) {
        println!("not run: no right to mount a small disk; the test above limits the file instead");
        return;
    }
    let child = unshare.stderr(Stdio::inherit()).spawn().unwrap();
    assert_eq!(outcome(child, &large(20_000)), "directory-not-written");
    place.is_untouched(&fs::read(kept).unwrap());
}

#[test]
fn several_open_while_another_imports() {
    let place = Place::filled();
    let (small, big) = (extract(), large(2000));
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..300 {
                        let index = place.folder.open().unwrap();
                        index.verify().unwrap();
                        assert_eq!(index.lookup("99700218896").unwrap().len(), 1);
                    }
                })
            })
            .collect();
        for turn in 0..6 {
            let text = if turn % 2 == 0 { &big } else { &small };
            place.import_with("extract.txt", text, &allow_shrink()).unwrap();
        }
        readers.into_iter().for_each(|reader| reader.join().unwrap());
    });
    assert!(File::open(place.path("import.lock")).is_ok());
}
