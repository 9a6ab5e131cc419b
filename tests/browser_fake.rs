//! The tap at a browser that is none, for what a real one does rarely: it leaves calls without answer, breaks off in the
//! middle, says nothing of what ended, and says more than anybody can take.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

#[path = "support/fake_browser.rs"]
mod fake_browser;
#[path = "support/tapped.rs"]
mod tapped;

use std::net::TcpListener;
use std::time::Duration;

use fake_browser::FakeBrowser;
use pianola::feed::{DisconnectReason, FeedConfig, FeedEvent, FeedState, RequestOutcome};
use serde_json::json;
use tapped::Tapped;

const GAME: &str = "https://rugs.fun/";
const UPDATE: &str = r#"42["gameStateUpdate",{"tickCount":1}]"#;

fn config(browser: &FakeBrowser) -> FeedConfig {
    FeedConfig::browser(browser.address().to_string().parse().unwrap())
}

/// A browser with one page of the game, and its reader.
fn stage() -> (FakeBrowser, Tapped) {
    let browser = FakeBrowser::start();
    browser.has_page("A", GAME);
    let tapped = Tapped::start(config(&browser));
    browser.until_called("Network.enable", Some("A"), 1);
    (browser, tapped)
}

#[test]
fn nothing_but_reading_is_asked_and_nothing_can_be_sent() {
    let (browser, mut tapped) = stage();
    browser.opens("A", "1");
    browser.receives("A", "1", UPDATE);
    tapped.until_event(1, "gameStateUpdate");
    let sender = tapped.feed.sender();
    let outcome = sender.request("buyOrder", vec![json!({"amount": 1})]);
    assert_eq!(outcome.blocking_recv(), Ok(RequestOutcome::NotConnected));
    assert!(
        sender
            .emit("ping", Vec::new())
            .blocking_recv()
            .unwrap()
            .is_err()
    );
    browser.until_called("Page.enable", Some("A"), 1);
    let allowed = [
        "Target.setDiscoverTargets",
        "Target.setAutoAttach",
        "Network.enable",
        "Page.enable",
        "Browser.getVersion",
    ];
    for call in browser.calls() {
        assert!(allowed.contains(&call.method.as_str()), "{call:?}");
    }
    let headers = browser.headers();
    assert!(headers.contains(&"host".to_owned()));
    assert!(
        !headers.contains(&"origin".to_owned()),
        "a foreign page has one"
    );
}

