//! Fits the window to the screen, and the scale to the window: the layout always has the room that it needs.

use egui::{Context, Vec2, ViewportCommand, vec2};

use crate::settings::SCALE;

/// The room that the layout needs, in points.
const LEAST: Vec2 = vec2(700.0, 600.0);
/// The room of the compact page, in points.
pub const COMPACT: Vec2 = vec2(360.0, 200.0);
/// A desktop that has not resized the window after so many frames does not do it.
const SETTLING_FRAMES: u8 = 60;
/// Height of the bars and the frame that a desktop keeps for itself, in points at scale 1.
const DESKTOP: f32 = 80.0;

/// Returns the scale at which a page that needs `least` fits into a window of `native` points at scale 1: the wanted one,
/// or less.
fn fitting_scale(native: Vec2, least: Vec2, wanted: f32) -> f32 {
    let fits = (native / least).min_elem();
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
    /// Whether the window is to be compact.
    is_compact: bool,
    /// Whether the desktop was asked to make it so.
    was_compact: bool,
    /// Its size before it was compact, in points at scale 1.
    size_before: Option<Vec2>,
    /// Frames in which the scale stays while the desktop makes the window larger again.
    frames_to_settle: u8,
}

impl WindowFit {
    /// Sets the scale of the settings.
    pub fn new(ctx: &Context, scale: f32) -> Self {
        ctx.set_zoom_factor(scale);
        Self {
            zoom: scale,
            fits_screen: false,
            is_compact: false,
            was_compact: false,
            size_before: None,
            frames_to_settle: 0,
        }
    }

    /// Whether the compact page is drawn: also while the desktop makes the window larger again.
    pub fn is_compact(&self) -> bool {
        self.is_compact || self.frames_to_settle > 0
    }

    /// Makes the window compact, or gives it its size back.
    pub fn set_compact(&mut self, compact: bool) {
        if self.is_compact && !compact {
            self.frames_to_settle = SETTLING_FRAMES;
        } else if compact {
            self.frames_to_settle = 0;
        }
        self.is_compact = compact;
    }

    /// Makes the window compact, or whole if it is compact. Returns whether it is to be compact.
    pub fn turn_compact(&mut self) -> bool {
        self.set_compact(!self.is_compact);
        self.is_compact
    }

    /// Returns the room that the page needs, in points.
    fn least(&self) -> Vec2 {
        if self.is_compact { COMPACT } else { LEAST }
    }

    /// Asks the desktop for the size that the page needs, once.
    fn fit_compact(&mut self, ctx: &Context) {
        if self.is_compact == self.was_compact {
            return;
        }
        self.was_compact = self.is_compact;
        let zoom = ctx.zoom_factor();
        let viewport = ctx.input(|input| input.viewport().clone());
        let size = if self.is_compact {
            self.size_before = viewport.inner_rect.map(|inner| inner.size() * zoom);
            // A window that fills the screen has no size of its own.
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(false));
            ctx.send_viewport_cmd(ViewportCommand::Maximized(false));
            COMPACT
        } else {
            self.size_before.take().unwrap_or(LEAST) / zoom
        };
        let least = match viewport.monitor_size {
            Some(screen) if !self.is_compact => window_sizes(screen * zoom)[1] / zoom,
            _ => self.least().min(size),
        };
        ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(least));
        ctx.send_viewport_cmd(ViewportCommand::InnerSize(size));
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
        if self.frames_to_settle > 0 && native.min(LEAST) != LEAST {
            self.frames_to_settle -= 1;
            ctx.request_repaint();
            return;
        }
        self.frames_to_settle = 0;
        let scale = fitting_scale(native, self.least(), wanted);
        if (scale - zoom).abs() > 0.001 {
            ctx.set_zoom_factor(scale);
        }
        self.zoom = scale;
    }

    /// Makes the window compact or whole, and fit the screen once the size of the screen is known.
    pub fn fit_window(&mut self, ctx: &Context) {
        self.fit_compact(ctx);
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
        let scale = |width, height, wanted| fitting_scale(vec2(width, height), LEAST, wanted);
        let same = |a: f32, b: f32| assert!((a - b).abs() < 0.001, "{a} {b}");
        same(scale(1_400.0, 900.0, 1.0), 1.0);
        same(scale(1_400.0, 900.0, 3.0), 1.5);
        same(scale(3_840.0, 2_160.0, 3.0), 3.0);
        same(scale(700.0, 600.0, 1.0), 1.0);
        same(scale(700.0, 600.0, 0.75), 0.75);
        // A screen of 1366 x 768 pixels at the scale factor 2.
        same(scale(683.0, 304.0, 1.0), 304.0 / 600.0);
        same(scale(0.0, 0.0, 1.0), 1.0);
        same(fitting_scale(COMPACT, COMPACT, 1.0), 1.0);
        same(fitting_scale(vec2(540.0, 300.0), COMPACT, 2.0), 1.5);
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
