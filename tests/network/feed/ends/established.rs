//! The end of a connection that was established.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pianola::feed::{DisconnectReason, FeedConfig, FeedState, install_panic_hook};

use super::bad_at_first;
use crate::support::bad_server::{BadServer, Socket};
use crate::support::feed_client::{Player, SOON, config, eventually, millis};
use crate::support::own_process::in_own_process;

/// The first client connects and gets one event before the failure.
fn bad_after_one_event(fail: impl Fn(Socket) + Send + Sync + 'static) -> BadServer {
    bad_at_first(1, move |connection| {
        if let Some(mut socket) = connection.welcome() {
            socket.event(r#"["first",1]"#);
            fail(socket);
        }
    })
}

/// Expects the end of the first connection and a second one that is well; returns the reason.
#[track_caller]
fn ends_and_comes_back(server: &BadServer) -> DisconnectReason {
    let mut player = Player::start(config(server.address()));
    let why = player.until_downs(1);
    assert_eq!(player.events("first").len(), 1, "events before the end");
    player.until("well again", SOON, |player| {
        player.events("well").len() == 1
    });
    player.finish();
    why
}

#[test]
fn a_close_frame_alone_is_noticed() {
    let server = bad_after_one_event(Socket::close_frame);
    assert_eq!(ends_and_comes_back(&server), DisconnectReason::ReaderGone);
}

#[test]
fn a_cut_line_is_noticed() {
    let server = bad_after_one_event(drop);
    let why = ends_and_comes_back(&server);
    assert!(
        matches!(
            why,
            DisconnectReason::ServerError(_) | DisconnectReason::ReaderGone
        ),
        "{why:?}"
    );
}

#[test]
fn a_servers_disconnect_ends_the_connection_although_it_stays_open() {
    let server = bad_after_one_event(|mut socket| {
        socket.say("41");
        socket.listen();
    });
    assert_eq!(ends_and_comes_back(&server), DisconnectReason::Closed);
}

#[test]
fn a_late_refusal_ends_the_connection() {
    let server = bad_after_one_event(|mut socket| {
        socket.say(r#"44{"message":"logged out"}"#);
        socket.listen();
    });
    let why = ends_and_comes_back(&server);
    assert_eq!(why, DisconnectReason::Refused("logged out".to_owned()));
}

#[test]
fn garbage_frames_end_the_connection_and_not_the_program() {
    for garbage in [
        "zzz",
        "4zzz",
        "42{broken",
        "42[]",
        "4",
        "42[\"x\"",
        "0{}",
        "\u{1e}",
    ] {
        let server = bad_after_one_event(move |mut socket| {
            socket.say(garbage);
            socket.listen();
        });
        let why = ends_and_comes_back(&server);
        assert!(
            matches!(
                why,
                DisconnectReason::ServerError(_) | DisconnectReason::ReaderGone
            ),
            "{garbage}: {why:?}"
        );
    }
}

#[test]
fn a_frame_over_sixteen_megabytes_ends_the_connection_and_a_large_one_does_not() {
    const MEGA: usize = 1 << 20;
    let server = bad_after_one_event(|mut socket| {
        let large = |size: usize| format!(r#"["large","{}"]"#, "x".repeat(size));
        socket.event(&large(15 * MEGA));
        socket.event(&large(17 * MEGA));
        socket.listen();
    });
    let mut player = Player::start(config(server.address()));
    let why = player.until_downs(1);
    assert!(
        matches!(
            why,
            DisconnectReason::ServerError(_) | DisconnectReason::ReaderGone
        ),
        "{why:?}"
    );
    let large = player.events("large");
    assert_eq!(large.len(), 1);
    assert_eq!(large[0][0].as_str().map(str::len), Some(15 * MEGA));
    player.until_ups(2);
    player.finish();
}

/// Keeps what is logged by the whole test program.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_librarys_panic_is_a_lost_connection_and_one_warning() {
    in_own_process(|| {
        let log = Log::default();
        let passed_on = Arc::new(Mutex::new(Vec::new()));
        let (writer, hook) = (log.clone(), Arc::clone(&passed_on));
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
            .with_ansi(false)
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let name = std::thread::current().name().unwrap_or("?").to_owned();
            hook.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(name);
            before(info);
        }));
        install_panic_hook();
        let server = bad_after_one_event(|mut socket| {
            socket.say(r#"451-["picture",{"_placeholder":true,"num":0}]"#);
            socket.close_frame();
        });
        assert_eq!(ends_and_comes_back(&server), DisconnectReason::ReaderGone);
        let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let warnings: Vec<&str> = logged
            .lines()
            .filter(|line| line.contains("the connection library failed"))
            .collect();
        assert_eq!(warnings.len(), 1, "{logged}");
        assert!(warnings[0].contains("unwrap()"), "{logged}");
        // Other threads' panics (of other tests, or this one) still go where they went.
        let probe = std::thread::Builder::new().name("probe".to_owned());
        let panicked = probe.spawn(|| panic!("on purpose")).unwrap().join();
        assert!(panicked.is_err());
        let passed_on = passed_on.lock().unwrap();
        assert!(passed_on.contains(&"probe".to_owned()), "{passed_on:?}");
        assert!(!passed_on.contains(&"feed-io".to_owned()), "{passed_on:?}");
    });
}

