//! The API behind the proxy and its authorization server, on threads of their own: small, and honest about what came.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Default)]
pub struct Seen {
    /// Forms that came to the token endpoint.
    pub exchanges: Mutex<Vec<String>>,
    /// Forms that came to be revoked.
    pub revoked: Mutex<Vec<String>>,
    /// Requests that reached the API: the line, and the headers.
    pub requests: Mutex<Vec<(String, HashMap<String, String>)>>,
    /// Refuse every token.
    pub refusing: AtomicBool,
    /// Seconds that a token lives.
    pub life: AtomicU64,
    /// The token to give instead of a numbered one.
    pub token: Mutex<Option<String>>,
}

pub struct Api {
    pub base: String,
    pub seen: Arc<Seen>,
}

impl Api {
    pub fn start() -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Seen { life: AtomicU64::new(400), ..Seen::default() });
        let all = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = all.clone();
                std::thread::spawn(move || drop(serve(stream, &seen)));
            }
        });
        Api { base, seen }
    }

    pub fn reached(&self) -> usize {
        self.seen.requests.lock().unwrap().len()
    }
}

fn serve(stream: TcpStream, seen: &Seen) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let (mut reader, mut writer) = (BufReader::new(stream.try_clone()?), stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut headers = HashMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    match path.as_str() {
        "/token" | "/revoke" => {
            let form = String::from_utf8_lossy(&body(&mut reader, &headers)?).into_owned();
            if path == "/revoke" {
                seen.revoked.lock().unwrap().push(form);
                return answer(&mut writer, "200 OK", "", "");
            }
            let mut all = seen.exchanges.lock().unwrap();
            all.push(form);
            let (number, life) = (all.len(), seen.life.load(Ordering::Relaxed));
            let named = seen.token.lock().unwrap().clone().unwrap_or_else(|| format!("api-{number}"));
            let token = format!(r#"{{"access_token":"{named}","token_type":"Bearer","expires_in":{life}}}"#);
            answer(&mut writer, "200 OK", "content-type: application/json\r\n", &token)
        }
        _ => {
            let refused = seen.refusing.load(Ordering::Relaxed);
            seen.requests.lock().unwrap().push((line.trim_end().to_owned(), headers.clone()));
            let path = path.strip_prefix("/fhir/v1").unwrap_or("/outside");
            match path.split('?').next().unwrap_or_default() {
                _ if refused => answer(&mut writer, "401 Unauthorized", "", ""),
                "/sink" => {
                    let mut counted = 0u64;
                    pieces(&mut reader, &headers, |piece| counted += piece.len() as u64)?;
                    answer(&mut writer, "200 OK", "", &counted.to_string())
                }
                "/source" => {
                    let length: usize = path.split('=').nth(1).unwrap_or("0").parse().unwrap_or(0);
                    write!(writer, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")?;
                    let piece = vec![b'x'; 64 * 1024];
                    (0..length / piece.len()).try_for_each(|_| writer.write_all(&piece))?;
                    writer.write_all(&piece[..length % piece.len()])
                }
                "/elsewhere" => answer(&mut writer, "302 Found", "location: http://127.0.0.1:1/secret\r\n", ""),
                "/created" => answer(&mut writer, "201 Created", "location: /fhir/v1/Patient/7\r\n", ""),
                "/cookie" => answer(&mut writer, "200 OK", "set-cookie: proxy_session_id=mine\r\n", ""),
                "/silent" => {
                    std::thread::sleep(Duration::from_secs(5));
                    Ok(())
                }
                _ => {
                    let body = body(&mut reader, &headers)?;
                    answer(&mut writer, "200 OK", "", &String::from_utf8_lossy(&body))
                }
            }
        }
    }
}

fn answer(writer: &mut TcpStream, status: &str, headers: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(writer, "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

fn body(reader: &mut impl BufRead, headers: &HashMap<String, String>) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    pieces(reader, headers, |piece| body.extend_from_slice(piece))?;
    Ok(body)
}

/// A body by its length or in chunks.
fn pieces(
    reader: &mut impl BufRead,
    headers: &HashMap<String, String>,
    mut take: impl FnMut(&[u8]),
) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    let mut read = |reader: &mut dyn BufRead, mut left: usize| -> std::io::Result<()> {
        while left > 0 {
            let most = left.min(buffer.len());
            let count = reader.read(&mut buffer[..most])?;
            if count == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            take(&buffer[..count]);
            left -= count;
        }
        Ok(())
    };
    if let Some(length) = headers.get("content-length") {
        return read(reader, length.parse().unwrap());
    }
    if !headers.contains_key("transfer-encoding") {
        return Ok(());
    }
    loop {
        let mut size = String::new();
        reader.read_line(&mut size)?;
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        read(reader, size)?;
        let mut end = String::new();
        reader.read_line(&mut end)?;
        if size == 0 {
            return Ok(());
        }
    }
}
