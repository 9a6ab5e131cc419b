//! The modules of the program with their imports and the paths they name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::tokens::{Token, behind, tokens, without_tests};

/// A path such as `crate::game::Phase`, as words.
pub type Words = Vec<String>;

/// A leaf of a `use` item.
#[derive(Debug, Clone)]
pub struct Import {
    pub path: Words,
    /// The name it has here; `*` for everything.
    pub name: String,
    pub public: bool,
}

/// A module: a file, or a part of one in braces.
#[derive(Debug, Default)]
pub struct Module {
    /// The file, relative to `src`.
    pub file: String,
    pub children: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// Paths of two words and more outside `use`.
    pub paths: Vec<Words>,
    /// All words outside `use`.
    pub words: BTreeSet<String>,
}

/// Reads the tree of one `use`; returns the place behind it.
fn read_use(
    tokens: &[Token],
    mut at: usize,
    before: &Words,
    public: bool,
    out: &mut Vec<Import>,
) -> usize {
    let mut path = before.clone();
    let mut put = |path: &Words, name: String| {
        out.push(Import {
            path: path.clone(),
            name,
            public,
        });
    };
    loop {
        match tokens.get(at) {
            Some(Token::Word(word)) if word == "as" => {
                let name = tokens[at + 1].word().unwrap_or("_").to_owned();
                put(&path, name);
                return at + 2;
            }
            Some(Token::Word(word)) => {
                if word != "self" || path.is_empty() {
                    path.push(word.clone());
                }
                at += 1;
            }
            Some(Token::Into) => at += 1,
            Some(Token::Sign('*')) => {
                put(&path, "*".to_owned());
                return at + 1;
            }
            Some(Token::Sign('{')) => {
                at += 1;
                while tokens.get(at) != Some(&Token::Sign('}')) {
                    at = read_use(tokens, at, &path, public, out);
                    if tokens.get(at) == Some(&Token::Sign(',')) {
                        at += 1;
                    }
                }
                return at + 1;
            }
            _ => {
                let name = path.last().cloned().unwrap_or_default();
                put(&path, name);
                return at;
            }
        }
    }
}

/// The sources below a folder, by module path (the root is empty).
#[derive(Debug, Default)]
pub struct Sources {
    pub modules: BTreeMap<Words, Module>,
    /// Of each file all its tokens, tests left out.
    pub files: BTreeMap<String, Vec<Token>>,
}

impl Sources {
    pub fn read(src: &Path) -> Self {
        let mut sources = Self::default();
        sources.read_file(src, &src.join("lib.rs"), src, &Vec::new());
        sources
    }

    /// `folder` is where the files of its child modules are.
    fn read_file(&mut self, src: &Path, path: &Path, folder: &Path, module: &Words) {
        let text = std::fs::read_to_string(path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let tokens = without_tests(&tokens(&text));
        let file = path
            .strip_prefix(src)
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        self.read_module(&tokens, &file, module);
        self.files.insert(file, tokens.clone());
        let mut at = 0;
        while at + 2 < tokens.len() {
            if let [first, Token::Word(name), Token::Sign(';')] = &tokens[at..at + 3]
                && first.is("mod")
            {
                let mut child = module.clone();
                child.push(name.clone());
                let (flat, deep) = (
                    folder.join(format!("{name}.rs")),
                    folder.join(name).join("mod.rs"),
                );
                let path = if flat.is_file() { flat } else { deep };
                self.read_file(src, &path, &folder.join(name), &child);
            }
            at += 1;
        }
    }

    fn read_module(&mut self, tokens: &[Token], file: &str, module: &Words) {
        let mut read = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                Token::Word(word) if word == "mod" => {
                    if let Some(Token::Word(name)) = tokens.get(at + 1) {
                        read.children.insert(name.clone());
                        if tokens.get(at + 2) == Some(&Token::Sign('{')) {
                            let end = behind(tokens, at + 2);
                            let mut child = module.clone();
                            child.push(name.clone());
                            self.read_module(&tokens[at + 3..end - 1], file, &child);
                            at = end;
                            continue;
                        }
                    }
                    at += 2;
                }
                Token::Word(word) if word == "use" => {
                    let public = is_public(&tokens[..at]);
                    at = read_use(tokens, at + 1, &Vec::new(), public, &mut read.imports);
                }
                Token::Word(word) => {
                    let mut path = vec![word.clone()];
                    at += 1;
                    while let [Token::Into, Token::Word(next), ..] = &tokens[at..] {
                        path.push(next.clone());
                        at += 2;
                    }
                    read.words.insert(path[0].clone());
                    if path.len() > 1 {
                        read.paths.push(path);
                    }
                }
                _ => at += 1,
            }
        }
        self.modules.insert(module.clone(), read);
    }

    /// Returns the module and its file that a path comes to from `module`, through re-exports; `None` for other crates.
    pub fn resolve(&self, module: &Words, path: &[String]) -> Option<Words> {
        self.resolve_at_depth(module, path, 0)
    }

    fn resolve_at_depth(&self, module: &Words, path: &[String], depth: u32) -> Option<Words> {
        if depth > 20 {
            return None; // Re-exports that lead to each other.
        }
        let mut here = module.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => (here, rest) = (Vec::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|word| word == "super") {
                    here.pop()?;
                    rest = &rest[1..];
                }
            }
            first => {
                let at = self.modules.get(&here)?;
                if !at.children.contains(first) {
                    // A name that was imported here, or another crate.
                    let import = at.imports.iter().find(|import| import.name == first)?;
                    if import.path.first().is_some_and(|word| word == first) {
                        return None;
                    }
                    let mut whole = import.path.clone();
                    whole.extend_from_slice(&rest[1..]);
                    return self.resolve_at_depth(&here, &whole, depth + 1);
                }
            }
        }
        while let Some(name) = rest.first() {
            let at = self.modules.get(&here)?;
            let mut child = here.clone();
            child.push(name.clone());
            if at.children.contains(name) && self.modules.contains_key(&child) {
                here = child;
                rest = &rest[1..];
                continue;
            }
            let exported = at.imports.iter().find(|import| import.name == *name);
            if let Some(import) = exported.filter(|import| import.path.first() != Some(name)) {
                let mut whole = import.path.clone();
                whole.extend_from_slice(&rest[1..]);
                if let Some(found) = self.resolve_at_depth(&here, &whole, depth + 1) {
                    return Some(found);
                }
            }
            let globs = at
                .imports
                .iter()
                .filter(|import| import.name == "*" && import.public);
            for glob in globs {
                let whole: Words = glob.path.iter().chain(rest).cloned().collect();
                if let Some(found) = self.resolve_at_depth(&here, &whole, depth + 1) {
                    return Some(found);
                }
            }
            break;
        }
        Some(here)
    }
}

/// Whether the tokens end with `pub` or `pub(…)`.
fn is_public(before: &[Token]) -> bool {
    let mut end = before.len();
    if before.last() == Some(&Token::Sign(')')) {
        end = before
            .iter()
            .rposition(|token| *token == Token::Sign('('))
            .unwrap_or(0);
    }
    end > 0 && before[end - 1].is("pub")
}
