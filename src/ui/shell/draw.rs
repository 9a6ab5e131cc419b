//! What the window draws around the page of the game: the bar, the notices, what can be done when nothing runs.

use super::{App, Behind, Page, Shell};
use crate::settings::SourceKind;
use crate::ui::ask::ask_ui;
use crate::ui::command::{KeyCommand, On, pressed};
use crate::ui::notices::Notices;
use crate::ui::press::drop_key_repeats;
use crate::ui::settings_page::Facts;
use crate::ui::source_menu::{Chosen, source_menu_ui};
use crate::ui::theme::{GRID, Theme};
use crate::ui::welcome::welcome_ui;

impl Shell {
    /// Draws the window.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        // The pages have no ground of their own.
        let ground = Theme::of(ui).ground;
        ui.painter().rect_filled(ui.max_rect(), 0.0, ground);
        self.trace_tick(ui.ctx());
        drop_key_repeats(ui.ctx());
        self.keys(ui.ctx());
        self.bar_ui(ui);
        self.notice_ui(ui);
        match self.page {
            Page::Play => self.play_ui(ui),
            Page::Library => self.library_ui(ui),
            Page::Settings => self.settings_ui(ui),
        }
        self.doubt_ui(ui.ctx());
        self.count_frame(ui.ctx());
    }

    /// Does what keys ask for: of the replay if there is one, else of the game; and turns the pages.
    fn keys(&mut self, ctx: &egui::Context) {
        let on = match self.page {
            Page::Play if self.replay.is_some() => On::Replay,
            Page::Play => On::Live,
            Page::Library => On::Library,
            Page::Settings => On::Settings,
        };
        let mut left = pressed(ctx, on);
        left.retain(|command| !self.replay_key(*command));
        for command in &left {
            if let KeyCommand::InLibrary(key) = command {
                self.library.key(*key);
            }
        }
        let runs = matches!(self.behind, Behind::Runs);
        let plays = runs && on == On::Live && self.doubtful.is_none();
        let mut turned = None;
        if let Some(app) = &mut self.app {
            app.keys(ctx, &left, plays);
            turned = app.take_turned();
        } else if let Some(command) = left.pop() {
            turned = Some(command);
        }
        match turned {
            Some(KeyCommand::Settings) => self.turn(Page::Settings),
            Some(KeyCommand::Library) => self.turn(Page::Library),
            _ => {}
        }
        let covered = self.app.as_ref().is_some_and(App::is_covered);
        let focused = ctx.text_edit_focused();
        let typing = std::mem::replace(&mut self.typed, focused) || focused;
        let free = !covered && self.doubtful.is_none() && !typing;
        let away = self.page != Page::Play || self.is_replaying();
        if away && free && !egui::Popup::is_any_open(ctx) {
            let escape = (egui::Modifiers::NONE, egui::Key::Escape);
            if ctx.input_mut(|input| input.consume_key(escape.0, escape.1)) {
                if self.page == Page::Play {
                    self.replay = None;
                }
                self.page = Page::Play;
            }
        }
    }

    /// Goes to a page, and from there back to the game.
    fn turn(&mut self, page: Page) {
        let to = if self.page == page { Page::Play } else { page };
        self.go(to);
    }

    /// Goes to a page; the library shows what was recorded since.
    fn go(&mut self, page: Page) {
        if page == Page::Library && self.page != page {
            let recordings = self.shown.as_ref().map(|shown| shown.folder.as_path());
            self.library.visit(recordings);
        }
        self.page = page;
    }

    fn library_ui(&mut self, ui: &mut egui::Ui) {
        let recordings = self.shown.as_ref().map(|shown| shown.folder.as_path());
        self.library.show(ui, recordings);
    }

    fn bar_ui(&mut self, ui: &mut egui::Ui) {
        let mut chosen = None;
        let mut page = self.page;
        let changing = matches!(self.behind, Behind::Changing);
        let name = self.shown.as_ref().map_or("no source", |shown| &shown.name);
        let name = name.to_owned();
        let speed = self.speed();
        let running = self.wanted;
        let browser = self.start.settings.browser.clone();
        let replaying = self.is_replaying();
        let mut lead = |ui: &mut egui::Ui| {
            ui.label(egui::RichText::new("Pianola").size(15.0).strong());
            ui.selectable_value(&mut page, Page::Play, "Play");
            for (to, text, command) in [
                (Page::Library, "Library", KeyCommand::Library),
                (Page::Settings, "Settings", KeyCommand::Settings),
            ] {
                ui.selectable_value(&mut page, to, text)
                    .on_hover_text(command.tip());
            }
            if !replaying {
                chosen = source_menu_ui(ui, &name, running, speed, &browser, changing);
            }
        };
        if replaying {
            self.replay_bar_ui(ui, &mut lead);
        } else if let Some(app) = &mut self.app {
            app.bar(ui, &mut lead);
            // An entry of the menu is the same as its key.
            match app.take_turned() {
                Some(KeyCommand::Settings) => page = Page::Settings,
                Some(KeyCommand::Library) => page = Page::Library,
                _ => {}
            }
        } else {
            bare_bar_ui(ui, &mut lead);
        }
        self.go(page);
        if let Some(chosen) = chosen {
            self.choose(chosen);
        }
    }

    fn play_ui(&mut self, ui: &mut egui::Ui) {
        if let Some(replay) = &mut self.replay {
            let nothing = Notices::default();
            let notices = self.app.as_ref().map_or(&nothing, App::notices);
            replay.show(ui, notices, crate::clock::now());
            return;
        }
        if let Behind::Nothing(why) = &self.behind {
            let why = why.clone();
            self.nothing_ui(ui, &why);
            return;
        }
        if self.start.settings.welcome
            && let Some(shown) = &self.shown
            && welcome_ui(ui, &shown.words)
        {
            self.start.settings.welcome = false;
        }
        let changing = matches!(self.behind, Behind::Changing);
        match &mut self.app {
            Some(app) => {
                if changing {
                    ui.disable();
                }
                app.page(ui);
            }
            None => {
                egui::CentralPanel::default().show(ui, |ui| {
                    ui.centered_and_justified(|ui| ui.label("The table is being set up…"));
                });
            }
        }
    }

    /// No source runs: why, and what can be done.
    fn nothing_ui(&mut self, ui: &mut egui::Ui, why: &str) {
        let theme = Theme::of(ui);
        egui::CentralPanel::default().show(ui, |ui| {
            ui.add_space(8.0 * GRID);
            ui.heading("Nothing runs");
            ui.add(egui::Label::new(egui::RichText::new(why).color(theme.alert)).wrap());
            ui.add_space(2.0 * GRID);
            ui.horizontal_wrapped(|ui| {
                if ui.button("Try again").clicked() {
                    self.restart();
                }
                if self.wanted != SourceKind::Practice && ui.button("Practice table").clicked() {
                    self.choose(Chosen::Practice);
                }
                if ui.button("Settings").clicked() {
                    self.page = Page::Settings;
                }
            });
        });
    }

    fn settings_ui(&mut self, ui: &mut egui::Ui) {
        let trouble = self.start.saver.trouble();
        let view = self.view();
        let auto_record = match &self.behind {
            Behind::Runs => view.as_ref().map(|view| view.recording.auto_record),
            Behind::Nothing(_) => Some(self.starts_auto_record()),
            Behind::Changing => None,
        };
        let facts = Facts {
            running: self.wanted,
            speed: self.speed(),
            folder: self.shown.as_ref().map(|shown| shown.folder.as_path()),
            nothing: match &self.behind {
                Behind::Nothing(why) => Some(why.as_str()),
                Behind::Changing | Behind::Runs => None,
            },
            forced: self.start.out.is_some(),
            file: &self.start.file,
            trouble: trouble.as_deref(),
            capture: view.as_ref().map(|view| &view.capture),
            auto_record,
        };
        let frame = egui::Frame::new().inner_margin(4.0 * GRID);
        let (page, settings) = (&mut self.settings_page, &mut self.start.settings);
        let panel = egui::CentralPanel::no_frame().frame(frame);
        let asked = panel.show(ui, |ui| page.show(ui, settings, facts)).inner;
        self.do_asked(asked);
    }

    fn notice_ui(&mut self, ui: &mut egui::Ui) {
        let Some(notice) = &self.start.notice else {
            return;
        };
        let theme = Theme::of(ui);
        let frame = egui::Frame::new().inner_margin(2.0 * GRID);
        let panel = egui::Panel::top("notice").frame(frame).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.colored_label(theme.alert, notice);
                ui.button("Dismiss").clicked()
            })
        });
        if panel.inner.inner {
            self.start.notice = None;
        }
    }

    /// Asks before a position ends with its table.
    fn doubt_ui(&mut self, ctx: &egui::Context) {
        let Some(wish) = self.doubtful.take() else {
            return;
        };
        let answer = ask_ui(
            ctx,
            "Leave this table?",
            "What you hold here stays behind; the session ends and is saved.",
            ["Leave", "Stay"],
        );
        match answer {
            None => self.doubtful = Some(wish),
            Some(true) => self.ask(*wish),
            Some(false) => {
                // The settings say again what runs.
                if let Some(shown) = &self.shown {
                    self.wanted = shown.kind;
                    self.start.settings.source = shown.kind;
                }
            }
        }
    }
}

fn bare_bar_ui(ui: &mut egui::Ui, lead: &mut dyn FnMut(&mut egui::Ui)) {
    let frame = egui::Frame::new()
        .inner_margin(2.0 * GRID)
        .fill(Theme::of(ui).panel);
    egui::Panel::top("top bar").frame(frame).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| lead(ui));
    });
}
