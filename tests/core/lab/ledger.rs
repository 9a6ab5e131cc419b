//! The exact way of the lab against the practice table: the same games through the table's market and accounts give the
//! same ledger, digit for digit.

use pianola::account::{Account, AccountEvent, Holding};
use pianola::fairness::{EARLIER_GAMES, GameGenerator, GeneratedGame};
use pianola::game::Phase;
use pianola::lab::{ExactPlayer, LabGames, LabStrategy};
use pianola::protocol::{SOL_ADDRESS, number};
use pianola::strategy::{StrategyContext, StrategyRunner, StrategyStep};
use pianola::table::{Accounts, GameStep, Market, MarketPhase, StepKind};
use pianola::trading::{GameContext, OrderLimits};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{named, only, run_of, settings};
use crate::support::table_accounts::CONNECTION;

const SEED: u64 = 11;
const GAMES: usize = 1_000;

const STRATEGY: &str = "stake 0.01\n\
    in presale buy stake\n\
    at tick 0 sidebet 0.002\n\
    when price >= 1.5 sell 50%\n\
    when price falls 30% from high sell all\n\
    after 40 ticks sell 33%\n\
    when tick >= 60 and price <= 0.8 buy 0.003\n\
    whenever tick >= 100 and profit >= 20% sell 12.5%\n\
    whenever tick >= 100 sidebet 0.001\n\
    after loss stake x 1.25, at most 0.02\n\
    after win stake 0.01";

/// The games of a seed that a player can play.
fn games(count: usize) -> Vec<GeneratedGame> {
    let mut generator = GameGenerator::seeded(SEED);
    for _ in 0..EARLIER_GAMES {
        generator.next_seed(0);
    }
    (0..count).map(|_| generator.next_game(0)).collect()
}

/// A player of the practice table whose orders a strategy decides on. Each game has a table of its own, whose player
/// begins with the wallet of the game before: its ledger is short, and is read after every step.
struct TablePlay {
    accounts: Accounts,
    runner: StrategyRunner,
    /// The account that the ledger describes.
    own: Account,
    /// The rows of the games before.
    rows: Vec<(AccountEvent, Holding)>,
    /// Rows of this game that `own` has.
    followed: usize,
    limits: OrderLimits,
}

impl TablePlay {
    fn new(strategy: &LabStrategy, bank: Decimal) -> Self {
        Self {
            accounts: Accounts::new("lab", &[]),
            runner: StrategyRunner::new(strategy.strategy.clone()),
            own: Account::new(bank, []),
            rows: Vec::new(),
            followed: 0,
            limits: settings(&[STRATEGY], (1, 1)).limits,
        }
    }

    fn play(&mut self, game: &GeneratedGame) {
        self.own.new_game();
        self.followed = 0;
        self.accounts = Accounts::new(game.id.as_str(), &[]);
        let bank = self.own.balance().to_string();
        let login = json!({ "token": "lab", "startBalance": bank });
        let closed = market(game, MarketPhase::Closed, 0);
        self.accounts
            .handle(CONNECTION, "authenticate", &[login], &closed);
        let rug_tick = game.rug_tick();
        self.step(game, StepKind::Genesis, MarketPhase::Closed, 0);
        self.step(game, StepKind::Countdown(5_000), MarketPhase::Presale, 0);
        self.step(game, StepKind::Start, MarketPhase::Active, 0);
        for tick in 1..rug_tick {
            let kind = StepKind::Tick { tick, rug_tick };
            self.step(game, kind, MarketPhase::Active, tick);
        }
        self.step(game, StepKind::Rug, MarketPhase::Closed, rug_tick);
        self.step(game, StepKind::Settled, MarketPhase::Closed, rug_tick);
    }

