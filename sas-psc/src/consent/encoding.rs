//! A record's fields as bytes and back: the tables of docs/consent-format.md. The form of a field is in `tlv.rs`.

use super::terms::{MAX_DOCUMENTS, bundle_hash};
use super::tlv::{self, Reader, Writer};
use super::{
    AccountEvent, AccountFact, Declared, Event, Fields, Keeping, Kind, RecordId, Sha256, Shown, SignedIn, WrittenBy,
    evidence,
};
use crate::base::{self, Timestamp};
use crate::error::{Code, Error, Result};

/// No record is longer: the bounds of its texts and lists add up to less.
pub(super) const MAX_RECORD: usize = 65_535;
const MAGIC: &[u8; 4] = b"SPCR";
const VERSION: u8 = 1;

/// The tags. New ones may be added at any number; these never change.
mod tag {
    pub(super) const ID: u16 = 1;
    pub(super) const PREVIOUS: u16 = 2;
    pub(super) const SLUG: u16 = 10;
    pub(super) const VERSION: u16 = 11;
    pub(super) const LANG: u16 = 12;
    pub(super) const EFFECTIVE_FROM: u16 = 13;
    pub(super) const URL: u16 = 14;
    pub(super) const DOCUMENTS: u16 = 15;
    pub(super) const TERMS_HASH: u16 = 16;
    pub(super) const PURPOSE: u16 = 17;
    pub(super) const SENTENCE: u16 = 18;
    pub(super) const SWORN: u16 = 19;
    pub(super) const PRESENTED_AT: u16 = 20;
    pub(super) const AT: u16 = 21;
    pub(super) const METHOD: u16 = 22;
    pub(super) const UI_BUILD: u16 = 23;
    pub(super) const BEFORE: u16 = 25;
    pub(super) const AFTER: u16 = 26;
    pub(super) const WRITTEN_BY: u16 = 27;
    pub(super) const WRITER: u16 = 28;
    pub(super) const ISSUER: u16 = 30;
    pub(super) const PRINCIPAL: u16 = 31;
    pub(super) const ACR: u16 = 40;
    pub(super) const AMR: u16 = 41;
    pub(super) const AUTH_TIME: u16 = 42;
    pub(super) const ID_TOKEN: u16 = 43;
    pub(super) const CLIENT: u16 = 44;
    pub(super) const EVIDENCE: u16 = 45;
    pub(super) const CONTROLLER: u16 = 50;
    pub(super) const EXIT: u16 = 51;
    pub(super) const RETENTION_UNTIL: u16 = 52;
    pub(super) const HAPPENED: u16 = 80;
    pub(super) const ACCOUNT: u16 = 81;
    pub(super) const PROOFS: u16 = 82;
    pub(super) const OTHER: u16 = 83;
    pub(super) const COUNT: u16 = 84;
}

