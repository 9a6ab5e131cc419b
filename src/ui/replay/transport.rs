//! The transport of the replay: the controls above the piano roll, and its legend.

use egui::{Align, Layout, Margin, Ui};

use super::piano_roll::{RollAction, RollDrag, piano_roll_ui, place_text};
use super::play_time::PlayTime;
use super::roll_paint::{RollContext, legend_ui};
use super::roll_view::RollView;
use super::speed::{speed_menu_ui, speeds_ui, timing_ui};
use crate::replay::{Landmark, Playhead, TransportCommand};
use crate::ui::command::{KeyCommand, ReplayKey};
use crate::ui::theme::role::{CAPTION, TABLE, TABLE_MONO};
use crate::ui::theme::{CONTROL, GRID, RADIUS, Theme};
use crate::ui::widgets::{Icon, PushButton, icon_button_ui, named, switch_ui, truncated_ui};

/// From this width on every control has its text.
const FULL: f32 = 960.0;
/// From this width on the jumps have a label, too.
const WITH_LABEL: f32 = 1_160.0;
/// Width of a digit of the time and the tick.
const DIGIT: f32 = 7.2;
/// From this width on the roll has a legend.
const WITH_LEGEND: f32 = 500.0;
/// Height of the lanes, with a legend and without one.
const LANE: [f32; 2] = [15.0, 13.0];
/// What the player did with the transport.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TransportAction {
    /// The command of a key.
    Key(ReplayKey),
    /// A change of speed or position.
    TransportCommand(TransportCommand),
    /// Hide what comes after the playhead, or show it.
    HideFuture(bool),
}

impl From<RollAction> for TransportAction {
    fn from(action: RollAction) -> Self {
        Self::TransportCommand(match action {
            RollAction::Seek(head) => TransportCommand::Seek(head),
            RollAction::Loop(from, to) => TransportCommand::Loop(Some((from, to))),
        })
    }
}

/// What the player set on the roll.
#[derive(Debug, Clone, Copy)]
pub struct RollState {
    pub view: RollView,
    pub drag: RollDrag,
}

/// Draws the transport in its card.
pub fn transport_ui(
    ui: &mut Ui,
    context: &RollContext<'_>,
    state: &mut RollState,
    time: &PlayTime,
    actions: &mut Vec<TransportAction>,
) {
    let width = ui.available_width();
    let has_legend = width >= WITH_LEGEND;
    let frame = egui::Frame::new().inner_margin(Margin::symmetric(12, 0));
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing = egui::vec2(if width >= FULL { 8.0 } else { 6.0 }, 0.0);
        let height = if has_legend { 44.0 } else { 40.0 };
        let size = egui::vec2(ui.available_width(), height);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            steps_ui(ui, context, actions);
            if width >= FULL {
                let speed = speeds_ui(ui, context.player.speed());
                actions.extend(speed.map(TransportAction::TransportCommand));
                loop_ui(ui, context, true, actions);
                if width >= WITH_LABEL {
                    let theme = Theme::of(ui);
                    ui.label(TABLE.text("Jump to").color(theme.quiet));
                }
                ui.scope(|ui| jumps_ui(ui, context, actions));
            } else {
                let command = speed_menu_ui(ui, context, has_legend);
                actions.extend(command.map(TransportAction::TransportCommand));
                jump_menu_ui(ui, context, has_legend, actions);
                loop_ui(ui, context, has_legend, actions);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                time_ui(ui, context, time, width >= FULL);
            });
        });
        let lane = LANE[usize::from(!has_legend)];
        let (view, drag) = (&mut state.view, &mut state.drag);
        let action = piano_roll_ui(ui, context, view, drag, lane);
        actions.extend(action.map(TransportAction::from));
        if has_legend {
            let size = egui::vec2(ui.available_width(), ui.available_height().min(30.0));
            ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
                options_ui(ui, context, actions);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add_space(56.0);
                    legend_ui(ui);
                });
            });
        }
    });
}

