//! Every deadline and length of the feed, with its reason.
//!
//! Owns the numbers. The rules that use them are in `connection` and `supervisor`.

use std::time::Duration;

/// `connect()` of the library can hang for ever: a server that accepts TCP and stays silent.
const CONNECT: Duration = Duration::from_secs(6);
/// `connect()` is `Ok` before the server has agreed to the namespace; that answer may never come.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// The live server sends four events a second; ten missing ones are worth telling.
const STALE: Duration = Duration::from_millis(2500);
/// The library itself needs 45 s to notice a dead connection, or for ever if a write is stuck.
const SILENCE: Duration = Duration::from_secs(8);
/// A server that is up but has nothing to say (cooldown, maintenance) must not be rebuilt for ever.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// A write blocks when the peer stops reading.
const EMIT: Duration = Duration::from_secs(2);
/// The library never reports a missing answer.
const ANSWER: Duration = Duration::from_secs(4);
/// A polite goodbye can hang on a stuck connection.
const DISCONNECT: Duration = Duration::from_millis(300);
/// Ending the runtime is what closes the socket; with `DISCONNECT` it stays within one second.
const SHUTDOWN: Duration = Duration::from_millis(500);
/// A clean close by the server calls no callback: only looking tells.
const READER_CHECK: Duration = Duration::from_millis(100);
/// The first pause after a loss.
const BACKOFF_FIRST: Duration = Duration::from_millis(500);
/// The longest pause: the player waits for it.
const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// A connection that lasted this long with events was a good one.
const BACKOFF_RESET: Duration = Duration::from_secs(20);
/// A refusal (auth) does not heal by asking again soon.
const REFUSED_FIRST: Duration = Duration::from_secs(5);
/// Longest pause after refusals.
const REFUSED_MAX: Duration = Duration::from_mins(1);
/// Small writes waiting behind the one in progress. More is a caller that does not look at results.
const WRITES: usize = 64;

/// The deadlines of one feed. All can be set; the defaults are measured on real servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest time for TCP, TLS, WebSocket and the open packet together.
    pub connect: Duration,
    /// Longest time from there to the server's agreement (`Event::Connect`).
    pub handshake: Duration,
    /// Time without event after which the state shows stale.
    pub stale: Duration,
    /// Time without event after which the connection is rebuilt.
    pub silence: Duration,
    /// Bound of that time: it doubles while new connections stay silent too.
    pub silence_max: Duration,
    /// Longest time for one write.
    pub emit: Duration,
    /// Longest time for one answer, from the start of the write.
    pub answer: Duration,
    /// Longest time for the goodbye at the end of a connection.
    pub disconnect: Duration,
    /// Longest time for ending a connection's runtime.
    pub shutdown: Duration,
    /// How often the connection looks whether its reader is alive and how long it has been silent.
    pub reader_check: Duration,
    /// First pause before a new attempt; doubles per attempt.
    pub backoff_first: Duration,
    /// Longest pause before a new attempt (±25 %).
    pub backoff_max: Duration,
    /// Time of connection with events after which the pauses start again from the first.
    pub backoff_reset: Duration,
    /// First pause after a refusal by the server.
    pub refused_first: Duration,
    /// Longest pause after refusals (±25 %).
    pub refused_max: Duration,
    /// Writes that may wait behind the one in progress.
    pub writes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: CONNECT,
            handshake: HANDSHAKE,
            stale: STALE,
            silence: SILENCE,
            silence_max: SILENCE_MAX,
            emit: EMIT,
            answer: ANSWER,
            disconnect: DISCONNECT,
            shutdown: SHUTDOWN,
            reader_check: READER_CHECK,
            backoff_first: BACKOFF_FIRST,
            backoff_max: BACKOFF_MAX,
            backoff_reset: BACKOFF_RESET,
            refused_first: REFUSED_FIRST,
            refused_max: REFUSED_MAX,
            writes: WRITES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_connection_fits_into_one_second() {
        let limits = Limits::default();
        assert!(limits.disconnect + limits.shutdown < Duration::from_secs(1));
    }
}
