//! A line of auto-sell in the real window: dragged by the mouse, it sells where it was dropped. Needs what `real_hands`
//! needs.
#![cfg(target_os = "linux")]

use egui::{Rect, pos2};
use pianola::account::{ActionKind, ActionSource, ActionStatus};
use pianola::protocol::Tick;

use crate::support::process::until;
use crate::support::running_session;
use crate::support::seeds::seed_of;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::by_mouse::Screen;
use crate::support::window::desk::{Desk, LONG};
use crate::support::window::display::xdotool;

/// After so many ticks auto-sell sells, unless its line is dragged.
const AFTER: Tick = 160;
/// A part of the plot that has no text.
const PLOT: Rect = Rect {
    min: pos2(20.0, 220.0),
    max: pos2(960.0, 440.0),
};

/// Returns where the line of the time is.
fn time_line(screen: &Screen) -> Option<f32> {
    let quiet = pianola::ui::Theme::DARK.quiet;
    let quiet = [quiet.r(), quiet.g(), quiet.b()];
    let pixels = screen.pixels(PLOT);
    let width = pixels.len() / 220;
    let lines = pixels.chunks(width);
    let all = lines.len();
    let quiet_at = |x: usize| pixels.chunks(width).filter(|line| line[x] == quiet).count();
    let x = (0..width).find(|x| quiet_at(*x) * 2 > all)?;
    Some(PLOT.left() + f32::from(u16::try_from(x).unwrap()))
}

#[test]
fn a_line_of_auto_sell_is_dragged_by_the_mouse_and_sells_where_it_was_dropped() {
    let Some(desk) = Desk::new("1600x1000x24") else {
        return;
    };
    let seed = seed_of(10, &[LONG]);
    let mut window = Window::new(practice(seed, 0.1));
    let buy = window.wait_its("BUY ").rect;
    let row = window.wait_its("Auto-sell").rect;
    window.click("Auto-sell");
    let field = window.wait_its("Sell after ticks").rect;
    window.close();
    let painted = "pianola=debug,pianola::ui::app=trace";
    let program = desk.start_at(seed, "2", &[("PIANOLA_LOG", painted)]);
    until("a buy", || desk.screen.is_coloured(buy).then_some(()));
    desk.key("b");
    let opened = until("the position", || {
        let rows = running_session::rows(&desk.out());
        let row = rows.first()?;
        row.executed_tick
            .filter(|_| row.status == ActionStatus::Confirmed)
    });
    desk.click(row.center());
    let empty = desk.screen.at_rest(field);
    desk.click(field.center());
    xdotool(&desk.display.name, &["type", &AFTER.to_string()]);
    until("the typed number", || {
        (desk.screen.pixels(field) != empty).then_some(())
    });
    desk.key("Tab");
    until("most of the time", || {
        let log = desk.log();
        let newest = log.rsplit("painted tick=").next()?;
        let tick: Tick = newest.split_whitespace().next()?.parse().ok()?;
        (tick >= opened + AFTER - 50).then_some(())
    });
    // The chart shows what comes, and stands.
    desk.key("Next");
    let from = until("the line", || time_line(&desk.screen));
    let height = PLOT.center().y;
    desk.mouse(pos2(from, height), &[]);
    desk.mouse(pos2(from, height), &["mousedown", "1"]);
    desk.mouse(pos2(from - 60.0, height), &[]);
    until("the line at the pointer", || {
        let at = time_line(&desk.screen)?;
        (at < from - 30.0).then_some(())
    });
    desk.mouse(pos2(PLOT.left(), height), &[]);
    desk.mouse(pos2(PLOT.left(), height), &["mouseup", "1"]);
    let sale = until("the sale", || {
        let rows = running_session::rows(&desk.out());
        rows.into_iter().find(|row| row.action == ActionKind::Sell)
    });
    assert_eq!(sale.source, ActionSource::Auto);
    // Before its time, and at no price of its own.
    assert!(sale.tick < opened + AFTER - 1, "{sale:?}");
    desk.end(program);
}
