//! The icons, drawn by code in a box of 16 points: crisp at every scale, and never from a fallback font.

use std::f32::consts::{PI, TAU};

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Ui, Vec2, pos2, vec2};

use IconPart::{Arc, Closed, Disc, Fill, Line};

/// Width of the strokes in a box of 16 points.
const STROKE: f32 = 1.5;
/// Side of the box that the icons are drawn in.
const BOX: f32 = 16.0;

/// An icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A line chart.
    Line,
    /// A chart of candles.
    Candles,
    /// Follow the newest tick.
    Follow,
    /// Show the whole game.
    Whole,
    /// Search.
    Search,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// To the previous one.
    Previous,
    /// To the next one.
    Next,
    /// Back.
    Back,
    /// Forward.
    Forward,
    /// Opens a menu.
    Down,
    /// Close; also the mark of a rug.
    Cross,
    /// Copy.
    Copy,
    /// Look here.
    Warning,
    /// Done or chosen.
    Check,
    /// The menu.
    Menu,
    /// A folder.
    Folder,
    /// A loop.
    Loop,
    /// The piano.
    Music,
    /// Again.
    Refresh,
    /// A buy; also a price that rose.
    Buy,
    /// A sale; also a price that fell.
    Sell,
    /// A sidebet.
    Sidebet,
    /// A drift.
    Drift,
    /// A note.
    Flag,
    /// A star.
    Star,
    /// The place of a star that is not given.
    NoStar,
}

