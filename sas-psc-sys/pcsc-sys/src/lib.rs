//! Takes the place of the crate `pcsc-sys` in this workspace (`[patch.crates-io]`): the same names, and the library loaded
//! at run time by `sas-psc-sys` instead of linked.
//!
//! What programs, wheels and C libraries are built from here needs no PC/SC to be built nor to start. Who depends on
//! `sas-psc` from elsewhere gets the original, which links, unless their workspace has the same patch.
//! Numbers and names are those of `winscard.h` and `pcsclite.h`; the `pcsc` crate reads them, nobody else.

#![allow(non_snake_case, non_upper_case_globals, missing_docs)] // the names of winscard.h

pub use sas_psc_sys::pcsc::*;

/// As the library's, but an answer longer than its room is `SCARD_E_INSUFFICIENT_BUFFER`, whatever the driver says: the `pcsc`
/// crate takes the length for true, and panics.
///
/// # Safety
/// As winscard.h has it.
pub unsafe fn SCardTransmit(
    card: SCARDHANDLE,
    send_pci: *const SCARD_IO_REQUEST,
    send: *const u8,
    send_length: DWORD,
    receive_pci: *mut SCARD_IO_REQUEST,
    receive: *mut u8,
    receive_length: *mut DWORD,
) -> LONG {
    use sas_psc_sys::pcsc::SCardTransmit as transmit;
    // SAFETY: the caller keeps the rules of the function, so the length can be read before and after.
    unsafe {
        let room = *receive_length;
        let result = transmit(card, send_pci, send, send_length, receive_pci, receive, receive_length);
        fitting(result, *receive_length, room)
    }
}

/// As [`SCardTransmit`].
///
/// # Safety
/// As winscard.h has it.
pub unsafe fn SCardControl(
    card: SCARDHANDLE,
    code: DWORD,
    send: *const u8,
    send_length: DWORD,
    receive: *mut u8,
    receive_length: DWORD,
    returned: *mut DWORD,
) -> LONG {
    use sas_psc_sys::pcsc::SCardControl as control;
    // SAFETY: the caller keeps the rules of the function, so the length can be read after.
    unsafe {
        let result = control(card, code, send, send_length, receive, receive_length, returned);
        fitting(result, *returned, receive_length)
    }
}

fn fitting(result: LONG, length: DWORD, room: DWORD) -> LONG {
    if result == SCARD_S_SUCCESS && length > room { SCARD_E_INSUFFICIENT_BUFFER } else { result }
}

macro_rules! numbers {
    ($of:ty: $($name:ident $value:expr;)*) => {
        $(pub const $name: $of = $value;)*
    };
}

/// Errors as the library returns them: on Windows and macOS 32 bits, negative.
macro_rules! errors {
    ($($name:ident $value:literal;)*) => {
        $(pub const $name: LONG = $value as u32 as LONG;)*
    };
}

