//! Three short hints for the first game, one after the other, each beside its control: the amount, the trade buttons, the
//! library. A hint goes when the player does what it says, or dismisses it.

use std::path::Path;

use egui::text::LayoutJob;
use egui::{
    Area, Context, Id, Order, Pos2, Rangef, Rect, Role, Sense, Shape, Stroke, StrokeKind, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::command::KeyCommand;
use super::format::short_path;
use super::theme::role::TABLE;
use super::theme::{CARD_RADIUS, GAP, RADIUS, Theme};
use super::widgets::Icon;
use crate::recording::Origin;

/// The widest hint, and the least width for its text.
const WIDTH: f32 = 208.0;
const LEAST_WIDTH: f32 = 96.0;
/// Space inside a hint.
const MARGIN: Vec2 = vec2(10.0, 7.0);
/// Side of the icon that dismisses it.
const CROSS: f32 = 16.0;
/// From the hint to its control where no axis is between them: the inside of the trade panel, and the gap of the cards.
const AWAY: f32 = 28.0;
/// The place beside the chart's header is taken in such steps, so that the hint does not follow each digit.
const STEP: f32 = 40.0;
/// Length of the pointer.
const POINTER: f32 = 7.0;

/// A hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Hint {
    #[default]
    Amount,
    Trade,
    Library,
}

/// What the hints are placed by. The parts of the window note where they are in each frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spot {
    /// The field of the amount.
    Amount,
    /// BUY and SELL.
    Trade,
    /// The tab of the library.
    Library,
    /// The newest point of the chart with its tag, which no hint covers.
    NewestPrice,
    /// The price axis of the chart, which no hint covers.
    PriceAxis,
    /// The room between the chart's header and its tools.
    BesideHeader,
    /// What is below the plot of the chart: the tick axis and the last games.
    BelowPlot,
}

impl Spot {
    fn id(self) -> Id {
        Id::unique("spot of a hint").with(self)
    }

    /// Notes where it is in this frame.
    pub fn note(self, ctx: &Context, rect: Rect) {
        let pass = ctx.cumulative_pass_nr();
        ctx.data_mut(|data| data.insert_temp(self.id(), NotedSpot { pass, rect }));
    }

    /// Returns where it is, if it was noted in this frame.
    fn find(self, ctx: &Context) -> Option<Rect> {
        let noted = ctx.data(|data| data.get_temp::<NotedSpot>(self.id()))?;
        (noted.pass == ctx.cumulative_pass_nr()).then_some(noted.rect)
    }
}

/// Where a spot was, and in which pass of the window.
#[derive(Debug, Clone, Copy)]
struct NotedSpot {
    pass: u64,
    rect: Rect,
}

/// What the player did so far.
#[derive(Debug, Clone, Copy)]
pub struct HintContext<'a> {
    /// The amount as typed.
    pub amount: &'a str,
    /// They placed an order.
    pub has_traded: bool,
    /// The trade keys are on.
    pub trade_keys_on: bool,
}

/// The hints of the window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    hint: Hint,
    /// The amount when the first hint appeared.
    first_amount: Option<String>,
}

impl Hints {
    /// Goes on to the next hint if the player did what this one says.
    fn advance(&mut self, context: &HintContext<'_>) {
        let first = self
            .first_amount
            .get_or_insert_with(|| context.amount.to_owned());
        self.hint = match self.hint {
            _ if context.has_traded => Hint::Library,
            Hint::Amount if first != context.amount => Hint::Trade,
            hint => hint,
        };
    }

    /// Goes on to the next hint. Returns whether there is none.
    fn dismiss(&mut self) -> bool {
        self.hint = match self.hint {
            Hint::Amount => Hint::Trade,
            Hint::Trade => Hint::Library,
            Hint::Library => {
                *self = Self::default();
                return true;
            }
        };
        false
    }

    /// Notes that the library was opened. Returns whether this was the last hint.
    pub fn library_opened(&mut self) -> bool {
        self.hint == Hint::Library && self.dismiss()
    }

