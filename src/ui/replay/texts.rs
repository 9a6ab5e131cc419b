//! What a replay is called, and what its presses are said to be.

use crate::account::{Action, ActionKind, ActionStatus};
use crate::game::Phase;
use crate::replay::{Playhead, Timeline, note};
use crate::ui::chart::ReplayedGame;
use crate::ui::format::{clock, date_and_time, game_name, profit, short_clock, sol};
use crate::ui::notices::NoticeLine;
use crate::ui::theme::StatusLevel;

/// Returns what is played, in words.
pub fn title(timeline: &Timeline, is_running: bool) -> String {
    if let Some(session) = timeline.session() {
        let start = session.meta.session_start;
        return if is_running {
            format!("Session since {}", short_clock(start))
        } else {
            format!("Session {}", date_and_time(start))
        };
    }
    let game = timeline.games().next().and_then(|(_, file)| file.ok());
    let start = game.and_then(|file| file.meta.start_time);
    start.map_or("Game".to_owned(), game_name)
}

/// Returns what the chart says of the game; with `hides_future` nothing about what comes after the playhead.
pub fn replayed_game(
    timeline: &Timeline,
    head: Playhead,
    hides_future: bool,
) -> Option<ReplayedGame> {
    let (_, file) = timeline.game(head.game)?;
    let start = file.ok().and_then(|file| file.meta.start_time);
    let start = start.map_or(String::new(), |at| format!(", {}", clock(at)));
    let (game, games) = (head.game + 1, timeline.games().len());
    let of = if games > 1 && !hides_future {
        format!(" of {games}")
    } else {
        String::new()
    };
    let last_tick = timeline.end_of(head.game).tick;
    Some(ReplayedGame {
        name: format!("Game {game}{of}{start}"),
        last_tick: last_tick.filter(|_| !hides_future),
    })
}

/// Returns the tag of a press on the chart, as `SELL 100 % 0.1681`.
pub fn press_tag(row: &Action) -> Option<String> {
    let tag = note(row)?;
    let received = row.amount.filter(|_| row.action == ActionKind::Sell);
    Some(match received {
        Some(amount) => format!("{tag} {}", sol(amount)),
        None => tag,
    })
}

/// Returns the notice of a row: whether the account computes what the file says.
pub fn press_notice(row: &Action, is_equal: bool) -> NoticeLine {
    let what = note(row).unwrap_or_else(|| action_word(row.action).to_owned());
    let tick = row.executed_tick.unwrap_or(row.tick);
    let (level, result) = if is_equal {
        (StatusLevel::Ok, "matches")
    } else {
        (StatusLevel::Warning, "differs from")
    };
    NoticeLine {
        at: row.timestamp,
        level,
        text: format!("{what} at tick {tick} {result} the file."),
        times: 1,
        link: None,
    }
}

/// Returns what a press did, as `pressed at tick 262, profit 0.0681`.
pub fn press_note(row: &Action) -> String {
    let mut words = match row.phase {
        Phase::Presale | Phase::Cooldown => "pressed before the game".to_owned(),
        _ => format!("pressed at tick {}", row.tick),
    };
    if row.status != ActionStatus::Confirmed {
        words.push_str(", not executed");
    } else if let Some(pnl) = row.pnl {
        words = format!("{words}, {}", profit(pnl));
    }
    words
}

pub fn action_word(action: ActionKind) -> &'static str {
    match action {
        ActionKind::Buy => "BUY",
        ActionKind::Sell => "SELL",
        ActionKind::SidebetPlace => "SIDEBET",
        ActionKind::SidebetWin => "SIDEBET WON",
        ActionKind::SidebetLose => "SIDEBET LOST",
        ActionKind::Liquidated => "RUGGED",
    }
}
