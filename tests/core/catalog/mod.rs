//! The catalog of the library: after any sequence of queries its rows are those of a plain filter and a plain sort.

mod naive;
mod sums;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pianola::fairness::ProofStatus;
use pianola::game::EndReason;
use pianola::library::{
    Bounds, Catalog, Column, LibraryDay, LibraryRow, PnlSign, Query, RowKind, SessionFacts, Sort,
    rows_of,
};
use pianola::protocol::GameId;
use pianola::recording::{IndexGame, IndexSession, Origin};
use proptest::prelude::*;
use rust_decimal::Decimal;

use naive::Naive;

const PROOFS: [ProofStatus; 4] = [
    ProofStatus::Proven,
    ProofStatus::Repaired,
    ProofStatus::Mismatch,
    ProofStatus::Unverifiable,
];
const ORIGINS: [Origin; 3] = [Origin::Live, Origin::Practice, Origin::Browser];

/// Numbers that a game, or a session with the games it lists, is made of.
type Made = (u32, u32, u32, Vec<u32>);

/// What a session amounts to, of which only this P&L matters.
fn facts(pnls: Vec<(GameId, Decimal)>) -> SessionFacts {
    SessionFacts {
        pnls,
        ..SessionFacts::default()
    }
}

fn id(number: u32) -> GameId {
    GameId::new(&format!("20251215-{:08x}", number % 30)).unwrap()
}

fn date(day: u32) -> String {
    format!("2025-12-{:02}", day + 10)
}

fn game(day: u32, made: &Made) -> LibraryRow {
    let (number, minute, other, _) = *made;
    let file = format!("{day}_{number}_{minute}_{other}.game.json");
    let path = Path::new("/r").join(date(day)).join("games").join(&file);
    LibraryRow::of_game(
        path,
        IndexGame {
            file,
            game_id: id(number),
            start_time: (other % 11 > 0).then(|| {
                format!("{}T00:{:02}:00Z", date(day), minute % 60)
                    .parse()
                    .unwrap()
            }),
            duration_ticks: other % 7,
            peak_multiplier: (other % 5 > 0).then(|| Decimal::new((other % 9).into(), 1)),
            origin: ORIGINS[other as usize % 3],
            end_reason: Some(EndReason::Rug),
            complete: other.is_multiple_of(2),
            proof: PROOFS[other as usize / 3 % 4],
            peak_exact: (!other.is_multiple_of(2)).then_some(other.is_multiple_of(3)),
        },
        Vec::new(),
        &date(day),
    )
}

fn session(day: u32, made: &Made) -> LibraryRow {
    let (number, minute, other, ref played) = *made;
    let name = ["Dutch", "ÄNNE", "bob"][number as usize % 3];
    let file = format!("{day}_{number}_{minute}_{other}_session.json");
    let start = format!("{}T00:{:02}:00Z", date(day), minute % 60);
    let path = Path::new("/r").join(date(day)).join("sessions").join(&file);
    LibraryRow::of_session(
        path,
        IndexSession {
            file,
            player_id: None,
            username: (other % 4 > 0).then(|| name.to_owned()),
            games_played: played.len(),
            total_actions: other as usize % 6,
            session_start: start.parse().unwrap(),
            session_end: start.parse().unwrap(),
            origin: ORIGINS[other as usize % 3],
            realised_pnl: Decimal::from(other % 5) - Decimal::TWO,
            drift_count: u64::from(other % 3),
            game_ids: played.iter().map(|number| id(*number)).collect(),
        },
    )
}

