//! The results of a run.

use serde::Serialize;

use super::check::ExactSample;
use super::estimate::{Estimate, GameSums, Spread, mean_of, quantile};
use super::numbers::as_f64;
use super::session::SessionResult;

/// Sessions whose bankroll is drawn as a line.
const LINES: usize = 8;

/// The results of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabReport {
    /// Sessions that were played; fewer than asked for when the run was cancelled.
    pub sessions: u64,
    /// Games of each session.
    pub games: u64,
    /// The bankroll that each session began with, in SOL.
    pub bank: f64,
    /// The run was cancelled.
    pub cancelled: bool,
    /// How often each recorded game was played, on average; `None` for new games, each of which is played once.
    pub repeats: Option<f64>,
    /// The result of each strategy, in the order of the settings.
    pub strategies: Vec<StrategyResult>,
}

/// What a strategy did with its bankrolls.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StrategyResult {
    /// Its name.
    pub name: String,
    /// Games that it played in all sessions: those before it ended.
    pub games: u64,
    /// The share of these games in which it placed an order.
    pub traded: f64,
    /// Profit of a game in SOL; `None` if it played none.
    pub per_game: Option<Estimate>,
    /// Profit for each SOL staked; `None` if it staked nothing.
    pub per_staked: Option<Estimate>,
    /// What a session costs in SOL: the bankroll at its start less the one at its end.
    pub house_cost: Estimate,
    /// The bankroll over the games of a session.
    pub fan: Fan,
    /// The sessions that were ruined.
    pub ruin: Ruin,
    /// The largest loss of a session from its highest bankroll before, as a share of that.
    pub drawdown: Spread,
    /// The most games with a loss one after the other in a session.
    pub losing_run: Spread,
    /// Sessions that ended with more than they began with.
    pub in_profit: Estimate,
    /// How much of a bankroll to stake.
    pub kelly: Kelly,
    /// The sample that was played with the exact account, too.
    pub exact_sample: ExactSample,
}

/// The bankroll of all sessions over their games, in SOL. A session that ended keeps its bankroll.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fan {
    /// The numbers of the games after which the bankrolls were compared.
    pub games: Vec<u64>,
    /// At each of them the 5, 25, 50, 75 and 95 % quantile over the sessions.
    pub quantiles: Vec<[f64; 5]>,
    /// The bankrolls of the first sessions.
    pub lines: Vec<Vec<f64>>,
}

/// The sessions that were ruined: the wallet held less than the smallest order, or could not pay an order with nothing
/// open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ruin {
    /// The probability.
    pub probability: Estimate,
    /// Games up to the ruin, over the sessions that were ruined.
    pub games: Option<Spread>,
}

/// How much of a bankroll to stake in a game so that it grows fastest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Kelly {
    /// The share of the bankroll, 0 to 1; 0 when the games lost money or nothing was staked.
    pub share: f64,
    /// The lower end of the interval of the profit for each SOL staked is above 0: it is not chance alone.
    pub is_sure: bool,
}

impl StrategyResult {
    /// Returns the sentence about the Kelly fraction for the player.
    pub fn kelly_sentence(&self) -> &'static str {
        if self.per_staked.is_none() {
            "No order was placed, so there is no Kelly fraction."
        } else {
            self.kelly.sentence()
        }
    }
}

impl Kelly {
    fn sentence(&self) -> &'static str {
        if self.share <= 0.0 {
            "Kelly fraction 0: the edge is not positive, so the best stake is none."
        } else if self.is_sure {
            "Stake this share of the bankroll for the fastest growth; half of it is safer."
        } else {
            "The interval reaches below 0: the profit may be chance, and then the best stake is none."
        }
    }
}

/// Collects the sessions of a strategy, in their order.
#[derive(Debug, Default)]
pub(super) struct Collector {
    sessions: Vec<SessionResult>,
    sums: GameSums,
    returns: Returns,
}

impl Collector {
    /// Takes the profit for each SOL staked of some games.
    pub fn take_returns(&mut self, returns: &[f64]) {
        for profit in returns {
            self.returns.take(*profit);
        }
    }

    /// Takes a session that is over.
    pub fn take_session(&mut self, session: SessionResult, sums: &GameSums) {
        self.sums.add(sums);
        self.sessions.push(session);
    }