    fn step(&mut self, game: &GeneratedGame, kind: StepKind, phase: MarketPhase, tick: u32) {
        let market = market(game, phase, tick);
        let step = GameStep {
            delay_micros: 0,
            kind,
            messages: Vec::new(),
            cut: false,
        };
        self.accounts.apply_step(&step, &market);
        self.follow();
        let phase = match (kind, phase) {
            (_, MarketPhase::Presale) => Phase::Presale,
            (_, MarketPhase::Active) => Phase::Active,
            (StepKind::Rug, _) => Phase::Rugged,
            _ => return,
        };
        let context = GameContext {
            game_id: game.id.clone(),
            phase,
            tick,
            price: number::shortest(market.price),
        };
        loop {
            let next = self.runner.next(&StrategyContext {
                game: &context,
                account: Some(&self.own),
                limits: &self.limits,
                ready: true,
            });
            let Some(StrategyStep::Press(order)) = next else {
                return;
            };
            let (event, payload) = request(order.event(tick, context.price.unwrap()));
            let reply = self.accounts.handle(CONNECTION, event, &[payload], &market);
            if reply.acks[0]["success"] != json!(true) {
                self.runner.note_refused();
            }
            self.follow();
        }
    }

    /// Repeats the new rows of the ledger.
    fn follow(&mut self) {
        let player = self.accounts.player_id(CONNECTION).unwrap();
        for row in self.accounts.ledger(player).into_iter().skip(self.followed) {
            self.own.apply(&row.event).unwrap();
            assert_eq!(self.own.holding(), row.after);
            self.rows.push((row.event, row.after));
            self.followed += 1;
        }
    }
}

fn market(game: &GeneratedGame, phase: MarketPhase, tick: u32) -> Market {
    Market {
        game: game.id.clone(),
        phase,
        tick,
        price: game.price(tick),
        price_before: game.price(tick.saturating_sub(1)),
        now: 0,
        rugpool: Value::Null,
        ranks: Vec::new(),
    }
}

/// The request of an order.
fn request(event: AccountEvent) -> (&'static str, Value) {
    match event {
        AccountEvent::Buy { amount, .. } => {
            ("buyOrder", json!({ "amount": number::to_json(amount) }))
        }
        AccountEvent::Sell { percent, .. } => (
            "sellOrder",
            json!({ "percentage": number::to_json(percent) }),
        ),
        AccountEvent::PlaceSidebet { stake, .. } => (
            "requestSidebet",
            json!({ "amount": number::to_json(stake), "coinAddress": SOL_ADDRESS, "xPayout": 5 }),
        ),
        other => panic!("{other:?} is no order"),
    }
}

#[test]
fn a_thousand_games_of_the_lab_have_the_ledger_of_the_practice_table() {
    let strategy = named("x", STRATEGY);
    let mut table = TablePlay::new(&strategy, Decimal::from(20));
    let limits = table.limits;
    let mut lab =
        ExactPlayer::new(strategy.strategy.clone(), limits, Decimal::from(20)).keeping_rows();
    for game in games(GAMES) {
        table.play(&game);
        lab.play_prices(&game.id, &game.prices);
    }
    let rows: Vec<_> = lab
        .rows()
        .iter()
        .map(|row| (row.event, row.after))
        .collect();
    assert!(rows.len() > 5 * GAMES, "{} rows", rows.len());
    let ledger = table.rows;
    for (number, (lab, table)) in rows.iter().zip(&ledger).enumerate() {
        assert_eq!(lab, table, "row {number}");
    }
    assert_eq!(rows.len(), ledger.len());

    // The quick way over the same games: a run of the lab with the same seed.
    let mut settings = settings(&[STRATEGY], (1, GAMES as u64));
    settings.source = LabGames::New { seed: SEED };
    settings.bank = Decimal::from(20);
    let result = only(run_of(&settings));
    assert_eq!(result.exact_sample.games, GAMES as u64);
    let end = number::to_f64_lossy(lab.account().balance());
    assert_eq!(result.fan.lines[0].last(), Some(&end));
}
