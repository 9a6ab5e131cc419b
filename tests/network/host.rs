//! What runs behind the window: one source after the other, started and stopped in order, and the answer when one
//! cannot be started.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use pianola::account::ActionSource;
use pianola::engine::GameSource;
use pianola::engine::{Command, View};
use pianola::feed::{Address, FeedState};
use pianola::game::Phase;
use pianola::host::{Host, HostEvent, RunningSource, SourceRequest};
use pianola::recording::{FolderLock, GameFile, Origin};
use pianola::table::{Speed, Table, TableConfig};
use pianola::trading::TraderView;
use pianola::trading::{Order, OrderLimits};
use rust_decimal::Decimal;

use crate::support::source_view::until_view;

const LIMIT: Duration = Duration::from_mins(1);

struct HostRun {
    host: Host,
    events: Receiver<HostEvent>,
    woken: Arc<AtomicU64>,
}

/// What a new wallet holds.
const START_BALANCE: Decimal = Decimal::TWO;

impl HostRun {
    fn new() -> Self {
        let woken = Arc::new(AtomicU64::new(0));
        let count = woken.clone();
        let mut host = Host::start(Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        }))
        .unwrap();
        let events = host.take_events().unwrap();
        Self {
            host,
            events,
            woken,
        }
    }

    fn start(&self, source: GameSource, folder: &Path) -> HostEvent {
        let asked = self.host.handle().start(SourceRequest {
            start_balance: START_BALANCE,
            source,
            folder: folder.to_owned(),
            auto_record: false,
            raw_capture: false,
            limits: OrderLimits::default(),
        });
        assert!(asked);
        self.events.recv_timeout(LIMIT).unwrap()
    }

    fn runs(&self, source: GameSource, folder: &Path) -> RunningSource {
        match self.start(source, folder) {
            HostEvent::Running(running) => *running,
            other => panic!("{other:?}"),
        }
    }
}

fn practice(speed: f64) -> GameSource {
    GameSource::Practice {
        seed: Some(7),
        speed: Speed::Times(speed),
    }
}

#[test]
fn a_refill_at_the_practice_table_begins_a_new_session_without_leaving_it() {
    let folder = tempfile::tempdir().unwrap();
    let stage = HostRun::new();
    let mut running = stage.runs(practice(20.0), folder.path());
    let balance = |view: &View| {
        let account = view.trader.as_ref().and_then(TraderView::held);
        account.map(|held| held.balance)
    };
    until_view(&mut running, "a presale", |view| {
        view.phase == Phase::Presale && balance(view) == Some(START_BALANCE)
    });
    let press = |amount| Command::Press {
        order: Order::Buy { amount },
        source: ActionSource::Mouse,
        seen: None,
    };
    running.commands.try_send(press(Decimal::ONE)).unwrap();
    until_view(&mut running, "the order is filled", |view| {
        balance(view) == Some(START_BALANCE - Decimal::ONE)
    });
    let player = |view: &View| {
        let trader = view.trader.as_ref();
        trader.and_then(|trader| Some(trader.identity.as_ref()?.player_id.clone()))
    };
    let before = player(&running.view.borrow());
    let more = Decimal::new(35, 1);
    running
        .commands
        .try_send(Command::ResetWallet(more))
        .unwrap();
    until_view(&mut running, "the new account", |view| {
        balance(view) == Some(more) && view.session.start_value == more
    });
    assert_ne!(player(&running.view.borrow()), before);
    assert!(running.view.borrow().actions.is_empty());
    // The new account plays on the same connection.
    until_view(&mut running, "another presale", |view| {
        view.phase == Phase::Presale && view.no_login.is_none()
    });
    running.commands.try_send(press(Decimal::ONE)).unwrap();
    until_view(&mut running, "the next order is filled", |view| {
        balance(view) == Some(more - Decimal::ONE)
    });
    let reports = stage.host.stop();
    assert_eq!(reports[0].sessions, 2);
}

