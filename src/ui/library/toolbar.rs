//! The lines of controls above the list (search and filters, the folder, the menu that opens recordings), and how
//! recordings are opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Align, Button, Layout, Popup, Rect, Ui};

use super::texts::BUSY;
use super::{LibraryPage, TOOLBAR, rail};
use crate::library::OpenedReplay;
use crate::protocol::GameId;
use crate::ui::command::LibraryKey;
use crate::ui::dialog::{Dialog, DialogKind, DialogResult, MISSING};
use crate::ui::theme::{CONTROL, GAP, StatusLevel};
use crate::ui::widgets::PushButton;

impl LibraryPage {
    /// Whether a data set is being built. Closing the window cancels that.
    #[cfg(feature = "dataset")]
    pub fn builds_data_set(&self) -> bool {
        self.panels.dataset.is_building()
    }

    /// Draws the controls above the list: in one line, or in two in a narrow window.
    pub(super) fn toolbar_ui(&mut self, ui: &mut Ui, rect: Rect, recordings: Option<&Path>) {
        let two_lines = rect.height() > TOOLBAR;
        let (first, second) = rect.split_top_bottom_at_y(rect.top() + TOOLBAR);
        let second = second.with_min_y(second.top() + GAP);
        let left = Layout::left_to_right(Align::Center);
        let right = Layout::right_to_left(Align::Center);
        let line = |rect: Rect, layout| egui::UiBuilder::new().max_rect(rect).layout(layout);
        let focus = std::mem::take(&mut self.focus_search);
        // What opens recordings is at the right; the search and the filters take the rest.
        let (upper, lower) = if two_lines {
            (first, second)
        } else {
            (first, first)
        };
        let mut used = lower.right();
        ui.scope_builder(line(lower, right), |ui| {
            if two_lines {
                self.open_menu_ui(ui, recordings);
                self.path_ui(ui, ui.available_width() - 120.0);
                ui.scope_builder(line(lower, left), |ui| {
                    rail::day_menu_ui(ui, &mut self.catalog);
                });
            } else {
                self.open_menu_ui(ui, recordings);
                self.path_ui(ui, 220.0);
                used = ui.min_rect().left() - GAP;
            }
        });
        let search = if two_lines {
            upper
        } else {
            upper.with_max_x(used)
        };
        let to_list = ui
            .scope_builder(line(search, left), |ui| {
                self.filters.ui(ui, &mut self.catalog, focus)
            })
            .inner;
        if to_list {
            self.key(LibraryKey::First);
        }
    }

