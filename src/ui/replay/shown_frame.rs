//! The frame of the recording on the screen.

use super::projector::Projector;
use crate::account::Action;
use crate::engine::View;
use crate::replay::{Disagreement, Piano, PianoFrame, Timeline, TimelineFrame, Transport};

/// The frame of the recording on the screen.
#[derive(Debug)]
pub struct ShownFrame {
    pub view: View,
    pub moment: PianoFrame,
    /// The number of completed rows, of drifts, and of presses that were made.
    pub rows: usize,
    pub drifts: usize,
    pub done: usize,
    /// The last completed row.
    pub last: Option<Action>,
    /// The differences between recorded and computed of that row.
    pub disagreements: Vec<Disagreement>,
}

impl ShownFrame {
    /// Returns the frame at the position of a transport.
    pub fn new(
        timeline: &Timeline,
        player: &Transport,
        piano: &mut Piano,
        projector: &mut Projector,
    ) -> Self {
        let moment = piano.at(timeline, player);
        let head = player.head();
        let frame: TimelineFrame<'_> = match moment.before {
            Some(press) => timeline.before(head, press),
            None => timeline.at(head),
        };
        let mut view = projector.view(timeline, &frame);
        if head.tick.is_none() {
            let left = player
                .duration_of(timeline, head)
                .saturating_sub(player.elapsed());
            view.countdown_millis = i64::try_from(left.as_millis()).ok();
        }
        let side = frame.player.as_ref();
        let done = match moment.before {
            Some(next) => next,
            None => timeline.presses_at(head).end,
        };
        Self {
            view,
            moment,
            rows: side.map_or(0, |side| side.rows.len()),
            drifts: side.map_or(0, |side| side.drifts.len()),
            done,
            last: side.and_then(|side| side.rows.last().cloned()),
            disagreements: side.map_or_else(Vec::new, |side| side.disagreements.to_vec()),
        }
    }
}
