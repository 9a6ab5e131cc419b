//! The pure part of the engine: feed messages, commands and the clock in; board events, session facts and a request to
//! send out. The live feed, captures and tests all run through it.

mod house_cost;
mod orders;
mod piano;
mod session_series;
mod strategies;

use std::sync::Arc;
use std::time::Instant;

use super::View;
use super::game_series::GameSeries;
use super::record_filter::RecordFilter;
use super::view::feed_trouble;
use crate::account::SessionEvent;
use crate::capture::CaptureState;
use crate::feed::{self, FeedEvent, FeedMessage};
use crate::game::{Arrival, Board, Game, GameEvent, ServerInfo, Time};
use crate::protocol::{Counts, Event, JsonText, decode, decode_text};
use crate::recording::{RecorderState, RecordingPolicy};
use crate::review::has_odds;
use crate::strategy::AutoSeller;
use crate::trading::{Ctx, DayRisk, GameContext, Trader, TraderEvent};
pub use piano::{PianoEnd, PianoPress, PianoState, PianoView, TablePiano};
pub use session_series::SessionView;

use orders::RequestState;
use session_series::SessionSeries;
use strategies::StepProgress;

/// Decoder, board, trader and record switch of one source.
#[derive(Debug, Clone, Default)]
pub struct SessionCore {
    board: Board,
    counts: Counts,
    countdown_millis: Option<i64>,
    record: RecordFilter,
    trader: Option<Trader>,
    /// Results and orders of the day so far, and the emergency stop.
    day: DayRisk,
    /// The piano; `None` where no practice table of ours is.
    piano: Option<TablePiano>,
    /// Auto-sell; `None` where it does not exist.
    auto_sell: Option<AutoSeller>,
    steps: StepProgress,
    /// Why the shown price is out of date: `stale` or `offline`; `None` while the feed is live.
    feed_trouble: Option<&'static str>,
    series: GameSeries,
    session: SessionSeries,
    last_event: Option<Time>,
    /// The arrival of the first message: monotonic times count from there.
    first_arrival: Option<Instant>,
    request: RequestState,
    trader_events: Vec<TraderEvent>,
    messages: Vec<String>,
    skipped_lines: Vec<String>,
}

impl SessionCore {
    /// Returns a core whose board holds the games that recovery found open. A piano exists only beside a practice table.
    pub fn new(
        policy: RecordingPolicy,
        trader: Option<Trader>,
        piano: Option<TablePiano>,
        open: Vec<Game>,
    ) -> Self {
        Self {
            record: RecordFilter::new(policy.resume(&open)),
            board: Board::resume(open),
            trader,
            piano,
            ..Self::default()
        }
    }

    /// Continues a day on which sessions were recorded before.
    pub fn resume_day(&mut self, day: DayRisk) {
        self.day = day;
    }

    /// Takes a message of the feed; returns what happened on the board.
    pub fn message(&mut self, message: &FeedMessage) -> Vec<GameEvent> {
        match &message.event {
            FeedEvent::Up => {
                self.request.connected();
                // The server may have changed: check again whether it is a practice table.
                if let Some(trader) = &mut self.trader {
                    trader.connected();
                }
                self.steps.reset();
                Vec::new()
            }
            FeedEvent::Event { name, args } => {
                let first = *self.first_arrival.get_or_insert(message.arrived);
                let arrival = Arrival {
                    at: message.at,
                    monotonic: Some(message.arrived.saturating_duration_since(first)),
                };
                self.event(name, args, arrival)
            }
            FeedEvent::Sent { name, args, id } => {
                self.browser_request(name, args, *id, message.at);
                Vec::new()
            }
            FeedEvent::Acked { id, args } => {
                self.browser_answer(*id, args, message.at);
                Vec::new()
            }
            // The feed logs the reason.
            FeedEvent::Down { .. } => {
                self.interrupt_piano(PianoEnd::Feed("offline"));
                let mut events = Vec::new();
                self.steps.reset();
                self.board.disconnect(&mut events);
                if let Some(trader) = &mut self.trader {
                    trader.disconnected();
                }
                self.with_trader(message.at, |trader, ctx| trader.board(&events, ctx));
                self.record.note(&events);
                events
            }
        }
    }

