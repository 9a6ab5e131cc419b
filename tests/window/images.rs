//! The window as a picture, compared with the approved one (`tests/snapshots`). Needs Vulkan, in software is enough;
//! without it the tests are reported as skipped, unless `PIANOLA_REQUIRE` names `graphics`.
//! `UPDATE_SNAPSHOTS=1 cargo test --test window images` paints them again: look at them before they are committed.

use std::sync::Arc;

use egui::{Key, Theme};
use egui_kittest::wgpu::WgpuTestRenderer;
use egui_kittest::{Harness, SnapshotOptions};
use pianola::engine::View;

use crate::support::skipped;
use crate::support::window::browser_view::{PageLogin, mirrored, page};
use crate::support::window::made_view::{Shown, nothing, rugged, running, themed, window};
use crate::support::window::marked_view::marked;

/// Another driver smooths edges in another way. What a number says is tested by its label; a picture that has changed
/// by more than this is looked at again.
pub const OTHER_POINTS: usize = 300;

/// Returns what paints; `None`, with a report, where nothing can.
pub fn painter() -> Option<WgpuTestRenderer> {
    let made = std::panic::catch_unwind(WgpuTestRenderer::new);
    if made.is_err() {
        skipped::skip(
            "graphics",
            "nothing here can paint (apt-get install mesa-vulkan-drivers)",
        );
    }
    made.ok()
}

fn paint(name: &str, view: View, size: [f32; 2], theme: Theme, keys: &[Key]) {
    let Some(painter) = painter() else { return };
    let mut harness: Harness<'_, Shown> = Harness::builder()
        .with_size(size)
        .with_theme(theme)
        .with_max_steps(200)
        .renderer(painter)
        .with_context_setup(themed)
        .build_ui_state(
            |ui, shown: &mut Shown| {
                // The harness leaves a margin; the real window has none.
                let whole = egui::UiBuilder::new().max_rect(ui.ctx().content_rect());
                ui.scope_builder(whole, |ui| shown.page.ui(ui));
            },
            window(view),
        );
    harness.run();
    for key in keys {
        harness.key_press(*key);
        harness.run();
    }
    let options = SnapshotOptions::new().max_failed_pixels(OTHER_POINTS);
    harness.snapshot_options(name, &options);
}

const DESKTOP: [f32; 2] = [1400.0, 900.0];

#[test]
fn a_game_with_everything_on_it() {
    let view = marked(running(300));
    paint("everything", view, DESKTOP, Theme::Dark, &[]);
}

#[test]
fn a_rug_in_the_light_theme() {
    let view = marked(rugged(300));
    paint("rug_light", view, DESKTOP, Theme::Light, &[]);
}

#[test]
fn a_long_game_in_candles_on_the_log_axis_with_holes() {
    let mut view = marked(rugged(1_200));
    let series = Arc::make_mut(&mut view.series);
    series.prices[500..560].fill(None);
    let keys = [Key::G, Key::Home, Key::C];
    paint("log_candles", view, DESKTOP, Theme::Dark, &keys);
}

#[test]
fn the_smallest_window() {
    let view = marked(running(300));
    paint("small", view, [700.0, 600.0], Theme::Dark, &[]);
}

#[test]
fn one_card_with_tabs_where_there_is_less_room() {
    let view = marked(running(300));
    paint("medium", view, [1_024.0, 768.0], Theme::Dark, &[]);
}

#[test]
fn the_smallest_window_before_anything_was_heard() {
    paint("nothing", nothing(), [700.0, 600.0], Theme::Dark, &[]);
}

#[test]
fn a_game_played_in_the_browser() {
    let view = mirrored(PageLogin::Wallet, page());
    paint("browser", view, DESKTOP, Theme::Dark, &[]);
}
