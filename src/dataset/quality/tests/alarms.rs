//! How often the checks say "look" of honest games.

use super::generator::{Rules, games, published};
use super::{CheckKind, CheckScope, flagged, judged};

/// Counts the sets of honest games in which any check says "look".
fn false_alarms(sets: u32, games: u32) -> u32 {
    let alarm = |set: &u32| {
        let found = flagged(&published(&format!("honest {set}"), games));
        if !found.is_empty() {
            eprintln!("set {set}: {found:?}");
        }
        !found.is_empty()
    };
    (0..sets).filter(alarm).map(|_| 1).sum()
}

#[test]
fn honest_games_are_consistent() {
    assert_eq!(false_alarms(2, 2_000), 0);
    // Few games: nothing is said about them, or it is right.
    for games in [0, 1, 2, 7, 30, 100, 250] {
        assert_eq!(false_alarms(3, games), 0, "{games} games");
    }
}

/// Returns the probabilities of the checks of complete games, of so many sets of games.
fn probabilities(rules: &Rules, sets: u32, games_each: u32) -> Vec<f64> {
    let of_set = |set| {
        let checks = judged(&games(rules, &format!("set {set}"), games_each)).into_iter();
        let complete = checks.filter(|check| check.scope == CheckScope::Trainable);
        // A step that no draw makes is impossible, not improbable.
        let chance = complete.filter(|check| {
            !matches!(
                check.kind,
                CheckKind::ImpossibleSteps | CheckKind::RugPrices
            )
        });
        chance
            .filter_map(|check| check.probability)
            .collect::<Vec<_>>()
    };
    (0..sets).flat_map(of_set).collect()
}

/// Whether results come more than twice as often as their probabilities say. Over hundreds of checks chance alone does not
/// do that.
fn is_too_often(probabilities: &[f64]) -> bool {
    let n = probabilities.len() as f64;
    let hits = |limit: &f64| probabilities.iter().filter(|found| *found < limit).count() as f64;
    [0.2, 0.05, 0.01]
        .iter()
        .any(|limit| hits(limit) > 2.0 * limit * n)
}

/// A false alarm is rarer than a few sets can show. What they do show is whether the probabilities behind the verdicts are
/// right: if they are, so is the share of false alarms.
#[test]
fn the_probabilities_of_honest_sets_are_right_so_false_alarms_are_as_rare_as_they_say() {
    const SETS: u32 = 40;
    const GAMES: u32 = 200;
    let honest = probabilities(&Rules::default(), SETS, GAMES);
    assert!(honest.len() > 300, "{}", honest.len());
    assert!(!is_too_often(&honest), "{honest:?}");
    // Flags that come too easily are noticed: probabilities that are four times too small,
    let wrong: Vec<f64> = honest.iter().map(|found| found / 4.0).collect();
    assert!(is_too_often(&wrong));
    // and a bias that is too small to be flagged in any one of these sets.
    let rules = Rules {
        rug: 0.005_5,
        big: 0.128,
        ..Rules::default()
    };
    assert!(is_too_often(&probabilities(&rules, SETS, GAMES)));
}

/// The full figure: `cargo test --release --lib quality -- --ignored`, a minute.
#[test]
#[ignore = "two million games: a minute when optimised, an hour when not"]
fn of_a_thousand_honest_sets_at_most_one_in_a_hundred_is_flagged() {
    let alarms = false_alarms(1_000, 2_000);
    eprintln!("{alarms} of 1,000 honest sets of 2,000 games are flagged");
    assert!(alarms <= 10);
}
