//! Sessions that cannot be reviewed, and a thread that panics.

use std::time::{Duration, Instant};

use super::*;

const NO_FILE: &str = "no such folder/20260101T000000_session.json";

/// Asks for the session in each frame until it has failed. Returns the reason.
fn failed(reviews: &mut SessionReviews) -> String {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        let ctx = egui::Context::default();
        match reviews.get(&ctx, Path::new(NO_FILE), None) {
            ReviewState::Failed(why) => return why,
            state => assert!(Instant::now() < end, "{state:?}"),
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_session_that_failed_is_read_again_when_the_player_tries_again() {
    let mut reviews = SessionReviews::default();
    for _ in 0..2 {
        let why = failed(&mut reviews);
        assert!(why.starts_with("cannot open "), "{why}");
        assert!(!reviews.is_reading());
        reviews.retry_failed();
        let state = reviews.get(&egui::Context::default(), Path::new(NO_FILE), None);
        assert!(matches!(state, ReviewState::Reading), "{state:?}");
    }
}

#[test]
fn a_thread_that_has_panicked_is_reported_once_and_started_again() {
    let thread = SessionReviewer::start(Arc::new(|| panic!("as the test wants")));
    let mut reviews = SessionReviews::default();
    reviews.reviewer = Some(thread.expect("a thread"));
    let end = Instant::now() + Duration::from_mins(1);
    while failed(&mut reviews) != STOPPED {
        assert!(Instant::now() < end);
    }
    assert!(!reviews.is_reading());
    reviews.retry_failed();
    let why = failed(&mut reviews);
    assert!(why.starts_with("cannot open "), "{why}");
}
