use serde_json::json;

use chrono::Utc;

use super::*;
use crate::feed::DisconnectReason;
use crate::feed::health::{Alarm, HealthState, OperatingMode};
use crate::game::Time;
use crate::recording::RecordingPolicy;

struct WatcherRun {
    core: SessionCore,
    watcher: HealthWatcher,
}

impl WatcherRun {
    fn new() -> Self {
        let mut watched = Self {
            core: SessionCore::new(RecordingPolicy::everything(), None, None, Vec::new()),
            watcher: HealthWatcher::new(),
        };
        watched.hear(FeedEvent::Up);
        watched
    }

    fn hear(&mut self, body: FeedEvent) {
        self.come(body, (Utc::now(), Instant::now()));
    }

    fn come(&mut self, body: FeedEvent, (at, arrived): (Time, Instant)) {
        let message = FeedMessage {
            generation: 1,
            at,
            arrived,
            event: body,
        };
        let events = self.core.message(&message);
        self.watcher.message(&message, &self.core, &events);
    }

    fn event(&mut self, name: &str, payload: serde_json::Value) {
        self.hear(FeedEvent::Event {
            name: name.to_owned(),
            args: vec![payload],
        });
    }

    fn tick(&mut self, tick: u32) {
        let update = json!({ "gameId": "a", "active": true, "tickCount": tick, "price": 1.5 });
        self.event(UPDATE, update);
    }

    /// Returns the next figures with the notices so far.
    fn look(&mut self) -> (Arc<Health>, Vec<Notice>) {
        self.watcher.started -= std::time::Duration::from_secs(2);
        let up = FeedState::Up { since: Utc::now() };
        self.watcher.look(&up, (2, 8), &RecorderState::default());
        (self.watcher.health(), self.watcher.take_notices())
    }
}

#[test]
fn a_long_name_of_another_player_is_no_fault() {
    let mut watched = WatcherRun::new();
    for tick in 0..3 {
        let row = json!({ "id": "a", "username": "x".repeat(100_000) });
        let update = json!({
            "gameId": "a", "active": true, "tickCount": tick, "price": 1.5, "leaderboard": [row],
        });
        watched.event(UPDATE, update);
    }
    assert!(watched.core.counts().texts_cut() > 0);
    assert_eq!(watched.look().0.rates.errors, 0);
}

#[test]
fn an_unreadable_request_of_the_page_does_not_count_for_the_next_update() {
    let mut watched = WatcherRun::new();
    let trader = crate::trading::Trader::in_browser(crate::trading::OrderLimits::default());
    let policy = RecordingPolicy::everything();
    watched.core = SessionCore::new(policy, Some(trader), None, Vec::new());
    watched.tick(0);
    watched.hear(FeedEvent::Sent {
        name: "buyOrder".to_owned(),
        args: vec![json!({ "amount": "much" })],
        id: Some(1),
    });
    let malformed: u64 = watched.core.counts().malformed_events.values().sum();
    assert_eq!(malformed, 1);
    watched.tick(1);
    assert_eq!(watched.look().0.rates.errors, 0);
}

#[test]
fn the_end_of_a_connection_is_its_message_and_not_a_state_of_another_moment() {
    let mut watched = WatcherRun::new();
    watched.tick(0);
    let why = DisconnectReason::PageClosed;
    let down = FeedState::Down {
        why: why.clone(),
        next_try_at: None,
    };
    let look = |watched: &mut WatcherRun| {
        watched
            .watcher
            .look(&down, (0, 8), &RecorderState::default());
        watched.watcher.health().mode
    };
    assert_ne!(look(&mut watched), OperatingMode::Offline);
    watched.hear(FeedEvent::Down { why });
    assert_eq!(look(&mut watched), OperatingMode::Offline);
}

