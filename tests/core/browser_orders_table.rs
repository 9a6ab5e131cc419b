//! One player at the practice table, followed by three traders: the one that presses, one that sees the requests of the
//! page, and one that sees no request. All three come to the same rows, digit for digit.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use pianola::account::{Action, ActionSource, ActionStatus, Session, SessionEvent};
use pianola::engine::{Command, SessionCore};
use pianola::feed::{FeedEvent, FeedMessage, FeedState};
use pianola::game::GameEvent;
use pianola::protocol::{GameId, Request, Trace};
use pianola::recording::{GameFile, Origin, RecordingPolicy, SessionFile};
use pianola::replay::check;
use pianola::table::{Fault, StepKind};
use pianola::trading::{Order, OrderAnswer, OrderLimits, Trader, TraderEvent};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::table_accounts::{CONNECTION, OfflineTable};

/// A trader with its board, and the resulting session.
struct Side {
    core: SessionCore,
    session: Option<Session>,
    sent: Vec<Request>,
    games: BTreeMap<GameId, GameFile>,
}

impl Side {
    fn new(trader: Trader, at: DateTime<Utc>) -> Self {
        let mut core = SessionCore::new(
            RecordingPolicy::everything(),
            Some(trader),
            None,
            Vec::new(),
        );
        core.set_feed_state(&FeedState::Up { since: at });
        core.login_written();
        Self {
            core,
            session: None,
            sent: Vec::new(),
            games: BTreeMap::new(),
        }
    }

    fn collect(&mut self) {
        self.sent.extend(self.core.take_request());
        for event in self.core.take_trader_events() {
            let TraderEvent::Session(fact) = event else {
                continue;
            };
            match &mut self.session {
                Some(session) => session.apply(&fact),
                none => {
                    assert!(matches!(fact, SessionEvent::Started { .. }));
                    *none = Session::begin(&fact);
                }
            }
        }
    }

    fn event(&mut self, name: &str, args: &[Value], at: DateTime<Utc>) {
        let events = self.core.event(name, args, at);
        self.keep(events);
        self.collect();
    }

    fn keep(&mut self, events: Vec<GameEvent>) {
        for event in events {
            if let GameEvent::GameComplete(game) = event {
                let file = GameFile::new(&game, Origin::Browser);
                self.games.insert(game.id.clone(), file);
            }
        }
    }

    fn stop(&mut self, at: DateTime<Utc>) {
        let events = self.core.stop(at);
        self.keep(events);
        self.collect();
    }

    /// The session as it is published agrees with the games, played again.
    fn agrees_when_replayed(&self) {
        let text = serde_json::to_vec(&SessionFile::new(self.session(), Origin::Browser)).unwrap();
        let file = SessionFile::parse(&text).unwrap();
        let find = &mut |id: &GameId| self.games.get(id).cloned().ok_or("none".to_owned());
        let replayed = check(&file, find);
        assert!(
            replayed.disagreements.is_empty(),
            "{:#?}",
            replayed.disagreements
        );
    }

    fn message(&mut self, body: FeedEvent, at: DateTime<Utc>) {
        self.core.message(&FeedMessage {
            generation: 1,
            at,
            arrived: std::time::Instant::now(),
            event: body,
        });
        self.collect();
    }

    fn clock(&mut self, at: DateTime<Utc>) {
        self.core.clock(at);
        self.collect();
    }

    fn session(&self) -> &Session {
        self.session.as_ref().unwrap()
    }
}

/// Returns the part of a row in which two traders must agree; `timing` includes the times of press and answer.
fn comparable(row: &Action, timing: bool) -> Action {
    let mut row = row.clone();
    row.seq = 0;
    if row.source == ActionSource::Script {
        row.source = ActionSource::Browser;
    }
    if !timing {
        // Its request was not seen: its row begins where the server executed it.
        row.timestamp = DateTime::UNIX_EPOCH;
        (row.confirmed_at, row.acked_at) = (None, None);
        (row.tick, row.price) = (row.executed_tick.unwrap(), row.executed_price);
    }
    row
}

/// The player's order after a step, if the table accepts one then.
#[derive(Debug, Clone, Copy)]
enum PlayerOrder {
    Nothing,
    Buy(u32),
    Sell(u32),
    Bet(u32),
}

