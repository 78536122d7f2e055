//! The person's card itself: its key signs the handshake, and that is the login. The virtual card is in the process; its
//! revocation list is served here, since Keycloak's TLS looks into it.

use super::lab::{CALLBACK, DOCTOR, SECRET, environment, http};
use sas_psc::drive::{HttpConfig, blocking};
use sas_psc::psc::{AuthMode, Client, ClientAuth, SignInOptions, SignedIn};
use sas_psc::{Code, Result};
use sas_psc_sim::card::{Generation, Holder, Profile, Range, Reader, Usage, Validity, VirtualCard, serial_number};
use sas_psc_tests::slot::key;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

/// A revocation list of the SYNTHETIC authority at an address of its own.
struct Crl {
    address: String,
    list: Arc<Mutex<Vec<u8>>>,
}

impl Crl {
    fn serve() -> Crl {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/people.crl", listener.local_addr().unwrap());
        let list = Arc::new(Mutex::new(Range::Fort.crl(&[], Validity::default())));
        let served = list.clone();
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(std::result::Result::ok) {
                let _ = stream.read(&mut [0; 4096]);
                let body = served.lock().unwrap().clone();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/pkix-crl\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
            }
        });
        Crl { address, list }
    }

    fn card(&self, profile: Profile) -> VirtualCard {
        VirtualCard::new(Profile { crl: self.address.clone(), ..profile })
    }

    fn revoke(&self, card: &VirtualCard) {
        let serial = serial_number(&card.certificate(Usage::Authentication));
        *self.list.lock().unwrap() = Range::Fort.crl(&[serial], Validity::default());
    }
}

fn sign_in(http: &HttpConfig) -> Result<SignedIn> {
    let client = Client::new("sas-psc-interop", ClientAuth::SecretBasic(SECRET.to_owned().into()), CALLBACK);
    blocking::Psc::new(environment(), client, http)?.sign_in_by_certificate(&SignInOptions::default())
}

fn with_card(card: VirtualCard) -> Result<SignedIn> {
    sign_in(&http().with_card(key(&Reader::with(card), "1234")?)?)
}

#[test]
fn a_card_of_either_generation_signs_its_holder_in_without_a_page() {
    let crl = Crl::serve();
    for generation in [Generation::Cps3, Generation::Cps4] {
        let signed_in = with_card(crl.card(Profile::of(generation))).unwrap();
        let doctor = signed_in.sign_in.professional();
        assert_eq!((doctor.id_nat.as_str(), doctor.name.family.as_str()), (DOCTOR, "SPECIALISTE0021889"));
        assert_eq!(signed_in.sign_in.auth_mode(), Some(&AuthMode::Card));
    }
    let nurse = with_card(crl.card(Profile::other(Generation::Cps3))).unwrap();
    assert_eq!(nurse.sign_in.professional().name.family, "L'ÉTANG-GARÇON");
}

#[test]
fn a_revoked_card_and_one_of_nobody_do_not_sign_in() {
    let crl = Crl::serve();
    let card = crl.card(Profile::of(Generation::Cps3));
    crl.revoke(&card);
    assert_eq!(with_card(card).unwrap_err().code(), Code::CLIENT_CERTIFICATE);

    // An authority that is trusted, a person whom the provider does not know: it shows a page.
    let crl = Crl::serve();
    let holder = Holder { id_nat: "899700999925".into(), ..Holder::physician() };
    let unknown = crl.card(Profile { holder, ..Profile::of(Generation::Cps3) });
    assert_eq!(with_card(unknown).unwrap_err().code(), Code::CARD_LOGIN_PAGE);
    // And without any certificate too.
    assert_eq!(sign_in(&http()).unwrap_err().code(), Code::CARD_LOGIN_PAGE);
}
