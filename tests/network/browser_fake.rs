//! The browser feed at a fake browser, for what a real one does rarely: it leaves calls without answer, breaks off in
//! the middle, does not report an end, and sends more than the program can take.

use std::net::TcpListener;
use std::time::Duration;

use pianola::feed::{
    DisconnectReason, FeedConfig, FeedEvent, FeedState, RequestOutcome, WriteOutcome,
};
use serde_json::json;

use crate::support::browser_feed::{self, BrowserFeed};
use crate::support::fake_browser::FakeBrowser;

const GAME: &str = "https://rugs.fun/";
const UPDATE: &str = r#"42["gameStateUpdate",{"tickCount":1}]"#;

fn config(browser: &FakeBrowser) -> FeedConfig {
    FeedConfig::browser(browser.address().to_string().parse().unwrap())
}

/// A browser with one page of the game, and its reader.
fn stage() -> (FakeBrowser, BrowserFeed) {
    let browser = FakeBrowser::start();
    browser.has_page("A", GAME);
    let feed = BrowserFeed::start(config(&browser));
    browser.until_called("Network.enable", Some("A"), 1);
    (browser, feed)
}

#[test]
fn nothing_but_reading_is_asked_and_nothing_can_be_sent() {
    let (browser, mut feed) = stage();
    browser.opens("A", "1");
    browser.receives("A", "1", UPDATE);
    feed.until_event(1, "gameStateUpdate");
    let sender = feed.feed.sender();
    let outcome = sender.request(1, "buyOrder", vec![json!({"amount": 1})]);
    assert_eq!(outcome.blocking_recv(), Ok(RequestOutcome::NotConnected));
    let written = sender.emit(1, "ping", Vec::new()).blocking_recv();
    assert_eq!(written, Ok(WriteOutcome::NotConnected));
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
    let (browser, mut feed) = stage();
    browser.receives("A", "1", UPDATE);
    feed.until_event(1, "gameStateUpdate");
    feed.until("it was open already", |feed| feed.browser_status().late);
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
    feed.until("all of it", |feed| {
        let blocks = feed.blocks();
        blocks.len() == 21 && blocks[20].acked(19).is_some()
    });
    for (number, block) in feed.blocks().iter().enumerate().skip(1) {
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
    feed.until("it is complete", |feed| !feed.browser_status().late);
}

#[test]
fn a_page_that_does_not_answer_is_reported_and_asked_again() {
    let browser = FakeBrowser::start();
    browser.has_page("A", GAME);
    browser.mutes("Network.enable", Some("A"));
    let mut feed = BrowserFeed::start(config(&browser));
    feed.until_down("it hangs", |why| {
        *why == DisconnectReason::PageHangs(GAME.to_owned())
    });
    // The others are read all the same.
    browser.attaches("B", "page", GAME);
    browser.receives("B", "1", UPDATE);
    feed.until_event(1, "gameStateUpdate");
    browser.detaches("B");
    feed.until_down("still", |why| {
        *why == DisconnectReason::PageHangs(GAME.to_owned())
    });
    browser.unmutes();
    browser.until_called("Network.enable", Some("A"), 2);
    feed.until_down("no more", |why| {
        *why == DisconnectReason::NoGame(GAME.to_owned())
    });
    browser.opens_dialog("A");
    feed.until_down("a dialog", |why| {
        *why == DisconnectReason::DialogOpen(GAME.to_owned())
    });
    browser.closes_dialog("A");
    browser.receives("A", "1", UPDATE);
    feed.until_event(2, "gameStateUpdate");
    browser.opens_dialog("A");
    feed.until("the dialog is reported", |feed| {
        feed.browser_status().dialog
    });
}

#[test]
fn a_browser_that_goes_away_is_found_again() {
    let (browser, mut feed) = stage();
    browser.opens("A", "1");
    browser.receives("A", "1", UPDATE);
    feed.until_event(1, "gameStateUpdate");
    let address = browser.address();
    drop(browser);
    feed.until_down("it is gone", |why| {
        matches!(why, DisconnectReason::NoBrowser(_))
    });
    assert_eq!(feed.blocks()[0].end, Some(&DisconnectReason::BrowserGone));
    let FeedState::Down { why, .. } = feed.state() else {
        panic!("{:?}", feed.state())
    };
    let port = format!("--remote-debugging-port={} ", address.port());
    assert!(why.to_string().contains(&port), "{why}");
    let browser = FakeBrowser::again(address);
    browser.has_page("A", GAME);
    browser.until_called("Network.enable", Some("A"), 1);
    browser.receives("A", "1", UPDATE);
    feed.until_event(2, "gameStateUpdate");
    // Its line breaks, and the browser is still there.
    browser.cuts();
    browser.until_called("Network.enable", Some("A"), 2);
    browser.receives("A", "1", UPDATE);
    feed.until_event(3, "gameStateUpdate");
}

#[test]
fn a_stopped_feed_has_said_that_it_is_down() {
    let (browser, mut feed) = stage();
    browser.receives("A", "1", UPDATE);
    feed.until_event(1, "gameStateUpdate");
    let state = feed.feed.state();
    let seen = feed.stop();
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
fn a_port_without_a_browser_is_reported() {
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
    let mut feed = BrowserFeed::start(FeedConfig::browser(address.to_string().parse().unwrap()));
    feed.until_down("it says so", |why| {
        matches!(why, DisconnectReason::NotABrowser(_)) && why.to_string().contains("404")
    });
}

#[test]
fn a_page_of_another_site_is_not_read() {
    let browser = FakeBrowser::start();
    browser.has_page("X", "https://rugs.fun.evil.example/");
    let mut feed = BrowserFeed::start(config(&browser));
    browser.until_called("Network.enable", Some("X"), 1);
    browser.opens("X", "1");
    browser.receives("X", "1", UPDATE);
    feed.until_down("no page", |why| *why == DisconnectReason::NoPage);
    browser.attaches("A", "page", GAME);
    browser.receives("A", "1", UPDATE);
    feed.until_event(1, "gameStateUpdate");
    assert_eq!(feed.blocks()[0].events().len(), 1);
    assert!(feed.browser_status().others.is_empty());
}

#[test]
fn of_several_tabs_one_is_read() {
    let (browser, mut feed) = stage();
    browser.opens("A", "1");
    browser.receives("A", "1", UPDATE);
    browser.attaches("B", "page", "https://rugs.fun/?tab=2");
    browser.opens("B", "1");
    for _ in 0..50 {
        browser.receives("B", "1", r#"42["gameStateUpdate",{"tab":"B"}]"#);
        browser.receives("A", "1", UPDATE);
    }
    feed.until("all of one", |feed| {
        feed.blocks()
            .first()
            .is_some_and(|block| block.events().len() == 51)
    });
    assert!(
        feed.blocks()[0]
            .events()
            .iter()
            .all(|(_, args)| !args.contains("tab"))
    );
    feed.until("the other is named", |feed| {
        feed.browser_status().others == [GAME]
    });
    browser.detaches("A");
    browser.receives("B", "1", r#"42["gameStateUpdate",{"tab":"B"}]"#);
    feed.until_event(2, "gameStateUpdate");
    assert_eq!(feed.blocks()[0].end, Some(&DisconnectReason::TabClosed));
}

#[test]
fn a_frame_of_thirty_megabytes_keeps_every_digit() {
    let (browser, mut feed) = stage();
    browser.opens("A", "1");
    let numbers = "0.020000000000000018000,".repeat(30_000_000 / 24);
    let list = format!("[{numbers}1.10]");
    browser.receives("A", "1", &format!(r#"42["gameStateUpdate",{list}]"#));
    feed.until_event(1, "gameStateUpdate");
    let blocks = feed.blocks();
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
    let mut feed = BrowserFeed::start(config);
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
    feed.until("all of it", |feed| feed.seen.len() > all);
    let numbers = feed.seen.iter().filter_map(|message| match &message.event {
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
    let mut feed = BrowserFeed::start(config);
    browser.until_called("Network.enable", Some("A"), 1);
    browser.opens("A", "1");
    for number in 0..100 {
        browser.receives("A", "1", &format!(r#"42["gameStateUpdate",{number}]"#));
    }
    // The queue has no reader: the feed must not wait for one.
    let state = feed.feed.state();
    let start = std::time::Instant::now();
    while !matches!(
        &*state.borrow(),
        FeedState::Down {
            why: DisconnectReason::QueueFull,
            ..
        }
    ) {
        assert!(
            start.elapsed() < browser_feed::SOON,
            "{:?}",
            *state.borrow()
        );
        std::thread::park_timeout(Duration::from_millis(2));
    }
    feed.until("its end", |feed| {
        feed.blocks()
            .first()
            .is_some_and(|block| block.end == Some(&DisconnectReason::QueueFull))
    });
    feed.until("it goes on", |feed| {
        // With so little room the beginning may be too much for it once more.
        browser.receives("A", "1", r#"42["gameStateUpdate",1000]"#);
        let blocks = feed.blocks();
        let last = blocks.last().filter(|_| blocks.len() > 1);
        last.is_some_and(|last| last.events().iter().any(|(_, args)| args == "[1000]"))
    });
    let blocks = feed.blocks();
    let (_, before) = blocks.split_last().unwrap();
    assert!(
        before
            .iter()
            .all(|block| block.end == Some(&DisconnectReason::QueueFull))
    );
    feed.until("with a gap", |feed| feed.browser_status().late);
}

#[test]
fn garbage_costs_itself() {
    let (browser, mut feed) = stage();
    browser.opens("A", "1");
    browser.receives("A", "1", UPDATE);
    feed.until_event(1, "gameStateUpdate");
    for text in ["", "4", "42[", "9", "42{}", "\u{0}", "451-[\"x\"]", "43[]"] {
        browser.receives("A", "1", text);
        browser.sends("A", "1", text);
    }
    browser.says(&json!("no message"));
    browser.says(&json!({"method": "Network.webSocketFrameReceived", "params": {"requestId": 7}}));
    browser.receives("A", "1", r#"42["after",1.10]"#);
    feed.until_event(1, "after");
    let blocks = feed.blocks();
    let last = ("after".to_owned(), "[1.10]".to_owned());
    assert_eq!(blocks[0].events().last(), Some(&last));
    feed.until("they are counted", |feed| {
        feed.browser_status().unreadable == 14
    });
}
