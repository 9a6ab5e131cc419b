//! The engine's thread: takes every input in order, and passes on the results.

mod pace;

use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval};

use super::announcer::Announcer;
use super::health_watcher::HealthWatcher;
use super::login::{TableLogin, traced};
use super::{Command, Notice, PianoEnd, SessionCore, View, log};
use crate::capture::CaptureTap;
use crate::clock;
use crate::feed::{self, RequestOutcome, RequestSlot};
use crate::game::GameEvent;
use crate::recording::{RecorderEvent, RecorderInput, RecorderState, Writer};
use crate::trading::{OrderAnswer, PlayerEvent, Trader, TraderEvent};

/// Messages that are taken before a new view is published.
const BATCH: usize = 256;
/// Interval of the clock: an order becomes overdue without any message.
const CLOCK_EVERY: Duration = Duration::from_millis(100);

/// Owns the game state of one source; see [`super::Engine`].
pub(super) struct EngineTask {
    pub core: SessionCore,
    pub watcher: HealthWatcher,
    pub announcer: Announcer,
    pub log: log::EngineLog,
    /// Which games are recorded, for the log.
    pub recorded_games: log::RecordedGames,
    pub feed_state: watch::Receiver<feed::FeedState>,
    pub browser: watch::Receiver<feed::BrowserStatus>,
    pub sender: RequestSlot,
    pub wire_tap: CaptureTap,
    /// Ends the pause before the next connection attempt.
    pub retry_now: feed::RetryNow,
    pub messages: feed::MessageQueue,
    /// The login at a practice table, if the player has an account there.
    pub login: Option<TableLogin>,
    /// The number of the connection whose messages are taken; 0 while there is none. The feed may have a newer one
    /// already: nothing is written on that, because nothing is known of its server.
    pub connection: u64,
    /// A connection was made, and no event of its server has come yet.
    pub awaits_announcement: bool,
    /// Receives the outcome of the request in flight.
    pub answer: Option<oneshot::Receiver<RequestOutcome>>,
    pub writer: Writer,
    pub recorder_events: mpsc::Receiver<RecorderEvent>,
    /// Whether new games are recorded, as last sent to the recorder.
    pub collects: bool,
    pub commands: mpsc::Receiver<Command>,
    pub view: watch::Sender<View>,
    pub stop: watch::Receiver<bool>,
    /// The last game of the strategy that ends the run is recorded: the run ends now, and the table stays where it is.
    pub run_is_recorded: bool,
    /// Why the strategy ended, as last announced.
    pub piano_end: Option<PianoEnd>,
    /// How the table waits for this program, if it does.
    pub pace: Option<crate::protocol::Pace>,
}

