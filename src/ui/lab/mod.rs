//! The lab: what up to four strategies are worth over many games. The games are played on threads of their own.

mod fan;
mod fan_shape;
mod fields;
mod figures;
mod results;
mod run_input;
mod table;
mod task;

use std::path::Path;
use std::time::Duration;

use egui::{Align, Context, Key, Layout, Modifiers, Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};

use fields::LabFields;
use results::{ExportChoice, LabResults, lab_folder};
use run_input::RunInput;
use task::LabTask;

use super::export::Export;
use super::native::waker;
use super::page_part::card_ui;
use super::strategy::{StrategyDocument, StrategyDocuments, strategies_beside};
use super::theme::role::{BODY, CAPTION, TITLE};
use super::theme::{GAP, Theme};
use super::widgets::{Icon, Lamp, PushButton, lamp_ui, named, truncated_ui, wrapped_ui};
use crate::lab::LabStrategy;

/// Width of the strategies; below [`WIDE`] they are above the results.
const LEFT: f32 = 416.0;
const WIDE: f32 = 1_100.0;
/// Height of the card with the fields and the run.
const FIELDS: f32 = 244.0;
/// Heights of the cards of the strategies and of the fan in a narrow window; less the fan never has.
const EDITOR: f32 = 360.0;
const FAN: f32 = 280.0;
const LEAST_FAN: f32 = 200.0;
/// The key that starts a run, also while a text has the focus.
const RUN: (Modifiers, Key) = (Modifiers::COMMAND, Key::Enter);
const RUN_KEY: &str = "Ctrl Enter";
/// Repaint interval while a run works.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// The page.
#[derive(Debug, Default)]
pub struct LabPage {
    fields: LabFields,
    /// The run in progress, with what it was asked.
    task: Option<(LabTask, RunInput)>,
    results: Option<LabResults>,
    /// Why the last run did not begin, or failed.
    error: Option<String>,
    export: Export,
}

impl LabPage {
    /// Whether a run is not over.
    pub fn is_running(&self) -> bool {
        self.task.is_some()
    }

    /// Takes what the threads have done. Called once a frame.
    pub fn take_results(&mut self) {
        let result = self.task.as_ref().and_then(|(task, _)| task.take());
        if let Some(result) = result
            && let Some((_, input)) = self.task.take()
        {
            match result {
                Ok(run) => {
                    self.results = Some(LabResults::new(run, input));
                    self.error = None;
                }
                Err(why) => self.error = Some(why),
            }
        }
        if let (Some(results), Some(exported)) = (&mut self.results, self.export.take()) {
            results.exported = Some(exported);
        }
    }

