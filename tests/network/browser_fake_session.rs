//! A session in a browser, from its frames to the session file: a page plays at a practice table, and the part of the
//! program behind the window reads it through a fake browser.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use pianola::account::{ActionKind, ActionSource, ActionStatus, WalletKind};
use pianola::engine::{Command, GameSource, Notice};
use pianola::feed::{DisconnectReason, FeedState};
use pianola::host::{Host, HostEvent, RunningSource, SourceRequest};
use pianola::recording::{GameFile, Origin, SessionFile};
use pianola::replay::check;
use pianola::table::{Message, StepKind};
use pianola::trading::{BrowserAccount, Order, OrderLimits};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::fake_browser::FakeBrowser;
use crate::support::source_view::until_view;
use crate::support::table_accounts::{self, CONNECTION, OfflineTable};

const LIMIT: Duration = Duration::from_mins(1);
const TAB: &str = "A";
const TOKEN: &str = "a-token-that-must-stay-secret";

/// A page that plays at a table, in a browser.
struct BrowserPage {
    browser: FakeBrowser,
    table: OfflineTable,
    /// The page's connection.
    socket: String,
    last_id: u64,
}

impl BrowserPage {
    fn receives(&self, messages: &[Message]) {
        for message in messages {
            let mut frame = vec![json!(message.event)];
            frame.extend(message.args.iter().cloned());
            let text = format!("42{}", Value::Array(frame));
            self.browser.receives(TAB, &self.socket, &text);
        }
    }

    fn receive_answer(&self, answer: &pianola::table::Reply) {
        let own = answer
            .messages
            .iter()
            .filter(|(connection, _)| *connection == CONNECTION);
        let own: Vec<_> = own.map(|(_, message)| message.clone()).collect();
        self.receives(&own);
    }

    /// The page loads and logs in.
    fn loads(&mut self, socket: &str) {
        socket.clone_into(&mut self.socket);
        self.browser.opens(TAB, socket);
        self.receives(&self.table.stream.greeting());
        let login = json!(["authenticate", { "token": TOKEN }]);
        self.browser.sends(TAB, socket, &format!("42{login}"));
        let answer = self.table.login(CONNECTION, TOKEN);
        self.receive_answer(&answer);
    }

    /// The page orders; without `seen` the browser tells of neither the request nor its answer.
    fn orders(&mut self, name: &str, payload: &Value, seen: bool) {
        self.last_id += 1;
        let id = self.last_id;
        let args = [table_accounts::trace(), payload.clone()];
        let frame = json!([name, args[0], args[1]]);
        if seen {
            let ping = json!(["ping", { "lastPing": 20.5 }]);
            self.browser
                .sends(TAB, &self.socket, &format!("42{}{ping}", id + 1_000));
            self.browser
                .sends(TAB, &self.socket, &format!("42{id}{frame}"));
        }
        let answer = self.table.handle(CONNECTION, name, &args);
        self.receive_answer(&answer);
        if seen {
            self.browser
                .receives(TAB, &self.socket, &format!("43{}[]", id + 1_000));
            let ack = format!("43{id}{}", json!(answer.acks));
            self.browser.receives(TAB, &self.socket, &ack);
        }
    }

    fn until(&mut self, wanted: impl Fn(StepKind) -> bool) {
        loop {
            let (step, messages) = self.table.step();
            self.receives(&messages);
            if wanted(step.kind) {
                return;
            }
        }
    }

    /// Everything that is done: presale, sale, refusal, an order of another device, a reload, a bet, the rug.
    fn is_played(&mut self) {
        self.orders("buyOrder", &json!({ "amount": 0.002 }), true);
        self.orders("buyOrder", &json!({ "amount": 0.003 }), true);
        self.until_tick(3);
        self.orders("sellOrder", &json!({ "percentage": 25 }), true);
        self.orders("buyOrder", &json!({ "amount": 9 }), true);
        // The same account also plays elsewhere.
        self.until_tick(5);
        self.orders("buyOrder", &json!({ "amount": 0.004 }), false);
        // The page is reloaded in the middle of it.
        self.browser.navigates(TAB, "https://rugs.fun/");
        self.loads("2");
        self.until_tick(8);
        let bet = json!({
            "amount": 0.001, "coinAddress": pianola::protocol::SOL_ADDRESS, "xPayout": 5,
        });
        self.orders("requestSidebet", &bet, true);
        self.until_tick(60);
        self.until(|mark| mark == StepKind::Genesis);
        self.until(|mark| mark == StepKind::Countdown(12_000));
    }

    fn until_tick(&mut self, wanted: u32) {
        self.until(|mark| matches!(mark, StepKind::Tick { tick, .. } if tick == wanted));
    }
}

