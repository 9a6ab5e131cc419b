//! The buttons that order: what a press does in words and figures, or why it does nothing.

use std::sync::Arc;

use egui::{
    Color32, Galley, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, vec2,
};

use super::key_cap::{key_cap_size, paint_key_cap};
use super::line::{line_galley, paint_line};
use super::pixel;
use crate::ui::motion;
use crate::ui::theme::role::{AMOUNT, BUTTON_NOTE, BUTTON_VERB};
use crate::ui::theme::{CARD_RADIUS, Theme};

/// How far the ring of a press grows beyond the button.
const RING: f32 = 6.0;

/// The state of a trade button that can be used; what is disabled in egui is off.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum TradeState {
    /// A press orders.
    #[default]
    Ready,
    /// A second press orders.
    Ask,
    /// An order was sent; the part of the usual time to its answer that has passed, from 0 to 1.
    Sent(f32),
    /// In a replay, not pressed now.
    Idle,
    /// In a replay, pressed by the piano.
    Piano,
}

/// A trade button.
#[derive(Debug, Clone, Copy)]
#[must_use = "add it to a Ui"]
pub struct TradeButton<'a> {
    /// The verb, for example `SELL 25 %`.
    pub verb: &'a str,
    /// The amount behind the verb.
    pub amount: &'a str,
    /// What a press does, or why it does nothing.
    pub note: &'a str,
    /// The key that presses it.
    pub key: &'a str,
    /// Its ground: one of the fills of the theme.
    pub fill: Color32,
    /// Its height, in points.
    pub height: f32,
    /// Its state.
    pub state: TradeState,
}

/// Paints the ring of a press. It fades as it grows; `share` is how far it is.
fn paint_ring(painter: &egui::Painter, rect: Rect, share: f32, colour: Color32) {
    let stroke = Stroke::new(2.0, colour.gamma_multiply(1.0 - share));
    let grown = rect.expand(RING * share);
    painter.rect_stroke(grown, CARD_RADIUS, stroke, StrokeKind::Outside);
}

impl Widget for TradeButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let enabled = ui.is_enabled();
        let size = vec2(ui.available_width(), self.height);
        let sense = match self.state {
            TradeState::Idle | TradeState::Piano => Sense::hover(),
            _ => Sense::click(),
        };
        let (rect, response) = ui.allocate_exact_size(size, sense);
        let name = [self.verb, self.amount].join(" ");
        let name = name.trim();
        let pressed = self.state == TradeState::Piano;
        response.widget_info(|| {
            if sense.senses_click() {
                WidgetInfo::labeled(Role::Button, enabled, name)
            } else {
                WidgetInfo::selected(Role::Button, true, pressed, name)
            }
        });
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_description(self.note));
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, &response);
        }
        response
    }
}

/// The colours of a button in a state.
struct Look {
    ground: Color32,
    frame: Stroke,
    verb: Color32,
    note: Color32,
    cap: Color32,
}

