//! The session file: keys, their order and their meaning are the contract of `formats.md`.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::{
    Action, ActionKind, ActionStatus, Drift, Lot, OpenSidebet, Session, WalletKind,
};
use crate::game::{Time, millis};
use crate::protocol::{GameId, number};
use crate::recording::format::game_file::speed_of;
use crate::recording::{APP, Origin};

/// FormatVersion of the file format.
const FORMAT: u32 = 1;

/// A session file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionFile {
    /// What is known of the session.
    pub meta: SessionMeta,
    /// What happened, in the order in which it took effect.
    pub actions: Vec<Action>,
    /// Where our account and the server's differed.
    pub drifts: Vec<Drift>,
}

/// The part of a session file beside the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionMeta {
    /// The player; `None` for an anonymous one.
    pub player_id: Option<String>,
    /// His name, as the server told it.
    pub username: Option<String>,
    /// His identification, or the start as an anonymous one.
    #[serde(with = "millis::always")]
    pub session_start: Time,
    /// The stop; after a crash the newest time that is known.
    #[serde(with = "millis::always")]
    pub session_end: Time,
    /// FormatVersion of this format.
    #[serde(default)]
    pub format: u32,
    /// Where it was played.
    pub origin: Origin,
    /// Whose wallet.
    pub wallet: WalletKind,
    /// What was in it at the start.
    #[serde(with = "number::text::always")]
    pub start_balance: Decimal,
    /// What was held at the start.
    pub start_lots: Vec<Lot>,
    /// The sidebet that ran at the start; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_sidebet: Option<OpenSidebet>,
    /// What was in the wallet at the end.
    #[serde(with = "number::text::always")]
    pub end_balance: Decimal,
    /// The sum of the rows' `pnl`.
    #[serde(with = "number::text::always")]
    pub realised_pnl: Decimal,
    /// The key that other data refer to, a UUID of version 7; `None` in a file that was written before sessions had ids.
    #[serde(default)]
    pub session_id: Option<Uuid>,
    /// How much faster than real time the server ran; `None` when that is not known, changed during the session or has
    /// no number.
    #[serde(default, with = "number::plain")]
    pub speed: Option<Decimal>,
    /// The games come from `--seed` and will come again: never training data.
    #[serde(default)]
    pub seeded: bool,
    /// Comparisons with the server.
    pub verifications: u64,
    /// Those that found a drift.
    pub drift_count: u64,
    /// The program that wrote the file.
    pub app: String,
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
            // A crash left it waiting for its answer.
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

    /// Reads a file's text. The error says what is wrong, not where the file is.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        // First the version alone: what a newer format has beside it is not ours to complain about.
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
        crate::recording::format::json::to_text(self)
    }

    /// Returns the different games of the rows, in the order of their first row.
    pub fn game_ids(&self) -> Vec<GameId> {
        let mut seen = std::collections::HashSet::new();
        let ids = self.actions.iter().map(|row| &row.game_id);
        ids.filter(|id| seen.insert(*id)).cloned().collect()
    }

    /// Returns what was realised in each game of which a row realised something, in SOL, in the order of these rows.
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

/// Returns the words of the order that a row was, `buy 0.01 SOL`, `sell 25 %`, `sidebet 0.001 SOL`: the `reason` of one
/// that was not done begins with them. `None`: it is no order, or its number is missing.
pub fn order_words(row: &Action) -> Option<String> {
    match row.action {
        ActionKind::Buy => row.amount.map(|amount| format!("buy {amount} SOL")),
        ActionKind::Sell => row.sell_percent.map(|share| format!("sell {share} %")),
        ActionKind::SidebetPlace => row.amount.map(|stake| format!("sidebet {stake} SOL")),
        ActionKind::SidebetWin | ActionKind::SidebetLose | ActionKind::Liquidated => None,
    }
}
