use std::sync::Arc;

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;

#[test]
fn the_whole_name_of_the_file_is_shown() {
    let name = "20261130T184500_anonymous_session.pianola";
    let path = format!("/home/a_long_name/recordings/exports/{name}");
    assert_eq!(file_name(&path).as_deref(), Some(name));
    assert_eq!(file_name("/tmp/x").as_deref(), Some("x.pianola"));
    assert_eq!(file_name("  "), None);
}

#[test]
fn while_a_file_is_saved_its_names_cannot_be_changed_and_its_result_is_its_own() {
    let worker = LibraryWorker::start(Arc::new(|| {})).expect("a thread");
    let content = BundleContent {
        start: crate::game::Time::UNIX_EPOCH,
        name: "a.pianola".to_owned(),
        games: 1,
        has_notes: false,
        missing: Vec::new(),
    };
    let target = PathBuf::from("/x/a.pianola");
    let form = ShareForm {
        session: PathBuf::from("/x/a_session.json"),
        out: None,
        folder: PathBuf::from("/x"),
        plan: Some(Ok(Box::new(content.clone()))),
        names: true,
        target: "/x/a.pianola".to_owned(),
        is_typed: true,
        state: ShareState::Saving(target.clone()),
        dialog: None,
    };
    let panel = SharePanel {
        form: Some(form),
        outcome: None,
    };
    let mut harness = Harness::builder()
        .with_size([800.0, 600.0])
        .with_context_setup(Theme::install)
        .build_ui_state(
            move |ui: &mut Ui, panel: &mut SharePanel| panel.ui(ui.ctx(), &worker),
            panel,
        );
    harness.run_steps(3);
    let names = "With my name and id";
    assert!(harness.get_by_label(names).accesskit_node().is_disabled());
    let shared = |target: &Path| LibraryEvent::Shared {
        target: target.to_owned(),
        result: Ok((Box::new(content.clone()), 1024)),
    };
    // The file of a form that was closed while it was saved.
    harness.state_mut().take(shared(Path::new("/x/b.pianola")));
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("Saved: ").is_none());
    harness.state_mut().take(shared(&target));
    harness.run_steps(2);
    harness.get_by_label_contains("Saved: 1 game");
    harness.get_by_label(NAMED);
    assert!(!harness.get_by_label(names).accesskit_node().is_disabled());
}