    /// Draws the page. `recordings` is the folder of the recordings. Returns whether the player wants the piano to play the
    /// strategy that is shown.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        documents: &mut StrategyDocuments,
        recordings: Option<&Path>,
    ) -> bool {
        let (modifiers, key) = RUN;
        if ui.input_mut(|input| input.consume_key(modifiers, key)) {
            self.start(ui.ctx(), documents, recordings);
        }
        let room = ui.available_rect_before_wrap().shrink(GAP);
        if room.width() >= WIDE {
            let (left, right) = room.split_left_right_at_x(room.left() + LEFT);
            let right = right.with_min_x(right.left() + GAP);
            let plays = self.strategies_ui(ui, left, documents, recordings);
            let least = self.right_height(LEAST_FAN);
            if right.height() < least {
                scrolled_ui(ui, right, least, |ui, rect| {
                    self.right_ui(ui, rect, documents, recordings);
                });
            } else {
                self.right_ui(ui, right, documents, recordings);
            }
            return plays;
        }
        let above = EDITOR + GAP + FIELDS;
        let height = above + GAP + self.right_height(FAN);
        let mut plays = false;
        scrolled_ui(ui, room, height, |ui, rect| {
            let (left, right) = rect.split_top_bottom_at_y(rect.top() + above);
            plays = self.strategies_ui(ui, left, documents, recordings);
            let right = right.with_min_y(right.top() + GAP);
            self.right_ui(ui, right, documents, recordings);
        });
        plays
    }

    /// Returns what a run would be asked now.
    fn input(&self, documents: &StrategyDocuments, recordings: Option<&Path>) -> RunInput {
        let texts = documents.all().iter().map(StrategyDocument::text);
        RunInput {
            texts: texts.map(str::to_owned).collect(),
            fields: self.fields.clone(),
            folder: recordings
                .filter(|_| self.fields.recorded)
                .map(Path::to_owned),
        }
    }

    fn start(&mut self, ctx: &Context, documents: &StrategyDocuments, recordings: Option<&Path>) {
        if self.task.is_some() {
            return;
        }
        let Some(strategies) = lab_strategies(documents) else {
            self.error = Some("A strategy has errors: correct its marked lines first".to_owned());
            return;
        };
        let input = self.input(documents, recordings);
        let on = input
            .folder
            .clone()
            .map(|folder| (folder, self.fields.clone()));
        let task = random_seed()
            .and_then(|seed| self.fields.settings(strategies, seed))
            .and_then(|settings| LabTask::start(settings, on, waker(ctx)));
        match task {
            Ok(task) => {
                self.task = Some((task, input));
                self.error = None;
            }
            Err(why) => self.error = Some(why),
        }
    }

    /// Draws the cards of the strategies and of the run. Returns whether the piano is to play.
    fn strategies_ui(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        documents: &mut StrategyDocuments,
        recordings: Option<&Path>,
    ) -> bool {
        let (above, below) = rect.split_top_bottom_at_y(rect.bottom() - FIELDS - GAP);
        padded_ui(ui, "strategies", above, |ui| {
            ui.horizontal(|ui| {
                ui.label(TITLE.text("Strategies"));
                documents.choice_ui(ui, true);
            });
            ui.add_space(4.0);
            let folder = strategies_beside(recordings.unwrap_or(Path::new("")));
            let height = ui.available_height();
            documents.editor_ui(ui, &folder, height);
        });
        let mut plays = false;
        padded_ui(ui, "run", below.with_min_y(below.top() + GAP), |ui| {
            self.fields.ui(ui, recordings.is_some());
            ui.add_space(4.0);
            plays = self.run_ui(ui, documents, recordings);
        });
        plays
    }

    /// Draws the buttons of the run and its progress. Returns whether the piano is to play.
    fn run_ui(
        &mut self,
        ui: &mut Ui,
        documents: &StrategyDocuments,
        recordings: Option<&Path>,
    ) -> bool {
        let theme = Theme::of(ui);
        let (mut starts, mut plays) = (false, false);
        ui.horizontal(|ui| {
            if let Some((task, _)) = &self.task {
                let stop = PushButton::new("Stop the run").size(150.0, 32.0);
                let stop = ui.add_enabled(!task.is_cancelled(), stop);
                if stop
                    .on_hover_text("The sessions that are over are shown")
                    .clicked()
                {
                    task.cancel();
                }
            } else {
                let text = if self.results.is_some() {
                    "Run again"
                } else {
                    "Run"
                };
                let run = PushButton::new(text)
                    .primary()
                    .icon(Icon::Play)
                    .key(RUN_KEY);
                let can_run = lab_strategies(documents).is_some();
                let run = ui.add_enabled(can_run, run.size(150.0, 32.0));
                starts = run
                    .on_disabled_hover_text("A strategy has errors")
                    .clicked();
            }
            let play = PushButton::new("Play it at practice").icon(Icon::Music);
            let play = ui.add_enabled(documents.shown().strategy().is_some(), play);
            plays = play
                .on_disabled_hover_text("The strategy has errors")
                .clicked();
        });
        if let Some((task, _)) = &self.task {
            let bar = egui::ProgressBar::new(task.share()).desired_height(6.0);
            named(ui.add(bar), "Progress of the run");
            truncated_ui(ui, theme.quiet, CAPTION.text(task.status()));
            ui.ctx().request_repaint_after(PROGRESS_EVERY);
        }
        if let Some(error) = &self.error {
            ui.horizontal_top(|ui| {
                lamp_ui(ui, Lamp::Look);
                wrapped_ui(ui, theme.amber, CAPTION.text(error.as_str()));
            });
        }
        if starts {
            self.start(ui.ctx(), documents, recordings);
        }
        plays
    }

    /// Returns the height of the results with a card of the fan of this height.
    fn right_height(&self, fan: f32) -> f32 {
        let table = self.results.as_ref().map(LabResults::table_height);
        table.map_or(fan, |table| fan + GAP + table)
    }

    /// Draws the results.
    fn right_ui(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        documents: &StrategyDocuments,
        recordings: Option<&Path>,
    ) {
        let now = self.input(documents, recordings);
        let Some(results) = &mut self.results else {
            padded_ui(ui, "bankroll", rect, |ui| {
                let quiet = Theme::of(ui).quiet;
                ui.label(TITLE.text("Bankroll"));
                let text = "Run a strategy: what becomes of its bankroll over many games appears here, with the chance of ruin and what the house takes.";
                wrapped_ui(ui, quiet, BODY.text(text));
            });
            return;
        };
        let table = results.table_height();
        let (fan, below) = rect.split_top_bottom_at_y(rect.bottom() - table - GAP);
        padded_ui(ui, "bankroll", fan, |ui| results.fan_ui(ui));
        let mut export = None;
        padded_ui(ui, "results", below.with_min_y(below.top() + GAP), |ui| {
            export = results.table_ui(ui, &now);
        });
        let (Some(export), Some(recordings)) = (export, recordings) else {
            return;
        };
        let folder = lab_folder(recordings);
        let name = format!("lab-{}", crate::clock::now().format("%Y%m%dT%H%M%SZ"));
        match export {
            ExportChoice::Csv => {
                let text = results.csv();
                self.export.csv(ui.ctx(), &folder, name, move || text);
            }
            ExportChoice::Png => {
                let seen = rect.intersect(ui.clip_rect());
                self.export.png(ui.ctx(), &folder, name, seen);
            }
        }
    }
}

