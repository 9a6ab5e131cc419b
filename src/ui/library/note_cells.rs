//! The player's notes in the library: the star and the words in the list, and all of them in the details.

use egui::{Align, Layout, Ui};

use crate::recording::SessionNotes;
use crate::ui::format::count;
use crate::ui::notes::{note_icon, note_words, shown_notes};
use crate::ui::theme::Theme;
use crate::ui::theme::role::TABLE;
use crate::ui::widgets::{icon_ui, star_ui, truncated_ui, wrapped_ui};

/// Notes that the tooltip and the details have.
const MOST: usize = 6;

/// Returns a session's notes in a few words: what was written on it, or else their number.
pub fn notes_summary(notes: &SessionNotes) -> String {
    if !notes.text.is_empty() || !notes.tags.is_empty() {
        return note_words(&notes.text, &notes.tags);
    }
    let tags: Vec<String> = notes
        .all_tags()
        .into_iter()
        .map(ToOwned::to_owned)
        .collect();
    match notes.places.len() {
        0 => String::new(),
        _ if !tags.is_empty() => note_words("", &tags),
        n => count(n, "note"),
    }
}

/// Returns the notes of a session, each in a line and with whether it has a star; the newest ones, and how many more.
fn lines(notes: &SessionNotes) -> Vec<(bool, String)> {
    // Without the rows of the session: where a trade is, is not shown here.
    let all = shown_notes(notes, &[]);
    let more = all.len().saturating_sub(MOST);
    let shown = all.into_iter().take(MOST);
    let mut lines: Vec<_> = shown.map(|note| (note.starred, note.words)).collect();
    if more > 0 {
        lines.push((false, format!("and {more} more")));
    }
    lines
}

/// Draws the cell of a session, which is named by its start. Returns whether it gets a star or loses it.
pub fn notes_cell_ui(ui: &mut Ui, notes: Option<&SessionNotes>, name: &str) -> Option<bool> {
    let theme = Theme::of(ui);
    let starred = notes.is_some_and(|notes| notes.starred);
    let mut clicked = false;
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        clicked = star_ui(ui, starred, &format!("Star of {name}")).clicked();
        let Some(notes) = notes else { return };
        let text = notes_summary(notes);
        if !text.is_empty() {
            let all: Vec<_> = lines(notes).into_iter().map(|(_, line)| line).collect();
            truncated_ui(ui, theme.quiet, TABLE.text(text)).on_hover_text(all.join("\n"));
        }
    });
    clicked.then_some(!starred)
}

/// Draws the notes of a session in the details.
pub fn note_lines_ui(ui: &mut Ui, notes: Option<&SessionNotes>) {
    let theme = Theme::of(ui);
    let Some(notes) = notes else { return };
    ui.spacing_mut().item_spacing.y = 2.0;
    for (starred, line) in lines(notes) {
        ui.horizontal_top(|ui| {
            icon_ui(ui, note_icon(starred), 14.0, theme.note(starred));
            wrapped_ui(ui, theme.text, TABLE.text(line));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{NotePlace, PlacedNote};

    fn with_places(texts: usize, tag: &str) -> SessionNotes {
        let mut notes = SessionNotes::default();
        for seq in 1..=u32::try_from(texts).expect("few") {
            notes.put(PlacedNote {
                place: NotePlace::Trip { seq },
                starred: false,
                text: format!("note {seq}"),
                tags: Some(tag.to_owned())
                    .filter(|tag| !tag.is_empty())
                    .into_iter()
                    .collect(),
            });
        }
        notes
    }

    #[test]
    fn a_session_is_summed_up_by_its_own_note_or_its_tags_or_the_number_of_notes() {
        assert_eq!(notes_summary(&SessionNotes::default()), "");
        assert_eq!(notes_summary(&with_places(2, "")), "2 notes");
        assert_eq!(notes_summary(&with_places(2, "late")), "#late");
        let own = SessionNotes {
            text: "calm".to_owned(),
            ..with_places(2, "late")
        };
        assert_eq!(notes_summary(&own), "calm");
    }

    #[test]
    fn the_newest_notes_are_listed_and_the_rest_is_counted() {
        let mut notes = with_places(9, "");
        notes.starred = true;
        let lines = lines(&notes);
        let texts: Vec<_> = lines.iter().map(|(_, line)| line.as_str()).collect();
        assert_eq!(texts[..2], ["Star", "note 9"]);
        assert_eq!(texts.last(), Some(&"and 4 more"));
        assert_eq!(texts.len(), MOST + 1);
        let starred = lines.iter().filter(|(starred, _)| *starred);
        assert_eq!(starred.count(), 1);
    }
}
