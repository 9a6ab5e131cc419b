//! The status line at the bottom of the window: the newest notice, and the most important keys.

use chrono::{DateTime, Duration, Utc};
use egui::{Align, Layout, Panel, Popup, Response, Sense, Ui};

use super::command::KeyCommand;
use super::format::{clock, escaped};
use super::layout::Breakpoint;
use super::native::open_path;
use super::notices::{NoticeLine, NoticeLink};
use super::panels::ChipPanel;
use super::piano::PianoStatus;
use super::theme::role::{AXIS, TABLE};
use super::theme::{GRID, StatusLevel, Theme};
use super::widgets::{Icon, Lamp, icon_ui, key_cap_ui, lamp_ui, link_ui, truncated_ui};

/// Room for the link of a notice.
const LINK: f32 = 72.0;
/// How long a notice keeps its colour.
pub const FRESH: Duration = Duration::seconds(15);

/// Shown where notices appear, as long as there is none.
pub const NO_NOTICES: &str =
    "No messages yet. Saved games, refused orders and problems appear here.";

/// What the line is drawn with.
#[derive(Debug, Clone, Copy)]
pub struct StatusLineContext<'a> {
    /// The newest notice.
    pub newest: Option<&'a NoticeLine>,
    /// What is shown without one.
    pub empty: &'a str,
    /// The strategy that plays; it takes the place of the notice.
    pub piano: Option<&'a PianoStatus>,
    /// The current time.
    pub now: DateTime<Utc>,
    /// Whether the trade keys are on; `None` where there are none.
    pub trade_keys_on: Option<bool>,
}

/// Draws the line at the bottom of the window. `notice` takes the place of everything at the left until it is dismissed.
/// Returns the commands of the controls that were used.
pub fn status_line_ui(
    ui: &mut Ui,
    context: &StatusLineContext<'_>,
    notice: &mut Option<NoticeLine>,
) -> Vec<KeyCommand> {
    let theme = Theme::of(ui);
    let breakpoint = Breakpoint::of(ui.available_width());
    let frame = egui::Frame::new()
        .inner_margin(egui::Margin::symmetric(12, 0))
        .fill(theme.panel);
    let panel = Panel::bottom("status line")
        .exact_size(breakpoint.status_line())
        .resizable(false)
        .frame(frame);
    let shown = panel.show(ui, |ui| {
        let mut commands = Vec::new();
        let layout = Layout::right_to_left(Align::Center);
        ui.with_layout(layout, |ui| {
            ui.spacing_mut().interact_size.y = 16.0;
            ui.spacing_mut().button_padding.y = 0.0;
            keys_ui(ui, theme, breakpoint, context, &mut commands);
            let left = Layout::left_to_right(Align::Center);
            ui.with_layout(left, |ui| match (&*notice, context.piano) {
                (Some(shown), _) => {
                    if dismissed_ui(ui, theme, shown) {
                        *notice = None;
                    }
                }
                (None, Some(piano)) => {
                    if piano_ui(ui, theme, piano) {
                        commands.push(KeyCommand::Piano);
                    }
                }
                (None, None) => newest_ui(ui, theme, context),
            });
        });
        commands
    });
    shown.inner
}

/// Draws the keys, from right to left.
fn keys_ui(
    ui: &mut Ui,
    theme: Theme,
    breakpoint: Breakpoint,
    context: &StatusLineContext<'_>,
    commands: &mut Vec<KeyCommand>,
) {
    if breakpoint >= Breakpoint::Narrow {
        let text = breakpoint.pick(["", "", "Commands", "Commands"]);
        key_ui(ui, theme, KeyCommand::Palette, text, commands);
    }
    key_ui(ui, theme, KeyCommand::Help, "All keys", commands);
    let Some(on) = context
        .trade_keys_on
        .filter(|_| breakpoint >= Breakpoint::Medium)
    else {
        return;
    };
    let command = KeyCommand::ToggleTradeKeys;
    let text = if on {
        "Trade keys on"
    } else {
        "Trade keys off"
    };
    let orders = [KeyCommand::Sidebet, KeyCommand::Sell, KeyCommand::Buy];
    let switch = link(ui, theme, text).on_hover_text(command.tip(ui.ctx()));
    if switch.clicked() {
        commands.push(command);
    }
    for order in orders {
        key_cap_ui(ui, &order.key_name(ui.ctx()));
    }
}

