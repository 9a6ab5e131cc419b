//! The promise of the recordings: the power is cut at every operation of the disk, in every way.

use std::time::Duration;

use pianola::recording::SavedGame;
use pianola::table::StepKind;

use crate::support::disk_recorder::{
    DiskRecorder, Tape, assert_index, assert_kept, assert_ticks, published,
};
use crate::support::sim_disk::{FLAVOURS, Plan, SimDisk};

/// Three games of 24, 29 and 15 ticks.
const SEED: u64 = 110;

/// A run that a power cut ended.
struct Cut<'a> {
    session: DiskRecorder<'a>,
    /// The step of the tape in which the power went.
    step: usize,
}

/// Plays the tape from a step on until the power goes; `None` if it does not, or went before the start was done.
fn play_until_cut<'a>(disk: &SimDisk, tape: &'a Tape, from: usize) -> Option<Cut<'a>> {
    let mut session = DiskRecorder::open(disk, tape, tape.steps[from].at).ok()?;
    if disk.dead() {
        return Some(Cut {
            session,
            step: from,
        });
    }
    session.greet(from);
    for step in from + 1..tape.steps.len() {
        if disk.dead() {
            return Some(Cut {
                session,
                step: step - 1,
            });
        }
        session.play(step);
    }
    session.stop();
    let step = tape.steps.len() - 1;
    disk.dead().then_some(Cut { session, step })
}

/// Which operations of a run from a step to the end change something.
fn changes(disk: &SimDisk, tape: &Tape, from: usize) -> Vec<u64> {
    let disk = disk.fork();
    disk.plan(Plan::PowerCut(u64::MAX, FLAVOURS[0]));
    assert!(play_until_cut(&disk, tape, from).is_none());
    numbers(&disk)
}

fn numbers(disk: &SimDisk) -> Vec<u64> {
    let changes = (0..).zip(disk.changes());
    changes
        .filter_map(|(number, changes)| changes.then_some(number))
        .collect()
}

/// Checks the folder and the open games after a power cut.
fn assert_nothing_lost(disk: &SimDisk, cut: &Cut, now: &DiskRecorder) {
    let games = published(disk);
    assert_kept(&cut.session.saved, &games);
    assert_index(disk, &games);
    assert_ticks(&cut.session, now, &games);
}

/// Goes on after the cut to the end of the tape; every game must be whole then.
fn go_on(disk: &SimDisk, tape: &Tape, cut: &Cut) {
    let at = tape.steps[cut.step].at;
    let mut session = DiskRecorder::open(disk, tape, at).unwrap();
    assert_nothing_lost(disk, cut, &session);
    let before: Vec<SavedGame> = cut.session.saved.clone();
    let nothing_known = published(disk).is_empty() && session.board.open_games().is_empty();
    session.greet(cut.step);
    for step in cut.step + 1..tape.steps.len() {
        session.play(step);
    }
    session.stop();
    assert_eq!(session.recorder.trouble(), None);

    let games = published(disk);
    assert_kept(&before, &games);
    assert_kept(&session.saved, &games);
    assert_index(disk, &games);
    // A game that was over before anything was durable is not taken from history into an empty folder.
    let running = &tape.steps[cut.step].game;
    let first = tape.games.iter().position(|game| game == running);
    let expected = if nothing_known { first.unwrap_or(3) } else { 0 };
    for id in &tape.games[expected..] {
        let (_, file) = games.get(id).unwrap_or_else(|| panic!("{id} is missing"));
        assert!(file.meta.complete, "{:?}", file.meta);
        let status = file.meta.proof.status.as_str();
        assert!(["proven", "repaired"].contains(&status), "{:?}", file.meta);
    }
    assert_eq!(journals(disk), Vec::<String>::new());
}

/// What is in the journal, but for the lock.
fn journals(disk: &SimDisk) -> Vec<String> {
    let files = disk.files().into_keys();
    let files = files.map(|path| path.display().to_string());
    files.filter(|path| path.contains(".journal/")).collect()
}

fn tape() -> Tape {
    Tape::new(SEED, 3)
}

