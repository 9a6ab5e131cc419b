//! The checks against generators that are known: honest ones are consistent, biased ones are flagged.
#![allow(clippy::unwrap_used, reason = "tests")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "small counts"
)]

mod alarms;
mod days;
mod generator;
mod report;
mod sample;

use super::checks::{CheckKind, CheckScope, Verdict, judge, of_games};
use super::{Check, ObservedGame, SelfCheck};
use crate::fairness::SeedRandom;
use generator::{Rules, add_whole, games, published};

fn judged(games: &SelfCheck) -> Vec<Check> {
    let mut checks = of_games(games);
    judge(&mut checks);
    checks
}

/// Returns the checks that say "look".
fn flagged(games: &SelfCheck) -> Vec<CheckKind> {
    let checks = judged(games).into_iter();
    let flagged = checks.filter(|check| check.verdict == Verdict::Look);
    let mut kinds: Vec<CheckKind> = flagged.map(|check| check.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

#[test]
fn each_biased_generator_is_flagged_by_the_check_of_its_bias() {
    let honest = Rules::default;
    let biased = [
        (
            CheckKind::RugHazard,
            Rules {
                rug: 0.006,
                ..honest()
            },
        ),
        (
            CheckKind::BigMoves,
            Rules {
                big: 0.13,
                ..honest()
            },
        ),
        (
            CheckKind::BigMoveSizes,
            Rules {
                size: (0.15, 0.24),
                ..honest()
            },
        ),
        (
            CheckKind::ImpossibleSteps,
            Rules {
                size: (0.14, 0.25),
                ..honest()
            },
        ),
        (
            CheckKind::BigMovesUp,
            Rules {
                up: 0.48,
                ..honest()
            },
        ),
        (
            CheckKind::SmallMoveMean,
            Rules {
                drift: (-0.021, 0.03),
                ..honest()
            },
        ),
        (
            CheckKind::SmallMoves,
            Rules {
                volatility: 0.006,
                ..honest()
            },
        ),
        (
            CheckKind::GodCandles,
            Rules {
                god_candle: 0.000_2,
                ..honest()
            },
        ),
        // One value that repeats.
        (
            CheckKind::RepeatedRugTick,
            Rules {
                repeated_rug: Some((0.03, 77)),
                ..honest()
            },
        ),
        (
            CheckKind::RepeatedSize,
            Rules {
                repeated_size: Some((0.01, 0.2)),
                ..honest()
            },
        ),
        (
            CheckKind::SmallMoves,
            Rules {
                repeated_small: Some((0.005, [0.3, 0.3])),
                ..honest()
            },
        ),
    ];
    for (kind, rules) in biased {
        let flagged = flagged(&games(&rules, "biased", 2_000));
        assert!(flagged.contains(&kind), "{kind:?}: {flagged:?}");
    }
}

#[test]
fn a_generator_whose_sizes_are_wrong_shows_it_in_the_spread_of_those_that_are_possible() {
    let rules = Rules {
        size: (0.14, 0.25),
        ..Rules::default()
    };
    let flagged = flagged(&games(&rules, "sizes", 2_000));
    // A tenth of the big moves is outside the limits, so they are also fewer than 12.5 %.
    assert_eq!(flagged, [CheckKind::BigMoves, CheckKind::ImpossibleSteps]);
}

#[test]
fn rug_prices_above_the_highest_known_one_are_flagged() {
    let mut check = published("rug price", 300);
    assert_eq!(flagged(&check), []);
    check.add(&ObservedGame {
        trainable: true,
        seeded: false,
        version: Some("v3"),
        entry_tick: 0,
        exit_tick: 1,
        event: true,
        rug_tick: Some(1),
        rug_price: Some(0.03),
        prices: &[Some(1.0), Some(0.03)],
    });
    assert_eq!(flagged(&check), [CheckKind::RugPrices]);
}

#[test]
fn the_order_of_merging_does_not_matter_and_the_text_keeps_everything() {
    let parts: Vec<SelfCheck> = (0..4)
        .map(|n| published(&format!("part {n}"), 40))
        .collect();
    let merged = |order: [usize; 4]| {
        let mut sum = SelfCheck::default();
        for n in order {
            sum.merge(&parts[n]);
        }
        sum
    };
    let sum = merged([0, 1, 2, 3]);
    assert_eq!(sum, merged([3, 1, 0, 2]));
    let text = serde_json::to_string(&sum).unwrap();
    assert_eq!(serde_json::from_str::<SelfCheck>(&text).unwrap(), sum);
    assert_eq!(judged(&sum).len(), 26);
}

#[test]
fn seeded_games_and_games_of_other_versions_are_counted_and_left_out() {
    let mut check = SelfCheck::default();
    let game = ObservedGame {
        trainable: false,
        seeded: false,
        version: None,
        entry_tick: 0,
        exit_tick: 2,
        event: true,
        rug_tick: Some(2),
        rug_price: Some(0.01),
        prices: &[Some(1.0), Some(1.01), Some(0.01)],
    };
    check.add(&ObservedGame {
        seeded: true,
        ..game
    });
    check.add(&ObservedGame {
        version: Some("v1"),
        ..game
    });
    assert_eq!((check.seeded, check.other_version), (1, 1));
    assert_eq!(check.observed.games(), 0);
    check.add(&game);
    assert_eq!(check.observed.games(), 1);
    assert_eq!(check.trainable.games(), 0);
    // A hole is no step, and the step to the rug is none.
    let holes = [Some(1.0), None, Some(1.01), Some(1.02), Some(0.01)];
    check.add(&ObservedGame {
        prices: &holes,
        rug_tick: Some(4),
        exit_tick: 4,
        ..game
    });
    assert_eq!(check.other_moves.steps(), 2);
    // Seen for the first time when it was over.
    check.add(&ObservedGame {
        entry_tick: 2,
        ..game
    });
    assert_eq!((check.unobserved, check.observed.games()), (1, 2));
}

/// A recorder that runs for a while, pauses, and runs again: it joins games late and cuts games off.
fn interrupted(games: u32) -> SelfCheck {
    const PAUSE_TICKS: u32 = 60;
    let mut random = SeedRandom::new("interruptions");
    let mut check = SelfCheck::default();
    let mut length = || 100 + random.below(1_000);
    let (mut recording, mut left) = (true, length());
    for n in 0..games {
        let path = Rules::default().draw(&format!("interrupted {n}"));
        let rug = u32::try_from(path.len()).unwrap();
        // The stretches of this game that were recorded: only the first is one observation of its own.
        let (mut tick, mut entry, mut seen) = (0, recording.then_some(0), None);
        while tick + left < rug {
            tick += left;
            left = length();
            if let Some(entry) = entry.take() {
                seen = seen.or(Some((entry, tick)));
            } else {
                entry = Some(tick);
            }
            recording = !recording;
        }
        left -= rug - tick;
        let whole = entry == Some(0) && seen.is_none();
        if whole {
            add_whole(&mut check, &path);
        } else if let Some((entry, exit, event)) = seen
            .map(|(entry, exit)| (entry, exit, false))
            .or_else(|| entry.map(|entry| (entry, rug, true)))
        {
            let prices = generator::recording(&path);
            check.add(&ObservedGame {
                trainable: false,
                seeded: false,
                version: None,
                entry_tick: entry,
                exit_tick: exit,
                event,
                rug_tick: event.then_some(rug),
                rug_price: None,
                prices: &prices[..=exit as usize],
            });
        }
        left = left.saturating_sub(PAUSE_TICKS).max(1);
    }
    check
}

#[test]
fn late_entries_and_cut_games_bias_the_complete_games_and_not_the_estimate_of_all() {
    use CheckScope::{All, Trainable};

    let check = interrupted(20_000);
    let complete = check.trainable.plain_mean().unwrap();
    let estimate = check.observed.censored_mean().unwrap();
    eprintln!("mean rug tick: complete games {complete:.1}, all {estimate:.1}");
    assert!(complete < 175.0, "{complete}");
    assert!((estimate - 200.0).abs() < 5.0, "{estimate}");
    let checks = judged(&check);
    let verdict = |scope, kind| {
        let check = checks.iter().find(|c| c.scope == scope && c.kind == kind);
        check.unwrap().verdict
    };
    let flagged: Vec<_> = checks
        .iter()
        .filter(|c| c.verdict == Verdict::Look)
        .collect();
    assert!(flagged.is_empty(), "the server is honest: {flagged:?}");
    for kind in [
        CheckKind::RugHazard,
        CheckKind::RugTicks,
        CheckKind::RepeatedRugTick,
        CheckKind::Sidebets,
    ] {
        assert_eq!(verdict(All, kind), Verdict::Consistent, "{kind:?}");
        assert_eq!(verdict(Trainable, kind), Verdict::Biased, "{kind:?}");
    }
    // The band holds the truth at nearly every tick.
    let curve = check.observed.survival();
    let inside = curve
        .iter()
        .filter(|p| p.low <= p.expected && p.expected <= p.high);
    let known = curve.iter().filter(|p| p.at_risk >= 20).count();
    assert!(known > 600 && inside.count() * 100 >= known * 80, "{known}");
    // The chance of a sidebet is the same at every tick.
    for tick in (0..=200).step_by(40) {
        let bet = check.observed.sidebet(tick).unwrap();
        let deviation = (bet.high - bet.low) / 4.0;
        let chance = super::sidebet_chance();
        assert!((bet.rate - chance).abs() < 4.0 * deviation, "{bet:?}");
    }
}

#[test]
fn without_late_entries_and_cuts_the_estimates_are_the_plain_shares() {
    let check = published("plain", 1_000);
    let lifetimes = &check.trainable;
    assert_eq!(lifetimes, &check.observed);
    let mean = lifetimes.plain_mean().unwrap();
    assert!((lifetimes.censored_mean().unwrap() - mean).abs() < 1e-9);
    let id = crate::protocol::GameId::new("20251215-a").unwrap();
    let rug = |n: u32| {
        crate::fairness::Path::draw(&format!("plain-{n}"), &id)
            .rug_tick()
            .unwrap()
    };
    let rugs: Vec<u32> = (0..1_000).map(rug).collect();
    let share =
        |keep: &dyn Fn(u32) -> bool| rugs.iter().filter(|t| keep(**t)).count() as f64 / 1_000.0;
    for point in lifetimes.survival().iter().step_by(50) {
        assert!((point.survival - share(&|t| t > point.tick)).abs() < 1e-9);
        assert!(point.low <= point.survival && point.survival <= point.high);
    }
    let bet = lifetimes.sidebet(100).unwrap();
    let running = share(&|t| t > 100);
    let won = share(&|t| t > 100 && t <= 140);
    assert_eq!(bet.games, (running * 1_000.0).round() as u64);
    assert!((bet.rate - won / running).abs() < 1e-9);
    let (low, high) = crate::statistics::wilson(won / running, running * 1_000.0);
    assert!((bet.low - low).abs() < 1e-9 && (bet.high - high).abs() < 1e-9);
    assert_eq!(lifetimes.sidebet(4_990), None);
}
