//! The PC/SC library, loaded when it is first called: one program runs on machines with it and without.
//!
//! On Linux and the BSDs that is `libpcsclite.so.1`, which speaks the protocol of the daemon beside it: a copy linked or
//! packed into a wheel would speak another one on other machines. Where it is not there every call answers "no service".
//! On Windows and macOS it belongs to the system and is linked. Types and signatures are those of `winscard.h`; the
//! `pcsc` crate calls them through `pcsc-sys`, and nobody else.

#![allow(non_snake_case, non_camel_case_types, non_upper_case_globals, missing_docs)] // the names of winscard.h
#![allow(clippy::missing_safety_doc, clippy::too_many_arguments)] // each is what winscard.h asks

use std::ffi::{c_char, c_void};

#[cfg(target_os = "macos")]
pub type LONG = i32;
#[cfg(target_os = "macos")]
pub type DWORD = u32;
#[cfg(not(target_os = "macos"))]
pub type LONG = std::ffi::c_long;
#[cfg(not(target_os = "macos"))]
pub type DWORD = std::ffi::c_ulong;
#[cfg(windows)]
pub type SCARDCONTEXT = usize;
#[cfg(not(windows))]
pub type SCARDCONTEXT = LONG;
pub type SCARDHANDLE = SCARDCONTEXT;

/// An ATR has 33 bytes at most; Windows keeps three more.
pub const ATR_BUFFER_SIZE: usize = if cfg!(windows) { 36 } else { 33 };

#[cfg_attr(not(target_os = "macos"), repr(C))]
#[cfg_attr(target_os = "macos", repr(C, packed))]
pub struct SCARD_IO_REQUEST {
    pub dwProtocol: DWORD,
    pub cbPciLength: DWORD,
}

#[cfg_attr(not(target_os = "macos"), repr(C))]
#[cfg_attr(target_os = "macos", repr(C, packed))]
pub struct SCARD_READERSTATE {
    pub szReader: *const c_char,
    pub pvUserData: *mut c_void,
    pub dwCurrentState: DWORD,
    pub dwEventState: DWORD,
    pub cbAtr: DWORD,
    pub rgbAtr: [u8; ATR_BUFFER_SIZE],
}

/// Whether the library is there; it is looked for again until it is found.
pub fn is_installed() -> bool {
    platform::is_installed()
}

#[cfg(any(windows, target_os = "macos"))]
macro_rules! functions {
    ($($name:ident, $windows:literal, $macos:literal, ($($argument:ident: $type:ty),*);)*) => {
        #[cfg_attr(windows, link(name = "winscard"))]
        #[cfg_attr(target_os = "macos", link(name = "PCSC", kind = "framework"))]
        unsafe extern "system" {
            pub static g_rgSCardT0Pci: SCARD_IO_REQUEST;
            pub static g_rgSCardT1Pci: SCARD_IO_REQUEST;
            pub static g_rgSCardRawPci: SCARD_IO_REQUEST;
            $(
                #[cfg_attr(windows, link_name = $windows)]
                #[cfg_attr(target_os = "macos", link_name = $macos)]
                pub fn $name($($argument: $type),*) -> LONG;
            )*
        }

        mod platform {
            pub(super) fn is_installed() -> bool {
                true
            }
        }
    };
}

#[cfg(not(any(windows, target_os = "macos")))]
macro_rules! functions {
    ($($name:ident, $windows:literal, $macos:literal, ($($argument:ident: $type:ty),*);)*) => {
        const fn request(protocol: DWORD) -> SCARD_IO_REQUEST {
            SCARD_IO_REQUEST { dwProtocol: protocol, cbPciLength: size_of::<SCARD_IO_REQUEST>() as DWORD }
        }
        // Ours are as good as the library's: it reads the protocol in them.
        pub static g_rgSCardT0Pci: SCARD_IO_REQUEST = request(1);
        pub static g_rgSCardT1Pci: SCARD_IO_REQUEST = request(2);
        pub static g_rgSCardRawPci: SCARD_IO_REQUEST = request(4);

        struct Library {
            $($name: unsafe extern "C" fn($($type),*) -> LONG,)*
        }

        $(
            pub unsafe fn $name($($argument: $type),*) -> LONG {
                match platform::library() {
                    // SAFETY: the function is the library's, with the signature of its header; the caller keeps its
                    // rules, as with the linked one.
                    Some(library) => unsafe { (library.$name)($($argument),*) },
                    None => platform::NO_SERVICE,
                }
            }
        )*

        mod platform {
            use super::{Library, LONG};
            use std::sync::OnceLock;

            /// SCARD_E_NO_SERVICE.
            pub(super) const NO_SERVICE: LONG = 0x8010_001D_u32 as LONG;

            pub(super) fn is_installed() -> bool {
                library().is_some()
            }

            pub(super) fn library() -> Option<&'static Library> {
                static LIBRARY: OnceLock<Library> = OnceLock::new();
                if let Some(library) = LIBRARY.get() {
                    return Some(library);
                }
                // Two threads may load it at once: it is the same library, and one of the two sets of pointers stays.
                let library = load()?;
                Some(LIBRARY.get_or_init(|| library))
            }

            fn load() -> Option<Library> {
                // SAFETY: pcsc-lite's initialisers start nothing and rely on nothing of ours.
                let library = unsafe { libloading::Library::new("libpcsclite.so.1") }.ok()?;
                // Never unloaded: its functions are kept for as long as the program runs.
                let library = std::mem::ManuallyDrop::new(library);
                // SAFETY: each symbol is taken with the signature that winscard.h of pcsc-lite gives it; the name
                // libpcsclite.so.1 is a promise that these do not change.
                Some(unsafe { Library { $($name: *library.get(concat!(stringify!($name), "\0").as_bytes()).ok()?,)* } })
            }
        }
    };
}

