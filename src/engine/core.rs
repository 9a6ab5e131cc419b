//! The pure middle: messages of the feed, presses and the clock in; events of the board, facts of the player and a
//! request to send out. Live, capture and tests run through it.

mod browser;
mod order_context;
mod press;
mod record;
mod steps;

use std::sync::Arc;
use std::time::Instant;

use super::shown::GameSeries;
use super::{Command, View};
use crate::account::{Action, SessionEvent};
use crate::capture::CaptureState;
use crate::feed::{self, FeedEvent, FeedMessage};
use crate::game::{Arrival, Board, Game, GameEvent, ServerInfo, Time};
use crate::protocol::{Counts, Event, GameId, Request, decode};
use crate::recording::{FloodFilter, RecorderState, RecordingPolicy};
use crate::strategy::Script;
use crate::trading::{Ctx, DayRisk, OrderAnswer, Trader, TraderEvent};
use order_context::feed_trouble;
use steps::StepProgress;

/// Decoder, board, the player's trader and the record switch of one source.
#[derive(Debug, Clone, Default)]
pub struct SessionCore {
    board: Board,
    counts: Counts,
    countdown_millis: Option<i64>,
    policy: RecordingPolicy,
    flood: FloodFilter,
    trader: Option<Trader>,
    /// The emergency stop, and how the day went so far.
    day: DayRisk,
    script: Option<Script>,
    /// Why the price on the screen is not to be trusted, if so.
    feed: Option<&'static str>,
    shown: GameSeries,
    /// The rows of the session that runs, or ran last.
    actions: Arc<Vec<Action>>,
    first_slot: u32,
    last_event: Option<Time>,
    /// The arrival of the first message: monotonic times count from there.
    first_arrival: Option<Instant>,
    told: Vec<TraderEvent>,
    request: Option<Request>,
    /// What became of the last request is not known yet.
    asked: bool,
    /// A request stayed without an answer: its connection is being made anew.
    lost: bool,
    said: Vec<String>,
    skipped: Vec<String>,
    steps: StepProgress,
}

impl SessionCore {
    /// Returns a core whose board holds the games that recovery brought.
    pub fn new(
        policy: RecordingPolicy,
        trader: Option<Trader>,
        script: Option<Script>,
        open: Vec<Game>,
    ) -> Self {
        Self {
            policy: policy.resume(&open),
            board: Board::resume(open),
            trader,
            script,
            ..Self::default()
        }
    }

    /// Continues a day on which something was played before.
    pub fn resume_day(&mut self, day: DayRisk) {
        self.day = day;
    }

    /// Takes a message of the feed.
    pub fn message(&mut self, message: FeedMessage) -> Vec<GameEvent> {
        let events = self.take_message(message);
        self.flood.note(&events);
        events
    }

    fn take_message(&mut self, message: FeedMessage) -> Vec<GameEvent> {
        match message.event {
            FeedEvent::Up => {
                self.lost = false;
                // The server may have changed: check again whether it is a practice table.
                if let Some(trader) = &mut self.trader {
                    trader.connected();
                }
                self.steps.begin();
                Vec::new()
            }
            FeedEvent::Event { name, args } => {
                let first = *self.first_arrival.get_or_insert(message.arrived);
                let arrival = Arrival {
                    at: message.at,
                    monotonic: message.arrived.saturating_duration_since(first),
                };
                self.event(&name, &args, arrival)
            }
            FeedEvent::Sent { name, args, id } => {
                self.seen(&name, &args, id, message.at);
                Vec::new()
            }
            FeedEvent::Acked { id, args } => {
                self.page_acked(id, &args, message.at);
                Vec::new()
            }
            // Why it ended is the feed's to log.
            FeedEvent::Down { .. } => {
                let mut events = Vec::new();
                self.steps.begin();
                self.board.disconnect(&mut events);
                if let Some(trader) = &mut self.trader {
                    trader.disconnected();
                }
                self.board_told(&events, message.at);
                events
            }
        }
    }

