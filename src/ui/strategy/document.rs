//! A strategy that is edited: its text, where it comes from, and what happens to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::editor::StrategyEditor;
use super::file::{FileOutcome, FileTask, Overwrite, SaveError};
use crate::background::Waker;
use crate::strategy::{EXAMPLES, ExampleStrategy, Strategy};
use crate::ui::dialog::{Dialog, DialogKind, DialogResult, MISSING};
use crate::ui::format::{path_to_edit, short_path};
use crate::ui::native::waker;

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextOrigin {
    /// A shipped example.
    Example(&'static ExampleStrategy),
    /// A file.
    File {
        /// Its path.
        path: PathBuf,
        /// What it held when it was read or saved last.
        saved: String,
    },
}

/// What would replace the text, or end the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentStep {
    /// Take the text of an example.
    Example(&'static ExampleStrategy),
    /// Take the text of a file, which the player chooses in a dialog.
    ChooseFile,
    /// Take the text of this file.
    File(PathBuf),
    /// Remove the document from the list.
    Remove,
}

/// What the player is asked, or what went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DocumentQuestion {
    /// Nothing.
    #[default]
    None,
    /// Something could not be done.
    Error(String),
    /// The step would lose unsaved changes.
    Lose(DocumentStep),
    /// The path of a new file.
    SaveAs {
        /// The path, as typed.
        path: String,
        /// Why the text was not saved there.
        error: Option<String>,
    },
    /// Whether to replace what this file holds: the program did not put it there.
    Replace(PathBuf),
}

/// A strategy that is edited. It owns the text.
#[derive(Debug)]
pub struct StrategyDocument {
    pub(super) editor: StrategyEditor,
    origin: TextOrigin,
    pub(super) question: DocumentQuestion,
    task: Option<FileTask>,
    dialog: Option<(DialogKind, Dialog)>,
    /// The player may lose the unsaved changes for the step that is being done.
    may_lose: bool,
    is_removed: bool,
}

impl StrategyDocument {
    /// Returns the document of the example at this place.
    pub fn example(place: usize) -> Self {
        let example = &EXAMPLES[place % EXAMPLES.len()];
        Self {
            editor: StrategyEditor::new(example.text),
            origin: TextOrigin::Example(example),
            question: DocumentQuestion::None,
            task: None,
            dialog: None,
            may_lose: false,
            is_removed: false,
        }
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        self.editor.text()
    }

    /// Returns the strategy; `None` while the text has errors.
    pub fn strategy(&self) -> Option<Arc<Strategy>> {
        self.editor.strategy()
    }

    /// Returns the name of the example or of the file.
    pub fn title(&self) -> String {
        match &self.origin {
            TextOrigin::Example(example) => example.file.to_owned(),
            TextOrigin::File { path, .. } => {
                short_path(Path::new(path.file_name().unwrap_or(path.as_os_str())))
            }
        }
    }

    /// Returns the path of its file.
    pub fn path(&self) -> Option<&Path> {
        match &self.origin {
            TextOrigin::Example(_) => None,
            TextOrigin::File { path, .. } => Some(path),
        }
    }

    /// Whether the text was changed and not saved since.
    pub fn is_unsaved(&self) -> bool {
        let saved = match &self.origin {
            TextOrigin::Example(example) => example.text,
            TextOrigin::File { saved, .. } => saved,
        };
        self.text() != saved
    }

    /// Whether the desktop's dialog is open.
    pub fn has_dialog(&self) -> bool {
        self.dialog.is_some()
    }

    /// Whether a file is being read or saved.
    pub fn is_busy(&self) -> bool {
        self.task.is_some()
    }

    /// Whether the text can get another file or end: nothing is being read or saved, and no dialog is open.
    pub(super) fn is_free(&self) -> bool {
        !self.is_busy() && !self.has_dialog()
    }

    /// Whether the player removed it.
    pub(super) fn is_removed(&self) -> bool {
        self.is_removed
    }

    /// Does a step, or asks first if it would lose unsaved changes.
    pub fn step(&mut self, ctx: &egui::Context, step: DocumentStep) {
        self.question = DocumentQuestion::None;
        if self.is_unsaved() {
            self.question = DocumentQuestion::Lose(step);
        } else {
            self.do_step(ctx, step);
        }
    }

    /// Does a step that loses unsaved changes: the player said so.
    pub(super) fn lose_and(&mut self, ctx: &egui::Context, step: DocumentStep) {
        self.question = DocumentQuestion::None;
        self.may_lose = true;
        self.do_step(ctx, step);
    }

    fn do_step(&mut self, ctx: &egui::Context, step: DocumentStep) {
        match step {
            DocumentStep::Example(example) => {
                self.set_text(example.text.to_owned(), TextOrigin::Example(example));
            }
            DocumentStep::ChooseFile => {
                let folder = self.path().and_then(Path::parent).map(Path::to_owned);
                self.open_dialog(ctx, DialogKind::Strategy, folder.as_deref());
            }
            DocumentStep::File(path) => self.read(path, waker(ctx)),
            DocumentStep::Remove => self.is_removed = true,
        }
    }

