//! The curves of quality.html as SVG: survival with its band, and sidebets by tick.

use std::fmt::Write as _;

use super::super::checks::sidebet_chance;
use super::super::lifetimes::{SidebetPoint, SurvivalPoint};
use super::super::numbers::percent;
use crate::account::SIDEBET_MULTIPLE;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 40.0;
/// A sidebet has to win so often to pay for itself.
const BREAK_EVEN: f64 = 1.0 / SIDEBET_MULTIPLE as f64;

/// The axis of shares.
#[derive(Clone, Copy)]
enum Shares {
    /// From the lowest to the highest.
    Linear(f64, f64),
    /// From this one to 1, in equal ratios: a constant chance of a rug is a straight line.
    Logarithmic(f64),
}

impl Shares {
    /// Returns where a share lies: 0 at the bottom, 1 at the top.
    fn place(self, share: f64) -> f64 {
        let place = match self {
            Self::Linear(low, high) => (share - low) / (high - low),
            Self::Logarithmic(low) => 1.0 - share.max(low).ln() / low.ln(),
        };
        place.clamp(0.0, 1.0)
    }

    /// Returns the shares with a line, and the decimals of their percent.
    fn lines(self) -> Vec<(f64, usize)> {
        match self {
            Self::Linear(low, high) => {
                let step = nice_step((high - low) / 5.0);
                let lines = multiples(step, low, high);
                lines
                    .map(|share| (share, usize::from(step < 0.01)))
                    .collect()
            }
            Self::Logarithmic(low) => {
                let lines = [1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
                let lines = lines.into_iter().filter(|share| *share >= low);
                lines
                    .map(|share| (share, usize::from(share < 0.01)))
                    .collect()
            }
        }
    }
}

/// The area of a chart.
struct Plot {
    /// The last tick.
    ticks: f64,
    shares: Shares,
    svg: String,
}

impl Plot {
    fn new(label: &str, ticks: f64, shares: Shares) -> Self {
        let svg =
            format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{label}\">\n");
        let mut plot = Self { ticks, shares, svg };
        plot.axes();
        plot
    }

    fn x(&self, tick: f64) -> f64 {
        LEFT + tick / self.ticks * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, share: f64) -> f64 {
        HEIGHT - BOTTOM - self.shares.place(share) * (HEIGHT - TOP - BOTTOM)
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        self.svg
            .write_fmt(element)
            .expect("writing to a String never fails");
        self.svg.push('\n');
    }

    /// Draws the grid and its numbers.
    fn axes(&mut self) {
        for (line, digits) in self.shares.lines() {
            let y = self.y(line);
            self.push(format_args!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>",
                WIDTH - RIGHT
            ));
            let name = percent(line, digits);
            let (x, y) = (LEFT - 8.0, y + 4.0);
            self.push(format_args!(
                "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"end\">{name}</text>"
            ));
        }
        let bottom = HEIGHT - BOTTOM;
        for tick in multiples(nice_step(self.ticks / 6.0), 0.0, self.ticks) {
            let x = self.x(tick);
            self.push(format_args!(
                "<line class=\"axis\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{bottom}\" y2=\"{:.1}\"/>",
                bottom + 4.0
            ));
            self.push(format_args!(
                "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{tick:.0}</text>",
                bottom + 18.0
            ));
        }
        self.push(format_args!(
            "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{bottom}\" y2=\"{bottom}\"/>",
            WIDTH - RIGHT
        ));
        self.push(format_args!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">tick</text>",
            WIDTH - RIGHT,
            HEIGHT - 5.0
        ));
    }

    fn line(&mut self, class: &str, points: impl Iterator<Item = (f64, f64)>) {
        let path = self.path(points);
        self.push(format_args!("<path class=\"{class}\" d=\"M{path}\"/>"));
    }

    fn path(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        let points =
            points.map(|(tick, share)| format!("{:.1} {:.1}", self.x(tick), self.y(share)));
        points.collect::<Vec<_>>().join("L")
    }

    /// Fills the area between two curves.
    fn band(&mut self, points: &[(f64, f64, f64)]) {
        let low = points.iter().map(|(tick, low, _)| (*tick, *low));
        let high = points.iter().rev().map(|(tick, _, high)| (*tick, *high));
        let path = self.path(low.chain(high));
        self.push(format_args!("<path class=\"band\" d=\"M{path}Z\"/>"));
    }

    /// Names a curve, at the right edge or where it is free.
    fn name(&mut self, class: &str, x: f64, y: f64, anchor: &str, text: &str) {
        self.push(format_args!(
            "<text class=\"named {class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
        ));
    }

    fn finish(mut self) -> String {
        self.svg.push_str("</svg>\n");
        self.svg
    }
}

