//! A disk that fails, a power cut at any operation, a damaged journal: no action that was told is lost, and no session
//! is published twice.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/playing.rs"]
mod playing;
#[path = "support/practice.rs"]
mod practice;
#[path = "support/sim_disk/mod.rs"]
mod sim_disk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use pianola::account::{Action, ActionStatus, SessionEvent};
use pianola::recording::{
    DayIndex, IndexSession, News, Origin, Recorder, SavedSession, SessionFile, Trouble,
};

use sim_disk::{FLAVOURS, Failure, Plan, SimDisk};

const ROOT: &str = "/home/recordings";
const FAILURES: [Failure; 3] = [Failure::Full, Failure::Broken, Failure::Short];

/// A session in which every order is told twice, when it is pressed and when it is done.
fn facts() -> &'static [SessionEvent] {
    static FACTS: OnceLock<Vec<SessionEvent>> = OnceLock::new();
    FACTS.get_or_init(|| {
        let games = playing::a_long_and_another_game();
        let mut facts = Vec::new();
        for fact in playing::a_session(&games) {
            if let SessionEvent::Action { slot, action } = &fact {
                let action = Box::new(pressed(action));
                facts.push(SessionEvent::Action {
                    slot: *slot,
                    action,
                });
            }
            facts.push(fact);
        }
        facts
    })
}

/// The row before anything came back.
fn pressed(row: &Action) -> Action {
    Action {
        balance_after: None,
        position_qty_after: None,
        entry_price: None,
        pnl: None,
        seq: 0,
        status: ActionStatus::Pending,
        qty: None,
        confirmed_at: None,
        executed_tick: None,
        executed_price: None,
        reason: None,
        ..row.clone()
    }
}

/// One run of the program.
struct Run {
    recorder: Recorder<SimDisk>,
    now: Duration,
    /// The newest row that was told of each slot.
    told: BTreeMap<u32, Action>,
    saved: Vec<SavedSession>,
    troubles: Vec<Trouble>,
}

impl Run {
    fn open(disk: &SimDisk) -> Result<Self, String> {
        let (recorder, _) = Recorder::open(disk.clone(), ROOT.into(), Origin::Practice)?;
        let mut run = Self {
            recorder,
            now: Duration::ZERO,
            told: BTreeMap::new(),
            saved: Vec::new(),
            troubles: Vec::new(),
        };
        run.look();
        Ok(run)
    }

    fn take(&mut self, fact: &SessionEvent) {
        self.recorder.take(fact.clone());
        self.recorder.write();
        self.look();
        self.now += Duration::from_millis(400);
        self.recorder.clock(self.now);
        self.look();
    }

    fn play(&mut self, facts: &[SessionEvent]) {
        for fact in facts {
            self.take(fact);
        }
    }

    fn look(&mut self) {
        for news in self.recorder.take_news() {
            match news {
                News::Action { slot, action } => {
                    self.told.insert(slot, *action);
                }
                News::Session(saved) => self.saved.push(*saved),
                News::Game(saved) => panic!("nobody recorded a game: {saved:?}"),
            }
        }
        self.troubles.extend(self.recorder.trouble().cloned());
    }

    fn finish(&mut self) {
        self.recorder.finish();
        self.look();
    }
}

/// Opens as a person would who is told of a failure: again once it is mended.
fn open(disk: &SimDisk) -> Run {
    Run::open(disk).unwrap_or_else(|why| {
        assert!(why.starts_with("cannot "), "{why}");
        disk.repair();
        Run::open(disk).unwrap()
    })
}

/// Every published session.
fn sessions(disk: &SimDisk) -> Vec<(PathBuf, SessionFile)> {
    let files = disk.files().into_iter();
    let named = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let published = files.filter(|(path, _)| {
        named(path).ends_with("_session.json") && !named(path).starts_with('.')
    });
    let parsed = published.map(|(path, text)| {
        let file = SessionFile::parse(&text);
        let file = file.unwrap_or_else(|why| panic!("{} {why}", path.display()));
        (path, file)
    });
    parsed.collect()
}

/// The file that a run without any fault leaves.
fn whole() -> &'static SessionFile {
    static WHOLE: OnceLock<SessionFile> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let disk = SimDisk::new();
        let mut run = Run::open(&disk).unwrap();
        run.play(facts());
        run.finish();
        sessions(&disk).pop().unwrap().1
    })
}

/// Rows as files tell them.
fn cut(row: &Action) -> Action {
    serde_json::from_value(serde_json::to_value(row).unwrap()).unwrap()
}

