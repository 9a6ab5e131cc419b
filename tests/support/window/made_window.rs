//! The window over a view that a test makes.

use egui_kittest::Harness;
use pianola::engine::{Command, View};

use crate::support::window::made_view::{Shown, themed, window};

/// The size that the program opens its window with.
pub const SIZE: [f32; 2] = [1_400.0, 900.0];

/// Opens the window over a view.
pub fn open(view: View) -> Harness<'static, Shown> {
    open_shown(window(view), SIZE)
}

/// Opens a prepared window at a size.
pub fn open_shown(shown: Shown, size: [f32; 2]) -> Harness<'static, Shown> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(200)
        .with_context_setup(themed)
        .build_ui_state(
            |ui, shown: &mut Shown| {
                shown.page.take_notices();
                shown.page.ui(ui);
            },
            shown,
        );
    harness.run();
    harness
}

/// Returns the commands that the window gave since the last call.
pub fn commands(harness: &mut Harness<'_, Shown>) -> Vec<Command> {
    let mut all = Vec::new();
    while let Ok(command) = harness.state_mut().commands.try_recv() {
        all.push(command);
    }
    all
}
