//! The page Review: what a session was worth. It draws what threads have computed ([`SessionReviews`]).

mod calendar;
mod card;
mod cards;
mod chosen_parts;
mod exit_rule;
mod exports;
mod folder;
mod layout;
mod luck;
mod no_cards;
mod parts;
mod plot;
mod sessions;
mod summary;
mod tiles;
mod toolbar;
mod trade_cells;
mod trade_columns;
mod trades;
mod what_if;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use egui::{Context, Rect, Ui, UiBuilder};

pub use sessions::{ReviewState, SessionReviews};
pub use summary::{SUMMARY, summary_ui};

use crate::clock::local;
use crate::library::{Catalog, LibraryRow, OpenedReplay, OpenedReview, RowKind, SessionFacts};
use crate::protocol::{GameId, Tick};
use crate::recording::{Diary, IndexSession, Origin};
use crate::review::SliceKind;
use crate::ui::export::{Export, ExportResult, export_text};
use crate::ui::notes::{DiaryBook, NoteTarget, diary_ui};
use crate::ui::theme::GAP;
use calendar::DayResult;
use chosen_parts::{CHIPS, ChosenParts};
use exports::PictureUse;
use folder::{FolderFiles, FolderReview};
use luck::LuckCourse;
use toolbar::{ReviewScope, SessionChoice, ToolbarAction, ToolbarContext, toolbar_ui};
use what_if::WhatIfChoice;

/// Height of the line of controls.
const TOOLBAR: f32 = 32.0;
/// Shown in a folder without sessions.
const NO_SESSIONS: &str =
    "What your sessions were worth appears here. Every session that you play is recorded.";

/// What the player wants to see again: a session, from a moment of one of its games or from its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewReplay {
    /// The session.
    pub session: PathBuf,
    /// The moment.
    pub from: Option<(GameId, Option<Tick>)>,
}

/// The folder of the library.
#[derive(Debug, Clone, Copy)]
pub struct ReviewedFolder<'a> {
    /// Its recordings.
    pub catalog: &'a Catalog,
    /// The folder.
    pub folder: Option<&'a Path>,
    /// Whether it is being read.
    pub is_reading: bool,
}

/// What decides which sessions can be chosen.
type ChoiceKey = (Option<PathBuf>, (u64, usize), Option<IndexSession>);

/// The page.
#[derive(Debug)]
pub struct ReviewPage {
    /// The sessions that were reviewed.
    pub sessions: SessionReviews,
    /// All sessions of the folder.
    folder: FolderReview,
    scope: ReviewScope,
    /// The day that is shown.
    day: Option<NaiveDate>,
    origin: Option<Origin>,
    tag: Option<String>,
    /// What is to be done with a picture of the page.
    picture: Option<PictureUse>,
    files: Export,
    /// Whether the player wants to share the session.
    pub share_requested: bool,
    /// A session that another player shared.
    shared: Option<SessionChoice>,
    /// What became of the last export, and whether it is among the messages.
    exported: Option<(ExportResult, bool)>,
    /// The tags of the sessions that are shown.
    tags: Vec<String>,
    choices: Vec<SessionChoice>,
    /// What is read for a day or for all sessions.
    folder_files: Arc<FolderFiles>,
    /// For what the choices were made: the folder, its listing with the number of sessions, and the running one.
    made_for: Option<ChoiceKey>,
    /// The running session as [`Self::watch`] saw it last.
    running: Option<IndexSession>,
    /// The results of the days.
    days: BTreeMap<NaiveDate, DayResult>,
    chosen: Option<PathBuf>,
    parts_by: SliceKind,
    /// The parts whose trades are shown.
    parts: ChosenParts,
    what_if: WhatIfChoice,
    /// The course of the session that is shown.
    course: Option<(Arc<OpenedReview>, LuckCourse)>,
    /// A day of the month that is shown.
    month: Option<NaiveDate>,
    /// What the player wants to write a note on.
    pub note_requested: Option<NoteTarget>,
    /// The diary of the folder.
    diary: Arc<Diary>,
}

impl Default for ReviewPage {
    fn default() -> Self {
        Self {
            sessions: SessionReviews::default(),
            folder: FolderReview::default(),
            scope: ReviewScope::default(),
            day: None,
            origin: None,
            tag: None,
            picture: None,
            files: Export::default(),
            share_requested: false,
            shared: None,
            exported: None,
            tags: Vec::new(),
            choices: Vec::new(),
            folder_files: Arc::default(),
            made_for: None,
            running: None,
            days: BTreeMap::new(),
            chosen: None,
            parts_by: SliceKind::Hour,
            parts: ChosenParts::default(),
            what_if: WhatIfChoice::default(),
            course: None,
            month: None,
            note_requested: None,
            diary: Arc::default(),
        }
    }
}

