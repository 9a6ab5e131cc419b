//! Motion: values that reach their target within a short time. With "Reduce motion" and in a reduced operating mode
//! everything reaches its target at once.

use egui::{Context, Id};

/// The newest point and its price tag.
pub const POINT: f64 = 0.080;
/// The range of the chart.
pub const RANGE: f64 = 0.200;
/// A flash of a number that an own order changed, and the sweep of a rug.
pub const FLASH: f64 = 0.300;
/// The card of a rug.
pub const CARD: f64 = 0.120;
/// The ring around a button that the piano presses.
pub const PRESS: f64 = 0.250;
/// Rest of the pointer before the crosshair fades.
pub const REST: f64 = 2.0;
/// The crosshair fades.
pub const FADE: f64 = 0.200;

fn id() -> Id {
    Id::unique("motion")
}

/// Turns all motion on or off, for this and the following frames.
pub fn set_motion(ctx: &Context, on: bool) {
    ctx.data_mut(|data| data.insert_temp(id(), on));
}

/// Returns whether things move.
pub fn moves(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(id())).unwrap_or(true)
}

/// Returns how far a motion of `seconds` is at `now`, from 0 to 1, fast at first; `None` when it is over or has not
/// started.
pub fn ease_out(since: f64, now: f64, seconds: f64) -> Option<f64> {
    let share = (now - since) / seconds;
    (0.0..1.0)
        .contains(&share)
        .then(|| 1.0 - (1.0 - share).powi(3))
}

/// Returns [`ease_out`] at the time of this frame and asks for the next frame while it moves. `None` also without
/// motion.
pub fn running(ctx: &Context, since: f64, seconds: f64) -> Option<f64> {
    if !moves(ctx) {
        return None;
    }
    let share = ease_out(since, ctx.input(|input| input.time), seconds);
    if share.is_some() {
        ctx.request_repaint();
    }
    share
}

/// Returns when something began to be on: the time of the frame in which it was first on after being off. Its state is kept
/// under `id`. The motion of what is on when the window first draws it is over.
pub fn on_since(ctx: &Context, id: Id, on: bool) -> f64 {
    let now = ctx.input(|input| input.time);
    ctx.data_mut(|data| {
        let state = data.get_temp_mut_or(id, (on, f64::NEG_INFINITY));
        if on && !state.0 {
            state.1 = now;
        }
        state.0 = on;
        state.1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_motion_starts_fast_and_ends() {
        assert_eq!(ease_out(1.0, 0.9, 0.3), None);
        assert_eq!(ease_out(1.0, 1.0, 0.5), Some(0.0));
        assert_eq!(ease_out(1.0, 1.25, 0.5), Some(0.875));
        assert_eq!(ease_out(1.0, 1.5, 0.5), None);
    }

    #[test]
    fn nothing_moves_when_motion_is_off() {
        let ctx = Context::default();
        assert!(moves(&ctx));
        set_motion(&ctx, false);
        assert!(!moves(&ctx));
        assert_eq!(running(&ctx, 0.0, 10.0), None);
    }
}
