//! Templates: ours pass their own check; what a platform writes is checked; nothing filled in breaks out.

use super::*;
use crate::email::tests::requested;

const NAMES: [&str; 4] = ["fr.txt", "fr.html", "en.txt", "en.html"];

fn refused(name: &str, content: &str) -> (Code, Option<&'static str>, Option<&'static str>) {
    let error = Templates::default().with_file(name, content).unwrap_err();
    (error.code(), error.facts().field, error.facts().template)
}

#[test]
fn every_default_passes_the_check_of_a_file_and_is_found_by_its_name() {
    assert_eq!(Templates::default().0.len(), 2 * MailKind::ALL.len());
    for (kind, lang, text, html) in DEFAULTS {
        for (end, content) in [("txt", text), ("html", html)] {
            let name = format!("{}.{}.{end}", kind.name(), lang.tag());
            let again = Templates::default().with_file(&name, content).unwrap();
            let (ours, theirs) = (Templates::default().preview(*kind, *lang, "S"), again.preview(*kind, *lang, "S"));
            assert_eq!((ours.text(), ours.html()), (theirs.text(), theirs.html()), "{name}");
        }
        assert_eq!(MailKind::named(kind.name()).unwrap(), *kind);
        for (place, end) in NAMES.iter().enumerate() {
            let found = file(&format!("{}.{end}", kind.name())).unwrap();
            assert_eq!((found.0, found.2), (*kind, place % 2 == 1));
        }
    }
}

#[test]
fn a_preview_looks_like_the_mail_and_opens_nothing() {
    for kind in MailKind::ALL {
        for lang in [Lang::Fr, Lang::En] {
            let mail = Templates::default().preview(kind, lang, "Cabinet <du parc>");
            let carries = kind != MailKind::AlreadyLinked;
            assert_eq!(mail.text().contains("1234 5678"), carries, "{kind:?}");
            assert_eq!(mail.html().contains("https://compte.exemple.fr/lien"), carries);
            assert!(!mail.text().contains("{{") && !mail.html().contains("{{"));
            assert!(mail.text().contains("Cabinet <du parc>") && mail.html().contains("Cabinet &lt;du parc&gt;"));
        }
    }
    let notice = Templates::default().preview(MailKind::AddressChange, Lang::Fr, "S");
    assert!(notice.text().contains("jusqu'au 30/11/2026 à 09 h 00 (heure de Paris)"), "{}", notice.text());
}

#[test]
fn a_mail_without_its_link_code_or_end_is_refused() {
    let whole = "Subject: S\n\n{{link}} {{code}} {{expires}}";
    assert!(Templates::default().with_file("verification.fr.txt", whole).is_ok());
    for place in ["link", "code", "expires"] {
        let without = whole.replace(&format!("{{{{{place}}}}}"), "");
        let told = refused("verification.en.txt", &without);
        assert_eq!(told, (Code::EMAIL_TEMPLATE_PLACE, Some(place), Some("verification.en.txt")));
        let html = "<p>{{link}} {{code}} {{expires}}</p>".replace(&format!("{{{{{place}}}}}"), "");
        assert_eq!(refused("address-change.fr.html", &html).1, Some(place));
    }
    // And none of them where somebody else reads.
    for place in ["link", "code", "expires", "duration"] {
        let told = refused("already-linked.fr.txt", &format!("Subject: S\n\n{{{{{place}}}}}"));
        assert_eq!(told, (Code::EMAIL_TEMPLATE_PLACE, Some(place), Some("already-linked.fr.txt")));
        let subject = format!("Subject: {{{{{place}}}}}\n\n{{{{link}}}} {{{{code}}}} {{{{expires}}}}");
        assert_eq!(refused("verification.fr.txt", &subject).1, Some(place), "in a subject");
    }
    let lasting = "Subject: S\n\n{{link}} {{code}} {{expires}} {{duration}}";
    assert_eq!(refused("address-change.en.txt", lasting).1, Some("duration"));
}

#[test]
fn places_that_do_not_exist_and_names_that_do_not_are_refused() {
    for text in ["{{lien}}", "{{", "{{link", "{{ }}", "{{link{{code}}"] {
        assert_eq!(refused("verification.fr.txt", &format!("Subject: S\n\n{text}")).0, Code::EMAIL_TEMPLATE_PLACE);
    }
    assert!(
        Templates::default()
            .with_file("verification.fr.txt", "Subject: S\r\n\r\n{{ link }} {{code }} {{ expires}}")
            .is_ok()
    );
    for name in ["verification.txt", "verification.de.txt", "Verification.fr.txt", "verification.fr.md", "", "../x"] {
        assert_eq!(refused(name, "").0, Code::EMAIL_TEMPLATE_NAME, "{name}");
    }
    assert_eq!(MailKind::named("welcome").unwrap_err().code(), Code::EMAIL_TEMPLATE_NAME);
}

