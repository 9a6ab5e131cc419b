//! The bar of a replay, in its own colour: what is played, whether it agrees, and what happens live meanwhile.

use chrono::{DateTime, Utc};

use super::Replay;
use crate::engine::View;
use crate::protocol::number;
use crate::ui::band::said;
use crate::ui::command::{KeyCommand, ReplayKey};
use crate::ui::format::{count, escaped, multiplier, signed};
use crate::ui::theme::{GRID, NARROW, Theme, digits};
use crate::ui::top_bar::{feed_lamp, recorder_lamp};

/// What runs behind the replay.
#[derive(Debug, Clone, Copy)]
pub struct Live<'a> {
    pub view: &'a View,
    pub folder: &'a std::path::Path,
    pub now: DateTime<Utc>,
}

/// Draws the bar, `lead` at its begin; returns the key whose button was pressed.
pub fn top_ui(
    ui: &mut egui::Ui,
    replay: &Replay,
    lead: &mut dyn FnMut(&mut egui::Ui),
    live: Option<Live<'_>>,
) -> Option<ReplayKey> {
    let theme = Theme::of(ui);
    let frame = egui::Frame::new()
        .inner_margin(2.0 * GRID)
        .fill(theme.panel)
        .stroke(egui::Stroke::new(2.0, theme.replay));
    let panel = egui::Panel::top("top bar").frame(frame);
    let shown = panel.show(ui, |ui| {
        let narrow = ui.available_width() < NARROW;
        let mut asked = None;
        ui.horizontal_wrapped(|ui| {
            lead(ui);
            asked = badge_ui(ui, theme, replay);
            if !narrow {
                let layout = egui::Layout::right_to_left(egui::Align::Center);
                ui.with_layout(layout, |ui| live_ui(ui, theme, live));
            }
        });
        if narrow {
            ui.horizontal(|ui| live_ui(ui, theme, live));
        }
        asked
    });
    shown.inner
}

fn badge_ui(ui: &mut egui::Ui, theme: Theme, replay: &Replay) -> Option<ReplayKey> {
    let mut asked = None;
    let badge = egui::RichText::new(" ♪ REPLAY ").strong();
    let badge = badge.color(theme.on_replay).background_color(theme.replay);
    ui.label(badge)
        .on_hover_text("What is shown was recorded; nothing here reaches a server");
    let name = escaped(&replay.name);
    let label = egui::Label::new(egui::RichText::new(&name).color(theme.text));
    ui.add(label.truncate()).on_hover_text(name);
    if ui
        .button("Back to live")
        .on_hover_text(KeyCommand::Replay(ReplayKey::Live).tip())
        .clicked()
    {
        asked = Some(ReplayKey::Live);
    }
    if !replay.faults.is_empty() {
        let n = u64::try_from(replay.faults.len()).unwrap_or(u64::MAX);
        let text = format!("⚠ {}", count(n, "fault"));
        let faults: Vec<_> = replay.faults.iter().map(|fault| escaped(fault)).collect();
        ui.label(egui::RichText::new(text).color(theme.alert))
            .on_hover_text(faults.join("\n"));
    }
    if let Some(replayed) = replay.timeline.replayed() {
        let found: Vec<_> = replayed
            .disagreements
            .iter()
            .map(ToString::to_string)
            .collect();
        let text = format!("{} of {} agree", replayed.agree, replayed.actions);
        if found.is_empty() {
            ui.label(egui::RichText::new(format!("✔ {text}")).color(theme.text))
                .on_hover_text("Every number of every action is what the account computes, as `pianola replay` says");
        } else {
            let next = ui.button(egui::RichText::new(format!("⚠ {text}")).color(theme.alert));
            let list = found
                .iter()
                .take(12)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n");
            let tip = KeyCommand::Replay(ReplayKey::Difference).tip();
            if next.on_hover_text(format!("{list}\n{tip}")).clicked() {
                asked = Some(ReplayKey::Difference);
            }
        }
    }
    asked
}

/// What happens meanwhile, from right to left where there is room.
fn live_ui(ui: &mut egui::Ui, theme: Theme, live: Option<Live<'_>>) {
    let Some(Live { view, folder, now }) = live else {
        ui.label(egui::RichText::new("live: nothing runs").color(theme.quiet));
        return;
    };
    let recorder = recorder_lamp(view, folder);
    let text = egui::RichText::new(&recorder.text).color(theme.level(recorder.level));
    ui.label(text).on_hover_text(&recorder.tip);
    let feed = feed_lamp(view, now);
    let said = said(view);
    let price = view
        .price
        .map(|price| multiplier(number::to_f64_lossy(price)));
    let price = price.map_or(String::new(), |price| format!(" {price}"));
    let words = format!("live: {} {}{price}", said.word, said.next);
    let live = egui::RichText::new(words).color(theme.level(feed.level));
    let trader = view.trader.as_ref();
    // From right to left: what is read first comes last.
    let pnl = trader
        .filter(|trader| trader.held().is_some())
        .and_then(|trader| trader.pnl);
    if let Some(pnl) = pnl {
        let colour = theme.money(pnl.cmp(&rust_decimal::Decimal::ZERO));
        ui.label(digits(format!("P&L {}", signed(pnl)), 13.0).color(colour));
    }
    ui.label(live).on_hover_text(feed.tip);
    if view.risk_usage.stopped {
        let words = egui::RichText::new("⚠ Trading stopped").color(theme.alert);
        ui.label(words)
            .on_hover_text("No new buys or sidebets in the live game; resume trading there");
    }
}