/// Returns the strategies with the names of their results; `None` if one has errors.
fn lab_strategies(documents: &StrategyDocuments) -> Option<Vec<LabStrategy>> {
    let named = |document: &StrategyDocument| {
        let strategy = document.strategy()?;
        let name = strategy.name.clone();
        Some(LabStrategy {
            name: name.unwrap_or_else(|| document.title()),
            strategy,
        })
    };
    documents.all().iter().map(named).collect()
}

/// Returns the seed of a run for which the player gave none.
fn random_seed() -> Result<u64, String> {
    let seed = getrandom::u32().map_err(|why| format!("The system gives no random seed: {why}"));
    seed.map(u64::from)
}

/// Draws a part of the page in a card, with space around it.
fn padded_ui(ui: &mut Ui, name: &str, rect: Rect, draw: impl FnOnce(&mut Ui)) {
    card_ui(ui, name, rect, false, |ui| {
        let inside = rect.shrink2(vec2(16.0, 10.0));
        let layout = Layout::top_down(Align::Min);
        ui.scope_builder(UiBuilder::new().max_rect(inside).layout(layout), draw);
    });
}

/// Draws something of this height in a rectangle that may be lower.
fn scrolled_ui(ui: &mut Ui, rect: Rect, height: f32, draw: impl FnOnce(&mut Ui, Rect)) {
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let size = vec2(ui.available_width(), height.max(rect.height()));
            let (whole, _) = ui.allocate_exact_size(size, Sense::hover());
            draw(ui, whole);
        });
    });
}
