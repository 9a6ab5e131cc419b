//! The library page: the recordings of a folder, with search, sorting and filters.

mod days;
mod filters;
mod list;
mod path_field;
mod toolbar;

use std::path::{Path, PathBuf};

use super::command::LibraryKey;
use super::dialog::{Dialog, DialogKind};
use super::format::escaped;
use super::theme::{GRID, StatusLevel, Theme};
use crate::library::OpenedReplay;
use crate::library::worker::{LibraryEvent, LibraryWorker};
use crate::library::{Catalog, RowKind};
use crate::protocol::GameId;
use filters::Filters;
use path_field::PathField;

/// Rows that a page key moves.
const PAGE: usize = 20;
/// The width from which on the days are beside the list.
const BESIDE: f32 = 860.0;
/// Width of the days.
const DAYS: f32 = 216.0;

/// The state of the listing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Listing {
    /// Not started.
    NotStarted,
    /// More days follow.
    Running,
    /// Complete.
    Done,
    /// The folder cannot be listed, for this reason.
    Failed(String),
}

/// The page of the library.
#[derive(Debug)]
pub struct LibraryPage {
    library_worker: LibraryWorker,
    /// The folder that is shown.
    folder: Option<PathBuf>,
    listing: Listing,
    catalog: Catalog,
    filters: Filters,
    /// The file of the chosen row.
    chosen: Option<PathBuf>,
    /// Whether to scroll to the chosen row.
    scroll: bool,
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
    /// The number of rows and games for which the running session was read last.
    read_running: (usize, u64),
    dialog: Option<(DialogKind, Dialog)>,
    path: PathField,
}

impl LibraryPage {
    /// Returns the page. Nothing is listed yet.
    pub fn new(library_worker: LibraryWorker) -> Self {
        Self {
            library_worker,
            folder: None,
            listing: Listing::NotStarted,
            catalog: Catalog::default(),
            filters: Filters::default(),
            chosen: None,
            scroll: false,
            focus_search: false,
            message: None,
            opening: None,
            not_replayed: None,
            recordings: None,
            read_running: (0, 0),
            dialog: None,
            path: PathField::default(),
        }
    }

    /// Takes the events of the library thread. Returns the recording that was opened.
    pub fn take_events(&mut self) -> Option<OpenedReplay> {
        let mut opened = None;
        loop {
            match self.library_worker.next_event() {
                Ok(Some(event)) => opened = self.take(event).or(opened),
                Ok(None) => return opened,
                Err(gone) => {
                    self.listing = Listing::Failed(gone.to_string());
                    return opened;
                }
            }
        }
    }

