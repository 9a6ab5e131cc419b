//! Guides in the place of the empty chart: without a connection, and without a browser.
//! `PIANOLA_PICTURES=/some/folder` keeps pictures.

use std::time::Duration;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use pianola::engine::View;
use pianola::feed::{BrowserStatus, DisconnectReason, FeedState};

use crate::support::window::browser_view::{PageLogin, mirrored};
use crate::support::window::made_view::{Shown, nothing, themed, window};

fn down(mut view: View, why: DisconnectReason) -> View {
    view.feed = FeedState::Down {
        why,
        next_try_in: Duration::from_secs(6),
    };
    view.series = nothing().series;
    view.game_id = None;
    view
}

fn no_browser() -> View {
    let why = DisconnectReason::NoBrowser("127.0.0.1:9333".to_owned());
    down(mirrored(PageLogin::Nothing, BrowserStatus::default()), why)
}

fn offline() -> View {
    let why = DisconnectReason::ConnectFailed("EngineIO Error: IO error".to_owned());
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
        let path = std::path::Path::new(&folder).join(name);
        harness.render().unwrap().save(path).unwrap();
    }
}

#[test]
fn without_a_connection_the_guide_counts_down_and_offers_two_ways() {
    let mut harness = open(offline(), [1400.0, 900.0]);
    harness.get_by_label("No connection");
    harness.get_by_label_contains("Retrying in ");
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
