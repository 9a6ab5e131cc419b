//! Which numbers of the server are possible: those of an account, of a trade and of a sidebet. Others are ignored and
//! reported.

use rust_decimal::Decimal;

use super::context::Ctx;
use super::events::PlayerEvent;
use crate::protocol::{NewTrade, RunningSidebet, SidebetReport, TradeKind};

/// No wallet, position or price of the game comes near this; products of larger numbers lose digits.
const MAX_NUMBER: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// Checks numbers, and collects the reports of those that are impossible.
#[derive(Default)]
pub(super) struct NumberCheck {
    absurd: Vec<PlayerEvent>,
}

impl NumberCheck {
    /// Returns a number of an account, which may be zero.
    pub fn held(&mut self, field: &'static str, sent: Option<Decimal>) -> Option<Decimal> {
        self.check(field, sent, |value| value >= Decimal::ZERO)
    }

    /// Returns a number of a trade or a sidebet, which is above zero.
    pub fn traded(&mut self, field: &'static str, sent: Option<Decimal>) -> Option<Decimal> {
        self.check(field, sent, |value| value > Decimal::ZERO)
    }

    /// Returns a running sidebet without an impossible stake.
    pub fn sidebet(&mut self, bet: &RunningSidebet) -> RunningSidebet {
        RunningSidebet {
            bet_amount: self.traded("betAmount", bet.bet_amount),
            ..bet.clone()
        }
    }

    /// Returns the reports.
    pub fn into_events(self) -> Vec<PlayerEvent> {
        self.absurd
    }

    fn check(
        &mut self,
        field: &'static str,
        sent: Option<Decimal>,
        is_possible: fn(Decimal) -> bool,
    ) -> Option<Decimal> {
        let value = sent?;
        if is_possible(value) && value <= MAX_NUMBER {
            return Some(value);
        }
        self.absurd.push(PlayerEvent::AbsurdNumber { field, value });
        None
    }

    fn report(self, ctx: &mut Ctx<'_>) {
        for event in self.absurd {
            ctx.emit_player(event);
        }
    }
}

/// Returns an own trade without its impossible numbers. Those of a short are not used.
pub(super) fn possible_trade(trade: &NewTrade, ctx: &mut Ctx<'_>) -> NewTrade {
    if !matches!(trade.kind, TradeKind::Buy | TradeKind::Sell) {
        return trade.clone();
    }
    let mut check = NumberCheck::default();
    let possible = NewTrade {
        qty: check.traded("qty", trade.qty),
        amount: check.traded("amount", trade.amount),
        price: check.traded("price", trade.price),
        ..trade.clone()
    };
    check.report(ctx);
    possible
}

/// Returns a report of an own sidebet without its impossible numbers.
pub(super) fn possible_sidebet(bet: &SidebetReport, ctx: &mut Ctx<'_>) -> SidebetReport {
    let mut check = NumberCheck::default();
    let possible = SidebetReport {
        bet_amount: check.traded("betAmount", bet.bet_amount),
        price: check.traded("price", bet.price),
        ..bet.clone()
    };
    check.report(ctx);
    possible
}
