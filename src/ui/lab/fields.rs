//! What the player asks of the lab beside the strategies: the games, the sessions, the bankroll and the seed.

use egui::{TextEdit, Ui, vec2};

use super::figures::as_sentence;
use crate::lab::{LabSettings, LabStrategy};
use crate::plural::grouped;
use crate::protocol::number;
use crate::ui::theme::role::{BODY, CAPTION, TABLE_MONO};
use crate::ui::theme::{CONTROL, Theme};
use crate::ui::widgets::{Segment, SegmentStyle, named, segmented_ui, wrapped_ui};

/// Width of the names, and of a field.
const NAME: f32 = 76.0;
const FIELD: f32 = 64.0;
/// The numbers of sessions that are offered.
const SESSIONS: [u64; 3] = [100, 1_000, 10_000];

/// What was typed and chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabFields {
    /// Play on the recorded games, not on new ones.
    pub recorded: bool,
    /// Sessions on new games.
    new_sessions: u64,
    /// Sessions on recorded games; `None`: as many as play each game at most once.
    recorded_sessions: Option<u64>,
    games: String,
    bank: String,
    seed: String,
}

impl Default for LabFields {
    fn default() -> Self {
        Self {
            recorded: false,
            new_sessions: 1_000,
            recorded_sessions: None,
            games: "200".to_owned(),
            bank: "1".to_owned(),
            seed: String::new(),
        }
    }
}

impl LabFields {
    /// Draws the fields. `has_folder`: there are recordings to play on.
    pub fn ui(&mut self, ui: &mut Ui, has_folder: bool) {
        let theme = Theme::of(ui);
        let quiet = |text: &str| CAPTION.text(text).color(theme.quiet);
        row_ui(ui, "Games", |ui| {
            let segments = [
                Segment::text(false, "New, by the rules"),
                Segment::text(true, "My recorded games"),
            ];
            let style = SegmentStyle::default();
            if let Some(recorded) = segmented_ui(ui, Some(self.recorded), &segments, style) {
                self.recorded = recorded && has_folder;
            }
        });
        row_ui(ui, "Sessions", |ui| self.sessions_ui(ui));
        row_ui(ui, "Each with", |ui| {
            field_ui(ui, &mut self.games, "Games of a session");
            ui.label(quiet("games,"));
            field_ui(ui, &mut self.bank, "Bankroll");
            ui.label(quiet("SOL"));
        });
        if !self.recorded {
            row_ui(ui, "Seed", |ui| {
                field_ui(ui, &mut self.seed, "Seed of the games");
                ui.label(quiet("empty: other games each time"));
            });
        }
        if let Err(why) = self.settings(Vec::new(), 0) {
            wrapped_ui(ui, theme.amber, CAPTION.text(why));
        }
    }

    fn sessions_ui(&mut self, ui: &mut Ui) {
        let texts = SESSIONS.map(grouped);
        let counts = SESSIONS.iter().zip(&texts);
        let counts = counts.map(|(count, text)| Segment::text(Some(*count), text));
        let once = Segment::text(None, "Each once").tip("As many as play each game at most once");
        let mut segments: Vec<_> = self.recorded.then_some(once).into_iter().collect();
        segments.extend(counts);
        let style = SegmentStyle {
            digits: true,
            ..SegmentStyle::default()
        };
        let chosen = if self.recorded {
            self.recorded_sessions
        } else {
            Some(self.new_sessions)
        };
        match segmented_ui(ui, Some(chosen), &segments, style) {
            Some(count) if self.recorded => self.recorded_sessions = count,
            Some(Some(count)) => self.new_sessions = count,
            Some(None) | None => {}
        }
    }

    /// Returns the settings of a run on new games; without a seed of the player's, with this one. A run on recorded games
    /// takes its games from [`Self::on_recorded`].
    ///
    /// # Errors
    /// What cannot be read, as a text for the player.
    pub fn settings(&self, strategies: Vec<LabStrategy>, seed: u64) -> Result<LabSettings, String> {
        let seed = match self.seed.trim() {
            "" => seed,
            text => text
                .parse()
                .map_err(|_parse| "The seed is a whole number from 0".to_owned())?,
        };
        let mut settings = LabSettings::new(strategies, seed);
        settings.sessions = self.new_sessions;
        let games = self.games.trim().parse().ok().filter(|games| *games > 0);
        settings.games = games.ok_or("The games of a session are a whole number from 1")?;
        settings.bank = number::parse_typed(&self.bank)
            .map_err(|why| format!("The bankroll cannot be read: {why}"))?;
        let bank = settings.check_bank();
        bank.map_err(|why| as_sentence(&why.to_string()))?;
        Ok(settings)
    }