    /// Takes one event of the server with its arrival.
    pub fn event(
        &mut self,
        name: &str,
        args: &[serde_json::Value],
        arrival: impl Into<Arrival>,
    ) -> Vec<GameEvent> {
        let arrival = arrival.into();
        let at = arrival.at;
        let mut events = Vec::new();
        self.last_event = Some(at);
        self.steps.message();
        let cut_before = self.counts.texts_cut();
        match decode(name, args, &mut self.counts) {
            Some(Event::GameState(update)) => {
                if update.cooldown_timer.is_some() {
                    self.countdown_millis = update.cooldown_timer;
                }
                self.board.update(&update, arrival, &mut events);
                self.shown.update(&update, &events, &self.board);
                if let Some(trader) = &mut self.trader {
                    trader.page_game_update(at);
                }
                self.board_told(&events, at);
            }
            Some(event) => self.with_trader(at, |trader, ctx| trader.event(&event, ctx)),
            None => {}
        }
        let cut = self.counts.texts_cut() - cut_before;
        self.board.note_cut_texts(cut, &mut events);
        self.play_script(at);
        events
    }

    /// Takes the player's command.
    pub fn command(&mut self, command: Command, at: Time) {
        match command {
            Command::Press {
                order,
                source,
                seen,
            } => {
                if let Err(refusal) = self.press(order, source, seen, at) {
                    self.said.push(format!("{order}: {refusal}"));
                }
            }
            Command::EmergencyStop(stopped) => {
                let words = if stopped {
                    "Stopped: no new buys or sidebets. Selling stays possible."
                } else {
                    "Trading resumed: buys and sidebets are possible again"
                };
                // Pressed again it stays as it is, and there is nothing new to say.
                if self.day.set_stopped(stopped) {
                    self.said.push(words.to_owned());
                }
            }
            Command::Record(on) => self.policy.set_record(on),
            Command::AutoRecord(on) => self.policy.set_auto_record(on),
            // The connection is not the core's, and what its server is comes by `set_server`.
            Command::RawCapture(_) | Command::Server(_) => {}
            Command::ResetWallet => {
                self.with_trader(at, Trader::reset_wallet);
            }
            Command::Limits(limits) => {
                if let Some(trader) = &mut self.trader {
                    trader.set_limits(limits);
                }
            }
        }
    }

    /// Takes what became of the request that was sent.
    pub fn answered(&mut self, answer: OrderAnswer, at: Time) {
        self.asked = false;
        self.lost |= answer == OrderAnswer::Lost;
        self.with_trader(at, |trader, ctx| trader.answered(answer, ctx));
        self.play_script(at);
    }

    /// Takes an answer's arguments as the server sent them.
    pub fn acked(&mut self, args: &[serde_json::Value], at: Time) {
        let ack = crate::protocol::Ack::from_args(args, &mut self.counts);
        self.answered(OrderAnswer::Ack(Box::new(ack)), at);
    }

    /// Looks at the clock.
    pub fn clock(&mut self, at: Time) {
        self.with_trader(at, Trader::clock);
        self.play_script(at);
    }

    /// Notes that the login was written on this connection, to a practice table. Only then an order is sent.
    pub fn login_written(&mut self) {
        if let Some(trader) = &mut self.trader {
            trader.login_written();
        }
    }

    /// Notes what the server is from now on, or (`ended`) was until the end of a game; returns the facts of the games
    /// that it concerns.
    pub fn set_server(&mut self, server: ServerInfo, ended: Option<&GameId>) -> Vec<GameEvent> {
        let mut events = Vec::new();
        match ended {
            Some(game) => self.board.set_server_of(game, server, &mut events),
            None => self.board.set_server(server, &mut events),
        }
        if let Some(trader) = &mut self.trader {
            trader.set_server(server, &mut self.told);
        }
        events
    }

    /// Says how the connection is: on one that says nothing no order is placed.
    pub fn set_feed_state(&mut self, state: &feed::FeedState) {
        self.feed = feed_trouble(state);
    }

    /// We stop: every open game is told complete, the session ends.
    pub fn stop(&mut self, at: Time) -> Vec<GameEvent> {
        let mut events = Vec::new();
        self.board.stop(&mut events);
        self.board_told(&events, at);
        self.with_trader(at, Trader::stop);
        self.flood.note(&events);
        events
    }

