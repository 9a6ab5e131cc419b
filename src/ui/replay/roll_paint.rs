//! Paints the piano roll: its lanes, blocks, presses, notes, loop and playhead.

mod legend;

use egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

pub use legend::legend_ui;

use super::roll_marks::{LANES, RollFlag, RollMarks};
use super::roll_view::RollView;
use crate::replay::{Button, Landmark, Playhead, Timeline, Transport};
use crate::ui::command::KeyCommand;
use crate::ui::theme::role::{AXIS, CAPTION, PILL};
use crate::ui::theme::{MARK, Theme};
use crate::ui::widgets::{index, pixel};

/// Height of the row of numbers and peaks.
const HEAD: f32 = 18.0;
/// Width of the caps of the keys, with the space beside them.
pub const CAPS: f32 = 56.0;
/// Least width of a block that says its number, and of one that says its peak, too.
const NUMBERED: f32 = 14.0;
const WITH_PEAK: f32 = 58.0;
/// Length and height of the cloth of a flag.
const CLOTH: f32 = 8.0;
/// What the roll shows.
pub struct RollContext<'a> {
    pub timeline: &'a Timeline,
    pub player: &'a Transport,
    pub marks: &'a RollMarks,
    /// The notes, ascending.
    pub flags: &'a [RollFlag],
    /// The start of a loop whose end is not set yet.
    pub loop_from: Option<Playhead>,
    /// The button that the piano presses now.
    pub pressed: Option<Button>,
    /// Whether nothing after the playhead is shown.
    pub hides_future: bool,
}

impl RollContext<'_> {
    /// Whether there is a next place of this kind; while what comes next is hidden, there may be one.
    pub fn may_reach(&self, landmark: Landmark) -> bool {
        let next = self.timeline.next(landmark, self.player.head());
        self.hides_future || next.is_some()
    }
}

/// The places of the roll on the screen.
pub struct Places<'a> {
    pub rect: Rect,
    pub lane: f32,
    pub view: RollView,
    pub context: &'a RollContext<'a>,
}

impl Places<'_> {
    pub fn x(&self, number: usize) -> f32 {
        pixel(egui::lerp(
            f64::from(self.rect.left())..=f64::from(self.rect.right()),
            self.view.share(number),
        ))
    }

    pub fn head(&self, at: Pos2) -> Playhead {
        let share = (at.x - self.rect.left()) / self.rect.width().max(1.0);
        let number = self.view.number(f64::from(share.clamp(0.0, 1.0)));
        self.context.timeline.position(index(number.round()))
    }

    pub fn x_of(&self, head: Playhead) -> f32 {
        self.x(self.context.timeline.number(head))
    }

    /// The rectangle of a lane, from the top.
    pub fn lane(&self, number: usize) -> Rect {
        let step = self.lane + 1.0;
        let top = self.rect.top() + HEAD + step * f32::from(u8::try_from(number).unwrap_or(0));
        Rect::from_min_size(
            pos2(self.rect.left(), top),
            vec2(self.rect.width(), self.lane),
        )
    }

    /// Returns the notes whose flags are at a point, in words.
    pub fn flag_words(&self, at: Pos2) -> Option<String> {
        let shown = self.context.flags.iter().filter(|flag| self.shows(flag.at));
        let near = shown.filter(|flag| (-4.0..=CLOTH).contains(&(at.x - self.x(flag.at))));
        let words: Vec<_> = near.take(3).map(|flag| flag.words.as_str()).collect();
        (!words.is_empty()).then(|| words.join("\n"))
    }

    /// Whether a position is shown: it is not in the hidden future.
    pub fn shows(&self, number: usize) -> bool {
        let now = self.context.timeline.number(self.context.player.head());
        !self.context.hides_future || number <= now
    }
}

/// Returns the height of a roll with lanes of this height.
pub fn roll_height(lane: f32) -> f32 {
    HEAD + 3.0 * (lane + 1.0) + 4.0
}