#[test]
fn messages_errors_and_drops_are_counted() {
    let mut watched = WatcherRun::new();
    for tick in [10, 11, 12, 12, 16] {
        watched.tick(tick);
    }
    watched.event("standard/newTrade", json!({}));
    watched.event("somethingElse", json!({}));
    // Another price for a tick that is known.
    let contrary = json!({ "gameId": "a", "active": true, "tickCount": 16, "price": 2.5 });
    watched.event(UPDATE, contrary);
    let (health, _) = watched.look();
    let rates = health.rates;
    // The first tick of a connection is no gap, a repeated one nothing new.
    assert_eq!((rates.events, rates.ticks, rates.drops), (8, 4, 3));
    // The trade is listed, and does no harm.
    assert_eq!(rates.errors, 1, "{:?}", watched.core.counts());
    assert!(health.unreadable.contains("standard/newTrade"));
    assert_eq!((health.queue.waiting, health.queue.room), (2, 8));
    watched.hear(FeedEvent::Down {
        why: DisconnectReason::Closed,
    });
    watched.hear(FeedEvent::Up);
    watched.tick(90);
    assert_eq!(watched.look().0.rates.drops, 3);
}

#[test]
fn a_lost_disk_is_announced_once_and_so_is_its_return() {
    let mut watched = WatcherRun::new();
    watched.look();
    let trouble = |what: &str| RecorderState {
        trouble: Some(what.to_owned()),
        ..RecorderState::default()
    };
    for state in [trouble("full"), trouble("full"), trouble("gone")] {
        watched.watcher.recorder(&state);
    }
    watched.watcher.recorder(&RecorderState::default());
    watched.watcher.recorder(&RecorderState::default());
    let told = [
        Notice::NotRecording("full".to_owned()),
        Notice::NotRecording("gone".to_owned()),
        Notice::RecordingResumed,
    ];
    assert_eq!(watched.watcher.take_notices(), told);
}

#[test]
fn little_room_is_announced_once_and_so_is_enough_room() {
    let mut watched = WatcherRun::new();
    watched.look();
    let low = |low_space| RecorderState {
        low_space,
        ..RecorderState::default()
    };
    for left in [None, Some(431), Some(430), Some(0), None, None, Some(9)] {
        watched.watcher.recorder(&low(left));
    }
    let told = [
        Notice::LowSpace(431),
        Notice::SpaceRecovered,
        Notice::LowSpace(9),
    ];
    assert_eq!(watched.watcher.take_notices(), told);
}

#[test]
fn an_outage_is_announced_once() {
    let mut watched = WatcherRun::new();
    let why = DisconnectReason::ConnectTimeout;
    let down = FeedState::Down {
        why: why.clone(),
        next_try_at: None,
    };
    let recorder = RecorderState::default();
    watched.hear(FeedEvent::Down { why: why.clone() });
    for _ in 0..3 {
        watched.watcher.look(&down, (0, 8), &recorder);
    }
    watched.watcher.message(
        &FeedMessage {
            generation: 1,
            at: Utc::now(),
            arrived: Instant::now(),
            event: FeedEvent::Down { why },
        },
        &watched.core,
        &[],
    );
    watched.watcher.look(&down, (0, 8), &recorder);
    let told = watched.watcher.take_notices();
    let lost = |notice: &&Notice| matches!(notice, Notice::Alarm(Alarm::Lost(_)));
    assert_eq!(told.iter().filter(lost).count(), 1, "{told:?}");
    watched.hear(FeedEvent::Up);
    let (_, told) = watched.look();
    assert_eq!(told.first(), Some(&Notice::Alarm(Alarm::Reconnected)));
}

