//! A real Chromium with a page as the game's, for the tests of the browser tap. How to use it:
//!
//! ```ignore
//! let Some(program) = chromium::program() else { return };      // reported as skipped where there is none
//! let site = chromium::Site::start();                           // serves tests/js/page
//! let table = Table::start(config).unwrap();
//! let browser = chromium::Chromium::start(&program, &[&site.page(&table.url(), "token=me")]);
//! let feed = Feed::start(FeedConfig::browser(browser.address().parse().unwrap()));
//! let mut hand = browser.hand("?table=");                       // the player's hand: a page whose address has this
//! hand.fill("amount", "0.010");
//! hand.press("buy");                                            // a real mouse press at a button of the page
//! hand.until("window.page.acks.length > 0");
//! ```
//!
//! The hand is a connection of the test's own and has nothing to do with the program, which presses nothing.
//! Chromium gets a profile of its own that goes away with it, and is killed when dropped.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::support::skipped;

/// How long a test waits for the browser: generous, it starts slowly on a busy machine.
pub const LIMIT: Duration = Duration::from_mins(1);

fn client_script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/js/node_modules/socket.io-client/dist/socket.io.min.js")
}

/// Returns the browser; `None`, with a report, where there is none (or no client for its page).
pub fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file());
    let lack = match &found {
        None => "no chromium, chromium-browser or google-chrome on the PATH",
        Some(_) if !client_script().is_file() => "no packages in tests/js (npm ci)",
        Some(_) => return found,
    };
    skipped::skip("browser", lack);
    None
}

/// A server of the test page.
pub struct Site {
    port: u16,
}

impl Site {
    /// Starts it; it ends with the test.
    pub fn start() -> Self {
        Self::serve(None)
    }

    /// The same as the game's own server, which serves the page and the socket at one address: what asks for the
    /// socket goes to the table.
    pub fn in_front_of(table: SocketAddr) -> Self {
        Self::serve(Some(table))
    }

    fn serve(table: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let page = include_str!("../js/page/index.html");
        let worker = include_str!("../js/page/worker.js");
        let script = std::fs::read(client_script()).expect("the client's script");
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut request = [0; 4_096];
                let read = stream.read(&mut request).unwrap_or(0);
                let bytes = &request[..read];
                let request = String::from_utf8_lossy(bytes);
                if let Some(table) = table
                    && request.contains(" /socket.io/?")
                {
                    pass_on(stream, bytes, table);
                    continue;
                }
                let path = request.split(' ').nth(1);
                let (kind, body) = match path.and_then(|path| path.split('?').next()) {
                    Some("/socket.io.min.js") => ("text/javascript", script.as_slice()),
                    Some("/worker.js") => ("text/javascript", worker.as_bytes()),
                    Some("/favicon.ico") | None => ("text/plain", [].as_slice()),
                    Some(_) => ("text/html", page.as_bytes()),
                };
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                // The browser may have gone away meanwhile.
                stream.write_all(head.as_bytes()).ok();
                stream.write_all(body).ok();
            }
        });
        Self { port }
    }

    /// Returns its own address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the address of the page at a table; `more` are more words of its query, see the page.
    pub fn page(&self, table: &str, more: &str) -> String {
        format!("http://127.0.0.1:{}/?table={table}&{more}", self.port)
    }
}

/// Passes a connection on to a table, with what was read of it already; every request on it is for the table.
fn pass_on(page: TcpStream, request: &[u8], table: SocketAddr) {
    let mut to = TcpStream::connect(table).expect("the table answers");
    to.write_all(request).expect("the table reads");
    let from = to.try_clone().expect("a second handle");
    let back = page.try_clone().expect("a second handle");
    for (mut from, mut to) in [(page, to), (from, back)] {
        std::thread::spawn(move || {
            // Either side may go at any moment.
            std::io::copy(&mut from, &mut to).ok();
            to.shutdown(std::net::Shutdown::Both).ok();
        });
    }
}

/// A browser. Killed when dropped.
pub struct Chromium {
    program: PathBuf,
    child: Option<Child>,
    port: u16,
    profile: tempfile::TempDir,
    more: Vec<String>,
}

/// A page of it.
#[derive(Debug, Clone)]
pub struct Page {
    pub id: String,
    pub url: String,
    socket: String,
}

impl Chromium {
    /// Starts it with these pages and waits until it can be read.
    pub fn start(program: &Path, pages: &[&str]) -> Self {
        Self::start_with(program, pages, &[])
    }

    /// The same with more options, also when it is started again.
    pub fn start_with(program: &Path, pages: &[&str], more: &[&str]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut browser = Self {
            program: program.to_owned(),
            child: None,
            port,
            profile: tempfile::tempdir().expect("a folder"),
            more: more.iter().map(ToString::to_string).collect(),
        };
        browser.run(pages);
        browser
    }

