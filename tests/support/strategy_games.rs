//! Strategies for tests: random ones as text, their simulation with an exact account, and a piano at a practice table
//! without its socket.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Duration, Utc};
use pianola::account::{Account, AccountEvent, Action, Session};
use pianola::engine::{Command, GameSource, SessionCore, TablePiano, View};
use pianola::feed::FeedState;
use pianola::game::{Game, GameEvent, Phase};
use pianola::protocol::{GameId, Pace, Request, Tick};
use pianola::recording::{RecorderState, RecordingPolicy};
use pianola::strategy::{PracticeTable, Strategy, StrategyContext, StrategyRunner, StrategyStep};
use pianola::table::{LedgerRow, Speed, StepKind};
use pianola::trading::{
    GameContext, OrderContext, OrderLimits, RiskLimits, RiskUsage, Trader, TraderEvent, order_price,
};
use proptest::prelude::*;
use proptest::strategy::Strategy as Generated;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::table_accounts::{CONNECTION, OfflineTable};

/// The evidence of a practice table, from a real one.
pub fn practice_table() -> PracticeTable {
    static TABLE: OnceLock<PracticeTable> = OnceLock::new();
    let evidence = TABLE.get_or_init(|| {
        let source = GameSource::Practice {
            seed: Some(1),
            speed: Speed::Max,
        };
        let opened = source.open().expect("a table");
        opened.practice_table().expect("it announces itself")
    });
    evidence.clone()
}

/// Limits without those that count real time.
pub fn limits() -> OrderLimits {
    OrderLimits {
        risk: RiskLimits::OFF,
        ..OrderLimits::default()
    }
}

fn line() -> impl Generated<Value = String> {
    let amount = prop_oneof![
        4 => (1u32..60).prop_map(|n| format!("0.{n:03}")),
        2 => Just("stake".to_owned()),
        1 => Just("1.2".to_owned()),
    ];
    let buy = amount.clone().prop_map(|amount| format!("buy {amount}"));
    let bet = amount.prop_map(|amount| format!("sidebet {amount}"));
    let sell = prop_oneof![
        Just("sell all".to_owned()),
        (1u32..=100).prop_map(|share| format!("sell {share}%")),
    ];
    let action = prop_oneof![3 => buy, 3 => sell, 1 => bet];
    let number = |low: u32, high: u32| (low..high).prop_map(|n| format!("{}.{n:02}", n / 50));
    let comparison = || proptest::sample::select(vec![">=", "<=", ">", "<"]);
    let condition = prop_oneof![
        3 => (comparison(), number(25, 150)).prop_map(|(c, n)| format!("price {c} {n}")),
        1 => (comparison(), 0u32..60).prop_map(|(c, n)| format!("tick {c} {n}")),
        1 => (comparison(), 0u32..40).prop_map(|(c, n)| format!("held {c} {n}")),
        1 => (comparison(), -30i32..60).prop_map(|(c, n)| format!("profit {c} {n}%")),
        1 => (1u32..60).prop_map(|n| format!("price falls {n}% from high")),
        1 => (comparison(), 0u32..200).prop_map(|(c, n)| format!("last ticks {c} {n}")),
        1 => (comparison(), number(50, 200)).prop_map(|(c, n)| format!("last peak {c} {n}")),
        1 => (comparison(), 0u32..4).prop_map(|(c, n)| format!("games {c} {n}")),
        1 => (comparison(), 0u32..50).prop_map(|(c, n)| format!("lost {c} 0.{n:03}")),
    ];
    let head = prop_oneof![
        2 => Just("in presale".to_owned()),
        1 => (0u32..50).prop_map(|tick| format!("at tick {tick}")),
        1 => (1u32..50).prop_map(|ticks| format!("after {ticks} ticks")),
        3 => condition.clone().prop_map(|condition| format!("when {condition}")),
        1 => condition.clone().prop_map(|condition| format!("whenever {condition}")),
    ];
    let more =
        prop_oneof![2 => Just(String::new()), 1 => condition.prop_map(|c| format!("and {c}"))];
    (head, more, action).prop_map(|(head, more, action)| format!("{head} {more} {action}"))
}

