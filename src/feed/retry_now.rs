//! Ends the pause before the next connection attempt when the player asks for it.

use std::sync::Arc;

use tokio::sync::Notify;

/// Ends a pause between two connection attempts. Without a pause it does nothing.
#[derive(Debug, Clone, Default)]
pub struct RetryNow(Arc<Notify>);

impl RetryNow {
    /// Ends the current pause, if there is one.
    pub fn now(&self) {
        // Not `notify_one`: a permit that is kept would end a later pause.
        self.0.notify_waiters();
    }

    /// Returns when the current pause is to end.
    pub(super) async fn requested(&self) {
        self.0.notified().await;
    }
}
