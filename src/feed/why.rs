//! Why a connection ended, as a sentence for the player.
//!
//! Owns the kinds of end and their wording. Texts inside the variants are already cleaned: no
//! control characters, at most 200 characters, no auth, headers or query values.

use std::fmt;
use std::time::Duration;

/// Why there is no connection (any more).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The library reported an error on the connection.
    ServerError(String),
    /// The server refused the connection, usually because of the login. The server's text.
    Refused(String),
    /// The server said goodbye.
    Closed,
    /// The library's reader ended without a word: a close frame, a cut line, or its panic.
    ReaderGone,
    /// No event came for this long.
    Silent(Duration),
    /// The connection could not be made. The whole chain of reasons.
    ConnectFailed(String),
    /// The connection could not be made in time.
    ConnectTimeout,
    /// The server took the connection but never agreed to it.
    HandshakeTimeout,
    /// A request got no answer in time.
    AnswerOverdue,
    /// The server no longer takes what is sent.
    EmitStuck,
    /// A write failed at once.
    EmitFailed(String),
    /// The program did not read its messages fast enough: some are missing from here on.
    QueueFull,
    /// The program stopped the feed.
    Stopped,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServerError(text) => write!(f, "The connection reported an error: {text}"),
            Self::Refused(text) => write!(f, "The server refused the connection: {text}"),
            Self::Closed => f.write_str("The server ended the connection."),
            Self::ReaderGone => f.write_str("The connection was lost."),
            Self::Silent(silence) => write!(
                f,
                "Nothing was heard from the server for {:.1} s.",
                silence.as_secs_f64()
            ),
            Self::ConnectFailed(text) => write!(f, "The server could not be reached: {text}"),
            Self::ConnectTimeout => f.write_str("The server did not respond in time."),
            Self::HandshakeTimeout => {
                f.write_str("The server took the connection but did not confirm it in time.")
            }
            Self::AnswerOverdue => f.write_str(
                "The server left a request unanswered, so its outcome is unknown and the connection is made anew.",
            ),
            Self::EmitStuck => f.write_str("The server no longer takes what is sent."),
            Self::EmitFailed(text) => write!(f, "Sending failed: {text}"),
            Self::QueueFull => f.write_str(
                "Events came faster than they were processed, so some are missing.",
            ),
            Self::Stopped => f.write_str("The connection was stopped."),
        }
    }
}

impl std::error::Error for Why {}
