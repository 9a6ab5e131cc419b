//! The phase bar: the phase of the game, the time to the next one, the price.

use chrono::Duration;

use super::format::{multiplier, seconds, std_seconds};
use super::lamp::drift_text;
use super::theme::{GRID, Theme, digits, small};
use super::widgets::truncated_ui;
use crate::engine::View;
use crate::feed::FeedState;
use crate::game::Phase;

/// Length of settlement and presale together.
const COUNTDOWN_MILLIS: i64 = 15_000;
/// Length of the presale.
const PRESALE_MILLIS: i64 = 10_000;

/// The text of the phase bar.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseText {
    /// The phase.
    pub word: &'static str,
    /// What comes next, and when.
    pub next: String,
    /// The rest of the countdown from 1 to 0; `None` while none runs.
    pub left: Option<f32>,
}

/// Returns the phase of the game, or the state of the connection while it is down.
pub fn phase_text(view: &View) -> PhaseText {
    let text = |word, next: String| PhaseText {
        word,
        next,
        left: None,
    };
    match &view.feed {
        FeedState::Up { .. } => game_text(view),
        FeedState::Stale { .. } => text("STALE", "the server says nothing".to_owned()),
        FeedState::Connecting { attempt } => text("CONNECTING", format!("attempt {attempt}")),
        // A browser source has no next try: it waits.
        FeedState::Down { why, next_try_in } if next_try_in.is_zero() => {
            text("OFFLINE", why.to_string())
        }
        FeedState::Down { next_try_in, .. } => {
            let wait = std_seconds(*next_try_in);
            text("OFFLINE", format!("tries again after {wait}"))
        }
        FeedState::Stopped => text("STOPPED", String::new()),
    }
}

fn game_text(view: &View) -> PhaseText {
    let millis = view.countdown_millis.unwrap_or(0);
    let millis = millis.clamp(0, COUNTDOWN_MILLIS);
    let countdown = |words: &str, millis: i64, whole: i64| {
        let left = seconds(Duration::milliseconds(millis));
        let ticks = |millis: i64| f32::from(i16::try_from(millis).unwrap_or(i16::MAX));
        (
            format!("{words} {left}"),
            Some(ticks(millis) / ticks(whole)),
        )
    };
    let (word, (next, left)) = match view.phase {
        Phase::Unknown => ("WAITING", ("for the first update".to_owned(), None)),
        Phase::Cooldown => {
            let to_presale = (millis - PRESALE_MILLIS).max(0);
            let whole = COUNTDOWN_MILLIS - PRESALE_MILLIS;
            ("COOLDOWN", countdown("presale in", to_presale, whole))
        }
        // A paused replay has no countdown.
        Phase::Presale if view.countdown_millis.is_none() => ("PRESALE", (String::new(), None)),
        Phase::Presale => ("PRESALE", countdown("starts in", millis, PRESALE_MILLIS)),
        Phase::Active => {
            let tick = view.tick;
            let tick = tick.map_or(String::new(), |tick| format!("tick {tick}"));
            ("ACTIVE", (tick, None))
        }
        Phase::Rugged => {
            let tick = view.series.rug_tick.or(view.tick);
            let tick = tick.map_or(String::new(), |tick| format!("at tick {tick}"));
            ("RUGGED", (tick, None))
        }
    };
    PhaseText { word, next, left }
}

/// Draws the bar.
pub fn phase_bar_ui(ui: &mut egui::Ui, view: &View) {
    let theme = Theme::of(ui);
    let PhaseText { word, next, left } = phase_text(view);
    let colour = match view.phase {
        _ if !is_up(view) => theme.amber,
        Phase::Rugged => theme.loss,
        Phase::Active => theme.text,
        Phase::Presale => theme.accent,
        Phase::Cooldown | Phase::Unknown => theme.quiet,
    };
    ui.horizontal(|ui| {
        let word = egui::RichText::new(word).size(18.0).strong();
        ui.colored_label(colour, word);
        ui.label(digits(next, 15.0));
        if let Some(left) = left {
            let width = (ui.available_width() * 0.4).clamp(60.0, 320.0);
            let bar = egui::ProgressBar::new(left)
                .desired_width(width)
                .desired_height(2.0 * GRID)
                .fill(colour);
            ui.add(bar);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            game_id_ui(ui, view, theme);
        });
    });
    price_ui(ui, view, theme);
}

fn is_up(view: &View) -> bool {
    matches!(view.feed, FeedState::Up { .. })
}

fn game_id_ui(ui: &mut egui::Ui, view: &View, theme: Theme) {
    let Some(id) = &view.game_id else { return };
    let label = truncated_ui(ui, theme.quiet, small(id.to_string()));
    if let Some(hash) = &view.series.hash {
        let hash: String = hash.chars().take(64).collect();
        label.on_hover_text(format!("Commitment to the seed of this game:\n{hash}"));
    }
}

fn price_ui(ui: &mut egui::Ui, view: &View, theme: Theme) {
    ui.horizontal(|ui| {
        if view.game_id == view.series.game_id {
            newest_price_ui(ui, view, theme);
        } else {
            // The next game has no tick yet: its price is the one at the start.
            ui.colored_label(theme.quiet, digits(multiplier(1.0), 26.0).strong());
            let last = view.series.newest().map(|(_, price)| multiplier(price));
            let text = last.map_or("at the start".to_owned(), |last| {
                format!("at the start · the game before ended at {last}")
            });
            ui.colored_label(theme.quiet, digits(text, 12.0));
        }
        if view.holes > 0 {
            ui.colored_label(theme.amber, format!("{} ticks missing", view.holes));
        }
        // The drift is here so that the top bar keeps its height.
        let drift = view
            .trader
            .as_ref()
            .and_then(|trader| trader.drift.as_ref());
        if let Some(badge) = drift {
            let words = format!("⚠ {}", drift_text(badge));
            truncated_ui(ui, theme.amber, &words).on_hover_text(words);
        }
    });
}

fn newest_price_ui(ui: &mut egui::Ui, view: &View, theme: Theme) {
    let newest = view.series.newest();
    let price = newest.map_or("–".to_owned(), |(_, price)| multiplier(price));
    let colour = if !is_up(view) {
        // The price is old.
        theme.quiet
    } else if view.series.rug_tick.is_some() {
        theme.loss
    } else {
        theme.text
    };
    ui.colored_label(colour, digits(price, 26.0).strong());
    if let Some((tick, peak)) = view.series.peak() {
        let text = format!("▲ peak {} at tick {tick}", multiplier(peak));
        ui.colored_label(theme.quiet, digits(text, 12.0));
    }
}
