//! Limiters for what only a person looks at: repaints and notices. Nothing else passes through one; state, prices and
//! the recorder get everything.

use std::time::Duration;

/// A rate that lets nothing through, or no number.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a rate and a burst are numbers above zero, not {0}")]
pub struct BadRate(pub f64);

/// What passed a limiter so far. `requested` = `allowed` + `held`; what is critical is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passed {
    /// Ordinary ones that asked.
    pub requested: u64,
    /// Of these, those that passed.
    pub allowed: u64,
    /// Of these, those that did not.
    pub held: u64,
    /// Critical ones: all of them passed.
    pub critical: u64,
}

/// A bucket of tokens: full at first, refilled at a rate, one token for each that passes. Time is monotonic, since any
/// moment; a time before the newest one refills nothing.
#[derive(Debug, Clone)]
pub struct TokenBucketRateLimiter {
    /// Tokens a second.
    rate: f64,
    /// Tokens that fit in.
    burst: f64,
    /// Below zero after [`Self::force`].
    tokens: f64,
    filled_at: Duration,
}

impl TokenBucketRateLimiter {
    /// Returns a limiter for `rate` a second, of which `burst` may come at once.
    ///
    /// # Errors
    /// One of them is zero, negative or no finite number.
    pub fn new(rate: f64, burst: f64) -> Result<Self, BadRate> {
        let bad = |number: &f64| !number.is_finite() || *number <= 0.0;
        match [rate, burst].into_iter().find(bad) {
            Some(number) => Err(BadRate(number)),
            None => Ok(Self {
                rate,
                // Less than one token would never let anything pass.
                burst: burst.max(1.0),
                tokens: burst.max(1.0),
                filled_at: Duration::ZERO,
            }),
        }
    }

    /// Takes a token if there is one.
    pub fn allow(&mut self, now: Duration) -> bool {
        self.fill(now);
        let there = self.tokens >= 1.0;
        if there {
            self.tokens -= 1.0;
        }
        there
    }

    /// Takes a token that may not be there: what comes after has to wait for it, but never for more than one burst.
    pub fn force(&mut self, now: Duration) {
        self.fill(now);
        self.tokens = (self.tokens - 1.0).max(-self.burst);
    }

    /// Returns how long it is until the next token is there; zero when one is.
    pub fn wait(&mut self, now: Duration) -> Duration {
        self.fill(now);
        let missing = (1.0 - self.tokens).max(0.0);
        Duration::try_from_secs_f64(missing / self.rate).unwrap_or(Duration::MAX)
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(self.burst);
        self.filled_at = self.filled_at.max(now);
    }
}

/// How much something wants to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// The next one tells as much.
    Ordinary,
    /// Another game or phase, a rug, anything of the player, anything that was lost: it passes at once.
    Critical,
}

/// A bucket that the critical pass at once. They take their tokens all the same, so that both together keep the rate.
#[derive(Debug, Clone)]
pub struct PriorityRateLimiter {
    bucket: TokenBucketRateLimiter,
    passed: Passed,
}

impl PriorityRateLimiter {
    /// Returns a limiter of a bucket.
    pub fn new(bucket: TokenBucketRateLimiter) -> Self {
        Self {
            bucket,
            passed: Passed::default(),
        }
    }

    /// Says whether it may pass; otherwise how long it is until an ordinary one may.
    ///
    /// # Errors
    /// It may not.
    pub fn ask(&mut self, priority: Priority, now: Duration) -> Result<(), Duration> {
        match priority {
            Priority::Critical => {
                self.bucket.force(now);
                self.passed.critical += 1;
                Ok(())
            }
            Priority::Ordinary => {
                self.passed.requested += 1;
                if self.bucket.allow(now) {
                    self.passed.allowed += 1;
                    Ok(())
                } else {
                    self.passed.held += 1;
                    Err(self.bucket.wait(now))
                }
            }
        }
    }

    /// Returns what passed so far.
    pub fn passed(&self) -> Passed {
        self.passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn bucket(rate: f64, burst: f64) -> TokenBucketRateLimiter {
        TokenBucketRateLimiter::new(rate, burst).expect("a rate")
    }

    #[test]
    fn a_rate_that_is_none_is_refused() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(TokenBucketRateLimiter::new(bad, 1.0).is_err(), "{bad}");
            assert!(TokenBucketRateLimiter::new(1.0, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn it_starts_full_and_refills_at_its_rate() {
        let mut limiter = bucket(20.0, 40.0);
        let passed = |limiter: &mut TokenBucketRateLimiter, now| {
            (0..200).filter(|_| limiter.allow(now)).count()
        };
        assert_eq!(passed(&mut limiter, ms(0)), 40);
        assert_eq!(limiter.wait(ms(0)), ms(50));
        assert_eq!(passed(&mut limiter, ms(500)), 10);
        assert_eq!(passed(&mut limiter, ms(60_000)), 40);
        assert_eq!(limiter.wait(ms(90_000)), ms(0));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let mut limiter = bucket(1.0, 1.0);
        assert!(limiter.allow(ms(10_000)));
        assert!(!limiter.allow(ms(0)));
        assert!(!limiter.allow(ms(10_500)));
        assert!(limiter.allow(ms(11_000)));
    }

    #[test]
    fn the_critical_always_pass_and_are_counted_apart() {
        let mut limiter = PriorityRateLimiter::new(bucket(10.0, 1.0));
        for _ in 0..5 {
            assert_eq!(limiter.ask(Priority::Critical, ms(0)), Ok(()));
        }
        // The others pay for it, but for no more than a burst.
        assert_eq!(limiter.ask(Priority::Ordinary, ms(0)), Err(ms(200)));
        assert_eq!(limiter.ask(Priority::Ordinary, ms(199)), Err(ms(1)));
        assert_eq!(limiter.ask(Priority::Ordinary, ms(200)), Ok(()));
        let passed = Passed {
            requested: 3,
            allowed: 1,
            held: 2,
            critical: 5,
        };
        assert_eq!(limiter.passed(), passed);
    }

    #[test]
    fn ten_a_second_are_ten_a_second_whatever_comes() {
        let mut limiter = PriorityRateLimiter::new(bucket(10.0, 1.0));
        let mut passed = 0;
        for milli in 0..10_000 {
            let phase_changes = milli % 1_000 == 0;
            let priority = if phase_changes {
                Priority::Critical
            } else {
                Priority::Ordinary
            };
            passed += u32::from(limiter.ask(priority, ms(milli)).is_ok());
        }
        assert!((99..=101).contains(&passed), "{passed}");
    }
}
