//! Every sentence of the site, French and English side by side. Change the words here; the pages hold none.
//!
//! `{n}`, `{who}`… are filled by the page. The sentences of PSC's official guide are kept word for word.

use sas_psc::Lang;
use sas_psc::base::{Timestamp, Zone};
use std::sync::LazyLock;

macro_rules! texts {
    ($($(#[doc = $section:literal])* $name:ident: $fr:literal, $en:literal;)*) => {
        /// The sentences in one language.
        pub struct Text {
            $($(#[doc = $section])* pub $name: &'static str,)*
        }

        static FR: LazyLock<Text> = LazyLock::new(|| Text { $($name: String::leak(spaced($fr)),)* });
        static EN: Text = Text { $($name: $en,)* };
    };
}

impl Text {
    /// The sentences in `lang`.
    pub fn of(lang: Lang) -> &'static Text {
        match lang {
            Lang::Fr => &FR,
            Lang::En => &EN,
        }
    }
}

/// French puts a space before « : ; ? ! » and inside « guillemets »: no line may break there.
pub fn spaced(text: &str) -> String {
    let mut out = text.replace("« ", "«\u{a0}");
    for sign in [":", ";", "?", "!", "»"] {
        out = out.replace(&format!(" {sign}"), &format!("\u{a0}{sign}"));
    }
    out
}

/// The words with a capital, to begin a line.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// A day in France: `27/11/2026`.
pub fn day(at: Timestamp, lang: Lang) -> String {
    moment(at, lang).split(' ').next().unwrap_or_default().to_owned()
}

/// A moment, by the clocks of metropolitan France: `27/11/2026 à 08:05`.
pub fn moment(at: Timestamp, lang: Lang) -> String {
    let minutes = i64::from(Zone::PARIS.offset_minutes(at));
    let local = Timestamp::from_unix(at.unix() + 60 * minutes).to_string();
    let (day, hour) = local.split_once('T').unwrap_or_default();
    let day = day.split('-').rev().collect::<Vec<_>>().join("/");
    let word = match lang {
        Lang::Fr => "à",
        Lang::En => "at",
    };
    format!("{day} {word} {}", hour.get(..5).unwrap_or_default())
}

/// `07` as a screen reader must say it: « zéro sept ».
pub fn spoken(digits: &str, lang: Lang) -> String {
    let names = match lang {
        Lang::Fr => ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"],
        Lang::En => ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    };
    let words = digits.chars().filter_map(|c| c.to_digit(10)).map(|d| names[d as usize]);
    words.collect::<Vec<_>>().join(" ")
}

texts! {
    /// Every page.
    skip: "Aller au contenu", "Skip to content";
    other_language: "English", "Français";
    sign_out: "Se déconnecter", "Sign out";
    signed_in_as: "Connecté :", "Signed in:";
    ending_in: "terminé par", "ending in";
    step: "Étape {n} sur 4 : {name}", "Step {n} of 4: {name}";
    step_1: "Connexion", "Sign-in";
    step_2: "Courriel", "E-mail";
    step_3: "Conditions", "Terms";
    step_4: "Participation", "Participation";
    footer: "Informations légales", "Legal information";
    problem: "Il y a un problème", "There is a problem";
    error_prefix: "Erreur", "Error";
    resume: "Reprendre", "Resume";
    continue_: "Continuer", "Continue";

    /// Home.
    home: "Se connecter", "Sign in";
    home_todo: "Prenez votre carte CPS ou votre téléphone, puis appuyez sur « Pro Santé Connect ».", "Take your CPS card or your phone, then press “Pro Santé Connect”.";
    before: "Avant de commencer", "Before you start";
    with_card: "Avec votre carte", "With your card";
    with_card_1: "lecteur et carte CPS, carte insérée", "a reader with your CPS card inserted";
    with_card_2: "votre code porteur à 4 chiffres", "your 4-digit card code";
    with_phone: "Avec l'e-CPS", "With the e-CPS app";
    with_phone_1: "la version de votre Android/iOS est la dernière version à jour", "your Android/iOS version is up to date";
    with_phone_2: "la version de l'application e-CPS est la dernière version accessible sur les stores", "your e-CPS app is the latest version in the stores";
    psc: "Pro Santé Connect", "Pro Santé Connect";
    psc_how: "Carte CPS ou e-CPS", "CPS card or e-CPS app";
    psc_what: "Qu'est-ce que Pro Santé Connect ?", "What is Pro Santé Connect?";
    psc_what_is: "Le service de l'Agence du numérique en santé qui confirme qui vous êtes. Votre code et votre mot de passe ne passent jamais par ce site.", "The service of the French digital health agency that confirms who you are. Your code and password never reach this site.";
    ecps_here: "Téléphone en main ? Connectez-vous avec votre seul numéro RPPS", "Phone in hand? Sign in with your RPPS number only";
    leaving: "Vers Pro Santé Connect", "Going to Pro Santé Connect";
    leaving_todo: "Vous allez être redirigé. Sinon, appuyez sur « Continuer ».", "You are being redirected. If not, press “Continue”.";
    signing_out: "Déconnexion", "Signing out";

    /// e-CPS, from this site.
    ecps: "Se connecter avec e-CPS", "Sign in with e-CPS";
    ecps_todo: "Saisissez votre numéro RPPS et gardez votre téléphone à portée de main.", "Type your RPPS number and keep your phone at hand.";
    rpps: "Numéro RPPS", "RPPS number";
    rpps_hint: "11 chiffres, imprimés sur votre carte CPS", "11 digits, printed on your CPS card";
    card_left: "Une carte est restée dans le lecteur ?", "Is a card still in the reader?";
    card_left_todo: "Le navigateur peut alors demander un certificat : fermez cette fenêtre avec « Annuler ». Rien n'est perdu.", "The browser may then ask for a certificate: close that window with “Cancel”. Nothing is lost.";
    card_instead: "Utiliser plutôt ma carte CPS", "Use my CPS card instead";
    wait: "Authentification", "Authentication";
    wait_two_steps: "Vérification de votre identité en 2 étapes.", "Your identity is checked in 2 steps.";
    wait_todo: "Après avoir accepté la notification ou ouvert l'application e-CPS, validez la demande d'authentification sur votre téléphone portable, en réalisant les actions suivantes :", "After accepting the notification or opening the e-CPS app, confirm the authentication request on your mobile phone:";
    wait_1: "Saisie de votre mot de passe", "Type your password";
    wait_2: "Sélection du code affiché ci-dessous parmi les trois codes proposés", "Choose the code shown below among the three codes offered";
    wait_code: "Code à choisir :", "Code to choose:";
    wait_left: "Il vous reste {n} secondes pour valider votre demande d'authentification", "You have {n} seconds left to confirm your authentication request";
    wait_card: "Insérez votre carte CPS dans le lecteur, puis saisissez votre code dans la fenêtre de CPS-Gestion.", "Put your CPS card into the reader, then type your code in the window of CPS-Gestion.";
    wait_card_code: "Code de cette demande :", "Code of this request:";
    wait_help: "Rien sur votre téléphone ?", "Nothing on your phone?";
    wait_help_card: "La carte ne répond pas ?", "The card does not answer?";
    wait_help_again: "Toujours rien ? Essayez l'étape suivante.", "Still nothing? Try the next step.";
    wait_use_card: "Continuer avec ma carte CPS", "Go on with my CPS card";
    wait_use_phone: "Continuer avec mon téléphone", "Go on with my phone";
    wait_card_done: "J'ai validé avec ma carte", "I have confirmed with my card";
    wait_done: "J'ai validé sur mon téléphone", "I have confirmed on my phone";
    wait_not_yet: "Votre téléphone n'a pas encore répondu. Validez-y la demande, puis appuyez à nouveau.", "Your phone has not answered yet. Confirm the request there, then press again.";
    wait_quit: "Quitter l'authentification", "Leave authentication";
    wait_quitted: "Authentification quittée. Rien n'a été transmis.", "You left the authentication. Nothing was sent.";

    /// Who came back.
    came_back: "Est-ce bien vous ?", "Is this you?";
    came_back_todo: "Une session Pro Santé Connect était déjà ouverte sur ce poste. Vérifiez votre nom.", "A Pro Santé Connect session was already open on this computer. Check the name.";
    you_are: "Vous êtes", "You are";
    not_me: "Ce n'est pas moi", "This is not me";
    not_me_what: "« Ce n'est pas moi » ferme les deux sessions. Retirez aussi la carte du lecteur.", "“This is not me” closes both sessions. Take the card out of the reader too.";

    /// Who may not open an account.
    ineligible: "Cette carte n'ouvre pas ce compte", "This card does not open this account";
    ineligible_todo: "Voici ce qu'il faut demander à la place.", "Here is what to ask for instead.";
    ineligible_other: "Me connecter avec une autre carte", "Sign in with another card";
    taken: "Ce numéro a déjà un compte", "This number already has an account";
    taken_what: "Le numéro RPPS/ADELI saisi est déjà utilisé.", "The RPPS/ADELI number is already used.";
    taken_todo: "Si ce compte est le vôtre, connectez-vous comme la première fois ; sinon, écrivez-nous.", "If that account is yours, sign in as you did the first time; otherwise write to us.";
    contact: "Nous contacter", "Contact us";

    /// Places of activity.
    places: "Vos lieux d'activité", "Your places of activity";
    places_todo: "Cochez les lieux concernés par ce compte, puis continuez.", "Tick the places this account is for, then continue.";
    places_from: "Ces lieux viennent de Pro Santé Connect.", "These places come from Pro Santé Connect.";
    places_none: "Aucun lieu n'est coché.", "No place is ticked.";
    places_none_todo: "Cochez au moins un lieu, puis continuez.", "Tick at least one place, then continue.";

    /// E-mail.
    welcome: "Bienvenue sur la plateforme Numérique du service d'accès aux soins", "Welcome to the digital platform of the service d'accès aux soins";
    welcome_todo: "Indiquez votre adresse : vous y recevrez un lien et un code.", "Type your address: you will receive a link and a code.";
    email: "Adresse de courriel à associer à votre compte", "E-mail address to link to your account";
    email_hint: "Par exemple : prenom.nom@exemple.fr", "For example: first.last@example.com";
    submit: "Soumettre", "Submit";
    sent: "Ouvrez votre messagerie", "Open your mailbox";
    sent_todo: "Appuyez sur le lien du courriel, ou recopiez ici son code à 8 chiffres.", "Press the link in the e-mail, or copy its 8-digit code here.";
    sent_to: "Courriel envoyé à", "E-mail sent to";
    sent_until: "Lien et code valables jusqu'à {time}.", "Link and code are valid until {time}.";
    sent_waiting: "Votre courriel est en route. Le délai ne commence qu'à son départ.", "Your e-mail is on its way. Its time starts only when it leaves.";
    sent_again: "Un nouveau courriel est parti. Seul le dernier compte.", "A new e-mail is on its way. Only the latest counts.";
    code: "Code à 8 chiffres", "8-digit code";
    code_hint: "Vous pouvez le coller", "You can paste it";
    code_send: "Valider le code", "Confirm the code";
    nothing: "Rien reçu ?", "Nothing received?";
    spam: "Attendez une minute et vérifiez vos spams.", "Wait a minute and check your spam folder.";
    again: "Renvoyer le courriel", "Send the e-mail again";
    again_in: "Nouvel envoi possible dans {n} s.", "You can send again in {n} s.";
    change: "Changer d'adresse", "Change the address";
    late: "Courriel arrivé trop tard", "The e-mail came too late";
    late_todo: "C'est fréquent, et rien n'est perdu : recevez-en un nouveau en un clic.", "It happens, and nothing is lost: get a new one in one click.";
    worn: "Trop de codes faux", "Too many wrong codes";
    worn_todo: "Par sécurité, ce code ne sert plus. Recevez-en un nouveau en un clic.", "For safety, this code no longer works. Get a new one in one click.";
    unsent: "Le courriel n'est pas parti", "The e-mail did not leave";
    unsent_todo: "Notre messagerie n'a pas répondu. Rien n'est perdu : réessayez en un clic.", "Our mail server did not answer. Nothing is lost: try again in one click.";
    other_visit: "Reprenez votre inscription", "Resume your sign-up";
    other_visit_todo: "Le courriel déjà envoyé ne vaut que dans la fenêtre d'alors. Recevez-en un nouveau en un clic.", "The e-mail already sent holds only in the window of that time. Get a new one in one click.";
    tries_left: "Essais restants : {n}.", "Tries left: {n}.";
    hour: "{h} h {m} (heure de Paris)", "{h}:{m} (Paris time)";
    link: "Confirmez votre adresse", "Confirm your address";
    link_todo: "Un clic, et votre adresse est associée à votre compte.", "One click links the address to your account.";
    link_confirm: "Confirmer mon adresse", "Confirm my address";
    elsewhere: "Revenez à la première fenêtre", "Go back to the first window";
    elsewhere_todo: "Revenez à la fenêtre où vous avez commencé et saisissez-y le code à 8 chiffres du courriel.", "Go back to the window where you started and type the 8-digit code of the e-mail there.";
    elsewhere_why: "Par sécurité, ce lien n'agit que dans le navigateur où vous vous êtes connecté. Vous pouvez fermer cette page.", "For safety, this link acts only in the browser where you signed in. You can close this page.";
    elsewhere_not_you: "Vous n'avez rien demandé ? Ignorez ce courriel : sans vous, rien ne se passe.", "You asked for nothing? Ignore the e-mail: nothing happens without you.";
    link_late: "Ce lien a expiré", "This link has expired";
    link_used: "Ce lien a déjà servi", "This link has already been used";
    link_used_todo: "Tout va bien : continuez là où vous en étiez.", "All is well: continue where you were.";
    link_old: "Un courriel plus récent est parti", "A newer e-mail was sent";
    link_old_todo: "Utilisez le lien ou le code du dernier courriel reçu.", "Use the link or the code of the latest e-mail.";

    /// Terms.
    terms: "Acceptez les conditions", "Accept the terms";
    terms_todo: "Lisez les deux documents, cochez la case, puis validez.", "Read both documents, tick the box, then confirm.";
    terms_whole: "Ces deux documents constituent l'intégralité de l'accord.", "These two documents are the entire agreement.";
    terms_changed: "Ces documents sont à lire, ou ont changé depuis votre dernière visite.", "These documents are to be read, or have changed since your last visit.";
    terms_difference: "Ce qui a changé depuis le texte que vous avez accepté", "What changed since the text that you accepted";
    terms_notice: "Les conditions ont changé sur des points mineurs. Rien ne vous est demandé ; le texte en vigueur est en bas de page, sous « CGU ».", "The terms changed in minor points. Nothing is asked of you; the text in force is at the foot of the page, under “Terms of use”.";
    terms_seen: "J'en ai pris connaissance", "I have read this";
    terms_read: "Lire les conditions", "Read the terms";
    terms_in_english: "Lire ces documents en français", "Read these documents in English";
    terms_version: "Version {v}", "Version {v}";
    terms_box: "Vous acceptez les conditions générales d'utilisation", "You accept the general terms of use";
    validate: "Valider", "Confirm";
    refuse: "Refuser", "Refuse";
    refused: "Vous avez refusé les conditions", "You refused the terms";
    refused_todo: "Votre compte n'est pas actif. Vous pouvez relire les documents quand vous voulez.", "Your account is not active. You can read the documents again whenever you like.";
    refused_again: "Relire les conditions", "Read the terms again";

    /// Participation.
    settings: "Paramètres de participation", "Participation settings";
    settings_todo: "Répondez aux questions ; vous relirez tout avant d'enregistrer.", "Answer the questions; you will review everything before saving.";
    via: "Comment participez-vous ?", "How do you take part?";
    structure_hint: "Son nom, ou son numéro FINESS (9 caractères)", "Its name, or its FINESS number (9 characters)";
    association_hint: "Son nom, ou son numéro SIRET (14 chiffres)", "Its name, or its SIRET number (14 digits)";
    no_places: "Pro Santé Connect ne donne aucun lieu d'activité pour vous : choisissez une autre façon de participer.", "Pro Santé Connect gives no place of activity for you: choose another way to take part.";
    more_asked: "Vos réponses appellent une précision : complétez, puis continuez.", "Your answers need a detail: complete them, then continue.";
    review: "Relisez avant d'enregistrer", "Review before saving";
    review_todo: "Vérifiez vos réponses : vos déclarations sur l'honneur vous engagent.", "Check your answers: your declarations on your honour bind you.";
    review_sworn: "Vos déclarations sur l'honneur", "Your declarations on your honour";
    yes: "Oui", "Yes";
    modify: "Modifier", "Change";
    no: "Non", "No";

    /// The account.
    account: "Votre compte est actif", "Your account is active";
    account_todo: "C'est terminé : vous pouvez fermer cette page.", "All done: you can close this page.";
    account_email: "Courriel", "E-mail";
    account_settings: "Modifier ma participation", "Change my participation";
    not_participating: "Vous ne participez pas au SAS", "You do not take part in the SAS";
    identity: "Identité", "Identity";
    participation: "Participation", "Participation";
    new_address: "Changer l'adresse de votre compte", "Change the address of your account";
    new_address_todo: "Indiquez la nouvelle adresse : vous y recevrez un lien et un code.", "Type the new address: you will receive a link and a code there.";
    new_address_label: "Nouvelle adresse de courriel", "New e-mail address";
    new_address_told: "L'adresse actuelle reste celle de votre compte jusqu'à ce que la nouvelle soit vérifiée. Elle est prévenue, et peut s'opposer pendant une semaine.", "The present address stays that of your account until the new one is verified. It is told, and may object for a week.";
    keep_address: "Garder l'adresse actuelle", "Keep the present address";
    address_changed: "L'adresse de votre compte a été changée.", "The address of your account was changed.";
    address_kept: "L'adresse de votre compte n'a pas changé.", "The address of your account has not changed.";
    objection: "S'opposer à un changement d'adresse", "Object to a change of address";
    objection_todo: "Recopiez le code à 8 chiffres du courriel qui vous a mené ici.", "Copy the 8-digit code of the e-mail that led you here.";
    objection_send: "Je m'oppose", "I object";
    objection_not: "Si c'est vous qui changez d'adresse, fermez cette page : il n'y a rien à faire.", "If it is you who change the address, close this page: there is nothing to do.";
    objected: "Votre opposition est enregistrée", "Your objection is recorded";
    objected_dropped: "L'adresse de votre compte ne change pas.", "The address of your account does not change.";
    objected_undone: "Votre adresse est de nouveau celle de votre compte.", "Your address is that of your account again.";
    objection_late: "Ce lien ne sert plus", "This link no longer works";
    objection_late_todo: "Il a plus d'une semaine, ou le changement n'est plus en cours. Si votre compte a une adresse que vous ne connaissez pas, écrivez-nous.", "It is more than a week old, or the change is no longer going on. If your account has an address that you do not know, write to us.";
    back_to_account: "Revenir à mon compte", "Back to my account";
    data: "Mes données", "My data";
    data_todo: "Recevez tout ce que nous gardons de vous, en un fichier.", "Receive all that we hold of you, as one file.";
    data_what: "Le fichier est lisible par vous et par d'autres programmes (JSON). Il contient votre identité, votre compte, vos réponses et ce qui les prouve. Sa remise est enregistrée.", "The file can be read by you and by other programs (JSON). It holds your identity, your account, your answers and what proves them. That it was given is recorded.";
    data_get: "Télécharger mes données", "Download my data";
    proofs: "Mes reçus", "My receipts";
    proofs_todo: "Chaque réponse que vous avez donnée a son reçu, à imprimer ou à garder.", "Each answer that you gave has its receipt, to print or to keep.";
    proofs_files: "Fichiers de preuve :", "Files that prove it:";
    proofs_what: "Les fichiers se vérifient hors ligne, sans nous, avec la clé publique du journal.", "The files are verified offline, without us, with the public key of the log.";
    proofs_key: "Clé publique (journal.vkey)", "Public key (journal.vkey)";
    close: "Fermer mon compte", "Close my account";
    close_todo: "Lisez ce qui va se passer, puis confirmez.", "Read what will happen, then confirm.";
    close_1: "Vous quittez les conditions d'utilisation ; votre compte n'ouvre plus rien.", "You leave the terms of use; your account opens nothing any more.";
    close_2: "Vous pouvez le rouvrir pendant {n} mois en vous reconnectant.", "You can open it again for {n} months by signing in.";
    close_3: "Il est ensuite effacé, et vous pouvez demander son effacement tout de suite.", "Then it is erased, and you can ask for its erasure at once.";
    close_tick: "Je veux fermer mon compte", "I want to close my account";
    close_unticked: "La case n'est pas cochée.", "The box is not ticked.";
    close_unticked_todo: "Cochez-la pour confirmer, ou revenez en arrière : rien n'a changé.", "Tick it to confirm, or go back: nothing has changed.";
    closed: "Votre compte est fermé", "Your account is closed";
    closed_todo: "Vous pouvez le rouvrir jusqu'au {day}.", "You can open it again until {day}.";
    reopen: "Rouvrir mon compte", "Open my account again";
    erase: "Effacer mon compte", "Erase my account";
    erase_what: "Vos données sont effacées et ne peuvent plus être retrouvées. Il reste la preuve de l'effacement, qui ne dit pas de qui.", "Your data are erased and cannot be found again. What remains is the proof of the erasure, which does not say whose.";
    erase_tick: "Je veux effacer mes données", "I want my data erased";
    erased: "Votre compte est effacé", "Your account is erased";
    erased_todo: "Vous êtes déconnecté. Vous pourrez vous inscrire à nouveau.", "You are signed out. You may sign up again.";
    found: "Nous avons retrouvé votre compte", "We have found your account";
    found_todo: "Il porte votre numéro : il est maintenant lié à Pro Santé Connect.", "It bears your number: it is now linked to Pro Santé Connect.";
    found_account: "Compte existant", "Existing account";
    found_mine: "C'est bien le mien", "It is mine";
    found_not_mine: "Ce n'est pas mon compte", "It is not my account";
    several: "Plusieurs comptes portent votre numéro", "Several accounts bear your number";
    several_todo: "Choisissez celui que vous gardez ; les autres seront mis de côté.", "Choose the one that you keep; the others will be set aside.";
    several_which: "Mon compte", "My account";
    several_take: "Garder ce compte", "Keep this account";
    several_later: "Décider plus tard", "Decide later";
    several_none: "Aucun compte n'est choisi.", "No account is chosen.";
    several_none_todo: "Choisissez-en un, ou décidez plus tard : rien n'a changé.", "Choose one, or decide later: nothing has changed.";
    several_what: "Si aucun n'est à vous, décidez plus tard et prévenez-nous.", "If none is yours, decide later and tell us.";
    found_what: "Un compte se retrouve par votre numéro national, jamais par votre adresse ou votre nom.", "An account is found by your national number, never by your address or your name.";
    signed_out: "Vous êtes déconnecté", "You are signed out";
    signed_out_todo: "Retirez votre carte du lecteur. Ce que vous aviez commencé est gardé.", "Take your card out of the reader. What you started is kept.";
    sign_in_again: "Se connecter à nouveau", "Sign in again";

    /// Mistakes.
    error: "L'opération n'a pas abouti", "That did not work";
    not_yours: "Le service rencontre un problème, qui ne vient pas de vous.", "The service has a problem, which is not of your making.";
    not_yours_todo: "Réessayez dans quelques minutes ; si cela persiste, prévenez le support.", "Try again in a few minutes; if it persists, tell the support desk.";
    not_found: "Cette page n'existe pas", "This page does not exist";
    not_found_todo: "Reprenez là où vous en étiez.", "Resume where you were.";
    forged: "Cette page n'est plus à jour", "This page is out of date";
    forged_todo: "Vous avez peut-être changé de session dans un autre onglet. Rien n'est perdu : reprenez.", "You may have changed session in another tab. Nothing is lost: resume.";
    error_code: "Code à donner au support :", "Code for the support desk:";

    /// Legal pages.
    legal_cgu: "CGU", "Terms of use";
    legal_cgu_title: "Conditions générales d'utilisation", "General terms of use";
    legal_credits: "Crédits", "Credits";
    legal_cookies: "Gestion des cookies", "Cookies";
    legal_notice: "Mentions légales", "Legal notice";
    legal_cgu_todo: "Les documents en vigueur, tels que présentés à l'inscription.", "The documents in force, as shown at sign-up.";
    credits_todo: "Avec quoi ce site est fait.", "What this site is made with.";
    credits_1: "Ce site est l'exemple du projet sas-psc, sous licence MIT ou Apache 2.0.", "This site is the example of the sas-psc project, under the MIT or Apache 2.0 licence.";
    credits_2: "Projet indépendant, ni édité ni approuvé par l'ANS ou le ministère.", "Independent project, neither published nor approved by the ANS or the ministry.";
    cookies_todo: "Trois cookies, tous nécessaires. Aucun ne vous suit : rien à accepter.", "Three cookies, all necessary. None tracks you: nothing to accept.";
    cookies_place: "Reconnaître ce navigateur, pour que personne d'autre ne fasse sonner votre téléphone", "Recognise this browser, so that nobody else makes your phone ring";
    cookies_visit: "Vous garder connecté et reprendre votre inscription", "Keep you signed in and resume your sign-up";
    cookies_visit_life: "la session du navigateur, 4 heures au plus", "the browser session, 4 hours at most";
    cookies_lang: "Retenir votre langue", "Remember your language";
    cookies_lang_life: "1 an", "1 year";
    notice_todo: "Qui édite et héberge ce site.", "Who publishes and hosts this site.";
    notice_publisher: "Éditeur", "Publisher";
    notice_host: "Hébergeur", "Host";
    notice_fill: "À compléter par l'organisme qui exploite ce site.", "To be completed by the organisation that runs this site.";
}
