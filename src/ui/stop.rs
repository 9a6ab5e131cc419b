//! The emergency stop: a button at a fixed place at the bottom of the page, and two presses of Escape. Both only ever
//! stop trading. A second button resumes it; no shortcut does. The engine owns the state.

use std::time::Duration;

use super::command::KeyCommand;
use super::theme::{GRID, Theme};

/// Width of the button with its long name.
const STOP: f32 = 184.0;
/// Width of the button with its short name.
const SHORT_STOP: f32 = 84.0;
/// Width reserved beside it for the button that resumes trading.
const RESUME: f32 = 116.0;
const GAP: f32 = 2.0 * GRID;
/// Seconds from the stop until trading can be resumed, so that one movement of the hand never does both.
const RESUME_AFTER: f64 = 0.5;
/// The reason why the stop does nothing while the player trades in a browser.
pub const TRADING_ELSEWHERE: &str = "You play in your browser: nothing is ordered from here, and nothing there can be stopped from here";
/// Two presses of Escape within this many seconds stop trading.
const DOUBLE_PRESS_SECONDS: f64 = 1.0;

/// The stop and the button that resumes trading.
#[derive(Debug, Clone, Copy, Default)]
pub struct StopControl {
    /// Time in seconds at which trading was first seen stopped; `None` while it is not.
    since: Option<f64>,
}

impl StopControl {
    /// Draws both. Returns true when the stop was pressed, whether or not trading is stopped already, and false when
    /// trading is to be resumed. `elsewhere`: the player trades in a browser, which neither button affects.
    pub fn ui(&mut self, ui: &mut egui::Ui, stopped: bool, elsewhere: bool) -> Option<bool> {
        let now = ui.input(|input| input.time);
        self.since = stopped.then(|| self.since.unwrap_or(now));
        let wait = self.since.map(|since| since + RESUME_AFTER - now);
        let long = ui.available_width() >= STOP + GAP + RESUME;
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        let shown = ui.with_layout(layout, |ui| {
            let stop = stop_button_ui(ui, stopped, long, elsewhere);
            (stop, beside_ui(ui, wait))
        });
        let (stop, resume) = shown.inner;
        stop.then_some(true).or(resume.then_some(false))
    }
}

fn stop_button_ui(ui: &mut egui::Ui, stopped: bool, long: bool, elsewhere: bool) -> bool {
    let theme = Theme::of(ui);
    let width = if long { STOP } else { SHORT_STOP };
    let name = match (stopped, long) {
        (false, _) => "STOP",
        (true, false) => "STOPPED",
        (true, true) => "STOPPED, SELL still works",
    };
    let text = egui::RichText::new(name).strong();
    let (button, tip) = if stopped {
        let tip = "Buys and sidebets are blocked; selling stays possible. Only \"Resume trading\" ends this";
        let button = egui::Button::new(text.color(Theme::ON_FILL)).fill(theme.sell_fill);
        (button, tip.to_owned())
    } else {
        (egui::Button::new(text), KeyCommand::Stop.tooltip())
    };
    let disabled_tip = if elsewhere {
        TRADING_ELSEWHERE
    } else {
        "The source is being changed; nothing is ordered"
    };
    ui.add(button.min_size(egui::vec2(width, ui.available_height())))
        .on_hover_text(tip)
        .on_disabled_hover_text(disabled_tip)
        .clicked()
}

/// Draws the keys of the stop, or after `wait` seconds the button that resumes trading. Returns whether that was
/// pressed.
fn beside_ui(ui: &mut egui::Ui, wait: Option<f64>) -> bool {
    match wait {
        None => {
            ui.colored_label(Theme::of(ui).quiet, KeyCommand::Stop.binding().shown);
            false
        }
        Some(wait) if wait > 0.0 => {
            ui.request_repaint_after(Duration::from_secs_f64(wait));
            false
        }
        Some(_) => {
            let size = egui::vec2(RESUME, ui.available_height());
            let button = egui::Button::new("Resume trading").min_size(size);
            let tip = "Buys and sidebets are possible again; no shortcut does this";
            ui.add(button).on_hover_text(tip).clicked()
        }
    }
}

/// Counts the presses of Escape that had nothing to close.
#[derive(Debug, Clone, Copy, Default)]
pub struct EscapeCounter {
    first: Option<f64>,
}

impl EscapeCounter {
    /// Takes a press at `now` seconds; `free`: it closed nothing. Returns true for the second press.
    pub fn press(&mut self, now: f64, free: bool) -> bool {
        let first = self.first.take();
        if !free {
            return false;
        }
        let second = first.is_some_and(|first| now - first <= DOUBLE_PRESS_SECONDS);
        self.first = (!second).then_some(now);
        second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_presses_within_a_second_stop_unless_one_closed_something() {
        let mut escapes = EscapeCounter::default();
        assert!(!escapes.press(10.0, true));
        assert!(escapes.press(10.9, true));
        assert!(!escapes.press(11.0, true), "a third press is a first one");
        assert!(!escapes.press(12.1, true), "too late, a first one again");
        assert!(!escapes.press(12.5, false), "it closed something");
        assert!(!escapes.press(12.6, true));
        assert!(escapes.press(12.6, true), "both in one frame");
    }
}
