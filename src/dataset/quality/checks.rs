//! The self-checks: each compares one number of the recordings with the published algorithm of version v3.
#![expect(clippy::cast_precision_loss, reason = "counts below 2^53")]

use serde::{Deserialize, Serialize};

use super::bins::Bins;
use super::lifetimes::Lifetimes;
use super::moves::{Moves, RugPrices};
use super::self_check::SelfCheck;
use super::statistics::{binomial_two_sided, normal_two_sided};
use crate::account::SIDEBET_WINDOW;
use crate::fairness::{BIG_MOVE_CHANCE, GOD_CANDLE_CHANCE, RUG_CHANCE, SmallMove};
use crate::named_enum::named_enum;
use crate::statistics::{Z_95, wilson};

/// All judged checks of a report together call an honest server "look" this often.
pub const LOOK_BELOW: f64 = 0.001;

named_enum! {
    /// The result of a check.
    pub enum Verdict {
        /// As published, as far as these data can show.
        Consistent = "consistent",
        /// Hard to explain by chance: look at the data, and at how they were recorded.
        Look = "look",
        /// The games are no fair sample of what is compared: shown, and not judged.
        Biased = "biased",
        /// Too few data for this check.
        TooFew = "too few",
    }
}

impl Verdict {
    /// Whether the check was judged.
    pub fn is_judged(self) -> bool {
        matches!(self, Self::Consistent | Self::Look)
    }
}

named_enum! {
    /// The games of a check.
    #[derive(PartialOrd, Ord)]
    pub enum CheckScope {
        /// Trainable games: complete, proven, from tick 0 to the rug.
        Trainable = "trainable",
        /// All games as they were observed, with late entries and cut ends.
        All = "all",
        /// The player's own bets.
        Own = "own",
    }
}

named_enum! {
    /// What is compared.
    #[derive(PartialOrd, Ord)]
    pub enum CheckKind {
        /// The chance of a rug at each tick.
        RugHazard = "rug_hazard",
        /// Chi² of the rugs in 20 ranges of ticks.
        RugTicks = "rug_ticks",
        /// The tick with the most surprising number of rugs.
        RepeatedRugTick = "repeated_rug_tick",
        /// Chi² of the sidebets whose windows do not overlap.
        Sidebets = "sidebets",
        /// The share of big moves.
        BigMoves = "big_moves",
        /// The share of big moves that go up.
        BigMovesUp = "big_moves_up",
        /// Chi² of the sizes of big moves.
        BigMoveSizes = "big_move_sizes",
        /// The fullest of 200 bins of these sizes.
        RepeatedSize = "repeated_size",
        /// The mean of small moves.
        SmallMoveMean = "small_move_mean",
        /// Chi² of small moves, each by its published probability.
        SmallMoves = "small_moves",
        /// The number of god candles.
        GodCandles = "god_candles",
        /// Steps that no draw makes.
        ImpossibleSteps = "impossible_steps",
        /// Rug prices outside their limits.
        RugPrices = "rug_prices",
        /// The share of the player's sidebets that won.
        OwnSidebets = "own_sidebets",
    }
}

impl CheckKind {
    /// Returns what is compared, for the report.
    pub fn title(self) -> &'static str {
        match self {
            Self::RugHazard => "Chance of a rug per tick",
            Self::RugTicks => "Rug ticks, 20 equal ranges",
            Self::RepeatedRugTick => "Most unusual rug tick",
            Self::Sidebets => "Sidebets at ticks 0, 40, 80, …",
            Self::BigMoves => "Big moves",
            Self::BigMovesUp => "Big moves that go up",
            Self::BigMoveSizes => "Sizes of big moves, 20 equal bins",
            Self::RepeatedSize => "Fullest of 200 bins of sizes",
            Self::SmallMoveMean => "Mean small move",
            Self::SmallMoves => "Small moves, 20 equal bins",
            Self::GodCandles => "God candles",
            Self::ImpossibleSteps => "Steps that v3 cannot make",
            Self::RugPrices => "Rug prices outside 0 to 0.02",
            Self::OwnSidebets => "Own sidebets that won",
        }
    }

    /// Returns what `n` counts.
    pub fn unit(self) -> &'static str {
        match self {
            Self::RugHazard | Self::RepeatedRugTick => "ticks",
            Self::RugTicks | Self::Sidebets | Self::RugPrices => "rugs",
            Self::BigMoves | Self::GodCandles | Self::ImpossibleSteps => "steps",
            Self::BigMovesUp | Self::BigMoveSizes | Self::RepeatedSize => "big moves",
            Self::SmallMoveMean | Self::SmallMoves => "small moves",
            Self::OwnSidebets => "bets",
        }
    }
}

