//! A row of a list that changes: what belongs to it stays with it.

use egui::{AsIdSalt, Ui, UiBuilder};

/// Draws a row of a list. Widget ids come from the row's key, not its position: focus and menus stay with it when other
/// rows come before it. `id` is the key, unique in the list.
pub fn list_row_ui<T>(ui: &mut Ui, id: impl AsIdSalt, draw: impl FnOnce(&mut Ui) -> T) -> T {
    let row = UiBuilder::new().scope_id(ui.scope_id().with(id));
    ui.scope_builder(row, draw).inner
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;

    #[test]
    fn the_focus_stays_in_its_row_whatever_comes_before_it() {
        let draw = |ui: &mut Ui, rows: &mut Vec<&str>| {
            for row in rows.iter() {
                list_row_ui(ui, row, |ui| {
                    ui.label(*row);
                    ui.horizontal(|ui| ui.button(format!("Edit {row}")));
                });
            }
        };
        let mut harness = Harness::new_ui_state(draw, vec!["b", "c"]);
        harness.get_by_label("Edit b").focus();
        for (rows, focused) in [
            (vec!["b", "c"], Some("Edit b")),
            (vec!["a", "b", "c"], Some("Edit b")),
            (vec!["c", "b"], Some("Edit b")),
            (vec!["c"], None),
        ] {
            *harness.state_mut() = rows;
            harness.run();
            let found = harness.query_by(|node| (*node).is_focused());
            let found = found.map(|node| node.accesskit_node().label().unwrap_or_default());
            assert_eq!(found.as_deref(), focused);
        }
    }
}
