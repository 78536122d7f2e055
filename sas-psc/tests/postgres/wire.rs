//! A wire between a store and the server that can be cut: what was sent is done, and its answer never arrives.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

pub struct Wire {
    pub port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Cut at the next of these.
    cut_at_commit: AtomicBool,
    /// Swallow every answer from now on.
    silent: AtomicBool,
    cuts: AtomicU32,
}

impl Wire {
    /// Leads to a loopback port.
    pub fn to(server: u16) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, state) = (listener.local_addr().unwrap().port(), Arc::new(State::default()));
        let shared = state.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                let cut = Arc::new(AtomicBool::new(false));
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let (state, flag) = (shared.clone(), cut.clone());
                thread::spawn(move || there(from, to, &state, &flag));
                let state = shared.clone();
                thread::spawn(move || back(server, client, &state, &cut));
            }
        });
        Wire { port, state }
    }

    /// The answer to the next COMMIT is lost, or to the next statement that is a transaction by itself; and the connection
    /// with it.
    pub fn cut_at_the_next_commit(&self) {
        self.state.cut_at_commit.store(true, Ordering::SeqCst);
    }

    /// No answer arrives any more.
    pub fn fall_silent(&self) {
        self.state.silent.store(true, Ordering::SeqCst);
    }

    pub fn cuts(&self) -> u32 {
        self.state.cuts.load(Ordering::SeqCst)
    }
}

fn there(mut from: TcpStream, mut to: TcpStream, state: &State, cut: &AtomicBool) {
    let (mut buffer, mut open) = ([0; 1 << 16], false);
    while let Ok(count) = from.read(&mut buffer) {
        let sent = &buffer[..count];
        let says = |word: &[u8]| sent.windows(word.len()).any(|found| found == word);
        open |= says(b"BEGIN");
        // A message of type "B" binds a statement, which is executed then.
        let commits = says(b"COMMIT") || sent.starts_with(b"B") && !open;
        if commits && state.cut_at_commit.swap(false, Ordering::SeqCst) {
            cut.store(true, Ordering::SeqCst);
            state.cuts.fetch_add(1, Ordering::SeqCst);
        }
        open &= !says(b"COMMIT") && !says(b"ROLLBACK");
        if count == 0 || to.write_all(sent).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn back(mut from: TcpStream, mut to: TcpStream, state: &State, cut: &AtomicBool) {
    let mut buffer = [0; 1 << 16];
    // Until the server has closed: what was sent is done by then.
    let mut ended = false;
    while let Ok(count) = from.read(&mut buffer) {
        if count == 0 {
            break;
        }
        if state.silent.load(Ordering::SeqCst) {
            continue;
        }
        if cut.load(Ordering::SeqCst) {
            // "Z", then 5, then "I": no transaction is open any more.
            ended = ended || buffer[..count].windows(6).any(|word| word == b"Z\0\0\0\x05I");
            if ended {
                break;
            }
            continue;
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