/// Draws the button of a key. `enabled`: the key has a target.
fn key_ui(
    ui: &mut Ui,
    icon: Icon,
    enabled: bool,
    key: ReplayKey,
    actions: &mut Vec<TransportAction>,
) {
    let command = KeyCommand::Replay(key);
    let draw = |ui: &mut Ui| icon_button_ui(ui, icon, command.binding().text, false);
    let button = ui.add_enabled_ui(enabled, draw).inner;
    if button.on_hover_text(command.tip(ui.ctx())).clicked() {
        actions.push(TransportAction::Key(key));
    }
}

fn steps_ui(ui: &mut Ui, context: &RollContext<'_>, actions: &mut Vec<TransportAction>) {
    let head = context.player.head();
    let last = head == context.timeline.last();
    key_ui(ui, Icon::Previous, true, ReplayKey::PreviousGame, actions);
    key_ui(ui, Icon::Back, true, ReplayKey::PreviousTick, actions);
    let playing = context.player.is_playing();
    let icon = if playing { Icon::Pause } else { Icon::Play };
    let command = KeyCommand::Replay(ReplayKey::PlayPause);
    let play = ui.add(PushButton::new("").replay().icon(icon).size(40.0, 32.0));
    let play = named(play, command.binding().text);
    if play.on_hover_text(command.tip(ui.ctx())).clicked() {
        actions.push(TransportAction::Key(ReplayKey::PlayPause));
    }
    key_ui(ui, Icon::Forward, !last, ReplayKey::NextTick, actions);
    let next = context.may_reach(Landmark::Game);
    key_ui(ui, Icon::Next, next, ReplayKey::NextGame, actions);
}

/// Returns the loop, or its start, in words.
fn loop_text(context: &RollContext<'_>) -> String {
    let tick = |head: Playhead| {
        head.tick
            .map_or("presale".to_owned(), |tick| tick.to_string())
    };
    match (context.player.range(), context.loop_from) {
        (Some((from, to)), _) if from.game == to.game => {
            format!("{} to {}", tick(from), tick(to))
        }
        (Some((from, to)), _) => format!("Game {} to {}", from.game + 1, to.game + 1),
        (None, Some(from)) => format!("{} to …", tick(from)),
        (None, None) => "Loop".to_owned(),
    }
}

fn loop_ui(
    ui: &mut Ui,
    context: &RollContext<'_>,
    with_text: bool,
    actions: &mut Vec<TransportAction>,
) {
    let on = context.player.range().is_some() || context.loop_from.is_some();
    let command = KeyCommand::Replay(ReplayKey::Loop);
    let text = loop_text(context);
    let response = if with_text {
        let mut button = PushButton::new(&text).icon(Icon::Loop);
        if !on {
            button = button.quiet();
        }
        let response = ui.add(button.size(112.0, CONTROL));
        named(response, &format!("Loop: {text}"))
    } else {
        icon_button_ui(ui, Icon::Loop, &format!("Loop: {text}"), on)
    };
    let tip = format!("{}\n{text}", command.tip(ui.ctx()));
    if response.on_hover_text(tip).clicked() {
        actions.push(TransportAction::Key(ReplayKey::Loop));
    }
}

/// The landmarks to jump to, with their keys.
const JUMPS: [(ReplayKey, Landmark, &str); 5] = [
    (ReplayKey::NextEntry, Landmark::Entry, "Buy"),
    (ReplayKey::NextSale, Landmark::Sale, "Sell"),
    (ReplayKey::NextPeak, Landmark::Peak, "Peak"),
    (ReplayKey::NextRug, Landmark::Rug, "Rug"),
    (ReplayKey::NextPlayed, Landmark::Played, "My game"),
];

