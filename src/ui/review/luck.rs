//! The course of the total value, beside what the odds expect of the same risks.

use egui::{Rect, Role, Sense, Ui, WidgetInfo};
use rust_decimal::Decimal;

use super::card::review_card_ui;
use super::plot::{ReviewPlot, below_ui, with_texts_below};
use crate::game::Time;
use crate::library::OpenedReview;
use crate::protocol::number;
use crate::review::{BandLevel, Luck, LuckPoint, ResultPoint};
use crate::ui::format::{count, date_and_time, exact, short_clock, signed};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{AXIS, CAPTION, PILL};
use crate::ui::widgets::{fitting_amounts, truncated_ui, wrapped_ui};

/// Radius of the newest point.
const DOT: f32 = 3.0;

/// What the card shows: a course, and what the odds expect at some of its places.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LuckCourse {
    /// The course: places and values in SOL, with the start.
    line: Vec<(f64, f64)>,
    /// Expectation and bands, with the start.
    points: Vec<(f64, LuckPoint)>,
    /// Texts below the course, by their places.
    marks: Vec<(f64, String)>,
}

#[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
fn x(place: usize) -> f64 {
    place as f64
}

/// The start, at which nothing was risked yet.
const START: LuckPoint = LuckPoint {
    place: 0,
    expected: 0.0,
    inner: (0.0, 0.0),
    outer: (0.0, 0.0),
};

impl LuckCourse {
    /// Returns the course of a session, at each change of its total value.
    pub fn of_session(session: &OpenedReview) -> Self {
        let course = &session.review.course;
        let line = course
            .points
            .iter()
            .map(|point| (x(point.place), point.earned));
        // A game without a change of the total value keeps the place of the game before.
        let place_of = |game: usize| {
            let before = course.games.partition_point(|(of, _)| *of <= game);
            let last = before.checked_sub(1).and_then(|at| course.games.get(at));
            x(last.map_or(0, |(_, place)| *place))
        };
        let points = session
            .luck_curve
            .iter()
            .map(|point| (place_of(point.place), *point));
        let times = course.points.iter().map(|point| (point.place, point.at));
        Self {
            line: std::iter::once((0.0, 0.0)).chain(line).collect(),
            points: std::iter::once((0.0, START)).chain(points).collect(),
            marks: marks(times, short_clock),
        }
    }

    /// Returns the course of results without odds; `text` returns the mark of a time.
    pub fn of_results(course: &[ResultPoint], text: fn(Time) -> String) -> Self {
        let line = course.iter().map(|point| (x(point.place), point.earned));
        let times = course.iter().map(|point| (point.place, point.at));
        Self {
            line: std::iter::once((0.0, 0.0)).chain(line).collect(),
            points: Vec::new(),
            marks: marks(times, text),
        }
    }

    /// Returns the course over many sessions, at the end of some of them.
    pub fn of_sessions(course: &[ResultPoint], curve: &[LuckPoint]) -> Self {
        let points = course.iter().zip(curve);
        let points = points.map(|(at, point)| (x(at.place), *point));
        Self {
            points: std::iter::once((0.0, START)).chain(points).collect(),
            ..Self::of_results(course, date_and_time)
        }
    }
}

/// Returns the texts of places, each where it is first.
fn marks(
    times: impl Iterator<Item = (usize, Time)>,
    text: fn(Time) -> String,
) -> Vec<(f64, String)> {
    let mut marks: Vec<(f64, String)> = Vec::new();
    for (place, at) in times {
        let text = text(at);
        if marks.last().is_none_or(|(_, before)| *before != text) {
            marks.push((x(place), text));
        }
    }
    marks
}

/// Draws the card. `luck` is unknown where the filter takes parts of sessions.
pub fn luck_ui(
    ui: &mut Ui,
    rect: Rect,
    course: &LuckCourse,
    (luck, result): (Option<&Luck>, Decimal),
) {
    let theme = Theme::of(ui);
    let remark = || luck.map_or("not known for parts of sessions".to_owned(), remark);
    let title = |ui: &mut Ui| {
        let text = fitting_amounts(ui, CAPTION, ui.available_width(), remark);
        let label = truncated_ui(ui, theme.quiet, CAPTION.text(text));
        if let Some(luck) = luck {
            label.on_hover_ui(|ui| {
                ui.label(tip(luck));
            });
        }
    };
    review_card_ui(ui, "Luck and odds", rect, title, |ui| {
        if course.line.len() < 2 {
            let text = "The course of the total value starts with the first trade.";
            wrapped_ui(ui, theme.quiet, text);
            return;
        }
        course_ui(ui, &theme, course, result);
    });
}

