//! The table of the results: a row for each strategy, with intervals below the values. Columns that have no room are left
//! out.

use egui::{Align2, Color32, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::figures::{interval, margin, percent, short_percent, signed_percent, signed_sol, sol};
use crate::lab::{Estimate, Spread, StrategyResult};
use crate::ui::format::{NO_VALUE, escaped};
use crate::ui::theme::role::{AXIS, CAPTION, STRONG, TABLE_MONO};
use crate::ui::theme::{RADIUS, Theme};
use crate::ui::widgets::{line_galley, paint_line};

/// Height of the head and of a row.
pub const HEAD: f32 = 22.0;
pub const ROW: f32 = 38.0;
/// Least width of the names, and the space at the sides of a row.
const NAMES: f32 = 120.0;
const SIDE: f32 = 8.0;

/// A cell.
struct Cell {
    text: String,
    /// Its interval, or another figure of the same kind.
    below: String,
    /// Below 0 a loss, above 0 a gain; 0 neither.
    sign: f64,
}

/// A column.
struct ResultColumn {
    head: &'static str,
    width: f32,
    /// Columns with the highest rank are left out first.
    rank: u8,
    tip: &'static str,
    cell: fn(&StrategyResult) -> Cell,
}

const COLUMNS: [ResultColumn; 10] = [
    ResultColumn {
        head: "Per SOL staked",
        width: 92.0,
        rank: 0,
        tip: "Profit for each SOL that was paid for tokens and sidebets: the one number to compare strategies by",
        cell: |result| mean(result.per_staked, signed_percent, percent),
    },
    ResultColumn {
        head: "Per game",
        width: 78.0,
        rank: 2,
        tip: "Profit of a game, in SOL",
        cell: |result| mean(result.per_game, signed_sol, sol),
    },
    ResultColumn {
        head: "House takes",
        width: 78.0,
        rank: 6,
        tip: "Bankroll at the start of a session less the one at its end, on average, in SOL",
        cell: |result| {
            let cost = mean(Some(result.house_cost), signed_sol, sol);
            Cell {
                sign: -cost.sign,
                ..cost
            }
        },
    },
    ResultColumn {
        head: "Median end",
        width: 78.0,
        rank: 4,
        tip: "Bankroll at the end: half of the sessions have less, in SOL",
        cell: |result| {
            let end = result.fan.quantiles.last().map(|end| end[2]);
            plain(end.map_or(NO_VALUE.to_owned(), sol), String::new())
        },
    },
    ResultColumn {
        head: "In profit",
        width: 92.0,
        rank: 3,
        tip: "Sessions that ended with more than they began with",
        cell: |result| share(&result.in_profit),
    },
    ResultColumn {
        head: "Ruined",
        width: 92.0,
        rank: 1,
        tip: "Sessions whose wallet could no longer pay an order",
        cell: |result| share(&result.ruin.probability),
    },
    ResultColumn {
        head: "Drawdown",
        width: 84.0,
        rank: 5,
        tip: "Largest loss of a session from its highest bankroll: median, and the most",
        cell: |result| spread(result.drawdown, short_percent),
    },
    ResultColumn {
        head: "Losing run",
        width: 76.0,
        rank: 7,
        tip: "Most games with a loss one after the other: median, and the most",
        cell: |result| spread(result.losing_run, |games| format!("{games:.0}")),
    },
    ResultColumn {
        head: "Traded",
        width: 64.0,
        rank: 8,
        tip: "Games in which it placed an order",
        cell: |result| plain(short_percent(result.traded), String::new()),
    },
    ResultColumn {
        head: "Kelly",
        width: 52.0,
        rank: 1,
        tip: "Share of the bankroll to stake for the fastest growth; 0 when the games lost money",
        cell: |result| {
            let share = result
                .per_staked
                .map(|_| format!("{:.3}", result.kelly.share));
            plain(share.unwrap_or_else(|| NO_VALUE.to_owned()), String::new())
        },
    },
];

/// Returns the columns that have room beside the names, in their order.
fn columns(width: f32) -> Vec<&'static ResultColumn> {
    let mut shown: Vec<_> = COLUMNS.iter().collect();
    let needed = |shown: &[&ResultColumn]| shown.iter().map(|column| column.width).sum::<f32>();
    while needed(&shown) + NAMES + 2.0 * SIDE > width && shown.len() > 1 {
        let last = shown.iter().map(|column| column.rank).max();
        shown.retain(|column| Some(column.rank) != last);
    }
    shown
}

/// Draws the table. Returns the place of the row that was clicked.
pub fn table_ui(ui: &mut Ui, results: &[StrategyResult], chosen: usize) -> Option<usize> {
    let theme = Theme::of(ui);
    let columns = columns(ui.available_width());
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEAD), Sense::hover());
    let painter = ui.painter().clone();
    let middle = head.center().y;
    let at = pos2(head.left() + SIDE, middle);
    painter.text(
        at,
        Align2::LEFT_CENTER,
        "Strategy",
        CAPTION.font(),
        theme.quiet,
    );
    for (column, right) in rights(&columns, head) {
        let at = pos2(right, middle);
        painter.text(
            at,
            Align2::RIGHT_CENTER,
            column.head,
            CAPTION.font(),
            theme.quiet,
        );
        let cell = Rect::from_x_y_ranges(right - column.width..=right, head.y_range());
        let id = ui.scope_id().with(column.head);
        ui.interact(cell, id, Sense::hover())
            .on_hover_text(column.tip);
    }
    let mut clicked = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    for (place, result) in results.iter().enumerate() {
        if row_ui(ui, theme, &columns, result, place == chosen) {
            clicked = Some(place);
        }
    }
    clicked
}

