//! How a client makes a practice table of Pianola wait for it. The real server knows none of this and never receives it.
//!
//! A client names its pace in the header [`PACE_HEADER`] of its opening request. The table then sends [`STEP_EVENT`] with
//! a number, and the client answers [`READY_EVENT`] with the same number once it has processed all messages before it. A
//! table that waits too long continues without the client.

/// The header of the opening request that names a [`Pace`].
pub const PACE_HEADER: &str = "pianola-pace";
/// The table's event that asks for [`READY_EVENT`]; its argument is a number, counted from 0.
pub const STEP_EVENT: &str = "pianola/step";
/// The client's answer; its argument is the number of the newest [`STEP_EVENT`] it has processed.
pub const READY_EVENT: &str = "pianola/ready";

/// How far a table may be ahead of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Not at all: the next step of the game follows the client's answer to the one before. For a scripted player.
    Step,
    /// About a thousand messages, so that no queue in between fills up. For a recorder.
    Stream,
}

impl Pace {
    /// Returns the value of the header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Stream => "stream",
        }
    }

    /// Reads the value of the header.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Step, Self::Stream]
            .into_iter()
            .find(|pace| pace.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_read_as_it_is_written() {
        for pace in [Pace::Step, Pace::Stream] {
            assert_eq!(Pace::parse(pace.as_str()), Some(pace));
        }
        assert_eq!(Pace::parse("Step"), None);
        assert_eq!(Pace::parse(""), None);
    }
}
