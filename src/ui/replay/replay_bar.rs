//! The top bar of a replay, in its own colour: the recording, whether it agrees with the account, and the live game.

use egui::{RichText, Ui};

use super::Replay;
use crate::ui::chart::phase_text;
use crate::ui::command::{KeyCommand, ReplayKey};
use crate::ui::format::{count, escaped, exact_multiplier, signed};
use crate::ui::lamp::{feed_lamp, lamp_ui, recorder_lamp};
use crate::ui::live_page::LivePage;
use crate::ui::theme::{GRID, NARROW, Theme, digits};
use crate::ui::widgets::truncated_ui;

/// Differences listed in the tooltip.
const MAX_DIFFERENCES: usize = 12;

impl Replay {
    /// Draws the bar, which starts with `lead`. Returns the key of the button that was pressed.
    pub fn bar_ui(
        &self,
        ui: &mut Ui,
        lead: &mut dyn FnMut(&mut Ui),
        live: Option<&LivePage>,
    ) -> Option<ReplayKey> {
        let theme = Theme::of(ui);
        let frame = egui::Frame::new()
            .inner_margin(2.0 * GRID)
            .fill(theme.panel)
            .stroke(egui::Stroke::new(2.0, theme.replay));
        let panel = egui::Panel::top("top bar").frame(frame);
        let shown = panel.show(ui, |ui| {
            let narrow = ui.available_width() < NARROW;
            let mut key = None;
            ui.horizontal_wrapped(|ui| {
                lead(ui);
                key = self.badge_ui(ui, theme);
                if !narrow {
                    let layout = egui::Layout::right_to_left(egui::Align::Center);
                    ui.with_layout(layout, |ui| live_ui(ui, theme, live));
                }
            });
            if narrow {
                ui.horizontal(|ui| live_ui(ui, theme, live));
            }
            key
        });
        shown.inner
    }

    fn badge_ui(&self, ui: &mut Ui, theme: Theme) -> Option<ReplayKey> {
        let mut key = None;
        let badge = RichText::new(" ♪ REPLAY ").strong();
        ui.colored_label(Theme::ON_FILL, badge.background_color(theme.replay_fill))
            .on_hover_text("What is shown was recorded; nothing here reaches a server");
        let name = escaped(&self.name);
        truncated_ui(ui, theme.text, &name).on_hover_text(name);
        let live = ui.button("Back to live");
        let tip = KeyCommand::Replay(ReplayKey::Live).tooltip();
        if live.on_hover_text(tip).clicked() {
            key = Some(ReplayKey::Live);
        }
        if !self.faults.is_empty() {
            let text = format!("⚠ {}", count(self.faults.len(), "fault"));
            let faults: Vec<_> = self.faults.iter().map(|fault| escaped(fault)).collect();
            ui.colored_label(theme.amber, text)
                .on_hover_text(faults.join("\n"));
        }
        let Some(replayed) = self.timeline.replayed() else {
            return key;
        };
        let text = format!("{} of {} agree", replayed.agree, replayed.actions);
        if replayed.disagreements.is_empty() {
            ui.colored_label(theme.text, format!("✔ {text}"))
                .on_hover_text("Every number of every action is what the account computes, as `pianola replay` says");
        } else {
            let next = RichText::new(format!("⚠ {text}")).color(theme.amber);
            let differences = replayed.disagreements.iter().take(MAX_DIFFERENCES);
            let mut lines: Vec<_> = differences.map(ToString::to_string).collect();
            lines.push(KeyCommand::Replay(ReplayKey::NextDifference).tooltip());
            if ui.button(next).on_hover_text(lines.join("\n")).clicked() {
                key = Some(ReplayKey::NextDifference);
            }
        }
        key
    }
}

/// Draws the state of the live game, from right to left where there is room.
fn live_ui(ui: &mut Ui, theme: Theme, live: Option<&LivePage>) {
    let Some(live) = live else {
        ui.colored_label(theme.quiet, "live: nothing runs");
        return;
    };
    let view = &live.view();
    lamp_ui(ui, &recorder_lamp(view, &live.source.folder));
    let feed = feed_lamp(view, crate::clock::now());
    let phase = phase_text(view);
    let price = view.price.map(exact_multiplier);
    let price = price.map_or(String::new(), |price| format!(" {price}"));
    let words = format!("live: {} {}{price}", phase.word, phase.next);
    // From right to left: the P&L is to the right of the words.
    let trader = view
        .trader
        .as_ref()
        .filter(|trader| trader.held().is_some());
    if let Some(pnl) = trader.and_then(|trader| trader.pnl) {
        let text = digits(format!("P&L {}", signed(pnl)), 13.0);
        ui.colored_label(theme.money(pnl), text);
    }
    ui.colored_label(theme.level(feed.level), words)
        .on_hover_text(feed.tip);
    if view.risk_usage.stopped {
        ui.colored_label(theme.amber, "⚠ Trading stopped")
            .on_hover_text("No new buys or sidebets in the live game; resume trading there");
    }
}
