//! A hundred thousand small games over many days, with indexes and sessions, as files on the disk.

use std::path::Path;

use pianola::account::{Action, ActionKind, ActionSource, ActionStatus, WalletKind};
use pianola::game::{Game, GameEvent, Phase, PriceSource, Time};
use pianola::protocol::{GameId, Tick};
use pianola::recording::{
    APP, DayIndex, GameFile, IndexGame, IndexSession, Origin, SessionFile, SessionMeta,
    game_file_name, session_file_name,
};
use rust_decimal::Decimal;

/// Ticks of a game: small, for an index does not care.
const TICKS: Tick = 6;
/// Games between two starts, in seconds.
const APART: i64 = 75;
/// Of so many games one is played in.
const PLAYED: usize = 10;

/// Writes `games` games over `days` days, each day with its index and two sessions.
pub fn write(root: &Path, games: usize, days: usize) {
    let first: Time = "2025-10-01T00:00:05Z".parse().expect("a time");
    for day in 0..days {
        let start = first + chrono::Duration::days(i64::try_from(day).expect("a few days"));
        let mut index = DayIndex::empty(&start.format("%Y-%m-%d").to_string());
        let folder = root.join(&index.date);
        for part in ["games", "sessions"] {
            std::fs::create_dir_all(folder.join(part)).expect("a folder");
        }
        let of_day = games / days + usize::from(day < games % days);
        let mut ids = Vec::with_capacity(of_day);
        for number in 0..of_day {
            let seconds = i64::try_from(number).expect("a day's games") * APART;
            let at = start + chrono::Duration::seconds(seconds);
            let id = GameId::new(&format!("{}-{day:08x}{number:08x}", at.format("%Y%m%d")));
            let file = game(id.expect("an id"), at, number);
            let name = game_file_name(&file.meta.game_id, at, 1);
            put(&folder.join("games").join(&name), &file.to_text());
            index.put(IndexGame::new(&name, &file));
            ids.push((file.meta.game_id, at));
        }
        for (half, ids) in ids.chunks(of_day.div_ceil(2).max(1)).enumerate() {
            let file = session(ids, half);
            let name = session_file_name(Some("bench"), file.meta.session_start, 1);
            put(&folder.join("sessions").join(&name), &file.to_text());
            index.put_session(IndexSession::new(&name, &file));
        }
        put(&folder.join("index.json"), &index.to_text());
    }
}

/// Writes as many files as the Python original would have left: a countdown, `ticks` ticks and a rug each.
pub fn write_originals(root: &Path, files: usize, ticks: Tick) {
    use std::fmt::Write as _;
    for number in 0..files {
        let id = format!("20251030-{number:016x}");
        let mut text = format!(
            "{{\"type\": \"game_start\", \"timestamp\": \"2025-10-29T21:21:19.716080\", \"game_id\": \"{id}\"}}\n"
        );
        let mut line = |tick: Tick,
                        price: f64,
                        phase: &str,
                        active: bool,
                        rugged: bool,
                        timer: u32| {
            writeln!(
                text,
                "{{\"type\": \"tick\", \"timestamp\": \"2025-10-29T21:22:19.716122\", \"game_id\": \"{id}\", \"tick\": {tick}, \"price\": {price:?}, \"phase\": \"{phase}\", \"active\": {active}, \"rugged\": {rugged}, \"cooldown_timer\": {timer}, \"trade_count\": 0}}"
            )
            .expect("writing to a String does not fail");
        };
        for timer in (1..20).rev() {
            line(0, 1.0, "UNKNOWN", false, false, timer * 100);
        }
        for tick in 0..ticks {
            let price = 1.0 + f64::from(tick * 37 % 101) / 701.0;
            line(tick, price, "ACTIVE_GAMEPLAY", true, false, 0);
        }
        line(ticks, 0.02, "ACTIVE_GAMEPLAY", true, true, 0);
        text += "{\"type\": \"game_end\", \"timestamp\": \"2025-10-29T21:23:04.552266\", \"game_id\": \"g\"}\n";
        put(
            &root.join(format!("game_20251029_{number:06}.jsonl")),
            &Ok(text.into_bytes()),
        );
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench makes its own files, and they need not last"
)]
fn put(path: &Path, text: &serde_json::Result<Vec<u8>>) {
    std::fs::write(path, text.as_ref().expect("a text")).expect("a file");
}

fn game(id: GameId, start: Time, number: usize) -> GameFile {
    let mut game = Game::new(id.clone(), start);
    for tick in 0..TICKS {
        let cents = (number * 7 + tick as usize * 31) % 400;
        game.apply(&GameEvent::PriceTick {
            game_id: id.clone(),
            tick,
            price: Decimal::new(100 + i64::try_from(cents).expect("small"), 2),
            source: PriceSource::Live,
            arrival: None,
        });
    }
    let at = start + chrono::Duration::milliseconds(250 * i64::from(TICKS));
    game.apply(&GameEvent::Rugged {
        game_id: id,
        tick: TICKS - 1,
        at,
    });
    GameFile::new(&game, Origin::Practice)
}

/// A session that lost a little in every tenth of these games.
fn session(ids: &[(GameId, Time)], half: usize) -> SessionFile {
    let played = ids.iter().step_by(PLAYED).zip(1..);
    let actions: Vec<_> = played.map(|((id, at), seq)| sold(id, *at, seq)).collect();
    let (first, last) = (ids.first().expect("a game"), ids.last().expect("a game"));
    let realised = actions.iter().filter_map(|row| row.pnl).sum::<Decimal>();
    let names = ["Dutch", "bench"];
    SessionFile {
        meta: SessionMeta {
            player_id: Some("did:privy:bench".to_owned()),
            username: Some(names[half % 2].to_owned()),
            session_start: first.1,
            session_end: last.1,
            format: 1,
            origin: Origin::Practice,
            wallet: WalletKind::Server,
            start_balance: Decimal::ONE,
            start_lots: Vec::new(),
            start_sidebet: None,
            end_balance: Decimal::ONE + realised,
            realised_pnl: realised,
            session_id: None,
            speed: None,
            seeded: false,
            verifications: 0,
            drift_count: 0,
            app: APP.to_owned(),
        },
        actions,
        drifts: Vec::new(),
    }
}

fn sold(id: &GameId, at: Time, seq: u32) -> Action {
    Action {
        game_id: id.clone(),
        tick: 3,
        timestamp: at,
        action: ActionKind::Sell,
        amount: Some(Decimal::new(9, 3)),
        price: Some(Decimal::TWO),
        balance_after: Some(Decimal::ONE),
        position_qty_after: Some(Decimal::ZERO),
        entry_price: None,
        pnl: Some(Decimal::new(i64::from(seq % 5) - 3, 4)),
        seq,
        phase: Phase::Active,
        status: ActionStatus::Confirmed,
        qty: Some(Decimal::new(45, 4)),
        sell_percent: Some(Decimal::ONE_HUNDRED),
        source: ActionSource::Script,
        confirmed_at: Some(at),
        executed_tick: Some(3),
        executed_price: Some(Decimal::TWO),
        acked_at: Some(at),
        reason_code: None,
        reason: None,
    }
}