    fn path_ui(&mut self, ui: &mut Ui, width: f32) {
        let size = egui::vec2(width.max(80.0), TOOLBAR);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            if let Some(path) = self.path.ui(ui, self.folder.as_deref()) {
                self.open_typed(path);
            }
        });
    }

    /// Draws the menu that opens files and folders.
    fn open_menu_ui(&mut self, ui: &mut Ui, recordings: Option<&Path>) {
        let no_dialog = self.dialog.is_none();
        let ctx = ui.ctx().clone();
        let button = PushButton::new("Open…").size(0.0, CONTROL);
        let button = ui.add(button).on_hover_text("Open a file or a folder");
        Popup::menu(&button).show(|ui| {
            let file = ui.add_enabled(no_dialog, Button::new("File…"));
            let tip = "Play a recording from anywhere, or check and play a shared file";
            if file.on_hover_text(tip).clicked() {
                self.open_dialog(&ctx, DialogKind::Recording, "A recording");
            }
            let folder = ui.add_enabled(no_dialog, Button::new("Folder…"));
            let tip = "Show another folder of recordings, or one of old tick files";
            if folder.on_hover_text(tip).clicked() {
                self.open_dialog(&ctx, DialogKind::Folder, "A folder of recordings");
            }
            let own = recordings.filter(|own| self.folder.as_deref() != Some(own));
            if let Some(own) = own {
                let button = ui.button("My recordings");
                if button
                    .on_hover_text("Show the folder that is recorded to")
                    .clicked()
                {
                    self.list(own.to_owned());
                }
            }
            if let Some(folder) = self.folder.clone() {
                ui.separator();
                let refresh = ui.button("Refresh").on_hover_text("Read the folder again");
                if refresh.clicked() {
                    self.list(folder.clone());
                }
                let rebuild = ui.button("Rebuild index");
                let tip =
                    "Rebuild the index of every day from its files; not possible while it is recorded to";
                if rebuild.on_hover_text(tip).clicked()
                    && !self.library_worker.rebuild(folder.clone())
                {
                    self.report_busy();
                }
                #[cfg(feature = "dataset")]
                if ui
                    .button("Data set…")
                    .on_hover_text("Tables for Polars, DuckDB, pandas and Spark")
                    .clicked()
                {
                    self.panels.dataset.open(&folder);
                }
            }
        });
    }

    /// Opens a file. [`Self::take_events`] returns the result; a shared file is checked, and shown by [`Self::panels_ui`].
    pub fn open(&mut self, path: PathBuf) {
        self.open_at(path, None);
    }

    /// Opens a file; the replay begins with a game of it. A shared file that the player has chosen to see is not checked
    /// again.
    pub fn play(&mut self, path: PathBuf, game: Option<GameId>) {
        if let Some(chosen) = self.panels.bundle.chosen(&path).cloned() {
            self.opened = Some(OpenedReplay { game, ..chosen });
        } else {
            self.open_at(path, game);
        }
    }

    fn open_at(&mut self, path: PathBuf, game: Option<GameId>) {
        let (out, progress) = (self.folder.clone(), Arc::default());
        let worker = &self.library_worker;
        if worker.open(path.clone(), out, game, Arc::clone(&progress)) {
            self.panels.bundle.begin(&path, progress);
            self.path.give_up();
            (self.message, self.opening) = (None, Some(path));
        } else {
            self.report_busy();
        }
    }

    /// Opens the running session of a folder of recordings, at a game if one is named. [`Self::take_events`] or
    /// [`Self::take_not_replayed`] returns the result.
    pub fn replay(&mut self, root: PathBuf, game: Option<GameId>) {
        if self.library_worker.replay(root.clone(), game) {
            self.opening = Some(root);
        } else {
            self.not_replayed = Some(BUSY.to_owned());
        }
    }

    /// Lists a folder or opens a file, whichever the path is.
    fn open_typed(&mut self, path: PathBuf) {
        let (out, progress) = (self.folder.clone(), Arc::default());
        let worker = &self.library_worker;
        if worker.show(path.clone(), out, Arc::clone(&progress)) {
            // The file that was being opened is given up: no event follows.
            self.panels.bundle.begin(&path, progress);
            (self.message, self.opening) = (None, None);
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
            (DialogResult::Path(path), _) => self.open(path),
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
    use std::time::{Duration, Instant};

    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;
    use crate::library::made_rows::session_row;
    use crate::library::worker::LibraryWorker;
    use crate::library::{LibraryEvent, SessionFacts};
    use crate::ui::library::status::Listing;
    use crate::ui::review::SessionReviews;

    #[test]
    fn a_missing_dialog_is_reported_and_the_path_field_gets_the_focus() {
        let mut page = page();
        page.dialog = Some((DialogKind::Recording, Dialog::ended(DialogResult::Missing)));
        let show = |ui: &mut Ui, page: &mut LibraryPage| {
            page.ui(ui, None, &mut SessionReviews::default());
        };
        let mut harness = Harness::builder()
            .with_context_setup(crate::ui::theme::Theme::install)
            .build_ui_state(show, page);
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

    fn until(what: &str, mut ready: impl FnMut() -> bool) {
        let start = Instant::now();
        while !ready() {
            assert!(start.elapsed() < Duration::from_secs(20), "{what}");
            std::thread::yield_now();
        }
    }

    fn page() -> LibraryPage {
        let library_worker = LibraryWorker::start(Arc::new(|| {})).expect("a thread");
        LibraryPage::new(std::rc::Rc::new(library_worker))
    }

    /// A page that is opening a file, with so many requests before it that no other one is taken.
    fn opening(path: &Path) -> LibraryPage {
        let mut page = page();
        // The thread waits for room for its ninth event, and sixteen requests wait for it.
        let mut requests = 0;
        until("the queue is full", || {
            requests += u32::from(page.library_worker.running(PathBuf::from("/nowhere")));
            requests == 25
        });
        let event = page.library_worker.next_event();
        assert!(event.is_ok_and(|event| event.is_some()));
        until("the file is being opened", || {
            page.open(path.to_owned());
            page.opening.is_some()
        });
        page
    }

    #[test]
    fn a_file_that_cannot_be_opened_now_leaves_the_one_that_is_being_opened() {
        let first = Path::new("/nowhere/first.game.json");
        let mut page = opening(first);
        page.open(PathBuf::from("/nowhere/second.game.json"));
        assert!(page.message.is_some(), "it says that it is busy");
        assert_eq!(page.opening.as_deref(), Some(first));
        until("the first one has an end", || {
            page.take_events();
            page.opening.is_none()
        });
    }

    #[test]
    fn a_typed_path_takes_the_place_of_a_file_that_is_being_opened() {
        let mut page = opening(Path::new("/nowhere/first.game.json"));
        let folder = std::env::temp_dir();
        until("the path is taken", || {
            let _other = page.library_worker.next_event();
            page.open_typed(folder.clone());
            page.path.is_opening()
        });
        assert_eq!(page.opening, None);
        assert!(!page.is_reading(), "the page Review takes new sessions");
    }

    #[test]
    fn a_rebuilt_index_brings_back_no_folder_that_the_player_left() {
        let mut page = page();
        let [old, new] = ["/nowhere/old", "/nowhere/new"].map(PathBuf::from);
        page.folder = Some(old.clone());
        for (listing, typed) in [(Listing::Running, None), (Listing::Done, Some(new.clone()))] {
            page.listing = listing.clone();
            if let Some(path) = typed {
                page.path.set_opening(path);
            }
            page.take(LibraryEvent::Rebuilt(old.clone()));
            assert_eq!(page.listing, listing, "nothing more is listed");
            page.path.give_up();
        }
        page.folder = Some(new);
        page.listing = Listing::Done;
        page.take(LibraryEvent::Rebuilt(old.clone()));
        assert_eq!(page.listing, Listing::Done);
        page.take(LibraryEvent::Rebuilt(
            page.folder.clone().unwrap_or_default(),
        ));
        assert_eq!(page.listing, Listing::Running, "the shown folder is listed");
        // A listing of the other folder would begin first.
        let mut listed = Vec::new();
        until("it is listed", || {
            let event = page.library_worker.next_event().ok().flatten();
            listed.extend(event);
            !listed.is_empty()
        });
        assert!(matches!(&listed[0], LibraryEvent::Began(folder) if *folder != old));
    }

    #[test]
    fn the_folder_is_listed_again_when_the_running_session_has_ended() {
        let mut page = page();
        page.folder = Some(PathBuf::from("/r"));
        page.recordings = page.folder.clone();
        page.listing = Listing::Done;
        let running = |file: &str| {
            let row = (session_row(file), SessionFacts::default());
            LibraryEvent::Running(Some(Box::new(row)))
        };
        page.take(running("a"));
        page.take(running("a"));
        assert_eq!(page.listing, Listing::Done, "it goes on");
        page.take(running("b"));
        assert_eq!(page.listing, Listing::Running, "a has a file");
        page.listing = Listing::Done;
        page.take(LibraryEvent::Running(None));
        assert_eq!(page.listing, Listing::Running, "b has a file");
    }
}
