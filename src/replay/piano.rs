//! The player piano: which control is highlighted at a moment of a timeline, and what the ticket shows then. It is a
//! pure function of timeline and moment: seeking into a press shows the same as playing to it.
//!
//! The piano begins early enough that the button goes down at the tick at which the player pressed it. If the time is
//! short, it acts faster; the timeline never waits.

use std::time::Duration;

use rust_decimal::Decimal;

use super::ticket_actions::{Button, TicketAction, ticket_actions};
use super::timeline::{Landmark, Playhead, Timeline};
use super::transport::Transport;
use crate::account::{Action, ActionKind, ActionSource, Chip};

/// How long a button stays down.
pub(super) const DOWN: Duration = Duration::from_millis(250);
/// From one chip to the next.
pub(super) const CHIP: Duration = Duration::from_millis(150);
/// How long a chip stays down.
pub(super) const CHIP_DOWN: Duration = Duration::from_millis(90);
/// The amount on a ticket before the first press, in SOL.
const FIRST_AMOUNT: Decimal = Decimal::from_parts(10, 0, 0, false, 3);

/// A control of the ticket that is highlighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Highlight {
    /// A chip.
    Chip(Chip),
    /// The field of the amount, which is typed.
    Field,
    /// A share to sell, in percent.
    Share(Decimal),
    /// A button that is down.
    Button(Button),
    /// Auto-sell, which sells without the ticket.
    AutoSell,
}

impl Highlight {
    /// Returns the button that is down, if it is one.
    pub fn button(self) -> Option<Button> {
        match self {
            Self::Button(button) => Some(button),
            _ => None,
        }
    }
}

/// The ticket and the highlighted control at a moment of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PianoFrame {
    /// The amount on the ticket, in SOL.
    pub amount: Decimal,
    /// The share on the ticket, in percent.
    pub share: Decimal,
    /// The highlighted control.
    pub highlight: Option<Highlight>,
    /// The next press of the timeline, if it belongs to this position.
    pub before: Option<usize>,
    /// The button that was not pressed because the ticket showed another number.
    pub refused: Option<Button>,
}

/// The piano of one timeline.
#[derive(Debug, Clone)]
pub struct Piano {
    /// The ticket before each press, and after the last one.
    tickets: Vec<TicketState>,
    /// The actions of the last press that was asked for.
    coming: Option<(usize, Vec<TicketAction>)>,
}

impl Piano {
    /// Returns the piano of a timeline.
    pub fn new(timeline: &Timeline) -> Self {
        let mut ticket = (FIRST_AMOUNT, Decimal::ONE_HUNDRED);
        let mut tickets = vec![ticket];
        for (_, row) in timeline.presses() {
            // Auto-sell leaves the ticket as it is.
            match (row.action, row.amount, row.sell_percent) {
                (ActionKind::Sell, _, Some(share)) if row.source != ActionSource::Auto => {
                    ticket.1 = share.normalize();
                }
                (ActionKind::Buy | ActionKind::SidebetPlace, Some(amount), _) => {
                    ticket.0 = amount.normalize();
                }
                _ => {}
            }
            tickets.push(ticket);
        }
        Self {
            tickets,
            coming: None,
        }
    }

    /// Returns the ticket and the highlight at the position of the transport.
    pub fn at(&mut self, timeline: &Timeline, transport: &Transport) -> PianoFrame {
        let clock = Clock {
            timeline,
            transport,
        };
        let head = transport.head();
        let done = clock.done();
        let (amount, share) = self.tickets[done.min(self.tickets.len() - 1)];
        let before = timeline
            .press(done)
            .filter(|(at, _)| *at == head)
            .map(|_| done);
        let mut moment = PianoFrame {
            amount,
            share,
            highlight: None,
            before,
            refused: None,
        };
        if let Some(last) = done.checked_sub(1)
            && clock.is_down(last)
        {
            let row = timeline.press(last).map(|(_, row)| row);
            if row.is_some_and(|row| row.source == ActionSource::Auto) {
                moment.highlight = Some(Highlight::AutoSell);
                return moment;
            }
            let most = most(timeline, last);
            let actions = self.actions(timeline, last);
            (moment.amount, moment.share) =
                actions.iter().fold(self.tickets[last], |ticket, action| {
                    played(*action, ticket, most)
                });
            let down = actions.iter().find_map(|action| match action {
                TicketAction::Down(button, number) => Some((*button, *number)),
                _ => None,
            });
            // A row without its number is not pressed.
            if let Some((button, number)) = down {
                if lands(button, number, (moment.amount, moment.share)) {
                    moment.highlight = Some(Highlight::Button(button));
                } else {
                    moment.refused = Some(button);
                }
            }
            return moment;
        }
        if timeline.press(done).is_some() {
            self.build(timeline, &clock, done, &mut moment);
        }
        moment
    }

