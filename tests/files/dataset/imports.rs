//! Recordings of the Python original in a data set: tables of their own, seeds that come later, and files that have not
//! changed are not read again.

use std::fs::{self, File};
use std::path::PathBuf;

use pianola::dataset::{DataOrigin, FindingKind, Partition, parse_day};
use pianola::game::Game;
use pianola::library::PythonRecording;
use serde_json::json;

use crate::support::captures;
use crate::support::data_set::{
    DataSet, build_with, data_files, differences, files_of, kinds, put_file,
};
use crate::support::original_text::original;
use crate::support::parquet_rows::{flags, numbers, table, texts};
use crate::support::session_facts::games;

const FIRST: &str = "20251029-aaaaaaaaaaaaaaaa";
const SECOND: &str = "20251029-bbbbbbbbbbbbbbbb";

/// A data set of recordings of the original alone, below one folder.
struct Imported {
    set: DataSet,
    folder: PathBuf,
}

impl Imported {
    fn new(files: &[(&str, &str)]) -> Self {
        let mut set = DataSet::empty();
        let folder = set.folder.path().join("original");
        set.options.imports = vec![folder.clone()];
        let imported = Self { set, folder };
        for (name, text) in files {
            imported.put(name, text);
        }
        imported
    }

    fn put(&self, name: &str, text: &str) {
        put_file(&self.folder.join(name), text.as_bytes());
    }

    /// Puts another text of the same length, as if it were the same file.
    fn put_unseen(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        let before = fs::metadata(&path).unwrap();
        assert_eq!(before.len(), text.len() as u64);
        put_file(&path, text.as_bytes());
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(before.modified().unwrap()).unwrap();
    }

    /// Returns a column of the table `imports`.
    fn column(&self, name: &str) -> Vec<Option<String>> {
        texts(self.set.out(), "imports", name)
    }

    /// The result is that of a fresh build.
    fn assert_fresh(&self) {
        let differing = differences(&self.set.fresh(), &self.set.files());
        assert_eq!(differing, Vec::<String>::new());
    }
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned())).collect()
}

fn day(date: &str) -> Partition {
    Partition {
        origin: DataOrigin::Original,
        date: parse_day(date).unwrap(),
    }
}

#[test]
fn recordings_of_the_original_have_rows_in_imports_games_paths_and_ticks_and_are_never_trainable() {
    let imported = Imported::new(&[
        ("a.jsonl", &original(FIRST, 4)),
        ("more/b.jsonl", &original(SECOND, 7)),
        ("more/broken.jsonl", "no JSON\n[1]\n"),
        (".hidden.jsonl", &original("20251029-c", 4)),
        ("notes.txt", "no recording"),
    ]);
    let report = imported.set.build();
    assert_eq!((report.games, report.new, report.ticks), (2, 2, 11));
    assert_eq!(report.written, [day("1970-01-01"), day("2025-10-29")]);
    assert_eq!(
        imported.column("file"),
        some(&["more/broken.jsonl", "a.jsonl", "more/b.jsonl"])
    );
    assert_eq!(imported.column("tier"), some(&["E", "A", "A"]));
    let out = imported.set.out();
    assert_eq!(texts(out, "games", "game_id"), some(&[FIRST, SECOND]));
    assert_eq!(
        texts(out, "games", "proof_reason"),
        some(&["no seed", "no seed"])
    );
    assert_eq!(flags(out, "games", "trainable"), [Some(false); 2]);
    assert_eq!(numbers(out, "paths", "n_ticks"), [Some(4), Some(7)]);
    assert_eq!(numbers(out, "ticks", "tick").len(), 11);
    assert!(
        table(out, "games")[0]
            .to_string_lossy()
            .contains("origin=original/date=2025-10-29")
    );
    imported.assert_fresh();
}

#[test]
fn the_same_recordings_again_change_nothing_and_are_not_read_again() {
    let imported = Imported::new(&[
        ("a.jsonl", &original(FIRST, 4)),
        ("b.jsonl", &original(SECOND, 7)),
    ]);
    imported.set.build();
    let before = imported.set.files();
    let report = imported.set.build();
    assert_eq!((report.unchanged, report.written.len()), (2, 0));
    assert_eq!(imported.set.files(), before);
    // Another price that only a reader of the file would find.
    let other = original(FIRST, 4).replace("\"price\":1.0", "\"price\":1.1");
    imported.put_unseen("a.jsonl", &other);
    assert_eq!(imported.set.build().unchanged, 2);
    assert_eq!(imported.set.files(), before);
    // `--rebuild` reads everything; so does a build without its memory.
    let mut options = imported.set.options.clone();
    options.rebuild = true;
    let report = build_with(&options).unwrap();
    assert_eq!((report.changed, report.unchanged), (1, 1));
    imported.put_unseen("a.jsonl", &original(FIRST, 4));
    fs::remove_dir_all(imported.set.out().join(".state/imports")).unwrap();
    assert_eq!(imported.set.build().changed, 1);
    assert_eq!(data_files(&imported.set.files()), data_files(&before));
}

