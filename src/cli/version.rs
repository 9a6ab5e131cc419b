//! What `pianola --version` prints: version, commit, features and target.

use std::sync::LazyLock;

/// Names of the features of this build.
const FEATURES: [(&str, bool); 4] = [
    ("dataset", cfg!(feature = "dataset")),
    ("notifications", cfg!(feature = "notifications")),
    ("sound", cfg!(feature = "sound")),
    ("window", cfg!(feature = "window")),
];

/// Returns the text behind the name of the program: the version, and a line each for what a bug report needs.
pub(super) fn long_version() -> &'static str {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| text(env!("CARGO_PKG_VERSION"), env!("PIANOLA_COMMIT"), &FEATURES));
    &TEXT
}

fn text(version: &str, commit: &str, features: &[(&str, bool)]) -> String {
    let built: Vec<_> = features
        .iter()
        .filter(|(_, is_built)| *is_built)
        .map(|(name, _)| *name)
        .collect();
    let features = if built.is_empty() {
        "none".to_owned()
    } else {
        built.join(", ")
    };
    let (target, profile) = (env!("PIANOLA_TARGET"), env!("PIANOLA_PROFILE"));
    format!("{version}\ncommit: {commit}\nfeatures: {features}\ntarget: {target}, {profile}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_names_commit_and_features() {
        let lines = |features: &[(&str, bool)]| {
            let text = text("1.2.3", "6345e06a1b2c", features);
            text.lines().map(ToOwned::to_owned).collect::<Vec<_>>()
        };
        let some = lines(&[("dataset", true), ("sound", false), ("window", true)]);
        let expected = ["1.2.3", "commit: 6345e06a1b2c", "features: dataset, window"];
        assert_eq!(some[..3], expected);
        assert!(some[3].starts_with("target: "), "{some:?}");
        assert_eq!(lines(&[("sound", false)])[2], "features: none");
    }

    #[test]
    fn every_feature_of_the_manifest_is_named() {
        let manifest = include_str!("../../Cargo.toml");
        let section = manifest
            .split("[features]")
            .nth(1)
            .and_then(|rest| rest.split("\n[").next())
            .expect("the features");
        let mut names: Vec<_> = section
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .map(|(name, _)| name)
            .filter(|name| *name != "default" && !name.starts_with('#'))
            .collect();
        names.sort_unstable();
        assert_eq!(names, FEATURES.map(|(name, _)| name));
    }
}