    /// Sets the ticket to the progress of the next press.
    fn build(
        &mut self,
        timeline: &Timeline,
        clock: &Clock<'_>,
        next: usize,
        moment: &mut PianoFrame,
    ) {
        let most = most(timeline, next);
        let actions = self.actions(timeline, next);
        let build = &actions[..actions.len().saturating_sub(2)];
        let Ok(count) = u32::try_from(build.len()) else {
            return;
        };
        let wanted = CHIP * count;
        let Some(left) = clock.until(next, wanted).filter(|_| count > 0) else {
            return;
        };
        let room = clock.room(next, wanted);
        let begun = room.saturating_sub(left);
        let slot = room / count;
        for (index, action) in (0..).zip(build) {
            let since = begun.checked_sub(slot * index);
            let Some(since) = since.filter(|_| left <= room) else {
                break;
            };
            let down = since < CHIP_DOWN.min(slot * 2 / 3);
            (moment.amount, moment.share) = played(*action, (moment.amount, moment.share), most);
            moment.highlight = highlight(*action, moment.share).filter(|_| down);
        }
    }

    /// Returns the actions of a press.
    fn actions(&mut self, timeline: &Timeline, press: usize) -> Vec<TicketAction> {
        if let Some((of, actions)) = &self.coming
            && *of == press
        {
            return actions.clone();
        }
        let (amount, share) = self.tickets[press.min(self.tickets.len() - 1)];
        let made = timeline.press(press).map_or_else(Vec::new, |(_, row)| {
            let mut made = ticket_actions(row, amount, most(timeline, press));
            // A share that the ticket shows already is not chosen again.
            made.retain(
                |action| !matches!(action, TicketAction::Share(s) if Decimal::from(*s) == share),
            );
            made
        });
        self.coming = Some((press, made.clone()));
        made
    }
}

/// A ticket: amount and share.
pub(super) type TicketState = (Decimal, Decimal);

/// Returns the control that an action presses, on a ticket with this share after it; `None` for a button that comes up.
pub(super) fn highlight(action: TicketAction, share: Decimal) -> Option<Highlight> {
    match action {
        TicketAction::Chip(chip) => Some(Highlight::Chip(chip)),
        TicketAction::Type(_) => Some(Highlight::Field),
        TicketAction::Share(_) | TicketAction::SetShare(_) => Some(Highlight::Share(share)),
        TicketAction::Down(button, _) => Some(Highlight::Button(button)),
        TicketAction::Up(_) => None,
    }
}

/// Applies an action to a ticket.
pub(super) fn played(
    action: TicketAction,
    (amount, share): TicketState,
    most: Decimal,
) -> TicketState {
    match action {
        TicketAction::Chip(chip) => (chip.press(amount, most), share),
        TicketAction::Type(amount) => (amount, share),
        TicketAction::Share(percent) => (amount, percent.into()),
        TicketAction::SetShare(percent) => (amount, percent),
        TicketAction::Down(..) | TicketAction::Up(_) => (amount, share),
    }
}

/// Whether a button goes down: only if the ticket shows its number.
fn lands(button: Button, number: Decimal, (amount, share): TicketState) -> bool {
    match button {
        Button::Sell => share == number,
        Button::Buy | Button::Sidebet => amount == number,
    }
}

/// Returns the largest possible amount at a press: the balance of the wallet.
fn most(timeline: &Timeline, press: usize) -> Decimal {
    let before = timeline
        .press(press)
        .map(|(head, _)| timeline.before(head, press));
    let side = before.and_then(|frame| frame.player);
    side.map_or(Decimal::ZERO, |side| side.account.balance())
}

/// Wall-clock times between the presses of a timeline and the position of its transport.
struct Clock<'a> {
    timeline: &'a Timeline,
    transport: &'a Transport,
}

