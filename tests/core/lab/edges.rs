//! The edges of the lab: strategies that never trade, bankrolls that are too small, one game, long games, god candles,
//! and the number of threads.

use pianola::lab::{
    ExactPlayer, LabError, LabGames, LabProgress, RecordedGame, in_pool, run, verdict,
};
use pianola::protocol::GameId;
use rust_decimal::Decimal;

use super::{named, only, run_of, settings};

const MIXED: &str = "name mixed\nstake 0.01\nin presale buy stake\nwhen price >= 1.5 sell 50%\nwhen price falls 30% from high sell all\n\
    after 40 ticks sell all\nat tick 0 sidebet 0.002\nafter loss stake x 1.25, at most 0.05\nafter win stake 0.01\nstop when lost >= 0.5";

/// A recorded game with these prices; the last one is the rug's.
fn recorded(id: &str, prices: &[f64]) -> RecordedGame {
    let prices: Vec<_> = prices.iter().copied().map(Some).collect();
    RecordedGame::new(GameId::new(id).unwrap(), &prices).unwrap()
}

/// Settings for one session on these recorded games.
fn on(text: &str, games: Vec<RecordedGame>) -> pianola::lab::LabSettings {
    let mut settings = settings(&[text], (1, games.len() as u64));
    settings.source = LabGames::Recorded(games.into());
    settings
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let texts = [
        MIXED,
        "whenever price <= 0.9 buy 0.001\nwhenever profit >= 10% sell 33%",
        "3 presale buy 0.013\n3 7 sell 50\n9 0 sidebet 0.002",
    ];
    let short: Vec<_> = (0..7)
        .map(|n| recorded(&format!("g{n}"), &[1.0, 0.8 + f64::from(n) / 10.0, 0.02]))
        .collect();
    // Many sessions; one whose games are drawn by all threads; one that is played in several portions.
    let many = settings(&texts, (16, 6));
    let one = settings(&texts, (1, 70));
    let mut long = on(MIXED, short);
    (long.games, long.bank) = (20_000, Decimal::from(1_000));
    for settings in [many, one, long] {
        let report = |threads| {
            let report = in_pool(threads, || run(&settings, &LabProgress::default()));
            report.unwrap().unwrap()
        };
        let alone = report(1);
        for threads in [2, 5] {
            assert_eq!(report(threads), alone, "{threads} threads");
        }
        for result in &alone.strategies {
            assert_eq!(result.exact_sample.different, 0, "{}", result.name);
        }
    }
}

#[test]
fn a_strategy_that_never_trades_keeps_its_bankroll() {
    let report = run_of(&settings(&["when price >= 4000000 buy 0.01"], (20, 10)));
    assert!(verdict(&report).starts_with("No order was placed."));
    let result = only(report);
    assert_eq!((result.games, result.traded), (200, 0.0));
    assert_eq!(result.per_staked, None);
    assert_eq!(result.house_cost.value, 0.0);
    assert_eq!(result.fan.quantiles.last(), Some(&[1.0; 5]));
    assert_eq!(
        (result.ruin.probability.value, result.kelly.share),
        (0.0, 0.0)
    );
    assert_eq!((result.drawdown.most, result.losing_run.most), (0.0, 0.0));
}

#[test]
fn a_strategy_without_a_line_plays_no_game() {
    let result = only(run_of(&settings(&["# nothing"], (3, 4))));
    assert_eq!((result.traded, result.per_staked), (0.0, None));
    assert_eq!(result.house_cost.value, 0.0);
}

#[test]
fn a_bankroll_below_the_smallest_order_is_ruined_before_the_first_game() {
    let mut settings = settings(&[MIXED], (3, 5));
    settings.bank = "0.0009".parse().unwrap();
    let result = only(run_of(&settings));
    assert_eq!((result.games, result.per_game), (0, None));
    assert_eq!(result.ruin.probability.value, 1.0);
    assert_eq!(result.ruin.games.unwrap().most, 0.0);
    assert_eq!(result.fan.quantiles.last(), Some(&[0.0009; 5]));
}

#[test]
fn one_game_has_no_interval() {
    let result = only(run_of(&settings(&["at tick 0 buy 0.01"], (1, 1))));
    let mean = result.per_game.unwrap();
    assert!(mean.value < 0.0);
    assert_eq!((mean.low, mean.high), (None, None));
    assert_eq!(result.per_staked.unwrap().margin(), None);
    assert_eq!(result.fan.games, [0, 1]);
}

#[test]
fn a_game_of_5000_ticks_is_played_to_its_end() {
    let prices: Vec<f64> = (0..5_001)
        .map(|tick| 1.0 + f64::from(tick) / 1_000.0)
        .collect();
    let game = recorded("long", &[&prices[..], &[0.01]].concat());
    let text = "in presale buy 0.01\nafter 5000 ticks sell all\nat tick 4961 sidebet 0.002";
    let result = only(run_of(&on(text, vec![game])));
    // Sold at 6x at tick 5,000; the sidebet's window ends with tick 5,001, which is the rug.
    let profit = result.per_game.unwrap().value;
    assert!((profit - (0.05 + 0.008)).abs() < 1e-9, "{profit}");
}