#[test]
fn only_the_day_of_a_changed_recording_is_built_again() {
    let other_day = original("20251101-cccccccccccccccc", 5).replace("2025-10-29T", "2025-11-01T");
    let imported = Imported::new(&[("a.jsonl", &original(FIRST, 4)), ("c.jsonl", &other_day)]);
    imported.set.build();
    let before = imported.set.files();
    imported.put("a.jsonl", &original(FIRST, 6));
    let report = imported.set.build();
    assert_eq!((report.changed, report.unchanged), (1, 1));
    assert_eq!(report.written, [day("2025-10-29")]);
    let changed = differences(&before, &imported.set.files());
    let data = changed.iter().filter(|path| path.ends_with(".parquet"));
    assert!(
        data.clone().all(|path| path.contains("2025-10-29")),
        "{changed:?}"
    );
    imported.assert_fresh();
    // A recording that is gone takes its rows along.
    fs::remove_file(imported.folder.join("c.jsonl")).unwrap();
    let report = imported.set.build();
    assert_eq!(report.gone, [day("2025-11-01")]);
    let mut options = imported.set.options.clone();
    options.rebuild = true;
    assert_eq!(build_with(&options).unwrap().games, 1);
    imported.assert_fresh();
}

#[test]
fn of_two_recordings_of_a_game_the_better_one_is_used_also_when_it_comes_later() {
    let late: String = original(FIRST, 6)
        .lines()
        .skip(2)
        .map(|line| line.to_owned() + "\n")
        .collect();
    let imported = Imported::new(&[("late.jsonl", &late)]);
    imported.set.build();
    assert_eq!(imported.column("tier"), some(&["B"]));
    imported.put("whole.jsonl", &original(FIRST, 6));
    let report = imported.set.build();
    assert_eq!((report.games, report.changed), (1, 1));
    assert_eq!(
        imported.column("duplicate_of"),
        [Some("whole.jsonl".to_owned()), None]
    );
    assert_eq!(
        texts(imported.set.out(), "games", "file"),
        some(&["whole.jsonl"])
    );
    imported.assert_fresh();
    // The better one goes: the other one is the row again.
    fs::remove_file(imported.folder.join("whole.jsonl")).unwrap();
    imported.set.build();
    assert_eq!(imported.column("duplicate_of"), [None]);
    assert_eq!(
        texts(imported.set.out(), "games", "file"),
        some(&["late.jsonl"])
    );
    imported.assert_fresh();
}

/// Returns a recording of the original of a game, without every tick that `leaves_out` names, and the row of its seed.
fn recorded(game: &Game, leaves_out: impl Fn(usize) -> bool) -> (String, String) {
    let last = game.prices.len() - 1;
    let lines = game
        .prices
        .as_slice()
        .iter()
        .enumerate()
        .filter(|(tick, _)| !leaves_out(*tick));
    let lines = lines.map(|(tick, price)| {
        let price: serde_json::Number = price.unwrap().to_string().parse().unwrap();
        json!({
            "type": "tick", "timestamp": "2025-10-29T17:21:20.716080", "game_id": game.id, "tick": tick,
            "price": price, "active": true, "rugged": tick == last,
        })
        .to_string()
    });
    let seed = json!({
        "id": game.id, "gameVersion": "v3", "serverSeed": game.seed, "serverSeedHash": game.hash(),
    });
    (lines.collect::<Vec<_>>().join("\n"), seed.to_string())
}

#[test]
fn a_list_of_seeds_that_comes_later_proves_the_recordings_that_it_names() {
    let games = games(3, 2);
    let (whole, seed) = recorded(&games[0], |_| false);
    let (holes, other_seed) = recorded(&games[1], |tick| tick == 3);
    let imported = Imported::new(&[("a.jsonl", &whole), ("b.jsonl", &holes)]);
    imported.set.build();
    let proofs = || {
        let mut proofs = texts(imported.set.out(), "games", "proof_now");
        proofs.sort();
        proofs
    };
    assert_eq!(proofs(), some(&["unverifiable", "unverifiable"]));
    imported.put("seeds.json", &format!("[{seed}]"));
    let report = imported.set.build();
    assert_eq!((report.changed, report.unchanged), (1, 1));
    assert_eq!(report.written, [day("2025-10-29")]);
    assert_eq!(proofs(), some(&["proven", "unverifiable"]));
    imported.assert_fresh();
    // Of another path as well; it fills the hole.
    let more = imported.set.folder.path().join("more.json");
    put_file(&more, format!("[{other_seed}]").as_bytes());
    let mut options = imported.set.options.clone();
    options.imports.push(more);
    build_with(&options).unwrap();
    assert_eq!(proofs(), some(&["proven", "repaired"]));
    assert_eq!(
        flags(imported.set.out(), "games", "trainable"),
        [Some(false); 2]
    );
    // Without the lists nothing is proven any more.
    fs::remove_file(imported.folder.join("seeds.json")).unwrap();
    imported.set.build();
    assert_eq!(proofs(), some(&["unverifiable", "unverifiable"]));
    imported.assert_fresh();
}

