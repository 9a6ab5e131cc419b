//! A disk that fails, or a power cut at any operation: no reported action is lost, and no session is published twice.

use std::path::PathBuf;
use std::time::Duration;

use pianola::account::SessionEvent;

use crate::support::disk_session::{
    DiskSession, assert_reported, assert_whole, cut, facts, sessions, whole,
};
use crate::support::sim_disk::{FLAVOURS, Failure, Plan, SimDisk};

const FAILURES: [Failure; 3] = [Failure::Full, Failure::Broken, Failure::Short];

/// Opens the folder, and again after the repair if it failed.
fn open(disk: &SimDisk) -> DiskSession {
    DiskSession::open(disk).unwrap_or_else(|why| {
        assert!(why.starts_with("cannot "), "{why}");
        disk.repair();
        DiskSession::open(disk).unwrap()
    })
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
            // Everything was reported, and the file once.
            let reported: Vec<_> = run.reported.values().map(cut).collect();
            assert_eq!(reported, whole().actions, "{case}");
            assert_eq!(run.saved.len(), 1, "{case}");
            let over = disk.changes().len() as u64 <= number;
            fired += usize::from(disk.fired().is_some());
            assert_whole(&disk, &case);
            // The journal may come back, which changes nothing.
            disk.cut(FLAVOURS[0]);
            disk.reboot();
            assert_eq!(DiskSession::open(&disk).unwrap().saved, [], "{case}");
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
fn facts_that_a_broken_disk_refused_are_neither_reported_nor_lost() {
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
            // Reported actions are durable, whatever happens now.
            let after = disk.fork();
            after.cut(FLAVOURS[0]);
            after.reboot();
            drop(DiskSession::open(&after).unwrap());
            let published = sessions(&after);
            assert!(published.len() <= 1, "{case}");
            assert_reported(
                &run.reported,
                published.first().map(|(_, file)| file),
                &case,
            );
            // Or the disk works again.
            disk.repair();
            run.now += Duration::from_secs(2);
            run.recorder.clock(run.now);
            run.finish();
            assert_eq!(run.recorder.trouble(), None, "{case}");
            assert_eq!(run.reported.len(), whole().actions.len(), "{case}");
            assert_whole(&disk, &case);
        }
    }
}

/// Plays until the power goes; `None` if the start did not succeed.
fn play_until_cut(disk: &SimDisk) -> Option<DiskSession> {
    let mut run = DiskSession::open(disk).ok()?;
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
fn a_power_cut_at_any_operation_loses_no_reported_action() {
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
            let reported = cut.map(|run| (run.reported, run.saved)).unwrap_or_default();
            let run = DiskSession::open(&disk).unwrap();
            assert_eq!(run.recorder.trouble(), None, "{case}");
            let published = sessions(&disk);
            assert!(published.len() <= 1, "{case}: published twice");
            assert_reported(&reported.0, published.first().map(|(_, file)| file), &case);
            for saved in &reported.1 {
                assert_eq!((&saved.path, whole()), (&published[0].0, &published[0].1));
            }
            // The file is reported once: by the run that wrote it, unless a fault came first.
            let reported_twice = !reported.1.is_empty() && !run.saved.is_empty();
            assert!(!reported_twice, "{case}");
            // A journal without its start is set aside; nothing of it was reported.
            let left = disk.files().into_keys();
            let left = left.filter(|path| path.display().to_string().contains(".journal/"));
            let aside = |path: PathBuf| path.display().to_string().contains("/damaged/");
            assert!(
                left.map(aside).all(|aside| aside && reported.0.is_empty()),
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
            let reported = play_until_cut(&disk)
                .map(|run| run.reported)
                .unwrap_or_default();
            disk.reboot();
            let undisturbed = disk.fork();
            undisturbed.plan(Plan::PowerCut(u64::MAX, flavour));
            DiskSession::open(&undisturbed).unwrap();
            for operation in changes(&undisturbed) {
                let case = format!("operation {number}, {operation} of the recovery, {flavour:?}");
                let disk = disk.fork();
                for _ in 0..2 {
                    disk.plan(Plan::PowerCut(operation, flavour));
                    drop(DiskSession::open(&disk));
                    disk.reboot();
                }
                DiskSession::open(&disk).unwrap();
                let published = sessions(&disk);
                assert!(published.len() <= 1, "{case}: published twice");
                assert_reported(&reported, published.first().map(|(_, file)| file), &case);
                recoveries += 1;
            }
        }
    }
    assert!(recoveries > 500, "only {recoveries} recoveries were cut");
}

#[test]
fn sixty_four_mebibytes_wait_for_a_full_disk_and_losses_beyond_are_reported() {
    let disk = SimDisk::new();
    let mut run = DiskSession::open(&disk).unwrap();
    run.take(&facts()[0]);
    disk.plan(Plan::From(0, Failure::Full));
    let row = whole().actions.first().unwrap();
    for slot in 0..80 {
        let mut action = Box::new(row.clone());
        action.seq = slot + 1;
        action.reason = Some("x".repeat(1 << 20));
        run.take(&SessionEvent::Action { slot, action });
    }
    let lost = run.recorder.state().lost_actions;
    assert!((15..=17).contains(&lost), "{lost}");
    assert!(run.reported.is_empty(), "nothing was recorded");
    disk.repair();
    run.take(facts().last().unwrap());
    run.now += Duration::from_secs(2);
    run.recorder.clock(run.now);
    run.finish();
    assert_eq!(run.recorder.trouble(), None);
    assert_eq!(run.reported.len() as u64, 80 - lost);
    assert_eq!(sessions(&disk)[0].1.actions.len() as u64, 80 - lost);
    assert_eq!(run.recorder.state().lost_actions, lost, "it stays said");
}
