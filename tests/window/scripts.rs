//! Names in scripts that our own fonts lack are drawn with the fonts of this computer. Each script is skipped where
//! fontconfig knows no font for the letters of its name. `PIANOLA_PICTURES` names a folder for pictures.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use egui::{FontFamily, FontId};
use egui_kittest::Harness;
use pianola::ui::native::add_system_fonts;

use crate::support::process::until;
use crate::support::skipped;
use crate::support::window::made_view::{Shown, running, themed, window};

/// A script and a name in it.
const SCRIPTS: [(&str, &str); 4] = [
    ("Chinese", "王小明的记录"),
    ("Japanese", "さくらの記録"),
    ("Korean", "김민준의 기록"),
    ("Arabic", "محمد علي"),
];

/// Whether fontconfig knows a font with all letters of a name.
fn has_font(name: &str) -> bool {
    let mut pattern = ":charset=".to_owned();
    for letter in name.chars().filter(|letter| letter.is_alphabetic()) {
        write!(pattern, "{:x} ", u32::from(letter)).unwrap();
    }
    let listed = Command::new("fc-list").arg(pattern.trim_end()).output();
    listed.is_ok_and(|listed| !listed.stdout.is_empty())
}

/// Returns the letters that the fonts of a window lack.
fn missing(ctx: &egui::Context, name: &str) -> Vec<char> {
    let families = [FontFamily::Proportional, FontFamily::Monospace];
    let lacks = |letter: &char| {
        families.iter().any(|family| {
            let font = FontId::new(13.0, family.clone());
            !ctx.fonts_mut(|fonts| fonts.has_glyph(&font, *letter))
        })
    };
    let letters = name.chars().filter(|letter| letter.is_alphabetic());
    letters.filter(lacks).collect()
}

fn open(with_system_fonts: bool, name: &str) -> Harness<'static, Shown> {
    let mut view = running(300);
    let trader = view.trader.as_mut();
    if let Some(identity) = trader.and_then(|trader| trader.identity.as_mut()) {
        identity.username = Some(name.to_owned());
    }
    let mut builder = Harness::builder()
        .with_size([1_400.0, 900.0])
        .with_context_setup(move |ctx| {
            themed(ctx);
            if with_system_fonts {
                add_system_fonts(ctx);
            }
        });
    if std::env::var_os("PIANOLA_PICTURES").is_some() {
        builder = builder.wgpu();
    }
    let show = |ui: &mut egui::Ui, shown: &mut Shown| shown.page.ui(ui);
    let mut harness = builder.build_ui_state(show, window(view));
    // As in the program: a letter without a font is a box.
    let policy = egui::MissingGlyphPolicy::Tofu;
    harness.ctx.set_missing_glyph_policy(policy);
    harness.state_mut().page.warn(name);
    harness.run_steps(4);
    harness
}

#[test]
fn a_name_in_any_script_is_readable_where_the_computer_has_its_font() {
    // Our own fonts have none of them: what follows shows the fonts of this computer.
    for (script, name) in SCRIPTS {
        let harness = open(false, name);
        assert!(!missing(&harness.ctx, name).is_empty(), "{script}");
        if !has_font(name) {
            let reason = format!("this machine has no font for {script} (fc-list)");
            skipped::skip("fonts", &reason);
            continue;
        }
        let mut harness = open(true, name);
        // The window is drawn before the fonts are listed.
        until(&format!("the letters of {script}"), || {
            harness.run_steps(2);
            missing(&harness.ctx, name).is_empty().then_some(())
        });
        if let Some(folder) = std::env::var_os("PIANOLA_PICTURES") {
            let path = Path::new(&folder).join(format!("script_{script}.png"));
            harness.run_steps(2);
            harness.render().unwrap().save(path).unwrap();
        }
    }
}