errors! {
    SCARD_S_SUCCESS 0x0000_0000;
    SCARD_F_INTERNAL_ERROR 0x8010_0001;
    SCARD_E_CANCELLED 0x8010_0002;
    SCARD_E_INVALID_HANDLE 0x8010_0003;
    SCARD_E_INVALID_PARAMETER 0x8010_0004;
    SCARD_E_INVALID_TARGET 0x8010_0005;
    SCARD_E_NO_MEMORY 0x8010_0006;
    SCARD_F_WAITED_TOO_LONG 0x8010_0007;
    SCARD_E_INSUFFICIENT_BUFFER 0x8010_0008;
    SCARD_E_UNKNOWN_READER 0x8010_0009;
    SCARD_E_TIMEOUT 0x8010_000A;
    SCARD_E_SHARING_VIOLATION 0x8010_000B;
    SCARD_E_NO_SMARTCARD 0x8010_000C;
    SCARD_E_UNKNOWN_CARD 0x8010_000D;
    SCARD_E_CANT_DISPOSE 0x8010_000E;
    SCARD_E_PROTO_MISMATCH 0x8010_000F;
    SCARD_E_NOT_READY 0x8010_0010;
    SCARD_E_INVALID_VALUE 0x8010_0011;
    SCARD_E_SYSTEM_CANCELLED 0x8010_0012;
    SCARD_F_COMM_ERROR 0x8010_0013;
    SCARD_F_UNKNOWN_ERROR 0x8010_0014;
    SCARD_E_INVALID_ATR 0x8010_0015;
    SCARD_E_NOT_TRANSACTED 0x8010_0016;
    SCARD_E_READER_UNAVAILABLE 0x8010_0017;
    SCARD_P_SHUTDOWN 0x8010_0018;
    SCARD_E_PCI_TOO_SMALL 0x8010_0019;
    SCARD_E_READER_UNSUPPORTED 0x8010_001A;
    SCARD_E_DUPLICATE_READER 0x8010_001B;
    SCARD_E_CARD_UNSUPPORTED 0x8010_001C;
    SCARD_E_NO_SERVICE 0x8010_001D;
    SCARD_E_SERVICE_STOPPED 0x8010_001E;
    SCARD_E_UNEXPECTED 0x8010_001F;
    SCARD_E_ICC_INSTALLATION 0x8010_0020;
    SCARD_E_ICC_CREATEORDER 0x8010_0021;
    SCARD_E_DIR_NOT_FOUND 0x8010_0023;
    SCARD_E_FILE_NOT_FOUND 0x8010_0024;
    SCARD_E_NO_DIR 0x8010_0025;
    SCARD_E_NO_FILE 0x8010_0026;
    SCARD_E_NO_ACCESS 0x8010_0027;
    SCARD_E_WRITE_TOO_MANY 0x8010_0028;
    SCARD_E_BAD_SEEK 0x8010_0029;
    SCARD_E_INVALID_CHV 0x8010_002A;
    SCARD_E_UNKNOWN_RES_MNG 0x8010_002B;
    SCARD_E_NO_SUCH_CERTIFICATE 0x8010_002C;
    SCARD_E_CERTIFICATE_UNAVAILABLE 0x8010_002D;
    SCARD_E_NO_READERS_AVAILABLE 0x8010_002E;
    SCARD_E_COMM_DATA_LOST 0x8010_002F;
    SCARD_E_NO_KEY_CONTAINER 0x8010_0030;
    SCARD_E_SERVER_TOO_BUSY 0x8010_0031;
    SCARD_W_UNSUPPORTED_CARD 0x8010_0065;
    SCARD_W_UNRESPONSIVE_CARD 0x8010_0066;
    SCARD_W_UNPOWERED_CARD 0x8010_0067;
    SCARD_W_RESET_CARD 0x8010_0068;
    SCARD_W_REMOVED_CARD 0x8010_0069;
    SCARD_W_SECURITY_VIOLATION 0x8010_006A;
    SCARD_W_WRONG_CHV 0x8010_006B;
    SCARD_W_CHV_BLOCKED 0x8010_006C;
    SCARD_W_EOF 0x8010_006D;
    SCARD_W_CANCELLED_BY_USER 0x8010_006E;
    SCARD_W_CARD_NOT_AUTHENTICATED 0x8010_006F;
    SCARD_W_CACHE_ITEM_NOT_FOUND 0x8010_0070;
    SCARD_W_CACHE_ITEM_STALE 0x8010_0071;
    SCARD_W_CACHE_ITEM_TOO_BIG 0x8010_0072;
}

/// pcsc-lite gives the number of SCARD_E_UNEXPECTED to it.
pub const SCARD_E_UNSUPPORTED_FEATURE: LONG = if cfg!(windows) { 0x8010_0022_u32 as LONG } else { SCARD_E_UNEXPECTED };

