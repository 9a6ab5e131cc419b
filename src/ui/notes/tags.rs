//! The tags of a note as the line in which the player types them. Pure.

/// Returns the tags of a line, each once: commas are between them, or, without any comma, spaces. A `#` before a tag is no
/// part of it.
pub fn tags_of(line: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let parts: Vec<&str> = if line.contains(',') {
        line.split(',').collect()
    } else {
        line.split_whitespace().collect()
    };
    for tag in parts {
        let tag = tag.trim().trim_start_matches('#').trim();
        if !tag.is_empty() && !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// Returns the line of tags, from which [`tags_of`] returns the same ones.
pub fn line_of(tags: &[String]) -> String {
    let mut line = tags.join(", ");
    // Without a comma the words of a tag would be tags.
    if let [tag] = tags
        && tag.contains(char::is_whitespace)
    {
        line.push(',');
    }
    line
}

/// Returns the known tags that are not in the line yet; while a tag is being typed, those that contain it.
pub fn offered<'a>(known: &'a [String], line: &str) -> Vec<&'a str> {
    let used = tags_of(line);
    let ends = line.is_empty() || line.ends_with([',', ' ']);
    let typed = used.last().filter(|_| !ends).cloned();
    let typed = typed.unwrap_or_default().to_lowercase();
    let others = known.iter().filter(|tag| !used.contains(tag));
    let fitting = others.filter(|tag| tag.to_lowercase().contains(&typed));
    fitting.map(String::as_str).collect()
}

/// Returns the line with a tag at its end, in the place of the one that is being typed if it contains that.
pub fn with_tag(line: &str, tag: &str) -> String {
    let mut tags = tags_of(line);
    let ends = line.is_empty() || line.ends_with([',', ' ']);
    let is_typed = |typed: &String| tag.to_lowercase().contains(&typed.to_lowercase());
    if !ends && tags.last().is_some_and(is_typed) {
        tags.pop();
    }
    tags.push(tag.to_owned());
    format!("{}, ", tags.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn commas_or_spaces_are_between_tags_and_each_is_there_once() {
        assert_eq!(
            tags_of(" late entry,tilt ,, #tilt,"),
            ["late entry", "tilt"]
        );
        assert_eq!(tags_of("late  tilt #late"), ["late", "tilt"]);
        assert!(tags_of(" , #, ").is_empty());
    }

    #[test]
    fn a_line_is_read_as_the_tags_that_it_was_made_of() {
        for tags in [
            owned(&[]),
            owned(&["tilt"]),
            owned(&["late entry"]),
            owned(&["late entry", "tilt"]),
            owned(&["a", "b", "c"]),
        ] {
            assert_eq!(tags_of(&line_of(&tags)), tags);
        }
    }

    #[test]
    fn tags_that_are_known_are_offered_until_they_are_used_and_a_typed_part_finds_them() {
        let known = owned(&["Late", "calm", "tilt"]);
        assert_eq!(offered(&known, ""), ["Late", "calm", "tilt"]);
        assert_eq!(offered(&known, "calm, "), ["Late", "tilt"]);
        assert_eq!(offered(&known, "calm, la"), ["Late"]);
        assert_eq!(with_tag("calm, la", "Late"), "calm, Late, ");
        assert_eq!(with_tag("calm ", "tilt"), "calm, tilt, ");
        assert_eq!(with_tag("calm", "tilt"), "calm, tilt, ");
        assert_eq!(with_tag("", "tilt"), "tilt, ");
    }
}
