//! A network that fails on purpose, between a program and a server of this machine: it passes, stalls, delays, drips,
//! resets before the request arrives, loses the answer whole or in the middle.
//!
//! One request a connection. A fault is told how many requests it strikes; those behind them pass.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection opens, and nothing ever comes.
    Stalls,
    /// The connection is reset while the request arrives: it reaches nobody, and whoever sent it cannot know.
    Resets,
    /// The server answers, and the connection is reset before the answer.
    LosesTheAnswer,
    /// The server answers, and the connection is reset in the middle of the answer.
    CutsTheAnswer,
    /// The server answers, and a byte comes every fifth of a second.
    Drips,
    /// The answer comes whole, this late.
    Delays(Duration),
}

/// The network before one server.
pub struct Network {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: SocketAddr,
    listening: Mutex<Option<JoinHandle<()>>>,
    runtime: Runtime,
}

#[derive(Default)]
struct Shared {
    fault: Mutex<Option<(Fault, u32)>>,
    passed: Mutex<Vec<String>>,
}

impl Network {
    /// Before the server at `http://127.0.0.1:PORT`.
    pub fn before(server: &str) -> Network {
        let server: SocketAddr = server.strip_prefix("http://").unwrap().parse().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut network = Network { shared: Arc::default(), address, server, listening: Mutex::default(), runtime };
        network.address = network.opens();
        network
    }

    /// Listens, again where it did before.
    pub fn opens(&self) -> SocketAddr {
        let listener = self.runtime.block_on(TcpListener::bind(self.address)).unwrap();
        let (address, shared, server) = (listener.local_addr().unwrap(), self.shared.clone(), self.server);
        let task = self.runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(shared.clone(), client, server));
            }
        });
        *lock(&self.listening) = Some(task);
        address
    }

    /// Listens no more: a connection is refused.
    pub fn closes(&self) {
        if let Some(task) = lock(&self.listening).take() {
            task.abort();
            assert!(self.runtime.block_on(task).is_err(), "the listener ends by this alone");
        }
    }

    /// The same address through this network.
    pub fn through(&self, url: &str) -> String {
        let path = url.splitn(4, '/').nth(3).unwrap();
        format!("http://{}/{path}", self.address)
    }

    /// Strikes the next `times` requests.
    pub fn fails(&self, fault: Fault, times: u32) {
        *lock(&self.shared.fault) = Some((fault, times));
    }

    /// Whether the next request fails.
    pub fn is_failing(&self) -> bool {
        let closed = lock(&self.listening).is_none();
        closed || lock(&self.shared.fault).is_some_and(|(fault, left)| left > 0 && !matches!(fault, Fault::Delays(_)))
    }

    /// Passes from now on.
    pub fn mends(&self) {
        *lock(&self.shared.fault) = None;
    }

    /// How many requests with these words reached the server.
    pub fn reached(&self, words: &str) -> usize {
        lock(&self.shared.passed).iter().filter(|request| request.contains(words)).count()
    }
}

impl Shared {
    fn strikes(&self) -> Option<Fault> {
        let mut held = lock(&self.fault);
        let (fault, left) = held.as_mut().filter(|(_, left)| *left > 0)?;
        *left -= 1;
        Some(*fault)
    }
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(shared: Arc<Shared>, mut client: TcpStream, server: SocketAddr) {
    let fault = shared.strikes();
    if fault == Some(Fault::Resets) {
        let _ = client.read(&mut [0]).await;
        let _ = client.set_zero_linger();
        return;
    }
    let Some(request) = request(&mut client).await else { return };
    if fault == Some(Fault::Stalls) {
        // Until whoever asked goes away.
        let _ = client.read(&mut [0]).await;
        return;
    }
    lock(&shared.passed).push(request.clone());
    let Ok(mut upstream) = TcpStream::connect(server).await else { return };
    let mut answer = Vec::new();
    let sent = upstream.write_all(request.replacen("\r\n", "\r\nConnection: close\r\n", 1).as_bytes()).await;
    if sent.is_err() || upstream.read_to_end(&mut answer).await.is_err() {
        return;
    }
    match fault {
        Some(Fault::LosesTheAnswer) => drop(client.set_zero_linger()),
        Some(Fault::CutsTheAnswer) => {
            let _ = client.write_all(&answer[..answer.len() / 2]).await;
            // What was written has to arrive before the reset that overtakes it.
            tokio::time::sleep(Duration::from_millis(30)).await;
            let _ = client.set_zero_linger();
        }
        Some(Fault::Drips) => {
            for byte in answer {
                if client.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        Some(Fault::Delays(late)) => {
            tokio::time::sleep(late).await;
            let _ = client.write_all(&answer).await;
        }
        None | Some(Fault::Stalls | Fault::Resets) => drop(client.write_all(&answer).await),
    }
}

/// One request, with the body that its head announces.
async fn request(client: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(text.into_owned());
            }
        }
        match client.read(&mut piece).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&piece[..read]),
            _ => return None,
        }
    }
}
