//! A player at the practice table: the session as facts, with the games played, all made by the library's own account
//! and board.

use chrono::Duration;
use pianola::account::{
    Account, AccountEvent, Action, ActionKind, ActionSource, ActionStatus, Applied, Drift,
    DriftField, SessionEvent, WalletKind,
};
use pianola::game::{Board, Game, GameEvent, Phase, Time};
use pianola::protocol::Tick;
use rust_decimal::Decimal;

use crate::support::decimal::d;
use crate::support::table_updates;

/// Finished games of a seeded table, with their reveals.
pub fn games(seed: u64, count: usize) -> Vec<Game> {
    let mut board = Board::default();
    let mut games = Vec::new();
    for (at, update) in table_updates::updates(seed, count, &[]) {
        let mut events = Vec::new();
        board.update(&update, at, &mut events);
        games.extend(events.into_iter().filter_map(|event| match event {
            GameEvent::GameComplete(game) => Some(*game),
            _ => None,
        }));
    }
    games.truncate(count);
    assert_eq!(games.len(), count);
    assert!(games.iter().all(Game::complete));
    games
}

/// Two games in a row of which the first is long enough for everything that `a_session` does.
pub fn a_long_and_another_game() -> Vec<Game> {
    let found = (1..200).map(|seed| games(seed, 2));
    let mut found = found.filter(|games| {
        let ticks: Vec<_> = games.iter().map(|game| game.prices.len()).collect();
        (110..400).contains(&ticks[0]) && (20..400).contains(&ticks[1])
    });
    found.next().unwrap()
}

/// A player: every row comes from the account's own arithmetic.
pub struct SessionBuilder {
    pub account: Account,
    pub facts: Vec<SessionEvent>,
    seq: u32,
    drifts: u32,
    /// Time of the newest fact.
    pub now: Time,
}

impl SessionBuilder {
    pub fn begin(at: Time, username: &str, balance: &str) -> Self {
        let balance = d(balance);
        // Finer than the times in files.
        let at = at + Duration::microseconds(444);
        Self {
            account: Account::new(balance, []),
            facts: vec![SessionEvent::Started {
                at,
                player_id: Some(format!("did:privy:{username}")),
                username: Some(username.to_owned()),
                wallet: WalletKind::Server,
                balance,
                lots: Vec::new(),
                sidebet: None,
                session_id: None,
                server: None,
            }],
            seq: 0,
            drifts: 0,
            now: at,
        }
    }

    fn base(&mut self, game: &Game, tick: Tick, action: ActionKind) -> Action {
        self.seq += 1;
        self.now = game.start + Duration::microseconds(i64::from(tick) * 250_000 + 444);
        Action {
            game_id: game.id.clone(),
            tick,
            timestamp: self.now,
            action,
            amount: None,
            price: game.prices.get(tick),
            balance_after: None,
            position_qty_after: None,
            entry_price: None,
            pnl: None,
            seq: self.seq,
            phase: Phase::Active,
            status: ActionStatus::Confirmed,
            qty: None,
            sell_percent: None,
            source: ActionSource::Key,
            confirmed_at: Some(self.now),
            executed_tick: None,
            executed_price: None,
            acked_at: None,
            reason_code: None,
            reason: None,
        }
    }

    fn keep(&mut self, mut row: Action) {
        let held = self.account.holding();
        row.balance_after = Some(held.balance);
        row.position_qty_after = Some(held.position_qty);
        row.entry_price = held.entry_price;
        let (slot, action) = (row.seq - 1, Box::new(row));
        self.facts.push(SessionEvent::Action { slot, action });
    }

    /// The server executes an order one tick after the request; results come at once.
    fn confirmed(&mut self, mut row: Action, game: &Game, executed: Tick, deed: AccountEvent) {
        let Applied { amount, qty, pnl } = self.account.apply(&deed).unwrap();
        (row.amount, row.qty, row.pnl) = (Some(amount), qty, pnl);
        row.executed_tick = Some(executed);
        row.executed_price = game.prices.get(executed);
        self.keep(row);
    }

    pub fn buy_in_the_presale(&mut self, game: &Game, amount: &str) {
        let mut row = self.base(game, 0, ActionKind::Buy);
        row.phase = Phase::Presale;
        let (amount, price) = (d(amount), Decimal::ONE);
        self.confirmed(row, game, 0, AccountEvent::Buy { amount, price });
    }

    pub fn buy(&mut self, game: &Game, tick: Tick, amount: &str) {
        let row = self.base(game, tick, ActionKind::Buy);
        let price = game.prices.get(tick + 1).unwrap();
        let amount = d(amount);
        self.confirmed(row, game, tick + 1, AccountEvent::Buy { amount, price });
    }

    pub fn sell(&mut self, game: &Game, tick: Tick, percent: &str) {
        let mut row = self.base(game, tick, ActionKind::Sell);
        let percent = d(percent);
        row.sell_percent = Some(percent);
        let price = game.prices.get(tick + 1).unwrap();
        self.confirmed(row, game, tick + 1, AccountEvent::Sell { percent, price });
    }

