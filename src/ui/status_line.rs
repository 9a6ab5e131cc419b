//! The status line at the bottom of the window: the newest notice, and the most important keys.

use chrono::{DateTime, Duration, Utc};
use egui::{Align, Layout, Panel, Ui};

use super::command::KeyCommand;
use super::format::{clock, escaped};
use super::layout::Breakpoint;
use super::notices::{NoticeLine, Notices};
use super::theme::{StatusLevel, Theme, digits, small};
use super::widgets::truncated_ui;

/// How long a notice keeps its colour.
const FRESH: Duration = Duration::seconds(15);

/// What the line is drawn with.
#[derive(Debug, Clone, Copy)]
pub struct StatusLineContext<'a> {
    /// The notices so far.
    pub notices: &'a Notices,
    /// The current time.
    pub now: DateTime<Utc>,
    /// Whether the trade keys are on; `None` where there are none.
    pub trade_keys_on: Option<bool>,
}

/// Draws the line at the bottom of the window. Returns the commands of the controls that were used.
pub fn status_line_ui(ui: &mut Ui, context: &StatusLineContext<'_>) -> Vec<KeyCommand> {
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
            ui.set_min_height(ui.available_height());
            keys_ui(ui, theme, breakpoint, context, &mut commands);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                newest_ui(ui, theme, context);
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
    let help = KeyCommand::Help;
    let shown = help.binding().shown;
    let button = egui::Button::new(small(format!("All keys {shown}"))).frame_when_inactive(false);
    if ui.add(button).on_hover_text(help.tooltip()).clicked() {
        commands.push(help);
    }
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
    let button = egui::Button::new(small(text).color(theme.quiet)).frame_when_inactive(false);
    if ui.add(button).on_hover_text(command.tooltip()).clicked() {
        commands.push(command);
    }
}

fn newest_ui(ui: &mut Ui, theme: Theme, context: &StatusLineContext<'_>) {
    match context.notices.newest() {
        Some(newest) => notice_ui(ui, theme, newest, context.now - newest.at < FRESH),
        None => {
            let text = "No messages yet. Saved games, refused orders and problems appear here.";
            truncated_ui(ui, theme.quiet, small(text));
        }
    }
}

/// Draws a notice. An old one is quiet.
pub fn notice_ui(ui: &mut Ui, theme: Theme, notice: &NoticeLine, fresh: bool) {
    ui.colored_label(theme.quiet, digits(clock(notice.at), 11.0));
    let colour = if fresh {
        theme.level(notice.level)
    } else {
        theme.quiet
    };
    let sign = match notice.level {
        StatusLevel::Warning => "⚠ ",
        StatusLevel::Error => "✖ ",
        StatusLevel::Ok | StatusLevel::Muted => "",
    };
    let times = if notice.times > 1 {
        format!(" (×{})", notice.times)
    } else {
        String::new()
    };
    let text = format!("{sign}{}{times}", escaped(&notice.text));
    truncated_ui(ui, colour, small(text));
}