    /// Starts it again, on the same port and with the same profile.
    pub fn run(&mut self, pages: &[&str]) {
        let child = Command::new(&self.program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--no-first-run",
                "--disable-gpu",
            ])
            .args([
                "--no-default-browser-check",
                "--password-store=basic",
                "--disable-sync",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
            ])
            .args([
                "--disable-dev-shm-usage",
                "--mute-audio",
                "--window-size=1000,700",
            ])
            .arg(format!("--remote-debugging-port={}", self.port))
            .arg(format!("--user-data-dir={}", self.profile.path().display()))
            .args(&self.more)
            .args(pages)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.child = Some(child.expect("the browser starts"));
        self.wait("the browser can be read", |browser| {
            browser.get("/json/version").is_some()
        });
    }

    /// Kills it, as a crash would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it runs");
            child.wait().expect("it ran");
        }
    }

    /// Returns its process, if it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Returns where it lets itself be read, as `--browser` takes it.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Returns its pages.
    pub fn pages(&self) -> Vec<Page> {
        let list = self.get("/json/list").unwrap_or(Value::Null);
        let list = list.as_array().into_iter().flatten();
        let pages = list.filter(|page| page["type"] == "page");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        pages
            .map(|page| Page {
                id: text(&page["id"]),
                url: text(&page["url"]),
                socket: text(&page["webSocketDebuggerUrl"]),
            })
            .collect()
    }

    /// Opens a tab.
    pub fn open(&self, url: &str) {
        let url: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
        let new = format!("http://{}/json/new?{url}", self.address());
        let answer = reqwest::blocking::Client::new().put(new).send();
        assert!(answer.is_ok_and(|answer| answer.status().is_success()));
    }

    /// Closes the tab whose address has this in it.
    pub fn close(&self, part: &str) {
        let page = self.page(part);
        // The answer is a word, no JSON.
        let close = format!("http://{}/json/close/{}", self.address(), page.id);
        let answer = reqwest::blocking::get(close);
        assert!(answer.is_ok_and(|answer| answer.status().is_success()));
        self.wait("the tab is closed", |browser| {
            browser.pages().iter().all(|other| other.id != page.id)
        });
    }

    /// Returns the page whose address has this in it, as soon as there is one.
    pub fn page(&self, part: &str) -> Page {
        let mut found = None;
        self.wait(part, |browser| {
            let mut pages = browser.pages().into_iter();
            found = pages.find(|page| page.url.contains(part));
            found.is_some()
        });
        found.expect("it was found")
    }

    /// Takes the page whose address has this in it into the hand.
    pub fn hand(&self, part: &str) -> PageControl {
        let page = self.page(part);
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the browser listens");
        stream.set_read_timeout(Some(LIMIT)).expect("a limit");
        let (socket, _) = tungstenite::client(page.socket.as_str(), stream).expect("a page");
        PageControl { socket, last: 0 }
    }

    fn get(&self, path: &str) -> Option<Value> {
        let answer = reqwest::blocking::get(format!("http://{}{path}", self.address())).ok()?;
        serde_json::from_slice(&answer.bytes().ok()?).ok()
    }

    #[track_caller]
    fn wait(&self, what: &str, mut cond: impl FnMut(&Self) -> bool) {
        let start = Instant::now();
        while !cond(self) {
            assert!(start.elapsed() < LIMIT, "not within {LIMIT:?}: {what}");
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The player's hand at one page.
pub struct PageControl {
    socket: WebSocket<TcpStream>,
    last: u64,
}

impl PageControl {
    /// Makes a call and returns its result.
    #[track_caller]
    pub fn call(&mut self, method: &str, params: &Value) -> Value {
        self.send(method, params);
        loop {
            let Message::Text(text) = self.socket.read().expect("the page answers") else {
                continue;
            };
            let mut answer: Value = serde_json::from_str(&text).expect("JSON");
            if answer["id"] == self.last {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
        }
    }

    /// Makes a call whose answer may never come.
    pub fn send(&mut self, method: &str, params: &Value) {
        self.last += 1;
        let call = json!({"id": self.last, "method": method, "params": params});
        let message = Message::text(call.to_string());
        self.socket.send(message).expect("the page listens");
    }

    /// Evaluates an expression in the page.
    #[track_caller]
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true});
        let mut answer = self.call("Runtime.evaluate", &params);
        assert!(answer.get("exceptionDetails").is_none(), "{answer}");
        answer["result"]["value"].take()
    }

    /// Waits until an expression is true in the page.
    #[track_caller]
    pub fn until(&mut self, expression: &str) {
        let start = Instant::now();
        // A page that is still being loaded has not everything yet.
        let asked = format!(
            "(() => {{ try {{ return Boolean({expression}) }} catch {{ return false }} }})()"
        );
        while self.evaluate(&asked) != true {
            if start.elapsed() >= LIMIT {
                let page = self.evaluate("JSON.stringify(window.page)");
                panic!("not within {LIMIT:?}: {expression}; the page: {page}");
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    /// Writes into a field.
    pub fn fill(&mut self, id: &str, text: &str) {
        let text = Value::from(text);
        self.evaluate(&format!("document.getElementById('{id}').value = {text}"));
    }

    /// Presses a button with the mouse.
    pub fn press(&mut self, id: &str) {
        let place = self.evaluate(&format!(
            "(() => {{ const r = document.getElementById('{id}').getBoundingClientRect(); \
             return [r.left + r.width / 2, r.top + r.height / 2]; }})()"
        ));
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let params = json!({"type": kind, "x": place[0], "y": place[1], "button": button, "clickCount": 1});
            self.call("Input.dispatchMouseEvent", &params);
        }
    }

    /// Reloads the page.
    pub fn reload(&mut self) {
        self.call("Page.reload", &json!({}));
    }
}
