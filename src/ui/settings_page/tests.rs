//! The page with made settings: what is chosen changes them, at every width nothing is cut.

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::*;

struct Shown {
    page: SettingsPage,
    settings: Settings,
    actions: Vec<SettingsAction>,
}

fn shown() -> Shown {
    let settings = Settings::default();
    Shown {
        page: SettingsPage::new(&settings),
        settings,
        actions: Vec::new(),
    }
}

fn page_ui(ui: &mut Ui, shown: &mut Shown) {
    ui.painter()
        .rect_filled(ui.max_rect(), 0, Theme::of(ui).ground);
    let context = SettingsContext {
        running: SourceKind::Practice,
        speed: Speed::default(),
        folder: Some(Path::new("/recordings/practice")),
        failure: None,
        folder_is_fixed: false,
        file: Path::new("/settings.json"),
        save_error: None,
        auto_record: Some(false),
        capture: None,
    };
    let actions = shown.page.ui(ui, &mut shown.settings, context);
    shown.actions.extend(actions);
}

fn harness(size: [f32; 2]) -> Harness<'static, Shown> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_context_setup(Theme::install)
        .build_ui_state(page_ui, shown());
    harness.run();
    harness
}

#[test]
fn a_choice_changes_the_settings() {
    let mut harness = harness([1400.0, 1000.0]);
    for name in ["Blue / orange", "9", "Light"] {
        harness.get_by_label(name).click();
        harness.run();
    }
    let switch = harness.get_by_role_and_label(egui::accesskit::Role::CheckBox, "Reduce motion");
    switch.click();
    harness.run();
    let settings = &harness.state().settings;
    assert_eq!(settings.money_colours, MoneyColours::BlueOrange);
    assert_eq!(settings.amount_places, 9);
    assert_eq!(settings.look, ThemeChoice::Light);
    assert!(settings.reduce_motion);
}

#[test]
fn a_bad_address_keeps_the_focus_and_says_what_a_good_one_looks_like() {
    let mut harness = harness([1400.0, 1000.0]);
    harness.state_mut().page.connection.focus_address();
    harness.run();
    harness.event(egui::Event::Text("nowhere".to_owned()));
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    let help = "Not a valid address. Example: https://backend.rugs.fun";
    harness.get_by_label(help);
    assert!(harness.ctx.text_edit_focused());
    assert_eq!(harness.state().actions, []);
}

#[test]
fn nothing_is_wider_than_the_page() {
    for width in [668.0, 1000.0, 1300.0, 1900.0] {
        let harness = harness([width, 3000.0]);
        for node in harness.root().children_recursive() {
            let Some(bounds) = node.accesskit_node().bounding_box() else {
                continue;
            };
            assert!(bounds.x1 <= f64::from(width) + 0.5, "{width}: {node:?}");
        }
    }
}

/// Types over the text of a field and leaves the page: the field never loses the focus.
fn typed_and_left(fields: &[(&str, &str)]) -> Harness<'static, Shown> {
    let mut harness = harness([1400.0, 3000.0]);
    for (field, text) in fields {
        let role = egui::accesskit::Role::TextInput;
        harness.get_by_role_and_label(role, field).focus();
        harness.run();
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        harness.event(egui::Event::Text((*text).to_owned()));
        harness.run();
        let shown = harness.state_mut();
        let actions = shown.page.leave(&mut shown.settings);
        shown.actions.extend(actions);
    }
    harness
}

#[test]
fn what_was_typed_last_is_set_when_the_page_is_left() {
    let folder = if cfg!(windows) { "C:\\games" } else { "/games" };
    let mut harness = typed_and_left(&[
        ("Ask above", "0.5"),
        ("Starting balance", "7"),
        ("Remind me of the time", "45"),
        ("Folder of the recordings", folder),
    ]);
    let shown = harness.state();
    assert_eq!(shown.settings.ask_above_percent, Some(Decimal::new(5, 1)));
    assert_eq!(shown.settings.start_balance, Decimal::from(7));
    assert_eq!(shown.settings.reminder_minutes, Some(45));
    assert_eq!(
        shown.settings.recordings.as_deref(),
        Some(Path::new(folder))
    );
    assert_eq!(shown.actions, [SettingsAction::FolderChanged]);
    // What was changed elsewhere since is not set back.
    let shown = harness.state_mut();
    shown.settings.start_balance = Decimal::TWO;
    assert_eq!(shown.page.leave(&mut shown.settings), []);
    assert_eq!(shown.settings.start_balance, Decimal::TWO);
}

#[test]
fn what_cannot_be_used_is_not_set_when_the_page_is_left_and_says_why_afterwards() {
    let mut harness = typed_and_left(&[("Ask above", "0"), ("Folder of the recordings", "games")]);
    harness.run();
    harness.get_by_label("A number above 0, at most 100, or empty: never ask");
    harness.get_by_label("A folder is named with its whole path");
    let shown = harness.state();
    let before = Settings::default();
    assert_eq!(shown.settings.ask_above_percent, before.ask_above_percent);
    assert_eq!(
        (&shown.settings.recordings, shown.actions.len()),
        (&None, 0)
    );
}
