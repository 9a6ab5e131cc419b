//! Every deadline and length of the feed, with its reason.

use std::time::Duration;

/// The deadlines and lengths of a feed; the defaults are measured on real servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLimits {
    /// Longest time for TCP, TLS, WebSocket and the open packet together.
    pub connect: Duration,
    /// Longest time from there to the server's confirmation (`Event::Connect`).
    pub handshake: Duration,
    /// Time without events after which the state is stale.
    pub stale: Duration,
    /// Time without events after which the connection is made again.
    pub silence: Duration,
    /// Limit of that time: it doubles while new connections stay silent.
    pub silence_max: Duration,
    /// Longest time for one write.
    pub emit: Duration,
    /// Longest time for one answer, from the start of the write.
    pub answer: Duration,
    /// Longest time for the polite disconnect at the end of a connection.
    pub disconnect: Duration,
    /// Longest time for ending a connection's runtime.
    pub shutdown: Duration,
    /// Interval of the checks for a dead reader and for silence.
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

impl Default for FeedLimits {
    fn default() -> Self {
        Self {
            // `connect()` of the library can hang for ever: a server that accepts TCP and stays silent.
            connect: Duration::from_secs(6),
            // `connect()` is `Ok` before the server confirms the namespace; the confirmation may never come.
            handshake: Duration::from_secs(5),
            // The live server sends four events a second; ten missing ones deserve a warning.
            stale: Duration::from_millis(2500),
            // The library itself needs 45 s to notice a dead connection, or for ever if a write is stuck.
            silence: Duration::from_secs(8),
            // A connected but silent server (cooldown, maintenance) must not cause endless reconnects.
            silence_max: Duration::from_secs(45),
            // A write blocks when the peer stops reading.
            emit: Duration::from_secs(2),
            // The library never reports a missing answer.
            answer: Duration::from_secs(4),
            // A polite disconnect can hang on a stuck connection.
            disconnect: Duration::from_millis(300),
            // Ending the runtime closes the socket; with `disconnect` it takes less than one second.
            shutdown: Duration::from_millis(500),
            // A clean close by the server calls no callback: only a regular check finds it.
            reader_check: Duration::from_millis(100),
            // The first pause after a loss.
            backoff_first: Duration::from_millis(500),
            // The longest pause: the player waits for it.
            backoff_max: Duration::from_secs(10),
            // A connection that lasted this long with events was a good one.
            backoff_reset: Duration::from_secs(20),
            // An early retry does not repair a refusal (auth).
            refused_first: Duration::from_secs(5),
            // Longest pause after refusals.
            refused_max: Duration::from_mins(1),
            // Small writes waiting behind the one in progress. More waiting writes mean a caller that ignores results.
            writes: 64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_connection_fits_into_one_second() {
        let limits = FeedLimits::default();
        assert!(limits.disconnect + limits.shutdown < Duration::from_secs(1));
    }
}
