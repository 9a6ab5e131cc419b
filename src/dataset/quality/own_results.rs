//! What the player's own trades and sidebets came to.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::account::ActionKind;
use crate::dataset::rows::ActionRow;
use crate::statistics::Z_95;

/// Sums over the player's results. Amounts are in SOL of the account that played: practice and real never mix, because
/// they have different origins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OwnResults {
    /// Sales and liquidations that realised a profit or loss.
    pub exits: u64,
    /// Those of them with a profit.
    pub exits_won: u64,
    /// Their sum.
    pub exits_pnl: Decimal,
    /// Sidebets with a result.
    pub sidebets: u64,
    /// Sidebets that won.
    pub sidebets_won: u64,
    /// Their sum.
    pub sidebets_pnl: Decimal,
    /// Sidebets with a result in games that do not come from `--seed`: a player may know how seeded games end.
    pub unseeded_sidebets: u64,
    /// Those of them that won.
    pub unseeded_sidebets_won: u64,
    /// Sum of the squares of all results, for the spread of their mean.
    squares: Decimal,
}

impl OwnResults {
    /// Counts an action, if it has a result.
    pub fn add(&mut self, action: &ActionRow, seeded: bool) {
        let Some(pnl) = action.pnl.0 else { return };
        match action.action {
            ActionKind::Sell | ActionKind::Liquidated => {
                self.exits += 1;
                self.exits_won += u64::from(pnl > Decimal::ZERO);
                add(&mut self.exits_pnl, pnl);
            }
            ActionKind::SidebetWin | ActionKind::SidebetLose => {
                let won = u64::from(action.action == ActionKind::SidebetWin);
                self.sidebets += 1;
                self.sidebets_won += won;
                add(&mut self.sidebets_pnl, pnl);
                if !seeded {
                    self.unseeded_sidebets += 1;
                    self.unseeded_sidebets_won += won;
                }
            }
            ActionKind::Buy | ActionKind::SidebetPlace => return,
        }
        add(&mut self.squares, pnl.saturating_mul(pnl));
    }

    /// Adds the results of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.exits += other.exits;
        self.exits_won += other.exits_won;
        add(&mut self.exits_pnl, other.exits_pnl);
        self.sidebets += other.sidebets;
        self.sidebets_won += other.sidebets_won;
        add(&mut self.sidebets_pnl, other.sidebets_pnl);
        self.unseeded_sidebets += other.unseeded_sidebets;
        self.unseeded_sidebets_won += other.unseeded_sidebets_won;
        add(&mut self.squares, other.squares);
    }

    /// Returns the number of results.
    pub fn results(&self) -> u64 {
        self.exits + self.sidebets
    }

    /// Returns the sum of all results.
    pub fn pnl(&self) -> Decimal {
        self.exits_pnl.saturating_add(self.sidebets_pnl)
    }

    /// Returns the mean result with its limits (95 %, normal); `None` below 30 results, where the limits say nothing.
    pub fn mean(&self) -> Option<(f64, f64, f64)> {
        const FROM: u64 = 30;
        if self.results() < FROM {
            return None;
        }
        let double = crate::protocol::number::to_f64_lossy;
        #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
        let n = self.results() as f64;
        let mean = double(self.pnl()) / n;
        let variance = (double(self.squares) / n - mean * mean).max(0.0) * n / (n - 1.0);
        let reach = Z_95 * (variance / n).sqrt();
        Some((mean, mean - reach, mean + reach))
    }
}

/// Adds amounts; a sum beyond the range of decimals stays at its limit.
fn add(sum: &mut Decimal, amount: Decimal) {
    *sum = sum.saturating_add(amount).normalize();
}
