//! The files in `packaging`: they agree with the program and with each other, and the icons are those of
//! `assets/icon.svg`. `UPDATE_SNAPSHOTS=1 cargo test --test core packaging` draws the icons again.

mod icon;

use std::path::{Path, PathBuf};

use icon::{draw, icns_file, ico_file, pixels_of, png_file};

/// The sizes of the icon, in pixels.
const SIZES: [u32; 9] = [16, 22, 24, 32, 48, 64, 128, 256, 512];
/// The sizes in the icon file of Windows and in that of macOS.
const WINDOWS: [u32; 6] = [16, 24, 32, 48, 64, 256];
const MACOS: [u32; 6] = [16, 32, 64, 128, 256, 512];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// Returns the values of a key in all groups of a desktop entry.
fn values<'a>(entry: &'a str, key: &str) -> Vec<&'a str> {
    let lines = entry.lines().filter_map(|line| line.split_once('='));
    lines
        .filter(|(name, _)| *name == key)
        .map(|(_, value)| value)
        .collect()
}

/// Returns the text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before}"));
    rest.split_once(after).unwrap().0
}

#[test]
fn the_icons_in_all_sizes_are_drawn_from_the_icon() {
    let svg = read("assets/icon.svg");
    let drawn: Vec<_> = SIZES.map(|size| (size, png_file(&svg, size))).into();
    let of = |sizes: &[u32]| -> Vec<_> {
        let has = |(size, _): &&(u32, Vec<u8>)| sizes.contains(size);
        drawn.iter().filter(has).cloned().collect()
    };
    let bundles = [
        ("pianola.ico", ico_file(&of(&WINDOWS))),
        ("pianola.icns", icns_file(&of(&MACOS))),
    ];
    let folder = path("packaging/icons");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        for (size, file) in &drawn {
            std::fs::write(folder.join(format!("{size}.png")), file).unwrap();
        }
        for (name, file) in &bundles {
            std::fs::write(folder.join(name), file).unwrap();
        }
    }
    for (size, _) in &drawn {
        let file = std::fs::read(folder.join(format!("{size}.png"))).unwrap();
        let (found, pixels) = pixels_of(&file);
        assert_eq!(found, *size);
        // Another machine may round the edge of a curve in another way.
        let wrong = pixels.iter().zip(draw(&svg, *size));
        let wrong = wrong.filter(|(own, drawn)| own.abs_diff(*drawn) > 4);
        assert!(wrong.count() < 8, "{size}.png is not the icon");
    }
    for (name, _) in bundles {
        let file = std::fs::read(folder.join(name)).unwrap();
        let pictures = file.windows(8).filter(|at| *at == b"\x89PNG\r\n\x1a\n");
        assert_eq!(pictures.count(), 6, "{name}");
    }
}

#[test]
fn the_picture_in_the_window_is_the_icon() {
    let svg = read("assets/icon.svg");
    let file = std::fs::read(path("assets/icon.png")).unwrap();
    let (size, own) = pixels_of(&file);
    let drawn = draw(&svg, size);
    // Where it is not opaque a colour means nothing.
    let colours = |pixels: &[u8]| -> Vec<[u32; 4]> {
        let shown = |pixel: &[u8]| {
            let opacity = u32::from(pixel[3]);
            [0, 1, 2, 3].map(|at| {
                if at == 3 {
                    opacity
                } else {
                    u32::from(pixel[at]) * opacity / 255
                }
            })
        };
        pixels.chunks(4).map(shown).collect()
    };
    let (own, drawn) = (colours(&own), colours(&drawn));
    let differ = own.iter().zip(&drawn).filter(|(own, drawn)| {
        own.iter()
            .zip(drawn.iter())
            .any(|(own, drawn)| own.abs_diff(*drawn) > 24)
    });
    let differ = differ.count();
    assert!(differ < own.len() / 100, "{differ} of {} pixels", own.len());
}

