//! The engine's own thread: takes what comes in, in order, and passes on what comes of it.

mod pace;

use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval};

pub(super) use self::pace::ScriptProgress;
use super::login::{LoginGeneration, log_in, traced};
use super::server::{ProbeAnswer, ServerProbe, next_answer};
use super::watcher::{HealthWatcher, ObservedMessage};
use super::{Command, Credential, Notice, SessionCore, View, log};
use crate::capture::CaptureTap;
use crate::feed::{self, Address, RequestOutcome, RequestSlot};
use crate::game::GameEvent;
use crate::recording::{RecorderEvent, RecorderInput, RecorderState, Writer};
use crate::trading::{OrderAnswer, PlayerEvent, Trader, TraderEvent};

/// How often the number of games that were not recorded is reported.
const TELL_REFUSED_EVERY: Duration = Duration::from_mins(1);
/// Messages that are taken before a new view is published.
const BATCH: usize = 256;

pub(super) struct EngineTask {
    pub core: SessionCore,
    /// Watches over the feed and the recorder.
    pub watcher: HealthWatcher,
    pub feed_state: watch::Receiver<feed::FeedState>,
    pub tap: watch::Receiver<feed::BrowserStatus>,
    /// What was told of it last.
    pub told_of_tap: String,
    pub sender: RequestSlot,
    pub wire_tap: CaptureTap,
    /// Why the raw capture writes nothing, as it was told last.
    pub capture_trouble: Option<String>,
    /// Where and as whom to log in at each connection.
    pub login: Option<(Address, Credential)>,
    pub logins: Vec<JoinHandle<()>>,
    /// The connection on which the login was written.
    pub logged_in: LoginGeneration,
    /// The newest connection.
    pub generation: u64,
    /// Where the outcome of the request in flight will arrive.
    pub answer: Option<oneshot::Receiver<RequestOutcome>>,
    pub writer: Writer,
    pub messages: mpsc::Receiver<feed::FeedMessage>,
    pub commands: mpsc::Receiver<Command>,
    pub news: mpsc::Receiver<RecorderEvent>,
    pub notices: mpsc::Sender<Notice>,
    pub view: watch::Sender<View>,
    pub stop: watch::Receiver<bool>,
    /// Who asks the server what it is, and where the answers arrive.
    pub questions: Option<(ServerProbe, mpsc::Receiver<ProbeAnswer>)>,
    /// How far the script is played.
    pub script: ScriptProgress,
    pub log: log::EngineLog,
    /// Refused games that were told, and when.
    pub told_refused: (u64, Instant),
    /// Nobody reads the notices, and that was told.
    pub unread: bool,
    /// What the recorder was told of the record switch.
    pub collects: bool,
    /// Which games are recorded, for the log.
    pub recorded_games: log::RecordedGames,
    /// The table waits for this program, and how.
    pub pace: Option<crate::protocol::Pace>,
}

