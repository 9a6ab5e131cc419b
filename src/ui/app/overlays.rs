//! What lies over the pages: the hints, and what is shown where no source runs.

use egui::{CentralPanel, Context, Ui};

use super::App;
use crate::ui::hints::{HintContext, Hints};
use crate::ui::library::LibraryPage;
use crate::ui::live_page::LivePage;
use crate::ui::review::ReviewedFolder;
use crate::ui::theme::{GRID, Theme};
use crate::ui::widgets::wrapped_ui;

/// Whether no question, no panel, no editor of a note and no palette is over the page.
pub fn is_free(app: &App) -> bool {
    let covered = app.palette.is_open() || app.library.is_covered() || app.notes.is_open();
    app.unconfirmed.is_none() && !app.closing.is_asking() && !covered
}

/// Returns what the page Review needs of the library.
pub fn reviewed_folder(library: &LibraryPage) -> ReviewedFolder<'_> {
    ReviewedFolder {
        catalog: &library.catalog,
        folder: library.folder.as_deref(),
        is_reading: library.is_reading(),
    }
}

/// Draws the current hint of the first run over the page of the live game. `wanted` becomes false with the last one.
pub fn hints_ui(ctx: &Context, hints: &mut Hints, live: &LivePage, wanted: &mut bool) {
    if !*wanted || !live.is_free() {
        return;
    }
    let context = HintContext {
        amount: &live.page.ticket.text,
        has_traded: !live.view().actions.is_empty(),
        trade_keys_on: live.trade_keys_on,
    };
    if hints.ui(ctx, &context) {
        *wanted = false;
    }
}

/// What the player does where no source runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureChoice {
    /// Try the same source again.
    TryAgain,
    /// Play at the practice table.
    Practice,
    /// Go to the settings.
    Settings,
}

/// Draws the page before the first source runs.
pub fn starting_ui(ui: &mut Ui) {
    CentralPanel::default().show(ui, |ui| {
        ui.centered_and_justified(|ui| ui.label("Starting the source…"));
    });
}

/// Draws why no source is running, and what the player can do.
pub fn failure_ui(ui: &mut Ui, reason: &str, offers_practice: bool) -> Option<FailureChoice> {
    let amber = Theme::of(ui).amber;
    let shown = CentralPanel::default().show(ui, |ui| {
        ui.add_space(8.0 * GRID);
        ui.heading("No source is running");
        wrapped_ui(ui, amber, reason);
        ui.add_space(2.0 * GRID);
        ui.horizontal_wrapped(|ui| {
            let mut choices = vec![("Try again", FailureChoice::TryAgain)];
            if offers_practice {
                choices.push(("Practice table", FailureChoice::Practice));
            }
            choices.push(("Settings", FailureChoice::Settings));
            let buttons = choices.into_iter();
            let pressed = buttons.filter(|(text, _)| ui.button(*text).clicked());
            pressed.map(|(_, choice)| choice).last()
        })
    });
    shown.inner.inner
}
