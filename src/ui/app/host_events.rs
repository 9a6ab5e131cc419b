//! What the host reports: a source runs, or none could be started.

use super::notice::{AppNotice, warn};
use super::{App, SourceState, chart_style};
use crate::background::next_event;
use crate::host::{HostEvent, RunningSource};
use crate::ui::command::KeyCommand;
use crate::ui::hints::introduction;
use crate::ui::key_bindings::KeyBindings;
use crate::ui::live_page::LivePage;
use crate::ui::theme::StatusLevel;

/// Takes the events of the host.
pub fn take_host_events(app: &mut App) {
    loop {
        match next_event(&app.startup.events) {
            Ok(Some(event)) => take_host_event(app, event),
            Ok(None) => return,
            Err(gone) => {
                app.source_state = SourceState::Failed(gone.to_string());
                return;
            }
        }
    }
}

fn take_host_event(app: &mut App, event: HostEvent) {
    if !matches!(event, HostEvent::Unsaved(_)) {
        app.unanswered = app.unanswered.saturating_sub(1);
    }
    match event {
        HostEvent::Unsaved(reason) => {
            let text = format!("Not everything could be saved: {reason}");
            app.notice = Some(AppNotice::lasting(text));
        }
        // The host stops this one for the next request at once: nothing may be sent to it.
        _ if app.unanswered > 0 => {}
        HostEvent::Running(running) => set_running(app, *running),
        HostEvent::Failed(reason) => {
            app.live = None;
            app.source_state = SourceState::Failed(reason);
        }
        HostEvent::Refused(reason) => {
            app.name_running_source();
            app.requested_kind = app.live_kind;
            app.source_state = SourceState::Running;
            warn(app, &reason);
        }
    }
}

