//! A session: one player's moves from his identification to the stop, as facts that rebuild it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::session_id::id_of_old;
use super::{
    Account, Action, ActionKind, ActionStatus, Drift, DriftField, Holding, LocalWallet, Lot,
    OpenSidebet,
};
use crate::game::{ServerInfo, Time};

/// Whose wallet the session plays with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WalletKind {
    /// The account of the connection.
    Server,
    /// The practice wallet on a watched feed.
    Local,
}

impl WalletKind {
    /// Returns the word that stands in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Local => "local",
        }
    }
}

/// A fact of a session. Applied in order they rebuild it, which is what recovery does with the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SessionEvent {
    /// Somebody plays from here on.
    Started {
        /// When.
        at: Time,
        /// The player; `None` for an anonymous one.
        player_id: Option<String>,
        /// His name.
        username: Option<String>,
        /// Whose wallet.
        wallet: WalletKind,
        /// What is in it.
        balance: Decimal,
        /// What is held already.
        lots: Vec<Lot>,
        /// The sidebet that runs already.
        #[serde(default)]
        sidebet: Option<OpenSidebet>,
        /// The session's id; `None` in the journals of old versions.
        #[serde(default)]
        session_id: Option<Uuid>,
        /// The server that is played at, if it is known already.
        #[serde(default)]
        server: Option<ServerInfo>,
    },
    /// The server that is played at became known, or changed.
    ServerKnown {
        /// What is known of it.
        server: ServerInfo,
    },
    /// The name of the player, which was not known when he began.
    Named {
        /// The name.
        username: String,
    },
    /// An action, as far as it has come; a later one with the same slot replaces it.
    Action {
        /// Which action, in the order of the pressing.
        slot: u32,
        /// The row.
        action: Box<Action>,
    },
    /// A drift; a later one with the same slot replaces it.
    Drifted {
        /// Which drift.
        slot: u32,
        /// The row.
        drift: Box<Drift>,
    },
    /// Our account was compared with the server's; counts so far.
    Verified {
        /// When.
        at: Time,
        /// Comparisons.
        total: u64,
        /// Those that found a drift.
        drifts: u64,
    },
    /// How the local wallet stands now, after the action before this; it is taken up there by the next run.
    PutDown {
        /// The wallet.
        wallet: Box<LocalWallet>,
    },
    /// Nobody plays any more, or somebody else.
    Ended {
        /// When.
        at: Time,
    },
}

/// A session as its facts tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its id, which never changes.
    pub id: Uuid,
    /// The server that it was played at, as far as it is known.
    pub server: Option<ServerInfo>,
    /// The player; `None` for an anonymous one.
    pub player_id: Option<String>,
    /// His name.
    pub username: Option<String>,
    /// Whose wallet.
    pub wallet: WalletKind,
    /// When it began.
    pub start: Time,
    /// When it ended; while it runs, or after a crash: the newest time that a fact tells.
    pub end: Time,
    /// Wallet at the start.
    pub start_balance: Decimal,
    /// What was held at the start.
    pub start_lots: Vec<Lot>,
    /// The sidebet that ran at the start.
    pub start_sidebet: Option<OpenSidebet>,
    /// The local wallet as it was put down last.
    put_down: Option<LocalWallet>,
    /// Comparisons with the server.
    pub verifications: u64,
    /// Those that found a drift.
    pub drift_count: u64,
    actions: BTreeMap<u32, Action>,
    drifts: BTreeMap<u32, Drift>,
}

impl Session {
    /// Returns the session that a start begins; `None` for any other fact.
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
            put_down: None,
            verifications: 0,
            drift_count: 0,
            actions: BTreeMap::new(),
            drifts: BTreeMap::new(),
        })
    }

    /// Lets a fact happen.
    pub fn apply(&mut self, fact: &SessionEvent) {
        match fact {
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
            SessionEvent::WalletChanged { wallet } => self.put_down = Some((**wallet).clone()),
            SessionEvent::Ended { at } => self.end = self.end.max(*at),
        }
    }

    /// Returns the actions in the order in which they took effect. One that was left pending comes last: what became
    /// of it is not known, and it changed nothing that is known.
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

    /// Returns the drifts in the order in which they were seen.
    pub fn drifts(&self) -> Vec<Drift> {
        self.drifts.values().cloned().collect()
    }

    /// Returns what is held at the end: what the last action and the drifts after it left.
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
        // A drift that takes all of it tells no cost.
        held.entry_price = held.entry_price.filter(|_| !held.position_qty.is_zero());
        held
    }

    /// Returns the local wallet as it stands; `None` when the wallet is the server's, or nothing was done with it.
    pub fn put_down(&self) -> Option<LocalWallet> {
        let told = self.put_down.clone();
        let held = self.end_holding();
        if self.wallet == WalletKind::Server || told.is_none() && self.last_seq() == 0 {
            return None;
        }
        // A crash may have come between an action and the wallet after it.
        let bet = self.running_sidebet();
        let as_told = |told: &LocalWallet| {
            let account = &told.account;
            account.holding().balance == held.balance && account.book().sidebet == bet
        };
        told.filter(as_told).or_else(|| {
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

    /// Returns the sidebet that the rows leave running.
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
        placed.then_some(Sidebet {
            stake: last.amount?,
            start_tick: last.executed_tick?,
        })
    }

    fn last_seq(&self) -> u32 {
        self.actions.values().map(|row| row.seq).max().unwrap_or(0)
    }

    /// Returns what the session earned: the sum of its rows.
    pub fn realised_pnl(&self) -> Decimal {
        let rows = self.actions.values().filter_map(|row| row.pnl);
        rows.fold(Decimal::ZERO, Decimal::saturating_add)
            .normalize()
    }
}
