//! The thread that keeps the feed alive: connection after connection, with pauses.
//!
//! Owns the generations, the pauses, the patience with silent servers and the delivery of `Down`.
//! Does not look inside a connection; `connection` does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::connection::{self, Plan, stopped};
use super::gate::Gate;
use super::limits::Limits;
use super::mailbox::Mailbox;
use super::why::Why;
use super::{Body, FeedConfig, Message, State, backoff};
use crate::capture::WireTap;
use crate::capture::secrets::Secrets;

/// What the thread "feed-supervisor" works with.
pub(super) struct Supervisor {
    pub(super) config: FeedConfig,
    pub(super) gate: Arc<Gate>,
    /// Everything that must not come back in a message.
    pub(super) secrets: Secrets,
    pub(super) tap: WireTap,
    pub(super) queue: mpsc::Sender<Message>,
    pub(super) state: watch::Sender<State>,
    pub(super) stop: watch::Receiver<bool>,
    /// For waiting only: a timer that can be interrupted. Connections have their own runtimes.
    pub(super) waiting: Runtime,
}

/// Says "stopped" when the thread ends, however it ends.
struct Farewell(watch::Sender<State>, Arc<Gate>);

impl Drop for Farewell {
    fn drop(&mut self) {
        self.1.shut();
        self.0.send_replace(State::Stopped);
    }
}

impl Supervisor {
    /// Runs until it is told to stop, or until nobody reads the messages any more.
    pub(super) fn run(self) {
        let _farewell = Farewell(self.state.clone(), Arc::clone(&self.gate));
        let mut course = Course::new(&self.config.limits);
        let mut generation = 0;
        let mut attempt: u32 = 0;
        loop {
            // The place for `Down` is taken before there is anything to lose: it can be delivered
            // also when the queue is full, and in order.
            let Some(farewell) = self.place_for_down() else {
                return;
            };
            generation += 1;
            attempt = attempt.saturating_add(1);
            self.state.send_replace(State::Connecting { attempt });
            let (why, lived) = self.one_connection(generation, course.silence);
            if lived.was_up {
                attempt = 0;
                let at = crate::clock::now();
                self.tap.down(at, &why);
                farewell.send(Message {
                    generation,
                    at,
                    arrived: Instant::now(),
                    body: Body::Down { why: why.clone() },
                });
            } else {
                drop(farewell);
            }
            if why == Why::Stopped || *self.stop.borrow() {
                return;
            }
            let next_try_in = course.after(&why, lived, backoff::random());
            tracing::info!(generation, %why, ?next_try_in, "no connection");
            self.state.send_replace(State::Down { why, next_try_in });
            if !self.pause(next_try_in) {
                return;
            }
        }
    }

    /// Reserves one place in the queue. `None`: told to stop, or nobody reads any more.
    fn place_for_down(&self) -> Option<mpsc::OwnedPermit<Message>> {
        let mut stop = self.stop.clone();
        let place = self.queue.clone().reserve_owned();
        self.waiting.block_on(async {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => None,
                place = place => place.ok(),
            }
        })
    }

    fn one_connection(&self, generation: u64, silence: Duration) -> (Why, Lived) {
        let mailbox = Arc::new(Mailbox::new(
            generation,
            self.queue.clone(),
            self.secrets.clone(),
            self.tap.clone(),
        ));
        let commands = self
            .gate
            .prepare(mailbox.open_flag(), self.config.limits.writes);
        let plan = Plan {
            config: &self.config,
            secrets: &self.secrets,
            tap: &self.tap,
            silence,
            state: &self.state,
            stop: self.stop.clone(),
        };
        let why = connection::run(&plan, &mailbox, commands);
        let lasted = mailbox.up_for().unwrap_or_default();
        self.gate.shut();
        let lived = Lived {
            was_up: mailbox.up_at().is_some(),
            events: mailbox.events(),
            lasted,
        };
        (why, lived)
    }

    /// Waits; `false` when it is time to end.
    fn pause(&self, length: Duration) -> bool {
        let mut stop = self.stop.clone();
        self.waiting.block_on(async {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => false,
                () = self.queue.closed() => false,
                () = sleep(length) => true,
            }
        })
    }
}

/// What a connection was like.
#[derive(Debug, Clone, Copy)]
struct Lived {
    was_up: bool,
    events: u64,
    /// Since the server agreed.
    lasted: Duration,
}

/// What the ends so far mean for the next attempt. Pure.
struct Course<'a> {
    limits: &'a Limits,
    /// Ends since the last good connection.
    attempt: u32,
    /// Refusals in a row.
    refusals: u32,
    /// How long the next connection may be silent.
    silence: Duration,
}