#[test]
fn the_desktop_entries_start_the_program_with_arguments_that_it_has() {
    for name in ["pianola", "pianola-open"] {
        let entry = read(&format!("packaging/linux/{name}.desktop"));
        let commands = values(&entry, "Exec");
        assert!(!commands.is_empty());
        for command in commands {
            let words: Vec<_> = command.split(' ').collect();
            assert_eq!(words[0], "pianola", "{command}");
            let shown = pianola::cli::command();
            let parsed = shown.try_get_matches_from(words);
            assert!(parsed.is_ok(), "{command}: {parsed:?}");
        }
        assert_eq!(values(&entry, "Icon"), ["pianola"]);
        // What the window says it is: src/ui/native.rs.
        assert_eq!(values(&entry, "StartupWMClass"), ["pianola"]);
    }
    assert!(read("src/ui/native.rs").contains("const APP_ID: &str = \"pianola\";"));
}

#[test]
fn a_shared_recording_is_opened_by_its_type() {
    let mime = read("packaging/linux/pianola.mime.xml");
    let kind = between(&mime, "<mime-type type=\"", "\"");
    assert!(mime.contains("<glob pattern=\"*.pianola\"/>"));
    let entry = read("packaging/linux/pianola-open.desktop");
    assert_eq!(values(&entry, "MimeType"), [format!("{kind};")]);
    assert!(values(&entry, "Exec")[0].ends_with(" %f"));
    let metadata = read("packaging/linux/pianola.metainfo.xml");
    assert_eq!(between(&metadata, "<mediatype>", "<"), kind);
    // The other systems register the same ending.
    assert!(read("packaging/windows/pianola.nsi").contains(r"\.pianola"));
    assert!(read("packaging/macos/Info.plist").contains("<string>pianola</string>"));
}

#[test]
fn every_package_has_the_version_of_the_program() {
    let version = env!("CARGO_PKG_VERSION");
    let metadata = read("packaging/linux/pianola.metainfo.xml");
    assert_eq!(between(&metadata, "<release version=\"", "\""), version);
    assert_eq!(between(&metadata, "desktop-id\">", "<"), "pianola.desktop");
    // Everything else takes it from the manifest: a number of its own would be forgotten.
    for name in [
        "packaging/build",
        "packaging/linux/deb/control",
        "packaging/linux/deb/changelog",
        "packaging/linux/install",
        "packaging/macos/Info.plist",
        "packaging/macos/build",
        "packaging/windows/pianola.nsi",
        ".github/workflows/release.yml",
    ] {
        assert!(
            !read(name).contains(version),
            "{name} has a version of its own"
        );
    }
    let changes = read("CHANGELOG.md");
    let date = between(&metadata, "date=\"", "\"");
    let heading = format!("## {version} ({date})\n");
    assert!(changes.contains(&heading), "no changes of {version}");
}

#[test]
fn the_packages_have_the_pages() {
    let script = read("packaging/build");
    assert!(script.contains("for page in *.md docs/*.md; do\n"));
    // Where Debian's own list of changes and the help of `play` point to.
    let changes = read("packaging/linux/deb/changelog");
    assert!(changes.contains("/usr/share/doc/pianola/CHANGELOG.md"));
    assert!(path("CHANGELOG.md").is_file() && path("docs/strategies.md").is_file());
}

#[test]
fn every_file_that_the_build_puts_into_a_package_exists() {
    let script = read("packaging/build");
    let mut checked = 0;
    for word in script.split([' ', '"', '\n']) {
        let is_ours = ["packaging/linux/", "packaging/icons/", "assets/"]
            .iter()
            .any(|folder| word.starts_with(folder));
        if !is_ours || word.contains('$') {
            continue;
        }
        checked += 1;
        assert!(path(word).is_file(), "there is no {word}");
    }
    assert!(checked >= 7, "only {checked} files");
    for size in SIZES {
        assert!(path(&format!("packaging/icons/{size}.png")).is_file());
        assert!(script.contains(&format!(" {size}")), "{size}");
    }
}
