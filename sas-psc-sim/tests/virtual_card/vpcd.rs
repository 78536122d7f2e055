//! The link to vpcd, with a listener that says what vpcd says.

use super::hex;
use sas_psc_sim::card::{Generation, Profile, Reader, VirtualCard, Vpcd};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// A link that runs, and vpcd's end of it.
fn linked() -> (Vpcd, JoinHandle<std::io::Result<()>>, TcpListener, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let reader = Reader::with(VirtualCard::new(Profile::of(Generation::Cps3)));
    let vpcd = Vpcd::new(reader, &listener.local_addr().unwrap().to_string());
    let own = vpcd.clone();
    let running = thread::spawn(move || own.run(|| ()));
    let (stream, _) = listener.accept().unwrap();
    (vpcd, running, listener, stream)
}

fn say(stream: &mut TcpStream, frame: &[u8]) {
    // As vpcd 3.3: the length alone, then the rest.
    stream.write_all(&(frame.len() as u16).to_be_bytes()).unwrap();
    stream.write_all(frame).unwrap();
}

fn answer(stream: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut frame).unwrap();
    frame
}

fn ask(stream: &mut TcpStream, frame: &[u8]) -> Vec<u8> {
    say(stream, frame);
    answer(stream)
}

#[test]
fn power_reset_and_commands_do_what_they_say() {
    let (vpcd, running, _listener, mut stream) = linked();
    say(&mut stream, &[1]);
    assert_eq!(ask(&mut stream, &[4]), Generation::Cps3.atr());
    let verify = hex("00 20 00 01 04 31323334");
    assert_eq!(ask(&mut stream, &verify), [0x90, 0]);
    assert_eq!(ask(&mut stream, &hex("00 20 00 01 00")), [0x90, 0]);
    for forgets in [0, 2] {
        ask(&mut stream, &verify);
        say(&mut stream, &[forgets]);
        assert_eq!(ask(&mut stream, &hex("00 20 00 01 00")), [0x63, 0xc3]);
    }
    say(&mut stream, &[]);
    say(&mut stream, &[9, 9]);
    assert_eq!(answer(&mut stream), [0x67, 0]);
    vpcd.stop();
    running.join().unwrap().unwrap();
}

#[test]
fn a_card_that_is_pulled_closes_the_line_and_one_put_in_opens_another() {
    let (vpcd, running, listener, mut stream) = linked();
    let card = vpcd.remove().unwrap();
    assert_eq!(stream.read(&mut [0; 2]).unwrap(), 0);
    vpcd.insert(card);
    let (mut stream, _) = listener.accept().unwrap();
    assert_eq!(ask(&mut stream, &[4]), Generation::Cps3.atr());
    // Pulled in the middle of a command, the answer never comes.
    vpcd.reader().card(|card| card.at(1, sas_psc_sim::card::Fault::RemoveAfter)).unwrap();
    say(&mut stream, &hex("00 20 00 01 00"));
    assert_eq!(stream.read(&mut [0; 2]).unwrap(), 0);
    assert!(!vpcd.reader().has_card());
    vpcd.stop();
    running.join().unwrap().unwrap();
}

#[test]
fn a_vpcd_that_goes_ends_the_link_and_one_that_is_not_there_is_an_error() {
    let (_vpcd, running, listener, stream) = linked();
    drop((stream, listener));
    running.join().unwrap().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Vpcd::new(Reader::with(VirtualCard::new(Profile::of(Generation::Cps4))), &free.to_string());
    assert!(nobody.run(|| ()).is_err());
}
