//! Reads a folder of mail templates.

use crate::email::Templates;
use crate::error::{Code, Error, Result};
use std::path::Path;

/// The words of the mails, with those of a folder in the place of ours. Every file of the folder is one, but for those
/// whose name starts with a dot.
///
/// # Errors
/// `file-unreadable`; those of [`Templates::with_file`].
pub fn mail_templates(folder: impl AsRef<Path>) -> Result<Templates> {
    let unreadable = |error| Error::new(Code::FILE_UNREADABLE).caused_by(error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        // A name that is not text is no template's, and is refused as such.
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort();
    let mut templates = Templates::default();
    for name in names.iter().filter(|name| !name.starts_with('.')) {
        let content = std::fs::read_to_string(folder.as_ref().join(name)).map_err(unreadable)?;
        templates = templates.with_file(name, &content)?;
    }
    Ok(templates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::MailKind;
    use crate::error::Lang;

    #[test]
    fn a_folder_of_templates_is_read_and_its_mistakes_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(".gitignore", "*");
        write("already-linked.fr.txt", "Subject: Déjà lié\n\nRien n'a changé.\n");
        let mail = mail_templates(folder.path()).unwrap().preview(MailKind::AlreadyLinked, Lang::Fr, "S");
        assert_eq!((mail.subject(), mail.text()), ("Déjà lié", "Rien n'a changé.\n"));
        write("verification.fr.html", "<p>{{link}} {{code}}</p>");
        let error = mail_templates(folder.path()).unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::EMAIL_TEMPLATE_PLACE, Some("expires")));
        assert_eq!(error.facts().template, Some("verification.fr.html"));
        write("verification.fr.html", "<p>{{link}} {{code}} {{expires}}</p>");
        write("LISEZMOI.md", "");
        assert_eq!(mail_templates(folder.path()).unwrap_err().code(), Code::EMAIL_TEMPLATE_NAME);
        assert_eq!(mail_templates(folder.path().join("none")).unwrap_err().code(), Code::FILE_UNREADABLE);
    }
}
