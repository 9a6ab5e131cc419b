//! Checks a session file with nothing but its JSON, the prices of the game files beside it, and simple decimal
//! arithmetic: none of the program's own account is used.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use pianola::account::{ActionKind, ActionSource};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use crate::support::files::game_files;
use crate::support::process::{pianola, stderr, stdout};
use crate::support::script_run::replayed_session;

/// What a row must say beside the numbers that follow from it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedRow {
    pub game_id: String,
    pub action: ActionKind,
    pub source: ActionSource,
    pub phase: Option<&'static str>,
    pub amount: Option<Decimal>,
    pub percent: Option<Decimal>,
}

/// A lot: tokens, their price, and what was paid for them.
#[derive(Debug, Clone, Copy)]
struct Lot {
    qty: Decimal,
    price: Decimal,
    paid: Decimal,
}

/// The account, kept by hand.
#[derive(Debug, Clone)]
struct ExpectedAccount {
    balance: Decimal,
    lots: VecDeque<Lot>,
    /// Stake and first tick of the running sidebet.
    bet: Option<(Decimal, u64)>,
}

/// What a row must have come to.
struct Done {
    amount: Decimal,
    qty: Option<Decimal>,
    pnl: Option<Decimal>,
}

/// Cuts to nine decimals.
fn cut(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(9, RoundingStrategy::ToZero)
}

impl ExpectedAccount {
    fn qty(&self) -> Decimal {
        self.lots.iter().map(|lot| lot.qty).sum()
    }

    fn entry(&self) -> Option<Decimal> {
        let cost: Decimal = self.lots.iter().map(|lot| lot.qty * lot.price).sum();
        (!self.lots.is_empty()).then(|| cut(cost / self.qty()))
    }

    fn buy(&mut self, amount: Decimal, price: Decimal) -> Done {
        let qty = cut(amount / price);
        self.balance -= amount;
        self.lots.push_back(Lot {
            qty,
            price,
            paid: amount,
        });
        Done {
            amount,
            qty: Some(qty),
            pnl: None,
        }
    }

    /// Sells so many tokens, the oldest first.
    fn sell(&mut self, qty: Decimal, price: Decimal) -> Done {
        let (mut left, mut got, mut had_paid) = (qty, Decimal::ZERO, Decimal::ZERO);
        while !left.is_zero() {
            let lot = self.lots.front_mut().unwrap();
            let part = lot.qty.min(left);
            got += cut(part * price);
            let paid = if part == lot.qty {
                lot.paid
            } else {
                cut(lot.paid * (part / lot.qty))
            };
            had_paid += paid;
            lot.paid -= paid;
            lot.qty -= part;
            left -= part;
            if lot.qty.is_zero() {
                self.lots.pop_front();
            }
        }
        self.balance += got;
        Done {
            amount: got,
            qty: Some(qty),
            pnl: Some(got - had_paid),
        }
    }

    fn bet(&mut self, stake: Decimal, tick: u64) -> Done {
        assert_eq!(self.bet.replace((stake, tick)), None);
        self.balance -= stake;
        Done {
            amount: stake,
            qty: None,
            pnl: None,
        }
    }

    /// Settles the bet in a game that rugged at this tick.
    fn settle(&mut self, rug_tick: u64) -> (ActionKind, Done) {
        let (stake, first) = self.bet.take().unwrap();
        let won = rug_tick <= first + 40;
        let paid = if won {
            stake * Decimal::from(5)
        } else {
            Decimal::ZERO
        };
        self.balance += paid;
        let kind = if won {
            ActionKind::SidebetWin
        } else {
            ActionKind::SidebetLose
        };
        let done = Done {
            amount: if won { paid } else { stake },
            qty: None,
            pnl: Some(paid - stake),
        };
        (kind, done)
    }
}

/// Fails unless there is one session, its rows are the wanted ones, every number of them follows from the prices of the
/// recorded games, and `pianola replay` agrees.
pub fn assert_session(out: &Path, wanted: &[ExpectedRow]) {
    let path = only_session(out);
    let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let games = games(out);
    let rows = file["actions"].as_array().unwrap();
    assert_eq!(rows.len(), wanted.len(), "{rows:#?}");
    let mut account = ExpectedAccount {
        balance: number(&file["meta"]["start_balance"]).unwrap(),
        lots: VecDeque::new(),
        bet: None,
    };
    let mut realised = Decimal::ZERO;
    for ((place, row), wanted) in rows.iter().enumerate().zip(wanted) {
        assert_eq!(row["seq"], place + 1);
        realised += assert_row(row, wanted, &games[&wanted.game_id], &mut account);
    }
    let meta = &file["meta"];
    assert_eq!(
        number(&meta["end_balance"]),
        Some(account.balance),
        "{meta}"
    );
    assert_eq!(number(&meta["realised_pnl"]), Some(realised), "{meta}");
    assert_eq!(meta["drift_count"], 0, "{meta}");
    assert_eq!(file["drifts"], serde_json::json!([]));
    assert_replays(&path, rows.len());
}

