//! The library: everything that was recorded in a folder, to be searched, sorted, filtered and opened.

mod days;
mod filters;
mod list;
mod path;
mod tools;

use std::path::{Path, PathBuf};

use super::command::LibraryKey;
use super::dialog::Dialog;
use super::format::escaped;
use super::theme::{GRID, Level, Theme};
use crate::library::OpenedReplay;
use crate::library::worker::{LibraryEvent, LibraryWorker};
use crate::library::{Catalog, Column, Query, RowKind, Sort};
use filters::Filters;
use path::PathField;

/// Rows by which a key goes.
const PAGE: usize = 20;
/// From this width on the days stand beside the list.
const BESIDE: f32 = 860.0;
/// Width of the days.
const DAYS: f32 = 216.0;

/// What a listing does.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Listing {
    /// Nothing was asked for yet.
    Not,
    /// Days are still being told.
    Runs,
    /// All are there.
    Done,
    /// It cannot be listed, and this is why.
    Failed(String),
}

/// The page of the library.
#[derive(Debug)]
pub struct LibraryPage {
    librarian: LibraryWorker,
    /// The folder that is shown.
    folder: Option<PathBuf>,
    listing: Listing,
    catalog: Catalog,
    filters: Filters,
    /// The file of the row that keys act on.
    chosen: Option<PathBuf>,
    /// The list shall show the chosen row.
    scroll: bool,
    /// The field of the search shall have the focus.
    search: bool,
    /// What became of the last thing that was asked.
    said: Option<(Level, String)>,
    /// A file is being read.
    opening: Option<PathBuf>,
    dialog: Option<(tools::For, Dialog)>,
    path: PathField,
}

impl LibraryPage {
    /// Returns the page; nothing is listed yet.
    pub fn new(librarian: LibraryWorker) -> Self {
        Self {
            librarian,
            folder: None,
            listing: Listing::Not,
            catalog: Catalog::default(),
            filters: Filters::default(),
            chosen: None,
            scroll: false,
            search: false,
            said: None,
            opening: None,
            dialog: None,
            path: PathField::default(),
        }
    }

    /// Takes what the librarian tells; returns what was opened.
    pub fn take_news(&mut self) -> Option<OpenedReplay> {
        let mut opened = None;
        loop {
            match self.librarian.next_event() {
                Ok(Some(told)) => opened = self.take(told).or(opened),
                Ok(None) => return opened,
                Err(gone) => {
                    self.listing = Listing::Failed(gone.to_string());
                    return opened;
                }
            }
        }
    }

    fn take(&mut self, told: LibraryEvent) -> Option<OpenedReplay> {
        match told {
            LibraryEvent::Began(folder) => {
                let (query, sort) = (self.catalog.query().clone(), self.catalog.sort());
                self.catalog = Catalog::default();
                self.catalog.set_query(query);
                self.catalog.set_sort(sort);
                self.path.went_to(&folder);
                self.folder = Some(folder);
                self.listing = Listing::Runs;
            }
            LibraryEvent::Day(day) => self.catalog.take(day),
            LibraryEvent::Pnls { session, pnls } => self.catalog.take_pnls(&session, pnls),
            LibraryEvent::Listed(_) => self.listing = Listing::Done,
            LibraryEvent::NotListed { why, .. } => self.listing = Listing::Failed(why),
            LibraryEvent::Rebuilt(folder) => {
                self.say(Level::Fine, "Every index was built anew".to_owned());
                self.list(folder);
            }
            LibraryEvent::NotRebuilt { why, .. } => self.say(Level::Wrong, why),
            LibraryEvent::Opened(opened) => {
                self.opening = None;
                self.said = None;
                self.path.reset(self.folder.as_deref());
                return Some(*opened);
            }
            LibraryEvent::NotOpened { path, why } => {
                self.opening = None;
                if !self.path.is_refused(&path, &why) {
                    self.say(Level::Wrong, why);
                }
            }
        }
        None
    }

    /// Whether more is about to come.
    pub fn is_reading(&self) -> bool {
        self.listing == Listing::Runs || self.opening.is_some()
    }

    /// Lists a folder; what is chosen and searched for stays.
    pub fn list(&mut self, folder: PathBuf) {
        if self.librarian.list(folder) {
            self.listing = Listing::Runs;
        } else {
            self.busy();
        }
    }

    /// Shows the recordings of a folder: what was recorded since is there, too.
    pub fn visit(&mut self, recordings: Option<&Path>) {
        let folder = self.folder.clone().or(recordings.map(Path::to_owned));
        if let Some(folder) = folder {
            self.list(folder);
        }
    }

