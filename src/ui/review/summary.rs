//! The review of a session in a few lines: beside the library's list, and in the trade panel of a replay.

use egui::{Align2, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::no_cards::COMPUTING;
use super::sessions::ReviewState;
use super::tiles::{likely, ratio, won_of};
use crate::library::OpenedReview;
use crate::ui::format::{count, escaped, signed};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{CAPTION, STRONG, TABLE, TABLE_MONO};
use crate::ui::widgets::wrapped_ui;

/// Height of a line.
const LINE: f32 = 20.0;
/// Height of the summary with its title.
pub const SUMMARY: f32 = 7.0 * LINE;

/// Draws the lines of a review.
pub fn summary_ui(ui: &mut Ui, state: &ReviewState) {
    let theme = Theme::of(ui);
    ui.label(STRONG.text("Review of the session"));
    match state {
        ReviewState::Reading => {
            wrapped_ui(ui, theme.quiet, TABLE.text(COMPUTING));
        }
        ReviewState::Failed(why) => {
            wrapped_ui(ui, theme.quiet, TABLE.text(escaped(why)));
        }
        ReviewState::Done(session) => {
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (name, value, remark) in lines(session) {
                    line_ui(ui, &theme, name, &value, &remark);
                }
            });
        }
    }
}

/// Returns the name, the value and a remark of each line.
fn lines(session: &OpenedReview) -> [(&'static str, String, String); 6] {
    let (figures, review) = (&session.found.figures, &session.review);
    let n = figures.trades.n();
    let rate = figures.win_rate.as_ref().map_or(String::new(), likely);
    let mean = figures.expectancy().map_or("–".to_owned(), signed);
    let bets = figures.sidebets;
    [
        ("Result", signed(review.earned()), String::new()),
        ("Per trade", mean, count(n, "trade")),
        ("Trades won", won_of(figures.trades.won, n), rate),
        (
            "Profit factor",
            ratio(figures.profit_factor()),
            String::new(),
        ),
        ("Max drawdown", signed(-review.value.depth()), String::new()),
        ("Sidebets", won_of(bets.won, bets.n()), signed(bets.pnl)),
    ]
}

fn line_ui(ui: &mut Ui, theme: &Theme, name: &str, value: &str, remark: &str) {
    let size = vec2(ui.available_width(), LINE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = format!("{name}: {value} {remark}");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words.trim_end()));
    let painter = ui.painter().with_clip_rect(rect);
    let y = rect.center().y;
    let at = pos2(rect.left(), y);
    painter.text(at, Align2::LEFT_CENTER, name, TABLE.font(), theme.quiet);
    let at = pos2(rect.left() + 150.0, y);
    painter.text(
        at,
        Align2::RIGHT_CENTER,
        value,
        TABLE_MONO.font(),
        theme.text,
    );
    let at = pos2(rect.left() + 162.0, y);
    painter.text(at, Align2::LEFT_CENTER, remark, CAPTION.font(), theme.quiet);
}
