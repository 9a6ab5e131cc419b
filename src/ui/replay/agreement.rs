//! How far a recording agrees with what the account computes.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::shown_frame::ShownFrame;
use crate::replay::{ReplayReport, SessionPart, Timeline};

/// Returns how far the recording agrees with the account: up to the playhead while what comes next is hidden. `None` for a
/// recording without a session.
pub fn report<'a>(
    timeline: &'a Timeline,
    shown: &ShownFrame,
    hides_future: bool,
) -> Option<Cow<'a, ReplayReport>> {
    let whole = timeline.replayed()?;
    Some(if hides_future {
        Cow::Owned(whole.up_to(shown.rows, shown.drifts))
    } else {
        Cow::Borrowed(whole)
    })
}

/// Returns the places of the rows that differ, from 1.
pub fn wrong_rows(timeline: &Timeline) -> BTreeSet<usize> {
    let all = timeline
        .replayed()
        .into_iter()
        .flat_map(|r| &r.disagreements);
    let rows = all.filter_map(|disagreement| match disagreement.place {
        SessionPart::Action { row, .. } => Some(row),
        SessionPart::Drift { .. } | SessionPart::Meta => None,
    });
    rows.collect()
}
