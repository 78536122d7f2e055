//! The vectors as lines that a C program reads without a JSON reader: what `tests/c/tokens.c`, `ciba.c`, `link.c`, `participation.c` and `fhir.c` are run on
//! (tools/parts/50-c).
//!
//! One case a line, its fields separated by tabs and percent-encoded; `-` is a field that is absent. A case of CIBA or
//! of the online directory is followed by its answers, one a line.

use sas_psc::Code;
use sas_psc::psc::UserInfo;
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

fn cases(room: &str) -> Vec<(String, Value)> {
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(room);
    let files = std::fs::read_dir(room).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    let read = |file: &Path| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut all: Vec<_> =
        files.map(|file| (file.file_stem().unwrap().to_str().unwrap().to_owned(), read(&file))).collect();
    all.sort_by(|one, next| one.0.cmp(&next.0));
    all
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
    }
    out
}

/// A member as a field: a text as it is, anything else as JSON.
fn field(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => encoded(text),
        other => encoded(&other.to_string()),
    }
}

fn write(name: &str, lines: &[String]) {
    assert!(lines.len() > 20, "{} lines of {name}: were the vectors read?", lines.len());
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(file, lines.join("\n") + "\n").unwrap();
}

#[test]
fn id_tokens() {
    let line = |(name, case): &(String, Value)| {
        let options = &case["options"];
        let asked = ["issuer", "client_id", "now", "acr", "exact_acr", "allow_missing_acr", "leeway", "max_age"];
        let given = ["nonce", "access_token"];
        let mut fields = vec![encoded(name), field(&case["expect"]), field(&case["about"])];
        fields.extend(asked.iter().chain(&given).map(|option| field(&options[*option])));
        fields.extend([field(&case["jwks"]), field(&case["token"])]);
        fields.join("\t")
    };
    write("id-token.lines", &cases("id-token").iter().map(line).collect::<Vec<_>>());
}

#[test]
fn logout_tokens() {
    let line = |(name, case): &(String, Value)| {
        let options = ["issuer", "client_id", "now", "leeway", "allow_untyped"].map(|option| &case["options"][option]);
        let mut fields = vec![encoded(name)];
        fields.extend([&case["expect"], &case["about"]].into_iter().chain(options).map(field));
        fields.extend([field(&case["jwks"]), field(&case["token"])]);
        fields.join("\t")
    };
    write("logout-token.lines", &cases("logout-token").iter().map(line).collect::<Vec<_>>());
}

#[test]
fn userinfo() {
    let line = |(name, case): &(String, Value)| {
        let text = case["text"].as_str().map_or_else(|| case["userinfo"].to_string(), str::to_owned);
        let described =
            UserInfo::parse(text.as_bytes()).map(|info| serde_json::to_string(&info.professional().described()));
        let described = described.map_or(Value::Null, |json| json.unwrap().into());
        let found = &case["found"];
        let mut fields = vec![encoded(name), field(&case["expect"]), field(&case["about"]), encoded(&text)];
        fields.extend([&found["professional"]["id_nat"], &found["rpps"], &found["auth_mode"], &described].map(field));
        fields.join("\t")
    };
    write("userinfo.lines", &cases("userinfo").iter().map(line).collect::<Vec<_>>());
}

#[test]
fn cards() {
    let pem = |value: &Value, label: &str| {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", value.as_str().unwrap())
    };
    let line = |(name, case): &(String, Value)| {
        let policy = &case["policy"];
        let mut fields = vec![encoded(name)];
        let asked = [&case["expect"], &case["about"], &case["trust"], &case["purpose"], &case["now"]];
        fields.extend(asked.into_iter().chain([&policy["max_age"], &policy["unknown"]]).map(field));
        fields.extend(["id_nat", "kind", "revocation"].map(|name| field(&case["found"][name])));
        // A certificate of no bytes has no PEM.
        let certificate = Some(&case["certificate"]).filter(|certificate| **certificate != "");
        fields.push(certificate.map_or_else(String::new, |certificate| encoded(&pem(certificate, "CERTIFICATE"))));
        let lists = case["crls"].as_array().unwrap().iter().map(|list| encoded(&pem(list, "X509 CRL")));
        fields.extend(lists);
        fields.join("\t")
    };
    write("card-certificate.lines", &cases("card-certificate").iter().map(line).collect::<Vec<_>>());
}

