//! What `make web` tells a person who tries the site by hand: where, what first, as whom.

use crate::journey::{PASSWORD, PHYSICIAN, PIN, TWO_PLACES, TWO_PLACES_RPPS};
use crate::story::{Story, fold, print};

/// Prints it, and stays until the process is ended.
pub fn give(story: Story, site: &str, simulator: &str) -> ! {
    print(&text(story, site, simulator));
    loop {
        std::thread::park();
    }
}

fn text(story: Story, site: &str, simulator: &str) -> String {
    let say = |fr, en| story.say(fr, en);
    let addresses = [
        (say("Site d'inscription", "Sign-up site"), format!("{site}/")),
        (say("Téléphones e-CPS", "e-CPS phones"), format!("{simulator}/phone")),
        (say("Boîte aux lettres", "Mailbox"), format!("{simulator}/mail")),
        (
            say("Lecteur de cartes", "Card reader"),
            say(
                "sur la page de Pro Santé Connect : on y choisit la carte",
                "on Pro Santé Connect's page: choose a card",
            )
            .to_owned(),
        ),
    ];
    let first = if story.english() {
        [
            format!("1. On the site, the CPS card of {PHYSICIAN}, code {PIN}."),
            "2. Give an invented address: its mail comes to the mailbox above.".into(),
            format!("3. In a private window, the e-CPS: {TWO_PLACES_RPPS}, phone of {TWO_PLACES}."),
        ]
    } else {
        [
            format!("1. Sur le site, la carte CPS de {PHYSICIAN}, code porteur {PIN}."),
            "2. Donnez une adresse inventée : son courriel arrive dans la boîte ci-dessus.".into(),
            format!("3. En fenêtre privée, l'e-CPS : {TWO_PLACES_RPPS}, téléphone de {TWO_PLACES}."),
        ]
    };
    let codes = say("Code porteur de toutes les cartes", "Code of every card");
    let password = say("Mot de passe e-CPS", "e-CPS password");
    let mut lines = vec![String::new()];
    lines.extend(addresses.map(|(name, address)| format!("  {name:<20}{address}")));
    lines.push(String::new());
    lines.extend(first.map(|step| format!("  {step}")));
    lines.extend([String::new(), format!("  {codes} : {PIN}. {password} : {PASSWORD}."), String::new()]);
    for person in sas_psc_sim::everybody() {
        let (name, rpps) = (person.full_name(), person.rpps().unwrap_or_default());
        for (at, kind) in fold(&person.kind, 38).into_iter().enumerate() {
            let (name, rpps) = if at == 0 { (name.as_str(), rpps.as_str()) } else { ("", "") };
            lines.push(format!("  {name:<25}{rpps:<13}{kind}"));
        }
    }
    lines.extend([String::new(), say("Ctrl-C pour arrêter.", "Ctrl-C to stop.").to_owned(), String::new()]);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fits_80_columns() {
        for english in [false, true] {
            let text = text(Story::new(english), "http://127.0.0.1:65535", "http://127.0.0.1:65534");
            for line in text.lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
    }
}
