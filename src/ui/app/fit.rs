//! Fits the window to the screen, and the scale to the window: the layout always has the room that it needs.

use egui::{Context, Vec2, ViewportCommand, vec2};

use crate::settings::SCALE;

/// The room that the layout needs, in points.
const LEAST: Vec2 = vec2(700.0, 600.0);
/// Height of the bars and the frame that a desktop keeps for itself, in points at scale 1.
const DESKTOP: f32 = 80.0;

/// Returns the scale at which the layout fits into a window of `native` points at scale 1: the wanted one, or less.
fn fitting_scale(native: Vec2, wanted: f32) -> f32 {
    let fits = (native / LEAST).min_elem();
    if fits.is_finite() && fits > 0.0 {
        wanted.min(fits)
    } else {
        wanted
    }
}

/// Returns the largest size and the least size of a window on a screen, in points at scale 1.
fn window_sizes(screen: Vec2) -> [Vec2; 2] {
    let most = (screen - vec2(0.0, DESKTOP)).max(Vec2::ZERO);
    [most, LEAST.min(most)]
}

/// The scale and the size that were set last.
#[derive(Debug)]
pub struct WindowFit {
    zoom: f32,
    /// Whether the window was made to fit the screen.
    fits_screen: bool,
}

impl WindowFit {
    /// Sets the scale of the settings.
    pub fn new(ctx: &Context, scale: f32) -> Self {
        ctx.set_zoom_factor(scale);
        Self {
            zoom: scale,
            fits_screen: false,
        }
    }

    /// Returns the scale that egui's own keys (Ctrl with + and -) have set, within the limits.
    pub fn chosen_scale(&self, ctx: &Context) -> Option<f32> {
        let zoom = ctx.zoom_factor();
        let is_new = (zoom - self.zoom).abs() > 0.001;
        is_new.then(|| zoom.clamp(*SCALE.start(), *SCALE.end()))
    }

    /// Sets the wanted scale, or less where the window is too small for it.
    pub fn fit_zoom(&mut self, ctx: &Context, wanted: f32) {
        let zoom = ctx.zoom_factor();
        let native = ctx.content_rect().size() * zoom;
        let scale = fitting_scale(native, wanted);
        if (scale - zoom).abs() > 0.001 {
            ctx.set_zoom_factor(scale);
        }
        self.zoom = scale;
    }

    /// Makes the window fit the screen, once the size of the screen is known.
    pub fn fit_window(&mut self, ctx: &Context) {
        if self.fits_screen {
            return;
        }
        let zoom = ctx.zoom_factor();
        let (screen, inner) = ctx.input(|input| {
            let viewport = input.viewport();
            (viewport.monitor_size, viewport.inner_rect)
        });
        let Some((screen, inner)) = screen.zip(inner) else {
            return;
        };
        self.fits_screen = true;
        let [most, least] = window_sizes(screen * zoom).map(|size| size / zoom);
        ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(least));
        let fitting = inner.size().min(most);
        if (inner.size() - fitting).length() > 1.0 {
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(fitting));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_lowered_until_the_layout_fits() {
        let scale = |width, height, wanted| fitting_scale(vec2(width, height), wanted);
        let same = |a: f32, b: f32| assert!((a - b).abs() < 0.001, "{a} {b}");
        same(scale(1_400.0, 900.0, 1.0), 1.0);
        same(scale(1_400.0, 900.0, 3.0), 1.5);
        same(scale(3_840.0, 2_160.0, 3.0), 3.0);
        same(scale(700.0, 600.0, 1.0), 1.0);
        same(scale(700.0, 600.0, 0.75), 0.75);
        // A screen of 1366 x 768 pixels at the scale factor 2.
        same(scale(683.0, 304.0, 1.0), 304.0 / 600.0);
        same(scale(0.0, 0.0, 1.0), 1.0);
    }

    #[test]
    fn the_window_fits_the_work_area_of_a_small_screen() {
        let [most, least] = window_sizes(vec2(1_366.0, 768.0));
        assert_eq!((most, least), (vec2(1_366.0, 688.0), LEAST));
        let [most, least] = window_sizes(vec2(683.0, 384.0));
        assert_eq!((most, least), (vec2(683.0, 304.0), vec2(683.0, 304.0)));
        let [most, least] = window_sizes(vec2(3_840.0, 2_160.0));
        assert_eq!((most.x > 1_400.0, least), (true, LEAST));
    }
}
