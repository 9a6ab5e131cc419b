//! The replay: the page of the game, played by the piano, with a transport under the chart.
//!
//! It plays a recording and has no channel to an engine, so nothing here can send an order.

mod agreement;
mod comparison;
mod piano_roll;
mod play_time;
mod played_curve;
mod projector;
mod replay_bar;
mod replay_notes;
mod roll_marks;
mod roll_paint;
mod roll_view;
mod shown_frame;
mod speed;
mod texts;
mod transport;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use play_time::now;
pub use projector::Projector;

use agreement::{report, wrong_rows};
use comparison::{ComparisonContext, comparison_ui};
use piano_roll::RollDrag;
use play_time::PlayTime;
use replay_notes::ReplayNotes;
pub use roll_marks::lane_of;
use roll_marks::{RollMarks, next_press};
use roll_paint::RollContext;
use roll_view::RollView;
use shown_frame::ShownFrame;
use speed::next_speed;
use texts::{press_note, press_notice, press_tag, replayed_game, title};
use transport::{RollState, TransportAction, transport_ui};

use super::command::{KeyCommand, ReplayKey};
use super::notices::{NoticeLine, Notices};
use super::page::{GamePage, PageContext};
use super::page_part::PageAction;
use super::review::{ReviewState, SUMMARY, summary_ui};
use super::ticket::TicketInput;
use crate::account::Action;
use crate::engine::View;
use crate::library::OpenedReplay;
use crate::protocol::{GameId, Tick};
use crate::replay::{
    Highlight, Landmark, Piano, PianoFrame, Playhead, TickTiming, Timeline, Transport,
    TransportCommand,
};
use crate::trading::OrderLimits;

/// Repaint interval while the piano plays.
const PIANO_EVERY: Duration = Duration::from_millis(20);
/// Ticks that a key skips.
const KEY_TICKS: usize = 40;

/// A recording that is played.
#[derive(Debug)]
pub struct Replay {
    /// The layout of the game. The piano sets the ticket.
    pub page: GamePage,
    timeline: Arc<Timeline>,
    /// What is played, as `Session 28 Nov, 21:14`.
    name: String,
    /// Its file, or the journal of the running session.
    path: PathBuf,
    /// The name of its file.
    file: String,
    faults: Vec<String>,
    /// Another player shared it: its faults are what does not hold.
    is_shared: bool,
    player: Transport,
    piano: Piano,
    projector: Projector,
    marks: RollMarks,
    /// The notes of the session, and what the player wants to write one on.
    pub notes: ReplayNotes,
    roll: RollState,
    time: PlayTime,
    /// Whether nothing after the playhead is shown.
    hides_future: bool,
    /// Numbers of the rows that differ from what the account computes.
    wrong: BTreeSet<usize>,
    shown: ShownFrame,
    /// The start of a loop whose end is not set yet.
    loop_from: Option<Playhead>,
    /// The time of the current frame.
    now: Duration,
}

impl Replay {
    /// Returns the replay of a recording. It plays at once. `now` is the time of the window.
    pub fn new(opened: OpenedReplay, limits: OrderLimits, now: Duration) -> Self {
        let timeline = opened.timeline;
        let mut player = Transport::new(now);
        let chosen = opened.game.as_ref().and_then(|id| timeline.place(id));
        let start = timeline.start_of(chosen.unwrap_or(0));
        player.apply(TransportCommand::Seek(start), &timeline, now);
        player.apply(TransportCommand::Play, &timeline, now);
        let mut piano = Piano::new(&timeline);
        let mut projector = Projector::new(limits, opened.curve);
        let shown = ShownFrame::new(&timeline, &player, &mut piano, &mut projector);
        Self {
            page: GamePage::default(),
            marks: RollMarks::of(&timeline),
            notes: ReplayNotes::of(opened.bundle.as_deref()),
            roll: RollState {
                view: RollView::whole(timeline.positions().saturating_sub(1)),
                drag: RollDrag::None,
            },
            time: PlayTime::of(&timeline),
            hides_future: false,
            wrong: wrong_rows(&timeline),
            name: title(&timeline, opened.is_running),
            path: opened.path,
            file: opened.name,
            faults: opened.faults,
            is_shared: opened.bundle.is_some(),
            player,
            piano,
            projector,
            shown,
            timeline,
            loop_from: None,
            now,
        }
    }

    /// Plays up to the current time while `visible`, and pauses otherwise.
    pub fn logic(&mut self, ctx: &egui::Context, visible: bool) {
        self.now = now(ctx);
        if !visible && self.player.is_playing() {
            self.take(TransportCommand::Pause);
        }
        self.player.advance(&self.timeline, self.now);
        self.refresh();
        if let Some(wake) = self.player.next_change_in(&self.timeline) {
            // The piano also moves between two positions.
            let has_presses = self.timeline.press(0).is_some();
            let wake = if has_presses {
                wake.min(PIANO_EVERY)
            } else {
                wake
            };
            ctx.request_repaint_after(wake);
        }
    }

