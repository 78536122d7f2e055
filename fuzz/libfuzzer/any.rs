//! libFuzzer around the target that `SAS_PSC_FUZZ` names: one program for all, so that it is linked once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sas_psc_fuzz::{Target, target};
use std::sync::LazyLock;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("SAS_PSC_FUZZ").unwrap_or_default();
    target(&name).unwrap_or_else(|| panic!("SAS_PSC_FUZZ={name}: no target has this name"))
});

fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
