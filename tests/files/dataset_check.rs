//! `dataset check`: every changed value of a data set is found, and a right data set has no finding.

use std::path::PathBuf;

use pianola::dataset::check::{CheckOptions, CheckReport, check};
use pianola::dataset::columns::Table;
use pianola::dataset::finding::{Finding, FindingKind};
use pianola::dataset::rows::{GameRow, PathRow, TickRow};

use crate::support::recorded_session::RecordedSession;
use crate::support::table_files::{DataSet, data_file, put};

struct Checked {
    report: CheckReport,
    findings: Vec<Finding>,
}

impl Checked {
    /// Returns the findings as text.
    fn text(&self) -> String {
        let lines = self.findings.iter().map(|finding| {
            let id = finding.id.as_deref().unwrap_or("-");
            format!(
                "{} {} {id} {}\n",
                finding.kind.as_str(),
                finding.file,
                finding.text
            )
        });
        lines.collect()
    }
}

/// Recordings and their data set.
struct Example {
    recorded: RecordedSession,
    data: DataSet,
    root: tempfile::TempDir,
}

impl Example {
    fn new() -> Self {
        let recorded = RecordedSession::new();
        let data = DataSet::of(recorded.folder.path());
        let root = tempfile::tempdir().unwrap();
        data.write(root.path());
        Self {
            recorded,
            data,
            root,
        }
    }

    fn path(&self, table: Table) -> PathBuf {
        self.root.path().join(data_file(table))
    }

    fn check(&self) -> Checked {
        let mut findings = Vec::new();
        let folders = [self.recorded.folder.path().to_owned()];
        let options = CheckOptions {
            root: self.root.path(),
            folders: &folders,
            anonymizer: None,
        };
        let report = check(options, &mut |_| {}, &mut |finding| findings.push(finding)).unwrap();
        assert_eq!(report.findings, findings.len() as u64);
        Checked { report, findings }
    }

    fn games(&self) -> Vec<GameRow> {
        self.data
            .games
            .iter()
            .map(|record| record.game.clone())
            .collect()
    }

    fn paths(&self) -> Vec<PathRow> {
        self.data
            .games
            .iter()
            .map(|record| record.path.clone())
            .collect()
    }

    fn ticks(&self) -> Vec<TickRow> {
        self.data
            .games
            .iter()
            .flat_map(pianola::dataset::read::GameRecord::ticks)
            .collect()
    }
}

#[test]
fn a_data_set_that_agrees_with_its_recordings_has_no_finding() {
    let example = Example::new();
    let checked = example.check();
    assert_eq!(checked.text(), "");
    let ticks = example.ticks().len() as u64;
    let actions = example.data.sessions[0].actions.len() as u64;
    let expected = CheckReport {
        games: 2,
        ticks,
        sessions: 1,
        actions,
        findings: 0,
    };
    assert_eq!(checked.report, expected);
    // A data set without ticks is a data set.
    std::fs::remove_file(example.path(Table::Ticks)).unwrap();
    assert_eq!(example.check().text(), "");
}

/// One value of each table.
#[test]
fn one_changed_value_is_found_and_named() {
    let example = Example::new();
    let root = example.root.path();
    let mut games = example.games();
    games[1].peak = Some(99.5);
    put(root, &games);
    let text = example.check().text();
    let right = example.games()[1].peak.unwrap();
    let id = &games[1].game_id;
    let expected = format!(
        "data_differs {} {id} games.peak: the data set has 99.5, the recordings say {right}\n",
        data_file(Table::Games)
    );
    assert_eq!(text, expected);
    put(root, &example.games());

    let mut paths = example.paths();
    let price = paths[0].prices[7].unwrap();
    paths[0].prices[7] = Some(f64::from_bits(price.to_bits() + 1));
    put(root, &paths);
    let text = example.check().text();
    assert!(text.contains("paths.prices: the data set has "), "{text}");
    assert!(
        text.contains(&format!("the recordings say {price} at 7")),
        "{text}"
    );
    put(root, &example.paths());

    let mut ticks = example.ticks();
    ticks[40].price = None;
    ticks[41].price = Some(1.0);
    put(root, &ticks);
    let text = example.check().text();
    assert!(
        text.contains("tick 40 ticks.price: the data set has null"),
        "{text}"
    );
    assert!(text.contains("one more row differs"), "{text}");
    put(root, &example.ticks());

    let mut sessions = vec![example.data.sessions[0].session.clone()];
    sessions[0].replay_agree += 1;
    put(root, &sessions);
    assert!(example.check().text().contains("sessions.replay_agree"));
    sessions[0].replay_agree -= 1;
    put(root, &sessions);

    let mut actions = example.data.sessions[0].actions.clone();
    actions[3].game_trainable ^= true;
    actions[5].amount.0 = Some(7.into());
    put(root, &actions);
    let text = example.check().text();
    assert!(
        text.contains("action 4 actions.game_trainable: the data set has true"),
        "{text}"
    );
    assert!(
        text.contains("actions.amount: the data set has 7.000000000"),
        "{text}"
    );
    assert!(
        text.contains("actions.amount_f: the data set has 7"),
        "{text}"
    );
    put(root, &example.data.sessions[0].actions);

    let mut drifts = example.data.sessions[0].drifts.clone();
    drifts[0].tick = Some(1);
    put(root, &drifts);
    assert!(
        example
            .check()
            .text()
            .contains("drifts.tick: the data set has 1")
    );
}