#[test]
fn a_god_candle_multiplies_the_position_by_ten() {
    let game = recorded("god", &[1.0, 1.01, 10.1, 10.0, 0.01]);
    let text = "at tick 1 buy 0.0101\nwhen price >= 10 sell all";
    let result = only(run_of(&on(text, vec![game])));
    let profit = result.per_game.unwrap().value;
    assert!((profit - 0.0909).abs() < 1e-9, "{profit}");
    assert!(result.kelly.share > 0.99 && !result.kelly.is_sure);
}

#[test]
fn a_price_of_zero_and_a_rug_at_the_first_tick_are_games_like_others() {
    let games = vec![
        recorded("short", &[1.0, 0.01]),
        recorded("zero", &[1.0, 0.0, 0.0, 0.0]),
        recorded("same", &[1.0, 1.0, 1.0, 1.0]),
    ];
    let result = only(run_of(&on(
        "whenever price <= 1 buy 0.01\nat tick 0 sidebet 0.01",
        games,
    )));
    assert_eq!(result.games, 3);
    // Each sidebet is won; each position but the last one is lost.
    assert_eq!(result.in_profit.value, 1.0);
}

#[test]
fn recorded_games_are_played_again_when_there_are_too_few() {
    let games = (0..3).map(|n| recorded(&format!("g{n}"), &[1.0, 1.1 + f64::from(n), 0.02]));
    let mut settings = on("at tick 0 buy 0.01\nat tick 1 sell all", games.collect());
    (settings.sessions, settings.games) = (5, 6);
    let report = run_of(&settings);
    assert_eq!((report.repeats, report.sessions), (Some(10.0), 5));
    assert_eq!(only(report).games, 30);
    assert_eq!(
        RecordedGame::new(GameId::new("x").unwrap(), &[Some(1.0), None, Some(0.01)]),
        None
    );
    for prices in [
        &[][..],
        &[Some(1.0)],
        &[Some(f64::NAN), Some(0.1)],
        &[Some(1.0), Some(-1.0)],
        // Above every amount of lamports that has room.
        &[Some(1.0), Some(1e28), Some(0.01)],
    ] {
        assert_eq!(RecordedGame::new(GameId::new("x").unwrap(), prices), None);
    }
}

#[test]
fn a_run_that_is_cancelled_returns_what_is_done() {
    let progress = LabProgress::default();
    progress.cancel();
    let report = run(&settings(&[MIXED], (100, 100)), &progress).unwrap();
    assert!(report.cancelled);
    assert_eq!(report.sessions, 0);
    assert_eq!(report.strategies, []);
    assert!(verdict(&report).starts_with("No session was over."));
}

#[test]
fn values_out_of_their_limits_are_named() {
    let good = settings(&[MIXED], (1, 1));
    let refused = |change: &dyn Fn(&mut pianola::lab::LabSettings)| {
        let mut bad = good.clone();
        change(&mut bad);
        bad.check().unwrap_err()
    };
    assert_eq!(refused(&|s| s.strategies.clear()), LabError::Strategies(0));
    assert_eq!(
        refused(&|s| s.strategies = vec![named("x", MIXED); 5]),
        LabError::Strategies(5)
    );
    assert_eq!(refused(&|s| s.games = 0), LabError::Nothing);
    assert_eq!(
        refused(&|s| s.games = u64::MAX),
        LabError::TooManyGames(u64::MAX)
    );
    assert_eq!(
        refused(&|s| s.sessions = 2_000_000),
        LabError::TooManySessions(2_000_000)
    );
    for bank in [
        Decimal::ZERO,
        Decimal::NEGATIVE_ONE,
        Decimal::from(1_001),
        Decimal::new(1, 10),
    ] {
        assert_eq!(refused(&|s| s.bank = bank), LabError::Bank(bank));
    }
    let nothing = LabGames::Recorded(Vec::new().into());
    assert_eq!(refused(&|s| s.source = nothing.clone()), LabError::NoGames);
}

/// A strategy with a script line is played the exact way only, and still has its place in the same games.
#[test]
fn the_exact_player_shows_each_row_with_its_line() {
    let strategy = named("x", "1 presale buy 0.01\n1 1 sell 50");
    let limits = settings(&["1 presale buy 0.01"], (1, 1)).limits;
    let mut player = ExactPlayer::new(strategy.strategy, limits, Decimal::ONE).keeping_rows();
    player.play_prices(&GameId::new("g").unwrap(), &[1.0, 2.0, 0.01]);
    let rows = player.rows();
    let lines: Vec<_> = rows
        .iter()
        .map(|row| (row.tick, row.line.as_ref().map(|line| line.number)))
        .collect();
    assert_eq!(lines, [(0, Some(1)), (1, Some(2)), (2, None)]);
    assert_eq!(player.account().balance(), "1.00005".parse().unwrap());
}

#[test]
fn the_csv_has_a_line_of_six_fields_for_each_figure() {
    let mut settings = settings(&[MIXED, "at tick 0 buy 0.01"], (4, 3));
    settings.strategies[0].name = "mixed".to_owned();
    let report = run_of(&settings);
    let text = pianola::lab::csv(&report);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "strategy,figure,game,value,low,high");
    let of = |figure: &str| lines.iter().filter(|line| line.contains(figure)).count();
    assert_eq!(
        (of(",ruined,"), of(",kelly,"), of(",bankroll_50,")),
        (2, 2, 2 * 4)
    );
    for line in &lines {
        assert_eq!(line.split(',').count(), 6, "{line}");
    }
}
