//! The texts of rows and drifts: in the table, in full on hover, and as copied. Pure.

use rust_decimal::Decimal;

use crate::account::{Action, ActionKind, ActionSource, ActionStatus, Drift, DriftField};
use crate::game::Time;
use crate::ui::drift_text::server_minus_ours;
use crate::ui::format::{NO_VALUE, escaped, exact_multiplier, sol};

/// Returns an amount in SOL, if there is one.
pub fn amount_text(amount: Option<Decimal>) -> String {
    amount.map_or(NO_VALUE.to_owned(), sol)
}

/// Returns what a row did, as `BUY 0.0100 at 1.20x`.
pub fn describe_action(row: &Action) -> String {
    let amount = amount_text(row.amount);
    let verb = verb(row);
    match row.action {
        ActionKind::Buy | ActionKind::Sell | ActionKind::Liquidated => {
            format!("{verb} {amount} at {}", price_text(row))
        }
        _ => format!("{verb} {amount}"),
    }
}

/// Returns the verb of a row, as `SELL 25 %`.
pub fn verb(row: &Action) -> String {
    match row.action {
        ActionKind::Buy => "BUY".to_owned(),
        ActionKind::Sell => row.sell_percent.map_or("SELL".to_owned(), |share| {
            format!("SELL {} %", share.normalize())
        }),
        ActionKind::SidebetPlace => "SIDEBET".to_owned(),
        ActionKind::SidebetWin => "SIDEBET WON".to_owned(),
        ActionKind::SidebetLose => "SIDEBET LOST".to_owned(),
        ActionKind::Liquidated => "RUGGED".to_owned(),
    }
}

/// Returns the price of a row, for a sidebet its window.
pub fn price_text(row: &Action) -> String {
    match row.action {
        ActionKind::SidebetPlace => format!("{} ticks", crate::account::SIDEBET_WINDOW),
        ActionKind::SidebetWin | ActionKind::SidebetLose => NO_VALUE.to_owned(),
        _ => {
            let price = row.executed_price.or(row.price);
            price.map_or(NO_VALUE.to_owned(), exact_multiplier)
        }
    }
}

/// Returns the milliseconds from the press to the news of its effect, between the times of the file, so that a replay
/// says the same; `None` for a result.
pub fn delay_millis(row: &Action) -> Option<i64> {
    let confirmed = row.confirmed_at.filter(|_| row.action.is_order())?;
    let took = confirmed.timestamp_millis() - row.timestamp.timestamp_millis();
    Some(took.max(0))
}

/// Returns a delay as the table shows it.
pub fn millis_text(millis: i64) -> String {
    match millis {
        0 => "<1".to_owned(),
        _ => millis.to_string(),
    }
}

/// Returns why a row has no effect; `None` if it has.
pub fn trouble(row: &Action) -> Option<String> {
    let reason = row.reason.as_deref().unwrap_or_default();
    // The reason begins with the order's own text, which the row shows already.
    let reason = reason.split_once(": ").map_or(reason, |(_, why)| why);
    match row.status {
        ActionStatus::Confirmed => None,
        ActionStatus::Pending => Some("sent, no answer yet".to_owned()),
        ActionStatus::Refused => Some(format!("refused: {}", escaped(reason))),
        ActionStatus::Unknown if reason.is_empty() => Some("no answer came".to_owned()),
        ActionStatus::Unknown => Some(escaped(reason)),
    }
}

/// Returns the tick at which a row took effect, or was pressed.
pub fn tick_of(row: &Action) -> crate::protocol::Tick {
    row.executed_tick.unwrap_or(row.tick)
}

/// Returns everything about a row, with exact values and in UTC.
pub fn row_tip(row: &Action) -> String {
    let exact =
        |value: Option<Decimal>| value.map_or(NO_VALUE.to_owned(), |value| value.to_string());
    let mut lines = vec![
        format!("{} UTC", utc(row.timestamp)),
        format!("{} {} SOL", verb(row), exact(row.amount)),
    ];
    if row.action.is_order() {
        lines.push(format!(
            "Pressed at tick {}, {}x",
            row.tick,
            exact(row.price)
        ));
    }
    if let Some(tick) = row.executed_tick {
        lines.push(format!(
            "Executed at tick {tick}, {}x",
            exact(row.executed_price)
        ));
    }
    if let Some(pnl) = row.pnl {
        lines.push(format!("P&L {pnl} SOL"));
    }
    lines.push(format!("Balance after it {} SOL", exact(row.balance_after)));
    match row.source {
        ActionSource::Auto => lines.push("Sold by auto-sell".to_owned()),
        ActionSource::Piano => lines.push("Pressed by the piano".to_owned()),
        _ => {}
    }
    lines.extend(trouble(row));
    lines.join("\n")
}

