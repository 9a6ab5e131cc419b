//! Rate limiters for the screen: repaints and notices. State, prices and the recorder are never limited.

use std::time::Duration;

/// A rate or burst that is zero, negative or not a number.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a rate and a burst are numbers above zero, not {0}")]
pub struct RateError(pub f64);

/// Counts of a limiter. `requested` = `allowed` + `held`; critical requests are counted separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LimiterCounts {
    /// Ordinary requests.
    pub requested: u64,
    /// Ordinary requests that passed.
    pub allowed: u64,
    /// Ordinary requests that did not pass.
    pub held: u64,
    /// Critical requests, all of which passed.
    pub critical: u64,
}

/// A bucket of tokens: full at first, refilled at a rate, one token per request. Time is monotonic, since any moment; a
/// time before the newest one refills nothing.
#[derive(Debug, Clone)]
pub struct TokenBucketRateLimiter {
    /// Tokens per second.
    rate: f64,
    /// Capacity in tokens.
    burst: f64,
    /// Below zero after [`Self::force`].
    tokens: f64,
    filled_at: Duration,
}

impl TokenBucketRateLimiter {
    /// Returns a limiter for `rate` requests per second, of which `burst` may follow at once.
    ///
    /// # Errors
    /// One of them is zero, negative or no finite number.
    pub fn new(rate: f64, burst: f64) -> Result<Self, RateError> {
        let bad = |number: &f64| !number.is_finite() || *number <= 0.0;
        match [rate, burst].into_iter().find(bad) {
            Some(number) => Err(RateError(number)),
            None => Ok(Self {
                rate,
                // A capacity below one token would block everything.
                burst: burst.max(1.0),
                tokens: burst.max(1.0),
                filled_at: Duration::ZERO,
            }),
        }
    }

    /// Takes a token if available.
    pub fn allow(&mut self, now: Duration) -> bool {
        self.fill(now);
        let available = self.tokens >= 1.0;
        if available {
            self.tokens -= 1.0;
        }
        available
    }

    /// Takes a token even if none is available: later requests wait for it, but never for more than one burst.
    pub fn force(&mut self, now: Duration) {
        self.fill(now);
        self.tokens = (self.tokens - 1.0).max(-self.burst);
    }

    /// Returns the time until the next token; zero when one is available.
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

/// The priority of a notice or repaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// The next one shows as much.
    Ordinary,
    /// A new game or phase, a rug, an action of the player, a loss: it passes at once.
    Critical,
}

/// A limiter that critical requests always pass. They also take tokens, so that all requests together keep the rate.
#[derive(Debug, Clone)]
pub struct PriorityRateLimiter {
    bucket: TokenBucketRateLimiter,
    counts: LimiterCounts,
}

impl PriorityRateLimiter {
    /// Returns a limiter with this bucket.
    pub fn new(bucket: TokenBucketRateLimiter) -> Self {
        Self {
            bucket,
            counts: LimiterCounts::default(),
        }
    }

    /// Requests a pass.
    ///
    /// # Errors
    /// The request is held; the error is the time until an ordinary one may pass.
    pub fn request(&mut self, priority: Priority, now: Duration) -> Result<(), Duration> {
        match priority {
            Priority::Critical => {
                self.bucket.force(now);
                self.counts.critical += 1;
                Ok(())
            }
            Priority::Ordinary => {
                self.counts.requested += 1;
                if self.bucket.allow(now) {
                    self.counts.allowed += 1;
                    Ok(())
                } else {
                    self.counts.held += 1;
                    Err(self.bucket.wait(now))
                }
            }
        }
    }

    /// Returns the counts so far.
    pub fn counts(&self) -> LimiterCounts {
        self.counts
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
    fn critical_requests_always_pass_and_are_counted_separately() {
        let mut limiter = PriorityRateLimiter::new(bucket(10.0, 1.0));
        for _ in 0..5 {
            assert_eq!(limiter.request(Priority::Critical, ms(0)), Ok(()));
        }
        // Ordinary requests wait for it, but for no more than a burst.
        assert_eq!(limiter.request(Priority::Ordinary, ms(0)), Err(ms(200)));
        assert_eq!(limiter.request(Priority::Ordinary, ms(199)), Err(ms(1)));
        assert_eq!(limiter.request(Priority::Ordinary, ms(200)), Ok(()));
        let passed = LimiterCounts {
            requested: 3,
            allowed: 1,
            held: 2,
            critical: 5,
        };
        assert_eq!(limiter.counts(), passed);
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
            passed += u32::from(limiter.request(priority, ms(milli)).is_ok());
        }
        assert!((99..=101).contains(&passed), "{passed}");
    }
}
