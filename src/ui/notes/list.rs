//! The tab of the notes below the chart: each note in a line, the newest first.

use egui::{Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::shown::{ShownNote, note_icon};
use crate::engine::View;
use crate::ui::command::KeyCommand;
use crate::ui::page_part::{NoteSubject, PageAction};
use crate::ui::theme::role::{TABLE, TABLE_STRONG};
use crate::ui::theme::{ROW, Theme};
use crate::ui::widgets::{line_galley, link_ui, list_row_ui, paint_line, wrapped_ui};

/// Widths of the place of a note, and of its link.
const PLACE: f32 = 168.0;
const EDIT: f32 = 36.0;
/// Space at both sides.
const MARGIN: f32 = 12.0;

/// Draws the notes. A click shows the tick of a note; the link opens its editor.
pub fn note_list_ui(ui: &mut Ui, view: &View, notes: &[ShownNote], actions: &mut Vec<PageAction>) {
    let theme = Theme::of(ui);
    if notes.is_empty() {
        let key = KeyCommand::Note.key_name(ui.ctx());
        let text = format!("No notes yet. Press {key} to write one on this tick.");
        ui.horizontal(|ui| {
            ui.add_space(MARGIN);
            wrapped_ui(ui, theme.quiet, text);
        });
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical()
        .id_salt("notes")
        .auto_shrink(false)
        .show_rows(ui, ROW, notes.len(), |ui, shown| {
            for note in &notes[shown] {
                list_row_ui(ui, &note.place, |ui| {
                    note_ui(ui, &theme, view, note, actions);
                });
            }
        });
}

fn note_ui(
    ui: &mut Ui,
    theme: &Theme,
    view: &View,
    note: &ShownNote,
    actions: &mut Vec<PageAction>,
) {
    let size = vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let place = note.place_text(view);
    let name = format!("Note, {place}: {}", note.words);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 0, theme.hover);
    }
    let inside = rect.shrink2(vec2(MARGIN, 0.0));
    let square = inside.with_max_x(inside.left() + 14.0);
    let ink = theme.note(note.starred);
    note_icon(note.starred).paint(ui.painter(), square, 14.0, ink);
    let y = rect.center().y;
    let left = inside.left() + 20.0;
    let wide = PLACE.min(inside.width() / 2.0);
    let galley = line_galley(ui, &[(TABLE_STRONG, &place, theme.text)], 0.0, wide - 8.0);
    paint_line(ui.painter(), pos2(left, y), galley);
    let room = (inside.right() - EDIT - left - wide).max(0.0);
    let galley = line_galley(ui, &[(TABLE, &note.words, theme.text)], 0.0, room);
    paint_line(ui.painter(), pos2(left + wide, y), galley);
    let builder = egui::UiBuilder::new()
        .max_rect(inside.with_min_x(inside.right() - EDIT))
        .layout(egui::Layout::right_to_left(egui::Align::Center));
    let edit = link_ui(&mut ui.new_child(builder), "Edit");
    edit.widget_info(|| WidgetInfo::labeled(Role::Link, true, format!("Edit note, {place}")));
    let edits = edit.clicked();
    let has_tick = note.at.is_some();
    let tip = if has_tick {
        format!("{}\nClick: show this tick", note.words)
    } else {
        note.words.clone()
    };
    let clicked = response.on_hover_text(tip).clicked();
    match &note.at {
        Some((game, tick)) if clicked && !edits => {
            actions.push(PageAction::ShowTick(game.clone(), tick.unwrap_or(0)));
        }
        _ if clicked || edits => {
            let place = note.place.clone();
            let subject = place.map_or(NoteSubject::Session, NoteSubject::Place);
            actions.push(PageAction::Note(subject));
        }
        _ => {}
    }
}
