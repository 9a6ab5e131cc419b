//! The piano at a live table: it builds the order that is planned next ahead of time, and the button goes down when the
//! order was sent. Nothing here can delay or change an order. Pure: its input and the time decide.

use std::time::Duration;

use rust_decimal::Decimal;

use super::piano::{CHIP, CHIP_DOWN, DOWN, PianoFrame, TicketState, highlight, played};
use super::ticket_actions::{Button, TicketAction, press_actions};

/// From one chip to the next of an order that was sent before it was built.
const FAST: Duration = Duration::from_millis(40);

/// A press: its button, and the amount or the share in percent.
pub type PianoKey = (Button, Decimal);

/// The piano of a running strategy. All times are of one clock.
#[derive(Debug, Clone, PartialEq)]
pub struct LivePiano {
    /// The ticket before the first of the actions.
    ticket: TicketState,
    /// The largest amount that can be bought for.
    most: Decimal,
    /// The press that is built.
    target: Option<PianoKey>,
    /// What is done, each at its time.
    actions: Vec<(Duration, TicketAction)>,
    /// The button that was pressed for an order that was refused.
    refused: Option<Button>,
}

impl LivePiano {
    /// Returns the piano before a ticket with this amount and this share in percent.
    pub fn new(amount: Decimal, share: Decimal) -> Self {
        Self {
            ticket: (amount, share),
            most: Decimal::ZERO,
            target: None,
            actions: Vec::new(),
            refused: None,
        }
    }

    /// Builds a press ahead of time. `most` is the largest amount that can be bought for. The same press again changes
    /// nothing; `None` leaves the ticket as it is.
    pub fn plan(&mut self, next: Option<PianoKey>, most: Decimal, now: Duration) {
        let next = next.map(|(button, number)| (button, number.normalize()));
        if next == self.target || self.is_down(now) {
            return;
        }
        self.target = next;
        self.settle(now);
        self.most = most;
        if let Some(key) = next {
            self.add(self.build(key, self.ticket), now, CHIP);
        }
    }

    /// Presses a button: its order was sent, or refused. What is not built yet is built fast. While another button is down,
    /// this one follows it.
    pub fn press(&mut self, key: PianoKey, most: Decimal, is_refused: bool, now: Duration) {
        let key = (key.0, key.1.normalize());
        if self.is_down(now) {
            let from = self.actions.last().map_or(now, |(at, _)| *at);
            self.add(self.build(key, self.end()), from, FAST);
        } else if self.target == Some(key) {
            // What has not begun is done fast.
            let mut at = now;
            for (begins, _) in self.actions.iter_mut().filter(|(begins, _)| *begins > now) {
                *begins = at;
                at += FAST;
            }
        } else {
            self.settle(now);
            self.most = most;
            self.add(self.build(key, self.ticket), now, FAST);
        }
        let last = self.actions.last();
        let ready = last.map_or(now, |(at, action)| match action {
            TicketAction::Up(_) => *at,
            _ => *at + FAST,
        });
        let (ready, (button, number)) = (ready.max(now), key);
        self.actions
            .push((ready, TicketAction::Down(button, number)));
        self.actions.push((ready + DOWN, TicketAction::Up(button)));
        self.target = None;
        self.refused = is_refused.then_some(button);
    }

    /// Returns the ticket and the highlighted control.
    pub fn at(&self, now: Duration) -> PianoFrame {
        let mut ticket = self.ticket;
        let mut last = None;
        for (at, action) in self.actions.iter().take_while(|(at, _)| *at <= now) {
            ticket = played(*action, ticket, self.most);
            last = Some((*at, *action));
        }
        let pressed = last.filter(|(at, action)| {
            let is_button = matches!(action, TicketAction::Down(..));
            is_button || now.saturating_sub(*at) < CHIP_DOWN
        });
        let highlight = pressed.and_then(|(_, action)| highlight(action, ticket.1));
        let button = highlight.and_then(super::Highlight::button);
        let refused = button.filter(|button| self.refused == Some(*button));
        PianoFrame {
            amount: ticket.0,
            share: ticket.1,
            highlight: highlight.filter(|_| refused.is_none()),
            before: None,
            refused,
        }
    }

    /// Whether something is still to be shown.
    pub fn is_moving(&self, now: Duration) -> bool {
        let end = self.actions.last();
        end.is_some_and(|(at, _)| *at + CHIP_DOWN > now)
    }

    /// Whether a button is down, or will be.
    fn is_down(&self, now: Duration) -> bool {
        let end = self.actions.last();
        end.is_some_and(|(at, action)| matches!(action, TicketAction::Up(_)) && *at > now)
    }

    /// Forgets what is done, and what has not begun.
    fn settle(&mut self, now: Duration) {
        let frame = self.at(now);
        self.ticket = (frame.amount, frame.share);
        self.actions.clear();
    }

    /// Returns the ticket after all actions.
    fn end(&self) -> TicketState {
        let actions = self.actions.iter();
        actions.fold(self.ticket, |ticket, (_, action)| {
            played(*action, ticket, self.most)
        })
    }

    /// Adds actions from a time on.
    fn add(&mut self, actions: Vec<TicketAction>, from: Duration, slot: Duration) {
        let timed = (0..).zip(actions);
        self.actions
            .extend(timed.map(|(index, action)| (from + slot * index, action)));
    }

