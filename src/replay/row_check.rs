//! One row: what it did to the account, computed from its inputs and the prices of its game.

use rust_decimal::Decimal;

use super::game::{is_computed, price, rug_price, rug_tick};
use super::report::{ReplayReport, SessionPart};
use crate::account::{Account, AccountEvent, Action, ActionKind, ActionStatus, Applied};
use crate::game::Phase;
use crate::protocol::{MAX_TICK, Tick};
use crate::recording::{GameFile, order_words};

/// A row as it is played.
pub(super) struct Played<'a> {
    pub(super) row: &'a Action,
    /// `None`: nobody has it; the row's own prices are all there is.
    pub(super) game: Option<&'a GameFile>,
    pub(super) place: SessionPart,
    pub(super) result: &'a mut ReplayReport,
}

impl Played<'_> {
    /// Plays the row and compares all that it tells; returns what it realised.
    pub(super) fn play(&mut self, account: &mut Account) -> Option<Decimal> {
        self.seen_price();
        let effect = match self.row.status {
            ActionStatus::Confirmed => self.confirmed(account),
            ActionStatus::Refused | ActionStatus::Unknown => {
                self.not_done();
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
        effect.and_then(|effect| effect.pnl)
    }

    /// The price that the player had before him.
    fn seen_price(&mut self) {
        let row = self.row;
        let before_the_game = matches!(row.phase, Phase::Presale | Phase::Cooldown);
        if before_the_game && is_order(row.action) {
            self.tick("tick", Some(row.tick), Some(0));
            if row.price.is_some() || row.phase == Phase::Presale {
                self.number("price", row.price, Some(Decimal::ONE));
            }
            return;
        }
        if let Some(game) = self.game {
            // Nobody presses at the price of a result: it came whether the tick's price was known by then or not.
            let unknown = !is_order(row.action) || is_computed(game, row.tick);
            if row.price.is_some() || !unknown {
                self.number("price", row.price, price(game, row.tick));
            }
        }
    }

    /// Lets a row happen that the server did.
    fn confirmed(&mut self, account: &mut Account) -> Option<Applied> {
        let row = self.row;
        if row.action != ActionKind::Sell {
            self.number("sell_percent", row.sell_percent, None);
        }
        let executed = if is_order(row.action) {
            self.executed_order()
        } else {
            self.executed_result(account)
        };
        let deed = self.deed(executed)?;
        if let AccountEvent::Sell { percent, .. } = deed
            && percent > Decimal::ONE_HUNDRED
        {
            // The account would take it for everything.
            self.note("sell_percent", &percent.to_string(), "at most 100");
        }
        let Some(effect) = account.apply(&deed) else {
            let kind = row.action.as_str();
            let why = "nothing of the kind: what is held does not allow it";
            self.note("action", kind, why);
            return None;
        };
        self.number("amount", row.amount, Some(effect.amount));
        self.number("qty", row.qty, effect.qty);
        self.number("pnl", row.pnl, effect.pnl);
        Some(effect)
    }

    /// Returns the deed of the row at this price; `None` when it lacks its own number, which is said.
    fn deed(&mut self, price: Option<Decimal>) -> Option<AccountEvent> {
        let row = self.row;
        let (key, deed) = match row.action {
            ActionKind::Buy => {
                let deed = row.amount.zip(price);
                let deed = deed.map(|(amount, price)| AccountEvent::Buy { amount, price });
                ("amount", deed)
            }
            ActionKind::Sell => {
                let deed = row.sell_percent.zip(price);
                let deed = deed.map(|(percent, price)| AccountEvent::Sell { percent, price });
                ("sell_percent", deed)
            }
            ActionKind::SidebetPlace => {
                // A window that begins after every game is none.
                let tick = row.executed_tick.filter(|tick| *tick <= MAX_TICK);
                let deed = row.amount.zip(tick);
                let deed = deed.map(|(stake, tick)| AccountEvent::PlaceSidebet { stake, tick });
                ("amount", deed)
            }
            ActionKind::SidebetWin => ("action", Some(AccountEvent::WinSidebet)),
            ActionKind::SidebetLose => ("action", Some(AccountEvent::LoseSidebet)),
            // A rug whose price nobody told is booked as nothing received.
            ActionKind::Liquidated => {
                let price = price.unwrap_or_default();
                ("action", Some(AccountEvent::Liquidate { price }))
            }
        };
        if deed.is_none() {
            self.note(key, "null", "its number, tick and price");
        }
        deed
    }

    /// Compares where the server did an order; returns its price.
    fn executed_order(&mut self) -> Option<Decimal> {
        let row = self.row;
        let Some(game) = self.game else {
            return row.executed_price;
        };
        let Some(tick) = row.executed_tick else {
            self.note("executed_tick", "null", "a tick");
            return row.executed_price;
        };
        let price = price(game, tick);
        self.number("executed_price", row.executed_price, price);
        price.or(row.executed_price)
    }

    /// Compares whether a result is right by the game, and where it came to be; returns its price.
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
        // A rug that nobody saw has no tick that could have been written down then.
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

    /// Compares a row that changed nothing; its number is told twice.
    fn not_done(&mut self) {
        let row = self.row;
        if !is_order(row.action) {
            self.note("status", "not confirmed", "confirmed: nobody asked for it");
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

/// Whether somebody pressed for it; else it is a result.
pub(super) fn is_order(kind: ActionKind) -> bool {
    matches!(
        kind,
        ActionKind::Buy | ActionKind::Sell | ActionKind::SidebetPlace
    )
}
