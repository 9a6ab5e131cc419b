//! Days: what is counted, which time counts as recorded, and the condition.

use chrono::{NaiveDate, TimeDelta};

use super::super::{Coverage, DayFacts, Report};
use super::sample::{at, day, facts, game};
use crate::dataset::rows::{Condition, QualityRow, StartKind};
use crate::fairness::ProofStatus;
use crate::game::EndReason;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()
}

fn rows(facts: &[DayFacts]) -> Vec<QualityRow> {
    let coverage = Coverage::new(facts, today());
    coverage.days.into_iter().map(|day| day.row).collect()
}

/// Returns two days that were recorded from midnight to midnight, over midnight between them.
fn two_whole_days() -> Vec<DayFacts> {
    let mut first = facts("2025-12-15");
    let mut second = facts("2025-12-16");
    let next = day(
        &mut first,
        at("2025-12-15T00:00:03Z"),
        at("2025-12-16T00:00:00Z"),
    );
    day(&mut second, next, at("2025-12-17T00:00:00Z"));
    vec![first, second]
}

#[test]
fn days_without_a_gap_are_complete_also_over_midnight() {
    let rows = rows(&two_whole_days());
    for row in &rows {
        assert_eq!((row.gaps_n, row.condition), (0, Condition::Complete));
        assert!(row.gap_s.abs() < 1e-9 && row.games_seen > 1_000, "{row:?}");
        assert_eq!(
            (row.games_seen, row.games_seen),
            (row.proven, row.trainable)
        );
    }
}

#[test]
fn a_day_is_open_until_it_is_over() {
    let facts = two_whole_days();
    let coverage = Coverage::new(&facts, NaiveDate::from_ymd_opt(2025, 12, 16).unwrap());
    let conditions = coverage.days.iter().map(|day| day.row.condition);
    assert_eq!(
        conditions.collect::<Vec<_>>(),
        [Condition::Complete, Condition::Open]
    );
}

#[test]
fn a_pause_of_the_server_is_no_gap_and_a_longer_one_is() {
    let start = at("2025-12-15T10:00:00Z");
    for (pause, gaps) in [(24_900, 0), (25_000, 0), (25_001, 1)] {
        let first = game(start, "a");
        let second = first.row.end_time.unwrap() + TimeDelta::milliseconds(pause);
        let second = game(second, "b");
        let mut facts = facts("2025-12-15");
        facts.add_game(&first.row, &first.prices);
        facts.add_game(&second.row, &second.prices);
        assert_eq!(rows(&[facts])[0].gaps_n, gaps, "{pause} ms");
    }
    // At ten times the speed a pause is a tenth as long.
    let mut fast = [game(start, "a"), game(start + TimeDelta::minutes(2), "b")];
    for game in &mut fast {
        game.row.time_scale = Some(10.0);
        let start = game.row.start_time.unwrap();
        game.row.end_time = Some(start + TimeDelta::milliseconds(117_450));
    }
    let mut day = facts("2025-12-15");
    for game in &fast {
        day.add_game(&game.row, &game.prices);
    }
    let row = &rows(&[day])[0];
    assert_eq!((row.gaps_n, row.gap_s), (1, 2.55));
    assert!((row.missed_games_est - 0.4).abs() < 1e-9);
}

#[test]
fn a_gap_over_days_is_split_and_days_without_a_game_are_missing() {
    use Condition::{Degraded, Missing};

    let mut first = facts("2025-12-15");
    let mut last = facts("2025-12-18");
    let end = day(
        &mut first,
        at("2025-12-15T12:00:00Z"),
        at("2025-12-15T22:00:00Z"),
    );
    day(
        &mut last,
        at("2025-12-18T02:00:00Z"),
        at("2025-12-18T03:00:00Z"),
    );
    let facts = vec![last, first];
    let coverage = Coverage::new(&facts, today());
    let conditions: Vec<_> = coverage.days.iter().map(|day| day.row.condition).collect();
    assert_eq!(conditions, [Degraded, Missing, Missing, Degraded]);
    let gaps: Vec<_> = coverage
        .days
        .iter()
        .map(|day| (day.row.gaps_n, day.row.gap_s))
        .collect();
    let last_end = end - TimeDelta::seconds(15);
    let of_first_day = (at("2025-12-16T00:00:00Z") - last_end).num_milliseconds() as f64 / 1_000.0;
    assert_eq!(
        gaps,
        [
            (1, of_first_day),
            (0, 86_400.0),
            (0, 86_400.0),
            (0, 7_200.0)
        ]
    );
    let [gap] = &coverage.gaps[..] else {
        panic!("{:?}", coverage.gaps)
    };
    assert_eq!((gap.from, gap.to), (last_end, at("2025-12-18T02:00:00Z")));
    assert!((gap.games - gap.seconds / 66.1).abs() < 1e-9);
    let report = Report::new(&facts, &[], today());
    assert!((report.totals.covered_hours - 11.0).abs() < 0.1);
    assert!((report.totals.missing_hours - gap.seconds / 3_600.0).abs() < 1e-9);
}