#[test]
fn one_source_follows_the_other_and_each_is_saved() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let stage = HostRun::new();
    let mut running = stage.runs(practice(20.0), first.path());
    assert_eq!((running.origin, running.at_table), (Origin::Practice, true));
    until_view(&mut running, "an account in the presale", |view| {
        let account = view.trader.as_ref().and_then(TraderView::held);
        view.phase == Phase::Presale && account.is_some()
    });
    // Nothing is recorded until the player acts, or asks for it.
    let press = Command::Press {
        order: Order::Buy {
            amount: Decimal::new(1, 2),
        },
        source: ActionSource::Mouse,
        seen: None,
    };
    running.commands.try_send(press).unwrap();
    until_view(&mut running, "the order is filled", |view| {
        let held = view.trader.as_ref().and_then(TraderView::held);
        held.is_some_and(|held| !held.position_qty.is_zero())
    });
    // A game of which no tick was seen leaves no file.
    until_view(&mut running, "the game runs", |view| {
        view.phase == Phase::Active && view.tick.is_some()
    });
    assert!(stage.woken.load(Ordering::Relaxed) > 0);

    let table = Table::start(TableConfig {
        seed: Some(9),
        speed: Speed::Times(20.0),
        ..TableConfig::default()
    })
    .unwrap();
    let address = Address::parse(&table.url()).unwrap();
    let mut other = stage.runs(GameSource::Url(address), second.path());
    assert_eq!((other.origin, other.at_table), (Origin::Url, true));
    until_view(&mut other, "logged in there", |view| {
        view.trader.as_ref().and_then(TraderView::held).is_some()
    });
    // The way to the first one is closed.
    assert!(running.commands.try_send(Command::Record(true)).is_err());

    let mut back = stage.runs(practice(1.0), first.path());
    until_view(&mut back, "back at our own table", |view| {
        view.game_id.is_some()
    });
    let left = stage.host.stop();
    let sessions: Vec<_> = left.iter().map(|left| left.sessions).collect();
    assert_eq!(sessions, [1, 0, 0], "{left:?}");
    assert_eq!(left[0].games, 1, "the game of the order, and no other");
    assert!(left.iter().all(|left| left.trouble.is_none()), "{left:?}");
    assert!(FolderLock::acquire(first.path()).is_ok(), "given back");
}

#[test]
fn the_limits_are_kept_by_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let stage = HostRun::new();
    let mut running = stage.runs(practice(20.0), folder.path());
    let limits = OrderLimits {
        max_buy: Decimal::new(2, 3),
        ..OrderLimits::default()
    };
    running.commands.try_send(Command::Limits(limits)).unwrap();
    until_view(&mut running, "an account in the presale", |view| {
        let account = view.trader.as_ref().and_then(TraderView::held);
        view.phase == Phase::Presale && account.is_some()
    });
    let press = Command::Press {
        order: Order::Buy {
            amount: Decimal::new(1, 2),
        },
        source: ActionSource::Key,
        seen: None,
    };
    running.commands.try_send(press).unwrap();
    let view = until_view(&mut running, "a row", |view| !view.actions.is_empty());
    let reason = view.actions[0].reason.clone().unwrap();
    assert!(reason.contains("0.002"), "{reason}");
}

#[test]
fn a_faster_table_goes_on_with_its_game() {
    let folder = tempfile::tempdir().unwrap();
    let stage = HostRun::new();
    let mut running = stage.runs(practice(5.0), folder.path());
    let view = until_view(&mut running, "a game", |view| view.game_id.is_some());
    assert!(stage.host.handle().speed(Speed::Times(100.0)));
    until_view(&mut running, "the same game starts", |now| {
        now.game_id == view.game_id && now.phase == Phase::Active
    });
}

/// Records a game of a seeded table at speed 20 in the middle of which it changes to 40, and the beginning of the next
/// one; returns the speeds that their files say.
fn speeds(source: GameSource, change: impl FnOnce(&HostRun)) -> [Option<Decimal>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let stage = HostRun::new();
    let mut running = stage.runs(source, folder.path());
    running.commands.try_send(Command::Record(true)).unwrap();
    let first = until_view(&mut running, "a game", |view| view.tick > Some(10));
    change(&stage);
    let second = until_view(&mut running, "the game after it", |view| {
        view.game_id != first.game_id && view.tick > Some(10)
    });
    stage.host.stop();
    let days = std::fs::read_dir(folder.path()).unwrap();
    let games = days.filter_map(|day| std::fs::read_dir(day.unwrap().path().join("games")).ok());
    let files: Vec<_> = games
        .flatten()
        .map(|game| GameFile::parse(&std::fs::read(game.unwrap().path()).unwrap()).unwrap())
        .collect();
    [first, second].map(|view| {
        let is_its = |file: &&GameFile| Some(&file.meta.game_id) == view.game_id.as_ref();
        let meta = &files.iter().find(is_its).unwrap().meta;
        assert!(meta.seeded && meta.anomalies.is_empty(), "{meta:?}");
        meta.speed
    })
}

