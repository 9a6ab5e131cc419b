//! The cards of the page: of one session, and of many.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Rect, ScrollArea, Ui, UiBuilder, vec2};

use super::calendar::calendar_ui;
use super::card::review_card_ui;
use super::layout::ReviewRegions;
use super::luck::{LuckCourse, luck_ui};
use super::no_cards::{COMPUTING, NoCards};
use super::parts::parts_ui;
use super::sessions::ReviewState;
use super::tiles::{TileFacts, tiles_ui};
use super::toolbar::{ReviewScope, sessions};
use super::trades::{ReviewTable, RowAction, TradeRow};
use super::what_if::{WhatIfResults, what_if_ui};
use super::{NO_SESSIONS, ReviewPage, ReviewReplay, ReviewedFolder};
use crate::clock::local;
use crate::game::Time;
use crate::library::{Catalog, OpenedReview};
use crate::recording::{NotePlace, PlacedNote, SessionNotes};
use crate::review::ReviewFilter;
use crate::ui::format::{count, date_and_time, short_clock};
use crate::ui::notes::NoteTarget;
use crate::ui::theme::Theme;
use crate::ui::widgets::wrapped_ui;

/// Shown in place of the what-if of many sessions.
const ONE_SESSION: &str = "The what-if needs every tick of a session: choose one session.";
/// Shown in place of trades if no trade is in all of the chosen parts.
const NONE_CHOSEN: &str = "No trade is in all of these parts.";
/// Of what the max drawdown is.
const OF_SESSION: &str = "The deepest fall of the total value, at every tick";
const OF_SESSIONS: &str =
    "The deepest fall of the total value, at every tick, one session after the other";
const OF_TRADES: &str = "The deepest fall of the sum of these trades, after each of them";

impl ReviewPage {
    /// Draws the session that is chosen.
    ///
    /// # Errors
    /// Why nothing is shown yet.
    pub(super) fn session_ui(
        &mut self,
        ui: &mut Ui,
        room: Rect,
        of: &ReviewedFolder<'_>,
    ) -> Result<Option<ReviewReplay>, NoCards> {
        let session = match self.chosen.clone() {
            None if of.is_reading => return Err(NoCards::waiting("Reading the recordings…")),
            None => return Err(NoCards::waiting(NO_SESSIONS)),
            Some(path) => match self.sessions.get(ui.ctx(), &path, of.folder) {
                ReviewState::Reading => return Err(NoCards::waiting(COMPUTING)),
                ReviewState::Failed(why) => return Err(NoCards::failed(why)),
                ReviewState::Done(session) => session,
            },
        };
        Ok(scrolled_ui(ui, room, |ui, regions| {
            self.session_cards_ui(ui, regions, &session, of.catalog)
        }))
    }