    /// Returns the actions that build a press on a ticket.
    fn build(&self, (button, number): PianoKey, (amount, share): TicketState) -> Vec<TicketAction> {
        if button == Button::Sell && share == number {
            return Vec::new();
        }
        let mut actions = press_actions(button, number, amount, self.most);
        actions.truncate(actions.len().saturating_sub(2));
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Chip;
    use crate::replay::Highlight;

    fn d(text: &str) -> Decimal {
        crate::protocol::number::parse(text).expect("a decimal")
    }

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn buy(amount: &str) -> PianoKey {
        (Button::Buy, d(amount))
    }

    fn piano() -> LivePiano {
        LivePiano::new(d("0.01"), Decimal::ONE_HUNDRED)
    }

    #[test]
    fn the_planned_amount_is_built_with_chips_before_the_order_and_the_button_goes_down_with_it() {
        let mut piano = piano();
        piano.plan(Some(buy("0.0120")), d("1"), ms(1_000));
        let chip = |at| match piano.at(ms(at)).highlight {
            Some(Highlight::Chip(chip)) => Some(chip),
            other => {
                assert_eq!(other, None);
                None
            }
        };
        assert_eq!(chip(1_000), Some(Chip::Clear));
        assert_eq!(chip(1_100), None, "the chip is up again");
        assert!(matches!(chip(1_150), Some(Chip::Add(_))));
        let built = piano.at(ms(3_000));
        assert_eq!((built.amount, built.highlight), (d("0.012"), None));
        assert!(!piano.is_moving(ms(3_000)));
        // The same plan again moves nothing.
        piano.plan(Some(buy("0.012")), d("1"), ms(3_000));
        assert_eq!(piano.at(ms(3_050)), built);
        piano.press(buy("0.012"), d("1"), false, ms(4_000));
        let down = Some(Highlight::Button(Button::Buy));
        assert_eq!(piano.at(ms(4_040)).highlight, down);
        assert_eq!(piano.at(ms(4_240)).highlight, down);
        assert_eq!(piano.at(ms(4_300)).highlight, None);
        assert_eq!(piano.at(ms(9_000)).amount, d("0.012"), "the ticket stays");
    }

    #[test]
    fn an_order_that_comes_early_is_built_fast_and_one_that_was_not_planned_too() {
        let mut early = piano();
        early.plan(Some(buy("0.123")), d("1"), ms(0));
        early.press(buy("0.123"), d("1"), false, ms(160));
        let mut unplanned = piano();
        unplanned.plan(Some(buy("0.5")), d("1"), ms(0));
        unplanned.press(buy("0.123"), d("1"), false, ms(160));
        for piano in [early, unplanned] {
            let down = (160..1_000)
                .find(|at| piano.at(ms(*at)).highlight == Some(Highlight::Button(Button::Buy)));
            let down = down.expect("the button goes down");
            assert!(down < 700, "{down}");
            let frame = piano.at(ms(down));
            assert_eq!(frame.amount, d("0.123"));
        }
    }

    #[test]
    fn what_is_planned_next_waits_until_the_button_is_up() {
        let mut piano = piano();
        piano.press((Button::Sell, d("50")), d("1"), false, ms(0));
        assert_eq!(piano.at(ms(0)).highlight, Some(Highlight::Share(d("50"))));
        for at in [50, 200] {
            piano.plan(Some(buy("0.02")), d("1"), ms(at));
            assert_eq!(
                piano.at(ms(at)).highlight,
                Some(Highlight::Button(Button::Sell)),
                "{at}"
            );
        }
        piano.plan(Some(buy("0.02")), d("1"), ms(400));
        assert_eq!(
            piano.at(ms(400)).highlight,
            Some(Highlight::Chip(Chip::Clear))
        );
        assert_eq!(piano.at(ms(400)).share, d("50"));
        assert_eq!(piano.at(ms(2_000)).amount, d("0.02"));
    }

    #[test]
    fn two_orders_at_one_tick_are_two_presses_one_after_the_other() {
        let mut piano = piano();
        piano.press((Button::Sell, d("50")), d("1"), false, ms(0));
        piano.press((Button::Sidebet, d("0.003")), d("1"), false, ms(0));
        let down = |at| piano.at(ms(at)).highlight.and_then(Highlight::button);
        let seen: Vec<_> = (0..2_000).filter_map(down).collect();
        let mut buttons = seen.clone();
        buttons.dedup();
        assert_eq!(buttons, [Button::Sell, Button::Sidebet]);
        let ticket = piano.at(ms(2_000));
        assert_eq!((ticket.amount, ticket.share), (d("0.003"), d("50")));
    }

    #[test]
    fn a_refused_order_presses_nothing_and_names_its_button() {
        let mut piano = piano();
        piano.press(buy("0.01"), d("1"), true, ms(0));
        let frame = piano.at(ms(100));
        assert_eq!((frame.highlight, frame.refused), (None, Some(Button::Buy)));
        assert_eq!(piano.at(ms(900)).refused, None);
    }

    #[test]
    fn a_plan_that_is_dropped_leaves_the_ticket_where_it_is() {
        let mut piano = piano();
        piano.plan(Some(buy("0.5")), d("1"), ms(0));
        piano.plan(None, d("1"), ms(100));
        let frame = piano.at(ms(100));
        assert_eq!((frame.amount, frame.highlight), (Decimal::ZERO, None));
        assert_eq!(piano.at(ms(9_000)), frame);
    }
}
