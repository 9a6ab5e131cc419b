//! How an engine is set up.

use super::{Credential, TablePiano};
use crate::account::LocalWallet;
use crate::feed::FeedConfig;
use crate::game::ServerInfo;
use crate::recording::RecordingPolicy;
use crate::trading::{OrderLimits, SentOrders};

/// How an engine is set up.
#[derive(Debug)]
pub struct Setup {
    /// The connection.
    pub feed: FeedConfig,
    /// How the player plays; `None`: games are only watched.
    pub player: Option<PlayerMode>,
    /// The limits of orders. A strategy that is played from the start has no risk limits.
    pub limits: OrderLimits,
    /// The orders of the last minute, also those of the source before.
    pub sent_orders: SentOrders,
    /// Which games are recorded.
    pub policy: RecordingPolicy,
    /// The piano, at a practice table of ours.
    pub piano: Option<TablePiano>,
    /// Auto-sell exists: at a practice table of ours, and with a paper balance that is not played at live prices.
    pub auto_sell: bool,
    /// What is known of the server before the first connection. A practice table announces itself on the connection.
    pub server: ServerInfo,
}

/// How the player plays.
#[derive(Debug, Clone)]
pub enum PlayerMode {
    /// With an account at a practice table; the login is sent to practice tables only.
    AtTable(Credential),
    /// With a practice wallet on this computer, from its last balance. Nothing is sent.
    Local(LocalWallet),
    /// In the player's own browser. The program reads the orders there and sends nothing.
    InBrowser,
}

impl Setup {
    /// Returns the set-up that watches, and records every game.
    pub fn watching(feed: FeedConfig) -> Self {
        Self {
            feed,
            player: None,
            limits: OrderLimits::default(),
            sent_orders: SentOrders::default(),
            policy: RecordingPolicy::everything(),
            piano: None,
            auto_sell: false,
            server: ServerInfo::default(),
        }
    }
}