    /// Whether a game that starts now is recorded.
    pub fn is_recording(&self) -> bool {
        self.policy.is_recording()
    }

    /// Returns what was told of the player since the last call.
    pub fn take_trader_events(&mut self) -> Vec<TraderEvent> {
        std::mem::take(&mut self.told)
    }

    /// Returns the request that is to be sent now, once.
    pub fn take_request(&mut self) -> Option<Request> {
        self.asked |= self.request.is_some();
        self.request.take()
    }

    /// Returns the lines of the script that came too late since the last call.
    pub fn take_skipped_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.skipped)
    }

    /// Returns what the player is to be told in words since the last call: presses that were refused.
    pub fn take_messages(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    /// Whether there is a script and its last game is over.
    pub fn script_is_done(&self) -> bool {
        self.script.as_ref().is_some_and(Script::is_done)
    }

    /// Returns the board.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Returns the player's side.
    pub fn trader(&self) -> Option<&Trader> {
        self.trader.as_ref()
    }

    /// Returns what was not understood so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Returns what is to be shown; of the connection's health nothing, that is the watcher's.
    pub fn view(&self, feed: feed::FeedState, recorder: RecorderState, at: Time) -> View {
        let game = self.board.current();
        let last = game.and_then(|game| game.last_live);
        let board = &self.board;
        View {
            feed,
            tap: feed::BrowserStatus::default(),
            health: Arc::default(),
            phase: board.phase(),
            game_id: board.current_id().cloned(),
            tick: last,
            price: last.and_then(|tick| game?.prices.get(tick)),
            holes: game.map_or(0, |game| game.prices.missing()),
            countdown_millis: self.countdown_millis,
            last_event: self.last_event,
            series: Arc::clone(&self.shown.series),
            past: Arc::clone(&self.shown.past),
            actions: Arc::clone(&self.actions),
            trader: self.trader.as_ref().map(|trader| trader.view(board, at)),
            limits: self.limits(),
            risk_usage: self.day.usage(at),
            no_login: self.no_login(),
            recording: self.recording(),
            recorder,
            capture: CaptureState::default(),
            counts: self.counts.clone(),
        }
    }

    fn board_told(&mut self, events: &[GameEvent], at: Time) {
        self.with_trader(at, |trader, ctx| trader.board(events, ctx));
    }

    fn with_trader(&mut self, at: Time, act: impl FnOnce(&mut Trader, &mut Ctx<'_>)) {
        if let Some(trader) = &mut self.trader {
            let first = self.told.len();
            let mut ctx = Ctx {
                board: &self.board,
                at,
                out: &mut self.told,
            };
            act(trader, &mut ctx);
            self.note_facts(first);
        }
    }

    /// Looks at the facts since `first`: a game with an own action is recorded, whatever the switches say, and the
    /// rows are shown.
    fn note_facts(&mut self, first: usize) {
        for told in &self.told[first..] {
            match told {
                TraderEvent::Session(SessionEvent::Started { .. }) => self.actions = Arc::default(),
                TraderEvent::Session(SessionEvent::Action { slot, action }) => {
                    let risk = self.trader.as_ref().map(|trader| trader.limits().risk);
                    if self.day.take_row(*slot, action)
                        && let Some(worse) = risk.and_then(|risk| risk.slipped(action))
                    {
                        let words = format!("filled {worse} % worse than when it was pressed");
                        self.said
                            .push(format!("{}: {words}", action.action.as_str()));
                    }
                    self.policy.acted(&action.game_id);
                    self.flood.acted(&action.game_id);
                    // Slots go on by one through all the sessions of a run.
                    if self.actions.is_empty() {
                        self.first_slot = *slot;
                    }
                    let rows = Arc::make_mut(&mut self.actions);
                    let place = slot.saturating_sub(self.first_slot) as usize;
                    match rows.get_mut(place) {
                        Some(row) => row.clone_from(action),
                        None => rows.push((**action).clone()),
                    }
                }
                _ => {}
            }
        }
    }
}
