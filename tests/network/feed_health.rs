//! A server that falls silent and goes away: what the view says, which notices the player gets, and that no order is
//! sent then.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use pianola::account::{ActionSource, LocalWallet};
use pianola::disk::RealDisk;
use pianola::engine::{Command, Engine, Notice, PlayerMode, Setup, View};
use pianola::feed::health::{Alarm, HealthState, OperatingMode};
use pianola::feed::{FeedConfig, FeedState};
use pianola::recording::{Origin, Recorder};
use pianola::trading::{Order, TraderView};
use rust_decimal::Decimal;
use tokio::sync::mpsc;

use crate::support::bad_server::{BadServer, Socket};
use crate::support::process::until;

/// What the server does.
const PLAYS: u8 = 0;
const IS_SILENT: u8 = 1;
const HANGS_UP: u8 = 2;

/// Between two ticks.
const TICK: Duration = Duration::from_millis(50);

struct UnsteadyServer {
    engine: Engine,
    notices: mpsc::Receiver<Notice>,
    does: Arc<AtomicU8>,
    _server: BadServer,
    _folder: tempfile::TempDir,
}

/// Plays one endless game in the current mode, tick by tick over all connections.
fn serve(mut socket: Socket, does: &AtomicU8, tick: &AtomicU32) {
    while does.load(Ordering::SeqCst) != HANGS_UP {
        if does.load(Ordering::SeqCst) == PLAYS {
            let tick = tick.fetch_add(1, Ordering::SeqCst);
            let update = serde_json::json!(["gameStateUpdate", {
                "gameId": "20251228-0000000000000001", "active": true, "rugged": false, "tickCount": tick, "price": 1.5,
            }]);
            if socket.event(&update.to_string()).is_none() {
                return;
            }
        }
        let next = Instant::now() + TICK;
        while Instant::now() < next {
            if socket.look().is_err() {
                return;
            }
        }
    }
    does.store(PLAYS, Ordering::SeqCst);
}

impl UnsteadyServer {
    fn new() -> Self {
        let does = Arc::new(AtomicU8::new(PLAYS));
        let (for_server, tick) = (Arc::clone(&does), AtomicU32::new(0));
        let server = BadServer::welcoming(move |socket| serve(socket, &for_server, &tick));
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let (recorder, open) = Recorder::open(RealDisk, root, Origin::Url).unwrap();
        let mut feed = FeedConfig::new(server.address());
        feed.limits.stale = Duration::from_secs(1);
        feed.limits.silence = Duration::from_secs(30);
        feed.limits.backoff_first = Duration::from_secs(1);
        let setup = Setup {
            player: Some(PlayerMode::Local(LocalWallet::new(Decimal::ONE))),
            ..Setup::watching(feed)
        };
        let mut engine = Engine::start(setup, recorder, open).unwrap();
        let notices = engine.take_notices().unwrap();
        Self {
            engine,
            notices,
            does,
            _server: server,
            _folder: folder,
        }
    }

    fn when(&self, what: &str, so: impl Fn(&View) -> bool) -> View {
        until(what, || {
            let view = self.engine.view().borrow().clone();
            so(&view).then_some(view)
        })
    }

    /// Waits for a notice; those before it are gone.
    fn notice(&mut self, what: &str, wanted: impl Fn(&Notice) -> bool) -> Notice {
        until(what, || {
            let notice = self.notices.try_recv().ok()?;
            wanted(&notice).then_some(notice)
        })
    }

    fn buy(&self) {
        let order = Order::Buy {
            amount: Decimal::new(1, 2),
        };
        let source = ActionSource::Mouse;
        let press = Command::Press {
            order,
            source,
            seen: None,
        };
        self.engine.commands().try_send(press).unwrap();
    }

    /// Buys until more than this is held. On a busy machine a tick may come so late that an order is refused.
    fn buys_until(&mut self, what: &str, held_before: Decimal) {
        self.buy();
        until(what, || {
            if let Ok(Notice::Message(_)) = self.notices.try_recv() {
                self.buy();
            }
            let view = self.engine.view().borrow().clone();
            let held = view.trader.as_ref().and_then(TraderView::held)?;
            (held.position_qty > held_before).then_some(())
        });
    }

