//! The results of the last run: the fan of the chosen strategy, the table, and the sentence about the house edge.

use std::path::PathBuf;

use egui::{Align, Layout, Ui, vec2};

use super::fan::fan_ui;
use super::figures::sentences;
use super::run_input::RunInput;
use super::table::{self, table_ui};
use super::task::FinishedRun;
use crate::lab::{StrategyResult, csv, verdict};
use crate::plural::grouped;
use crate::ui::export::ExportResult;
use crate::ui::format::{count, escaped, short_path, std_seconds};
use crate::ui::native::open_path;
use crate::ui::theme::Theme;
use crate::ui::theme::role::{BODY, CAPTION, TITLE};
use crate::ui::widgets::{
    Icon, Segment, SegmentStyle, icon_ui, link_ui, segmented_ui, truncated_ui, wrapped_ui,
};

/// Height of the card of the table without its rows.
const TABLE_CARD: f32 = 204.0;

/// The results, kept until the next run.
#[derive(Debug)]
pub struct LabResults {
    run: FinishedRun,
    /// What the run was asked.
    input: RunInput,
    /// The strategy whose fan is shown.
    chosen: usize,
    is_log: bool,
    /// What was exported last, or why not.
    pub exported: Option<ExportResult>,
}

/// What the player exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportChoice {
    /// The figures.
    Csv,
    /// The picture.
    Png,
}

impl LabResults {
    /// Returns the results of a run.
    pub fn new(run: FinishedRun, input: RunInput) -> Self {
        Self {
            run,
            input,
            chosen: 0,
            is_log: false,
            exported: None,
        }
    }

    /// Returns the figures for a spreadsheet.
    pub fn csv(&self) -> String {
        csv(&self.run.report)
    }

    fn chosen(&self) -> Option<&StrategyResult> {
        let all = &self.run.report.strategies;
        all.get(self.chosen).or(all.first())
    }

    /// Returns the height of the card of the table.
    pub fn table_height(&self) -> f32 {
        let rows = u8::try_from(self.run.report.strategies.len()).unwrap_or(u8::MAX);
        TABLE_CARD + f32::from(rows) * table::ROW
    }

    /// Draws the card of the fan.
    pub fn fan_ui(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        let report = &self.run.report;
        let Some(chosen) = self.chosen() else {
            let text = "The run was stopped before its first sessions were over.";
            wrapped_ui(ui, theme.quiet, BODY.text(text));
            return;
        };
        let mut is_log = self.is_log;
        ui.horizontal(|ui| {
            let title = format!("Bankroll over {}", count(grouped(report.games), "game"));
            ui.label(TITLE.text(title));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let segments = [Segment::text(false, "Lin"), Segment::text(true, "Log")];
                let style = SegmentStyle::default();
                if let Some(choice) = segmented_ui(ui, Some(is_log), &segments, style) {
                    is_log = choice;
                }
                let text = format!(
                    "{} of {}, start {} SOL",
                    count(grouped(report.sessions), "session"),
                    escaped(&chosen.name),
                    report.bank
                );
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    truncated_ui(ui, theme.quiet, CAPTION.text(text));
                });
            });
        });
        fan_ui(ui, chosen, report.bank, is_log, ui.available_size());
        self.is_log = is_log;
    }

    /// Draws the card of the table. `now` is what a run would be asked now. Returns what the player exports.
    pub fn table_ui(&mut self, ui: &mut Ui, now: &RunInput) -> Option<ExportChoice> {
        let theme = Theme::of(ui);
        let export = self.title_ui(ui, theme, now);
        let report = &self.run.report;
        if let Some(place) = table_ui(ui, &report.strategies, self.chosen) {
            self.chosen = place;
        }
        ui.add_space(8.0);
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.horizontal_top(|ui| {
            icon_ui(ui, Icon::Warning, 14.0, theme.amber);
            wrapped_ui(ui, theme.text, BODY.text(verdict(report)));
        });
        if let Some(repeats) = report.repeats.filter(|repeats| *repeats > 1.0) {
            let text = format!(
                "Each recorded game was played {repeats:.1} times: the intervals are too narrow."
            );
            wrapped_ui(ui, theme.amber, CAPTION.text(text));
        }
        for text in self.chosen().map(sentences).unwrap_or_default() {
            wrapped_ui(ui, theme.quiet, CAPTION.text(text));
        }
        self.exported_ui(ui, theme);
        export
    }

    fn title_ui(&self, ui: &mut Ui, theme: Theme, now: &RunInput) -> Option<ExportChoice> {
        let mut export = None;
        ui.horizontal(|ui| {
            ui.label(TITLE.text("Results"));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if link_ui(ui, "Export PNG").clicked() {
                    export = Some(ExportChoice::Png);
                }
                if link_ui(ui, "Export CSV").clicked() {
                    export = Some(ExportChoice::Csv);
                }
                let (text, colour) = match self.input.changes_to(now) {
                    Some(changes) => (changes, theme.amber),
                    None => (self.source(), theme.quiet),
                };
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let tip = self.source();
                    truncated_ui(ui, colour, CAPTION.text(text)).on_hover_text(tip);
                });
            });
        });
        export
    }

    /// Returns which games were played and how long that took.
    fn source(&self) -> String {
        let FinishedRun {
            report,
            games,
            took,
        } = &self.run;
        let early = if report.cancelled {
            "Stopped early: "
        } else {
            ""
        };
        format!(
            "{early}{} of {} in {} · {games}",
            count(grouped(report.sessions), "session"),
            count(grouped(report.games), "game"),
            std_seconds(*took)
        )
    }

    fn exported_ui(&self, ui: &mut Ui, theme: Theme) {
        match &self.exported {
            Some(Ok(path)) => {
                ui.horizontal(|ui| {
                    let text = format!("Saved {}", short_path(path));
                    let size = vec2(ui.available_width() - 96.0, 16.0);
                    ui.scope(|ui| {
                        ui.set_max_width(size.x);
                        truncated_ui(ui, theme.quiet, CAPTION.text(text));
                    });
                    if link_ui(ui, "Open folder").clicked() {
                        open_path(ui.ctx(), path.parent().unwrap_or(path));
                    }
                });
            }
            Some(Err(why)) => {
                wrapped_ui(ui, theme.amber, CAPTION.text(why.as_str()));
            }
            None => {}
        }
    }
}

/// Returns the folder of the results that the player exports: beside the one of the recordings.
pub fn lab_folder(recordings: &std::path::Path) -> PathBuf {
    recordings.parent().unwrap_or(recordings).join("lab")
}
