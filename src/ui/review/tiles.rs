//! The six tiles of figures.

use egui::{Color32, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use rust_decimal::Decimal;

use crate::account::Fall;
use crate::game::Time;
use crate::protocol::number;
use crate::review::{Figures, Interval};
use crate::ui::format::{count, exact, signed, sol};
use crate::ui::theme::role::{AMOUNT, CAPTION};
use crate::ui::theme::{CARD_RADIUS, GAP, Theme};
use crate::ui::widgets::{fitting_amounts, line_galley, paint_line};

/// How many there are.
const TILES: usize = 6;

/// What is known beside the figures.
pub struct TileFacts<'a> {
    /// The figures of the trades.
    pub figures: &'a Figures,
    /// What was earned, in SOL, with sidebets and what is unexplained.
    pub result: Decimal,
    /// What the result is of, as `SOL in 24 min`.
    pub span: String,
    /// The deepest fall, if there was one, and of what it is.
    pub fall: Option<&'a Fall>,
    pub fall_of: &'static str,
    /// Returns the text of a time.
    pub time: fn(Time) -> String,
}

/// A tile: what it is, its value, and a line below.
#[derive(Clone)]
struct ReviewTile {
    name: &'static str,
    value: String,
    ink: Color32,
    line: String,
    tip: String,
}

/// Draws the tiles in rows of so many.
pub fn tiles_ui(ui: &mut Ui, rect: Rect, in_row: usize, facts: &TileFacts<'_>) {
    let theme = Theme::of(ui);
    let rows = TILES.div_ceil(in_row);
    #[expect(clippy::cast_precision_loss, reason = "six tiles")]
    let (columns, rows) = (in_row as f32, rows as f32);
    let width = (rect.width() - GAP * (columns - 1.0)) / columns;
    let height = (rect.height() - GAP * (rows - 1.0)) / rows;
    for place in 0..TILES {
        #[expect(clippy::cast_precision_loss, reason = "six tiles")]
        let at = vec2((place % in_row) as f32, (place / in_row) as f32);
        let corner = rect.min + at * vec2(width + GAP, height + GAP);
        let rect = Rect::from_min_size(corner, vec2(width, height));
        tile_ui(ui, &theme, rect, || tiles(&theme, facts)[place].clone());
    }
}

fn tile_ui(ui: &mut Ui, theme: &Theme, rect: Rect, write: impl Fn() -> ReviewTile) {
    let tile = write();
    let response = ui.allocate_rect(rect, Sense::hover());
    let words = format!("{}: {}, {}", tile.name, tile.value, tile.line);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &words));
    let stroke = Stroke::new(1.0, theme.line);
    let painter = ui.painter();
    painter.rect(rect, CARD_RADIUS, theme.panel, stroke, StrokeKind::Inside);
    let inside = rect.shrink2(vec2(12.0, 8.0));
    let width = inside.width();
    let value = fitting_amounts(ui, AMOUNT, width, || write().value);
    let line = fitting_amounts(ui, CAPTION, width, || write().line);
    let rows = [
        (CAPTION, tile.name, theme.quiet, 8.0),
        (AMOUNT, &value, tile.ink, 28.0),
        (CAPTION, &line, theme.quiet, 48.0),
    ];
    for (role, text, ink, y) in rows {
        let galley = line_galley(ui, &[(role, text, ink)], 0.0, width);
        paint_line(painter, inside.left_top() + vec2(0.0, y), galley);
    }
    response.on_hover_text(format!("{}\n{}", tile.line, tile.tip));
}