#[test]
fn a_clock_that_was_set_back_and_a_day_that_differs_from_the_ids_are_seen() {
    let start = at("2025-12-15T10:00:00Z");
    let first = game(start, "a");
    // The next game starts before this one ended.
    let second = game(start + TimeDelta::seconds(1), "b");
    let mut third = game(start + TimeDelta::minutes(30), "c");
    third.row.end_time = third
        .row
        .start_time
        .map(|start| start - TimeDelta::seconds(60));
    let mut fourth = game(start + TimeDelta::minutes(60), "d");
    fourth.row.game_id = "20251214-d".to_owned();
    let mut day = facts("2025-12-15");
    for game in [&first, &second, &third, &fourth] {
        day.add_game(&game.row, &game.prices);
    }
    let row = &rows(&[day])[0];
    assert_eq!((row.clock_back_n, row.id_day_differs_n), (2, 1));
    assert_eq!(row.condition, Condition::Degraded);
}

#[test]
fn an_estimated_end_sets_no_clock_back() {
    let start = at("2025-12-15T10:00:00Z");
    let mut unended = game(start, "a");
    unended.row.end_time = None;
    // It was over sooner than its ticks take at four a second.
    let next = game(start + TimeDelta::seconds(1), "b");
    let mut facts = facts("2025-12-15");
    for game in [&unended, &next] {
        facts.add_game(&game.row, &game.prices);
    }
    let coverage = Coverage::new(&[facts.clone()], today());
    assert_eq!(coverage.days[0].row.clock_back_n, 0);
    let watched = next.row.end_time.unwrap() - start;
    let covered = watched.num_milliseconds() as f64 / 1_000.0;
    assert!((coverage.days[0].covered_s - covered).abs() < 1e-9);
    // The clock was set back before the game began whose end is estimated.
    let earlier = game(start - TimeDelta::seconds(30), "c");
    let mut facts = super::sample::facts("2025-12-15");
    for game in [&unended, &earlier] {
        facts.add_game(&game.row, &game.prices);
    }
    assert_eq!(rows(&[facts])[0].clock_back_n, 1);
}

#[test]
fn an_id_made_before_midnight_is_right_also_for_a_late_join() {
    let mut near = game(at("2025-12-15T00:00:09Z"), "a");
    near.row.game_id = "20251214-a".to_owned();
    let mut late = game(at("2025-12-15T00:18:00Z"), "b");
    late.row.game_id = "20251214-b".to_owned();
    late.row.start_kind = StartKind::LateJoin;
    let mut seeded = game(at("2025-12-15T03:00:00Z"), "c");
    seeded.row.game_id = "20000101-c".to_owned();
    seeded.row.seeded = true;
    let mut nameless = game(at("2025-12-15T04:00:00Z"), "d");
    nameless.row.game_id = "äöüäöüäö-no day".to_owned();
    let mut day = facts("2025-12-15");
    for game in [&near, &late, &seeded, &nameless] {
        day.add_game(&game.row, &game.prices);
    }
    assert_eq!(rows(&[day])[0].id_day_differs_n, 0);
}

#[test]
fn each_game_counts_by_its_proof_and_its_end() {
    let start = at("2025-12-15T10:00:00Z");
    let mut day = facts("2025-12-15");
    let mut add = |n: i64, change: &dyn Fn(&mut crate::dataset::rows::GameRow)| {
        let mut game = game(start + TimeDelta::minutes(30 * n), &n.to_string());
        change(&mut game.row);
        day.add_game(&game.row, &game.prices);
    };
    add(0, &|_| ());
    add(1, &|row| {
        row.proof_now = ProofStatus::Repaired;
        row.repaired_n = 4;
    });
    add(2, &|row| {
        row.proof_now = ProofStatus::Mismatch;
        // Watched; only its rug is from the history.
        row.end_reason = Some(EndReason::History);
    });
    add(3, &|row| {
        row.proof_now = ProofStatus::Unverifiable;
        (row.rug_tick, row.rug_price, row.end_time) = (None, None, None);
        (row.event, row.complete, row.trainable) = (false, false, false);
        row.end_reason = Some(EndReason::Crash);
        row.joined_at_tick = Some(7);
        row.missing_ticks = 7;
    });
    add(4, &|row| {
        row.end_reason = Some(EndReason::History);
        row.start_kind = StartKind::Estimate;
        row.reconnects = 2;
    });
    day.add_duplicate();
    day.add_unreadable();
    assert_eq!(day.origin(), "live");
    let row = &rows(&[day])[0];
    assert_eq!(row.games_seen, 5);
    assert_eq!(
        (row.proven, row.repaired, row.mismatch, row.unverifiable),
        (2, 1, 1, 1)
    );
    assert_eq!(
        (row.repaired_ticks, row.missing_ticks, row.late_joins),
        (4, 7, 1)
    );
    assert_eq!(
        (row.no_rug, row.crash, row.history_only, row.reconnects),
        (1, 1, 1, 2)
    );
    assert_eq!((row.duplicates, row.unreadable, row.complete), (1, 1, 4));
    // The game of the history was not watched: it is no recorded time, but no missed game either.
    assert_eq!(row.last_start, Some(at("2025-12-15T11:30:00Z")));
}

#[test]
fn facts_return_from_their_text() {
    let facts = two_whole_days();
    let text = serde_json::to_string(&facts).unwrap();
    let read: Vec<DayFacts> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, facts);
    assert!(text.len() < 40_000, "two days take {} bytes", text.len());
}

#[test]
fn nothing_recorded_is_no_day() {
    assert_eq!(Coverage::new(&[], today()), Coverage::default());
    let rows = rows(&[facts("2025-12-15")]);
    assert_eq!(rows[0].condition, Condition::Missing);
    // A clock that was wrong by years makes no row for each day between.
    let far = vec![facts("1970-01-01"), facts("2025-12-15")];
    assert_eq!(Coverage::new(&far, today()).days.len(), 2);
}