/// A part of an icon.
enum IconPart {
    /// A line through points.
    Line(&'static [[f32; 2]]),
    /// A closed line through points.
    Closed(&'static [[f32; 2]]),
    /// A filled convex area.
    Fill(&'static [[f32; 2]]),
    /// A filled disc: centre, radius.
    Disc([f32; 2], f32),
    /// An arc: centre, radius, from, to (in radians, clockwise from the right).
    Arc([f32; 2], f32, f32, f32),
}

/// A flag on its pole.
const FLAG: &[IconPart] = &[
    Line(&[[4.0, 1.5], [4.0, 14.5]]),
    Fill(&[[4.0, 2.5], [13.0, 5.5], [4.0, 8.5]]),
];
/// A filled star: five triangles, each from a tip to the inner corners on the other side.
const STAR: &[IconPart] = &[
    Fill(&[[8.0, 2.0], [10.4, 9.3], [5.6, 9.3]]),
    Fill(&[[14.2, 6.5], [8.0, 11.0], [6.5, 6.5]]),
    Fill(&[[11.8, 13.8], [5.6, 9.3], [9.5, 6.5]]),
    Fill(&[[4.2, 13.8], [6.5, 6.5], [10.4, 9.3]]),
    Fill(&[[1.8, 6.5], [9.5, 6.5], [8.0, 11.0]]),
];
/// The outline of a star.
const NO_STAR: &[IconPart] = &[Closed(&[
    [8.0, 2.0],
    [9.5, 6.5],
    [14.2, 6.5],
    [10.4, 9.3],
    [11.8, 13.8],
    [8.0, 11.0],
    [4.2, 13.8],
    [5.6, 9.3],
    [1.8, 6.5],
    [6.5, 6.5],
])];

impl Icon {
    /// All icons.
    #[cfg(test)]
    pub const ALL: [Self; 28] = [
        Self::Line,
        Self::Candles,
        Self::Follow,
        Self::Whole,
        Self::Search,
        Self::Play,
        Self::Pause,
        Self::Previous,
        Self::Next,
        Self::Back,
        Self::Forward,
        Self::Down,
        Self::Cross,
        Self::Copy,
        Self::Warning,
        Self::Check,
        Self::Menu,
        Self::Folder,
        Self::Loop,
        Self::Music,
        Self::Refresh,
        Self::Buy,
        Self::Sell,
        Self::Sidebet,
        Self::Drift,
        Self::Flag,
        Self::Star,
        Self::NoStar,
    ];

    /// Paints the icon in the middle of a rectangle, `size` points wide.
    pub fn paint(self, painter: &Painter, rect: Rect, size: f32, colour: Color32) {
        let scale = size / BOX;
        let corner = rect.center() - Vec2::splat(size / 2.0);
        let at = |point: &[f32; 2]| corner + vec2(point[0], point[1]) * scale;
        let points = |points: &[[f32; 2]]| points.iter().map(at).collect::<Vec<Pos2>>();
        let stroke = Stroke::new(STROKE * scale, colour);
        painter.extend(self.parts().iter().map(|part| match part {
            Line(path) => Shape::line(points(path), stroke),
            Closed(path) => Shape::closed_line(points(path), stroke),
            Fill(path) => Shape::convex_polygon(points(path), colour, stroke),
            Disc(centre, radius) => Shape::circle_filled(at(centre), radius * scale, colour),
            Arc(centre, radius, from, to) => {
                let point = |step: u8| {
                    let angle = egui::lerp(*from..=*to, f32::from(step) / 24.0);
                    at(centre) + Vec2::angled(angle) * *radius * scale
                };
                Shape::line((0..=24).map(point).collect(), stroke)
            }
        }));
    }

    fn parts(self) -> &'static [IconPart] {
        match self {
            Self::Flag => FLAG,
            Self::Star => STAR,
            Self::NoStar => NO_STAR,
            Self::Line => &[Line(&[[1.5, 11.5], [5.5, 7.5], [8.5, 10.0], [14.5, 3.5]])],
            Self::Candles => &[
                Line(&[[4.5, 2.0], [4.5, 5.0]]),
                Line(&[[4.5, 11.0], [4.5, 14.0]]),
                Line(&[[11.5, 2.0], [11.5, 14.0]]),
                Closed(&[[2.5, 5.0], [6.5, 5.0], [6.5, 11.0], [2.5, 11.0]]),
                Fill(&[[9.5, 4.0], [13.5, 4.0], [13.5, 10.0], [9.5, 10.0]]),
            ],
            Self::Follow => &[
                Line(&[[2.0, 8.0], [11.0, 8.0]]),
                Line(&[[8.0, 4.5], [11.5, 8.0], [8.0, 11.5]]),
                Line(&[[14.0, 3.0], [14.0, 13.0]]),
            ],
            Self::Whole => &[
                Line(&[[2.0, 6.0], [2.0, 2.0], [6.0, 2.0]]),
                Line(&[[10.0, 2.0], [14.0, 2.0], [14.0, 6.0]]),
                Line(&[[14.0, 10.0], [14.0, 14.0], [10.0, 14.0]]),
                Line(&[[6.0, 14.0], [2.0, 14.0], [2.0, 10.0]]),
            ],
            Self::Search => &[
                Arc([7.0, 7.0], 4.5, 0.0, TAU),
                Line(&[[10.5, 10.5], [14.0, 14.0]]),
            ],
            Self::Play => &[Fill(&[[4.0, 2.5], [13.0, 8.0], [4.0, 13.5]])],
            Self::Pause => &[
                Fill(&[[4.2, 3.0], [5.8, 3.0], [5.8, 13.0], [4.2, 13.0]]),
                Fill(&[[10.2, 3.0], [11.8, 3.0], [11.8, 13.0], [10.2, 13.0]]),
            ],
            Self::Previous => &[
                Fill(&[[13.0, 3.0], [13.0, 13.0], [6.0, 8.0]]),
                Line(&[[3.5, 3.0], [3.5, 13.0]]),
            ],
            Self::Next => &[
                Fill(&[[3.0, 3.0], [10.0, 8.0], [3.0, 13.0]]),
                Line(&[[12.5, 3.0], [12.5, 13.0]]),
            ],
            Self::Back => &[Line(&[[9.5, 3.5], [5.0, 8.0], [9.5, 12.5]])],
            Self::Forward => &[Line(&[[6.5, 3.5], [11.0, 8.0], [6.5, 12.5]])],
            Self::Down => &[Line(&[[4.0, 6.0], [8.0, 10.0], [12.0, 6.0]])],
            Self::Cross => &[
                Line(&[[4.0, 4.0], [12.0, 12.0]]),
                Line(&[[12.0, 4.0], [4.0, 12.0]]),
            ],
            Self::Copy => &[
                Closed(&[[5.5, 5.5], [13.5, 5.5], [13.5, 13.5], [5.5, 13.5]]),
                Line(&[
                    [10.5, 5.5],
                    [10.5, 2.5],
                    [2.5, 2.5],
                    [2.5, 10.5],
                    [5.5, 10.5],
                ]),
            ],
            Self::Warning => &[
                Closed(&[[8.0, 2.0], [14.5, 13.5], [1.5, 13.5]]),
                Line(&[[8.0, 6.5], [8.0, 10.0]]),
                Line(&[[8.0, 11.4], [8.0, 12.2]]),
            ],
            Self::Check => &[Line(&[[3.0, 8.5], [6.5, 12.0], [13.0, 4.5]])],
            Self::Menu => &[
                Line(&[[2.5, 4.5], [13.5, 4.5]]),
                Line(&[[2.5, 8.0], [13.5, 8.0]]),
                Line(&[[2.5, 11.5], [13.5, 11.5]]),
            ],
            Self::Folder => &[Closed(&[
                [1.5, 4.0],
                [6.5, 4.0],
                [8.0, 6.0],
                [14.5, 6.0],
                [14.5, 13.0],
                [1.5, 13.0],
            ])],
            Self::Loop => &[
                Arc([8.0, 8.0], 5.0, PI, PI * 1.8),
                Arc([8.0, 8.0], 5.0, 0.0, PI * 0.8),
                Line(&[[12.0, 2.0], [12.0, 5.0], [9.0, 5.0]]),
                Line(&[[4.0, 14.0], [4.0, 11.0], [7.0, 11.0]]),
            ],
            Self::Music => &[
                Line(&[[6.0, 12.5], [6.0, 3.0], [13.0, 1.5], [13.0, 10.5]]),
                Disc([4.5, 12.5], 2.2),
                Disc([11.5, 10.5], 2.2),
            ],
            Self::Refresh => &[
                Arc([8.0, 8.0], 5.5, 0.0, PI * 1.68),
                Line(&[[11.5, 1.0], [11.5, 4.0], [8.5, 4.0]]),
            ],
            Self::Buy => &[Fill(&[[8.0, 3.5], [13.0, 12.0], [3.0, 12.0]])],
            Self::Sell => &[Fill(&[[8.0, 12.5], [3.0, 4.0], [13.0, 4.0]])],
            Self::Sidebet => &[Fill(&[[8.0, 2.5], [13.0, 8.0], [8.0, 13.5], [3.0, 8.0]])],
            Self::Drift => &[Closed(&[[8.0, 2.5], [13.5, 13.0], [2.5, 13.0]])],
        }
    }
}

/// Draws an icon as part of a line.
pub fn icon_ui(ui: &mut Ui, icon: Icon, size: f32, colour: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(size), egui::Sense::empty());
    icon.paint(ui.painter(), rect, size, colour);
}

/// Paints the program's sign: four piano keys.
pub fn logo_ui(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(24.0), egui::Sense::empty());
    let at = |x: f32, y: f32| pos2(rect.left() + x, rect.top() + y);
    let painter = ui.painter();
    let area = |left: f32, top: f32, width: f32, height: f32| {
        Rect::from_min_size(at(left, top), vec2(width, height))
    };
    let line = Stroke::new(1.0, Color32::from_rgb(0x22, 0x2A, 0x35));
    let ivory = Color32::from_rgb(0xF4, 0xF6, 0xF9);
    painter.rect(
        area(1.0, 3.0, 22.0, 18.0),
        4,
        ivory,
        line,
        egui::StrokeKind::Inside,
    );
    for x in [8.3, 15.7] {
        painter.line_segment([at(x, 3.0), at(x, 21.0)], line);
    }
    painter.rect_filled(
        area(5.8, 3.0, 5.0, 10.0),
        0,
        Color32::from_rgb(0x16, 0x1C, 0x24),
    );
    painter.rect_filled(
        area(13.2, 3.0, 5.0, 10.0),
        0,
        Color32::from_rgb(0x7A, 0x4F, 0xE0),
    );
}