impl<'a> Course<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            attempt: 0,
            refusals: 0,
            silence: limits.silence,
        }
    }

    /// Takes note of an end and returns the pause before the next attempt.
    fn after(&mut self, why: &Why, lived: Lived, random: f64) -> Duration {
        let limits = self.limits;
        let spoke = lived.was_up && lived.events > 0;
        if spoke {
            self.silence = limits.silence;
        } else if let Why::Silent(_) = why {
            // A server that agrees and says nothing may be paused: do not press it.
            self.silence = self
                .silence
                .saturating_mul(2)
                .min(limits.silence_max.max(limits.silence));
        }
        if let Why::Refused(_) = why {
            let pause = backoff::delay(
                self.refusals,
                random,
                limits.refused_first,
                limits.refused_max,
            );
            self.refusals = self.refusals.saturating_add(1);
            self.attempt = self.attempt.saturating_add(1);
            return pause;
        }
        if lived.was_up {
            self.refusals = 0;
        }
        // An unanswered request is ended by us, on a line that worked: back at once.
        let ours = *why == Why::AnswerOverdue && spoke;
        if ours || (spoke && lived.lasted >= limits.backoff_reset) {
            self.attempt = 0;
        }
        let pause = backoff::delay(
            self.attempt,
            random,
            limits.backoff_first,
            limits.backoff_max,
        );
        self.attempt = self.attempt.saturating_add(1);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER_UP: Lived = Lived {
        was_up: false,
        events: 0,
        lasted: Duration::ZERO,
    };
    const GOOD: Lived = Lived {
        was_up: true,
        events: 9,
        lasted: Duration::from_secs(20),
    };
    const SHORT: Lived = Lived {
        was_up: true,
        events: 9,
        lasted: Duration::from_millis(19_999),
    };
    const MUTE: Lived = Lived {
        was_up: true,
        events: 0,
        lasted: Duration::from_mins(1),
    };

    fn pauses(course: &mut Course<'_>, ends: &[(Why, Lived)]) -> Vec<u128> {
        ends.iter()
            .map(|(why, lived)| course.after(why, *lived, 0.5).as_millis())
            .collect()
    }

    #[test]
    fn pauses_double_until_a_connection_with_events_lasted_twenty_seconds() {
        let limits = Limits::default();
        let mut course = Course::new(&limits);
        let ends = [
            (Why::ConnectTimeout, NEVER_UP),
            (Why::ReaderGone, SHORT),
            (Why::ReaderGone, MUTE),
            (Why::ReaderGone, GOOD),
            (Why::ConnectTimeout, NEVER_UP),
        ];
        assert_eq!(pauses(&mut course, &ends), [500, 1000, 2000, 500, 1000]);
    }

    #[test]
    fn an_unanswered_request_on_a_living_connection_starts_again_at_once() {
        let limits = Limits::default();
        let mut course = Course::new(&limits);
        let ends = [
            (Why::ConnectTimeout, NEVER_UP),
            (Why::ConnectTimeout, NEVER_UP),
            (Why::AnswerOverdue, SHORT),
            (Why::AnswerOverdue, MUTE),
        ];
        assert_eq!(pauses(&mut course, &ends), [500, 1000, 500, 1000]);
    }

    #[test]
    fn refusals_wait_longer_and_have_their_own_curve() {
        let limits = Limits::default();
        let mut course = Course::new(&limits);
        let refused = (Why::Refused(String::new()), NEVER_UP);
        let ends = [
            refused.clone(),
            refused.clone(),
            (Why::ReaderGone, GOOD),
            refused,
        ];
        assert_eq!(pauses(&mut course, &ends), [5000, 10_000, 500, 5000]);
    }

    #[test]
    fn patience_with_silence_doubles_to_its_bound_and_comes_back_with_an_event() {
        let limits = Limits::default();
        let mut course = Course::new(&limits);
        let silent = Why::Silent(Duration::from_secs(8));
        let mut seen = vec![course.silence.as_secs()];
        for lived in [GOOD, MUTE, MUTE, MUTE, MUTE, GOOD] {
            course.after(&silent, lived, 0.5);
            seen.push(course.silence.as_secs());
        }
        assert_eq!(seen, [8, 8, 16, 32, 45, 45, 8]);
    }

    #[test]
    fn other_ends_do_not_change_the_patience() {
        let limits = Limits::default();
        let mut course = Course::new(&limits);
        course.after(&Why::Silent(Duration::ZERO), MUTE, 0.5);
        course.after(&Why::ConnectTimeout, NEVER_UP, 0.5);
        course.after(&Why::ReaderGone, MUTE, 0.5);
        assert_eq!(course.silence, Duration::from_secs(16));
    }
}
