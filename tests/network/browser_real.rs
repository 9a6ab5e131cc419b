//! The browser feed at a real Chromium, with the official Socket.IO client in its page: it sees what a direct
//! connection beside it sees, name for name and digit for digit, and the page's requests and answers; through reload, a
//! closed tab and a killed browser.

use pianola::feed::{Address, DisconnectReason, FeedConfig, FeedEvent, FeedState};
use pianola::table::{Speed, Table, TableConfig};
use serde_json::{Value, json};

use crate::support::browser_feed::{self, BrowserFeed, assert_part_of};
use crate::support::chromium::{self, Chromium, Site};
use crate::support::files::is_anywhere;
use crate::support::own_process::in_own_process;
use crate::support::process;

const TOKEN: &str = "hunter2-hunter2";

fn table(speed: f64) -> Table {
    Table::start(TableConfig {
        seed: Some(7),
        speed: Speed::Times(speed),
        ..TableConfig::default()
    })
    .unwrap()
}

fn tap(browser: &Chromium) -> BrowserFeed {
    BrowserFeed::start(FeedConfig::browser(browser.address().parse().unwrap()))
}

fn direct(table: &Table) -> BrowserFeed {
    let mut direct = BrowserFeed::start(FeedConfig::new(Address::parse(&table.url()).unwrap()));
    direct.until_event(1, "gameStateUpdate");
    direct
}

/// Every connection that was read is a part of the one beside it.
fn assert_same(feed: &mut BrowserFeed, direct: &mut BrowserFeed) {
    feed.read();
    let newest = public_count(feed);
    direct.until("the connection beside it is as far", |direct| {
        let blocks = feed.blocks();
        let last = blocks.last().unwrap().events();
        let last = browser_feed::public(&last).last().copied().cloned();
        let all = direct.blocks();
        let all = all[0].events();
        last.is_none_or(|last| all.contains(&last))
    });
    let whole = direct.blocks();
    assert_eq!(whole.len(), 1, "the connection beside it never ended");
    let whole = whole[0].events();
    for block in feed.blocks() {
        assert_part_of(&block.events(), &whole);
    }
    assert!(newest > 20, "only {newest} events");
}

fn public_count(feed: &BrowserFeed) -> usize {
    let blocks = feed.blocks();
    let counts = blocks
        .iter()
        .map(|block| browser_feed::public(&block.events()).len());
    counts.sum()
}

#[test]
fn the_page_is_read_through_reload_closed_tab_and_killed_browser() {
    let Some(program) = chromium::program() else {
        return;
    };
    let (site, table) = (Site::start(), table(5.0));
    let page = site.page(&table.url(), &format!("token={TOKEN}"));
    let mut direct = direct(&table);
    let mut browser = Chromium::start(&program, &[&page]);
    let mut hand = browser.hand("?table=");
    hand.until("page.authenticated > 0");

    // The connection was open already: its frames come, its login is not known.
    let mut feed = tap(&browser);
    feed.until_event(1, "gameStateUpdate");
    feed.until("it says so", |feed| feed.browser_status().late);
    assert!(
        feed.browser_status()
            .to_string()
            .contains("reload the page")
    );
    assert!(!feed.browser_status().page.unwrap().contains("hunter2"));

    // A reload ends it, though the browser says nothing of the connection; the next one is known from its start.
    hand.reload();
    feed.until_event(2, "usernameStatus");
    assert_eq!(feed.blocks()[0].end, Some(&DisconnectReason::PageLeft));
    let blocks = feed.blocks();
    let (name, args) = &blocks[1].events()[0];
    assert!(
        name == "gameStateUpdate" && args.contains("\"prices\":"),
        "the snapshot is first"
    );
    let login = blocks[1].sent("authenticate");
    assert_eq!(login.len(), 1);
    assert_eq!(login[0].0[0]["__trace"], true);
    assert_eq!(login[0].0[1], Value::Null, "the token stays in the browser");
    feed.until("it is complete", |feed| !feed.browser_status().late);

    // What the page asks, and what it is answered.
    hand.until("page.phase === 'presale'");
    hand.fill("amount", "0.010");
    hand.press("buy");
    hand.until("page.acks.length === 1");
    feed.until("the answer", |feed| {
        let blocks = feed.blocks();
        let sent = blocks[1].sent("buyOrder");
        sent.first()
            .is_some_and(|(_, id)| blocks[1].acked(id.unwrap()).is_some())
    });
    let blocks = feed.blocks();
    let sent = blocks[1].sent("buyOrder");
    assert_eq!(sent.len(), 1, "one press, one order");
    assert_eq!(sent[0].0[1], json!({"amount": 0.01}));
    let acked = serde_json::to_string(blocks[1].acked(sent[0].1.unwrap()).unwrap()).unwrap();
    let answer = hand.evaluate("JSON.stringify(page.acks[0].ack)");
    let answer: Value = serde_json::from_str(answer.as_str().unwrap()).unwrap();
    assert_eq!(acked, answer.to_string());
    assert!(acked.contains("\"success\":true"), "{acked}");
    feed.until_event(2, "playerUpdate");

    // A closed tab, and another one.
    drop(hand);
    browser.open("about:blank");
    browser.close("?table=");
    feed.until_down("no page", |why| *why == DisconnectReason::NoPage);
    assert_eq!(feed.blocks()[1].end, Some(&DisconnectReason::TabClosed));
    browser.open(&page);
    feed.until_event(3, "usernameStatus");

    // A killed browser.
    browser.kill();
    feed.until_down("no browser", |why| {
        matches!(why, DisconnectReason::NoBrowser(_))
            && why.to_string().contains("--remote-debugging-port=")
    });
    assert_eq!(feed.blocks()[2].end, Some(&DisconnectReason::BrowserGone));
    browser.run(&["about:blank"]);
    feed.until_down("it is there again", |why| *why == DisconnectReason::NoPage);
    browser.open(&page);
    feed.until_event(4, "usernameStatus");
    feed.until("it is complete", |feed| !feed.browser_status().late);
    assert!(matches!(feed.state(), FeedState::Up { .. }));

    assert_same(&mut feed, &mut direct);
    assert!(!format!("{:?}", feed.seen).contains("hunter2"));
    assert!(
        table
            .received()
            .iter()
            .all(|name| ["authenticate", "buyOrder"].contains(&name.as_str())),
        "nothing but the page spoke: {:?}",
        table.received()
    );
}

