//! The editor of a note: its text, its tags and its star. What the player typed is saved after a short pause and when the
//! editor is closed. It stays in it, also while it is closed, until it is on the disk or the player discards it.

use std::time::Duration;

use egui::{
    Align, Align2, Area, Context, Id, Key, Layout, Modifiers, Order, Pos2, Stroke, TextEdit, Ui,
};

use super::NoteTarget;
use super::edits::{edit_of, none, note_of};
use super::tags::{line_of, offered, tags_of, with_tag};
use crate::recording::{NoteEdit, PlacedNote, SessionNotes};
use crate::ui::format::escaped;
use crate::ui::keys::KeyTaker;
use crate::ui::theme::role::{CAPTION, TABLE, TITLE};
use crate::ui::theme::{GRID, PADDING, Theme};
use crate::ui::widgets::{
    Icon, PushButton, card_frame, icon_ui, named, star_ui, truncated_ui, wrapped_ui,
};

/// Rows of the text.
const ROWS: usize = 4;
/// Seconds after a change until it is saved: a kill of the program costs no more than the last words.
const SAVE_AFTER: f64 = 1.0;
/// Shown over a draft that was opened again.
const DRAFT: &str = "Your draft. Save or discard it before you write another note.";
/// Known tags that are offered at once.
const OFFERED: usize = 6;

/// Where the editor is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EditorPlace {
    /// The corner or edge at this place.
    pub pivot: Align2,
    /// The place.
    pub at: Pos2,
    /// Its width.
    pub width: f32,
}

/// What the player answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditorAnswer {
    /// Save this.
    Save(NoteEdit),
    /// Close the editor, and save what was typed.
    Closed,
    /// Close the editor, and put the note back as it was when it was opened.
    Discarded,
}

/// The editor.
#[derive(Debug)]
pub struct NoteEditor {
    target: NoteTarget,
    /// The tags that were used before.
    known_tags: Vec<String>,
    text: String,
    tags: String,
    starred: bool,
    /// The note as it was read; `None` until then.
    read: Option<NoteEdit>,
    /// The note that is on the disk, by what was read and saved here.
    saved: Option<NoteEdit>,
    saving: Option<PendingSave>,
    /// What the fields said last, and since when, in seconds of the window.
    typed: Option<(NoteEdit, f64)>,
    /// Why it was not saved.
    error: Option<String>,
    /// What was not saved: it is tried again when the player changes or saves it, or closes the editor.
    failed: Option<NoteEdit>,
    /// Whether notes may be as the fields say.
    is_valid: bool,
    /// Whether it was drawn with its fields since it was opened.
    is_drawn: bool,
    draft: DraftState,
}

/// What is being saved.
#[derive(Debug)]
struct PendingSave {
    edit: NoteEdit,
    /// The editor closes once it is saved.
    closes: bool,
}

/// Whether an editor with unsaved changes was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DraftState {
    /// It is open, as it was from the start.
    Open,
    /// It is closed.
    Closed,
    /// It was closed, and is open again.
    Reopened,
}

impl NoteEditor {
    /// Returns the editor of a note. `known_tags` are offered.
    pub fn new(target: NoteTarget, known_tags: Vec<String>) -> Self {
        Self {
            target,
            known_tags,
            text: String::new(),
            tags: String::new(),
            starred: false,
            read: None,
            saved: None,
            saving: None,
            typed: None,
            error: None,
            failed: None,
            is_valid: true,
            is_drawn: false,
            draft: DraftState::Open,
        }
    }

    /// Returns what the note is on.
    pub fn target(&self) -> &NoteTarget {
        &self.target
    }

    /// Whether the player changed something that is not on the disk.
    pub fn is_unsaved(&self) -> bool {
        let saved = self.saved.as_ref();
        saved.is_some_and(|saved| self.edit() != *saved)
    }

    /// Whether changes are lost if the window closes now: they are not being saved either.
    pub fn would_lose(&self) -> bool {
        self.is_unsaved() && self.saving() != Some(&self.edit())
    }

    /// Returns what is to be saved now: what the player changed, unless it is being saved or cannot be.
    pub fn unsaved(&self) -> Option<NoteEdit> {
        let edit = self.edit();
        let can_save = self.is_valid && self.failed.as_ref() != Some(&edit);
        (can_save && self.would_lose()).then_some(edit)
    }