#[test]
fn possessions() {
    let read = |value: &Value| {
        std::fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/card-certificate/pki").join(value.as_str().unwrap()),
        )
        .unwrap()
    };
    let line = |(name, case): &(String, Value)| {
        let mut fields = vec![encoded(name)];
        let asked = ["expect", "about", "challenge", "believed_at", "now", "scheme"].map(|name| field(&case[name]));
        fields.extend(asked);
        fields.push(encoded(&read(&case["certificate"])));
        fields.push(case["signature"].as_str().unwrap().to_owned());
        fields.join("\t")
    };
    let lines: Vec<_> = cases("card-possession").iter().map(line).collect();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("card-possession.lines");
    std::fs::write(file, lines.join("\n") + "\n").unwrap();
}

#[test]
fn crosschecks() {
    let active = |value: &Value| value.as_bool().map_or("-1", |active| if active { "1" } else { "0" });
    let line = |(name, case): &(String, Value)| {
        let expect = &case["expect"];
        let words: Vec<_> = expect["differences"].as_array().unwrap().iter().map(|d| d[0].as_str().unwrap()).collect();
        let person = format!("\"person\":{}", expect["person"]);
        let mut fields = vec![encoded(name), encoded(&case["one"].to_string()), encoded(&case["other"].to_string())];
        fields.extend([active(&case["one_active"]).to_owned(), active(&case["other_active"]).to_owned()]);
        fields.extend([encoded(&person), encoded(&words.join(","))]);
        fields.join("\t")
    };
    let lines: Vec<_> = cases("crosscheck").iter().map(line).collect();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crosscheck.lines");
    std::fs::write(file, lines.join("\n") + "\n").unwrap();
}

#[test]
fn links() {
    let line = |(name, case): &(String, Value)| {
        let expect = case.get("code").unwrap_or(&case["expect"]);
        let word = |member: &str| field(&case["expect"][member]);
        let others = ["account", "by", "renumbered"].map(word);
        let mut fields =
            vec![encoded(name), encoded(&case["person"].to_string()), encoded(&case["accounts"].to_string())];
        fields.extend([field(&case["trusted_origins"]), field(expect.get("decision").unwrap_or(expect))]);
        fields.extend(others);
        fields.join("\t")
    };
    write("link.lines", &cases("link").iter().map(line).collect::<Vec<_>>());
}

#[test]
fn lives() {
    let line = |(name, case): &(String, Value)| {
        let now = sas_psc::base::Timestamp::parse_rfc3339(case["now"].as_str().unwrap()).unwrap().unix_millis();
        // In the order in which the library writes the members.
        let (answer, next) = (&case["expect"], &case["expect"]["next"]);
        let next = format!("{{\"due\":{},\"at\":{}}}", next["due"], next["at"]);
        let answer = format!("{{\"state\":{},\"due\":{},\"next\":{next}}}", answer["state"], answer["due"]);
        let expect = case.get("code").map_or_else(|| encoded(&answer), field);
        let life = encoded(&case["life"].to_string());
        [encoded(name), life, field(&case["rules"]), now.to_string(), expect].join("\t")
    };
    write("life.lines", &cases("life").iter().map(line).collect::<Vec<_>>());
}