#[test]
fn a_reload_without_a_word_about_the_connection_is_an_end() {
    let (browser, mut tapped) = stage();
    browser.receives("A", "1", UPDATE);
    tapped.until_event(1, "gameStateUpdate");
    tapped.until("it was open already", |tapped| tapped.tap().late);
    for reload in 0..20 {
        browser.navigates("A", GAME);
        // A browser gives the same number again to the connections of another process.
        browser.opens("A", "1");
        browser.sends(
            "A",
            "1",
            &format!(r#"42{reload}["buyOrder",{{"amount":0.010}}]"#),
        );
        browser.receives("A", "1", UPDATE);
        browser.receives("A", "1", &format!(r#"43{reload}[{{"success":true}}]"#));
    }
    tapped.until("all of it", |tapped| {
        let blocks = tapped.blocks();
        blocks.len() == 21 && blocks[20].acked(19).is_some()
    });
    for (number, block) in tapped.blocks().iter().enumerate().skip(1) {
        let id = u64::try_from(number - 1).unwrap();
        let sent = block.sent("buyOrder");
        assert_eq!((sent.len(), sent[0].1), (1, Some(id)));
        assert_eq!(
            serde_json::to_string(sent[0].0).unwrap(),
            r#"[{"amount":0.010}]"#
        );
        assert_eq!(block.acked(id).unwrap(), [json!({"success": true})]);
        assert_eq!(block.end.is_some(), number < 20);
    }
    tapped.until("it is complete", |tapped| !tapped.tap().late);
}

#[test]
fn a_page_that_does_not_answer_is_told_and_asked_again() {
    let browser = FakeBrowser::start();
    browser.has_page("A", GAME);
    browser.mutes("Network.enable", Some("A"));
    let mut tapped = Tapped::start(config(&browser));
    tapped.until_down("it hangs", |why| {
        *why == DisconnectReason::PageHangs(GAME.to_owned())
    });
    // The others are read all the same.
    browser.attaches("B", "page", GAME);
    browser.receives("B", "1", UPDATE);
    tapped.until_event(1, "gameStateUpdate");
    browser.detaches("B");
    tapped.until_down("still", |why| {
        *why == DisconnectReason::PageHangs(GAME.to_owned())
    });
    browser.unmutes();
    browser.until_called("Network.enable", Some("A"), 2);
    tapped.until_down("no more", |why| {
        *why == DisconnectReason::NoGame(GAME.to_owned())
    });
    browser.opens_dialog("A");
    tapped.until_down("a dialog", |why| {
        *why == DisconnectReason::DialogOpen(GAME.to_owned())
    });
    browser.closes_dialog("A");
    browser.receives("A", "1", UPDATE);
    tapped.until_event(2, "gameStateUpdate");
    browser.opens_dialog("A");
    tapped.until("it is told", |tapped| tapped.tap().dialog);
}

#[test]
fn a_browser_that_goes_away_is_found_again() {
    let (browser, mut tapped) = stage();
    browser.opens("A", "1");
    browser.receives("A", "1", UPDATE);
    tapped.until_event(1, "gameStateUpdate");
    let address = browser.address();
    drop(browser);
    tapped.until_down("it is gone", |why| {
        matches!(why, DisconnectReason::NoBrowser(_))
    });
    assert_eq!(tapped.blocks()[0].end, Some(&DisconnectReason::BrowserGone));
    let FeedState::Down { why, .. } = tapped.state() else {
        panic!("{:?}", tapped.state())
    };
    let port = format!("--remote-debugging-port={} ", address.port());
    assert!(why.to_string().contains(&port), "{why}");
    let browser = FakeBrowser::again(address);
    browser.has_page("A", GAME);
    browser.until_called("Network.enable", Some("A"), 1);
    browser.receives("A", "1", UPDATE);
    tapped.until_event(2, "gameStateUpdate");
    // Its line breaks, and the browser is still there.
    browser.cuts();
    browser.until_called("Network.enable", Some("A"), 2);
    browser.receives("A", "1", UPDATE);
    tapped.until_event(3, "gameStateUpdate");
}

#[test]
fn a_stopped_feed_has_said_that_it_is_down() {
    let (browser, mut tapped) = stage();
    browser.receives("A", "1", UPDATE);
    tapped.until_event(1, "gameStateUpdate");
    let state = tapped.feed.state();
    let seen = tapped.stop();
    let last = seen.last().map(|message| &message.event);
    assert_eq!(
        last,
        Some(&FeedEvent::Down {
            why: DisconnectReason::Stopped
        })
    );
    assert_eq!(*state.borrow(), FeedState::Stopped);
}

#[test]
fn what_is_no_browser_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _read = stream.read(&mut [0; 1_024]); // All of it, or the client is gone.
            stream
                .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
                .ok();
        }
    });
    let mut tapped = Tapped::start(FeedConfig::browser(address.to_string().parse().unwrap()));
    tapped.until_down("it says so", |why| {
        matches!(why, DisconnectReason::NotABrowser(_)) && why.to_string().contains("404")
    });
}

#[test]
fn a_page_of_another_site_is_not_read() {
    let browser = FakeBrowser::start();
    browser.has_page("X", "https://rugs.fun.evil.example/");
    let mut tapped = Tapped::start(config(&browser));
    browser.until_called("Network.enable", Some("X"), 1);
    browser.opens("X", "1");
    browser.receives("X", "1", UPDATE);
    tapped.until_down("no page", |why| *why == DisconnectReason::NoPage);
    browser.attaches("A", "page", GAME);
    browser.receives("A", "1", UPDATE);
    tapped.until_event(1, "gameStateUpdate");
    assert_eq!(tapped.blocks()[0].events().len(), 1);
    assert!(tapped.tap().others.is_empty());
}

