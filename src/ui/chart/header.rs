//! The multiplier block in the top left of the chart: phase, tick, game, and the price with its direction.

use chrono::{DateTime, Utc};
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, Layout, Rect, Response, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::phase_text::{PhaseText, phase_text};
use crate::engine::{PriceSeries, SeenGame, View};
use crate::feed::FeedState;
use crate::game::Phase;
use crate::protocol::Tick;
use crate::ui::format::{count, game_name, multiplier};
use crate::ui::hints::Spot;
use crate::ui::layout::Breakpoint;
use crate::ui::theme::{Theme, role};
use crate::ui::widgets::{Icon, PhaseTone, phase_pill_ui, truncated_ui};

/// Ticks of a second of a game.
const SECOND: Tick = 4;
/// Below this height a plot is low.
const LOW_PLOT: f32 = 340.0;
/// Space before the block and above it.
const LEFT: f32 = 16.0;
const TOP: f32 = 12.0;

/// Returns by how much the price changed within the last second of the game, four ticks.
pub fn change_in_a_second(series: &PriceSeries) -> Option<f64> {
    let (tick, price) = series.newest()?;
    let before = tick.checked_sub(SECOND)?;
    let before = (*series.prices.get(before as usize)?)?;
    Some(price - before)
}

/// Returns the colour of a price by its direction, and the arrow.
pub fn direction(view: &View, theme: &Theme) -> (Color32, Option<Icon>) {
    let up = matches!(view.feed, FeedState::Up { .. });
    if !up {
        // The price is old.
        return (theme.quiet, None);
    }
    if view.series.rug_tick.is_some() {
        return (theme.loss, Some(Icon::Sell));
    }
    match change_in_a_second(&view.series) {
        None => (theme.text, None),
        Some(change) if is_flat(change) => (theme.text, None),
        Some(change) if change > 0.0 => (theme.gain, Some(Icon::Buy)),
        Some(_) => (theme.loss, Some(Icon::Sell)),
    }
}

/// What the block shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderForm {
    /// Phase, game and price.
    Price,
    /// Phase and game of the game on the chart; something else is larger: the card of a rug.
    Game,
    /// The last game, during the presale of the next one.
    LastGame,
}

impl HeaderForm {
    /// Returns the height that the prices leave free for the block.
    pub fn height(self, breakpoint: Breakpoint, plot_height: f32) -> f32 {
        match self {
            Self::Price if breakpoint == Breakpoint::Tight => 80.0,
            Self::Price => multiplier_size(breakpoint, plot_height) + 48.0,
            Self::Game | Self::LastGame => 48.0,
        }
    }
}

/// Returns the size of the multiplier. In a low plot the prices need the room more.
fn multiplier_size(breakpoint: Breakpoint, plot_height: f32) -> f32 {
    let size: f32 = breakpoint.pick([40.0, 56.0, 64.0, 64.0]);
    if plot_height < LOW_PLOT {
        size.min(48.0)
    } else {
        size
    }
}

/// What the block shows in a replay, in addition to the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedGame {
    /// The name of the game: `Game 4 of 10, 21:26`.
    pub name: String,
    /// The last tick of the game; `None` while what comes next is hidden.
    pub last_tick: Option<Tick>,
}

/// Draws the block in the upper left of the card.
pub fn header_ui(
    ui: &mut Ui,
    view: &View,
    now: DateTime<Utc>,
    replayed: Option<&ReplayedGame>,
    form: HeaderForm,
    breakpoint: Breakpoint,
    room: Rect,
) {
    let theme = Theme::of(ui);
    let tight = breakpoint == Breakpoint::Tight;
    let corner = room.min + vec2(LEFT, if tight { TOP - 4.0 } else { TOP });
    let row = Rect::from_min_max(corner, pos2(room.right(), corner.y + 24.0));
    let layout = Layout::left_to_right(Align::Center);
    let mut line = ui.new_child(
        UiBuilder::new()
            .id_salt("phase")
            .max_rect(row)
            .layout(layout),
    );
    line.spacing_mut().item_spacing.x = 10.0;
    line.shrink_clip_rect(row);
    if form == HeaderForm::LastGame {
        last_game_ui(&mut line, view, theme, tight);
    } else {
        phase_ui(&mut line, view, now, replayed, theme, tight);
    }
    let mut block = line.min_rect();
    if form == HeaderForm::Price {
        let size = multiplier_size(breakpoint, room.height());
        let at = corner + vec2(0.0, if tight { 24.0 } else { 28.0 });
        block = block.union(price_ui(ui, view, theme, at, size, tight));
    }
    Spot::BesideHeader.note(
        ui.ctx(),
        room.with_min_x(block.right()).with_max_y(block.bottom()),
    );
}