    /// Shows a tick of a game, and pauses there.
    pub fn show_tick(&mut self, game: &GameId, tick: Tick) {
        if let Some(game) = self.timeline.place(game) {
            let tick = Some(tick);
            self.take(TransportCommand::Pause);
            self.take(TransportCommand::Seek(Playhead { game, tick }));
        }
    }

    /// Returns what the status line shows: the last press, and whether the account computes the same.
    pub fn status(&self) -> Option<NoticeLine> {
        let row = self.shown.last.as_ref()?;
        Some(press_notice(row, self.shown.disagreements.is_empty()))
    }

    /// Returns the view on the screen.
    pub fn view(&self) -> &View {
        &self.shown.view
    }

    /// Executes a key of the replay.
    pub fn key(&mut self, key: ReplayKey) {
        let head = self.player.head();
        let timeline = &self.timeline;
        let next = |landmark| timeline.next(landmark, head);
        let here = timeline.number(head);
        let to = match key {
            ReplayKey::PlayPause if self.player.is_playing() => {
                return self.take(TransportCommand::Pause);
            }
            ReplayKey::PlayPause => return self.take(TransportCommand::Play),
            ReplayKey::PreviousTick => timeline.previous(Landmark::Tick, head),
            ReplayKey::NextTick => next(Landmark::Tick),
            ReplayKey::Back => Some(timeline.position(here.saturating_sub(KEY_TICKS))),
            ReplayKey::Forward => Some(timeline.position(here + KEY_TICKS)),
            ReplayKey::PreviousAction => timeline.previous(Landmark::Action, head),
            ReplayKey::NextAction => next(Landmark::Action),
            ReplayKey::Start => Some(timeline.first()),
            ReplayKey::End => Some(timeline.last()),
            ReplayKey::PreviousGame => timeline.previous(Landmark::Game, head),
            ReplayKey::NextGame => next(Landmark::Game),
            ReplayKey::NextPlayed => next(Landmark::Played),
            ReplayKey::NextEntry => next(Landmark::Entry),
            ReplayKey::NextSale => next(Landmark::Sale),
            ReplayKey::NextPeak => next(Landmark::Peak),
            ReplayKey::NextRug => next(Landmark::Rug),
            ReplayKey::NextDifference => next(Landmark::Difference),
            ReplayKey::Loop => return self.step_loop(),
            ReplayKey::Slower | ReplayKey::Faster => {
                let faster = key == ReplayKey::Faster;
                if let Some(next) = next_speed(self.player.speed(), faster) {
                    self.take(TransportCommand::Speed(next));
                }
                return;
            }
            ReplayKey::Pace => {
                let pace = match self.player.timing() {
                    TickTiming::Fixed => TickTiming::Recorded,
                    TickTiming::Recorded => TickTiming::Fixed,
                };
                return self.take(TransportCommand::Timing(pace));
            }
            // The app closes the replay.
            ReplayKey::Live => None,
        };
        if let Some(to) = to {
            // After a single step the replay pauses.
            if matches!(
                key,
                ReplayKey::PreviousTick
                    | ReplayKey::NextTick
                    | ReplayKey::PreviousAction
                    | ReplayKey::NextAction
            ) {
                self.take(TransportCommand::Pause);
            }
            self.take(TransportCommand::Seek(to));
        }
    }

