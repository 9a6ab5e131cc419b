//! The card of the session: its sums and its curve.

use egui::{Align, Color32, Layout, Role, Sense, Ui, WidgetInfo, vec2};
use rust_decimal::Decimal;

use super::BottomContext;
use super::curve::curve_ui;
use crate::account::{SessionSums, Statistics};
use crate::engine::View;
use crate::game::Time;
use crate::ui::degraded::decoration_notice;
use crate::ui::format::{count, short_clock, signed};
use crate::ui::page_part::PageAction;
use crate::ui::session_clock::SessionClock;
use crate::ui::theme::Theme;
use crate::ui::theme::role::{CAPTION, MONEY, STRONG};
use crate::ui::widgets::{fitting_amounts, line_galley, paint_line, replay_link_ui, truncated_ui};

/// Space left and right of the content.
const PADDING: f32 = 12.0;
/// Gap between two tiles.
const TILE_GAP: f32 = 4.0;
/// Height of a tile.
const TILE: f32 = 36.0;

/// A tile of the card.
struct Tile {
    label: &'static str,
    value: String,
    colour: Color32,
    tip: String,
}

/// Draws title, tiles and curve. Without a height there is no title.
pub fn session_ui(
    ui: &mut Ui,
    view: &View,
    title_height: Option<f32>,
    context: &BottomContext<'_>,
    actions: &mut Vec<PageAction>,
) {
    let inside = ui.max_rect().shrink2(vec2(PADDING, 0.0));
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(inside));
    let ui = &mut ui;
    ui.spacing_mut().item_spacing.y = 0.0;
    if let Some(height) = title_height {
        let size = vec2(ui.available_width(), height);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_height(height);
            ui.label(STRONG.text(title(view)));
            replay_ui(ui, view, context.now, actions);
        });
    }
    let (results, sums) = (context.results, context.sums);
    let theme = Theme::of(ui);
    tiles_ui(ui, || tiles(view, results, &sums, &theme));
    ui.add_space(4.0);
    let curve = &view.session.curve;
    let notice = decoration_notice(view, "Session curve");
    curve_ui(ui, curve, sums.session, notice);
}

/// Returns the title, as `Session since 17:41`.
fn title(view: &View) -> String {
    let since = view.session.start.map(short_clock);
    since.map_or("Session".to_owned(), |at| format!("Session since {at}"))
}

/// Draws the link to the replay of the session at the right, and the session clock before it.
pub fn replay_ui(ui: &mut Ui, view: &View, now: Time, actions: &mut Vec<PageAction>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if !view.actions.is_empty() && replay_link_ui(ui, "Replay session").clicked() {
            actions.push(PageAction::ReplaySession);
        }
        if let Some(clock) = SessionClock::of(view, now) {
            ui.add_space(4.0);
            let quiet = Theme::of(ui).quiet;
            let line = fitting_amounts(ui, CAPTION, ui.available_width(), || clock.line());
            truncated_ui(ui, quiet, CAPTION.text(line)).on_hover_text(clock.tip());
        }
    });
}

fn tiles(view: &View, results: &Statistics, sums: &SessionSums, theme: &Theme) -> Vec<Tile> {
    let running = view.game_id.as_ref().filter(|id| {
        let mut seen = view.games.iter().rev();
        !seen
            .find(|seen| seen.game_id == **id)
            .is_some_and(|seen| seen.ended)
    });
    // The running game has no result yet.
    let over = results
        .games
        .iter()
        .filter(|game| Some(&game.game_id) != running);
    let won = over.clone().filter(|game| game.pnl > Decimal::ZERO).count();
    let best = over.clone().map(|game| game.pnl).max();
    let drawdown = -view.session.curve.drawdown();
    let (trades, sidebets) = (results.trades, results.sidebets);
    let scores = format!(
        "{} · {} won\n{} · {} won",
        count(trades.n(), "trade"),
        trades.won,
        count(sidebets.n(), "sidebet"),
        sidebets.won
    );
    let money = |label, value: Decimal, tip: &str| Tile {
        label,
        value: signed(value),
        colour: theme.money(value),
        tip: format!("{value} SOL\n{tip}"),
    };
    let drifted = !sums.unexplained.is_zero() || !view.session.drifts.is_empty();
    // Five tiles are narrower.
    let fall = if drifted { "Drawdown" } else { "Max drawdown" };
    let mut tiles = vec![
        money(
            "Result",
            sums.session,
            "With what is open at the newest price",
        ),
        Tile {
            label: "Games won",
            value: format!("{won} / {}", over.clone().count()),
            colour: theme.text,
            tip: scores,
        },
        best.map_or_else(
            || Tile {
                label: "Best game",
                value: "–".to_owned(),
                colour: theme.faint,
                tip: "No game is over yet".to_owned(),
            },
            |best| money("Best game", best, "Of the games that are over"),
        ),
        money(fall, drawdown, "The largest fall below an earlier result"),
    ];
    if drifted {
        tiles.push(Tile {
            colour: theme.amber,
            ..money(
                "Unexplained",
                sums.unexplained,
                "What drifts changed: your orders do not explain it",
            )
        });
    }
    tiles
}

fn tiles_ui(ui: &mut Ui, write: impl Fn() -> Vec<Tile>) {
    let (theme, tiles) = (Theme::of(ui), write());
    let gaps = TILE_GAP * tiles.iter().skip(1).map(|_| 1.0).sum::<f32>();
    let share: f32 = tiles.iter().map(|_| 1.0).sum();
    let width = (ui.available_width() - gaps) / share;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = TILE_GAP;
        for (place, tile) in tiles.iter().enumerate() {
            let (rect, response) = ui.allocate_exact_size(vec2(width, TILE), Sense::hover());
            let label = line_galley(ui, &[(CAPTION, tile.label, theme.quiet)], 0.0, width);
            let value = fitting_amounts(ui, MONEY, width, || write()[place].value.clone());
            let value = line_galley(ui, &[(MONEY, &value, tile.colour)], 0.0, width);
            paint_line(ui.painter(), rect.left_top() + vec2(0.0, 8.0), label);
            paint_line(ui.painter(), rect.left_top() + vec2(0.0, 26.0), value);
            let name = format!("{} {}", tile.label, tile.value);
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
            response.on_hover_text(&tile.tip);
        }
    });
}
