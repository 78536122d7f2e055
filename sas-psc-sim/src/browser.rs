//! A browser small enough to read: HTTP/1.1 over loopback, cookies by host, no redirect followed by itself.
//!
//! For the shortcuts of tests. It blocks, and speaks to this simulator (or a site beside it), not to the Internet.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use url::Url;

/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
    /// The address that answered.
    url: Url,
}

impl Answer {
    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Where a redirect leads, made absolute.
    pub fn location(&self) -> Option<String> {
        self.url.join(self.header("location")?).ok().map(String::from)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// A browser with its cookies.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
    patience: Option<Duration>,
}

impl Browser {
    /// A browser without cookies.
    pub fn new() -> Browser {
        Browser::default()
    }

    /// A browser without cookies that waits this long for a silent server.
    pub fn patient(patience: Duration) -> Browser {
        Browser { patience: Some(patience), ..Browser::default() }
    }

    /// GET.
    ///
    /// # Errors
    /// When the address is not `http://`, or the connection fails.
    pub fn get(&mut self, url: &str) -> io::Result<Answer> {
        self.send("GET", url, &[], "")
    }

    /// POST of a form.
    ///
    /// # Errors
    /// As [`Browser::get`].
    pub fn post(&mut self, url: &str, form: &[(&str, &str)]) -> io::Result<Answer> {
        self.post_with(url, &[], form)
    }

    /// POST of a form with further headers.
    ///
    /// # Errors
    /// As [`Browser::get`].
    pub fn post_with(&mut self, url: &str, headers: &[(&str, &str)], form: &[(&str, &str)]) -> io::Result<Answer> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        self.send("POST", url, &all, &body)
    }

    /// Any request.
    ///
    /// # Errors
    /// As [`Browser::get`].
    pub fn send(&mut self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Answer> {
        let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{what}: {method} {url}"));
        let parsed = Url::parse(url).map_err(|_| bad("not an address"))?;
        let (Some(host), Some(port), "http") = (parsed.host_str(), parsed.port_or_known_default(), parsed.scheme())
        else {
            return Err(bad("not an http address"));
        };
        let target = &parsed[url::Position::BeforePath..url::Position::AfterQuery];
        let length = body.len();
        let mut request = format!(
            "{method} {target} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\ncontent-length: {length}\r\n"
        );
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request += &format!("cookie: {}\r\n", pairs.join("; "));
        }
        // As browsers do: some clients send nobody to sign in who does not ask for a page.
        if !headers.iter().any(|(name, _)| *name == "accept") {
            request += "accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        let mut stream = TcpStream::connect((host, port))?;
        stream.set_read_timeout(Some(self.patience.unwrap_or(PATIENCE)))?;
        stream.write_all(format!("{request}\r\n{body}").as_bytes())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| bad("no answer"))?;
        let mut lines = head.lines();
        let status =
            lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or_else(|| bad("no status"))?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        for (_, line) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            if let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(Answer { status, headers, body: body.to_owned(), url: parsed })
    }
}
