//! What is known of strategies from the algorithm: closed forms, and simulations that were made independently of this
//! program, over 60,000 games. The games here are fewer, so that the tests are quick; `cargo bench --bench lab` has more.

use pianola::lab::{Estimate, StrategyResult};

use super::{only, run_of, settings};

/// Sessions of one game each, so that the sessions in profit are the games in profit.
const GAMES: u64 = 12_000;

/// Asserts that an estimate is within 4 standard errors of a truth, which has an error of its own.
fn assert_near(what: &str, estimate: Option<Estimate>, truth: f64, error_of_truth: f64) {
    let estimate = estimate.unwrap_or_else(|| panic!("{what}: nothing was staked"));
    let error = estimate.standard_error().unwrap().hypot(error_of_truth);
    let off = (estimate.value - truth).abs();
    let found = estimate.value;
    assert!(
        off <= 4.0 * error,
        "{what}: {found:.5}, not {truth:.5}, with an error of {error:.5}"
    );
    println!("{what}: {found:.5} (error {error:.5}), wanted {truth:.5}");
}

fn games_of(text: &str) -> StrategyResult {
    only(run_of(&settings(&[text], (GAMES, 1))))
}

/// The share of the games in profit among those in which something was staked.
fn in_profit(result: &StrategyResult) -> Option<Estimate> {
    let games = GAMES as f64;
    let (won, traded) = (result.in_profit.value * games, result.traded * games);
    Estimate::share(won.round() as u64, traded.round() as u64)
}

#[test]
fn a_position_held_for_some_ticks_loses_half_a_thousandth_a_tick() {
    // Of these the sums are known, the rug price included.
    for (ticks, truth) in [(1, 0.9995), (40, 0.9801), (160, 0.9213)] {
        let text = format!("stake 0.01\nat tick 0 buy stake\nafter {ticks} ticks sell all");
        let result = games_of(&text);
        assert_eq!(result.traded, 1.0);
        assert_near(
            &format!("{ticks} ticks"),
            result.per_staked,
            truth - 1.0,
            0.0001,
        );
    }
}

#[test]
fn sales_at_2x_and_10x_are_reached_and_return_what_was_simulated() {
    for (price, reached, mean) in [(2, 0.441, 0.953), (10, 0.077, 0.840)] {
        let text = format!("at tick 0 buy 0.01\nwhen price >= {price} sell all");
        let result = games_of(&text);
        let simulated = |share: f64| (share * (1.0 - share) / 60_000.0).sqrt();
        assert_near(
            &format!("{price}x reached"),
            in_profit(&result),
            reached,
            simulated(reached),
        );
        // The error of the simulated mean is that of ours with its number of games.
        let error = result.per_staked.unwrap().standard_error().unwrap();
        let simulated = error * (GAMES as f64 / 60_000.0).sqrt();
        assert_near(
            &format!("sold at {price}x"),
            result.per_staked,
            mean - 1.0,
            simulated,
        );
    }
}

#[test]
fn a_sidebet_wins_with_the_same_chance_at_every_tick() {
    let wins = 1.0 - 0.995f64.powi(40);
    for tick in [0, 30, 120] {
        let result = games_of(&format!("at tick {tick} sidebet 0.002"));
        assert_near(&format!("won at {tick}"), in_profit(&result), wins, 0.0);
        assert_near(
            &format!("bet at {tick}"),
            result.per_staked,
            5.0 * wins - 1.0,
            0.0,
        );
    }
    // In the presale, too: its window is that of tick 0.
    let result = games_of("in presale sidebet 0.002");
    assert_near("in the presale", in_profit(&result), wins, 0.0);
}

#[test]
fn the_sweet_spot_from_25x_is_none() {
    let result = games_of("when price >= 25 buy 0.01\nafter 54 ticks sell all");
    assert!(
        result.traded > 0.01 && result.traded < 0.1,
        "{}",
        result.traded
    );
    assert_near("above the entry", in_profit(&result), 0.437, 0.01);
    assert_near(
        "from 25x for 54 ticks",
        result.per_staked,
        0.977 - 1.0,
        0.05,
    );
}

/// Returns the share of ruined sessions of the same bets, in whole lamports: each wins with the chance of a rug within 40
/// ticks, whatever the price was.
fn simulated_ruin(sessions: u64, bets: u64) -> f64 {
    const FIRST: u64 = 1_000_000;
    let chance = 1.0 - 0.995f64.powi(40);
    let mut drawn = 1_u64;
    // An xorshift generator, so that nothing of the program is in it.
    let mut wins = || {
        drawn ^= drawn << 13;
        drawn ^= drawn >> 7;
        drawn ^= drawn << 17;
        ((drawn >> 11) as f64) < chance * 2f64.powi(53)
    };
    let mut is_ruined = || {
        let (mut bank, mut stake) = (100_000_000_u64, FIRST);
        for _ in 0..bets {
            if bank < stake {
                return true;
            }
            if wins() {
                (bank, stake) = (bank + 4 * stake, FIRST);
            } else {
                (bank, stake) = (bank - stake, stake * 5 / 4);
            }
        }
        bank < FIRST
    };
    let ruined = (0..sessions).filter(|_| is_ruined()).count();
    ruined as f64 / sessions as f64
}

#[test]
fn stakes_that_grow_after_a_loss_ruin_a_small_bankroll() {
    let text =
        "stake 0.001\nat tick 0 sidebet stake\nafter loss stake x 1.25\nafter win stake 0.001";
    let mut settings = settings(&[text], (80, 500));
    settings.bank = "0.1".parse().unwrap();
    let result = only(run_of(&settings));
    let ruined = result.ruin.probability;
    let simulated = simulated_ruin(20_000, 500);
    let variance = simulated * (1.0 - simulated);
    println!("ruined: {ruined:?}, simulated {simulated}");
    let error = (variance / 80.0).sqrt();
    assert!(
        (ruined.value - simulated).abs() <= 4.0 * error,
        "{ruined:?}"
    );
    // What the page says, in whole percent.
    let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lab.md"));
    let said = page.split_once("500 bets | ruined in ").unwrap().1;
    let said: f64 = said.split_once(" of 100 ").unwrap().0.parse().unwrap();
    let error = (variance / 20_000.0).sqrt();
    assert!(
        (said / 100.0 - simulated).abs() <= 0.005 + 4.0 * error,
        "{said} of 100, simulated {simulated}"
    );
    let games = result.ruin.games.unwrap();
    assert!(games.median > 20.0 && games.most <= 500.0, "{games:?}");
    assert!(result.losing_run.most >= 20.0);
}

/// No rule wins on average; without an edge nothing should be staked.
#[test]
fn the_kelly_fraction_of_every_strategy_here_is_none() {
    let texts = [
        "at tick 0 sidebet 0.01",
        "in presale buy 0.01\nwhen price >= 3 sell all",
    ];
    let report = run_of(&settings(&texts, (3_000, 2)));
    for result in &report.strategies {
        assert_eq!(result.kelly.share, 0.0, "{}", result.name);
        assert!(result.kelly_sentence().contains("not positive"));
    }
    let verdict = pianola::lab::verdict(&report);
    assert!(
        verdict.starts_with("In these runs every strategy lost money"),
        "{verdict}"
    );
}
