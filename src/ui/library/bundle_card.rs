//! What the check of a shared file found, in words: each game's proof, the numbers of the session, and what does not hold.

use egui::{ScrollArea, Ui, Vec2, vec2};

use super::texts::{length, long_start, origin_name};
use crate::library::{BundledGame, OpenedBundle};
use crate::recording::{GameFile, SessionFile, SessionNotes};
use crate::ui::format::{count, escaped, game_name, peak};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{CAPTION, STRONG, TABLE};
use crate::ui::widgets::{Lamp, fact_row_ui, lamp_ui, truncated_ui, wrapped_ui};

/// The width of the names, and the height of a row.
const ROW: Vec2 = vec2(96.0, 24.0);
/// Height of a line of a list.
const LINE: f32 = 20.0;
/// Lines of a list in sight; the others are scrolled to.
const LINES: f32 = 6.0;
/// What the check cannot show.
const NOT_SHOWN: &str =
    "The check cannot show who made the file, or that it was the only session of that day.";

/// A line of a list: whether it holds, and its words.
type CheckedLine = (bool, String);

/// The card: what is written on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleCard {
    /// How many things do not hold.
    faults: usize,
    session: String,
    /// Whose session it is; `None` if that is masked.
    player: Option<String>,
    games: (String, Vec<CheckedLine>),
    numbers: (String, Vec<CheckedLine>),
    files: (String, Vec<CheckedLine>),
    notes: String,
}

impl BundleCard {
    /// Returns the card of a bundle.
    pub fn of(bundle: &OpenedBundle) -> Self {
        let files = bundle.timeline.games().map(|(_, file)| file.ok());
        let games: Vec<_> = files
            .zip(&bundle.games)
            .map(|(file, game)| game_line(file, game))
            .collect();
        let proven = games.iter().filter(|(holds, _)| *holds).count();
        let replayed = bundle.timeline.replayed().cloned().unwrap_or_default();
        let wrong = replayed.disagreements.iter();
        let changed = bundle.changed.iter();
        let session = bundle.timeline.session();
        Self {
            faults: bundle.faults.len(),
            session: session.map_or(String::new(), session_text),
            player: session.and_then(player),
            games: (
                format!("{proven} of {} proven", count(games.len(), "game")),
                games,
            ),
            numbers: (
                format!(
                    "{} of {} agree with the replay",
                    replayed.agree,
                    count(replayed.actions, "row")
                ),
                wrong.map(|wrong| (false, wrong.to_string())).collect(),
            ),
            files: (
                if bundle.changed.is_empty() {
                    "As they were when they were shared".to_owned()
                } else {
                    format!("{} changed after sharing", count(changed.len(), "file"))
                },
                changed.map(|name| (false, name.clone())).collect(),
            ),
            notes: notes_text(&bundle.notes),
        }
    }

    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.faults == 0
    }

    /// Draws the card.
    pub fn ui(&self, ui: &mut Ui, theme: Theme) {
        ui.horizontal(|ui| {
            let (lamp, colour, text) = if self.holds() {
                (Lamp::Checked, theme.text, "Everything holds".to_owned())
            } else {
                let text = format!("{} not hold", things(self.faults));
                (Lamp::Look, theme.loss, text)
            };
            lamp_ui(ui, lamp);
            wrapped_ui(ui, colour, STRONG.text(text));
        });
        ui.add_space(4.0);
        row_ui(ui, "Session", theme.text, &self.session);
        let named = self.player.as_ref();
        let player = named.map(|name| format!("{}, named in the file", escaped(name)));
        let masked = "Names and ids are masked".to_owned();
        row_ui(ui, "Player", theme.text, &player.unwrap_or(masked));
        part_ui(ui, theme, "Games", &self.games);
        part_ui(ui, theme, "Numbers", &self.numbers);
        part_ui(ui, theme, "Files", &self.files);
        row_ui(ui, "Notes", theme.text, &self.notes);
        ui.add_space(4.0);
        wrapped_ui(ui, theme.quiet, CAPTION.text(NOT_SHOWN));
    }
}

fn things(n: usize) -> String {
    match n {
        1 => "1 thing does".to_owned(),
        n => format!("{n} things do"),
    }
}

fn row_ui(ui: &mut Ui, name: &str, colour: egui::Color32, text: &str) {
    fact_row_ui(ui, name, ROW, |ui| {
        truncated_ui(ui, colour, TABLE.text(text)).on_hover_text(text);
    });
}

/// Draws a fact with the list behind it: what does not hold is red.
fn part_ui(ui: &mut Ui, theme: Theme, name: &str, (text, lines): &(String, Vec<CheckedLine>)) {
    let holds = lines.iter().all(|(holds, _)| *holds);
    let colour = |holds: bool| if holds { theme.text } else { theme.loss };
    row_ui(ui, name, colour(holds), text);
    if lines.is_empty() {
        return;
    }
    let room = LINE * LINES;
    ui.indent(name, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let scroll = ScrollArea::vertical().id_salt(name).max_height(room);
        scroll.show_rows(ui, LINE, lines.len(), |ui, shown| {
            for (holds, text) in &lines[shown] {
                ui.horizontal(|ui| {
                    ui.set_min_height(LINE);
                    lamp_ui(ui, if *holds { Lamp::Checked } else { Lamp::Look });
                    let text = escaped(text);
                    let label = truncated_ui(ui, colour(*holds), CAPTION.text(&text));
                    label.on_hover_text(&text);
                });
            }
        });
    });
}

fn session_text(session: &SessionFile) -> String {
    let meta = &session.meta;
    let words = [
        long_start(meta.session_start),
        length(meta.session_end - meta.session_start),
        origin_name(meta.origin).to_owned(),
    ];
    words.join(", ")
}

/// Returns the player's name, or else their id, as far as the session has it.
fn player(session: &SessionFile) -> Option<String> {
    let meta = &session.meta;
    let id = meta.player_id.as_ref().map(ToString::to_string);
    meta.username.clone().or(id)
}

fn game_line(file: Option<&GameFile>, game: &BundledGame) -> CheckedLine {
    let start = file.and_then(|file| file.meta.start_time);
    let name = start.map_or_else(|| format!("Game {}", game.id), game_name);
    match (&game.verified, game.fault()) {
        (Ok(verified), None) => {
            let ticks = count(verified.proof.checked_ticks, "tick");
            let text = format!("{name}, {}, proven: {ticks}", peak(verified.peak));
            (true, text)
        }
        (_, fault) => (false, format!("{name} {}", fault.unwrap_or_default())),
    }
}

fn notes_text(notes: &SessionNotes) -> String {
    let mut parts = Vec::new();
    if notes.starred {
        parts.push("a star".to_owned());
    }
    if !notes.text.is_empty() {
        parts.push("a text".to_owned());
    }
    if !notes.tags.is_empty() {
        parts.push(count(notes.tags.len(), "tag"));
    }
    if !notes.places.is_empty() {
        parts.push(format!(
            "{} on trades and ticks",
            count(notes.places.len(), "note")
        ));
    }
    if parts.is_empty() {
        "None".to_owned()
    } else {
        format!("With {}", parts.join(", "))
    }
}