    /// Draws the page, with the review of the session where it has room.
    pub fn ui(
        &mut self,
        ui: &mut egui::Ui,
        notices: &Notices,
        now: DateTime<Utc>,
        review: Option<&ReviewState>,
    ) {
        let mut actions = Vec::new();
        let pressed = self.shown.moment.highlight.and_then(Highlight::button);
        let pressed_row = self.pressed().map(|row| row.seq);
        let roll = RollContext {
            timeline: &self.timeline,
            player: &self.player,
            marks: &self.marks,
            flags: &self.notes.flags,
            loop_from: self.loop_from,
            pressed,
            hides_future: self.hides_future,
        };
        let (state, time) = (&mut self.roll, &self.time);
        let mut transport = |ui: &mut egui::Ui| transport_ui(ui, &roll, state, time, &mut actions);
        let report = report(&self.timeline, &self.shown, self.hides_future);
        let comparison = ComparisonContext {
            found: report.as_ref().map_or(&[], |report| &report.disagreements),
            all_presses: (!self.hides_future).then_some(self.marks.presses.len()),
            last: self.shown.last.as_ref(),
            disagreements: &self.shown.disagreements,
            rows: self.shown.rows,
            wrong: &self.wrong,
            presses: self.shown.done,
        };
        let mut under_ticket = |ui: &mut egui::Ui| {
            comparison_ui(ui, &comparison);
            if let Some(review) = review.filter(|_| ui.available_height() >= SUMMARY + 12.0) {
                ui.add_space(12.0);
                summary_ui(ui, review);
            }
        };
        let under_ticket: &mut dyn FnMut(&mut egui::Ui) = &mut under_ticket;
        let has_account = report.is_some();
        let context = PageContext {
            now,
            notices,
            host: "",
            input: TicketInput::Piano(self.shown.moment.highlight),
            transport: Some(&mut transport),
            under_ticket: has_account.then_some(under_ticket),
            wrong: &self.wrong,
            pressed: pressed_row,
        };
        // Only the transport and the rows of the trades can be used: all other controls are disabled.
        let on_page = self.page.ui(ui, &self.shown.view, context);
        for action in on_page {
            let to = match action {
                PageAction::ShowTick(game, tick) => {
                    self.show_tick(&game, tick);
                    self.page.chart.key(KeyCommand::Follow);
                    None
                }
                PageAction::ReplayGame(game) => self
                    .timeline
                    .place(&game)
                    .map(|game| Playhead { game, tick: None }),
                PageAction::ReplaySession => Some(self.timeline.first()),
                PageAction::Note(subject) => {
                    self.notes.requested = Some(subject);
                    None
                }
                _ => None,
            };
            if let Some(to) = to {
                self.take(TransportCommand::Seek(to));
                self.page.chart.key(KeyCommand::Follow);
            }
        }
        for action in actions {
            match action {
                TransportAction::Key(key) => self.key(key),
                TransportAction::TransportCommand(transport) => {
                    if matches!(transport, TransportCommand::Loop(_)) {
                        self.loop_from = None;
                    }
                    self.take(transport);
                }
                TransportAction::HideFuture(on) => {
                    self.hides_future = on;
                    self.refresh();
                }
            }
        }
    }

    fn take(&mut self, transport: TransportCommand) {
        self.player.apply(transport, &self.timeline, self.now);
        self.refresh();
    }

    /// Sets the start of the loop, then its end, then clears it.
    fn step_loop(&mut self) {
        let head = self.player.head();
        if self.player.range().is_some() {
            self.take(TransportCommand::Loop(None));
        } else if let Some(from) = self.loop_from {
            // At its own start the loop would be empty: it still waits for its end.
            self.take(TransportCommand::Loop(Some((from, head))));
            self.loop_from = self.player.range().is_none().then_some(from);
        } else {
            self.loop_from = Some(head);
        }
    }

    /// Computes what is on the screen: view, ticket and note of the chart.
    fn refresh(&mut self) {
        self.shown = ShownFrame::new(
            &self.timeline,
            &self.player,
            &mut self.piano,
            &mut self.projector,
        );
        let PianoFrame { amount, share, .. } = self.shown.moment;
        let pressed = self.pressed();
        let refused = self.shown.moment.refused.is_some();
        let by_rule = self.shown.moment.highlight == Some(Highlight::AutoSell);
        let chart_note = pressed.and_then(press_tag).map(|tag| {
            if refused {
                format!("{tag}: not pressed, the ticket shows another")
            } else if by_rule {
                format!("Auto-sell: {tag}")
            } else {
                tag
            }
        });
        let (head, done) = (self.player.head(), self.shown.done);
        let notes = self.marks.lanes.each_ref().map(|lane| {
            if self.hides_future {
                "pressed by the piano".to_owned()
            } else {
                next_press(&self.timeline, lane, done, head)
            }
        });
        let ticket_note = pressed.map(press_note);
        self.page.chart.replayed = replayed_game(&self.timeline, head, self.hides_future);
        self.page.chart.note = chart_note;
        self.page.ticket.note = ticket_note;
        self.page.ticket.notes = Some(notes);
        self.page.ticket.set(amount);
        self.page.ticket.share = share;
        let until = self.hides_future.then_some(head);
        self.page.notes.all = self.notes.visible(&self.timeline, until);
    }

    /// Returns the row whose button the piano presses, or could not press.
    fn pressed(&self) -> Option<&Action> {
        let PianoFrame {
            highlight, refused, ..
        } = self.shown.moment;
        let is_down = matches!(highlight, Some(Highlight::Button(_) | Highlight::AutoSell))
            || refused.is_some();
        let (_, row) = self.timeline.press(self.shown.done.checked_sub(1)?)?;
        is_down.then_some(row)
    }
}
