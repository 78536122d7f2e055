//! What is kept, how long and why: one table, from which the purge, docs/gdpr and the notice are made.
//!
//! A period is a setting of the platform; the one here is a default, and no law is claimed for it. What the SDK does not
//! keep itself stands in the table all the same, so that whoever runs the platform sees all of it in one place.

use crate::base::Timestamp;
use crate::error::Result;
use crate::onboarding::LogEntry;
use std::future::Future;

/// A class of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DataClass {
    /// Visits of browsers.
    Visits,
    /// Sessions with Pro Santé Connect, sealed.
    Sessions,
    /// Names that count once: of logout tokens, of sign-ins under way.
    SeenOnce,
    /// Keys of the limiter of sign-ins by phone.
    LimiterKeys,
    /// Keys of the limiter of mails.
    MailLimits,
    /// Sign-ins with the card during an outage, once they were compared.
    LocalSignIns,
    /// Accounts whose address was never proven, with their challenge.
    Drafts,
    /// E-mail challenges.
    Challenges,
    /// Accounts in use.
    Accounts,
    /// Accounts that were closed.
    ClosedAccounts,
    /// Records of the consent log with their salts, and the evidence sealed under them.
    Records,
    /// Identifiers of people who were erased, as keyed hashes.
    Tombstones,
    /// Mails to be handed over.
    Outbox,
    /// Traces of a Proxy e-Santé.
    Traces,
}

/// Who deletes a class when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keeper {
    /// `drive::Purge`, out of the store.
    Purge,
    /// `drive::Lives`: with the account, as its life says.
    Lives,
    /// The program that keeps it.
    Program,
}

impl Keeper {
    /// `purge`, `account` or `program`.
    pub const fn word(self) -> &'static str {
        match self {
            Keeper::Purge => "purge",
            Keeper::Lives => "account",
            Keeper::Program => "program",
        }
    }
}

/// A class with its period and its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The class.
    pub class: DataClass,
    /// Its word: `visits`, `limiter-keys`…
    pub word: &'static str,
    /// What it is, in French.
    pub what_fr: &'static str,
    /// What it is, in English.
    pub what_en: &'static str,
    /// How long it is kept after its end, in days.
    pub days: u16,
    /// The period in words, in French: from when it counts.
    pub period_fr: &'static str,
    /// The same in English.
    pub period_en: &'static str,
    /// Why so long, in French.
    pub reason_fr: &'static str,
    /// Why so long, in English.
    pub reason_en: &'static str,
    /// Who deletes it.
    pub keeper: Keeper,
}

macro_rules! retention {
    ($($class:ident $word:literal $days:literal $keeper:ident
        $what_fr:literal $what_en:literal $period_fr:literal $period_en:literal $reason_fr:literal $reason_en:literal;)*) => {
        /// Every class, in the order of the documents.
        pub const RETENTION: &[Retention] = &[$(Retention {
            class: DataClass::$class,
            word: $word,
            what_fr: $what_fr,
            what_en: $what_en,
            days: $days,
            period_fr: $period_fr,
            period_en: $period_en,
            reason_fr: $reason_fr,
            reason_en: $reason_en,
            keeper: Keeper::$keeper,
        }),*];
    };
}

