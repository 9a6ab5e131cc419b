//! Rows of the settings: a name and an explanation at the left, the control at the right.

use std::fmt::Display;
use std::time::Duration;

use egui::{Align, Color32, Context, Id, Layout, Response, TextEdit, Ui, vec2};

use crate::ui::theme::role::{BODY, CAPTION, TABLE_MONO};
use crate::ui::theme::{CONTROL, RADIUS, Theme};
use crate::ui::widgets::{named, titled_card_ui};

/// How long a row that the player was sent to has a ground.
const SHOWN_SECONDS: f64 = 2.0;
/// Height of a row without a second line of explanation.
const ROW: f32 = 44.0;

/// Draws a card of settings with a remark at the right of its title.
pub fn section_ui<R>(ui: &mut Ui, title: &str, remark: &str, rows: impl FnOnce(&mut Ui) -> R) -> R {
    let quiet = Theme::of(ui).quiet;
    let ((), result) = titled_card_ui(
        ui,
        title,
        |ui| {
            ui.label(CAPTION.text(remark).color(quiet));
        },
        |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(4.0);
            rows(ui)
        },
    );
    result
}

/// Draws a row with an explanation in the quiet colour.
pub fn row_ui<R>(ui: &mut Ui, name: &str, note: &str, control: impl FnOnce(&mut Ui) -> R) -> R {
    let quiet = Theme::of(ui).quiet;
    noted_row_ui(ui, name, (note, quiet), control)
}

/// Draws a row with an explanation in a colour. The control comes first: the texts get what it leaves.
pub fn noted_row_ui<R>(
    ui: &mut Ui,
    name: &str,
    (note, colour): (&str, Color32),
    control: impl FnOnce(&mut Ui) -> R,
) -> R {
    let theme = Theme::of(ui);
    let wanted = is_wanted(ui, name);
    if wanted {
        let row = egui::Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), ROW));
        ui.painter().rect_filled(row, RADIUS, theme.hover);
        ui.scroll_to_rect(row, Some(Align::Center));
    }
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), egui::Sense::empty());
    ui.painter().rect_filled(line, 0, theme.line);
    let size = vec2(ui.available_width(), ROW);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_height(ROW);
        ui.spacing_mut().item_spacing.x = 8.0;
        let result = control(ui);
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add_space(if note.is_empty() { 13.0 } else { 5.0 });
            ui.label(BODY.text(name));
            if !note.is_empty() {
                let text = CAPTION.text(note).color(colour);
                ui.add(egui::Label::new(text).wrap());
                ui.add_space(5.0);
            }
        });
        result
    })
    .inner
}

/// Shows a row on the page: it is scrolled to and has a ground for a moment.
pub fn show_row(ctx: &Context, name: &'static str) {
    let now = ctx.input(|input| input.time);
    ctx.data_mut(|data| data.insert_temp(Id::unique("wanted setting"), (name, now)));
}

/// Whether the player was just sent to this row.
fn is_wanted(ui: &Ui, name: &str) -> bool {
    let id = Id::unique("wanted setting");
    let wanted = ui.data(|data| data.get_temp::<(&'static str, f64)>(id));
    wanted.is_some_and(|(wanted, since)| {
        let left = since + SHOWN_SECONDS - ui.input(|input| input.time);
        let is_it = wanted == name && left > 0.0;
        if is_it {
            ui.request_repaint_after(Duration::from_secs_f64(left));
        }
        is_it
    })
}

/// A text field and why its text cannot be used.
#[derive(Debug, Default)]
pub struct Field {
    /// The text as typed.
    pub text: String,
    /// What to type instead.
    pub error: Option<String>,
    /// Whether to move the focus to it.
    pub focus: bool,
    /// Whether the text was changed and not read since.
    is_unread: bool,
}

impl Field {
    /// Returns a field with a text.
    pub fn new(text: String) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }

    /// Whether the text was changed and not read since.
    pub fn is_unread(&self) -> bool {
        self.is_unread
    }

    /// Shows the error of its text, if any, and keeps the focus on it. Returns the value.
    pub fn accept<T, E: Display>(&mut self, parsed: Result<T, E>) -> Option<T> {
        self.is_unread = false;
        match parsed {
            Ok(value) => {
                self.error = None;
                Some(value)
            }
            Err(error) => {
                self.error = Some(error.to_string());
                self.focus = true;
                None
            }
        }
    }

    /// Returns the explanation of its row: the error, or else the given one.
    pub fn note<'a>(&'a self, theme: &Theme, note: &'a str) -> (&'a str, Color32) {
        match &self.error {
            Some(error) => (error, theme.amber),
            None => (note, theme.quiet),
        }
    }

    /// Draws the field.
    pub fn ui(&mut self, ui: &mut Ui, name: &str, hint: &str, width: f32) -> Response {
        // Texts have a hint, numbers do not.
        let align = if hint.is_empty() {
            egui::Align2::RIGHT_CENTER
        } else {
            egui::Align2::LEFT_CENTER
        };
        let edit = TextEdit::singleline(&mut self.text)
            .hint_text(hint)
            .font(TABLE_MONO.font())
            .align(align);
        let edit = named(ui.add_sized(vec2(width, CONTROL), edit), name);
        self.is_unread |= edit.changed();
        if std::mem::take(&mut self.focus) {
            edit.request_focus();
            // It may be below what is seen.
            edit.scroll_to_me(None);
        }
        edit
    }
}
