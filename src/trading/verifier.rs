//! Compares our account with the server's, field by field. Only [`Agreement::Drift`] counts as a difference.

use rust_decimal::Decimal;

use super::server_state::ServerState;
use crate::account::{Account, Drift, Holding};

/// SOL. The server cuts up to 3.5 lamports a trade, so this allows some 300 trades in a game.
const BALANCE_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 6);
/// Tokens are exact after buys and within a lamport after each partial sell.
const QTY_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 8);
/// The least tolerance of the average cost.
const COST_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 6);
/// The average cost of a small position is coarse: so much per lot, divided by the tokens held.
const COST_TOLERANCE_PER_LOT: Decimal = Decimal::from_parts(4, 0, 0, false, 9);

/// Whether a comparison counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareMode {
    /// The wallet is the server's and no news is expected that could explain a difference.
    Settled,
    /// An own order is not confirmed yet.
    Pending,
}

/// The result of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Every field agrees.
    Ok,
    /// A field differs by more than its tolerance.
    Drift,
    /// An own order is in flight; its answer decides.
    Pending,
    /// There is nothing to compare with, or a field was never sent.
    NotComparable,
}

/// One compared field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldComparison {
    /// Our value; `None`: no position.
    pub local: Option<Decimal>,
    /// The server's; `None`: never sent, or no position.
    pub server: Option<Decimal>,
    /// How far apart they are.
    pub diff: Decimal,
    /// Within the tolerance.
    pub ok: bool,
}

/// A comparison of two accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Every field agrees.
    pub verified: bool,
    /// The result.
    pub agreement: Agreement,
    /// The wallet.
    pub balance: FieldComparison,
    /// Tokens held.
    pub position: FieldComparison,
    /// Average cost; compared only while the server has a position.
    pub entry_price: FieldComparison,
    /// Drifts so far.
    pub drift_count: u64,
    /// Comparisons so far.
    pub total_verifications: u64,
}

/// Compares and counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StateVerifier {
    drift_count: u64,
    total_verifications: u64,
    last: Option<Verification>,
}

impl StateVerifier {
    /// Returns the newest result.
    pub fn last(&self) -> Option<&Verification> {
        self.last.as_ref()
    }

    /// Compares our account with the server's, after a `playerUpdate`.
    pub fn verify(
        &mut self,
        local: Holding,
        server: &ServerState,
        comparison: CompareMode,
    ) -> Verification {
        let [balance, position, entry_price] = compare_all(&local, server);
        let held = held(server);
        let incomplete = server.cash.is_none()
            || server.position_qty.is_none()
            || held.is_some() && server.avg_cost.is_none();
        let all_ok = balance.ok && position.ok && entry_price.ok;
        let agreement = match comparison {
            CompareMode::Pending => Agreement::Pending,
            // A field that differs is a drift even if another was never sent.
            CompareMode::Settled if !all_ok => Agreement::Drift,
            CompareMode::Settled if incomplete => Agreement::NotComparable,
            CompareMode::Settled => Agreement::Ok,
        };
        self.total_verifications +=
            u64::from(matches!(agreement, Agreement::Ok | Agreement::Drift));
        self.drift_count += u64::from(agreement == Agreement::Drift);
        let verification = Verification {
            verified: agreement == Agreement::Ok,
            agreement,
            balance,
            position,
            entry_price,
            drift_count: self.drift_count,
            total_verifications: self.total_verifications,
        };
        self.last = Some(verification);
        verification
    }
}

/// Whether the account is the server's, as far as the server sent it.
pub(super) fn agrees(account: &Account, server: &ServerState) -> bool {
    compare_all(&account.holding(), server).iter().all(|c| c.ok)
}

/// Returns the sum of the differences between the account and the server's.
pub(super) fn distance(account: &Account, server: &ServerState) -> Decimal {
    let compared = compare_all(&account.holding(), server);
    compared
        .iter()
        .fold(Decimal::ZERO, |sum, c| sum.saturating_add(c.diff))
}

/// Compares wallet, tokens and average cost, as far as the server sent them.
fn compare_all(local: &Holding, server: &ServerState) -> [FieldComparison; 3] {
    let balance = compare(Some(local.balance), server.cash, BALANCE_TOLERANCE);
    let position = compare(Some(local.position_qty), server.position_qty, QTY_TOLERANCE);
    let entry_price = match held(server) {
        Some(qty) => compare(
            local.entry_price,
            server.avg_cost,
            cost_tolerance(local.lots, qty),
        ),
        None => FieldComparison {
            local: local.entry_price,
            server: None,
            diff: Decimal::ZERO,
            ok: true,
        },
    };
    [balance, position, entry_price]
}

/// Returns the tokens held at the server, if any.
fn held(server: &ServerState) -> Option<Decimal> {
    server.position_qty.filter(|qty| *qty > Decimal::ZERO)
}

/// Compares two values; one that was never sent does not differ.
fn compare(local: Option<Decimal>, server: Option<Decimal>, tolerance: Decimal) -> FieldComparison {
    let diff = Drift::difference(local, server);
    FieldComparison {
        local,
        server,
        diff,
        ok: diff <= tolerance,
    }
}

