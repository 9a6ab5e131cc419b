//! The library page: the recordings of a folder, with search, sorting and filters.

mod bundle_card;
mod bundle_panel;
mod damaged_cells;
#[cfg(feature = "dataset")]
mod dataset_panel;
mod details;
mod details_buttons;
mod details_card;
mod filters;
mod list;
mod list_columns;
mod note_cells;
mod panels;
mod path_field;
mod preview_chart;
mod rail;
mod running_reads;
mod selection;
mod share_panel;
mod shared_file;
mod status;
mod texts;
mod tiles;
mod toolbar;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::command::LibraryKey;
use super::dialog::{Dialog, DialogKind};
use super::notes::NotesEvent;
use super::page_part::{card_ui, padded_card_ui};
use super::review::SessionReviews;
use super::theme::{GAP, GRID, StatusLevel};
use super::widgets::Lamp;
use crate::library::worker::LibraryWorker;
use crate::library::{Catalog, LibraryEvent, OpenedReplay};
use crate::recording::NoteEdit;
use bundle_panel::BundleChoice;
use details::Details;
use egui::{Rect, pos2, vec2};
use filters::Filters;
use list::{ListAction, list_ui};
use panels::LibraryPanels;
use path_field::PathField;
pub use path_field::typed_path;
use running_reads::{RunningKey, RunningReads};
use selection::Selection;
pub use share_panel::ShareOutcome;
pub use shared_file::{ENDING, RUNNING};
use status::{Listing, StatusAction, StatusLine};
use texts::BUSY;
pub use texts::{ORIGINS, origin_name};

/// The width from which on the rail is beside the list, and the details are.
const WITH_RAIL: f32 = 1_100.0;
const WITH_DETAILS: f32 = 900.0;
/// Width of the rail and of the details.
const RAIL: f32 = 168.0;
const DETAILS: f32 = 360.0;
/// Height of a line of controls above the list.
const TOOLBAR: f32 = 32.0;

/// The page of the library.
#[derive(Debug)]
pub struct LibraryPage {
    /// Dropped before the thread is waited for: they cancel the check of a file.
    panels: LibraryPanels,
    library_worker: Rc<LibraryWorker>,
    /// The folder that is shown.
    pub folder: Option<PathBuf>,
    listing: Listing,
    /// Its recordings.
    pub catalog: Catalog,
    filters: Filters,
    selection: Selection,
    details: Details,
    /// A recording that was opened already, for [`Self::take_events`].
    opened: Option<OpenedReplay>,
    /// Whether to move the focus to the search.
    focus_search: bool,
    /// The result of the last request.
    message: Option<(StatusLevel, String)>,
    /// The file that is being opened.
    opening: Option<PathBuf>,
    /// Why a game cannot be replayed, for the page of the game.
    not_replayed: Option<String>,
    /// The folder that is recorded to.
    recordings: Option<PathBuf>,
    running_reads: RunningReads,
    /// The lamp of the running session: red while a game is being recorded.
    running_lamp: Lamp,
    /// The session whose review the player wants to see.
    pub review_requested: Option<PathBuf>,
    /// Whether the player wants to share the chosen session.
    pub share_requested: bool,
    /// Whether the player wants to write a note on the chosen session.
    pub is_note_requested: bool,
    /// What came of notes and the diary, for their owner.
    pub notes_events: Vec<NotesEvent>,
    dialog: Option<(DialogKind, Dialog)>,
    path: PathField,
}

impl LibraryPage {
    /// Returns the page. Nothing is listed yet.
    pub fn new(library_worker: Rc<LibraryWorker>) -> Self {
        Self {
            library_worker,
            folder: None,
            listing: Listing::NotStarted,
            catalog: Catalog::default(),
            filters: Filters::default(),
            selection: Selection::default(),
            details: Details::default(),
            panels: LibraryPanels::default(),
            opened: None,
            focus_search: false,
            message: None,
            opening: None,
            not_replayed: None,
            recordings: None,
            running_reads: RunningReads::default(),
            running_lamp: Lamp::Running,
            review_requested: None,
            share_requested: false,
            is_note_requested: false,
            notes_events: Vec::new(),
            dialog: None,
            path: PathField::default(),
        }
    }

    /// Takes the events of the library thread. Returns the recording that was opened.
    pub fn take_events(&mut self) -> Option<OpenedReplay> {
        let mut opened = self.opened.take();
        loop {
            match self.library_worker.next_event() {
                Ok(Some(event)) => opened = self.take(event).or(opened),
                Ok(None) => return opened,
                Err(gone) => {
                    (self.listing, self.opening) = (Listing::Failed(gone.to_string()), None);
                    return opened;
                }
            }
        }
    }