    fn session_cards_ui(
        &mut self,
        ui: &mut Ui,
        regions: &ReviewRegions,
        session: &Arc<OpenedReview>,
        catalog: &Catalog,
    ) -> Option<ReviewReplay> {
        let review = &session.review;
        let notes = catalog.notes_of(&session.path);
        let chosen = if self.parts.slices().is_empty() {
            None
        } else {
            let filter = ReviewFilter {
                slices: self.parts.slices().to_vec(),
                ..ReviewFilter::default()
            };
            self.sessions.chosen(ui.ctx(), session, &filter)
        };
        let found = chosen
            .as_ref()
            .map_or(&session.found, |chosen| &chosen.trades.found);
        let trades = session.found.figures.trades.n();
        let facts = TileFacts {
            figures: &found.figures,
            result: found.result,
            span: match &chosen {
                Some(chosen) => {
                    let trades = count(trades, "trade");
                    format!("SOL in {} of {trades}", chosen.trades.trips.len())
                }
                None => span(session),
            },
            fall: found.fall.as_ref(),
            fall_of: if chosen.is_some() {
                OF_TRADES
            } else {
                OF_SESSION
            },
            time: short_clock,
        };
        tiles_ui(ui, regions.tiles, regions.tiles_in_row, &facts);
        let places = chosen.as_ref().map(|chosen| chosen.trades.trips.as_slice());
        let table = ReviewTable {
            len: places.map_or(review.trips.len(), <[usize]>::len),
            is_of_many: false,
            with_what_if: self.what_if.is_used,
            empty: if chosen.is_some() {
                NONE_CHOSEN
            } else {
                "No trades in this session."
            },
        };
        let place = |row: usize| places.map_or(row, |places| places[row]);
        let exit = self.what_if.exit();
        let others = if self.what_if.is_used {
            self.sessions.trips(ui.ctx(), session, exit)
        } else {
            None
        };
        let clicked = table.ui(ui, regions.trades, |row| {
            let trip = &review.trips[place(row)];
            Some(TradeRow {
                what_if: others.and_then(|others| others.get(place(row)).copied().flatten()),
                note: note_on(notes, trip.first_row()),
                ..TradeRow::of_trip(&session.path, trip)
            })
        });
        let replay = clicked.and_then(|(row, action)| {
            let place = place(row);
            let trip = &review.trips[place];
            if action == RowAction::Note {
                let row = (trip.first_row(), trip.began());
                self.note_requested = Some(trade_target(session.path.clone(), row));
                return None;
            }
            let game = session.game_id(trip.game).cloned();
            Some(ReviewReplay {
                session: session.path.clone(),
                from: Some((game?, trip.entry_tick())),
            })
        });
        let is_other = |(of, _): &(Arc<OpenedReview>, LuckCourse)| !Arc::ptr_eq(of, session);
        if self.course.as_ref().is_none_or(is_other) {
            self.course = Some((Arc::clone(session), LuckCourse::of_session(session)));
        }
        let whole = self.course.as_ref().map(|(_, course)| course);
        let course = chosen.as_ref().map(|chosen| &chosen.course).or(whole);
        if let Some(course) = course {
            let luck = chosen.is_none().then_some(&session.luck);
            luck_ui(ui, regions.luck, course, (luck, found.result));
        }
        self.what_if_ui(ui, regions.what_if, session);
        self.days_ui(ui, regions.days);
        let by = (&mut self.parts_by, &mut self.parts);
        parts_ui(ui, regions.parts, by, &found.slices);
        replay
    }

    /// Draws the sessions of a day, or all of them.
    ///
    /// # Errors
    /// Why nothing is shown yet.
    pub(super) fn folder_ui(
        &mut self,
        ui: &mut Ui,
        room: Rect,
        of: &ReviewedFolder<'_>,
    ) -> Result<Option<ReviewReplay>, NoCards> {
        if self.folder_files.root.as_os_str().is_empty() || self.choices.is_empty() {
            return Err(NoCards::waiting(NO_SESSIONS));
        }
        let day = self.day.filter(|_| self.scope == ReviewScope::Day);
        let filter = ReviewFilter {
            from: day,
            until: day,
            origin: self.origin,
            tag: self.tag.clone(),
            slices: self.parts.slices().to_vec(),
            ..ReviewFilter::default()
        };
        if self
            .folder
            .get(ui.ctx(), &self.folder_files, &filter)
            .is_none()
        {
            return Err(self.folder.no_cards());
        }
        Ok(scrolled_ui(ui, room, |ui, regions| {
            self.folder_cards_ui(ui, regions, of.catalog)
        }))
    }

    fn folder_cards_ui(
        &mut self,
        ui: &mut Ui,
        regions: &ReviewRegions,
        catalog: &Catalog,
    ) -> Option<ReviewReplay> {
        let mut replay = None;
        if let Some(answer) = self.folder.answer() {
            let found = &answer.found;
            let all = sessions(found.sessions.len());
            let is_whole = found.luck.is_some();
            let facts = TileFacts {
                figures: &found.figures,
                result: found.result,
                span: if is_whole {
                    format!("SOL in {all}")
                } else {
                    format!("SOL in {} of {all}", count(found.trips.len(), "trade"))
                },
                fall: found.fall.as_ref(),
                fall_of: if is_whole { OF_SESSIONS } else { OF_TRADES },
                time: date_and_time,
            };
            tiles_ui(ui, regions.tiles, regions.tiles_in_row, &facts);
            let table = ReviewTable {
                len: found.trips.len(),
                is_of_many: true,
                with_what_if: false,
                empty: if self.parts.slices().is_empty() {
                    "No trades in these sessions."
                } else {
                    NONE_CHOSEN
                },
            };
            // The newest first.
            let place = |row: usize| found.trips.iter().rev().nth(row).copied();
            let clicked = table.ui(ui, regions.trades, |row| {
                self.folder.with_trade(place(row)?, |row, path| TradeRow {
                    note: note_on(catalog.notes_of(path), row.seq),
                    ..TradeRow::of_many(path, row)
                })
            });
            let clicked = clicked.and_then(|(row, action)| Some((place(row)?, action)));
            match clicked {
                Some((place, RowAction::Replay)) => {
                    replay = self.folder.with_trade(place, ReviewReplay::of_row);
                }
                Some((place, RowAction::Note)) => {
                    self.note_requested = self.folder.with_trade(place, |row, path| {
                        trade_target(path.to_owned(), (row.seq, row.began))
                    });
                }
                None => {}
            }
            luck_ui(
                ui,
                regions.luck,
                &answer.course,
                (found.luck.as_ref(), found.result),
            );
            let by = (&mut self.parts_by, &mut self.parts);
            parts_ui(ui, regions.parts, by, &found.slices);
            self.tags = found.tags.iter().map(|tag| tag.name.clone()).collect();
        }
        review_card_ui(
            ui,
            "What if",
            regions.what_if,
            |_| {},
            |ui| {
                wrapped_ui(ui, Theme::of(ui).quiet, ONE_SESSION);
            },
        );
        self.days_ui(ui, regions.days);
        replay
    }

