//! The folder is removed during a recording: this is reported, the folder is made again, and everything in memory is
//! written again; but nothing is written to a folder that another program made in its place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pianola::account::{Action, SessionEvent};
use pianola::disk::RealDisk;
use pianola::game::{EndReason, Game, GameEvent};
use pianola::recording::{
    DayIndex, FolderLock, GameFile, IndexGame, Origin, Recorder, RecorderEvent, SessionFile,
};

use crate::support::disk_session::{self, assert_reported, cut, whole};
use crate::support::made_games::{complete, facts, id, tick};

const MORNING: &str = "2025-12-15T01:18:00.218Z";
const DAY: &str = "2025-12-15";

/// A recorder on the real disk, with the right to its folder, and its clock.
struct Run {
    recorder: Recorder<RealDisk>,
    now: Duration,
    reported: BTreeMap<u32, Action>,
}

impl Run {
    fn open(folder: &Path) -> (Self, Vec<Game>) {
        let lock = FolderLock::acquire(folder).unwrap();
        let (mut recorder, open) =
            Recorder::open(RealDisk, folder.to_owned(), Origin::Practice).unwrap();
        recorder.set_lock(lock);
        assert_eq!(recorder.trouble(), None);
        let run = Self {
            recorder,
            now: Duration::ZERO,
            reported: BTreeMap::new(),
        };
        (run, open)
    }

    fn game(&mut self, facts: &[GameEvent]) {
        for fact in facts {
            self.recorder.take(fact.clone());
        }
        self.recorder.write();
    }

    fn session(&mut self, facts: &[SessionEvent]) {
        for fact in facts {
            self.recorder.take(fact.clone());
        }
        self.recorder.write();
        self.look();
    }

    fn pass(&mut self, millis: u64) {
        self.now += Duration::from_millis(millis);
        self.recorder.clock(self.now);
        self.look();
    }

    fn look(&mut self) {
        for news in self.recorder.take_events() {
            if let RecorderEvent::Action { slot, action } = news {
                self.reported.insert(slot, *action);
            }
        }
    }

    fn says(&self) -> &str {
        let trouble = self.recorder.trouble();
        trouble.unwrap_or_default()
    }
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().unwrap().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_removed_folder_is_reported_and_made_again_with_open_game_and_session_and_lock() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("recordings");
    let (mut run, _) = Run::open(&folder);
    let played = disk_session::facts();
    let half = played.len() / 2;
    let mut game = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 10);
    run.session(&played[..half]);
    run.game(&game);
    run.pass(1_000);
    assert!(run.reported.len() > 3, "{:?}", run.reported);
    let reported = run.reported.clone();

    fs::remove_dir_all(&folder).unwrap();
    game.push(tick(&game_id(&game), 10));
    run.game(&game[game.len() - 1..]);
    let said = run.says().to_owned();
    assert!(said.contains("was removed, and what was saved"), "{said}");
    assert!(said.contains(folder.to_str().unwrap()), "{said}");
    // Nothing is made before that could be seen.
    run.session(&played[half..=half]);
    run.pass(900);
    assert_eq!(run.says(), said);
    assert!(!folder.exists());
    run.pass(200);
    assert_eq!(run.says(), "", "it is made again");
    let refused = FolderLock::acquire(&folder).unwrap_err().to_string();
    let holder = format!("process {}", std::process::id());
    assert!(refused.contains(&holder), "{refused}");

    // A kill now: everything reported before and after the removal is in the new folder.
    let reported_again = run.reported.clone();
    drop(run);
    let (mut run, open) = Run::open(&folder);
    assert_eq!(open[0].prices.len(), 11);
    let [path] = &files(&folder, "_session.json")[..] else {
        panic!("no session in {}", folder.display());
    };
    let file = SessionFile::parse(&fs::read(path).unwrap()).unwrap();
    assert_reported(&reported, Some(&file), "before");
    assert_reported(&reported_again, Some(&file), "meanwhile");
    let rows = whole().actions.iter().take(file.actions.len());
    let right = rows.zip(&file.actions).filter(|(a, b)| cut(a) == cut(b));
    assert!(right.count() + 2 >= file.actions.len(), "{file:#?}");
    run.pass(1_000);
    assert_eq!(run.says(), "");
}

#[test]
fn memory_is_written_again_also_without_further_events() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("recordings");
    let (mut run, _) = Run::open(&folder);
    let played = disk_session::facts();
    let game = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 10);
    run.session(&played[..played.len() - 1]);
    run.game(&game);
    run.pass(1_000);
    assert_eq!(run.reported.len(), whole().actions.len());
    fs::remove_dir_all(&folder).unwrap();
    run.pass(100);
    assert!(run.says().contains("was removed"), "{}", run.says());
    run.pass(1_000);
    assert_eq!(run.says(), "");
    let reported = run.reported.clone();
    drop(run); // A kill.
    let (_, open) = Run::open(&folder);
    assert_eq!(open[0].prices.len(), 10);
    let [path] = &files(&folder, "_session.json")[..] else {
        panic!("no session in {}", folder.display());
    };
    let file = SessionFile::parse(&fs::read(path).unwrap()).unwrap();
    assert_reported(&reported, Some(&file), "again");
    assert_eq!(file.actions, whole().actions);
}

