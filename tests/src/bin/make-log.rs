//! Makes a consent log for a judge of other authorship: the log, checkpoints on its way, receipts at places of interest.
//!
//! `make-log DIR` writes DIR/log, DIR/checkpoints and DIR/receipts.

use sas_psc::base::{ServerKey, Timestamp};
use sas_psc::consent::{Change, Document, Keeping, Presented, Record, Recorder, Sha256, TermsVersion};
use sas_psc::drive::{SystemClock, SystemRandom};
use sas_psc::person::Binding;
use sas_psc::store::{LogFolder, LogOptions, LogWorld};
use std::path::Path;
use std::{env, fs};

const SIZES: &[usize] = &[0, 1, 2, 5, 255, 256, 257, 511, 512, 700, 66_000];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = env::args().nth(1).ok_or("make-log DIR")?;
    let dir = Path::new(&dir);
    fs::create_dir_all(dir.join("checkpoints"))?;
    fs::create_dir_all(dir.join("receipts"))?;
    let folder = LogFolder::new(dir.join("log"));
    folder.init("exemple.fr/consentements", &LogOptions::default(), &mut SystemRandom)?;
    let log = folder.open(LogWorld::new(SystemClock, SystemRandom))?;
    let (mut all, mut replaced) = (Vec::new(), false);
    for &size in SIZES {
        let more = (all.len()..size).map(record).collect::<Result<Vec<Record>, _>>()?;
        for place in log.append_all(&more) {
            place?;
        }
        all.extend(more.iter().map(Record::id));
        log.publish()?;
        fs::write(dir.join(format!("checkpoints/{size}")), log.head().as_str())?;
        if size > 256 && !replaced {
            log.replace_key()?;
            replaced = true;
        }
        for index in [0, 1, 254, 255, 256, 511, size / 2, size.saturating_sub(1)] {
            if let Some(id) = all.get(index) {
                let (receipt, opening) = folder.receipt(*id)?;
                fs::write(dir.join(format!("receipts/{index}-of-{size}.tlog-proof")), receipt.to_string())?;
                fs::write(dir.join(format!("receipts/{index}-of-{size}.json")), opening.to_json()?)?;
            }
        }
    }
    log.close()?;
    Ok(())
}

fn record(number: usize) -> Result<Record, sas_psc::Error> {
    let cgu = Document::new("CGU", "text/plain; charset=utf-8", "Article 1");
    let terms = TermsVersion::new("cgu-sas", "1", "fr", Timestamp::from_unix(0), Change::Material, vec![cgu])?;
    let person = Binding::new("https://psc.example", format!("f:1:{number}"), "tab");
    let (key, now) = (ServerKey::new(&[7; 32])?, Timestamp::from_unix(1_795_420_000));
    let answer = Presented::new(&terms, person.clone(), Sha256([1; 32]), now);
    let answer = answer.accept(true, &terms.hash().to_string(), &terms, &person, now)?;
    let keeping = Keeping { controller: "Plateforme".into(), exit: "Mon compte".into(), retention_until: None };
    Recorder { key: &key, keeping: &keeping }.accepted(&answer, None, None, &mut SystemRandom)
}
