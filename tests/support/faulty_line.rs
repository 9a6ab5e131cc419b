//! A line between a client and a server that can fail: cut, reset, silent, half open.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How a line fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFault {
    /// Both ends learn that it is over.
    Cut,
    /// Nothing passes any more, and neither end learns of it.
    Silence,
    /// The server is gone, and the client's end stays open.
    HalfOpen,
}

/// One connection that runs through the line.
struct Through {
    client: TcpStream,
    server: TcpStream,
    /// What is read goes nowhere.
    deaf: AtomicBool,
}

pub struct FaultyLine {
    at: SocketAddr,
    to: Arc<Mutex<SocketAddr>>,
    through: Arc<Mutex<Vec<Arc<Through>>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FaultyLine {
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let to = Arc::new(Mutex::new(server));
        let through: Arc<Mutex<Vec<Arc<Through>>>> = Arc::default();
        let stop = Arc::new(AtomicBool::new(false));
        let (server, all, stopped) = (to.clone(), through.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut pumps: Vec<JoinHandle<()>> = Vec::new();
            for client in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (done, running) = pumps.into_iter().partition(JoinHandle::is_finished);
                pumps = running;
                join_all(done);
                all.lock().unwrap().retain(|one| Arc::strong_count(one) > 1);
                let client = client.unwrap();
                let to = *server.lock().unwrap();
                // No server is there: the client's end closes.
                let Ok(server) = TcpStream::connect_timeout(&to, Duration::from_secs(5)) else {
                    continue;
                };
                let one = Arc::new(Through {
                    client,
                    server,
                    deaf: AtomicBool::new(false),
                });
                all.lock().unwrap().push(one.clone());
                let back = one.clone();
                pumps.push(std::thread::spawn(move || pump(&one, true)));
                pumps.push(std::thread::spawn(move || pump(&back, false)));
            }
            for one in all.lock().unwrap().iter() {
                one.client.shutdown(Shutdown::Both).ok();
                one.server.shutdown(Shutdown::Both).ok();
            }
            join_all(pumps);
        });
        Self {
            at,
            to,
            through,
            stop,
            thread: Some(thread),
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// Leads to another server from the next connection on.
    #[allow(dead_code, reason = "each test binary uses its part")]
    pub fn lead_to(&self, server: SocketAddr) {
        *self.to.lock().unwrap() = server;
    }

    /// Fails every connection that is there.
    pub fn fail(&self, fault: LineFault) {
        for one in self.through.lock().unwrap().iter() {
            match fault {
                LineFault::Cut => {
                    one.client.shutdown(Shutdown::Both).ok();
                    one.server.shutdown(Shutdown::Both).ok();
                }
                LineFault::Silence => one.deaf.store(true, Ordering::SeqCst),
                LineFault::HalfOpen => {
                    one.deaf.store(true, Ordering::SeqCst);
                    one.server.shutdown(Shutdown::Both).ok();
                }
            }
        }
    }
}

/// Passes data on until one end closes; a deaf line leaves the client's end open until the client closes it.
fn pump(one: &Through, to_server: bool) {
    let (mut from, mut to) = if to_server {
        (&one.client, &one.server)
    } else {
        (&one.server, &one.client)
    };
    let mut bytes = [0; 16 * 1024];
    loop {
        let read = match from.read(&mut bytes) {
            Ok(read) if read > 0 => read,
            _ => break,
        };
        if !one.deaf.load(Ordering::SeqCst) && to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    if to_server || !one.deaf.load(Ordering::SeqCst) {
        one.client.shutdown(Shutdown::Both).ok();
        one.server.shutdown(Shutdown::Both).ok();
    }
}

fn join_all(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        thread.join().unwrap();
    }
}

impl Drop for FaultyLine {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes `accept`.
        drop(TcpStream::connect(self.at));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "a pump failed");
        }
    }
}