#[test]
fn of_several_tabs_one_is_read() {
    let (browser, mut tapped) = stage();
    browser.opens("A", "1");
    browser.receives("A", "1", UPDATE);
    browser.attaches("B", "page", "https://rugs.fun/?tab=2");
    browser.opens("B", "1");
    for _ in 0..50 {
        browser.receives("B", "1", r#"42["gameStateUpdate",{"tab":"B"}]"#);
        browser.receives("A", "1", UPDATE);
    }
    tapped.until("all of one", |tapped| {
        tapped
            .blocks()
            .first()
            .is_some_and(|block| block.events().len() == 51)
    });
    assert!(
        tapped.blocks()[0]
            .events()
            .iter()
            .all(|(_, args)| !args.contains("tab"))
    );
    tapped.until("the other is named", |tapped| tapped.tap().others == [GAME]);
    browser.detaches("A");
    browser.receives("B", "1", r#"42["gameStateUpdate",{"tab":"B"}]"#);
    tapped.until_event(2, "gameStateUpdate");
    assert_eq!(tapped.blocks()[0].end, Some(&DisconnectReason::TabClosed));
}

#[test]
fn a_frame_of_thirty_megabytes_keeps_every_digit() {
    let (browser, mut tapped) = stage();
    browser.opens("A", "1");
    let numbers = "0.020000000000000018000,".repeat(30_000_000 / 24);
    let list = format!("[{numbers}1.10]");
    browser.receives("A", "1", &format!(r#"42["gameStateUpdate",{list}]"#));
    tapped.until_event(1, "gameStateUpdate");
    let blocks = tapped.blocks();
    let (_, args) = &blocks[0].events()[0];
    assert!(*args == format!("[{list}]"), "{} characters", args.len());
}

#[test]
fn three_thousand_frames_a_second_come_whole_and_in_order() {
    let seconds = if std::env::var_os("PIANOLA_FULL").is_some() {
        60
    } else {
        2
    };
    let browser = FakeBrowser::start();
    browser.has_page("A", GAME);
    let mut config = config(&browser);
    config.queue = 1 << 20; // What the test itself does not take in time is not what is tested.
    let mut tapped = Tapped::start(config);
    browser.until_called("Network.enable", Some("A"), 1);
    browser.opens("A", "1");
    let filling = "x".repeat(5_000);
    let total = 3_000 * seconds;
    let start = std::time::Instant::now();
    for number in 0..total {
        browser.receives(
            "A",
            "1",
            &format!(r#"42["gameStateUpdate",{number},"{filling}"]"#),
        );
        let due = start + Duration::from_micros(number * 333);
        std::thread::park_timeout(due.saturating_duration_since(std::time::Instant::now()));
    }
    let all = usize::try_from(total).unwrap();
    tapped.until("all of it", |tapped| tapped.seen.len() > all);
    let numbers = tapped
        .seen
        .iter()
        .filter_map(|message| match &message.event {
            FeedEvent::Event { args, .. } => args[0].as_u64(),
            _ => None,
        });
    let numbers: Vec<_> = numbers.collect();
    assert!(
        numbers.iter().copied().eq(0..total),
        "some are missing or out of order"
    );
}

#[test]
fn a_program_that_does_not_keep_up_has_a_visible_gap() {
    let browser = FakeBrowser::start();
    browser.has_page("A", GAME);
    let mut config = config(&browser);
    config.queue = 8;
    config.limits.backoff_first = Duration::from_millis(50);
    let mut tapped = Tapped::start(config);
    browser.until_called("Network.enable", Some("A"), 1);
    browser.opens("A", "1");
    for number in 0..100 {
        browser.receives("A", "1", &format!(r#"42["gameStateUpdate",{number}]"#));
    }
    // Nobody reads: it must not wait for us.
    let state = tapped.feed.state();
    let start = std::time::Instant::now();
    while !matches!(
        &*state.borrow(),
        FeedState::Down {
            why: DisconnectReason::QueueFull,
            ..
        }
    ) {
        assert!(start.elapsed() < tapped::SOON, "{:?}", *state.borrow());
        std::thread::park_timeout(Duration::from_millis(2));
    }
    tapped.until("its end", |tapped| {
        tapped
            .blocks()
            .first()
            .is_some_and(|block| block.end == Some(&DisconnectReason::QueueFull))
    });
    tapped.until("it goes on", |tapped| {
        // With so little room the beginning may be too much for it once more.
        browser.receives("A", "1", r#"42["gameStateUpdate",1000]"#);
        let blocks = tapped.blocks();
        let last = blocks.last().filter(|_| blocks.len() > 1);
        last.is_some_and(|last| last.events().iter().any(|(_, args)| args == "[1000]"))
    });
    let blocks = tapped.blocks();
    let (_, before) = blocks.split_last().unwrap();
    assert!(
        before
            .iter()
            .all(|block| block.end == Some(&DisconnectReason::QueueFull))
    );
    tapped.until("with a gap", |tapped| tapped.tap().late);
}

#[test]
fn garbage_costs_itself() {
    let (browser, mut tapped) = stage();
    browser.opens("A", "1");
    browser.receives("A", "1", UPDATE);
    tapped.until_event(1, "gameStateUpdate");
    for text in ["", "4", "42[", "9", "42{}", "\u{0}", "451-[\"x\"]", "43[]"] {
        browser.receives("A", "1", text);
        browser.sends("A", "1", text);
    }
    browser.says(&json!("no message"));
    browser.says(&json!({"method": "Network.webSocketFrameReceived", "params": {"requestId": 7}}));
    browser.receives("A", "1", r#"42["after",1.10]"#);
    tapped.until_event(1, "after");
    let blocks = tapped.blocks();
    let last = ("after".to_owned(), "[1.10]".to_owned());
    assert_eq!(blocks[0].events().last(), Some(&last));
    tapped.until("they are counted", |tapped| tapped.tap().unreadable == 14);
}