/// Returns the columns with the right end of each.
fn rights<'a>(columns: &[&'a ResultColumn], row: Rect) -> Vec<(&'a ResultColumn, f32)> {
    let mut right = row.right() - SIDE;
    let mut places = Vec::new();
    for column in columns.iter().rev() {
        places.push((*column, right));
        right -= column.width;
    }
    places
}

fn row_ui(
    ui: &mut Ui,
    theme: Theme,
    columns: &[&ResultColumn],
    result: &StrategyResult,
    is_chosen: bool,
) -> bool {
    let (row, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = escaped(&result.name);
    let cells = rights(columns, row).into_iter();
    let cells: Vec<_> = cells
        .map(|(column, right)| (column, right, (column.cell)(result)))
        .collect();
    response.widget_info(|| {
        let figures = cells.iter().rev().map(|(column, _, cell)| {
            let below = if cell.below.is_empty() { "" } else { " " };
            format!("{} {}{below}{}", column.head, cell.text, cell.below)
        });
        let figures: Vec<_> = figures.collect();
        let text = format!("Result of {name}: {}", figures.join(", "));
        WidgetInfo::selected(Role::Button, true, is_chosen, text)
    });
    let painter = ui.painter();
    if is_chosen || response.hovered() {
        let ground = if is_chosen { theme.hover } else { theme.raised };
        painter.rect_filled(row, RADIUS, ground);
    }
    painter.hline(
        row.x_range(),
        row.bottom(),
        egui::Stroke::new(1.0, theme.line),
    );
    let left = cells
        .last()
        .map_or(row.right(), |(column, right, _)| right - column.width);
    let galley = line_galley(
        ui,
        &[(STRONG, &name, theme.text)],
        0.0,
        left - row.left() - 2.0 * SIDE,
    );
    paint_line(painter, pos2(row.left() + SIDE, row.center().y), galley);
    for (_, right, cell) in &cells {
        let has_below = !cell.below.is_empty();
        let y = row.center().y - if has_below { 8.0 } else { 0.0 };
        let ink = colour(&theme, cell.sign);
        painter.text(
            pos2(*right, y),
            Align2::RIGHT_CENTER,
            &cell.text,
            TABLE_MONO.font(),
            ink,
        );
        if has_below {
            let at = pos2(*right, y + 16.0);
            painter.text(
                at,
                Align2::RIGHT_CENTER,
                &cell.below,
                AXIS.sized(10.0).font(),
                theme.quiet,
            );
        }
    }
    response.clicked()
}

fn colour(theme: &Theme, sign: f64) -> Color32 {
    match sign {
        sign if sign > 0.0 => theme.gain,
        sign if sign < 0.0 => theme.loss,
        _ => theme.text,
    }
}

fn plain(text: String, below: String) -> Cell {
    Cell {
        text,
        below,
        sign: 0.0,
    }
}

/// A mean with half the length of its interval, coloured by the sign that is shown: what rounds to zero has none.
fn mean(estimate: Option<Estimate>, text: fn(f64) -> String, half: fn(f64) -> String) -> Cell {
    match estimate {
        Some(estimate) => {
            let text = text(estimate.value);
            let has_sign = text.starts_with(['+', '−']);
            Cell {
                sign: if has_sign { estimate.value } else { 0.0 },
                below: margin(&estimate, half),
                text,
            }
        }
        None => plain(NO_VALUE.to_owned(), String::new()),
    }
}

fn share(estimate: &Estimate) -> Cell {
    plain(short_percent(estimate.value), interval(estimate))
}

fn spread(spread: Spread, text: fn(f64) -> String) -> Cell {
    plain(text(spread.median), format!("most {}", text(spread.most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rounds_to_zero_is_neither_a_gain_nor_a_loss() {
        use std::cmp::Ordering::{Equal, Greater, Less};

        let cell = |value| {
            let estimate = Estimate {
                value,
                low: None,
                high: None,
            };
            let cell = mean(Some(estimate), signed_sol, sol);
            (cell.text, cell.sign.total_cmp(&0.0))
        };
        for (value, text, sign) in [
            (0.000_01, "0.0000", Equal),
            (-0.000_01, "0.0000", Equal),
            (0.000_2, "+0.0002", Greater),
            (-0.000_2, "−0.0002", Less),
        ] {
            assert_eq!(cell(value), (text.to_owned(), sign));
        }
    }

    #[test]
    fn the_most_important_columns_stay_in_a_narrow_window() {
        let heads = |width| {
            columns(width)
                .iter()
                .map(|column| column.head)
                .collect::<Vec<_>>()
        };
        assert_eq!(heads(928.0).len(), COLUMNS.len());
        let narrow = heads(640.0);
        for head in ["Per SOL staked", "Ruined", "Kelly", "In profit"] {
            assert!(narrow.contains(&head), "{head} in {narrow:?}");
        }
        assert!(!narrow.contains(&"Traded"));
        assert_eq!(heads(0.0), ["Per SOL staked"]);
        for width in [700.0, 800.0, 900.0, 1_000.0] {
            let used: f32 = columns(width).iter().map(|column| column.width).sum();
            assert!(used + NAMES <= width, "{width}");
        }
    }
}