/// Returns a row for the clipboard: its cells with exact values, separated by tabs.
pub fn copied_row(row: &Action) -> String {
    let exact = |value: Option<Decimal>| value.map_or(String::new(), |value| value.to_string());
    let millis = delay_millis(row).map_or(String::new(), |millis| millis.to_string());
    [
        format!("{}Z", utc(row.timestamp)),
        row.game_id.to_string(),
        tick_of(row).to_string(),
        verb(row),
        exact(row.amount),
        exact(row.executed_price.or(row.price)),
        exact(row.pnl),
        exact(row.balance_after),
        millis,
    ]
    .join("\t")
}

/// Returns what a drift did to the wallet, in SOL; `None` for tokens and average cost.
pub fn drift_amount(drift: &Drift) -> Option<Decimal> {
    let is_known = drift.field == DriftField::Balance && drift.server.is_some();
    is_known.then(|| server_minus_ours(drift.server, drift.local))
}

/// Returns what happened in a drift, and what follows.
pub fn drift_text(drift: &Drift) -> String {
    let server = amount_text(drift.server);
    match (drift.field, drift_amount(drift)) {
        (DriftField::Balance, Some(amount)) if amount < Decimal::ZERO => {
            "server took it, using its balance".to_owned()
        }
        (DriftField::Balance, _) => "server added it, using its balance".to_owned(),
        (DriftField::Position, _) => format!("server shows {server} tokens, using them"),
        (DriftField::EntryPrice, _) => format!("server's average cost {server}x, using it"),
    }
}

/// Returns everything about a drift, with exact values and in UTC.
pub fn drift_tip(drift: &Drift) -> String {
    let exact =
        |value: Option<Decimal>| value.map_or(NO_VALUE.to_owned(), |value| value.to_string());
    let ended = drift
        .cleared_at
        .map_or("lasts".to_owned(), |at| format!("until {} UTC", utc(at)));
    format!(
        "{} UTC, {ended}\n{}: {} in Pianola, {} at the server",
        utc(drift.at),
        drift.field.as_str().replace('_', " "),
        exact(drift.local),
        exact(drift.server)
    )
}

fn utc(at: Time) -> impl std::fmt::Display {
    at.format("%Y-%m-%d %H:%M:%S%.3f")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{GameId, number};

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    fn sell() -> Action {
        let game = GameId::new("g").expect("an id");
        let at = Time::from_timestamp_millis(1_700_000_000_123).expect("a time");
        Action {
            tick: 251,
            amount: Some(d("0.027912345")),
            price: Some(d("1.6")),
            sell_percent: Some(d("25.0")),
            executed_tick: Some(252),
            executed_price: Some(d("1.6234")),
            pnl: Some(d("0.0029")),
            balance_after: Some(d("0.8862")),
            confirmed_at: Some(at + chrono::Duration::milliseconds(2)),
            status: ActionStatus::Confirmed,
            ..Action::new(ActionKind::Sell, ActionSource::Auto, game, at)
        }
    }

    #[test]
    fn a_row_is_exact_on_hover_and_copied() {
        let row = sell();
        assert_eq!(
            row_tip(&row),
            "2023-11-14 22:13:20.123 UTC\nSELL 25 % 0.027912345 SOL\nPressed at tick 251, 1.6x\n\
             Executed at tick 252, 1.6234x\nP&L 0.0029 SOL\nBalance after it 0.8862 SOL\nSold by auto-sell"
        );
        let piano = Action {
            source: ActionSource::Piano,
            ..sell()
        };
        assert!(row_tip(&piano).ends_with("\nPressed by the piano"));
        assert_eq!(
            copied_row(&row),
            "2023-11-14 22:13:20.123Z\tg\t252\tSELL 25 %\t0.027912345\t1.6234\t0.0029\t0.8862\t2"
        );
        assert_eq!(delay_millis(&row).map(millis_text), Some("2".to_owned()));
        assert_eq!(millis_text(0), "<1");
    }

    #[test]
    fn a_row_without_effect_says_why_once() {
        let mut row = sell();
        assert_eq!(trouble(&row), None);
        row.status = ActionStatus::Refused;
        row.reason = Some("sell 25 %: Nothing to sell".to_owned());
        assert_eq!(trouble(&row), Some("refused: Nothing to sell".to_owned()));
        row.status = ActionStatus::Unknown;
        row.reason = None;
        assert_eq!(trouble(&row), Some("no answer came".to_owned()));
    }

    #[test]
    fn a_drift_says_what_the_server_did() {
        let mut drift = Drift {
            at: Time::UNIX_EPOCH,
            game_id: None,
            tick: None,
            field: DriftField::Balance,
            local: Some(d("0.8662")),
            server: Some(d("0.8562")),
            diff: d("0.01"),
            cleared_at: None,
            after_seq: 0,
        };
        assert_eq!(drift_amount(&drift), Some(d("-0.01")));
        assert_eq!(drift_text(&drift), "server took it, using its balance");
        drift.server = Some(d("0.9"));
        assert_eq!(drift_text(&drift), "server added it, using its balance");
        drift.field = DriftField::Position;
        assert_eq!(drift_amount(&drift), None);
        assert_eq!(drift_text(&drift), "server shows 0.9000 tokens, using them");
    }
}
