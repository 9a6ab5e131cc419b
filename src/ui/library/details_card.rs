//! The details of the chosen row: a chart of one of its games, what it came to, its proofs, and the buttons to replay it.

use std::path::Path;

use egui::{ScrollArea, Ui, vec2};
use rust_decimal::Decimal;

use super::LibraryPage;
use super::details::{Details, game_id};
use super::note_cells::note_lines_ui;
use super::preview_chart::preview_chart_ui;
use super::texts::{length, long_start, origin_name, won_text};
use super::tiles::{bars_ui, proof_line_ui, tiles_ui};
use crate::fairness::ProofStatus;
use crate::library::{LibraryRow, RowEntry, SessionFacts, VisibleRows};
use crate::protocol::{GameId, number};
use crate::recording::{IndexGame, IndexSession};
use crate::ui::format::{count, escaped, exact_time, game_name, peak, signed};
use crate::ui::review::{ReviewState, SessionReviews, summary_ui};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{TABLE, TITLE};
use crate::ui::widgets::{GamePill, Icon, PushButton, pill_ui, truncated_ui, wrapped_ui};

/// Height of the chart.
const CHART: f32 = 196.0;
/// Pills in a row.
const PILLS: usize = 5;
/// Games that have a pill: two rows.
const MAX_PILLS: usize = 2 * PILLS;
/// What the player did in the details.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DetailsAction {
    /// Replay the recording, or one of its games.
    Replay(Option<GameId>),
    /// Show the proof of the game.
    Proof,
    /// Show another game of the session.
    Choose(GameId),
    /// Show the review of the session.
    Review,
    /// Share the session.
    Share,
    /// Write a note on the session.
    Note,
    /// Go back to the list.
    Back,
}

impl LibraryPage {
    /// Draws the details of the chosen row.
    pub(super) fn details_ui(&mut self, ui: &mut Ui, reviews: &mut SessionReviews) {
        let Some(path) = self.selection.path().map(Path::to_owned) else {
            let theme = Theme::of(ui);
            wrapped_ui(ui, theme.quiet, "Choose a recording to see its details.");
            return;
        };
        if let Some(request) = self.details.next_read(&path) {
            let (file, game) = request.clone();
            if self.library_worker.preview(file, self.folder.clone(), game) {
                self.details.set_requested(request);
            }
        }
        let is_opening = self.opening.is_some();
        let is_page = self.details.is_page;
        let rows = self.catalog.visible();
        let place = self.selection.place(rows);
        let Some(row) = place.and_then(|place| rows.get(place)) else {
            return;
        };
        let folder = self.folder.as_deref();
        let is_session = row.session().is_some();
        let review = is_session.then(|| reviews.get(ui.ctx(), &path, folder));
        let details = DetailsContext {
            review,
            row,
            rows,
            details: &self.details,
            is_opening,
            is_page,
        };
        let action = details.ui(ui);
        match action {
            Some(DetailsAction::Replay(game)) => self.play(path, game),
            Some(DetailsAction::Proof) => self.panels.proof = self.details.proven().cloned(),
            Some(DetailsAction::Choose(game)) => self.details.game = Some(game),
            Some(DetailsAction::Review) => self.review_requested = Some(path),
            Some(DetailsAction::Share) => self.share_requested = true,
            Some(DetailsAction::Note) => self.is_note_requested = true,
            Some(DetailsAction::Back) => self.details.is_page = false,
            None => {}
        }
    }
}

/// What the details are drawn with.
pub(super) struct DetailsContext<'a> {
    /// The review of a session.
    review: Option<ReviewState>,
    pub(super) row: &'a LibraryRow,
    rows: VisibleRows<'a>,
    pub(super) details: &'a Details,
    pub(super) is_opening: bool,
    is_page: bool,
}