    fn take(&mut self, event: LibraryEvent) -> Option<OpenedReplay> {
        match event {
            LibraryEvent::Began(folder) => {
                let (query, sort) = (self.catalog.query().clone(), self.catalog.sort());
                self.catalog = Catalog::default();
                self.catalog.set_query(query);
                self.catalog.set_sort(sort);
                self.path.set_folder(&folder);
                self.folder = Some(folder);
                self.listing = Listing::Running;
            }
            LibraryEvent::Day(day) => self.catalog.take(day),
            LibraryEvent::Facts { session, facts } => self.catalog.take_facts(&session, *facts),
            LibraryEvent::Running(running) => {
                let is_own = self.folder.is_some() && self.folder == self.recordings;
                let running = running.filter(|_| is_own).map(|running| *running);
                self.catalog.set_running(running);
            }
            LibraryEvent::Listed(_) => self.listing = Listing::Done,
            LibraryEvent::NotListed { why, .. } => self.listing = Listing::Failed(why),
            LibraryEvent::Rebuilt(folder) => {
                self.report(StatusLevel::Ok, "Every index was built anew".to_owned());
                self.list(folder);
            }
            LibraryEvent::NotRebuilt { why, .. } => self.report(StatusLevel::Error, why),
            LibraryEvent::Opened(opened) => {
                self.opening = None;
                self.message = None;
                self.path.reset(self.folder.as_deref());
                return Some(*opened);
            }
            LibraryEvent::NotReplayed(why) => {
                self.opening = None;
                self.not_replayed = Some(why);
            }
            LibraryEvent::NotOpened { path, why } => {
                self.opening = None;
                if !self.path.take_error(&path, &why) {
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

    /// Opens a file. [`Self::take_events`] returns the result.
    pub fn open(&mut self, path: PathBuf) {
        if self.library_worker.open(path.clone(), self.folder.clone()) {
            self.message = None;
            self.opening = Some(path);
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
            self.not_replayed = Some("The library is busy; try again in a moment".to_owned());
        }
    }

    /// Returns why a game cannot be replayed, once.
    pub fn take_not_replayed(&mut self) -> Option<String> {
        self.not_replayed.take()
    }

    /// Reads the running session again if it has changed. `recorded` is its number of rows and of saved games.
    pub fn refresh_running(&mut self, recorded: (usize, u64)) {
        if self.read_running != recorded
            && let Some(root) = &self.recordings
            && self.library_worker.running(root.clone())
        {
            self.read_running = recorded;
        }
    }

    fn report_busy(&mut self) {
        let text = "The library is busy; try again in a moment".to_owned();
        self.report(StatusLevel::Warning, text);
    }

    fn report(&mut self, level: StatusLevel, text: String) {
        self.message = Some((level, text));
    }

    /// Executes a key.
    pub fn key(&mut self, key: LibraryKey) {
        let chosen = self.chosen.clone();
        let shown = self.catalog.visible();
        let Some(last) = shown.len().checked_sub(1) else {
            self.focus_search |= key == LibraryKey::Search;
            return;
        };
        let at = chosen.as_deref().and_then(|path| shown.position(path));
        let to = match key {
            LibraryKey::Search => {
                self.focus_search = true;
                return;
            }
            LibraryKey::Open => {
                if let Some(path) = chosen {
                    self.open(path);
                }
                return;
            }
            LibraryKey::Up => at.map_or(0, |at| at.saturating_sub(1)),
            LibraryKey::Down => at.map_or(0, |at| at + 1),
            LibraryKey::PageUp => at.map_or(0, |at| at.saturating_sub(PAGE)),
            LibraryKey::PageDown => at.map_or(0, |at| at + PAGE),
            LibraryKey::First => 0,
            LibraryKey::Last => last,
        };
        let row = shown.get(to.min(last));
        self.chosen = row.map(|row| row.path.clone());
        self.scroll = true;
    }

    /// Draws the page. `recordings` is the folder of new recordings.
    pub fn ui(&mut self, ui: &mut egui::Ui, recordings: Option<&Path>) {
        self.recordings = recordings.map(Path::to_owned);
        self.take_dialog();
        if self.listing == Listing::NotStarted {
            self.refresh(recordings);
        }
        let frame = egui::Frame::new().inner_margin(2.0 * GRID);
        egui::CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            self.toolbar_ui(ui, recordings);
            self.path.error_ui(ui);
            self.message_ui(ui);
            let focus = std::mem::take(&mut self.focus_search);
            if self.filters.ui(ui, &mut self.catalog, focus) {
                self.key(LibraryKey::First);
            }
            ui.add_space(GRID);
            if ui.available_width() >= BESIDE {
                let margin = egui::Margin {
                    right: 8,
                    ..egui::Margin::ZERO
                };
                egui::Panel::left("days")
                    .exact_size(DAYS)
                    .resizable(false)
                    .frame(egui::Frame::new().inner_margin(margin))
                    .show(ui, |ui| days::days_ui(ui, &mut self.catalog));
            } else {
                days::day_menu_ui(ui, &mut self.catalog);
            }
            let margin = egui::Margin {
                left: 8,
                ..egui::Margin::ZERO
            };
            egui::Frame::new().inner_margin(margin).show(ui, |ui| {
                self.status_ui(ui);
                self.list_ui(ui);
            });
        });
    }

    fn message_ui(&mut self, ui: &mut egui::Ui) {
        let theme = Theme::of(ui);
        if let Some(path) = &self.opening {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(format!("Opening {}…", escaped(&name)));
            });
        }
        let Some((level, text)) = &self.message else {
            return;
        };
        let sign = if *level == StatusLevel::Error {
            "✖ "
        } else {
            ""
        };
        let text = format!("{sign}{}", escaped(text));
        let dismissed = ui.horizontal_wrapped(|ui| {
            ui.colored_label(theme.level(*level), text);
            ui.small_button("Dismiss").clicked()
        });
        if dismissed.inner {
            self.message = None;
        }
    }

    /// Draws the number of rows, and whether more follow.
    fn status_ui(&mut self, ui: &mut egui::Ui) {
        let theme = Theme::of(ui);
        let kind = self.catalog.query().kind;
        let all = self.catalog.count(kind);
        let shown = self.catalog.visible().len();
        let stale = self.catalog.days().iter().filter(|day| day.stale).count();
        let thing = match kind {
            RowKind::Sessions => "sessions",
            RowKind::Games => "games",
            RowKind::Damaged => "damaged files",
        };
        let mut text = format!("{shown} of {all} {thing}");
        if self.listing == Listing::Running {
            text.push_str(", more are being read…");
        }
        ui.horizontal_wrapped(|ui| {
            ui.colored_label(theme.quiet, text);
            if stale > 0 {
                let text = format!("⚠ {stale} days have an index that does not agree with the files; the files were read");
                ui.colored_label(theme.amber, text);
            }
        });
    }

    /// Returns what will appear in an empty list, and what to do.
    fn empty_text(&self) -> String {
        let all = self.catalog.count(self.catalog.query().kind);
        match (&self.listing, self.catalog.query().kind) {
            (Listing::Failed(why), _) => format!("✖ {}", escaped(why)),
            (Listing::NotStarted, _) => "No folder is shown. Choose one with \"Folder…\".".to_owned(),
            (Listing::Running, _) => "The folder is being read…".to_owned(),
            (Listing::Done, _) if all > 0 => {
                "Nothing fits. Clear the search and the filters to see all.".to_owned()
            }
            (Listing::Done, RowKind::Damaged) => "No damaged files: every recording can be read.".to_owned(),
            (Listing::Done, RowKind::Games) => {
                "No games yet. With Record on (Ctrl R) each game that ends appears here.".to_owned()
            }
            (Listing::Done, RowKind::Sessions) => {
                "No sessions yet. Play a game and close your session (another source, or the end of the program): it appears here with all your moves. \"Games\" shows what was only watched.".to_owned()
            }
        }
    }
}
