//! What the app draws around the pages: the top bar, the tabs, messages and questions.

use egui::{CentralPanel, Frame, Ui};

use super::overlays::{FailureChoice, failure_ui, hints_ui, is_free, reviewed_folder, starting_ui};
use super::{App, SourceState, closing, notes, notice, sharing};
use crate::engine::Command;
use crate::settings::SourceKind;
use crate::ui::command::{KeyCommand, KeyScope, ReplayKey};
use crate::ui::debounce::drop_key_repeats;
use crate::ui::guide::GuideAction;
use crate::ui::keys::{release_modal_input, take_commands};
use crate::ui::live_page::LivePage;
use crate::ui::notices::Notices;
use crate::ui::page::{GamePage, window_below};
use crate::ui::page_part::NoteSubject;
use crate::ui::page_requests::ReplayRequest;
use crate::ui::palette::PaletteChoice;
use crate::ui::settings_page::{SettingsContext, show_row};
use crate::ui::theme::{GRID, Theme};
use crate::ui::top_bar::{
    Navigation, SourceChoice, SourceMenu, Tab, TopBarAction, TopBarContext, top_bar_ui,
};
use crate::ui::widgets::focus_ring;

impl App {
    /// Draws the window.
    pub fn ui(&mut self, ui: &mut Ui) {
        // The pages paint no ground of their own.
        let ground = Theme::of(ui).ground;
        ui.painter().rect_filled(ui.max_rect(), 0.0, ground);
        let root = egui::accesskit_root_id();
        ui.ctx()
            .accesskit_node_builder(root, |node| node.set_label("Pianola"));
        if tracing::enabled!(tracing::Level::TRACE) {
            let view = self.live.as_ref().map(LivePage::view);
            self.frames.trace_tick(ui.ctx(), view);
        }
        drop_key_repeats(ui.ctx());
        self.take_keys(ui.ctx());
        if self.fit.is_compact() {
            return self.compact_ui(ui);
        }
        self.bar_ui(ui);
        notice::line_ui(self, ui);
        match self.tab {
            Tab::Play => self.play_ui(ui),
            Tab::Library => {
                let folder = self.live.as_ref().map(|live| &*live.source.folder);
                self.library.ui(ui, folder, &mut self.review.sessions);
                if let Some(session) = self.library.review_requested.take() {
                    self.review.choose(session);
                    self.set_tab(Tab::Review);
                }
            }
            Tab::Review => {
                let notices = self.live.as_mut().map(|live| &mut live.notices);
                self.review.note_exports(notices);
                let folder = reviewed_folder(&self.library);
                if let Some(replay) = self.review.ui(ui, &folder, &mut self.notes.diary) {
                    self.replay_reviewed(replay);
                }
            }
            Tab::Lab => self.lab_ui(ui),
            Tab::Settings => self.settings_ui(ui),
        }
        if let Some(shared) = self.library.panels_ui(ui.ctx()) {
            self.review.show_shared(&shared);
            self.set_tab(Tab::Review);
        }
        notes::editor_ui(self, ui.ctx());
        self.confirm_leaving_ui(ui.ctx());
        self.closing.ui(ui.ctx(), closing::losses(self));
        self.palette_ui(ui.ctx());
        release_modal_input(ui.ctx());
        focus_ring(ui.ctx());
        self.frames.count_frame(ui.ctx(), self.startup.since);
    }

    /// Draws the compact page of the live game.
    pub(super) fn compact_ui(&mut self, ui: &mut Ui) {
        if !matches!(self.source_state, SourceState::Running) {
            ui.disable();
        }
        let is_whole = self.live.as_mut().is_none_or(|live| live.compact_ui(ui));
        if is_whole {
            self.fit.set_compact(false);
        }
        focus_ring(ui.ctx());
        self.frames.count_frame(ui.ctx(), self.startup.since);
    }

    /// Draws the palette if it is open, and does what was chosen in it.
    fn palette_ui(&mut self, ctx: &egui::Context) {
        if !self.palette.is_open() {
            return;
        }
        match self.palette.ui(ctx, self.scope()) {
            Some(PaletteChoice::Command(command)) => self.from_palette = Some(command),
            Some(PaletteChoice::Game(game)) => {
                if let Some(live) = &mut self.live {
                    live.requests.replay = Some(ReplayRequest::Game(game));
                }
            }
            Some(PaletteChoice::Setting(name)) => {
                self.set_tab(Tab::Settings);
                show_row(ctx, name);
            }
            None => return,
        }
        ctx.request_repaint();
    }

    /// Returns where keys act now.
    fn scope(&self) -> KeyScope {
        match self.tab {
            Tab::Play if self.replay.is_some() => KeyScope::Replay,
            Tab::Play => KeyScope::Live,
            Tab::Library => KeyScope::Library,
            Tab::Review => KeyScope::Review,
            Tab::Lab => KeyScope::Lab,
            Tab::Settings => KeyScope::Settings,
        }
    }