/// Cuts the power at every operation from a step to the end, in every flavour, and goes on.
fn cut_everywhere(disk: &SimDisk, tape: &Tape, from: usize, saved: &[SavedGame]) {
    let changes = changes(disk, tape, from);
    assert!(changes.len() > 30, "too short to tell anything");
    for flavour in FLAVOURS {
        for number in &changes {
            let name = format!("operation {number}, {flavour:?}, from step {from}");
            let _case = CaseName(&name);
            let disk = disk.fork();
            disk.plan(Plan::PowerCut(*number, flavour));
            let cut = play_until_cut(&disk, tape, from);
            disk.reboot();
            let Some(mut cut) = cut else {
                // The start did not succeed: nothing new was recorded, and nothing old is gone.
                let session = DiskRecorder::open(&disk, tape, tape.steps[from].at).unwrap();
                assert_kept(saved, &published(&disk));
                assert_eq!(session.recorder.trouble(), None);
                continue;
            };
            cut.session.saved.extend_from_slice(saved);
            go_on(&disk, tape, &cut);
        }
    }
}

/// A disk on which the tape was recorded until this step, and the program stopped.
fn stopped_at(tape: &Tape, step: usize) -> (SimDisk, Vec<SavedGame>) {
    let disk = SimDisk::new();
    let mut session = DiskRecorder::open(&disk, tape, Duration::ZERO).unwrap();
    for step in 0..=step {
        session.play(step);
    }
    session.stop();
    (disk, session.saved)
}

#[test]
fn a_power_cut_at_any_operation_costs_a_second_of_ticks_and_nothing_that_was_reported() {
    cut_everywhere(&SimDisk::new(), &tape(), 0, &[]);
}

#[test]
fn a_power_cut_after_a_stop_in_the_middle_of_a_game_costs_no_more() {
    let tape = tape();
    let step = tape.find(1, |mark| matches!(mark, StepKind::Tick { tick: 20, .. }));
    let (disk, saved) = stopped_at(&tape, step);
    assert_eq!(saved.len(), 2);
    cut_everywhere(&disk, &tape, step, &saved);
}

#[test]
fn a_power_cut_while_a_late_reveal_completes_a_file_costs_nothing() {
    let tape = tape();
    let step = tape.find(1, |mark| mark == StepKind::Rug);
    let (disk, saved) = stopped_at(&tape, step);
    assert_eq!(saved[1].meta.server_seed, None);
    let later = tape.find(2, |mark| matches!(mark, StepKind::Tick { tick: 3, .. }));
    cut_everywhere(&disk, &tape, later, &saved);
}

#[test]
fn power_cuts_during_the_recovery_cost_nothing_more() {
    let tape = tape();
    let all = changes(&SimDisk::new(), &tape, 0);
    let mut recoveries = 0;
    for flavour in FLAVOURS {
        // A prime, so that every kind of operation has its turn.
        for number in all.iter().step_by(5) {
            let disk = SimDisk::new();
            disk.plan(Plan::PowerCut(*number, flavour));
            let Some(cut) = play_until_cut(&disk, &tape, 0) else {
                continue;
            };
            disk.reboot();
            let at = tape.steps[cut.step].at;
            let whole = disk.fork();
            whole.plan(Plan::PowerCut(u64::MAX, flavour));
            DiskRecorder::open(&whole, &tape, at).unwrap();
            for operation in numbers(&whole) {
                let name = format!("operation {number}, {operation} of the recovery, {flavour:?}");
                let _case = CaseName(&name);
                let disk = disk.fork();
                for _ in 0..2 {
                    disk.plan(Plan::PowerCut(operation, flavour));
                    let started = DiskRecorder::open(&disk, &tape, at);
                    assert!(started.is_err() || disk.fired().is_none() || disk.dead());
                    disk.reboot();
                }
                let session = DiskRecorder::open(&disk, &tape, at).unwrap();
                assert_nothing_lost(&disk, &cut, &session);
                recoveries += 1;
            }
        }
    }
    assert!(recoveries > 500, "only {recoveries} recoveries were cut");
}

/// Says in which case a test failed.
struct CaseName<'a>(&'a str);

impl Drop for CaseName<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("failed at {}", self.0);
        }
    }
}
