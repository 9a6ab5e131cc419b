//! Makes one press one order: removes key repeats and double clicks, and distinguishes a click from a key press.
//!
//! The key table ignores repeats of the trade keys, but egui clicks a focused control at each repeat of Enter or Space.
//! These repeats are removed here, before any control is drawn. The caller passes the time.

use std::collections::BTreeSet;

use egui::{Event, Key, PointerButton, Response};

use crate::account::ActionSource;
use crate::trading::Order;

/// A second press of the same order button within this time belongs to the first one.
pub const SAME_PRESS_SECONDS: f64 = 0.25;
/// A key that was down when the window lost focus and repeats within this time after the focus returned is still held.
/// The slowest repeat rates in use are a few a second.
const STILL_HELD_SECONDS: f64 = 0.5;
/// The keys that press the focused control. Held down they press it once.
const FOCUS_KEYS: [Key; 3] = [Key::Enter, Key::Space, Key::Escape];

/// Removes the key repeats that would press a focused control again and again. Call it once per pass, before any control
/// is drawn and before [`take_commands`](super::keys::take_commands).
pub fn drop_key_repeats(ctx: &egui::Context) {
    let id = egui::Id::unique("held keys");
    let mut held: HeldKeys = ctx.data_mut(|data| data.remove_temp(id).unwrap_or_default());
    let dropped = ctx.input_mut(|input| {
        let now = input.time;
        for event in &mut input.events {
            held.take(event, now);
        }
        let before = input.events.len();
        input.events.retain(|event| !is_focus_repeat(event));
        before - input.events.len()
    });
    ctx.data_mut(|data| data.insert_temp(id, held));
    if dropped > 0 {
        tracing::trace!(dropped, "a held key presses once");
    }
}

fn is_focus_repeat(event: &Event) -> bool {
    matches!(event, Event::Key { key, pressed: true, repeat: true, .. } if FOCUS_KEYS.contains(key))
}

/// The keys that are down, by their place on the keyboard where it is known: a key that types `+` with Shift is released
/// as `=` once Shift is up, and egui then takes the next `+` for a repeat. egui also forgets all keys when the window loses
/// focus, and takes the next repeat of a key that is still held for a new press.
#[derive(Debug, Clone, Default)]
struct HeldKeys {
    down: BTreeSet<Key>,
    /// Keys that were down when the window lost focus.
    left_down: BTreeSet<Key>,
    back_at: f64,
}

impl HeldKeys {
    /// Takes the next event. Marks a press as a repeat exactly if its key is still held.
    fn take(&mut self, event: &mut Event, now: f64) {
        match event {
            Event::WindowFocused(false) => {
                self.left_down.append(&mut self.down);
            }
            Event::WindowFocused(true) => self.back_at = now,
            Event::Key {
                key,
                physical_key,
                pressed,
                repeat,
                ..
            } => {
                let key = physical_key.unwrap_or(*key);
                let was_down = self.left_down.remove(&key);
                if *pressed {
                    let is_new = self.down.insert(key);
                    let is_back = was_down && now - self.back_at <= STILL_HELD_SECONDS;
                    *repeat = is_back || !is_new;
                } else {
                    self.down.remove(&key);
                }
            }
            _ => {}
        }
    }
}

/// Returns what pressed a control, if it was pressed: the pointer, or a key or an accessibility action while it had the
/// focus.
pub fn pressed_by(response: &Response) -> Option<ActionSource> {
    if response.clicked_by(PointerButton::Primary) {
        Some(ActionSource::Mouse)
    } else {
        response.clicked().then_some(ActionSource::Key)
    }
}

/// The time at which each trade button last sent an order, in seconds of a monotonic clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct OrderPresses {
    /// BUY, SELL and SIDEBET.
    sent_at: [Option<f64>; 3],
}

impl OrderPresses {
    /// Whether a press at `now` is the second half of a double press: the last order of this kind was sent just before,
    /// by any input device.
    pub fn is_second(&self, order: &Order, now: f64) -> bool {
        let sent_at = self.sent_at[button_index(order)];
        sent_at.is_some_and(|sent_at| now - sent_at < SAME_PRESS_SECONDS)
    }

    /// Records that a press at `now` sent an order.
    pub fn sent(&mut self, order: &Order, now: f64) {
        self.sent_at[button_index(order)] = Some(now);
    }
}

