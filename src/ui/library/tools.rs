//! The first line of the library: its folder, and what can be opened.

use std::path::{Path, PathBuf};

use super::LibraryPage;
use crate::ui::command::{KeyCommand, LibraryKey};
use crate::ui::dialog::{Chosen, Dialog, MISSING, Pick};
use crate::ui::theme::{Level, Theme};

/// What a dialog is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// A folder is to be shown.
    Folder,
    /// A file is to be played.
    File,
}

impl LibraryPage {
    pub(super) fn tools_ui(&mut self, ui: &mut egui::Ui, recordings: Option<&Path>) {
        let theme = Theme::of(ui);
        ui.horizontal_wrapped(|ui| {
            let can_play = self.chosen.is_some() && self.opening.is_none();
            let play = egui::Button::new(
                egui::RichText::new("▶ Play")
                    .strong()
                    .color(theme.on_accent),
            )
            .fill(theme.accent);
            let tip = KeyCommand::InLibrary(LibraryKey::Open).tip();
            let play = ui.add_enabled(can_play, play).on_hover_text(tip);
            if play.on_disabled_hover_text("Choose a row first").clicked() {
                self.key(LibraryKey::Open);
            }
            let free = self.dialog.is_none();
            let file = ui.add_enabled(free, egui::Button::new("File…"));
            if file
                .on_hover_text("Play a recording from anywhere")
                .clicked()
            {
                self.open_dialog(ui.ctx(), For::File);
            }
            let folder = ui.add_enabled(free, egui::Button::new("Folder…"));
            let tip = "Show another folder of recordings, or one of old tick files";
            if folder.on_hover_text(tip).clicked() {
                self.open_dialog(ui.ctx(), For::Folder);
            }
            if let Some(own) = recordings
                && self.folder.as_deref() != Some(own)
                && ui
                    .button("My recordings")
                    .on_hover_text("Show the folder that is recorded to")
                    .clicked()
            {
                self.list(own.to_owned());
            }
            if let Some(folder) = self.folder.clone() {
                let refresh = ui.button("Refresh").on_hover_text("Read the folder again");
                if refresh.clicked() {
                    self.list(folder.clone());
                }
                let rebuild = ui.button("Rebuild index");
                let tip =
                    "Build the index of every day anew from its files; not while it is recorded to";
                if rebuild.on_hover_text(tip).clicked() && !self.librarian.rebuild(folder.clone()) {
                    self.busy();
                }
            }
            if let Some(path) = self.path.ui(ui, self.folder.as_deref()) {
                self.go_to(path);
            }
        });
    }

    /// Lists a folder or opens a file, whichever the path is.
    fn go_to(&mut self, path: PathBuf) {
        if self.librarian.show(path.clone(), self.folder.clone()) {
            self.said = None;
            self.path.asked(path);
        } else {
            self.busy();
        }
    }

    fn open_dialog(&mut self, ctx: &egui::Context, wanted: For) {
        let (pick, title) = match wanted {
            For::Folder => (Pick::Folder, "A folder of recordings"),
            For::File => (Pick::Recording, "A recording"),
        };
        match Dialog::open(ctx, pick, title, self.folder.as_deref()) {
            Ok(dialog) => self.dialog = Some((wanted, dialog)),
            Err(why) => self.say(Level::Wrong, why),
        }
    }

    pub(super) fn take_dialog(&mut self) {
        let Some((wanted, dialog)) = &mut self.dialog else {
            return;
        };
        let wanted = *wanted;
        let path = match dialog.take() {
            Chosen::NotYet => return,
            Chosen::Path(path) => path,
            Chosen::Nothing => {
                self.dialog = None;
                return;
            }
            Chosen::Missing => {
                self.dialog = None;
                self.path.focus();
                let text = format!("{MISSING}. Type or paste the path above and press Enter");
                self.say(Level::Look, text);
                return;
            }
        };
        self.dialog = None;
        match wanted {
            For::Folder => self.list(path),
            For::File => self.open(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;
    use crate::library::worker::LibraryWorker;

    #[test]
    fn a_dialog_that_this_desktop_does_not_have_is_said_and_the_field_is_there_for_it() {
        let librarian = LibraryWorker::start(Arc::new(|| {})).expect("a thread");
        let mut page = LibraryPage::new(librarian);
        page.dialog = Some((For::File, Dialog::ended(Chosen::Missing)));
        let show = |ui: &mut egui::Ui, page: &mut LibraryPage| page.show(ui, None);
        let mut harness = Harness::new_ui_state(show, page);
        harness.run_steps(3);
        harness.get_by_label_contains("no portal and no zenity");
        harness.get_by_label_contains("press Enter");
        let field = harness.get_by_label("Path");
        assert!(field.accesskit_node().is_focused());
        // A cancelled one is no reason for words.
        harness.state_mut().said = None;
        harness.state_mut().dialog = Some((For::File, Dialog::ended(Chosen::Nothing)));
        harness.run_steps(3);
        assert!(harness.query_by_label_contains("portal").is_none());
    }
}
