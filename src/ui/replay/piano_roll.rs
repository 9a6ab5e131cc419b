//! The seek bar of the replay as a piano roll: a lane for each button, the games as blocks, the loop as a zone.

use egui::{CursorIcon, PointerButton, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::roll_paint::{CAPS, Places, RollContext, caps, paint, roll_height};
use super::roll_view::RollView;
use crate::replay::Playhead;
use crate::ui::format::count;
use crate::ui::theme::{MARK, Theme};

/// Distance from a handle at which it is taken.
const GRASP: f32 = 6.0;
/// Points of the wheel for a zoom by the factor e.
const WHEEL: f64 = 250.0;
/// What the player does with the pointer on the roll, over several frames.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum RollDrag {
    /// Nothing.
    #[default]
    None,
    /// Moves the playhead.
    Seek,
    /// Draws a loop from this position, or moves one of its ends; this is the other one.
    Loop(Playhead),
}

/// What the player did on the roll.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RollAction {
    /// Go to a position.
    Seek(Playhead),
    /// Repeat the positions from the one to the other. Of two equal ones there is no loop.
    Loop(Playhead, Playhead),
}

/// Draws the roll in the available width. Returns what the player did.
pub fn piano_roll_ui(
    ui: &mut Ui,
    context: &RollContext<'_>,
    view: &mut RollView,
    drag: &mut RollDrag,
    lane: f32,
) -> Option<RollAction> {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), roll_height(lane));
    let (whole, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let rect = whole.with_min_x(whole.left() + CAPS);
    if context.player.is_playing() {
        view.follow(context.timeline.number(context.player.head()));
    }
    let now = context.timeline.number(context.player.head());
    let shown = if context.hides_future {
        RollView::up_to(now)
    } else {
        take_wheel(&response, rect, view);
        *view
    };
    let places = Places {
        rect,
        lane,
        view: shown,
        context,
    };
    let action = take_pointer(&response, &places, drag);
    let painter = ui.painter().with_clip_rect(whole.intersect(ui.clip_rect()));
    caps(&painter, theme, &places, whole);
    let painter = painter.with_clip_rect(rect.expand2(vec2(MARK, 0.0)).intersect(ui.clip_rect()));
    paint(&painter, theme, &places);
    let here = place_text(context.player.head());
    let shown = context.flags.iter().filter(|flag| places.shows(flag.at));
    let name = match shown.count() {
        0 => format!("Seek: {here}"),
        notes => format!("Seek: {here}, {}", count(notes, "note")),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &name));
    if let Some(at) = response.hover_pos().filter(|at| rect.contains(*at)) {
        let head = places.head(at);
        let text = if places.shows(context.timeline.number(head)) {
            let place = place_text(head);
            places.flag_words(at).map_or_else(
                || format!("{place}\nDrag to move, Shift and drag to loop, wheel to zoom"),
                |words| format!("{place}\n{words}"),
            )
        } else {
            "What comes next is hidden".to_owned()
        };
        response.on_hover_text_at_pointer(text);
    }
    action
}

fn take_wheel(response: &Response, rect: Rect, view: &mut RollView) {
    let Some(at) = response.hover_pos() else {
        return;
    };
    let (scroll, pinch) = response.ctx.input_mut(|input| {
        let scroll = std::mem::take(&mut input.smooth_scroll_delta);
        (scroll, f64::from(input.zoom_delta()))
    });
    let share = f64::from((at.x - rect.left()) / rect.width().max(1.0)).clamp(0.0, 1.0);
    let factor = pinch * (f64::from(scroll.y) / WHEEL).exp();
    if (factor - 1.0).abs() > 1e-9 {
        view.zoom(factor, share);
        response.ctx.request_repaint();
    }
    if scroll.x != 0.0 {
        view.pan(-f64::from(scroll.x / rect.width().max(1.0)));
        response.ctx.request_repaint();
    }
}

fn take_pointer(
    response: &Response,
    places: &Places<'_>,
    drag: &mut RollDrag,
) -> Option<RollAction> {
    let range = places.context.player.range();
    let near = |at: Pos2, head: Playhead| (places.x_of(head) - at.x).abs() <= GRASP;
    let handle = |at: Pos2| {
        let (from, to) = range?;
        match (near(at, from), near(at, to)) {
            (true, _) => Some(to),
            (false, true) => Some(from),
            (false, false) => None,
        }
    };
    if response.hover_pos().and_then(handle).is_some() {
        response.ctx.set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    let at = response.interact_pointer_pos()?;
    let here = places.head(at);
    let shift = response.ctx.input(|input| input.modifiers.shift);
    if response.clicked() && !shift {
        return Some(RollAction::Seek(here));
    }
    if response.drag_started_by(PointerButton::Primary) {
        let start = response.ctx.input(|input| input.pointer.press_origin());
        let start = start.unwrap_or(at);
        *drag = match handle(start) {
            _ if shift => RollDrag::Loop(places.head(start)),
            Some(other) => RollDrag::Loop(other),
            None => RollDrag::Seek,
        };
    }
    let action = match *drag {
        RollDrag::Seek => Some(RollAction::Seek(here)),
        RollDrag::Loop(other) => Some(RollAction::Loop(other, here)),
        RollDrag::None => None,
    };
    if response.drag_stopped() {
        *drag = RollDrag::None;
    }
    action
}

/// Returns a position as `Game 2, tick 45`.
pub fn place_text(head: Playhead) -> String {
    let game = head.game + 1;
    match head.tick {
        None => format!("Game {game}, presale"),
        Some(tick) => format!("Game {game}, tick {tick}"),
    }
}