fn button_index(order: &Order) -> usize {
    match order {
        Order::Buy { .. } => 0,
        Order::Sell { .. } => 1,
        Order::Sidebet { .. } => 2,
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    const BUY: Order = Order::Buy {
        amount: Decimal::ONE,
    };
    const SELL: Order = Order::Sell {
        percent: Decimal::ONE_HUNDRED,
    };
    const SIDEBET: Order = Order::Sidebet {
        stake: Decimal::ONE,
    };

    #[test]
    fn a_second_press_of_the_same_button_within_a_quarter_of_a_second_is_ignored() {
        let mut presses = OrderPresses::default();
        assert!(!presses.is_second(&BUY, 10.0));
        presses.sent(&BUY, 10.0);
        assert!(presses.is_second(&BUY, 10.0), "both in one frame");
        assert!(presses.is_second(&BUY, 10.249));
        // Another button is another press.
        assert!(!presses.is_second(&SELL, 10.01) && !presses.is_second(&SIDEBET, 10.01));
        // Only a sent order starts the time: a player who keeps clicking is not blocked.
        assert!(!presses.is_second(&BUY, 10.25));
    }

    fn key(key: Key, pressed: bool) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: egui::Modifiers::NONE,
        }
    }

    /// Runs one pass. Returns the keys pressed in it, and whether each is a repeat.
    fn pass(ctx: &egui::Context, time: f64, events: Vec<Event>) -> Vec<(Key, bool)> {
        let input = egui::RawInput {
            time: Some(time),
            events,
            ..egui::RawInput::default()
        };
        ctx.begin_pass(input);
        drop_key_repeats(ctx);
        let left = ctx.input(|input| {
            let keys = input.events.iter().filter_map(|event| match event {
                Event::Key {
                    key,
                    pressed: true,
                    repeat,
                    ..
                } => Some((*key, *repeat)),
                _ => None,
            });
            keys.collect()
        });
        ctx.end_pass().textures_delta.clear();
        left
    }

    #[test]
    fn a_held_enter_is_one_press_and_other_keys_keep_their_repeats() {
        let ctx = egui::Context::default();
        let both = || vec![key(Key::Enter, true), key(Key::ArrowUp, true)];
        assert_eq!(
            pass(&ctx, 1.0, both()),
            [(Key::Enter, false), (Key::ArrowUp, false)]
        );
        for frame in 1..60 {
            let time = 1.0 + f64::from(frame) / 60.0;
            assert_eq!(pass(&ctx, time, both()), [(Key::ArrowUp, true)]);
        }
        pass(&ctx, 2.0, vec![key(Key::Enter, false)]);
        let again = pass(&ctx, 2.01, vec![key(Key::Enter, true)]);
        assert_eq!(again, [(Key::Enter, false)], "a press of its own");
    }

    #[test]
    fn a_key_that_is_released_after_its_shift_is_no_longer_held() {
        let ctx = egui::Context::default();
        let event = |key, physical, pressed| Event::Key {
            key,
            physical_key: Some(physical),
            pressed,
            repeat: false,
            modifiers: egui::Modifiers::NONE,
        };
        for (typed, bare) in [(Key::Plus, Key::Equals), (Key::Questionmark, Key::Slash)] {
            for time in [1.0, 2.0, 3.0] {
                // Shift is up before the key is, all in one frame.
                let events = vec![event(typed, bare, true), event(bare, bare, false)];
                assert_eq!(pass(&ctx, time, events), [(typed, false)]);
            }
            // Held, it still repeats, also after Shift is up.
            pass(&ctx, 4.0, vec![event(typed, bare, true)]);
            let repeats = vec![event(typed, bare, true), event(bare, bare, true)];
            let both = [(typed, true), (bare, true)];
            assert_eq!(pass(&ctx, 4.1, repeats), both);
            pass(&ctx, 4.2, vec![event(bare, bare, false)]);
        }
    }

    #[test]
    fn a_key_that_is_held_while_the_window_has_no_focus_is_still_held() {
        let ctx = egui::Context::default();
        let away_and_back = |time| {
            pass(&ctx, time, vec![Event::WindowFocused(false)]);
            pass(&ctx, time + 1.0, vec![Event::WindowFocused(true)]);
        };
        for held in [Key::Space, Key::B] {
            pass(&ctx, 1.0, vec![key(held, true)]);
            away_and_back(2.0);
            for time in [3.03, 3.06] {
                let left = pass(&ctx, time, vec![key(held, true)]);
                assert!(!left.contains(&(held, false)), "{left:?}");
            }
            pass(&ctx, 4.0, vec![key(held, false)]);
            // Released without focus, and pressed some time later.
            pass(&ctx, 5.0, vec![key(held, true)]);
            away_and_back(6.0);
            let pressed = pass(&ctx, 7.6, vec![key(held, true)]);
            assert_eq!(pressed, [(held, false)]);
            pass(&ctx, 8.0, vec![key(held, false)]);
        }
        // A key that was not down before is a new press at once.
        away_and_back(9.0);
        let pressed = pass(&ctx, 10.01, vec![key(Key::S, true)]);
        assert_eq!(pressed, [(Key::S, false)]);
    }
}
