//! The session file: keys, their order and their meaning are the contract of `docs/formats.md`.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::game_file::{Origin, speed_of};
use super::{APP, json};
use crate::account::{
    Action, ActionKind, ActionStatus, Drift, Lot, OpenSidebet, Session, WalletKind, start_value,
};
use crate::game::{Time, millis};
use crate::protocol::{GameId, number};
use crate::trading::Order;

/// Version of the file format.
const FORMAT: u32 = 1;

/// A session file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionFile {
    /// The facts about the whole session.
    pub meta: SessionMeta,
    /// The rows, in the order in which they took effect.
    pub actions: Vec<Action>,
    /// The differences between our account and the server's.
    pub drifts: Vec<Drift>,
}

/// The part of a session file beside the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionMeta {
    /// The player's id; `None` for an anonymous player.
    pub player_id: Option<String>,
    /// The player's name, from the server.
    pub username: Option<String>,
    /// The time of the login, or the start of an anonymous session.
    #[serde(with = "millis::always")]
    pub session_start: Time,
    /// The time of the stop; after a crash the newest known time.
    #[serde(with = "millis::always")]
    pub session_end: Time,
    /// Version of this format.
    #[serde(default)]
    pub format: u32,
    /// The source.
    pub origin: Origin,
    /// Which wallet.
    pub wallet: WalletKind,
    /// Its balance at the start, in SOL.
    #[serde(with = "number::text::always")]
    pub start_balance: Decimal,
    /// The lots held at the start.
    pub start_lots: Vec<Lot>,
    /// The sidebet that ran at the start; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_sidebet: Option<OpenSidebet>,
    /// The balance at the end, in SOL.
    #[serde(with = "number::text::always")]
    pub end_balance: Decimal,
    /// The sum of the rows' `pnl`, in SOL.
    #[serde(with = "number::text::always")]
    pub realised_pnl: Decimal,
    /// The session's key in other data, a UUID of version 7; `None` in a file from before sessions had ids.
    #[serde(default)]
    pub session_id: Option<Uuid>,
    /// How many times as fast as real time the server ran; `None` if it is unknown, changed during the session, or is
    /// no number.
    #[serde(default, with = "number::plain")]
    pub speed: Option<Decimal>,
    /// The games come from `--seed` and will be repeated: never training data.
    #[serde(default)]
    pub seeded: bool,
    /// The number of comparisons with the server.
    pub verifications: u64,
    /// The number of comparisons that found a drift.
    pub drift_count: u64,
    /// The program that wrote the file.
    pub app: String,
}

impl SessionMeta {
    /// Returns what the session starts with: wallet, lots at their cost and stake, in SOL.
    pub fn start_value(&self) -> Decimal {
        start_value(
            self.start_balance,
            &self.start_lots,
            self.start_sidebet.as_ref(),
        )
    }
}

impl SessionFile {
    /// Returns the file of a session.
    pub fn new(session: &Session, origin: Origin) -> Self {
        let meta = SessionMeta {
            player_id: session.player_id.clone(),
            username: session.username.clone(),
            session_start: session.start,
            session_end: session.end,
            format: FORMAT,
            origin,
            wallet: session.wallet,
            start_balance: session.start_balance,
            start_lots: session.start_lots.clone(),
            start_sidebet: session.start_sidebet,
            end_balance: session.end_holding().balance,
            realised_pnl: session.realised_pnl(),
            session_id: Some(session.id),
            speed: speed_of(session.server, origin),
            seeded: session.server.is_some_and(|server| server.seeded),
            verifications: session.verifications,
            drift_count: session.drift_count,
            app: APP.to_owned(),
        };
        let mut actions = session.actions();
        for row in &mut actions {
            // The program ended while the order waited for its answer.
            if row.status == ActionStatus::Unknown && row.reason.is_none() {
                let words = order_words(row).unwrap_or_default();
                row.reason = Some(format!("{words}: the program ended before the answer came"));
            }
        }
        Self {
            meta,
            actions,
            drifts: session.drifts(),
        }
    }

    /// Reads a file's text.
    ///
    /// # Errors
    ///
    /// The text says what is wrong, without the path.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        // The version is read first: other errors in a newer format are not the file's fault.
        if let Ok(FormatProbe { meta }) = serde_json::from_slice(text)
            && meta.format > FORMAT
        {
            return Err(format!(
                "format {} is newer than this program knows",
                meta.format
            ));
        }
        serde_json::from_slice(text).map_err(|error| error.to_string())
    }

    /// Returns the text of the file.
    pub fn to_text(&self) -> serde_json::Result<Vec<u8>> {
        json::to_text(self)
    }

    /// Returns the games of the rows, each once, in the order of their first rows.
    pub fn game_ids(&self) -> Vec<GameId> {
        let mut seen = std::collections::HashSet::new();
        let ids = self.actions.iter().map(|row| &row.game_id);
        ids.filter(|id| seen.insert(*id)).cloned().collect()
    }

    /// Returns the realised P&L of each game in which a row realised one, in SOL, in the order of these rows.
    pub fn pnls(&self) -> Vec<(GameId, Decimal)> {
        let mut pnls: Vec<(GameId, Decimal)> = Vec::new();
        let mut places = std::collections::HashMap::new();
        for row in &self.actions {
            let Some(pnl) = row.pnl else { continue };
            let place = *places.entry(&row.game_id).or_insert(pnls.len());
            match pnls.get_mut(place) {
                Some((_, sum)) => *sum = sum.saturating_add(pnl),
                None => pnls.push((row.game_id.clone(), pnl)),
            }
        }
        pnls
    }
}

#[derive(Deserialize)]
struct FormatProbe {
    meta: FormatVersion,
}

#[derive(Deserialize)]
struct FormatVersion {
    #[serde(default)]
    format: u32,
}

/// Returns a row's order in words: `buy 0.01 SOL`, `sell 25 %`, `sidebet 0.001 SOL`. The `reason` of an order that was
/// not executed begins with them. `None`: the row is no order, or its number is missing.
pub fn order_words(row: &Action) -> Option<String> {
    let order = match row.action {
        ActionKind::Buy => row.amount.map(|amount| Order::Buy { amount }),
        ActionKind::Sell => row.sell_percent.map(|percent| Order::Sell { percent }),
        ActionKind::SidebetPlace => row.amount.map(|stake| Order::Sidebet { stake }),
        ActionKind::SidebetWin | ActionKind::SidebetLose | ActionKind::Liquidated => None,
    };
    order.map(|order| order.to_string())
}
