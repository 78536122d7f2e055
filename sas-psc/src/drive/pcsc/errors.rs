//! What PC/SC says went wrong, as our errors. Measured with pcscd 1.9.9: which call gives which code when.

use crate::error::{Code, Error};

/// The error of a PC/SC call.
pub(super) fn error(code: pcsc::Error) -> Error {
    use pcsc::Error as Pcsc;
    Error::new(match code {
        Pcsc::NoService | Pcsc::ServiceStopped => return no_service(),
        Pcsc::NoReadersAvailable => Code::READER_NONE,
        Pcsc::UnknownReader | Pcsc::ReaderUnavailable => Code::READER_UNKNOWN,
        Pcsc::SharingViolation => Code::READER_BUSY,
        Pcsc::NoSmartcard => Code::CARD_ABSENT,
        Pcsc::UnresponsiveCard | Pcsc::UnpoweredCard | Pcsc::UnsupportedCard | Pcsc::ProtoMismatch => Code::CARD_MUTE,
        Pcsc::ResetCard => Code::CARD_RESET,
        // The first call after the card is pulled: the reader has not told yet.
        Pcsc::RemovedCard | Pcsc::NotTransacted | Pcsc::CommError | Pcsc::CommDataLost => Code::CARD_REMOVED,
        Pcsc::Cancelled | Pcsc::CancelledByUser => Code::USER_CANCELLED,
        Pcsc::Timeout => Code::READER_TIMED_OUT,
        _ => return Error::new(Code::READER_FAILURE).caused_by(code),
    })
}

fn no_service() -> Error {
    let installed = sas_psc_sys::pcsc::is_installed();
    Error::new(if installed { Code::READER_SERVICE_ABSENT } else { Code::READER_LIBRARY_ABSENT })
}

/// The service is gone: a context of it stays dead, another one may work.
pub(super) fn is_service(code: pcsc::Error) -> bool {
    use pcsc::Error as Pcsc;
    matches!(code, Pcsc::NoService | Pcsc::ServiceStopped | Pcsc::InvalidHandle | Pcsc::Shutdown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_of_pc_sc_has_its_error() {
        use pcsc::Error as Pcsc;
        for (given, code) in [
            (Pcsc::NoReadersAvailable, Code::READER_NONE),
            (Pcsc::UnknownReader, Code::READER_UNKNOWN),
            (Pcsc::ReaderUnavailable, Code::READER_UNKNOWN),
            (Pcsc::SharingViolation, Code::READER_BUSY),
            (Pcsc::NoSmartcard, Code::CARD_ABSENT),
            (Pcsc::UnresponsiveCard, Code::CARD_MUTE),
            (Pcsc::ResetCard, Code::CARD_RESET),
            (Pcsc::RemovedCard, Code::CARD_REMOVED),
            (Pcsc::NotTransacted, Code::CARD_REMOVED),
            (Pcsc::Cancelled, Code::USER_CANCELLED),
            (Pcsc::Timeout, Code::READER_TIMED_OUT),
            (Pcsc::InternalError, Code::READER_FAILURE),
        ] {
            assert_eq!(error(given).code(), code, "{given:?}");
        }
        assert!([Code::READER_SERVICE_ABSENT, Code::READER_LIBRARY_ABSENT].contains(&error(Pcsc::NoService).code()));
        assert!(error(Pcsc::InternalError).source().is_some(), "the code of PC/SC is kept");
    }
}
