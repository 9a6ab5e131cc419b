//! The transport: play, step, jump, loop, speed, and the bar on which one seeks.

use super::STEPS;
use super::seek_bar::{self, Marks, seek_bar_ui};
use crate::replay::{PlaybackSpeed, Playhead, TickTiming, Timeline, Transport, TransportCommand};
use crate::ui::command::{KeyCommand, ReplayKey};
use crate::ui::theme::{GRID, Theme, digits};

/// What the transport shows.
pub struct Facts<'a> {
    pub timeline: &'a Timeline,
    pub player: &'a Transport,
    /// Where a loop begins whose end is not marked yet.
    pub loop_from: Option<Playhead>,
    pub marks: &'a Marks,
}

/// What was asked of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Asked {
    /// The same as a key.
    Key(ReplayKey),
    Transport(TransportCommand),
}

/// Draws the transport.
pub fn transport_ui(ui: &mut egui::Ui, facts: &Facts<'_>, asked: &mut Vec<Asked>) {
    ui.horizontal_wrapped(|ui| {
        steps_ui(ui, facts, asked);
        speed_ui(ui, facts, asked);
        jumps_ui(ui, facts, asked);
        place_ui(ui, facts);
    });
    if let Some(head) = seek_bar_ui(ui, facts) {
        asked.push(Asked::Transport(TransportCommand::Seek(head)));
    }
    ui.add_space(GRID);
}

/// A button for a key; its name is what the key does. `acts`: there is something to go to.
fn key_ui(
    ui: &mut egui::Ui,
    (text, acts): (&str, bool),
    key: ReplayKey,
    on: bool,
    asked: &mut Vec<Asked>,
) {
    let command = KeyCommand::Replay(key);
    let button = egui::Button::selectable(on, text).frame_when_inactive(true);
    let button = ui.add_enabled(acts, button.wrap_mode(egui::TextWrapMode::Extend));
    let name = command.row().text;
    button.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, acts, on, name));
    if button.on_hover_text(command.tip()).clicked() {
        asked.push(Asked::Key(key));
    }
}

fn steps_ui(ui: &mut egui::Ui, facts: &Facts<'_>, asked: &mut Vec<Asked>) {
    let playing = facts.player.is_playing();
    let play = if playing { "⏸" } else { "▶" };
    let plays = facts.timeline.press(0).is_some();
    for (text, key) in [
        ("⏮", ReplayKey::GameBack),
        ("⏪", ReplayKey::ActionBack),
        ("◀", ReplayKey::TickBack),
        (play, ReplayKey::Play),
        ("▶|", ReplayKey::TickOn),
        ("⏩", ReplayKey::ActionOn),
        ("⏭", ReplayKey::GameOn),
    ] {
        let acts = plays || !matches!(key, ReplayKey::ActionBack | ReplayKey::ActionOn);
        key_ui(ui, (text, acts), key, false, asked);
    }
}

fn speed_ui(ui: &mut egui::Ui, facts: &Facts<'_>, asked: &mut Vec<Asked>) {
    let now = facts.player.speed();
    let combo = egui::ComboBox::from_id_salt("speed of the replay")
        .width(56.0)
        .height(320.0)
        .selected_text(speed_text(now))
        .show_ui(ui, |ui| {
            for speed in STEPS {
                let label = ui.selectable_label(speed == now, speed_text(speed));
                if label.clicked() {
                    asked.push(Asked::Transport(TransportCommand::Speed(speed)));
                }
            }
        });
    let name = "Speed of the replay";
    combo
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name));
    combo.response.on_hover_text(format!("{name} ([ and ])"));
    let (text, on) = match facts.player.timing() {
        TickTiming::Fixed => ("250 ms", false),
        TickTiming::Recorded => ("as recorded", true),
    };
    key_ui(ui, (text, true), ReplayKey::Pace, on, asked);
    if on && facts.timeline.is_spread(facts.player.head().game) {
        let words = egui::RichText::new("times spread evenly").small();
        let label = ui.add(egui::Label::new(words.color(Theme::of(ui).quiet)).extend());
        label.on_hover_text(
            "This recording does not say when each tick arrived, so its ticks are spread evenly between the start and the rug",
        );
    }
    let (text, on) = match (facts.loop_from, facts.player.range()) {
        (_, Some(_)) => ("loop ✖", true),
        (Some(_), None) => ("loop to here", true),
        (None, None) => ("loop", false),
    };
    key_ui(ui, (text, true), ReplayKey::Loop, on, asked);
}

fn speed_text(speed: PlaybackSpeed) -> String {
    match speed {
        PlaybackSpeed::Times(times) => format!("{times}x"),
        PlaybackSpeed::Max => "max".to_owned(),
    }
}

fn jumps_ui(ui: &mut egui::Ui, facts: &Facts<'_>, asked: &mut Vec<Asked>) {
    for (text, key) in [
        ("entry", ReplayKey::Entry),
        ("peak", ReplayKey::Peak),
        ("rug", ReplayKey::Rug),
        ("mine", ReplayKey::Played),
    ] {
        let head = facts.player.head();
        let there = seek_bar::landmark(key).and_then(|mark| facts.timeline.next(mark, head));
        key_ui(ui, (text, there.is_some()), key, false, asked);
    }
}

/// Says where it stands: which game of how many, which tick of how many.
fn place_ui(ui: &mut egui::Ui, facts: &Facts<'_>) {
    let theme = Theme::of(ui);
    let head = facts.player.head();
    let end = facts.timeline.end_of(head.game).tick;
    let tick = match (head.tick, end) {
        (None, _) => "presale".to_owned(),
        (Some(tick), Some(end)) => format!("tick {tick:>3}/{end}"),
        (Some(tick), None) => format!("tick {tick:>3}"),
    };
    let games = facts.timeline.games().len();
    let text = format!("game {}/{games} {tick}", head.game + 1);
    ui.add(egui::Label::new(digits(text, 12.0).color(theme.quiet)).extend());
    if let Some((_, Err(why))) = facts.timeline.games().nth(head.game) {
        let text = format!("⚠ no prices of this game: {why}");
        let label = egui::Label::new(egui::RichText::new(&text).small().color(theme.alert));
        ui.add(label.truncate()).on_hover_text(text);
    }
}
