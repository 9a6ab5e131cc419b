//! The title of the window: what a task bar shows while the window is behind others.

use rust_decimal::Decimal;

use super::format::{multiplier, signed};
use crate::engine::View;
use crate::game::Phase;

/// The name of the program, which every title ends with.
pub const APP_NAME: &str = "Pianola";

/// Returns the title: the multiplier, and P&L of this game if the player has something in it (`1.52x +0.0008 · Pianola`).
pub fn window_title(view: Option<&View>, is_replay: bool) -> String {
    let mut words = Vec::new();
    if is_replay {
        words.push("Replay".to_owned());
    }
    if let Some(view) = view {
        let newest = view.series.newest();
        let newest = newest.filter(|_| view.game_id == view.series.game_id);
        words.extend(match newest {
            _ if view.phase == Phase::Presale => Some("Presale".to_owned()),
            Some((_, price)) => Some(multiplier(price)),
            None => None,
        });
        words.extend(game_pnl(view).map(signed));
    }
    if words.is_empty() {
        APP_NAME.to_owned()
    } else {
        format!("{} · {APP_NAME}", words.join(" "))
    }
}

/// Returns P&L of this game; `None` while the player has nothing in it.
pub fn game_pnl(view: &View) -> Option<Decimal> {
    let account = view.trader.as_ref()?.account.as_ref()?;
    let book = account.book();
    let pnl = book.pnl(view.order_price());
    let plays = !book.position.is_flat() || book.sidebet.is_some() || !pnl.is_zero();
    plays.then_some(pnl)
}