pub(super) fn write(fields: &Fields) -> Result<Vec<u8>> {
    let kind = match fields.kind {
        Kind::Terms => 1,
        Kind::Consent => 2,
        Kind::Declaration => 3,
        Kind::Account => 4,
    };
    let event = match fields.event {
        Event::Accepted => 1,
        Event::Refused => 2,
        Event::Superseded => 3,
        Event::Withdrawn => 4,
        Event::Happened => 6,
    };
    let refuse = |field| Err(Error::field(Code::RECORD_FIELD, field));
    if fields.purpose.is_some() != (fields.kind == Kind::Consent) {
        return refuse("purpose");
    }
    let of_account = (fields.kind == Kind::Account, fields.event == Event::Happened, fields.account.is_some());
    if ![(true, true, true), (false, false, false)].contains(&of_account) {
        return refuse("account");
    }
    if fields.declared.is_some() != (fields.kind == Kind::Declaration) {
        return refuse("sentence");
    }
    if let Some(declared) = &fields.declared {
        declared.check()?;
        let sentence = declared.sentence.as_bytes();
        let [shown] = &fields.documents[..] else { return refuse("documents") };
        if (shown.sha256.0, shown.length) != (base::sha256(sentence), sentence.len() as u64) {
            return refuse("sentence");
        }
        if declared.event() != fields.event {
            return refuse("event");
        }
    }
    if !fields.evidence.windows(2).all(|pair| pair[0].kind.name() < pair[1].kind.name()) {
        return refuse("evidence");
    }
    let short = |text: &str| (1..=tlv::MAX_TEXT).contains(&text.len());
    let mut out = Writer::new(&[MAGIC.as_slice(), &[VERSION, kind, event]].concat());
    out.bytes(tag::ID, &fields.id.0);
    if let Some(previous) = fields.previous {
        out.bytes(tag::PREVIOUS, &previous.0);
    }
    match fields.account {
        None => write_text(&mut out, fields)?,
        Some(_) if names_a_text(fields) => return refuse("slug"),
        Some(_) => {}
    }
    if let Some(purpose) = &fields.purpose {
        out.text(tag::PURPOSE, "purpose", purpose)?;
    }
    if let Some(declared) = &fields.declared {
        out.text(tag::SENTENCE, "sentence", &declared.sentence)?;
        if declared.sworn {
            out.bytes(tag::SWORN, &[1]);
        }
    }
    if let Some(at) = fields.presented_at {
        out.time(tag::PRESENTED_AT, at);
    }
    out.time(tag::AT, fields.at);
    out.text(tag::METHOD, "method", &fields.method)?;
    if let Some(build) = fields.ui_build {
        out.bytes(tag::UI_BUILD, &build.0);
    }
    if let Some(declared) = &fields.declared {
        for (tag, answer) in [(tag::BEFORE, declared.before), (tag::AFTER, declared.after)] {
            if let Some(answer) = answer {
                out.bytes(tag, &[1 + u8::from(answer)]);
            }
        }
        out.text(tag::WRITTEN_BY, "written_by", declared.by.name())?;
        if let Some(writer) = declared.by.who() {
            out.bytes(tag::WRITER, &writer.0);
        }
    }
    out.text(tag::ISSUER, "issuer", &fields.issuer)?;
    out.bytes(tag::PRINCIPAL, &fields.principal.0);
    if let Some(signed_in) = &fields.signed_in {
        out.text(tag::ACR, "acr", &signed_in.acr)?;
        let amr = &signed_in.amr;
        if amr.len() > tlv::MAX_ITEMS || !amr.iter().all(|m| short(m)) {
            return refuse("amr");
        }
        if !amr.is_empty() {
            out.bytes(tag::AMR, &tlv::list(amr.iter().map(|m| m.as_bytes())));
        }
        out.time(tag::AUTH_TIME, signed_in.auth_time);
        out.bytes(tag::ID_TOKEN, &signed_in.id_token_sha256.0);
        out.text(tag::CLIENT, "client", &signed_in.client)?;
    }
    if !fields.evidence.is_empty() {
        out.bytes(tag::EVIDENCE, &evidence::listed(&fields.evidence));
    }
    out.text(tag::CONTROLLER, "controller", &fields.keeping.controller)?;
    out.text(tag::EXIT, "exit", &fields.keeping.exit)?;
    if let Some(until) = fields.keeping.retention_until {
        out.time(tag::RETENTION_UNTIL, until);
    }
    if let Some(account) = &fields.account {
        write_account(&mut out, account)?;
    }
    Ok(out.finish())
}

/// The text that was answered.
fn write_text(out: &mut Writer, fields: &Fields) -> Result<()> {
    let refuse = |field| Err(Error::field(Code::RECORD_FIELD, field));
    let short = |text: &str| (1..=tlv::MAX_TEXT).contains(&text.len());
    let documents = &fields.documents;
    let named = documents.iter().all(|d| short(&d.title) && short(&d.media_type));
    if !(1..=MAX_DOCUMENTS).contains(&documents.len()) || !named {
        return refuse("documents");
    }
    if bundle_hash(documents) != fields.terms_hash {
        return refuse("terms_hash");
    }
    out.text(tag::SLUG, "slug", &fields.slug)?;
    out.text(tag::VERSION, "version", &fields.version)?;
    out.text(tag::LANG, "lang", &fields.lang)?;
    out.time(tag::EFFECTIVE_FROM, fields.effective_from);
    if let Some(url) = &fields.url {
        out.text(tag::URL, "url", url)?;
    }
    let lengths: Vec<[u8; 8]> = documents.iter().map(|d| d.length.to_be_bytes()).collect();
    let documents = documents.iter().zip(&lengths);
    let documents = documents.flat_map(|(d, l)| [d.title.as_bytes(), d.media_type.as_bytes(), l, &d.sha256.0]);
    out.bytes(tag::DOCUMENTS, &tlv::list(documents));
    out.bytes(tag::TERMS_HASH, &fields.terms_hash.0);
    Ok(())
}

