//! The menu at the end of the top bar: every command that neither trades nor changes the ticket.

use egui::{Button, Id, Popup, Response, ScrollArea};

use super::{Tab, TopBarAction};
use crate::ui::key_table::KEYS;
use crate::ui::layout::Regions;

/// Height of an entry: all of them fit into a window of 688 points.
const ENTRY: f32 = 22.0;

/// Draws the menu of a button. `tabs`: the chosen tab, if the tabs of the window are in the menu.
pub fn menu_ui(
    button: &Response,
    regions: &Regions,
    tabs: Option<Tab>,
    actions: &mut Vec<TopBarAction>,
) {
    // A fixed id: a chip that appears beside the button must not change the popup's id and close it.
    let popup = Popup::menu(button).id(Id::unique("menu"));
    popup.show(|ui| {
        let room = regions.status_line.top() - regions.top_bar.bottom() - 24.0;
        let scroll = ScrollArea::vertical()
            .max_height(room)
            .min_scrolled_height(room);
        scroll.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.spacing_mut().interact_size.y = ENTRY;
            if let Some(chosen) = tabs {
                for tab in Tab::ALL {
                    if ui.selectable_label(tab == chosen, tab.name()).clicked() {
                        actions.push(TopBarAction::Tab(tab));
                    }
                }
                ui.separator();
            }
            for row in KEYS.iter().filter(|row| row.command.is_in_menu()) {
                let key = row.command.key_name(ui.ctx());
                let entry = Button::new(row.text).shortcut_text(key);
                if ui.add(entry).clicked() {
                    actions.push(TopBarAction::Command(row.command));
                }
            }
        });
    });
}
