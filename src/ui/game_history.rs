//! The strip of the last games: a pill for each, and the server's figures of the last hundred.

use egui::{Align, Layout, Rect, Response, Stroke, Ui, UiBuilder, Vec2, vec2};
use rust_decimal::Decimal;

use super::degraded::minimal_notice;
use super::format::{clock, count, exact_multiplier, game_name, multiplier, peak, signed};
use super::layout::Breakpoint;
use super::page_part::PageAction;
use super::theme::{GRID, Theme, role};
use super::widgets::{GamePill, pill_ui, truncated_ui};
use crate::account::Statistics;
use crate::engine::{GameHistory, PastGame, SeenGame, View};
use crate::fairness::ProofStatus;
use crate::protocol::number;

/// Height of the strip, by the class of the window width.
pub const STRIP: [f32; 4] = [32.0, 40.0, 40.0, 40.0];
/// Games, by the class of the window width.
const GAMES: [usize; 4] = [6, 6, 8, 12];
/// Size of a pill, so that the strip never shifts.
const PILL: [[f32; 2]; 4] = [[60.0, 20.0], [72.0, 24.0], [72.0, 24.0], [72.0, 24.0]];
/// Length of a bar of a hundred games.
const BAR: f32 = 24.0;

/// Draws the strip. A click on a recorded game replays it.
pub fn game_history_ui(
    ui: &mut Ui,
    view: &View,
    results: &Statistics,
    breakpoint: Breakpoint,
    rect: Rect,
    actions: &mut Vec<PageAction>,
) {
    let theme = Theme::of(ui);
    let line = Stroke::new(1.0, theme.line);
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, line);
    let side = breakpoint.pick([8.0, 12.0, 12.0, 12.0]);
    let inside = rect.shrink2(vec2(side, 0.0));
    let child = |layout: Layout, name: &str| {
        UiBuilder::new()
            .id_salt(name)
            .max_rect(inside)
            .layout(layout)
    };
    let past = &view.past;
    let mut room = ui.new_child(child(Layout::left_to_right(Align::Center), "last games"));
    room.spacing_mut().item_spacing.x = GRID;
    if let Some(notice) = minimal_notice(view, "The last games").filter(|_| !past.games.is_empty())
    {
        truncated_ui(&mut room, theme.quiet, notice);
        return;
    }
    // The figures at the right are measured first: the pills get what is left.
    let mut figures = ui.new_child(child(Layout::right_to_left(Align::Center), "last hundred"));
    if breakpoint >= Breakpoint::Medium {
        figures_ui(&mut figures, theme, past, breakpoint == Breakpoint::Wide);
    }
    let end = figures.min_rect().left().min(inside.right());
    room.set_max_width(end - inside.left());
    room.shrink_clip_rect(rect.with_max_x(end));
    if past.games.is_empty() {
        let text = "The last games appear here, each with its highest multiplier.";
        truncated_ui(&mut room, theme.quiet, role::CAPTION.text(text));
        return;
    }
    if breakpoint > Breakpoint::Tight {
        let caption = role::CAPTION.text("Last games").color(theme.quiet);
        room.label(caption);
        room.add_space(GRID);
    }
    let pill = Vec2::from(breakpoint.pick(PILL));
    // The newest one is the first.
    for game in past.games.iter().rev().take(breakpoint.pick(GAMES)) {
        if room.available_width() < pill.x {
            break;
        }
        let mut own = results.games.iter();
        let own = own.rfind(|own| own.game_id == game.game_id);
        let pnl = own.map(|own| own.pnl);
        let response = game_ui(&mut room, view, game, pnl, pill);
        let recorded = view
            .seen_game(&game.game_id)
            .is_some_and(|seen| seen.recorded);
        if response.clicked() && recorded {
            actions.push(PageAction::ReplayGame(game.game_id.clone()));
        }
    }
}

fn game_ui(
    ui: &mut Ui,
    view: &View,
    game: &PastGame,
    pnl: Option<Decimal>,
    size: Vec2,
) -> Response {
    let price = game.peak.multiplier.map(number::to_f64_lossy);
    let pill = GamePill {
        peak: price.map_or("–".to_owned(), multiplier),
        multiplier: price.unwrap_or(2.0),
        pnl,
    };
    let words = || describe(game, view.seen_game(&game.game_id), pnl);
    pill_ui(ui, &pill, size, || words().join(", ")).on_hover_ui(|ui| {
        for line in words() {
            ui.label(line);
        }
        let id = role::TABLE_MONO.text(game.game_id.to_string());
        ui.colored_label(Theme::of(ui).quiet, id);
    })
}

