//! A disk that fails while games are recorded: at every operation, once or for good, in each way. Nothing is lost, and
//! the failure is reported.

use std::path::Path;
use std::time::Duration;

use pianola::game::{Game, GameEvent, PriceSource};
use pianola::protocol::GameId;
use pianola::recording::{Origin, Recorder};
use pianola::table::StepKind;

use crate::support::disk_recorder::{
    self, DiskRecorder, ROOT, Tape, assert_index, assert_kept, published,
};
use crate::support::sim_disk::{FLAVOURS, Failure, Plan, SimDisk};

/// Three games of 24, 29 and 15 ticks.
const SEED: u64 = 110;
const FAILURES: [Failure; 3] = [Failure::Full, Failure::Broken, Failure::Short];

/// A message about the disk names what failed, where, and what to do.
fn assert_helps(what: &str, case: &str) {
    let words = [
        "cannot make ",
        "cannot read ",
        "cannot remove ",
        "cannot rename to ",
        "cannot sync ",
        "cannot write ",
    ];
    assert!(
        words.iter().any(|word| what.starts_with(word)),
        "{case}: {what}"
    );
    assert!(what.contains("/home"), "{case}: {what}");
    let advice = what.rsplit_once("; ").map(|(_, advice)| advice);
    let advice = advice.unwrap_or_else(|| panic!("{case}: no advice in {what}"));
    assert!(advice.contains("disk"), "{case}: {what}");
}

/// Operations that may fail silently: on folders above the recordings, which belong to others, and on leftovers.
fn is_not_ours(operation: &str) -> bool {
    ["Sync /", "Sync /home"].contains(&operation)
        || operation.contains("/.tmp-") && operation.starts_with("Remove")
}

/// Opens the folder, and again after the repair if it failed. Returns whether a failure was reported.
fn open<'a>(disk: &SimDisk, tape: &'a Tape, case: &str) -> (DiskRecorder<'a>, bool) {
    match DiskRecorder::open(disk, tape, Duration::ZERO) {
        Ok(session) => (session, false),
        Err(why) => {
            assert_helps(&why, case);
            disk.repair();
            (
                DiskRecorder::open(disk, tape, Duration::ZERO).unwrap(),
                true,
            )
        }
    }
}

/// Whether there was trouble; its message helps.
fn was_reported(session: &DiskRecorder, case: &str) -> bool {
    for trouble in &session.troubles {
        assert_helps(trouble, case);
    }
    assert_eq!(session.recorder.state().lost_games, 0);
    !session.troubles.is_empty()
}

/// Every game of the tape is there, complete and proven, also after a power cut.
fn assert_all_there(disk: &SimDisk, tape: &Tape, session: &DiskRecorder, case: &str) {
    assert_eq!(session.recorder.trouble(), None, "{case}");
    let journals = |path: &Path| path.display().to_string().contains(".journal");
    assert!(!disk.files().keys().any(|path| journals(path)), "{case}");
    disk.cut(FLAVOURS[0]);
    disk.reboot();
    let games = published(disk);
    assert_kept(&session.saved, &games);
    assert_index(disk, &games);
    assert_eq!(games.len(), tape.games.len(), "{case}");
    for (_, file) in games.values() {
        assert!(file.meta.complete, "{case}: {:?}", file.meta);
        assert_eq!(file.meta.proof.status.as_str(), "proven", "{case}");
    }
}

#[test]
fn any_operation_may_fail_once_and_nothing_is_lost() {
    let tape = Tape::new(SEED, 3);
    for failure in FAILURES {
        let mut fired = 0;
        for number in 0.. {
            let case = format!("{failure:?} at operation {number}");
            let disk = SimDisk::new();
            disk.plan(Plan::Once(number, failure));
            let (mut session, mut reported) = open(&disk, &tape, &case);
            for step in 0..tape.steps.len() {
                session.play(step);
            }
            session.stop();
            reported |= was_reported(&session, &case);
            if session.recorder.trouble().is_some() {
                session.recorder.finish();
            }
            if let Some(operation) = disk.fired() {
                assert!(
                    reported || is_not_ours(&operation),
                    "{case}: {operation} was not reported"
                );
                fired += 1;
            } else if number >= disk.changes().len() as u64 {
                break;
            }
            assert_all_there(&disk, &tape, &session, &case);
        }
        assert!(fired > 50, "{failure:?} came only {fired} times");
    }
}

#[test]
fn a_failed_sync_is_not_believed_when_the_power_goes_later() {
    let tape = Tape::new(SEED, 3);
    let last = tape.find(1, |mark| matches!(mark, StepKind::Tick { tick: 28, .. }));
    let (mut looked, mut number) = (0, 0);
    loop {
        let disk = SimDisk::new();
        disk.plan(Plan::Once(number, Failure::Broken));
        let case = format!("operation {number}");
        let (mut session, _) = open(&disk, &tape, &case);
        for step in 0..last {
            session.play(step);
        }
        let Some(operation) = disk.fired() else { break };
        disk.cut(FLAVOURS[0]);
        disk.reboot();
        number += 1;
        // A second for the retry, and the one that may be lost.
        let quiet = Duration::from_secs(1);
        if is_not_ours(&operation)
            || session
                .last_trouble
                .is_none_or(|at| at + quiet > session.clock)
        {
            continue;
        }
        let now = DiskRecorder::open(&disk, &tape, session.clock).unwrap();
        let games = published(&disk);
        assert_kept(&session.saved, &games);
        disk_recorder::assert_ticks(&session, &now, &games);
        looked += 1;
    }
    assert!(looked > 60, "only {looked} failures");
}