#[test]
fn two_tabs_are_not_merged_and_the_other_one_takes_over() {
    let Some(program) = chromium::program() else {
        return;
    };
    let (site, table) = (Site::start(), table(5.0));
    let mut direct = direct(&table);
    let page = |name: &str| site.page(&table.url(), &format!("token={name}&tab={name}"));
    let browser = Chromium::start(&program, &[&page("first")]);
    let mut feed = tap(&browser);
    feed.until_event(1, "gameStateUpdate");
    browser.open(&page("second"));
    browser.open("about:blank");
    feed.until("the other one is named", |feed| {
        feed.browser_status().others.len() == 1
    });
    assert!(feed.browser_status().to_string().contains("another tab"));
    // The first is read on, late or not; if it was late, the second one is better and was taken.
    let read = feed.blocks().len();
    feed.until("more of it", |feed| public_count(feed) > 40);
    assert_eq!(feed.blocks().len(), read, "no jumping to and fro");

    let reads_second = read == 2;
    browser.close(if reads_second {
        "tab=second"
    } else {
        "tab=first"
    });
    feed.until_event(read + 1, "gameStateUpdate");
    assert!(feed.browser_status().others.is_empty());
    assert_same(&mut feed, &mut direct);
}

#[test]
fn a_page_with_a_dialog_is_reported_and_goes_on_after_it() {
    let Some(program) = chromium::program() else {
        return;
    };
    let (site, table) = (Site::start(), table(5.0));
    let mut direct = direct(&table);
    let browser = Chromium::start(&program, &[&site.page(&table.url(), "")]);
    let mut hand = browser.hand("?table=");
    hand.until("page.events > 0");
    let mut feed = tap(&browser);
    feed.until_event(1, "gameStateUpdate");

    hand.call("Page.enable", &json!({}));
    hand.evaluate("setTimeout(() => alert('a question'), 0), 1");
    feed.until("the dialog is reported", |feed| {
        feed.browser_status().dialog
    });
    // A second client finds a page that does not answer.
    let mut other = tap(&browser);
    other.until_down("the page hangs", |why| {
        matches!(
            why,
            DisconnectReason::PageHangs(_) | DisconnectReason::DialogOpen(_)
        )
    });
    hand.call("Page.handleJavaScriptDialog", &json!({"accept": true}));
    feed.until("the dialog is gone", |feed| !feed.browser_status().dialog);
    let before = public_count(&feed);
    feed.until("it goes on", |feed| public_count(feed) > before + 20);
    other.until("the other one reads too", |other| {
        matches!(other.state(), FeedState::Up { .. })
    });
    assert_same(&mut feed, &mut direct);
}

