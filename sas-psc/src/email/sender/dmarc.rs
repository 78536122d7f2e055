//! What to do with mails that neither SPF nor DKIM vouches for: RFC 7489 §6.3.

use super::{SenderProblem, tags};

/// `inherited`: the record is that of a name above the sender's, whose `sp` counts.
pub(super) fn judge(records: &[String], inherited: bool) -> Result<(), SenderProblem> {
    let ours: Vec<&String> = records.iter().filter(|record| is_dmarc(record)).collect();
    let [record] = ours[..] else {
        return Err(if ours.is_empty() { SenderProblem::Missing } else { SenderProblem::Several });
    };
    let tags = tags(record).ok_or(SenderProblem::Syntax)?;
    let of = |name: &str| tags.iter().find(|(tag, _)| *tag == name).map(|(_, value)| value.to_ascii_lowercase());
    let policy = of("p").ok_or(SenderProblem::Syntax)?;
    let policy = of("sp").filter(|_| inherited).unwrap_or(policy);
    match policy.as_str() {
        "quarantine" | "reject" if of("t").as_deref() == Some("y") => Err(SenderProblem::Testing),
        "quarantine" | "reject" => Ok(()),
        "none" => Err(SenderProblem::NotEnforced),
        _ => Err(SenderProblem::Syntax),
    }
}

fn is_dmarc(record: &str) -> bool {
    let first = record.split(';').next().unwrap_or_default();
    first.split_once('=').is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
}
