//! The phase of the game in words, and what comes next.

use chrono::{DateTime, Duration, Utc};

use crate::engine::View;
use crate::feed::FeedState;
use crate::game::Phase;
use crate::protocol::Tick;
use crate::ui::format::seconds;
use crate::ui::next_try::next_try_text;

/// Length of settlement and presale together.
const COUNTDOWN_MILLIS: i64 = 15_000;
/// Length of the presale.
pub const PRESALE_MILLIS: i64 = 10_000;
/// Length of the settlement.
pub const COOLDOWN_MILLIS: i64 = COUNTDOWN_MILLIS - PRESALE_MILLIS;

/// The phase of the game in words.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseText {
    /// The phase.
    pub word: &'static str,
    /// What comes next, and when.
    pub next: String,
    /// The rest of the countdown from 1 to 0; `None` while none runs.
    pub left: Option<f32>,
}

/// Returns the phase of the game, or the state of the connection while it is down; `now` is the time of the window.
pub fn phase_text(view: &View, now: DateTime<Utc>) -> PhaseText {
    let text = |word, next: String| PhaseText {
        word,
        next,
        left: None,
    };
    match &view.feed {
        FeedState::Up { .. } => game_text(view),
        FeedState::Stale { .. } => text("STALE", "no data from the server".to_owned()),
        FeedState::Connecting { attempt, .. } => text("CONNECTING", format!("attempt {attempt}")),
        down @ FeedState::Down { why, .. } => {
            let next = next_try_text(down, now);
            text("OFFLINE", next.unwrap_or_else(|| why.in_the_window()))
        }
        FeedState::Stopped => text("STOPPED", String::new()),
    }
}

fn game_text(view: &View) -> PhaseText {
    let millis = view.countdown_millis.unwrap_or(0);
    let millis = millis.clamp(0, COUNTDOWN_MILLIS);
    let countdown = |words: &str, millis: i64, whole: i64| {
        let left = seconds(Duration::milliseconds(millis));
        (format!("{words} {left}"), Some(share(millis, whole)))
    };
    let (word, (next, left)) = match view.phase {
        Phase::Unknown => ("WAITING", ("for the first data".to_owned(), None)),
        Phase::Cooldown => {
            let to_presale = (millis - PRESALE_MILLIS).max(0);
            let words = "Next game · presale in";
            ("COOLDOWN", countdown(words, to_presale, COOLDOWN_MILLIS))
        }
        // A paused replay has no countdown.
        Phase::Presale if view.countdown_millis.is_none() => ("PRESALE", (String::new(), None)),
        Phase::Presale => ("PRESALE", countdown("starts in", millis, PRESALE_MILLIS)),
        Phase::Active => ("ACTIVE", (tick_text(view.tick), None)),
        Phase::Rugged => (
            "RUGGED",
            (tick_text(view.series.rug_tick.or(view.tick)), None),
        ),
    };
    PhaseText { word, next, left }
}

fn tick_text(tick: Option<Tick>) -> String {
    tick.map_or(String::new(), |tick| format!("tick {tick}"))
}

/// Returns a part of a time span, from 0 to 1.
pub fn share(millis: i64, whole: i64) -> f32 {
    let short = |millis: i64| f32::from(i16::try_from(millis).unwrap_or(i16::MAX));
    (short(millis) / short(whole).max(1.0)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::SessionCore;
    use crate::feed::DisconnectReason;
    use crate::recording::RecorderState;
    use crate::ui::status_chips::feed_status;

    /// The header of the chart and the chip say the same, and count down.
    #[test]
    fn the_time_of_the_next_try_counts_down() {
        let now = DateTime::UNIX_EPOCH;
        let down = |next_try_at| {
            let why = DisconnectReason::Closed;
            let down = FeedState::Down { why, next_try_at };
            SessionCore::default().view(down, RecorderState::default(), now)
        };
        let view = down(Some(now + Duration::milliseconds(6_200)));
        for (later, words) in [
            (0, "Retrying in 7 s"),
            (3_000, "Retrying in 4 s"),
            (7_000, "Trying…"),
        ] {
            let now = now + Duration::milliseconds(later);
            assert_eq!(phase_text(&view, now).next, words);
            let tip = feed_status(&view, now).tip;
            assert_eq!(tip.lines().last(), Some(words), "{tip}");
        }
        let waiting = down(None);
        let why = DisconnectReason::Closed.to_string();
        assert_eq!(phase_text(&waiting, now).next, why);
        assert_eq!(feed_status(&waiting, now).tip, why);
    }

    #[test]
    fn a_share_is_within_the_span() {
        assert!((share(7_700, PRESALE_MILLIS) - 0.77).abs() < 1e-6);
        assert!((share(20_000, PRESALE_MILLIS) - 1.0).abs() < 1e-6);
        assert!(share(-5, PRESALE_MILLIS).abs() < 1e-6);
    }
}
