//! The page with made settings: what is chosen changes them, at every width nothing is cut.
//! `PIANOLA_PICTURES=/some/folder` keeps pictures.

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
fn the_page_as_pictures() {
    let Some(folder) = std::env::var_os("PIANOLA_PICTURES") else {
        return;
    };
    for (width, height) in [(1400.0, 900.0), (700.0, 1800.0)] {
        let mut harness = Harness::builder()
            .with_size([width, height])
            .with_context_setup(Theme::install)
            .wgpu()
            .build_ui_state(page_ui, shown());
        harness.run();
        let picture = harness.render().expect("a picture");
        let name = format!("settings_{width}.png");
        let path = Path::new(&folder).join(name);
        picture.save(path).expect("the folder can be written to");
    }
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
