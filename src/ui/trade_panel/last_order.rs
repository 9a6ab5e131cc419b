//! The last order: a line of the trade panel, and of the status line where the panel is too low for it.

use egui::{Align, Rect, Stroke, Ui, vec2};

use super::money::text_ui;
use crate::account::{Action, ActionKind, ActionStatus};
use crate::engine::View;
use crate::game::Time;
use crate::ui::format::{delay, sol};
use crate::ui::notices::NoticeLine;
use crate::ui::theme::role::{TABLE, TABLE_MONO, TABLE_STRONG};
use crate::ui::theme::{StatusLevel, Theme};
use crate::ui::widgets::{LAMP, Lamp, fitting_amounts};

/// The last order and what became of it.
struct LastOrder {
    /// The time of its last change; `None` without an order.
    at: Option<Time>,
    lamp: Lamp,
    words: String,
    /// How long it took, or that it is on its way.
    took: String,
    tip: &'static str,
}

impl LastOrder {
    fn of(view: &View) -> Self {
        let pending = view.trader.as_ref().and_then(|trader| trader.pending);
        if let Some(pending) = pending {
            let order = pending.order;
            let (lamp, words, took, tip) = if pending.unknown {
                let tip = "It is never sent again. The next update of the account shows what became of it";
                (Lamp::Look, format!("{order}: no answer"), "", tip)
            } else {
                let tip = "Waiting for the server's answer";
                (Lamp::Running, order.to_string(), "sent…", tip)
            };
            return Self {
                at: Some(pending.since),
                lamp,
                words,
                took: took.to_owned(),
                tip,
            };
        }
        let mut rows = view.actions.iter().rev();
        let Some((row, words)) = rows.find_map(|row| Some((row, press_text(row)?))) else {
            return Self {
                at: None,
                lamp: Lamp::Off,
                words: "–".to_owned(),
                took: String::new(),
                tip: "No order yet",
            };
        };
        let refused = row.status != ActionStatus::Confirmed;
        let took = row.confirmed_at.filter(|_| !refused);
        Self {
            at: Some(row.confirmed_at.unwrap_or(row.timestamp)),
            lamp: if refused { Lamp::Look } else { Lamp::Checked },
            words,
            took: took.map_or(String::new(), |at| delay(at - row.timestamp)),
            tip: "From the press to the update of the account",
        }
    }
}

/// Returns the last order as a line of the status line; `None` before the first order.
pub fn last_order_line(view: &View) -> Option<NoticeLine> {
    let last = LastOrder::of(view);
    let took = Some(last.took).filter(|took| !took.is_empty());
    let took = took.map_or(String::new(), |took| format!(" · {took}"));
    Some(NoticeLine {
        at: last.at?,
        level: match last.lamp {
            Lamp::Look => StatusLevel::Warning,
            Lamp::Checked => StatusLevel::Ok,
            _ => StatusLevel::Muted,
        },
        text: format!("Last order {}{took}", last.words),
        times: 1,
        link: None,
    })
}

/// Draws the last order and how long it took.
pub fn last_order_ui(ui: &mut Ui, view: &View, rect: Rect) {
    let theme = Theme::of(ui);
    let y = (rect.top() + 4.0).round();
    let line = Stroke::new(1.0, theme.line);
    ui.painter().hline(rect.x_range(), y, line);
    let text = rect.with_min_y(y + 4.0);
    let last = LastOrder::of(view);
    let lamp = text.left_center() + vec2(LAMP / 2.0, 0.0);
    last.lamp.paint(ui.painter(), lamp, &theme);
    let inside = text.with_min_x(text.left() + LAMP + 8.0);
    let name = text_ui(ui, inside, Align::LEFT, (TABLE, "Last order", theme.quiet));
    let took = (TABLE_MONO, last.took.as_str(), theme.quiet);
    let ms = text_ui(ui, inside, Align::RIGHT, took);
    let order = inside
        .with_min_x(name.rect.right() + 8.0)
        .with_max_x(ms.rect.left() - 8.0);
    let colour = if last.at.is_none() {
        theme.faint
    } else {
        theme.text
    };
    let words = || LastOrder::of(view).words;
    let words = fitting_amounts(ui, TABLE_STRONG, order.width(), words);
    let words = (TABLE_STRONG, words.as_str(), colour);
    text_ui(ui, order, Align::LEFT, words).on_hover_text(last.tip);
}

/// Returns what was pressed; `None` for a result.
fn press_text(row: &Action) -> Option<String> {
    let amount = || row.amount.map_or(String::new(), sol);
    match row.action {
        ActionKind::Buy => Some(format!("BUY {}", amount())),
        ActionKind::SidebetPlace => Some(format!("SIDEBET {}", amount())),
        ActionKind::Sell => Some(match row.sell_percent {
            Some(share) => format!("SELL {} %", share.normalize()),
            None => format!("SELL {}", amount()),
        }),
        ActionKind::Liquidated | ActionKind::SidebetWin | ActionKind::SidebetLose => None,
    }
}
