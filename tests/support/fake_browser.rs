//! A fake browser: it speaks Chromium's protocol, sends what the test orders, and leaves out what the test orders.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::handshake::server::{Request, Response};
use tungstenite::{Message, WebSocket};

/// How long a test waits for something that should be there at once.
pub const LIMIT: Duration = Duration::from_mins(1);

/// A call that it got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserCall {
    pub method: String,
    pub session: Option<String>,
}

#[derive(Default)]
struct Inner {
    stop: AtomicBool,
    /// The connections of the readers: a sender to the thread of each.
    readers: Mutex<Vec<std::sync::mpsc::Sender<String>>>,
    lines: Mutex<Vec<TcpStream>>,
    calls: Mutex<Vec<BrowserCall>>,
    headers: Mutex<Vec<String>>,
    /// Calls that are not answered: method and session.
    mute: Mutex<Vec<(String, Option<String>)>>,
    pages: Mutex<Vec<Value>>,
}

/// The browser. Ends when dropped.
pub struct FakeBrowser {
    address: SocketAddr,
    inner: Arc<Inner>,
    born: Instant,
    thread: Option<JoinHandle<()>>,
}

impl FakeBrowser {
    pub fn start() -> Self {
        Self::at("127.0.0.1:0".parse().expect("an address"))
    }

    /// Starts another one where this one was.
    pub fn again(address: SocketAddr) -> Self {
        Self::at(address)
    }