    /// Opens a file; what is opened comes with [`Self::take_news`].
    pub fn open(&mut self, path: PathBuf) {
        if self.librarian.open(path.clone(), self.folder.clone()) {
            self.said = None;
            self.opening = Some(path);
        } else {
            self.busy();
        }
    }

    fn busy(&mut self) {
        let text = "The library is busy; try again in a moment".to_owned();
        self.say(Level::Look, text);
    }

    fn say(&mut self, level: Level, text: String) {
        self.said = Some((level, text));
    }

    /// Does what a key asks for.
    pub fn key(&mut self, key: LibraryKey) {
        let chosen = self.chosen.clone();
        let shown = self.catalog.visible();
        let Some(last) = shown.len().checked_sub(1) else {
            self.search |= key == LibraryKey::Search;
            return;
        };
        let at = chosen.as_deref().and_then(|path| shown.position(path));
        let to = match key {
            LibraryKey::Search => {
                self.search = true;
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

    /// Draws the page. `recordings` is the folder that is recorded to.
    pub fn show(&mut self, ui: &mut egui::Ui, recordings: Option<&Path>) {
        self.take_dialog();
        if self.listing == Listing::Not {
            self.visit(recordings);
        }
        let frame = egui::Frame::new().inner_margin(2.0 * GRID);
        egui::CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            self.tools_ui(ui, recordings);
            self.path.refusal_ui(ui);
            self.said_ui(ui);
            let asked = self
                .filters
                .ui(ui, &mut self.catalog, std::mem::take(&mut self.search));
            if asked == Some(filters::Asked::ToTheList) {
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

    fn said_ui(&mut self, ui: &mut egui::Ui) {
        let theme = Theme::of(ui);
        if let Some(path) = &self.opening {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(format!("Opening {}…", escaped(&name)));
            });
        }
        let Some((level, text)) = &self.said else {
            return;
        };
        let sign = if *level == Level::Wrong { "✖ " } else { "" };
        let text = format!("{sign}{}", escaped(text));
        let dismissed = ui.horizontal_wrapped(|ui| {
            ui.colored_label(theme.level(*level), text);
            ui.small_button("Dismiss").clicked()
        });
        if dismissed.inner {
            self.said = None;
        }
    }

    /// How many there are, and whether more come.
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
        match &self.listing {
            Listing::Runs => text.push_str(", more are being read…"),
            Listing::Not | Listing::Done | Listing::Failed(_) => {}
        }
        ui.horizontal_wrapped(|ui| {
            ui.label(egui::RichText::new(text).color(theme.quiet));
            if stale > 0 {
                let text = format!("⚠ {stale} days have an index that does not agree with the files; the files were read");
                ui.label(egui::RichText::new(text).color(theme.alert));
            }
        });
    }

    /// Says what will appear in an empty list, and what to do.
    fn empty_words(&self) -> String {
        let all = self.catalog.count(self.catalog.query().kind);
        match (&self.listing, self.catalog.query().kind) {
            (Listing::Failed(why), _) => format!("✖ {}", escaped(why)),
            (Listing::Not, _) => "No folder is shown. Choose one with \"Folder…\".".to_owned(),
            (Listing::Runs, _) => "The folder is being read…".to_owned(),
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

/// The columns of a kind with their words.
fn word(column: Column) -> &'static str {
    match column {
        Column::Start => "Start",
        Column::Id => "Game",
        Column::Ticks => "Ticks",
        Column::Peak => "Peak",
        Column::Proof => "Proof",
        Column::Complete => "Complete",
        Column::Origin => "Origin",
        Column::Pnl => "My P&L",
        Column::Played => "Played",
        Column::Player => "Player",
        Column::Games => "Games",
        Column::Actions => "Actions",
        Column::Drifts => "Drifts",
        Column::File => "File",
        Column::Reason => "What is wrong",
    }
}

/// Sorts by a column; by the same one again the other way round. Numbers begin with the highest.
fn sort_by(catalog: &mut Catalog, by: Column) {
    let now = catalog.sort();
    let descending = if now.by == by {
        !now.descending
    } else {
        !matches!(
            by,
            Column::Id | Column::Player | Column::File | Column::Reason | Column::Origin
        )
    };
    catalog.set_sort(Sort { by, descending });
}

/// Changes what is asked of a catalog.
fn asks(catalog: &mut Catalog, change: impl FnOnce(&mut Query)) {
    let mut query = catalog.query().clone();
    change(&mut query);
    if query != *catalog.query() {
        catalog.set_query(query);
    }
}
