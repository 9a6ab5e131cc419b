//! Guides in the place of the empty chart: without a connection, and without a browser.
//! `PIANOLA_PICTURES=/some/folder` keeps pictures.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use pianola::engine::{GameSource, View};
use pianola::feed::{BrowserStatus, DisconnectReason, FeedState};
use tempfile::TempDir;

use crate::support::chromium;
use crate::support::own_process::in_own_process_with;
use crate::support::window::app_window::Window;
use crate::support::window::browser_view::{PageLogin, mirrored};
use crate::support::window::made_view::{Shown, noon, nothing, themed, window};

fn down(mut view: View, why: DisconnectReason) -> View {
    view.feed = FeedState::Down {
        why,
        next_try_at: Some(noon() + Duration::from_secs(6)),
    };
    view.series = nothing().series;
    view.game_id = None;
    view
}

pub fn no_browser() -> View {
    let why = DisconnectReason::NoBrowser("127.0.0.1:9333".to_owned());
    down(mirrored(PageLogin::Nothing, BrowserStatus::default()), why)
}

pub fn offline() -> View {
    let why = DisconnectReason::ConnectFailed(
        "EngineIO Error: IO error: failed to lookup address".to_owned(),
    );
    down(nothing(), why)
}

fn open(view: View, size: [f32; 2]) -> Harness<'static, Shown> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_max_steps(8)
        .with_context_setup(themed)
        .build_ui_state(|ui, shown: &mut Shown| shown.page.ui(ui), window(view));
    harness.run_steps(4);
    harness
}

#[test]
fn the_guides_as_pictures() {
    let Some(folder) = std::env::var_os("PIANOLA_PICTURES") else {
        return;
    };
    for (name, view, size) in [
        ("guide_browser.png", no_browser(), [1400.0, 900.0]),
        ("guide_browser_700.png", no_browser(), [700.0, 600.0]),
        ("guide_offline.png", offline(), [1400.0, 900.0]),
    ] {
        let mut harness = Harness::builder()
            .with_size(size)
            .with_context_setup(themed)
            .wgpu()
            .build_ui_state(|ui, shown: &mut Shown| shown.page.ui(ui), window(view));
        harness.run_steps(4);
        let path = Path::new(&folder).join(name);
        harness.render().unwrap().save(path).unwrap();
    }
}

#[test]
fn without_a_connection_the_guide_counts_down_and_offers_two_ways() {
    let mut harness = open(offline(), [1400.0, 900.0]);
    harness.get_by_label("No connection to backend.rugs.fun");
    harness.get_by_label_contains("Cannot reach backend.rugs.fun: no network");
    harness.get_by_label("Retrying in 6 s");
    // No raw error in the window.
    assert!(
        harness
            .query_all_by_label_contains("EngineIO")
            .next()
            .is_none()
    );
    harness.get_by_label("Try now");
    harness.get_by_label("Practice table").click();
    harness.run_steps(2);
    let chosen = format!("{:?}", harness.state_mut().page.requests.guide.take());
    assert_eq!(chosen, "Some(Practice)");
}

#[test]
fn the_guide_stays_while_the_next_connection_is_tried() {
    let mut view = offline();
    let FeedState::Down { why, .. } = view.feed.clone() else {
        panic!("{:?}", view.feed);
    };
    let connecting = |after| FeedState::Connecting { attempt: 2, after };
    view.feed = connecting(Some(why));
    let mut harness = open(view.clone(), [1400.0, 900.0]);
    harness.get_by_label("No connection to backend.rugs.fun");
    harness.get_by_label("Trying…");
    harness.get_by_label("Practice table");
    // The first attempt is no failure.
    view.feed = connecting(None);
    harness.state_mut().view.send_replace(view);
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("No connection").is_none());
}

