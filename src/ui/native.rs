//! The window of the operating system: opens it, wakes it, closes it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use egui::epaint::text::{FallbackRequest, FontProvider as _};
use egui_system_font_provider::SystemFontProvider;

use crate::background;
use crate::host::Waker;

/// The program's id on desktops: the name of `packaging/linux/pianola.desktop`.
const APP_ID: &str = "pianola";
const ICON: &[u8] = include_bytes!("../../assets/icon.png");
/// Delay of a repaint after news, to draw with them all that arrives in between.
const GATHER: Duration = Duration::from_millis(10);

/// Whether the session has a display for a window.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .into_iter()
        .any(is_set)
}

/// Whether the session has a display for a window.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn has_display() -> bool {
    true
}

/// Opens the program's window with an app in it; returns when it was closed.
///
/// # Errors
/// The window cannot be opened.
pub fn show(ctx: egui::Context, app: impl eframe::App + 'static) -> anyhow::Result<()> {
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Pianola")
        .with_app_id(APP_ID)
        .with_inner_size([1_400.0, 900.0])
        .with_clamp_size_to_monitor_size(true);
    match eframe::icon_data::from_png_bytes(ICON) {
        Ok(icon) => viewport = viewport.with_icon(icon),
        Err(why) => tracing::warn!(%why, "the window has no icon"),
    }
    let options = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        // Ours is added below.
        system_font_fallback: false,
        ..eframe::NativeOptions::default()
    };
    add_system_fonts(&ctx);
    let creator: eframe::AppCreator<'_> = Box::new(|_| Ok(Box::new(app)));
    eframe::run_native_ext("Pianola", options, Some(ctx), creator)
        .map_err(|why| anyhow::anyhow!("{why}"))
}

/// Lets the window use the fonts of this computer for characters that our own fonts lack: names and paths in any script.
/// They are listed on a thread, which may take longer than a frame; until then such a character is drawn as a box.
pub fn add_system_fonts(ctx: &egui::Context) {
    let ctx = ctx.clone();
    let list = move || {
        let provider = SystemFontProvider::new();
        // The first request waits until the fonts are listed.
        let request = FallbackRequest {
            cluster: "a",
            family: &egui::FontFamily::Proportional,
        };
        provider.font_for(&request);
        ctx.add_font_provider(Arc::new(provider));
    };
    if let Err(error) = background::spawn("fonts", list) {
        tracing::warn!(%error, "the fonts of this computer are not used");
    }
}

/// Returns a function that wakes the window of a context.
pub fn waker(ctx: &egui::Context) -> Waker {
    let ctx = ctx.clone();
    Arc::new(move || ctx.request_repaint_after_for(GATHER, egui::ViewportId::ROOT))
}

/// Opens a file or a folder with the desktop's program for it.
pub fn open_path(ctx: &egui::Context, path: &Path) {
    if let Some(url) = file_url(path) {
        ctx.open_url(egui::OpenUrl::new_tab(url));
    }
}

/// Returns the URL of a file or folder; `None` if the path cannot be completed.
fn file_url(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    url::Url::from_file_path(path).ok().map(String::from)
}

/// Whether the program is being ended from outside: the window then closes without a question.
pub fn must_close(ctx: &egui::Context) -> bool {
    ctx.data(|data| data.get_temp(must_close_id()))
        .unwrap_or_default()
}

fn must_close_id() -> egui::Id {
    egui::Id::unique("must close")
}

/// Returns a function that closes the window of a context, which ends the program in order.
pub fn closer(ctx: egui::Context) -> impl FnOnce() + Send + 'static {
    move || {
        ctx.data_mut(|data| data.insert_temp(must_close_id(), true));
        ctx.send_viewport_cmd_to(egui::ViewportId::ROOT, egui::ViewportCommand::Close);
        ctx.request_repaint_of(egui::ViewportId::ROOT);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_folder_names_it_whatever_its_characters() {
        let url = file_url(Path::new("/games/50 % #1?"));
        assert_eq!(url.as_deref(), Some("file:///games/50%20%25%20%231%3F"));
    }
}