/// Draws a command and its key, from right to left.
fn key_ui(
    ui: &mut Ui,
    theme: Theme,
    command: KeyCommand,
    text: &str,
    commands: &mut Vec<KeyCommand>,
) {
    // Not by Tab: the link beside it has the focus.
    let cap = key_cap_ui(ui, &command.key_name(ui.ctx())).interact(Sense::CLICK);
    let mut clicked = cap.clicked();
    if !text.is_empty() {
        let label = link(ui, theme, text).on_hover_text(command.tip(ui.ctx()));
        clicked |= label.clicked();
    }
    if clicked {
        commands.push(command);
    }
    ui.add_space(2.0 * GRID);
}

fn link(ui: &mut Ui, theme: Theme, text: &str) -> Response {
    let text = TABLE.text(text).color(theme.quiet);
    ui.add(egui::Button::new(text).frame(false))
}

/// Draws what the piano does. Returns whether its link was clicked.
fn piano_ui(ui: &mut Ui, theme: Theme, piano: &PianoStatus) -> bool {
    icon_ui(ui, Icon::Music, 14.0, theme.replay);
    let colour = if piano.is_refused {
        theme.amber
    } else {
        theme.replay
    };
    ui.scope(|ui| {
        ui.set_max_width((ui.available_width() - LINK).max(0.0));
        truncated_ui(ui, colour, TABLE.text(&piano.text)).on_hover_text(&piano.text);
    });
    link_ui(ui, "Piano…").clicked()
}

/// Draws a notice with a link that dismisses it. Returns whether it was clicked.
fn dismissed_ui(ui: &mut Ui, theme: Theme, notice: &NoticeLine) -> bool {
    ui.scope(|ui| {
        ui.set_max_width((ui.available_width() - LINK).max(0.0));
        notice_ui(ui, theme, notice, true);
    });
    link_ui(ui, "Dismiss").clicked()
}

fn newest_ui(ui: &mut Ui, theme: Theme, context: &StatusLineContext<'_>) {
    if let Some(newest) = context.newest {
        notice_ui(ui, theme, newest, context.now - newest.at < FRESH);
    } else {
        truncated_ui(ui, theme.quiet, TABLE.text(context.empty));
    }
}

/// Returns the text of a notice, escaped, and how often it came.
pub fn notice_text(notice: &NoticeLine) -> String {
    let text = escaped(&notice.text);
    if notice.times > 1 {
        format!("{text} (×{})", notice.times)
    } else {
        text
    }
}

/// Draws a notice. An old one is quiet.
pub fn notice_ui(ui: &mut Ui, theme: Theme, notice: &NoticeLine, fresh: bool) {
    ui.label(AXIS.text(clock(notice.at)).color(theme.quiet));
    let lamp = match notice.level {
        StatusLevel::Ok => Some(Lamp::Checked),
        StatusLevel::Muted => None,
        StatusLevel::Warning | StatusLevel::Error => Some(Lamp::Look),
    };
    if let Some(lamp) = lamp {
        lamp_ui(ui, lamp);
    }
    let colour = if fresh { theme.text } else { theme.quiet };
    let text = notice_text(notice);
    let room = notice.link.as_ref().map_or(0.0, |_| LINK);
    ui.scope(|ui| {
        ui.set_max_width((ui.available_width() - room).max(0.0));
        truncated_ui(ui, colour, TABLE.text(&text)).on_hover_text(&text);
    });
    if let Some(link) = &notice.link
        && link_ui(ui, link.text()).clicked()
    {
        match link {
            NoticeLink::Drift => Popup::open_id(ui.ctx(), ChipPanel::Drift.id()),
            NoticeLink::Folder(folder) => open_path(ui.ctx(), folder),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_notice_is_escaped_and_counted() {
        let mut notices = crate::ui::notices::Notices::default();
        let text = "a\u{202e}b was refused";
        notices.push(StatusLevel::Warning, text, DateTime::UNIX_EPOCH);
        let newest = |notices: &crate::ui::notices::Notices| notices.newest().map(notice_text);
        assert_eq!(newest(&notices).as_deref(), Some(r"a\u{202e}b was refused"));
        notices.push(StatusLevel::Warning, text, DateTime::UNIX_EPOCH);
        let twice = r"a\u{202e}b was refused (×2)";
        assert_eq!(newest(&notices).as_deref(), Some(twice));
    }
}