#[test]
fn a_subject_is_one_line_and_takes_no_header_with_it() {
    let rest = "\n\n{{link}} {{code}} {{expires}}";
    for subject in ["", "Subject: ", "Subject:   ", "Subject: a\rBcc: x", "Subject: a\nBcc: x", "Objet : a", "a"] {
        let told = refused("verification.fr.txt", &format!("{subject}{rest}"));
        assert_eq!((told.0, told.2), (Code::EMAIL_TEMPLATE_SUBJECT, Some("verification.fr.txt")), "{subject:?}");
    }
    assert_eq!(
        refused("verification.fr.txt", &format!("Subject: {}{rest}", "é".repeat(201))).0,
        Code::EMAIL_TEMPLATE_SUBJECT
    );
    let ours =
        Templates::default().with_file("verification.fr.txt", &format!("Subject: {{{{service}}}}{rest}")).unwrap();
    let mail = ours.preview(MailKind::Verification, Lang::Fr, "Cabinet\r\nBcc: tout@exemple.fr\r\n\r\nTexte");
    assert!(!mail.subject().contains(['\r', '\n']), "{:?}", mail.subject());
}

#[test]
fn html_that_runs_sends_or_fetches_is_refused() {
    let good = "<p style=\"color: red\"><a href=\"{{link}}\">{{link}}</a> {{code}} {{expires}}</p>";
    assert!(Templates::default().with_file("verification.fr.html", good).is_ok());
    for bad in [
        "<script>x</script>",
        "<SCRIPT SRC = x>",
        "<img src=x>",
        "<img\nalt=x>",
        "<form action=x>",
        "<iframe>",
        "<svg/onload=x>",
        "<p onclick=\"x\">",
        "<p class='a'onmouseover=x>",
        "<link rel=x>",
        "<base href=x>",
        "<p style=\"background: URL (x)\">",
        "<a href=\"java\nscript:x\">",
        "a\0b",
        "a\u{1b}[2J",
    ] {
        let told = refused("verification.fr.html", &format!("{good}{bad}"));
        assert_eq!(told, (Code::EMAIL_TEMPLATE_UNSAFE, None, Some("verification.fr.html")), "{bad}");
    }
    assert_eq!(refused("verification.fr.html", &good.repeat(2000)).0, Code::EMAIL_TEMPLATE_UNSAFE);
}

#[test]
fn a_platforms_words_are_in_its_mails() {
    let text = "Subject: Adresse\n\nOuvrez {{link}} ou tapez {{code}} avant {{expires}} ({{duration}}).\n";
    let templates = Templates::default().with_file("verification.fr.txt", text).unwrap();
    let (mut challenge, key, mut random) = requested();
    let now = Timestamp::parse_rfc3339("2026-11-23T07:30:40Z").unwrap();
    let dispatch = challenge.write(&key, &mut random, now).unwrap();
    let base = "https://compte.exemple.fr/lien";
    let mail = templates.challenge(MailKind::Verification, Lang::Fr, "S", base, &dispatch).unwrap();
    let code = dispatch.code().expose_secret();
    let link = dispatch.link(base).unwrap();
    let expected = format!(
        "Ouvrez {} ou tapez {} {} avant 08 h 35 (heure de Paris) (5 minutes).\n",
        link.expose_secret(),
        &code[..4],
        &code[4..]
    );
    assert_eq!((mail.subject(), mail.text()), ("Adresse", &*expected));
    let ours = Templates::default().challenge(MailKind::Verification, Lang::En, "S", base, &dispatch).unwrap();
    let theirs = templates.challenge(MailKind::Verification, Lang::En, "S", base, &dispatch).unwrap();
    assert_eq!(ours.text(), theirs.text(), "what was not written is ours");
    let other = templates.challenge(MailKind::AlreadyLinked, Lang::Fr, "S", base, &dispatch);
    assert_eq!(other.unwrap_err().code(), Code::EMAIL_TEMPLATE_NAME);
    assert_eq!(format!("{templates:?}"), "Templates(…)");
}
