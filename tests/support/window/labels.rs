//! The labels and controls of a window without a display.

use egui::accesskit::Role;
use egui::{Event, Modifiers, PointerButton, Pos2, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

/// Something that can be pressed.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    pub rect: Rect,
    /// It is not greyed out.
    pub able: bool,
    pub name: String,
    /// It is switched on, or chosen.
    pub on: bool,
}

/// Returns everything that is said, in the order of the tree: labels, and what a button says it would do.
pub fn texts<State>(harness: &Harness<'_, State>) -> Vec<String> {
    let nodes = harness.query_all_by(|_| true);
    nodes
        .flat_map(|node| {
            let node = node.accesskit_node();
            let value = || node.value().filter(|_| node.role() == Role::Label);
            let label = node.label().or_else(value);
            // The trade buttons say it in capitals; the tooltips of others are only seen on hover.
            let orders = |name: &String| {
                ["BUY", "SELL", "SIDEBET", "STOP"]
                    .iter()
                    .any(|verb| name.starts_with(verb))
            };
            let is_order = node.role() == Role::Button && label.as_ref().is_some_and(orders);
            let second_line = node.description().filter(|_| is_order);
            [label, second_line].into_iter().flatten()
        })
        .collect()
}

/// Returns what the button that begins so says it would do, or why it cannot.
pub fn note<State>(harness: &Harness<'_, State>, button: &'static str) -> String {
    let node = harness.get_by(move |node| {
        let name = node.label().unwrap_or_default();
        node.role() == Role::Button && name.starts_with(button)
    });
    node.accesskit_node().description().unwrap_or_default()
}

/// Returns the id of the current game: the description of its phase.
pub fn game_id<State>(harness: &Harness<'_, State>) -> Option<String> {
    let phases = ["COOLDOWN", "PRESALE", "ACTIVE", "RUGGED"];
    let mut nodes = harness.query_all_by(|_| true);
    nodes.find_map(|node| {
        let node = node.accesskit_node();
        let label = node.label().or_else(|| node.value())?;
        node.description()
            .filter(|_| phases.contains(&label.as_str()))
    })
}

/// Returns the one button, or what is like one, whose name begins so.
pub fn control<State>(harness: &Harness<'_, State>, begins: &str) -> Option<Control> {
    let named = begins.to_owned();
    let node = harness.query_by(move |node| {
        let fits = node.label().is_some_and(|name| name.starts_with(&named));
        fits && ![Role::Label, Role::Window].contains(&node.role())
    })?;
    let inner = node.accesskit_node();
    Some(Control {
        rect: node.rect(),
        able: !inner.is_disabled(),
        name: inner.label().unwrap_or_default(),
        on: inner.toggled() == Some(egui::accesskit::Toggled::True),
    })
}

/// Clicks there: one frame for each of the three things that a hand does.
pub fn click_at<State>(harness: &mut Harness<'_, State>, pos: Pos2) {
    harness.event(Event::PointerMoved(pos));
    for pressed in [true, false] {
        harness.event(Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    harness.step();
}

/// Returns the place of a text: the first one below `top`.
pub fn label<State>(harness: &Harness<'_, State>, text: &str, top: f32) -> Option<Rect> {
    let text = text.to_owned();
    let nodes = harness.query_all_by(move |node| {
        node.role() == Role::Label && node.value().is_some_and(|value| value == text)
    });
    let rects = nodes
        .map(|node| node.rect())
        .filter(|rect| rect.top() >= top);
    rects.min_by(|a, b| a.top().total_cmp(&b.top()))
}

/// Returns the text in the field with this name.
pub fn value<State>(harness: &Harness<'_, State>, field: &str) -> Option<String> {
    let named = field.to_owned();
    let node = harness.query_by(move |node| {
        let is_text = [Role::TextInput, Role::MultilineTextInput].contains(&node.role());
        is_text && node.label().is_some_and(|name| name == named)
    })?;
    node.value()
}

/// Whether the button that begins so can be pressed.
pub fn can_press<State>(harness: &Harness<'_, State>, button: &'static str) -> bool {
    let node = harness.get_by(move |node| {
        let name = node.label().unwrap_or_default();
        node.role() == Role::Button && name.starts_with(button)
    });
    !node.accesskit_node().is_disabled()
}

/// Whether something says this.
pub fn says<State>(harness: &Harness<'_, State>, text: &str) -> bool {
    times(harness, text) > 0
}

/// Returns how often something says this.
pub fn times<State>(harness: &Harness<'_, State>, text: &str) -> usize {
    let said = texts(harness).into_iter();
    said.filter(|said| said.contains(text)).count()
}

/// Replaces the text of a field: clicks where it begins, since a long text reaches beyond its page.
pub fn write<State>(harness: &mut Harness<'_, State>, field: &str, text: &str) {
    let rect = control(harness, field).expect("the field").rect;
    let inside = vec2(rect.width().min(24.0), rect.height().min(20.0)) / 2.0;
    click_at(harness, rect.min + inside);
    harness.step();
    harness.key_press_modifiers(Modifiers::COMMAND, egui::Key::A);
    harness.step();
    harness.event(Event::Text(text.to_owned()));
    harness.step();
    harness.step();
}
