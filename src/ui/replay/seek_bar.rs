//! The seek bar of the replay: all positions of the recording from left to right, with marks for what happened.

use egui::{Color32, Rect, Sense, Shape, Stroke, pos2, vec2};

use crate::account::{Action, ActionKind, ActionStatus, SIDEBET_WINDOW};
use crate::replay::{Landmark, Playhead, Timeline, Transport};
use crate::ui::command::ReplayKey;
use crate::ui::theme::{GRID, RADIUS, Theme};
use crate::ui::widgets::{fraction, index};

/// Height of the bar.
const HEIGHT: f32 = 7.0 * GRID;
/// Height of the lane of sidebets at the bottom.
const LANE: f32 = GRID;

/// A mark on the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SeekMark {
    Game,
    Rug,
    Action,
    Entry,
    Difference,
}

/// What the transport and the seek bar show.
pub struct SeekBarContext<'a> {
    pub timeline: &'a Timeline,
    pub player: &'a Transport,
    /// The start of a loop whose end is not set yet.
    pub loop_from: Option<Playhead>,
    pub marks: &'a SeekMarks,
}

/// The marks of a recording, by the number of their position.
#[derive(Debug, Clone, Default)]
pub struct SeekMarks {
    points: Vec<(usize, SeekMark)>,
    /// First and last position of each sidebet.
    sidebets: Vec<(usize, usize)>,
}

impl SeekMarks {
    /// Returns the marks of a recording.
    pub fn of(timeline: &Timeline) -> Self {
        let mut points = Vec::new();
        for (landmark, mark) in [
            (Landmark::Game, SeekMark::Game),
            (Landmark::Rug, SeekMark::Rug),
            (Landmark::Action, SeekMark::Action),
            (Landmark::Entry, SeekMark::Entry),
            (Landmark::Difference, SeekMark::Difference),
        ] {
            let heads = timeline.landmarks(landmark).iter();
            points.extend(heads.map(|head| (timeline.number(*head), mark)));
        }
        let is_sidebet = |row: &Action| {
            row.action == ActionKind::SidebetPlace && row.status == ActionStatus::Confirmed
        };
        let sidebets = timeline.presses().filter(|(_, row)| is_sidebet(row));
        let sidebets = sidebets.map(|(head, row)| {
            let start = row.executed_tick.or(head.tick).unwrap_or(0);
            let end = Playhead {
                tick: Some(start.saturating_add(SIDEBET_WINDOW)),
                ..head
            };
            (timeline.number(head), timeline.number(end))
        });
        Self {
            sidebets: sidebets.collect(),
            points,
        }
    }
}

/// Returns the landmark that a key jumps to.
pub fn landmark(key: ReplayKey) -> Option<Landmark> {
    match key {
        ReplayKey::PreviousAction | ReplayKey::NextAction => Some(Landmark::Action),
        ReplayKey::NextEntry => Some(Landmark::Entry),
        ReplayKey::NextPeak => Some(Landmark::Peak),
        ReplayKey::NextRug => Some(Landmark::Rug),
        ReplayKey::NextPlayed => Some(Landmark::Played),
        ReplayKey::NextDifference => Some(Landmark::Difference),
        ReplayKey::PreviousGame | ReplayKey::NextGame => Some(Landmark::Game),
        _ => None,
    }
}

/// Draws the bar. Returns the position that the player chose.
pub fn seek_bar_ui(ui: &mut egui::Ui, context: &SeekBarContext<'_>) -> Option<Playhead> {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), HEIGHT);
    let (whole, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let bar = whole.shrink2(vec2(GRID, 0.0));
    let last = context.timeline.positions().saturating_sub(1);
    let x = |number: usize| egui::lerp(bar.x_range(), fraction(number, last));
    let painter = ui.painter().with_clip_rect(whole);
    let frame = Stroke::new(1.0, theme.line);
    painter.rect(whole, RADIUS, theme.panel, frame, egui::StrokeKind::Inside);
    let head = context.player.head();
    let now = x(context.timeline.number(head));
    let played = Rect::from_min_max(whole.min, pos2(now, whole.bottom()));
    painter.rect_filled(played, RADIUS, theme.replay.gamma_multiply(0.18));
    if let Some((from, to)) = context.player.range() {
        let ends = [from, to].map(|head| x(context.timeline.number(head)));
        let range = Rect::from_x_y_ranges(ends[0]..=ends[1], whole.y_range());
        painter.rect_filled(range, 0, theme.replay.gamma_multiply(0.25));
    } else if let Some(from) = context.loop_from {
        let from = x(context.timeline.number(from));
        painter.vline(from, whole.y_range(), Stroke::new(2.0, theme.replay));
    }
    for (from, to) in &context.marks.sidebets {
        let lane = Rect::from_min_max(
            pos2(x(*from), bar.bottom() - LANE),
            pos2(x(*to).max(x(*from) + 1.0), bar.bottom()),
        );
        painter.rect_filled(lane, 0, theme.side);
    }
    paint_marks(&painter, theme, bar, context.marks, &x);
    painter.vline(now, whole.y_range(), Stroke::new(2.0, theme.replay));
    let knob = pos2(now, whole.top() + GRID);
    painter.circle_filled(knob, GRID, theme.replay);
    let position = |at: egui::Pos2| {
        let share = ((at.x - bar.left()) / bar.width().max(1.0)).clamp(0.0, 1.0);
        let last = f64::from(u32::try_from(last).unwrap_or(u32::MAX));
        context
            .timeline
            .position(index((f64::from(share) * last).round()))
    };
    let sought = response.interact_pointer_pos().map(position);
    let moved = response.clicked() || response.dragged();
    let hovered = response.hover_pos().map(position);
    let name = format!("Seek: {}", place_text(head));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, &name));
    if let Some(there) = hovered {
        response.on_hover_text_at_pointer(place_text(there));
    }
    sought.filter(|_| moved)
}

/// Returns a position as `game 2, tick 45`.
fn place_text(head: Playhead) -> String {
    let game = head.game + 1;
    match head.tick {
        None => format!("game {game}, presale"),
        Some(tick) => format!("game {game}, tick {tick}"),
    }
}

/// Paints the marks. Of several on one point of the screen it paints the first of each kind.
fn paint_marks(
    painter: &egui::Painter,
    theme: Theme,
    bar: Rect,
    marks: &SeekMarks,
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
            SeekMark::Game => line(at, 0.0, 1.0, 1.0, theme.line),
            SeekMark::Rug => line(at, 0.15, 0.85, 2.0, theme.loss),
            SeekMark::Action => line(at, 0.45, 0.85, 1.0, theme.text),
            SeekMark::Entry => {
                let tip = pos2(at, egui::lerp(bar.y_range(), 0.35));
                let points = vec![
                    tip,
                    tip + vec2(-GRID, 1.5 * GRID),
                    tip + vec2(GRID, 1.5 * GRID),
                ];
                Shape::convex_polygon(points, theme.accent, Stroke::NONE)
            }
            SeekMark::Difference => line(at, 0.0, 1.0, 3.0, theme.amber),
        });
    }
    painter.extend(shapes);
}