fn course_ui(ui: &mut Ui, theme: &Theme, course: &LuckCourse, result: Decimal) {
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let (room, times) = with_texts_below(rect);
    let values = course.line.iter().map(|(_, value)| *value);
    let bands = course
        .points
        .iter()
        .flat_map(|(_, point)| [point.outer.0, point.outer.1]);
    let last = course.line.last().map_or(1.0, |(place, _)| *place);
    let plot = ReviewPlot::of(room, [0.0, last], values.clone().chain(bands));
    let painter = ui.painter().with_clip_rect(rect.expand(4.0));
    let wide = course
        .points
        .iter()
        .map(|(place, point)| (*place, point.outer.0, point.outer.1));
    plot.band(&painter, wide, theme.line.gamma_multiply(0.55));
    let narrow = course
        .points
        .iter()
        .map(|(place, point)| (*place, point.inner.0, point.inner.1));
    plot.band(&painter, narrow, theme.line2.gamma_multiply(0.55));
    plot.level(&painter, 0.0, theme.line2);
    let expected = course
        .points
        .iter()
        .map(|(place, point)| (*place, point.expected));
    plot.dashed(&painter, expected, theme.quiet);
    let ink = theme.money(result);
    plot.line(&painter, course.line.iter().copied(), ink);
    let end = number::to_f64_lossy(result);
    painter.circle_filled(plot.at(last, end), DOT, ink);
    let of = |value: f64| {
        (
            AXIS,
            Decimal::from_f64_retain(value).unwrap_or_default(),
            theme.quiet,
        )
    };
    let mut labels = vec![(PILL.sized(11.0), result, ink)];
    let at_end = course.points.last().map(|(_, point)| *point);
    let high = values.clone().fold(0.0, f64::max);
    let low = values.fold(0.0, f64::min);
    labels.extend(at_end.map(|point| of(point.expected)));
    labels.extend([0.0, high, low].map(of));
    let limits = at_end.map(|point| [point.outer.0, point.outer.1].map(of));
    labels.extend(limits.into_iter().flatten());
    plot.labels(ui, &labels);
    let marks = course.marks.iter();
    let marks = marks.map(|(place, text)| (plot.at(*place, 0.0).x, text.clone()));
    below_ui(ui, theme, times.with_max_x(plot.rect.right()), marks);
    let limits = format!("highest {}, lowest {} SOL", amount(high), amount(low));
    let Some(at_end) = at_end else {
        let words = format!("Sum of these trades {}, {limits}", signed(result));
        response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &words));
        response.on_hover_text(format!("{words}\n{}", exact(result)));
        return;
    };
    let words = format!(
        "Total value {}, {limits}; by the odds {}, 95 of 100 from {} to {}",
        signed(result),
        amount(at_end.expected),
        amount(at_end.outer.0),
        amount(at_end.outer.1)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &words));
    let legend = "Dashed: what the odds expect of the same risks. Dark and light area: where 70 and 95 of 100 players with these risks are";
    response.on_hover_text(format!("{words}\n{}\n{legend}", exact(result)));
}

/// Returns a figure of chance as an amount.
pub fn amount(value: f64) -> String {
    signed(Decimal::from_f64_retain(value).unwrap_or_default())
}

/// Returns the luck in a line.
pub fn remark(luck: &Luck) -> String {
    let Some(deviations) = luck.standard_deviations() else {
        return match luck.unknown_versions.as_slice() {
            [] if luck.missing_games > 0 => "the files of the games are missing".to_owned(),
            [] => "nothing was risked".to_owned(),
            versions => format!("no odds known for {}", versions.join(", ")),
        };
    };
    let sign = if deviations < 0.0 { "\u{2212}" } else { "+" };
    format!(
        "by the odds {}, luck {}, {sign}{:.1} standard deviations",
        amount(luck.expected),
        amount(luck.luck()),
        deviations.abs()
    )
}

fn tip(luck: &Luck) -> String {
    let band = |level| {
        luck.band(level).map_or("–".to_owned(), |(low, high)| {
            format!("{} to {}", amount(low), amount(high))
        })
    };
    let mut lines = vec![
        "Luck is the result less what the odds expect of the same risks".to_owned(),
        format!("70 of 100: {}", band(BandLevel::Inner)),
        format!("95 of 100: {}", band(BandLevel::Outer)),
        format!(
            "{} held, {}; {} known",
            count(luck.ticks, "tick"),
            count(luck.bets, "sidebet"),
            count(luck.rug_prices, "rug price")
        ),
    ];
    lines.extend(luck.left_out().map(|what| format!("Left out: {what}")));
    if !luck.unknown_versions.is_empty() {
        lines.push(format!(
            "No odds known for {}",
            luck.unknown_versions.join(", ")
        ));
    }
    lines.join("\n")
}
