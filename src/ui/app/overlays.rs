//! What lies over the pages or below them: the message at the start, the hints, the status line of a replay, and what
//! is shown where no source runs.

use egui::{Align2, Area, CentralPanel, Context, Frame, Id, Order, Stroke, Ui, vec2};

use super::App;
use crate::ui::command::KeyCommand;
use crate::ui::hints::{HintContext, Hints};
use crate::ui::layout::Breakpoint;
use crate::ui::library::LibraryPage;
use crate::ui::live_page::LivePage;
use crate::ui::replay::Replay;
use crate::ui::review::ReviewedFolder;
use crate::ui::status_line::{StatusLineContext, status_line_ui};
use crate::ui::theme::{CARD_RADIUS, GAP, GRID, Theme};
use crate::ui::widgets::wrapped_ui;

/// The widest message, and the part of the window that it may take.
const NOTICE_WIDTH: f32 = 520.0;
const NOTICE_SHARE: f32 = 0.56;

/// Whether no question, no panel, no editor of a note and no palette is over the page.
pub fn is_free(app: &App) -> bool {
    let covered = app.palette.is_open() || app.library.is_covered() || app.notes.is_open();
    app.unconfirmed.is_none() && !app.closing.is_asking() && !covered
}

/// Draws the status line of a replay. Returns the commands of the controls that were used.
pub fn replay_status_line_ui(ui: &mut Ui, replay: &Replay) -> Vec<KeyCommand> {
    let newest = replay.status();
    let context = StatusLineContext {
        newest: newest.as_ref(),
        empty: "No press yet. Each one appears here, with whether it matches the file.",
        piano: None,
        now: crate::clock::now(),
        trade_keys_on: None,
    };
    status_line_ui(ui, &context)
}

/// Draws a message about settings, source and saving over the lower left of the page, so that nothing moves. Removes it
/// when the player dismisses it.
pub fn notice_ui(ctx: &Context, message: &mut Option<String>) {
    let Some(text) = message else {
        return;
    };
    let theme = Theme::of_visuals(&ctx.global_style().visuals);
    let window = ctx.content_rect();
    let above = Breakpoint::of(window.width()).status_line() + GAP;
    let area = Area::new(Id::unique("notice"))
        .order(Order::Middle)
        .anchor(Align2::LEFT_BOTTOM, vec2(GAP, -above));
    let frame = Frame::new()
        .fill(theme.amber_bg)
        .stroke(Stroke::new(1.0, theme.amber))
        .corner_radius(CARD_RADIUS)
        .inner_margin(3.0 * GRID);
    let dismissed = area.show(ctx, |ui| {
        // The trade panel stays free.
        ui.set_max_width((window.width() * NOTICE_SHARE).min(NOTICE_WIDTH));
        let framed = frame.show(ui, |ui| {
            wrapped_ui(ui, theme.text, text.as_str());
            ui.button("Dismiss").clicked()
        });
        framed.inner
    });
    if dismissed.inner {
        *message = None;
    }
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