fn player_order() -> impl Strategy<Value = PlayerOrder> {
    prop_oneof![
        12 => Just(PlayerOrder::Nothing),
        // Thousandths of a SOL; 0 means a ten-thousandth, which the table refuses.
        4 => (0u32..80).prop_map(PlayerOrder::Buy),
        3 => prop_oneof![Just(100u32), Just(50), Just(25), 1u32..100].prop_map(PlayerOrder::Sell),
        1 => (1u32..60).prop_map(PlayerOrder::Bet),
    ]
}

fn order(chosen: PlayerOrder) -> Option<Order> {
    let thousandths = |n: u32| match n {
        0 => Decimal::new(1, 4),
        n => Decimal::new(n.into(), 3),
    };
    Some(match chosen {
        PlayerOrder::Nothing => return None,
        PlayerOrder::Buy(n) => Order::Buy {
            amount: thousandths(n),
        },
        PlayerOrder::Sell(percent) => Order::Sell {
            percent: percent.into(),
        },
        PlayerOrder::Bet(n) => Order::Sidebet {
            stake: thousandths(n),
        },
    })
}

/// The three traders at one table.
struct Trio {
    table: OfflineTable,
    direct: Side,
    mirror: Side,
    blind: Side,
    at: DateTime<Utc>,
    ack_id: u64,
}

impl Trio {
    fn new(seed: u64, faults: &[Fault]) -> Self {
        let at: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        let rules = OrderLimits {
            min_buy: Decimal::new(1, 9),
            risk: pianola::trading::RiskLimits::OFF,
            ..OrderLimits::default()
        };
        let mut trio = Self {
            table: OfflineTable::new(seed, faults),
            direct: Side::new(Trader::at_server(rules), at),
            mirror: Side::new(Trader::in_browser(rules), at),
            blind: Side::new(Trader::in_browser(rules), at),
            at,
            ack_id: 0,
        };
        for (_, message) in trio.table.login(CONNECTION, "one").messages {
            trio.tell(&message.event, &message.args);
        }
        trio
    }

    fn tell(&mut self, name: &str, args: &[Value]) {
        for side in [&mut self.direct, &mut self.mirror, &mut self.blind] {
            side.event(name, args, self.at);
        }
    }

    fn step(&mut self) -> StepKind {
        let (step, messages) = self.table.step();
        self.at += Duration::microseconds(i64::try_from(step.delay_micros).unwrap());
        for message in &messages {
            self.tell(&message.event, &message.args);
        }
        for side in [&mut self.direct, &mut self.mirror, &mut self.blind] {
            side.clock(self.at);
        }
        step.kind
    }

    /// Presses at the one trader; the other one sees the request.
    fn press(&mut self, order: Order) {
        self.at += Duration::milliseconds(5);
        let press = Command::Press {
            order,
            source: ActionSource::Script,
            seen: None,
        };
        self.direct.core.command(press, self.at);
        let before = self.direct.sent.len();
        self.direct.collect();
        let Some(request) = self.direct.sent.get(before).cloned() else {
            return;
        };
        self.ack_id += 1;
        let trace = Trace {
            trace_id: format!("{:032x}", self.ack_id),
            span_id: "1".repeat(16),
        };
        let args = request.to_args(Some(&trace));
        let name = request.name();
        let sent = FeedEvent::Sent {
            name: name.to_owned(),
            args: args.clone(),
            id: Some(self.ack_id),
        };
        self.mirror.message(sent, self.at);
        self.at += Duration::milliseconds(40);
        let answer = self.table.handle(CONNECTION, name, &args);
        for (_, message) in &answer.messages {
            self.tell(&message.event, &message.args);
        }
        self.at += Duration::milliseconds(10);
        for (number, ack) in answer.acks.iter().enumerate() {
            let args = vec![ack.clone()];
            if number == 0 {
                self.direct.core.acked(&args, self.at);
                self.direct.collect();
            }
            let id = self.ack_id;
            self.mirror.message(FeedEvent::Acked { id, args }, self.at);
        }
        if answer.acks.is_empty() {
            // The feed of the one that pressed reports it; the others have their own clocks.
            self.at += Duration::milliseconds(4_000);
            self.direct.core.answered(OrderAnswer::Lost, self.at);
            for side in [&mut self.direct, &mut self.mirror, &mut self.blind] {
                side.clock(self.at);
            }
        }
    }