fn tiles(theme: &Theme, facts: &TileFacts<'_>) -> [ReviewTile; TILES] {
    let figures = facts.figures;
    let n = figures.trades.n();
    let trades = count(n, "trade");
    let money = |amount: Option<Decimal>| match amount {
        Some(amount) => (signed(amount), theme.money(amount)),
        None => ("–".to_owned(), theme.faint),
    };
    let exactly = |amount: Option<Decimal>| amount.map_or("–".to_owned(), exact);
    let (result, result_ink) = money(Some(facts.result));
    let (mean, mean_ink) = money(figures.expectancy());
    let depth = -facts.fall.map_or(Decimal::ZERO, |fall| fall.depth);
    let (fall, fall_ink) = money(Some(depth));
    let never = || "it never fell".to_owned();
    let fall_line = facts
        .fall
        .map_or_else(never, |fall| fall_text(fall, facts.time));
    let (winners, losers) = figures.mean_ticks();
    let plain = |text: String, n: u32| (text, if n > 0 { theme.text } else { theme.faint });
    let (won, won_ink) = plain(won_of(figures.trades.won, n), n);
    let (factor, factor_ink) = plain(ratio(figures.profit_factor()), n);
    let (held, held_ink) = plain(mean_held(figures), n);
    [
        ReviewTile {
            name: "Result",
            value: result,
            ink: result_ink,
            line: facts.span.clone(),
            tip: format!(
                "{}: trades {}, sidebets {}",
                exact(facts.result),
                exact(figures.trades.pnl),
                exact(figures.sidebets.pnl)
            ),
        },
        ReviewTile {
            name: "Per trade",
            value: mean,
            ink: mean_ink,
            line: format!("expectancy, {trades}"),
            tip: format!(
                "{}; mean profit {}, mean loss {}",
                exactly(figures.expectancy()),
                exactly(figures.average_win()),
                exactly(figures.average_loss())
            ),
        },
        ReviewTile {
            name: "Trades won",
            value: won,
            ink: won_ink,
            line: figures
                .win_rate
                .as_ref()
                .map_or("no trades".to_owned(), likely),
            tip: "The share that was won, with the Wilson interval of 95 %".to_owned(),
        },
        ReviewTile {
            name: "Profit factor",
            value: factor,
            ink: factor_ink,
            line: format!(
                "won {}, lost {}",
                sol(figures.gained),
                sol(figures.lost.abs())
            ),
            tip: format!(
                "All profits over all losses; payoff ratio {}; in a row {} won, {} lost",
                ratio(figures.payoff_ratio()),
                figures.streaks.won,
                figures.streaks.lost
            ),
        },
        ReviewTile {
            name: "Max drawdown",
            value: fall,
            ink: fall_ink,
            line: fall_line,
            tip: facts.fall_of.to_owned(),
        },
        ReviewTile {
            name: "Mean hold",
            value: held,
            ink: held_ink,
            line: format!("won {}, lost {}", whole(winners), whole(losers)),
            tip: "Ticks from the first buy to the last sale".to_owned(),
        },
    ]
}

/// Returns `6 / 9`; without trades a dash.
pub fn won_of(won: u32, n: u32) -> String {
    if n == 0 {
        "–".to_owned()
    } else {
        format!("{won} / {n}")
    }
}

/// Returns a share with its interval, as `67 %, likely 35 to 88 %`.
pub fn likely(rate: &Interval) -> String {
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let [share, low, high] = [rate.share, rate.low, rate.high].map(percent);
    format!("{share}\u{2009}%, likely {low} to {high}\u{2009}%")
}

/// Returns a ratio with two decimals; a dash if it is undefined.
pub fn ratio(value: Option<Decimal>) -> String {
    value.map_or("–".to_owned(), |value| number::rounded(value, 2))
}

fn whole(value: Option<Decimal>) -> String {
    value.map_or("–".to_owned(), |value| value.round_dp(0).to_string())
}

/// Returns the mean ticks that a trade was held.
fn mean_held(figures: &Figures) -> String {
    let mean = figures.mean_hold();
    mean.map_or("–".to_owned(), |mean| count(mean.round_dp(0), "tick"))
}

fn fall_text(fall: &Fall, time: fn(Time) -> String) -> String {
    let height = fall.from.map_or(Decimal::ZERO, |from| from.value);
    let start = fall
        .from
        .map_or("the start".to_owned(), |from| time(from.at));
    format!("from {} at {start}", signed(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_a_dash_and_a_share_has_its_interval() {
        let none = Figures::default();
        let facts = TileFacts {
            figures: &none,
            result: Decimal::ZERO,
            span: String::new(),
            fall: None,
            fall_of: "",
            time: |at| at.to_string(),
        };
        let values = tiles(&Theme::DARK, &facts).map(|tile| tile.value);
        assert_eq!(values, ["0.0000", "–", "–", "–", "0.0000", "–"]);
        let rate = Interval::of(6, 9).expect("trials");
        assert_eq!(likely(&rate), "67\u{2009}%, likely 35 to 88\u{2009}%");
        assert_eq!(won_of(6, 9), "6 / 9");
        assert_eq!(ratio(Some(Decimal::new(3_356, 3))), "3.36");
    }
}
