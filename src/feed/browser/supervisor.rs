//! The thread that keeps reading the browser.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::{BrowserAddress, Tap};
use crate::feed::connection::stopped;
use crate::feed::{Limits, Message, State, Why};

/// What the thread works with.
pub(crate) struct Supervisor {
    address: BrowserAddress,
    queue: mpsc::Sender<Message>,
    runtime: tokio::runtime::Runtime,
}

impl Supervisor {
    pub(crate) fn new(
        address: BrowserAddress,
        _hosts: Vec<String>,
        _limits: Limits,
        queue: mpsc::Sender<Message>,
    ) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(Self {
            address,
            queue,
            runtime,
        })
    }

    pub(crate) fn run(
        self,
        state: &watch::Sender<State>,
        _tap: &watch::Sender<Tap>,
        mut stop: watch::Receiver<bool>,
    ) {
        state.send_replace(State::Down {
            why: Why::NoBrowser(self.address.to_string()),
            next_try_in: Duration::ZERO,
        });
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => {}
                () = self.queue.closed() => {}
            }
        });
        state.send_replace(State::Stopped);
    }
}
