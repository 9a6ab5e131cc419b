//! The login at a practice table, and the traces that requests carry.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::background;
use crate::feed::{Address, RequestSlot, WriteOutcome, fetch_announcement};
use crate::protocol::pace::START_BALANCE_KEY;
use crate::protocol::{Request, Trace};

/// The player's identity at a practice table. The token is made for one run and has no value elsewhere.
#[derive(Clone)]
pub struct Credential {
    token: String,
    /// SOL of play money in the new account; `None`: as the table gives.
    start_balance: Option<Decimal>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").finish_non_exhaustive()
    }
}

impl Credential {
    /// Returns a random credential: that of a new account at the table.
    ///
    /// # Errors
    /// The operating system gives no random numbers.
    pub fn fresh() -> std::io::Result<Self> {
        Ok(Self {
            token: hex::<16>()?,
            start_balance: None,
        })
    }

    /// Returns the credential of an account that begins with this much play money.
    #[must_use]
    pub fn with_start_balance(self, start_balance: Option<Decimal>) -> Self {
        Self {
            start_balance,
            ..self
        }
    }

    /// Returns the login request.
    fn request(&self) -> Request {
        let mut login = json!({ "token": self.token });
        if let Some(balance) = self.start_balance {
            login[START_BALANCE_KEY] = balance.to_string().into();
        }
        Request::Authenticate(login)
    }
}

/// The login at the table of an address, done once for each connection.
#[derive(Debug)]
pub(super) struct TableLogin {
    address: Address,
    credential: Credential,
    threads: Vec<JoinHandle<()>>,
    /// The connection on which the login was sent; 0 before the first.
    sent_on: Arc<AtomicU64>,
}

impl TableLogin {
    pub fn new(address: Address, credential: Credential) -> Self {
        Self {
            address,
            credential,
            threads: Vec::new(),
            sent_on: Arc::default(),
        }
    }

    /// Logs in on a connection, if the server is a practice table that takes orders. The server is asked on a thread
    /// of its own, each time: another program may listen on the port by now.
    pub fn log_in(&mut self, connection: u64, sender: &RequestSlot) {
        self.threads.retain(|thread| !thread.is_finished());
        match self.start(connection, sender.clone()) {
            Ok(thread) => self.threads.push(thread),
            Err(error) => tracing::error!(%error, "not logged in"),
        }
    }

    /// Opens a new account at the table, with this much play money: now, or on the next connection if this one is 0.
    pub fn open_account(&mut self, balance: Decimal, connection: u64, sender: &RequestSlot) {
        match Credential::fresh() {
            Ok(credential) => self.credential = credential.with_start_balance(Some(balance)),
            Err(error) => return tracing::error!(%error, "no new account is opened"),
        }
        if connection > 0 {
            self.log_in(connection, sender);
        }
    }

    /// Whether the login was sent on this connection; 0 is none.
    pub fn is_sent(&self, connection: u64) -> bool {
        connection > 0 && self.sent_on.load(Ordering::SeqCst) == connection
    }

    /// Waits for the threads.
    pub fn join(self) {
        for thread in self.threads {
            thread.join().ok(); // The thread returns no value.
        }
    }

    fn start(&self, connection: u64, sender: RequestSlot) -> std::io::Result<JoinHandle<()>> {
        let request = self.credential.request();
        let args = traced(&request)?;
        let address = self.address.clone();
        let sent_on = Arc::clone(&self.sent_on);
        background::spawn("login", move || match fetch_announcement(&address) {
            Ok(table) if table.orders => {
                let written = sender.emit(connection, request.name(), args);
                let written = written.blocking_recv();
                if matches!(written, Ok(WriteOutcome::Done(()))) {
                    sent_on.store(connection, Ordering::SeqCst);
                } else {
                    tracing::debug!("the connection ended before the login was written");
                }
            }
            Ok(_) => tracing::warn!("not logged in: this table takes no orders"),
            Err(why) => tracing::error!("not logged in at {address}: {why}"),
        })
    }
}

/// Returns the arguments of a request with a random trace, as the real page sends it.
///
/// # Errors
/// The operating system gives no random numbers.
pub(super) fn traced(request: &Request) -> std::io::Result<Vec<Value>> {
    let trace = Trace {
        trace_id: hex::<16>()?,
        span_id: hex::<8>()?,
    };
    Ok(request.to_args(Some(&trace)))
}

/// Returns random bytes as hexadecimal digits.
fn hex<const BYTES: usize>() -> std::io::Result<String> {
    let mut bytes = [0u8; BYTES];
    getrandom::fill(&mut bytes).map_err(std::io::Error::from)?;
    let mut text = String::with_capacity(2 * BYTES);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a String does not fail");
    }
    Ok(text)
}
