//! A session of a player who plays with the mouse in a real Chromium at a practice table; the program records it
//! through the browser, and again by a direct connection.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use pianola::account::ActionStatus;
use pianola::fairness::ProofStatus;
use pianola::protocol::{GameId, number};
use pianola::recording::{GameFile, GameMeta, Origin, SessionFile};
use pianola::replay::ReplayReport;
use pianola::table::{Fault, LedgerRow, Speed, Table, TableConfig};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};
use tungstenite::Message;

use crate::support::chromium::{Chromium, PageControl, Site};
use crate::support::files::{game_file, game_files, is_anywhere};
use crate::support::process::{Running, pianola, until};
use crate::support::script_run::{replayed, sessions};

const TOKEN: &str = "a-token-that-must-stay-secret";
/// The only one at the table.
const PLAYER: &str = "did:privy:practice-0001";

/// Everything that runs.
pub struct BrowserSession {
    pub table: Table,
    pub browser: Chromium,
    site: Site,
    feed: Option<Running>,
    direct: Option<Running>,
    folder: tempfile::TempDir,
    /// Every speed that the table ran at.
    speeds: RefCell<Vec<Decimal>>,
}

/// What a player sees in the page.
#[derive(Debug, Deserialize)]
pub struct PageState {
    pub phase: String,
    pub game: String,
    pub tick: u32,
    pub held: bool,
    pub bet: bool,
}

/// What was recorded.
pub struct BrowserRecording {
    pub file: SessionFile,
    pub replayed: ReplayReport,
    pub ledger: Vec<LedgerRow>,
    feed: BTreeMap<GameId, GameFile>,
    direct: BTreeMap<GameId, GameFile>,
    speeds: Vec<Decimal>,
}

impl BrowserSession {
    pub fn start(program: &Path, seed: u64, times: f64, faults: &[Fault]) -> Self {
        let table = Table::start(TableConfig {
            seed: Some(seed),
            speed: Speed::Times(times),
            faults: faults.to_vec(),
            ..TableConfig::default()
        });
        let table = table.expect("the table starts");
        let browser = Chromium::start(program, &["about:blank"]);
        let folder = tempfile::tempdir().expect("a folder");
        let record = |name: &str, from: [&str; 2]| {
            let log = File::create(folder.path().join(format!("{name}.log"))).expect("a file");
            let mut program = pianola();
            program.arg("record").args(from).arg("--out");
            program.arg(folder.path().join(name)).stderr(log);
            Running::start(program.env("PIANOLA_LOG", "info"))
        };
        let feed = record("feed", ["--browser", &browser.address()]);
        // The clock of the table starts with it.
        let direct = record("direct", ["--url", &table.url()]);
        Self {
            site: Site::start(),
            feed: Some(feed),
            direct: Some(direct),
            table,
            browser,
            folder,
            speeds: vec![number::shortest(times).expect("a number")].into(),
        }
    }

    /// Opens a tab and waits until it is read; then it is loaded again, so that its login is seen.
    #[track_caller]
    pub fn open(&self) -> PageControl {
        let read = self.times_read();
        let page = self.site.page(&self.table.url(), &format!("token={TOKEN}"));
        self.browser.open(&page);
        let mut hand = self.browser.hand("?table=");
        hand.until("page.authenticated > 0");
        until("the page is read", || {
            (self.times_read() > read).then_some(())
        });
        reload(&mut hand);
        hand
    }

    /// Closes the tab; the browser stays.
    pub fn close(&self, hand: PageControl) {
        drop(hand);
        self.browser.open("about:blank");
        self.browser.close("?table=");
    }

    /// Kills the browser and starts it again, with the same profile.
    pub fn restart(&mut self, hand: PageControl) {
        drop(hand);
        self.browser.kill();
        self.browser.run(&["about:blank"]);
    }

    /// Orders on another device, which the program does not read.
    pub fn order_elsewhere(&self, name: &str, payload: &Value) {
        let address = self.table.address();
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (mut socket, _) = tungstenite::connect(url).expect("the table listens");
        let order = json!([name, payload]);
        let login = json!(["authenticate", { "token": TOKEN }]);
        for (say, hear) in [
            (String::new(), "0{"),
            ("40".to_owned(), "40{"),
            (format!("42{login}"), "42[\"usernameStatus\""),
            (format!("421{order}"), "431[{\"success\":true"),
        ] {
            if !say.is_empty() {
                socket.send(Message::text(say)).expect("it is open");
            }
            while !matches!(socket.read().expect("it is open"), Message::Text(text) if text.starts_with(hear))
            {
            }
        }
    }

    /// The games run so many times as fast as the real ones from now on.
    pub fn pace(&self, times: f64) {
        let speed = Speed::Times(times);
        self.table.set_speed(speed).expect("within the limits");
        let speed = speed.factor().expect("a number");
        self.speeds.borrow_mut().push(speed);
    }

    pub fn ledger(&self) -> Vec<LedgerRow> {
        self.table.ledger(PLAYER)
    }