#[test]
fn a_connection_in_a_worker_is_read_once() {
    let Some(program) = chromium::program() else {
        return;
    };
    let (site, table) = (Site::start(), table(5.0));
    let mut direct = direct(&table);
    let browser = Chromium::start(&program, &["about:blank"]);
    let mut feed = tap(&browser);
    for (number, kind) in [(1, "worker"), (2, "shared")] {
        feed.until_down("no page", |why| *why == DisconnectReason::NoPage);
        browser.open(&site.page(&table.url(), kind));
        feed.until_event(number, "gameStateUpdate");
        let before = public_count(&feed);
        feed.until("more of it", |feed| public_count(feed) > before + 20);
        browser.close(kind);
    }
    feed.until_down("no page", |why| *why == DisconnectReason::NoPage);
    assert_eq!(feed.blocks().len(), 2);
    assert_same(&mut feed, &mut direct);
}

#[test]
fn a_page_that_begins_by_polling_is_read_from_its_upgrade_on() {
    let Some(program) = chromium::program() else {
        return;
    };
    let table = table(5.0);
    // A page may poll its own server only, and the table refuses the pages of other servers.
    let site = Site::in_front_of(table.address());
    let mut direct = direct(&table);
    let browser = Chromium::start(&program, &["about:blank"]);
    let mut feed = tap(&browser);
    feed.until_down("no page", |why| *why == DisconnectReason::NoPage);
    browser.open(&site.page(&site.url(), "transport=polling"));
    feed.until_event(1, "gameStateUpdate");
    feed.until("more of it", |feed| public_count(feed) > 40);
    feed.until("its page is named", |feed| {
        feed.browser_status().page.is_some()
    });
    // The agreement came by polling, or after it: only then nothing is missing.
    let (_, first) = &feed.blocks()[0].events()[0];
    assert!(feed.browser_status().late || first.contains("\"prices\":"));
    assert_same(&mut feed, &mut direct);
}

#[test]
fn a_game_of_the_page_is_recorded_and_proven_and_its_token_is_nowhere() {
    let Some(program) = chromium::program() else {
        return;
    };
    let (site, table) = (Site::start(), table(20.0));
    let page = site.page(&table.url(), &format!("token={TOKEN}&ping"));
    let browser = Chromium::start(&program, &["about:blank"]);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut recording = process::Running::start(
        process::pianola()
            .args(["record", "--browser", &browser.address()])
            .args(["--games", "2", "--out"])
            .arg(folder.path().join("out"))
            .env("PIANOLA_LOG", "trace")
            .stderr(std::fs::File::create(&log).unwrap()),
    );
    browser.open(&page);
    let mut hand = browser.hand("?table=");
    hand.until("page.authenticated > 0");
    // A login that it is sure to see.
    process::until("it reads", || {
        let log_text = std::fs::read_to_string(&log).ok()?;
        log_text
            .contains("reading the game in the browser")
            .then_some(())
    });
    hand.reload();
    let lines = [recording.line().unwrap(), recording.line().unwrap()];
    assert_eq!(recording.line(), None, "{lines:?}");
    assert!(
        lines.iter().all(|line| line.contains(" proven ")),
        "{lines:?}"
    );
    let file = lines[0].rsplit(' ').next().unwrap();
    let game: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(game["meta"]["origin"], "browser");
    let heard = table.received();
    let pages = ["authenticate", "ping"];
    assert!(
        heard.iter().all(|name| pages.contains(&name.as_str())),
        "{heard:?}"
    );
    assert!(
        !is_anywhere(folder.path(), TOKEN),
        "a secret in the log or in a file"
    );
}

/// Resident memory of this process, in bytes.
fn memory() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.unwrap_or(0_u64) * 4_096
}

#[test]
fn many_reloads_are_as_many_connections_and_nothing_grows() {
    let Some(program) = chromium::program() else {
        return;
    };
    in_own_process(|| {
        let full = std::env::var_os("PIANOLA_FULL").is_some();
        let reloads = if full { 500 } else { 10 };
        let (site, table) = (Site::start(), table(1.0));
        let browser = Chromium::start(&program, &[&site.page(&table.url(), "")]);
        let mut feed = tap(&browser);
        feed.until_event(1, "gameStateUpdate");
        let mut hand = browser.hand("?table=");
        let mut begun = 0;
        for reload in 0..reloads {
            hand.reload();
            feed.until_event(2, "gameStateUpdate");
            feed.until("it is complete", |feed| !feed.browser_status().late);
            assert_eq!(
                feed.blocks()[0].end,
                Some(&DisconnectReason::PageLeft),
                "reload {reload}"
            );
            let up = feed
                .seen
                .iter()
                .rposition(|message| message.event == FeedEvent::Up);
            feed.seen.drain(..up.unwrap());
            if reload == reloads / 5 {
                begun = memory();
            }
        }
        let grown = memory().saturating_sub(begun);
        eprintln!("{reloads} reloads; {grown} bytes more than after a fifth of them");
        assert!(grown < 64 << 20, "{grown} bytes");
    });
}