#[test]
fn everything_that_a_broken_disk_refused_is_written_once_it_works_again() {
    let tape = Tape::new(SEED, 3);
    let mended = tape.find(2, |mark| matches!(mark, StepKind::Tick { tick: 10, .. }));
    for failure in FAILURES {
        for number in 0.. {
            let case = format!("{failure:?} from operation {number} on");
            let disk = SimDisk::new();
            disk.plan(Plan::From(number, failure));
            let (mut session, mut reported) = open(&disk, &tape, &case);
            for step in 0..mended {
                session.play(step);
            }
            if disk.fired().is_none() {
                assert!(number > 50, "only {number} operations");
                break;
            }
            reported |= was_reported(&session, &case);
            assert!(reported, "{case}");
            disk.repair();
            session.wait_until(tape.steps[mended].at + Duration::from_secs(1));
            assert_eq!(session.recorder.trouble(), None, "{case}");
            // Games of that time are on the disk now, published or in the journal.
            assert_eq!(published(&disk).len(), 2, "{case}");
            for step in mended..tape.steps.len() {
                session.play(step);
            }
            session.stop();
            assert_all_there(&disk, &tape, &session, &case);
        }
    }
}

#[test]
fn a_disk_that_stays_full_ends_the_recording_with_the_reason_and_loses_nothing_on_it() {
    let tape = Tape::new(SEED, 3);
    for number in (10..).step_by(7) {
        let case = format!("full from operation {number} on");
        let disk = SimDisk::new();
        disk.plan(Plan::From(number, Failure::Full));
        let mut session = DiskRecorder::open(&disk, &tape, Duration::ZERO).unwrap();
        for step in 0..tape.steps.len() {
            session.play(step);
        }
        session.stop();
        let Some(fired) = disk.fired() else {
            assert!(number > 50, "only {number} operations");
            break;
        };
        if published(&disk).len() < 3 {
            let trouble = session.recorder.trouble();
            let trouble = trouble.unwrap_or_else(|| panic!("{case}: silent after {fired}"));
            assert!(
                trouble.contains("make room on the disk"),
                "{case}: {trouble:?}"
            );
        }
        assert_kept(&session.saved, &published(&disk));
        // The program ends; the next start finds everything that the disk has.
        disk.repair();
        drop(session);
        let session = DiskRecorder::open(&disk, &tape, Duration::ZERO).unwrap();
        assert_eq!(session.recorder.trouble(), None);
        assert_index(&disk, &published(&disk));
    }
}

/// A game of 5,001 ticks, most of them unknown.
fn long_game(number: u32) -> Game {
    let at = "2025-12-15T01:18:00Z".parse().unwrap();
    let id = GameId::new(&format!("20251215-{number:08x}00000000")).unwrap();
    let mut game = Game::new(id, at);
    for tick in [0, 5_000] {
        game.prices.insert(tick, 1.into(), PriceSource::Live);
    }
    game
}

#[test]
fn sixty_four_mebibytes_wait_for_a_full_disk_and_losses_beyond_are_reported() {
    let disk = SimDisk::new();
    let (mut recorder, _) = Recorder::open(disk.clone(), ROOT.into(), Origin::Practice).unwrap();
    disk.plan(Plan::From(0, Failure::Full));
    let mut now = Duration::ZERO;
    for number in 0..600 {
        recorder.take(GameEvent::GameComplete(Box::new(long_game(number))));
        recorder.write();
        now += Duration::from_secs(1);
        recorder.clock(now);
    }
    // 24 bytes a tick.
    let fitted = (64 << 20) / (5_002 * 24) + 1;
    let lost = 600 - fitted;
    assert_eq!(recorder.state().lost_games, lost);
    disk.repair();
    recorder.clock(now + Duration::from_secs(1));
    assert_eq!(recorder.trouble(), None);
    assert_eq!(published(&disk).len() as u64, fitted);
    assert_eq!(recorder.take_events().len() as u64, fitted);
    assert_eq!(recorder.state().lost_games, lost, "it stays said");
}

/// A game that does not fit into the memory for a full disk has gaps in its file, and the file is not complete.
#[test]
fn a_game_that_did_not_fit_into_memory_is_open_at_the_next_start_with_its_first_ticks() {
    let disk = SimDisk::new();
    let (mut recorder, _) = Recorder::open(disk.clone(), ROOT.into(), Origin::Practice).unwrap();
    disk.plan(Plan::From(0, Failure::Full));
    let id = GameId::new("20251215-1a211bfc7caf41d6").unwrap();
    let (game_id, at) = (id.clone(), "2025-12-16T01:18:00Z".parse().unwrap());
    let start = GameEvent::GameStarted { game_id, at };
    let tick = |tick| GameEvent::PriceTick {
        game_id: id.clone(),
        tick,
        price: 1.into(),
        source: PriceSource::Live,
        arrival: None,
    };
    let mut game = Game::new(id.clone(), at);
    for fact in [start, tick(0), tick(1)] {
        game.apply(&fact);
        recorder.take(fact);
    }
    for number in 0..600 {
        recorder.take(GameEvent::GameComplete(Box::new(long_game(number))));
    }
    let lost = recorder.state().lost_games;
    recorder.take(tick(2));
    game.apply(&tick(2));
    recorder.take(GameEvent::GameComplete(Box::new(game)));
    assert_eq!(recorder.state().lost_games, lost + 1);
    disk.repair();
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    drop(recorder);
    let (_, open) = Recorder::open(disk, ROOT.into(), Origin::Practice).unwrap();
    let game = open.iter().find(|game| game.id == id).unwrap();
    assert_eq!(game.prices.len(), 2);
    assert!(!game.complete());
}