impl EngineTask {
    /// Runs until a stop is requested or the feed ends for good.
    pub async fn run(mut self) -> Self {
        let mut recorder = self.writer.state();
        let mut batch = Vec::with_capacity(BATCH);
        let mut clock = interval(CLOCK_EVERY);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // A busy feed never delays a stop. The recorder's events are rare and announced before more is taken,
                // and a press goes before waiting messages.
                biased;
                () = wait_for_stop(&mut self.stop) => return self,
                // Not in the middle of a step of a table that waits: the event of the last game ends the run.
                Some(event) = self.recorder_events.recv(), if !self.core.is_inside_step() => {
                    self.take_recorder_event(event);
                }
                Some(command) = self.commands.recv() => self.take_command(command),
                taken = self.messages.recv_many(&mut batch, BATCH) => {
                    if taken == 0 {
                        return self; // The feed has ended for good.
                    }
                    self.core.set_feed_state(&self.feed_state.borrow());
                    for message in batch.drain(..) {
                        self.take_message(&message);
                    }
                }
                // After the messages: what the server sent before its answer is taken before it.
                outcome = wait_for_answer(&mut self.answer) => self.take_outcome(outcome),
                _ = clock.tick() => self.take_clock(),
                Ok(()) = self.feed_state.changed() => {}
                Ok(()) = self.browser.changed() => self.take_browser_status(),
                Ok(()) = recorder.changed() => {}
            }
            self.answer_the_table();
            self.watch();
            self.publish_view();
        }
    }

    /// Takes what the stopped feed still delivered, and saves everything.
    pub async fn finish(mut self) {
        while let Ok(message) = self.messages.try_recv() {
            // This program ended the connection: no game lost it.
            if !matches!(message.event, feed::FeedEvent::Down { .. }) {
                self.take_message(&message);
            }
        }
        if let Some(mut answer) = self.answer.take()
            && let Ok(outcome) = answer.try_recv()
        {
            self.take_outcome(outcome);
        }
        let events = self.core.stop(clock::now());
        self.pass_on(events);
        self.log.end();
        self.announcer
            .log_refused(self.core.record().refused_games());
        let state = self.writer.stop();
        self.watcher.recorder(&state);
        self.announce_health();
        while let Some(event) = self.recorder_events.recv().await {
            self.announcer.send(event.into());
        }
        self.publish(feed::FeedState::Stopped, state);
        if let Some(login) = self.login.take() {
            login.join();
        }
    }

    fn take_command(&mut self, command: Command) {
        self.core.set_feed_state(&self.feed_state.borrow());
        self.note_login();
        match &command {
            Command::RawCapture(on) => self.wire_tap.switch(*on),
            Command::TryNow => self.retry_now.now(),
            Command::ResetWallet(balance) => {
                if let Some(login) = &mut self.login {
                    login.open_account(*balance, self.connection, &self.sender);
                }
            }
            _ => {}
        }
        self.core.command(command, clock::now());
        self.pass_on(Vec::new());
    }

    fn take_message(&mut self, message: &feed::FeedMessage) {
        if self.take_table_event(message) {
            return;
        }
        match message.event {
            feed::FeedEvent::Up => {
                self.connection = message.generation;
                if let Some(login) = &mut self.login {
                    login.log_in(self.connection, &self.sender);
                }
            }
            feed::FeedEvent::Down { .. } => self.connection = 0,
            _ => {}
        }
        let events = self.core.message(message);
        self.watcher.message(message, &self.core, &events);
        self.note_login();
        self.pass_on(events);
    }

    fn take_clock(&mut self) {
        self.core.set_feed_state(&self.feed_state.borrow());
        self.note_login();
        self.core.clock(clock::now());
        self.pass_on(Vec::new());
        self.log.clock(Instant::now());
        self.announcer.refused(self.core.record().refused_games());
    }

    fn take_browser_status(&mut self) {
        let status = self.browser.borrow_and_update().clone();
        if let Some(server) = status.server() {
            let events = self.core.set_server(server);
            self.pass_on(events);
        }
        self.announcer.browser(&status);
    }

    fn take_outcome(&mut self, outcome: RequestOutcome) {
        let at = clock::now();
        match outcome {
            RequestOutcome::Done(args) => self.core.acked(&args, at),
            RequestOutcome::NotConnected => {
                let why = "there is no connection, nothing was sent";
                self.core.answered(OrderAnswer::NotSent(why), at);
            }
            RequestOutcome::Busy => {
                let why = "another request waits for its answer, nothing was sent";
                self.core.answered(OrderAnswer::NotSent(why), at);
            }
            RequestOutcome::Unknown(why) => {
                tracing::warn!(
                    "no answer to the order: {why}; the account shows whether it was executed"
                );
                self.core.answered(OrderAnswer::Lost, at);
            }
        }
        self.pass_on(Vec::new());
    }

    /// Orders leave only on the connection on which the login was sent.
    fn note_login(&mut self) {
        let connection = self.connection;
        let login = self.login.as_ref();
        if login.is_some_and(|login| login.is_sent(connection)) {
            self.core.login_written();
        }
    }

    /// Passes on the results of an input: the request first, because the player waits for it.
    fn pass_on(&mut self, events: Vec<GameEvent>) {
        self.send_request();
        for event in self.core.take_trader_events() {
            match event {
                TraderEvent::Player(event) => self.take_player_event(event),
                TraderEvent::Session(fact) => self.record(fact),
            }
        }
        for text in self.core.take_messages() {
            tracing::info!("{text}");
            self.announcer.send(Notice::Message(text));
        }
        for line in self.core.take_skipped_lines() {
            self.announcer.send(Notice::LineSkipped(line));
        }
        for event in &events {
            self.take_game_event(event);
        }
        let collect = self.core.record().is_recording();
        if std::mem::replace(&mut self.collects, collect) != collect {
            self.record(RecorderInput::Collect(collect));
        }
        for event in self.core.to_record(events) {
            self.recorded_games.take(&event);
            self.record(event);
        }
        self.note_strategy_end();
    }

    fn send_request(&mut self) {
        let Some(request) = self.core.take_request() else {
            return;
        };
        match traced(&request) {
            Ok(args) => {
                let answer = self.sender.request(self.connection, request.name(), args);
                self.answer = Some(answer);
            }
            Err(error) => {
                tracing::error!(%error, "the operating system gives no random numbers");
                let why = "the operating system gives no random numbers, nothing was sent";
                self.core.answered(OrderAnswer::NotSent(why), clock::now());
            }
        }
    }

    fn take_player_event(&mut self, event: PlayerEvent) {
        self.log.player(&event);
        match event {
            PlayerEvent::ServerStateUpdate(_) => {
                if let Some(why) = self.core.trader().and_then(Trader::why_not_verified) {
                    log::not_verified(why);
                }
            }
            event => self.announcer.send(Notice::Player(event)),
        }
    }

    fn take_game_event(&mut self, event: &GameEvent) {
        if !self.core.record().is_credible(event) {
            return;
        }
        self.log.event(event);
        if let GameEvent::GameEnded { game_id, reason } = event {
            self.announcer.send(Notice::GameEnded {
                game_id: game_id.clone(),
                reason: *reason,
            });
        }
    }

    /// Gives an entry to the recorder, which counts what its full queue refuses.
    fn record(&mut self, entry: impl Into<RecorderInput>) {
        if !self.writer.send(entry) {
            log::refused();
        }
    }

    fn watch(&mut self) {
        let queue = (self.messages.len(), self.messages.max_capacity());
        let recorder = self.writer.state();
        self.watcher
            .look(&self.feed_state.borrow(), queue, &recorder.borrow());
        self.announce_health();
        self.announcer.capture(self.wire_tap.state().trouble);
    }

    fn announce_health(&mut self) {
        for notice in self.watcher.take_notices() {
            self.announcer.send(notice);
        }
    }

    fn publish_view(&self) {
        let feed = self.feed_state.borrow().clone();
        let recorder = self.writer.state().borrow().clone();
        self.publish(feed, recorder);
    }

    fn publish(&self, feed: feed::FeedState, recorder: RecorderState) {
        let view = View {
            health: self.watcher.health(),
            capture: self.wire_tap.state(),
            browser: self.browser.borrow().clone(),
            ..self.core.view(feed, recorder, clock::now())
        };
        self.view.send_replace(view);
    }
}

/// Returns when a stop is requested. A closed channel also means stop.
async fn wait_for_stop(stop: &mut watch::Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.ok();
}

/// Returns the outcome of the request in flight; never returns without one.
async fn wait_for_answer(answer: &mut Option<oneshot::Receiver<RequestOutcome>>) -> RequestOutcome {
    let Some(receiver) = answer else {
        return std::future::pending().await;
    };
    let outcome = receiver.await;
    *answer = None;
    // The feed promises an outcome for each request; without one it was never sent.
    outcome.unwrap_or(RequestOutcome::NotConnected)
}