#[test]
fn the_first_connection_is_no_reconnect() {
    let mut watched = WatcherRun {
        core: SessionCore::new(RecordingPolicy::everything(), None, None, Vec::new()),
        watcher: HealthWatcher::new(),
    };
    let down = FeedState::Down {
        why: DisconnectReason::NoPage,
        next_try_at: None,
    };
    let recorder = RecorderState::default();
    for _ in 0..3 {
        watched.watcher.look(&down, (0, 8), &recorder);
    }
    watched.hear(FeedEvent::Up);
    watched.tick(0);
    watched.tick(1);
    let (health, told) = watched.look();
    assert_eq!(health.mode, OperatingMode::Normal);
    let alarms: Vec<_> = told
        .iter()
        .filter_map(|notice| match notice {
            Notice::Alarm(alarm) => Some(alarm.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(
        alarms[0],
        format!("Not connected yet: {}", DisconnectReason::NoPage)
    );
    assert!(alarms.contains(&"Connected".to_owned()), "{alarms:?}");
    let again = |alarm: &String| alarm.contains("again") || alarm.contains("DEGRADED");
    assert!(!alarms.iter().any(again), "{alarms:?}");
    let game = watched.core.board().current().expect("a game");
    assert_eq!(game.reconnects, 0);
}

#[test]
fn a_harmless_unreadable_event_is_announced_once_and_degrades_nothing() {
    let mut watched = WatcherRun::new();
    for tick in 0..40 {
        watched.tick(tick);
        watched.event("standard/newTrade", json!({ "id": 7 }));
    }
    let (health, told) = watched.look();
    assert_eq!(health.mode, OperatingMode::Normal);
    assert_ne!(health.state, HealthState::Degraded);
    let unreadable = Notice::Alarm(Alarm::Unreadable("standard/newTrade".to_owned()));
    assert_eq!(told.iter().filter(|told| **told == unreadable).count(), 1);
    let names: Vec<_> = health.unreadable.iter().map(String::as_str).collect();
    assert_eq!(names, ["standard/newTrade"]);
    // An account that cannot be read does harm.
    for _ in 0..10 {
        watched.event("playerUpdate", json!(null));
    }
    let (health, _) = watched.look();
    assert_eq!(health.mode, OperatingMode::Degraded);
}

/// The real traffic of a normal evening raises no alarm.
#[test]
fn the_real_feed_is_healthy() {
    let folder = std::env::var_os("PIANOLA_CAPTURES").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures"),
        Into::into,
    );
    for (name, gaps) in [
        ("unauth-2-games-2025-12-14.jsonl", 0),
        // One tick came 1.5 s after the one before, and the history 5.3 s after the rug.
        ("unauth-midgame-join-2025-12-12.jsonl", 3),
        // There the updates really stopped for 3.3 s, and those of that time came in a burst.
        ("loggedin-1-game-2025-12-15.jsonl", 2),
    ] {
        let required = std::env::var("PIANOLA_REQUIRE").unwrap_or_default();
        let text = match std::fs::read_to_string(folder.join(name)) {
            Ok(text) => text,
            Err(why) if required.contains("captures") => panic!("{name}: {why}"),
            Err(why) => {
                // The other recordings are read all the same.
                eprintln!("skipped: {name}: {why}");
                continue;
            }
        };
        let mut watched = WatcherRun::new();
        let started = watched.watcher.started;
        let mut first = None;
        let mut told = Vec::new();
        for line in text.lines() {
            let mut line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let at = line["ts"].as_str().and_then(|ts| ts.parse::<Time>().ok());
            let (Some(at), false) = (at, line["dir"] == "sent") else {
                continue;
            };
            let since = at - *first.get_or_insert(at);
            let arrived = started + since.to_std().unwrap_or_default();
            let name = line["event"].as_str().unwrap_or_default().to_owned();
            let args = vec![line["data"].take()];
            if name == "connect" || name == "(ack)" || args[0].is_null() {
                continue;
            }
            let up = FeedState::Up { since: at };
            let elapsed = arrived.saturating_duration_since(started);
            let now = ClockReading { elapsed, at };
            watched.watcher.watch.clock(&up, (0, 1), now);
            watched.come(FeedEvent::Event { name, args }, (at, arrived));
            let alarms = watched.watcher.watch.take_alarms();
            told.extend(alarms.iter().map(ToString::to_string));
        }
        let health = watched.watcher.health();
        let is_gap = |told: &&String| told.contains("pdate") || told.starts_with("Data paused");
        assert_eq!(
            told.iter().filter(is_gap).count(),
            gaps,
            "{name}: {told:#?}"
        );
        // Besides that: healthy from the first update on.
        assert_eq!(told.len(), gaps + 1, "{name}: {told:#?}");
        assert_eq!(health.state, HealthState::Healthy);
        assert_eq!(health.mode, OperatingMode::Normal);
        assert_eq!((health.rates.errors, health.rates.drops), (0, 0), "{name}");
    }
}