numbers! { DWORD:
    SCARD_SCOPE_USER 0;
    SCARD_SCOPE_TERMINAL 1;
    SCARD_SCOPE_SYSTEM 2;
    SCARD_SCOPE_GLOBAL 3;
    SCARD_PROTOCOL_UNDEFINED 0;
    SCARD_PROTOCOL_T0 1;
    SCARD_PROTOCOL_T1 2;
    SCARD_PROTOCOL_RAW if cfg!(windows) { 0x1_0000 } else { 4 };
    SCARD_PROTOCOL_ANY 3;
    SCARD_SHARE_EXCLUSIVE 1;
    SCARD_SHARE_SHARED 2;
    SCARD_SHARE_DIRECT 3;
    SCARD_LEAVE_CARD 0;
    SCARD_RESET_CARD 1;
    SCARD_UNPOWER_CARD 2;
    SCARD_EJECT_CARD 3;
    // Bits, but on Windows one number after the other.
    SCARD_UNKNOWN if cfg!(windows) { 0 } else { 0x01 };
    SCARD_ABSENT if cfg!(windows) { 1 } else { 0x02 };
    SCARD_PRESENT if cfg!(windows) { 2 } else { 0x04 };
    SCARD_SWALLOWED if cfg!(windows) { 3 } else { 0x08 };
    SCARD_POWERED if cfg!(windows) { 4 } else { 0x10 };
    SCARD_NEGOTIABLE if cfg!(windows) { 5 } else { 0x20 };
    SCARD_SPECIFIC if cfg!(windows) { 6 } else { 0x40 };
    SCARD_STATE_UNAWARE 0;
    SCARD_STATE_IGNORE 0x001;
    SCARD_STATE_CHANGED 0x002;
    SCARD_STATE_UNKNOWN 0x004;
    SCARD_STATE_UNAVAILABLE 0x008;
    SCARD_STATE_EMPTY 0x010;
    SCARD_STATE_PRESENT 0x020;
    SCARD_STATE_ATRMATCH 0x040;
    SCARD_STATE_EXCLUSIVE 0x080;
    SCARD_STATE_INUSE 0x100;
    SCARD_STATE_MUTE 0x200;
    SCARD_STATE_UNPOWERED 0x400;
    INFINITE 0xFFFF_FFFF;
    SCARD_CLASS_SYSTEM 0;
    SCARD_CLASS_VENDOR_INFO 1;
    SCARD_CLASS_COMMUNICATIONS 2;
    SCARD_CLASS_PROTOCOL 3;
    SCARD_CLASS_POWER_MGMT 4;
    SCARD_CLASS_SECURITY 5;
    SCARD_CLASS_MECHANICAL 6;
    SCARD_CLASS_VENDOR_DEFINED 7;
    SCARD_CLASS_IFD_PROTOCOL 8;
    SCARD_CLASS_ICC_STATE 9;
    SCARD_ATTR_VENDOR_NAME SCARD_CLASS_VENDOR_INFO << 16 | 0x0100;
    SCARD_ATTR_VENDOR_IFD_TYPE SCARD_CLASS_VENDOR_INFO << 16 | 0x0101;
    SCARD_ATTR_VENDOR_IFD_VERSION SCARD_CLASS_VENDOR_INFO << 16 | 0x0102;
    SCARD_ATTR_VENDOR_IFD_SERIAL_NO SCARD_CLASS_VENDOR_INFO << 16 | 0x0103;
    SCARD_ATTR_CHANNEL_ID SCARD_CLASS_COMMUNICATIONS << 16 | 0x0110;
    SCARD_ATTR_ASYNC_PROTOCOL_TYPES SCARD_CLASS_PROTOCOL << 16 | 0x0120;
    SCARD_ATTR_DEFAULT_CLK SCARD_CLASS_PROTOCOL << 16 | 0x0121;
    SCARD_ATTR_MAX_CLK SCARD_CLASS_PROTOCOL << 16 | 0x0122;
    SCARD_ATTR_DEFAULT_DATA_RATE SCARD_CLASS_PROTOCOL << 16 | 0x0123;
    SCARD_ATTR_MAX_DATA_RATE SCARD_CLASS_PROTOCOL << 16 | 0x0124;
    SCARD_ATTR_MAX_IFSD SCARD_CLASS_PROTOCOL << 16 | 0x0125;
    SCARD_ATTR_SYNC_PROTOCOL_TYPES SCARD_CLASS_PROTOCOL << 16 | 0x0126;
    SCARD_ATTR_POWER_MGMT_SUPPORT SCARD_CLASS_POWER_MGMT << 16 | 0x0131;
    SCARD_ATTR_USER_TO_CARD_AUTH_DEVICE SCARD_CLASS_SECURITY << 16 | 0x0140;
    SCARD_ATTR_USER_AUTH_INPUT_DEVICE SCARD_CLASS_SECURITY << 16 | 0x0142;
    SCARD_ATTR_CHARACTERISTICS SCARD_CLASS_MECHANICAL << 16 | 0x0150;
    SCARD_ATTR_CURRENT_PROTOCOL_TYPE SCARD_CLASS_IFD_PROTOCOL << 16 | 0x0201;
    SCARD_ATTR_CURRENT_CLK SCARD_CLASS_IFD_PROTOCOL << 16 | 0x0202;
    SCARD_ATTR_CURRENT_F SCARD_CLASS_IFD_PROTOCOL << 16 | 0x0203;
    SCARD_ATTR_CURRENT_D SCARD_CLASS_IFD_PROTOCOL << 16 | 0x0204;
    SCARD_ATTR_CURRENT_N SCARD_CLASS_IFD_PROTOCOL << 16 | 0x0205;
    SCARD_ATTR_CURRENT_W SCARD_CLASS_IFD_PROTOCOL << 16 | 0x0206;
    SCARD_ATTR_CURRENT_IFSC SCARD_CLASS_IFD_PROTOCOL << 16 | 0x0207;
    SCARD_ATTR_CURRENT_IFSD SCARD_CLASS_IFD_PROTOCOL << 16 | 0x0208;
    SCARD_ATTR_CURRENT_BWT SCARD_CLASS_IFD_PROTOCOL << 16 | 0x0209;
    SCARD_ATTR_CURRENT_CWT SCARD_CLASS_IFD_PROTOCOL << 16 | 0x020A;
    SCARD_ATTR_CURRENT_EBC_ENCODING SCARD_CLASS_IFD_PROTOCOL << 16 | 0x020B;
    SCARD_ATTR_EXTENDED_BWT SCARD_CLASS_IFD_PROTOCOL << 16 | 0x020C;
    SCARD_ATTR_ICC_PRESENCE SCARD_CLASS_ICC_STATE << 16 | 0x0300;
    SCARD_ATTR_ICC_INTERFACE_STATUS SCARD_CLASS_ICC_STATE << 16 | 0x0301;
    SCARD_ATTR_CURRENT_IO_STATE SCARD_CLASS_ICC_STATE << 16 | 0x0302;
    SCARD_ATTR_ATR_STRING SCARD_CLASS_ICC_STATE << 16 | 0x0303;
    SCARD_ATTR_ICC_TYPE_PER_ATR SCARD_CLASS_ICC_STATE << 16 | 0x0304;
    SCARD_ATTR_ESC_RESET SCARD_CLASS_VENDOR_DEFINED << 16 | 0xA000;
    SCARD_ATTR_ESC_CANCEL SCARD_CLASS_VENDOR_DEFINED << 16 | 0xA003;
    SCARD_ATTR_ESC_AUTHREQUEST SCARD_CLASS_VENDOR_DEFINED << 16 | 0xA005;
    SCARD_ATTR_MAXINPUT SCARD_CLASS_VENDOR_DEFINED << 16 | 0xA007;
    SCARD_ATTR_DEVICE_UNIT SCARD_CLASS_SYSTEM << 16 | 0x0001;
    SCARD_ATTR_DEVICE_IN_USE SCARD_CLASS_SYSTEM << 16 | 0x0002;
    SCARD_ATTR_SUPRESS_T1_IFS_REQUEST SCARD_CLASS_SYSTEM << 16 | 0x0007;
    // On Windows they are text of one byte a character.
    SCARD_ATTR_DEVICE_FRIENDLY_NAME SCARD_CLASS_SYSTEM << 16 | 0x0003;
    SCARD_ATTR_DEVICE_SYSTEM_NAME SCARD_CLASS_SYSTEM << 16 | 0x0004;
}

numbers! { usize:
    MAX_ATR_SIZE 33;
    MAX_BUFFER_SIZE 264;
    MAX_BUFFER_SIZE_EXTENDED 4 + 3 + (1 << 16) + 3 + 2;
}

/// The control code of a reader's own command.
pub const fn SCARD_CTL_CODE(code: DWORD) -> DWORD {
    if cfg!(windows) { 0x0031_0000 | code << 2 } else { 0x4200_0000 + code }
}
