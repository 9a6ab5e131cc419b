//! The feed against a real Socket.IO server: restart, freeze, refusal, orders.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use pianola::feed::{
    DisconnectReason, FeedConfig, FeedEvent, FeedMessage, RequestOutcome, WriteOutcome,
};
use serde_json::json;

use super::server::{Counts, Table};

use crate::support::feed_client::{Player, SOON, config, eventually, millis};

/// Ticks are numbered over all connections: they must ascend, without a double.
fn ticks(seen: &[FeedMessage]) -> Vec<u64> {
    let number = |message: &FeedMessage| match &message.event {
        FeedEvent::Event { name, args } if name == "tick" => args[0]["tick"].as_u64(),
        _ => None,
    };
    seen.iter().filter_map(number).collect()
}

#[test]
fn killed_and_restarted_after_three_seconds_it_is_back_within_five() {
    let table = Table::start(0, Arc::default());
    let (port, counts) = (table.port(), Arc::clone(&table.counts));
    // The defaults, as the player has them.
    let mut player = Player::start(FeedConfig::new(table.address()));
    player.until("ticks", SOON, |player| player.events("tick").len() > 5);
    table.kill();
    let killed = Instant::now();
    let why = player.until_downs(1);
    assert!(
        matches!(
            why,
            DisconnectReason::ReaderGone | DisconnectReason::ServerError(_)
        ),
        "{why:?}"
    );
    assert!(killed.elapsed() < millis(500), "{:?}", killed.elapsed());
    eventually("three seconds", SOON, || {
        killed.elapsed() >= Duration::from_secs(3)
    });
    let _table = Table::start(port, counts);
    player.until("back", millis(5500), |player| player.ups() == 2);
    let ticks_before = player.events("tick").len();
    player.until("more ticks", SOON, |player| {
        player.events("tick").len() > ticks_before + 20
    });
    let ticks = ticks(&player.finish());
    assert!(
        ticks.windows(2).all(|pair| pair[0] < pair[1]),
        "doubled or disordered: {ticks:?}"
    );
    let gaps = ticks.windows(2).filter(|pair| pair[0] + 1 != pair[1]);
    assert!(
        gaps.count() <= 1,
        "one gap at most, at the restart: {ticks:?}"
    );
}

#[test]
fn a_frozen_server_is_noticed_in_time_and_found_again_after_waking() {
    let table = Table::start(0, Arc::default());
    let mut config = config(table.address());
    config.limits.silence = millis(800);
    config.limits.silence_max = Duration::from_secs(4);
    config.limits.connect = millis(700);
    config.limits.backoff_max = millis(500);
    let mut player = Player::start(config);
    player.until("ticks", SOON, |player| player.events("tick").len() > 5);
    let thaw = table.freeze();
    let frozen = Instant::now();
    let why = player.until_downs(1);
    let took = frozen.elapsed();
    let DisconnectReason::Silent(silence) = why else {
        panic!("{why:?}");
    };
    assert!(
        silence >= millis(800) && silence < millis(1100),
        "{silence:?}"
    );
    assert!(took < millis(1400), "{took:?}");
    eventually("four seconds of frost", SOON, || {
        frozen.elapsed() >= Duration::from_secs(4)
    });
    assert_eq!(player.ups(), 1);
    drop(thaw);
    player.until("back", SOON, |player| {
        player.ups() >= 2 && player.events("bare").len() >= 2
    });
    let before = player.events("tick").len();
    player.until("more ticks", SOON, |player| {
        player.events("tick").len() > before + 20
    });
    let ticks = ticks(&player.finish());
    assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]), "{ticks:?}");
}

#[test]
fn a_real_servers_disconnect_ends_the_connection_and_it_comes_back() {
    let table = Table::start(0, Arc::default());
    let mut player = Player::start(config(table.address()));
    player.until("ticks", SOON, |player| !player.events("tick").is_empty());
    assert_eq!(player.send("leave", vec![]), WriteOutcome::Done(()));
    let why = player.until_downs(1);
    assert!(matches!(why, DisconnectReason::Closed), "{why:?}");
    player.until_ups(2);
    let before = player.events("tick").len();
    player.until("ticks", SOON, |player| player.events("tick").len() > before);
    player.finish();
}

#[test]
fn a_refused_login_shows_the_servers_words_and_waits_longer() {
    let table = Table::start(0, Arc::default());
    let mut config = FeedConfig::new(table.address());
    config.auth = Some(json!({"token": "wrong"}));
    let start = pianola::clock::now();
    let mut player = Player::start(config);
    let (why, next_try_at) = player.until_state_down();
    // The server quotes the token; we do not.
    assert_eq!(why, DisconnectReason::Refused("token … is …".to_owned()));
    let pause = (next_try_at.unwrap() - start).to_std().unwrap();
    assert!(pause >= Duration::from_secs_f64(5.0 * 0.75), "{pause:?}");
    assert!(player.finish().is_empty());
}

#[test]
fn a_login_that_is_right_is_welcome() {
    let table = Table::start(0, Arc::default());
    let mut config = config(table.address());
    config.auth = Some(json!({"token": "right"}));
    let mut player = Player::start(config);
    player.until("welcome", SOON, |player| !player.events("bare").is_empty());
    assert_eq!(player.events("bare"), [Vec::<serde_json::Value>::new()]);
    assert_eq!(
        serde_json::to_string(&player.events("numbers")[0]).unwrap(),
        "[[0.1,1]]"
    );
    player.finish();
}

#[test]
fn many_orders_one_after_the_other_get_their_own_answers() {
    let table = Table::start(0, Arc::<Counts>::default());
    let mut player = Player::start(config(table.address()));
    player.until_ups(1);
    for number in 0..1000 {
        let args = vec![json!({"trace": number}), json!({"amount": number})];
        let RequestOutcome::Done(answer) = player.ask("order", args) else {
            panic!("order {number} without answer");
        };
        assert_eq!(
            answer,
            [json!({"success": true, "payload": {"amount": number}})]
        );
    }
    assert_eq!(player.ask("nothing", vec![]), RequestOutcome::Done(vec![]));
    assert_eq!(table.counts.orders.load(Ordering::SeqCst), 1000);
    assert_eq!(player.ups(), 1);
    player.finish();
}