    /// Executes the commands of keys: of the replay, the library or the live game, and of the tabs.
    fn take_keys(&mut self, ctx: &egui::Context) {
        let scope = self.scope();
        let mut commands = take_commands(ctx, scope);
        commands.extend(self.from_palette.take());
        commands.retain(|command| !self.take_replay_key(*command));
        for command in &commands {
            if let KeyCommand::InLibrary(key) = command {
                self.library.key(*key);
            }
        }
        let running = matches!(self.source_state, SourceState::Running);
        let can_trade = running && scope == KeyScope::Live && is_free(self);
        let page_command = match &mut self.live {
            Some(live) => {
                live.take_commands(ctx, &commands, can_trade);
                live.requests.command.take()
            }
            None => commands.pop(),
        };
        self.take_page_command(page_command);
        self.take_escape(ctx);
    }

    /// Executes a command of the pages. What opens a panel over the page needs a page that is free.
    fn take_page_command(&mut self, command: Option<KeyCommand>) {
        match command {
            Some(KeyCommand::Note | KeyCommand::ShareSession) if !is_free(self) => {}
            Some(KeyCommand::Settings) => self.toggle_tab(Tab::Settings),
            Some(KeyCommand::Library) => self.toggle_tab(Tab::Library),
            Some(KeyCommand::Review) => self.toggle_tab(Tab::Review),
            Some(KeyCommand::Lab) => self.toggle_tab(Tab::Lab),
            Some(KeyCommand::Note) => notes::open(self, self.scope(), NoteSubject::Screen),
            Some(KeyCommand::Palette) => {
                let games = self.live.as_mut().map(LivePage::palette_games);
                self.palette.toggle(games.unwrap_or_default());
            }
            Some(KeyCommand::ShareSession) => sharing::share(self),
            Some(KeyCommand::KeepOnTop) => self.startup.settings.keep_on_top ^= true,
            Some(KeyCommand::Compact) if self.fit.turn_compact() => {
                (self.tab, self.replay) = (Tab::Play, None);
            }
            _ => {}
        }
    }

    /// Goes back to the live game if Escape is pressed and has nothing else to close.
    fn take_escape(&mut self, ctx: &egui::Context) {
        let covered = self.live.as_ref().is_some_and(LivePage::is_covered);
        let focused = ctx.text_edit_focused();
        let typing = std::mem::replace(&mut self.typed, focused) || focused;
        let free = !covered && is_free(self) && !typing;
        let away = self.tab != Tab::Play || self.is_replaying();
        if away && free && !egui::Popup::is_any_open(ctx) {
            let escape = (egui::Modifiers::NONE, egui::Key::Escape);
            if ctx.input_mut(|input| input.consume_key(escape.0, escape.1)) {
                if self.tab == Tab::Play {
                    self.replay = None;
                }
                self.tab = Tab::Play;
            }
        }
    }

    /// Whether a replay is on the screen.
    pub(super) fn is_replaying(&self) -> bool {
        self.tab == Tab::Play && self.replay.is_some()
    }

    /// Executes a command of the replay. Returns false for any other command.
    fn take_replay_key(&mut self, command: KeyCommand) -> bool {
        let Some(replay) = self.replay.as_mut().filter(|_| self.tab == Tab::Play) else {
            return false;
        };
        match command {
            KeyCommand::Replay(ReplayKey::Live) => self.replay = None,
            KeyCommand::Replay(key) => replay.key(key),
            KeyCommand::BottomCards => replay.page.turn_bottom(),
            command => return replay.page.chart.key(command),
        }
        true
    }

    /// Goes to a tab, or from there back to the game.
    fn toggle_tab(&mut self, tab: Tab) {
        let to = if self.tab == tab { Tab::Play } else { tab };
        self.set_tab(to);
    }

    /// Goes to a tab. The library is read again, also for the review.
    fn set_tab(&mut self, tab: Tab) {
        if matches!(tab, Tab::Library | Tab::Review) && self.tab != tab {
            let welcomes = self.startup.settings.welcome && tab == Tab::Library;
            if welcomes && self.hints.library_opened() {
                self.startup.settings.welcome = false;
            }
            let folder = self.live.as_ref().map(|live| &*live.source.folder);
            self.library.refresh(folder);
            self.review.retry_failed();
        }
        self.tab = tab;
    }

