//! Evenings of a random trader, played step by step as the algorithm was published: beside it the luck must be none on
//! average, and the bands must contain what they say.

use super::*;

/// The mean rug price of the evenings: it is uniform from 0.004 to 0.02.
const RUG_PRICE: f64 = 0.012;
/// With so many simulations the band of 95 % is from the lowest to the highest one, exactly.
const SAMPLES: usize = 39;

/// A player of one game: buys once or twice, sells in one or two parts, and sometimes bets.
struct RandomTrader<'a> {
    expected: &'a mut OddsExpectation,
    random: &'a mut SplitMix,
    qty: f64,
    wallet: f64,
    price: f64,
}

impl RandomTrader<'_> {
    fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.random.next() % u64::from(limit)).expect("a small number")
    }

    fn buy(&mut self) {
        let amount = f64::from(1 + self.below(50)) / 1_000.0;
        self.qty += amount / self.price;
        self.wallet -= amount;
    }

    fn sell(&mut self, share: f64) {
        self.wallet += self.qty * share * self.price;
        self.qty *= 1.0 - share;
    }

    /// Plays a game from its presale.
    fn play(&mut self) {
        let entry = self.below(6);
        let exit = entry + 1 + self.below(14);
        let adds = (self.below(3) == 0).then(|| entry + self.below(exit - entry));
        let halves = (self.below(3) == 0).then(|| entry + self.below(exit - entry));
        let bet = (self.below(6) == 0).then(|| self.below(4));
        let stake = f64::from(1 + self.below(20)) / 1_000.0;
        let end = bet.map_or(exit, |start| exit.max(start + 40));
        let mut rug = None;
        for tick in 0..=end {
            if tick == entry {
                self.buy();
            }
            if adds == Some(tick) {
                self.buy();
            }
            if halves == Some(tick) {
                self.sell(0.5);
            }
            if tick == exit {
                self.sell(1.0);
            }
            if bet == Some(tick) {
                self.wallet -= stake;
            }
            if tick == end {
                break;
            }
            if self.qty > 0.0 {
                self.expected.hold(tick, self.qty, self.price);
            }
            if self.random.next_f64() < 0.005 {
                rug = Some(tick + 1);
                break;
            }
            self.price *= 1.0 + self.change();
        }
        if let Some(rug) = rug.filter(|_| self.qty > 0.0) {
            self.expected.exposure.end(rug - entry, Some(rug));
        } else if rug.is_none_or(|rug| rug > exit) {
            self.expected.exposure.end(exit - entry, None);
        }
        if rug.is_some() {
            self.price = 0.004 + self.random.next_f64() * 0.016;
            self.sell(1.0);
        }
        if let Some(start) = bet.filter(|start| rug.is_none_or(|rug| *start < rug)) {
            let won = rug.filter(|rug| *rug <= start + 40);
            self.wallet += won.map_or(0.0, |_| 5.0 * stake);
            self.expected.bet(stake, start);
        }
    }

    /// Draws the change of a tick that does not rug.
    fn change(&mut self) -> f64 {
        if self.random.next_f64() < 0.00001 && self.price <= 100.0 {
            return 9.0;
        }
        if self.random.next_f64() < 0.125 {
            let size = 0.15 + self.random.next_f64() * 0.1;
            return if self.random.next_f64() > 0.5 {
                size
            } else {
                -size
            };
        }
        let drift = -0.02 + self.random.next_f64() * 0.05;
        let volatility = 0.005 * self.price.sqrt().min(10.0);
        drift + volatility * (2.0 * self.random.next_f64() - 1.0)
    }
}

/// Plays an evening; returns its luck.
fn evening(number: u64, games: usize) -> Luck {
    let mut random = SplitMix::stream(2_026, number);
    let mut expected = OddsExpectation::new(std::iter::empty());
    expected.rug_price = RUG_PRICE;
    let mut wallet = 0.0;
    for game in 0..games {
        expected.enter(game, Some("v3"));
        let mut player = RandomTrader {
            expected: &mut expected,
            random: &mut random,
            qty: 0.0,
            wallet: 0.0,
            price: 1.0,
        };
        player.play();
        wallet += player.wallet;
    }
    expected.finish();
    Luck::of(&expected, wallet, SAMPLES, number)
}

/// Sums over evenings.
#[derive(Debug, Clone, Copy, Default)]
struct Evenings {
    luck: f64,
    squares: f64,
    inner: u32,
    outer: u32,
    risked: u32,
}

impl Evenings {
    fn of(luck: &Luck) -> Self {
        let is_within = |level| {
            let within = luck
                .band(level)
                .map(|(low, high)| low <= luck.actual && luck.actual <= high);
            u32::from(within.unwrap_or(true))
        };
        Self {
            luck: luck.luck(),
            squares: luck.luck().powi(2),
            inner: is_within(BandLevel::Inner),
            outer: is_within(BandLevel::Outer),
            risked: u32::from(luck.spread().is_some()),
        }
    }

    fn add(self, other: Self) -> Self {
        Self {
            luck: self.luck + other.luck,
            squares: self.squares + other.squares,
            inner: self.inner + other.inner,
            outer: self.outer + other.outer,
            risked: self.risked + other.risked,
        }
    }
}

#[test]
fn over_100_000_evenings_luck_is_none_on_average_and_the_bands_contain_what_they_say() {
    let n = 100_000;
    let evenings = (0..u64::from(n)).into_par_iter();
    let sums = evenings
        .map(|number| Evenings::of(&evening(number, 12)))
        .reduce(Evenings::default, Evenings::add);
    let all = f64::from(n);
    assert_eq!(sums.risked, n, "each evening has a risk");
    let mean = sums.luck / all;
    let error = ((sums.squares / all - mean * mean) / all).sqrt();
    assert!(mean.abs() < 3.0 * error, "{mean} with an error of {error}");
    let outer = f64::from(sums.outer) / all;
    assert!((outer - 0.95).abs() < 0.005, "the band of 95 % has {outer}");
    let inner = f64::from(sums.inner) / all;
    assert!((inner - 0.70).abs() < 0.005, "the band of 70 % has {inner}");
}

#[test]
fn a_band_does_not_depend_on_threads_and_sums_are_those_of_the_parts() {
    let luck = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("a pool").install(|| evening(7, 12))
    };
    assert_eq!(luck(1), luck(3));
    let parts: Vec<_> = (0..5).map(|number| evening(number, 12)).collect();
    let sum = Luck::sum(&parts);
    let actual: f64 = parts.iter().map(|part| part.actual).sum();
    assert!((sum.actual - actual).abs() < 1e-12);
    // Five independent evenings have the root of five as spread, more or less.
    let mean: f64 = parts.iter().filter_map(Luck::spread).sum::<f64>() / 5.0;
    let ratio = sum.spread().expect("a risk") / mean;
    assert!((1.5..3.2).contains(&ratio), "{ratio}");
    let none = OddsExpectation::new(std::iter::empty());
    let none = Luck::of(&none, 0.0, SAMPLES, 1);
    assert_eq!(
        (none.band(BandLevel::Outer), none.standard_deviations()),
        (None, None)
    );
}