fn cost_tolerance(lots: usize, qty: Decimal) -> Decimal {
    let per_lot = COST_TOLERANCE_PER_LOT * Decimal::from(lots.max(1));
    per_lot
        .checked_div(qty)
        .map_or(COST_TOLERANCE, |coarse| coarse.max(COST_TOLERANCE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::number;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    fn flat(balance: &str) -> Holding {
        Holding {
            balance: d(balance),
            position_qty: Decimal::ZERO,
            entry_price: None,
            lots: 0,
        }
    }

    fn server(cash: &str, qty: &str, cost: &str) -> ServerState {
        ServerState {
            cash: Some(d(cash)),
            position_qty: Some(d(qty)),
            avg_cost: Some(d(cost)),
            ..ServerState::default()
        }
    }

    #[test]
    fn test_verify_matching_balance() {
        let result = StateVerifier::default().verify(
            flat("1.0"),
            &server("1.0", "0", "0"),
            CompareMode::Settled,
        );
        assert!(result.verified && result.balance.ok);
        assert_eq!(result.agreement, Agreement::Ok);
    }

    #[test]
    fn test_verify_balance_drift() {
        let result = StateVerifier::default().verify(
            flat("1.0"),
            &server("2.0", "0", "0"),
            CompareMode::Settled,
        );
        assert!(!result.verified && !result.balance.ok);
        assert_eq!(result.balance.diff, d("1.0"));
        assert_eq!(result.agreement, Agreement::Drift);
    }

    #[test]
    fn test_verify_position_drift() {
        let held = Holding {
            position_qty: d("0.5"),
            entry_price: Some(d("1.0")),
            lots: 1,
            ..flat("1.0")
        };
        let result = StateVerifier::default().verify(
            held,
            &server("1.0", "0.3", "1.0"),
            CompareMode::Settled,
        );
        assert!(!result.verified && !result.position.ok);
        assert!(result.balance.ok && result.entry_price.ok);
    }

    #[test]
    fn test_verify_within_tolerance() {
        let result = StateVerifier::default().verify(
            flat("1.0000001"),
            &server("1.0", "0", "0"),
            CompareMode::Settled,
        );
        assert!(result.verified);
    }

    #[test]
    fn test_drift_count_increments() {
        let mut verifier = StateVerifier::default();
        verifier.verify(flat("1.0"), &server("2.0", "0", "0"), CompareMode::Settled);
        let second = verifier.verify(flat("1.0"), &server("3.0", "0", "0"), CompareMode::Settled);
        assert_eq!((second.drift_count, second.total_verifications), (2, 2));
        assert_eq!(verifier.last(), Some(&second));
    }

    #[test]
    fn pending_and_not_comparable_never_count() {
        let mut verifier = StateVerifier::default();
        let result = verifier.verify(flat("1"), &server("2", "0", "0"), CompareMode::Pending);
        assert_eq!(
            (result.agreement, result.verified),
            (Agreement::Pending, false)
        );
        let nothing = verifier.verify(flat("1"), &ServerState::default(), CompareMode::Settled);
        assert_eq!(nothing.agreement, Agreement::NotComparable);
        assert_eq!((nothing.drift_count, nothing.total_verifications), (0, 0));
    }

    #[test]
    fn an_absent_field_is_no_drift_and_hides_none() {
        let only_cash = |cash| ServerState {
            cash: Some(d(cash)),
            ..ServerState::default()
        };
        let mut verifier = StateVerifier::default();
        let result = verifier.verify(flat("1"), &only_cash("1"), CompareMode::Settled);
        assert_eq!(result.agreement, Agreement::NotComparable);
        let result = verifier.verify(flat("1"), &only_cash("3"), CompareMode::Settled);
        assert_eq!(result.agreement, Agreement::Drift);
    }

    /// Worked example 6 of `docs/protocol.md` 4.4: 2.1e-7 off at 0.0034 tokens in two lots.
    #[test]
    fn the_tolerance_of_the_average_cost_grows_with_small_positions() {
        let local = |cost, qty, lots| Holding {
            position_qty: d(qty),
            entry_price: Some(d(cost)),
            lots,
            ..flat("1")
        };
        let mut verifier = StateVerifier::default();
        let example = local("1.181829055", "0.003384584", 2);
        let result = verifier.verify(
            example,
            &server("1", "0.003384584", "1.181828845"),
            CompareMode::Settled,
        );
        assert!(result.verified, "{result:?}");
        let tiny = local("100", "0.00001", 1);
        let result = verifier.verify(
            tiny,
            &server("1", "0.00001", "100.0001"),
            CompareMode::Settled,
        );
        assert!(result.verified, "{result:?}");
        let result = verifier.verify(
            local("2", "1", 1),
            &server("1", "1", "2.00001"),
            CompareMode::Settled,
        );
        assert_eq!(result.agreement, Agreement::Drift);
    }

    #[test]
    fn a_position_that_only_one_side_has_is_a_drift() {
        let mut verifier = StateVerifier::default();
        let result = verifier.verify(flat("1"), &server("1", "0.5", "1.2"), CompareMode::Settled);
        assert!(!result.position.ok && !result.entry_price.ok);
        assert_eq!(result.entry_price.local, None);
    }
}
