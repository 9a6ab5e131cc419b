//! The strategies that come with the program, as files to read, to change and to play.

/// A strategy that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExampleStrategy {
    /// The name of its file in `assets/strategies`, without the ending.
    pub file: &'static str,
    /// The text of the file.
    pub text: &'static str,
}

macro_rules! example {
    ($file:literal) => {
        ExampleStrategy {
            file: $file,
            text: include_str!(concat!("../../assets/strategies/", $file, ".txt")),
        }
    };
}

/// All of them.
pub const EXAMPLES: [ExampleStrategy; 6] = [
    example!("early-bird"),
    example!("double-up"),
    example!("sweet-spot"),
    example!("martingale"),
    example!("insta-rug"),
    example!("overdue"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::strategy::Strategy;

    #[test]
    fn each_example_is_a_strategy_with_a_name_of_its_own_and_says_what_it_tests() {
        let mut names = BTreeSet::new();
        for example in EXAMPLES {
            let read = Strategy::parse(example.text);
            let strategy = read.unwrap_or_else(|why| panic!("{}: {why}", example.file));
            assert!(!strategy.is_script(), "{}", example.file);
            assert!(names.insert(strategy.name.expect("a name")));
            assert!(
                example.text.starts_with("# What it tests: "),
                "{}",
                example.file
            );
        }
    }

    #[test]
    fn every_file_of_the_folder_is_an_example() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/strategies");
        let files = std::fs::read_dir(folder).expect("the folder");
        let files: BTreeSet<_> = files
            .map(|file| {
                file.expect("a file")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        let listed = EXAMPLES.map(|example| format!("{}.txt", example.file));
        assert_eq!(files, BTreeSet::from(listed));
    }
}