/// Those of the Python original itself, whose tiers were counted by hand (`old_recordings.rs`).
#[test]
fn the_recordings_of_the_original_have_their_tiers() {
    let Some(folder) = captures::folder() else {
        return;
    };
    let folder = folder.join("original-recordings");
    let mut set = DataSet::empty();
    set.options.imports = vec![folder.clone()];
    let report = set.build();
    let tiers = texts(set.out(), "imports", "tier");
    let of = |tier: &str| {
        tiers
            .iter()
            .filter(|found| found.as_deref() == Some(tier))
            .count()
    };
    assert_eq!(["A", "B", "C", "D", "E"].map(of), [7, 4, 1, 10, 0]);
    for (file, tier) in texts(set.out(), "imports", "file").iter().zip(&tiers) {
        let text = fs::read(folder.join(file.as_ref().unwrap())).unwrap();
        let recording = PythonRecording::parse(&text).unwrap();
        assert_eq!(tier.as_deref(), Some(recording.tier().as_str()), "{file:?}");
    }
    // Of five files only the countdown was recorded.
    assert_eq!((report.games, report.findings.len()), (17, 0));
    assert!(
        flags(set.out(), "games", "trainable")
            .iter()
            .all(|found| *found == Some(false))
    );
    assert_eq!(set.build().unchanged, 17);
}

#[test]
fn a_build_without_imports_keeps_their_rows() {
    let imported = Imported::new(&[("a.jsonl", &original(FIRST, 4))]);
    imported.set.build();
    let before = imported.set.files();
    let mut options = imported.set.options.clone();
    options.imports.clear();
    for rebuild in [false, true] {
        options.rebuild = rebuild;
        let report = build_with(&options).unwrap();
        assert_eq!((report.games, report.gone.len()), (1, 0), "{rebuild}");
        assert_eq!(
            differences(&before, &files_of(imported.set.out())),
            Vec::<String>::new()
        );
    }
}

#[test]
fn a_path_that_cannot_be_imported_is_named_and_nothing_is_built() {
    let mut imported = Imported::new(&[("notes.txt", "no recording")]);
    let error = build_with(&imported.set.options).unwrap_err().to_string();
    assert!(
        error.contains("it has no recordings of the Python original"),
        "{error}"
    );
    assert!(!imported.set.out().exists());
    imported.set.options.imports = vec![imported.folder.join("missing.jsonl")];
    let error = build_with(&imported.set.options).unwrap_err().to_string();
    assert!(
        error.contains("missing.jsonl") && error.contains("moved or deleted"),
        "{error}"
    );
    assert!(!imported.set.out().exists());
}

#[test]
fn a_folder_that_has_the_data_set_and_files_that_cannot_be_read_is_imported() {
    let mut imported = Imported::new(&[("a.jsonl", &original(FIRST, 4))]);
    imported.set.options.out = imported.folder.join("set");
    let sparse = File::create(imported.folder.join("huge.json")).unwrap();
    sparse.set_len(1 << 30).unwrap();
    for _ in 0..2 {
        let report = imported.set.build();
        assert_eq!(report.games, 1);
        assert_eq!(imported.column("file"), some(&["a.jsonl"]));
        assert_eq!(kinds(&report.findings), [FindingKind::Unreadable]);
        let finding = &report.findings[0];
        assert!(finding.file.ends_with("huge.json"));
        assert!(!finding.text.contains('/'), "no path: {}", finding.text);
    }
    // Named itself it is a mistake.
    imported.set.options.imports = vec![imported.folder.join("huge.json")];
    assert!(build_with(&imported.set.options).is_err());
}

#[test]
fn files_of_the_same_name_keep_a_row_each() {
    let mut imported = Imported::new(&[("a.jsonl", &original(FIRST, 4))]);
    let other = imported.set.folder.path().join("other");
    put_file(&other.join("a.jsonl"), original(SECOND, 3).as_bytes());
    imported.set.options.imports.push(other);
    for _ in 0..2 {
        assert_eq!(imported.set.build().games, 2);
        assert_eq!(imported.column("file"), some(&["a.jsonl", "a.jsonl (2)"]));
    }
    imported.assert_fresh();
}

/// A year that no calendar of ours has would leave the range of dates.
#[test]
fn a_recording_of_a_year_far_away_is_imported_without_that_time() {
    for year in ["+262142-06-01", "-262143-01-01"] {
        let text = original(FIRST, 4).replace("2025-10-29T", &format!("{year}T"));
        let imported = Imported::new(&[("a.jsonl", &text)]);
        imported.set.build();
        assert_eq!(imported.column("file"), some(&["a.jsonl"]));
    }
}
