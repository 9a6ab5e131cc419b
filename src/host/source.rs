//! The sources that can be had: the built-in table, the live feed, any other address, the player's browser.

use std::fmt;

use crate::engine::ServerSetup;
use crate::feed::{
    Address, Announcement, BrowserAddress, FeedConfig, NotATable, fetch_announcement,
};
use crate::game::ServerInfo;
use crate::protocol::Pace;
use crate::recording::Origin;
use crate::table::{Source, Speed, Table, TableConfig, TableError};

/// What a server says when it is asked whether it is a table of ours.
type Answer = Result<Announcement, NotATable>;

/// Where games are to come from.
#[derive(Debug, Clone, PartialEq)]
pub enum GameSource {
    /// The built-in table.
    Practice {
        /// The same games every time; without it nobody can foresee them.
        seed: Option<u64>,
        /// How fast.
        speed: Speed,
    },
    /// rugs.fun, watched.
    Live,
    /// Any other server.
    Url(Address),
    /// The player's own page, read in the browser there.
    Browser(BrowserAddress),
}

impl GameSource {
    /// Returns the kind of source that recordings name.
    pub fn origin(&self) -> Origin {
        match self {
            Self::Practice { .. } => Origin::Practice,
            Self::Live => Origin::Live,
            // Somebody may have typed the live game's own address.
            Self::Url(address) if address.is_live() => Origin::Live,
            Self::Url(_) => Origin::Url,
            Self::Browser(_) => Origin::Browser,
        }
    }

    /// Returns what is known of the server, with its answer if it is on this computer and was asked.
    fn server(&self, address: &Address, answer: Option<&Answer>) -> ServerSetup {
        let (info, ask) = match self {
            Self::Practice { seed, speed } => {
                let info = ServerInfo {
                    speed: speed.factor(),
                    seeded: seed.is_some(),
                };
                (info, false)
            }
            Self::Url(_) if address.is_loopback() => {
                let table = answer.and_then(|answer| answer.as_ref().ok());
                let known = table.map(Announcement::server);
                (known.unwrap_or_default(), true)
            }
            Self::Live | Self::Url(_) if address.is_live() => (ServerInfo::REAL, false),
            // What page is read in the browser it says itself.
            Self::Live | Self::Url(_) | Self::Browser(_) => (ServerInfo::default(), false),
        };
        ServerSetup { info, ask }
    }

    /// Makes the source ready to be connected to; our own table is started, a server on this computer is asked what it
    /// is. Blocks for that, at most two seconds.
    ///
    /// # Panics
    /// Never: a table's own address is on this computer.
    pub fn open(&self) -> Result<OpenedSource, TableError> {
        let (address, table) = match self {
            // Through a browser the page chooses the server.
            Self::Live | Self::Browser(_) => (Address::live(), None),
            Self::Url(address) => (address.clone(), None),
            Self::Practice { seed, speed } => {
                let table = Table::start(TableConfig {
                    seed: *seed,
                    speed: *speed,
                    source: Source::Practice,
                    ..TableConfig::default()
                })?;
                let address = Address::parse(&table.url());
                let address = address.expect("a table's own address is on this computer");
                (address, Some(table))
            }
        };
        let is_asked = matches!(self, Self::Url(_)) && address.is_loopback();
        let answer = is_asked.then(|| fetch_announcement(&address));
        Ok(OpenedSource {
            server: self.server(&address, answer.as_ref()),
            answer,
            origin: self.origin(),
            address,
            browser: match self {
                Self::Browser(browser) => Some(*browser),
                _ => None,
            },
            table,
        })
    }
}

/// A source that can be connected to. Our own table stops when it is dropped.
#[derive(Debug)]
pub struct OpenedSource {
    /// What recordings name it.
    pub origin: Origin,
    /// What is known of the server.
    pub server: ServerSetup,
    /// Where it is.
    pub address: Address,
    /// What it said when it was asked.
    answer: Option<Answer>,
    /// The browser in which its page is read, if it is.
    pub browser: Option<BrowserAddress>,
    /// Our own table.
    pub table: Option<Table>,
}

impl OpenedSource {
    /// Returns what a table of ours says of itself; asks it, unless it was asked when it was opened.
    ///
    /// # Errors
    /// No table of ours answers there.
    pub fn announced(&self) -> Answer {
        let asked = self.answer.clone();
        asked.unwrap_or_else(|| fetch_announcement(&self.address))
    }

    /// Returns the settings of its feed.
    pub fn feed(&self) -> FeedConfig {
        match self.browser {
            Some(browser) => FeedConfig::browser(browser),
            None => FeedConfig {
                // Our own table is never faster than we record.
                pace: self.table.is_some().then_some(Pace::Stream),
                ..FeedConfig::new(self.address.clone())
            },
        }
    }
}

impl fmt::Display for OpenedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.browser {
            Some(browser) => write!(f, "the browser at {browser}"),
            None => self.address.fmt(f),
        }
    }
}
