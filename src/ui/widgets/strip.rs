//! Filled areas between two lines.

use egui::epaint::Mesh;
use egui::{Color32, Pos2, Shape};

/// Returns the area between two lines, from their points side by side, each with its colour.
pub fn strip_shape(pairs: impl Iterator<Item = [(Pos2, Color32); 2]>) -> Shape {
    let mut mesh = Mesh::default();
    for (first, pair) in (0_u32..).step_by(2).zip(pairs) {
        for (at, colour) in pair {
            mesh.colored_vertex(at, colour);
        }
        if let Some(before) = first.checked_sub(2) {
            mesh.add_triangle(before, before + 1, first);
            mesh.add_triangle(before + 1, first, first + 1);
        }
    }
    Shape::mesh(mesh)
}
