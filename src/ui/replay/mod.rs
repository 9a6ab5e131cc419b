//! A replay in the window: the page of the game, played by the piano, with a transport under the chart.
//!
//! It shows a timeline and holds no way to an engine: whatever is pressed here, no order can come of it.

mod difference;
mod projector;
mod seek_bar;
mod top;
mod transport;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::command::{KeyCommand, ReplayKey};
use super::moves;
use super::notices::Notices;
use super::page::{Around, GamePage};
use super::ticket::TicketInput;
use crate::account::Action;
use crate::engine::View;
use crate::library::OpenedReplay;
use crate::replay::{
    Disagreement, Highlight, Landmark, Piano, PianoFrame, PlaybackSpeed, Playhead, SPEEDS,
    SessionPart, TickTiming, Timeline, TimelineFrame, Transport, TransportCommand, note,
};
use crate::trading::OrderLimits;

pub use projector::Projector;
pub use top::{Live, top_ui};

/// How often is painted while the hand is at work.
const HAND: Duration = Duration::from_millis(20);
/// Ticks by which a key goes.
const TICKS: usize = 40;
/// The speeds that can be chosen.
pub const STEPS: [PlaybackSpeed; 11] = [
    PlaybackSpeed::Times(SPEEDS[0]),
    PlaybackSpeed::Times(0.25),
    PlaybackSpeed::Times(0.5),
    PlaybackSpeed::Times(1.0),
    PlaybackSpeed::Times(2.0),
    PlaybackSpeed::Times(5.0),
    PlaybackSpeed::Times(10.0),
    PlaybackSpeed::Times(20.0),
    PlaybackSpeed::Times(30.0),
    PlaybackSpeed::Times(SPEEDS[1]),
    PlaybackSpeed::Max,
];

/// A timeline that is shown.
#[derive(Debug)]
pub struct Replay {
    timeline: Arc<Timeline>,
    name: String,
    faults: Vec<String>,
    player: Transport,
    piano: Piano,
    projector: Projector,
    page: GamePage,
    bar: seek_bar::Marks,
    /// Numbers of the rows of which something is not what is computed.
    wrong: BTreeSet<u32>,
    shown: Shown,
    /// Where a loop is to begin, while its end is not marked yet.
    loop_from: Option<Playhead>,
    /// When the clock was looked at last.
    now: Duration,
}

/// What is to be seen of the timeline now.
#[derive(Debug)]
struct Shown {
    view: View,
    moment: PianoFrame,
    /// The row that came to its end last.
    last: Option<Action>,
    /// What the account contradicts of the place where it did.
    found: Vec<Disagreement>,
}

impl Replay {
    /// Returns the replay of what was opened; it plays. `now` is the window's clock.
    pub fn new(opened: OpenedReplay, limits: OrderLimits, now: Duration) -> Self {
        let timeline = opened.timeline;
        let mut player = Transport::new(now);
        player.apply(TransportCommand::Seek(beginning(&timeline)), &timeline, now);
        player.apply(TransportCommand::Play, &timeline, now);
        let mut piano = Piano::new(&timeline);
        let mut projector = Projector::new(limits);
        let shown = Shown::of(&timeline, &player, &mut piano, &mut projector);
        Self {
            bar: seek_bar::Marks::of(&timeline),
            wrong: wrong_rows(&timeline),
            name: opened.name,
            faults: opened.faults,
            page: GamePage::default(),
            player,
            piano,
            projector,
            shown,
            timeline,
            loop_from: None,
            now,
        }
    }

    /// Looks at the clock: plays on, while it is looked at.
    pub fn logic(&mut self, ctx: &egui::Context, seen: bool) {
        self.now = now(ctx);
        if !seen && self.player.is_playing() {
            self.ask(TransportCommand::Pause);
        }
        self.player.advance(&self.timeline, self.now);
        self.refresh();
        if let Some(wake) = self.player.next_change_in(&self.timeline) {
            // Between two places the hand moves, too.
            let plays_by_hand = self.timeline.press(0).is_some();
            ctx.request_repaint_after(if plays_by_hand { wake.min(HAND) } else { wake });
        }
    }

    /// Returns the view that is shown.
    pub fn view(&self) -> &View {
        &self.shown.view
    }