impl Clock<'_> {
    /// Returns how many presses are done. While paused, every press at this position counts as done.
    fn done(&self) -> usize {
        let head = self.transport.head();
        let here = self.timeline.presses_at(head);
        if !self.transport.is_playing() {
            return here.end;
        }
        let into = self.transport.elapsed();
        let still = |press: &usize| self.offset(*press) > into;
        here.clone().find(still).unwrap_or(here.end)
    }

    /// Returns when a press is done within its position: the presses of a position follow each other.
    fn offset(&self, press: usize) -> Duration {
        let Some((head, _)) = self.timeline.press(press) else {
            return Duration::ZERO;
        };
        let here = self.timeline.presses_at(head);
        let (index, count) = (press - here.start, here.len());
        let part = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let lasts = self.transport.duration_of(self.timeline, head);
        lasts.saturating_mul(part(2 * index + 1)) / part(2 * count)
    }

    /// Whether the button of a done press is still down.
    fn is_down(&self, press: usize) -> bool {
        let Some((at, _)) = self.timeline.press(press) else {
            return false;
        };
        if !self.transport.is_playing() {
            return at == self.transport.head();
        }
        let now = (self.transport.head(), self.transport.elapsed());
        let since = self.span((at, self.offset(press)), now, DOWN);
        since.is_some_and(|since| since < self.down_for(press))
    }

    /// Returns how long a button stays down: at most half of the time to the next press.
    fn down_for(&self, press: usize) -> Duration {
        let gap = self.gap(Some(press), press + 1, 2 * DOWN);
        DOWN.min(gap / 2)
    }

    /// Returns the time until a press; `None` if it is longer than `most`.
    fn until(&self, press: usize, most: Duration) -> Option<Duration> {
        let (at, _) = self.timeline.press(press)?;
        let now = (self.transport.head(), self.transport.elapsed());
        self.span(now, (at, self.offset(press)), most)
    }

    /// Returns the free time before a press, at most `most`.
    fn room(&self, press: usize, most: Duration) -> Duration {
        let before = press.checked_sub(1);
        let busy = before.map_or(Duration::ZERO, |before| self.down_for(before));
        self.gap(before, press, most + busy).saturating_sub(busy)
    }

    /// Returns the time from a press, or from the beginning of the timeline, to another press; at most `most`.
    fn gap(&self, from: Option<usize>, to: usize, most: Duration) -> Duration {
        let moment = |press| Some((self.timeline.press(press)?.0, self.offset(press)));
        let from = from.and_then(moment);
        let from = from.unwrap_or((self.timeline.first(), Duration::ZERO));
        let span = moment(to).and_then(|to| self.span(from, to, most));
        span.unwrap_or(most)
    }

    /// Returns the time between two moments; `None` if it is longer than `most`.
    fn span(
        &self,
        from: (Playhead, Duration),
        to: (Playhead, Duration),
        most: Duration,
    ) -> Option<Duration> {
        let mut timeline_time = to.1;
        let mut head = from.0;
        let limit = self.transport.timeline_time(most) + from.1;
        while head < to.0 {
            timeline_time += self.transport.duration_of(self.timeline, head);
            if timeline_time.saturating_sub(to.1) > limit {
                return None;
            }
            head = self.timeline.next(Landmark::Tick, head)?;
        }
        let span = self
            .transport
            .wall_time(timeline_time.saturating_sub(from.1));
        (span <= most).then_some(span)
    }
}

/// Returns the note of a press on the chart: `BUY 0.01`.
pub fn note(row: &Action) -> Option<String> {
    let number = match row.action {
        ActionKind::Sell => row.sell_percent,
        _ => row.amount,
    };
    let number = number?.normalize();
    match row.action {
        ActionKind::Buy => Some(format!("BUY {number}")),
        ActionKind::Sell => Some(format!("SELL {number} %")),
        ActionKind::SidebetPlace => Some(format!("SIDEBET {number}")),
        ActionKind::SidebetWin | ActionKind::SidebetLose | ActionKind::Liquidated => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_goes_down_only_on_a_ticket_that_shows_its_number() {
        let (shown, other) = (Decimal::new(3, 3), Decimal::new(2, 3));
        let share = Decimal::from(25);
        for button in [Button::Buy, Button::Sidebet] {
            assert!(lands(button, shown, (shown, share)));
            assert!(!lands(button, shown, (other, share)));
            assert!(
                !lands(button, share, (shown, share)),
                "the share is not its"
            );
        }
        assert!(lands(Button::Sell, share, (shown, share)));
        assert!(!lands(Button::Sell, Decimal::from(50), (shown, share)));
        assert!(
            !lands(Button::Sell, shown, (shown, share)),
            "nor the amount"
        );
    }
}