    fn days_ui(&mut self, ui: &mut Ui, rect: Rect) {
        let start = self
            .choices
            .iter()
            .find(|choice| Some(&choice.path) == self.chosen.as_ref());
        let of_session = start.map(|choice| local(choice.start).date_naive());
        let day = match self.scope {
            ReviewScope::Session => of_session,
            ReviewScope::Day => self.day,
            ReviewScope::All => None,
        };
        let mut month = self.month.or(day).or(of_session).unwrap_or_default();
        if let Some(day) = calendar_ui(ui, rect, &mut month, (&self.days, &self.diary), day) {
            self.show_day(day);
        } else {
            self.month = Some(month);
        }
    }

    fn what_if_ui(&mut self, ui: &mut Ui, rect: Rect, session: &Arc<OpenedReview>) {
        let (ctx, exit) = (ui.ctx().clone(), self.what_if.exit());
        let exits = self.what_if.exits.clone();
        let totals = self
            .sessions
            .totals(&ctx, session, &exits)
            .map(<[_]>::to_vec);
        // New games are played once the slider was used and rests.
        let waits = !self.what_if.is_used || ctx.input(|input| input.pointer.any_down());
        let results = WhatIfResults {
            totals: totals.as_deref(),
            trips: session.review.trips.len(),
            fresh: self.sessions.fresh(&ctx, session, exit, waits),
        };
        what_if_ui(ui, rect, &mut self.what_if, results);
    }
}

/// Returns the note on the trade with this first row.
fn note_on(notes: Option<&SessionNotes>, seq: u32) -> Option<&PlacedNote> {
    notes?.note_at(&NotePlace::Trip { seq })
}

/// Returns what a note on a trade is written on, from its first row and its time.
fn trade_target(session: PathBuf, (seq, began): (u32, Option<Time>)) -> NoteTarget {
    let at = began.map_or(String::new(), |at| format!(" at {}", date_and_time(at)));
    NoteTarget {
        session,
        place: Some(NotePlace::Trip { seq }),
        title: format!("the trade{at}"),
    }
}

/// Draws cards in a room; if they are higher, they scroll.
fn scrolled_ui<T>(
    ui: &mut Ui,
    room: Rect,
    draw: impl FnOnce(&mut Ui, &ReviewRegions) -> Option<T>,
) -> Option<T> {
    let shown = ui.scope_builder(UiBuilder::new().max_rect(room), |ui| {
        let scroll = ScrollArea::vertical().id_salt("review").auto_shrink(false);
        let shown = scroll.show_viewport(ui, |ui, _| {
            let size = vec2(ui.available_width(), room.height());
            let corner = ui.min_rect().min;
            let regions = ReviewRegions::of(Rect::from_min_size(corner, size));
            let drawn = draw(ui, &regions);
            let all = Rect::from_min_size(corner, vec2(size.x, regions.height()));
            ui.expand_to_include_rect(all);
            ui.advance_cursor_after_rect(all);
            drawn
        });
        shown.inner
    });
    shown.inner
}

/// Returns what the result of a session is of, as `SOL in 24 min`.
fn span(session: &OpenedReview) -> String {
    let meta = session.timeline.session().map(|session| &session.meta);
    let time = meta.map(|meta| meta.session_end - meta.session_start);
    let seconds = time.map_or(0, |time| time.num_seconds());
    if seconds < 60 {
        format!("SOL in {seconds} s")
    } else {
        format!("SOL in {} min", seconds / 60)
    }
}
