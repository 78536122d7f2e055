//! The journeys: what each person does, in the words that the pages show them.

use crate::story::Story;
use crate::window::{Result, Window};

/// The addresses that are linked, in the order of the journeys.
pub const ADDRESSES: [&str; 2] = ["kit.specialiste@cabinet.example", "kit.doc@cabinet.example"];

pub const PHYSICIAN: &str = "KIT SPECIALISTE0021889";
pub const TWO_PLACES: &str = "KIT DOC0036624";
pub const TWO_PLACES_RPPS: &str = "99700366240";
const STAFF: &str = "TEST EMPLOYE0002";
const NURSE: &str = "Maël L'ÉTANG-GARÇON";
const NURSE_RPPS: &str = "99700245667";

/// What every simulated card and phone opens with.
pub const PIN: &str = "1234";
pub const PASSWORD: &str = "e-cps";

/// Where the journeys take place.
pub struct Stage {
    pub story: Story,
    /// The sign-up site, `http://127.0.0.1:1234`.
    pub site: String,
    /// The simulator's phones and mailbox, `http://127.0.0.1:1235`.
    pub simulator: String,
}

impl Stage {
    /// A physician, with the card and the code of the mail.
    pub fn by_card(&self) -> Result<()> {
        let say = |fr, en| self.story.say(fr, en);
        self.story.part(say("1. Avec la carte CPS : un médecin", "1. With the CPS card: a physician"));
        let mut site = self.home()?;
        site.press("Pro Santé Connect…")?;
        self.show_card(&mut site, PHYSICIAN)?;
        self.give_address(&mut site, ADDRESSES[0])?;

        let mail = self.read_mail(1)?;
        let code = mail.digits(8)?;
        self.deed(say(
            "retient le code et revient à la première fenêtre",
            "remembers the code, goes back to the first window",
        ));
        site.show();
        site.type_in(say("Code à 8 chiffres", "8-digit code"), &code)?;
        site.press(say("Valider le code", "Confirm the code"))?;

        self.accept_terms(&mut site)?;
        self.answer_questions(
            &mut site,
            &[
                say("Je participe au SAS", "I take part in the SAS"),
                say("à titre individuel", "on my own"),
                say("Non", "No"),
                say("Je déclare sur l'honneur mettre en visibilité…", "I declare on my honour that I show…"),
            ],
        )
    }

    /// A physician with two places of activity, with the e-CPS and the link of the mail.
    pub fn by_phone(&self) -> Result<()> {
        let say = |fr, en| self.story.say(fr, en);
        self.story.part(say(
            "2. Avec l'e-CPS : un médecin qui exerce en deux lieux",
            "2. With the e-CPS: a physician with two places",
        ));
        let mut site = self.home()?;
        site.press(say("Téléphone en main ?…", "Phone in hand?…"))?;
        site.type_in(say("Numéro RPPS", "RPPS number"), TWO_PLACES_RPPS)?;
        site.press(say("Se connecter avec e-CPS", "Sign in with e-CPS"))?;
        let number = site.digits(2)?;
        self.take_phone(&number);
        let mut phone = self.unlock_phone(TWO_PLACES)?;
        phone.press(&number)?;
        self.deed(say("revient à l'ordinateur", "goes back to the computer"));
        site.show();
        site.press_until_left(say("J'ai validé sur mon téléphone", "I have confirmed on my phone"))?;

        site.expect(say("Vos lieux d'activité", "Your places of activity"))?;
        site.tick("CABINET…")?;
        site.press(say("Continuer", "Continue"))?;
        self.give_address(&mut site, ADDRESSES[1])?;

        let mail = self.read_mail(2)?;
        let link = mail.links(&format!("{}/…", self.site)).first().map(|link| (*link).to_owned());
        let link = link.ok_or_else(|| {
            String::from(say("le courriel n'a pas de lien vers le site", "the mail has no link to the site"))
        })?;
        self.deed(say("ouvre le lien dans le même navigateur", "opens the link in the same browser"));
        site.open(&link)?;
        site.press(say("Confirmer mon adresse", "Confirm my address"))?;

        self.accept_terms(&mut site)?;
        let label = say("Je participe au forfait de réorientation…", "I take part in the emergency reorientation…");
        self.answer_questions(&mut site, &[label])
    }

    /// A hospital's employee, whose card is not a health professional's.
    pub fn refused_card(&self) -> Result<()> {
        let say = |fr, en| self.story.say(fr, en);
        self.story
            .part(say("3. Refus : la carte d'un employé d'hôpital", "3. Refused: the card of a hospital's employee"));
        let mut site = self.home()?;
        site.press("Pro Santé Connect…")?;
        self.show_card(&mut site, STAFF)?;
        site.read_on(2);
        self.story.turn();
        site.expect(say("Cette carte n'ouvre pas ce compte", "This card does not open this account"))
    }

