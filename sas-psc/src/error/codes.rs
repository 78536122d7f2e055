//! The one table of error codes. C constants, Python exceptions and the documentation page come from it.
//!
//! Numbers are never reused or renumbered; a block of 1000 per module:
//! 1 base and faces · 2 id, person · 3 psc · 4 card · 5 directory · 6 email · 7 consent · 8 participation ·
//! 9 onboarding · 10 drive · 11 store. The texts stand beside, in `text_fr.rs` and `text_en.rs`.

use super::{Blame, Lang, text_en, text_fr};
use std::fmt;

/// The stable identity of an error: a number, a name, a blame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(u32);

macro_rules! codes {
    ($($number:literal $constant:ident $name:literal $blame:ident;)*) => {
        impl Code {
            $(#[doc = concat!("`", $name, "`")] pub const $constant: Code = Code($number);)*
        }
        const TABLE: &[(u32, &str, &str, Blame)] = &[$(($number, stringify!($constant), $name, Blame::$blame)),*];
    };
}

codes! {
    // 1: base and faces
    1001 NULL_ARGUMENT          "null-argument"             Caller;
    1002 NOT_UTF8               "not-utf8"                  Caller;
    1003 PANIC                  "panic"                     Bug;
    1004 BROKEN_INVARIANT       "broken-invariant"          Bug;
    1005 NO_RANDOMNESS          "no-randomness"             Environment;
    1006 TIME_INVALID           "time-invalid"              Caller;
    1007 STORED_FORM_UNREADABLE "stored-form-unreadable"    Caller;
    1008 STORED_FORM_NEWER      "stored-form-newer"         Caller;
    1009 SERVER_KEY_SHORT       "server-key-short"          Caller;
    1010 USAGE                  "usage"                     Caller;
    1011 FILE_UNREADABLE        "file-unreadable"           Environment;
    1012 USER_CANCELLED         "user-cancelled"            User;
    1013 COLUMN_MISSING         "column-missing"            Caller;
    1014 NOT_DONE               "not-done"                  Caller;
    1015 FILE_NOT_WRITTEN       "file-not-written"          Environment;

    // 2: id, person
    2001 ID_LENGTH              "id-length"                 User;
    2002 ID_CHARACTER           "id-character"              User;
    2003 ID_KEY                 "id-key"                    User;
    2004 ID_WITHDRAWN           "id-withdrawn"              User;
    2005 ID_NEVER_ALLOCATED     "id-never-allocated"        User;
    2006 ID_KIND_UNKNOWN        "id-kind-unknown"           User;
    2007 ID_TEST_NUMBER         "id-test-number"            User;
    2010 ID_COLUMN_TYPE         "id-column-type"            Caller;
    2011 ARROW_SOURCE           "arrow-source"              Environment;
    2012 ARROW_MALFORMED        "arrow-malformed"           Caller;
    2013 ARROW_CHUNKED          "arrow-chunked"             Caller;

    2030 CROSSCHECK_PERSON      "crosscheck-person"         User;
    2031 CROSSCHECK_INACTIVE    "crosscheck-inactive"       User;
    2032 CROSSCHECK_DIFFERENCE  "crosscheck-difference"     User;
    2033 CROSSCHECK_WORD        "crosscheck-word"           Caller;

    // 3: psc
    3001 ADDRESS_REFUSED              "address-refused"              Caller;
    3002 ACR_UNKNOWN                  "acr-unknown"                  Caller;
    3003 ENDPOINT_MISSING             "endpoint-missing"             Caller;
    3004 SIMULATOR_REFUSED            "simulator-refused"            Caller;
    3005 DISCOVERY_ISSUER             "discovery-issuer"             Provider;
    3006 DISCOVERY_HOST               "discovery-host"               Provider;
    3007 PROVIDER_ANSWER              "provider-answer"              Provider;
    3008 PROVIDER_UNAVAILABLE         "provider-unavailable"         Provider;
    3009 KEYS_UNUSABLE                "keys-unusable"                Provider;
    3010 CLIENT_REFUSED               "client-refused"               Caller;
    3011 CLIENT_NOT_ALLOWED           "client-not-allowed"           Caller;
    3012 REQUEST_REFUSED              "request-refused"              Caller;
    3013 SESSION_ENDED                "session-ended"                User;
    3014 ACCESS_TOKEN_REFUSED         "access-token-refused"         Provider;
    3015 REQUEST_SPENT                "request-spent"                Caller;

    3020 AUTHORIZATION_STATE          "authorization-state"          User;
    3021 AUTHORIZATION_EXPIRED        "authorization-expired"        User;
    3022 AUTHORIZATION_USED           "authorization-used"           User;
    3023 AUTHORIZATION_ISSUER         "authorization-issuer"         Provider;
    3024 AUTHORIZATION_ANSWER         "authorization-answer"         Provider;
    3025 SIGN_IN_CANCELLED            "sign-in-cancelled"            User;
    3026 SIGN_IN_REQUIRED             "sign-in-required"             User;
    3027 SIGN_IN_NOT_FRESH            "sign-in-not-fresh"            User;
    3028 CODE_REFUSED                 "code-refused"                 User;

    3040 ID_TOKEN_MISSING             "id-token-missing"             Provider;
    3041 ID_TOKEN_MALFORMED           "id-token-malformed"           Provider;
    3042 ID_TOKEN_TOO_LARGE           "id-token-too-large"           Provider;
    3043 ID_TOKEN_ALGORITHM           "id-token-algorithm"           Provider;
    3044 ID_TOKEN_KEY                 "id-token-key"                 Provider;
    3045 ID_TOKEN_SIGNATURE           "id-token-signature"           Provider;
    3046 ID_TOKEN_CLAIM_MISSING       "id-token-claim-missing"       Provider;
    3047 ID_TOKEN_CLAIM_MALFORMED     "id-token-claim-malformed"     Provider;
    3048 ID_TOKEN_DUPLICATE           "id-token-duplicate"           Provider;
    3049 ID_TOKEN_TYPE                "id-token-type"                Provider;
    3050 ID_TOKEN_ISSUER              "id-token-issuer"              Provider;
    3051 ID_TOKEN_AUDIENCE            "id-token-audience"            Provider;
    3052 ID_TOKEN_EXPIRED             "id-token-expired"             Provider;
    3053 ID_TOKEN_NOT_YET_VALID       "id-token-not-yet-valid"       Provider;
    3054 ID_TOKEN_NONCE               "id-token-nonce"               Provider;
    3055 ID_TOKEN_ACR                 "id-token-acr"                 Provider;
    3056 ID_TOKEN_ACCESS_TOKEN        "id-token-access-token"        Provider;
    3057 ID_TOKEN_SUBJECT             "id-token-subject"             Provider;

    3060 USERINFO_SUBJECT             "userinfo-subject"             Provider;
    3061 USERINFO_IDENTITY            "userinfo-identity"            Provider;

    3070 CIBA_REFUSED                 "ciba-refused"                 User;
    3071 CIBA_EXPIRED                 "ciba-expired"                 User;
    3072 CIBA_CANCELLED               "ciba-cancelled"               User;
    3073 CIBA_UNKNOWN_PERSON          "ciba-unknown-person"          User;
    3074 CIBA_SPENT                   "ciba-spent"                   Caller;
    3075 CIBA_NOT_ENABLED             "ciba-not-enabled"             Caller;
    3076 CIBA_DEVICE_UNAVAILABLE      "ciba-device-unavailable"      Provider;
    3077 CIBA_DIGITS                  "ciba-digits"                  Provider;
    3078 CIBA_OTHER_PERSON            "ciba-other-person"            Provider;
    3079 CHANNEL_UNKNOWN              "channel-unknown"              Caller;
    3130 CIBA_OTHER_REQUEST           "ciba-other-request"           Provider;
    3131 CIBA_ANSWERED                "ciba-answered"                Caller;
    3132 CIBA_REPLACED                "ciba-replaced"                User;
    3133 CIBA_STILL_RUNNING           "ciba-still-running"           User;

    3100 SITUATION_UNKNOWN            "situation-unknown"            User;

    3150 PROXY_ANSWER                 "proxy-answer"                 Provider;
    3151 PROXY_UNAVAILABLE            "proxy-unavailable"            Provider;
    3152 PROXY_SESSION_UNKNOWN        "proxy-session-unknown"        User;
    3153 PROXY_SESSION_EXPIRED        "proxy-session-expired"        User;
    3154 PROXY_SIGN_IN_REFUSED        "proxy-sign-in-refused"        User;
    3155 PROXY_PERSON_UNKNOWN         "proxy-unknown-person"         User;
    3156 PROXY_REQUEST_REFUSED        "proxy-request-refused"        Caller;
    3157 PROXY_BUSY                   "proxy-busy"                   User;
    3158 WORKSTATION_UNKNOWN          "workstation-unknown"          Environment;
    3159 WORKSTATION_REVOKED          "workstation-revoked"          Environment;
    3160 ENROLMENT_CODE               "enrolment-code"               User;
    3161 BACKEND_UNKNOWN              "backend-unknown"              Caller;
    3162 BACKEND_PATH                 "backend-path"                 Caller;
    3163 BACKEND_UNAVAILABLE          "backend-unavailable"          Provider;
    3164 BACKEND_SETTINGS             "backend-settings"             Caller;
    3165 HEADER_RESERVED              "header-reserved"              Caller;
    3166 MESSAGE_FRAMING              "message-framing"              Caller;
    3167 MESSAGE_TOO_LARGE            "message-too-large"            Caller;
    3168 MESSAGE_METHOD               "message-method"               Caller;
    3169 TOKEN_EXCHANGE_REFUSED       "token-exchange-refused"       Provider;
    3170 PROXY_ADDRESS_UNKNOWN        "proxy-address-unknown"        Caller;
    3171 PROXY_SETTING                "proxy-setting"                Caller;
    3172 MESSAGE_INCOMPLETE           "message-incomplete"           Caller;

    3110 SEALED_VALUE_REFUSED         "sealed-value-refused"         User;
    3111 RETURN_ADDRESS_REFUSED       "return-address-refused"       User;
    3112 LOGOUT_TOKEN_MALFORMED       "logout-token-malformed"       Provider;
    3113 LOGOUT_TOKEN_SIGNATURE       "logout-token-signature"       Provider;
    3114 LOGOUT_TOKEN_TYPE            "logout-token-type"            Provider;
    3115 LOGOUT_TOKEN_CLAIM           "logout-token-claim"           Provider;
    3116 LOGOUT_TOKEN_AUDIENCE        "logout-token-audience"        Provider;
    3117 LOGOUT_TOKEN_TIME            "logout-token-time"            Provider;
    3118 LOGOUT_TOKEN_REPLAYED        "logout-token-replayed"        Provider;
    3120 SESSION_UNREACHABLE          "session-unreachable"          Environment;
    3121 SESSION_UNSAVED              "session-unsaved"              Caller;
    3080 TOKEN_BINDING                "token-binding"                Provider;
    3081 ENVIRONMENT_RETIRED          "environment-retired"          Caller;
    3082 ISSUER_MISSPELT              "issuer-misspelt"              Caller;
    3083 ENDPOINT_DRIFT               "endpoint-drift"               Provider;
    3084 ASSERTION_KEY                "assertion-key"                Caller;
    3086 PROMPT_UNKNOWN               "prompt-unknown"               Caller;
    3085 ENDPOINT_UNKNOWN             "endpoint-unknown"             Caller;

    // 4: card; 40 the card, 41 its codes, 42 readers, 43 certificates
    4001 CARD_ANSWER            "card-answer"               Card;
    4002 CARD_STATUS            "card-status"               Card;
    4003 CARD_LOCKED            "card-locked"               Card;
    4004 CARD_CONDITIONS        "card-conditions"           Card;
    4005 CARD_OBJECT_MISSING    "card-object-missing"       Card;
    4006 CARD_DIALECT           "card-dialect"              Card;
    4007 CARD_COMMAND_REFUSED   "card-command-refused"      Card;
    4008 CARD_FAILURE           "card-failure"              Card;
    4009 CARD_UNKNOWN           "card-unknown"              Card;
    4010 CARD_DIRECTORY         "card-directory"            Card;
    4011 CARD_KEY_MISSING       "card-key-missing"          Card;
    4012 CARD_CONTACTLESS       "card-contactless"          User;
    4013 CARD_OTHER             "card-other"                User;
    4014 CARD_SIGNATURE         "card-signature"            Card;
    4015 CARD_ALGORITHM         "card-algorithm"            Caller;
    4016 CARD_UPDATE_UNFINISHED "card-update-unfinished"    Card;
    4017 CARD_REMOVED           "card-removed"              Card;
    4018 CARD_RESET             "card-reset"                Card;
    4019 CARD_ABSENT            "card-absent"               Card;
    4020 CARD_MUTE              "card-mute"                 Card;
    4021 CARD_DIALOGUE_OVER     "card-dialogue-over"        Caller;

    4101 CARD_PIN_FORM          "card-pin-form"             User;
    4102 CARD_PIN_REQUIRED      "card-pin-required"         User;
    4103 CARD_PIN_WRONG         "card-pin-wrong"            User;
    4104 CARD_PIN_BLOCKED       "card-pin-blocked"          Card;
    4105 CARD_PIN_LAST_TRY      "card-pin-last-try"         User;
    4106 CARD_PUK_FORM          "card-puk-form"             User;
    4107 CARD_PUK_WRONG         "card-puk-wrong"            User;
    4108 CARD_PUK_BLOCKED       "card-puk-blocked"          Card;
    4109 CARD_PIN_NOT_ENTERED   "card-pin-not-entered"      User;
    4110 CARD_PINPAD_MISSING    "card-pinpad-missing"       Caller;
    4111 CARD_PIN_MISMATCH      "card-pin-mismatch"         User;
    4112 CARD_PUK_LAST_TRY      "card-puk-last-try"         User;
    4113 CMS_UNREADABLE         "cms-unreadable"            Caller;
    4114 CMS_UNSUPPORTED        "cms-unsupported"           Caller;
    4115 CMS_CONTENT            "cms-content"               Caller;
    4116 CMS_SIGNATURE          "cms-signature"             Caller;
    4117 CMS_CERTIFICATE        "cms-certificate"           Caller;
    4118 CMS_TIME               "cms-time"                  Caller;

    4201 READER_SERVICE_ABSENT  "reader-service-absent"     Environment;
    4202 READER_LIBRARY_ABSENT  "reader-library-absent"     Environment;
    4203 READER_NONE            "reader-none"               Card;
    4204 READER_UNKNOWN         "reader-unknown"            Card;
    4205 READER_BUSY            "reader-busy"               Card;
    4206 READER_FAILURE         "reader-failure"            Card;
    4207 READER_SEVERAL         "reader-several"            Caller;
    4208 READER_TIMED_OUT       "reader-timed-out"          Card;
    4211 PKCS11_MODULE          "pkcs11-module"             Environment;
    4212 PKCS11_FAILURE         "pkcs11-failure"            Card;

    4300 CARD_CERTIFICATE_UNREADABLE    "card-certificate-unreadable"    Card;
    4301 CARD_CERTIFICATE_HOLDER        "card-certificate-holder"        User;
    4302 CARD_CERTIFICATE_USAGE         "card-certificate-usage"         Caller;
    4303 CARD_CERTIFICATE_AUTHORITY     "card-certificate-authority"     Card;
    4304 CARD_CERTIFICATE_SIGNATURE     "card-certificate-signature"     Card;
    4305 CARD_CERTIFICATE_EXPIRED       "card-certificate-expired"       User;
    4306 CARD_CERTIFICATE_NOT_YET_VALID "card-certificate-not-yet-valid" Environment;
    4307 CARD_CERTIFICATE_REVOKED       "card-certificate-revoked"       User;
    4308 CARD_CERTIFICATE_RANGE         "card-certificate-range"         Card;
    4309 CARD_CERTIFICATE_TEST          "card-certificate-test"          User;
    4310 CARD_CERTIFICATE_UNSUPPORTED   "card-certificate-unsupported"   Card;
    4311 CARD_PURPOSE_UNKNOWN           "card-purpose-unknown"           Caller;
    4312 CARD_AUTHORITIES               "card-authorities"               Caller;

    4401 CARD_TLS_SIGNATURE     "card-tls-signature"        Provider;
    4402 CARD_TLS_VERSION       "card-tls-version"          Provider;
    4403 CARD_LOGIN_NOT_OFFERED "card-login-not-offered"    Caller;
    4404 CARD_LOGIN_PAGE        "card-login-page"           Provider;
    4320 REVOCATION_UNKNOWN             "revocation-unknown"             Environment;
    4321 CRL_UNREADABLE                 "crl-unreadable"                 Environment;
    4322 CRL_AUTHORITY                  "crl-authority"                  Environment;
    4323 CRL_SIGNATURE                  "crl-signature"                  Environment;
    4324 CRL_NOT_YET_VALID              "crl-not-yet-valid"              Environment;
    4325 CRL_OLDER                      "crl-older"                      Environment;
    4326 CRL_ADDRESS                    "crl-address"                    Caller;
    4327 CRL_UNAVAILABLE                "crl-unavailable"                Provider;
    4330 POSSESSION_SIGNATURE           "possession-signature"           Card;
    4331 POSSESSION_EXPIRED             "possession-expired"             User;
    4332 POSSESSION_REPLAYED            "possession-replayed"            User;
    4333 CHALLENGE_TEXT                 "challenge-text"                 Caller;
    4334 CERTIFICATE_CHOICE             "certificate-choice"             User;

    4340 FALLBACK_OFF                   "fallback-off"                   Caller;
    4341 FALLBACK_CLOSED                "fallback-closed"                User;
    4342 FALLBACK_OPENING               "fallback-opening"               Caller;
    4343 FALLBACK_REALM                 "fallback-realm"                 User;
    4344 FALLBACK_DIRECTORY             "fallback-directory"             User;
    4345 FALLBACK_RULE                  "fallback-rule"                  Caller;

    // 5: directory
    5001 EXTRACT_HEADER         "extract-header"            Caller;
    5002 EXTRACT_COLUMN_TWICE   "extract-column-twice"      Caller;
    5003 EXTRACT_CUT            "extract-cut"               Caller;
    5004 EXTRACT_SHRUNK         "extract-shrunk"            Caller;
    5005 EXTRACT_REJECTED       "extract-rejected"          Caller;
    5006 EXTRACT_TOO_LARGE      "extract-too-large"         Caller;
    5007 EXTRACT_EMPTY          "extract-empty"             Caller;
    5008 ARCHIVE_REFUSED        "archive-refused"           Caller;
    5010 DIRECTORY_FOREIGN      "directory-foreign"         Caller;
    5011 DIRECTORY_VERSION      "directory-version"         Caller;
    5012 DIRECTORY_DAMAGED      "directory-damaged"         Environment;
    5013 DIRECTORY_QUESTION     "directory-question"        Caller;
    5050 FHIR_ANSWER            "fhir-answer"               Provider;
    5051 FHIR_UNAVAILABLE       "fhir-unavailable"          Provider;
    5052 FHIR_TIMED_OUT         "fhir-timed-out"            Provider;
    5053 FHIR_KEY_REFUSED       "fhir-key-refused"          Caller;
    5054 FHIR_QUERY_REFUSED     "fhir-query-refused"        Caller;
    5055 FHIR_TOO_MANY_CALLS    "fhir-too-many-calls"       Environment;
    5056 FHIR_PAGE_GONE         "fhir-page-gone"            Caller;
    5057 FHIR_LINK_ELSEWHERE    "fhir-link-elsewhere"       Provider;
    5058 FHIR_DELTA_TOO_OLD     "fhir-delta-too-old"        Caller;
    5059 FHIR_QUESTION          "fhir-question"             Caller;
    5060 FHIR_SETTINGS          "fhir-settings"             Caller;

    // 6: email
    6001 EMAIL_LENGTH           "email-length"              User;
    6002 EMAIL_AT_SIGN          "email-at-sign"             User;
    6003 EMAIL_CHARACTER        "email-character"           User;
    6004 EMAIL_LOCAL_PART       "email-local-part"          User;
    6005 EMAIL_DOMAIN           "email-domain"              User;
    6006 EMAIL_DOMAIN_INTERNATIONAL "email-domain-international" User;
    6007 EMAIL_CODE_FORM        "email-code-form"           User;
    6008 EMAIL_CODE_WRONG       "email-code-wrong"          User;
    6009 EMAIL_LINK_WRONG       "email-link-wrong"          User;
    6010 EMAIL_EXPIRED          "email-expired"             User;
    6011 EMAIL_SUPERSEDED       "email-superseded"          User;
    6012 EMAIL_OTHER_SESSION    "email-other-session"       User;
    6013 EMAIL_TRIES_USED_UP    "email-tries-used-up"       User;
    6014 EMAIL_NOT_SENT         "email-not-sent"            User;
    6015 EMAIL_RESEND_TOO_EARLY "email-resend-too-early"    User;
    6016 EMAIL_ALREADY_PROVEN   "email-already-proven"      User;
    6017 EMAIL_SEND_WINDOW_OVER "email-send-window-over"    Environment;
    6018 EMAIL_LINK_BASE        "email-link-base"           Caller;
    6019 EMAIL_LIFETIME         "email-lifetime"            Caller;
    6020 EMAIL_NOTHING_TO_SEND  "email-nothing-to-send"     Caller;
    6030 EMAIL_TOO_MANY         "email-too-many"            User;
    6031 EMAIL_LIMIT_RULES      "email-limit-rules"         Caller;
    6032 EMAIL_TEMPLATE_NAME    "email-template-name"       Caller;
    6033 EMAIL_TEMPLATE_PLACE   "email-template-place"      Caller;
    6034 EMAIL_TEMPLATE_SUBJECT "email-template-subject"    Caller;
    6035 EMAIL_TEMPLATE_UNSAFE  "email-template-unsafe"     Caller;
    6040 SENDER_SPF             "sender-spf"                Environment;
    6041 SENDER_DKIM            "sender-dkim"               Environment;
    6042 SENDER_DMARC           "sender-dmarc"              Environment;

    // 7: consent
    7001 TERMS_INVALID          "terms-invalid"             Caller;
    7002 TERMS_NOT_TICKED       "terms-not-ticked"          User;
    7003 TERMS_CHANGED          "terms-changed"             User;
    7004 CONSENT_OTHER_SESSION  "consent-other-session"     User;
    7005 CONSENT_CLOCK_WENT_BACK "consent-clock-went-back"  Environment;
    7006 RECORD_UNREADABLE      "record-unreadable"         Caller;
    7007 RECORD_NEWER           "record-newer"              Caller;
    7008 RECORD_FIELD           "record-field"              Caller;
    7009 HASH_UNREADABLE        "hash-unreadable"           Caller;
    7010 LOG_KEY_UNREADABLE     "log-key-unreadable"        Caller;
    7011 LOG_NAME_INVALID       "log-name-invalid"          Caller;
    7012 NOTE_UNREADABLE        "note-unreadable"           Caller;
    7013 NOTE_NOT_SIGNED        "note-not-signed"           Caller;
    7014 NOTE_SIGNATURE         "note-signature"            Caller;
    7015 CHECKPOINT_UNREADABLE  "checkpoint-unreadable"     Caller;
    7016 CHECKPOINT_ORIGIN      "checkpoint-origin"         Caller;
    7017 PROOF_WRONG            "proof-wrong"               Caller;
    7018 LOG_FORK               "log-fork"                  Caller;
    7019 LOG_INCOMPLETE         "log-incomplete"            Environment;
    7020 RECEIPT_UNREADABLE     "receipt-unreadable"        Caller;
    7021 RECEIPT_RECORD         "receipt-record"            Caller;
    7022 RECORD_TIME            "record-time"               Caller;
    7023 RECEIPT_ALONE          "receipt-alone"             Caller;
    7060 EVIDENCE_UNREADABLE    "evidence-unreadable"       Caller;
    7061 EVIDENCE_NONE          "evidence-none"             Caller;
    7062 EVIDENCE_OTHER_RECORD  "evidence-other-record"     Caller;
    7063 EVIDENCE_OTHER_SIGN_IN "evidence-other-sign-in"    Caller;
    7064 DECLARATION_BY_ANOTHER "declaration-by-another"    User;

    // 8: participation
    8001 SETTINGS_UNREADABLE       "settings-unreadable"       Caller;
    8002 SETTINGS_FIELD_UNREADABLE "settings-field-unreadable" Caller;
    8003 SETTINGS_VIA_MISSING      "settings-via-missing"      User;
    8004 SETTINGS_FINESS_MISSING   "settings-finess-missing"   User;
    8005 SETTINGS_FINESS_UNKNOWN   "settings-finess-unknown"   User;
    8006 SETTINGS_LOCATION_MISSING "settings-location-missing" User;
    8007 SETTINGS_SOFTWARE_MISSING "settings-software-missing" User;
    8008 SETTINGS_HOURS_MISSING    "settings-hours-missing"    User;
    8009 SETTINGS_VIA_UNKNOWN      "settings-via-unknown"      User;
    8010 SETTINGS_FINESS_INVALID   "settings-finess-invalid"   User;
    8011 SETTINGS_SIRET_MISSING    "settings-siret-missing"    User;
    8012 SETTINGS_SIRET_INVALID    "settings-siret-invalid"    User;
    8013 SETTINGS_STRUCTURE_MISSING     "settings-structure-missing"     Caller;
    8014 SETTINGS_ID_TYPE               "settings-id-type"               Caller;
    8015 SETTINGS_PRACTITIONERS_MISSING "settings-practitioners-missing" User;
    8020 SLOT_DATE       "slot-date"       User;
    8021 SLOT_HOURS      "slot-hours"      User;
    8022 SLOT_ORDER      "slot-order"      User;
    8023 SLOT_PAST       "slot-past"       User;
    8024 SLOT_KIND       "slot-kind"       User;
    8025 SLOT_PATIENTS   "slot-patients"   User;
    8026 SLOT_MODALITIES "slot-modalities" User;
    8027 SLOT_REPEAT     "slot-repeat"     Caller;
    8028 SLOT_REGION     "slot-region"     Caller;
    8029 SLOT_SKIPPED    "slot-skipped"    User;
    8030 ABSENCE_MODE     "absence-mode"     Caller;
    8031 ABSENCE_START    "absence-start"    User;
    8032 ABSENCE_END      "absence-end"      User;
    8033 ABSENCE_ORDER    "absence-order"    User;
    8034 ABSENCE_TOO_MANY "absence-too-many" User;
    8035 ABSENCE_PAST     "absence-past"     User;
    8036 ABSENCE_OVERLAP  "absence-overlap"  User;
    8040 SLOT_UNTIL       "slot-until"       User;

    // 9: onboarding
    9001 ELIGIBILITY_STRUCTURE_STAFF  "eligibility-structure-staff"  User;
    9002 ELIGIBILITY_PRACTICE_STAFF   "eligibility-practice-staff"   User;
    9003 ELIGIBILITY_UNKNOWN_IDENTITY "eligibility-unknown-identity" User;
    9004 STEP_OUT_OF_ORDER      "step-out-of-order"         Caller;
    9005 ANOTHER_PERSON         "another-person"            User;
    9006 PLACES_UNKNOWN         "places-unknown"            Caller;
    9007 NUMBER_CLAIMED_TWICE   "number-claimed-twice"      User;
    9008 TERMS_NOT_CURRENT      "terms-not-current"         User;
    9009 ACCOUNT_UNKNOWN        "account-unknown"           Caller;
    9010 VERIFICATION_LINK      "verification-link"         User;
    9011 VERIFICATION_LINK_PURPOSE "verification-link-purpose" User;
    9012 PREREQUISITE_MISSING   "prerequisite-missing"      User;
    9013 POLICY_UNREADABLE      "policy-unreadable"         Caller;
    9014 CPTS_NOT_MANAGED       "cpts-not-managed"          User;
    9020 ADDRESS_CHANGED_LATELY "address-changed-lately"    User;
    9021 ADDRESS_CHANGE_NONE    "address-change-none"       User;

    9040 LINK_ACCOUNT_NAME      "link-account-name"         Caller;
    9041 LINK_ACCOUNTS_UNREADABLE "link-accounts-unreadable" Caller;
    9042 LINK_NOT_FOUND         "link-not-found"            User;
    9043 LINK_SEVERAL           "link-several"              User;
    9044 LINK_CLAIMED           "link-claimed"              User;
    9045 LINK_OTHER_SESSION     "link-other-session"        User;
    9046 LINK_PROOF_EXPIRED     "link-proof-expired"        User;
    9047 LINK_OUT_OF_ORDER      "link-out-of-order"         Caller;
    9050 PLAN_ACCOUNT_MISSING   "plan-account-missing"      Caller;
    9051 PLAN_ACCOUNT_TWICE     "plan-account-twice"        Caller;
    9052 PLAN_ROW_UNREADABLE    "plan-row-unreadable"       Caller;
    9060 ACCOUNT_CLOSED         "account-closed"            User;
    9061 LIFECYCLE_OUT_OF_ORDER "lifecycle-out-of-order"    Caller;
    9062 LIFECYCLE_RULES        "lifecycle-rules"           Caller;
    9063 LIFE_UNREADABLE        "life-unreadable"           Caller;
    9064 EXPORT_MEMBER          "export-member"             Caller;

    // 10: drive
    10001 HTTP_SETTINGS               "http-settings"               Caller;
    10002 NAME_NOT_FOUND              "name-not-found"              Environment;
    10003 CONNECT_FAILED              "connect-failed"              Environment;
    10004 TIMED_OUT                   "timed-out"                   Environment;
    10005 SERVER_CERTIFICATE          "server-certificate"          Environment;
    10006 CLIENT_CERTIFICATE          "client-certificate"          Caller;
    10007 TLS_FAILED                  "tls-failed"                  Environment;
    10008 ANSWER_TOO_LARGE            "answer-too-large"            Provider;
    10009 PROXY_FAILED                "proxy-failed"                Environment;
    10010 CONNECTION_LOST             "connection-lost"             Environment;
    10011 PORT_UNAVAILABLE            "port-unavailable"            Environment;
    10020 MAIL_REFUSED                "mail-refused"                User;
    10021 MAIL_DEFERRED               "mail-deferred"               Environment;
    10022 MAIL_REJECTED               "mail-rejected"               Environment;
    10023 MAIL_LOGIN_REFUSED          "mail-login-refused"          Environment;
    10024 MAIL_SETTINGS               "mail-settings"               Caller;
    10030 PROXY_AUTHENTICATION        "proxy-authentication"        Environment;
    10031 TLS_INSPECTED               "tls-inspected"               Environment;
    10032 TRUST_STORE_EMPTY           "trust-store-empty"           Environment;
    10033 SERVER_CERTIFICATE_TIME     "server-certificate-time"     Environment;
    10034 SERVER_CERTIFICATE_NAME     "server-certificate-name"     Environment;
    10035 CLIENT_KEY_MISMATCH         "client-key-mismatch"         Caller;
    10036 CLIENT_KEY_ENCRYPTED        "client-key-encrypted"        Caller;
    10037 CLIENT_KEY_PASSWORD         "client-key-password"         Caller;
    10038 CLIENT_KEY_FORM             "client-key-form"             Caller;
    10039 CLIENT_CERTIFICATE_ENDS_SOON "client-certificate-ends-soon" Environment;
    10040 CLIENT_CERTIFICATE_ENDED    "client-certificate-ended"    Environment;
    10041 CLOCK_SKEW                  "clock-skew"                  Environment;

    // 11: store
    11001 STORE_CONFLICT        "store-conflict"            Environment;
    11002 STORE_IDENTITY_TAKEN  "store-identity-taken"      User;
    11003 STORE_EMAIL_TAKEN     "store-email-taken"         User;
    11004 STORE_UNAVAILABLE     "store-unavailable"         Environment;
    11005 STORE_CORRUPT         "store-corrupt"             Environment;
    11006 STORE_NEWER           "store-newer"               Environment;
    11010 DIRECTORY_MISSING     "directory-missing"         Environment;
    11011 DIRECTORY_NOT_WRITTEN "directory-not-written"     Environment;
    11012 DIRECTORY_BUSY        "directory-busy"            Environment;
    11020 SESSION_UNKNOWN       "session-unknown"           User;
    11030 LOG_MISSING           "log-missing"               Environment;
    11031 LOG_EXISTS            "log-exists"                Caller;
    11032 LOG_BUSY              "log-busy"                  Environment;
    11033 LOG_NOT_WRITTEN       "log-not-written"           Environment;
    11034 LOG_BEHIND            "log-behind"                Environment;
    11035 LOG_DAMAGED           "log-damaged"               Environment;
    11036 RECORD_UNKNOWN        "record-unknown"            Caller;
    11037 RECORD_DIFFERS        "record-differs"            Caller;
    11038 RECORD_NOT_PUBLISHED  "record-not-published"      Environment;
    11039 TERMS_UNKNOWN         "terms-unknown"             Caller;
    11040 RECORD_NONE_BEFORE    "record-none-before"        Caller;
    11050 STORE_ADDRESS         "store-address"             Caller;
    11051 STORE_LOGIN_REFUSED   "store-login-refused"       Environment;
    11052 STORE_TLS             "store-tls"                 Environment;
    11053 STORE_READ_ONLY       "store-read-only"           Environment;
    11054 STORE_FORBIDDEN       "store-forbidden"           Environment;
    11055 STORE_CONTENDED       "store-contended"           Environment;
    11056 STORE_OUTCOME_UNKNOWN "store-outcome-unknown"     Environment;
    11070 STORE_BEHIND          "store-behind"              Environment;
}

impl Code {
    /// The number, as C sees it.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The name, as JSON shows it: `id-key`.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// The constant, as Rust and C spell it: `ID_KEY`.
    pub fn constant(self) -> &'static str {
        self.row().1
    }

    /// Who must act.
    pub fn blame(self) -> Blame {
        self.row().3
    }

    /// What happened.
    pub fn message(self, lang: Lang) -> &'static str {
        self.text(lang).1
    }

    /// What to do now.
    pub fn hint(self, lang: Lang) -> &'static str {
        self.text(lang).2
    }

    /// Every code, by number.
    pub fn all() -> impl Iterator<Item = Code> {
        TABLE.iter().map(|row| Code(row.0))
    }

    /// The code with this name.
    pub fn from_name(name: &str) -> Option<Code> {
        TABLE.iter().find(|row| row.2 == name).map(|row| Code(row.0))
    }

    /// The code with this number.
    pub fn from_number(number: u32) -> Option<Code> {
        TABLE.iter().find(|row| row.0 == number).map(|row| Code(row.0))
    }

    fn row(self) -> &'static (u32, &'static str, &'static str, Blame) {
        // A Code is only ever made from the table.
        TABLE.iter().find(|row| row.0 == self.0).unwrap_or(&TABLE[0])
    }

    fn text(self, lang: Lang) -> &'static (&'static str, &'static str, &'static str) {
        let texts = match lang {
            Lang::Fr => text_fr::TEXTS,
            Lang::En => text_en::TEXTS,
        };
        let name = self.name();
        texts.iter().find(|text| text.0 == name).unwrap_or(&("", "", ""))
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.name())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
