//! The flags of notes on the chart and on the seek bar of a replay: what they say when the pointer is over them.

use egui::{Event, Key, Rect, pos2};
use egui_kittest::kittest::Queryable as _;

use crate::notes::{open, replay_sixth_step, save, window_on_a_session};
use crate::support::window::app_window::Window;

/// Moves the pointer along a line of a rectangle from its left to its right end, until something says this.
fn hover_along(window: &mut Window, rect: Rect, y: f32, text: &str) -> bool {
    let mut x = rect.left() + 1.0;
    while x < rect.right() {
        window.harness.hover_at(pos2(x, y));
        window.frame();
        window.frame();
        if window.says_part(text) {
            return true;
        }
        x += 3.0;
    }
    false
}

#[test]
fn a_flag_says_its_note_under_the_pointer_on_the_chart_and_on_the_seek_bar() {
    let (mut window, _) = window_on_a_session();
    window.harness.ctx.all_styles_mut(|style| {
        style.interaction.tooltip_delay = 0.0;
        style.interaction.show_tooltips_only_when_still = false;
    });
    window.ctrl(Key::L);
    window.wait_for("2 of 2 sessions");
    window.key(Key::End);
    window.wait_for_part("Dutch");
    replay_sixth_step(&mut window);
    open(&mut window);
    window.harness.event(Event::Text("too early".to_owned()));
    window.frame();
    save(&mut window);
    window.wait_for_part("1 note.");
    let chart = window.harness.get_by_label_contains("Price chart").rect();
    let tip = "Tick 5: too early";
    assert!(!window.says_part(tip));
    let low = chart.bottom() - 6.0;
    assert!(hover_along(&mut window, chart, low, tip), "on the chart");
    // Above its flag the line of the note says nothing.
    let high = chart.center().y;
    assert!(!hover_along(&mut window, chart, high, tip));
    let bar = window.its("Seek: ").rect;
    let tip = "\ntoo early";
    let found = hover_along(&mut window, bar, bar.center().y, tip);
    assert!(found, "on the seek bar: {:#?}", window.texts());
}