    fn play(&mut self, orders: &[PlayerOrder]) {
        for wish in orders {
            self.step();
            if let Some(order) = order(*wish) {
                self.press(order);
            }
        }
        // To the end of everything that is open.
        for _ in 0..2_000 {
            self.step();
            let idle = self
                .direct
                .core
                .trader()
                .unwrap()
                .account()
                .unwrap()
                .is_idle();
            if idle {
                break;
            }
        }
        // A game without a seen tick does not count.
        while !matches!(self.step(), StepKind::Tick { .. }) {}
        for side in [&mut self.direct, &mut self.mirror, &mut self.blind] {
            side.stop(self.at);
            if side.session().drift_count == 0 {
                side.agrees_when_replayed();
            }
        }
    }

    /// The rows of the requests that the pressing trader sent.
    fn pressed(&self) -> Vec<Action> {
        let left = |row: &Action| row.status != ActionStatus::Refused || row.acked_at.is_some();
        let rows = self.direct.session().actions().into_iter().filter(left);
        rows.collect()
    }

    fn check_mirror(&self) {
        let ours: Vec<_> = self
            .pressed()
            .iter()
            .map(|row| comparable(row, true))
            .collect();
        let theirs = self.mirror.session().actions();
        let theirs: Vec<_> = theirs.iter().map(|row| comparable(row, true)).collect();
        assert_eq!(ours, theirs);
        assert!(self.mirror.sent.is_empty() && self.blind.sent.is_empty());
        let end = |side: &Side| (side.session().drifts().len(), side.session().end_holding());
        assert_eq!(end(&self.direct), end(&self.mirror));
    }

    fn check_blind(&self) {
        let done = |row: &&Action| row.status == ActionStatus::Confirmed;
        let ours = self.pressed();
        let ours: Vec<_> = ours
            .iter()
            .filter(done)
            .map(|row| comparable(row, false))
            .collect();
        let theirs = self.blind.session().actions();
        let theirs: Vec<_> = theirs.iter().map(|row| comparable(row, false)).collect();
        assert_eq!(ours, theirs);
        assert_eq!(self.blind.session().drift_count, 0);
    }
}

/// The number of runs; `PIANOLA_FULL=1` plays many.
fn cases() -> u32 {
    if std::env::var_os("PIANOLA_FULL").is_some() {
        256
    } else {
        5
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn every_observer_comes_to_the_same_rows(seed in 1u64..5_000, orders in prop::collection::vec(player_order(), 150..700)) {
        let mut trio = Trio::new(seed, &[]);
        trio.play(&orders);
        trio.check_mirror();
        trio.check_blind();
    }

    /// Without own trades: only requests and wallets are seen.
    #[test]
    fn the_same_without_own_trades(seed in 1u64..5_000, orders in prop::collection::vec(player_order(), 150..700)) {
        let mut trio = Trio::new(seed, &[Fault::NoOwnTrade]);
        trio.play(&orders);
        trio.check_mirror();
        trio.check_blind();
    }
}

/// A table that answers twice, late or not at all, or sends half of the account.
#[test]
fn the_same_at_a_table_with_faults() {
    for fault in [
        Fault::DoubleAck,
        Fault::LostAck,
        Fault::LatePlayerUpdate,
        Fault::AbsentFields,
        Fault::RefuseBuy,
        Fault::Double,
    ] {
        for seed in [3, 11] {
            let mut trio = Trio::new(seed, &[fault]);
            let orders: Vec<_> = (0..600)
                .map(|n| match n % 9 {
                    0 | 4 => PlayerOrder::Buy(10 + n % 13),
                    6 => PlayerOrder::Sell(50),
                    8 if n % 4 == 0 => PlayerOrder::Bet(5),
                    _ => PlayerOrder::Nothing,
                })
                .collect();
            trio.play(&orders);
            let pressed = trio.pressed().len();
            assert!(pressed > 20, "{fault:?}: {pressed}");
            trio.check_mirror();
        }
    }
}