    /// Takes one event of the server with its arrival; returns what happened on the board.
    pub fn event(
        &mut self,
        name: &str,
        args: &[serde_json::Value],
        arrival: impl Into<Arrival>,
    ) -> Vec<GameEvent> {
        let cut_before = self.counts.texts_cut();
        let event = decode(name, args, &mut self.counts);
        self.take_event(event, cut_before, arrival.into())
    }

    /// Takes one event of the server whose payload is still text; `None` as payload means that the event has none.
    pub fn event_text(
        &mut self,
        name: &str,
        payload: Option<JsonText<'_>>,
        arrival: impl Into<Arrival>,
    ) -> Vec<GameEvent> {
        let cut_before = self.counts.texts_cut();
        let event = decode_text(name, payload, &mut self.counts);
        self.take_event(event, cut_before, arrival.into())
    }

    /// Takes a decoded event; so many texts had been cut before it was decoded.
    fn take_event(
        &mut self,
        event: Option<Event>,
        cut_before: u64,
        arrival: Arrival,
    ) -> Vec<GameEvent> {
        let at = arrival.at;
        let mut events = Vec::new();
        self.last_event = Some(at);
        self.steps.message_arrived();
        match event {
            Some(Event::GameState(update)) => {
                if update.cooldown_timer.is_some() {
                    self.countdown_millis = update.cooldown_timer;
                }
                self.board.update(&update, arrival, &mut events);
                self.series.update(&update, &events, &self.board);
                if let Some(trader) = &mut self.trader {
                    trader.page_game_update(at);
                }
                self.with_trader(at, |trader, ctx| trader.board(&events, ctx));
                if let Some(seller) = &mut self.auto_sell {
                    seller.take_events(&events);
                }
                self.note_value(at);
                self.auto_sell(at);
            }
            Some(event) => self.with_trader(at, |trader, ctx| trader.event(&event, ctx)),
            None => {}
        }
        let cut = self.counts.texts_cut() - cut_before;
        self.board.note_cut_texts(cut, &mut events);
        self.play_piano(at);
        self.record.note(&events);
        events
    }

    /// Advances the clock: orders become overdue without a message.
    pub fn clock(&mut self, at: Time) {
        self.with_trader(at, Trader::clock);
        self.play_piano(at);
    }

    /// Notes that the login was sent on this connection, to a practice table. Orders leave only after this.
    pub fn login_written(&mut self) {
        if let Some(trader) = &mut self.trader {
            trader.login_written();
        }
    }

    /// Sets what is known of the server from now on; returns the facts of the running game, if it concerns one.
    pub fn set_server(&mut self, server: ServerInfo) -> Vec<GameEvent> {
        let mut events = Vec::new();
        self.board.set_server(server, &mut events);
        if let Some(trader) = &mut self.trader {
            trader.set_server(server, &mut self.trader_events);
        }
        events
    }

    /// Sets the state of the connection: no order leaves while it is stale or down.
    pub fn set_feed_state(&mut self, state: &feed::FeedState) {
        self.feed_trouble = feed_trouble(state);
        if let Some(trouble) = self.feed_trouble {
            self.interrupt_piano(PianoEnd::Feed(trouble));
        }
    }

    /// Ends the run: completes every open game, and ends the session.
    pub fn stop(&mut self, at: Time) -> Vec<GameEvent> {
        let mut events = Vec::new();
        self.board.stop(&mut events);
        self.with_trader(at, |trader, ctx| trader.board(&events, ctx));
        self.with_trader(at, Trader::stop);
        self.record.note(&events);
        events
    }

    /// Returns the part of board events that goes to the recorder.
    pub fn to_record(&mut self, events: Vec<GameEvent>) -> Vec<GameEvent> {
        let selected = self.record.select(events, &self.board);
        self.series.note_recorded(&selected);
        selected
    }

    /// Returns which games are recorded.
    pub fn record(&self) -> &RecordFilter {
        &self.record
    }

    /// Returns the trader's events since the last call, in order.
    pub fn take_trader_events(&mut self) -> Vec<TraderEvent> {
        std::mem::take(&mut self.trader_events)
    }