fn phase_ui(
    ui: &mut Ui,
    view: &View,
    now: DateTime<Utc>,
    replayed: Option<&ReplayedGame>,
    theme: Theme,
    tight: bool,
) {
    let PhaseText { word, next, .. } = phase_text(view, now);
    let up = matches!(view.feed, FeedState::Up { .. });
    let tone = match view.phase {
        _ if replayed.is_some() => PhaseTone::Replay,
        _ if !up => PhaseTone::Stale,
        Phase::Presale => PhaseTone::Presale,
        Phase::Active => PhaseTone::Active,
        Phase::Rugged => PhaseTone::Rugged,
        Phase::Cooldown | Phase::Unknown => PhaseTone::Quiet,
    };
    let pill = phase_pill_ui(ui, word, tone);
    announce(&pill, view);
    let next = match replayed {
        Some(ReplayedGame {
            last_tick: Some(last),
            ..
        }) if view.tick.is_some() => {
            let number = if tight {
                next.trim_start_matches("tick ")
            } else {
                &next
            };
            format!("{number} / {last}")
        }
        // The number only: `tick 286`, `presale in 0.6 s`.
        _ if tight => match next.rsplit_once("tick ").or(next.rsplit_once(" in ")) {
            Some((_, number)) => number.to_owned(),
            None => String::new(),
        },
        _ => next,
    };
    let font = role::TABLE_MONO;
    if !next.is_empty() {
        truncated_ui(ui, theme.quiet, font.text(next));
    }
    if view.holes > 0 {
        let missing = format!("{} missing", count(view.holes, "tick"));
        truncated_ui(ui, theme.amber, font.text(missing));
    }
    // Without room the game is on the hover text of the pill only.
    let game = replayed.map(|game| game.name.clone());
    let game = game.or_else(|| shown_game(view).map(|game| game_name(game.start)));
    if view.game_id != view.series.game_id || view.game_id.is_none() {
        return;
    }
    if tight {
        game_id_ui(ui, view, &pill);
    } else {
        ui.add_space(6.0);
        let game = truncated_ui(
            ui,
            theme.quiet,
            font.text(game.unwrap_or_else(|| "Game".to_owned())),
        );
        game_id_ui(ui, view, &game);
    }
}

/// Returns the game on the chart, if the program saw its start.
fn shown_game(view: &View) -> Option<&SeenGame> {
    view.seen_game(view.series.game_id.as_ref()?)
}

/// Marks the phase: a screen reader reads it aloud when it changes, and describes it by the id of the game.
pub fn announce(response: &Response, view: &View) {
    let ctx = &response.ctx;
    ctx.accesskit_node_builder(response.id, |node| {
        node.set_live(egui::accesskit::Live::Polite);
        if let Some(id) = &view.game_id {
            node.set_description(id.to_string());
        }
    });
}

/// Shows the id of the game on hover; a click copies it.
fn game_id_ui(ui: &Ui, view: &View, label: &Response) {
    let Some(id) = &view.game_id else { return };
    // Not by Tab: a label that asks for the focus loses it in the next frame.
    let label = label.interact(Sense::CLICK);
    if label.clicked() {
        ui.copy_text(id.to_string());
    }
    let hash = view.series.hash.as_ref();
    let hash: String = hash.map_or(String::new(), |hash| hash.chars().take(64).collect());
    label.on_hover_ui(|ui| {
        ui.label(role::TABLE_MONO.text(id.to_string()));
        if !hash.is_empty() {
            ui.label("Commitment to the seed of this game");
            ui.label(role::TABLE_MONO.text(hash));
        }
        ui.colored_label(Theme::of(ui).quiet, "Click to copy the id");
    });
}

fn last_game_ui(ui: &mut Ui, view: &View, theme: Theme, tight: bool) {
    let series = &view.series;
    let Some((tick, _)) = series.newest() else {
        phase_pill_ui(ui, "First game", PhaseTone::Quiet);
        return;
    };
    let time = shown_game(view).filter(|_| !tight);
    let time = time.map(|game| game_name(game.start));
    let time = time.as_deref().and_then(|name| name.strip_prefix("Game "));
    let name = time.map_or("Last game".to_owned(), |time| format!("Last game {time}"));
    phase_pill_ui(ui, &name, PhaseTone::Quiet);
    let tick = series.rug_tick.unwrap_or(tick);
    let peak = series.peak().map(|(_, peak)| multiplier(peak));
    let [short, long] = last_game_texts(tick, peak);
    let text = if tight { short } else { long.clone() };
    truncated_ui(ui, theme.quiet, role::TABLE_MONO.text(text)).on_hover_text(long);
}

