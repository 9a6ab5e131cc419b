//! The panel "Let the piano play": the text of a strategy, and the button that starts it.

use std::path::Path;
use std::sync::Arc;

use egui::{Align, Context, Id, Layout, Modal};

use super::hand::is_playing;
use super::status::piano_status;
use crate::engine::{PianoState, PianoView};
use crate::strategy::Strategy;
use crate::ui::strategy::StrategyDocuments;
use crate::ui::theme::Theme;
use crate::ui::theme::role::{BODY, CAPTION, TITLE};
use crate::ui::widgets::{Icon, PushButton, icon_button_ui, modal_frame, modal_ui, wrapped_ui};

/// The widest panel, and the highest editor.
const WIDTH: f32 = 640.0;
const EDITOR: f32 = 420.0;
/// Height of everything in the panel beside the editor.
const OTHERS: f32 = 180.0;
/// The key of the button that starts a strategy, also while the text has the focus.
const START: (egui::Modifiers, egui::Key) = (egui::Modifiers::COMMAND, egui::Key::Enter);
const START_KEY: &str = "Ctrl Enter";
/// What the panel is for.
const PURPOSE: &str = "The piano places the orders of these rules at the practice table, with play money. Any press of yours takes the hand back.";

/// What the player did on the panel.
#[derive(Debug, Clone, PartialEq)]
pub enum PianoPanelAction {
    /// Play this strategy from the next game on.
    Play(Arc<Strategy>),
    /// Take the hand back.
    TakeBack,
}

/// The panel. The texts are in the documents.
#[derive(Debug, Default)]
pub struct PianoPanel {
    /// The text gets the focus in the next frame.
    takes_focus: bool,
}

impl PianoPanel {
    /// Notes that the panel opens: one can type at once.
    pub fn open(&mut self) {
        self.takes_focus = true;
    }

    /// Draws the panel over the window. `folder` is offered for new files. `is_open` becomes false when it is closed.
    /// Returns what the player did.
    pub fn ui(
        &mut self,
        ctx: &Context,
        piano: &PianoView,
        (documents, folder): (&mut StrategyDocuments, &Path),
        is_open: &mut bool,
    ) -> Option<PianoPanelAction> {
        let theme = Theme::of_visuals(&ctx.global_style().visuals);
        let window = ctx.content_rect();
        let modal = Modal::new(Id::unique("piano")).frame(modal_frame(&theme));
        let (action, closes) = modal_ui(ctx, modal, |ui| {
            // Before the text takes it.
            let (modifiers, key) = START;
            let by_key = ui.input_mut(|input| input.consume_key(modifiers, key));
            ui.set_width(WIDTH.min(window.width() - 64.0));
            ui.horizontal(|ui| {
                ui.label(TITLE.text("Let the piano play"));
                if documents.all().len() > 1 {
                    documents.choice_ui(ui, false);
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if icon_button_ui(ui, Icon::Cross, "Close", false).clicked() {
                        *is_open = false;
                    }
                });
            });
            wrapped_ui(ui, theme.quiet, BODY.text(PURPOSE));
            ui.add_space(8.0);
            let height = EDITOR.min(window.height() - OTHERS);
            if std::mem::take(&mut self.takes_focus) {
                documents.focus();
            }
            documents.editor_ui(ui, folder, height);
            ui.add_space(8.0);
            buttons_ui(ui, theme, piano, (documents.shown().strategy(), by_key))
        });
        // A dialog of the desktop is over the window.
        if action.is_some() || closes && !documents.has_dialog() {
            *is_open = false;
        }
        action
    }
}

/// Draws the buttons. A strategy with errors is `None`; `by_key`: the key that starts it was pressed.
fn buttons_ui(
    ui: &mut egui::Ui,
    theme: Theme,
    piano: &PianoView,
    (strategy, by_key): (Option<Arc<Strategy>>, bool),
) -> Option<PianoPanelAction> {
    let mut action = None;
    if is_playing(piano) {
        let status = piano_status(piano);
        let text = status.map_or(String::new(), |status| status.text);
        wrapped_ui(ui, theme.text, CAPTION.text(text));
    }
    if let PianoState::Ended(end) = &piano.state {
        wrapped_ui(
            ui,
            theme.quiet,
            CAPTION.text(format!("The piano stopped: {end}")),
        );
    }
    ui.horizontal(|ui| {
        let play = PushButton::new("Play from the next game").replay();
        let play = ui
            .add_enabled(strategy.is_some(), play.icon(Icon::Music).key(START_KEY))
            .on_disabled_hover_text("The marked lines cannot be read");
        if let Some(strategy) = strategy.filter(|_| play.clicked() || by_key) {
            action = Some(PianoPanelAction::Play(strategy));
        }
        if is_playing(piano) && ui.add(PushButton::new("Take the hand back")).clicked() {
            action = Some(PianoPanelAction::TakeBack);
        }
    });
    action
}