    /// Returns the script's lines that came too late since the last call.
    pub fn take_skipped_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.skipped_lines)
    }

    /// Returns the messages for the player since the last call, such as refused presses.
    pub fn take_messages(&mut self) -> Vec<String> {
        std::mem::take(&mut self.messages)
    }

    /// Returns the board.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Returns the player's side; `None` when games are only watched.
    pub fn trader(&self) -> Option<&Trader> {
        self.trader.as_ref()
    }

    /// Returns the counts of what could not be decoded.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Returns a view without the parts that others own: the feed's health, the browser and the raw capture.
    pub fn view(&self, feed: feed::FeedState, recorder: RecorderState, at: Time) -> View {
        let game = self.board.current();
        let last = game.and_then(|game| game.last_live);
        let board = &self.board;
        View {
            feed,
            browser: feed::BrowserStatus::default(),
            health: Arc::default(),
            phase: board.phase(),
            game_id: board.current_id().cloned(),
            tick: last,
            price: last.and_then(|tick| game?.prices.get(tick)),
            has_odds: self.has_odds(),
            holes: game.map_or(0, |game| game.prices.missing()),
            countdown_millis: self.countdown_millis,
            last_event: self.last_event,
            series: Arc::clone(&self.series.current),
            past: Arc::clone(&self.series.past),
            actions: Arc::clone(&self.session.rows),
            session: self.session.view.clone(),
            games: Arc::clone(&self.series.games),
            trader: self.trader.as_ref().map(|trader| trader.view(board, at)),
            limits: self.limits(),
            risk_usage: self.day.usage(at),
            no_login: self.no_login(),
            awaits_outcome: self.request.awaits_outcome(),
            auto_sell: self.auto_sell_view(),
            piano: self.piano_view(at),
            recording: self.record.view(board),
            recorder,
            capture: CaptureState::default(),
            counts: self.counts.clone(),
        }
    }

    /// Calls the trader, if there is one, and takes the facts it reports.
    fn with_trader(&mut self, at: Time, call: impl FnOnce(&mut Trader, &mut Ctx<'_>)) {
        if let Some(trader) = &mut self.trader {
            let first = self.trader_events.len();
            let mut ctx = Ctx {
                out: &mut self.trader_events,
                board: &self.board,
                at,
            };
            call(trader, &mut ctx);
            self.take_facts(first, at);
        }
    }

    /// Takes the session facts from index `first` on: a game with an action of the player is recorded whatever the
    /// switches say, the day's results change, and the rows are shown.
    fn take_facts(&mut self, first: usize, at: Time) {
        let risk = self.trader.as_ref().map(|trader| trader.limits().risk);
        let has_odds = self.has_odds();
        for event in &self.trader_events[first..] {
            if let Some(end) = PianoEnd::of(event)
                && let Some(piano) = &mut self.piano
            {
                piano.interrupt(end);
            }
            let TraderEvent::Session(fact) = event else {
                continue;
            };
            self.session.take(fact, has_odds);
            if let SessionEvent::Action { slot, action } = fact {
                if self.day.take_row(*slot, action)
                    && let Some(worse) = risk.and_then(|risk| risk.slipped(action))
                {
                    let name = action.action.as_str();
                    self.messages.push(format!(
                        "{name}: filled {worse} % worse than when it was pressed"
                    ));
                }
                self.record.acted(&action.game_id);
                if let Some(seller) = &mut self.auto_sell {
                    seller.take_row(action);
                }
                if let Some(piano) = &mut self.piano {
                    piano.take_row(action);
                }
            }
        }
        if self.trader_events.len() > first {
            self.note_value(at);
        }
    }

    /// Adds what the account is worth now to the curve of the session.
    fn note_value(&mut self, at: Time) {
        if let Some(account) = self.trader.as_ref().and_then(Trader::account) {
            let game = GameContext::of(&self.board);
            let has_odds = self.has_odds();
            self.session.note_value(account, game, has_odds, at);
        }
    }

    /// Whether the odds of the current game are published.
    fn has_odds(&self) -> bool {
        let game = self.board.current();
        has_odds(game.and_then(|game| game.version.as_deref()))
    }
}
