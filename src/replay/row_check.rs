//! Replays and checks one row: its effect on the account, computed from its inputs and the prices of its game.

use rust_decimal::Decimal;

use super::games::{is_computed, price, rug_price, rug_tick};
use super::report::{ReplayReport, SessionPart};
use crate::account::{Account, AccountEvent, Action, ActionKind, ActionStatus, Applied};
use crate::game::Phase;
use crate::protocol::{MAX_TICK, Tick};
use crate::recording::{GameFile, order_words};

/// A row that is replayed and checked.
pub(super) struct RowCheck<'a> {
    pub(super) row: &'a Action,
    /// The file of the game; without one the row's own prices count, and 1 at tick 0.
    pub(super) game: Option<&'a GameFile>,
    pub(super) place: SessionPart,
    pub(super) result: &'a mut ReplayReport,
}

impl RowCheck<'_> {
    /// Applies the row to the account and checks its values; returns its realised P&L.
    pub(super) fn replay(&mut self, account: &mut Account) -> Option<Decimal> {
        self.check_seen_price();
        let applied = match self.row.status {
            ActionStatus::Confirmed => self.confirmed(account),
            ActionStatus::Refused | ActionStatus::Unknown => {
                self.check_not_executed();
                None
            }
            ActionStatus::Pending => {
                self.note("status", "pending", "confirmed, refused or unknown");
                None
            }
        };
        let held = account.holding();
        let row = self.row;
        self.number("balance_after", row.balance_after, Some(held.balance));
        let qty = Some(held.position_qty);
        self.number("position_qty_after", row.position_qty_after, qty);
        self.number("entry_price", row.entry_price, held.entry_price);
        applied.and_then(|applied| applied.pnl)
    }

    /// Checks the price that the player saw.
    fn check_seen_price(&mut self) {
        let row = self.row;
        if is_before_the_game(row) {
            self.tick("tick", Some(row.tick), Some(0));
            if row.price.is_some() || row.phase == Phase::Presale {
                self.number("price", row.price, Some(Decimal::ONE));
            }
            return;
        }
        if let Some(game) = self.game {
            // A result is not pressed: it may come before the tick's price is known.
            let unknown = !row.action.is_order() || is_computed(game, row.tick);
            if row.price.is_some() || !unknown {
                self.number("price", row.price, price(game, row.tick));
            }
        }
    }

    /// Applies a confirmed row to the account.
    fn confirmed(&mut self, account: &mut Account) -> Option<Applied> {
        let row = self.row;
        if row.action != ActionKind::Sell {
            self.number("sell_percent", row.sell_percent, None);
        }
        let executed = if row.action.is_order() {
            self.executed_order()
        } else {
            self.executed_result(account)
        };
        let event = self.account_event(executed)?;
        if let AccountEvent::Sell { percent, .. } = event
            && percent > Decimal::ONE_HUNDRED
        {
            // The account would sell everything.
            self.note("sell_percent", &percent.to_string(), "at most 100");
        }
        let Some(applied) = account.apply(&event) else {
            let kind = row.action.as_str();
            let why = "nothing of the kind: what is held does not allow it";
            self.note("action", kind, why);
            return None;
        };
        self.number("amount", row.amount, Some(applied.amount));
        self.number("qty", row.qty, applied.qty);
        self.number("pnl", row.pnl, applied.pnl);
        Some(applied)
    }

    /// Returns the account event of the row at this price; `None` (and a finding) if the row lacks its number.
    fn account_event(&mut self, price: Option<Decimal>) -> Option<AccountEvent> {
        let row = self.row;
        let (key, event) = match row.action {
            ActionKind::Buy => {
                let event = row.amount.zip(price);
                let event = event.map(|(amount, price)| AccountEvent::Buy { amount, price });
                ("amount", event)
            }
            ActionKind::Sell => {
                let event = row.sell_percent.zip(price);
                let event = event.map(|(percent, price)| AccountEvent::Sell { percent, price });
                ("sell_percent", event)
            }
            ActionKind::SidebetPlace => {
                // No game is long enough for a window that begins later.
                let tick = row.executed_tick.filter(|tick| *tick <= MAX_TICK);
                let event = row.amount.zip(tick);
                let event = event.map(|(stake, tick)| AccountEvent::PlaceSidebet { stake, tick });
                ("amount", event)
            }
            ActionKind::SidebetWin => ("action", Some(AccountEvent::WinSidebet)),
            ActionKind::SidebetLose => ("action", Some(AccountEvent::LoseSidebet)),
            // A rug with an unknown price is booked at price 0.
            ActionKind::Liquidated => {
                let price = price.unwrap_or_default();
                ("action", Some(AccountEvent::Liquidate { price }))
            }
        };
        if event.is_none() {
            self.note(key, "null", "its number, tick and price");
        }
        event
    }

    /// Checks where the server executed an order; returns its price.
    fn executed_order(&mut self) -> Option<Decimal> {
        let row = self.row;
        if self.game.is_none() && needs_game(row) {
            return row.executed_price;
        }
        let Some(tick) = row.executed_tick else {
            self.note("executed_tick", "null", "a tick");
            return row.executed_price;
        };
        let price = match self.game {
            Some(game) => price(game, tick),
            None => Some(Decimal::ONE),
        };
        self.number("executed_price", row.executed_price, price);
        price.or(row.executed_price)
    }

    /// Checks a result against the game; returns its price.
    fn executed_result(&mut self, account: &Account) -> Option<Decimal> {
        let row = self.row;
        let Some(game) = self.game else {
            return row.executed_price;
        };
        let rug = rug_tick(game);
        let window = account.book().sidebet.map(|bet| bet.end_tick());
        let (tick, price) = match row.action {
            ActionKind::SidebetLose => {
                let tick = window?;
                if let Some(rug) = rug.filter(|rug| *rug <= tick) {
                    self.outcome(ActionKind::SidebetWin, Some(rug), tick);
                }
                (Some(tick), price(game, tick))
            }
            ActionKind::SidebetWin => {
                let end = window?;
                if rug.is_none_or(|rug| rug > end) {
                    self.outcome(ActionKind::SidebetLose, rug, end);
                }
                (rug, rug_price(game))
            }
            _ => (rug, rug_price(game)),
        };
        // A rug that was not received had no known tick when the row was written.
        let unseen = game.meta.end_time.is_none() && row.executed_tick.is_none();
        if !unseen {
            self.tick("executed_tick", row.executed_tick, tick);
        }
        // A lost sidebet needs no price; that of its last tick may have come later.
        if row.action != ActionKind::SidebetLose || row.executed_price.is_some() {
            self.number("executed_price", row.executed_price, price);
        }
        price
    }

    fn outcome(&mut self, right: ActionKind, rug: Option<Tick>, end: Tick) {
        let rug = rug.map_or("no rug".to_owned(), |rug| format!("rug at {rug}"));
        let computed = format!("{}: {rug}, window until {end}", right.as_str());
        self.note("action", self.row.action.as_str(), &computed);
    }

    /// Checks a row that was not executed; its reason repeats its number.
    fn check_not_executed(&mut self) {
        let row = self.row;
        if !row.action.is_order() {
            self.note(
                "status",
                "not confirmed",
                "confirmed, since it was no order",
            );
        }
        self.number("qty", row.qty, None);
        self.number("pnl", row.pnl, None);
        self.tick("executed_tick", row.executed_tick, None);
        self.number("executed_price", row.executed_price, None);
        if row.action == ActionKind::Sell {
            self.number("amount", row.amount, None);
        } else {
            self.number("sell_percent", row.sell_percent, None);
        }
        let Some(words) = order_words(row) else {
            return self.note("amount", "null", "the number of the order");
        };
        let reason = row.reason.as_deref().unwrap_or("null");
        if !reason.starts_with(&words) {
            self.note("reason", reason, &format!("{words}…"));
        }
    }

    fn note(&mut self, key: &'static str, recorded: &str, computed: &str) {
        self.result.note(self.place, key, recorded, computed);
    }

    fn number(&mut self, key: &'static str, recorded: Option<Decimal>, computed: Option<Decimal>) {
        self.result.expect(self.place, key, recorded, computed);
    }

    fn tick(&mut self, key: &'static str, recorded: Option<Tick>, computed: Option<Tick>) {
        self.result.expect(self.place, key, recorded, computed);
    }
}

/// Whether the numbers of a row depend on the file of its game. An order that the server executed before tick 0, or not at
/// all, has the price 1: in the presale of a game of which no tick was seen there is no file.
pub(super) fn needs_game(row: &Action) -> bool {
    !is_before_the_game(row) || row.executed_tick.is_some_and(|tick| tick > 0)
}

/// Whether a row is an order that was pressed before tick 0.
pub(super) fn is_before_the_game(row: &Action) -> bool {
    row.action.is_order() && matches!(row.phase, Phase::Presale | Phase::Cooldown)
}
