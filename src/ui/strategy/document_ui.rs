//! Draws a strategy that is edited: the menu of the examples, the buttons of its file, what the player is asked, and the
//! editor.

use std::path::Path;

use egui::{Key, Modifiers, TextEdit, Ui};

use super::document::{DocumentQuestion, DocumentStep, StrategyDocument};
use super::file::Overwrite;
use crate::strategy::EXAMPLES;
use crate::ui::dialog::DialogKind;
use crate::ui::format::short_path;
use crate::ui::library::typed_path;
use crate::ui::native::waker;
use crate::ui::theme::role::{BODY, CAPTION, TABLE_MONO};
use crate::ui::theme::{CONTROL, Theme};
use crate::ui::widgets::{PushButton, named, wrapped_ui};

/// Room for the buttons beside the menu of the examples.
const BUTTONS: f32 = 266.0;
/// The key that saves, also while the text has the focus.
const SAVE: (Modifiers, Key) = (Modifiers::COMMAND, Key::S);

impl StrategyDocument {
    /// Draws the document in this height. `folder` is offered for a new file. Returns whether the text was changed.
    pub(super) fn ui(&mut self, ui: &mut Ui, folder: &Path, height: f32) -> bool {
        let top = ui.cursor().top();
        let by_key = ui.input_mut(|input| input.consume_key(SAVE.0, SAVE.1));
        if by_key && self.is_unsaved() && self.is_free() {
            self.save(waker(ui.ctx()), folder);
        }
        ui.horizontal(|ui| self.file_ui(ui, folder));
        ui.add_space(4.0);
        self.question_ui(ui, folder);
        let used = ui.cursor().top() - top;
        self.editor.ui(ui, height - used)
    }

    /// Draws the menu of the examples and the buttons of the file.
    fn file_ui(&mut self, ui: &mut Ui, folder: &Path) {
        let mark = if self.is_unsaved() { " (edited)" } else { "" };
        let title = format!("{}{mark}", self.title());
        let width = (ui.available_width() - BUTTONS).clamp(100.0, 240.0);
        let mut step = None;
        let is_free = self.is_free();
        let menu = egui::ComboBox::from_id_salt("example")
            .selected_text(BODY.text(&title))
            .width(width)
            .truncate();
        let menu = ui.add_enabled_ui(is_free, |ui| {
            menu.show_ui(ui, |ui| {
                for example in &EXAMPLES {
                    let is_chosen = self.title() == example.file;
                    // The key that saves leaves the menu open.
                    let entry = egui::Button::selectable(is_chosen, example.file);
                    if ui.add_enabled(is_free, entry).clicked() {
                        step = Some(DocumentStep::Example(example));
                    }
                }
            })
        });
        let whole = self.path().map_or(title.clone(), short_path);
        named(menu.inner.response, &format!("Example: {title}")).on_hover_text(whole);
        let button = |text| PushButton::new(text).size(0.0, CONTROL);
        if ui.add_enabled(is_free, button("Open file…")).clicked() {
            step = Some(DocumentStep::ChooseFile);
        }
        let save = ui.add_enabled(is_free && self.is_unsaved(), button("Save"));
        if save.on_hover_text("Ctrl S").clicked() {
            self.save(waker(ui.ctx()), folder);
        }
        if ui.add_enabled(is_free, button("Save as…")).clicked() {
            self.ask_for_path(folder);
        }
        if let Some(step) = step {
            self.step(ui.ctx(), step);
        }
    }

    /// Draws what the player is asked, with the answers, or what went wrong.
    fn question_ui(&mut self, ui: &mut Ui, folder: &Path) {
        let amber = Theme::of(ui).amber;
        match &self.question {
            DocumentQuestion::None => {}
            DocumentQuestion::Error(why) => {
                wrapped_ui(ui, amber, CAPTION.text(why));
            }
            DocumentQuestion::Lose(step) => {
                let step = step.clone();
                let text = format!("Unsaved changes in {} are lost.", self.title());
                wrapped_ui(ui, amber, BODY.text(text));
                match answer_ui(ui, ["Discard changes", "Keep editing"]) {
                    Some(0) => self.lose_and(ui.ctx(), step),
                    Some(_) => self.question = DocumentQuestion::None,
                    None => {}
                }
            }
            DocumentQuestion::SaveAs { .. } => self.save_as_ui(ui, folder),
            DocumentQuestion::Replace(path) => {
                let path = path.clone();
                self.replace_ui(ui, &path);
            }
        }
        if self.question != DocumentQuestion::None {
            ui.add_space(4.0);
        }
    }

    fn replace_ui(&mut self, ui: &mut Ui, path: &Path) {
        let amber = Theme::of(ui).amber;
        let shown = short_path(path);
        let is_own = self.path() == Some(path);
        let text = if is_own {
            format!("Another program has changed {shown} since it was read.")
        } else {
            format!("{shown} is there already.")
        };
        wrapped_ui(ui, amber, BODY.text(text));
        let answers: &[&str] = if is_own {
            &["Replace it", "Cancel", "Read it again"]
        } else {
            &["Replace it", "Cancel"]
        };
        match answer_ui(ui, answers.iter().copied()) {
            Some(0) => self.save_to(path.to_owned(), Overwrite::Anything, waker(ui.ctx())),
            Some(1) => self.question = DocumentQuestion::None,
            Some(_) => self.lose_and(ui.ctx(), DocumentStep::File(path.to_owned())),
            None => {}
        }
    }

    fn save_as_ui(&mut self, ui: &mut Ui, folder: &Path) {
        let amber = Theme::of(ui).amber;
        let DocumentQuestion::SaveAs { path, error } = &mut self.question else {
            return;
        };
        let field = TextEdit::singleline(path)
            .font(TABLE_MONO.font())
            .text_color_opt(error.as_ref().map(|_| amber))
            .desired_width(f32::INFINITY);
        let field = named(ui.add(field), "File of the strategy");
        if field.changed() {
            *error = None;
        }
        let by_enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if let Some(why) = error {
            wrapped_ui(ui, amber, CAPTION.text(why.as_str()));
        }
        let path = typed_path(path);
        match answer_ui(ui, ["Save to this file", "Choose…", "Cancel"]).or(by_enter.then_some(0))
        {
            Some(0) => match path {
                Some(path) => {
                    let over = self.over(&path);
                    self.save_to(path, over, waker(ui.ctx()));
                }
                None => self.fail("Type the path of the file first".to_owned()),
            },
            Some(1) => {
                let beside = path.as_deref().and_then(Path::parent).unwrap_or(folder);
                self.open_dialog(ui.ctx(), DialogKind::NewStrategy, Some(beside));
            }
            Some(_) => self.question = DocumentQuestion::None,
            None => {}
        }
    }
}

/// Draws answers side by side. Returns the place of the one that was pressed.
fn answer_ui<'a>(ui: &mut Ui, answers: impl IntoIterator<Item = &'a str>) -> Option<usize> {
    ui.horizontal(|ui| {
        let mut pressed = None;
        for (place, answer) in answers.into_iter().enumerate() {
            if ui.add(PushButton::new(answer).size(0.0, CONTROL)).clicked() {
                pressed = Some(place);
            }
        }
        pressed
    })
    .inner
}