fn game_id(facts: &[GameEvent]) -> pianola::protocol::GameId {
    facts[0].fact_of().unwrap().clone()
}

#[test]
fn files_published_in_a_removed_folder_are_gone_and_in_no_index() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("recordings");
    let (mut run, _) = Run::open(&folder);
    let first = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 10);
    run.game(&[complete(&first, EndReason::Rug)]);
    run.pass(1_500);
    assert_eq!(files(&folder, ".game.json").len(), 1);
    fs::remove_dir_all(&folder).unwrap();
    // Nothing happens on the table, and it is seen all the same.
    run.pass(100);
    assert!(run.says().contains("was removed"), "{}", run.says());
    run.pass(1_100);
    assert_eq!(run.says(), "");
    let second = facts(&id("x-other"), MORNING, 3);
    run.game(&[complete(&second, EndReason::Rug)]);
    run.recorder.finish();
    let [path] = &files(&folder, ".game.json")[..] else {
        panic!("a removed file stays removed");
    };
    let file = GameFile::parse(&fs::read(path).unwrap()).unwrap();
    let index = fs::read(folder.join(DAY).join("index.json")).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let expected = IndexGame::new(name, &file);
    assert_eq!(DayIndex::parse(&index).unwrap().games, [expected]);
}

#[test]
fn a_folder_that_comes_back_goes_on_as_it_was() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("recordings");
    let away = outer.path().join("elsewhere");
    let (mut run, _) = Run::open(&folder);
    let first = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 10);
    run.game(&[complete(&first, EndReason::Rug)]);
    let mut second = facts(&id("x-other"), "2025-12-15T02:00:00Z", 10);
    run.game(&second);
    run.pass(1_500);
    fs::rename(&folder, &away).unwrap();
    second.push(tick(&id("x-other"), 10));
    run.game(&second[11..]);
    assert!(run.says().contains("was removed"), "{}", run.says());
    fs::rename(&away, &folder).unwrap();
    run.pass(1_100);
    assert_eq!(run.says(), "");
    run.game(&[complete(&second, EndReason::Rug)]);
    run.recorder.finish();
    assert_eq!(files(&folder, ".game.json").len(), 2);
    let index = fs::read(folder.join(DAY).join("index.json")).unwrap();
    assert_eq!(DayIndex::parse(&index).unwrap().games.len(), 2);
    assert_eq!(files(&folder, ".journal"), Vec::<PathBuf>::new());
}

#[test]
fn a_folder_that_another_program_made_again_is_not_touched_until_that_one_has_ended() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("recordings");
    let (mut run, _) = Run::open(&folder);
    let game = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 10);
    run.game(&game);
    run.pass(1_000);
    fs::remove_dir_all(&folder).unwrap();
    let other = FolderLock::acquire(&folder).unwrap();
    let before = files(&folder, "");
    // A game that begins now has a journal of its own: it would be made in the other one's folder.
    run.game(&facts(&id("x-other"), MORNING, 3));
    assert!(run.says().contains("was removed"), "{}", run.says());
    for _ in 0..3 {
        run.pass(1_100);
        let holder = format!("process {}", std::process::id());
        assert!(run.says().contains(&holder), "{}", run.says());
        assert!(run.says().contains("records there"), "{}", run.says());
        assert_eq!(files(&folder, ""), before);
    }
    drop(other);
    run.pass(1_100);
    assert_eq!(run.says(), "");
    assert_eq!(files(&folder, ".journal").len(), 2);
    drop(run);
    let (_, mut open) = Run::open(&folder);
    open.sort_by_key(|game| game.prices.len());
    let ticks: Vec<_> = open.iter().map(|game| game.prices.len()).collect();
    assert_eq!(ticks, [3, 10]);
}

#[test]
fn a_stop_in_a_removed_folder_writes_everything_that_memory_has() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("recordings");
    let (mut run, _) = Run::open(&folder);
    run.session(disk_session::facts());
    run.pass(100);
    let (begin, end) = disk_session::facts().split_at(disk_session::facts().len() - 1);
    run.session(begin);
    let game = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 10);
    run.game(&game);
    fs::remove_dir_all(&folder).unwrap();
    for fact in end {
        run.recorder.take(fact.clone());
    }
    run.recorder.take(complete(&game, EndReason::Stopped));
    run.recorder.finish();
    assert_eq!(run.says(), "");
    assert_eq!(files(&folder, ".game.json").len(), 1);
    let saved = files(&folder, "_session.json");
    assert_eq!(saved.len(), 1, "the one before is gone: {saved:?}");
    let file = SessionFile::parse(&fs::read(&saved[0]).unwrap()).unwrap();
    assert_eq!(&file, whole());
}