    /// Waits until both have saved a game, and ends them.
    #[track_caller]
    pub fn end(&mut self, last: &str) -> BrowserRecording {
        let [feed, direct] = ["feed", "direct"].map(|name| self.folder.path().join(name));
        for root in [&feed, &direct] {
            until("the last game is saved and proven", || {
                let file = games(root).into_iter().find(|(id, _)| id.as_str() == last);
                file.filter(|(_, file)| file.meta.proof.status == ProofStatus::Proven)
            });
        }
        for running in [self.feed.take(), self.direct.take()] {
            let running = running.expect("it runs");
            running.interrupt();
            let (code, lines) = running.end();
            assert_eq!(code, Some(0), "{lines:?}\n{}", self.log());
        }
        assert!(
            !is_anywhere(self.folder.path(), TOKEN),
            "the token is in a file"
        );
        let mut files = sessions(&feed);
        assert_eq!(files.len(), 1, "one session\n{}", self.log());
        let (path, file) = files.remove(0);
        assert_eq!(file.meta.origin, Origin::Browser);
        assert_eq!(file.meta.player_id.as_deref(), Some(PLAYER));
        assert_eq!(sessions(&direct).len(), 0, "no player acts there");
        BrowserRecording {
            replayed: replayed(&path, &file),
            file,
            ledger: self.ledger(),
            feed: games(&feed),
            direct: games(&direct),
            speeds: self.speeds.take(),
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("feed.log")).unwrap_or_default()
    }

    fn times_read(&self) -> usize {
        self.log()
            .matches("reading the game in the browser")
            .count()
    }
}

/// Loads the page again, which logs in again.
#[track_caller]
pub fn reload(hand: &mut PageControl) {
    hand.evaluate("page.old = true");
    hand.reload();
    hand.until("!page.old && page.authenticated > 0");
}

#[track_caller]
pub fn look(hand: &mut PageControl) -> PageState {
    let page = hand.evaluate("JSON.stringify(page)");
    serde_json::from_str(page.as_str().expect("text")).expect("what the page keeps")
}

/// Presses a button with this in its field; returns whether the table did it.
#[track_caller]
pub fn order(hand: &mut PageControl, button: &str, text: &str) -> bool {
    let before = hand.evaluate("page.acks.length");
    let field = if button == "sell" {
        "percent"
    } else {
        "amount"
    };
    hand.fill(field, text);
    hand.press(button);
    hand.until(&format!("page.acks.length > {before}"));
    hand.evaluate(&format!("page.acks[{before}].ack[0].success")) == true
}

impl BrowserRecording {
    /// Fails unless each game that both know to its end is the same; returns which these are.
    #[track_caller]
    pub fn same_games(&self) -> Vec<&GameId> {
        let mut same = Vec::new();
        for (id, ours) in &self.feed {
            let Some(theirs) = self.direct.get(id) else {
                continue;
            };
            if !ours.meta.complete || !theirs.meta.complete {
                continue;
            }
            assert!(theirs.meta.seeded, "{id}");
            let speed = theirs.meta.speed;
            match self.speeds.as_slice() {
                [always] => assert_eq!(speed, Some(*always), "{id}"),
                // No single speed is that of a game in which it was changed.
                several => assert!(speed.is_none_or(|speed| several.contains(&speed)), "{id}"),
            }
            // However often the browser was away: what is known is the same.
            assert_eq!(ours.prices, theirs.prices, "{id}");
            let mut meta = ours.meta.clone();
            assert_eq!(meta.origin, Origin::Browser);
            if meta.reconnects == 0 && meta.joined_at_tick == Some(0) {
                // All but the clock, and where it came from.
                meta.origin = theirs.meta.origin;
                (meta.start_time, meta.end_time) = (theirs.meta.start_time, theirs.meta.end_time);
                // The page does not know its server; the table announces itself to the connection beside it.
                assert_eq!((meta.speed, meta.seeded), (None, false), "{id}");
                (meta.speed, meta.seeded) = (theirs.meta.speed, theirs.meta.seeded);
                assert_eq!(meta, theirs.meta, "{id}");
            } else {
                let of = |meta: GameMeta| {
                    (
                        meta.duration_ticks,
                        meta.peak_multiplier,
                        meta.server_seed,
                        meta.server_seed_hash,
                        meta.proof,
                    )
                };
                assert_eq!(of(meta), of(theirs.meta.clone()), "{id}");
            }
            same.push(id);
        }
        same
    }

    /// Fails unless each row has its times, and what was done its tick and its price.
    #[track_caller]
    pub fn has_all_fields(&self) {
        for row in &self.file.actions {
            let done = row.status == ActionStatus::Confirmed;
            assert!(done || row.status == ActionStatus::Refused, "{row:#?}");
            if done {
                assert!(
                    row.confirmed_at.is_some_and(|at| at >= row.timestamp),
                    "{row:#?}"
                );
                assert!(
                    row.executed_tick.is_some() && row.executed_price.is_some(),
                    "{row:#?}"
                );
            }
        }
    }
}

fn games(root: &Path) -> BTreeMap<GameId, GameFile> {
    let files = game_files(root);
    let games = files.iter().map(|path: &PathBuf| game_file(path));
    games
        .map(|file| (file.meta.game_id.clone(), file))
        .collect()
}