/// Every row that was told is there: as it was told, or what became of it later.
fn assert_told(told: &BTreeMap<u32, Action>, file: Option<&SessionFile>, case: &str) {
    for (slot, told) in told {
        let rows = file.map_or(&[][..], |file| &file.actions);
        let is_it = |row: &&Action| {
            row.timestamp == cut(told).timestamp
                && row.action == told.action
                && row.tick == told.tick
        };
        let row = rows.iter().find(is_it);
        let row = row.unwrap_or_else(|| panic!("{case}: {slot} was told and is gone"));
        if told.status != ActionStatus::Pending {
            assert_eq!(*row, cut(told), "{case}");
        }
    }
}

/// Exactly this session is published, the index says so, and nothing else is left.
fn assert_whole(disk: &SimDisk, case: &str) {
    let published = sessions(disk);
    let [(path, file)] = &published[..] else {
        panic!("{case}: {} sessions", published.len());
    };
    assert_eq!(file, whole(), "{case}");
    let name = path.file_name().unwrap().to_str().unwrap();
    let files = disk.files();
    let index = &files[&path.parent().unwrap().parent().unwrap().join("index.json")];
    let index = DayIndex::parse(index).unwrap();
    assert_eq!(index.sessions, [IndexSession::new(name, file)], "{case}");
    assert_eq!(files.len(), 2, "{case}: {:?}", files.keys());
}

#[test]
fn any_operation_may_fail_once_and_nothing_is_lost() {
    for failure in FAILURES {
        let mut fired = 0;
        for number in 0.. {
            let case = format!("{failure:?} at operation {number}");
            let disk = SimDisk::new();
            disk.plan(Plan::Once(number, failure));
            let mut run = open(&disk);
            run.play(facts());
            run.finish();
            if run.recorder.trouble().is_some() {
                run.finish();
            }
            assert_eq!(run.recorder.trouble(), None, "{case}");
            // Nobody was told less than all, and of the file once.
            let told: Vec<_> = run.told.values().map(cut).collect();
            assert_eq!(told, whole().actions, "{case}");
            assert_eq!(run.saved.len(), 1, "{case}");
            let over = disk.changes().len() as u64 <= number;
            fired += usize::from(disk.fired().is_some());
            assert_whole(&disk, &case);
            // The journal may come back, which changes nothing.
            disk.cut(FLAVOURS[0]);
            disk.reboot();
            assert_eq!(Run::open(&disk).unwrap().saved, [], "{case}");
            assert_whole(&disk, &case);
            if over {
                break;
            }
        }
        // Of one kind only writes fail.
        assert!(fired > 40, "{failure:?}: only {fired} operations");
    }
}

#[test]
fn what_a_broken_disk_did_not_take_is_neither_told_nor_lost() {
    for failure in FAILURES {
        for number in (0..).step_by(3) {
            let case = format!("{failure:?} from operation {number} on");
            let disk = SimDisk::new();
            disk.plan(Plan::From(number, failure));
            let mut run = open(&disk);
            run.play(facts());
            if disk.fired().is_none() {
                assert!(number > 60, "only {number} operations");
                break;
            }
            // What was told is on the disk for good, whatever happens now.
            let after = disk.fork();
            after.cut(FLAVOURS[0]);
            after.reboot();
            drop(Run::open(&after).unwrap());
            let published = sessions(&after);
            assert!(published.len() <= 1, "{case}");
            assert_told(&run.told, published.first().map(|(_, file)| file), &case);
            // Or the disk works again.
            disk.repair();
            run.now += Duration::from_secs(2);
            run.recorder.clock(run.now);
            run.finish();
            assert_eq!(run.recorder.trouble(), None, "{case}");
            assert_eq!(run.told.len(), whole().actions.len(), "{case}");
            assert_whole(&disk, &case);
        }
    }
}

/// Plays until the power goes; `None` if the start did not succeed.
fn play_until_cut(disk: &SimDisk) -> Option<Run> {
    let mut run = Run::open(disk).ok()?;
    for fact in facts() {
        if disk.dead() {
            return Some(run);
        }
        run.take(fact);
    }
    run.finish();
    Some(run)
}

/// Which operations of something change the disk.
fn changes(disk: &SimDisk) -> Vec<u64> {
    let changes = (0..).zip(disk.changes());
    changes
        .filter_map(|(number, changes)| changes.then_some(number))
        .collect()
}

