//! The extract in a zip: as ANS packs it, and as nobody should.

use crate::{Place, extract, vectors};
use sas_psc::Code;
use sas_psc::directory::{Builder, Observer, Progress, Reject, extract_size};
use std::fs;
use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        archive.start_file(*name, options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The bytes that were told last.
struct Last(u64);

impl Observer for Last {
    fn rejected(&mut self, _: Reject) {}
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.0 = progress.bytes;
        ControlFlow::Continue(())
    }
}

#[test]
fn of_an_archive_every_extract_that_is_known_is_read() {
    let (expertise, diplomas) =
        (fs::read(vectors().join("savoir-faire.txt")).unwrap(), b"Identifiant PP|Code dipl\xc3\xb4me|\n1|2|\n");
    let archive = zip(&[
        ("PS_LibreAcces_Personne_activite_202609230812.txt", extract().as_bytes()),
        ("PS_LibreAcces_Dipl_AutExerc_202609230812.txt", diplomas),
        ("PS_LibreAcces_SavoirFaire_202609230812.txt", &expertise),
    ]);
    // What is passed over counts as read, so that the end is known.
    let size = extract_size(Cursor::new(&archive)).unwrap();
    assert_eq!(size as usize, extract().len() + diplomas.len() + expertise.len());
    assert_eq!(extract_size(Cursor::new(extract())).unwrap() as usize, extract().len());
    let (mut builder, mut last) = (Builder::new(Vec::new()).unwrap(), Last(0));
    builder.read_file(Cursor::new(&archive), &mut last).unwrap();
    assert_eq!(last.0, size);
    let imported = Place::new().import("PS_LibreAcces_202609230812.zip", archive).unwrap();
    assert_eq!((imported.meta.rows, imported.meta.people), (14, 10));
    assert_eq!(imported.meta.source_date, "2026-09-23");
}

#[test]
fn an_archive_that_is_not_that_of_ans_is_refused() {
    let place = Place::filled();
    let text = extract();
    for name in ["../extract.txt", "a/../../extract.txt", "/etc/extract.txt", "..\\extract.txt", "C:extract.txt"] {
        assert_eq!(place.refused(zip(&[("ok.txt", text.as_bytes()), (name, b"x")])), Code::ARCHIVE_REFUSED, "{name}");
    }
    assert_eq!(place.refused(zip(&[("autre.txt", b"rien")])), Code::ARCHIVE_REFUSED);
    assert_eq!(place.refused(zip(&[])), Code::ARCHIVE_REFUSED);
    let many: Vec<(String, &[u8])> = (0..65).map(|at| (format!("{at}.txt"), &b"x"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    assert_eq!(place.refused(zip(&many)), Code::ARCHIVE_REFUSED);
    let whole = zip(&[("extract.txt", text.as_bytes())]);
    assert_eq!(place.refused(&whole[..whole.len() / 2]), Code::ARCHIVE_REFUSED);
    // One byte of the content: the checksum of the member tells.
    let mut damaged = whole.clone();
    damaged[200] ^= 1;
    let code = place.refused(&damaged);
    assert!(matches!(code, Code::ARCHIVE_REFUSED | Code::EXTRACT_REJECTED), "{code}");
}

/// Mebibytes of one byte behind a first line, in a few kilobytes.
fn bomb(first: &str, byte: u8, mebibytes: usize) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("extract.txt", SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
        .unwrap();
    archive.write_all(first.as_bytes()).unwrap();
    (0..mebibytes).for_each(|_| archive.write_all(&vec![byte; 1 << 20]).unwrap());
    let bomb = archive.finish().unwrap().into_inner();
    assert!(bomb.len() < mebibytes << 12);
    bomb
}

#[test]
fn a_bomb_takes_no_memory_and_ends_as_an_error() {
    let header = extract().lines().next().unwrap().to_owned() + "\n";
    assert_eq!(Place::filled().refused(bomb(&header, b'x', 32)), Code::EXTRACT_CUT);
    // One that would not end in reasonable time is left, also in the middle of a line.
    for first in [&*header, ""] {
        assert_eq!(Place::filled().refused(bomb(first, b'x', 70)), Code::ARCHIVE_REFUSED);
    }
}

#[test]
fn an_extract_that_lost_a_column_is_told_whatever_lies_beside_it() {
    let expertise = fs::read(vectors().join("savoir-faire.txt")).unwrap();
    let renamed = extract().replace("Code postal (coord. structure)", "Codes postaux");
    let archive = zip(&[("activites.txt", renamed.as_bytes()), ("savoir-faire.txt", &expertise)]);
    assert_eq!(Place::filled().refused(archive), Code::EXTRACT_HEADER);
    let lost = String::from_utf8(expertise).unwrap().replace("Code savoir-faire", "Savoir-faire");
    let archive = zip(&[("activites.txt", extract().as_bytes()), ("savoir-faire.txt", lost.as_bytes())]);
    assert_eq!(Place::filled().refused(archive), Code::EXTRACT_HEADER);
}
