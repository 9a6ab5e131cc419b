//! The emergency stop: a button at a fixed place at the bottom of the trade panel, and two presses of Escape. Both only
//! ever stop trading. A second button resumes it; no shortcut does. The engine owns the state.

use std::time::Duration;

use egui::{Color32, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::command::KeyCommand;
use super::debounce::pressed_by;
use super::theme::role::{CAPTION, STRONG, TABLE_STRONG};
use super::theme::{RADIUS, Theme};
use super::widgets::{key_cap_size, line_galley, paint_key_cap, paint_line};
use crate::account::ActionSource;

/// Gap between the two buttons.
const GAP: f32 = 8.0;
/// The part of the width that the stop has; the button beside it has the rest.
const SHARE: f32 = 0.56;
/// Seconds from the stop until trading can be resumed, so that one movement of the hand never does both.
const RESUME_AFTER: f64 = 0.5;
/// The reason why the stop does nothing while the player trades in a browser.
pub const TRADING_ELSEWHERE: &str = "You play in your browser: nothing is ordered from here, and nothing there can be stopped from here";
/// Two presses of Escape within this many seconds stop trading.
const DOUBLE_PRESS_SECONDS: f64 = 1.0;

/// What the player did with the stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopAction {
    /// Stop trading, whether or not it is stopped already.
    Stop,
    /// Resume it.
    Resume,
    /// Sell all and stop, by this input device.
    SellAll(ActionSource),
}

/// The stop and the button beside it: "Sell all and stop", or while trading is stopped the one that resumes it.
#[derive(Debug, Clone, Copy, Default)]
pub struct StopControl {
    /// Time in seconds at which trading was first seen stopped; `None` while it is not.
    since: Option<f64>,
    /// Time in seconds at which it was resumed: the second click of a double click sells nothing.
    resumed: Option<f64>,
}

impl StopControl {
    /// Draws both in all of the room. `holds`: there is a position to sell. `elsewhere`: the player trades in a browser,
    /// which neither button affects.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        stopped: bool,
        holds: bool,
        elsewhere: bool,
    ) -> Option<StopAction> {
        let now = ui.input(|input| input.time);
        if self.since.is_some() && !stopped {
            self.resumed = Some(now);
        }
        self.since = stopped.then(|| self.since.unwrap_or(now));
        let settled = self.resumed.is_none_or(|at| now - at >= RESUME_AFTER);
        if !settled {
            ui.request_repaint_after(Duration::from_secs_f64(RESUME_AFTER));
        }
        let wait = self.since.map(|since| since + RESUME_AFTER - now);
        let rect = ui.max_rect();
        let left = rect.with_max_x(rect.left() + ((rect.width() - GAP) * SHARE).round());
        let right = rect.with_min_x(left.right() + GAP);
        let stop = stop_button_ui(ui, left, stopped, elsewhere);
        beside_ui(ui, right, wait, holds && settled).or(stop.then_some(StopAction::Stop))
    }
}