fn jumps_ui(ui: &mut Ui, context: &RollContext<'_>, actions: &mut Vec<TransportAction>) {
    ui.spacing_mut().item_spacing.x = 0.0;
    let mut group = egui::Rect::NOTHING;
    for (key, landmark, text) in JUMPS {
        let has_target = context.may_reach(landmark);
        let button = PushButton::new(text).quiet().size(0.0, CONTROL - 2.0);
        let button = ui.add_enabled(has_target, button);
        group |= button.rect;
        let command = KeyCommand::Replay(key);
        let button = named(button, command.binding().text);
        let tip = command.tip(ui.ctx());
        let button = button
            .on_hover_text(&tip)
            .on_disabled_hover_text(format!("{tip}\nThere is none after this position"));
        if button.clicked() {
            actions.push(TransportAction::Key(key));
        }
    }
    let line = egui::Stroke::new(1.0, Theme::of(ui).line);
    let painter = ui.painter();
    painter.rect_stroke(group, RADIUS, line, egui::StrokeKind::Outside);
}

fn jump_menu_ui(
    ui: &mut Ui,
    context: &RollContext<'_>,
    has_legend: bool,
    actions: &mut Vec<TransportAction>,
) {
    let menu = ui.menu_button("Jump", |ui| {
        for (key, landmark, text) in JUMPS {
            let has_target = context.may_reach(landmark);
            let key_name = KeyCommand::Replay(key).key_name(ui.ctx());
            let entry = egui::Button::new(text).shortcut_text(key_name);
            if ui.add_enabled(has_target, entry).clicked() {
                actions.push(TransportAction::Key(key));
            }
        }
        if !has_legend {
            ui.separator();
            hide_ui(ui, context, actions);
        }
    });
    named(menu.response.on_hover_text("Jump to the next …"), "Jump to");
}

/// Draws the switch of the future and the timing, from right to left.
fn options_ui(ui: &mut Ui, context: &RollContext<'_>, actions: &mut Vec<TransportAction>) {
    hide_ui(ui, context, actions);
    let timing = timing_ui(ui, context);
    actions.extend(timing.map(TransportAction::TransportCommand));
}

fn hide_ui(ui: &mut Ui, context: &RollContext<'_>, actions: &mut Vec<TransportAction>) {
    let theme = Theme::of(ui);
    let mut on = context.hides_future;
    let name = "Hide what comes next";
    ui.horizontal(|ui| {
        if switch_ui(ui, &mut on, name).clicked() {
            actions.push(TransportAction::HideFuture(on));
        }
        ui.label(CAPTION.text(name).color(theme.quiet));
    });
}

/// Draws the time of the replay and, with room, the tick.
fn time_ui(ui: &mut Ui, context: &RollContext<'_>, time: &PlayTime, with_tick: bool) {
    let theme = Theme::of(ui);
    let head = context.player.head();
    let [now, all] = time.at(context.timeline, head, context.player.timing());
    let end = if context.hides_future {
        "–:––".to_owned()
    } else {
        all
    };
    let time = format!("{now}/{end}");
    let end = context.timeline.end_of(head.game).tick;
    let tick = match (head.tick, end) {
        (None, _) => "presale".to_owned(),
        (Some(tick), Some(end)) if !context.hides_future => format!("tick {tick}/{end}"),
        (Some(tick), _) => format!("tick {tick}"),
    };
    // The tick is also above the chart: it goes first where both have no room.
    let chars = u16::try_from(time.len() + tick.len()).unwrap_or(u16::MAX);
    let has_room = ui.available_width() >= DIGIT * f32::from(chars) + 2.0 * GRID;
    ui.label(TABLE_MONO.text(time).color(theme.text))
        .on_hover_text("Time of the replay at normal speed");
    if with_tick && has_room {
        ui.label(TABLE_MONO.text(tick).color(theme.text))
            .on_hover_text(place_text(head));
    }
    if let Some((_, Err(error))) = context.timeline.game(head.game) {
        let text = format!("No prices of this game: {error}");
        truncated_ui(ui, theme.amber, CAPTION.text(&text)).on_hover_text(text);
    }
}