#[test]
fn a_power_cut_at_any_operation_takes_no_action_that_was_told() {
    let disk = SimDisk::new();
    disk.plan(Plan::PowerCut(u64::MAX, FLAVOURS[0]));
    play_until_cut(&disk).unwrap();
    let changes = changes(&disk);
    assert!(changes.len() > 60, "too short to tell anything");
    for flavour in FLAVOURS {
        for number in &changes {
            let case = format!("operation {number}, {flavour:?}");
            let disk = SimDisk::new();
            disk.plan(Plan::PowerCut(*number, flavour));
            let cut = play_until_cut(&disk);
            assert!(disk.dead());
            disk.reboot();
            let told = cut.map(|run| (run.told, run.saved)).unwrap_or_default();
            let run = Run::open(&disk).unwrap();
            assert_eq!(run.recorder.trouble(), None, "{case}");
            let published = sessions(&disk);
            assert!(published.len() <= 1, "{case}: published twice");
            assert_told(&told.0, published.first().map(|(_, file)| file), &case);
            for saved in &told.1 {
                assert_eq!((&saved.path, whole()), (&published[0].0, &published[0].1));
            }
            // It is told once: by the run that wrote it, if that came to it.
            let told_twice = !told.1.is_empty() && !run.saved.is_empty();
            assert!(!told_twice, "{case}");
            // One of which not even the start was written is kept aside; nothing of it was told.
            let left = disk.files().into_keys();
            let left = left.filter(|path| path.display().to_string().contains(".journal/"));
            let aside = |path: PathBuf| path.display().to_string().contains("/damaged/");
            assert!(
                left.map(aside).all(|aside| aside && told.0.is_empty()),
                "{case}"
            );
        }
    }
}

#[test]
fn power_cuts_during_the_recovery_publish_the_session_once() {
    let disk = SimDisk::new();
    disk.plan(Plan::PowerCut(u64::MAX, FLAVOURS[0]));
    play_until_cut(&disk).unwrap();
    let all = changes(&disk);
    let mut recoveries = 0;
    for flavour in FLAVOURS {
        // A prime, so that every kind of operation has its turn; the end, where the file is made, without a gap.
        let (early, end) = all.split_at(all.len() - 12);
        for number in early.iter().step_by(7).chain(end) {
            let disk = SimDisk::new();
            disk.plan(Plan::PowerCut(*number, flavour));
            let told = play_until_cut(&disk)
                .map(|run| run.told)
                .unwrap_or_default();
            disk.reboot();
            let undisturbed = disk.fork();
            undisturbed.plan(Plan::PowerCut(u64::MAX, flavour));
            Run::open(&undisturbed).unwrap();
            for operation in changes(&undisturbed) {
                let case = format!("operation {number}, {operation} of the recovery, {flavour:?}");
                let disk = disk.fork();
                for _ in 0..2 {
                    disk.plan(Plan::PowerCut(operation, flavour));
                    drop(Run::open(&disk));
                    disk.reboot();
                }
                Run::open(&disk).unwrap();
                let published = sessions(&disk);
                assert!(published.len() <= 1, "{case}: published twice");
                assert_told(&told, published.first().map(|(_, file)| file), &case);
                recoveries += 1;
            }
        }
    }
    assert!(recoveries > 500, "only {recoveries} recoveries were cut");
}

/// The journal of a session that runs, after so many of its facts, and where it lies.
fn journal(length: usize) -> (PathBuf, Vec<u8>) {
    let disk = SimDisk::new();
    let mut run = Run::open(&disk).unwrap();
    run.play(&facts()[..length]);
    run.finish();
    let mut files = disk.files();
    assert_eq!(files.len(), 1);
    files.pop_first().unwrap()
}

/// The start and six orders with their answers: every byte of it has its turn.
const SHORT: usize = 13;

/// The rows of a damaged journal's session; each of them is one that was told, or one whose answer is lost.
fn rows_of(path: &Path, bytes: &[u8], case: &str) -> Option<Vec<Action>> {
    let disk = SimDisk::new();
    disk.put(path, bytes);
    Run::open(&disk).unwrap();
    let mut published = sessions(&disk);
    assert!(published.len() <= 1, "{case}");
    let file = published.pop()?.1;
    for row in &file.actions {
        let right = whole().actions.contains(row);
        let mut of_a_press = whole().actions.iter().map(|told| cut(&pressed(told)));
        let unanswered = row.status == ActionStatus::Unknown
            && of_a_press.any(|press| press == cut(&pressed(row)));
        assert!(right || unanswered, "{case}: invented {row:?}");
    }
    Some(file.actions)
}