    /// Draws the chart so.
    pub fn set_chart_style(&mut self, style: (bool, bool)) {
        self.page.set_chart_style(style);
    }

    /// Returns how the chart is drawn.
    pub fn chart_style(&self) -> (bool, bool) {
        self.page.chart_style()
    }

    /// Does what a key asks of the chart; false when it asks for something else.
    pub fn chart_key(&mut self, command: KeyCommand) -> bool {
        self.page.chart_key(command)
    }

    /// Does what a key asks of the replay.
    pub fn key(&mut self, key: ReplayKey) {
        let head = self.player.head();
        let timeline = &self.timeline;
        let next = |mark| timeline.next(mark, head);
        let by = |number: usize| Some(timeline.place(number));
        let here = timeline.number(head);
        let to = match key {
            ReplayKey::Play => {
                let playing = self.player.is_playing();
                self.ask(if playing {
                    TransportCommand::Pause
                } else {
                    TransportCommand::Play
                });
                return;
            }
            ReplayKey::TickBack => timeline.previous(Landmark::Tick, head),
            ReplayKey::TickOn => next(Landmark::Tick),
            ReplayKey::TicksBack => by(here.saturating_sub(TICKS)),
            ReplayKey::TicksOn => by(here + TICKS),
            ReplayKey::ActionBack => timeline.previous(Landmark::Action, head),
            ReplayKey::ActionOn => next(Landmark::Action),
            ReplayKey::Start => Some(timeline.first()),
            ReplayKey::End => Some(timeline.last()),
            ReplayKey::GameBack => timeline.previous(Landmark::Game, head),
            ReplayKey::GameOn => next(Landmark::Game),
            ReplayKey::Played => next(Landmark::Played),
            ReplayKey::Entry => next(Landmark::Entry),
            ReplayKey::Peak => next(Landmark::Peak),
            ReplayKey::Rug => next(Landmark::Rug),
            ReplayKey::Difference => next(Landmark::Difference),
            ReplayKey::Loop => return self.turn_loop(),
            ReplayKey::Slower => return self.turn_speed(false),
            ReplayKey::Faster => return self.turn_speed(true),
            ReplayKey::Pace => {
                let pace = match self.player.timing() {
                    TickTiming::Fixed => TickTiming::Recorded,
                    TickTiming::Recorded => TickTiming::Fixed,
                };
                return self.ask(TransportCommand::Timing(pace));
            }
            // Whoever owns the pages does it.
            ReplayKey::Live => None,
        };
        if let Some(to) = to {
            // A step is looked at, not run over.
            if matches!(
                key,
                ReplayKey::TickBack
                    | ReplayKey::TickOn
                    | ReplayKey::ActionBack
                    | ReplayKey::ActionOn
            ) {
                self.ask(TransportCommand::Pause);
            }
            self.ask(TransportCommand::Seek(to));
        }
    }

    /// Draws the page.
    pub fn show(&mut self, ui: &mut egui::Ui, notices: &Notices, now: DateTime<Utc>) {
        let mut asked = Vec::new();
        let Shown {
            view, last, found, ..
        } = &self.shown;
        let facts = transport::Facts {
            timeline: &self.timeline,
            player: &self.player,
            loop_from: self.loop_from,
            marks: &self.bar,
        };
        let mut under_chart = |ui: &mut egui::Ui| transport::transport_ui(ui, &facts, &mut asked);
        let replayed = self.timeline.replayed();
        let mut under_ticket =
            |ui: &mut egui::Ui| difference::difference_ui(ui, last.as_ref(), found);
        let around = Around {
            now,
            notices,
            ticket_input: TicketInput::Piano(self.shown.moment.highlight),
            under_chart: Some(&mut under_chart),
            under_ticket: replayed
                .is_some()
                .then_some(&mut under_ticket as &mut dyn FnMut(&mut egui::Ui)),
            wrong: &self.wrong,
        };
        // Nothing on this page is pressed but the transport.
        let _nobody_presses = self.page.show(ui, view, around);
        for asked in asked {
            match asked {
                transport::Asked::Key(key) => self.key(key),
                transport::Asked::Transport(transport) => self.ask(transport),
            }
        }
    }

