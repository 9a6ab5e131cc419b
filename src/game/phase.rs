//! The phase of a game, decided from flags that outrank the timer.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::protocol::{GameId, GameStateUpdate, is_rug};

/// Where the current game stands, in the order in which it goes through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Phase {
    /// Nothing is known (yet, or since the connection was lost).
    #[default]
    Unknown,
    /// Settlement: 5 s in which nothing can be done.
    Cooldown,
    /// 10 s in which buys at 1.0 are taken.
    Presale,
    /// The price runs.
    Active,
    /// The game is over.
    Rugged,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Phase {
    /// Returns the phase that a message speaks of by itself; `Unknown` when it says nothing. Flags outrank the timer.
    ///
    /// Absent means unchanged, and within a game phases only ever rise (a message that says less was overtaken by
    /// the one that said more), so the phase of a game is the highest that any of its messages spoke of.
    pub(super) fn said_by(update: &GameStateUpdate, running: Option<&GameId>) -> Self {
        let of_running_game = running == Some(&update.game_id);
        if is_rug(update.rugged, update.active, of_running_game) {
            Self::Rugged
        } else if update.active == Some(true) {
            Self::Active
        } else if update.allow_pre_round_buys == Some(true) {
            Self::Presale
        } else if update.cooldown_timer.is_some_and(|millis| millis > 0)
            || update.cooldown_paused == Some(true)
        {
            Self::Cooldown
        } else {
            Self::Unknown
        }
    }

    /// Whether `to` may follow in the same game. Phases passed over are none that the server passes over.
    pub(super) fn may_lead_to(self, to: Self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Cooldown => matches!(to, Self::Cooldown | Self::Presale | Self::Active),
            Self::Presale => matches!(to, Self::Presale | Self::Active),
            Self::Active => matches!(to, Self::Active | Self::Rugged),
            Self::Rugged => to == Self::Rugged,
        }
    }
}