fn start(
    host: &Host,
    events: &Receiver<HostEvent>,
    browser: &FakeBrowser,
    folder: &Path,
) -> RunningSource {
    let asked = host.handle().start(SourceRequest {
        start_balance: Decimal::ONE,
        source: GameSource::Browser(browser.address().to_string().parse().unwrap()),
        folder: folder.to_owned(),
        auto_record: false,
        raw_capture: false,
        limits: OrderLimits::default(),
    });
    assert!(asked);
    match events.recv_timeout(LIMIT).unwrap() {
        HostEvent::Running(running) => *running,
        other => panic!("{other:?}"),
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one session, from the page to its file"
)]
fn what_is_played_in_the_page_is_in_the_session_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut host = Host::start(Arc::new(|| {})).unwrap();
    let events = host.take_events().unwrap();
    let browser = FakeBrowser::start();
    browser.has_page(TAB, "https://rugs.fun/");
    let mut running = start(&host, &events, &browser, folder.path());
    assert_eq!((running.origin, running.at_table), (Origin::Browser, false));
    // From here on the page's frames are read, whichever attempt to reach the browser it took.
    until_view(&mut running, "the page is found", |view| {
        let why = match &view.feed {
            FeedState::Down { why, .. } => Some(why),
            _ => None,
        };
        matches!(why, Some(DisconnectReason::NoGame(_)))
    });

    // The first game is long, and the bet of its end is lost or won by the rug.
    let table = OfflineTable::with_game(|tick| (70..120).contains(&tick), &[]);
    let mut evening = BrowserPage {
        browser,
        table,
        socket: String::new(),
        last_id: 0,
    };
    evening.until(|mark| mark == StepKind::Countdown(9_000));
    evening.loads("1");
    until_view(&mut running, "the account is known", |view| {
        view.trader.as_ref().and_then(|trader| trader.page) == Some(BrowserAccount::Known)
    });
    evening.is_played();

    // Nothing can be pressed here.
    let press = Command::Press {
        order: Order::Buy {
            amount: Decimal::new(1, 2),
        },
        source: ActionSource::Mouse,
        seen: None,
    };
    running.commands.try_send(press).unwrap();
    let view = until_view(&mut running, "all of it is known", |view| {
        let last = view.actions.last();
        last.is_some_and(|row| row.action == ActionKind::Liquidated)
    });
    assert_eq!(view.trader.unwrap().pending, None);
    let started = Instant::now();
    loop {
        match running.notices.try_recv() {
            Ok(Notice::Message(words)) if words == "buy 0.01 SOL: Play in your browser" => break,
            _ => assert!(started.elapsed() < LIMIT, "nothing was said of the press"),
        }
    }
    let left = host.stop();
    assert_eq!((left[0].sessions, &left[0].trouble), (1, &None));

    let mut found = Vec::new();
    files(folder.path(), &mut found);
    for path in &found {
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        assert!(!text.contains(TOKEN), "{}", path.display());
    }
    let session = found.iter().find(|path| is_session(path)).unwrap();
    let session = SessionFile::parse(&std::fs::read(session).unwrap()).unwrap();
    let meta = &session.meta;
    assert_eq!(
        (meta.origin, meta.wallet),
        (Origin::Browser, WalletKind::Server)
    );
    assert_eq!(meta.username.as_deref(), Some("practice-2"));
    assert_eq!((meta.drift_count, session.drifts.len()), (0, 0));
    let rows: Vec<_> = session
        .actions
        .iter()
        .map(|row| (row.action, row.status, row.source, row.acked_at.is_some()))
        .collect();
    let (done, mine) = (ActionStatus::Confirmed, ActionSource::Browser);
    let expected = [
        (ActionKind::Buy, done, mine, true),
        (ActionKind::Buy, done, mine, true),
        (ActionKind::Sell, done, mine, true),
        (ActionKind::Buy, ActionStatus::Refused, mine, true),
        (ActionKind::Buy, done, mine, false),
        (ActionKind::SidebetPlace, done, mine, true),
        (ActionKind::SidebetLose, done, ActionSource::Server, false),
        (ActionKind::Liquidated, done, ActionSource::Server, false),
    ];
    assert_eq!(rows, expected);
    let ledger = evening.table.accounts.ledger(&evening.table.player());
    let theirs: Vec<_> = ledger.iter().map(|row| Some(row.after.balance)).collect();
    let ours = session.actions.iter().filter(|row| row.status == done);
    let ours: Vec<_> = ours.map(|row| row.balance_after).collect();
    assert_eq!(ours, theirs);
    agrees_when_replayed(&session, &found);
    let allowed = [
        "Target.setDiscoverTargets",
        "Target.setAutoAttach",
        "Network.enable",
        "Page.enable",
        "Browser.getVersion",
    ];
    let calls = evening.browser.calls();
    assert!(
        calls
            .iter()
            .all(|call| allowed.contains(&call.method.as_str())),
        "{calls:?}"
    );
}

fn agrees_when_replayed(session: &SessionFile, found: &[PathBuf]) {
    let replayed = check(session, &mut |id| {
        let games = found
            .iter()
            .filter(|path| path.to_string_lossy().ends_with(".game.json"));
        let games = games.map(|path| GameFile::parse(&std::fs::read(path).unwrap()).unwrap());
        let mut games = games.filter(|game| game.meta.game_id == *id);
        games.next().ok_or("none".to_owned())
    });
    assert!(
        replayed.disagreements.is_empty(),
        "{:#?}",
        replayed.disagreements
    );
}

fn is_session(path: &Path) -> bool {
    path.to_string_lossy().ends_with("_session.json")
}
