//! How a client lets a practice table of ours wait for it. The real server has none of this, and is never asked for it.
//!
//! A client names its pace in the header [`PACE_HEADER`] of its opening request. From then on the table sends it
//! [`STEP_EVENT`] with a number, and the client answers [`READY_EVENT`] with the same number once it has done everything
//! that the messages before it ask for. A table that waits too long goes on without the client.

/// The header of the opening request that names a [`Pace`].
pub const PACE_HEADER: &str = "pianola-pace";
/// The event by which the table asks whether the client has come so far; its argument is a number, counted from 0.
pub const STEP_EVENT: &str = "pianola/step";
/// The client's answer; its argument is the number of the newest [`STEP_EVENT`] that it is done with.
pub const READY_EVENT: &str = "pianola/ready";

/// How far a table may be ahead of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Not at all: the next step of the game comes when the client is done with the one before. For a scripted player.
    Step,
    /// About a thousand messages, so that no queue on the way is ever full. For a recorder.
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
