//! The login at a table of ours, and the names that requests carry.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::feed::{Address, RequestSender, fetch_announcement};
use crate::protocol::{Request, Trace};

/// Who we are at a practice table. The token is made for one run and worth nothing elsewhere.
#[derive(Clone)]
pub struct Credential {
    token: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").finish_non_exhaustive()
    }
}

impl Credential {
    /// Returns one that nobody else has.
    pub fn fresh() -> std::io::Result<Self> {
        Ok(Self {
            token: hex::<16>()?,
        })
    }

    /// Returns the request that logs in with it.
    fn request(&self) -> Request {
        Request::Authenticate(json!({ "token": self.token }))
    }
}

/// The connection on which we are logged in at a table of ours; 0 while there is none.
pub(super) type LoginGeneration = Arc<AtomicU64>;

/// Logs in, if what answers at the address is a table of ours that takes orders. Asked anew for each connection: the
/// port may be somebody else's by now.
pub(super) fn log_in(
    address: Address,
    credential: &Credential,
    sender: RequestSender,
    (generation, logged_in): (u64, LoginGeneration),
) -> std::io::Result<JoinHandle<()>> {
    let request = credential.request();
    let args = traced(&request)?;
    std::thread::Builder::new()
        .name("login".to_owned())
        .spawn(move || match fetch_announcement(&address) {
            Ok(table) if table.orders => {
                let written = sender.emit(request.name(), args).blocking_recv();
                if matches!(written, Ok(Ok(()))) {
                    logged_in.store(generation, Ordering::SeqCst);
                } else {
                    tracing::debug!("the connection ended before the login was written");
                }
            }
            Ok(_) => tracing::warn!("not logged in: this table takes no orders"),
            Err(why) => tracing::error!("not logged in at {address}: {why}"),
        })
}

/// Returns the arguments of a request with a trace of its own, as the real page sends it.
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
