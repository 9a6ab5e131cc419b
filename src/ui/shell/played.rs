//! The replay in the window: what is opened, and the way back to the live game, which goes on behind it.

use super::{App, Behind, Page, Shell};
use crate::library::OpenedReplay;
use crate::ui::command::{KeyCommand, ReplayKey};
use crate::ui::replay::{Live, Replay, now, top_ui};

impl Shell {
    /// Plays what was opened.
    pub(super) fn play(&mut self, ctx: &egui::Context, opened: OpenedReplay) {
        let settings = &self.start.settings;
        let mut replay = Replay::new(opened, settings.limits, now(ctx));
        replay.set_chart_style((settings.candles, settings.log_axis));
        self.replay = Some(replay);
        self.page = Page::Play;
    }

    /// Lets the replay go on; one that is not looked at stands still.
    pub(super) fn replay_logic(&mut self, ctx: &egui::Context) {
        if let Some(replay) = &mut self.replay {
            replay.logic(ctx, self.page == Page::Play);
        }
    }

    /// Whether a replay is to be seen.
    pub(super) fn is_replaying(&self) -> bool {
        self.page == Page::Play && self.replay.is_some()
    }

    /// Does what a key asks of a replay; false when it asks for something else.
    pub(super) fn replay_key(&mut self, command: KeyCommand) -> bool {
        let Some(replay) = self.replay.as_mut().filter(|_| self.page == Page::Play) else {
            return false;
        };
        match command {
            KeyCommand::Replay(ReplayKey::Live) => self.replay = None,
            KeyCommand::Replay(key) => replay.key(key),
            command => return replay.chart_key(command),
        }
        true
    }

    /// Draws the bar of the replay.
    pub(super) fn replay_bar_ui(&mut self, ui: &mut egui::Ui, lead: &mut dyn FnMut(&mut egui::Ui)) {
        let runs = matches!(self.behind, Behind::Runs);
        let view = self.app.as_ref().filter(|_| runs).map(App::view);
        let live = view.as_ref().zip(self.shown.as_ref());
        let live = live.map(|(view, shown)| Live {
            view,
            folder: &shown.folder,
            now: crate::clock::now(),
        });
        let Some(replay) = &self.replay else { return };
        if let Some(key) = top_ui(ui, replay, lead, live) {
            self.replay_key(KeyCommand::Replay(key));
        }
        if let Some(app) = &mut self.app {
            app.help_ui(ui.ctx());
        }
    }
}