#[test]
fn a_game_in_which_the_speed_of_the_table_was_changed_has_none_and_the_next_one_the_new() {
    let forty = [None, Some(Decimal::from(40))];
    let by_hand = |stage: &HostRun| assert!(stage.host.handle().speed(Speed::Times(40.0)));
    assert_eq!(speeds(practice(20.0), by_hand), forty);
    // The table of another program, which announces it on the connection.
    let table = Table::start(TableConfig {
        seed: Some(7),
        speed: Speed::Times(20.0),
        ..TableConfig::default()
    });
    let table = table.unwrap();
    let source = GameSource::Url(Address::parse(&table.url()).unwrap());
    let elsewhere = |_: &HostRun| table.set_speed(Speed::Times(40.0)).unwrap();
    assert_eq!(speeds(source, elsewhere), forty);
}

#[test]
fn a_folder_that_cannot_be_had_is_said_and_another_one_helps() {
    let (held, free) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let lock = FolderLock::acquire(held.path()).unwrap();
    let stage = HostRun::new();
    let HostEvent::Failed(why) = stage.start(practice(1.0), held.path()) else {
        panic!("it must not run");
    };
    // In plain words: no process, no time of a file.
    assert!(why.starts_with("Another Pianola records to "), "{why}");
    assert!(
        !why.contains("process") && why.contains("settings"),
        "{why}"
    );
    let file = free.path().join("a file");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), &file).unwrap();
    let HostEvent::Failed(why) = stage.start(practice(1.0), &file) else {
        panic!("a file is no folder");
    };
    assert!(why.contains("settings"), "{why}");
    let running = stage.runs(practice(1.0), free.path());
    // A source that runs goes on when another folder is refused.
    for folder in [held.path(), &file] {
        let HostEvent::Refused(why) = stage.start(practice(1.0), folder) else {
            panic!("it must not run");
        };
        assert!(why.contains("settings"), "{why}");
        assert!(!running.commands.is_closed());
    }
    drop(lock);
    stage.runs(practice(1.0), held.path());
}

#[test]
fn an_address_where_nothing_answers_is_watched_with_a_local_wallet() {
    let folder = tempfile::tempdir().unwrap();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = Address::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let stage = HostRun::new();
    let mut running = stage.runs(GameSource::Url(address), folder.path());
    assert!(!running.at_table);
    until_view(&mut running, "offline", |view| {
        matches!(view.feed, FeedState::Down { .. })
    });
    assert_eq!(stage.host.stop().len(), 1);
}

#[test]
fn an_emergency_stop_is_released_by_hand_and_by_nothing_else() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let stage = HostRun::new();
    let mut running = stage.runs(practice(20.0), first.path());
    let stop = |running: &RunningSource, stopped| {
        let command = Command::EmergencyStop(stopped);
        running.commands.try_send(command).unwrap();
    };
    let press = Command::Press {
        order: Order::Buy {
            amount: Decimal::new(1, 2),
        },
        source: ActionSource::Key,
        seen: None,
    };
    let presale = |view: &View| {
        let account = view.trader.as_ref().and_then(TraderView::held);
        view.phase == Phase::Presale && account.is_some()
    };
    until_view(&mut running, "an account in the presale", presale);
    stop(&running, true);
    running.commands.try_send(press.clone()).unwrap();
    let view = until_view(&mut running, "a row", |view| !view.actions.is_empty());
    assert!(view.risk_usage.stopped);
    let reason = view.actions[0].reason.clone().unwrap();
    assert!(reason.contains("Stopped: SELL still works"), "{reason}");

    // Another source is no release, nor is one that cannot be had.
    let nowhere = first.path().join("file");
    std::fs::File::create(&nowhere).unwrap();
    let failed = stage.start(practice(20.0), &nowhere);
    assert!(matches!(failed, HostEvent::Refused(_)), "{failed:?}");
    let mut running = stage.runs(practice(20.0), second.path());
    let view = until_view(&mut running, "an account in the presale", presale);
    assert!(view.risk_usage.stopped);
    stop(&running, false);
    running.commands.try_send(press).unwrap();
    until_view(&mut running, "the order is filled", |view| {
        let held = view.trader.as_ref().and_then(TraderView::held);
        held.is_some_and(|held| !held.position_qty.is_zero())
    });
    stage.host.stop();
}
