//! The leaderboard row of one player. Pure.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::account::{GameBook, OpenSidebet, SIDEBET_PAYOUT, lamports};
use crate::protocol::number::{double_to_json, to_f64_lossy};
use crate::protocol::{GameId, SOL_ADDRESS};

/// A player as others see them.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublicProfile<'a> {
    pub id: &'a str,
    /// Null for some players of the real server.
    pub username: Option<&'a str>,
    pub level: u32,
}

/// The profit of a game so far at some price, with the parts that rows show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profit {
    regular: Decimal,
    pub sidebet: Decimal,
    invested: Decimal,
}

impl Profit {
    pub fn at(book: &GameBook, price: Decimal) -> Self {
        Self {
            regular: lamports(book.regular_pnl(price)),
            sidebet: book.sidebet_pnl(),
            invested: book.total_invested(),
        }
    }

    pub fn total(&self) -> Decimal {
        self.regular + self.sidebet
    }

    /// Returns 100 x profit / investment, a division of doubles as the server's; 0 before anything is invested.
    pub fn percent(&self) -> Value {
        if self.invested.is_zero() {
            return json!(0);
        }
        let (total, invested) = (to_f64_lossy(self.total()), to_f64_lossy(self.invested));
        double_to_json(100.0 * total / invested + 0.0)
    }
}

/// Returns the sort key of the leaderboard: the P&L, in the presale the investment.
pub(super) fn rank(book: &GameBook, price: Option<Decimal>) -> Decimal {
    price.map_or_else(
        || book.total_invested(),
        |price| Profit::at(book, price).total(),
    )
}

/// Returns the row with the position valued at `price`; `None` is the presale.
pub(super) fn leaderboard_row(
    profile: PublicProfile<'_>,
    book: &GameBook,
    game: &GameId,
    price: Option<Decimal>,
    position: u32,
) -> Value {
    let bet = book.sidebet.map(|bet| sidebet_object(game, &bet));
    let active = bet.as_ref().map(|_| true);
    let mut row = json!({
        "id": profile.id, "username": profile.username, "level": profile.level, "pnl": 0,
    });
    // In the presale the parts are absent and the percentage comes earlier.
    if let Some(price) = price {
        let profit = Profit::at(book, price);
        row["pnl"] = sol(profit.total());
        row["regularPnl"] = sol(profit.regular);
        row["sidebetPnl"] = sol(profit.sidebet);
        row["shortPnl"] = json!(0);
        row["sidebetActive"] = json!(active);
        row["sideBet"] = json!(bet);
        row["shortPosition"] = Value::Null;
        row["pnlPercent"] = profit.percent();
    } else {
        row["pnlPercent"] = json!(0);
        row["sidebetActive"] = json!(active);
        row["sideBet"] = json!(bet);
        row["shortPosition"] = Value::Null;
    }
    row["hasActiveTrades"] = json!(true);
    row["positionQty"] = sol(book.position.qty());
    row["avgCost"] = sol(book.position.average_cost().unwrap_or_default());
    row["totalInvested"] = sol(book.total_invested());
    row["selectedCoin"] = Value::Null;
    row["position"] = json!(position);
    row
}

/// Returns the object of a running sidebet in rows and in `playerUpdate`.
pub(super) fn sidebet_object(game: &GameId, bet: &OpenSidebet) -> Value {
    json!({
        "startedAtTick": bet.start_tick,
        "gameId": game.as_str(),
        "end": bet.end_tick(),
        "betAmount": sol(bet.stake),
        "xPayout": sol(SIDEBET_PAYOUT),
        "coinAddress": SOL_ADDRESS,
        "bonusPortion": 0,
        "realPortion": sol(bet.stake),
    })
}

/// Returns an amount as JavaScript writes it.
pub(super) fn sol(amount: Decimal) -> Value {
    // The sum turns -0, which JavaScript never writes, into 0.
    double_to_json(to_f64_lossy(amount) + 0.0)
}