    /// Draws the current hint over the page. Returns whether the last one was dismissed.
    pub fn ui(&mut self, ctx: &Context, context: &HintContext<'_>) -> bool {
        self.advance(context);
        let text = hint_text(ctx, self.hint, context.trade_keys_on);
        let taken = Spot::NewestPrice.find(ctx).unwrap_or(Rect::NOTHING);
        let window = ctx.content_rect();
        let control = match self.hint {
            Hint::Library => Spot::Library,
            Hint::Trade => Spot::Trade,
            Hint::Amount => Spot::Amount,
        };
        let Some(control) = control.find(ctx) else {
            return false;
        };
        let is_below = self.hint == Hint::Library;
        let header = Spot::BesideHeader.find(ctx);
        let chart = header.zip(Spot::BelowPlot.find(ctx));
        let axis = Spot::PriceAxis.find(ctx);
        let axis = axis.map_or(f32::INFINITY, |axis| axis.left());
        let right = (control.left() - AWAY).min(axis - POINTER);
        let room = match header {
            Some(header) if is_below => below_room(header),
            _ if is_below || !taken.is_positive() => WIDTH,
            _ => (right - taken.left() - GAP).clamp(LEAST_WIDTH, WIDTH),
        };
        let theme = Theme::of_visuals(&ctx.global_style().visuals);
        let wrap = room - 2.0 * MARGIN.x - CROSS;
        let job = LayoutJob::simple(text.clone(), TABLE.font(), theme.text, wrap);
        let galley = ctx.fonts_mut(|fonts| fonts.layout_job(job));
        let size = galley.size().max(vec2(0.0, CROSS)) + 2.0 * MARGIN + vec2(CROSS, 0.0);
        let (rect, tip) = if is_below {
            below(control, size, chart)
        } else {
            beside(control, right, size, taken, window.y_range())
        };
        let area = Area::new(Id::unique("hint"))
            .order(Order::Middle)
            .fixed_pos(rect.min)
            .constrain(false);
        let dismissed = area.show(ctx, |ui| {
            let (rect, response) = ui.allocate_exact_size(rect.size(), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
            let frame = Stroke::new(1.0, theme.accent);
            let painter = ui.painter().with_clip_rect(window);
            painter.rect(rect, CARD_RADIUS, theme.raised, frame, StrokeKind::Inside);
            let ring = Stroke::new(2.0, theme.accent);
            let around = if is_below {
                control.shrink2(vec2(0.0, 6.0))
            } else {
                control
            };
            painter.rect_stroke(around, RADIUS, ring, StrokeKind::Outside);
            if let Some(tip) = tip {
                let half = if is_below {
                    vec2(POINTER, 0.0)
                } else {
                    vec2(0.0, POINTER)
                };
                let foot = if is_below {
                    pos2(tip.x, rect.top() + 1.0)
                } else {
                    pos2(rect.right() - 1.0, tip.y)
                };
                let corners = vec![foot - half, tip, foot + half];
                painter.add(Shape::convex_polygon(corners, theme.accent, Stroke::NONE));
            }
            let at = pos2(
                rect.left() + MARGIN.x,
                rect.center().y - galley.size().y / 2.0,
            );
            painter.galley(at, galley, theme.text);
            let cross = Rect::from_min_size(
                pos2(rect.right() - CROSS - 4.0, rect.top() + MARGIN.y),
                Vec2::splat(CROSS),
            );
            let close = ui.interact(
                cross.expand(4.0),
                ui.scope_id().with("close"),
                Sense::click(),
            );
            close.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Hide this hint"));
            let ink = if close.hovered() {
                theme.text
            } else {
                theme.quiet
            };
            Icon::Cross.paint(&painter, cross, 10.0, ink);
            close.clicked()
        });
        dismissed.inner && self.dismiss()
    }
}

/// Returns what the messages say at a first start: where the games are saved, and what the source is.
pub fn introduction(origin: Origin, at_table: bool, folder: &Path, key: &str) -> [String; 2] {
    let source = match (origin, at_table) {
        (Origin::Practice, _) => "Practice table: real game rules, play money.",
        (Origin::Browser, _) => {
            "Play in your browser. Pianola watches, records your orders and checks the server's numbers."
        }
        (_, true) => "A table on this computer, with play money.",
        (_, false) => {
            "Watch only: nothing is sent to rugs.fun. Trade with a paper balance at live prices."
        }
    };
    let folder = short_path(folder);
    let saved = format!("Games you trade in are saved to {folder}. {key} saves every game.");
    [saved, source.to_owned()]
}

fn hint_text(ctx: &Context, hint: Hint, trade_keys_on: bool) -> String {
    let key = |command: KeyCommand| command.key_name(ctx);
    match hint {
        Hint::Amount => "1. Choose an amount".to_owned(),
        Hint::Trade => {
            let (buy, sell) = (key(KeyCommand::Buy), key(KeyCommand::Sell));
            if trade_keys_on {
                format!("2. {buy} buys, {sell} sells")
            } else {
                let switch = key(KeyCommand::ToggleTradeKeys);
                format!("2. {switch} turns the keys on, {buy} buys, {sell} sells")
            }
        }
        Hint::Library => "3. Replay your games in the library".to_owned(),
    }
}

/// Returns the place of a hint left of its control with this right end, and the end of its pointer. It does not cover what
/// is taken: it goes above or below that, as near as possible to the middle of its control.
fn beside(
    control: Rect,
    right: f32,
    size: Vec2,
    taken: Rect,
    window: Rangef,
) -> (Rect, Option<Pos2>) {
    let at = |y: f32| Rect::from_min_size(pos2(right - size.x, y - size.y / 2.0), size);
    let wish = control.center().y;
    let free = |y: &f32| !at(*y).expand(1.0).intersects(taken) && window.contains(*y);
    let half = size.y / 2.0 + 2.0;
    let places = [wish, taken.top() - half, taken.bottom() + half];
    let nearest = places
        .into_iter()
        .filter(free)
        .min_by(|a, b| (a - wish).abs().total_cmp(&(b - wish).abs()));
    let rect = at(nearest.unwrap_or(wish));
    let y = wish.clamp(rect.top() + POINTER + 4.0, rect.bottom() - POINTER - 4.0);
    (rect, Some(pos2(rect.right() + POINTER, y)))
}

/// Returns where a hint beside the chart's header begins.
fn beside_header(header: Rect) -> f32 {
    ((header.left() + GAP) / STEP).ceil() * STEP
}

/// Returns the widest hint below the tabs: as wide as the room beside the header, if that is wide enough.
fn below_room(header: Rect) -> f32 {
    let room = header.right() - GAP - beside_header(header);
    if room < LEAST_WIDTH {
        WIDTH
    } else {
        room.min(WIDTH)
    }
}

/// Returns the place of a hint below its control, and the end of its pointer. In front of a chart (with what is beside its
/// header and below its plot) it covers neither the header nor anything of the plot: it is beside the header, or else below
/// the plot, without a pointer.
fn below(control: Rect, size: Vec2, chart: Option<(Rect, Rect)>) -> (Rect, Option<Pos2>) {
    let top = control.bottom() + POINTER;
    let pointer = Some(pos2(control.left() + 20.0, control.bottom()));
    let (corner, tip) = match chart {
        None => (pos2(control.left(), top), pointer),
        Some((header, _)) if beside_header(header) + size.x <= header.right() => (
            pos2(beside_header(header), top.max(header.top() + GAP)),
            None,
        ),
        Some((_, free)) => {
            let left = control.left().max(free.left() + GAP);
            (pos2(left, free.center().y - size.y / 2.0), None)
        }
    };
    (Rect::from_min_size(corner, size), tip)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(amount: &str, has_traded: bool) -> HintContext<'_> {
        HintContext {
            amount,
            has_traded,
            trade_keys_on: true,
        }
    }

