//! The emergency stop: a button that keeps its place at the lower end of the page, and two presses of Escape. Both only
//! ever press it, however often. A second button with a place of its own resumes trading; no shortcut leads there.
//! Whether it is pressed the engine knows.

use std::time::Duration;

use super::command::KeyCommand;
use super::theme::{GRID, Theme};

/// Width of the stop: each of its names fits.
const STOP: f32 = 184.0;
/// The same without the second half of its longer name.
const SHORT_STOP: f32 = 84.0;
/// Width of the place beside it that is kept for the button that resumes trading.
const RESUME: f32 = 116.0;
const GAP: f32 = 2.0 * GRID;
/// Below this width of the line the stop has its short name.
const WORDS: f32 = 520.0;
/// Trading can be resumed only so many seconds after the stop was seen: one movement of the hand never does both.
const RESUME_AFTER: f64 = 0.5;
/// Why there is nothing to stop.
pub const ELSEWHERE: &str = "You play in your browser: nothing is ordered from here, and nothing there can be stopped from here";
/// Two presses within so many seconds are one will.
const TWICE: f64 = 1.0;

/// Returns the width that the stop and the place beside it take of a line of this width.
pub fn width(line: f32) -> f32 {
    let stop = if line < WORDS { SHORT_STOP } else { STOP };
    stop + GAP + RESUME + GAP
}

/// The stop, and the button that resumes trading.
#[derive(Debug, Clone, Copy, Default)]
pub struct StopControl {
    /// Since when trading is seen to be stopped, in seconds; `None` while it is not.
    since: Option<f64>,
}

impl StopControl {
    /// Draws both. Returns true when the stop was pressed, whether or not it is pressed already, and false when trading
    /// is to be resumed. `elsewhere`: orders are placed in a browser, which neither button reaches.
    pub fn show(&mut self, ui: &mut egui::Ui, stopped: bool, elsewhere: bool) -> Option<bool> {
        let now = ui.input(|input| input.time);
        self.since = stopped.then(|| self.since.unwrap_or(now));
        let wait = self.since.map(|since| since + RESUME_AFTER - now);
        let long = ui.available_width() >= STOP + GAP + RESUME;
        let layout = egui::Layout::right_to_left(egui::Align::Center);
        let shown = ui.with_layout(layout, |ui| {
            let stop = stop_button(ui, stopped, long, elsewhere).clicked();
            (stop, beside_ui(ui, wait))
        });
        let (stop, resume) = shown.inner;
        stop.then_some(true).or(resume.then_some(false))
    }
}

fn stop_button(ui: &mut egui::Ui, stopped: bool, long: bool, elsewhere: bool) -> egui::Response {
    let theme = Theme::of(ui);
    let (name, tip) = if stopped {
        let tip = "Buys and sidebets are blocked; selling stays possible. Only \"Resume trading\" ends this";
        let name = if long {
            "STOPPED, SELL still works"
        } else {
            "STOPPED"
        };
        (name, tip.to_owned())
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
    let size = egui::vec2(if long { STOP } else { SHORT_STOP }, ui.available_height());
    let button = ui.add(button.min_size(size)).on_hover_text(tip);
    button.on_disabled_hover_text(if elsewhere {
        ELSEWHERE
    } else {
        "The source is being changed; nothing is ordered"
    })
}

/// Draws what is beside the stop: its keys, or after `wait` seconds the button that resumes trading; whether that was
/// pressed.
fn beside_ui(ui: &mut egui::Ui, wait: Option<f64>) -> bool {
    match wait {
        None => {
            let quiet = Theme::of(ui).quiet;
            let keys = KeyCommand::Stop.row().shown;
            ui.label(egui::RichText::new(keys).color(quiet));
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
