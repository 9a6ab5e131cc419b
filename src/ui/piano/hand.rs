//! The violet hand on the ticket while a strategy plays: it follows what the engine plans and what it sent.

use std::time::Duration;

use crate::account::{Action, ActionKind, ActionSource, ActionStatus};
use crate::engine::{PianoPress, PianoState, PianoView, View};
use crate::replay::{Button, Highlight, LivePiano, PianoFrame, PianoKey};
use crate::strategy::ShownOrder;
use crate::ui::order_preview::max_amount;
use crate::ui::replay::lane_of;
use crate::ui::ticket::{Ticket, TicketInput};

/// The hand of the running strategy.
#[derive(Debug, Default)]
pub struct PianoHand {
    piano: Option<LivePiano>,
    /// Number of the last press that was shown.
    shown: u64,
    /// The player took the hand back; the engine does not say so yet.
    is_released: bool,
    /// A strategy was started, and no frame has shown it yet.
    is_new: bool,
    /// The control that is pressed now.
    pressed: Option<Highlight>,
}

impl PianoHand {
    /// Sets the ticket to what the hand has built so far. Returns who operates the ticket, and what the chart says of the
    /// button that is down. `now` is the time of the window.
    pub fn update(
        &mut self,
        view: &View,
        ticket: &mut Ticket,
        now: Duration,
    ) -> (TicketInput, Option<String>) {
        let playing = view.piano.as_ref().filter(|piano| is_playing(piano));
        self.is_released &= playing.is_some();
        let Some(playing) = playing.filter(|_| !self.is_released) else {
            self.piano = None;
            self.pressed = None;
            return (TicketInput::Player, None);
        };
        let last = playing.last_press.as_ref();
        let number = last.map_or(0, |press| press.number);
        let piano = self.piano.get_or_insert_with(|| {
            // What was pressed before this hand began is not shown again.
            self.shown = if self.is_new { 0 } else { number };
            self.is_new = false;
            ticket.typed();
            LivePiano::new(ticket.amount().unwrap_or_default(), ticket.share)
        });
        let most = max_amount(view);
        if number > self.shown {
            for (key, is_refused) in newest(&view.actions, number - self.shown) {
                piano.press(key, most, is_refused, now);
            }
            self.shown = number;
        } else {
            let planned = playing.planned.as_ref();
            let next = planned.and_then(|planned| key_of(&planned.order));
            piano.plan(next, most, now);
        }
        let frame = piano.at(now);
        ticket.set(frame.amount);
        ticket.share = frame.share;
        self.pressed = frame.highlight;
        let note = last.and_then(|press| note(press, &frame));
        (TicketInput::Strategy(frame.highlight), note)
    }

    /// Leaves the ticket to the player at once. Returns whether the hand had it.
    pub fn release(&mut self) -> bool {
        let had = self.piano.take().is_some();
        self.is_released |= had;
        had
    }

    /// Notes that the player started a strategy.
    pub fn start(&mut self) {
        self.is_released = false;
        self.is_new = true;
        self.piano = None;
    }

    /// Returns the control that is pressed now.
    pub fn pressed(&self) -> Option<Highlight> {
        self.pressed
    }

    /// Whether the hand moves, so that the window is drawn again soon.
    pub fn is_moving(&self, now: Duration) -> bool {
        self.piano
            .as_ref()
            .is_some_and(|piano| piano.is_moving(now))
    }
}

/// Whether the piano has the ticket: from the start of a strategy to its end.
pub fn is_playing(piano: &PianoView) -> bool {
    matches!(piano.state, PianoState::Waiting | PianoState::Playing)
}

/// Returns what the chart says while a button is down: `BUY 0.01`, or why it was refused.
fn note(press: &PianoPress, frame: &PianoFrame) -> Option<String> {
    let (button, number) = key_of(&press.order)?;
    let down = frame.highlight.and_then(Highlight::button);
    let is_shown = down.or(frame.refused) == Some(button);
    let number = number.normalize();
    let name = match button {
        Button::Buy => format!("BUY {number}"),
        Button::Sell => format!("SELL {number} %"),
        Button::Sidebet => format!("SIDEBET {number}"),
    };
    is_shown.then(|| match &press.refused {
        Some(why) => format!("{name}: {why}"),
        None => name,
    })
}

/// Returns the newest presses of a strategy, oldest first, and whether each was refused here.
fn newest(rows: &[Action], count: u64) -> Vec<(PianoKey, bool)> {
    let by_strategy =
        |row: &&Action| matches!(row.source, ActionSource::Piano | ActionSource::Script);
    let presses = rows.iter().rev().filter(by_strategy).filter_map(|row| {
        let button = lane_of(row)?;
        let number = match button {
            Button::Sell => row.sell_percent,
            Button::Buy | Button::Sidebet => row.amount,
        };
        let is_refused = row.status == ActionStatus::Refused && row.acked_at.is_none();
        Some(((button, number?), is_refused))
    });
    let mut newest: Vec<_> = presses.take(usize::try_from(count).unwrap_or(0)).collect();
    newest.reverse();
    newest
}

fn key_of(order: &ShownOrder) -> Option<PianoKey> {
    let button = match order.kind() {
        ActionKind::Buy => Button::Buy,
        ActionKind::Sell => Button::Sell,
        ActionKind::SidebetPlace => Button::Sidebet,
        ActionKind::SidebetWin | ActionKind::SidebetLose | ActionKind::Liquidated => return None,
    };
    Some((button, order.number()))
}
