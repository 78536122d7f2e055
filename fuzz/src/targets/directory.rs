//! The extract of the directory, the index file, and the answers of the online directory: whatever the bytes, a typed answer; and what an extract gave is
//! found again in its index.
//!
//! Checksums keep a damaged index from its readers, so the target of the index also mends them first: the bytes behind
//! them then reach every reader, as those of a forged file would.

use sas_psc::base::{Exchange, Next, Random, Response, Timestamp};
use sas_psc::directory::fhir::{Search, Server};
use sas_psc::directory::{Builder, Index, Origin, Query, Quiet};
use std::io::Cursor;

/// Reads the bytes as an extract, plain or zip.
pub fn extract(bytes: &[u8]) {
    let mut builder = Builder::new(Vec::new()).expect("memory takes everything").largest(1 << 24);
    if builder.read_file(Cursor::new(bytes), &mut Quiet).is_err() {
        return;
    }
    let Ok((file, built)) = builder.finish(&Origin { date: String::new() }) else { return };
    assert_eq!(built.bytes, file.len() as u64);
    let index = Index::open(file).expect("what was just written");
    index.verify().expect("right checksums");
    for at in 0..index.len() {
        let person = index.person(at).expect("a person");
        let id = person.id_nat().expect("an identifier");
        let found = index.find(id.as_str()).expect("an answer").expect("the person");
        assert_eq!(found.position(), at, "who is in the index is found");
        person.to_professional().expect("a professional");
    }
}

/// Reads the bytes as an index: as they are, and with right checksums.
pub fn index(bytes: &[u8]) {
    ask(bytes);
    if let Some(sealed) = sealed(bytes) {
        ask(&sealed);
    }
}

fn ask(bytes: &[u8]) {
    let Ok(index) = Index::open(bytes) else { return };
    let _ = index.verify();
    // A forged length is as great as it likes.
    for at in (0..index.len()).take(64) {
        if let Ok(person) = index.person(at) {
            let _ = (person.id_nat(), person.summary());
        }
    }
    for id in ["99700218896", "30B0057881/CPET0002", "00000000012345", "R10100000198386"] {
        let _ = index.lookup(id);
    }
    let _ = index.search(&Query { name: "le", given: "j", limit: 8, ..Query::default() });
    let _ = index.search(&Query { postcode: "75009", limit: 8, ..Query::default() });
}

/// The file with the checksums that its content asks for; see FORMAT.md.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    const BLOCK: usize = 16_384;
    let mut bytes = bytes.to_vec();
    let trailer = bytes.len().checked_sub(36)?;
    let data = usize::try_from(u64::from_le_bytes(*bytes.get(trailer..)?.first_chunk()?)).ok()?;
    if data.checked_add(data.div_ceil(BLOCK) * 4)? > trailer {
        return None;
    }
    let mut put = |at: usize, from: usize, to: usize| {
        let sum = crc32fast::hash(&bytes[from..to]);
        bytes[at..at + 4].copy_from_slice(&sum.to_le_bytes());
    };
    for (number, start) in (0..data).step_by(BLOCK).enumerate() {
        put(data + number * 4, start, data.min(start + BLOCK));
    }
    put(trailer + 16, data, trailer);
    put(trailer + 20, trailer, trailer + 20);
    Some(bytes)
}

struct Sevens;

impl Random for Sevens {
    fn fill(&mut self, bytes: &mut [u8]) -> sas_psc::Result<()> {
        bytes.fill(7);
        Ok(())
    }
}

/// Reads the bytes as each answer of the online directory, to a look-up and to a search: it ends, asks its own server only,
/// and never answers for another person.
pub fn bundle(bytes: &[u8]) {
    const BASE: &str = "https://directory.example/fhir/v2";
    let server = Server::at(BASE, None).expect("an address");
    let id = sas_psc::id::IdNat::typed("99700218896").expect("a number");
    let mut lookup = server.lookup(std::slice::from_ref(&id), &mut Sevens).expect("a question");
    for person in play(&mut lookup, bytes).unwrap_or_default() {
        assert!(person.has(&id));
        person.professional.described();
    }
    let mut page = server.page(&Search::practitioners().with_related(), &mut Sevens).expect("a question");
    if let Some(page) = play(&mut page, bytes) {
        if let Some(cursor) = page.next {
            server.page_after(&cursor, &mut Sevens).expect("a page of its own");
        }
        assert!(page.people.len() + page.organizations.len() <= bytes.len());
    }
}

fn play<E: Exchange>(exchange: &mut E, body: &[u8]) -> Option<E::Output> {
    let mut now = Timestamp::from_unix(1_795_420_800);
    for _ in 0..100 {
        match exchange.next(now).ok()? {
            Next::Done(output) => return Some(output),
            Next::Wait(until) => now = until,
            Next::Send(request) => {
                assert!(request.url.starts_with("https://directory.example/"), "the key goes nowhere else");
                let response = Response { status: 200, headers: Vec::new(), body: body.to_vec() };
                exchange.answered(&response, now).ok()?;
            }
        }
    }
    panic!("it never ends");
}
