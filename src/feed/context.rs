//! Settings and channels shared by one connection's parts.

use std::time::Duration;

use tokio::sync::watch;

use super::config::FeedConfig;
use super::state::FeedState;
use crate::capture::CaptureTap;
use crate::capture::secrets::Secrets;

/// Everything a direct connection needs from its supervisor.
pub(super) struct ConnectionContext<'a> {
    pub(super) config: &'a FeedConfig,
    pub(super) secrets: &'a Secrets,
    pub(super) tap: &'a CaptureTap,
    /// Time without events after which the connection ends.
    pub(super) silence: Duration,
    pub(super) state: &'a watch::Sender<FeedState>,
    pub(super) stop: watch::Receiver<bool>,
}

/// Waits until the feed is stopped. A closed channel also means stop.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.ok();
}
