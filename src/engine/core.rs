//! The pure middle: messages of the feed, presses and the clock in; events of the board, facts of the player and a
//! request to send out. Live, capture and tests run through it.

mod browser;
mod record;

use std::sync::Arc;

use rust_decimal::Decimal;

use super::script::{Script, Wish};
use super::shown::Shown;
use super::{Command, View};
use crate::account::{
    Action, ActionSource, Answer, Course, Desk, Now, Order, Refusal, SessionEvent, Told, WalletKind,
};
use crate::feed::tap::CaptureState;
use crate::feed::{self, Body, Message};
use crate::game::{Board, Game, GameEvent, Time};
use crate::protocol::{Counts, Event, Request, decode};
use crate::recording::{Flood, Gate, RecorderState};

/// Decoder, board, the player's desk and the record switch of one source.
#[derive(Debug, Clone, Default)]
pub struct Core {
    board: Board,
    counts: Counts,
    countdown_millis: Option<i64>,
    gate: Gate,
    flood: Flood,
    desk: Option<Desk>,
    /// How the day went so far, and the emergency stop.
    course: Course,
    script: Option<Script>,
    /// Why the price on the screen is not to be trusted, if so.
    feed: Option<&'static str>,
    shown: Shown,
    /// The rows of the session that runs, or ran last.
    actions: Arc<Vec<Action>>,
    first_slot: u32,
    last_event: Option<Time>,
    /// The server of this connection is a table of ours, and we logged in there.
    at_our_table: bool,
    told: Vec<Told>,
    request: Option<Request>,
    /// What became of the last request is not known yet.
    asked: bool,
    /// A request stayed without an answer: its connection is being made anew.
    lost: bool,
    said: Vec<String>,
    skipped: Vec<String>,
}

impl Core {
    /// Returns a core whose board holds the games that recovery brought.
    pub fn new(gate: Gate, desk: Option<Desk>, script: Option<Script>, open: Vec<Game>) -> Self {
        Self {
            gate: gate.resume(&open),
            board: Board::resume(open),
            desk,
            script,
            ..Self::default()
        }
    }

    /// Something was played before on this day.
    pub fn goes_on(&mut self, course: Course) {
        self.course = course;
    }

    /// Takes a message of the feed.
    pub fn message(&mut self, message: Message) -> Vec<GameEvent> {
        let events = self.take_message(message);
        self.flood.note(&events);
        events
    }

    fn take_message(&mut self, message: Message) -> Vec<GameEvent> {
        match message.body {
            Body::Up => {
                self.lost = false;
                // Whoever answers now is asked anew.
                self.at_our_table = false;
                Vec::new()
            }
            Body::Event { name, args } => self.event(&name, &args, message.at),
            Body::Sent { name, args, id } => {
                self.seen(&name, &args, id, message.at);
                Vec::new()
            }
            Body::Acked { id, args } => {
                self.page_acked(id, &args, message.at);
                Vec::new()
            }
            // Why it ended is the feed's to log.
            Body::Down { .. } => {
                let mut events = Vec::new();
                self.at_our_table = false;
                self.board.disconnected(&mut events);
                if let Some(desk) = &mut self.desk {
                    desk.disconnected();
                }
                self.board_told(&events, message.at);
                events
            }
        }
    }

