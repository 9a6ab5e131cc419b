//! The review of a session in a few lines: beside the library's list, and in the trade panel of a replay.

use egui::{Align2, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::no_cards::COMPUTING;
use super::sessions::ReviewState;
use super::tiles::{likely, ratio, won_of};
use crate::library::OpenedReview;
use crate::ui::format::{count, escaped, signed};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{CAPTION, STRONG, TABLE, TABLE_MONO};
use crate::ui::widgets::{fitting_amounts, wrapped_ui};

/// Height of a line.
const LINE: f32 = 20.0;
/// Height of the summary with its title.
pub const SUMMARY: f32 = 7.0 * LINE;
/// How many lines there are, and where a value ends and its remark begins.
const LINES: usize = 6;
const VALUE: f32 = 150.0;
const REMARK: f32 = 162.0;

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
                for place in 0..LINES {
                    line_ui(ui, &theme, || lines(session)[place].clone());
                }
            });
        }
    }
}

/// The name, the value and a remark.
type SummaryLine = (&'static str, String, String);

/// Returns the lines.
fn lines(session: &OpenedReview) -> [SummaryLine; LINES] {
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

fn line_ui(ui: &mut Ui, theme: &Theme, write: impl Fn() -> SummaryLine) {
    let (name, value, remark) = write();
    let size = vec2(ui.available_width(), LINE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = format!("{name}: {value} {remark}");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words.trim_end()));
    let painter = ui.painter().with_clip_rect(rect);
    let y = rect.center().y;
    let at = pos2(rect.left(), y);
    let name = painter.text(at, Align2::LEFT_CENTER, name, TABLE.font(), theme.quiet);
    let room = VALUE - name.width() - 8.0;
    let value = fitting_amounts(ui, TABLE_MONO, room, || write().1);
    let at = pos2(rect.left() + VALUE, y);
    let font = TABLE_MONO.font();
    painter.text(at, Align2::RIGHT_CENTER, value, font, theme.text);
    let remark = fitting_amounts(ui, CAPTION, rect.width() - REMARK, || write().2);
    let at = pos2(rect.left() + REMARK, y);
    painter.text(at, Align2::LEFT_CENTER, remark, CAPTION.font(), theme.quiet);
}