    pub fn sidebet(&mut self, game: &Game, tick: Tick, stake: &str) {
        let row = self.base(game, tick, ActionKind::SidebetPlace);
        let stake = d(stake);
        let deed = AccountEvent::PlaceSidebet {
            stake,
            tick: tick + 1,
        };
        self.confirmed(row, game, tick + 1, deed);
    }

    /// The running sidebet comes to its end, as the game decides.
    pub fn sidebet_ends(&mut self, game: &Game) {
        let end = self.account.book().sidebet.unwrap().end_tick();
        let rug = game.rug_tick.unwrap();
        let (action, tick, executed, deed) = if rug <= end {
            (ActionKind::SidebetWin, rug, rug, AccountEvent::WinSidebet)
        } else {
            (
                ActionKind::SidebetLose,
                end + 1,
                end,
                AccountEvent::LoseSidebet,
            )
        };
        let mut row = self.base(game, tick, action);
        row.source = ActionSource::Server;
        self.confirmed(row, game, executed, deed);
    }

    pub fn rugged(&mut self, game: &Game) {
        let rug = game.rug_tick.unwrap();
        let mut row = self.base(game, rug, ActionKind::Liquidated);
        (row.source, row.phase) = (ActionSource::Server, Phase::Rugged);
        let price = game.prices.get(rug).unwrap();
        self.confirmed(row, game, rug, AccountEvent::Liquidate { price });
    }

    pub fn refused_buy(&mut self, game: &Game, tick: Tick, amount: &str) {
        let mut row = self.base(game, tick, ActionKind::Buy);
        (row.amount, row.status) = (Some(d(amount)), ActionStatus::Refused);
        row.reason = Some(format!("buy {amount} SOL: not enough in the wallet"));
        self.keep(row);
    }

    pub fn unanswered_sell(&mut self, game: &Game, tick: Tick, percent: &str) {
        let mut row = self.base(game, tick, ActionKind::Sell);
        (row.sell_percent, row.status) = (Some(d(percent)), ActionStatus::Unknown);
        row.reason = Some(format!("sell {percent} %: no answer came"));
        self.keep(row);
    }

    /// The server has other numbers than we; ours follow.
    pub fn drift(&mut self, game: &Game, tick: Tick, server_values: &[(DriftField, &str)]) {
        self.now = game.start + Duration::milliseconds(i64::from(tick) * 250 + 60);
        let held = self.account.holding();
        let (mut balance, mut qty, mut cost) = (None, None, None);
        for (field, server) in server_values {
            let server = d(server);
            let (local, slot) = match field {
                DriftField::Balance => (Some(held.balance), &mut balance),
                DriftField::Position => (Some(held.position_qty), &mut qty),
                DriftField::EntryPrice => (held.entry_price, &mut cost),
            };
            *slot = Some(server);
            let drift = Drift {
                at: self.now,
                game_id: Some(game.id.clone()),
                tick: Some(tick),
                field: *field,
                local,
                server: Some(server),
                diff: (local.unwrap_or_default() - server).abs(),
                cleared_at: None,
                after_seq: self.seq,
            };
            let (slot, drift) = (self.drifts, Box::new(drift));
            self.facts.push(SessionEvent::Drifted { slot, drift });
            self.drifts += 1;
        }
        self.account
            .apply(&AccountEvent::Correct { balance, qty, cost });
    }

    pub fn verified(&mut self, total: u64, drifts: u64) {
        let at = self.now;
        self.facts
            .push(SessionEvent::Verified { at, total, drifts });
    }

    pub fn end(mut self) -> Vec<SessionEvent> {
        let at = self.now + Duration::seconds(1);
        self.facts.push(SessionEvent::Ended { at });
        self.facts
    }
}

/// A session with everything that can happen, in two games.
pub fn a_session(games: &[Game]) -> Vec<SessionEvent> {
    let (first, second) = (&games[0], &games[1]);
    let rug = first.rug_tick.unwrap();
    let mut player = SessionBuilder::begin(first.start - Duration::seconds(9), "Dutch", "1");
    player.buy_in_the_presale(first, "0.01");
    player.sidebet(first, 2, "0.001");
    player.buy(first, 5, "0.0237");
    player.refused_buy(first, 8, "12.5");
    player.sell(first, 11, "25");
    player.buy(first, 15, "0.004");
    player.sell(first, 21, "33");
    player.unanswered_sell(first, 25, "10");
    player.sidebet_ends(first);
    player.sell(first, 60, "50");
    player.drift(first, 65, &[(DriftField::Balance, "0.987654321")]);
    player.verified(17, 1);
    player.sell(first, 70, "25");
    let server_values = [
        (DriftField::Position, "0.0123"),
        (DriftField::EntryPrice, "1.05"),
    ];
    player.drift(first, 75, &server_values);
    player.verified(19, 2);
    player.sidebet(first, rug - 12, "0.002");
    player.sell(first, rug - 10, "100");
    player.sidebet_ends(first);
    player.buy(second, 3, "0.02");
    player.buy(second, 9, "0.03");
    player.sell(second, 12, "75");
    player.rugged(second);
    player.end()
}