    fn take(&mut self, event: LibraryEvent) -> Option<OpenedReplay> {
        self.notes_events.extend(NotesEvent::of(&event));
        match event {
            LibraryEvent::Began(folder) => {
                self.catalog.clear();
                self.path.set_folder(&folder);
                self.folder = Some(folder);
                self.listing = Listing::Running;
            }
            LibraryEvent::Day(day) => self.catalog.take(day),
            LibraryEvent::Facts { session, facts } => self.catalog.take_facts(&session, *facts),
            LibraryEvent::Running(running) => {
                let is_own = self.folder.is_some() && self.folder == self.recordings;
                let running = running.filter(|_| is_own).map(|running| *running);
                if let Some((row, _)) = &running {
                    self.details.set_stale(&row.path);
                }
                let has_ended = self.catalog.set_running(running);
                if let Some(folder) = self.folder.clone().filter(|_| has_ended) {
                    self.list(folder);
                }
            }
            LibraryEvent::Games { root, rows } if self.folder.as_ref() == Some(&root) => {
                self.catalog.take_games(rows);
            }
            LibraryEvent::Listed(_) => self.listing = Listing::Done,
            LibraryEvent::NotListed(why) => self.listing = Listing::Failed(why),
            LibraryEvent::Rebuilt(folder) => {
                self.report(StatusLevel::Ok, "Every index was rebuilt".to_owned());
                // Another folder that the player wants to see is not given up.
                let is_shown = self.folder.as_ref() == Some(&folder);
                if is_shown && self.listing != Listing::Running && !self.path.is_opening() {
                    self.list(folder);
                }
            }
            LibraryEvent::NotRebuilt(why) => self.report(StatusLevel::Error, why),
            LibraryEvent::Opened(opened) => {
                self.opening = None;
                self.message = None;
                self.path.reset(self.folder.as_deref());
                return self.panels.bundle.take_opened(*opened);
            }
            LibraryEvent::NotReplayed(why) => {
                (self.opening, self.not_replayed) = (None, Some(why));
            }
            LibraryEvent::Previewed(preview) => self.details.take(Ok(*preview)),
            LibraryEvent::NotPreviewed { path, why } => self.details.take(Err((path, why))),
            LibraryEvent::Notes { session, notes, .. } => self.catalog.take_notes(&session, *notes),
            event @ (LibraryEvent::SharePlanned { .. } | LibraryEvent::Shared { .. }) => {
                self.panels.share.take(event);
            }
            LibraryEvent::Diary { .. }
            | LibraryEvent::NotSaved { .. }
            | LibraryEvent::Games { .. } => {}
            LibraryEvent::NotOpened { path, why } => {
                self.opening = None;
                let is_shown = self.panels.bundle.take_refused(&path, &why);
                if !self.path.take_error(&path, &why) && !is_shown {
                    self.report(StatusLevel::Error, why);
                }
            }
        }
        None
    }

    /// Whether the library thread is working for the page.
    pub fn is_reading(&self) -> bool {
        self.listing == Listing::Running || self.opening.is_some()
    }

    /// Lists a folder. The chosen row and the query stay.
    pub fn list(&mut self, folder: PathBuf) {
        if self.library_worker.list(folder) {
            self.listing = Listing::Running;
        } else {
            self.report_busy();
        }
    }

    /// Lists the current folder again, or at first the folder of the recordings.
    pub fn refresh(&mut self, recordings: Option<&Path>) {
        self.recordings = recordings.map(Path::to_owned);
        let folder = self.folder.clone().or(recordings.map(Path::to_owned));
        if let Some(folder) = folder {
            self.list(folder);
        }
    }

    /// Whether a panel covers the window.
    pub fn is_covered(&self) -> bool {
        self.panels.is_open()
    }

    /// Draws the panels over the window. Returns the shared file whose review the player wants to see.
    pub fn panels_ui(&mut self, ctx: &egui::Context) -> Option<OpenedReplay> {
        let choice = self.panels.ui(ctx, &self.library_worker)?;
        ctx.request_repaint();
        match choice {
            BundleChoice::Cancel => self.opening = None,
            BundleChoice::Replay(opened) => self.opened = Some(opened),
            BundleChoice::Review(opened) => return Some(opened),
        }
        None
    }

    /// Opens the panel that shares a session, at first into the folder `exports`.
    pub fn share(&mut self, session: &Path, exports: PathBuf) {
        let (worker, out) = (&self.library_worker, self.folder.as_deref());
        self.panels.share.open(worker, session, out, exports);
    }

    /// Returns the file that was shared last, or why it was not, once.
    pub fn take_shared(&mut self) -> Option<ShareOutcome> {
        self.panels.share.outcome.take()
    }

    /// Returns the session that is chosen.
    pub fn chosen_session(&mut self) -> Option<PathBuf> {
        let rows = self.catalog.visible();
        let row = rows.get(self.selection.place(rows)?)?;
        row.session().map(|_| row.path.clone())
    }

