//! Addresses of this machine that one test has for itself: a port that is let go of and listened on again, or
//! that somebody goes on asking for, is nobody else's meanwhile.

use std::net::{Ipv4Addr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

static GIVEN: AtomicU16 = AtomicU16::new(0);

/// An address that nobody else in this run is given, and hardly anybody in another one.
pub(crate) fn own() -> Ipv4Addr {
    let [high, low] = GIVEN.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let run = u8::try_from(process::id() % 254 + 1).unwrap();
    Ipv4Addr::new(127, run, high, low)
}

/// Such an address with whichever port is free, as programs are told where to listen.
pub(crate) fn any_port() -> String {
    format!("{}:0", own())
}

/// Listens on such an address.
pub(crate) fn listener() -> TcpListener {
    TcpListener::bind((own(), 0)).unwrap()
}
