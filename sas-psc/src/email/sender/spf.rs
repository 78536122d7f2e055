//! Who may send for a domain: RFC 7208, as far as one record says.

use super::SenderProblem;

/// RFC 7208 §4.6.4.
const LOOKUPS: usize = 10;

pub(super) fn judge(records: &[String]) -> Result<(), SenderProblem> {
    let ours: Vec<&String> = records.iter().filter(|record| is_spf(record)).collect();
    let [record] = ours[..] else {
        return Err(if ours.is_empty() { SenderProblem::Missing } else { SenderProblem::Several });
    };
    let (mut lookups, mut end) = (0, None);
    for term in record.split(' ').skip(1).filter(|term| !term.is_empty()) {
        match read(term).ok_or(SenderProblem::Syntax)? {
            Term::Asks => lookups += 1,
            Term::Plain => {}
            // What follows `all` is not read.
            Term::End(qualifier) => {
                end = Some(qualifier);
                break;
            }
            Term::Elsewhere => {
                lookups += 1;
                end.get_or_insert('-');
            }
        }
    }
    match end {
        _ if lookups > LOOKUPS => Err(SenderProblem::TooManyLookups),
        Some('+') => Err(SenderProblem::Open),
        Some('?') | None => Err(SenderProblem::NoEnd),
        Some(_) => Ok(()),
    }
}

fn is_spf(record: &str) -> bool {
    let start = record.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("v=spf1"));
    start && (record.len() == 6 || record.as_bytes()[6] == b' ')
}

enum Term {
    /// Costs a look-up.
    Asks,
    Plain,
    End(char),
    /// `redirect=`: another record says the rest.
    Elsewhere,
}

fn read(term: &str) -> Option<Term> {
    let qualifier = term.chars().next().filter(|c| "+-~?".contains(*c));
    let mechanism = &term[usize::from(qualifier.is_some())..];
    let cut = mechanism.find([':', '/', '=']).unwrap_or(mechanism.len());
    let (name, rest) = (mechanism[..cut].to_ascii_lowercase(), &mechanism[cut..]);
    let named = rest.len() > 1 && rest.starts_with(':');
    match name.as_str() {
        "all" => rest.is_empty().then(|| Term::End(qualifier.unwrap_or('+'))),
        "include" | "exists" => named.then_some(Term::Asks),
        "a" | "mx" | "ptr" => (rest.is_empty() || named || rest.starts_with('/')).then_some(Term::Asks),
        "ip4" => {
            let ip = rest.strip_prefix(':')?.split('/').next()?;
            ip.parse::<core::net::Ipv4Addr>().is_ok().then_some(Term::Plain)
        }
        "ip6" => {
            let ip = rest.strip_prefix(':')?.split('/').next()?;
            ip.parse::<core::net::Ipv6Addr>().is_ok().then_some(Term::Plain)
        }
        "redirect" => (qualifier.is_none() && rest.len() > 1 && rest.starts_with('=')).then_some(Term::Elsewhere),
        // A modifier of another name is not read: RFC 7208 §6.
        _ => (qualifier.is_none() && !name.is_empty() && rest.starts_with('=')).then_some(Term::Plain),
    }
}
