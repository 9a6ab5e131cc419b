//! A game of 5,000 ticks and a player who acts a thousand times in it.

use pianola::account::{Account, AccountEvent, Action, WalletKind};
use pianola::game::{Game, GameEvent, PriceSource, Time};
use pianola::protocol::{GameId, Tick, number};
use pianola::recording::{APP, GameFile, Origin, SessionFile, SessionMeta};
use rust_decimal::Decimal;

use crate::confirmed_action::confirmed_action;

/// Ticks of the game.
pub const TICKS: Tick = 5_000;
/// Actions in it.
const ACTIONS: u32 = 1_000;

/// How the player acts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hands {
    /// A buy, then a sell of a part.
    ByTurns,
    /// Buys only, then many small sells: hundreds of lots.
    Hoarding,
}

fn start() -> Time {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

/// The game, its price going up and down.
pub fn game() -> GameFile {
    let id = GameId::new("20260101-00000000000bench").expect("an id");
    let mut game = Game::new(id.clone(), start());
    for tick in 0..TICKS {
        let price = 1.0 + f64::from(tick * 37 % 101) / 701.0;
        game.apply(&GameEvent::PriceTick {
            game_id: id.clone(),
            tick,
            price: number::shortest(price).expect("a decimal"),
            source: PriceSource::Live,
            arrival: None,
        });
    }
    let at = start() + chrono::Duration::seconds(1_250);
    game.apply(&GameEvent::Rugged {
        game_id: id,
        tick: TICKS - 1,
        at,
    });
    GameFile::new(&game, Origin::Practice)
}

/// The session of the player.
pub fn session(game: &GameFile, hands: Hands) -> SessionFile {
    let balance = Decimal::ONE_HUNDRED;
    let mut account = Account::new(balance, []);
    let rows = (0..ACTIONS).map(|number| row(&mut account, game, hands, number));
    let actions: Vec<_> = rows.collect();
    let realised = actions.iter().filter_map(|row| row.pnl).sum::<Decimal>();
    let meta = SessionMeta {
        player_id: Some("did:privy:bench".to_owned()),
        username: Some("bench".to_owned()),
        session_start: start(),
        session_end: start(),
        format: 1,
        origin: Origin::Practice,
        wallet: WalletKind::Server,
        start_balance: balance,
        start_lots: Vec::new(),
        start_sidebet: None,
        end_balance: account.balance(),
        realised_pnl: realised.normalize(),
        session_id: None,
        speed: None,
        seeded: false,
        verifications: 0,
        drift_count: 0,
        app: APP.to_owned(),
    };
    SessionFile {
        meta,
        actions,
        drifts: Vec::new(),
    }
}

fn row(account: &mut Account, game: &GameFile, hands: Hands, number: u32) -> Action {
    let tick = number * (TICKS / ACTIONS);
    let price = game.prices[tick as usize].expect("a price");
    let amount = Decimal::new(1, 2);
    let (buys, percent) = match hands {
        Hands::ByTurns => (number.is_multiple_of(2), Decimal::from(25)),
        Hands::Hoarding => (number < ACTIONS / 2, Decimal::new(1, 1)),
    };
    let event = if buys {
        AccountEvent::Buy { amount, price }
    } else {
        AccountEvent::Sell { percent, price }
    };
    let id = &game.meta.game_id;
    confirmed_action(account, &event, id, (tick, price), start(), number + 1)
}
