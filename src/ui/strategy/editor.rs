//! The editor of a strategy: it reads the text at each change, underlines what it cannot read and lists the errors.

use std::sync::Arc;

use egui::{Align2, ScrollArea, TextEdit, Ui, pos2, vec2};

use super::file::MAX_BYTES;
use super::highlight::Highlighter;
use crate::strategy::{Strategy, StrategyError, StrategyErrors};
use crate::ui::format::count;
use crate::ui::theme::Theme;
use crate::ui::theme::role::{AXIS, CAPTION, TABLE_MONO};
use crate::ui::widgets::{Lamp, lamp_ui, named, truncated_ui, wrapped_ui};

/// Width of the column of line numbers.
const NUMBERS: f32 = 32.0;
/// Errors that are listed; the text marks all of them.
const LISTED: usize = 3;
/// Height of the list of errors.
const LIST: f32 = 68.0;

/// A strategy's text and what was read from it.
#[derive(Debug, Clone)]
pub struct StrategyEditor {
    text: String,
    parsed: Result<Arc<Strategy>, StrategyErrors>,
    highlighter: Highlighter,
    /// The text is as long as it can be: what is longer is cut off.
    is_full: bool,
    /// The text gets the focus in the next frame.
    takes_focus: bool,
}

impl StrategyEditor {
    /// Returns the editor of a text.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            parsed: Strategy::parse(text).map(Arc::new),
            highlighter: Highlighter::default(),
            is_full: false,
            takes_focus: false,
        }
    }

    /// Moves the focus to the text.
    pub fn focus(&mut self) {
        self.takes_focus = true;
    }

    /// Replaces the text.
    pub fn set_text(&mut self, text: String) {
        self.text = text;
        self.read();
    }

    /// Reads the text after a change.
    fn read(&mut self) {
        self.parsed = Strategy::parse(&self.text).map(Arc::new);
        self.highlighter = Highlighter::default();
        self.is_full = self.text.chars().count() >= MAX_BYTES;
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the strategy; `None` while the text has errors.
    pub fn strategy(&self) -> Option<Arc<Strategy>> {
        self.parsed.as_ref().ok().map(Arc::clone)
    }

    fn errors(&self) -> &[StrategyError] {
        let errors = self.parsed.as_ref().err();
        errors.map_or(&[], StrategyErrors::as_slice)
    }

    /// Draws the text with line numbers, and the errors below it, in this height. Returns whether the text changed.
    pub fn ui(&mut self, ui: &mut Ui, height: f32) -> bool {
        let theme = Theme::of(ui);
        let size = vec2(ui.available_width(), (height - LIST).max(40.0));
        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        ui.painter()
            .rect_filled(rect, crate::ui::theme::RADIUS, theme.input());
        let builder = egui::UiBuilder::new().max_rect(rect.shrink(4.0));
        let changed = ui
            .scope_builder(builder, |ui| {
                let scroll = ScrollArea::both().auto_shrink(false);
                scroll.show(ui, |ui| self.text_ui(ui, theme)).inner
            })
            .inner;
        if changed {
            self.read();
        }
        self.errors_ui(ui, theme);
        changed
    }

    fn text_ui(&mut self, ui: &mut Ui, theme: Theme) -> bool {
        let errors = self.parsed.as_ref().err();
        let errors = errors.map_or(&[][..], StrategyErrors::as_slice);
        let highlighter = &mut self.highlighter;
        let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, _width: f32| {
            let job = highlighter.job(text.as_str(), errors, theme).clone();
            ui.fonts_mut(|fonts| fonts.layout_job(job))
        };
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.add_space(NUMBERS);
            let edit = TextEdit::multiline(&mut self.text)
                .code_editor()
                .char_limit(MAX_BYTES)
                .font(TABLE_MONO.font())
                .frame(egui::Frame::NONE)
                .margin(egui::Margin::ZERO)
                .desired_width(f32::INFINITY)
                .min_size(ui.available_size() - vec2(8.0, 8.0))
                .layouter(&mut layouter)
                .show(ui);
            let response = named(edit.response.response, "Strategy");
            if std::mem::take(&mut self.takes_focus) {
                response.request_focus();
            }
            let mut number = 1;
            let mut starts = true;
            let seen = ui.clip_rect().y_range();
            for row in &edit.galley.rows {
                if starts {
                    let right = edit.galley_pos + row.pos.to_vec2() - vec2(10.0, 0.0);
                    let at = pos2(right.x, right.y + row.size.y / 2.0);
                    if seen.expand(row.size.y).contains(at.y) {
                        let text = number.to_string();
                        ui.painter()
                            .text(at, Align2::RIGHT_CENTER, text, AXIS.font(), theme.faint);
                    }
                    number += 1;
                }
                starts = row.ends_with_newline;
            }
            response.changed()
        })
        .inner
    }

    fn errors_ui(&self, ui: &mut Ui, theme: Theme) {
        let errors = self.errors();
        ui.horizontal(|ui| {
            lamp_ui(
                ui,
                if errors.is_empty() {
                    Lamp::Checked
                } else {
                    Lamp::Look
                },
            );
            let words = match errors.len() {
                0 => "No errors".to_owned(),
                errors => count(errors, "error"),
            };
            truncated_ui(ui, theme.quiet, CAPTION.text(words));
            if self.is_full {
                let text = format!("The text is cut off: it has {MAX_BYTES} characters at most");
                truncated_ui(ui, theme.amber, CAPTION.text(text));
            }
        });
        for error in errors.iter().take(LISTED) {
            let text = CAPTION.text(error.to_string());
            wrapped_ui(ui, theme.amber, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_cut_off_and_the_player_reads_so() {
        let mut harness = Harness::builder()
            .with_context_setup(Theme::install)
            .build_ui_state(
                |ui: &mut Ui, editor: &mut StrategyEditor| {
                    editor.ui(ui, 300.0);
                },
                StrategyEditor::new(""),
            );
        harness.state_mut().focus();
        harness.run_steps(2);
        assert!(harness.query_by_label_contains("cut off").is_none());
        harness.event(egui::Event::Paste("no strategy\n".repeat(MAX_BYTES / 8)));
        harness.run_steps(2);
        let editor = harness.state();
        assert_eq!(editor.text().chars().count(), MAX_BYTES);
        harness.get_by_label_contains("cut off");
    }
}