    /// Returns what is to be saved because the player has made a pause. To be called in each frame.
    pub fn due(&mut self, ctx: &Context) -> Option<NoteEdit> {
        let edit = self.unsaved()?;
        let now = ctx.input(|input| input.time);
        let known = self.typed.take().filter(|(typed, _)| *typed == edit);
        let (_, since) = self.typed.insert(known.unwrap_or((edit.clone(), now)));
        let left = *since + SAVE_AFTER - now;
        if left > 0.0 {
            ctx.request_repaint_after(Duration::from_secs_f64(left));
            return None;
        }
        Some(edit)
    }

    /// Returns the change that puts the note back as it was when it was opened, if it is not so on the disk.
    pub fn undo(&self) -> Option<NoteEdit> {
        let is_there = self.saving.is_none() && self.saved == self.read;
        self.read.clone().filter(|_| !is_there)
    }

    /// Closes the editor; changes that are not saved are a draft.
    pub fn close(&mut self) {
        (self.draft, self.is_drawn) = (DraftState::Closed, false);
        self.failed = None;
    }

    /// Opens the editor again if it is closed.
    pub fn reopen(&mut self) {
        if self.is_closed() {
            self.draft = DraftState::Reopened;
        }
    }

    /// Whether the editor is closed.
    pub fn is_closed(&self) -> bool {
        self.draft == DraftState::Closed
    }

    /// Notes what is being saved, and whether the editor closes then.
    pub fn set_saving(&mut self, edit: NoteEdit, closes: bool) {
        self.saving = Some(PendingSave { edit, closes });
        (self.error, self.failed) = (None, None);
    }

    /// Notes why it was not saved. The text stays.
    pub fn set_failed(&mut self, why: String) {
        let saving = self.saving.take().map(|saving| saving.edit);
        self.failed = saving.or_else(|| Some(self.edit()));
        self.error = Some(why);
    }

    fn saving(&self) -> Option<&NoteEdit> {
        self.saving.as_ref().map(|saving| &saving.edit)
    }

    /// Whether something is being saved.
    pub fn is_saving(&self) -> bool {
        self.saving.is_some()
    }

    /// Whether the player has saved the note, and waits for the disk.
    fn is_closing(&self) -> bool {
        self.saving.as_ref().is_some_and(|saving| saving.closes)
    }

    /// Takes the notes of the session as the disk has them. Returns whether the editor has ended: they have what was saved.
    pub fn take_saved(&mut self, notes: &SessionNotes) -> bool {
        let there = note_of(&self.target, notes);
        let Some(saving) = self.saving.take_if(|saving| saving.edit == there) else {
            return false;
        };
        self.saved = Some(there);
        saving.closes || self.is_closed() && !self.is_unsaved()
    }

    /// Draws the editor. `notes` are those of the session once they were read, with what is wrong with their file.
    pub fn ui(
        &mut self,
        ctx: &Context,
        place: EditorPlace,
        notes: Option<(&SessionNotes, Option<&str>)>,
    ) -> Option<EditorAnswer> {
        KeyTaker::Note.set_drawn(ctx);
        if self.read.is_none()
            && let Some((notes, _)) = notes
        {
            self.fill(notes);
        }
        let theme = Theme::of_visuals(&ctx.global_style().visuals);
        let frame = card_frame(&theme)
            .stroke(Stroke::new(1.0, theme.line2))
            .inner_margin(egui::Margin::symmetric(12, 8));
        let area = Area::new(Id::unique("note editor"))
            .order(Order::Middle)
            .pivot(place.pivot)
            .fixed_pos(place.at)
            .constrain(true);
        let shown = area.show(ctx, |ui| {
            frame
                .show(ui, |ui| {
                    ui.set_width(place.width - 2.0 * (PADDING - GRID));
                    ui.spacing_mut().item_spacing.y = 6.0;
                    self.content_ui(ui, &theme, notes)
                })
                .inner
        });
        let escapes = ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        // While it is being saved it stays: the disk may not take it.
        let closed = (escapes && !self.is_closing()).then_some(EditorAnswer::Closed);
        shown.inner.or(closed)
    }