#[test]
fn participation() {
    let line = |(name, case): &(String, Value)| {
        let now = case["now"].as_str().map(|now| sas_psc::base::Timestamp::parse_rfc3339(now).unwrap().unix_millis());
        // In the order in which the library writes the members.
        let problem = |problem: &Value| {
            format!(r#"{{"field":{},"code":{},"message":{}}}"#, problem["field"], problem["code"], problem["message"])
        };
        let expected = &case["expected"];
        let problems: Vec<String> = expected["problems"].as_array().unwrap().iter().map(problem).collect();
        let (problems, payload) = (problems.join(","), &expected["payload"]);
        let verdict = format!(r#"{{"valid":{},"problems":[{problems}],"payload":{payload}}}"#, expected["valid"]);
        let compatible = u8::from(case["mode"] == "compatible").to_string();
        let settings = encoded(&case["settings"].to_string());
        let now = now.unwrap_or_default().to_string();
        [encoded(name), field(&case["kind"]), compatible, now, settings, encoded(&verdict)].join("\t")
    };
    write("participation.lines", &cases("participation").iter().map(line).collect::<Vec<_>>());
}

#[test]
fn receipts() {
    let line = |(name, case): &(String, Value)| {
        let fields = ["expect", "vkey", "proof", "opening"].map(|name| field(&case[name]));
        [&[encoded(name)][..], &fields].concat().join("\t")
    };
    write("consent-log.lines", &cases("consent-log").iter().map(line).collect::<Vec<_>>());
}

#[test]
fn card_cms() {
    let line = |(name, case): &(String, Value)| {
        let fields = ["expect", "cms", "document", "at"].map(|name| field(&case[name]));
        [&[encoded(name)][..], &fields].concat().join("\t")
    };
    write("card-cms.lines", &cases("card-cms").iter().map(line).collect::<Vec<_>>());
}

#[test]
fn consent_evidence() {
    let line = |(name, case): &(String, Value)| {
        let fields = ["expect", "opening", "evidence"].map(|name| field(&case[name]));
        [&[encoded(name)][..], &fields].concat().join("\t")
    };
    write("consent-evidence.lines", &cases("consent-evidence").iter().map(line).collect::<Vec<_>>());
}

#[test]
fn ciba() {
    let answer = |answer: &Value| match answer["failed"].as_str() {
        Some(why) => format!("failed\t{}", Code::from_name(why).unwrap().number()),
        None => {
            let headers = answer["headers"].as_object().unwrap().iter();
            let headers = headers.flat_map(|(name, value)| [encoded(name), field(value)]);
            let said = [field(&answer["status"]), field(&answer["body"])];
            ["answer".to_owned()].into_iter().chain(said).chain(headers).collect::<Vec<_>>().join("\t")
        }
    };
    let lines = |(name, case): &(String, Value)| {
        let expect = &case["expect"];
        let posted = expect["posted"].as_array().unwrap().iter().map(Value::to_string).collect::<Vec<_>>().join(",");
        let mut fields = vec!["case".to_owned(), encoded(name)];
        fields.extend(["now", "person", "channel"].map(|name| field(&case[name])));
        fields.extend([field(&expect["verdict"]), field(&expect["seconds_left"]), encoded(&posted)]);
        let answers = case["answers"].as_array().unwrap().iter().map(answer);
        [fields.join("\t")].into_iter().chain(answers).collect::<Vec<_>>()
    };
    write("ciba.lines", &cases("ciba").iter().flat_map(lines).collect::<Vec<_>>());
}

#[test]
fn fhir() {
    let answer = |answer: &Value| {
        let headers = answer["headers"].as_object().into_iter().flatten();
        let headers = headers.flat_map(|(name, value)| [encoded(name), field(value)]);
        let said = [field(&answer["status"]), field(&answer["body"])];
        ["answer".to_owned()].into_iter().chain(said).chain(headers).collect::<Vec<_>>().join("\t")
    };
    let lines = |(name, case): &(String, Value)| {
        let words = |list: &Value, word: fn(&Value) -> &Value| {
            let words =
                list.as_array().into_iter().flatten().filter_map(|value| word(value).as_str().map(str::to_owned));
            words.collect::<Vec<_>>().join(" ")
        };
        let people = words(&case["people"], |person| &person["id_nat"]);
        let fields = [encoded(&words(&case["ids"], |id| id)), field(&case["expect"]), encoded(&people)];
        let fields = [vec!["case".to_owned(), encoded(name)], fields.to_vec()].concat();
        let answers = case["answers"].as_array().unwrap().iter().map(answer);
        [fields.join("\t")].into_iter().chain(answers).collect::<Vec<_>>()
    };
    write("fhir.lines", &cases("fhir").iter().flat_map(lines).collect::<Vec<_>>());
}

/// Without those that hold a NUL, which no C text can.
#[test]
fn email_addresses() {
    let rows = include_str!("../../vectors/email/addresses.csv").lines();
    let rows = rows.filter(|row| !row.starts_with('#') && !row.is_empty() && !row.contains("\\u0000")).skip(1);
    let line = |row: &str| {
        let [address, canonical, reason, _] = row.split(';').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let address: String = serde_json::from_str(address).unwrap();
        let or_none = |text: &str| if text.is_empty() { "-".to_owned() } else { encoded(text) };
        [encoded(&address), or_none(canonical), or_none(reason)].join("\t")
    };
    write("email-addresses.lines", &rows.map(line).collect::<Vec<_>>());
}

/// A case is followed by its steps: what is done, in which browser session, with what, and what comes of it.
#[test]
fn sign_ups() {
    let mut lines = Vec::new();
    for (name, case) in cases("sign-up").iter().filter(|(name, _)| name != "policy") {
        lines.push(format!("case\t{}", encoded(name)));
        for step in case["steps"].as_array().unwrap() {
            let fields = ["do", "attempt", "value", "expect"].map(|member| field(&step[member]));
            lines.push(format!("step\t{}", fields.join("\t")));
        }
    }
    write("sign-up.lines", &lines);
}