/// One comparison. Shares and means are fractions: 0.005 is 0.5 %.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What is compared.
    pub kind: CheckKind,
    /// With which games.
    pub scope: CheckScope,
    /// The number of values, in the unit of the kind.
    pub n: u64,
    /// The number of the recordings: a share, a mean, a count or chi².
    pub observed: f64,
    /// Lower limit, 95 %.
    pub low: Option<f64>,
    /// Upper limit, 95 %.
    pub high: Option<f64>,
    /// The number of the published algorithm; of chi² its mean.
    pub expected: f64,
    /// Which one, where the check looks for the most unusual.
    pub at: Option<String>,
    /// How often an honest server is at least as far off; `None` with too few data.
    pub probability: Option<f64>,
    /// The result, once the number of all checks is known.
    pub verdict: Verdict,
}

impl Check {
    /// Whether it compares lengths of complete games, of which the long ones are missing more often.
    fn is_biased(&self) -> bool {
        use CheckKind::{RepeatedRugTick, RugHazard, RugTicks, Sidebets};
        let is_of_lengths = [RugHazard, RugTicks, RepeatedRugTick, Sidebets].contains(&self.kind);
        is_of_lengths && self.scope == CheckScope::Trainable
    }
}

/// Returns the checks of the games, still without verdict.
pub(super) fn of_games(games: &SelfCheck) -> Vec<Check> {
    let mut checks = Vec::new();
    let (all_moves, all_rugs) = (games.all_moves(), games.all_rugs());
    let scopes = [
        (
            CheckScope::Trainable,
            &games.trainable,
            &games.trainable_moves,
            &games.trainable_rugs,
        ),
        (CheckScope::All, &games.observed, &all_moves, &all_rugs),
    ];
    for (scope, lifetimes, moves, rugs) in scopes {
        of_lifetimes(scope, lifetimes, &mut checks);
        of_moves(scope, moves, &mut checks);
        checks.push(of_rug_prices(scope, rugs));
    }
    checks
}

/// Returns the check of the player's own sidebets.
pub(super) fn of_own_sidebets(won: u64, bets: u64) -> Check {
    let chance = sidebet_chance();
    let share = Share::new(won, bets);
    share.check(CheckKind::OwnSidebets, CheckScope::Own, chance)
}

/// Returns the published share of sidebets that win, at every tick: the rug has no memory.
pub fn sidebet_chance() -> f64 {
    1.0 - f64::powf(1.0 - RUG_CHANCE, f64::from(SIDEBET_WINDOW))
}

/// Gives each check its verdict: an error of [`LOOK_BELOW`] is shared between all that are judged (Bonferroni).
pub(super) fn judge<'a>(checks: impl IntoIterator<Item = &'a mut Check>) {
    let checks: Vec<&mut Check> = checks.into_iter().collect();
    let is_judged = |check: &Check| check.probability.is_some() && !check.is_biased();
    let tests = checks.iter().filter(|check| is_judged(check));
    let tests = tests.count() as f64;
    for check in checks {
        check.verdict = match check.probability {
            None => Verdict::TooFew,
            Some(_) if check.is_biased() => Verdict::Biased,
            Some(probability) if probability * tests < LOOK_BELOW => Verdict::Look,
            Some(_) => Verdict::Consistent,
        };
    }
}

/// A check of nothing, to be filled in.
fn empty(kind: CheckKind, scope: CheckScope, n: u64, expected: f64) -> Check {
    Check {
        kind,
        scope,
        n,
        observed: 0.0,
        low: None,
        high: None,
        expected,
        at: None,
        probability: None,
        verdict: Verdict::TooFew,
    }
}

/// A number of hits in trials.
struct Share {
    hits: u64,
    trials: u64,
}

impl Share {
    fn new(hits: u64, trials: u64) -> Self {
        Self { hits, trials }
    }

    fn check(&self, kind: CheckKind, scope: CheckScope, chance: f64) -> Check {
        let check = empty(kind, scope, self.trials, chance);
        if self.trials == 0 {
            return check;
        }
        let trials = self.trials as f64;
        let observed = self.hits as f64 / trials;
        let (low, high) = wilson(observed, trials);
        Check {
            observed,
            low: Some(low),
            high: Some(high),
            probability: Some(binomial_two_sided(self.hits, self.trials, chance)),
            ..check
        }
    }
}

fn chi_squared(
    kind: CheckKind,
    scope: CheckScope,
    n: u64,
    degrees: usize,
    found: Option<(f64, f64)>,
) -> Check {
    let check = empty(kind, scope, n, degrees as f64);
    match found {
        Some((observed, probability)) => Check {
            observed,
            probability: Some(probability),
            ..check
        },
        None => check,
    }
}

