//! Numbers of every kind: one answer each, the same for the normal form, and `parse` agrees with `check`.

use sas_psc::id::{
    self, Adeli, CardNumber, Finess, IdNat, Ins, Kind, Rpps, Siren, Siret, StructureId, StructureTechnicalId,
};

/// Reads the bytes as text, as each kind.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for kind in Kind::ALL {
        for refuse in [false, true] {
            let found = id::check(*kind, &text, refuse);
            assert_eq!(found.valid, found.reason.is_none());
            assert_eq!(found.valid, found.normalized.is_some());
            if let Some(normal) = found.normalized {
                let again = id::check(found.kind, &normal, refuse);
                assert_eq!(again.normalized, Some(normal), "the normal form of a number is its own");
            }
        }
    }
    let valid = |kind| id::check(kind, &text, false).valid;
    let parsed = [
        (Kind::Rpps, Rpps::parse(&text).is_ok()),
        (Kind::Adeli, Adeli::parse(&text).is_ok()),
        (Kind::Finess, Finess::parse(&text).is_ok()),
        (Kind::Siren, Siren::parse(&text).is_ok()),
        (Kind::Siret, Siret::parse(&text).is_ok()),
        (Kind::Ins, Ins::parse(&text).is_ok()),
        (Kind::CardNumber, CardNumber::parse(&text).is_ok()),
        (Kind::Structure, StructureId::parse(&text).is_ok()),
        (Kind::StructureTechnical, StructureTechnicalId::parse(&text).is_ok()),
        (Kind::Opaque, IdNat::parse(&text).is_ok()),
    ];
    for (kind, parsed) in parsed {
        assert!(!parsed || valid(kind), "{kind}: parse takes what check refuses");
    }
    if let Ok(id) = IdNat::parse(&text) {
        assert_eq!(id.as_str(), text);
        let _ = (id.kind(), id.rpps(), id.adeli(), id.structure(), id.internal(), id.is_test_number());
    }
}