    fn content_ui(
        &mut self,
        ui: &mut Ui,
        theme: &Theme,
        notes: Option<(&SessionNotes, Option<&str>)>,
    ) -> Option<EditorAnswer> {
        ui.horizontal(|ui| {
            icon_ui(ui, Icon::Flag, 16.0, theme.accent);
            let title = format!("Note on {}", escaped(&self.target.title));
            truncated_ui(ui, theme.text, TITLE.text(title));
        });
        let Some((notes, fault)) = notes else {
            wrapped_ui(ui, theme.quiet, "Reading the notes of the session…");
            return None;
        };
        // Before the field takes the key.
        let save_key = ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
        let can_edit = !self.is_closing();
        ui.add_enabled_ui(can_edit, |ui| self.fields_ui(ui));
        if self.draft == DraftState::Reopened {
            wrapped_ui(ui, theme.quiet, TABLE.text(DRAFT));
        }
        let edit = self.edit();
        let mut all = notes.clone();
        all.apply(edit.clone());
        let wrong = all.check().err();
        let not_saved = self.error.as_ref().map(|why| format!("Not saved: {why}"));
        let fault = fault.map(ToOwned::to_owned);
        for text in [wrong.clone(), not_saved, fault].into_iter().flatten() {
            wrapped_ui(ui, theme.amber, TABLE.text(escaped(&text)));
        }
        self.is_valid = wrong.is_none();
        let can_save = can_edit && self.is_valid;
        let mut answer = (save_key && can_save).then(|| EditorAnswer::Save(edit.clone()));
        ui.horizontal(|ui| {
            let save = PushButton::new("Save").primary().key("Ctrl Enter");
            if ui.add_enabled(can_save, save).clicked() {
                answer = Some(EditorAnswer::Save(edit.clone()));
            }
            let close = ui.add_enabled(can_edit, PushButton::new("Close").key("Esc"));
            if close.on_hover_text("What you typed is saved").clicked() {
                answer = Some(EditorAnswer::Closed);
            }
            let is_there = note_of(&self.target, notes) != none(&self.target);
            let last = if self.read.as_ref().is_some_and(|read| edit != *read) {
                Some(("Discard", EditorAnswer::Discarded))
            } else {
                is_there.then(|| ("Delete", EditorAnswer::Save(none(&self.target))))
            };
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some((name, chosen)) = last
                    && ui.add_enabled(can_edit, PushButton::new(name)).clicked()
                {
                    answer = Some(chosen);
                }
            });
        });
        answer
    }

    fn fields_ui(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        // Each note undoes its own changes only.
        let id = format!("{:?}", (&self.target.session, &self.target.place));
        let text = TextEdit::multiline(&mut self.text)
            .id_salt(("text", &id))
            .hint_text("What happened here?")
            .desired_rows(ROWS)
            .desired_width(f32::INFINITY);
        let scroll = egui::ScrollArea::vertical()
            .id_salt("note text")
            .max_height(120.0);
        let field = scroll
            .show(ui, |ui| named(ui.add(text), "Text of the note"))
            .inner;
        if !std::mem::replace(&mut self.is_drawn, true) {
            field.request_focus();
        }
        ui.horizontal(|ui| {
            if star_ui(ui, self.starred, "Star of the note").clicked() {
                self.starred = !self.starred;
            }
            let tags = TextEdit::singleline(&mut self.tags)
                .id_salt(("tags", &id))
                .hint_text("Tags, with commas or spaces between them")
                .desired_width(f32::INFINITY);
            named(ui.add(tags), "Tags of the note");
        });
        let offered = offered(&self.known_tags, &self.tags);
        let mut chosen = None;
        if !offered.is_empty() {
            ui.horizontal(|ui| {
                ui.label(CAPTION.text("Used before").color(theme.quiet));
                for tag in offered.iter().take(OFFERED) {
                    let shown = escaped(tag);
                    let chip = PushButton::new(&shown).chip();
                    // As many as have room in one line.
                    if ui.available_width() > 60.0 && ui.add(chip).clicked() {
                        chosen = Some((*tag).to_owned());
                    }
                }
            });
        }
        if let Some(tag) = chosen {
            self.tags = with_tag(&self.tags, &tag);
        }
    }

    /// Takes the note that is there already.
    fn fill(&mut self, notes: &SessionNotes) {
        let read = note_of(&self.target, notes);
        if let NoteEdit::Session {
            starred,
            text,
            tags,
        }
        | NoteEdit::Place(PlacedNote {
            starred,
            text,
            tags,
            ..
        }) = &read
        {
            self.text.clone_from(text);
            self.tags = line_of(tags);
            self.starred = *starred;
        }
        // The same as what the fields say: nothing is changed yet.
        self.read = Some(self.edit());
        self.saved.clone_from(&self.read);
    }

    /// Returns what the fields say.
    fn edit(&self) -> NoteEdit {
        let text = self.text.trim().to_owned();
        edit_of(&self.target, self.starred, text, tags_of(&self.tags))
    }
}
