//! The panel that builds a data set of the folder that is shown. The build goes on while the panel is closed.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::{Align, Context, Layout, TextEdit, Ui, Vec2, vec2};

use super::path_field::typed_path;
use crate::background;
use crate::dataset::worker::{BuildOutcome, BuildTask};
use crate::dataset::{BuildOptions, DataOrigin, DayRange};
use crate::ui::dialog::{Dialog, DialogKind, TYPE_ABOVE};
use crate::ui::format::{count, escaped, path_to_edit, short_path};
use crate::ui::native::{open_path, waker};
use crate::ui::theme::role::{BODY, CAPTION, STRONG, TABLE};
use crate::ui::theme::{CONTROL, Theme};
use crate::ui::widgets::{
    Lamp, PushButton, fact_row_ui, lamp_ui, main_button_ui, modal_panel_ui, named, truncated_ui,
    wrapped_ui,
};

/// Width of the panel.
const WIDTH: f32 = 560.0;
/// The width of the names, and the height of a row.
const ROW: Vec2 = vec2(96.0, 32.0);
/// What the panel is for.
const PURPOSE: &str = "Tables of these recordings for Polars, DuckDB, pandas and Spark, and a report on how far they can be trusted. The recordings stay as they are.";
/// What a second build does.
const AGAIN: &str = "Building again into the same folder adds new days and renews changed ones.";

/// The state of the panel.
#[derive(Debug, Default)]
pub struct DatasetPanel {
    is_open: bool,
    /// The folder of recordings.
    source: PathBuf,
    /// The folder of the data set, as typed.
    out: String,
    /// What to type instead.
    error: Option<String>,
    dialog: Option<Dialog>,
    build: Option<RunningBuild>,
    built: Option<Built>,
}

/// A build that runs.
#[derive(Debug)]
struct RunningBuild {
    task: BuildTask,
    out: PathBuf,
    since: Instant,
}

/// A build that has ended.
#[derive(Debug)]
struct Built {
    out: PathBuf,
    took: Duration,
    outcome: BuildOutcome,
}

impl DatasetPanel {
    /// Opens the panel for a folder of recordings. A running build and the last result stay.
    pub fn open(&mut self, source: &Path) {
        self.is_open = true;
        if self.build.is_some() {
            return;
        }
        if self.source != source {
            self.built = None;
            source.clone_into(&mut self.source);
            let beside = source.parent().unwrap_or(source).join("dataset");
            self.out = path_to_edit(&beside);
        }
    }

    /// Whether the panel covers the window.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether a data set is being built.
    pub fn is_building(&self) -> bool {
        self.build.is_some()
    }

    /// Takes the result of the build.
    pub fn take_outcome(&mut self) {
        let Some(build) = &self.build else { return };
        let Some(outcome) = build.task.outcome() else {
            return;
        };
        self.built = Some(Built {
            out: build.out.clone(),
            took: build.since.elapsed(),
            outcome,
        });
        self.build = None;
    }

    /// Returns the line for the list while the panel is closed: how far a build is.
    pub fn status(&self) -> Option<String> {
        let build = self.build.as_ref()?;
        Some(format!("Data set: {}", build.task.progress()))
    }

    /// Draws the panel over the window, if it is open.
    pub fn ui(&mut self, ctx: &Context) {
        self.take_outcome();
        if !self.is_open {
            return;
        }
        self.take_dialog();
        let stays = modal_panel_ui(ctx, "dataset", "Data set", WIDTH, |ui, theme| {
            ui.add_space(4.0);
            wrapped_ui(ui, theme.quiet, BODY.text(PURPOSE));
            ui.add_space(8.0);
            self.folders_ui(ui, theme);
            ui.add_space(8.0);
            self.state_ui(ui, theme);
        });
        self.is_open = stays || self.dialog.is_some();
    }

