//! The transport of the replay: play, step, jump, loop, speed, and the seek bar.

use egui::{ComboBox, Label, Ui};

use super::seek_bar::{SeekBarContext, landmark, seek_bar_ui};
use crate::replay::{PlaybackSpeed, SPEEDS, TickTiming, TransportCommand};
use crate::ui::command::{KeyCommand, ReplayKey};
use crate::ui::theme::{GRID, Theme, digits, small};
use crate::ui::widgets::{combo_ui, truncated_ui};

/// The speeds of the replay.
pub const SPEED_STEPS: [PlaybackSpeed; 11] = [
    PlaybackSpeed::Times(SPEEDS[0]),
    PlaybackSpeed::Times(0.25),
    PlaybackSpeed::Times(0.5),
    PlaybackSpeed::Times(1.0),
    PlaybackSpeed::Times(2.0),
    PlaybackSpeed::Times(5.0),
    PlaybackSpeed::Times(10.0),
    PlaybackSpeed::Times(20.0),
    PlaybackSpeed::Times(30.0),
    PlaybackSpeed::Times(SPEEDS[1]),
    PlaybackSpeed::Max,
];

/// What the player did with the transport.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TransportAction {
    /// The command of a key.
    Key(ReplayKey),
    /// A change of speed or position.
    TransportCommand(TransportCommand),
}

/// Draws the transport.
pub fn transport_ui(ui: &mut Ui, context: &SeekBarContext<'_>, actions: &mut Vec<TransportAction>) {
    ui.horizontal_wrapped(|ui| {
        steps_ui(ui, context, actions);
        speed_ui(ui, context, actions);
        jumps_ui(ui, context, actions);
        place_ui(ui, context);
    });
    if let Some(head) = seek_bar_ui(ui, context) {
        actions.push(TransportAction::TransportCommand(TransportCommand::Seek(
            head,
        )));
    }
    ui.add_space(GRID);
}

/// Draws the button of a key. `enabled`: the key has a target.
fn key_ui(
    ui: &mut Ui,
    (text, enabled): (&str, bool),
    key: ReplayKey,
    on: bool,
    actions: &mut Vec<TransportAction>,
) {
    let command = KeyCommand::Replay(key);
    let button = egui::Button::selectable(on, text).frame_when_inactive(true);
    let button = ui.add_enabled(enabled, button.wrap_mode(egui::TextWrapMode::Extend));
    let name = command.binding().text;
    button.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, enabled, on, name));
    if button.on_hover_text(command.tooltip()).clicked() {
        actions.push(TransportAction::Key(key));
    }
}

fn steps_ui(ui: &mut Ui, context: &SeekBarContext<'_>, actions: &mut Vec<TransportAction>) {
    let playing = context.player.is_playing();
    let play = if playing { "⏸" } else { "▶" };
    let has_presses = context.timeline.press(0).is_some();
    for (text, key, enabled) in [
        ("⏮", ReplayKey::PreviousGame, true),
        ("⏪", ReplayKey::PreviousAction, has_presses),
        ("◀", ReplayKey::PreviousTick, true),
        (play, ReplayKey::PlayPause, true),
        ("▶|", ReplayKey::NextTick, true),
        ("⏩", ReplayKey::NextAction, has_presses),
        ("⏭", ReplayKey::NextGame, true),
    ] {
        key_ui(ui, (text, enabled), key, false, actions);
    }
}

fn speed_ui(ui: &mut Ui, context: &SeekBarContext<'_>, actions: &mut Vec<TransportAction>) {
    let name = "Speed of the replay";
    let current = context.player.speed();
    let combo = ComboBox::from_id_salt("speed of the replay")
        .width(56.0)
        .height(320.0)
        .selected_text(speed_text(current));
    let options = SPEED_STEPS.map(|speed| (speed, speed_text(speed)));
    let (response, chosen) = combo_ui(ui, combo, name, current, options);
    response.on_hover_text(format!("{name} ([ and ])"));
    let chosen = chosen.map(TransportCommand::Speed);
    actions.extend(chosen.map(TransportAction::TransportCommand));
    let (text, on) = match context.player.timing() {
        TickTiming::Fixed => ("250 ms", false),
        TickTiming::Recorded => ("as recorded", true),
    };
    key_ui(ui, (text, true), ReplayKey::Pace, on, actions);
    if on && context.timeline.is_spread(context.player.head().game) {
        let text = small("times spread evenly").color(Theme::of(ui).quiet);
        let label = ui.add(Label::new(text).extend());
        label.on_hover_text(
            "This recording does not say when each tick arrived, so its ticks are spread evenly between the start and the rug",
        );
    }
    let (text, on) = match (context.loop_from, context.player.range()) {
        (_, Some(_)) => ("loop ✖", true),
        (Some(_), None) => ("loop to here", true),
        (None, None) => ("loop", false),
    };
    key_ui(ui, (text, true), ReplayKey::Loop, on, actions);
}

fn speed_text(speed: PlaybackSpeed) -> String {
    match speed {
        PlaybackSpeed::Times(times) => format!("{times}x"),
        PlaybackSpeed::Max => "max".to_owned(),
    }
}

fn jumps_ui(ui: &mut Ui, context: &SeekBarContext<'_>, actions: &mut Vec<TransportAction>) {
    let head = context.player.head();
    for (text, key) in [
        ("entry", ReplayKey::NextEntry),
        ("peak", ReplayKey::NextPeak),
        ("rug", ReplayKey::NextRug),
        ("mine", ReplayKey::NextPlayed),
    ] {
        let target = landmark(key).and_then(|landmark| context.timeline.next(landmark, head));
        key_ui(ui, (text, target.is_some()), key, false, actions);
    }
}

/// Draws the position: game and tick, each of how many.
fn place_ui(ui: &mut Ui, context: &SeekBarContext<'_>) {
    let theme = Theme::of(ui);
    let timeline = context.timeline;
    let head = context.player.head();
    let tick = match (head.tick, timeline.end_of(head.game).tick) {
        (None, _) => "presale".to_owned(),
        (Some(tick), Some(end)) => format!("tick {tick:>3}/{end}"),
        (Some(tick), None) => format!("tick {tick:>3}"),
    };
    let games = timeline.games().len();
    let text = format!("game {}/{games} {tick}", head.game + 1);
    ui.add(Label::new(digits(text, 12.0).color(theme.quiet)).extend());
    if let Some((_, Err(error))) = timeline.games().nth(head.game) {
        let text = format!("⚠ no prices of this game: {error}");
        truncated_ui(ui, theme.amber, small(&text)).on_hover_text(text);
    }
}