impl DetailsContext<'_> {
    fn ui(&self, ui: &mut Ui) -> Option<DetailsAction> {
        let mut action = None;
        let theme = Theme::of(ui);
        // The buttons keep their place below; what is above them scrolls if the window is low.
        egui::Panel::bottom("details buttons")
            .frame(egui::Frame::new())
            .show_separator_line(false)
            .show(ui, |ui| self.buttons_ui(ui, &mut action));
        ScrollArea::vertical().id_salt("details").show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            if self.is_page && ui.add(PushButton::new("Back to the list").icon(Icon::Back)).clicked() {
                action = Some(DetailsAction::Back);
            }
            match &self.row.entry {
                RowEntry::Session {
                    session,
                    facts,
                    proven,
                    ..
                } => {
                    let found = (facts.as_deref(), *proven);
                    self.session_ui(ui, theme, session, found, &mut action);
                }
                RowEntry::Game {
                    game,
                    faults,
                    played,
                    pnl,
                } => {
                    self.game_ui(ui, theme, game, (*played, *pnl), &mut action);
                    for fault in faults {
                        wrapped_ui(ui, theme.amber, TABLE.text(escaped(fault)));
                    }
                }
                RowEntry::Damaged { reason } => {
                    let name = self.row.path.file_name().unwrap_or_default();
                    ui.label(TITLE.text(escaped(&name.to_string_lossy())));
                    wrapped_ui(ui, theme.amber, TABLE.text(escaped(reason)));
                    wrapped_ui(
                        ui,
                        theme.quiet,
                        TABLE.text("The file was left as it is. If there is a whole copy of it, open that one."),
                    );
                }
            }
        });
        action
    }

    fn session_ui(
        &self,
        ui: &mut Ui,
        theme: Theme,
        session: &IndexSession,
        (facts, proven): (Option<&SessionFacts>, usize),
        action: &mut Option<DetailsAction>,
    ) {
        ui.label(TITLE.text(long_start(session.session_start)));
        let player = session.username.as_deref().map(escaped);
        let mut words = vec![
            origin_name(session.origin).to_owned(),
            length(session.session_end - session.session_start),
            count(session.games_played, "game"),
        ];
        words.extend(player);
        truncated_ui(ui, theme.quiet, TABLE.text(words.join(", ")))
            .on_hover_text(exact_time(session.session_start));
        note_lines_ui(ui, self.row.notes());
        self.chart_ui(ui, theme, facts);
        self.pills_ui(ui, session, facts, action);
        if let Some(facts) = facts {
            let of = |pnl: Option<Decimal>| pnl.map(|pnl| (signed(pnl), theme.money(pnl)));
            let extremes = facts.extremes();
            let won = || won_text(Some(facts)).map(|won| (won, theme.text));
            tiles_ui(ui, theme, || {
                [
                    ("Realised", of(Some(session.realised_pnl))),
                    ("Games won", won()),
                    ("Best game", of(extremes.map(|[best, _]| best.1))),
                    ("Worst game", of(extremes.map(|[_, worst]| worst.1))),
                ]
            });
        }
        let text = format!("{proven} of {} proven", count(session.games_played, "game"));
        let is_proven = all_proven(proven, session.games_played);
        if proof_line_ui(ui, (is_proven, &text), self.details.proven().is_some()) {
            *action = Some(DetailsAction::Proof);
        }
        if let Some(review) = &self.review {
            summary_ui(ui, review);
        }
        if let Some(facts) = facts {
            bars_ui(ui, theme, session, facts);
        }
    }

    fn game_ui(
        &self,
        ui: &mut Ui,
        theme: Theme,
        game: &IndexGame,
        (played, pnl): (bool, Option<Decimal>),
        action: &mut Option<DetailsAction>,
    ) {
        let name = game.start_time.map_or("Game".to_owned(), game_name);
        ui.label(TITLE.text(format!("{name}, {}", peak(game.peak()))));
        let mut words = vec![origin_name(game.origin).to_owned()];
        words.extend(game.start_time.map(long_start));
        truncated_ui(ui, theme.quiet, TABLE.text(words.join(", ")))
            .on_hover_text(escaped(game.game_id.as_str()));
        self.chart_ui(ui, theme, None);
        let of = |pnl: Option<Decimal>| pnl.map(|pnl| (signed(pnl), theme.money(pnl)));
        let own = || if played { of(pnl) } else { None };
        let complete = if game.complete { "yes" } else { "no" };
        tiles_ui(ui, theme, || {
            [
                (
                    "Length",
                    Some((count(game.duration_ticks, "tick"), theme.text)),
                ),
                ("Peak", Some((peak(game.peak()), theme.text))),
                ("Realised", own()),
                ("Complete", Some((complete.to_owned(), theme.text))),
                ("Status", Some((game.proof.as_str().to_owned(), theme.text))),
                (
                    "Played",
                    Some((if played { "yes" } else { "no" }.to_owned(), theme.text)),
                ),
            ]
        });
        let is_proven = matches!(game.proof, ProofStatus::Proven | ProofStatus::Repaired);
        let text = if is_proven {
            "Every tick before the rug equals the seed's".to_owned()
        } else {
            format!("Not proven: {}", game.proof.as_str())
        };
        if proof_line_ui(ui, (is_proven, &text), self.details.proven().is_some()) {
            *action = Some(DetailsAction::Proof);
        }
    }

    fn chart_ui(&self, ui: &mut Ui, theme: Theme, facts: Option<&SessionFacts>) {
        let size = vec2(ui.available_width(), CHART);
        let details = self.details;
        let preview = details.preview.as_ref();
        let preview = preview.filter(|preview| preview.path == self.row.path);
        match preview.map(|preview| (&preview.game, &preview.session)) {
            Some((Ok(game), session)) => {
                let meta = &game.file.meta;
                let name = meta.start_time.map_or("Game".to_owned(), game_name);
                let pnl = facts.and_then(|facts| {
                    let own = facts.pnls.iter().find(|(id, _)| *id == meta.game_id);
                    own.map(|(_, pnl)| format!("  {}", signed(*pnl)))
                });
                let title = format!("{name}{}", pnl.unwrap_or_default());
                let rows = session.as_ref().map_or(&[][..], |file| &file.actions);
                preview_chart_ui(ui, &game.file, rows, &title, size);
            }
            other => {
                let error = details
                    .error
                    .as_ref()
                    .filter(|(of, _)| *of == self.row.path);
                let words = match (other, error) {
                    (Some((Err(why), _)), _) => format!("No chart: {why}"),
                    (_, Some((_, why))) => why.clone(),
                    _ => "Reading…".to_owned(),
                };
                ui.allocate_ui(size, |ui| {
                    ui.set_min_size(size);
                    wrapped_ui(ui, theme.quiet, TABLE.text(escaped(&words)));
                });
            }
        }
    }

    /// Draws the games of the session; a click shows the game in the chart.
    fn pills_ui(
        &self,
        ui: &mut Ui,
        session: &IndexSession,
        facts: Option<&SessionFacts>,
        action: &mut Option<DetailsAction>,
    ) {
        let shown = self.details.proven().map(game_id);
        let gap = 4.0;
        let parts = f32::from(u8::try_from(PILLS).unwrap_or(1));
        let width = (ui.available_width() - gap * (parts - 1.0)) / parts;
        let first = session.game_ids.len().saturating_sub(MAX_PILLS);
        let ids: Vec<_> = session.game_ids.iter().skip(first).collect();
        for line in ids.chunks(PILLS) {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = gap;
                for id in line {
                    let game = self.rows.game(id);
                    let multiplier = game.and_then(|game| game.peak_multiplier);
                    let pnl = facts.and_then(|facts| {
                        let own = facts.pnls.iter().find(|(of, _)| of == *id);
                        own.map(|(_, pnl)| *pnl)
                    });
                    // A game that came again has the time of the session that recorded it first.
                    let name = game.and_then(|game| game.start_time);
                    let name = name.filter(|start| *start >= session.session_start);
                    let name = name.map_or("Game".to_owned(), game_name);
                    let text = game.map_or("–".to_owned(), |game| peak(game.peak()));
                    let pill = GamePill {
                        multiplier: multiplier.map_or(2.0, number::to_f64_lossy),
                        peak: text.clone(),
                        pnl,
                    };
                    let response = pill_ui(ui, &pill, vec2(width, 24.0), || {
                        format!("Show {name}, {text}")
                    });
                    if shown.as_ref() == Some(*id) {
                        let theme = Theme::of(ui);
                        let stroke = egui::Stroke::new(2.0, theme.replay);
                        let kind = egui::StrokeKind::Inside;
                        ui.painter().rect_stroke(response.rect, 12.0, stroke, kind);
                    }
                    let tip = format!("{name}\n{}", escaped(id.as_str()));
                    if response.on_hover_text(tip).clicked() {
                        *action = Some(DetailsAction::Choose((*id).clone()));
                    }
                }
            });
        }
    }
}

/// Whether every game is proven: without a game, nothing is.
fn all_proven(proven: usize, games: usize) -> bool {
    games > 0 && proven == games
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_without_games_is_not_proven() {
        let proven = [(0, 0), (0, 1), (1, 2), (2, 2)].map(|(n, all)| all_proven(n, all));
        assert_eq!(proven, [false, false, false, true]);
    }
}