/// The text of a random strategy.
pub fn strategy_text() -> impl Generated<Value = String> {
    let changes = proptest::sample::select(vec![
        "",
        "after loss stake x 1.7, at most 0.2",
        "after win stake x 0.37",
        "after loss stake x 2\nafter win stake 0.01",
        "stop when lost >= 0.05",
    ]);
    (prop::collection::vec(line(), 1..7), changes)
        .prop_map(|(lines, changes)| format!("stake 0.01\n{}\n{changes}\n", lines.join("\n")))
}

/// Reads the text of a strategy.
pub fn read(text: &str) -> Arc<Strategy> {
    Arc::new(Strategy::parse(text).unwrap_or_else(|why| panic!("{text}\n{why}")))
}

/// One order that a strategy decided on: the game, from 0, its tick (`None` in the presale), the order, and whether it was
/// refused.
pub type Decision = (usize, Option<Tick>, String, bool);

/// A game for a simulation: its prices by tick, the last one is the rug's.
pub type Prices = Vec<Decimal>;

/// Plays a strategy with an exact account of 1 SOL; returns what it decided, and the account.
pub fn simulate(strategy: &Arc<Strategy>, games: &[Prices]) -> (Vec<Decision>, Account) {
    let mut runner = StrategyRunner::new(Arc::clone(strategy));
    let mut account = Account::new(Decimal::ONE, []);
    let mut decisions = Vec::new();
    for (index, prices) in games.iter().enumerate() {
        account.new_game();
        let mut game = GameContext {
            game_id: GameId::new(&format!("game-{index}")).unwrap(),
            phase: Phase::Presale,
            tick: 0,
            price: Some(Decimal::ONE),
        };
        ask(&mut runner, &mut account, &game, index, &mut decisions);
        let (rug, running) = prices.split_last().unwrap();
        for (tick, price) in (0..).zip(running) {
            (game.phase, game.tick, game.price) = (Phase::Active, tick, Some(*price));
            if account
                .book()
                .sidebet
                .is_some_and(|bet| bet.decided(tick, false).is_some())
            {
                account.apply(&AccountEvent::LoseSidebet);
            }
            ask(&mut runner, &mut account, &game, index, &mut decisions);
        }
        let tick = Tick::try_from(running.len()).unwrap();
        if let Some(bet) = account.book().sidebet {
            let won = bet
                .decided(tick, true)
                .is_some_and(|payout| !payout.is_zero());
            account.apply(&if won {
                AccountEvent::WinSidebet
            } else {
                AccountEvent::LoseSidebet
            });
        }
        account.apply(&AccountEvent::Liquidate { price: *rug });
        (game.phase, game.tick, game.price) = (Phase::Rugged, tick, Some(*rug));
        ask(&mut runner, &mut account, &game, index, &mut decisions);
    }
    (decisions, account)
}

/// Asks until there is nothing more to do at this moment.
fn ask(
    runner: &mut StrategyRunner,
    account: &mut Account,
    game: &GameContext,
    index: usize,
    decisions: &mut Vec<Decision>,
) {
    loop {
        let ctx = StrategyContext {
            game,
            account: Some(account),
            limits: &limits(),
            ready: true,
        };
        let Some(step) = runner.next(&ctx) else {
            return;
        };
        let StrategyStep::Press(order) = step else {
            panic!("no script line is late here");
        };
        let price = order_price(game.phase, game.price);
        let context = OrderContext {
            in_browser: false,
            account: Some(account),
            game: Some((game.phase, price)),
            feed_trouble: None,
            no_login: None,
            order_pending: false,
            limits: limits(),
            usage: RiskUsage::default(),
            screen_price: None,
        };
        // The table refuses a sale of less than the smallest part of a token.
        let is_done = order.check(&context).is_ok()
            && account.apply(&order.event(game.tick, price)).is_some();
        let tick = (game.phase == Phase::Active).then_some(game.tick);
        decisions.push((index, tick, order.shown().to_string(), !is_done));
        if !is_done {
            runner.note_refused();
        }
    }
}

/// A piano at a practice table without its socket, which waits for it after each step.
pub struct OfflinePiano {
    pub table: OfflineTable,
    pub core: SessionCore,
    pub at: DateTime<Utc>,
    pub games: Vec<Game>,
    pub session: Option<Session>,
    pub requests: Vec<Request>,
    steps: u64,
}