    fn ask(&mut self, asked: TransportCommand) {
        self.player.apply(asked, &self.timeline, self.now);
        self.refresh();
    }

    /// A key for all of it: the beginning, the end, no loop.
    fn turn_loop(&mut self) {
        let head = self.player.head();
        if self.player.range().is_some() {
            self.ask(TransportCommand::Loop(None));
        } else if let Some(from) = self.loop_from.take() {
            self.ask(TransportCommand::Loop(Some((from, head))));
        } else {
            self.loop_from = Some(head);
        }
    }

    fn turn_speed(&mut self, faster: bool) {
        let at = |speed: &PlaybackSpeed| match speed {
            PlaybackSpeed::Times(times) => *times,
            PlaybackSpeed::Max => f64::INFINITY,
        };
        let now = at(&self.player.speed());
        let next = if faster {
            STEPS.iter().find(|step| at(step) > now)
        } else {
            STEPS.iter().rev().find(|step| at(step) < now)
        };
        if let Some(next) = next {
            self.ask(TransportCommand::Speed(*next));
        }
    }

    fn refresh(&mut self) {
        self.shown = Shown::of(
            &self.timeline,
            &self.player,
            &mut self.piano,
            &mut self.projector,
        );
        let PianoFrame { amount, share, .. } = self.shown.moment;
        self.page.ticket.set(amount);
        self.page.ticket.share = share;
        let pressed = self.pressed();
        let note = pressed.and_then(note);
        self.page.chart.note = match self.shown.moment.refused {
            Some(_) => note.map(|note| format!("⚠ {note}: not pressed, the ticket shows another")),
            None => note.map(|note| format!("♪ {note}")),
        };
        self.page.ticket.told = self.pressed().map(moves::words);
    }

    /// Returns the row whose button is down, or was not pressed although it was to be.
    fn pressed(&self) -> Option<&Action> {
        let PianoFrame {
            highlight, refused, ..
        } = self.shown.moment;
        let is_down = matches!(highlight, Some(Highlight::Button(_))) || refused.is_some();
        let done = match self.shown.moment.before {
            Some(next) => next,
            None => self.timeline.presses_at(self.player.head()).end,
        };
        let (_, row) = self.timeline.press(done.checked_sub(1)?)?;
        is_down.then_some(row)
    }
}

impl Shown {
    fn of(
        timeline: &Timeline,
        player: &Transport,
        piano: &mut Piano,
        projector: &mut Projector,
    ) -> Self {
        let moment = piano.at(timeline, player);
        let head = player.head();
        let frame: TimelineFrame<'_> = match moment.before {
            Some(press) => timeline.before(head, press),
            None => timeline.at(head),
        };
        let mut view = projector.view(timeline, &frame);
        if player.is_playing() && head.tick.is_none() {
            let left = player
                .duration_of(timeline, head)
                .saturating_sub(player.elapsed());
            view.countdown_millis = i64::try_from(left.as_millis()).ok();
        }
        let side = frame.player.as_ref();
        Self {
            view,
            moment,
            last: side.and_then(|side| side.rows.last().cloned()),
            found: side.map_or_else(Vec::new, |side| side.disagreements.to_vec()),
        }
    }
}

fn wrong_rows(timeline: &Timeline) -> BTreeSet<u32> {
    let found = timeline
        .replayed()
        .into_iter()
        .flat_map(|r| &r.disagreements);
    let rows = found.filter_map(|found| match found.place {
        SessionPart::Action { seq, .. } => Some(seq),
        SessionPart::Drift { .. } | SessionPart::Meta => None,
    });
    rows.collect()
}

/// Returns where a timeline begins: a game that was joined late at the first tick that is known.
fn beginning(timeline: &Timeline) -> Playhead {
    let first = timeline.games().next().and_then(|(_, file)| file.ok());
    let known = first.and_then(|file| file.prices.iter().position(Option::is_some));
    let tick = known.filter(|tick| *tick > 0);
    Playhead {
        game: 0,
        tick: tick.and_then(|tick| u32::try_from(tick).ok()),
    }
}

/// The window's clock.
pub fn now(ctx: &egui::Context) -> Duration {
    let seconds = ctx.input(|input| input.time);
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
