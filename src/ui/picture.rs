//! A part of the window as a picture: the next frame, cut to it.

use egui::{ColorImage, Context, Pos2, Rect, vec2};

use super::widgets::pixel;

/// Takes a picture of a part of the window, once it is painted again.
pub fn take_picture(ctx: &Context, part: Rect, take: impl FnOnce(ColorImage) + Send + 'static) {
    let (scale, repaint) = (ctx.pixels_per_point(), ctx.clone());
    #[expect(clippy::cast_precision_loss, reason = "pixels of a screen")]
    ctx.request_screenshot(move |image| {
        // The window may have become smaller meanwhile.
        let [width, height] = image.size.map(|pixels| pixel(pixels as f64) / scale);
        let part = part.intersect(Rect::from_min_size(Pos2::ZERO, vec2(width, height)));
        if part.is_positive() {
            take(image.region(&part, Some(scale)));
        }
        repaint.request_repaint();
    });
}
