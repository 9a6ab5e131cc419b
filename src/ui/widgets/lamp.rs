//! Lamps: states that differ by form, so that they can be read without their colour.

use egui::{Color32, Painter, Pos2, Shape, Stroke, Ui, Vec2, vec2};

use crate::ui::theme::Theme;

/// Width and height of a lamp.
pub const LAMP: f32 = 12.0;

/// A lamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lamp {
    /// Running: a disc.
    Running,
    /// Checked: a ring with a tick.
    Checked,
    /// Recording now: a red disc.
    Recording,
    /// Armed, records from the next game: a red ring.
    Armed,
    /// Look here: a triangle.
    Look,
    /// Off or unknown: a dashed ring.
    Off,
}

impl Lamp {
    /// Returns the lamp of a game or session that runs: red only while it is being recorded.
    pub fn of_running(is_recording: bool) -> Self {
        if is_recording {
            Self::Recording
        } else {
            Self::Running
        }
    }

    /// Paints the lamp around a point.
    pub fn paint(self, painter: &Painter, centre: Pos2, theme: &Theme) {
        let ring = |radius: f32, width: f32, colour: Color32| {
            painter.circle_stroke(centre, radius, Stroke::new(width, colour));
        };
        let at = |x: f32, y: f32| centre + vec2(x, y);
        match self {
            Self::Running => {
                painter.circle_filled(centre, 4.0, theme.text);
            }
            Self::Checked => {
                ring(5.0, 1.5, theme.quiet);
                let tick = vec![at(-2.5, 0.2), at(-0.7, 2.0), at(2.5, -1.6)];
                painter.line(tick, Stroke::new(1.5, theme.text));
            }
            Self::Recording => {
                painter.circle_filled(centre, 5.0, theme.rec);
            }
            Self::Armed => ring(4.2, 1.6, theme.rec),
            Self::Look => {
                let points = vec![at(0.0, -5.0), at(5.4, 5.0), at(-5.4, 5.0)];
                painter.add(Shape::convex_polygon(points, theme.amber, Stroke::NONE));
                let mark = Stroke::new(1.4, theme.ground);
                painter.line_segment([at(0.0, -1.4), at(0.0, 1.6)], mark);
                painter.line_segment([at(0.0, 2.8), at(0.0, 3.8)], mark);
            }
            Self::Off => {
                let points: Vec<_> = (0..=32u8)
                    .map(|step| {
                        let angle = f32::from(step) / 32.0 * std::f32::consts::TAU;
                        centre + Vec2::angled(angle) * 4.2
                    })
                    .collect();
                let stroke = Stroke::new(1.5, theme.faint);
                painter.extend(Shape::dashed_line(&points, stroke, 2.0, 2.0));
            }
        }
    }
}

/// Draws a lamp as part of a line.
pub fn lamp_ui(ui: &mut Ui, lamp: Lamp) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(LAMP), egui::Sense::empty());
    lamp.paint(ui.painter(), rect.center(), &Theme::of(ui));
}
