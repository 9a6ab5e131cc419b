//! The price chart of one game: prices, the player's own marks, the rug. It draws the series and the rows of the session
//! and owns only the style, the visible range and its motion.
//!
//! `egui_plot` has the coordinates and the pointer; axes, grid and everything inside are drawn here. The price axis always
//! fits the visible ticks, so the player moves and zooms only along the ticks.

mod auto_sell;
mod axes;
mod canvas;
mod card;
mod description;
mod downsample;
mod header;
mod marks;
mod moving;
mod phase_text;
mod player_marks;
mod plot;
mod pointer;
mod presale;
mod prices;
mod result;
mod result_card;
mod scale;
mod tags;
mod toolbar;
mod viewport;

use std::sync::Arc;

pub use card::chart_card_ui;
pub use header::{ReplayedGame, direction};
pub use phase_text::{PRESALE_MILLIS, phase_text};

use auto_sell::PlacedLine;
use marks::ChartMarks;
use moving::{EasedRange, NewestPoint};
use result::GameResult;
use scale::{Grid, PriceScale};
use viewport::Viewport;

use super::command::KeyCommand;
use crate::account::Action;
use crate::engine::View;
use crate::game::Phase;
use crate::protocol::GameId;
use crate::protocol::Tick;

/// Ticks that a key scrolls.
const KEY_PAN: f64 = 40.0;
/// Zoom factor of a key.
const KEY_ZOOM: f64 = 1.5;

/// How prices are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChartStyle {
    /// Candles of five ticks instead of a line.
    pub candles: bool,
    /// A logarithmic price axis instead of a linear one.
    pub log_axis: bool,
}

/// A result, with the rows and the game it was computed from.
type ComputedResult = (Arc<Vec<Action>>, GameId, Option<Arc<GameResult>>);

/// The state of the chart.
#[derive(Debug, Clone, Default)]
pub struct Chart {
    /// How prices are drawn.
    pub style: ChartStyle,
    /// The text at the newest tick: what the piano presses.
    pub note: Option<String>,
    /// The game of a replay.
    pub replayed: Option<ReplayedGame>,
    viewport: Viewport,
    /// The visible ticks and prices (axis values), in motion.
    ticks: EasedRange,
    prices: EasedRange,
    newest: NewestPoint,
    grid: Grid,
    /// The scale that the prices were drawn on.
    drawn_scale: PriceScale,
    /// The line of auto-sell that the player drags.
    moved_line: Option<PlacedLine>,
    /// The next range is taken at once: the pointer moves it.
    jumps: bool,
    /// The marks, with the rows and the game they were computed from.
    marks: Option<(Arc<Vec<Action>>, GameId, Arc<ChartMarks>)>,
    /// The result of the last game, with the rows and the game it was computed from.
    result: Option<ComputedResult>,
    /// The game that was last seen running.
    running: Option<GameId>,
    /// The game whose rug was seen, and when; `None` if it had rugged before.
    rugged: Option<(GameId, Option<f64>)>,
}

impl Chart {
    /// Shows a tick in the middle, and leaves follow mode.
    pub fn show_tick(&mut self, tick: Tick) {
        self.viewport.centre(tick);
    }

    /// Executes a key of the chart. Returns false for any other key.
    pub fn key(&mut self, command: KeyCommand) -> bool {
        match command {
            KeyCommand::Follow => self.viewport.follow(),
            KeyCommand::WholeGame => self.viewport.whole_game(),
            KeyCommand::ScrollLeft => self.viewport.pan(-KEY_PAN),
            KeyCommand::ScrollRight => self.viewport.pan(KEY_PAN),
            KeyCommand::ZoomIn => self.viewport.zoom_at_middle(KEY_ZOOM),
            KeyCommand::ZoomOut => self.viewport.zoom_at_middle(1.0 / KEY_ZOOM),
            KeyCommand::Candles => self.style.candles ^= true,
            KeyCommand::LogAxis => self.style.log_axis ^= true,
            _ => return false,
        }
        true
    }

    fn scale(&self) -> PriceScale {
        if self.style.log_axis {
            PriceScale::Log
        } else {
            PriceScale::Linear
        }
    }

    /// Scrolls at once by ticks.
    fn pan(&mut self, ticks: f64) {
        self.viewport.pan(ticks);
        self.jumps = true;
    }

    /// Returns the marks of the game that is shown. They are computed again only for a new row or game.
    fn update_marks(&mut self, view: &View) -> Arc<ChartMarks> {
        let Some(game) = &view.series.game_id else {
            return Arc::default();
        };
        if let Some((actions, of, marks)) = &self.marks
            && Arc::ptr_eq(actions, &view.actions)
            && of == game
        {
            return Arc::clone(marks);
        }
        let marks = Arc::new(ChartMarks::of(&view.actions, game));
        self.marks = Some((Arc::clone(&view.actions), game.clone(), Arc::clone(&marks)));
        marks
    }

    /// Returns the result of the game that has rugged, until the next presale. `None` if the player did not act in it.
    fn result(&mut self, view: &View) -> Option<Arc<GameResult>> {
        if !matches!(view.phase, Phase::Rugged | Phase::Cooldown) {
            return None;
        }
        let (game, rug) = view.series.game_id.as_ref().zip(view.series.rug_tick)?;
        if let Some((actions, of, result)) = &self.result
            && Arc::ptr_eq(actions, &view.actions)
            && of == game
        {
            return result.clone();
        }
        let result = GameResult::of(&view.actions, game, rug).map(Arc::new);
        self.result = Some((Arc::clone(&view.actions), game.clone(), result.clone()));
        result
    }

    /// Returns the seconds since the game on the chart rugged; infinity if that was not seen, or nothing moves.
    fn rug_age(&mut self, view: &View, moves: bool, now: f64) -> f64 {
        let series = &view.series;
        let Some(game) = &series.game_id else {
            return f64::INFINITY;
        };
        if series.rug_tick.is_none() {
            if self.running.as_ref() != Some(game) {
                self.running = Some(game.clone());
            }
            return f64::INFINITY;
        }
        if self.rugged.as_ref().is_none_or(|(of, _)| of != game) {
            let seen = self.running.as_ref() == Some(game) && moves;
            self.rugged = Some((game.clone(), seen.then_some(now)));
        }
        let at = self.rugged.as_ref().and_then(|(_, at)| *at);
        at.map_or(f64::INFINITY, |at| now - at)
    }
}