    /// Returns the result; `None` without a session.
    pub fn result(
        self,
        name: &str,
        points: &[u64],
        exact_sample: ExactSample,
    ) -> Option<StrategyResult> {
        let Self {
            sessions,
            sums,
            returns,
        } = self;
        let all = sessions.len() as u64;
        let bank = sessions.first()?.points.first().copied()?;
        let of = |value: fn(&SessionResult) -> f64| sessions.iter().map(value).collect::<Vec<_>>();
        let costs: Vec<f64> = sessions.iter().map(|session| bank - session.end).collect();
        let in_profit = sessions.iter().filter(|session| session.end > bank).count() as u64;
        let ruined: Vec<f64> = sessions
            .iter()
            .filter_map(|session| session.ruined.map(as_f64))
            .collect();
        let per_staked = sums.per_staked();
        Some(StrategyResult {
            name: name.to_owned(),
            games: sums.games,
            traded: as_f64(sums.traded) / as_f64(sums.games.max(1)),
            per_game: sums.per_game(),
            per_staked,
            house_cost: mean_of(&costs)?,
            fan: fan(&sessions, points),
            ruin: Ruin {
                probability: Estimate::share(ruined.len() as u64, all)?,
                games: Spread::of(ruined),
            },
            drawdown: Spread::of(of(|session| session.drawdown))?,
            losing_run: Spread::of(of(|session| as_f64(session.losing_run)))?,
            in_profit: Estimate::share(in_profit, all)?,
            kelly: Kelly {
                share: returns.kelly(),
                is_sure: per_staked
                    .and_then(|ratio| ratio.low)
                    .is_some_and(|low| low > 0.0),
            },
            exact_sample,
        })
    }
}

fn fan(sessions: &[SessionResult], points: &[u64]) -> Fan {
    let quantiles = (0..points.len()).map(|point| {
        let mut banks: Vec<f64> = sessions
            .iter()
            .map(|session| session.points[point])
            .collect();
        banks.sort_by(f64::total_cmp);
        [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| quantile(&banks, share).unwrap_or_default())
    });
    let lines = sessions.iter().take(LINES);
    Fan {
        games: points.to_vec(),
        quantiles: quantiles.collect(),
        lines: lines.map(|session| session.points.clone()).collect(),
    }
}

/// The profits for each SOL staked of many games, counted in bins that are 1 % wide.
#[derive(Debug, Clone, PartialEq)]
struct Returns {
    /// Of each bin the games, and what became of their stakes together.
    bins: Vec<(u64, f64)>,
}

impl Default for Returns {
    fn default() -> Self {
        Self {
            bins: vec![(0, 0.0); Self::BINS],
        }
    }
}

impl Returns {
    /// The first bin is a stake that is lost.
    const BINS: usize = 4_096;
    const IN_AN_OCTAVE: f64 = 64.0;
    /// What becomes of a stake is between 2^-32 and 2^32 of it.
    const MIDDLE: f64 = 2_048.0;

    fn take(&mut self, profit: f64) {
        let kept = 1.0 + profit;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "`as` saturates, and the logarithm of 0 is the first bin"
        )]
        let bin = (kept.max(0.0).log2() * Self::IN_AN_OCTAVE + Self::MIDDLE).round() as usize;
        let (games, sum) = &mut self.bins[bin.min(Self::BINS - 1)];
        *games += 1;
        *sum += kept;
    }

    /// Returns the share of a bankroll whose expected logarithm grows fastest, 0 to 1.
    fn kelly(&self) -> f64 {
        let bins = self.bins.iter().filter(|(games, _)| *games > 0);
        let bins: Vec<_> = bins
            .map(|(games, sum)| (as_f64(*games), sum / as_f64(*games) - 1.0))
            .collect();
        // The derivative of the expected logarithm falls with the share.
        let growth = |share: f64| -> f64 {
            let bins = bins.iter();
            bins.map(|(games, profit)| games * profit / (1.0 + share * profit))
                .sum()
        };
        let (mut low, mut high) = (0.0, 1.0);
        if growth(low) <= 0.0 {
            return 0.0;
        }
        for _ in 0..50 {
            let middle = f64::midpoint(low, high);
            if growth(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "no edge is exactly 0")]
mod tests {
    use super::*;

    #[test]
    fn the_kelly_fraction_of_a_coin_is_the_textbook_one() {
        // Pays 2 to 1 in 6 of 10: (2 * 0.6 - 0.4) / 2 = 0.4.
        let mut returns = Returns::default();
        for game in 0..1_000 {
            returns.take(if game % 10 < 6 { 2.0 } else { -1.0 });
        }
        assert!((returns.kelly() - 0.4).abs() < 1e-9, "{}", returns.kelly());
        // A fair coin, and one that loses.
        for wins in [5, 4] {
            let mut returns = Returns::default();
            for game in 0..1_000 {
                returns.take(if game % 10 < wins { 1.0 } else { -1.0 });
            }
            assert_eq!(returns.kelly(), 0.0);
        }
        assert_eq!(Returns::default().kelly(), 0.0);
        // Nothing is ever lost: all of it.
        let mut returns = Returns::default();
        returns.take(0.1);
        assert!(returns.kelly() > 0.999);
    }

    #[test]
    fn extreme_returns_have_a_bin() {
        let mut returns = Returns::default();
        for profit in [-1.0, -2.0, 1e300, f64::MAX, -0.999_999_999_999] {
            returns.take(profit);
        }
        assert_eq!(returns.bins.iter().map(|(games, _)| games).sum::<u64>(), 5);
    }
}