    fn folders_ui(&mut self, ui: &mut Ui, theme: Theme) {
        fact_row_ui(ui, "Recordings", ROW, |ui| {
            let text = short_path(&self.source);
            truncated_ui(ui, theme.text, TABLE.text(&text)).on_hover_text(&text);
        });
        let is_free = self.build.is_none();
        fact_row_ui(ui, "Save to", ROW, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let choose = ui.add_enabled(
                    is_free && self.dialog.is_none(),
                    PushButton::new("Choose…").size(0.0, CONTROL),
                );
                if choose.clicked() {
                    self.open_dialog(ui.ctx());
                }
                let wrong = self.error.is_some();
                let field = TextEdit::singleline(&mut self.out)
                    .text_color_opt(wrong.then_some(theme.amber))
                    .desired_width(ui.available_width());
                let field = named(ui.add_enabled(is_free, field), "Folder of the data set");
                if field.changed() {
                    self.error = None;
                }
            });
        });
        if let Some(error) = &self.error {
            wrapped_ui(ui, theme.amber, CAPTION.text(escaped(error)));
        }
    }

    fn state_ui(&mut self, ui: &mut Ui, theme: Theme) {
        if let Some(build) = &self.build {
            running_ui(ui, theme, build);
            return;
        }
        if let Some(built) = &self.built {
            built_ui(ui, theme, built);
            ui.add_space(8.0);
        } else {
            wrapped_ui(ui, theme.quiet, CAPTION.text(AGAIN));
            ui.add_space(8.0);
        }
        ui.horizontal(|ui| {
            let is_first = self.built.is_none();
            let builds = if is_first {
                main_button_ui(ui, true, PushButton::new("Build").primary())
            } else {
                ui.add(PushButton::new("Build again")).clicked()
            };
            if builds {
                self.start(ui.ctx());
            }
            if let Some(Built {
                out,
                outcome: Ok(_),
                ..
            }) = &self.built
            {
                if ui.add(PushButton::new("Open folder")).clicked() {
                    open_path(ui.ctx(), out);
                }
                if ui.add(PushButton::new("Open report")).clicked() {
                    open_path(ui.ctx(), &out.join("quality.html"));
                }
            }
        });
    }

    fn start(&mut self, ctx: &Context) {
        let Some(out) = typed_path(&self.out) else {
            self.error = Some("Type or choose the folder of the data set first".to_owned());
            return;
        };
        if out.starts_with(&self.source) {
            let error = "Choose a folder outside of the recordings";
            self.error = Some(error.to_owned());
            return;
        }
        let options = BuildOptions {
            // The player chose the folder: every game of it is wanted.
            origins: DataOrigin::ALL.iter().copied().collect(),
            range: DayRange::default(),
            threads: background::spare_cores(),
            ..BuildOptions::new(vec![self.source.clone()], out.clone(), crate::clock::now())
        };
        match BuildTask::start(options, waker(ctx)) {
            Ok(task) => {
                self.built = None;
                self.build = Some(RunningBuild {
                    task,
                    out,
                    since: Instant::now(),
                });
            }
            Err(why) => self.error = Some(format!("The build cannot be started: {why}")),
        }
    }

    fn open_dialog(&mut self, ctx: &Context) {
        let typed = typed_path(&self.out);
        let start = typed.as_deref().and_then(Path::parent);
        match Dialog::open(ctx, DialogKind::Folder, "Folder of the data set", start) {
            Ok(dialog) => self.dialog = Some(dialog),
            Err(error) => self.error = Some(error),
        }
    }

    fn take_dialog(&mut self) {
        match Dialog::take_path(&mut self.dialog, TYPE_ABOVE) {
            Some(Ok(folder)) => {
                self.out = path_to_edit(&folder);
                self.error = None;
            }
            Some(Err(why)) => self.error = Some(why),
            None => {}
        }
    }
}

fn running_ui(ui: &mut Ui, theme: Theme, build: &RunningBuild) {
    let progress = build.task.progress();
    let text = if build.task.is_cancelled() {
        "Cancelling…".to_owned()
    } else {
        progress.to_string()
    };
    named(
        ui.add(egui::ProgressBar::new(progress.share().unwrap_or(0.0)).desired_height(6.0)),
        "Progress of the data set",
    );
    ui.add_space(4.0);
    ui.label(TABLE.text(text).color(theme.quiet));
    ui.add_space(8.0);
    let cancel = ui.add_enabled(!build.task.is_cancelled(), PushButton::new("Cancel"));
    if cancel
        .on_hover_text("What is saved already stays as it is")
        .clicked()
    {
        build.task.cancel();
    }
}

fn built_ui(ui: &mut Ui, theme: Theme, built: &Built) {
    let report = match &built.outcome {
        Ok(report) => report,
        Err(error) => {
            ui.horizontal_top(|ui| {
                lamp_ui(ui, Lamp::Look);
                wrapped_ui(ui, theme.amber, BODY.text(escaped(error)));
            });
            return;
        }
    };
    ui.horizontal(|ui| {
        lamp_ui(ui, Lamp::Checked);
        ui.label(STRONG.text("Data set saved"));
    });
    wrapped_ui(ui, theme.text, BODY.text(report.line(built.took)));
    let findings = report.findings.len();
    if findings == 0 {
        ui.label(CAPTION.text("No findings").color(theme.quiet));
    } else {
        let text = format!("{}: the report names the files", count(findings, "finding"));
        wrapped_ui(ui, theme.amber, CAPTION.text(text));
    }
    for note in report.notes.iter().take(3) {
        wrapped_ui(ui, theme.quiet, CAPTION.text(escaped(note)));
    }
}
