//! The sums of a session at one moment, as the window shows them.

use rust_decimal::Decimal;

use super::action::Action;
use super::game_book::OpenSidebet;
use super::position::{Lot, Position};
use super::state::Account;

/// Returns what a session starts with: wallet, lots at their cost, and the stake of a running sidebet, in SOL.
pub fn start_value(balance: Decimal, lots: &[Lot], sidebet: Option<&OpenSidebet>) -> Decimal {
    let paid = Position::of(lots.iter().copied()).paid();
    let stake = sidebet.map_or(Decimal::ZERO, |bet| bet.stake);
    balance.saturating_add(paid).saturating_add(stake)
}

/// Returns what rows realised, in SOL.
pub fn realised<'a>(rows: impl IntoIterator<Item = &'a Action>) -> Decimal {
    let realised = rows.into_iter().filter_map(|row| row.pnl);
    realised.fold(Decimal::ZERO, Decimal::saturating_add)
}

/// The sums of a session at one price, in SOL.
///
/// Wallet, position at that price and stake of a running sidebet are together the start value and
/// [`session`](Self::session). The session is the profit of its trades and sidebets, the open position, and
/// [`unexplained`](Self::unexplained).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionSums {
    /// The tokens held at this price, less what the wallet paid for them.
    pub position: Decimal,
    /// The running game: what it changes in the wallet if all is sold at this price. A running sidebet counts nothing.
    pub game: Decimal,
    /// The session so far.
    pub session: Decimal,
    /// The part of the session that no trade explains: what drifts changed.
    pub unexplained: Decimal,
}

impl SessionSums {
    /// Returns the sums of an account whose session started with this value; its rows realised `realised`.
    pub fn of(account: &Account, price: Decimal, start_value: Decimal, realised: Decimal) -> Self {
        let book = account.book();
        let worth = book.position.qty().saturating_mul(price);
        let paid = book.position.paid();
        let stake = book.sidebet.map_or(Decimal::ZERO, |bet| bet.stake);
        let explained = start_value.saturating_add(realised);
        let kept = account.balance().saturating_add(stake);
        Self {
            position: worth.saturating_sub(paid),
            game: book.pnl(price),
            session: kept.saturating_add(worth).saturating_sub(start_value),
            unexplained: kept.saturating_add(paid).saturating_sub(explained),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{AccountEvent, ActionKind, ActionSource};
    use crate::game::Time;
    use crate::protocol::{GameId, number};

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    /// An account that starts with 1 SOL, and the rows of its events.
    fn played(events: &[AccountEvent]) -> (Account, Vec<Action>) {
        let mut account = Account::new(d("1"), []);
        let row = |event| {
            let applied = account.apply(event).expect("possible");
            let game = GameId::new("g").expect("an id");
            let source = ActionSource::Key;
            let mut row = Action::new(ActionKind::Sell, source, game, Time::UNIX_EPOCH);
            row.pnl = applied.pnl;
            row
        };
        let rows = events.iter().map(row).collect();
        (account, rows)
    }

    #[test]
    fn wallet_position_and_stake_are_the_start_and_the_session() {
        let (account, rows) = played(&[
            AccountEvent::Buy {
                amount: d("0.1"),
                price: d("1"),
            },
            AccountEvent::Sell {
                percent: d("50"),
                price: d("3"),
            },
            AccountEvent::PlaceSidebet {
                stake: d("0.02"),
                tick: 7,
            },
        ]);
        let sums = SessionSums::of(&account, d("2"), d("1"), realised(&rows));
        assert_eq!(sums.position, d("0.05"));
        assert_eq!(sums.game, d("0.15"));
        assert_eq!(sums.session, d("0.15"));
        assert_eq!(sums.unexplained, d("0"));
        let total = account.balance() + d("0.1") + d("0.02");
        assert_eq!(total, d("1") + sums.session);
    }

    #[test]
    fn what_a_drift_changes_is_unexplained_at_any_price() {
        let (account, rows) = played(&[
            AccountEvent::Buy {
                amount: d("0.1"),
                price: d("1"),
            },
            AccountEvent::Correct {
                balance: Some(d("0.89")),
                qty: None,
                cost: None,
            },
        ]);
        for price in ["0.5", "1", "9"] {
            let sums = SessionSums::of(&account, d(price), d("1"), realised(&rows));
            assert_eq!(sums.unexplained, d("-0.01"));
            assert_eq!(sums.session, sums.position - d("0.01"));
        }
        let flat = SessionSums::of(&Account::new(d("1"), []), d("1"), d("1"), d("0"));
        assert_eq!(flat, SessionSums::default());
    }

    #[test]
    fn a_session_starts_with_all_that_was_open() {
        let lot = Lot {
            qty: d("0.5"),
            price: d("0.2"),
        };
        let bet = OpenSidebet {
            stake: d("0.03"),
            start_tick: 1,
        };
        // Lots without tokens are no position.
        let [none, less] = ["0", "-1"].map(|qty| Lot { qty: d(qty), ..lot });
        let lots = [lot, none, less];
        assert_eq!(start_value(d("1"), &lots, Some(&bet)), d("1.13"));
    }
}
