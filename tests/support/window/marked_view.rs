//! A game with one mark of each kind on it.

use std::sync::Arc;

use pianola::account::ActionKind;
use pianola::engine::View;

use crate::support::window::made_view::done;

/// What the player did, so that each kind of mark is in sight: entries, exits with gain and loss, sidebets.
pub fn marked(mut view: View) -> View {
    let ticks = u32::try_from(view.series.prices.len()).unwrap();
    let at = |share: u32| ticks * share / 100;
    let first = done(&view, 0, ActionKind::Buy, at(56)).price;
    let both = done(&view, 0, ActionKind::Buy, at(60)).price;
    let mut rows = vec![
        (ActionKind::Buy, at(56), first, 0),
        (ActionKind::SidebetPlace, at(60), first, 0),
        (ActionKind::Buy, at(66), both, 0),
        (ActionKind::SidebetLose, at(75), both, 0),
        (ActionKind::Sell, at(80), both, 124),
        (ActionKind::Sell, at(84), both, -21),
        (ActionKind::SidebetPlace, at(96), both, 0),
    ];
    if view.series.rug_tick.is_some() {
        rows.push((ActionKind::SidebetWin, ticks - 1, None, 400));
        rows.push((ActionKind::Liquidated, ticks - 1, None, -98));
    }
    let rows = (1..).zip(rows).map(|(seq, (kind, tick, cost, pnl))| {
        let mut row = done(&view, seq, kind, tick);
        row.entry_price = cost;
        row.pnl = (pnl != 0).then(|| rust_decimal::Decimal::new(pnl, 4));
        row
    });
    view.actions = Arc::new(rows.collect());
    view
}
