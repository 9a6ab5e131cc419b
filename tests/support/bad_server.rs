//! A hand-written Socket.IO server on plain threads, for behaviour no real server shows.
//!
//! It keeps every text the client sends, per connection. Scripts run on one thread per connection.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use pianola::feed::Address;
use tungstenite::handshake::server::{Request, Response};
use tungstenite::{Error, Message, WebSocket};

/// The engine's open packet; no ping is due within any test.
pub const OPEN: &str =
    r#"0{"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// What the server saw.
#[derive(Default)]
struct Seen {
    /// Per connection: everything received. Close frames are "CLOSE".
    texts: Mutex<Vec<Vec<String>>>,
    /// Per WebSocket: request line and headers, lower case names.
    requests: Mutex<Vec<String>>,
    stop: AtomicBool,
}

pub struct BadServer {
    at: SocketAddr,
    seen: Arc<Seen>,
    thread: Option<JoinHandle<()>>,
}

/// One connection as its script sees it.
pub struct ServerConnection {
    /// Counts from 0.
    pub number: usize,
    stream: TcpStream,
    seen: Arc<Seen>,
}

/// A WebSocket connection.
pub struct Socket {
    pub number: usize,
    ws: WebSocket<TcpStream>,
    seen: Arc<Seen>,
}

impl BadServer {
    pub fn start(script: impl Fn(ServerConnection) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let (for_thread, script) = (Arc::clone(&seen), Arc::new(script));
        let thread = std::thread::Builder::new().name("bad-server".to_owned());
        let thread = thread.spawn(move || accept_all(&listener, &for_thread, &script));
        Self {
            at,
            seen,
            thread: Some(thread.unwrap()),
        }
    }

    /// A server that welcomes everyone and then runs `script`.
    pub fn welcoming(script: impl Fn(Socket) + Send + Sync + 'static) -> Self {
        Self::start(move |connection| {
            if let Some(socket) = connection.welcome() {
                script(socket);
            }
        })
    }

    pub fn address(&self) -> Address {
        Address::parse(&format!("http://{}", self.at)).unwrap()
    }

    pub fn port(&self) -> u16 {
        self.at.port()
    }

    pub fn connections(&self) -> usize {
        self.seen.texts.lock().unwrap().len()
    }

    /// Everything connection `number` sent so far.
    pub fn received(&self, number: usize) -> Vec<String> {
        let texts = self.seen.texts.lock().unwrap();
        texts.get(number).cloned().unwrap_or_default()
    }

    /// Everything all connections sent so far.
    pub fn received_by_all(&self) -> Vec<String> {
        self.seen.texts.lock().unwrap().concat()
    }

    pub fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }
}

impl Drop for BadServer {
    fn drop(&mut self) {
        self.seen.stop.store(true, Ordering::SeqCst);
        // Wakes `accept`.
        drop(TcpStream::connect(self.at));
        if let Some(thread) = self.thread.take() {
            // A failed script is a failed test, except while another failure unwinds.
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "a script failed");
        }
    }
}

fn accept_all(
    listener: &TcpListener,
    seen: &Arc<Seen>,
    script: &Arc<impl Fn(ServerConnection) + Send + Sync + 'static>,
) {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    for (number, stream) in listener.incoming().enumerate() {
        if seen.stop.load(Ordering::SeqCst) {
            break;
        }
        // Finished ones leave at once, so that threads can be counted.
        let (done, running) = threads.into_iter().partition(JoinHandle::is_finished);
        threads = running;
        join_all(done);
        seen.texts.lock().unwrap().push(Vec::new());
        let (stream, seen, script) = (stream.unwrap(), Arc::clone(seen), Arc::clone(script));
        let builder = std::thread::Builder::new().name(format!("connection-{number}"));
        let run = move || {
            script(ServerConnection {
                number,
                stream,
                seen,
            });
        };
        threads.push(builder.spawn(run).unwrap());
    }
    join_all(threads);
}

fn join_all(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        thread.join().unwrap();
    }
}

impl ServerConnection {
    /// The first line of the request, which stays to be read.
    #[allow(dead_code, reason = "not every program asks")]
    pub fn first_line(&self) -> String {
        let mut bytes = [0; 4_096];
        loop {
            let read = self.stream.peek(&mut bytes).unwrap_or(0);
            let text = String::from_utf8_lossy(&bytes[..read]);
            match text.split_once("\r\n") {
                Some((line, _)) => return line.to_owned(),
                None if read == 0 || read == bytes.len() => return String::new(),
                None => std::thread::yield_now(),
            }
        }
    }

