//! The bar on which one seeks: all places of the timeline from left to right, with what happened.

use egui::{Color32, Rect, Sense, Shape, Stroke, pos2, vec2};

use super::transport::Facts;
use crate::account::{ActionKind, ActionStatus, SIDEBET_WINDOW};
use crate::replay::{Landmark, Playhead, Timeline};
use crate::ui::command::ReplayKey;
use crate::ui::theme::{GRID, RADIUS, Theme};

/// Height of the bar.
const HEIGHT: f32 = 7.0 * GRID;
/// Height of the lane of the windows of sidebets, at the bottom.
const LANE: f32 = GRID;

/// What is marked on the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Game,
    Rug,
    Action,
    Entry,
    Difference,
}

/// The marks of a timeline, by the number of their place.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    points: Vec<(usize, Mark)>,
    /// First and last place of each sidebet.
    bets: Vec<(usize, usize)>,
}

impl Marks {
    /// Returns the marks of a timeline.
    pub fn of(timeline: &Timeline) -> Self {
        let mut points = Vec::new();
        for (landmark, mark) in [
            (Landmark::Game, Mark::Game),
            (Landmark::Rug, Mark::Rug),
            (Landmark::Action, Mark::Action),
            (Landmark::Entry, Mark::Entry),
            (Landmark::Difference, Mark::Difference),
        ] {
            let places = timeline.landmarks(landmark).iter();
            points.extend(places.map(|head| (timeline.number(*head), mark)));
        }
        let placed = |row: &crate::account::Action| {
            row.action == ActionKind::SidebetPlace && row.status == ActionStatus::Confirmed
        };
        let bets = timeline.presses().filter(|(_, row)| placed(row));
        let bets = bets.map(|(head, row)| {
            let start = row.executed_tick.or(head.tick).unwrap_or(0);
            let end = Playhead {
                tick: Some(start.saturating_add(SIDEBET_WINDOW)),
                ..head
            };
            (timeline.number(head), timeline.number(end))
        });
        Self {
            bets: bets.collect(),
            points,
        }
    }
}

/// Returns what a key jumps to, if it jumps.
pub fn landmark(key: ReplayKey) -> Option<Landmark> {
    match key {
        ReplayKey::ActionBack | ReplayKey::ActionOn => Some(Landmark::Action),
        ReplayKey::Entry => Some(Landmark::Entry),
        ReplayKey::Peak => Some(Landmark::Peak),
        ReplayKey::Rug => Some(Landmark::Rug),
        ReplayKey::Played => Some(Landmark::Played),
        ReplayKey::Difference => Some(Landmark::Difference),
        ReplayKey::GameBack | ReplayKey::GameOn => Some(Landmark::Game),
        _ => None,
    }
}

/// Draws the bar; returns where was sought.
pub fn seek_bar_ui(ui: &mut egui::Ui, facts: &Facts<'_>) -> Option<Playhead> {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), HEIGHT);
    let (whole, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let bar = whole.shrink2(vec2(GRID, 0.0));
    let last = facts.timeline.places().saturating_sub(1);
    let x = |number: usize| egui::lerp(bar.x_range(), share(number, last));
    let painter = ui.painter().with_clip_rect(whole);
    let frame = Stroke::new(1.0, theme.line);
    painter.rect(whole, RADIUS, theme.panel, frame, egui::StrokeKind::Inside);
    let head = facts.player.head();
    let now = x(facts.timeline.number(head));
    let played = Rect::from_min_max(whole.min, pos2(now, whole.bottom()));
    painter.rect_filled(played, RADIUS, theme.replay.gamma_multiply(0.18));
    if let Some((from, to)) = facts.player.range() {
        let ends = [from, to].map(|head| x(facts.timeline.number(head)));
        let range = Rect::from_x_y_ranges(ends[0]..=ends[1], whole.y_range());
        painter.rect_filled(range, 0, theme.replay.gamma_multiply(0.25));
    } else if let Some(from) = facts.loop_from {
        let from = x(facts.timeline.number(from));
        painter.vline(from, whole.y_range(), Stroke::new(2.0, theme.replay));
    }
    for (from, to) in &facts.marks.bets {
        let lane = Rect::from_min_max(
            pos2(x(*from), bar.bottom() - LANE),
            pos2(x(*to).max(x(*from) + 1.0), bar.bottom()),
        );
        painter.rect_filled(lane, 0, theme.sidebet);
    }
    points_ui(&painter, theme, bar, facts.marks, &x);
    painter.vline(now, whole.y_range(), Stroke::new(2.0, theme.replay));
    let knob = pos2(now, whole.top() + GRID);
    painter.circle_filled(knob, GRID, theme.replay);
    let place = |at: egui::Pos2| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "places of a timeline on a screen"
        )]
        let number = {
            let share = ((at.x - bar.left()) / bar.width().max(1.0)).clamp(0.0, 1.0);
            (f64::from(share) * last as f64).round() as usize
        };
        facts.timeline.place(number)
    };
    let sought = response.interact_pointer_pos().map(place);
    let moved = response.clicked() || response.dragged();
    let hovered = response.hover_pos().map(place);
    let words = format!("Seek: {}", words(head));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, &words));
    if let Some(there) = hovered {
        response.on_hover_text_at_pointer(self::words(there));
    }
    sought.filter(|_| moved)
}

/// Says a place: `game 2, tick 45`.
fn words(head: Playhead) -> String {
    let game = head.game + 1;
    match head.tick {
        None => format!("game {game}, presale"),
        Some(tick) => format!("game {game}, tick {tick}"),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a share from 0 to 1"
)]
fn share(number: usize, last: usize) -> f32 {
    (number as f64 / last.max(1) as f64) as f32
}

/// Draws the marks; of those that fall on one point of the screen the first of each kind.
fn points_ui(
    painter: &egui::Painter,
    theme: Theme,
    bar: Rect,
    marks: &Marks,
    x: &dyn Fn(usize) -> f32,
) {
    let mut before = None;
    let mut shapes = Vec::new();
    let line = |x: f32, from: f32, to: f32, width: f32, colour: Color32| {
        let ends = [
            pos2(x, egui::lerp(bar.y_range(), from)),
            pos2(x, egui::lerp(bar.y_range(), to)),
        ];
        Shape::line_segment(ends, Stroke::new(width, colour))
    };
    for (number, mark) in &marks.points {
        let at = x(*number).round();
        if before.replace((at, *mark)) == Some((at, *mark)) {
            continue;
        }
        shapes.push(match mark {
            Mark::Game => line(at, 0.0, 1.0, 1.0, theme.line),
            Mark::Rug => line(at, 0.15, 0.85, 2.0, theme.loss),
            Mark::Action => line(at, 0.45, 0.85, 1.0, theme.text),
            Mark::Entry => {
                let tip = pos2(at, egui::lerp(bar.y_range(), 0.35));
                let points = vec![
                    tip,
                    tip + vec2(-GRID, 1.5 * GRID),
                    tip + vec2(GRID, 1.5 * GRID),
                ];
                Shape::convex_polygon(points, theme.entry, Stroke::NONE)
            }
            Mark::Difference => line(at, 0.0, 1.0, 3.0, theme.alert),
        });
    }
    painter.extend(shapes);
}