impl OfflinePiano {
    /// A piano beside a table, with a player who is logged in.
    pub fn new(seed: u64, piano: TablePiano, limits: OrderLimits) -> Self {
        Self::at(OfflineTable::new(seed, &[]), piano, limits)
    }

    /// The same at this table.
    pub fn at(table: OfflineTable, piano: TablePiano, limits: OrderLimits) -> Self {
        let at: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        let trader = Trader::at_server(limits);
        let policy = RecordingPolicy::everything();
        let mut core = SessionCore::new(policy, Some(trader), Some(piano), Vec::new());
        core.set_feed_state(&FeedState::Up { since: at });
        core.set_pace(Some(Pace::Step));
        core.login_written();
        let mut this = Self {
            table,
            core,
            at,
            games: Vec::new(),
            session: None,
            requests: Vec::new(),
            steps: 0,
        };
        for message in this.table.stream.greeting() {
            this.event(&message.event, &message.args);
        }
        for (_, message) in this.table.login(CONNECTION, "one").messages {
            this.event(&message.event, &message.args);
        }
        this.step_is_over();
        this
    }

    fn event(&mut self, name: &str, args: &[Value]) {
        let events = self.core.event(name, args, self.at);
        for event in events {
            if let GameEvent::GameComplete(game) = event {
                self.games.push(*game);
            }
        }
        self.collect();
    }

    fn collect(&mut self) {
        for event in self.core.take_trader_events() {
            if let TraderEvent::Session(fact) = event {
                match &mut self.session {
                    Some(session) => session.apply(&fact),
                    none => *none = Session::begin(&fact),
                }
            }
        }
    }

    /// Plays one step of the table, and everything that the piano does then.
    pub fn step(&mut self) -> StepKind {
        let (step, messages) = self.table.step();
        self.at += Duration::microseconds(step.delay_micros.cast_signed());
        for message in &messages {
            self.event(&message.event, &message.args);
        }
        self.step_is_over();
        step.kind
    }

    fn step_is_over(&mut self) {
        self.steps += 1;
        self.core.step_is_over(self.steps, self.at);
        self.collect();
        self.answer_orders();
        assert_eq!(self.core.take_ready_step(true), Some(self.steps));
    }

    /// Lets the table execute what the core sends, one order after the other.
    pub fn answer_orders(&mut self) {
        while let Some(request) = self.core.take_request() {
            assert_eq!(self.core.take_ready_step(true), None, "the table waits");
            let reply = self
                .table
                .handle(CONNECTION, request.name(), &request.to_args(None));
            self.requests.push(request);
            for (_, message) in &reply.messages {
                self.event(&message.event, &message.args);
            }
            if !reply.messages.is_empty() {
                // As after every group of messages.
                self.steps += 1;
                self.core.step_is_over(self.steps, self.at);
                self.collect();
            }
            assert_eq!(self.core.take_request(), None, "two orders are in flight");
            for ack in reply.acks {
                self.core.acked(&[ack], self.at);
                self.collect();
            }
        }
    }

    /// Gives a command as the player does.
    pub fn command(&mut self, command: Command) {
        self.core.command(command, self.at);
        self.collect();
        self.answer_orders();
    }

    /// Plays until so many games are complete.
    pub fn play(&mut self, games: usize) {
        for _ in 0..200_000 {
            if self.games.len() >= games {
                return;
            }
            self.step();
        }
        panic!("only {} games in 200,000 steps", self.games.len());
    }

    /// Plays until a step of this kind.
    pub fn until(&mut self, wanted: impl Fn(StepKind) -> bool) {
        for _ in 0..50_000 {
            if wanted(self.step()) {
                return;
            }
        }
        panic!("no such step in 50,000");
    }

    pub fn view(&self) -> View {
        let up = FeedState::Up { since: self.at };
        self.core.view(up, RecorderState::default(), self.at)
    }

    pub fn rows(&self) -> Vec<Action> {
        self.session.as_ref().map_or(Vec::new(), Session::actions)
    }

    pub fn ledger(&self) -> Vec<LedgerRow> {
        self.table.accounts.ledger(&self.table.player())
    }
}

/// Returns the prices of a complete game, as a simulation takes them.
pub fn prices(game: &Game) -> Prices {
    let rug = game.rug_tick.expect("a rug");
    (0..=rug)
        .map(|tick| game.prices.get(tick).expect("a price"))
        .collect()
}
