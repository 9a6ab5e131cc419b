//! A session with games on a disk that fails: at every operation, once or until it is repaired, in each way. No game,
//! no action and no report of the failure is lost.
//!
//! `--nocapture` shows how many faults happened; `PIANOLA_FULL=1` leaves out no operation and no step.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::disk_recorder::{
    DiskRecorder, ROOT, Tape, assert_index, assert_kept, published,
};
use crate::support::disk_session::{assert_reported, cut, facts, sessions, whole};
use crate::support::sim_disk::{FLAVOURS, Failure, Kind, Plan, SimDisk};

/// Three games of 24, 29 and 15 ticks.
const SEED: u64 = 110;
const FAILURES: [Failure; 3] = [Failure::Full, Failure::Broken, Failure::Short];

/// How many faults came true, by the kind of operation.
#[derive(Debug, Default)]
struct Fired {
    evenings: u64,
    hits: BTreeMap<Kind, u64>,
}

impl Fired {
    fn count(&mut self, disk: &SimDisk) {
        self.evenings += 1;
        for (kind, hits) in disk.hits() {
            *self.hits.entry(kind).or_default() += hits;
        }
    }
}

/// The games with the facts of the player between their steps.
struct FaultyRun {
    tape: Tape,
}

impl FaultyRun {
    fn new() -> Self {
        let tape = Tape::new(SEED, 3);
        assert!(tape.steps.len() > facts().len(), "every fact has its step");
        Self { tape }
    }

    /// Opens the folder, and again after the repair if it failed.
    fn open(&self, disk: &SimDisk) -> DiskRecorder<'_> {
        DiskRecorder::open(disk, &self.tape, Duration::ZERO).unwrap_or_else(|why| {
            assert!(why.starts_with("cannot "), "{why}");
            disk.repair();
            DiskRecorder::open(disk, &self.tape, Duration::ZERO).unwrap()
        })
    }

    /// Plays steps of the tape, with the facts of the player among them.
    fn play(&self, session: &mut DiskRecorder<'_>, steps: std::ops::Range<usize>) {
        let facts = facts();
        for step in steps {
            // Spread over the whole evening; the first is the login.
            let due = |step: usize| step * facts.len() / self.tape.steps.len();
            for fact in &facts[due(step)..due(step + 1)] {
                session.act(fact);
            }
            session.play(step);
        }
    }

    fn steps(&self) -> usize {
        self.tape.steps.len()
    }

    /// Every game and the session are complete, also after a power cut, and were reported once.
    fn assert_all_there(&self, disk: &SimDisk, session: &DiskRecorder<'_>, case: &str) {
        assert_eq!(session.recorder.trouble(), None, "{case}");
        let reported: Vec<_> = session.reported.values().map(cut).collect();
        assert_eq!(reported, whole().actions, "{case}");
        assert_eq!(session.sessions.len(), 1, "{case}");
        disk.cut(FLAVOURS[0]);
        disk.reboot();
        // The journals may come back, which changes nothing.
        drop(DiskRecorder::open(disk, &self.tape, Duration::ZERO).unwrap());
        let games = published(disk);
        assert_kept(&session.saved, &games);
        assert_index(disk, &games);
        assert_eq!(games.len(), self.tape.games.len(), "{case}");
        for (_, file) in games.values() {
            assert!(file.meta.complete, "{case}: {:?}", file.meta);
            assert_eq!(file.meta.proof.status.as_str(), "proven", "{case}");
        }
        let [(_, file)] = &sessions(disk)[..] else {
            panic!("{case}: {:?}", disk.files().keys());
        };
        assert_eq!(file, whole(), "{case}");
    }
}

#[test]
fn any_operation_of_an_evening_may_fail_once() {
    let evening = FaultyRun::new();
    for failure in FAILURES {
        let mut fired = Fired::default();
        for number in 0.. {
            let case = format!("{failure:?} at operation {number}");
            let disk = SimDisk::new();
            disk.plan(Plan::Once(number, failure));
            let mut session = evening.open(&disk);
            evening.play(&mut session, 0..evening.steps());
            session.stop();
            if session.recorder.trouble().is_some() {
                session.stop();
            }
            let over = disk.changes().len() as u64 <= number;
            fired.count(&disk);
            evening.assert_all_there(&disk, &session, &case);
            if over {
                break;
            }
        }
        eprintln!("once, {failure:?}: {fired:?}");
        let hits: u64 = fired.hits.values().sum();
        assert!(hits > 100, "{failure:?}: {fired:?}");
    }
}