    fn at(address: SocketAddr) -> Self {
        let start = Instant::now();
        let listener = loop {
            match TcpListener::bind(address) {
                Ok(listener) => break listener,
                Err(why) => assert!(start.elapsed() < LIMIT, "{why}"),
            }
            std::thread::park_timeout(Duration::from_millis(10));
        };
        listener.set_nonblocking(true).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let inner = Arc::<Inner>::default();
        let theirs = Arc::clone(&inner);
        let thread = std::thread::spawn(move || {
            while !theirs.stop.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let theirs = Arc::clone(&theirs);
                        std::thread::spawn(move || serve(stream, address, &theirs));
                    }
                    Err(_) => std::thread::park_timeout(Duration::from_millis(2)),
                }
            }
        });
        Self {
            address,
            inner,
            born: start,
            thread: Some(thread),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds a page before the first reader comes; every reader gets it.
    pub fn has_page(&self, session: &str, url: &str) {
        let page = attached(session, "page", url);
        self.inner.pages.lock().expect("pages").push(page);
    }

    /// Leaves such a call without answer from now on.
    pub fn mutes(&self, method: &str, session: Option<&str>) {
        let call = (method.to_owned(), session.map(str::to_owned));
        self.inner.mute.lock().expect("mute").push(call);
    }

    /// Answers everything again.
    pub fn unmutes(&self) {
        self.inner.mute.lock().expect("mute").clear();
    }

    pub fn calls(&self) -> Vec<BrowserCall> {
        self.inner.calls.lock().expect("calls").clone()
    }

    /// The names of the headers that readers sent.
    pub fn headers(&self) -> Vec<String> {
        self.inner.headers.lock().expect("headers").clone()
    }

    /// Waits until such a call came.
    #[track_caller]
    pub fn until_called(&self, method: &str, session: Option<&str>, times: usize) {
        let start = Instant::now();
        let count = || {
            let calls = self.calls().into_iter();
            let calls = calls.filter(|call| call.method == method);
            let calls = calls.filter(|call| call.session.as_deref() == session);
            calls.count()
        };
        while count() < times {
            assert!(start.elapsed() < LIMIT, "no {method}: {:?}", self.calls());
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }

    /// Sends a message to every reader.
    pub fn says(&self, message: &Value) {
        let mut readers = self.inner.readers.lock().expect("readers");
        let text = message.to_string();
        readers.retain(|reader| reader.send(text.clone()).is_ok());
    }

    pub fn attaches(&self, session: &str, kind: &str, url: &str) {
        self.says(&attached(session, kind, url));
    }

    pub fn detaches(&self, session: &str) {
        let params = json!({"sessionId": session});
        self.says(&json!({"method": "Target.detachedFromTarget", "params": params}));
    }

    fn tells(&self, session: &str, method: &str, params: &Value) {
        self.says(&json!({"method": method, "params": params, "sessionId": session}));
    }

    pub fn creates(&self, session: &str, socket: &str, url: &str) {
        let params = json!({"requestId": socket, "url": url, "initiator": {"type": "script"}});
        self.tells(session, "Network.webSocketCreated", &params);
    }

    fn carries(&self, session: &str, method: &str, socket: &str, text: &str) {
        let response = json!({"opcode": 1, "mask": false, "payloadData": text});
        // Its own clock, which began before ours.
        let seconds = 1_000.5 + self.born.elapsed().as_secs_f64();
        let params = json!({"requestId": socket, "timestamp": seconds, "response": response});
        self.tells(session, method, &params);
    }

    pub fn receives(&self, session: &str, socket: &str, text: &str) {
        self.carries(session, "Network.webSocketFrameReceived", socket, text);
    }

    pub fn sends(&self, session: &str, socket: &str, text: &str) {
        self.carries(session, "Network.webSocketFrameSent", socket, text);
    }

    /// A connection of the game from its start.
    pub fn opens(&self, session: &str, socket: &str) {
        self.creates(session, socket, "wss://backend.rugs.fun/socket.io/?EIO=4");
        self.receives(session, socket, "0{\"sid\":\"x\"}");
        self.sends(session, socket, "40");
        self.receives(session, socket, "40{\"sid\":\"y\"}");
    }

    /// The page of a session shows another document; nothing is said of its connections.
    pub fn navigates(&self, session: &str, url: &str) {
        let frame = json!({"id": target_of(session), "loaderId": "L", "url": url});
        let params = json!({"frame": frame, "type": "Navigation"});
        self.tells(session, "Page.frameNavigated", &params);
    }

    pub fn opens_dialog(&self, session: &str) {
        let params = json!({"url": "https://rugs.fun/", "message": "x", "type": "alert"});
        self.tells(session, "Page.javascriptDialogOpening", &params);
    }

    pub fn closes_dialog(&self, session: &str) {
        let params = json!({"result": true, "userInput": ""});
        self.tells(session, "Page.javascriptDialogClosed", &params);
    }

    /// Cuts every connection.
    pub fn cuts(&self) {
        for line in self.inner.lines.lock().expect("lines").drain(..) {
            line.shutdown(Shutdown::Both).ok();
        }
        self.inner.readers.lock().expect("readers").clear();
    }
}

impl Drop for FakeBrowser {
    fn drop(&mut self) {
        self.inner.stop.store(true, Ordering::SeqCst);
        self.cuts();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn target_of(session: &str) -> String {
    format!("target of {session}")
}

fn attached(session: &str, kind: &str, url: &str) -> Value {
    let target = json!({"targetId": target_of(session), "type": kind, "title": "x", "url": url, "attached": true});
    let params = json!({"sessionId": session, "targetInfo": target, "waitingForDebugger": false});
    json!({"method": "Target.attachedToTarget", "params": params})
}

fn serve(mut stream: TcpStream, address: SocketAddr, inner: &Inner) {
    stream.set_nonblocking(false).expect("a stream");
    let mut start = [0; 18];
    while stream
        .peek(&mut start)
        .is_ok_and(|read| read > 0 && read < start.len())
    {
        std::thread::park_timeout(Duration::from_millis(1));
    }
    if start.starts_with(b"GET /json/version ") {
        let mut request = [0; 4_096];
        let _read = stream.read(&mut request); // All of it, or the client is gone.
        let body = json!({
            "Browser": "None/1.0",
            "webSocketDebuggerUrl": format!("ws://{address}/devtools/browser/x"),
        });
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).ok();
        return;
    }
    let line = stream.try_clone().expect("a stream");
    #[allow(clippy::result_large_err, reason = "the crate's callback")]
    let look = |request: &Request, response: Response| {
        let names = request.headers().keys().map(ToString::to_string);
        inner.headers.lock().expect("headers").extend(names);
        Ok(response)
    };
    let Ok(mut socket) = tungstenite::accept_hdr(stream, look) else {
        return;
    };
    let (say, said) = std::sync::mpsc::channel();
    let brief = Some(Duration::from_millis(1));
    socket.get_ref().set_read_timeout(brief).expect("a limit");
    inner.readers.lock().expect("readers").push(say);
    inner.lines.lock().expect("lines").push(line);
    while !inner.stop.load(Ordering::SeqCst) {
        for text in said.try_iter().take(64) {
            if socket.send(Message::text(text)).is_err() {
                return;
            }
        }
        match socket.read() {
            Ok(Message::Text(text)) => answer(&text, &mut socket, inner),
            Ok(_) => {}
            Err(tungstenite::Error::Io(why))
                if [std::io::ErrorKind::WouldBlock, std::io::ErrorKind::TimedOut]
                    .contains(&why.kind()) => {}
            Err(_) => return,
        }
    }
}

fn answer(text: &str, socket: &mut WebSocket<TcpStream>, inner: &Inner) {
    let call: Value = serde_json::from_str(text).expect("a call is JSON");
    let called = BrowserCall {
        method: call["method"].as_str().expect("a method").to_owned(),
        session: call["sessionId"].as_str().map(str::to_owned),
    };
    let mute = (called.method.clone(), called.session.clone());
    let is_mute = inner.mute.lock().expect("mute").contains(&mute);
    let begins = called.method == "Target.setAutoAttach" && called.session.is_none();
    inner.calls.lock().expect("calls").push(called);
    let mut answers = Vec::new();
    if begins {
        answers.extend(inner.pages.lock().expect("pages").iter().cloned());
    }
    if !is_mute {
        answers.push(json!({"id": call["id"], "result": {}, "sessionId": call["sessionId"]}));
    }
    for answer in answers {
        // The reader may have gone away.
        socket.send(Message::text(answer.to_string())).ok();
    }
}
