//! A drift in words: what differs between the server's account and ours, and by how much.

use rust_decimal::Decimal;

use super::format::sol_apart;
use crate::account::DriftField;
use crate::trading::{FieldComparison, Verification};

/// The difference that a drift is named by: of the balance, or else of the tokens, or else of the average cost.
#[derive(Debug, Clone, Copy)]
pub struct NamedDifference<'a> {
    pub field: DriftField,
    pub compared: &'a FieldComparison,
}

impl<'a> NamedDifference<'a> {
    /// Returns the difference that names a drift.
    pub fn of(found: &'a Verification) -> Self {
        let fields = [
            (DriftField::Balance, &found.balance),
            (DriftField::Position, &found.position),
        ];
        let differs = fields.into_iter().find(|(_, compared)| !compared.ok);
        let (field, compared) = differs.unwrap_or((DriftField::EntryPrice, &found.entry_price));
        Self { field, compared }
    }

    /// Returns the server's value less ours.
    pub fn amount(&self) -> Decimal {
        server_minus_ours(self.compared.server, self.compared.local)
    }

    /// Returns the drift in a sentence without its end, as `Drift: the server shows 0.0100 SOL less`.
    pub fn sentence(&self) -> String {
        let amount = self.amount();
        let size = sol_apart(amount.abs(), amount);
        let is_less = amount < Decimal::ZERO;
        let way = if is_less { "less" } else { "more" };
        match self.field {
            DriftField::Balance => format!("Drift: the server shows {size} SOL {way}"),
            DriftField::Position => format!("Drift: the server shows {size} tokens {way}"),
            DriftField::EntryPrice => {
                let way = if is_less { "lower" } else { "higher" };
                format!("Drift: the server's average cost is {size}x {way}")
            }
        }
    }
}

/// Returns the server's value less ours; a missing one counts as none held.
pub fn server_minus_ours(server: Option<Decimal>, ours: Option<Decimal>) -> Decimal {
    server.unwrap_or_default() - ours.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trading::Agreement;

    fn compared(ours: i64, server: i64, scale: u32) -> FieldComparison {
        let (local, server) = (Decimal::new(ours, scale), Decimal::new(server, scale));
        FieldComparison {
            local: Some(local),
            server: Some(server),
            diff: (server - local).abs(),
            ok: server == local,
        }
    }

    #[test]
    fn a_drift_is_named_by_what_differs_and_never_as_zero() {
        let sentence = |balance, position, entry_price| {
            let found = Verification {
                verified: false,
                agreement: Agreement::Drift,
                balance,
                position,
                entry_price,
                drift_count: 1,
                total_verifications: 1,
            };
            NamedDifference::of(&found).sentence()
        };
        let same = compared(5, 5, 0);
        for (text, found) in [
            (
                "Drift: the server shows 0.0100 SOL less",
                [compared(99, 98, 2), same, same],
            ),
            (
                "Drift: the server shows 0.000002000 SOL more",
                [compared(1, 3, 6), same, same],
            ),
            (
                "Drift: the server shows 0.000000020 tokens less",
                [same, compared(3, 1, 8), same],
            ),
            (
                "Drift: the server's average cost is 0.1000x higher",
                [same, same, compared(14, 15, 1)],
            ),
        ] {
            let [balance, position, cost] = found;
            assert_eq!(sentence(balance, position, cost), text);
        }
    }
}