/// Returns what a past game is: its time and peak, its length, the player's P&L, the proof, and what a click does.
fn describe(game: &PastGame, seen: Option<&SeenGame>, pnl: Option<Decimal>) -> Vec<String> {
    let name = seen.map(|seen| game_name(seen.start));
    let name = name.or_else(|| game.ended.map(|at| format!("Game until {}", clock(at))));
    let name = name.unwrap_or_else(|| "Game".to_owned());
    let ticks = game.ticks.map(|ticks| count(ticks, "tick"));
    let proof = match seen.map(|seen| seen.proof) {
        Some(Some(ProofStatus::Proven)) => "proven",
        Some(Some(ProofStatus::Repaired)) => "proven, with repaired ticks",
        Some(Some(ProofStatus::Mismatch)) => "does not match its seed",
        Some(Some(ProofStatus::Unverifiable) | None) => "not proven",
        None => "not watched, not proven",
    };
    let replay = if seen.is_some_and(|seen| seen.recorded) {
        "click to replay it"
    } else {
        "not recorded"
    };
    let pnl = pnl.map(|pnl| format!("your P&L {}", signed(pnl)));
    [
        Some(format!("{name}, peak {}", peak(game.peak))),
        Some(ticks.unwrap_or_else(|| "length unknown".to_owned())),
        pnl,
        Some(proof.to_owned()),
        Some(replay.to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Draws how many of the last hundred games reached a multiplier, from the right to the left.
fn figures_ui(ui: &mut Ui, theme: Theme, past: &GameHistory, bars: bool) {
    let last = &past.last_100;
    let reached = [
        ("≥100x", last.reached_100x),
        ("≥50x", last.reached_50x),
        ("≥10x", last.reached_10x),
        ("≥2x", last.reached_2x),
    ];
    let known: Vec<_> = reached
        .iter()
        .filter_map(|(name, count)| Some((*name, (*count)?)))
        .collect();
    if known.is_empty() {
        return;
    }
    ui.spacing_mut().item_spacing.x = GRID;
    for (place, (name, count)) in known.iter().enumerate() {
        if place > 0 {
            ui.add_space(2.0 * GRID);
        }
        let share = format!("{count:>2}\u{2009}%");
        ui.label(role::AXIS.text(share));
        if bars {
            let (bar, _) = ui.allocate_exact_size(vec2(BAR, 4.0), egui::Sense::empty());
            ui.painter().rect_filled(bar, 2.0, theme.raised);
            let filled = f32::from(u8::try_from(*count).unwrap_or(100)) / 100.0;
            let done = bar.with_max_x(bar.left() + filled.min(1.0) * BAR);
            ui.painter().rect_filled(done, 2.0, theme.quiet);
        }
        ui.colored_label(theme.quiet, role::AXIS.text(*name));
    }
    ui.add_space(2.0 * GRID);
    let average = last
        .average
        .map(|average| format!("average peak {}", exact_multiplier(average)));
    let highest = past
        .highest_today
        .map(|peak| format!("today's high {}", exact_multiplier(peak)));
    let more: Vec<_> = average.into_iter().chain(highest).collect();
    let caption = ui.colored_label(theme.quiet, role::CAPTION.text("Last 100"));
    if !more.is_empty() {
        caption.on_hover_text(format!("Last 100 games: {}", more.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::Time;
    use crate::protocol::GameId;
    use crate::recording::Peak;

    fn game() -> PastGame {
        PastGame {
            game_id: GameId::new("now").expect("an id"),
            peak: Peak {
                multiplier: Some(Decimal::new(1_492, 2)),
                exact: true,
            },
            ticks: Some(118),
            ended: None,
        }
    }

    #[test]
    fn a_game_says_length_result_proof_and_what_a_click_does() {
        let seen = SeenGame {
            proof: Some(ProofStatus::Proven),
            recorded: true,
            ..SeenGame::new(game().game_id, Time::UNIX_EPOCH)
        };
        let words = describe(&game(), Some(&seen), Some(Decimal::new(-99, 4)));
        let name = game_name(Time::UNIX_EPOCH);
        assert_eq!(
            words.join("; "),
            format!("{name}, peak 14.92x; 118 ticks; your P&L −0.0099; proven; click to replay it")
        );
        let unknown = PastGame {
            ticks: None,
            ..game()
        };
        assert_eq!(
            describe(&unknown, None, None).join("; "),
            "Game, peak 14.92x; length unknown; not watched, not proven; not recorded"
        );
    }
}