    /// Holds the TCP connection without a word until the other side or the test ends.
    pub fn hold(self) {
        let mut stream = self.stream;
        stream.set_read_timeout(Some(POLL)).unwrap();
        let mut bytes = [0; 512];
        while !self.seen.stop.load(Ordering::SeqCst) {
            match stream.read(&mut bytes) {
                Ok(0) => return,
                Err(error) if !is_timeout(&error) => return,
                _ => {}
            }
        }
    }

    /// Answers the opening request with plain HTTP.
    pub fn answer_http(self, answer: &str) {
        let mut stream = self.stream;
        let mut request = Vec::new();
        let mut byte = [0; 1];
        while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
            request.push(byte[0]);
        }
        stream.write_all(answer.as_bytes()).ok();
    }

    /// Agrees to WebSocket. `None`: the other side went away.
    #[allow(clippy::result_large_err)] // the type is tungstenite's
    pub fn websocket(self) -> Option<Socket> {
        let seen = Arc::clone(&self.seen);
        let note = move |request: &Request, response: Response| {
            let mut text = format!("{} {}\n", request.method(), request.uri());
            for (name, value) in request.headers() {
                text += name.as_str();
                text += ": ";
                text += value.to_str().unwrap_or("?");
                text.push('\n');
            }
            seen.requests.lock().unwrap().push(text);
            Ok(response)
        };
        self.stream.set_nodelay(true).ok()?;
        let ws = tungstenite::accept_hdr(self.stream, note).ok()?;
        ws.get_ref().set_read_timeout(Some(POLL)).ok()?;
        Some(Socket {
            number: self.number,
            ws,
            seen: self.seen,
        })
    }

    /// WebSocket, open packet, namespace: all as it should be.
    pub fn welcome(self) -> Option<Socket> {
        let mut socket = self.websocket()?;
        socket.say(OPEN)?;
        socket.until(|text| text.starts_with("40"))?;
        socket.say(r#"40{"sid":"s1"}"#)?;
        Some(socket)
    }
}

const POLL: Duration = Duration::from_millis(5);

fn is_timeout(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    matches!(error.kind(), TimedOut | WouldBlock)
}

impl Socket {
    /// Sends a text. `None`: the other side is gone.
    pub fn say(&mut self, text: &str) -> Option<()> {
        self.ws.send(Message::text(text)).ok()
    }

    pub fn say_binary(&mut self, bytes: &[u8]) -> Option<()> {
        self.ws.send(Message::binary(bytes.to_vec())).ok()
    }

    /// Sends an event: `json` is the array of its name and arguments.
    pub fn event(&mut self, json: &str) -> Option<()> {
        self.say(&format!("42{json}"))
    }

    /// Sends a WebSocket close frame and waits for the other side to go.
    pub fn close_frame(mut self) {
        self.ws.close(None).ok();
        self.listen();
    }

    /// Looks for something to read for a moment. `Err`: the other side is gone or the test ends.
    pub fn look(&mut self) -> Result<Option<String>, ()> {
        if self.seen.stop.load(Ordering::SeqCst) {
            return Err(());
        }
        let text = match self.ws.read() {
            Ok(Message::Text(text)) => text.to_string(),
            Ok(Message::Close(_)) => "CLOSE".to_owned(),
            Ok(other) => format!("{other:?}"),
            Err(Error::Io(error)) if is_timeout(&error) => return Ok(None),
            Err(_) => return Err(()),
        };
        self.seen.texts.lock().unwrap()[self.number].push(text.clone());
        Ok(Some(text))
    }

    /// Reads until a text fits and returns it.
    pub fn until(&mut self, fits: impl Fn(&str) -> bool) -> Option<String> {
        loop {
            if let Some(text) = self.look().ok()?
                && fits(&text)
            {
                return Some(text);
            }
        }
    }

    /// Reads until the end.
    pub fn listen(&mut self) {
        self.until(|_| false);
    }

    /// Reads nothing until the test ends.
    pub fn sulk(self) {
        while !self.seen.stop.load(Ordering::SeqCst) {
            std::thread::park_timeout(POLL);
        }
    }

    /// Answers every request with its first argument until the end; `43` is the answer packet.
    pub fn answer_all(&mut self) {
        while let Some(text) = self.until(|text| text.starts_with("42")) {
            if let Some((id, args)) = request_of(&text) {
                let first = args.get(1).cloned().unwrap_or_default();
                self.say(&format!("43{id}[{first}]"));
            }
        }
    }
}

/// Takes a request apart: its id and the array of name and arguments. `None`: a plain event.
pub fn request_of(text: &str) -> Option<(u32, Vec<serde_json::Value>)> {
    let rest = text.strip_prefix("42")?;
    let at = rest.find('[')?;
    let id = rest[..at].parse().ok()?;
    Some((id, serde_json::from_str(&rest[at..]).ok()?))
}
