//! A session: one player's actions from login to stop, rebuilt from its events.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::action::{Action, ActionKind, ActionStatus, Drift, DriftField};
use super::game_book::OpenSidebet;
use super::local_wallet::LocalWallet;
use super::position::Lot;
use super::session_id::id_of_old;
use super::state::{Account, Holding};
use crate::game::{ServerInfo, Time};

/// The wallet that a session plays with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WalletKind {
    /// The account at the server.
    Server,
    /// A practice wallet on this computer.
    Local,
}

impl WalletKind {
    /// Returns the word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Local => "local",
        }
    }
}

/// An event of a session. Applied in order they rebuild it, as recovery does with the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SessionEvent {
    /// The session started.
    Started {
        /// When.
        at: Time,
        /// The player; `None` for a local wallet.
        player_id: Option<String>,
        /// The player's name.
        username: Option<String>,
        /// The kind of the wallet.
        wallet: WalletKind,
        /// SOL in it.
        balance: Decimal,
        /// Lots held already.
        lots: Vec<Lot>,
        /// The sidebet that runs already.
        #[serde(default)]
        sidebet: Option<OpenSidebet>,
        /// The session's id; `None` in the journals of old versions.
        #[serde(default)]
        session_id: Option<Uuid>,
        /// The server, if it is known already.
        #[serde(default)]
        server: Option<ServerInfo>,
    },
    /// The server became known, or changed.
    ServerKnown {
        /// The server.
        server: ServerInfo,
    },
    /// The player's name became known after the start.
    Named {
        /// The name.
        username: String,
    },
    /// An action as it is now; a later one with the same slot replaces it.
    Action {
        /// Its number in the order of the presses.
        slot: u32,
        /// The row.
        action: Box<Action>,
    },
    /// A drift; a later one with the same slot replaces it.
    Drifted {
        /// Its number.
        slot: u32,
        /// The row.
        drift: Box<Drift>,
    },
    /// Our account was compared with the server's. Has the counts so far.
    Verified {
        /// When.
        at: Time,
        /// Comparisons.
        total: u64,
        /// Comparisons that found a drift.
        drifts: u64,
    },
    /// The local wallet after the action before this. The next run continues it.
    #[serde(rename = "PutDown")]
    WalletChanged {
        /// The wallet.
        wallet: Box<LocalWallet>,
    },
    /// The session ended.
    Ended {
        /// When.
        at: Time,
    },
}

/// A session as rebuilt from its events.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its id, which never changes.
    pub id: Uuid,
    /// The server, as far as it is known.
    pub server: Option<ServerInfo>,
    /// The player; `None` for a local wallet.
    pub player_id: Option<String>,
    /// The player's name.
    pub username: Option<String>,
    /// The kind of the wallet.
    pub wallet: WalletKind,
    /// When it began.
    pub start: Time,
    /// When it ended; while it runs, or after a crash, the newest time of an event.
    pub end: Time,
    /// Wallet at the start.
    pub start_balance: Decimal,
    /// Lots held at the start.
    pub start_lots: Vec<Lot>,
    /// The sidebet running at the start.
    pub start_sidebet: Option<OpenSidebet>,
    /// The newest local wallet of the events.
    local_wallet: Option<LocalWallet>,
    /// Comparisons with the server.
    pub verifications: u64,
    /// Comparisons that found a drift.
    pub drift_count: u64,
    actions: BTreeMap<u32, Action>,
    drifts: BTreeMap<u32, Drift>,
}

impl Session {
    /// Returns the session that a start event begins; `None` for any other event.
    pub fn begin(start: &SessionEvent) -> Option<Self> {
        let SessionEvent::Started {
            at,
            player_id,
            username,
            wallet,
            balance,
            lots,
            sidebet,
            session_id,
            server,
        } = start
        else {
            return None;
        };
        let old = || id_of_old(*at, player_id.as_deref(), username.as_deref());
        Some(Self {
            id: session_id.unwrap_or_else(old),
            server: *server,
            player_id: player_id.clone(),
            username: username.clone(),
            wallet: *wallet,
            start: *at,
            end: *at,
            start_balance: *balance,
            start_lots: lots.clone(),
            start_sidebet: *sidebet,
            local_wallet: None,
            verifications: 0,
            drift_count: 0,
            actions: BTreeMap::new(),
            drifts: BTreeMap::new(),
        })
    }

