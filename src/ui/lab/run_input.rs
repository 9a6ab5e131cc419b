//! What a run was asked: results are of before a change once the page asks for something else. Pure.

use std::path::PathBuf;

use super::fields::LabFields;

/// The texts, the fields and the recordings of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunInput {
    /// The texts of the strategies.
    pub texts: Vec<String>,
    /// The fields.
    pub fields: LabFields,
    /// The folder of the recorded games; `None` for new ones.
    pub folder: Option<PathBuf>,
}

impl RunInput {
    /// Returns what was changed since the run with this input, as a sentence; `None` if nothing was.
    pub fn changes_to(&self, now: &Self) -> Option<String> {
        let mut names = Vec::new();
        if self.texts != now.texts {
            names.push("strategies");
        }
        names.extend(now.fields.differences(&self.fields));
        let is_recorded = self.fields.recorded && now.fields.recorded;
        if is_recorded && self.folder != now.folder {
            names.push("folder of the recordings");
        }
        let names = names.join(", ");
        (!names.is_empty()).then(|| format!("From before your last changes ({names}). Run again"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(texts: &[&str]) -> RunInput {
        RunInput {
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            fields: LabFields::default(),
            folder: None,
        }
    }

    #[test]
    fn results_are_old_once_a_strategy_or_a_setting_differs_and_new_again_when_it_is_as_before() {
        let old = input(&["a", "b"]);
        assert_eq!(old.changes_to(&input(&["a", "b"])), None);
        for other in [input(&["a"]), input(&["a", "c"]), input(&["b", "a"])] {
            let text = old.changes_to(&other).expect("other strategies");
            assert_eq!(
                text,
                "From before your last changes (strategies). Run again"
            );
        }
        let mut both = input(&["c"]);
        both.fields.recorded = true;
        both.folder = Some("games".into());
        let text = old.changes_to(&both).expect("other games, too");
        assert!(text.contains("(strategies, games, sessions)"), "{text}");
        let mut elsewhere = both.clone();
        elsewhere.folder = Some("other".into());
        let text = both.changes_to(&elsewhere).expect("another folder");
        assert!(text.contains("folder of the recordings"), "{text}");
        // The folder of the recordings does not matter for new games.
        let mut moved = old.clone();
        moved.folder = Some("other".into());
        assert_eq!(old.changes_to(&moved), None);
    }
}
