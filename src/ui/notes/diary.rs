//! The diary: a line for each day, in the page Review. What was typed stays until it is on the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use chrono::NaiveDate;
use egui::{Align, Layout, Rect, TextEdit, Ui, UiBuilder};

use super::BUSY;
use crate::library::worker::LibraryWorker;
use crate::recording::Diary;
use crate::ui::format::escaped;
use crate::ui::theme::Theme;
use crate::ui::theme::role::{STRONG, TABLE};
use crate::ui::widgets::{named, truncated_ui};

/// Room for a remark beside the line.
const REMARK: f32 = 260.0;

/// A day in the diary of a folder.
type DiaryDay = (PathBuf, NaiveDate);

/// A line that is not on the disk yet.
#[derive(Debug)]
struct TypedLine {
    text: String,
    /// The library's thread was asked to write it.
    is_sent: bool,
}

/// The diary of a folder, and the lines that are not on the disk yet.
#[derive(Debug)]
pub struct DiaryBook {
    worker: Rc<LibraryWorker>,
    /// The folder that was requested.
    root: Option<PathBuf>,
    diary: Arc<Diary>,
    /// What was typed, by folder and day, until the disk has it.
    typed: BTreeMap<DiaryDay, TypedLine>,
    /// The day that was drawn last.
    drawn: Option<DiaryDay>,
    /// Why a line was not saved.
    error: Option<String>,
}

impl DiaryBook {
    /// Returns a book that has read nothing.
    pub fn new(worker: Rc<LibraryWorker>) -> Self {
        Self {
            worker,
            root: None,
            diary: Arc::default(),
            typed: BTreeMap::new(),
            drawn: None,
            error: None,
        }
    }

    /// Returns the diary of a folder; the first call for a folder requests it, and it is empty until it was read.
    pub fn get(&mut self, root: &Path) -> Arc<Diary> {
        if self.root.as_deref() != Some(root) && self.worker.diary(root.to_owned()) {
            self.root = Some(root.to_owned());
            self.diary = Arc::default();
        }
        Arc::clone(&self.diary)
    }

    /// Whether a line is not on the disk.
    pub fn has_unsaved(&self) -> bool {
        !self.typed.is_empty()
    }

    /// Takes the diary of a folder. Returns what is wrong with its file.
    pub(super) fn take(
        &mut self,
        root: &Path,
        diary: Diary,
        fault: Option<String>,
    ) -> Option<String> {
        let line = |day: &NaiveDate| diary.days.get(day).map_or("", String::as_str);
        let is_saved = |of: &Path, day: &NaiveDate, typed: &str| of == root && line(day) == typed;
        self.typed
            .retain(|(of, day), typed| !is_saved(of, day, typed.text.trim()));
        if self.root.as_deref() == Some(root) {
            self.diary = Arc::new(diary);
        }
        fault
    }

    /// Takes why something was not written. Returns whether it was a line of the diary.
    pub(super) fn take_failure(&mut self, path: &Path, why: &str) -> bool {
        let is_own = self.typed.keys().any(|(root, _)| root == path);
        if is_own {
            self.error = Some(why.to_owned());
        }
        is_own
    }

    /// Saves the lines of days that are not on the screen any more. To be called before the pages are drawn.
    pub fn save_left(&mut self) {
        let drawn = self.drawn.take();
        let waiting = self.typed.iter().filter(|(_, typed)| !typed.is_sent);
        let left = waiting
            .map(|(day, _)| day)
            .filter(|day| Some(*day) != drawn.as_ref());
        for day in left.cloned().collect::<Vec<_>>() {
            self.save(&day);
        }
    }

    fn save(&mut self, day: &DiaryDay) {
        let Some(typed) = self.typed.get_mut(day) else {
            return;
        };
        let line = typed.text.trim().to_owned();
        typed.is_sent = self.worker.save_diary(day.0.clone(), day.1, line);
        self.error = (!typed.is_sent).then(|| BUSY.to_owned());
    }
}

/// Draws the line of a day. It is saved with Enter, and when the player leaves it.
pub fn diary_ui(ui: &mut Ui, rect: Rect, book: &mut DiaryBook, root: &Path, day: NaiveDate) {
    let line = book.get(root).days.get(&day).cloned().unwrap_or_default();
    let key = (root.to_owned(), day);
    let typed = book.typed.get(&key).map(|typed| typed.text.clone());
    let mut text = typed.unwrap_or(line.clone());
    book.drawn = Some(key.clone());
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        let theme = Theme::of(ui);
        ui.label(STRONG.text("Diary"));
        let whole = ui.available_width();
        let width = if book.error.is_some() {
            whole - REMARK.min(whole / 2.0)
        } else {
            whole
        };
        // Each day undoes its own changes only.
        let field = TextEdit::singleline(&mut text)
            .id_salt(&key)
            .hint_text("How was this day? One line, saved with Enter")
            .char_limit(500)
            .desired_width(width - 8.0);
        let field = named(ui.add(field), "Diary of the day");
        if field.changed() {
            if text.trim() == line {
                book.typed.remove(&key);
            } else {
                let typed = TypedLine {
                    text,
                    is_sent: false,
                };
                book.typed.insert(key.clone(), typed);
            }
        }
        if field.lost_focus() {
            book.save(&key);
        }
        if let Some(why) = &book.error {
            let text = format!("Not saved: {}", escaped(why));
            truncated_ui(ui, theme.amber, TABLE.text(&text)).on_hover_text(text);
        }
    });
}
