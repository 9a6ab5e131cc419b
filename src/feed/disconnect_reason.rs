//! The reason why a connection ended, with its text for the player.
//!
//! Owns the kinds of end and their texts. Texts inside the variants are already cleaned: no control characters, at most
//! 200 characters, no auth, headers or query values.

use std::fmt;
use std::time::Duration;

use super::browser::browser_command;

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The library reported an error on the connection.
    ServerError(String),
    /// The server refused the connection, usually because of the login. The server's text.
    Refused(String),
    /// The server closed the connection.
    Closed,
    /// The library's reader ended without a report: a close frame, a cut line, or its panic.
    ReaderGone,
    /// No event arrived for this long.
    Silent(Duration),
    /// The connection could not be made. The whole chain of reasons.
    ConnectFailed(String),
    /// The connection could not be made in time.
    ConnectTimeout,
    /// The connection could not be made, and the environment asks for a proxy, which is not used.
    WithoutProxy {
        /// Why it could not be made directly.
        why: Box<DisconnectReason>,
        /// The variable. Its value is omitted, because it may hold a password.
        variable: &'static str,
    },
    /// The server took the connection but did not confirm it.
    HandshakeTimeout,
    /// A request got no answer in time.
    AnswerOverdue,
    /// The server no longer reads what the feed sends.
    EmitStuck,
    /// A write failed at once.
    EmitFailed(String),
    /// The program did not read its messages fast enough: some are missing.
    QueueFull,
    /// No browser answers at this address.
    NoBrowser(String),
    /// The program that answers there is not a readable browser.
    NotABrowser(String),
    /// No page of the game is open in the browser.
    NoPage,
    /// A page of the game (its address) is open and has sent no game yet.
    NoGame(String),
    /// A page of the game (its address) does not answer, as when a dialog is open in it.
    PageHangs(String),
    /// A dialog blocks the page of the game (its address).
    DialogOpen(String),
    /// The player reloaded or left the page.
    PageLeft,
    /// The player closed the tab.
    TabClosed,
    /// The page closed or lost its connection.
    PageClosed,
    /// The page has made a new connection.
    PageReconnected,
    /// The connection to the browser ended.
    BrowserGone,
    /// The program stopped the feed.
    Stopped,
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServerError(text) => write!(f, "The connection reported an error: {text}"),
            Self::Refused(text) => write!(f, "The server refused the connection: {text}"),
            Self::Closed => f.write_str("The server ended the connection."),
            Self::ReaderGone => f.write_str("The connection was lost."),
            Self::Silent(silence) => write!(
                f,
                "No data from the server for {:.1} s.",
                silence.as_secs_f64()
            ),
            Self::ConnectFailed(text) => write!(f, "The server could not be reached: {text}"),
            Self::ConnectTimeout => f.write_str("The server did not respond in time."),
            Self::WithoutProxy { why, variable } => {
                let why = why.to_string();
                let why = why.trim_end_matches('.');
                write!(
                    f,
                    "{why}. {variable} is set, but Pianola uses no proxy: it connects directly. Where only the proxy leads out, read the game in a browser that uses it, with --browser."
                )
            }
            Self::HandshakeTimeout => {
                f.write_str("The server took the connection but did not confirm it in time.")
            }
            Self::AnswerOverdue => f.write_str(
                "The server left a request unanswered, so its outcome is unknown and Pianola reconnects.",
            ),
            Self::EmitStuck => f.write_str("The server no longer takes what is sent."),
            Self::EmitFailed(text) => write!(f, "Sending failed: {text}"),
            Self::QueueFull => f.write_str(
                "Events came faster than they were processed, so some are missing.",
            ),
            Self::NoBrowser(address) => write!(
                f,
                "No browser answers at {address}. Close the browser if it is open, then start it with: {}",
                browser_command(address)
            ),
            Self::NotABrowser(text) => write!(f, "What answers there cannot be read as a browser: {text}"),
            Self::NoPage => f.write_str("No page of the game is open in the browser: open https://rugs.fun in it."),
            Self::NoGame(page) => write!(
                f,
                "The page {page} is open, but no game came from it yet. If it stays so, reload the page."
            ),
            Self::PageHangs(page) => write!(
                f,
                "The page {page} does not answer. If a dialog is open in it, answer it there."
            ),
            Self::DialogOpen(page) => write!(
                f,
                "A dialog is open in the page {page}, which does not run until it is answered there."
            ),
            Self::PageLeft => f.write_str("The page was reloaded or left."),
            Self::TabClosed => f.write_str("The tab of the game was closed."),
            Self::PageClosed => f.write_str("The page's connection to the server ended."),
            Self::PageReconnected => f.write_str("The page has made a new connection to the server."),
            Self::BrowserGone => f.write_str("The browser was closed, or no longer lets itself be read."),
            Self::Stopped => f.write_str("The connection was stopped."),
        }
    }
}

impl std::error::Error for DisconnectReason {}