/// Paints the caps of the keys beside the lanes.
pub fn caps(painter: &Painter, theme: Theme, places: &Places<'_>, whole: Rect) {
    for (number, button) in LANES.into_iter().enumerate() {
        let lane = places.lane(number);
        let cap = lane
            .with_min_x(whole.left())
            .with_max_x(whole.left() + 40.0);
        let down = places.context.pressed == Some(button);
        let (fill, ink, cap) = if down {
            (
                theme.replay_fill,
                Theme::ON_FILL,
                cap.translate(vec2(0.0, 1.0)),
            )
        } else {
            (theme.text, theme.ground, cap)
        };
        painter.rect_filled(cap, 2.0, fill);
        let command = match button {
            Button::Buy => KeyCommand::Buy,
            Button::Sell => KeyCommand::Sell,
            Button::Sidebet => KeyCommand::Sidebet,
        };
        painter.with_clip_rect(cap).text(
            cap.center(),
            Align2::CENTER_CENTER,
            command.key_name(painter.ctx()),
            PILL.sized(11.0).font(),
            ink,
        );
    }
}

/// Paints the lanes, the loop, the games, the presses and the playhead.
pub fn paint(painter: &Painter, theme: Theme, places: &Places<'_>) {
    let (context, rect) = (places.context, places.rect);
    let lanes = Rect::from_min_max(places.lane(0).min, places.lane(2).max);
    for (number, button) in LANES.into_iter().enumerate() {
        let ground = if context.pressed == Some(button) {
            theme.replay_bg
        } else {
            theme.raised
        };
        painter.rect_filled(places.lane(number), 0.0, ground);
    }
    let (head, number) = {
        let head = context.player.head();
        (head, context.timeline.number(head))
    };
    let mut heads = Vec::new();
    for (game, block) in context.marks.games.iter().enumerate() {
        let (from, to) = (places.x(block.span.0), places.x(block.span.1));
        if to < rect.left() || from > rect.right() || !places.shows(block.span.0) {
            continue;
        }
        let column = Rect::from_min_max(pos2(from, rect.top()), pos2(to, lanes.bottom()));
        if game == head.game {
            let ground = theme.replay.gamma_multiply(0.14);
            painter.rect_filled(column, 0.0, ground);
        }
        let border = Stroke::new(1.0, theme.line2);
        painter.vline(from, rect.top()..=lanes.bottom(), border);
        let is_whole = places.shows(block.rug.unwrap_or(block.span.1));
        heads.push(((column, game), block, is_whole));
        if let Some(rug) = block.rug.filter(|_| is_whole) {
            let x = places.x(rug);
            let line = Stroke::new(1.0, theme.loss);
            painter.vline(x, lanes.y_range(), line);
        }
    }
    let zone = context.player.range().or(context
        .loop_from
        .map(|from| (from, head))
        .filter(|(from, head)| from < head));
    if let Some((from, to)) = zone {
        let ends = [places.x_of(from), places.x_of(to)];
        let zone = Rect::from_x_y_ranges(ends[0]..=ends[1], lanes.y_range());
        painter.rect_filled(zone, 0.0, theme.replay.gamma_multiply(0.22));
        for x in ends {
            let grip = Rect::from_center_size(pos2(x, lanes.center().y), vec2(3.0, lanes.height()));
            painter.rect_filled(grip, 1.0, theme.replay);
        }
    } else if let Some(from) = context.loop_from {
        let line = Stroke::new(2.0, theme.replay);
        painter.vline(places.x_of(from), lanes.y_range(), line);
    }
    presses(painter, theme, places);
    flags(painter, theme, places, lanes);
    // The playhead.
    let x = places.x(number);
    painter.vline(
        x,
        rect.top() + 6.0..=lanes.bottom() + 3.0,
        Stroke::new(2.0, theme.text),
    );
    let knob = vec![
        pos2(x - 6.0, rect.top()),
        pos2(x + 6.0, rect.top()),
        pos2(x + 6.0, rect.top() + 7.0),
        pos2(x, rect.top() + 12.0),
        pos2(x - 6.0, rect.top() + 7.0),
    ];
    painter.add(Shape::convex_polygon(knob, theme.text, Stroke::NONE));
    // The numbers and peaks cover the knob: they stay readable wherever the playhead is.
    let knob = Rect::from_min_max(pos2(x - 6.0, rect.top()), pos2(x + 6.0, rect.top() + 12.0));
    for (place, block, is_whole) in heads {
        head_ui(painter, theme, place, block, is_whole, knob);
    }
}

