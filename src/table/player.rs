//! A player who logged in at the practice table: his account, what became of it, and what he is told of it. Pure.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::leaderboard_row::{Profit, PublicProfile, rank, row, side_bet, sol};
use super::market::Market;
use super::message::Message;
use crate::account::{Account, AccountEvent, Applied, GameBook, Holding};
use crate::protocol::GameId;

/// What everybody brings.
const START_BALANCE: Decimal = Decimal::ONE;
const LEVEL: u32 = 1;

/// One change of an account at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerRow {
    /// What happened.
    pub deed: AccountEvent,
    /// What is held since then.
    pub after: Holding,
}

/// What a player's row was at the last `gameStateUpdate`.
#[derive(Debug, Clone, Default)]
struct PublishedRow {
    book: GameBook,
    acted: bool,
    /// Without P&L: the game had not begun.
    presale: bool,
}

/// What a guest did in the running game, for the faults that happen once in each.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct GameActivity {
    /// An order of his was heard.
    pub ordered: bool,
    /// An order of his was executed; from then on he has a row.
    pub acted: bool,
    /// A buy of his was executed.
    pub bought: bool,
}

#[derive(Debug, Clone)]
pub(super) struct TablePlayer {
    id: String,
    username: String,
    account: Account,
    pub ledger: Vec<LedgerRow>,
    told: PublishedRow,
    pub marks: GameActivity,
    /// The rug of the running game closed something of his.
    pub closed: bool,
    /// When he was last heard of, on the accounts's count of logins and orders.
    pub used: u64,
    /// Steps until a `playerUpdate` that is late, one for each.
    late: Vec<u32>,
    /// Updates told so far; which field the next one lacks is counted by it.
    updates: usize,
}

impl TablePlayer {
    pub fn new(number: u32) -> Self {
        Self {
            id: format!("did:privy:practice-{number:04}"),
            username: match number {
                1 => "practice".to_owned(),
                _ => format!("practice-{number}"),
            },
            account: Account::new(START_BALANCE, []),
            ledger: Vec::new(),
            told: PublishedRow::default(),
            marks: GameActivity::default(),
            closed: false,
            used: 0,
            late: Vec::new(),
            updates: 0,
        }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn account(&self) -> &Account {
        &self.account
    }

    pub fn who(&self) -> PublicProfile<'_> {
        PublicProfile {
            id: &self.id,
            username: Some(&self.username),
            level: LEVEL,
        }
    }

    /// Begins another game; at its rug the one before was closed.
    pub fn new_game(&mut self) {
        self.account.new_game();
        self.marks = GameActivity::default();
        self.closed = false;
        self.told = PublishedRow::default();
    }

    /// Lets a deed happen, as [`Account::apply`] does.
    pub fn apply(&mut self, deed: AccountEvent) -> Option<(Applied, LedgerRow)> {
        let effect = self.account.apply(&deed)?;
        let after = self.account.holding();
        Some((effect, LedgerRow { deed, after }))
    }

    /// Notes that a `gameStateUpdate` tells the state of now; the own row of it comes with the next one.
    pub fn note_told(&mut self, presale: bool) {
        self.told.acted = self.marks.acted;
        self.told.presale = presale;
        if self.marks.acted {
            self.told.book.clone_from(self.account.book());
        }
    }

    /// Lets the next `playerUpdate` wait for some steps.
    pub fn delay_update(&mut self, steps: u32) {
        self.late.push(steps);
    }

    /// Counts a step; returns how many late updates are due.
    pub fn late_updates(&mut self) -> usize {
        for steps in &mut self.late {
            *steps = steps.saturating_sub(1);
        }
        let waiting = self.late.len();
        self.late.retain(|steps| *steps > 0);
        waiting - self.late.len()
    }

    /// Returns what his row is sorted by, `None` as long as he has none.
    pub fn rank(&self, price: Decimal) -> Option<Decimal> {
        let told = &self.told;
        let price = (!told.presale).then_some(price);
        told.acted.then(|| rank(&told.book, price))
    }

    pub fn username_status(&self) -> Value {
        json!({ "id": self.id, "hasUsername": true, "username": self.username })
    }

    /// Returns `playerUpdate`: what is held is of now, the P&L that of the last `gameStateUpdate` at `price`.
    pub fn player_update(&mut self, game: &GameId, price: Decimal, absent_fields: bool) -> Message {
        let book = self.account.book();
        let profit =
            (!self.told.presale && self.told.acted).then(|| Profit::at(&self.told.book, price));
        let bet = book.sidebet.map(|bet| side_bet(game, &bet));
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
            "hasInteracted": self.marks.acted,
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

    /// Returns `gameStatePlayerUpdate` with the row as it was at the last `gameStateUpdate`, its P&L at `price`.
    pub fn game_state_update(&self, market: &Market, price: Decimal, ranks: &[Decimal]) -> Message {
        let told = &self.told;
        let mut update = json!({ "gameId": market.game.as_str() });
        if let Some(own) = self.rank(price) {
            let better = ranks.iter().filter(|rank| **rank > own).count();
            let position = u32::try_from(better).unwrap_or(u32::MAX).saturating_add(1);
            let price = (!told.presale).then_some(price);
            update["leaderboardEntry"] = row(self.who(), &told.book, &market.game, price, position);
        }
        update["rugpool"] = market.rugpool.clone();
        Message::plain("gameStatePlayerUpdate", update)
    }
}
