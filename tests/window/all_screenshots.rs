//! The example `screenshots`: every picture is there, in its size, and nothing else is left anywhere. Needs `Xvfb` and
//! `xwininfo`; skipped where they are absent, unless `PIANOLA_REQUIRE` names `graphics`. `PIANOLA_PICTURES` names a
//! folder that the pictures are copied to.
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use egui::ColorImage;

use crate::support::process::{stderr, stdout};
use crate::support::window::display::{Display, at_home};

const WIDE: [usize; 2] = [1_400, 900];
const SMALL: [usize; 2] = [700, 600];
const PICTURES: [(&str, [usize; 2]); 20] = [
    ("presale.png", WIDE),
    ("play.png", WIDE),
    ("large.png", [1_920, 1_080]),
    ("medium.png", [1_024, 768]),
    ("small.png", SMALL),
    ("palette.png", WIDE),
    ("help.png", WIDE),
    ("settings.png", WIDE),
    ("rug.png", WIDE),
    ("drift.png", WIDE),
    ("light.png", WIDE),
    ("colour_blind.png", WIDE),
    ("no_browser.png", WIDE),
    ("live.png", WIDE),
    ("piano.png", [2_100, 1_200]),
    ("review.png", WIDE),
    ("lab.png", WIDE),
    ("library.png", WIDE),
    ("replay.png", WIDE),
    ("replay_small.png", SMALL),
];

/// The example, in the profile of this test. Cargo builds it with all tests, but not with this test alone.
static EXAMPLE: LazyLock<PathBuf> = LazyLock::new(|| {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    let example = folder.join("examples").join("screenshots");
    if let Some(cargo) = std::env::var_os("CARGO") {
        let profile = match folder.file_name().unwrap().to_str().unwrap() {
            "debug" => "dev",
            profile => profile,
        };
        let built = Command::new(cargo)
            .args([
                "build",
                "--quiet",
                "--example",
                "screenshots",
                "--profile",
                profile,
            ])
            .arg("--target-dir")
            .arg(folder.parent().unwrap())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(built.unwrap().success());
    }
    assert!(
        example.is_file(),
        "`cargo build --example screenshots` makes {}",
        example.display()
    );
    example
});

/// The example with a home and a folder for temporary files of its own; the driver keeps nothing in there.
fn screenshots(home: &Path, temporary: &Path) -> Command {
    let mut command = at_home(Command::new(&*EXAMPLE), home);
    command
        .stdin(Stdio::null())
        .env("PIANOLA_LOG", "error")
        .env("TMPDIR", temporary)
        .env("MESA_SHADER_CACHE_DISABLE", "true");
    command
}

fn names(folder: &Path) -> Vec<OsString> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

fn failed(output: &Output) -> String {
    let said = stderr(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(stdout(output), "", "{said}");
    said
}

fn read(path: &Path) -> ColorImage {
    let bytes = std::fs::read(path).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    ColorImage::from_rgb([info.width as usize, info.height as usize], &pixels)
}

#[test]
fn every_picture_is_painted_and_nothing_else_is_left() {
    let Some(display) = Display::new() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let pictures = tempfile::tempdir().unwrap();
    let out = pictures.path().join("new").join("folder");
    let output = screenshots(home.path(), temporary.path())
        .env("DISPLAY", &display.name)
        .arg(&out)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));

    let said = stdout(&output);
    let listed: Vec<PathBuf> = said.lines().map(PathBuf::from).collect();
    assert_eq!(listed, PICTURES.map(|(name, _)| out.join(name)));
    assert_eq!(names(&out).len(), PICTURES.len(), "{:?}", names(&out));
    let mut seen = BTreeMap::new();
    for (name, size) in PICTURES {
        let image = read(&out.join(name));
        assert_eq!(image.size, size, "{name}");
        let pixels = image.pixels.iter().map(egui::Color32::to_array);
        let pixels: Vec<[u8; 4]> = pixels.collect();
        let colours: BTreeSet<_> = pixels.iter().collect();
        assert!(colours.len() > 20, "{name} has {} colours", colours.len());
        if let Some(other) = seen.insert(pixels, name) {
            panic!("{name} is {other}");
        }
    }
    assert_eq!(names(home.path()), [] as [OsString; 0]);
    assert_eq!(names(temporary.path()), [] as [OsString; 0]);
    if let Some(folder) = std::env::var_os("PIANOLA_PICTURES") {
        for (name, _) in PICTURES {
            std::fs::copy(out.join(name), Path::new(&folder).join(name)).unwrap();
        }
    }
}

#[test]
fn the_folder_of_the_repository_has_these_pictures_and_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    let expected: BTreeSet<OsString> = PICTURES.map(|(name, _)| name.into()).into();
    assert_eq!(BTreeSet::from_iter(names(&folder)), expected);
}

#[test]
fn without_a_display_it_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let home = folder.path();
    for display in [None, Some(":4711")] {
        let mut command = screenshots(home, home);
        if let Some(display) = display {
            command.env("DISPLAY", display);
        }
        let said = failed(&command.arg(&out).output().unwrap());
        assert!(
            said.contains("xvfb-run -a cargo run --release --example screenshots"),
            "{said}"
        );
        assert_eq!(names(home), ["out"], "only the folder that was asked for");
    }
}

#[test]
fn a_folder_that_takes_no_pictures_is_reported_before_anything_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::File::create(&file).unwrap();
    for out in [
        file.clone(),
        file.join("below"),
        PathBuf::from("/proc/pianola"),
    ] {
        let mut command = screenshots(folder.path(), folder.path());
        let said = failed(&command.arg(&out).output().unwrap());
        assert!(said.contains(&out.display().to_string()), "{said}");
        assert_eq!(names(folder.path()), ["file"]);
    }
}
