//! The strategies that the player edits: one for the piano, up to four to compare in the lab. The texts are the same on
//! both pages.

use std::path::Path;

use egui::{Align, Context, Layout, Ui};

use super::document::{DocumentStep, StrategyDocument};
use crate::lab::MAX_STRATEGIES;
use crate::ui::native::waker;
use crate::ui::theme::CONTROL;
use crate::ui::widgets::{Icon, PushButton, Segment, SegmentStyle, icon_button_ui, segmented_ui};

/// The strategies that the player edits, and the one that is shown.
#[derive(Debug)]
pub struct StrategyDocuments {
    /// At least one, at most [`MAX_STRATEGIES`].
    all: Vec<StrategyDocument>,
    shown: usize,
}

impl Default for StrategyDocuments {
    fn default() -> Self {
        Self {
            all: vec![StrategyDocument::example(0)],
            shown: 0,
        }
    }
}

impl StrategyDocuments {
    /// Returns the strategies in their order.
    pub fn all(&self) -> &[StrategyDocument] {
        &self.all
    }

    /// Returns the strategy that is shown.
    pub fn shown(&self) -> &StrategyDocument {
        &self.all[self.shown]
    }

    /// Moves the focus to the text that is shown.
    pub fn focus(&mut self) {
        self.all[self.shown].editor.focus();
    }

    /// Whether a dialog of the desktop is open.
    pub fn has_dialog(&self) -> bool {
        self.all.iter().any(StrategyDocument::has_dialog)
    }

    /// Returns the names of those with unsaved changes, as `early-bird, mine.txt`; `None` if there are none.
    pub fn unsaved(&self) -> Option<String> {
        let unsaved = self.all.iter().filter(|document| document.is_unsaved());
        let titles: Vec<_> = unsaved.map(StrategyDocument::title).collect();
        (!titles.is_empty()).then(|| titles.join(", "))
    }

    /// Takes what files and dialogs have done. Called once a frame.
    pub fn take_results(&mut self, ctx: &Context) {
        let waker = waker(ctx);
        for document in &mut self.all {
            document.take_results(&waker);
        }
        if self.all.len() > 1 {
            self.all.retain(|document| !document.is_removed());
        }
        self.shown = self.shown.min(self.all.len() - 1);
    }

    /// Draws which strategy is shown. `is_list`: strategies can be added and removed.
    pub fn choice_ui(&mut self, ui: &mut Ui, is_list: bool) {
        let names: Vec<_> = (1..=self.all.len()).map(|n| n.to_string()).collect();
        let titles: Vec<_> = self.all.iter().map(StrategyDocument::title).collect();
        let segments: Vec<_> = names
            .iter()
            .zip(&titles)
            .enumerate()
            .map(|(place, (name, title))| Segment::text(place, name).tip(title))
            .collect();
        let style = SegmentStyle {
            digits: true,
            ..SegmentStyle::default()
        };
        if let Some(place) = segmented_ui(ui, Some(self.shown), &segments, style) {
            self.shown = place;
        }
        if is_list {
            let right = Layout::right_to_left(Align::Center);
            ui.with_layout(right, |ui| self.list_ui(ui));
        }
    }

    /// Draws the buttons that add a strategy and remove the one that is shown.
    fn list_ui(&mut self, ui: &mut Ui) {
        let count = self.all.len();
        let add = PushButton::new("Compare another").size(0.0, CONTROL);
        let add = ui.add_enabled(count < MAX_STRATEGIES, add);
        if add
            .on_disabled_hover_text("The lab compares four at most")
            .clicked()
        {
            self.all.push(StrategyDocument::example(self.all.len()));
            self.shown = self.all.len() - 1;
        }
        let shown = &mut self.all[self.shown];
        let draw = |ui: &mut Ui| icon_button_ui(ui, Icon::Cross, "Remove this strategy", false);
        if count > 1 && ui.add_enabled_ui(shown.is_free(), draw).inner.clicked() {
            shown.step(ui.ctx(), DocumentStep::Remove);
        }
    }

    /// Draws the strategy that is shown, in this height. `folder` is offered for new files. Returns whether the text was
    /// changed.
    pub fn editor_ui(&mut self, ui: &mut Ui, folder: &Path, height: f32) -> bool {
        self.all[self.shown].ui(ui, folder, height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_strategy_stays_and_another_one_goes_after_the_player_said_so() {
        let ctx = Context::default();
        let mut documents = StrategyDocuments::default();
        documents.all.push(StrategyDocument::example(1));
        documents.shown = 1;
        documents.all[1]
            .editor
            .set_text("in presale buy 1".to_owned());
        assert_eq!(documents.unsaved().as_deref(), Some("double-up"));
        documents.all[1].step(&ctx, DocumentStep::Remove);
        documents.take_results(&ctx);
        assert_eq!(documents.all().len(), 2, "it has unsaved changes");
        documents.all[1].lose_and(&ctx, DocumentStep::Remove);
        documents.take_results(&ctx);
        assert_eq!(
            (documents.all().len(), documents.shown().title()),
            (1, "early-bird".to_owned())
        );
        assert_eq!(documents.unsaved(), None);
        documents.all[0].step(&ctx, DocumentStep::Remove);
        documents.take_results(&ctx);
        assert_eq!(documents.all().len(), 1);
    }
}