    /// Returns the games of a session and the sessions of a run on so many recorded games.
    pub fn on_recorded(&self, settings: &LabSettings, recorded: u64) -> (u64, u64) {
        if let Some(sessions) = self.recorded_sessions {
            return (settings.games, sessions);
        }
        let games = settings.games.min(recorded.max(1));
        (games, (recorded / games).max(1))
    }

    /// Returns the names of what differs from other fields.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let sessions = |fields: &Self| {
            if fields.recorded {
                fields.recorded_sessions
            } else {
                Some(fields.new_sessions)
            }
        };
        let all = [
            ("games", self.recorded != other.recorded),
            ("sessions", sessions(self) != sessions(other)),
            (
                "games of a session",
                self.games.trim() != other.games.trim(),
            ),
            ("bankroll", self.bank.trim() != other.bank.trim()),
            (
                "seed",
                !self.recorded && self.seed.trim() != other.seed.trim(),
            ),
        ];
        let differing = all.into_iter().filter(|(_, differs)| *differs);
        differing.map(|(name, _)| name).collect()
    }
}

fn row_ui(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let quiet = Theme::of(ui).quiet;
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(vec2(NAME, CONTROL), layout, |ui| {
            ui.set_min_width(NAME);
            ui.label(BODY.text(name).color(quiet));
        });
        content(ui);
    });
}

fn field_ui(ui: &mut Ui, text: &mut String, name: &str) {
    let field = TextEdit::singleline(text)
        .font(TABLE_MONO.font())
        .desired_width(FIELD);
    named(ui.add(field), name);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::LabGames;

    fn fields(games: &str, bank: &str, seed: &str) -> LabFields {
        LabFields {
            games: games.to_owned(),
            bank: bank.to_owned(),
            seed: seed.to_owned(),
            ..LabFields::default()
        }
    }

    #[test]
    fn fields_become_settings_and_what_cannot_be_read_is_named() {
        let read = fields(" 50 ", "0,5", "").settings(Vec::new(), 7);
        let read = read.expect("settings");
        assert_eq!((read.games, read.sessions), (50, 1_000));
        assert_eq!(read.bank, rust_decimal::Decimal::new(5, 1));
        assert_eq!(read.source, LabGames::New { seed: 7 });
        let seeded = fields("1", "1", "12").settings(Vec::new(), 7);
        assert_eq!(seeded.expect("settings").source, LabGames::New { seed: 12 });
        for (games, bank, seed, why) in [
            ("0", "1", "", "games of a session"),
            ("many", "1", "", "games of a session"),
            ("1", "much", "", "bankroll"),
            ("1", "-3", "", "bankroll"),
            ("1", "1e9", "", "bankroll"),
            ("1", "0", "", "bankroll"),
            ("1", "1", "-3", "seed"),
        ] {
            let error = fields(games, bank, seed).settings(Vec::new(), 7);
            assert!(error.expect_err(why).contains(why));
        }
    }

    #[test]
    fn each_recorded_game_is_played_at_most_once_unless_the_player_asks_for_more() {
        let mut fields = fields("200", "1", "");
        fields.recorded = true;
        let settings = fields.settings(Vec::new(), 1).expect("settings");
        for (recorded, expected) in [
            (1, (1, 1)),
            (199, (199, 1)),
            (200, (200, 1)),
            (1_000, (200, 5)),
            (1_199, (200, 5)),
        ] {
            assert_eq!(fields.on_recorded(&settings, recorded), expected);
        }
        fields.recorded_sessions = Some(100);
        assert_eq!(fields.on_recorded(&settings, 50), (200, 100));
    }

    #[test]
    fn what_differs_is_named_once() {
        let old = fields("200", "1", "");
        assert!(old.differences(&old.clone()).is_empty());
        assert_eq!(
            old.differences(&fields("100", "2", "5")),
            ["games of a session", "bankroll", "seed"]
        );
        // Spaces change nothing.
        assert!(old.differences(&fields(" 200", "1 ", " ")).is_empty());
        let mut recorded = fields("200", "1", "5");
        recorded.recorded = true;
        assert_eq!(recorded.differences(&old), ["games", "sessions"]);
    }
}
