//! Where a browser may be sent after signing in or out: an address of an exact list, and no other.

use crate::error::Raised;
use pyo3::prelude::*;
use sas_psc::psc;

/// The addresses to which a browser may be sent; the first is where it goes when nothing is asked.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct ReturnAddresses(pub psc::ReturnAddresses);

#[pymethods]
impl ReturnAddresses {
    #[new]
    #[pyo3(signature = (addresses, *, loopback=false))]
    fn new(addresses: Vec<String>, loopback: bool) -> Result<ReturnAddresses, Raised> {
        let read = if loopback { psc::ReturnAddresses::with_loopback } else { psc::ReturnAddresses::new };
        Ok(ReturnAddresses(read(addresses)?))
    }

    /// The address, when it is in the list.
    fn parse(&self, address: &str) -> Result<String, Raised> {
        Ok(self.0.parse(address)?.as_str().to_owned())
    }

    /// The address when it is in the list, else the first one.
    fn parse_or_first(&self, address: &str) -> String {
        self.0.parse_or_first(address).as_str().to_owned()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