#[test]
fn everything_that_a_failing_disk_refused_is_written_after_its_repair() {
    let evening = FaultyRun::new();
    let full = std::env::var_os("PIANOLA_FULL").is_some();
    let mended = evening.steps() * 3 / 4;
    for failure in FAILURES {
        let mut fired = Fired::default();
        for number in (0..).step_by(if full { 1 } else { 3 }) {
            let case = format!("{failure:?} from operation {number} on");
            let disk = SimDisk::new();
            disk.plan(Plan::From(number, failure));
            let mut session = evening.open(&disk);
            evening.play(&mut session, 0..mended);
            if disk.fired().is_none() {
                assert!(number > 100, "only {number} operations");
                break;
            }
            // Reported recordings are on the disk, whatever happens now.
            let after = disk.fork();
            after.cut(FLAVOURS[0]);
            after.reboot();
            drop(DiskRecorder::open(&after, &evening.tape, Duration::ZERO).unwrap());
            let saved = sessions(&after);
            assert_reported(
                &session.reported,
                saved.first().map(|(_, file)| file),
                &case,
            );
            assert_kept(&session.saved, &published(&after));
            // Or the disk is mended.
            fired.count(&disk);
            disk.repair();
            session.wait_until(session.clock + Duration::from_secs(2));
            assert_eq!(session.recorder.trouble(), None, "{case}");
            evening.play(&mut session, mended..evening.steps());
            session.stop();
            evening.assert_all_there(&disk, &session, &case);
        }
        eprintln!("until mended, {failure:?}: {fired:?}");
    }
}

#[test]
fn a_folder_removed_at_any_step_is_written_again_from_memory() {
    let evening = FaultyRun::new();
    let (mut sessions_kept, mut games_kept) = (0, 0);
    let full = std::env::var_os("PIANOLA_FULL").is_some();
    for removed in (1..evening.steps()).step_by(if full { 1 } else { 5 }) {
        let case = format!("removed after step {removed}");
        let disk = SimDisk::new();
        let mut session = evening.open(&disk);
        evening.play(&mut session, 0..removed);
        disk.take_away(ROOT.as_ref());
        let gone: Vec<_> = session.saved.drain(..).collect();
        let session_gone = !session.sessions.is_empty();
        evening.play(&mut session, removed..evening.steps());
        let words = "the folder /home/recordings was removed";
        let said = session.troubles.iter().any(|t| t.contains(words));
        // After the last step there is no time for it: the stop makes the folder again by itself.
        assert!(said || removed + 1 == evening.steps(), "{case}");
        session.stop();
        assert_eq!(session.recorder.trouble(), None, "{case}");
        let reported: Vec<_> = session.reported.values().map(cut).collect();
        assert_eq!(reported, whole().actions, "{case}");
        disk.cut(FLAVOURS[0]);
        disk.reboot();
        let games = published(&disk);
        assert_index(&disk, &games);
        for id in &evening.tape.games {
            if gone.iter().any(|saved| saved.meta.game_id == *id) {
                continue;
            }
            let file = games.get(id).map(|(_, file)| file);
            let file = file.unwrap_or_else(|| panic!("{case}: nothing is left of {id}"));
            assert!(file.meta.complete, "{case}: {:?}", file.meta);
            assert_eq!(file.meta.proof.status.as_str(), "proven", "{case}");
            games_kept += 1;
        }
        if !session_gone {
            let [(_, file)] = &sessions(&disk)[..] else {
                panic!("{case}: no session");
            };
            assert_eq!(file, whole(), "{case}");
            sessions_kept += 1;
        }
    }
    eprintln!("{sessions_kept} sessions and {games_kept} games were written again");
    assert!(sessions_kept > 50 && games_kept > 50);
}