/// Returns the P&L of the row.
fn assert_row(
    row: &Value,
    wanted: &ExpectedRow,
    prices: &[Decimal],
    account: &mut ExpectedAccount,
) -> Decimal {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let kind: ActionKind = serde_json::from_value(row["action"].clone()).unwrap();
    let source: ActionSource = serde_json::from_value(row["source"].clone()).unwrap();
    assert_eq!((kind, source), (wanted.action, wanted.source), "{row:#}");
    assert_eq!(text(&row["game_id"]), wanted.game_id, "{row:#}");
    assert_eq!(row["status"], "confirmed", "{row:#}");
    assert_eq!(number(&row["sell_percent"]), wanted.percent, "{row:#}");
    if let Some(phase) = wanted.phase {
        assert_eq!(row["phase"], phase, "{row:#}");
    }
    let tick = row["executed_tick"].as_u64().unwrap();
    let price = prices[usize::try_from(tick).unwrap()];
    let rug_tick = prices.len() as u64 - 1;
    if wanted.phase == Some("Presale") {
        assert_eq!((tick, price), (0, Decimal::ONE), "{row:#}");
    }
    let (expected, done) = match kind {
        ActionKind::Buy => (kind, account.buy(wanted.amount.unwrap(), price)),
        ActionKind::Sell => {
            let share = wanted.percent.unwrap() / Decimal::ONE_HUNDRED;
            let qty = account.qty();
            let part = if share == Decimal::ONE {
                qty
            } else {
                cut(qty * share)
            };
            (kind, account.sell(part, price))
        }
        ActionKind::SidebetPlace => (kind, account.bet(wanted.amount.unwrap(), tick)),
        ActionKind::SidebetWin | ActionKind::SidebetLose => account.settle(rug_tick),
        ActionKind::Liquidated => {
            assert_eq!(tick, rug_tick, "{row:#}");
            let qty = account.qty();
            (kind, account.sell(qty, price))
        }
    };
    assert_eq!(kind, expected, "{row:#}");
    let traded = matches!(
        kind,
        ActionKind::Buy | ActionKind::Sell | ActionKind::Liquidated
    );
    if traded {
        assert_eq!(number(&row["executed_price"]), Some(price), "{row:#}");
    }
    assert_eq!(number(&row["amount"]), Some(done.amount), "{row:#}");
    if let Some(amount) = wanted.amount {
        assert_eq!(done.amount, amount, "{row:#}");
    }
    assert_eq!(number(&row["qty"]), done.qty, "{row:#}");
    assert_eq!(number(&row["pnl"]), done.pnl, "{row:#}");
    let balance = number(&row["balance_after"]);
    assert_eq!(balance, Some(account.balance), "{row:#}");
    let held = number(&row["position_qty_after"]);
    assert_eq!(held, Some(account.qty()), "{row:#}");
    assert_eq!(number(&row["entry_price"]), account.entry(), "{row:#}");
    done.pnl.unwrap_or_default()
}

/// Numbers are texts in these files.
fn number(value: &Value) -> Option<Decimal> {
    value.as_str().map(|text| text.parse().unwrap())
}

/// Returns the prices of every recorded game; each must be complete and proven.
fn games(out: &Path) -> BTreeMap<String, Vec<Decimal>> {
    let read = |path: &PathBuf| {
        let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let meta = &file["meta"];
        assert_eq!(meta["complete"], true, "{meta:#}");
        assert_eq!(meta["proof"]["status"], "proven", "{meta:#}");
        let prices = file["prices"].as_array().unwrap().iter();
        let prices = prices.map(|price| number(price).unwrap()).collect();
        (meta["game_id"].as_str().unwrap().to_owned(), prices)
    };
    game_files(out).iter().map(read).collect()
}

/// Returns the only session file below a folder.
pub fn only_session(out: &Path) -> PathBuf {
    let days = std::fs::read_dir(out).unwrap().map(Result::unwrap);
    let files = days.flat_map(|day| {
        std::fs::read_dir(day.path().join("sessions"))
            .into_iter()
            .flatten()
    });
    let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.into_iter().next().unwrap()
}

/// Fails unless `pianola replay` agrees with every action of the session.
pub fn assert_replays(session: &Path, actions: usize) {
    replayed_session(session);
    let output = pianola().arg("replay").arg(session).output().unwrap();
    assert_eq!(
        (output.status.code(), stdout(&output).trim_end()),
        (
            Some(0),
            format!(
                "{}: {actions} agree",
                crate::support::process::actions(actions)
            )
            .as_str()
        ),
        "{}",
        stderr(&output)
    );
}