impl TradeButton<'_> {
    fn look(&self, theme: &Theme, enabled: bool) -> Look {
        let plain = |ground, frame, ink| Look {
            ground,
            frame,
            verb: ink,
            note: ink,
            cap: ink,
        };
        let white = Theme::ON_FILL;
        match self.state {
            TradeState::Piano => plain(theme.replay_fill, Stroke::NONE, white),
            TradeState::Idle => Look {
                note: theme.quiet,
                cap: theme.quiet,
                ..plain(theme.raised, Stroke::NONE, theme.text)
            },
            TradeState::Ready | TradeState::Ask if !enabled => Look {
                cap: theme.line2,
                ..plain(theme.off, Stroke::new(1.0, theme.line2), theme.off_text)
            },
            TradeState::Ask => Look {
                note: theme.text,
                ..plain(theme.amber_bg, Stroke::new(2.0, theme.amber), theme.amber)
            },
            TradeState::Ready | TradeState::Sent(_) => Look {
                cap: white.gamma_multiply(0.55),
                ..plain(self.fill, Stroke::NONE, white)
            },
        }
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response) {
        let theme = Theme::of(ui);
        let enabled = ui.is_enabled();
        // A button that is off has colours of its own that stay readable.
        let mut painter = ui.painter().clone();
        painter.set_opacity(1.0);
        let look = self.look(&theme, enabled);
        let down = response.is_pointer_button_down_on() && enabled;
        let shift = match self.state {
            TradeState::Piano => 2.0,
            _ if down => 1.0,
            _ => 0.0,
        };
        let rect = rect.translate(vec2(0.0, shift));
        let pressed_at = motion::on_since(
            ui.ctx(),
            response.id.with("press"),
            self.state == TradeState::Piano,
        );
        painter.rect(
            rect,
            CARD_RADIUS,
            look.ground,
            look.frame,
            StrokeKind::Inside,
        );
        if enabled && down {
            painter.rect_filled(rect, CARD_RADIUS, Color32::from_black_alpha(36));
        } else if enabled && response.hovered() && response.sense.senses_click() {
            painter.rect_filled(rect, CARD_RADIUS, Color32::from_white_alpha(20));
        }
        match self.state {
            TradeState::Idle => {
                let edge = egui::CornerRadius {
                    nw: CARD_RADIUS,
                    sw: CARD_RADIUS,
                    ne: 0,
                    se: 0,
                };
                painter.rect_filled(rect.with_max_x(rect.left() + 4.0), edge, self.fill);
            }
            TradeState::Piano => {
                let ring = Stroke::new(2.0, theme.replay);
                painter.rect_stroke(rect.expand(2.0), CARD_RADIUS + 2, ring, StrokeKind::Outside);
                if let Some(share) = motion::running(ui.ctx(), pressed_at, motion::PRESS) {
                    paint_ring(&painter, rect, pixel(share), theme.replay);
                }
            }
            TradeState::Sent(share) => {
                let bar = rect.with_min_y(rect.bottom() - 4.0);
                let bar = bar.with_max_x(egui::lerp(bar.x_range(), share.clamp(0.0, 1.0)));
                painter.rect_filled(bar, 2, Color32::from_white_alpha(153));
            }
            TradeState::Ready | TradeState::Ask => {}
        }
        self.paint_texts(ui, &painter, rect, &look, response);
    }

    /// Returns the sizes of the two lines.
    fn text_sizes(&self) -> (f32, f32) {
        if self.height < 52.0 {
            (15.0, 11.0)
        } else if self.height < 64.0 {
            (18.0, 12.0)
        } else {
            (20.0, 12.0)
        }
    }

    /// Returns the place of the key, and the room for the texts.
    fn places(&self, ui: &Ui, rect: Rect) -> (Rect, Rect) {
        if self.key.is_empty() {
            return (Rect::NOTHING, rect.shrink2(vec2(16.0, 0.0)));
        }
        let cap = key_cap_size(ui, self.key) + vec2(2.0, 4.0);
        let middle = egui::pos2(rect.right() - 12.0 - cap.x / 2.0, rect.center().y);
        let key = Rect::from_center_size(middle, cap);
        let left = rect.left() + 16.0;
        (key, rect.with_min_x(left).with_max_x(key.left() - 8.0))
    }

    /// Lays out the two lines.
    fn lines(&self, ui: &Ui, inks: [Color32; 2], width: f32) -> [Arc<Galley>; 2] {
        let (verb, note) = self.text_sizes();
        let parts = [
            (BUTTON_VERB.sized(verb), self.verb, inks[0]),
            (AMOUNT.sized(verb), self.amount, inks[0]),
        ];
        let note = [(BUTTON_NOTE.sized(note), self.note, inks[1])];
        [
            line_galley(ui, &parts, 8.0, width),
            line_galley(ui, &note, 0.0, width),
        ]
    }

    /// Whether both lines are whole in a button of this width.
    pub fn fits(&self, ui: &Ui, width: f32) -> bool {
        let size = vec2(width, self.height);
        let (_, room) = self.places(ui, Rect::from_min_size(egui::Pos2::ZERO, size));
        let lines = self.lines(ui, [Color32::WHITE; 2], room.width());
        lines.iter().all(|line| !line.elided)
    }

    fn paint_texts(
        &self,
        ui: &Ui,
        painter: &egui::Painter,
        rect: Rect,
        look: &Look,
        response: &Response,
    ) {
        let (verb, note) = self.text_sizes();
        let (key, room) = self.places(ui, rect);
        if key.is_positive() {
            paint_key_cap(painter, ui, key, self.key, look.cap, look.note);
        }
        let [line1, line2] = self.lines(ui, [look.verb, look.note], room.width());
        let note_role = BUTTON_NOTE.sized(note);
        let half = f32::midpoint(BUTTON_VERB.sized(verb).line, note_role.line);
        let top = rect.center().y - half;
        let middle1 = top + BUTTON_VERB.sized(verb).line / 2.0;
        let middle2 = rect.center().y + half - note_role.line / 2.0;
        let elided = line1.elided || line2.elided;
        paint_line(painter, egui::pos2(room.left(), middle1), line1);
        paint_line(painter, egui::pos2(room.left(), middle2), line2);
        if elided && response.hovered() {
            let text = format!("{} {}\n{}", self.verb, self.amount, self.note);
            response.clone().on_hover_text(text);
        }
    }
}
