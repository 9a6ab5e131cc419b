//! Chooses the text of a strategy: one of the shipped examples, or a file.

use std::path::Path;

use egui::{Context, Ui};

use super::editor::StrategyEditor;
use crate::open_file::read_regular;
use crate::strategy::EXAMPLES;
use crate::ui::dialog::{Dialog, DialogKind, DialogResult, MISSING};
use crate::ui::format::short_path;
use crate::ui::theme::Theme;
use crate::ui::theme::role::{BODY, CAPTION};
use crate::ui::widgets::{PushButton, named, wrapped_ui};

/// The longest file, in bytes: more than the editor is for.
const MAX_BYTES: u64 = 256 << 10;

/// The choice of a text.
#[derive(Debug, Default)]
pub struct StrategyPicker {
    /// The name of what was chosen last.
    chosen: String,
    dialog: Option<Dialog>,
    error: Option<String>,
}

impl StrategyPicker {
    /// Returns the picker and the editor with the first example.
    pub fn first_example() -> (Self, StrategyEditor) {
        Self::example(0)
    }

    /// The same with the example at this place.
    pub fn example(place: usize) -> (Self, StrategyEditor) {
        let example = &EXAMPLES[place % EXAMPLES.len()];
        let picker = Self {
            chosen: example.file.to_owned(),
            ..Self::default()
        };
        (picker, StrategyEditor::new(example.text))
    }

    /// Whether a dialog of the desktop is open.
    pub fn is_open(&self) -> bool {
        self.dialog.is_some()
    }

    /// Draws the menu of the examples and the button of the file. Replaces the text of the editor. Returns whether it did.
    pub fn ui(&mut self, ui: &mut Ui, editor: &mut StrategyEditor) -> bool {
        let mut taken = self.take_dialog(editor);
        ui.horizontal(|ui| {
            let menu = egui::ComboBox::from_id_salt("example")
                .selected_text(BODY.text(&self.chosen))
                .width(180.0)
                .show_ui(ui, |ui| {
                    for example in &EXAMPLES {
                        let is_chosen = self.chosen == example.file;
                        if ui.selectable_label(is_chosen, example.file).clicked() {
                            example.file.clone_into(&mut self.chosen);
                            self.error = None;
                            *editor = StrategyEditor::new(example.text);
                            taken = true;
                        }
                    }
                });
            named(menu.response, "Example");
            let open = PushButton::new("Open file…").size(0.0, 28.0);
            if ui.add_enabled(self.dialog.is_none(), open).clicked() {
                self.open_dialog(ui.ctx());
            }
        });
        if let Some(error) = &self.error {
            let amber = Theme::of(ui).amber;
            wrapped_ui(ui, amber, CAPTION.text(error.as_str()));
        }
        taken
    }

    fn open_dialog(&mut self, ctx: &Context) {
        match Dialog::open(ctx, DialogKind::Strategy, "A strategy", None) {
            Ok(dialog) => self.dialog = Some(dialog),
            Err(error) => self.error = Some(error),
        }
    }

    fn take_dialog(&mut self, editor: &mut StrategyEditor) -> bool {
        let Some(dialog) = &mut self.dialog else {
            return false;
        };
        let result = dialog.take();
        if result == DialogResult::Open {
            return false;
        }
        self.dialog = None;
        match result {
            DialogResult::Path(path) => self.read(&path, editor),
            DialogResult::Missing => {
                self.error = Some(format!("{MISSING}. Paste the text instead"));
                false
            }
            DialogResult::Cancelled | DialogResult::Open => false,
        }
    }

    /// Reads a file into the editor. Returns whether it could be read; otherwise the reason is shown.
    pub fn read(&mut self, path: &Path, editor: &mut StrategyEditor) -> bool {
        match read_text(path) {
            Ok(text) => {
                *editor = StrategyEditor::new(&text);
                self.chosen = short_path(path);
                self.error = None;
                true
            }
            Err(why) => {
                self.error = Some(format!("Cannot read {}: {why}", short_path(path)));
                false
            }
        }
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = read_regular(path, MAX_BYTES).map_err(|why| format!("{why}; {}", why.advice()))?;
    String::from_utf8(bytes).map_err(|why| {
        let at = why.utf8_error().valid_up_to();
        format!("byte {at} is no UTF-8 text; choose a text file")
    })
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_into_the_editor_and_one_that_is_no_text_leaves_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut picker, mut editor) = StrategyPicker::first_example();
        let file = folder.path().join("mine.txt");
        let text = "in presale buy 0.01\nafter 3 ticks sell all\n";
        std::fs::write(&file, text).expect("a file");
        assert!(picker.read(&file, &mut editor));
        assert_eq!(editor.text(), text);
        assert!(editor.strategy().is_some());
        let binary = folder.path().join("binary");
        std::fs::write(&binary, [b'a', 0xff]).expect("a file");
        assert!(!picker.read(&binary, &mut editor));
        assert!(!picker.read(folder.path(), &mut editor));
        assert!(
            picker
                .error
                .is_some_and(|error| error.starts_with("Cannot read "))
        );
        assert_eq!(editor.text(), text, "the text stays");
    }

    #[test]
    fn every_example_can_be_read() {
        for (place, example) in EXAMPLES.iter().enumerate() {
            let (_, editor) = StrategyPicker::example(place);
            assert!(editor.strategy().is_some(), "{}", example.file);
        }
    }
}