fn of_lifetimes(scope: CheckScope, lifetimes: &Lifetimes, checks: &mut Vec<Check>) {
    let rugs = lifetimes.rugs();
    let exposure = lifetimes.exposure();
    checks.push(Share::new(rugs, exposure).check(CheckKind::RugHazard, scope, RUG_CHANCE));
    let ranges = lifetimes.equal_ranges();
    checks.push(chi_squared(CheckKind::RugTicks, scope, rugs, 20, ranges));
    checks.push(match lifetimes.fullest_tick() {
        Some(fullest) => Check {
            observed: fullest.rugs as f64,
            at: Some(format!("tick {}", fullest.tick)),
            probability: Some(fullest.probability),
            ..empty(
                CheckKind::RepeatedRugTick,
                scope,
                exposure,
                fullest.at_risk as f64 * RUG_CHANCE,
            )
        },
        None => empty(CheckKind::RepeatedRugTick, scope, 0, 0.0),
    });
    let sidebets = lifetimes.sidebets();
    let windows = sidebets.map_or(0, |(_, windows, _)| windows);
    let sidebets = sidebets.map(|(value, _, probability)| (value, probability));
    checks.push(chi_squared(
        CheckKind::Sidebets,
        scope,
        rugs,
        windows,
        sidebets,
    ));
}

fn of_moves(scope: CheckScope, moves: &Moves, checks: &mut Vec<Check>) {
    let big = moves.big();
    checks.push(Share::new(big, big + moves.small).check(
        CheckKind::BigMoves,
        scope,
        BIG_MOVE_CHANCE,
    ));
    checks.push(Share::new(moves.big_up, big).check(CheckKind::BigMovesUp, scope, 0.5));
    let sizes = &moves.sizes;
    let n = sizes.total();
    checks.push(chi_squared(
        CheckKind::BigMoveSizes,
        scope,
        n,
        19,
        sizes.uniform(),
    ));
    let check = empty(CheckKind::RepeatedSize, scope, n, Bins::share());
    checks.push(match sizes.fullest() {
        Some((observed, probability)) => Check {
            observed,
            probability: Some(probability),
            ..check
        },
        None => check,
    });
    checks.push(small_move_mean(scope, moves));
    let spread = moves.small_shares.uniform();
    let n = moves.small;
    checks.push(chi_squared(CheckKind::SmallMoves, scope, n, 19, spread));
    let chances = moves.god_candle_chances;
    let share = Share::new(moves.god_candles, chances);
    let share = share.check(CheckKind::GodCandles, scope, GOD_CANDLE_CHANCE);
    let count = |share: f64| share * chances as f64;
    checks.push(Check {
        observed: moves.god_candles as f64,
        low: share.low.map(count),
        high: share.high.map(count),
        expected: count(GOD_CANDLE_CHANCE),
        ..share
    });
    checks.push(none_allowed(
        CheckKind::ImpossibleSteps,
        scope,
        moves.impossible,
        moves.steps(),
    ));
}

fn small_move_mean(scope: CheckScope, moves: &Moves) -> Check {
    /// From here on a sum of small moves is normal for every purpose.
    const FROM: u64 = 100;
    let check = empty(
        CheckKind::SmallMoveMean,
        scope,
        moves.small,
        SmallMove::MEAN,
    );
    if moves.small < FROM {
        return check;
    }
    let n = moves.small as f64;
    let excess = moves.small_excess_nano as f64 / 1e9;
    let deviation = (moves.small_variance_pico as f64 / 1e12).sqrt();
    let observed = SmallMove::MEAN + excess / n;
    Check {
        observed,
        low: Some(observed - Z_95 * deviation / n),
        high: Some(observed + Z_95 * deviation / n),
        probability: Some(normal_two_sided(excess / deviation)),
        ..check
    }
}

fn of_rug_prices(scope: CheckScope, rugs: &RugPrices) -> Check {
    let check = none_allowed(CheckKind::RugPrices, scope, rugs.outside, rugs.count);
    let highest = rugs.at_highest as f64 / rugs.count.max(1) as f64;
    Check {
        at: (rugs.count > 0).then(|| format!("{:.1} % exactly at 0.02", 100.0 * highest)),
        ..check
    }
}

/// The published algorithm makes none of these: one is enough.
fn none_allowed(kind: CheckKind, scope: CheckScope, found: u64, n: u64) -> Check {
    Check {
        observed: found as f64,
        probability: (n > 0).then_some(if found > 0 { 0.0 } else { 1.0 }),
        ..empty(kind, scope, n, 0.0)
    }
}