    /// Applies an event.
    pub fn apply(&mut self, event: &SessionEvent) {
        match event {
            SessionEvent::Started { .. } => {}
            SessionEvent::ServerKnown { server } => {
                self.server = Some(self.server.map_or(*server, |before| before.then(*server)));
            }
            SessionEvent::Named { username } => {
                self.username.get_or_insert_with(|| username.clone());
            }
            SessionEvent::Action { slot, action } => {
                let newest = [Some(action.timestamp), action.confirmed_at, action.acked_at];
                self.end = newest.into_iter().flatten().fold(self.end, Time::max);
                self.actions.insert(*slot, (**action).clone());
            }
            SessionEvent::Drifted { slot, drift } => {
                self.end = self.end.max(drift.cleared_at.unwrap_or(drift.at));
                self.drifts.insert(*slot, (**drift).clone());
            }
            SessionEvent::Verified { at, total, drifts } => {
                self.end = self.end.max(*at);
                (self.verifications, self.drift_count) = (*total, *drifts);
            }
            SessionEvent::WalletChanged { wallet } => {
                self.local_wallet = Some((**wallet).clone());
            }
            SessionEvent::Ended { at } => self.end = self.end.max(*at),
        }
    }

    /// Returns the actions in the order in which they took effect. One that was left pending comes last: its outcome is
    /// unknown, and it changed nothing that is known.
    pub fn actions(&self) -> Vec<Action> {
        let mut rows: Vec<_> = self.actions.values().cloned().collect();
        rows.sort_by_key(|row| (row.seq == 0, row.seq));
        let mut seq = self.last_seq();
        let held = self.end_holding();
        for row in rows.iter_mut().filter(|row| row.seq == 0) {
            seq += 1;
            row.seq = seq;
            row.status = ActionStatus::Unknown;
            row.balance_after = Some(held.balance);
            row.position_qty_after = Some(held.position_qty);
            row.entry_price = held.entry_price;
        }
        rows
    }

    /// Removes the orders that wait for an answer: they have no effect yet.
    pub fn drop_pending(&mut self) {
        self.actions.retain(|_, row| row.seq != 0);
    }

    /// Returns the drifts in the order in which they were seen.
    pub fn drifts(&self) -> Vec<Drift> {
        self.drifts.values().cloned().collect()
    }

    /// Returns what is held at the end, after the last action and the drifts after it.
    pub fn end_holding(&self) -> Holding {
        let last = self.last_seq();
        let mut held = Account::new(self.start_balance, self.start_lots.clone()).holding();
        if let Some(row) = self
            .actions
            .values()
            .find(|row| last > 0 && row.seq == last)
        {
            held.balance = row.balance_after.unwrap_or(held.balance);
            held.position_qty = row.position_qty_after.unwrap_or_default();
            held.entry_price = row.entry_price;
        }
        for drift in self.drifts.values().filter(|d| d.after_seq >= last) {
            match (drift.field, drift.server) {
                (DriftField::Balance, Some(balance)) => held.balance = balance,
                (DriftField::Position, Some(qty)) => held.position_qty = qty,
                (DriftField::EntryPrice, cost) => held.entry_price = cost,
                (_, None) => {}
            }
        }
        // A drift that takes the whole position has no cost.
        held.entry_price = held.entry_price.filter(|_| !held.position_qty.is_zero());
        held
    }

    /// Returns the local wallet; `None` when the wallet is the server's, or nothing was done with it.
    pub fn local_wallet(&self) -> Option<LocalWallet> {
        let saved = self.local_wallet.clone();
        let held = self.end_holding();
        if self.wallet == WalletKind::Server || saved.is_none() && self.last_seq() == 0 {
            return None;
        }
        // A crash may have come between an action and the wallet event after it.
        let bet = self.running_sidebet();
        let is_newest = |saved: &LocalWallet| {
            let account = &saved.account;
            account.holding().balance == held.balance && account.book().sidebet == bet
        };
        saved.filter(is_newest).or_else(|| {
            let lot = held.entry_price.map(|price| Lot {
                qty: held.position_qty,
                price,
            });
            let last = self.actions.values().max_by_key(|row| row.seq);
            Some(LocalWallet {
                account: Account::with_sidebet(held.balance, lot, bet),
                game: last.map(|row| row.game_id.clone()),
            })
        })
    }

    /// Returns the sidebet that is still running after all rows.
    fn running_sidebet(&self) -> Option<OpenSidebet> {
        let is_bet = |row: &&Action| {
            let bets = [
                ActionKind::SidebetPlace,
                ActionKind::SidebetWin,
                ActionKind::SidebetLose,
            ];
            row.status == ActionStatus::Confirmed && bets.contains(&row.action)
        };
        let last = self
            .actions
            .values()
            .filter(is_bet)
            .max_by_key(|row| row.seq);
        let Some(last) = last else {
            return self.start_sidebet;
        };
        let placed = last.action == ActionKind::SidebetPlace;
        placed.then_some(OpenSidebet {
            stake: last.amount?,
            start_tick: last.executed_tick?,
        })
    }

    fn last_seq(&self) -> u32 {
        self.actions.values().map(|row| row.seq).max().unwrap_or(0)
    }

    /// Returns the profit of the session: the sum of its rows.
    pub fn realised_pnl(&self) -> Decimal {
        let rows = self.actions.values().filter_map(|row| row.pnl);
        rows.fold(Decimal::ZERO, Decimal::saturating_add)
            .normalize()
    }
}
