//! The phase band: where the game stands, and the seconds to what comes next.

use super::format::{multiplier, seconds};
use super::theme::{GRID, Theme, digits};
use super::top_bar::drift_words;
use crate::engine::View;
use crate::feed::FeedState;
use crate::game::Phase;

/// Length of the settlement and the presale together.
const COUNTDOWN_MILLIS: i64 = 15_000;
/// The presale.
const PRESALE_MILLIS: i64 = 10_000;

/// What the band says.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The phase, as a word.
    pub word: &'static str,
    /// What comes next and when.
    pub next: String,
    /// How much of the countdown is left, 0 to 1; `None` while none runs.
    pub left: Option<f32>,
}

/// Says where the game stands; without a connection, that.
pub fn said(view: &View) -> Said {
    let cut = |word, next: String| Said {
        word,
        next,
        left: None,
    };
    match &view.feed {
        FeedState::Up { .. } => in_game(view),
        FeedState::Stale { .. } => cut("STALE", "the server says nothing".to_owned()),
        FeedState::Connecting { attempt } => cut("CONNECTING", format!("attempt {attempt}")),
        // Through a browser it is not tried again: something is waited for.
        FeedState::Down { why, next_try_in } if next_try_in.is_zero() => {
            cut("OFFLINE", why.to_string())
        }
        FeedState::Down { next_try_in, .. } => {
            let wait = chrono::Duration::from_std(*next_try_in).unwrap_or_default();
            cut("OFFLINE", format!("tries again after {}", seconds(wait)))
        }
        FeedState::Stopped => cut("STOPPED", String::new()),
    }
}

fn in_game(view: &View) -> Said {
    let millis = view
        .countdown_millis
        .unwrap_or(0)
        .clamp(0, COUNTDOWN_MILLIS);
    let in_seconds = |millis: i64| seconds(chrono::Duration::milliseconds(millis));
    let part = |millis: i64, whole: i64| {
        let share = f64::from(i32::try_from(millis).unwrap_or(0))
            / f64::from(i32::try_from(whole).unwrap_or(1));
        #[expect(clippy::cast_possible_truncation, reason = "a share from 0 to 1")]
        Some(share as f32)
    };
    let (word, next, left) = match view.phase {
        Phase::Unknown => ("WAITING", "for the first update".to_owned(), None),
        Phase::Cooldown => {
            let to_presale = (millis - PRESALE_MILLIS).max(0);
            let whole = COUNTDOWN_MILLIS - PRESALE_MILLIS;
            (
                "COOLDOWN",
                format!("presale in {}", in_seconds(to_presale)),
                part(to_presale, whole),
            )
        }
        // A replay that stands still counts nothing.
        Phase::Presale if view.countdown_millis.is_none() => ("PRESALE", String::new(), None),
        Phase::Presale => (
            "PRESALE",
            format!("starts in {}", in_seconds(millis)),
            part(millis, PRESALE_MILLIS),
        ),
        Phase::Active => {
            let tick = view
                .tick
                .map_or(String::new(), |tick| format!("tick {tick}"));
            ("ACTIVE", tick, None)
        }
        Phase::Rugged => {
            let rug = view.series.rug_tick.or(view.tick);
            (
                "RUGGED",
                rug.map_or(String::new(), |tick| format!("at tick {tick}")),
                None,
            )
        }
    };
    Said { word, next, left }
}

/// Draws the band.
pub fn band_ui(ui: &mut egui::Ui, view: &View) {
    let theme = Theme::of(ui);
    let said = said(view);
    let colour = match view.phase {
        _ if !is_up(view) => theme.alert,
        Phase::Rugged => theme.loss,
        Phase::Active => theme.text,
        Phase::Presale => theme.accent_text,
        Phase::Cooldown | Phase::Unknown => theme.quiet,
    };
    ui.horizontal(|ui| {
        ui.label(
            egui::RichText::new(said.word)
                .size(18.0)
                .strong()
                .color(colour),
        );
        ui.label(digits(&said.next, 15.0));
        if let Some(left) = said.left {
            let width = (ui.available_width() * 0.4).clamp(60.0, 320.0);
            let bar = egui::ProgressBar::new(left)
                .desired_width(width)
                .desired_height(2.0 * GRID)
                .fill(colour);
            ui.add(bar);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            game_ui(ui, view, theme);
        });
    });
    price_ui(ui, view, theme);
}

fn is_up(view: &View) -> bool {
    matches!(view.feed, FeedState::Up { .. })
}

fn game_ui(ui: &mut egui::Ui, view: &View, theme: Theme) {
    let Some(id) = &view.game_id else { return };
    // An id is a wire text: it is shown escaped, and only as long as there is room.
    let text = egui::RichText::new(id.to_string())
        .monospace()
        .small()
        .color(theme.quiet);
    let label = ui.add(egui::Label::new(text).truncate());
    if let Some(hash) = &view.series.hash {
        let hash: String = hash.chars().take(64).collect();
        label.on_hover_text(format!("Commitment to the seed of this game:\n{hash}"));
    }
}

fn price_ui(ui: &mut egui::Ui, view: &View, theme: Theme) {
    ui.horizontal(|ui| {
        if view.game_id == view.series.game_id {
            newest_ui(ui, view, theme);
        } else {
            // The next game is on the table, and its price is the one at which it starts.
            ui.label(digits(multiplier(1.0), 26.0).color(theme.quiet).strong());
            let last = view.series.newest().map(|(_, price)| multiplier(price));
            let text = last.map_or("at the start".to_owned(), |last| {
                format!("at the start · the game before ended at {last}")
            });
            ui.label(digits(text, 12.0).color(theme.quiet));
        }
        if view.holes > 0 {
            let text = format!("{} ticks missing", view.holes);
            ui.label(egui::RichText::new(text).color(theme.alert));
        }
        // What drifted stands here: the bar above keeps its height.
        let drift = view
            .trader
            .as_ref()
            .and_then(|trader| trader.drift.as_ref());
        if let Some(badge) = drift {
            let words = format!("⚠ {}", drift_words(badge));
            let label = egui::Label::new(egui::RichText::new(&words).color(theme.alert));
            ui.add(label.truncate()).on_hover_text(words);
        }
    });
}

fn newest_ui(ui: &mut egui::Ui, view: &View, theme: Theme) {
    let newest = view.series.newest();
    let price = newest.map_or("–".to_owned(), |(_, price)| multiplier(price));
    let colour = if !is_up(view) {
        // It is an old one.
        theme.quiet
    } else if view.series.rug_tick.is_some() {
        theme.loss
    } else {
        theme.price
    };
    ui.label(digits(price, 26.0).color(colour).strong());
    if let Some((tick, peak)) = view.series.peak() {
        let text = format!("▲ peak {} at tick {tick}", multiplier(peak));
        ui.label(digits(text, 12.0).color(theme.quiet));
    }
}
