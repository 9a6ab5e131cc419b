//! Log lines about frames: when the first one was on the screen, and how long the newest tick took to it.

use std::time::Instant;

use crate::engine::View;
use crate::game::Time;
use crate::protocol::Tick;

/// The frames drawn so far.
#[derive(Debug, Default)]
pub struct FrameTrace {
    frames: u32,
    /// The newest tick that was drawn, and the arrival of its message until it is traced.
    drawn: Option<(Tick, Option<Time>)>,
}

impl FrameTrace {
    /// Logs the time from the message of the newest tick to the screen. A frame is on the screen when the next one
    /// starts. This needs one more frame, so it is done only while the log level is TRACE.
    pub fn trace_tick(&mut self, ctx: &egui::Context, view: Option<View>) {
        let newest = view.and_then(|view| view.tick.zip(view.last_event));
        let Some((tick, arrival)) = newest else {
            return;
        };
        match &mut self.drawn {
            Some((drawn, untraced)) if *drawn == tick => {
                if let Some(arrival) = untraced.take() {
                    let micros = (crate::clock::now() - arrival).num_microseconds();
                    tracing::trace!(tick, ?micros, "painted");
                }
            }
            drawn => {
                *drawn = Some((tick, Some(arrival)));
                ctx.request_repaint();
            }
        }
    }

    /// Counts a frame and logs the first one. `since` is the start of the program.
    pub fn count_frame(&mut self, ctx: &egui::Context, since: Instant) {
        match self.frames {
            0 => ctx.request_repaint(),
            // The first frame is on the screen when the second one starts.
            1 => {
                let millis = since.elapsed().as_millis();
                tracing::debug!(%millis, "first frame");
            }
            _ => {}
        }
        self.frames = self.frames.saturating_add(1);
    }
}
