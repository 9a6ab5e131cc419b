//! The top bar: navigation, source and speed at the left, the state of feed, account and recorder at the right. The
//! right group is laid out first; the left one drops what has no room beside it.

mod drift_panel;
mod feed_panel;
mod menu;
mod record_menu;
mod source_menu;
mod tabs;

use std::path::Path;

use chrono::{DateTime, Utc};
use egui::{
    Align, Color32, Frame, Layout, Margin, Panel, Popup, Rect, Response, Stroke, Ui, UiBuilder,
    vec2,
};

pub use feed_panel::capture_text;
pub use source_menu::{SourceChoice, SourceMenu, speed_ui};
pub use tabs::{Tab, tabs_ui};

use super::command::KeyCommand;
use super::layout::{Breakpoint, Regions};
use super::panels::{ChipPanel, PanelPlace, panel_ui};
use super::status_chips::{Status, chip_of, drift_status, feed_status, recorder_status};
use super::theme::role::TITLE;
use super::theme::{GRID, Theme};
use super::widgets::{Icon, chip_ui, icon_button_ui, logo_ui, named, text_galley};
use crate::engine::View;

/// What the left group shows.
#[derive(Debug, Clone, Copy)]
pub struct Navigation<'a> {
    /// The chosen tab.
    pub tab: Tab,
    /// The source of the games.
    pub source: SourceMenu<'a>,
}

/// What the right group shows.
#[derive(Debug, Clone, Copy)]
pub struct TopBarContext<'a> {
    /// The layout of the window.
    pub regions: &'a Regions,
    /// The folder of the recordings.
    pub folder: &'a Path,
    /// The current time.
    pub now: DateTime<Utc>,
}

/// What the player did in the bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TopBarAction {
    /// Go to a tab.
    Tab(Tab),
    /// Choose a source or a speed.
    Source(SourceChoice),
    /// A command of the table of keys.
    Command(KeyCommand),
    /// Try to connect now.
    TryNow,
}

/// Draws the bar of the live game. Without a view nothing is known yet, and the right group has only the menu.
pub fn top_bar_ui(
    ui: &mut Ui,
    view: Option<&View>,
    navigation: &Navigation<'_>,
    context: &TopBarContext<'_>,
) -> Vec<TopBarAction> {
    let mut actions = Vec::new();
    let mut from_left = Vec::new();
    let right = |ui: &mut Ui| {
        tools_ui(ui, context.regions, None, &mut actions);
        if let Some(view) = view {
            let place = PanelPlace {
                regions: context.regions,
                over_chart: navigation.tab == Tab::Play,
            };
            record_chip_ui(ui, view, (context, place), &mut actions);
            drift_chip_ui(ui, view, place);
            feed_chip_ui(ui, view, (context, place), &mut actions);
        }
    };
    let left = |ui: &mut Ui| left_ui(ui, context.regions.breakpoint, navigation, &mut from_left);
    groups_ui(ui, context.regions.breakpoint, false, right, left);
    actions.append(&mut from_left);
    actions
}

/// Draws the bar with two groups: `right` from right to left, then `left` in what it leaves.
pub fn groups_ui(
    ui: &mut Ui,
    breakpoint: Breakpoint,
    replay: bool,
    right: impl FnOnce(&mut Ui),
    left: impl FnOnce(&mut Ui),
) {
    let theme = Theme::of(ui);
    let (fill, line) = if replay {
        (theme.replay_bg, Stroke::new(2.0, theme.replay))
    } else {
        (theme.panel, Stroke::new(1.0, theme.line))
    };
    let side = breakpoint.pick([8, 12, 12, 12]);
    let panel = Panel::top("top bar")
        .exact_size(breakpoint.top_bar())
        .resizable(false)
        .show_separator_line(false)
        .frame(
            Frame::new()
                .fill(fill)
                .inner_margin(Margin::symmetric(side, 0)),
        );
    panel.show(ui, |ui| {
        let bar = ui.max_rect();
        let whole = bar.expand2(vec2(f32::from(side), 0.0));
        let y = whole.bottom() - line.width / 2.0;
        ui.painter().hline(whole.x_range(), y, line);
        ui.spacing_mut().item_spacing.x = breakpoint.pick([4.0, 8.0, 8.0, 8.0]);
        let mut group = |name: &str, rect: Rect, layout| {
            ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect).layout(layout))
        };
        let mut at_right = group("right", bar, Layout::right_to_left(Align::Center));
        right(&mut at_right);
        let room = bar.with_max_x(at_right.min_rect().left() - 2.0 * GRID);
        let mut at_left = group("left", room, Layout::left_to_right(Align::Center));
        at_left.shrink_clip_rect(room);
        left(&mut at_left);
        ui.advance_cursor_after_rect(bar);
    });
}

/// Draws the search of commands and the menu. `tabs`: the chosen tab, if the tabs are in the menu.
pub fn tools_ui(
    ui: &mut Ui,
    regions: &Regions,
    tabs: Option<Tab>,
    actions: &mut Vec<TopBarAction>,
) {
    let button = icon_button_ui(ui, Icon::Menu, "Menu", false);
    menu::menu_ui(&button, regions, tabs, actions);
    if regions.breakpoint > Breakpoint::Tight {
        let command = KeyCommand::Palette;
        if icon_button_ui(ui, Icon::Search, &command.tip(ui.ctx()), false).clicked() {
            actions.push(TopBarAction::Command(command));
        }
    }
}

