//! The phase of a game. Flags outrank the timer.

use std::fmt;

use crate::named_enum::named_enum;
use crate::protocol::{GameId, GameStateUpdate, is_rug};

named_enum! {
    /// The phase of the current game, in the order of a game.
    #[derive(PartialOrd, Ord, Default)]
    pub enum Phase {
        /// No message arrived yet, or none since the connection was lost.
        #[default]
        Unknown = "Unknown",
        /// Settlement: 5 s without trading.
        Cooldown = "Cooldown",
        /// 10 s in which the server accepts buys at 1.0.
        Presale = "Presale",
        /// The price moves.
        Active = "Active",
        /// The game is over.
        Rugged = "Rugged",
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Phase {
    /// Returns the phase that a message states; `Unknown` when it states none. Flags outrank the timer.
    ///
    /// Absent means unchanged, and within a game the phase only rises (a message with a lower phase was overtaken by one
    /// with a higher phase), so the phase of a game is the highest that its messages state.
    pub(super) fn stated_by(update: &GameStateUpdate, running: Option<&GameId>) -> Self {
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

    /// Whether `to` may follow in the same game. The server skips no other phase than these.
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