#[test]
fn without_a_browser_the_guide_leads_to_one() {
    for size in [[1400.0, 900.0], [700.0, 600.0]] {
        let mut harness = open(no_browser(), size);
        for text in [
            "Connect your browser",
            "Log in on the page",
            "Watch without browser",
            "Back to practice",
        ] {
            harness.get_by_label(text);
        }
        harness.get_by_label("Copy the start command").click();
        harness.step();
        let copied = &harness.output().platform_output.commands;
        let has_command = copied.iter().any(|command| {
            matches!(command, egui::OutputCommand::CopyText(text) if text.contains("port=9333"))
        });
        assert!(has_command, "{copied:?}");
        harness.get_by_label("Check again").click();
        harness.run_steps(2);
        let chosen = format!("{:?}", harness.state_mut().page.requests.guide.take());
        assert_eq!(chosen, "Some(TryNow)");
    }
}

/// A folder of programs that is the whole search path, and the home of a process.
fn programs_and_home() -> (TempDir, TempDir) {
    (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap())
}

fn browser_source() -> GameSource {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    GameSource::Browser(address.parse().unwrap())
}

/// Writes a program that anybody may run.
fn program(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    // Not under its name before it is whole: the guide looks for it all the time.
    let unfinished = path.with_extension("new");
    std::fs::write(&unfinished, script).unwrap();
    std::fs::set_permissions(&unfinished, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::rename(&unfinished, path).unwrap();
}

/// Also a browser that is installed while the window is open is found. The window starts it, and reads it.
#[test]
fn a_browser_is_looked_for_again_and_started() {
    const CHROMIUM: &str = "PIANOLA_TEST_CHROMIUM";
    let (programs, home) = programs_and_home();
    // In the process of the test the search path has none.
    let known = std::env::var_os(CHROMIUM).map(PathBuf::from);
    let Some(chromium) = known.or_else(chromium::program) else {
        return;
    };
    let path = programs.path().to_str().unwrap().to_owned();
    let home = home.path().to_str().unwrap().to_owned();
    let chromium = chromium.to_str().unwrap().to_owned();
    let variables = [
        ("PATH", path.as_str()),
        ("HOME", &home),
        ("XDG_CONFIG_HOME", &home),
        (CHROMIUM, &chromium),
    ];
    in_own_process_with(&variables, || {
        let variable = |name| std::env::var(name).unwrap();
        let (programs, home) = (variable("PATH"), variable("HOME"));
        let mut window = Window::new(browser_source());
        window.wait_for("no browser found");
        // Without its window, and as any user: what the guide passes comes last.
        let chromium = variable(CHROMIUM);
        let script = format!(
            "#!/bin/sh\necho $$ > {home}/pid\nexport PATH=/usr/local/bin:/usr/bin:/bin\n\
             exec {chromium} --headless=new --no-sandbox --disable-gpu \"$@\"\n"
        );
        program(&Path::new(&programs).join("chromium"), &script);
        window.click("Start Chromium");
        window.wait_for("A browser answers");
        assert!(
            Path::new(&home).join("pianola-browser").is_dir(),
            "a profile of its own"
        );
        let pid = std::fs::read_to_string(Path::new(&home).join("pid")).unwrap();
        let killed = Command::new("/bin/kill").arg(pid.trim()).status().unwrap();
        assert!(killed.success());
        // It has ended: the guide says so, and offers it again.
        window.wait_its("Start Chromium");
        window.close();
    });
}

/// A browser that cannot start says so in its step.
#[test]
fn a_browser_that_cannot_start_says_why() {
    let (programs, home) = programs_and_home();
    program(&programs.path().join("chromium"), "#!/bin/sh\nexit 3\n");
    let path = programs.path().to_str().unwrap();
    let home = home.path().to_str().unwrap();
    in_own_process_with(&[("PATH", path), ("HOME", home)], || {
        let mut window = Window::new(browser_source());
        window.click("Start Chromium");
        window.wait_for("Chromium ended with exit status: 3");
        window.close();
    });
}