/// Draws a chip that never becomes narrower than with the value `widest`, so that nothing beside it moves.
fn status_chip_ui(ui: &mut Ui, status: &Status, breakpoint: Breakpoint, widest: &str) -> Response {
    let mut chip = chip_of(status, breakpoint);
    if !chip.value.is_empty() || breakpoint >= Breakpoint::Medium {
        let value = if breakpoint == Breakpoint::Tight {
            widest.trim_end_matches(" s")
        } else {
            widest
        };
        let mut wide = chip.clone();
        value.clone_into(&mut wide.value);
        chip.least_width = wide.width(ui);
    }
    named(chip_ui(ui, &chip), &status.name())
}

fn feed_chip_ui(
    ui: &mut Ui,
    view: &View,
    (context, place): (&TopBarContext<'_>, PanelPlace<'_>),
    actions: &mut Vec<TopBarAction>,
) {
    let breakpoint = context.regions.breakpoint;
    let chip = status_chip_ui(ui, &feed_status(view, context.now), breakpoint, "10.5 s");
    panel_ui(&chip, ChipPanel::Feed, place, None, |ui| {
        if feed_panel::feed_panel_ui(ui, view, context.now) {
            actions.push(TopBarAction::TryNow);
        }
    });
}

fn drift_chip_ui(ui: &mut Ui, view: &View, place: PanelPlace<'_>) {
    let status = drift_status(view);
    let chip = status_chip_ui(ui, &status, place.regions.breakpoint, "−0.0100");
    let amber = Theme::of(ui).amber;
    let frame = drift_panel::badge(view).map(|_| amber);
    panel_ui(&chip, ChipPanel::Drift, place, frame, |ui| {
        if drift_panel::drift_panel_ui(ui, view, &status.tip) {
            Popup::close_id(ui.ctx(), ChipPanel::Drift.id());
        }
    });
}

/// Draws the chip of the recorder, which opens its menu.
pub fn record_chip_ui(
    ui: &mut Ui,
    view: &View,
    (context, place): (&TopBarContext<'_>, PanelPlace<'_>),
    actions: &mut Vec<TopBarAction>,
) {
    let status = recorder_status(view);
    let chip = status_chip_ui(ui, &status, context.regions.breakpoint, "next game");
    panel_ui(&chip, ChipPanel::Record, place, None, |ui| {
        record_menu::record_menu_ui(ui, view, &status, context.folder, actions);
    });
}

/// What the left group has room for. The tabs and the source are always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LeftParts {
    brand: bool,
    speed: bool,
    long_name: bool,
}

/// Widths of the left group, in points.
#[derive(Debug, Clone, Copy)]
struct LeftWidths {
    /// What is always there.
    base: f32,
    brand: f32,
    speed: f32,
    /// What the long name of the source needs in addition to the short one.
    long_name: f32,
}

/// Returns what fits into `room`. The brand goes first, then the speed, then the long name of the source.
fn fit(room: f32, widths: LeftWidths, breakpoint: Breakpoint) -> LeftParts {
    let mut parts = LeftParts {
        brand: breakpoint >= Breakpoint::Medium,
        speed: true,
        long_name: breakpoint >= Breakpoint::Medium,
    };
    let width = |parts: LeftParts| {
        let or_none = |shown: bool, width: f32| if shown { width } else { 0.0 };
        widths.base
            + or_none(parts.brand, widths.brand)
            + or_none(parts.speed, widths.speed)
            + or_none(parts.long_name, widths.long_name)
    };
    if width(parts) > room {
        parts.brand = false;
    }
    if width(parts) > room {
        parts.speed = false;
    }
    if width(parts) > room {
        parts.long_name = false;
    }
    parts
}

fn left_ui(
    ui: &mut Ui,
    breakpoint: Breakpoint,
    navigation: &Navigation<'_>,
    actions: &mut Vec<TopBarAction>,
) {
    let source = &navigation.source;
    let gap = ui.spacing().item_spacing.x;
    let (long, short) = (source.chip(true), source.chip(false));
    let short_width = short.width(ui);
    let text = |role, text: &str| text_galley(ui, (role, text, Color32::WHITE));
    let widths = LeftWidths {
        base: 24.0 + gap + tabs::width(ui, breakpoint) + 2.0 * gap + short_width,
        brand: text(TITLE, "Pianola").size().x + 4.0 * GRID,
        speed: source.speed_chip().map_or(0.0, |chip| chip.width(ui) + gap),
        long_name: long.width(ui) - short_width,
    };
    let parts = fit(ui.available_width(), widths, breakpoint);
    logo_ui(ui);
    if parts.brand {
        ui.label(TITLE.text("Pianola").color(Theme::of(ui).text));
    }
    tabs_ui(ui, breakpoint, navigation.tab, actions);
    ui.add_space(gap);
    let chip = if parts.long_name { long } else { short };
    let choice = source_menu::source_menu_ui(ui, source, &chip, parts.speed);
    actions.extend(choice.map(TopBarAction::Source));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brand_goes_first_then_the_speed_then_the_long_name() {
        let widths = LeftWidths {
            base: 300.0,
            brand: 70.0,
            speed: 50.0,
            long_name: 60.0,
        };
        let shown = |room| {
            let LeftParts {
                brand,
                speed,
                long_name,
            } = fit(room, widths, Breakpoint::Medium);
            [brand, speed, long_name]
        };
        assert_eq!(shown(480.0), [true, true, true]);
        assert_eq!(shown(479.0), [false, true, true]);
        assert_eq!(shown(409.0), [false, false, true]);
        assert_eq!(shown(359.0), [false, false, false]);
        assert_eq!(shown(0.0), [false, false, false]);
        let narrow = fit(1_000.0, widths, Breakpoint::Narrow);
        assert!(!narrow.brand && narrow.speed && !narrow.long_name);
    }
}
