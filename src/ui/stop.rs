//! The emergency stop: a button that keeps its place at the lower end of the page, and two presses of Escape. The keys
//! only ever press it; it is released by hand. Whether it is pressed the engine knows.

use super::command::KeyCommand;
use super::theme::{GRID, Theme};

/// Width of the button and the words beside it.
pub const WIDTH: f32 = 264.0;
/// Width of the button: each of its two names fits.
const BUTTON: f32 = 120.0;
/// Below this width there is no room for words beside it.
const WORDS: f32 = 520.0;
/// Why there is nothing to stop.
pub const ELSEWHERE: &str = "You play in your browser: nothing is ordered from here, and nothing there can be stopped from here";
/// Two presses within so many seconds are one will.
const TWICE: f64 = 1.0;

/// Returns the width that the button takes of a line of this width.
pub fn width(line: f32) -> f32 {
    if line < WORDS { BUTTON } else { WIDTH }
}

/// Draws the button and whether it is pressed; returns whether it shall be from now on, if it was clicked.
/// `elsewhere`: orders are placed in a browser, which it does not reach.
pub fn stop_ui(ui: &mut egui::Ui, stopped: bool, elsewhere: bool) -> Option<bool> {
    let theme = Theme::of(ui);
    let words = ui.available_width() > BUTTON + GRID;
    let (name, tip) = if stopped {
        let tip = "Orders may be placed again then; no key does this".to_owned();
        ("Release the stop", tip)
    } else {
        ("STOP", KeyCommand::Stop.tip())
    };
    let mut text = egui::RichText::new(name).strong();
    if stopped {
        text = text.color(theme.on_alert);
    }
    let mut button = egui::Button::new(text);
    if stopped {
        button = button.fill(theme.alert);
    }
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    let shown = ui.with_layout(layout, |ui| {
        let size = egui::vec2(BUTTON, ui.available_height());
        let button = ui.add(button.min_size(size));
        if words {
            let (words, colour) = if stopped {
                ("⚠ orders are stopped", theme.alert)
            } else {
                ("Esc Esc", theme.quiet)
            };
            ui.label(egui::RichText::new(words).color(colour));
        }
        button
    });
    let button = shown.inner.on_hover_text(tip);
    let button = button.on_disabled_hover_text(if elsewhere {
        ELSEWHERE
    } else {
        "The source is being changed; nothing is ordered"
    });
    button.clicked().then_some(!stopped)
}

/// Counts presses of Escape that meant nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct Twice {
    first: Option<f64>,
}

impl Twice {
    /// Takes a press at `now` seconds, and whether it put nothing away; true when it is the second one.
    pub fn press(&mut self, now: f64, free: bool) -> bool {
        let before = self.first.take();
        if !free {
            return false;
        }
        let second = before.is_some_and(|before| now - before <= TWICE);
        self.first = (!second).then_some(now);
        second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_presses_within_a_second_and_nothing_put_away_between() {
        let mut twice = Twice::default();
        assert!(!twice.press(10.0, true));
        assert!(twice.press(10.9, true));
        assert!(!twice.press(11.0, true), "a third one is a first one");
        assert!(!twice.press(12.1, true), "too late, a first one again");
        assert!(!twice.press(12.5, false), "it closed something");
        assert!(!twice.press(12.6, true));
        assert!(twice.press(12.6, true), "both in one frame");
    }
}