fn names_a_text(fields: &Fields) -> bool {
    let texts = [&fields.slug, &fields.version, &fields.lang];
    !fields.documents.is_empty() || fields.url.is_some() || texts.iter().any(|text| !text.is_empty())
}

fn write_account(out: &mut Writer, account: &AccountFact) -> Result<()> {
    let refuse = |field| Err(Error::field(Code::RECORD_FIELD, field));
    out.text(tag::HAPPENED, "happened", account.event.word())?;
    out.bytes(tag::ACCOUNT, &account.account.0);
    let proofs = &account.proofs;
    if proofs.len() > tlv::MAX_ITEMS || !proofs.iter().all(|proof| (1..=64).contains(&proof.len())) {
        return refuse("proofs");
    }
    if !proofs.is_empty() {
        out.bytes(tag::PROOFS, &tlv::list(proofs.iter().map(|proof| proof.as_bytes())));
    }
    if let Some(other) = account.other {
        out.bytes(tag::OTHER, &other.0);
    }
    if let Some(count) = account.count {
        out.bytes(tag::COUNT, &count.to_be_bytes());
    }
    Ok(())
}

pub(super) fn read(bytes: &[u8]) -> Result<Fields> {
    let newer = || Error::new(Code::RECORD_NEWER);
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(tlv::unreadable)?;
    let ([version, kind, event], rest) = rest.split_first_chunk().ok_or_else(tlv::unreadable)?;
    if *version != VERSION {
        return Err(if *version > VERSION { newer() } else { tlv::unreadable() });
    }
    let kind = match kind {
        1 => Kind::Terms,
        2 => Kind::Consent,
        3 => Kind::Declaration,
        4 => Kind::Account,
        _ => return Err(newer()),
    };
    let event = match event {
        1 => Event::Accepted,
        2 => Event::Refused,
        3 => Event::Superseded,
        4 => Event::Withdrawn,
        6 => Event::Happened,
        _ => return Err(newer()),
    };
    let mut from = Reader::new(rest)?;
    // In the order of the tags, as the reader needs it.
    let id = RecordId::parse(from.required(tag::ID)?)?;
    let previous = from.optional(tag::PREVIOUS)?.map(RecordId::parse).transpose()?;
    let Text { slug, version, lang, effective_from, url, documents, terms_hash } =
        if kind == Kind::Account { Text::none() } else { read_text(&mut from)? };
    let purpose = from.optional(tag::PURPOSE)?.map(tlv::text).transpose()?;
    let sentence = from.optional(tag::SENTENCE)?.map(tlv::text).transpose()?;
    let sworn = from.optional(tag::SWORN)?;
    let presented_at = from.optional(tag::PRESENTED_AT)?.map(tlv::time).transpose()?;
    let at = tlv::time(from.required(tag::AT)?)?;
    let method = tlv::text(from.required(tag::METHOD)?)?;
    let ui_build = from.optional(tag::UI_BUILD)?.map(tlv::hash).transpose()?;
    let [before, after] = [from.optional(tag::BEFORE)?, from.optional(tag::AFTER)?].map(answer);
    let written_by = from.optional(tag::WRITTEN_BY)?.map(tlv::text).transpose()?;
    let writer = from.optional(tag::WRITER)?.map(tlv::hash).transpose()?;
    let declared = declared(sentence, sworn, (before?, after?), written_by, writer)?;
    let issuer = tlv::text(from.required(tag::ISSUER)?)?;
    let principal = tlv::hash(from.required(tag::PRINCIPAL)?)?;
    let signed_in = match from.optional(tag::ACR)? {
        None => None,
        Some(acr) => Some(SignedIn {
            acr: tlv::text(acr)?,
            amr: from
                .optional(tag::AMR)?
                .map_or(Ok(Vec::new()), |list| tlv::items(list)?.into_iter().map(tlv::text).collect::<Result<_>>())?,
            auth_time: tlv::time(from.required(tag::AUTH_TIME)?)?,
            id_token_sha256: tlv::hash(from.required(tag::ID_TOKEN)?)?,
            client: tlv::text(from.required(tag::CLIENT)?)?,
        }),
    };
    let evidence = from.optional(tag::EVIDENCE)?.map_or(Ok(Vec::new()), evidence::read)?;
    let keeping = Keeping {
        controller: tlv::text(from.required(tag::CONTROLLER)?)?,
        exit: tlv::text(from.required(tag::EXIT)?)?,
        retention_until: from.optional(tag::RETENTION_UNTIL)?.map(tlv::time).transpose()?,
    };
    let account = if kind == Kind::Account { Some(read_account(&mut from)?) } else { None };
    from.finish()?;
    Ok(Fields {
        kind,
        event,
        id,
        previous,
        slug,
        version,
        lang,
        effective_from,
        url,
        documents,
        terms_hash,
        purpose,
        declared,
        presented_at,
        at,
        method,
        ui_build,
        issuer,
        principal,
        signed_in,
        evidence,
        keeping,
        account,
    })
}

