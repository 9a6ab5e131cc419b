//! The sums of the catalog: over games, sessions, and the running one.

use std::path::Path;

use pianola::library::{Catalog, PnlSign, Query, RowEntry, RowKind};
use rust_decimal::Decimal;

use super::{ORIGINS, day, facts, id, session};

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
