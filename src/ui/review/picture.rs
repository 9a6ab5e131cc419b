//! Copies the page as a picture: the next frame of the window, cut to the page.

use egui::{Context, Pos2, Rect, vec2};

use crate::ui::widgets::pixel;

/// Copies a part of the window to the clipboard, once it is painted again.
pub fn copy_picture(ctx: &Context, page: Rect) {
    let (scale, clipboard) = (ctx.pixels_per_point(), ctx.clone());
    #[expect(clippy::cast_precision_loss, reason = "pixels of a screen")]
    ctx.request_screenshot(move |image| {
        // The window may have become smaller meanwhile.
        let [width, height] = image.size.map(|pixels| pixel(pixels as f64) / scale);
        let page = page.intersect(Rect::from_min_size(Pos2::ZERO, vec2(width, height)));
        if page.is_positive() {
            clipboard.copy_image(image.region(&page, Some(scale)));
        }
        clipboard.request_repaint();
    });
}
