//! The controls of speed and timing in the replay's transport.

use egui::{ComboBox, Context, Ui};

use super::roll_paint::RollContext;
use crate::replay::{PlaybackSpeed, SPEEDS, TickTiming, TransportCommand};
use crate::ui::command::{KeyCommand, ReplayKey};
use crate::ui::theme::role::{CAPTION, TABLE_MONO};
use crate::ui::theme::{CONTROL, Theme};
use crate::ui::widgets::{Segment, SegmentStyle, combo_ui, named, segmented_ui, truncated_ui};

/// The name of the controls.
const NAME: &str = "Speed of the replay";
/// The speeds that have a button of their own.
const BUTTONS: [(f64, &str); 5] = [
    (0.25, "0.25x"),
    (0.5, "0.5x"),
    (1.0, "1x"),
    (2.0, "2x"),
    (5.0, "5x"),
];

/// The speeds of the replay.
const SPEED_STEPS: [PlaybackSpeed; 11] = [
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

/// Returns the tooltip of the speeds, with their keys.
fn tip(ctx: &Context) -> String {
    let [slower, faster] =
        [ReplayKey::Slower, ReplayKey::Faster].map(|key| KeyCommand::Replay(key).key_name(ctx));
    format!("{NAME} ({slower} and {faster})")
}

/// Returns the next faster or slower speed.
pub fn next_speed(current: PlaybackSpeed, faster: bool) -> Option<PlaybackSpeed> {
    let factor = |speed: &PlaybackSpeed| match speed {
        PlaybackSpeed::Times(times) => *times,
        PlaybackSpeed::Max => f64::INFINITY,
    };
    let current = factor(&current);
    let mut steps = SPEED_STEPS.into_iter();
    if faster {
        steps.find(|step| factor(step) > current)
    } else {
        steps.rfind(|step| factor(step) < current)
    }
}

/// Draws the common speeds as buttons, and all of them in a menu.
pub fn speeds_ui(ui: &mut Ui, current: PlaybackSpeed) -> Option<TransportCommand> {
    let tip = tip(ui.ctx());
    let segments =
        BUTTONS.map(|(times, name)| Segment::text(PlaybackSpeed::Times(times), name).tip(&tip));
    let style = SegmentStyle {
        digits: true,
        ..SegmentStyle::default()
    };
    let pressed = segmented_ui(ui, Some(current), &segments, style);
    let is_other = !BUTTONS
        .iter()
        .any(|(times, _)| current == PlaybackSpeed::Times(*times));
    let text = if is_other {
        speed_text(current)
    } else {
        "more".to_owned()
    };
    let chosen = speed_combo_ui(ui, current, &text);
    pressed.map(TransportCommand::Speed).or(chosen)
}

/// Draws all speeds in a menu.
fn speed_combo_ui(ui: &mut Ui, current: PlaybackSpeed, text: &str) -> Option<TransportCommand> {
    let combo = ComboBox::from_id_salt("speed of the replay")
        .width(36.0)
        .height(320.0)
        .selected_text(TABLE_MONO.text(text));
    let options = SPEED_STEPS.map(|speed| (speed, speed_text(speed)));
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = CONTROL;
        let (response, chosen) = combo_ui(ui, combo, NAME, current, options);
        response.on_hover_text(tip(ui.ctx()));
        chosen.map(TransportCommand::Speed)
    })
    .inner
}

/// Draws all speeds in a menu. Without a legend the timing is in it, too.
pub fn speed_menu_ui(
    ui: &mut Ui,
    context: &RollContext<'_>,
    has_legend: bool,
) -> Option<TransportCommand> {
    let current = context.player.speed();
    if has_legend {
        return speed_combo_ui(ui, current, &speed_text(current));
    }
    let mut command = None;
    let text = TABLE_MONO.text(speed_text(current));
    let menu = ui.menu_button(text, |ui| {
        for speed in SPEED_STEPS {
            if ui
                .selectable_label(speed == current, speed_text(speed))
                .clicked()
            {
                command = Some(TransportCommand::Speed(speed));
            }
        }
        ui.separator();
        command = timing_ui(ui, context).or(command);
    });
    named(menu.response.on_hover_text(tip(ui.ctx())), NAME);
    command
}

fn speed_text(speed: PlaybackSpeed) -> String {
    match speed {
        PlaybackSpeed::Times(times) => format!("{times}x"),
        PlaybackSpeed::Max => "max".to_owned(),
    }
}

/// Draws the switch between a fixed pace and the recorded one.
pub fn timing_ui(ui: &mut Ui, context: &RollContext<'_>) -> Option<TransportCommand> {
    let is_spread = context.timeline.is_spread(context.player.head().game);
    let segments = [
        Segment::text(TickTiming::Fixed, "4 ticks/s").tip("Every tick takes a quarter of a second"),
        Segment::text(TickTiming::Recorded, "As recorded").tip(
            if is_spread {
                "This recording does not say when each tick arrived: its ticks are spread evenly between the start and the rug"
            } else {
                "Each tick takes the time that it took"
            },
        ),
    ];
    let style = SegmentStyle {
        height: 24.0,
        ..SegmentStyle::default()
    };
    let timing = context.player.timing();
    let chosen = segmented_ui(ui, Some(timing), &segments, style);
    if timing == TickTiming::Recorded && is_spread {
        let theme = Theme::of(ui);
        truncated_ui(ui, theme.quiet, CAPTION.text("times spread evenly"));
    }
    chosen.map(TransportCommand::Timing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::key_bindings::KeyBindings;

    #[test]
    fn the_tip_of_the_speeds_names_the_keys_that_the_player_assigned() {
        let ctx = Context::default();
        assert_eq!(tip(&ctx), "Speed of the replay ([ and ])");
        let assigned = [("Replay(Slower)".to_owned(), "F7".to_owned())];
        KeyBindings::of(&assigned.into_iter().collect()).install(&ctx);
        assert_eq!(tip(&ctx), "Speed of the replay (F7 and ])");
    }
}