#[test]
fn a_journal_cut_anywhere_tells_every_whole_line() {
    let (path, bytes) = journal(SHORT);
    let all = rows_of(&path, &bytes, "whole").unwrap();
    assert_eq!(all, whole().actions[..6]);
    let ends: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').collect();
    let mut before = 0;
    for length in 0..=bytes.len() {
        let case = format!("cut at {length}");
        let rows = rows_of(&path, &bytes[..length], &case).unwrap_or_default();
        assert!(
            rows.len() >= before,
            "{case}: {} after {before}",
            rows.len()
        );
        before = rows.len();
        // A press and its answer are two lines.
        let whole_lines = ends.iter().filter(|end| **end < length).count();
        if whole_lines >= ends.len() {
            assert_eq!(rows, all, "{case}");
        }
    }
    assert_eq!(before, all.len());
}

#[test]
fn a_flipped_byte_costs_two_lines_of_a_journal_and_invents_nothing() {
    let (path, bytes) = journal(SHORT);
    let all = rows_of(&path, &bytes, "whole").unwrap();
    assert_eq!(all, whole().actions[..6]);
    for place in 0..bytes.len() {
        let flip = [0x01, 0x20, 0x80, 0xff][place % 4];
        let mut damaged = bytes.clone();
        damaged[place] ^= flip;
        let case = format!("byte {place}");
        let rows = rows_of(&path, &damaged, &case).unwrap();
        let right = rows.iter().filter(|row| all.contains(row));
        // One whose answer is lost takes another place, and so do those after it.
        let lost = all.len() - rows.len();
        assert!(lost <= 1, "{case}: {lost} rows are gone");
        assert!(right.count() + 2 >= all.len(), "{case}");
    }
}

#[test]
fn a_journal_of_a_published_session_that_comes_back_is_not_published_again() {
    let (path, bytes) = journal(facts().len() - 1);
    let disk = SimDisk::new();
    let mut run = Run::open(&disk).unwrap();
    run.play(facts());
    run.finish();
    drop(run);
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 1;
    for bytes in [&bytes[..], &bytes[..bytes.len() / 3], &damaged] {
        disk.put(&path, bytes);
        let run = Run::open(&disk).unwrap();
        assert_eq!(run.saved, []);
        assert_whole(&disk, "a journal that came back");
    }
    // Damaged, the file is left as it is, and the journal tells all once more.
    let (file, _) = sessions(&disk).pop().unwrap();
    disk.put(&file, b"{");
    disk.put(&path, &bytes);
    let run = Run::open(&disk).unwrap();
    let name = run.saved[0].path.file_name().unwrap().to_str().unwrap();
    assert!(name.ends_with("_dutch-2_session.json"), "{name}");
    assert_eq!(disk.files()[&file], b"{");
}

#[test]
fn a_journal_that_tells_nothing_is_kept_aside() {
    let (path, bytes) = journal(facts().len() - 1);
    let disk = SimDisk::new();
    for noise in [&b"no journal at all\n"[..], &bytes[..40]] {
        disk.put(&path, noise);
        Run::open(&disk).unwrap();
        let kept = disk.files();
        assert!(!kept.contains_key(&path));
        assert!(kept.iter().any(|(path, bytes)| {
            path.starts_with("/home/recordings/.journal/damaged") && bytes == noise
        }));
    }
}

#[test]
fn sixty_four_mebibytes_wait_for_a_full_disk_and_what_is_lost_beyond_is_said() {
    let disk = SimDisk::new();
    let mut run = Run::open(&disk).unwrap();
    run.take(&facts()[0]);
    disk.plan(Plan::From(0, Failure::Full));
    let row = whole().actions.first().unwrap();
    for slot in 0..80 {
        let mut action = Box::new(row.clone());
        action.seq = slot + 1;
        action.reason = Some("x".repeat(1 << 20));
        run.take(&SessionEvent::Action { slot, action });
    }
    let lost = run.recorder.lost_actions();
    assert!((15..=17).contains(&lost), "{lost}");
    assert!(run.told.is_empty(), "nothing was recorded");
    disk.repair();
    run.take(facts().last().unwrap());
    run.now += Duration::from_secs(2);
    run.recorder.clock(run.now);
    run.finish();
    assert_eq!(run.recorder.trouble(), None);
    assert_eq!(run.told.len() as u64, 80 - lost);
    assert_eq!(sessions(&disk)[0].1.actions.len() as u64, 80 - lost);
    assert_eq!(run.recorder.lost_actions(), lost, "it stays said");
}