impl EngineTask {
    pub async fn run(mut self) -> Self {
        let mut recorder = self.writer.state();
        let mut batch = Vec::with_capacity(BATCH);
        let mut clock = interval(super::CLOCK_EVERY);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // A stop is never kept waiting by a busy feed; the recorder's news are rare and told before more is
                // taken, and a press goes before whatever waits to be read.
                biased;
                () = wait_for_stop(&mut self.stop) => return self,
                // Not in the middle of a step of a table that waits: the news of the last game end the run.
                Some(news) = self.news.recv(), if !self.core.is_inside_step() => self.tell_news(news),
                Some(command) = self.commands.recv() => {
                    self.core.set_feed_state(&self.feed_state.borrow());
                    self.note_login();
                    if let Command::RawCapture(on) = command {
                        self.wire_tap.switch(on);
                    }
                    self.core.command(command, crate::clock::now());
                    let events = match command {
                        Command::Server(server) => self.core.set_server(server, None),
                        _ => Vec::new(),
                    };
                    self.pass_on(events);
                }
                answer = next_answer(&mut self.questions) => {
                    let events = self.core.set_server(answer.server, answer.game.as_ref());
                    self.pass_on(events);
                }
                taken = self.messages.recv_many(&mut batch, BATCH) => {
                    if taken == 0 {
                        return self; // The feed has ended for good.
                    }
                    self.core.set_feed_state(&self.feed_state.borrow());
                    for message in batch.drain(..) {
                        self.take(message);
                    }
                }
                // Behind the messages: what the server sent before its answer is taken before it.
                outcome = wait_for_answer(&mut self.answer) => self.answered(outcome),
                _ = clock.tick() => {
                    self.core.set_feed_state(&self.feed_state.borrow());
                    self.note_login();
                    self.core.clock(crate::clock::now());
                    self.pass_on(Vec::new());
                    self.log.clock(Instant::now());
                    self.tell_refused();
                }
                Ok(()) = self.feed_state.changed() => {}
                Ok(()) = self.tap.changed() => self.tell_of_the_browser(),
                Ok(()) = recorder.changed() => {}
            }
            self.answer_the_table();
            self.watch();
            self.show();
        }
    }

    /// The feed has stopped: take what it still said, save everything.
    pub async fn finish(mut self) {
        while let Ok(message) = self.messages.try_recv() {
            // The end of the connection is our own doing: no game lost it.
            if !matches!(message.event, feed::FeedEvent::Down { .. }) {
                self.take(message);
            }
        }
        if let Some(mut answer) = self.answer.take()
            && let Ok(outcome) = answer.try_recv()
        {
            self.answered(outcome);
        }
        let events = self.core.stop(crate::clock::now());
        self.pass_on(events);
        self.log.end();
        let refused = self.core.refused_games();
        if refused > self.told_refused.0 {
            tracing::info!(
                "{refused} new games came faster than any server plays and were not recorded"
            );
        }
        let state = self.writer.stop();
        self.watcher.recorder(&state);
        self.tell_watched();
        while let Some(news) = self.news.recv().await {
            self.tell(news.into());
        }
        self.show_as(feed::FeedState::Stopped, state);
        for login in self.logins.drain(..) {
            login.join().ok(); // It has nothing to say.
        }
    }

    fn take(&mut self, message: feed::FeedMessage) {
        if self.take_step(&message) {
            return;
        }
        if matches!(message.event, feed::FeedEvent::Up)
            && let Some((address, credential)) = &self.login
        {
            self.logins.retain(|login| !login.is_finished());
            self.generation = message.generation;
            let told = (message.generation, self.logged_in.clone());
            match log_in(address.clone(), credential, self.sender.clone(), told) {
                Ok(login) => self.logins.push(login),
                Err(error) => tracing::error!(%error, "not logged in"),
            }
        }
        if let (feed::FeedEvent::Up, Some((questions, _))) = (&message.event, &self.questions) {
            questions.connected();
        }
        if matches!(message.event, feed::FeedEvent::Down { .. }) {
            self.generation = 0;
        }
        let came = ObservedMessage::from(&message);
        let events = self.core.message(message);
        self.watcher.message(&came, &self.core, &events);
        self.note_login();
        self.pass_on(events);
    }

    /// Orders leave only on the connection on which the login was written.
    fn note_login(&mut self) {
        if self.generation > 0 && self.logged_in.load(Ordering::SeqCst) == self.generation {
            self.core.login_written();
        }
    }

    fn answered(&mut self, outcome: RequestOutcome) {
        let at = crate::clock::now();
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
                tracing::warn!("it is not known what became of the order: {why}");
                self.core.answered(OrderAnswer::Lost, at);
            }
        }
        self.pass_on(Vec::new());
    }

    /// Passes on what came of an input: the request first, it is what the player waits for.
    fn pass_on(&mut self, events: Vec<GameEvent>) {
        if let Some(request) = self.core.take_request() {
            match traced(&request) {
                Ok(args) => self.answer = Some(self.sender.request(request.name(), args)),
                Err(error) => {
                    tracing::error!(%error, "the operating system gives no random numbers");
                    let why = "the operating system gives no random numbers, nothing was sent";
                    self.core
                        .answered(OrderAnswer::NotSent(why), crate::clock::now());
                }
            }
        }
        for told in self.core.take_trader_events() {
            match told {
                TraderEvent::Player(event) => {
                    self.log.player(&event);
                    if matches!(event, PlayerEvent::ServerStateUpdate(_))
                        && let Some(why) = self.core.trader().and_then(Trader::why_not_verified)
                    {
                        log::not_verified(why);
                    }
                    if !matches!(event, PlayerEvent::ServerStateUpdate(_)) {
                        self.tell(Notice::Player(event));
                    }
                }
                TraderEvent::Session(fact) => {
                    if !self.writer.send(fact) {
                        log::refused();
                    }
                }
            }
        }
        for words in self.core.take_messages() {
            tracing::info!("{words}");
            self.tell(Notice::Message(words));
        }
        for line in self.core.take_skipped_lines() {
            self.tell(Notice::LineSkipped(line));
        }
        for event in &events {
            if !self.core.is_credible(event) {
                continue;
            }
            self.log.event(event);
            if let GameEvent::GameEnded { game_id, reason } = event {
                if let Some((questions, _)) = &self.questions {
                    questions.ended(game_id);
                }
                let (game_id, reason) = (game_id.clone(), *reason);
                self.tell(Notice::GameEnded { game_id, reason });
            }
        }
        let collect = self.core.is_recording();
        if std::mem::replace(&mut self.collects, collect) != collect
            && !self.writer.send(RecorderInput::Collect(collect))
        {
            log::refused();
        }
        for event in self.core.to_record(events) {
            self.recorded_games.take(&event);
            if !self.writer.send(event) {
                log::refused();
            }
        }
        if self.core.script_is_done() && self.script == ScriptProgress::Playing {
            self.script = ScriptProgress::Played;
            self.tell(Notice::ScriptDone);
        }
    }

    /// Never waits: whoever does not read the notices must not stop the recording.
    fn tell(&mut self, notice: Notice) {
        let sent = self.notices.try_send(notice);
        let full = matches!(sent, Err(mpsc::error::TrySendError::Full(_)));
        if full && !self.unread {
            tracing::warn!("nobody reads the notices; the files are written all the same");
        }
        self.unread = full;
    }

    /// New games that are too many: told at once, and then their number once a minute.
    fn tell_refused(&mut self) {
        let refused = self.core.refused_games();
        let (told, at) = self.told_refused;
        if refused <= told || (told > 0 && at.elapsed() < TELL_REFUSED_EVERY) {
            return;
        }
        self.told_refused = (refused, Instant::now());
        let words = format!(
            "The server sends new games faster than any server plays: {refused} without a proof were not recorded so far"
        );
        if told == 0 {
            tracing::warn!("{words}");
        } else {
            tracing::info!("{words}");
        }
        self.tell(Notice::Message(words));
    }

    /// Tells what the player should know of the page that is read: each time it changes, and only then.
    fn tell_of_the_browser(&mut self) {
        let tap = self.tap.borrow_and_update().clone();
        if let Some(server) = tap.server() {
            let events = self.core.set_server(server, None);
            self.pass_on(events);
        }
        let words = tap.to_string();
        if tap.page.is_some() && tap.needs_attention() && words != self.told_of_tap {
            self.tell(Notice::Message(words.clone()));
        }
        self.told_of_tap = words;
    }

    fn watch(&mut self) {
        let queue = (self.messages.len(), self.messages.max_capacity());
        let recorder = self.writer.state();
        self.watcher
            .look(&self.feed_state.borrow(), queue, &recorder.borrow());
        self.tell_watched();
        self.watch_capture();
    }

    /// The recording goes on without it, so it is told and no more.
    fn watch_capture(&mut self) {
        let trouble = self.wire_tap.state().trouble;
        if trouble == self.capture_trouble {
            return;
        }
        let words = match &trouble {
            Some(why) => why.clone(),
            None => "the raw capture is written again".to_owned(),
        };
        self.capture_trouble = trouble;
        self.tell(Notice::Message(words));
    }

    fn tell_watched(&mut self) {
        for notice in self.watcher.take_notices() {
            self.tell(notice);
        }
    }

    fn show(&self) {
        let feed = self.feed_state.borrow().clone();
        let recorder = self.writer.state().borrow().clone();
        self.show_as(feed, recorder);
    }

    fn show_as(&self, feed: feed::FeedState, recorder: RecorderState) {
        let view = View {
            health: self.watcher.health(),
            capture: self.wire_tap.state(),
            tap: self.tap.borrow().clone(),
            ..self.core.view(feed, recorder, crate::clock::now())
        };
        self.view.send_replace(view);
    }
}

/// Returns when a stop is asked for, or nobody is left who could.
async fn wait_for_stop(stop: &mut watch::Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.ok();
}

/// Returns the outcome of the request in flight; never without one.
async fn wait_for_answer(answer: &mut Option<oneshot::Receiver<RequestOutcome>>) -> RequestOutcome {
    let Some(receiver) = answer else {
        return std::future::pending().await;
    };
    let outcome = receiver.await;
    *answer = None;
    // The gate promises an outcome for each request; without one it was never sent.
    outcome.unwrap_or(RequestOutcome::NotConnected)
}
