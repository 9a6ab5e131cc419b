//! A player who is logged in at the practice table: the account, its ledger, and the messages that show it. Pure.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::leaderboard_row::{Profit, PublicProfile, leaderboard_row, rank, sidebet_object, sol};
use super::market::Market;
use super::message::Message;
use crate::account::{Account, AccountEvent, Applied, GameBook, Holding};
use crate::protocol::GameId;

const LEVEL: u32 = 1;

/// One change of an account at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerRow {
    /// What happened.
    pub event: AccountEvent,
    /// The holding after it.
    pub after: Holding,
}

/// A player's leaderboard row as of the last `gameStateUpdate`.
#[derive(Debug, Clone, Default)]
struct PublishedRow {
    book: GameBook,
    has_acted: bool,
    /// Without P&L: the game had not begun.
    presale: bool,
}

/// Which kinds of orders of a player came in the running game, for the faults that happen once in each.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OrdersOfGame {
    pub received: bool,
    /// From the first executed order on the player has a leaderboard row.
    pub executed: bool,
    pub bought: bool,
}

#[derive(Debug, Clone)]
pub(super) struct TablePlayer {
    id: String,
    username: String,
    account: Account,
    pub ledger: Vec<LedgerRow>,
    published: PublishedRow,
    pub orders: OrdersOfGame,
    /// The rug of the running game closed a position or decided a sidebet.
    pub rug_closed: bool,
    /// The last login or order, by the count of them at the table.
    pub last_used: u64,
    /// Remaining steps of each `playerUpdate` that is delayed.
    delays: Vec<u32>,
    /// Number of updates; decides which field the next one lacks.
    updates: usize,
}

impl TablePlayer {
    pub fn new(number: u32, balance: Decimal) -> Self {
        Self {
            id: format!("did:privy:practice-{number:04}"),
            username: match number {
                1 => "practice".to_owned(),
                _ => format!("practice-{number}"),
            },
            account: Account::new(balance, []),
            ledger: Vec::new(),
            published: PublishedRow::default(),
            orders: OrdersOfGame::default(),
            rug_closed: false,
            last_used: 0,
            delays: Vec::new(),
            updates: 0,
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn account(&self) -> &Account {
        &self.account
    }

    pub fn profile(&self) -> PublicProfile<'_> {
        PublicProfile {
            id: &self.id,
            username: Some(&self.username),
            level: LEVEL,
        }
    }

    /// Begins another game; the rug closed everything of the one before.
    pub fn begin_game(&mut self) {
        self.account.new_game();
        self.orders = OrdersOfGame::default();
        self.rug_closed = false;
        self.published = PublishedRow::default();
    }

    /// Applies an event as [`Account::apply`] does; returns the effect and the row for the ledger.
    pub fn apply(&mut self, event: AccountEvent) -> Option<(Applied, LedgerRow)> {
        let effect = self.account.apply(&event)?;
        let after = self.account.holding();
        Some((effect, LedgerRow { event, after }))
    }

    /// Notes that a `gameStateUpdate` shows the present state; the player's own row of it comes with the next one.
    pub fn publish_row(&mut self, presale: bool) {
        self.published.has_acted = self.orders.executed;
        self.published.presale = presale;
        if self.orders.executed {
            self.published.book.clone_from(self.account.book());
        }
    }

    /// Delays the next `playerUpdate` by some steps.
    pub fn delay_update(&mut self, steps: u32) {
        self.delays.push(steps);
    }

    /// Counts a step; returns the number of delayed updates that are due.
    pub fn late_updates(&mut self) -> usize {
        for steps in &mut self.delays {
            *steps = steps.saturating_sub(1);
        }
        let delayed = self.delays.len();
        self.delays.retain(|steps| *steps > 0);
        delayed - self.delays.len()
    }

    /// Returns the sort key of the player's row; `None` without a row.
    pub fn rank(&self, price: Decimal) -> Option<Decimal> {
        let row = &self.published;
        let price = (!row.presale).then_some(price);
        row.has_acted.then(|| rank(&row.book, price))
    }

    pub fn username_status(&self) -> Value {
        json!({ "id": self.id, "hasUsername": true, "username": self.username })
    }

    /// Returns `playerUpdate`: the present holding, with the P&L of the last `gameStateUpdate` at `price`.
    pub fn player_update(&mut self, game: &GameId, price: Decimal, absent_fields: bool) -> Message {
        let book = self.account.book();
        let row = &self.published;
        let profit = (!row.presale && row.has_acted).then(|| Profit::at(&row.book, price));
        let bet = book.sidebet.map(|bet| sidebet_object(game, &bet));
        let mut update = json!({
            "id": self.id,
            "role": null,
            "cash": sol(self.account.balance()),
            "bonusBalance": 0,
            "bonusWagerReq": 0,
            "bonusWagered": 0,
            "positionQty": sol(book.position.qty()),
            "avgCost": sol(book.position.average_cost().unwrap_or_default()),
            "cumulativePnL": profit.map_or(json!(0), |profit| sol(profit.total())),
            "sidebetPnl": sol(book.sidebet_pnl()),
            "pnlPercent": profit.map_or(json!(0), |profit| profit.percent()),
            "totalInvested": sol(book.total_invested()),
            "hasInteracted": self.orders.executed,
            "selectedCoin": null,
            "levelInfo": { "level": LEVEL, "xp": 0, "xpForNextLevel": 500, "totalXP": 0 },
            "crateKeys": { "gold": 0, "diamond": 0, "coal": 0, "iron": 0, "tier0": 0 },
            "recentCrateRewards": [],
            "shitcoinBalances": { "0xPractice": 100 },
            "authenticated": true,
            "hitMaxWin": false,
            "xpBoost": { "active": false, "activeUntil": 0, "available": 0 },
            "sideBet": bet,
            "sidebets": [],
            "shortPosition": null,
            "leveragedPositions": [],
            "autobuysEnabled": false,
            "autosellPrice": null,
        });
        if absent_fields && let Some(keys) = update.as_object_mut() {
            keys.shift_remove(["cash", "positionQty", "avgCost"][self.updates % 3]);
        }
        self.updates += 1;
        Message::plain("playerUpdate", update)
    }

    /// Returns `gameStatePlayerUpdate` with the row of the last `gameStateUpdate`, its P&L at `price`.
    pub fn game_state_update(&self, market: &Market, price: Decimal, ranks: &[Decimal]) -> Message {
        let row = &self.published;
        let mut update = json!({ "gameId": market.game.as_str() });
        if let Some(own) = self.rank(price) {
            let better = ranks.iter().filter(|rank| **rank > own).count();
            let position = u32::try_from(better).unwrap_or(u32::MAX).saturating_add(1);
            let price = (!row.presale).then_some(price);
            update["leaderboardEntry"] =
                leaderboard_row(self.profile(), &row.book, &market.game, price, position);
        }
        update["rugpool"] = market.rugpool.clone();
        Message::plain("gameStatePlayerUpdate", update)
    }
}