impl ReviewPage {
    /// Notes that the running session has grown.
    pub fn watch(&mut self, catalog: &Catalog) {
        let entry = catalog.running().and_then(LibraryRow::session);
        if self.running.as_ref() != entry {
            self.running = entry.cloned();
            if let Some(running) = catalog.running() {
                self.sessions.set_due(&running.path);
            }
        }
    }

    /// Takes the sessions of a folder, if they have changed. While a folder is read, the sessions before it stay.
    fn update(&mut self, of: &ReviewedFolder<'_>) {
        let (catalog, folder) = (of.catalog, of.folder);
        if of.is_reading && !self.choices.is_empty() {
            return;
        }
        let running = catalog.running();
        let entry = running.and_then(LibraryRow::session);
        let listed = (catalog.listing(), catalog.count(RowKind::Sessions));
        let is_same = |(of_folder, of_listed, of_entry): &ChoiceKey| {
            of_folder.as_deref() == folder && *of_listed == listed && of_entry.as_ref() == entry
        };
        if self.made_for.as_ref().is_some_and(is_same) {
            return;
        }
        self.made_for = Some((folder.map(Path::to_owned), listed, entry.cloned()));
        let path = running.map(|row| row.path.as_path());
        let saved = catalog.sessions().map(|row| &row.path);
        let files = FolderFiles {
            root: folder.map(Path::to_owned).unwrap_or_default(),
            sessions: saved.filter(|file| path != Some(file)).cloned().collect(),
        };
        if *self.folder_files != files {
            self.folder_files = Arc::new(files);
        }
        let choices = catalog.sessions().filter_map(|row| {
            let session = row.session()?;
            let has_results = |facts: &SessionFacts| facts.trades.n() + facts.sidebets.n() > 0;
            // The running one has nothing to review before its first result.
            let is_running = path == Some(row.path.as_path());
            if is_running && !row.facts().is_some_and(has_results) {
                return None;
            }
            Some(SessionChoice {
                path: row.path.clone(),
                start: session.session_start,
                pnl: session.realised_pnl,
                is_running,
            })
        });
        self.choices = choices.collect();
        let running = self.choices.iter().find(|choice| choice.is_running);
        let running = running.map(|choice| choice.path.clone());
        self.folder.set_running(running.zip(entry.cloned()));
        self.choices
            .sort_by_key(|choice| std::cmp::Reverse(choice.start));
        self.days.clear();
        for choice in &self.choices {
            let day = self
                .days
                .entry(local(choice.start).date_naive())
                .or_default();
            day.n += 1;
            day.pnl = day.pnl.saturating_add(choice.pnl);
        }
        self.choices.extend(self.shared.clone());
        let is_there = |path: &PathBuf| self.choices.iter().any(|choice| choice.path == *path);
        if !self.chosen.as_ref().is_some_and(is_there) {
            self.chosen = self.choices.first().map(|choice| choice.path.clone());
        }
    }

    /// Tries again what could not be reviewed.
    pub fn retry_failed(&mut self) {
        self.sessions.retry_failed();
        self.folder.retry_failed();
    }

    /// Whether a session is being read.
    pub fn is_reading(&self) -> bool {
        self.sessions.is_reading() || self.folder.is_reading()
    }

    /// Notes that the notes of a session were written or read.
    pub fn renew_notes(&mut self, session: &Path) {
        self.folder.renew_notes(session.to_owned());
    }

    /// Shows a session.
    pub fn choose(&mut self, path: PathBuf) {
        (self.scope, self.chosen) = (ReviewScope::Session, Some(path));
        self.month = None;
    }

    /// Shows a session that another player shared, beside those of the folder.
    pub fn show_shared(&mut self, opened: &OpenedReplay) {
        let Some(session) = opened.timeline.session() else {
            return;
        };
        self.shared = Some(SessionChoice {
            path: opened.path.clone(),
            start: session.meta.session_start,
            pnl: session.meta.realised_pnl,
            is_running: false,
        });
        // The list of sessions is made again.
        self.made_for = None;
        self.sessions.set_due(&opened.path);
        self.choose(opened.path.clone());
    }

    /// Returns the session that is shown.
    pub fn chosen_session(&self) -> Option<&PathBuf> {
        let is_one = self.scope == ReviewScope::Session;
        self.chosen.as_ref().filter(|_| is_one)
    }