    /// Opens a dialog of the desktop: for a file to read, or for the name of a new one.
    pub(super) fn open_dialog(
        &mut self,
        ctx: &egui::Context,
        kind: DialogKind,
        folder: Option<&Path>,
    ) {
        match Dialog::open(ctx, kind, "A strategy", folder) {
            Ok(dialog) => self.dialog = Some((kind, dialog)),
            Err(why) => self.fail(why),
        }
    }

    fn set_text(&mut self, text: String, origin: TextOrigin) {
        self.editor.set_text(text);
        self.origin = origin;
        self.question = DocumentQuestion::None;
        self.may_lose = false;
    }

    /// Shows an error where the player made the change.
    pub(super) fn fail(&mut self, why: String) {
        self.may_lose = false;
        if let DocumentQuestion::SaveAs { error, .. } = &mut self.question {
            *error = Some(why);
        } else {
            self.question = DocumentQuestion::Error(why);
        }
    }

    /// Begins to read a file into the text.
    pub fn read(&mut self, path: PathBuf, waker: Waker) {
        match FileTask::read(path, waker) {
            Ok(task) => self.task = Some(task),
            Err(why) => self.fail(why),
        }
    }

    /// Saves the text to its file. A text without a file needs a path first.
    pub fn save(&mut self, waker: Waker, suggested: &Path) {
        match &self.origin {
            TextOrigin::Example(_) => self.ask_for_path(suggested),
            TextOrigin::File { path, saved } => {
                let (path, over) = (path.clone(), Overwrite::Text(saved.clone()));
                self.save_to(path, over, waker);
            }
        }
    }

    /// Asks for the path of a new file, beginning with this folder.
    pub fn ask_for_path(&mut self, suggested: &Path) {
        let path = self.path().map_or_else(
            || suggested.join(format!("{}.txt", self.title())),
            Path::to_owned,
        );
        self.question = DocumentQuestion::SaveAs {
            path: path_to_edit(&path),
            error: None,
        };
    }

    /// Begins to save the text to a file.
    pub(super) fn save_to(&mut self, path: PathBuf, over: Overwrite, waker: Waker) {
        self.question = DocumentQuestion::None;
        match FileTask::save(path, self.text().to_owned(), over, waker) {
            Ok(task) => self.task = Some(task),
            Err(why) => self.fail(why),
        }
    }

    /// Returns what saving to a path may replace: the document's own text in its own file, nothing elsewhere.
    pub(super) fn over(&self, to: &Path) -> Overwrite {
        match &self.origin {
            TextOrigin::File { path, saved } if path == to => Overwrite::Text(saved.clone()),
            _ => Overwrite::Nothing,
        }
    }

    /// Takes what the threads and the dialog have done. Called once a frame.
    pub fn take_results(&mut self, waker: &Waker) {
        if let Some(task) = &self.task {
            match task.take() {
                Ok(None) => {}
                Ok(Some(outcome)) => {
                    self.task = None;
                    self.take_outcome(outcome);
                }
                Err(why) => {
                    self.task = None;
                    self.fail(why);
                }
            }
        }
        if let Some((kind, dialog)) = &mut self.dialog {
            let (kind, result) = (*kind, dialog.take());
            if result != DialogResult::Open {
                self.dialog = None;
                self.take_dialog(kind, result, waker);
            }
        }
    }

    fn take_dialog(&mut self, kind: DialogKind, result: DialogResult, waker: &Waker) {
        let is_new = kind == DialogKind::NewStrategy;
        match result {
            DialogResult::Path(path) if is_new && path.to_str().is_none() => {
                self.fail("The name of this file is no text; choose another one".to_owned());
            }
            DialogResult::Path(path) if is_new => {
                self.question = DocumentQuestion::SaveAs {
                    path: path_to_edit(&path),
                    error: None,
                };
            }
            DialogResult::Path(path) => self.read(path, Arc::clone(waker)),
            DialogResult::Missing if is_new => self.fail(format!("{MISSING}. Type the path")),
            DialogResult::Missing => self.fail(format!("{MISSING}. Paste the text instead")),
            DialogResult::Cancelled | DialogResult::Open => self.may_lose = false,
        }
    }

    fn take_outcome(&mut self, outcome: FileOutcome) {
        match outcome {
            // The player typed while the file was read: the text is asked for again.
            FileOutcome::Read(path, Ok(_)) if self.is_unsaved() && !self.may_lose => {
                self.question = DocumentQuestion::Lose(DocumentStep::File(path));
            }
            FileOutcome::Read(path, Ok(text)) => {
                let saved = text.clone();
                self.set_text(text, TextOrigin::File { path, saved });
            }
            FileOutcome::Read(_, Err(why)) => self.fail(why),
            FileOutcome::Saved(path, _, Err(SaveError::Failed(why))) => {
                // Another path may be better.
                self.question = DocumentQuestion::SaveAs {
                    path: path_to_edit(&path),
                    error: Some(why),
                };
            }
            FileOutcome::Saved(path, saved, Ok(())) => {
                self.origin = TextOrigin::File { path, saved };
            }
            FileOutcome::Saved(path, _, Err(SaveError::Differs)) => {
                self.question = DocumentQuestion::Replace(path);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests")]
mod tests;
