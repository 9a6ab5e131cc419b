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
                f.write_str(&without_proxy(&why.to_string(), variable))
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

impl DisconnectReason {
    /// Returns the reason as a text for the window: in plain words, without the error of a library, which the log has.
    pub fn in_the_window(&self) -> String {
        self.naming("the server")
    }

    /// Returns [`Self::in_the_window`] with the name of the server.
    pub fn naming(&self, server: &str) -> String {
        match self {
            Self::ConnectFailed(text) => {
                let why = plain_cause(text);
                format!("Cannot reach {server}: {why}. Details are in the log.")
            }
            Self::ServerError(text) => {
                let why = plain_cause(text);
                format!("The connection failed: {why}. Details are in the log.")
            }
            Self::EmitFailed(_) => "Sending failed. Details are in the log.".to_owned(),
            Self::NotABrowser(_) => {
                "What answers there is no browser. Details are in the log.".to_owned()
            }
            Self::NoBrowser(address) => {
                let port = address
                    .rsplit_once(':')
                    .map_or(&**address, |(_, port)| port);
                format!("No browser on port {port}. Close it, then start it with the button below.")
            }
            Self::WithoutProxy { why, variable } => without_proxy(&why.naming(server), variable),
            why => why.to_string(),
        }
    }
}

fn without_proxy(why: &str, variable: &str) -> String {
    let why = why.trim_end_matches('.');
    format!(
        "{why}. {variable} is set, but Pianola uses no proxy: it connects directly. Where only the proxy leads out, read the game in a browser that uses it, with --browser."
    )
}

/// Returns what the error of a connection means. The library has no kinds of errors, only texts.
fn plain_cause(error: &str) -> &'static str {
    const CAUSES: [(&[&str], &str); 5] = [
        (
            &[
                "lookup address",
                "not known",
                "nodename",
                "no such host",
                "name resolution",
                "unreachable",
            ],
            "no network or name not found",
        ),
        (&["refused"], "nothing answers at this address"),
        (
            &["certificate", "tls", "ssl"],
            "no secure connection; check the address and this computer's clock",
        ),
        (&["timed out", "timeout"], "no answer in time"),
        (
            &["reset", "broken pipe", "closed", "aborted", "eof"],
            "the connection was cut",
        ),
    ];
    let error = error.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| error.contains(word));
    let cause = CAUSES.iter().find(|(words, _)| has(words));
    cause.map_or("the server did not take the connection", |(_, cause)| cause)
}

impl std::error::Error for DisconnectReason {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_has_the_reason_in_plain_words_and_the_log_the_error() {
        let error = "EngineIO Error: Error with websocket connection: IO error: ";
        for (text, plain) in [
            (
                "failed to lookup address information: Temporary failure in name resolution",
                "no network or name not found",
            ),
            (
                "Network is unreachable (os error 101)",
                "no network or name not found",
            ),
            (
                "Connection refused (os error 111)",
                "nothing answers at this address",
            ),
            (
                "No connection could be made because the target machine actively refused it. (os error 10061)",
                "nothing answers at this address",
            ),
            ("Connection timed out (os error 110)", "no answer in time"),
            (
                "invalid peer certificate: UnknownIssuer",
                "no secure connection; check the address and this computer's clock",
            ),
            (
                "Connection reset by peer (os error 104)",
                "the connection was cut",
            ),
            ("something else", "the server did not take the connection"),
        ] {
            let why = DisconnectReason::ConnectFailed(format!("{error}{text}"));
            let expected = format!("Cannot reach the server: {plain}. Details are in the log.");
            assert_eq!(why.in_the_window(), expected);
            assert!(why.to_string().ends_with(text));
            let variable = "https_proxy";
            let proxied = DisconnectReason::WithoutProxy {
                why: Box::new(why),
                variable,
            };
            let shown = proxied.in_the_window();
            assert!(
                shown.starts_with(&expected) && !shown.contains("IO error"),
                "{shown}"
            );
        }
    }
}
