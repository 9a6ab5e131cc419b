//! The sources of games: the practice table, the live server, another address, the player's browser.

use std::fmt;
use std::sync::OnceLock;

use crate::feed::{Address, BrowserAddress, FeedConfig, NotATable, fetch_announcement};
use crate::game::ServerInfo;
use crate::protocol::{Announcement, Pace};
use crate::recording::Origin;
use crate::strategy::PracticeTable;
use crate::table::{Speed, Table, TableConfig, TableError, TableSource};

/// Where games come from.
#[derive(Debug, Clone, PartialEq)]
pub enum GameSource {
    /// The built-in practice table.
    Practice {
        /// The same games every time; without it they cannot be foreseen.
        seed: Option<u64>,
        /// Its speed.
        speed: Speed,
    },
    /// rugs.fun, watched only.
    Live,
    /// Another server.
    Url(Address),
    /// The player's own page, read in the browser at this address.
    Browser(BrowserAddress),
}

impl GameSource {
    /// Returns the origin that recordings name.
    pub fn origin(&self) -> Origin {
        match self {
            Self::Practice { .. } => Origin::Practice,
            Self::Live => Origin::Live,
            // The address may be the live server's own.
            Self::Url(address) if address.is_live() => Origin::Live,
            Self::Url(_) => Origin::Url,
            Self::Browser(_) => Origin::Browser,
        }
    }

    /// Makes the source ready for a connection: starts the practice table.
    ///
    /// # Errors
    /// The practice table cannot be started.
    ///
    /// # Panics
    /// Never: a table's own address is on this computer.
    pub fn open(&self) -> Result<OpenedSource, TableError> {
        let (address, table) = match self {
            // The page in the browser chooses its server.
            Self::Live | Self::Browser(_) => (Address::live(), None),
            Self::Url(address) => (address.clone(), None),
            Self::Practice { seed, speed } => {
                let table = Table::start(TableConfig {
                    seed: *seed,
                    speed: *speed,
                    source: TableSource::Practice,
                    ..TableConfig::default()
                })?;
                let address = Address::parse(&table.url());
                let address = address.expect("a table's own address is on this computer");
                (address, Some(table))
            }
        };
        let origin = self.origin();
        Ok(OpenedSource {
            server: match origin {
                Origin::Live => ServerInfo::REAL,
                // A practice table announces itself on the connection; the page in the browser names its server.
                _ => ServerInfo::default(),
            },
            origin,
            announcement: OnceLock::new(),
            address,
            browser: match self {
                Self::Browser(browser) => Some(*browser),
                _ => None,
            },
            table,
        })
    }
}

/// A source that is ready for a connection. Its practice table stops when it is dropped.
#[derive(Debug)]
pub struct OpenedSource {
    /// The origin that recordings name.
    pub origin: Origin,
    /// What is known of the server before the first connection.
    pub server: ServerInfo,
    /// The server's address.
    pub address: Address,
    /// The browser in which the page is read.
    pub browser: Option<BrowserAddress>,
    /// The built-in practice table.
    pub table: Option<Table>,
    /// What the server said when it was asked.
    announcement: OnceLock<Result<Announcement, NotATable>>,
}

impl OpenedSource {
    /// Returns what a practice table says of itself. Asks it once, and blocks for that, at most two seconds.
    ///
    /// # Errors
    /// No practice table answers there.
    pub fn announcement(&self) -> &Result<Announcement, NotATable> {
        self.announcement
            .get_or_init(|| fetch_announcement(&self.address))
    }

    /// Whether orders may be sent: to a practice table only.
    pub fn takes_orders(&self) -> bool {
        self.table.is_some() || self.announcement().as_ref().is_ok_and(|table| table.orders)
    }

    /// Returns the evidence that it is a practice table of ours; `None` for every other source.
    pub fn practice_table(&self) -> Option<PracticeTable> {
        let announcement = self.announcement().as_ref().ok();
        announcement.map(PracticeTable::announced)
    }

    /// Returns the settings of its feed.
    pub(super) fn feed(&self) -> FeedConfig {
        match self.browser {
            Some(browser) => FeedConfig::browser(browser),
            None => FeedConfig {
                // The built-in table is never faster than the recorder; another table may have other clients, too.
                pace: Some(match self.table {
                    Some(_) => Pace::Stream,
                    None => Pace::Free,
                }),
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