/// The fields about the text that was answered.
struct Text {
    slug: String,
    version: String,
    lang: String,
    effective_from: Timestamp,
    url: Option<String>,
    documents: Vec<Shown>,
    terms_hash: Sha256,
}

impl Text {
    /// Those of a record that answers none.
    fn none() -> Text {
        Text {
            slug: String::new(),
            version: String::new(),
            lang: String::new(),
            effective_from: Timestamp::from_unix(0),
            url: None,
            documents: Vec::new(),
            terms_hash: Sha256([0; 32]),
        }
    }
}

fn read_text(from: &mut Reader<'_>) -> Result<Text> {
    Ok(Text {
        slug: tlv::text(from.required(tag::SLUG)?)?,
        version: tlv::text(from.required(tag::VERSION)?)?,
        lang: tlv::text(from.required(tag::LANG)?)?,
        effective_from: tlv::time(from.required(tag::EFFECTIVE_FROM)?)?,
        url: from.optional(tag::URL)?.map(tlv::text).transpose()?,
        documents: documents(from.required(tag::DOCUMENTS)?)?,
        terms_hash: tlv::hash(from.required(tag::TERMS_HASH)?)?,
    })
}

fn read_account(from: &mut Reader<'_>) -> Result<AccountFact> {
    let word = tlv::text(from.required(tag::HAPPENED)?)?;
    let known = AccountEvent::ALL.iter().find(|event| event.word() == word);
    Ok(AccountFact {
        // A word that this program does not know is a later one.
        event: *known.ok_or_else(|| Error::new(Code::RECORD_NEWER))?,
        account: tlv::hash(from.required(tag::ACCOUNT)?)?,
        proofs: from
            .optional(tag::PROOFS)?
            .map_or(Ok(Vec::new()), |list| tlv::items(list)?.into_iter().map(tlv::text).collect::<Result<_>>())?,
        other: from.optional(tag::OTHER)?.map(tlv::hash).transpose()?,
        count: from
            .optional(tag::COUNT)?
            .map(|count| count.try_into().map(u64::from_be_bytes).map_err(|_| tlv::unreadable()))
            .transpose()?,
    })
}

/// 1 no, 2 yes.
fn answer(value: Option<&[u8]>) -> Result<Option<bool>> {
    match value {
        None => Ok(None),
        Some([1]) => Ok(Some(false)),
        Some([2]) => Ok(Some(true)),
        Some(_) => Err(tlv::unreadable()),
    }
}

fn declared(
    sentence: Option<String>,
    sworn: Option<&[u8]>,
    (before, after): (Option<bool>, Option<bool>),
    written_by: Option<String>,
    writer: Option<Sha256>,
) -> Result<Option<Declared>> {
    let Some(sentence) = sentence else {
        let nothing =
            sworn.is_none() && before.is_none() && after.is_none() && written_by.is_none() && writer.is_none();
        return if nothing { Ok(None) } else { Err(tlv::unreadable()) };
    };
    let by = WrittenBy::of(&written_by.ok_or_else(tlv::unreadable)?, writer)?;
    match sworn {
        None | Some([1]) => Ok(Some(Declared { sentence, sworn: sworn.is_some(), before, after, by })),
        Some(_) => Err(tlv::unreadable()),
    }
}

fn documents(value: &[u8]) -> Result<Vec<Shown>> {
    let items = tlv::items(value)?;
    let (documents, rest) = items.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(tlv::unreadable());
    }
    let shown = |[title, media_type, length, sha256]: &[&[u8]; 4]| {
        Ok(Shown {
            title: tlv::text(title)?,
            media_type: tlv::text(media_type)?,
            length: u64::from_be_bytes((*length).try_into().map_err(|_| tlv::unreadable())?),
            sha256: tlv::hash(sha256)?,
        })
    };
    documents.iter().map(shown).collect()
}