/// Draws the share of games that outlast each tick.
pub(super) fn survival(curve: &[SurvivalPoint]) -> Option<String> {
    let last = curve.last().filter(|last| last.tick > 0)?;
    let ticks = f64::from(last.tick);
    let low = curve.iter().map(|point| point.low.min(point.expected));
    let shares = Shares::Logarithmic(low.fold(0.5, f64::min).max(0.001));
    let mut plot = Plot::new("Share of games that outlast each tick", ticks, shares);
    let point = |point: &SurvivalPoint| (f64::from(point.tick), point.low, point.high);
    plot.band(&curve.iter().map(point).collect::<Vec<_>>());
    let observed = curve
        .iter()
        .map(|point| (f64::from(point.tick), point.survival));
    plot.line("curve", observed);
    let published = curve
        .iter()
        .map(|point| (f64::from(point.tick), point.expected));
    plot.line("published", published);
    let x = WIDTH - RIGHT - 8.0;
    plot.name(
        "curve-name",
        x,
        TOP + 16.0,
        "end",
        "recorded games, with 95 % band",
    );
    plot.name(
        "",
        x,
        TOP + 34.0,
        "end",
        "- - published: 0.995 to the power of the tick",
    );
    Some(plot.finish())
}

/// Draws the share of sidebets that win, by the tick of the bet.
pub(super) fn sidebets(points: &[SidebetPoint]) -> Option<String> {
    let last = points.last().filter(|last| last.tick > 0)?;
    let low = points
        .iter()
        .map(|point| point.low)
        .fold(BREAK_EVEN, f64::min);
    let high = points
        .iter()
        .map(|point| point.high)
        .fold(BREAK_EVEN, f64::max);
    let shares = Shares::Linear(
        ((low - 0.01).max(0.0) * 50.0).floor() / 50.0,
        ((high + 0.01).min(1.0) * 50.0).ceil() / 50.0,
    );
    let ticks = f64::from(last.tick);
    let mut plot = Plot::new("Share of sidebets that win, by tick", ticks, shares);
    let limits = points.iter().map(|p| (f64::from(p.tick), p.low, p.high));
    plot.band(&limits.collect::<Vec<_>>());
    plot.line(
        "even",
        [0.0, ticks].into_iter().map(|tick| (tick, BREAK_EVEN)),
    );
    let chance = sidebet_chance();
    plot.line(
        "published",
        [0.0, ticks].into_iter().map(|tick| (tick, chance)),
    );
    plot.line("curve", points.iter().map(|p| (f64::from(p.tick), p.rate)));
    let x = LEFT + 8.0;
    plot.name(
        "curve-name",
        x,
        TOP + 12.0,
        "start",
        "recorded games, with 95 % limits (Wilson)",
    );
    plot.name("even-name", x, TOP + 29.0, "start", "— break-even 20 %");
    let text = format!("- - published {}", percent(chance, 2));
    plot.name("", x + 130.0, TOP + 29.0, "start", &text);
    Some(plot.finish())
}

/// Returns 1, 2 or 5 times a power of ten, at least `raw`.
fn nice_step(raw: f64) -> f64 {
    let power = 10f64.powf(raw.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    steps
        .into_iter()
        .find(|step| *step >= raw * 0.999)
        .unwrap_or(raw)
}

/// Returns the multiples of `step` between two values.
fn multiples(step: f64, low: f64, high: f64) -> impl Iterator<Item = f64> {
    let first = (low / step - 1e-6).ceil();
    (0..40)
        .map(move |n| (first + f64::from(n)) * step)
        .take_while(move |value| *value <= high + step * 1e-6)
}

/// Draws where a number lies beside the published one: the middle, in units of half its interval.
pub(super) fn interval(observed: f64, low: f64, high: f64, expected: f64, class: &str) -> String {
    const REACH: f64 = 3.0;
    let half = (high - low) / 2.0;
    if half.is_nan() || half <= 0.0 {
        return String::new();
    }
    let x = |value: f64| 75.0 + ((value - expected) / half).clamp(-REACH, REACH) / REACH * 70.0;
    format!(
        "<svg class=\"interval {class}\" viewBox=\"0 0 150 18\" aria-hidden=\"true\"><line class=\"zero\" x1=\"75\" x2=\"75\" \
         y1=\"1\" y2=\"17\"/><line class=\"reach\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"9\" y2=\"9\"/><circle class=\"mark\" \
         cx=\"{:.1}\" cy=\"9\" r=\"4\"/></svg>",
        x(low),
        x(high),
        x(observed)
    )
}