/// Returns how the last game ended, in a few letters and as a sentence.
fn last_game_texts(tick: Tick, peak: Option<String>) -> [String; 2] {
    let tail = peak.as_ref().map(|peak| format!(", peak {peak}"));
    let long = format!("rugged at tick {tick}{}", tail.unwrap_or_default());
    [peak.unwrap_or_default(), long]
}

/// Draws the price with its direction. Returns where it is.
fn price_ui(
    ui: &mut Ui,
    view: &View,
    theme: Theme,
    at: egui::Pos2,
    size: f32,
    tight: bool,
) -> Rect {
    let newest = view
        .series
        .newest()
        .filter(|_| view.game_id == view.series.game_id);
    let text = newest.map_or("–".to_owned(), |(_, price)| multiplier(price));
    let (colour, arrow) = if newest.is_some() {
        direction(view, &theme)
    } else {
        (theme.quiet, None)
    };
    let role = role::MULTIPLIER.sized(size);
    let mut job = LayoutJob::default();
    let format = TextFormat {
        font_id: role.font(),
        color: colour,
        extra_letter_spacing: -size / 32.0,
        line_height: Some(role.line),
        ..TextFormat::default()
    };
    job.append(&text, 0.0, format);
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let rect = Rect::from_min_size(at, galley.size());
    let response = ui.interact(rect, ui.scope_id().with("multiplier"), Sense::hover());
    let change = change_in_a_second(&view.series).filter(|_| newest.is_some());
    let change = change.map(|change| format!("{} in 1 s", change_text(change)));
    let direction = match arrow {
        Some(Icon::Buy) => " ▲",
        Some(_) => " ▼",
        None => "",
    };
    let name = format!(
        "{text}{direction} {}",
        change.as_deref().unwrap_or_default()
    );
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, name.trim_end()));
    if let Some(price) = view.price {
        response.on_hover_text(format!("{}x", price.normalize()));
    }
    ui.painter().galley(rect.min, galley, colour);
    let mut drawn = rect;
    let right = rect.right() + 12.0 - size / 32.0;
    if let Some(arrow) = arrow {
        // The change of a second is below it.
        let y = if tight {
            rect.center().y + 2.0
        } else {
            rect.bottom() - 36.0
        };
        let place = Rect::from_center_size(pos2(right + 8.0, y), vec2(16.0, 16.0));
        arrow.paint(ui.painter(), place, if tight { 14.0 } else { 18.0 }, colour);
        drawn = drawn.union(place);
    }
    if let Some(change) = change.filter(|_| !tight && view.series.rug_tick.is_none()) {
        let bottom = pos2(right, rect.bottom() - 8.0);
        let font = role::TABLE_MONO.font();
        let anchor = egui::Align2::LEFT_BOTTOM;
        let painted = ui.painter().text(bottom, anchor, change, font, theme.quiet);
        drawn = drawn.union(painted);
    }
    drawn
}

/// Returns a difference of two multipliers with its sign and two decimals. Zero has no sign.
fn change_text(change: f64) -> String {
    let sign = match change {
        _ if is_flat(change) => "",
        _ if change < 0.0 => "−",
        _ => "+",
    };
    format!("{sign}{:.2}", change.abs())
}

/// Whether a change is zero with two decimals.
fn is_flat(change: f64) -> bool {
    change.abs() < 0.005
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_window_has_the_peak_of_the_last_game_only() {
        let texts = last_game_texts(426, Some("6.01x".to_owned()));
        assert_eq!(texts, ["6.01x", "rugged at tick 426, peak 6.01x"]);
        assert_eq!(last_game_texts(426, None), ["", "rugged at tick 426"]);
    }

    #[test]
    fn the_change_is_over_four_ticks() {
        let mut series = PriceSeries {
            prices: [1.0, 1.1, 1.2, 1.3, 1.17].map(Some).to_vec(),
            ..PriceSeries::default()
        };
        let change = change_in_a_second(&series).map(change_text);
        assert_eq!(change.as_deref(), Some("+0.17"));
        series.prices[0] = Some(1.18);
        let change = change_in_a_second(&series).map(change_text);
        assert_eq!(change.as_deref(), Some("−0.01"));
        series.prices[0] = None;
        assert_eq!(change_in_a_second(&series), None);
        series.prices.truncate(3);
        assert_eq!(change_in_a_second(&series), None);
    }
}
