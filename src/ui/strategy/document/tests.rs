use std::time::{Duration, Instant};

use super::*;

const MINE: &str = "in presale buy 0.01\nafter 3 ticks sell all\n";

fn no_waker() -> Waker {
    Arc::new(|| {})
}

fn wait(document: &mut StrategyDocument) {
    let start = Instant::now();
    while document.is_busy() {
        document.take_results(&no_waker());
        assert!(start.elapsed() < Duration::from_secs(20), "{document:?}");
        std::thread::yield_now();
    }
}

fn edited(text: &str) -> StrategyDocument {
    let mut document = StrategyDocument::example(0);
    document.editor.set_text(text.to_owned());
    document
}

#[test]
fn every_example_can_be_read_and_is_saved_already() {
    for place in 0..EXAMPLES.len() {
        let document = StrategyDocument::example(place);
        assert!(document.strategy().is_some() && !document.is_unsaved());
    }
}

#[test]
fn unsaved_changes_are_asked_about_before_an_example_a_file_or_a_removal_takes_their_place() {
    let ctx = egui::Context::default();
    for step in [
        DocumentStep::Example(&EXAMPLES[1]),
        DocumentStep::ChooseFile,
        DocumentStep::Remove,
    ] {
        let mut document = edited(MINE);
        assert!(document.is_unsaved());
        document.step(&ctx, step.clone());
        assert_eq!(document.question, DocumentQuestion::Lose(step));
        assert_eq!(document.text(), MINE);
        assert!(!document.is_removed() && !document.has_dialog());
    }
    let mut document = edited(MINE);
    document.lose_and(&ctx, DocumentStep::Example(&EXAMPLES[1]));
    assert_eq!(document.text(), EXAMPLES[1].text);
    assert!(!document.is_unsaved());
    // Nothing is lost: no question.
    document.step(&ctx, DocumentStep::Example(&EXAMPLES[2]));
    assert_eq!(document.title(), EXAMPLES[2].file);
}

#[test]
fn an_edited_example_is_saved_to_a_new_file_and_then_to_the_same_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut document = edited(MINE);
    document.save(no_waker(), folder.path());
    let path = folder.path().join("early-bird.txt");
    let asked = DocumentQuestion::SaveAs {
        path: path_to_edit(&path),
        error: None,
    };
    assert_eq!(document.question, asked);
    document.save_to(path.clone(), document.over(&path), no_waker());
    wait(&mut document);
    assert!(!document.is_unsaved());
    assert_eq!(
        (document.path(), document.title().as_str()),
        (Some(&*path), "early-bird.txt")
    );
    document.editor.set_text("in presale buy 0.02\n".to_owned());
    document.save(no_waker(), folder.path());
    wait(&mut document);
    assert_eq!(
        std::fs::read_to_string(&path).expect("a file"),
        document.text()
    );
    // Another program changes it.
    std::fs::write(&path, "theirs").expect("a file");
    document.editor.set_text(MINE.to_owned());
    document.save(no_waker(), folder.path());
    wait(&mut document);
    assert_eq!(document.question, DocumentQuestion::Replace(path.clone()));
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), "theirs");
    assert!(document.is_unsaved());
    document.save_to(path.clone(), Overwrite::Anything, no_waker());
    wait(&mut document);
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), MINE);
    assert_eq!(document.question, DocumentQuestion::None);
}

#[test]
fn a_path_that_cannot_be_written_is_asked_for_again_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut document = edited(MINE);
    document.save_to(folder.path().to_owned(), Overwrite::Nothing, no_waker());
    wait(&mut document);
    let DocumentQuestion::SaveAs { path, error } = &document.question else {
        panic!("{document:?}");
    };
    assert_eq!(path, &path_to_edit(folder.path()));
    assert!(
        error
            .as_ref()
            .is_some_and(|why| why.starts_with("Cannot save "))
    );
    assert!(document.is_unsaved());
}

#[test]
fn what_is_typed_while_a_file_is_read_is_not_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine.txt");
    std::fs::write(&path, MINE).expect("a file");
    let mut document = StrategyDocument::example(0);
    document.read(path.clone(), no_waker());
    document.editor.set_text("typed meanwhile".to_owned());
    wait(&mut document);
    assert_eq!(document.text(), "typed meanwhile");
    let step = DocumentStep::File(path.clone());
    assert_eq!(document.question, DocumentQuestion::Lose(step.clone()));
    document.lose_and(&egui::Context::default(), step);
    wait(&mut document);
    assert_eq!((document.text(), document.path()), (MINE, Some(&*path)));
    // One that cannot be read leaves the text.
    document.read(folder.path().to_owned(), no_waker());
    wait(&mut document);
    assert!(
        matches!(&document.question, DocumentQuestion::Error(why) if why.starts_with("Cannot read "))
    );
    assert_eq!(document.text(), MINE);
}

#[test]
fn while_a_file_is_saved_no_other_text_takes_the_place_of_the_one_that_is_saved() {
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_owned();
    let mut harness = Harness::builder()
        .with_context_setup(crate::ui::theme::Theme::install)
        .build_ui_state(
            move |ui: &mut egui::Ui, document: &mut StrategyDocument| {
                document.ui(ui, &path, 300.0);
            },
            edited(MINE),
        );
    harness.run_steps(2);
    let menu = "Example: early-bird (edited)";
    let is_disabled = |harness: &Harness<'_, StrategyDocument>| {
        harness.get_by_label(menu).accesskit_node().is_disabled()
    };
    assert!(!is_disabled(&harness));
    // The key that saves while the menu is open.
    harness.get_by_label(menu).click();
    harness.run_steps(2);
    let (_waits, task) = FileTask::endless();
    harness.state_mut().task = Some(task);
    harness.run_steps(2);
    assert!(is_disabled(&harness));
    if let Some(example) = harness.query_by_label(EXAMPLES[1].file) {
        example.click();
        harness.run_steps(2);
    }
    let document = harness.state();
    assert_eq!(
        (document.text(), &document.question),
        (MINE, &DocumentQuestion::None)
    );
}
