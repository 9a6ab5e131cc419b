//! Sessions in which every game is traded, as files on the disk with their games and indexes: what the account makes of
//! buys and sells at the prices of the games.

use std::path::Path;

use chrono::Duration;
use pianola::account::{
    Account, AccountEvent, Action, ActionKind, ActionSource, ActionStatus, WalletKind,
};
use pianola::fairness::KNOWN_VERSION;
use pianola::game::{Game, GameEvent, Phase, PriceSource, Time};
use pianola::protocol::{GameId, Tick};
use pianola::recording::{
    APP, DayIndex, GameFile, IndexGame, IndexSession, Origin, SessionFile, SessionMeta,
    game_file_name, session_file_name,
};
use rust_decimal::Decimal;

/// Ticks of a game, the rug included.
const TICKS: Tick = 60;
/// A game every so many seconds.
const APART: i64 = 40;
/// Sessions of a day.
const OF_DAY: usize = 20;

/// Writes `sessions` sessions of `games` games each, with so many buys, each sold later, in each game.
pub fn write(root: &Path, sessions: usize, games: usize, trades: Tick) {
    let first: Time = "2025-01-01T00:00:05Z".parse().expect("a time");
    for day in 0..sessions.div_ceil(OF_DAY) {
        let start = first + Duration::days(whole(day));
        let mut index = DayIndex::empty(&start.format("%Y-%m-%d").to_string());
        let folder = root.join(&index.date);
        for part in ["games", "sessions"] {
            std::fs::create_dir_all(folder.join(part)).expect("a folder");
        }
        for number in day * OF_DAY..sessions.min((day + 1) * OF_DAY) {
            let start = start + Duration::seconds(whole(number % OF_DAY * games) * APART);
            let mut player = Player::new();
            for game in 0..games {
                let at = start + Duration::seconds(whole(game) * APART);
                let id = format!("{}-{number:08x}{game:08x}", at.format("%Y%m%d"));
                let id = GameId::new(&id).expect("an id");
                let prices = prices(number * games + game);
                let file = game_file(&id, at, &prices);
                let name = game_file_name(&id, at, 1);
                put(&folder.join("games").join(&name), &file.to_text());
                index.put(IndexGame::new(&name, &file));
                for trade in 0..trades {
                    player.trade(&id, at, &prices, trade * (TICKS - 2) / trades, trades);
                }
            }
            let end = start + Duration::seconds(whole(games) * APART);
            let file = player.session(start, end);
            let name = session_file_name(Some("bench"), start, 1);
            put(&folder.join("sessions").join(&name), &file.to_text());
            index.put_session(IndexSession::new(&name, &file));
        }
        put(&folder.join("index.json"), &index.to_text());
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).expect("a small number")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench makes its own files, and they need not last"
)]
fn put(path: &Path, text: &serde_json::Result<Vec<u8>>) {
    std::fs::write(path, text.as_ref().expect("a text")).expect("a file");
}

/// Returns the prices of a game: each game has another course.
fn prices(number: usize) -> Vec<Decimal> {
    let steps = (0..TICKS as usize).scan(0, |step, tick| {
        *step += whole((number * 7_919 + tick * 104_729) % 23) - 11;
        Some(*step)
    });
    let mut prices: Vec<_> = steps
        .map(|step| Decimal::new((1_000 + 9 * step).max(100), 3))
        .collect();
    prices[0] = Decimal::ONE;
    prices[TICKS as usize - 1] = Decimal::new(13, 3);
    prices
}

fn game_file(id: &GameId, start: Time, prices: &[Decimal]) -> GameFile {
    let mut game = Game::new(id.clone(), start);
    for (tick, price) in (0..).zip(prices) {
        game.apply(&GameEvent::PriceTick {
            game_id: id.clone(),
            tick,
            price: *price,
            source: PriceSource::Live,
            arrival: None,
        });
    }
    game.apply(&GameEvent::Rugged {
        game_id: id.clone(),
        tick: TICKS - 1,
        at: start + Duration::milliseconds(250 * i64::from(TICKS)),
    });
    let mut file = GameFile::new(&game, Origin::Practice);
    file.meta.game_version = Some(KNOWN_VERSION.to_owned());
    file
}

/// A player who buys and sells, with the account that the review replays.
struct Player {
    account: Account,
    actions: Vec<Action>,
}

impl Player {
    fn new() -> Self {
        Self {
            account: Account::new(Decimal::ONE_HUNDRED, []),
            actions: Vec::new(),
        }
    }

    /// Buys at a tick and sells everything a few ticks later.
    fn trade(&mut self, game: &GameId, start: Time, prices: &[Decimal], buy: Tick, of: Tick) {
        let number = Tick::try_from(self.actions.len()).expect("few rows") / 2;
        let held = 1 + number % 9 % (TICKS / of - 1).max(1);
        for (tick, kind) in [(buy, ActionKind::Buy), (buy + held, ActionKind::Sell)] {
            let price = prices[tick as usize];
            let event = match kind {
                ActionKind::Buy => AccountEvent::Buy {
                    amount: Decimal::new(20, 3),
                    price,
                },
                _ => AccountEvent::Sell {
                    percent: Decimal::ONE_HUNDRED,
                    price,
                },
            };
            let applied = self.account.apply(&event).expect("a possible order");
            let holding = self.account.holding();
            let at = start + Duration::milliseconds(250 * i64::from(tick));
            self.actions.push(Action {
                game_id: game.clone(),
                tick,
                timestamp: at,
                action: kind,
                amount: Some(applied.amount),
                price: Some(price),
                balance_after: Some(holding.balance),
                position_qty_after: Some(holding.position_qty),
                entry_price: holding.entry_price,
                pnl: applied.pnl,
                seq: u32::try_from(self.actions.len() + 1).expect("few rows"),
                phase: Phase::Active,
                status: ActionStatus::Confirmed,
                qty: applied.qty,
                sell_percent: (kind == ActionKind::Sell).then_some(Decimal::ONE_HUNDRED),
                source: ActionSource::Key,
                confirmed_at: Some(at),
                executed_tick: Some(tick),
                executed_price: Some(price),
                acked_at: Some(at),
                reason_code: None,
                reason: None,
            });
        }
    }

    fn session(self, start: Time, end: Time) -> SessionFile {
        SessionFile {
            meta: SessionMeta {
                player_id: None,
                username: Some("bench".to_owned()),
                session_start: start,
                session_end: end,
                format: 1,
                origin: Origin::Practice,
                wallet: WalletKind::Server,
                start_balance: Decimal::ONE_HUNDRED,
                start_lots: Vec::new(),
                start_sidebet: None,
                end_balance: self.account.balance(),
                realised_pnl: self.actions.iter().filter_map(|row| row.pnl).sum(),
                session_id: None,
                speed: None,
                seeded: false,
                verifications: 0,
                drift_count: 0,
                app: APP.to_owned(),
            },
            actions: self.actions,
            drifts: Vec::new(),
        }
    }
}
