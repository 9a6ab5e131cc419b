//! A recorded session in the window: what its page says, and what it must say by the file alone.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use serde_json::Value;

use crate::support::process;
use crate::support::recorded_session::{RecordedSession, rows};
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels;

pub const BUTTONS: [&str; 3] = ["BUY ", "SELL ", "SIDEBET "];
pub const CHIPS: [&str; 8] = ["Clear", "+.001", "+.01", "+.1", "+1", "1/2", "×2", "MAX"];

/// The window with a session before it, standing still at its beginning.
pub fn replaying(recorded: &RecordedSession) -> Window {
    // The live table stays in its first countdown.
    let mut window = Window::replaying(practice(3, 0.1), recorded.path.clone());
    window.wait_for_part("REPLAY");
    window.key(Key::Space);
    window.key(Key::Home);
    window
}

/// What a place says: `game 1 tick 5`, or `game 1 presale`.
pub fn place(window: &Window) -> String {
    let seek = window.its("Seek: ").name;
    let place = seek.strip_prefix("Seek: ").unwrap();
    place.replace(',', "").to_lowercase()
}

/// The buttons that are down.
pub fn down(window: &Window) -> Vec<&'static str> {
    let is_down = |name: &&&str| window.control(name).is_some_and(|control| control.on);
    BUTTONS.iter().filter(is_down).copied().collect()
}

pub fn amount(window: &Window) -> f64 {
    labels::value(&window.harness, "Amount")
        .unwrap()
        .parse()
        .unwrap()
}

pub fn text_of<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

/// Where each press was, by the file alone, with what must be down and what the ticket must say.
pub fn expected(session: &Value) -> Vec<(String, &'static str, String)> {
    let rows = rows(session);
    let mut games: Vec<&str> = Vec::new();
    for row in rows {
        let id = text_of(row, "game_id");
        if !games.contains(&id) {
            games.push(id);
        }
    }
    let orders = rows.iter().filter_map(|row| {
        let (button, number) = match text_of(row, "action") {
            "BUY" => (BUTTONS[0], text_of(row, "amount").to_owned()),
            "SELL" => (BUTTONS[1], text_of(row, "sell_percent").to_owned()),
            "SIDEBET_PLACE" => (BUTTONS[2], text_of(row, "amount").to_owned()),
            _ => return None,
        };
        let game = games.iter().position(|id| *id == text_of(row, "game_id"));
        let game = format!("game {}", game.unwrap() + 1);
        let place = match text_of(row, "phase") {
            "Presale" => format!("{game} presale"),
            _ => format!("{game} tick {}", row["tick"]),
        };
        Some((place, button, number))
    });
    orders.collect()
}

/// Names of the controls of a replay.
pub const CONTROLS: [&str; 10] = [
    "Previous game",
    "One tick back",
    "Play or pause",
    "One tick forward",
    "Loop: ",
    "Seek: ",
    "BUY ",
    "SELL ",
    "SIDEBET ",
    "Back to live",
];

/// Each control is whole and inside, and none lies over another one.
pub fn assert_laid_out(window: &Window, [width, height]: [f32; 2]) {
    let here = format!("{} at {width} x {height}", place(window));
    let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(width, height));
    let all: Vec<_> = CONTROLS
        .iter()
        .map(|name| (*name, window.its(name).rect))
        .collect();
    for (number, (name, rect)) in all.iter().enumerate() {
        let scrolled = height < 610.0 && ["SELL ", "SIDEBET "].contains(name);
        let inside = scrolled || whole.contains_rect(*rect);
        assert!(inside, "{name} {rect:?}, {here}");
        // One line of text, not letters one below the other.
        let is_large = BUTTONS.contains(name) || *name == "Seek: ";
        let is_line = rect.height() < 40.0 || is_large;
        assert!(is_line, "{name} {rect:?}, {here}");
        for (other, at) in &all[number + 1..] {
            let both = rect.shrink(0.5).intersects(at.shrink(0.5));
            assert!(!both, "{name} {rect:?} and {other} {at:?}, {here}");
        }
    }
    // The time and the tick are no controls; the last jump is the nearest one.
    if let Some(jump) = window.control("Next game I played") {
        let texts = window.harness.query_all_by(|node| {
            let text = node.value().filter(|_| node.role() == Role::Label);
            text.is_some_and(|text| text.contains('/') || text.starts_with("tick "))
        });
        for text in texts.map(|text| text.rect()) {
            let both = jump.rect.shrink(0.5).intersects(text.shrink(0.5));
            assert!(!both, "the last jump {:?} and {text:?}, {here}", jump.rect);
        }
    }
}

pub fn replay_command(recorded: &RecordedSession) -> (Option<i32>, String) {
    let output = process::pianola()
        .arg("replay")
        .arg(&recorded.path)
        .output();
    let output = output.unwrap();
    (output.status.code(), process::stdout(&output))
}
