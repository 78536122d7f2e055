//! Sends one verification mail to the server that its standard input describes, and says in JSON what came of it: what
//! tests/smtp/judge.py drives. It shows the code and the link, as no program of a platform may.

use sas_psc::base::{Clock, ExposeSecret, SecretString, ServerKey};
use sas_psc::drive::{Smtp, SmtpConfig, SystemClock, SystemRandom, block_on};
use sas_psc::email::{Address, Challenge, Lifetime, Message, SERVICE};
use sas_psc::person::Binding;
use sas_psc::{Lang, Result};
use serde_json::{Value, json};

fn main() {
    let settings: Value = serde_json::from_reader(std::io::stdin()).expect("settings as JSON on standard input");
    let answer = run(&settings).unwrap_or_else(|error| json!({"error": error.code().name()}));
    println!("{answer}");
}

fn run(settings: &Value) -> Result<Value> {
    let text = |name: &str| settings[name].as_str().unwrap_or_default();
    let mut config = SmtpConfig::new(text("host"), Address::parse(text("sender"))?, text("sender_name"))
        .port(u16::try_from(settings["port"].as_u64().unwrap_or(0)).unwrap_or(0));
    config = match text("security") {
        "implicit-tls" => config.implicit_tls(),
        "plaintext" => config.plaintext_on_loopback(),
        _ => config,
    };
    if !text("user").is_empty() {
        config = config.login(text("user"), SecretString::from(text("password")));
    }
    if !text("ca").is_empty() {
        config = config.extra_ca(text("ca").as_bytes());
    }
    let (lang, base) = (Lang::from_tag(text("lang")), "https://compte.exemple.fr/courriel");
    let (now, mut random, to) = (SystemClock.now(), SystemRandom, Address::parse(text("to"))?);
    let binding = Binding::new("issuer", "subject", "attempt");
    let mut challenge = Challenge::new(binding, to.clone(), Lifetime::default(), &mut random, now)?;
    let dispatch = challenge.write(&ServerKey::new(&[1; 32])?, &mut random, now)?;
    let message = Message::verification(lang, SERVICE, base, &dispatch)?;
    let smtp = Smtp::new(config)?;
    let handed_over = if settings["tokio"].as_bool() == Some(true) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(smtp.send(&message, &to))
    } else {
        block_on(smtp.send(&message, &to))
    }?;
    let link = dispatch.link(base)?;
    Ok(json!({
        "message_id": handed_over.message_id,
        "link": link.expose_secret(),
        "code": dispatch.code().expose_secret(),
        "subject": message.subject(),
        "text": message.text(),
        "html": message.html(),
    }))
}
