//! The figures of the trade panel. `session = closed games + this game + drift`, so that at any time
//! `wallet + position + stake = start + session`.

use rust_decimal::Decimal;

use crate::account::{Account, Action, ActionKind, ActionStatus, SessionSums};
use crate::protocol::{Tick, number};

/// P&L and wallet at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PanelNumbers {
    /// The open position; `None` without one.
    pub position: Option<PositionNumbers>,
    /// P&L of this game, the position at this price included.
    pub this_game: Decimal,
    /// The part of it that is decided.
    pub closed: Decimal,
    /// P&L of the session; `None` if its start is not known.
    pub session: Option<Decimal>,
    /// The wallet, without position and stake.
    pub balance: Decimal,
}

/// An open position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionNumbers {
    /// Tokens held.
    pub tokens: Decimal,
    /// Average cost, as a multiplier.
    pub average_cost: Decimal,
    /// P&L if it is sold at this price.
    pub pnl: Decimal,
    /// P&L in percent of its cost; sidebets are not in it.
    pub percent: Option<Decimal>,
}

impl PanelNumbers {
    /// Returns the figures of an account at a price. `start_value`: what the account was worth when the session began.
    pub fn of(account: &Account, start_value: Option<Decimal>, price: Decimal) -> Self {
        let book = account.book();
        let (held, paid) = (&book.position, book.position.paid());
        // What the rows realised is only in the unexplained part.
        let realised = Decimal::ZERO;
        let sums = SessionSums::of(account, price, start_value.unwrap_or_default(), realised);
        let (pnl, this_game) = (sums.position, sums.game);
        Self {
            position: held.average_cost().map(|average_cost| PositionNumbers {
                tokens: held.qty(),
                average_cost,
                pnl,
                percent: pnl.saturating_mul(Decimal::ONE_HUNDRED).checked_div(paid),
            }),
            this_game,
            closed: this_game.saturating_sub(pnl),
            session: start_value.map(|_| sums.session),
            balance: account.balance(),
        }
    }
}

/// How far the price went since the position was opened, in percent of the average cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// Ticks since it was opened.
    pub ticks: Tick,
    /// The worst.
    pub worst: f64,
    /// The best.
    pub best: f64,
    /// Now.
    pub now: f64,
}

/// Returns how far the price went while the position of the newest row was held; `None` without a position.
pub fn held(rows: &[Action], prices: &[Option<f64>], average_cost: Decimal) -> Option<Held> {
    let newest = rows.last()?;
    let own = rows
        .iter()
        .rev()
        .filter(|row| row.status == ActionStatus::Confirmed)
        .take_while(|row| row.game_id == newest.game_id)
        .take_while(|row| row.position_qty_after != Some(Decimal::ZERO));
    let buys = own.filter(|row| row.action == ActionKind::Buy);
    let opened = buys.last()?;
    let opened = opened.executed_tick.unwrap_or(opened.tick);
    let cost = number::to_f64_lossy(average_cost);
    let since = prices.get(opened as usize..)?;
    let percent = |price: f64| (price / cost - 1.0) * 100.0;
    let known = || since.iter().flatten().copied().map(percent);
    let now = known().next_back().filter(|now| now.is_finite())?;
    Some(Held {
        ticks: Tick::try_from(since.len())
            .unwrap_or(Tick::MAX)
            .saturating_sub(1),
        worst: known().fold(now, f64::min),
        best: known().fold(now, f64::max),
        now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::AccountEvent;
    use crate::protocol::number::parse;
    use crate::ui::format::{percent, signed, sol};

    fn d(text: &str) -> Decimal {
        parse(text).expect("a decimal")
    }

    /// The game of the mock-up 01: 0.1 SOL bought at 1.4507x, a quarter sold at 1.62x, a sidebet of 0.02 SOL.
    fn mock_up() -> Account {
        let mut account = Account::new(d("0.9583"), []);
        let events = [
            AccountEvent::Buy {
                amount: d("0.1"),
                price: d("1.4507"),
            },
            AccountEvent::Sell {
                percent: d("25"),
                price: d("1.62"),
            },
            AccountEvent::PlaceSidebet {
                stake: d("0.02"),
                tick: 262,
            },
        ];
        for event in events {
            account.apply(&event).expect("possible");
        }
        account
    }

    #[test]
    fn the_numbers_of_the_mock_up_add_up() {
        let account = mock_up();
        let numbers = PanelNumbers::of(&account, Some(Decimal::ONE), d("2.81"));
        let position = numbers.position.expect("a position");
        assert_eq!(sol(position.tokens), "0.0517");
        assert_eq!(position.average_cost.round_dp(2), d("1.45"));
        assert_eq!(signed(position.pnl), "+0.0703");
        assert_eq!(
            position.percent.map(|share| share.round_dp(1)),
            Some(d("93.7"))
        );
        assert!(percent(d("93.7")).starts_with("+93.7"));
        assert_eq!(signed(numbers.this_game), "+0.0732");
        assert_eq!(numbers.closed.round_dp(4), d("0.0029"));
        assert_eq!(numbers.session.map(signed).as_deref(), Some("+0.0315"));
        assert_eq!(sol(numbers.balance), "0.8662");
        let worth = position.tokens * d("2.81");
        let parts = numbers.balance + worth + d("0.02");
        assert_eq!(Some(parts - Decimal::ONE), numbers.session);
        assert_eq!(parts.round_dp(4), d("1.0315"));
    }

    #[test]
    fn a_drift_is_in_the_session_and_in_no_game() {
        let mut account = mock_up();
        let before = PanelNumbers::of(&account, Some(Decimal::ONE), d("2.81"));
        account.apply(&AccountEvent::Correct {
            balance: Some(before.balance - d("0.01")),
            qty: None,
            cost: None,
        });
        let after = PanelNumbers::of(&account, Some(Decimal::ONE), d("2.81"));
        assert_eq!(after.this_game, before.this_game);
        assert_eq!(after.session, before.session.map(|was| was - d("0.01")));
    }

    #[test]
    fn without_a_position_the_game_is_what_is_closed() {
        let account = Account::new(d("0.5"), []);
        let numbers = PanelNumbers::of(&account, None, d("3"));
        assert_eq!((numbers.position, numbers.session), (None, None));
        assert_eq!(
            (numbers.this_game, numbers.closed),
            (Decimal::ZERO, Decimal::ZERO)
        );
    }
}