    /// Returns why a game cannot be replayed, once.
    pub fn take_not_replayed(&mut self) -> Option<String> {
        self.not_replayed.take()
    }

    /// Reads the running session again if it has changed, and the newest games if one was saved.
    pub fn refresh_running(&mut self, recorded: RunningKey) {
        let is_recording = recorded.3;
        self.running_lamp = Lamp::of_running(is_recording);
        let running = self.catalog.running();
        let lacks = running.is_none_or(|row| is_recording && !row.has_games());
        let is_shown = self.folder == self.recordings;
        if let Some(root) = &self.recordings {
            let wanted = (is_shown && lacks, is_shown);
            self.running_reads
                .read(&self.library_worker, root, recorded, wanted);
        }
    }

    fn status_line(&mut self) -> StatusLine<'_> {
        StatusLine {
            catalog: &mut self.catalog,
            reading: self.listing == Listing::Running,
            opening: self.opening.as_deref(),
            path_error: self.path.error(),
            #[cfg(feature = "dataset")]
            building: self.panels.dataset.status(),
            #[cfg(not(feature = "dataset"))]
            building: None,
            message: self.message.as_ref(),
        }
    }

    fn report_busy(&mut self) {
        let text = BUSY.to_owned();
        self.report(StatusLevel::Warning, text);
    }

    fn report(&mut self, level: StatusLevel, text: String) {
        self.message = Some((level, text));
    }

    /// Executes a key.
    pub fn key(&mut self, key: LibraryKey) {
        match key {
            LibraryKey::Search => self.focus_search = true,
            LibraryKey::Open => {
                let chosen = self.selection.path().map(Path::to_owned);
                if let Some(path) = chosen.filter(|_| !self.catalog.visible().is_empty()) {
                    self.open(path);
                }
            }
            key => self.selection.step(key, self.catalog.visible()),
        }
    }

    /// Draws the page. `recordings` is the folder of new recordings.
    pub fn ui(
        &mut self,
        ui: &mut egui::Ui,
        recordings: Option<&Path>,
        reviews: &mut SessionReviews,
    ) {
        self.recordings = recordings.map(Path::to_owned);
        self.take_dialog();
        if self.listing == Listing::NotStarted {
            self.refresh(recordings);
        }
        let window = ui.available_rect_before_wrap();
        let inside = window.shrink(GAP);
        let width = window.width();
        let lines = if width < WITH_RAIL { 2.0 } else { 1.0 };
        let (top, rest) =
            inside.split_top_bottom_at_y(inside.top() + lines * (TOOLBAR + GAP) - GAP);
        self.toolbar_ui(ui, top, recordings);
        let mut list = rest.with_min_y(rest.top() + GAP);
        if self.details.is_page && width < WITH_DETAILS {
            padded_card_ui(ui, "details", list, |ui| self.details_ui(ui, reviews));
            return;
        }
        if width >= WITH_RAIL {
            let rail = list.with_max_x(list.left() + RAIL);
            list.min.x = rail.right() + GAP;
            padded_card_ui(ui, "rail", rail, |ui| rail::rail_ui(ui, &mut self.catalog));
        }
        if width >= WITH_DETAILS {
            let details = list.with_min_x(list.right() - DETAILS);
            list.max.x = details.left() - GAP;
            self.selection
                .choose_first(&mut self.catalog, self.listing == Listing::Done);
            padded_card_ui(ui, "details", details, |ui| self.details_ui(ui, reviews));
        } else {
            self.selection
                .choose_first(&mut self.catalog, self.listing == Listing::Done);
        }
        card_ui(ui, "list", list, false, |ui| {
            let low = list.with_min_y(list.bottom() - TOOLBAR - GRID);
            let rows = list.with_max_y(low.top());
            let inside = Rect::from_min_max(
                rows.min + vec2(1.0, 1.0),
                pos2(rows.right() - 1.0, rows.bottom()),
            );
            ui.scope_builder(egui::UiBuilder::new().max_rect(inside), |ui| {
                let (catalog, selection) = (&mut self.catalog, &mut self.selection);
                match list_ui(ui, catalog, selection, &self.listing, self.running_lamp) {
                    Some(ListAction::Open(path)) => self.open(path),
                    Some(ListAction::Star(session, starred)) => {
                        let edit = NoteEdit::Star(starred);
                        if !self.library_worker.edit_notes(session, edit) {
                            self.report_busy();
                        }
                    }
                    None => {}
                }
            });
            let line = low.shrink2(vec2(12.0, 4.0));
            ui.scope_builder(egui::UiBuilder::new().max_rect(line), |ui| {
                let details_are_a_page = width < WITH_DETAILS && self.selection.path().is_some();
                match self.status_line().ui(ui, details_are_a_page) {
                    Some(StatusAction::Dismiss) => self.message = None,
                    Some(StatusAction::Details) => self.details.is_page = true,
                    None => {}
                }
            });
        });
    }
}
