//! The events between a practice table of Pianola and its Pianola clients, beside the game. The real server knows none
//! of this and never receives it.
//!
//! A client names its pace in the header [`PACE_HEADER`] of its opening request. The table then sends [`TABLE_EVENT`],
//! before all else and again before the first step at another speed. To a client that it waits for it also sends
//! [`STEP_EVENT`] with a number, and the client answers [`READY_EVENT`] with the same number once it has processed all
//! messages before it. A table that waits too long continues without the client. Clients without the header, such as
//! browsers, get none of these events.

/// The header of the opening request that names a [`Pace`].
pub const PACE_HEADER: &str = "pianola-pace";
/// The table's description of itself; its argument is an [`Announcement`](super::Announcement).
pub const TABLE_EVENT: &str = "pianola/table";
/// The table's event that asks for [`READY_EVENT`]; its argument is a number, counted from 0.
pub const STEP_EVENT: &str = "pianola/step";
/// The key of a login's payload with the SOL of play money that a new account begins with, as text.
pub const START_BALANCE_KEY: &str = "startBalance";
/// The client's answer; its argument is the number of the newest [`STEP_EVENT`] it has processed.
pub const READY_EVENT: &str = "pianola/ready";

/// How far a table may be ahead of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Not at all: the next step of the game follows the client's answer to the one before. For a player, whose strategy
    /// then sees the same at any speed.
    Step,
    /// About a thousand messages, so that no queue in between fills up. For a recorder.
    Stream,
    /// Any distance: the table never waits for this client. For a recorder at a table that others use, too.
    Free,
}

impl Pace {
    /// Returns the value of the header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Stream => "stream",
            Self::Free => "free",
        }
    }

    /// Reads the value of the header.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Step, Self::Stream, Self::Free]
            .into_iter()
            .find(|pace| pace.as_str() == text)
    }
}

/// Returns whether an event of this name is between a table and its client, and no traffic of a game.
pub fn is_control_event(name: &str) -> bool {
    [TABLE_EVENT, STEP_EVENT, READY_EVENT].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_read_as_it_is_written() {
        for pace in [Pace::Step, Pace::Stream, Pace::Free] {
            assert_eq!(Pace::parse(pace.as_str()), Some(pace));
        }
        assert_eq!(Pace::parse("Step"), None);
        assert_eq!(Pace::parse(""), None);
    }
}