    fn bar_ui(&mut self, ui: &mut Ui) {
        let none = GamePage::default();
        let page = match (&self.replay, &self.live) {
            (Some(replay), _) if self.is_replaying() => &replay.page,
            (_, Some(live)) => &live.page,
            _ => &none,
        };
        let regions = page.regions(window_below(ui), self.is_replaying());
        let folder = self.live.as_ref().map(|live| live.source.folder.clone());
        let context = TopBarContext {
            regions: &regions,
            folder: &folder.unwrap_or_default(),
            now: crate::clock::now(),
        };
        let name = self.live.as_ref().map(|live| live.source.name.clone());
        let browser = self.startup.settings.browser.clone();
        let navigation = Navigation {
            tab: self.tab,
            source: SourceMenu {
                name: &name.unwrap_or_else(|| "no source".to_owned()),
                kind: self.requested_kind,
                speed: self.speed(),
                browser: &browser,
                changing: matches!(self.source_state, SourceState::Changing),
                player: None,
            },
        };
        let actions = match (&self.replay, &mut self.live) {
            (Some(replay), _) if self.tab == Tab::Play => {
                replay.bar_ui(ui, self.running(), &context)
            }
            (_, Some(live)) => live.bar_ui(ui, &navigation),
            _ => top_bar_ui(ui, None, &navigation, &context),
        };
        if self.is_replaying()
            && let Some(live) = &mut self.live
        {
            live.help_ui(ui.ctx());
        }
        // A menu entry does the same as its key.
        let command = self
            .live
            .as_mut()
            .and_then(|live| live.requests.command.take());
        self.take_page_command(command);
        for action in actions {
            match action {
                TopBarAction::Tab(tab) => self.set_tab(tab),
                TopBarAction::Source(choice) => self.choose_source(choice),
                TopBarAction::Command(command) => self.execute(ui.ctx(), command),
                // The page of the live game does it.
                TopBarAction::TryNow => {}
            }
        }
    }

    /// Executes a command of a control outside the page of the live game.
    pub(super) fn execute(&mut self, ctx: &egui::Context, command: KeyCommand) {
        if self.take_replay_key(command) {
            return;
        }
        let command = match &mut self.live {
            Some(live) => {
                live.take_commands(ctx, &[command], false);
                live.requests.command.take()
            }
            None => Some(command),
        };
        self.take_page_command(command);
    }

    fn play_ui(&mut self, ui: &mut Ui) {
        if let Some(replay) = &mut self.replay {
            let none = Notices::default();
            let notices = self.live.as_ref().map_or(&none, |live| &live.notices);
            let folder = self.library.folder.as_deref();
            let review = replay.session_path();
            let review = review.map(|path| self.review.sessions.get(ui.ctx(), path, folder));
            replay.ui(ui, notices, crate::clock::now(), review.as_ref());
            return;
        }
        if let SourceState::Failed(reason) = &self.source_state {
            let reason = reason.clone();
            return self.failure_ui(ui, &reason);
        }
        let changing = matches!(self.source_state, SourceState::Changing);
        let Some(live) = &mut self.live else {
            return starting_ui(ui);
        };
        if changing {
            ui.disable();
        }
        live.page_ui(ui);
        live.piano_ui(ui.ctx(), &mut self.strategies);
        match live.requests.guide.take() {
            Some(GuideAction::TryNow) => live.send(Command::TryNow),
            Some(GuideAction::Practice) => {
                self.choose_source(SourceChoice::Source(SourceKind::Practice));
            }
            Some(GuideAction::Watch) => self.choose_source(SourceChoice::Source(SourceKind::Live)),
            None => {}
        }
        if let Some(live) = self.live.as_ref().filter(|_| !changing) {
            let wanted = &mut self.startup.settings.welcome;
            hints_ui(ui.ctx(), &mut self.hints, live, wanted);
        }
    }

    fn lab_ui(&mut self, ui: &mut Ui) {
        let folder = self.live.as_ref().map(|live| &*live.source.folder);
        if self.lab.ui(ui, &mut self.strategies, folder) {
            self.set_tab(Tab::Play);
            self.execute(ui.ctx(), KeyCommand::Piano);
        }
    }

    fn failure_ui(&mut self, ui: &mut Ui, reason: &str) {
        let practice = SourceKind::Practice;
        match failure_ui(ui, reason, self.requested_kind != practice) {
            Some(FailureChoice::TryAgain) => self.restart(),
            Some(FailureChoice::Practice) => self.choose_source(SourceChoice::Source(practice)),
            Some(FailureChoice::Settings) => self.tab = Tab::Settings,
            None => {}
        }
    }

    fn settings_ui(&mut self, ui: &mut Ui) {
        let save_error = self.startup.saver.trouble();
        let view = self.view();
        let auto_record = match &self.source_state {
            SourceState::Running => view.as_ref().map(|view| view.recording.auto_record),
            SourceState::Failed(_) => Some(self.starts_auto_record()),
            SourceState::Changing => None,
        };
        let context = SettingsContext {
            running: self.requested_kind,
            speed: self.speed(),
            folder: self.live.as_ref().map(|live| &*live.source.folder),
            failure: match &self.source_state {
                SourceState::Failed(reason) => Some(reason),
                SourceState::Changing | SourceState::Running => None,
            },
            folder_is_fixed: self.startup.out.is_some(),
            file: &self.startup.file,
            save_error: save_error.as_deref(),
            auto_record,
            capture: view.as_ref().map(|view| &view.capture),
        };
        let frame = Frame::new().inner_margin(4.0 * GRID);
        let (page, settings) = (&mut self.settings_page, &mut self.startup.settings);
        let panel = CentralPanel::no_frame().frame(frame);
        let shown = panel.show(ui, |ui| page.ui(ui, settings, context));
        for action in shown.inner {
            self.apply_settings_action(action);
        }
    }
}
