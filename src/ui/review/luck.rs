//! The course of the total value, beside what the odds expect.

use egui::{Rect, Role, Sense, Ui, WidgetInfo};
use rust_decimal::Decimal;

use super::card::review_card_ui;
use super::plot::{ReviewPlot, below_ui, with_texts_below};
use crate::library::OpenedReview;
use crate::protocol::number;
use crate::ui::format::{exact, short_clock, signed};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{AXIS, CAPTION, PILL};
use crate::ui::widgets::{truncated_ui, wrapped_ui};

/// Radius of the newest point.
const DOT: f32 = 3.0;

/// Draws the course of a session.
pub fn luck_ui(ui: &mut Ui, rect: Rect, session: &OpenedReview) {
    let theme = Theme::of(ui);
    let luck = session.review.luck();
    let remark = format!(
        "by the odds {}, luck {}",
        rounded(session.review.expected.total()),
        rounded(luck)
    );
    let title = |ui: &mut Ui| {
        truncated_ui(ui, theme.quiet, CAPTION.text(&remark))
            .on_hover_text("Luck: the result less what the odds expect of the same risks");
    };
    review_card_ui(ui, "Luck and odds", rect, title, |ui| {
        if session.course.points.is_empty() {
            let text = "The course of the total value starts with the first trade.";
            wrapped_ui(ui, theme.quiet, text);
            return;
        }
        course_ui(ui, &theme, session);
    });
}

fn course_ui(ui: &mut Ui, theme: &Theme, session: &OpenedReview) {
    let course = &session.course;
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let (room, times) = with_texts_below(rect);
    let values = course.points.iter().map(|point| point.earned);
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    let x = |place: usize| place as f64;
    let plot = ReviewPlot::of(room, [0.0, x(course.len)], values.clone());
    let painter = ui.painter().with_clip_rect(rect.expand(4.0));
    plot.level(&painter, 0.0, theme.line2);
    let earned = session.review.earned;
    let ink = theme.money(earned);
    let points = course
        .points
        .iter()
        .map(|point| (x(point.place), point.earned));
    plot.line(&painter, std::iter::once((0.0, 0.0)).chain(points), ink);
    let last = number::to_f64_lossy(earned);
    painter.circle_filled(plot.at(x(course.len), last), DOT, ink);
    let mut labels = vec![(PILL.sized(11.0), last, signed(earned), ink)];
    let of = |value: f64| (AXIS, value, rounded(value), theme.quiet);
    let high = values.clone().fold(0.0, f64::max);
    let low = values.fold(0.0, f64::min);
    labels.extend([of(0.0), of(high), of(low)]);
    plot.labels(ui, &labels);
    let marks = course
        .points
        .iter()
        .map(|point| (plot.at(x(point.place), 0.0).x, short_clock(point.at)));
    let mut before = String::new();
    let marks = marks.filter(|(_, text)| std::mem::replace(&mut before, text.clone()) != *text);
    below_ui(ui, theme, times.with_max_x(plot.rect.right()), marks);
    let words = format!(
        "Total value {}, highest {}, lowest {} SOL; by the odds {}",
        signed(earned),
        rounded(high),
        rounded(low),
        rounded(session.review.expected.total())
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &words));
    response.on_hover_text(format!("{words}\n{}", exact(earned)));
}

/// Returns a figure of chance as an amount.
fn rounded(value: f64) -> String {
    signed(Decimal::from_f64_retain(value).unwrap_or_default())
}