fn day((day, games, sessions, damaged): &(u32, Vec<Made>, Vec<Made>, u32)) -> LibraryDay {
    // The same path twice is the same file: a folder has it once.
    let mut paths = BTreeSet::new();
    let games = games.iter().map(|made| game(*day, made));
    let sessions = sessions.iter().map(|made| session(*day, made));
    let damaged = (0..*damaged).map(|number| {
        let path = PathBuf::from(format!("/r/{}/games/{number}.game.json", date(*day)));
        LibraryRow::of_damaged(path, format!("reason {}", number % 2), &date(*day))
    });
    let recorded = games.chain(sessions);
    let recorded = recorded.filter(|row| paths.insert(row.path.clone()));
    LibraryDay {
        date: date(*day),
        rows: recorded.chain(damaged).collect(),
        stale: false,
    }
}

/// One thing that happens to a catalog.
#[derive(Debug, Clone)]
enum Step {
    Day(u32, Vec<Made>, Vec<Made>, u32),
    Pnls(u32, Vec<(u32, i64)>),
    Query(Box<Query>),
    Sort(Sort),
    Look,
}

fn made() -> impl Strategy<Value = Vec<Made>> {
    let listed = proptest::collection::vec(0u32..30, 0..4);
    proptest::collection::vec((0u32..40, 0u32..60, 0u32..1_000, listed), 0..8)
}