    /// Takes one event of the server that arrived at `at`.
    pub fn event(&mut self, name: &str, args: &[serde_json::Value], at: Time) -> Vec<GameEvent> {
        let mut events = Vec::new();
        self.last_event = Some(at);
        let cut_before = self.counts.texts_cut();
        match decode(name, args, &mut self.counts) {
            Some(Event::GameState(update)) => {
                if update.cooldown_timer.is_some() {
                    self.countdown_millis = update.cooldown_timer;
                }
                self.board.update(&update, at, &mut events);
                self.shown.update(&update, &events, &self.board);
                if let Some(desk) = &mut self.desk {
                    desk.hears_game(at);
                }
                self.board_told(&events, at);
            }
            Some(event) => self.at_desk(at, |desk, now, out| desk.event(&event, now, out)),
            None => {}
        }
        let cut = self.counts.texts_cut() - cut_before;
        self.board.texts_cut(cut, &mut events);
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
                self.course.stop(stopped);
                let words = if stopped {
                    "Emergency stop: nothing is ordered until it is released"
                } else {
                    "The emergency stop is released: orders may be placed again"
                };
                self.said.push(words.to_owned());
            }
            Command::Record(on) => self.gate.set_record(on),
            Command::AutoRecord(on) => self.gate.set_auto_record(on),
            // The connection is not the core's.
            Command::RawCapture(_) => {}
            Command::ResetWallet => {
                self.at_desk(at, Desk::reset_wallet);
            }
            Command::Limits(rules) => {
                if let Some(desk) = &mut self.desk {
                    desk.set_limits(rules);
                }
            }
        }
    }

    /// Takes what became of the request that was sent.
    pub fn answered(&mut self, answer: Answer, at: Time) {
        self.asked = false;
        self.lost |= answer == Answer::Lost;
        self.at_desk(at, |desk, now, out| desk.answered(answer, now, out));
        self.play_script(at);
    }

    /// Takes an answer's arguments as the server sent them.
    pub fn acked(&mut self, args: &[serde_json::Value], at: Time) {
        let ack = crate::protocol::Ack::from_args(args, &mut self.counts);
        self.answered(Answer::Ack(Box::new(ack)), at);
    }

    /// Looks at the clock.
    pub fn clock(&mut self, at: Time) {
        self.at_desk(at, Desk::clock);
        self.play_script(at);
    }

    /// Says that the server of this connection is a table of ours where we logged in. Only then an order leaves.
    pub fn logged_in_at_our_table(&mut self) {
        self.at_our_table = true;
    }

    /// Says how the connection is: on one that says nothing no order is placed.
    pub fn feed_is(&mut self, state: &feed::State) {
        self.feed = match state {
            feed::State::Up { .. } => None,
            feed::State::Stale { .. } => Some("stale"),
            _ => Some("offline"),
        };
    }

    /// We stop: every open game is told complete, the session ends.
    pub fn stopped(&mut self, at: Time) -> Vec<GameEvent> {
        let mut events = Vec::new();
        self.board.stopped(&mut events);
        self.board_told(&events, at);
        self.at_desk(at, Desk::stop);
        self.flood.note(&events);
        events
    }

    /// Whether a game that starts now is recorded.
    pub fn is_recording(&self) -> bool {
        self.gate.is_recording()
    }

    /// Returns what was told of the player since the last call.
    pub fn take_told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }

    /// Returns the request that is to be sent now, once.
    pub fn take_request(&mut self) -> Option<Request> {
        self.asked |= self.request.is_some();
        self.request.take()
    }

    /// Returns the lines of the script that came too late since the last call.
    pub fn take_skipped(&mut self) -> Vec<String> {
        std::mem::take(&mut self.skipped)
    }

    /// Returns what the player is to be told in words since the last call: presses that were refused.
    pub fn take_said(&mut self) -> Vec<String> {
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
    pub fn desk(&self) -> Option<&Desk> {
        self.desk.as_ref()
    }

    /// Returns what was not understood so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Returns what is to be shown; of the connection's health nothing, that is the watcher's.
    pub fn view(&self, feed: feed::State, recorder: RecorderState, at: Time) -> View {
        let game = self.board.current();
        let last = game.and_then(|game| game.last_live);
        let board = &self.board;
        View {
            feed,
            tap: feed::Tap::default(),
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
            desk: self.desk.as_ref().map(|desk| desk.view(Now { board, at })),
            guarded: self.course.guarded(at),
            recording: self.recording(),
            recorder,
            capture: CaptureState::default(),
            counts: self.counts.clone(),
        }
    }

    fn press(
        &mut self,
        order: Order,
        source: ActionSource,
        seen: Option<Decimal>,
        at: Time,
    ) -> Result<(), Refusal> {
        let door = self.door(&order, seen, at);
        let desk = self.desk.as_mut().ok_or(Refusal::NoPlayer)?;
        let now = Now {
            board: &self.board,
            at,
        };
        let first = self.told.len();
        let pressed = desk.press(order, source, door, now, &mut self.told);
        self.note_facts(first);
        self.request = pressed?;
        self.course.sent(at);
        Ok(())
    }

    /// Says why an order may not leave now, whatever the account and the game say to it.
    fn door(&self, order: &Order, seen: Option<Decimal>, at: Time) -> Result<(), Refusal> {
        let desk = self.desk.as_ref().ok_or(Refusal::NoPlayer)?;
        let now = Now {
            board: &self.board,
            at,
        };
        if desk.wallet() == WalletKind::Server && !self.at_our_table {
            return Err(Refusal::NotOurTable);
        }
        if let Some(state) = self.feed {
            return Err(Refusal::Feed(state));
        }
        let (Some(account), Some(sight)) = (desk.account(), now.sight()) else {
            return Ok(()); // The desk says what is missing.
        };
        let price = sight.price.unwrap_or(Decimal::ONE);
        let guarded = self.course.guarded(at);
        let guards = &desk.limits().guards;
        guards.check(order, account, &guarded, (seen, price))
    }

    fn board_told(&mut self, events: &[GameEvent], at: Time) {
        self.at_desk(at, |desk, now, out| desk.board(events, now, out));
    }

    fn at_desk(&mut self, at: Time, does: impl FnOnce(&mut Desk, Now<'_>, &mut Vec<Told>)) {
        if let Some(desk) = &mut self.desk {
            let now = Now {
                board: &self.board,
                at,
            };
            let first = self.told.len();
            does(desk, now, &mut self.told);
            self.note_facts(first);
        }
    }

    /// Looks at the facts since `first`: a game with an own action is recorded, whatever the switches say, and the
    /// rows are shown.
    fn note_facts(&mut self, first: usize) {
        for told in &self.told[first..] {
            match told {
                Told::Fact(SessionEvent::Started { .. }) => self.actions = Arc::default(),
                Told::Fact(SessionEvent::Action { slot, action }) => {
                    let guards = self.desk.as_ref().map(|desk| desk.limits().guards);
                    if self.course.row(*slot, action)
                        && let Some(worse) = guards.and_then(|guards| guards.slipped(action))
                    {
                        let words = format!("filled {worse} % worse than when it was pressed");
                        self.said
                            .push(format!("{}: {words}", action.action.as_str()));
                    }
                    self.gate.acted(&action.game_id);
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

    fn play_script(&mut self, at: Time) {
        let (Some(script), Some(desk)) = (&mut self.script, &self.desk) else {
            return;
        };
        let now = Now {
            board: &self.board,
            at,
        };
        let Some(sight) = now.sight() else { return };
        // Nothing is pressed that would be refused only because of the moment: a script does not press again.
        let on_its_way = self.request.is_some() || self.asked || self.lost;
        let door = desk.wallet() == WalletKind::Local || self.at_our_table;
        let ready = desk.is_ready() && !on_its_way && self.feed.is_none() && door;
        match script.due(&sight, ready) {
            Some(Wish::Press(order)) => {
                // A refused order is a row of the session; here it is told in words as well.
                if let Err(refusal) = self.press(order, ActionSource::Script, None, at) {
                    self.said.push(format!("{order}: {refusal}"));
                }
            }
            Some(Wish::TooLate(why)) => self.skipped.push(why),
            None => {}
        }
    }
}
