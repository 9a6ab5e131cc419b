//! The parts by which the trades are chosen: a click on a part adds it, and a click on its chip removes it.

use egui::{Align, Layout, Rect, ScrollArea, Ui, UiBuilder};

use crate::review::SliceKind;
use crate::ui::theme::role::CAPTION;
use crate::ui::theme::{ROW, Theme};
use crate::ui::widgets::{Icon, PushButton, named};

/// Height of the line with the chips, and the space below it.
pub const CHIPS: f32 = ROW + 4.0;

/// The parts that are chosen, of each kind at most one.
#[derive(Debug, Default)]
pub struct ChosenParts(Vec<(SliceKind, String)>);

impl ChosenParts {
    /// Returns the parts, as a filter takes them.
    pub fn slices(&self) -> &[(SliceKind, String)] {
        &self.0
    }

    /// Whether a part is chosen.
    pub fn contains(&self, kind: SliceKind, name: &str) -> bool {
        self.0
            .iter()
            .any(|(of, chosen)| *of == kind && chosen == name)
    }

    /// Chooses a part instead of another one of its kind; one that is chosen already is removed.
    pub fn toggle(&mut self, kind: SliceKind, name: String) {
        let was_chosen = self.contains(kind, &name);
        self.0.retain(|(of, _)| *of != kind);
        if !was_chosen {
            self.0.push((kind, name));
        }
    }

    /// Draws a chip for each part.
    pub fn ui(&mut self, ui: &mut Ui, rect: Rect) {
        let mut removed = None;
        let line = UiBuilder::new()
            .max_rect(rect.with_max_y(rect.top() + ROW))
            .layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(line, |ui| {
            ScrollArea::horizontal().id_salt("chips").show(ui, |ui| {
                let quiet = Theme::of(ui).quiet;
                ui.label(CAPTION.text("Only trades").color(quiet));
                for (kind, name) in &self.0 {
                    let words = words(*kind, name);
                    let chip = ui.add(PushButton::new(&words).chip().icon(Icon::Cross));
                    let chip = named(chip, &format!("Remove filter: {words}"));
                    if chip.on_hover_text("Remove this filter").clicked() {
                        removed = Some((*kind, name.clone()));
                    }
                }
            });
        });
        if let Some((kind, name)) = removed {
            self.toggle(kind, name);
        }
    }
}

/// Returns what the trades of a part have in common.
fn words(kind: SliceKind, name: &str) -> String {
    match kind {
        SliceKind::Entry => format!("with entry {name}"),
        SliceKind::Held => format!("held {name}"),
        SliceKind::Hour => format!("from {name}"),
        SliceKind::Weekday => format!("on {name}"),
        SliceKind::After => name.to_owned(),
        SliceKind::Source => format!("by {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_replaces_the_other_one_of_its_kind_and_a_second_click_removes_it() {
        let mut parts = ChosenParts::default();
        parts.toggle(SliceKind::Hour, "16:00".to_owned());
        parts.toggle(SliceKind::Entry, "below 1x".to_owned());
        parts.toggle(SliceKind::Hour, "17:00".to_owned());
        let names: Vec<_> = parts
            .slices()
            .iter()
            .map(|(kind, name)| words(*kind, name))
            .collect();
        assert_eq!(names, ["with entry below 1x", "from 17:00"]);
        assert!(parts.contains(SliceKind::Hour, "17:00"));
        assert!(!parts.contains(SliceKind::Hour, "16:00"));
        parts.toggle(SliceKind::Hour, "17:00".to_owned());
        parts.toggle(SliceKind::Entry, "below 1x".to_owned());
        assert!(parts.slices().is_empty());
    }
}
