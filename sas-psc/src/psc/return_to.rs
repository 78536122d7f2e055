//! Where a browser may be sent after signing in or out: an address of an exact list, and no other.
//!
//! A [`ReturnTo`] comes from [`ReturnAddresses::parse`] alone, so an open redirect (CWE-601) does not compile. Addresses
//! are compared byte for byte: no prefix, no pattern, no decoding.

use super::address;
use crate::error::{Code, Error, Result};
use std::fmt;
use std::sync::Arc;

/// The longest address of a list: a sealed sign-in holds one, and must fit in a cookie.
pub(super) const LONGEST: usize = 512;

/// The addresses to which a browser may be sent. The first is where it goes when nothing is asked.
///
/// ```
/// use sas_psc::psc::ReturnAddresses;
///
/// let after = ReturnAddresses::new(["/compte", "/participation"])?;
/// assert_eq!(after.parse("/participation")?.as_str(), "/participation");
/// assert!(after.parse("https://evil.example/").is_err());
/// assert_eq!(after.parse_or_first("//evil.example").as_str(), "/compte");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct ReturnAddresses(Arc<[Arc<str>]>);

/// An address of the list.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ReturnTo(Arc<str>);

impl ReturnAddresses {
    /// A list of at least one: paths of this site (`/compte`), or absolute https addresses; at most 512 bytes each.
    ///
    /// # Errors
    /// `address-refused` for an empty list, and for what is neither, such as `//host`, `/\host`, `javascript:`.
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<str>>(addresses: I) -> Result<ReturnAddresses> {
        ReturnAddresses::of(addresses, false)
    }

    /// The same with plain http on a loopback address, for a program on a workstation or a test.
    ///
    /// # Errors
    /// Those of [`ReturnAddresses::new`].
    pub fn with_loopback<I: IntoIterator<Item = S>, S: AsRef<str>>(addresses: I) -> Result<ReturnAddresses> {
        ReturnAddresses::of(addresses, true)
    }

    fn of<I: IntoIterator<Item = S>, S: AsRef<str>>(addresses: I, loopback: bool) -> Result<ReturnAddresses> {
        let refused = || Error::field(Code::ADDRESS_REFUSED, "return_to");
        let accept = |address: S| -> Result<Arc<str>> {
            let address = address.as_ref();
            let sound = address.len() <= LONGEST && (is_path(address) || address::host(address, loopback).is_ok());
            if sound { Ok(address.into()) } else { Err(refused()) }
        };
        let list = addresses.into_iter().map(accept).collect::<Result<Arc<[_]>>>()?;
        if list.is_empty() { Err(refused()) } else { Ok(ReturnAddresses(list)) }
    }

    /// The address, when it is in the list.
    ///
    /// # Errors
    /// `return-address-refused`.
    pub fn parse(&self, address: &str) -> Result<ReturnTo> {
        let found = self.0.iter().find(|known| ***known == *address);
        found.map(|known| ReturnTo(known.clone())).ok_or_else(|| Error::new(Code::RETURN_ADDRESS_REFUSED))
    }

    /// The address when it is in the list, else the first one: for a parameter that anybody may have written.
    pub fn parse_or_first(&self, address: &str) -> ReturnTo {
        self.parse(address).unwrap_or_else(|_| self.first())
    }

    /// Where a browser goes when nothing is asked.
    pub fn first(&self) -> ReturnTo {
        ReturnTo(self.0[0].clone())
    }
}

impl ReturnTo {
    /// The address, as the list has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A path of this site as every browser reads it: a second slash or a backslash would begin another host's name.
fn is_path(address: &str) -> bool {
    let plain = |b: u8| b.is_ascii_graphic() && b != b'\\';
    address.starts_with('/') && !address.starts_with("//") && address.bytes().all(plain)
}

impl fmt::Debug for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnTo(•••)")
    }
}

impl fmt::Debug for ReturnAddresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReturnAddresses({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_the_list_is_one() {
        let list = ReturnAddresses::new(["/compte", "https://service.example/suite"]).unwrap();
        for good in ["/compte", "https://service.example/suite"] {
            assert_eq!(list.parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "/",
            "/Compte",
            "/compte/",
            "/compte?x",
            "/compte#x",
            "//compte",
            "/%63ompte",
            " /compte",
            "/compte\n",
            "https://service.example",
            "https://service.example/suite/..",
            "https://evil.example/compte",
            "javascript:1",
        ] {
            assert_eq!(list.parse(bad).unwrap_err().code(), Code::RETURN_ADDRESS_REFUSED, "{bad:?}");
            assert_eq!(list.parse_or_first(bad).as_str(), "/compte");
        }
    }

    #[test]
    fn a_list_holds_nothing_that_leads_elsewhere() {
        for bad in [
            "",
            "compte",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "/a b",
            "/é",
            "javascript:alert(1)",
            "data:,x",
            "http://service.example/",
            "https://u@service.example/",
            "https://service.example/#x",
            "http://127.0.0.1/",
        ] {
            assert_eq!(ReturnAddresses::new([bad]).unwrap_err().code(), Code::ADDRESS_REFUSED, "{bad:?}");
        }
        assert!(ReturnAddresses::new([""; 0]).is_err());
        assert!(ReturnAddresses::new([format!("/{}", "a".repeat(LONGEST))]).is_err());
        assert!(ReturnAddresses::with_loopback(["http://127.0.0.1:4000/"]).is_ok());
        assert!(ReturnAddresses::with_loopback(["http://service.example/"]).is_err());
    }
}