/// Paints the number and the peak of a game where they have room, and the mark of its rug.
fn head_ui(
    painter: &Painter,
    theme: Theme,
    (column, game): (Rect, usize),
    block: &super::roll_marks::RollGame,
    is_whole: bool,
    knob: Rect,
) {
    let left = pos2(column.left() + 6.0, column.top() + HEAD / 2.0 - 1.0);
    let number = (game + 1).to_string();
    let mut used = column.left();
    // The ground keeps a text readable where the knob of the playhead is under it.
    let write = |left: Pos2, text: String, font, colour| {
        let galley = painter.layout_no_wrap(text, font, colour);
        let place = Align2::LEFT_CENTER.anchor_size(left, galley.size());
        if place.intersects(knob) {
            painter.rect_filled(place.expand2(vec2(2.0, 0.0)), 0.0, theme.panel);
        }
        painter.galley(place.min, galley, colour);
        place.right()
    };
    if column.width() >= NUMBERED {
        used = write(left, number, CAPTION.font(), theme.quiet);
    }
    if column.width() >= WITH_PEAK && is_whole {
        let colour = if block.is_high {
            theme.gold
        } else {
            theme.text
        };
        let at = pos2(used + 6.0, left.y);
        write(at, block.peak.clone(), AXIS.font(), colour);
    }
    if block.rug.is_some() && is_whole && column.right() - used > 9.0 {
        let at = pos2(column.right() - 5.0, left.y);
        let stroke = Stroke::new(1.5, theme.loss);
        painter.line_segment([at - vec2(3.0, 3.0), at + vec2(3.0, 3.0)], stroke);
        painter.line_segment([at + vec2(-3.0, 3.0), at + vec2(3.0, -3.0)], stroke);
    }
}

fn presses(painter: &Painter, theme: Theme, places: &Places<'_>) {
    let marks = places.context.marks;
    let mut shapes = Vec::new();
    for (from, to) in marks
        .sidebets
        .iter()
        .filter(|(from, _)| places.shows(*from))
    {
        let lane = places.lane(2);
        let to = places.x(*to).max(places.x(*from) + 4.0);
        let bar = Rect::from_x_y_ranges(
            places.x(*from)..=to,
            lane.center().y - 3.0..=lane.center().y + 3.0,
        );
        shapes.push(Shape::rect_filled(bar, 2.0, theme.side));
    }
    let mut before = [f32::NEG_INFINITY; 3];
    for press in marks.presses.iter().filter(|press| places.shows(press.at)) {
        let (lane, colour) = match press.lane {
            Button::Buy => (0, theme.gain),
            Button::Sell => (1, theme.loss),
            Button::Sidebet => (2, theme.side),
        };
        let colour = if press.executed { colour } else { theme.faint };
        let centre = pos2(places.x(press.at), places.lane(lane).center().y);
        // Of many presses at one point of the screen one is painted.
        if centre.x - before[lane] < 1.0 {
            continue;
        }
        before[lane] = centre.x;
        shapes.push(match press.lane {
            Button::Buy => triangle(centre, -1.0, colour),
            Button::Sell => triangle(centre, 1.0, colour),
            Button::Sidebet if press.executed => continue,
            Button::Sidebet => Shape::circle_filled(centre, 2.5, colour),
        });
    }
    for number in marks.differences.iter().filter(|at| places.shows(**at)) {
        let x = places.x(*number);
        let line = [
            pos2(x, places.lane(0).top()),
            pos2(x, places.lane(2).bottom()),
        ];
        shapes.push(Shape::line_segment(line, Stroke::new(2.0, theme.amber)));
    }
    painter.extend(shapes);
}

/// Paints a flag for each note: gold with a star.
fn flags(painter: &Painter, theme: Theme, places: &Places<'_>, lanes: Rect) {
    let shown = places.context.flags.iter();
    for flag in shown.filter(|flag| places.shows(flag.at)) {
        let x = places.x(flag.at);
        let colour = theme.note(flag.starred);
        let top = pos2(x, lanes.top() - CLOTH + 1.0);
        let pole = Stroke::new(1.0, colour);
        painter.vline(x, top.y..=lanes.bottom(), pole);
        let cloth = vec![top, top + vec2(CLOTH, CLOTH / 2.0), top + vec2(0.0, CLOTH)];
        let edge = Stroke::new(1.0, theme.panel);
        painter.add(Shape::convex_polygon(cloth, colour, edge));
    }
}

/// Returns a triangle; `down` is −1 for one that points up and 1 for one that points down.
fn triangle(centre: Pos2, down: f32, colour: Color32) -> Shape {
    let points = vec![
        centre + vec2(0.0, down * MARK),
        centre + vec2(-MARK, -down * MARK * 0.8),
        centre + vec2(MARK, -down * MARK * 0.8),
    ];
    Shape::convex_polygon(points, colour, Stroke::NONE)
}
