//! Wires the rooms together: the feed's messages through the board to the recorder, a view and notices out.
//!
//! One background thread owns the only game state; the recorder thread owns the files. Whoever watches may skip
//! views; the recorder gets everything.

mod core;
mod log;

use std::io;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, watch};

pub use self::core::Core;

use crate::account::Action;
use crate::feed::{self, Feed, FeedConfig};
use crate::game::{EndReason, GameEvent, Phase};
use crate::protocol::{Counts, GameId, Tick};
use crate::recording::{Disk, News, Recorder, RecorderState, Saved, SavedSession, Writer};

/// Messages that are taken before the view is told anew.
const BATCH: usize = 256;
/// News of the recorder that may wait for whoever prints them.
const NOTICES: usize = 4_096;

/// What is on the table and in the recorder now. The newest counts, older ones may be skipped.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The connection.
    pub feed: feed::State,
    /// The phase of the current game.
    pub phase: Phase,
    /// The current game.
    pub game_id: Option<GameId>,
    /// Its newest tick.
    pub tick: Option<Tick>,
    /// The price of that tick.
    pub price: Option<rust_decimal::Decimal>,
    /// Ticks of the current game that nobody knows yet.
    pub holes: u32,
    /// Milliseconds to the start, as the last message said.
    pub countdown_millis: Option<i64>,
    /// The recorder.
    pub recorder: RecorderState,
    /// What was not understood.
    pub counts: Counts,
}

/// Something a person or a script may want to be told, in order and once.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// A game ended while we were there.
    Ended {
        /// The game.
        game_id: GameId,
        /// How.
        reason: EndReason,
    },
    /// A game file was published.
    Saved(Box<Saved>),
    /// A session file was published.
    SessionSaved(Box<SavedSession>),
    /// An action is recorded, as far as it has come: nothing takes it away any more.
    Action {
        /// Which one, in the order of the pressing.
        slot: u32,
        /// The row.
        action: Box<Action>,
    },
}

impl From<News> for Notice {
    fn from(news: News) -> Self {
        match news {
            News::Game(saved) => Self::Saved(saved),
            News::Session(saved) => Self::SessionSaved(saved),
            News::Action { slot, action } => Self::Action { slot, action },
        }
    }
}

/// The running engine. Stops cleanly when dropped: open games are saved.
#[derive(Debug)]
pub struct Engine {
    view: watch::Receiver<View>,
    notices: Option<mpsc::Receiver<Notice>>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts feed, board and recorder. `open` are the games that recovery brought.
    pub fn start<D: Disk + 'static>(
        config: FeedConfig,
        recorder: Recorder<D>,
        open: Vec<crate::game::Game>,
    ) -> io::Result<Self> {
        let (news_in, news) = mpsc::channel(NOTICES);
        let (notices_in, notices) = mpsc::channel(NOTICES);
        let (stop, stop_out) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let writer = Writer::start(recorder, news_in)?;
        let (feed, messages) = Feed::start(config)?;
        let core = Core::resume(open);
        let (view_in, view) =
            watch::channel(core.view(feed.state().borrow().clone(), RecorderState::default()));
        let task = Task {
            core,
            feed_state: feed.state(),
            writer,
            messages,
            news,
            notices: notices_in,
            view: view_in,
            stop: stop_out,
        };
        let run = move || {
            let task = runtime.block_on(task.run());
            // Stopping the feed blocks, and its runtimes may not be dropped inside async code.
            feed.stop();
            runtime.block_on(task.finish());
        };
        let thread = std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(run)?;
        Ok(Self {
            view,
            notices: Some(notices),
            stop,
            thread: Some(thread),
        })
    }

    /// Returns the view, to be watched.
    pub fn view(&self) -> watch::Receiver<View> {
        self.view.clone()
    }

    /// Returns the notices; `None` the second time.
    pub fn take_notices(&mut self) -> Option<mpsc::Receiver<Notice>> {
        self.notices.take()
    }

    /// Asks the engine to stop; the notices end when everything is saved.
    pub fn request_stop(&self) {
        self.stop.send_replace(true);
    }

    /// Stops, saves what is open, and returns the last view.
    pub fn stop(mut self) -> View {
        self.end();
        self.view.borrow().clone()
    }

    fn end(&mut self) {
        self.request_stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the engine's thread panicked; what was open is in the journal");
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.end();
    }
}

struct Task {
    core: Core,
    feed_state: watch::Receiver<feed::State>,
    writer: Writer,
    messages: mpsc::Receiver<feed::Message>,
    news: mpsc::Receiver<News>,
    notices: mpsc::Sender<Notice>,
    view: watch::Sender<View>,
    stop: watch::Receiver<bool>,
}

impl Task {
    async fn run(mut self) -> Self {
        let mut recorder = self.writer.state();
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                // A stop is never kept waiting by a busy feed; the recorder's news are rare and told before more is taken.
                biased;
                () = wait_for_stop(&mut self.stop) => return self,
                Some(news) = self.news.recv() => self.tell(news.into()),
                taken = self.messages.recv_many(&mut batch, BATCH) => {
                    if taken == 0 {
                        return self; // The feed has ended for good.
                    }
                    for message in batch.drain(..) {
                        let events = self.core.message(message);
                        self.pass_on(events);
                    }
                }
                Ok(()) = self.feed_state.changed() => {}
                Ok(()) = recorder.changed() => {}
            }
            self.show();
        }
    }

    /// The feed has stopped: take what it still said, save everything.
    async fn finish(mut self) {
        while let Ok(message) = self.messages.try_recv() {
            // The end of the connection is our own doing: no game lost it.
            if matches!(message.body, feed::Body::Down { .. }) {
                continue;
            }
            let events = self.core.message(message);
            self.pass_on(events);
        }
        let events = self.core.stopped();
        self.pass_on(events);
        let state = self.writer.stop();
        while let Some(news) = self.news.recv().await {
            self.tell(news.into());
        }
        self.view
            .send_replace(self.core.view(feed::State::Stopped, state));
    }

    fn pass_on(&mut self, events: Vec<GameEvent>) {
        for event in events {
            log::log(&event);
            if let GameEvent::GameEnded { game_id, reason } = &event {
                let (game_id, reason) = (game_id.clone(), *reason);
                self.tell(Notice::Ended { game_id, reason });
            }
            if !self.writer.send(event) {
                log::refused();
            }
        }
    }

    /// Never waits: whoever does not read the notices must not stop the recording.
    fn tell(&self, notice: Notice) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.notices.try_send(notice) {
            tracing::warn!("nobody reads the notices; the files are written all the same");
        }
    }

    fn show(&self) {
        let feed = self.feed_state.borrow().clone();
        let recorder = self.writer.state().borrow().clone();
        self.view.send_replace(self.core.view(feed, recorder));
    }
}

/// Returns when a stop is asked for, or nobody is left who could.
async fn wait_for_stop(stop: &mut watch::Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.ok();
}
