//! The computer's clock is set back by an hour during a recording: rows keep their order, no file ends before it begins
//! where we state both times, and every reader copes. (The notice about the jump is tested beside the health of the
//! feed.)

use chrono::Duration;
use pianola::account::SessionEvent;
use pianola::game::{EndReason, GameEvent, Time};
use pianola::protocol::GameId;
use pianola::recording::{DayIndex, GameFile, Origin, Recorder};
use pianola::replay::check;

use crate::support::disk_session::{self, DiskSession, ROOT, cut, sessions, whole};
use crate::support::made_games::{complete, facts, id};
use crate::support::session_facts;
use crate::support::sim_disk::{FLAVOURS, SimDisk};

fn back(at: &mut Time) {
    *at -= Duration::hours(1);
}

/// The session's facts, with a clock that is set back before this one.
fn set_back(before: usize) -> Vec<SessionEvent> {
    let mut set_back_facts = disk_session::facts().to_vec();
    for fact in &mut set_back_facts[before..] {
        match fact {
            SessionEvent::Action { action, .. } => {
                back(&mut action.timestamp);
                action.confirmed_at.iter_mut().for_each(back);
                action.acked_at.iter_mut().for_each(back);
            }
            SessionEvent::Drifted { drift, .. } => {
                back(&mut drift.at);
                drift.cleared_at.iter_mut().for_each(back);
            }
            SessionEvent::Verified { at, .. } | SessionEvent::Ended { at } => back(at),
            SessionEvent::Started { .. }
            | SessionEvent::Named { .. }
            | SessionEvent::ServerKnown { .. }
            | SessionEvent::WalletChanged { .. } => {}
        }
    }
    set_back_facts
}

/// Whether both are drifts that one look at the account found: they have one time.
fn is_one_comparison(facts: &[SessionEvent]) -> bool {
    let at = |fact: &SessionEvent| match fact {
        SessionEvent::Drifted { drift, .. } => Some(drift.at),
        _ => None,
    };
    at(&facts[0]).is_some() && at(&facts[0]) == at(&facts[1])
}

#[test]
fn the_rows_of_a_session_keep_their_order_and_numbers_also_after_a_crash() {
    let right = &whole().actions;
    let games = session_facts::a_long_and_another_game();
    let mut find = |id: &GameId| {
        let game = games.iter().find(|game| game.id == *id);
        let file = game.map(|game| GameFile::new(game, Origin::Practice));
        file.ok_or_else(|| "unknown".to_owned())
    };
    let before = check(whole(), &mut find).disagreements;
    for at in 1..disk_session::facts().len() {
        if is_one_comparison(&disk_session::facts()[at - 1..=at]) {
            continue;
        }
        let set_back_facts = set_back(at);
        for crash in [false, true] {
            let disk = SimDisk::new();
            let mut run = DiskSession::open(&disk).unwrap();
            let cut_off = usize::from(crash);
            run.play(&set_back_facts[..set_back_facts.len() - cut_off]);
            if crash {
                drop(run);
                disk.cut(FLAVOURS[0]);
                disk.reboot();
                DiskSession::open(&disk).unwrap();
            } else {
                run.finish();
            }
            let [(path, file)] = &sessions(&disk)[..] else {
                panic!("set back at {at}: no session");
            };
            let order = |rows: &[pianola::account::Action]| {
                let rows = rows.iter().map(cut);
                let rows = rows.map(|row| (row.seq, row.action, row.tick, row.balance_after));
                rows.collect::<Vec<_>>()
            };
            assert_eq!(order(&file.actions), order(right), "set back at {at}");
            assert!(file.meta.session_end >= file.meta.session_start);
            let day = path.parent().unwrap().parent().unwrap();
            let index = DayIndex::parse(&disk.files()[&day.join("index.json")]).unwrap();
            assert_eq!(index.sessions.len(), 1);
            assert!(index.sessions[0].session_end >= index.sessions[0].session_start);
            // It is played again as it was: ticks and numbers decide, not the clock.
            let again = check(file, &mut find);
            let found = again.disagreements;
            assert_eq!(found, before, "set back at fact {at}, crash {crash}");
        }
    }
}

#[test]
fn games_are_in_the_day_of_their_start_and_each_is_there() {
    let disk = SimDisk::new();
    let (mut recorder, _) = Recorder::open(disk.clone(), ROOT.into(), Origin::Live).unwrap();
    // Over midnight and back again, in the middle of the first game.
    let first = id("20251216-00000001");
    let mut game_facts = facts(&first, "2025-12-16T00:10:00Z", 9);
    let (game_id, at) = (first.clone(), "2025-12-15T23:10:20Z".parse().unwrap());
    game_facts.push(GameEvent::Rugged {
        game_id,
        tick: 8,
        at,
    });
    recorder.take(complete(&game_facts, EndReason::Rug));
    let second = id("20251215-00000002");
    let after = facts(&second, "2025-12-15T23:10:30Z", 5);
    recorder.take(complete(&after, EndReason::Rug));
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    let files = disk.files();
    let games: Vec<_> = files
        .iter()
        .filter(|(path, _)| path.to_str().unwrap().ends_with(".game.json"))
        .map(|(path, text)| (path.clone(), GameFile::parse(text).unwrap()))
        .collect();
    assert_eq!(games.len(), 2);
    for (path, file) in games {
        let day = file.meta.start_time.unwrap().format("%Y-%m-%d").to_string();
        assert!(path.to_str().unwrap().contains(&day), "{}", path.display());
        let index = path.parent().unwrap().parent().unwrap().join("index.json");
        let index = DayIndex::parse(&files[&index]).unwrap();
        assert_eq!(index.games.len(), 1);
        assert_eq!(index.games[0].game_id, file.meta.game_id);
    }
    drop(recorder);
    let (recorder, open) = Recorder::open(disk.clone(), ROOT.into(), Origin::Live).unwrap();
    assert_eq!((recorder.trouble(), open.len()), (None, 0));
    assert_eq!(disk.files(), files, "a start finds nothing to repair");
}