    /// Draws the page for a folder of recordings. Returns what the player wants to see again.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        of: &ReviewedFolder<'_>,
        diary: &mut DiaryBook,
    ) -> Option<ReviewReplay> {
        self.update(of);
        self.diary = of
            .folder
            .map_or_else(Arc::default, |folder| diary.get(folder));
        let window = ui.available_rect_before_wrap().shrink(GAP);
        let (top, below) = window.split_top_bottom_at_y(window.top() + TOOLBAR);
        let mut replay = None;
        if let Some(action) = self.toolbar_ui(ui, top) {
            replay = self.take(ui.ctx(), action, of.folder);
        }
        let mut below = below.with_min_y(below.top() + GAP);
        let day = self.day.filter(|_| self.scope == ReviewScope::Day);
        if let Some((day, folder)) = day.zip(of.folder) {
            let (line, rest) = below.split_top_bottom_at_y(below.top() + TOOLBAR);
            diary_ui(ui, line, diary, folder, day);
            below = rest.with_min_y(rest.top() + GAP);
        }
        if !self.parts.slices().is_empty() {
            let (chips, cards) = below.split_top_bottom_at_y(below.top() + CHIPS);
            self.parts.ui(ui, chips);
            below = cards;
        }
        // The menu is closed in the frame after the click.
        if let Some(picture) = self.picture.take() {
            self.take_picture(ui.ctx(), window.expand(GAP), picture, of.folder);
        }
        if let Some(result) = self.files.take() {
            self.exported = Some((result, false));
            // The line of the messages is drawn before the page.
            ui.ctx().request_repaint();
        }
        let shown = if self.scope == ReviewScope::Session {
            self.session_ui(ui, below, of)
        } else {
            self.folder_ui(ui, below, of)
        };
        match shown {
            Ok(again) => again.or(replay),
            Err(none) => {
                let room = UiBuilder::new().max_rect(below.shrink(GAP));
                let retries = ui.scope_builder(room, |ui| none.ui(ui)).inner;
                if retries {
                    self.retry_failed();
                }
                replay
            }
        }
    }

    fn toolbar_ui(&self, ui: &mut Ui, rect: Rect) -> Option<ToolbarAction> {
        let is_of_many = self.scope != ReviewScope::Session;
        let of_folder = self.folder.remark().filter(|_| is_of_many);
        let exported = self.exported.as_ref();
        let exported = exported.map(|(result, _)| export_text(result));
        // While the folder is read, the page says how far it is.
        let remark = if self.folder.is_reading() {
            of_folder.or(exported)
        } else {
            exported.or(of_folder)
        };
        let day = self.day;
        let before = day.and_then(|day| self.days.range(..day).next_back());
        let after = day.and_then(|day| self.days.range(day.succ_opt()?..).next());
        let context = ToolbarContext {
            scope: self.scope,
            choices: &self.choices,
            chosen: self.chosen.as_deref(),
            can_export: self.shown_session().is_some(),
            days: [day, before.map(|(day, _)| *day), after.map(|(day, _)| *day)],
            origin: self.origin,
            tag: (self.tag.as_deref(), &self.tags),
            remark: remark.as_deref(),
        };
        toolbar_ui(ui, rect, &context)
    }

    /// Does what was chosen in the line above the cards. Returns what is to be replayed.
    fn take(
        &mut self,
        ctx: &Context,
        action: ToolbarAction,
        folder: Option<&Path>,
    ) -> Option<ReviewReplay> {
        match action {
            ToolbarAction::Scope(scope) => {
                self.scope = scope;
                // The day of the session, or else the last one.
                let start = self
                    .choices
                    .iter()
                    .find(|choice| Some(&choice.path) == self.chosen.as_ref());
                let day = start.map(|choice| local(choice.start).date_naive());
                self.day = day.or(self.days.keys().next_back().copied());
            }
            ToolbarAction::Choose(path) => self.choose(path),
            ToolbarAction::Day(day) => self.show_day(day),
            ToolbarAction::Origin(origin) => self.origin = origin,
            ToolbarAction::Tag(tag) => self.tag = tag,
            ToolbarAction::Export(kind) => self.export(ctx, kind, folder),
            ToolbarAction::CopyPicture => self.picture = Some(PictureUse::Copy),
            ToolbarAction::SavePicture => self.picture = Some(PictureUse::Save),
            ToolbarAction::Share => self.share_requested = true,
            ToolbarAction::Replay => {
                return self.chosen.clone().map(|session| ReviewReplay {
                    session,
                    from: None,
                });
            }
        }
        None
    }

    /// Shows the sessions of a day.
    fn show_day(&mut self, day: NaiveDate) {
        (self.scope, self.day, self.month) = (ReviewScope::Day, Some(day), Some(day));
    }
}