retention! {
    Accounts "accounts" 0 Lives
        "Comptes en service : identité reçue de Pro Santé Connect, adresse prouvée, lieux, réponses, paramètres"
        "Accounts in use: identity received from Pro Santé Connect, proven address, places, answers, settings"
        "jusqu'à la fermeture du compte ; sans connexion : avis à 8 mois, dernier avis à 9 mois, fermeture 7 jours après"
        "until the account is closed; without a sign-in: notice at 8 months, last notice at 9, closing 7 days later"
        "le compte ne sert que tant que la personne s'en sert"
        "an account serves only as long as its person uses it";
    ClosedAccounts "closed-accounts" 0 Lives
        "Comptes fermés" "Closed accounts"
        "12 mois après la fermeture" "12 months after the closing"
        "la personne peut changer d'avis et rouvrir son compte"
        "the person may change their mind and open the account again";
    Drafts "drafts" 30 Lives
        "Inscriptions inachevées : l'adresse n'a jamais été prouvée" "Sign-ups never finished: the address was never proven"
        "30 jours après la dernière connexion" "30 days after the latest sign-in"
        "laisser le temps de finir ; au-delà, la demande est abandonnée"
        "time to finish; after that the request is abandoned";
    Challenges "challenges" 30 Lives
        "Défis de courriel : adresse à prouver, empreintes du lien et du code" "E-mail challenges: the address to prove, hashes of link and code"
        "avec l'inscription ; le lien et le code ne valent que 5 minutes" "with the sign-up; link and code hold for 5 minutes only"
        "les attentes entre deux envois doivent survivre à une nouvelle connexion"
        "the waits between two mails must survive another sign-in";
    Visits "visits" 0 Purge
        "Visites de navigateur" "Visits of browsers"
        "à la fin de la visite" "at the end of the visit"
        "une visite finie ne sert plus" "a visit that ended serves nothing";
    Sessions "sign-ins" 0 Purge
        "Sessions Pro Santé Connect, jetons scellés" "Sessions with Pro Santé Connect, sealed tokens"
        "à la fin de la session" "at the end of the session"
        "les jetons ne servent qu'à la session" "the tokens serve the session alone";
    SeenOnce "seen-once" 0 Purge
        "Noms à usage unique (jetons de déconnexion)" "Names that count once (logout tokens)"
        "à la fin de leur validité" "at the end of their validity"
        "empêcher un rejeu tant qu'il serait accepté" "no replay while one would be accepted";
    LimiterKeys "limiter-keys" 0 Purge
        "Clés du limiteur, empreintes à clé de personnes et de postes" "Keys of the limiter, keyed hashes of people and workstations"
        "à la fin du délai compté" "at the end of the time counted"
        "compter les demandes d'une journée pour protéger le téléphone des personnes"
        "counting a day's requests to protect people's phones";
    MailLimits "mail-limits" 0 Purge
        "Clés du limiteur de courriels, empreintes à clé de personnes, d'adresses et de réseaux" "Keys of the limiter of mails, keyed hashes of people, addresses and networks"
        "à la fin du délai compté" "at the end of the time counted"
        "compter les envois pour que personne ne soit submergé, ni l'expéditeur banni" "counting mails so that nobody is flooded and the sender not banned";
    LocalSignIns "local-sign-ins" 365 Purge
        "Connexions par carte pendant une panne de Pro Santé Connect, une fois comparées"
        "Sign-ins with the card while Pro Santé Connect was away, once compared"
        "12 mois après la connexion" "12 months after the sign-in"
        "pouvoir rendre compte de l'usage d'un mode de secours" "being able to account for the use of a fall-back";
    Outbox "outbox" 7 Program
        "Courriels à remettre" "Mails to be handed over"
        "7 jours après la remise ou l'abandon" "7 days after they were handed over or given up"
        "expliquer à une personne ce qu'il est advenu d'un courriel" "telling a person what became of a mail";
    Traces "traces" 365 Program
        "Traces d'un Proxy e-Santé" "Traces of a Proxy e-Santé"
        "12 mois" "12 months"
        "l'espace de confiance demande des traces ; la durée se fixe avec votre RSSI" "the trust space asks for traces; settle the period with your CISO";
    Records "records" 0 Lives
        "Enregistrements du journal de consentement, leurs sels et les preuves scellées" "Records of the consent log, their salts and the evidence sealed under them"
        "avec le compte ; l'entrée du journal, qui ne dit rien de personne, reste" "with the account; the entry of the log, which tells nobody anything, stays"
        "prouver une réponse tant que le compte vit ; une durée de prescription est à fixer par votre DPO"
        "proving an answer while the account lives; a limitation period is for your DPO to settle";
    Tombstones "tombstones" 0 Purge
        "Identifiants effacés, en empreintes à clé" "Erased identifiers, as keyed hashes"
        "aucune par défaut ; sinon la durée réglée" "none by default; else the period set"
        "ne pas recréer par un import un compte dont l'effacement a été demandé" "no import brings back an account whose erasure was asked for";
}

impl DataClass {
    /// Its row of the table.
    pub fn retention(self) -> &'static Retention {
        RETENTION.iter().find(|row| row.class == self).unwrap_or(&RETENTION[0])
    }

    /// `visits`, `limiter-keys`…: its word.
    pub fn word(self) -> &'static str {
        self.retention().word
    }
}

/// The table as Markdown, for docs/gdpr and for a notice: in French, or in English.
pub fn retention_table(lang: crate::error::Lang) -> String {
    use crate::error::Lang;
    let mut table = match lang {
        Lang::Fr => String::from("| données | durée | raison |\n|---|---|---|\n"),
        Lang::En => String::from("| data | period | reason |\n|---|---|---|\n"),
    };
    for row in RETENTION {
        let cells = match lang {
            Lang::Fr => [row.what_fr, row.period_fr, row.reason_fr],
            Lang::En => [row.what_en, row.period_en, row.reason_en],
        };
        table += &format!("| {} |\n", cells.join(" | "));
    }
    table
}

/// Makes the record of a purge: of how many things.
pub type PurgeRecord<'a> = &'a (dyn Fn(u64) -> Result<LogEntry> + Send + Sync);

/// A store that deletes what its time is over.
pub trait PurgeStore: Send + Sync {
    /// Deletes up to `limit` things of a class whose end lies at `before` or earlier, the oldest first, and appends their
    /// record, whole. Says how many; nothing is recorded when it is none, and nothing done for a class that the store does
    /// not keep.
    ///
    /// # Errors
    /// Those of the store (block 11) and of `record`. Nothing is deleted then.
    fn purge(
        &self,
        class: DataClass,
        before: Timestamp,
        limit: u32,
        record: PurgeRecord<'_>,
    ) -> impl Future<Output = Result<u64>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Lang;
    use std::collections::BTreeSet;

    #[test]
    fn each_class_stands_once_in_the_table_and_says_everything_in_both_languages() {
        let words: BTreeSet<&str> = RETENTION.iter().map(|row| row.word).collect();
        let classes: BTreeSet<DataClass> = RETENTION.iter().map(|row| row.class).collect();
        assert_eq!((words.len(), classes.len(), RETENTION.len()), (14, 14, 14));
        for row in RETENTION {
            assert_eq!(row.class.word(), row.word);
            for text in [row.what_fr, row.what_en, row.period_fr, row.period_en, row.reason_fr, row.reason_en] {
                assert!(text.len() > 6 && !text.contains('|'), "{}: {text}", row.word);
            }
        }
        for lang in [Lang::Fr, Lang::En] {
            assert_eq!(retention_table(lang).lines().count(), RETENTION.len() + 2);
        }
    }
}
