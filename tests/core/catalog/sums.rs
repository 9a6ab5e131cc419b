//! The sums of the catalog: over games, sessions, and the running one.

use std::path::Path;

use pianola::fairness::ProofStatus;
use pianola::library::{Catalog, LibraryRow, PnlSign, Query, RowEntry, RowKind};
use rust_decimal::Decimal;

use super::{ORIGINS, day, facts, game, id, session};

#[test]
fn what_a_game_brought_is_the_sum_of_its_sessions_and_each_counts_once() {
    let mut catalog = Catalog::default();
    catalog.take(day(&(
        0,
        vec![(1, 1, 1, Vec::new()), (2, 1, 1, Vec::new())],
        Vec::new(),
        0,
    )));
    // The session of the day before lists a game of this one: it was played over midnight.
    catalog.take(day(&(1, Vec::new(), vec![(0, 0, 1, vec![1])], 0)));
    for (session, pnl) in [("a", 2), ("b", -5), ("a", 2)] {
        catalog.take_facts(Path::new(session), facts(vec![(id(1), Decimal::from(pnl))]));
    }
    catalog.set_query(Query {
        kind: RowKind::Games,
        played: Some(true),
        pnl: Some(PnlSign::Loss),
        ..Query::default()
    });
    let shown = catalog.visible();
    assert_eq!(shown.len(), 1);
    let Some(RowEntry::Game {
        game, played, pnl, ..
    }) = shown.get(0).map(|row| &row.entry)
    else {
        panic!("{shown:?}");
    };
    assert_eq!((*pnl, *played), (Some(Decimal::from(-3)), true));
    assert_eq!(game.game_id, id(1));
}

#[test]
fn absurd_numbers_of_a_damaged_index_saturate() {
    let mut catalog = Catalog::default();
    let mut absurd = day(&(
        0,
        vec![(1, 1, 1, Vec::new()); 1],
        vec![(0, 0, 1, vec![1])],
        0,
    ));
    let session = absurd.rows[1].path.clone();
    for row in &mut absurd.rows {
        match &mut row.entry {
            RowEntry::Game { game, .. } => game.peak_multiplier = Some(Decimal::MAX),
            RowEntry::Session { session, .. } => {
                session.realised_pnl = Decimal::MIN;
                session.total_actions = usize::MAX;
            }
            RowEntry::Damaged { .. } => {}
        }
    }
    for _ in 0..3 {
        catalog.take(absurd.clone());
        catalog.take_facts(&session, facts(vec![(id(1), Decimal::MIN)]));
    }
    assert_eq!(catalog.days()[0].realised_pnl, Decimal::MIN);
    assert!(catalog.days()[0].average_peak().is_some());
    catalog.set_query(Query {
        kind: RowKind::Games,
        ..Query::default()
    });
    assert_eq!(catalog.visible().len(), 3);
}

#[test]
fn the_running_session_is_in_the_sums_and_is_chosen_once_it_has_a_game() {
    let mut catalog = Catalog::default();
    let saved = vec![(0, 0, 1, vec![1]), (1, 1, 1, vec![2])];
    catalog.take(day(&(0, Vec::new(), saved, 0)));
    // Their sources are the same; each session has -1 SOL.
    let origin = ORIGINS[1];
    let mut running = session(1, &(2, 5, 1, Vec::new()));
    running.set_has_games(false);
    let path = running.path.clone();
    let pnl = Decimal::from(-1);
    assert_eq!(catalog.realised_pnl(), pnl + pnl);
    catalog.set_running(Some((running.clone(), facts(Vec::new()))));
    assert_eq!(catalog.realised_pnl(), pnl + pnl + pnl);
    // Its day has it, too, as often as it is read.
    catalog.set_running(Some((running.clone(), facts(Vec::new()))));
    let days = catalog.days().iter();
    let days: Vec<_> = days.map(|day| (day.sessions, day.realised_pnl)).collect();
    assert_eq!(days, [(1, pnl), (2, pnl + pnl)]);
    assert_eq!(catalog.count_of(RowKind::Sessions, origin), 3);
    assert_eq!(catalog.count_of(RowKind::Games, origin), 0);
    // The empty one is in the first row, and the one below it is chosen.
    let shown = catalog.visible();
    assert_eq!(shown.get(0).map(|row| &row.path), Some(&path));
    let newest = shown.get(1).map(|row| row.path.clone());
    assert_eq!(
        shown.first_choice().map(|row| &row.path),
        newest.as_ref(),
        "a session with a game"
    );
    running.set_has_games(true);
    catalog.set_running(Some((running.clone(), facts(Vec::new()))));
    let chosen = |catalog: &mut Catalog| {
        let chosen = catalog.visible().first_choice();
        chosen.map(|row| row.path.clone())
    };
    assert_eq!(chosen(&mut catalog), Some(path.clone()));
    // Without another one the empty one is chosen.
    let mut alone = Catalog::default();
    running.set_has_games(false);
    alone.set_running(Some((running, facts(Vec::new()))));
    assert_eq!(chosen(&mut alone), Some(path));
}