#[test]
fn silence_is_noticed_in_time_and_patience_doubles_while_nothing_is_said() {
    // Alive for the engine (pings), mute for us: only events count.
    let server = BadServer::welcoming(|mut socket| {
        if socket.number != 1 && socket.number != 2 {
            socket.event(r#"["first",1]"#);
        }
        while socket.say("2").is_some() && socket.until(|text| text == "3").is_some() {
            let pause = Instant::now();
            while pause.elapsed() < millis(100) {
                if socket.look().is_err() {
                    return;
                }
            }
        }
    });
    let mut config = config(server.address());
    config.limits.stale = millis(200);
    config.limits.silence = millis(500);
    config.limits.silence_max = millis(1500);
    let mut player = Player::start(config);
    player.until_downs(4);
    let silences: Vec<Duration> = player
        .downs()
        .iter()
        .map(|why| match why {
            DisconnectReason::Silent(silence) => *silence,
            other => panic!("{other:?}"),
        })
        .collect();
    // With events: 0.5. Two mute ones: 0.5, then doubled; the next: bounded.
    for (at, expected) in [500, 500, 1000, 1500].into_iter().enumerate() {
        let (silence, expected) = (silences[at], millis(expected));
        assert!(silence >= expected, "number {at}: {silences:?}");
        assert!(
            silence < expected + millis(300),
            "number {at}: {silences:?}"
        );
    }
    player.finish();
}

#[test]
fn attachments_that_never_come_are_silence() {
    // The library waits for them inside its reader: no event, no error, no end.
    let server = bad_after_one_event(|mut socket| {
        socket.say(r#"452-["picture",{"_placeholder":true,"num":0}]"#);
        socket.event(r#"["swallowed",1]"#);
        socket.listen();
    });
    let mut config = config(server.address());
    config.limits.silence = millis(500);
    let mut player = Player::start(config);
    let why = player.until_downs(1);
    assert!(matches!(why, DisconnectReason::Silent(_)), "{why:?}");
    assert_eq!(player.events("swallowed").len(), 0, "it counted as one");
    player.until("well again", SOON, |player| {
        !player.events("well").is_empty()
    });
    player.finish();
}

/// Returns how many of fifty events with a text of this length a program gets that reads nothing before the gap.
fn ticks_before_the_gap(length: usize, limit: impl FnOnce(&mut FeedConfig)) -> usize {
    let text = "x".repeat(length);
    let server = BadServer::welcoming(move |mut socket| {
        for number in 0..50 {
            socket.event(&format!(r#"["tick",{number},"{text}"]"#));
        }
        socket.listen();
    });
    let mut config = config(server.address());
    limit(&mut config);
    let mut player = Player::start(config);
    let state = player.feed.state();
    eventually("down", SOON, || {
        matches!(
            &*state.borrow(),
            FeedState::Down {
                why: DisconnectReason::QueueFull,
                ..
            }
        )
    });
    // Nothing was read so far, and still the end is in the queue, behind what fitted.
    player.read();
    let ticks = player.events("tick");
    for (number, args) in ticks.iter().enumerate() {
        assert_eq!(args[0].as_u64(), Some(number as u64));
    }
    assert_eq!(player.downs(), [DisconnectReason::QueueFull]);
    let count = ticks.len();
    player.until_ups(2);
    player.finish();
    count
}

#[test]
fn a_full_queue_ends_the_connection_and_the_gap_is_seen() {
    let ticks = ticks_before_the_gap(1, |config| config.queue = 8);
    assert_eq!(ticks, 7, "eight with the up");
}

#[test]
fn large_messages_fill_the_queue_before_its_places_are_taken() {
    let ticks = ticks_before_the_gap(10_000, |config| config.queue_bytes = 100_000);
    assert!((5..10).contains(&ticks), "{ticks}");
}

#[test]
fn a_dropped_receiver_stops_the_feed() {
    let server = BadServer::welcoming(|mut socket| {
        while socket.event(r#"["tick"]"#).is_some() && socket.look().is_ok() {}
    });
    let (feed, queue) = pianola::feed::Feed::start(config(server.address())).unwrap();
    let state = feed.state();
    eventually("up", SOON, || {
        matches!(*state.borrow(), FeedState::Up { .. })
    });
    drop(queue);
    eventually("stopped", SOON, || *state.borrow() == FeedState::Stopped);
    feed.stop();
    assert_eq!(server.connections(), 1);
}
