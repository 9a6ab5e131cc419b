//! The settings of a feed.

use std::fmt;

use serde_json::Value;

use super::address::Address;
use super::browser::{BrowserAddress, HOSTS};
use super::limits::FeedLimits;
use super::proxy;
use crate::capture::CaptureConfig;
use crate::capture::secrets::Secrets;
use crate::protocol::Pace;

/// Messages that may wait for the program: several minutes of the live game.
const QUEUE: usize = 4096;
/// Bytes of memory that they may take: the live game needs a tenth of it for as many messages.
const QUEUE_BYTES: usize = 64 << 20;
/// The page that the live server expects its clients to come from.
const LIVE_ORIGIN: &str = "https://rugs.fun";

/// The route of the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedRoute {
    /// A direct connection.
    Direct,
    /// The player's own page in a browser on this computer, which the feed only reads.
    Browser {
        /// The debugging address of the browser.
        browser: BrowserAddress,
        /// Hosts of the game, as page or as server; a name includes all names below it.
        hosts: Vec<String>,
    },
}

/// The settings of a feed.
#[derive(Clone)]
pub struct FeedConfig {
    /// The server; unused through a browser, where the page chooses it.
    pub address: Address,
    /// The route of the events.
    pub route: FeedRoute,
    /// Sent with the opening request.
    pub headers: Vec<(String, String)>,
    /// Sent with the namespace request; `None` for an anonymous client.
    pub auth: Option<Value>,
    /// Every deadline.
    pub limits: FeedLimits,
    /// Messages that may wait for the program; one more place is reserved for `Down`.
    pub queue: usize,
    /// Bytes of memory that the waiting messages may take, about.
    pub queue_bytes: usize,
    /// The raw capture; `None` where none can be written.
    pub capture: Option<CaptureConfig>,
    /// The pace that a practice table of Pianola is asked for. Servers on other computers are never asked.
    pub pace: Option<Pace>,
    /// The environment variable that asks for a proxy to this address. Pianola uses no proxy; the variable is only named
    /// when the connection fails.
    pub proxy: Option<&'static str>,
}

impl FeedConfig {
    /// Returns the settings for an anonymous client of `address`.
    pub fn new(address: Address) -> Self {
        let agent = concat!("pianola/", env!("CARGO_PKG_VERSION"));
        let mut headers = vec![("user-agent".to_owned(), agent.to_owned())];
        if address.is_live() {
            headers.push(("origin".to_owned(), LIVE_ORIGIN.to_owned()));
        }
        let proxy = address.host().filter(|_| !address.is_loopback());
        let proxy = proxy.and_then(|host| proxy::find_variable(host, proxy::environment));
        Self {
            address,
            route: FeedRoute::Direct,
            headers,
            auth: None,
            limits: FeedLimits::default(),
            queue: QUEUE,
            queue_bytes: QUEUE_BYTES,
            capture: None,
            pace: None,
            proxy,
        }
    }

    /// Returns the settings for reading the player's own page in the browser at `browser`.
    pub fn browser(browser: BrowserAddress) -> Self {
        Self {
            route: FeedRoute::Browser {
                browser,
                hosts: HOSTS.map(str::to_owned).to_vec(),
            },
            ..Self::new(Address::live())
        }
    }

    /// Returns the pace that the server is asked for: only a server on this computer may be a practice table.
    pub fn table_pace(&self) -> Option<Pace> {
        self.pace
            .filter(|_| self.route == FeedRoute::Direct && self.address.is_loopback())
    }

    /// Returns the parts of these settings that must not appear in a message.
    pub(super) fn secrets(&self) -> Secrets {
        let query = self.address.query_values();
        let headers = self
            .headers
            .iter()
            // Origin and user agent are no secrets, and part of many server texts.
            .filter(|(name, _)| !["origin", "user-agent"].contains(&name.to_lowercase().as_str()))
            .map(|(_, value)| value.as_str());
        Secrets::new(
            self.auth.as_ref(),
            headers.chain(query.iter().map(String::as_str)),
        )
    }
}

impl fmt::Debug for FeedConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("FeedConfig")
            .field("address", &self.address)
            .field("route", &self.route)
            .field("headers", &headers)
            .field("auth", &self.auth.as_ref().map(|_| "…"))
            .field("limits", &self.limits)
            .field("queue", &self.queue)
            .field("queue_bytes", &self.queue_bytes)
            .field("capture", &self.capture)
            .field("pace", &self.pace)
            .field("proxy", &self.proxy)
            .finish()
    }
}