#[test]
fn a_running_session_that_is_gone_leaves_no_result_behind() {
    let mut catalog = Catalog::default();
    let games = vec![(1, 1, 1, Vec::new()), (2, 1, 1, Vec::new())];
    catalog.take(day(&(0, games, Vec::new(), 0)));
    catalog.take_facts(Path::new("a"), facts(vec![(id(2), Decimal::ONE)]));
    catalog.set_query(Query {
        kind: RowKind::Games,
        ..Query::default()
    });
    let pnls = |catalog: &mut Catalog| -> Vec<_> {
        let pnl = |number| {
            let mut rows = catalog.visible().iter();
            let row = rows.find(|row| row.game().is_some_and(|game| game.game_id == id(number)));
            row.and_then(|row| match row.entry {
                RowEntry::Game { pnl, .. } => pnl,
                _ => None,
            })
        };
        [1, 2].map(pnl).to_vec()
    };
    let running = |pnl: i64| {
        let pnls = [1, 2].map(|number| (id(number), Decimal::from(pnl)));
        Some((session(1, &(2, 5, 1, vec![1, 2])), facts(pnls.to_vec())))
    };
    let sol = |number: i64| Some(Decimal::from(number));
    assert!(!catalog.set_running(running(2)), "there was none before");
    assert!(!catalog.set_running(running(3)), "it goes on");
    assert_eq!(pnls(&mut catalog), [sol(3), sol(4)]);
    assert!(catalog.set_running(None), "it has ended");
    assert_eq!(pnls(&mut catalog), [None, sol(1)]);
}

#[test]
fn games_that_are_saved_later_are_added_once_and_replaced_when_their_file_was_written_again() {
    let mut catalog = Catalog::default();
    let unproven = (1, 1, 9, Vec::new());
    catalog.take(day(&(
        0,
        vec![unproven.clone()],
        vec![(0, 0, 1, vec![1, 2])],
        0,
    )));
    catalog.set_running(Some((session(0, &(1, 0, 1, vec![2])), facts(Vec::new()))));
    let proven = |catalog: &Catalog| -> Vec<_> {
        let proven = |row: &LibraryRow| match row.entry {
            RowEntry::Session { proven, .. } => proven,
            _ => panic!("{row:?}"),
        };
        catalog.sessions().map(proven).collect()
    };
    assert_eq!(proven(&catalog), [0, 0]);
    let [old, new] = [unproven, (2, 2, 0, Vec::new())].map(|made| game(0, &made));
    for _ in 0..2 {
        catalog.take_games(vec![old.clone(), new.clone()]);
        assert_eq!(catalog.count(RowKind::Games), 2);
        assert_eq!(proven(&catalog), [1, 1]);
        assert_eq!((catalog.days()[0].games, catalog.days()[0].proven), (2, 1));
    }
    // The seed of the first game has come.
    let mut again = old;
    if let RowEntry::Game { game, .. } = &mut again.entry {
        game.proof = ProofStatus::Proven;
    }
    catalog.take_games(vec![again]);
    assert_eq!(catalog.count(RowKind::Games), 2);
    assert_eq!(proven(&catalog), [1, 2]);
    assert_eq!((catalog.days()[0].games, catalog.days()[0].proven), (2, 2));
}

#[test]
fn proven_games_of_sessions_are_counted_in_whatever_order_they_are_listed() {
    // Of the games 1 to 4, by the number that is their proof: proven, repaired, mismatch, unverifiable.
    let game = |number: u32| (number, 1, 3 * (number - 1), Vec::new());
    let games: Vec<_> = (1..=4).map(game).collect();
    let lists = |listed: &[u32]| (0, 0, 1, listed.to_vec());
    let first = day(&(0, games[..1].to_vec(), vec![lists(&[1, 2, 3, 9])], 0));
    let second = day(&(1, games[1..].to_vec(), vec![lists(&[4, 1])], 0));
    for days in [[&first, &second], [&second, &first]] {
        let mut catalog = Catalog::default();
        let running = session(2, &(1, 0, 1, vec![1, 2, 4]));
        catalog.set_running(Some((running.clone(), facts(Vec::new()))));
        for day in days {
            catalog.take(day.clone());
        }
        // Another file of a game changes nothing.
        catalog.take(day(&(2, vec![game(1)], Vec::new(), 0)));
        let proven = |row: &LibraryRow| match row.entry {
            RowEntry::Session { proven, .. } => (row.session().unwrap().game_ids.len(), proven),
            _ => panic!("{row:?}"),
        };
        let mut found: Vec<_> = catalog.sessions().map(proven).collect();
        found.sort_unstable();
        assert_eq!(found, [(2, 1), (3, 2), (4, 2)]);
        catalog.set_running(Some((running, facts(Vec::new()))));
        assert_eq!(catalog.running().map(proven), Some((3, 2)));
    }
}
