//! The first line of the library: the folder, and the buttons that open recordings.

use std::path::{Path, PathBuf};

use egui::{Button, RichText, Ui};

use super::LibraryPage;
use crate::ui::command::{KeyCommand, LibraryKey};
use crate::ui::dialog::{Dialog, DialogKind, DialogResult, MISSING};
use crate::ui::theme::{StatusLevel, Theme};

impl LibraryPage {
    pub(super) fn toolbar_ui(&mut self, ui: &mut Ui, recordings: Option<&Path>) {
        let theme = Theme::of(ui);
        ui.horizontal_wrapped(|ui| {
            let can_play = self.chosen.is_some() && self.opening.is_none();
            let play = RichText::new("▶ Play").strong().color(Theme::ON_FILL);
            let play = ui.add_enabled(can_play, Button::new(play).fill(theme.accent_fill));
            let tip = KeyCommand::InLibrary(LibraryKey::Open).tooltip();
            let play = play.on_hover_text(tip);
            if play.on_disabled_hover_text("Choose a row first").clicked() {
                self.key(LibraryKey::Open);
            }
            let no_dialog = self.dialog.is_none();
            let file = ui.add_enabled(no_dialog, Button::new("File…"));
            let tip = "Play a recording from anywhere";
            if file.on_hover_text(tip).clicked() {
                self.open_dialog(ui.ctx(), DialogKind::Recording, "A recording");
            }
            let folder = ui.add_enabled(no_dialog, Button::new("Folder…"));
            let tip = "Show another folder of recordings, or one of old tick files";
            if folder.on_hover_text(tip).clicked() {
                self.open_dialog(ui.ctx(), DialogKind::Folder, "A folder of recordings");
            }
            let own = recordings.filter(|own| self.folder.as_deref() != Some(own));
            if let Some(own) = own
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
                    "Rebuild the index of every day from its files; not possible while it is recorded to";
                if rebuild.on_hover_text(tip).clicked() && !self.library_worker.rebuild(folder) {
                    self.report_busy();
                }
            }
            if let Some(path) = self.path.ui(ui, self.folder.as_deref()) {
                self.open_typed(path);
            }
        });
    }

    /// Lists a folder or opens a file, whichever the path is.
    fn open_typed(&mut self, path: PathBuf) {
        if self.library_worker.show(path.clone(), self.folder.clone()) {
            self.message = None;
            self.path.set_opening(path);
        } else {
            self.report_busy();
        }
    }

    fn open_dialog(&mut self, ctx: &egui::Context, kind: DialogKind, title: &str) {
        match Dialog::open(ctx, kind, title, self.folder.as_deref()) {
            Ok(dialog) => self.dialog = Some((kind, dialog)),
            Err(error) => self.report(StatusLevel::Error, error),
        }
    }

    pub(super) fn take_dialog(&mut self) {
        let Some((kind, dialog)) = &mut self.dialog else {
            return;
        };
        let kind = *kind;
        let result = dialog.take();
        if result == DialogResult::Open {
            return;
        }
        self.dialog = None;
        match (result, kind) {
            (DialogResult::Path(path), DialogKind::Folder) => self.list(path),
            (DialogResult::Path(path), DialogKind::Recording) => self.open(path),
            (DialogResult::Missing, _) => {
                self.path.focus();
                let text = format!("{MISSING}. Type or paste the path above and press Enter");
                self.report(StatusLevel::Warning, text);
            }
            (DialogResult::Cancelled | DialogResult::Open, _) => {}
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
    fn a_missing_dialog_is_reported_and_the_path_field_gets_the_focus() {
        let library_worker = LibraryWorker::start(Arc::new(|| {})).expect("a thread");
        let mut page = LibraryPage::new(library_worker);
        page.dialog = Some((DialogKind::Recording, Dialog::ended(DialogResult::Missing)));
        let show = |ui: &mut Ui, page: &mut LibraryPage| page.ui(ui, None);
        let mut harness = Harness::new_ui_state(show, page);
        harness.run_steps(3);
        harness.get_by_label_contains("no portal and no zenity");
        harness.get_by_label_contains("press Enter");
        let field = harness.get_by_label("Path");
        assert!(field.accesskit_node().is_focused());
        // A cancelled dialog needs no message.
        harness.state_mut().message = None;
        harness.state_mut().dialog = Some((
            DialogKind::Recording,
            Dialog::ended(DialogResult::Cancelled),
        ));
        harness.run_steps(3);
        assert!(harness.query_by_label_contains("portal").is_none());
    }
}
