//! Where the controls of a window are: what of each is visible, and whether they are named, inside and apart.

use egui::accesskit::Role;
use egui::{Order, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

/// What is pressed, typed or chosen.
const CONTROLS: [Role; 7] = [
    Role::Button,
    Role::CheckBox,
    Role::ComboBox,
    Role::TextInput,
    Role::RadioButton,
    Role::Tab,
    Role::Link,
];

/// The sizes of windows, in points.
pub const SIZES: [[f32; 2]; 10] = [
    [700.0, 600.0],
    [700.0, 800.0],
    [900.0, 600.0],
    [1_024.0, 768.0],
    [1_280.0, 720.0],
    [1_366.0, 688.0],
    [1_366.0, 768.0],
    [1_400.0, 900.0],
    [1_920.0, 1_080.0],
    [3_840.0, 2_160.0],
];
/// Pixels a point.
pub const SCALES: [f32; 5] = [0.75, 1.0, 1.5, 2.0, 3.0];

/// Returns every size at every scale.
pub fn sizes_and_scales() -> impl Iterator<Item = ([f32; 2], f32)> {
    let at_scales = |size| SCALES.map(|scale| (size, scale));
    SIZES.into_iter().flat_map(at_scales)
}

/// A control, and what of it is visible.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub name: String,
    pub rect: Rect,
    /// Whether it is on a panel, a menu or a question over the page.
    pub is_above: bool,
}

/// Returns every control of which something is visible: what is scrolled away does not count.
pub fn places<State>(harness: &Harness<'_, State>) -> Vec<Place> {
    let mut widgets = Vec::new();
    harness.ctx.viewport(|viewport| {
        for (layer, rects) in viewport.prev_pass.widgets.layers() {
            let is_above = layer.order > Order::Middle;
            widgets.extend(
                rects
                    .iter()
                    .map(|widget| (widget.rect, widget.interact_rect, is_above)),
            );
        }
    });
    let nodes = CONTROLS.into_iter();
    let nodes = nodes.flat_map(|role| harness.query_all_by_role(role).collect::<Vec<_>>());
    let places = nodes.map(|node| {
        let rect = node.rect();
        let same = |(whole, ..): &&(Rect, Rect, bool)| {
            (whole.min - rect.min).length() < 0.6 && (whole.max - rect.max).length() < 0.6
        };
        let widget = widgets.iter().find(same);
        Place {
            name: node.accesskit_node().label().unwrap_or_default(),
            rect: widget.map_or(rect, |(_, visible, _)| rect.intersect(*visible)),
            is_above: widget.is_some_and(|(.., is_above)| *is_above),
        }
    });
    places.filter(|place| place.rect.is_positive()).collect()
}

/// Every control has a name, is inside the window, and none lies over another one.
pub fn assert_apart(all: &[Place], size: [f32; 2], case: &str) {
    let screen = Rect::from_min_size(egui::Pos2::ZERO, size.into()).expand(0.5);
    for (number, Place { name, rect, .. }) in all.iter().enumerate() {
        assert!(
            !name.is_empty(),
            "{case}: a control without a name at {rect:?}"
        );
        assert!(
            screen.contains_rect(*rect),
            "{case}: {name} {rect:?} is not inside"
        );
        for other in &all[number + 1..] {
            let common = rect.intersect(other.rect);
            let apart = common.width() < 1.0 || common.height() < 1.0;
            let (there, at) = (&other.name, other.rect);
            assert!(apart, "{case}: {name} {rect:?} over {there} {at:?}");
        }
    }
}
