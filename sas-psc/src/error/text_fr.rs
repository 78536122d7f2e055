//! Ce qui s'est passé et que faire, en français, par nom de code. Une ligne : nom, message, conseil.

#[rustfmt::skip]
pub(super) const TEXTS: &[(&str, &str, &str)] = &[
    // 1 : base et interfaces
    ("null-argument", "Un argument obligatoire est nul.", "Passez un pointeur valide pour chaque argument qui n'est pas facultatif."),
    ("not-utf8", "Un argument texte n'est pas de l'UTF-8 valide.", "Convertissez le texte en UTF-8 avant l'appel."),
    ("panic", "La bibliothèque s'est arrêtée au milieu d'un appel.", "C'est un défaut de la bibliothèque : merci de le signaler avec le nom de la fonction."),
    ("broken-invariant", "La bibliothèque s'est trouvée dans un état qui ne devrait pas exister.", "C'est un défaut de la bibliothèque : merci de le signaler avec ce code."),
    ("no-randomness", "Le système n'a pas fourni d'octets aléatoires.", "Vérifiez la source d'aléa de la machine, puis réessayez."),
    ("time-invalid", "La date ou l'heure est illisible.", "Donnez-la au format RFC 3339, par exemple 2026-11-23T08:00:00Z."),
    ("stored-form-unreadable", "Un état enregistré ne peut pas être relu.", "Vérifiez que les octets enregistrés viennent de cette bibliothèque et n'ont pas été modifiés."),
    ("stored-form-newer", "Un état enregistré a été écrit par une version plus récente de la bibliothèque.", "Mettez à jour la bibliothèque sur ce poste."),

    // 2 : id, person
    ("id-length", "Le numéro n'a pas la bonne longueur.", "Vérifiez le nombre de chiffres : 11 pour un numéro RPPS."),
    ("id-character", "Le numéro contient un caractère interdit.", "Saisissez les chiffres seuls, sans espace ni ponctuation."),
    ("id-key", "La clé du numéro est fausse : un chiffre est sans doute mal saisi.", "Vérifiez le numéro chiffre par chiffre sur la carte ou le certificat."),
    ("id-withdrawn", "Ce type de numéro n'est plus en usage.", "Utilisez le numéro RPPS de la personne."),
    ("id-never-allocated", "Ce numéro n'a jamais été attribué.", "Vérifiez le numéro sur la carte."),
    ("id-kind-unknown", "Le type de ce numéro n'est pas connu.", "Précisez de quel type de numéro il s'agit."),
    ("id-test-number", "C'est un numéro de test, et les numéros de test sont refusés ici.", "Utilisez un numéro réel, ou autorisez les numéros de test dans les réglages."),

    // 9 : onboarding
    ("eligibility-structure-staff", "Cette carte est celle d'un membre du personnel d'une structure, pas d'un professionnel de santé.", "Demandez au responsable de la structure un compte de gestionnaire de structure."),
    ("eligibility-practice-staff", "Cette carte est celle d'un membre du personnel d'un cabinet, pas d'un professionnel de santé.", "Demandez au professionnel avec qui vous travaillez de vous donner le rôle de délégataire."),
    ("eligibility-unknown-identity", "Cette identité n'a ni numéro RPPS ni numéro ADELI.", "Demandez au gestionnaire de comptes de votre territoire le rôle qui vous convient."),
    ("step-out-of-order", "Cette étape ne suit pas celle où en est l'inscription.", "Rechargez le compte et affichez la page de son état."),
    ("another-person", "La personne connectée n'est pas celle à qui appartient cette inscription.", "Déconnectez-vous, retirez la carte, et recommencez avec votre carte ou votre e-CPS."),
    ("places-unknown", "Un des lieux choisis n'est pas un lieu de cette personne.", "Affichez de nouveau la liste et choisissez dedans."),
    ("number-claimed-twice", "Deux comptes portent les numéros de cette personne.", "Demandez au gestionnaire de comptes de votre territoire de les réunir ; rien n'a été modifié."),
    ("terms-not-current", "Le texte a changé depuis son affichage.", "Lisez le nouveau texte et répondez de nouveau."),

    // 11 : store
    ("store-conflict", "Le compte vient d'être modifié par ailleurs.", "Rechargez la page et refaites l'étape."),
    ("store-identity-taken", "Le numéro RPPS/ADELI saisi est déjà utilisé.", "Connectez-vous à ce compte, ou demandez au gestionnaire de comptes de votre territoire."),
    ("store-email-taken", "Cette adresse ne peut pas être liée au compte.", "Utilisez une autre adresse de courriel."),
    ("store-unavailable", "La base de données n'a pas répondu.", "Vérifiez qu'elle fonctionne et que le disque n'est pas plein, puis réessayez."),
    ("store-corrupt", "La base de données contient des données illisibles.", "Restaurez-la depuis une sauvegarde ; rien n'a été modifié."),
    ("store-newer", "La base de données a été écrite par une version plus récente du programme.", "Mettez à jour le programme sur ce poste."),
];
