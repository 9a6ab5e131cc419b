//! Replays that the player requests on the page of the live game, and what the library shows of the running session.

use super::{App, chart_style};
use crate::library::OpenedReplay;
use crate::ui::page_requests::ReplayRequest;
use crate::ui::replay::Replay;
use crate::ui::top_bar::Tab;

impl App {
    /// Requests the replay of a game that the player asked for, and keeps the running session of the library up to date.
    pub(super) fn take_replay_request(&mut self) {
        let Some(live) = &mut self.live else { return };
        if let Some(request) = live.requests.replay.take() {
            let (game, tick) = match request {
                ReplayRequest::Session => (None, None),
                ReplayRequest::Game(game) => (Some(game), None),
                ReplayRequest::Tick(game, tick) => (Some(game.clone()), Some((game, tick))),
            };
            self.replay_from = tick;
            self.library.replay(live.source.folder.clone(), game);
        }
        if let Some(game) = live.requests.proof.take() {
            self.library.prove(live.source.folder.clone(), game);
        }
        if self.tab == Tab::Library {
            let view = live.source.view.borrow();
            let rows = view.actions.len();
            let recorded = (view.session.start, rows, view.recorder.saved_games);
            self.library.refresh_running(recorded);
        }
    }

    /// Shows the replay of a recording.
    pub(super) fn start_replay(&mut self, ctx: &egui::Context, opened: OpenedReplay) {
        let settings = &self.startup.settings;
        let now = crate::ui::replay::now(ctx);
        let first = opened.game.clone();
        let mut replay = Replay::new(opened, settings.limits, now);
        replay.page.chart.style = chart_style(settings);
        replay.page.sizes = settings.panel_sizes;
        if let Some((game, tick)) = self.replay_from.take()
            && first.as_ref() == Some(&game)
        {
            replay.show_tick(&game, tick);
        }
        self.replay = Some(replay);
        self.tab = Tab::Play;
    }
}
