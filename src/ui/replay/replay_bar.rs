//! The top bar of a replay, in its own colour: the recording, whether it agrees with the account, and the live game.

use egui::{Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::Replay;
use super::agreement::report;
use crate::ui::chart::phase_text;
use crate::ui::command::{KeyCommand, ReplayKey};
use crate::ui::format::{count, escaped, exact_multiplier, signed};
use crate::ui::layout::Breakpoint;
use crate::ui::live_page::LivePage;
use crate::ui::panels::PanelPlace;
use crate::ui::status_chips::feed_status;
use crate::ui::theme::role::STRONG;
use crate::ui::theme::{CONTROL, RADIUS, Theme};
use crate::ui::top_bar::{
    Tab, TopBarAction, TopBarContext, groups_ui, record_chip_ui, tabs_ui, tools_ui,
};
use crate::ui::widgets::{
    Chip, Icon, Lamp, PushButton, chip_ui, line_galley, logo_ui, named, paint_line,
};

/// Differences listed in the tooltip.
const MAX_DIFFERENCES: usize = 12;
/// Width of the name of the recording.
const NAME: f32 = 160.0;

impl Replay {
    /// Draws the bar. `live` is the page of the running source. Returns what the player did.
    pub fn bar_ui(
        &self,
        ui: &mut Ui,
        live: Option<&LivePage>,
        context: &TopBarContext<'_>,
    ) -> Vec<TopBarAction> {
        let breakpoint = context.regions.breakpoint;
        let mut actions = Vec::new();
        let mut from_left = Vec::new();
        // In a narrow window the tabs are in the menu.
        let tabs_in_menu = breakpoint < Breakpoint::Medium;
        let right = |ui: &mut Ui| {
            let tabs = tabs_in_menu.then_some(Tab::Play);
            tools_ui(ui, context.regions, tabs, &mut actions);
            let Some(live) = live else {
                return;
            };
            let view = &live.view();
            let place = PanelPlace {
                regions: context.regions,
                over_chart: true,
            };
            record_chip_ui(ui, view, (context, place), &mut actions);
            live_chip_ui(ui, live, context);
        };
        let left = |ui: &mut Ui| {
            logo_ui(ui);
            if !tabs_in_menu {
                tabs_ui(ui, breakpoint, Tab::Play, &mut from_left);
            }
            self.badge_ui(ui, breakpoint, &mut from_left);
        };
        groups_ui(ui, breakpoint, true, right, left);
        actions.append(&mut from_left);
        actions
    }

    fn badge_ui(&self, ui: &mut Ui, breakpoint: Breakpoint, actions: &mut Vec<TopBarAction>) {
        let theme = Theme::of(ui);
        let badge = badge_ui(ui, theme);
        badge.on_hover_text("What is shown was recorded; nothing here reaches a server");
        let mut key = |key: ReplayKey| actions.push(TopBarAction::Command(KeyCommand::Replay(key)));
        let name = escaped(&self.name);
        ui.scope(|ui| {
            ui.set_max_width(NAME.min(ui.available_width() - 120.0).max(40.0));
            let label = egui::Label::new(&name).truncate();
            ui.add(label).on_hover_text(escaped(&self.file));
        });
        let back = PushButton::new("Back to live")
            .icon(Icon::Back)
            .size(0.0, 28.0);
        let tip = KeyCommand::Replay(ReplayKey::Live).tip(ui.ctx());
        if ui.add(back).on_hover_text(tip).clicked() {
            key(ReplayKey::Live);
        }
        if breakpoint < Breakpoint::Medium {
            return;
        }
        if !self.faults.is_empty() {
            let faults: Vec<_> = self.faults.iter().map(|fault| escaped(fault)).collect();
            let tip = if self.hides_future {
                "Listed where what comes next is shown".to_owned()
            } else {
                faults.join("\n")
            };
            let thing = if self.is_shared { "problem" } else { "gap" };
            let chip = Chip {
                lamp: Some(Lamp::Look),
                value: format!("{} in this file", count(self.faults.len(), thing)),
                tip,
                ..Chip::default()
            };
            chip_ui(ui, &chip);
        }
        let Some(replayed) = report(&self.timeline, &self.shown, self.hides_future) else {
            return;
        };
        let short = format!("{} of {}", replayed.agree, replayed.actions);
        let value = format!("{short} verified");
        let (lamp, tip) = if replayed.is_right() && replayed.actions == 0 {
            (Lamp::Off, "No order yet".to_owned())
        } else if replayed.is_right() {
            let tip = "Every number of every order is what the account computes, as the command pianola replay says";
            (Lamp::Checked, tip.to_owned())
        } else {
            let differences = replayed.disagreements.iter().take(MAX_DIFFERENCES);
            let mut lines: Vec<_> = differences.map(ToString::to_string).collect();
            lines.push(KeyCommand::Replay(ReplayKey::NextDifference).tip(ui.ctx()));
            (Lamp::Look, lines.join("\n"))
        };
        let mut chip = Chip {
            lamp: Some(lamp),
            value: value.clone(),
            tip,
            ..Chip::default()
        };
        if chip.width(ui) > ui.available_width() {
            chip.value = short;
        }
        if named(chip_ui(ui, &chip), &value).clicked() && lamp == Lamp::Look {
            key(ReplayKey::NextDifference);
        }
    }
}

/// Draws the word REPLAY on the colour of a replay.
fn badge_ui(ui: &mut Ui, theme: Theme) -> Response {
    let word = "REPLAY";
    let text = line_galley(ui, &[(STRONG, word, Theme::ON_FILL)], 0.0, f32::INFINITY);
    let icon = 14.0;
    let size = vec2((text.size().x + icon + 26.0).ceil(), CONTROL);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, word));
    let painter = ui.painter();
    painter.rect_filled(rect, RADIUS, theme.replay_fill);
    let inside = rect.shrink2(vec2(10.0, 0.0));
    let place = inside.with_max_x(inside.left() + icon);
    Icon::Music.paint(painter, place, icon, Theme::ON_FILL);
    let left = pos2(place.right() + 6.0, rect.center().y);
    paint_line(painter, left, text);
    response
}

/// Draws the state of the live game.
fn live_chip_ui(ui: &mut Ui, live: &LivePage, context: &TopBarContext<'_>) {
    let view = &live.view();
    let feed = feed_status(view, context.now);
    let phase = phase_text(view, context.now);
    let price = view.price.map(exact_multiplier).unwrap_or_default();
    let trader = view
        .trader
        .as_ref()
        .filter(|trader| trader.held().is_some());
    let pnl = trader.and_then(|trader| trader.pnl);
    let pnl = pnl.map_or(String::new(), |pnl| format!(" P&L {}", signed(pnl)));
    let (lamp, value) = match context.regions.breakpoint {
        _ if view.risk_usage.stopped => (Lamp::Look, "Trading stopped".to_owned()),
        Breakpoint::Tight | Breakpoint::Narrow => (feed.lamp, price.clone()),
        _ => (feed.lamp, format!("{} {price}{pnl}", phase.word)),
    };
    let chip = Chip {
        lamp: Some(lamp),
        label: "Live".to_owned(),
        value,
        digits: true,
        tip: feed.tip,
        ..Chip::default()
    };
    let stopped = if view.risk_usage.stopped {
        "Trading stopped, "
    } else {
        ""
    };
    let name = format!("Live: {stopped}{} {} {price}{pnl}", phase.word, phase.next);
    named(chip_ui(ui, &chip), &name);
}
