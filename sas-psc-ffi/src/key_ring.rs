//! `sas_psc_key_ring`, `sas_psc_return_addresses`: the keys that seal, and where a browser may be sent.

use crate::export::export;
use crate::handle::Handle;
use crate::string::sas_psc_string;
use sas_psc::psc::{KeyRing, ReturnAddresses};
use std::ffi::{c_char, c_void};

/// The keys that seal sign-ins in cookies and sessions in a store: the newest seals, each opens.
pub struct sas_psc_key_ring(pub(crate) KeyRing);

/// The addresses to which a browser may be sent, compared byte for byte. The first is where it goes when nothing is asked.
pub struct sas_psc_return_addresses(pub(crate) ReturnAddresses);

impl Handle for sas_psc_key_ring {}
impl Handle for sas_psc_return_addresses {}

export! {
    /// A ring of one key: at least 32 random bytes, kept out of the store. SAS_PSC_ERROR_SERVER_KEY_SHORT.
    fn sas_psc_key_ring_new(key: *const c_void, key_len: usize, ring: *mut *mut sas_psc_key_ring) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let key = unsafe { key.bytes(key_len) }?;
        ring.give(sas_psc_key_ring(KeyRing::new(key)?));
        Ok(())
    }

    /// Opens with this key too, and never seals with it. SAS_PSC_ERROR_SERVER_KEY_SHORT.
    fn sas_psc_key_ring_add_older(ring: *mut sas_psc_key_ring, key: *const c_void, key_len: usize) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let key = unsafe { key.bytes(key_len) }?;
        ring.0 = ring.0.clone().with_older(key)?;
        Ok(())
    }

    /// Frees a ring; what was made with it keeps its keys. Null is allowed.
    fn sas_psc_key_ring_free(ring: *mut sas_psc_key_ring) -> Freed {}

    /// These addresses, one a line, the first of them where a browser goes when nothing is asked: paths of this site
    /// ("/compte") or absolute https addresses, at most 512 bytes each. SAS_PSC_ERROR_ADDRESS_REFUSED.
    fn sas_psc_return_addresses_new(
        addresses: *const c_char,
        returns: *mut *mut sas_psc_return_addresses,
    ) -> Status {
        returns.give(sas_psc_return_addresses(ReturnAddresses::new(addresses.lines())?));
        Ok(())
    }

    /// The same with plain http on a loopback address, for a program on a workstation or a test.
    fn sas_psc_return_addresses_with_loopback(
        addresses: *const c_char,
        returns: *mut *mut sas_psc_return_addresses,
    ) -> Status {
        returns.give(sas_psc_return_addresses(ReturnAddresses::with_loopback(addresses.lines())?));
        Ok(())
    }

    /// The address when it is in the list. SAS_PSC_ERROR_RETURN_ADDRESS_REFUSED.
    fn sas_psc_return_addresses_parse(
        returns: *const sas_psc_return_addresses,
        address: *const c_char,
        return_to: *mut *mut sas_psc_string,
    ) -> Status {
        return_to.give(returns.0.parse(address)?.as_str());
        Ok(())
    }

    /// The address when it is in the list, else the first one: for a parameter that anybody may have written.
    fn sas_psc_return_addresses_parse_or_first(
        returns: *const sas_psc_return_addresses,
        address: *const c_char,
        return_to: *mut *mut sas_psc_string,
    ) -> Status {
        return_to.give(returns.0.parse_or_first(address).as_str());
        Ok(())
    }

    /// Frees a list; what was made with it keeps it. Null is allowed.
    fn sas_psc_return_addresses_free(returns: *mut sas_psc_return_addresses) -> Freed {}
}