    /// A nurse who leaves the request on the phone.
    pub fn refused_on_phone(&self) -> Result<()> {
        let say = |fr, en| self.story.say(fr, en);
        self.story.part(say(
            "4. Refus : la demande est quittée sur le téléphone",
            "4. Refused: the request is left on the phone",
        ));
        let mut site = self.home()?;
        site.press("Pro Santé Connect…")?;
        site.press("Se connecter avec une e-CPS")?;
        site.type_in("Numéro RPPS", NURSE_RPPS)?;
        site.press("Se connecter avec e-CPS")?;
        self.take_phone(&site.digits(2)?);
        let mut phone = self.unlock_phone(NURSE)?;
        phone.press("Quitter l'authentification")?;
        self.deed(say("revient à l'ordinateur", "goes back to the computer"));
        let waiting = site.heading().to_owned();
        site.wait(|site| site.heading() != waiting, Window::reload)?;
        site.press("Revenir au service")?;
        self.story.turn();
        site.expect(say("L'opération n'a pas abouti", "That did not work"))
    }

    fn window(&self, address: &str) -> Result<Window> {
        let say = |fr, en| self.story.say(fr, en);
        let phone = (format!("{}/phone", self.simulator), say("Téléphone", "Phone"));
        let mails = (format!("{}/mail", self.simulator), say("Courriels", "Mailbox"));
        Window::new(self.story, &[(self.site.clone(), "Site"), phone, mails, (String::new(), "PSC")], address)
    }

    /// The site's first page, in the language of the story.
    fn home(&self) -> Result<Window> {
        let mut site = self.window(&format!("{}/", self.site))?;
        site.show();
        if self.story.english() {
            site.press("English")?;
        }
        Ok(site)
    }

    fn show_card(&self, site: &mut Window, person: &str) -> Result<()> {
        let person = &format!("{person}…");
        site.press("Se connecter avec une carte CPS")?;
        site.choose("Carte dans le lecteur", person)?;
        site.type_in("Code porteur, 4 chiffres", PIN)?;
        site.press("Valider")?;
        site.tick(person)?;
        site.press("OK")
    }

    fn take_phone(&self, number: &str) {
        let deed = self.story.say("lit le code", "reads the code");
        self.deed(&format!("{deed} {number}, {}", self.story.say("prend son téléphone", "takes the phone")));
    }

    fn unlock_phone(&self, person: &str) -> Result<Window> {
        let mut phone = self.window(&format!("{}/phone", self.simulator))?;
        phone.show();
        phone.press(person)?;
        phone.type_in("Mot de passe e-CPS", PASSWORD)?;
        phone.press("Valider")?;
        Ok(phone)
    }

    fn give_address(&self, site: &mut Window, address: &str) -> Result<()> {
        let say = |fr, en| self.story.say(fr, en);
        site.type_in(
            say("Adresse de courriel à associer à votre compte", "E-mail address to link to your account"),
            address,
        )?;
        site.press(say("Soumettre", "Submit"))
    }

    /// Opens the mailbox when `count` mails are there, and reads the newest.
    fn read_mail(&self, count: usize) -> Result<Window> {
        self.deed(self.story.say("ouvre sa messagerie", "opens the mailbox"));
        let subject = self.story.say("Vérification du courriel", "Verify your e-mail address");
        let mut mails = self.window(&format!("{}/mail", self.simulator))?;
        mails.wait(|mails| mails.links(subject).len() == count, Window::reload)?;
        mails.press(subject)?;
        Ok(mails)
    }

    fn accept_terms(&self, site: &mut Window) -> Result<()> {
        let say = |fr, en| self.story.say(fr, en);
        site.tick(say("Vous acceptez les conditions générales d'utilisation", "You accept the general terms of use"))?;
        site.press(say("Valider", "Confirm"))
    }

    /// Answers the questions as the pages come to ask them, reads everything again, saves.
    fn answer_questions(&self, site: &mut Window, answers: &[&str]) -> Result<()> {
        let say = |fr, en| self.story.say(fr, en);
        let mut left = answers.to_vec();
        while !left.is_empty() {
            let asked = left.iter().take_while(|answer| site.offers(answer)).count().max(1);
            for answer in left.drain(..asked) {
                site.tick(answer)?;
            }
            site.press(say("Continuer", "Continue"))?;
        }
        site.press(say("Enregistrer", "Save"))?;
        self.story.turn();
        site.expect(say("Votre compte est actif", "Your account is active"))
    }

    fn deed(&self, deed: &str) {
        self.story.act(deed);
        self.story.turn();
    }
}