    /// Presses, and returns why it was refused.
    fn refused(&mut self) -> String {
        self.buy();
        match self.notice("a refusal", |notice| matches!(notice, Notice::Message(_))) {
            Notice::Message(words) => words,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_silent_server_is_stale_a_lost_one_is_offline_and_neither_is_traded_with() {
    let mut evening = UnsteadyServer::new();
    let well = evening.when("all is well", |view| {
        view.health.state == HealthState::Healthy && view.health.interval.samples > 30
    });
    assert_eq!(well.health.mode, OperatingMode::Normal);
    assert_eq!(well.health.reasons, []);
    assert!(well.health.interval.median < Duration::from_millis(200));
    assert!(well.health.rates.ticks > 20 && well.health.queue.room > 0);

    evening.does.store(IS_SILENT, Ordering::SeqCst);
    let stale = evening.when("silence", |view| view.health.state == HealthState::Stale);
    assert!(
        matches!(stale.feed, FeedState::Stale { .. }),
        "{:?}",
        stale.feed
    );
    let why = evening.refused();
    assert!(why.contains("stale"), "{why}");
    // Reported while it goes on: two seconds without an update.
    evening.notice("a gap", |notice| {
        matches!(notice, Notice::Alarm(Alarm::Interval(report)) if report.length.as_secs() == 2)
    });
    evening.does.store(PLAYS, Ordering::SeqCst);
    evening.notice("its end", |notice| {
        matches!(notice, Notice::Alarm(Alarm::Interval(report)) if report.to_string().starts_with("Updates come again"))
    });
    let again = evening.when("it is well again", |view| {
        view.health.state == HealthState::Healthy
    });
    assert_eq!(again.health.interval.total_spikes, 1);
    let states = again.health.state_changes.iter().map(|change| change.to);
    assert_eq!(
        states.collect::<Vec<_>>(),
        [
            HealthState::Healthy,
            HealthState::Stale,
            HealthState::Healthy
        ]
    );
    evening.buys_until("an order is filled", Decimal::ZERO);

    evening.does.store(HANGS_UP, Ordering::SeqCst);
    evening.notice("the loss", |notice| {
        matches!(notice, Notice::Alarm(Alarm::Lost(_)))
    });
    let why = evening.refused();
    assert!(why.contains("offline"), "{why}");
    let lost = evening.when("it is known", |view| {
        view.health.mode == OperatingMode::Offline
    });
    assert_eq!(lost.health.state, HealthState::Disconnected);
    evening.notice("the comeback", |notice| {
        matches!(notice, Notice::Alarm(Alarm::Reconnected))
    });
    let back = evening.when("it is degraded at first", |view| {
        view.health.mode == OperatingMode::Degraded
    });
    let why = back.health.mode_changes.newest().unwrap().reason.clone();
    assert!(why.starts_with("connected again"), "{why}");
    // Degraded is no reason not to play.
    evening.when("a tick", |view| {
        matches!(view.feed, FeedState::Up { .. }) && view.price.is_some()
    });
    evening.buys_until("another order is filled", Decimal::new(7, 3));
    evening.when("all is well in the end", |view| {
        view.health.state == HealthState::Healthy
    });
}

#[test]
fn an_absent_server_is_reported_once() {
    let address = BadServer::welcoming(|_socket| {}).address();
    let folder = tempfile::tempdir().unwrap();
    let (recorder, open) = Recorder::open(RealDisk, folder.path().to_owned(), Origin::Url).unwrap();
    let mut setup = Setup::watching(FeedConfig::new(address));
    setup.feed.limits.backoff_first = Duration::from_millis(20);
    setup.feed.limits.backoff_max = Duration::from_millis(20);
    let mut engine = Engine::start(setup, recorder, open).unwrap();
    let mut notices = engine.take_notices().unwrap();
    until("several attempts", || {
        let view = engine.view().borrow().clone();
        matches!(view.feed, FeedState::Connecting { attempt, .. } if attempt > 5).then_some(())
    });
    let end = engine.stop();
    assert_eq!(end.health.state, HealthState::Disconnected);
    assert_eq!(end.health.mode, OperatingMode::Offline);
    let mut lost = 0;
    while let Some(notice) = notices.blocking_recv() {
        lost += u32::from(matches!(notice, Notice::Alarm(Alarm::NotConnectedYet(_))));
    }
    assert_eq!(lost, 1);
}