#[test]
fn missing_and_additional_rows_are_found() {
    let example = Example::new();
    let root = example.root.path();
    let mut ticks = example.ticks();
    let last = ticks.pop().unwrap();
    put(root, &ticks);
    let n = ticks.len();
    let expected = format!("it has {n} rows, and the recordings give {}", n + 1);
    assert!(example.check().text().contains(&expected));
    ticks.extend([last.clone(), last]);
    put(root, &ticks);
    let expected = format!("it has {} rows, and the recordings give {}", n + 2, n + 1);
    assert!(example.check().text().contains(&expected));
    put(root, &example.ticks());
    put(root, &example.paths()[..1]);
    assert!(
        example
            .check()
            .text()
            .contains("it has 1 rows, and the recordings give 2")
    );
    std::fs::remove_file(example.path(Table::Paths)).unwrap();
    assert!(
        example
            .check()
            .text()
            .contains("it has 0 rows, and the recordings give 2")
    );
    put(root, &example.paths());
    // A game twice: neither of its rows may train, and its id is no key any more.
    let mut games = example.games();
    games.push(games[0].clone());
    put(root, &games);
    assert!(!example.check().findings.is_empty());
}

/// A recording that was changed after the build, or removed.
#[test]
fn a_changed_recording_and_a_missing_one_are_found() {
    let example = Example::new();
    let game = &example.games()[0];
    let path = example.recorded.folder.path().join(&game.file);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace("\"reconnects\": 0", "\"reconnects\": 3"),
    )
    .unwrap();
    let found = example.check();
    let expected = format!(
        "its recording {} cannot be compared: it was changed",
        game.file
    );
    assert!(found.text().contains(&expected), "{}", found.text());
    assert_eq!(found.report.games, 1, "the other one was compared");
    std::fs::remove_file(&path).unwrap();
    assert!(example.check().text().contains("cannot be compared: "));
    std::fs::write(&path, text).unwrap();
    std::fs::remove_file(&example.recorded.path).unwrap();
    let found = example.check();
    assert!(
        found.text().contains("it is in none of the folders"),
        "{}",
        found.text()
    );
    assert_eq!((found.report.games, found.report.sessions), (2, 0));
}

/// The data set claims that a game is proven whose seed says otherwise: the recording is proven again, not believed.
#[test]
fn a_claimed_proof_is_computed_again() {
    let example = Example::new();
    let game = &example.games()[0];
    let path = example.recorded.folder.path().join(&game.file);
    let text = std::fs::read_to_string(&path).unwrap();
    // The same price with another last digit, in the recording and in all tables.
    let price = game.peak.unwrap();
    let changed = format!("{:.3}", price + 0.001);
    let text = text.replace(&format!("\"{price}\""), &format!("\"{changed}\""));
    std::fs::write(&path, text).unwrap();
    let mut data = DataSet::of(example.recorded.folder.path());
    assert_eq!(data.games[0].game.proof_now.as_str(), "mismatch");
    data.games[0].game.proof_now = pianola::fairness::ProofStatus::Proven;
    data.write(example.root.path());
    let text = example.check().text();
    assert!(
        text.contains(
            "games.proof_now: the data set has \"proven\", the recordings say \"mismatch\""
        ),
        "{text}"
    );
}

#[test]
fn a_damaged_file_is_named_and_never_panics() {
    let example = Example::new();
    for table in [Table::Games, Table::Paths, Table::Ticks, Table::Actions] {
        let path = example.path(table);
        let whole = std::fs::read(&path).unwrap();
        for damaged in [&whole[..whole.len() / 2], b"", b"PAR1PAR1"] {
            std::fs::write(&path, damaged).unwrap();
            let found = example.check();
            let named =
                |f: &&Finding| f.kind == FindingKind::Unreadable && f.file == data_file(table);
            assert_eq!(
                found.findings.iter().filter(named).count(),
                1,
                "{}",
                found.text()
            );
        }
        // Any flipped byte, wherever it lies.
        for at in (0..whole.len()).step_by(whole.len() / 20 + 1) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x55;
            std::fs::write(&path, &flipped).unwrap();
            example.check();
        }
        std::fs::write(&path, whole).unwrap();
    }
    assert_eq!(example.check().text(), "");
}

#[test]
fn a_folder_that_is_no_data_set_is_an_error() {
    let empty = tempfile::tempdir().unwrap();
    let options = CheckOptions {
        root: empty.path(),
        folders: &[],
        anonymizer: None,
    };
    let error = check(options, &mut |_| {}, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("no games"), "{error}");
}

/// A path in a data set from elsewhere leads to no file outside the recordings.
#[test]
fn a_path_out_of_the_recordings_is_not_followed() {
    let example = Example::new();
    let mut games = example.games();
    games[0].file = format!("../{}", games[0].file);
    games[1].file = "/etc/hostname".to_owned();
    put(example.root.path(), &games);
    let text = example.check().text();
    assert_eq!(
        text.matches("it is in none of the folders").count(),
        2,
        "{text}"
    );
}