fn bounds<T: std::fmt::Debug + Clone>(
    value: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Bounds<T>> {
    let end = || proptest::option::weighted(0.2, value.clone());
    (end(), end()).prop_map(|(least, most)| Bounds { least, most })
}

fn query() -> impl Strategy<Value = Query> {
    let kinds = proptest::sample::select(vec![RowKind::Sessions, RowKind::Games, RowKind::Damaged]);
    let words = [
        "",
        "",
        "1",
        "2025-12-1",
        "DUTCH",
        "änne",
        "00:0",
        "1 2",
        "game.json",
        "nothing",
    ];
    let days = (10u32..14).prop_map(|day| format!("2025-12-{day}").parse().unwrap());
    let some = |weight| proptest::option::weighted(weight, any::<bool>());
    let proof = proptest::option::weighted(0.2, proptest::sample::select(PROOFS.to_vec()));
    let origin = proptest::option::weighted(0.2, proptest::sample::select(ORIGINS.to_vec()));
    let ranges = (
        bounds(days),
        bounds(0u32..7),
        bounds((0i64..9).prop_map(|peak| Decimal::new(peak, 1))),
    );
    let words = proptest::sample::select(words.to_vec());
    (
        kinds,
        words,
        ranges,
        origin,
        proof,
        some(0.2),
        some(0.2),
        some(0.2),
    )
        .prop_map(
            |(kind, text, (dates, ticks, peak), origin, proof, complete, played, gain)| Query {
                kind,
                text: text.to_owned(),
                dates,
                origin,
                ticks,
                peak,
                proof,
                complete,
                pnl: gain.map(|gain| if gain { PnlSign::Gain } else { PnlSign::Loss }),
                played,
                ..Query::default()
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let kinds = [RowKind::Sessions, RowKind::Games, RowKind::Damaged];
    let columns: Vec<_> = kinds.into_iter().flat_map(Column::of).copied().collect();
    let column = proptest::sample::select(columns);
    let pnls = proptest::collection::vec((0u32..30, -3i64..4), 0..6);
    prop_oneof![
        4 => (0u32..4, made(), made(), 0u32..4)
            .prop_map(|(day, games, sessions, bad)| Step::Day(day, games, sessions, bad)),
        2 => (0u32..3, pnls).prop_map(|(session, pnls)| Step::Pnls(session, pnls)),
        3 => query().prop_map(|query| Step::Query(Box::new(query))),
        3 => (column, any::<bool>()).prop_map(|(by, descending)| Step::Sort(Sort { by, descending })),
        4 => Just(Step::Look),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn the_rows_are_those_of_a_plain_filter_and_a_plain_sort(
        steps in proptest::collection::vec(step(), 1..25)
    ) {
        let (mut catalog, mut naive) = (Catalog::default(), Naive::default());
        let (mut query, mut sort) = (Query::default(), Sort::default());
        let (mut reported_sessions, mut days) = (BTreeSet::new(), BTreeSet::new());
        for step in steps.into_iter().chain([Step::Look]) {
            match step {
                Step::Day(date, games, sessions, damaged) => {
                    if days.insert(date) {
                        let new_day = day(&(date, games, sessions, damaged));
                        catalog.take(new_day.clone());
                        naive.days.push(new_day);
                    }
                }
                Step::Pnls(session, pnls) => {
                    let pnls: Vec<_> = pnls.iter().map(|(n, pnl)| (id(*n), Decimal::from(*pnl))).collect();
                    if reported_sessions.insert(session) {
                        for (id, pnl) in &pnls {
                            *naive.pnls.entry(id.clone()).or_default() += *pnl;
                        }
                    }
                    catalog.take_facts(Path::new(&format!("/r/{session}_session.json")), facts(pnls));
                }
                Step::Query(other) => {
                    query = *other;
                    catalog.set_query(query.clone());
                }
                Step::Sort(other) => {
                    sort = other;
                    catalog.set_sort(sort);
                }
                Step::Look => {
                    let shown = catalog.visible();
                    let paths: Vec<_> = shown.iter().map(|row| row.path.clone()).collect();
                    prop_assert_eq!(shown.len(), paths.len());
                    prop_assert_eq!(&paths, &naive.shown(&query, sort), "{:?} {:?}", &query, sort);
                    for (index, path) in paths.iter().enumerate() {
                        prop_assert_eq!(shown.position(path), Some(index));
                    }
                    prop_assert!(shown.get(paths.len()).is_none());
                }
            }
        }
        let games = naive.days.iter().map(|day| rows_of(&day.rows, RowKind::Games).count());
        let games: usize = games.sum();
        prop_assert_eq!(catalog.count(RowKind::Games), games);
    }
}

#[test]
fn a_day_comes_to_what_its_recordings_say() {
    let mut catalog = Catalog::default();
    for number in [2, 0, 3, 1] {
        let games: Vec<Made> = (0..40).map(|n| (n, n, n * 7, Vec::new())).collect();
        let sessions: Vec<Made> = (0..3).map(|n| (n, n, n + 2, vec![n])).collect();
        let whole = day(&(number, games, sessions, 1));
        // In two parts, as a long folder comes.
        let (mut first, mut second) = (whole.clone(), whole);
        second.rows = first.rows.drain(20..40).collect();
        catalog.take(first);
        catalog.take(second);
    }
    let dates: Vec<_> = catalog.days().iter().map(|day| &day.date[..]).collect();
    assert_eq!(
        dates,
        ["2025-12-13", "2025-12-12", "2025-12-11", "2025-12-10"]
    );
    let rows: Vec<_> = (0..40)
        .map(|n| game(0, &(n, n, n * 7, Vec::new())).game().unwrap().clone())
        .collect();
    let of = |status| rows.iter().filter(|game| game.proof == status).count();
    let peaks: Vec<_> = rows
        .iter()
        .filter_map(|game| game.peak_multiplier)
        .collect();
    let mean = peaks.iter().sum::<Decimal>() / Decimal::from(peaks.len());
    for day in catalog.days() {
        assert_eq!((day.games, day.sessions, day.damaged), (40, 3, 1));
        assert_eq!(
            day.complete,
            rows.iter().filter(|game| game.complete).count()
        );
        assert_eq!(day.proven, of(ProofStatus::Proven));
        assert_eq!(day.repaired, of(ProofStatus::Repaired));
        assert_eq!(day.mismatches, of(ProofStatus::Mismatch));
        assert_eq!(day.average_peak(), Some(mean));
        assert_eq!(day.highest_peak, peaks.iter().max().copied());
        assert_eq!(day.actions, 2 + 3 + 4);
        // 2, 3 and 4 less 2 each.
        assert_eq!(day.realised_pnl, Decimal::from(3));
    }
}