fn set_running(app: &mut App, running: RunningSource) {
    let settings = &app.startup.settings;
    let piano_played = app.live.as_ref().is_some_and(LivePage::is_piano_playing);
    let live = if let Some(mut live) = app.live.take() {
        live.set_source(running);
        live
    } else {
        let mut live = LivePage::new(running, crate::clock::now);
        live.page.chart.style = chart_style(settings);
        live.page.sizes = settings.panel_sizes;
        live
    };
    let live = app.live.insert(live);
    live.set_limits(settings.limits);
    if settings.welcome {
        let source = &live.source;
        let key = KeyBindings::of(&settings.keys).key_name(KeyCommand::Record);
        for text in introduction(source.origin, source.at_table, &source.folder, &key) {
            live.notices
                .push(StatusLevel::Muted, text, crate::clock::now());
        }
    }
    if piano_played {
        live.say_piano_ended();
    }
    app.live_kind = app.requested_kind;
    app.running_source = Some(app.named_source());
    app.source_state = SourceState::Running;
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::sync::mpsc::{SyncSender, sync_channel};
    use std::time::Instant;

    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};
    use rust_decimal::Decimal;
    use tokio::sync::{mpsc, watch};

    use super::*;
    use crate::account::{Account, LocalWallet, Lot};
    use crate::engine::{Command, GameSource, SessionCore, View};
    use crate::feed::FeedState;
    use crate::game::Time;
    use crate::host::HostHandle;
    use crate::library::worker::LibraryWorker;
    use crate::recording::{Origin, RecorderState, RecordingPolicy};
    use crate::settings::{Saver, Settings, SourceKind};
    use crate::table::Speed;
    use crate::trading::{OrderLimits, Trader};
    use crate::ui::app::Startup;
    use crate::ui::settings_page::SettingsAction;
    use crate::ui::theme::Theme;
    use crate::ui::top_bar::SourceChoice;

    /// A source without an engine, and the receiver of its commands.
    fn source(name: &str) -> (RunningSource, watch::Sender<View>, mpsc::Receiver<Command>) {
        let core = SessionCore::new(RecordingPolicy::default(), None, None, Vec::new());
        let since = Time::UNIX_EPOCH;
        let view = core.view(FeedState::Up { since }, RecorderState::default(), since);
        let (view_sender, view) = watch::channel(view);
        let (commands, received) = mpsc::channel(64);
        let (_, notices) = mpsc::channel(1);
        let running = RunningSource {
            view,
            commands,
            notices,
            name: name.to_owned(),
            host: "localhost".to_owned(),
            origin: Origin::Practice,
            at_table: true,
            folder: PathBuf::from("/recordings"),
        };
        (running, view_sender, received)
    }

    /// An app in front of a host that only the test answers for.
    fn app(home: &std::path::Path) -> (App, SyncSender<HostEvent>) {
        let (events_sender, events) = sync_channel(16);
        let (settings, file) = (Settings::default(), home.join("settings.json"));
        let startup = Startup {
            host: HostHandle::without_host(),
            events,
            saver: Saver::start(file.clone(), &settings).expect("a thread"),
            settings,
            file,
            notice: None,
            source: Some(GameSource::Practice {
                seed: Some(3),
                speed: Speed::default(),
            }),
            out: Some(home.join("out")),
            auto_record: false,
            raw_capture: false,
            replay: None,
            since: Instant::now(),
        };
        let worker = LibraryWorker::start(Arc::new(|| {})).expect("a thread");
        (
            App::new(&egui::Context::default(), startup, worker),
            events_sender,
        )
    }

    #[test]
    fn only_the_source_that_was_requested_last_is_shown_as_running() {
        let home = tempfile::tempdir().expect("a folder");
        let (mut app, events) = app(home.path());
        app.choose_source(SourceChoice::Source(SourceKind::Live));
        app.choose_source(SourceChoice::Source(SourceKind::Browser));
        for name in ["practice", "live", "browser"] {
            assert!(app.running().is_none(), "before {name}");
            let (running, _view, _commands) = source(name);
            events
                .send(HostEvent::Running(Box::new(running)))
                .expect("a receiver");
            take_host_events(&mut app);
        }
        let running = app.running().map(|live| live.source.name.clone());
        assert_eq!(running.as_deref(), Some("browser"));
        assert_eq!(app.live_kind, SourceKind::Browser);
    }

    #[test]
    fn a_player_who_stays_keeps_the_source_of_the_command_line() {
        let home = tempfile::tempdir().expect("a folder");
        let (mut app, events) = app(home.path());
        let (running, view, _commands) = source("practice");
        let lot = Lot {
            qty: Decimal::ONE,
            price: Decimal::ONE,
        };
        view.send_modify(|view| {
            let trader = Trader::local(OrderLimits::default(), LocalWallet::new(Decimal::ONE));
            let policy = RecordingPolicy::default();
            let core = SessionCore::new(policy, Some(trader), None, Vec::new());
            let now = Time::UNIX_EPOCH;
            *view = core.view(view.feed.clone(), RecorderState::default(), now);
            let trader = view.trader.as_mut().expect("a player");
            trader.account = Some(Account::new(Decimal::ONE, [lot]));
        });
        events
            .send(HostEvent::Running(Box::new(running)))
            .expect("a receiver");
        take_host_events(&mut app);
        let before = app.named_source();
        let speed = app.speed();
        app.choose_source(SourceChoice::Source(SourceKind::Live));
        assert!(app.unconfirmed.is_some() && app.running().is_some());
        // Until the answer everything is shown and kept as it is.
        assert_eq!((app.speed(), app.named_source()), (speed, before.clone()));
        let mut harness = Harness::builder()
            .with_context_setup(Theme::install)
            .build_ui_state(|ui, app: &mut App| app.confirm_leaving_ui(ui.ctx()), app);
        harness.step();
        harness.get_by_label("Stay").click();
        harness.run();
        let app = harness.state();
        assert!(app.unconfirmed.is_none() && app.running().is_some());
        assert_eq!(app.named_source(), before);
    }

    #[test]
    fn a_change_of_the_folder_that_is_refused_or_cancelled_is_put_back() {
        let home = tempfile::tempdir().expect("a folder");
        let (mut app, events) = app(home.path());
        app.startup.out = None;
        let (mut running, _view, _commands) = source("practice");
        app.startup.settings.recordings = Some(home.path().to_owned());
        running.folder = home.path().join(Origin::Practice.folder());
        events
            .send(HostEvent::Running(Box::new(running)))
            .expect("a receiver");
        take_host_events(&mut app);
        let before = app.named_source();
        let change = |app: &mut App, folder: &str| {
            app.startup.settings.recordings = Some(folder.into());
            app.apply_settings_action(SettingsAction::FolderChanged);
        };
        change(&mut app, "/nope/x");
        assert!(app.running().is_none(), "it is requested");
        events
            .send(HostEvent::Refused("not there".to_owned()))
            .expect("a receiver");
        take_host_events(&mut app);
        assert!(app.running().is_some());
        assert_eq!(app.named_source(), before);
        let newest = app.live.as_ref().and_then(|live| live.notices.newest());
        assert_eq!(newest.map(|line| line.text.as_str()), Some("not there"));
        // The folder in use, by another way to name it, starts nothing.
        let same = home.path().join(".").display().to_string();
        change(&mut app, &same);
        assert!(app.running().is_some());
    }

    #[test]
    fn the_compact_page_takes_no_press_while_the_source_changes() {
        let home = tempfile::tempdir().expect("a folder");
        let (mut app, events) = app(home.path());
        let (running, _view, _commands) = source("practice");
        events
            .send(HostEvent::Running(Box::new(running)))
            .expect("a receiver");
        let draw = |app: App| {
            let mut harness = Harness::builder()
                .with_size([360.0, 200.0])
                .with_context_setup(Theme::install)
                .build_ui_state(|ui, app: &mut App| app.compact_ui(ui), app);
            harness.step();
            harness
        };
        let is_off = |harness: &Harness<'_, App>| {
            harness
                .get_by_label_contains("Whole window")
                .accesskit_node()
                .is_disabled()
        };
        take_host_events(&mut app);
        let harness = draw(app);
        assert!(!is_off(&harness));
        let mut harness = harness;
        harness
            .state_mut()
            .choose_source(SourceChoice::Source(SourceKind::Live));
        harness.step();
        assert!(is_off(&harness));
    }
}