fn stop_button_ui(ui: &mut Ui, rect: Rect, stopped: bool, elsewhere: bool) -> bool {
    let theme = Theme::of(ui);
    let enabled = ui.is_enabled();
    let response = ui.allocate_rect(rect, Sense::click());
    let name = if stopped {
        "STOPPED, SELL still works"
    } else {
        "STOP"
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let key = KeyCommand::Stop.key_name(ui.ctx());
    let tip = if stopped {
        "Buys and sidebets are blocked; selling stays possible. Only the button beside it ends this"
            .to_owned()
    } else {
        format!("Blocks buys and sidebets, never a sale. {key} does the same")
    };
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_description(tip.as_str()));
    let (ground, frame, ink) = match (enabled, stopped) {
        (false, _) => (theme.off, theme.line2, theme.off_text),
        (true, true) => (theme.sell_fill, theme.sell_fill, Theme::ON_FILL),
        (true, false) if response.hovered() => (theme.loss_bg, theme.loss, theme.loss),
        (true, false) => (theme.panel, theme.loss, theme.loss),
    };
    frame_ui(ui, rect, ground, frame);
    let mut painter = ui.painter().clone();
    painter.set_opacity(1.0);
    let sign = Rect::from_center_size(pos2(rect.left() + 16.0, rect.center().y), vec2(10.0, 10.0));
    let words = rect.with_min_x(sign.right() + 6.0);
    if stopped {
        painter.rect_filled(sign, 1, ink);
        let room = words.width() - 4.0;
        let line = |note| {
            let parts = [(STRONG, "STOPPED", ink), (CAPTION, note, ink)];
            line_galley(ui, &parts, 6.0, room)
        };
        let notes = ["SELL still works", "SELL works"].map(line);
        let fits = notes.into_iter().find(|galley| !galley.elided);
        let galley = fits.unwrap_or_else(|| line(""));
        paint_line(&painter, words.left_center(), galley);
    } else {
        painter.rect_stroke(sign, 1, Stroke::new(2.0, ink), StrokeKind::Inside);
        let galley = line_galley(ui, &[(STRONG, "STOP", ink)], 0.0, words.width());
        paint_line(&painter, words.left_center(), galley);
        let cap = key_cap_size(ui, &key);
        let place = pos2(rect.right() - 8.0 - cap.x / 2.0, rect.center().y);
        let place = Rect::from_center_size(place, cap);
        let frame = if enabled { theme.line2 } else { ink };
        paint_key_cap(&painter, ui, place, &key, frame, theme.quiet);
    }
    let disabled_tip = if elsewhere {
        TRADING_ELSEWHERE
    } else {
        "The source is being changed; nothing is ordered"
    };
    response
        .on_hover_text(tip)
        .on_disabled_hover_text(disabled_tip)
        .clicked()
}

/// Draws the button beside the stop. After a stop its place is empty for a moment.
fn beside_ui(ui: &mut Ui, rect: Rect, wait: Option<f64>, holds: bool) -> Option<StopAction> {
    match wait {
        None => {
            let tip = "Stops trading and sells the whole position";
            let response =
                ui.add_enabled_ui(holds, |ui| button_ui(ui, rect, "Sell all and stop", tip));
            response.inner.map(StopAction::SellAll)
        }
        Some(wait) if wait > 0.0 => {
            ui.request_repaint_after(Duration::from_secs_f64(wait));
            None
        }
        Some(_) => {
            let tip = "Buys and sidebets are possible again; no shortcut does this";
            button_ui(ui, rect, "Resume trading", tip).map(|_| StopAction::Resume)
        }
    }
}

/// Draws a button with a red outline. Returns what pressed it.
fn button_ui(ui: &mut Ui, rect: Rect, name: &str, tip: &str) -> Option<ActionSource> {
    let theme = Theme::of(ui);
    let enabled = ui.is_enabled();
    let response = ui.allocate_rect(rect, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let (ground, frame, ink) = match (enabled, response.hovered()) {
        (false, _) => (theme.off, theme.line2, theme.off_text),
        (true, true) => (theme.hover, theme.loss, theme.text),
        (true, false) => (theme.panel, theme.loss, theme.text),
    };
    frame_ui(ui, rect, ground, frame);
    let mut painter = ui.painter().clone();
    painter.set_opacity(1.0);
    let galley = line_galley(ui, &[(TABLE_STRONG, name, ink)], 0.0, rect.width() - 8.0);
    let left = rect.center().x - galley.size().x / 2.0;
    paint_line(&painter, pos2(left, rect.center().y), galley);
    let pressed = pressed_by(&response);
    response
        .on_hover_text(tip)
        .on_disabled_hover_text("Nothing to sell");
    pressed
}

fn frame_ui(ui: &Ui, rect: Rect, ground: Color32, frame: Color32) {
    let mut painter = ui.painter().clone();
    painter.set_opacity(1.0);
    let stroke = Stroke::new(1.0, frame);
    painter.rect(rect, RADIUS, ground, stroke, StrokeKind::Inside);
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
