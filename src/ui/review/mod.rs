//! The page Review: what a session was worth. It draws what threads have computed ([`SessionReviews`]).

mod calendar;
mod card;
mod layout;
mod luck;
mod parts;
mod plot;
mod sessions;
mod summary;
mod tiles;
mod toolbar;
mod trade_cells;
mod trade_columns;
mod trades;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use egui::{Rect, ScrollArea, Ui, UiBuilder, vec2};

pub use sessions::{ReviewState, SessionReviews};
pub use summary::{SUMMARY, summary_ui};

use crate::clock::local;
use crate::library::{Catalog, LibraryRow, OpenedReview, RowKind, SessionFacts};
use crate::protocol::{GameId, Tick};
use crate::recording::IndexSession;
use crate::review::SliceKind;
use crate::ui::format::escaped;
use crate::ui::theme::{GAP, Theme};
use crate::ui::widgets::wrapped_ui;
use calendar::{DayResult, calendar_ui};
use layout::ReviewRegions;
use luck::luck_ui;
use parts::parts_ui;
use tiles::{TileFacts, tiles_ui};
use toolbar::{SessionChoice, ToolbarAction, toolbar_ui};
use trades::{ReviewTable, TradeRow};

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

/// The page.
#[derive(Debug)]
pub struct ReviewPage {
    /// The sessions that were reviewed.
    pub sessions: SessionReviews,
    choices: Vec<SessionChoice>,
    /// For what the choices were made: the folder, its number of sessions, and the running one.
    made_for: (Option<PathBuf>, usize, Option<IndexSession>),
    /// The running session when it was looked at last.
    running: Option<IndexSession>,
    /// The results of the days.
    days: BTreeMap<NaiveDate, DayResult>,
    chosen: Option<PathBuf>,
    parts_by: SliceKind,
    /// A day of the month that is shown.
    month: Option<NaiveDate>,
}

impl Default for ReviewPage {
    fn default() -> Self {
        Self {
            sessions: SessionReviews::default(),
            choices: Vec::new(),
            made_for: (None, 0, None),
            running: None,
            days: BTreeMap::new(),
            chosen: None,
            parts_by: SliceKind::Hour,
            month: None,
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
                self.sessions.set_stale(&running.path);
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
        let count = catalog.count(RowKind::Sessions);
        let (of_folder, of_count, of_entry) = &self.made_for;
        if of_folder.as_deref() == folder && *of_count == count && of_entry.as_ref() == entry {
            return;
        }
        self.made_for = (folder.map(Path::to_owned), count, entry.cloned());
        let path = running.map(|row| row.path.as_path());
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
        let is_there = |path: &PathBuf| self.choices.iter().any(|choice| choice.path == *path);
        if !self.chosen.as_ref().is_some_and(is_there) {
            self.chosen = self.choices.first().map(|choice| choice.path.clone());
        }
    }

    /// Whether a session is being read.
    pub fn is_reading(&self) -> bool {
        self.sessions.is_reading()
    }

    /// Shows a session.
    pub fn choose(&mut self, path: PathBuf) {
        self.chosen = Some(path);
        self.month = None;
    }

    /// Draws the page for a folder of recordings. Returns what the player wants to see again.
    pub fn ui(&mut self, ui: &mut Ui, of: &ReviewedFolder<'_>) -> Option<ReviewReplay> {
        let folder = of.folder;
        self.update(of);
        let window = ui.available_rect_before_wrap().shrink(GAP);
        let (top, below) = window.split_top_bottom_at_y(window.top() + TOOLBAR);
        let mut replay = None;
        match toolbar_ui(ui, top, &self.choices, self.chosen.as_deref()) {
            Some(ToolbarAction::Choose(path)) => self.choose(path),
            Some(ToolbarAction::Replay) => {
                replay = self.chosen.clone().map(|session| ReviewReplay {
                    session,
                    from: None,
                });
            }
            None => {}
        }
        let below = below.with_min_y(below.top() + GAP);
        let text = match self.chosen.clone() {
            None if of.is_reading => "Reading the recordings…".to_owned(),
            None => NO_SESSIONS.to_owned(),
            Some(path) => match self.sessions.get(ui.ctx(), &path, folder) {
                ReviewState::Reading => "Computing…".to_owned(),
                ReviewState::Failed(why) => why,
                ReviewState::Done(session) => {
                    return self.cards_ui(ui, below, &session).or(replay);
                }
            },
        };
        let theme = Theme::of(ui);
        ui.scope_builder(UiBuilder::new().max_rect(below.shrink(GAP)), |ui| {
            wrapped_ui(ui, theme.quiet, escaped(&text));
        });
        replay
    }

    fn cards_ui(
        &mut self,
        ui: &mut Ui,
        room: Rect,
        session: &OpenedReview,
    ) -> Option<ReviewReplay> {
        let mut replay = None;
        let builder = UiBuilder::new().max_rect(room);
        ui.scope_builder(builder, |ui| {
            ScrollArea::vertical()
                .id_salt("review")
                .auto_shrink(false)
                .show_viewport(ui, |ui, _| {
                    let size = vec2(ui.available_width(), room.height());
                    let corner = ui.min_rect().min;
                    let regions = ReviewRegions::of(Rect::from_min_size(corner, size));
                    let whole = vec2(size.x, regions.height());
                    replay = self.regions_ui(ui, &regions, session);
                    let all = Rect::from_min_size(corner, whole);
                    ui.expand_to_include_rect(all);
                    ui.advance_cursor_after_rect(all);
                });
        });
        replay
    }

    fn regions_ui(
        &mut self,
        ui: &mut Ui,
        regions: &ReviewRegions,
        session: &OpenedReview,
    ) -> Option<ReviewReplay> {
        let review = &session.review;
        let facts = TileFacts {
            figures: &session.figures,
            result: review.earned,
            span: span(session),
            fall: review.fall.as_ref(),
        };
        tiles_ui(ui, regions.tiles, regions.tiles_in_row, &facts);
        let table = ReviewTable {
            len: review.trips.len(),
            is_of_many: false,
            with_what_if: false,
            empty: "No trades in this session.",
        };
        let clicked = table.ui(ui, regions.trades, |place| {
            TradeRow::from(&review.trips[place])
        });
        let replay = clicked.map(|place| {
            let trip = &review.trips[place];
            let game = session.game_id(trip.game).cloned();
            ReviewReplay {
                session: session.path.clone(),
                from: game.map(|game| (game, trip.entry_tick())),
            }
        });
        luck_ui(ui, regions.luck, session);
        let start = self
            .choices
            .iter()
            .find(|choice| choice.path == session.path);
        let day = start.map(|choice| local(choice.start).date_naive());
        let mut month = self.month.or(day).unwrap_or_default();
        if let Some(day) = calendar_ui(ui, regions.days, &mut month, &self.days, day) {
            let on_day = |choice: &&SessionChoice| local(choice.start).date_naive() == day;
            if let Some(choice) = self.choices.iter().find(on_day) {
                self.chosen = Some(choice.path.clone());
            }
        }
        self.month = Some(month);
        parts_ui(ui, regions.parts, &mut self.parts_by, &session.slices);
        replay
    }
}

/// Returns what the result of a session is of, as `SOL in 24 min`.
fn span(session: &OpenedReview) -> String {
    let meta = session.timeline.session().map(|session| &session.meta);
    let time = meta.map(|meta| meta.session_end - meta.session_start);
    let minutes = time.map_or(0, |time| time.num_minutes());
    format!("SOL in {minutes} min")
}