functions! {
    SCardEstablishContext, "SCardEstablishContext", "SCardEstablishContext",
        (scope: DWORD, reserved1: *const c_void, reserved2: *const c_void, context: *mut SCARDCONTEXT);
    SCardReleaseContext, "SCardReleaseContext", "SCardReleaseContext", (context: SCARDCONTEXT);
    SCardIsValidContext, "SCardIsValidContext", "SCardIsValidContext", (context: SCARDCONTEXT);
    SCardCancel, "SCardCancel", "SCardCancel", (context: SCARDCONTEXT);
    SCardConnect, "SCardConnectA", "SCardConnect",
        (context: SCARDCONTEXT, reader: *const c_char, share: DWORD, protocols: DWORD, card: *mut SCARDHANDLE,
         protocol: *mut DWORD);
    SCardReconnect, "SCardReconnect", "SCardReconnect",
        (card: SCARDHANDLE, share: DWORD, protocols: DWORD, initialization: DWORD, protocol: *mut DWORD);
    SCardDisconnect, "SCardDisconnect", "SCardDisconnect", (card: SCARDHANDLE, disposition: DWORD);
    SCardGetStatusChange, "SCardGetStatusChangeA", "SCardGetStatusChange",
        (context: SCARDCONTEXT, timeout: DWORD, states: *mut SCARD_READERSTATE, count: DWORD);
    SCardListReaders, "SCardListReadersA", "SCardListReaders",
        (context: SCARDCONTEXT, groups: *const c_char, readers: *mut c_char, length: *mut DWORD);
    SCardBeginTransaction, "SCardBeginTransaction", "SCardBeginTransaction", (card: SCARDHANDLE);
    SCardEndTransaction, "SCardEndTransaction", "SCardEndTransaction", (card: SCARDHANDLE, disposition: DWORD);
    SCardStatus, "SCardStatusA", "SCardStatus",
        (card: SCARDHANDLE, name: *mut c_char, name_length: *mut DWORD, state: *mut DWORD, protocol: *mut DWORD,
         atr: *mut u8, atr_length: *mut DWORD);
    SCardGetAttrib, "SCardGetAttrib", "SCardGetAttrib",
        (card: SCARDHANDLE, attribute: DWORD, value: *mut u8, length: *mut DWORD);
    SCardSetAttrib, "SCardSetAttrib", "SCardSetAttrib",
        (card: SCARDHANDLE, attribute: DWORD, value: *const u8, length: DWORD);
    SCardTransmit, "SCardTransmit", "SCardTransmit",
        (card: SCARDHANDLE, send_pci: *const SCARD_IO_REQUEST, send: *const u8, send_length: DWORD,
         receive_pci: *mut SCARD_IO_REQUEST, receive: *mut u8, receive_length: *mut DWORD);
    SCardControl, "SCardControl", "SCardControl132",
        (card: SCARDHANDLE, code: DWORD, send: *const u8, send_length: DWORD, receive: *mut u8, receive_length: DWORD,
         returned: *mut DWORD);
}

#[cfg(test)]
mod tests {
    #[test]
    fn without_the_library_or_its_service_a_call_says_so_and_nothing_else() {
        let mut context = 0;
        // SAFETY: the context is ours to be written to; the reserved pointers are null as winscard.h wants them.
        let code = unsafe { super::SCardEstablishContext(0, std::ptr::null(), std::ptr::null(), &mut context) };
        // Either there is a service, or there is none: both are answers.
        assert!([0, 0x8010_001D].contains(&(code as u32)), "{code:x}, installed: {}", super::is_installed());
        if code == 0 {
            // SAFETY: the context was just made.
            assert_eq!(unsafe { super::SCardReleaseContext(context) }, 0);
        }
    }
}