    #[test]
    fn a_hint_goes_when_the_player_does_what_it_says() {
        let mut hints = Hints::default();
        hints.advance(&context("0.0100", false));
        assert_eq!(hints.hint, Hint::Amount);
        hints.advance(&context("0.0200", false));
        assert_eq!(hints.hint, Hint::Trade);
        hints.advance(&context("0.0100", false));
        assert_eq!(hints.hint, Hint::Trade);
        assert!(!hints.library_opened(), "not before its hint");
        hints.advance(&context("0.0100", true));
        assert_eq!(hints.hint, Hint::Library);
        assert!(hints.library_opened());
        // Turned on again in the settings they start again.
        assert_eq!(hints, Hints::default());
    }

    #[test]
    fn each_hint_is_dismissed_alone() {
        let mut hints = Hints::default();
        let dismissed = [hints.dismiss(), hints.dismiss(), hints.dismiss()];
        assert_eq!(dismissed, [false, false, true]);
    }

    #[test]
    fn a_hint_is_beside_its_control_and_never_over_the_newest_price() {
        let control = Rect::from_min_size(pos2(1_000.0, 200.0), vec2(280.0, 40.0));
        let size = vec2(180.0, 30.0);
        let window = Rangef::new(0.0, 900.0);
        for y in 0..900_u16 {
            let price = pos2(880.0, f32::from(y));
            let taken = Rect::from_center_size(price, vec2(200.0, 24.0));
            let (rect, tip) = beside(control, 940.0, size, taken, window);
            assert!(!rect.intersects(taken), "{taken:?} under {rect:?}");
            assert!(rect.right() <= 940.0, "left of the axis");
            assert!(tip.is_some_and(|tip| tip.x < control.left()));
            let away = (rect.center().y - control.center().y).abs();
            assert!(away <= size.y + 24.0, "{away} away");
        }
        let (rect, _) = beside(control, 940.0, size, Rect::NOTHING, window);
        assert!((rect.center().y - control.center().y).abs() < 0.1);
    }

    #[test]
    fn a_hint_below_a_tab_covers_neither_header_nor_tools_nor_plot_of_the_chart() {
        let tab = Rect::from_min_max(pos2(170.0, 0.0), pos2(210.0, 47.0));
        let tools = 790.0;
        for left in 100..800_u16 {
            let left = f32::from(left);
            let header = Rect::from_min_max(pos2(left, 56.0), pos2(tools, 150.0));
            let size = vec2(below_room(header), 47.0);
            let free = Rect::from_min_max(pos2(8.0, 380.0), pos2(tools, 432.0));
            let (rect, tip) = below(tab, size, Some((header, free)));
            let plot = Rect::from_min_max(pos2(8.0, 150.0), pos2(tools, 380.0));
            assert!(!rect.intersects(plot), "{rect:?} over the plot");
            let block = Rect::from_min_max(pos2(8.0, 56.0), pos2(left, 150.0));
            assert!(!rect.intersects(block), "{rect:?} over {block:?}");
            let beside = rect.right() <= tools && rect.left() < left + GAP + STEP;
            assert!(
                beside || free.contains_rect(rect),
                "{rect:?} over the tools"
            );
            assert_eq!(tip, None);
        }
        let (rect, tip) = below(tab, vec2(WIDTH, 30.0), None);
        assert!(tip.is_some() && rect.left() <= tab.left(), "no chart");
    }
}
