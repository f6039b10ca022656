//! The tracked files, and Rust read just closely enough to tell code from text and the product from its tests.
//! Absent: a parser. A rule that needs one belongs to clippy.

use std::process::Command;
use std::sync::LazyLock;

use tests::outside::root;

/// One tracked file in UTF-8.
pub struct File {
    pub path: String,
    pub text: String,
    /// Rust only: the text with the insides of comments and literals blanked, so that places stay the same.
    pub code: String,
    /// Rust only: string literals with their line.
    pub literals: Vec<(usize, String)>,
}

/// Every file that is tracked or about to be, in order of path; pictures, fonts and the like are left out.
pub static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(listed.status.success(), "not a git checkout");
    let paths = String::from_utf8(listed.stdout).expect("paths in UTF-8");
    let mut files: Vec<File> = paths.split_terminator('\0').filter_map(File::read).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
});

/// The Rust files of the product: everything but the `tests` crate and the tests of each crate.
pub fn product() -> impl Iterator<Item = &'static File> {
    rust().filter(|file| file.crate_name() != "tests")
}

/// Every Rust file.
pub fn rust() -> impl Iterator<Item = &'static File> {
    FILES.iter().filter(|file| file.path.ends_with(".rs"))
}

impl File {
    fn read(path: &str) -> Option<Self> {
        let text = std::fs::read_to_string(root().join(path)).ok()?;
        let (code, literals) = if path.ends_with(".rs") {
            split(&text)
        } else {
            Default::default()
        };
        Some(Self {
            path: path.to_owned(),
            text,
            code,
            literals,
        })
    }

    /// The first folder of its path, which is its crate when it is Rust.
    pub fn crate_name(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// The code without its unit tests, which by convention come last.
    pub fn product_code(&self) -> &str {
        let end = self.code.find("#[cfg(test)]\nmod ").unwrap_or(self.code.len());
        &self.code[..end]
    }

    /// String literals of the product code.
    pub fn product_literals(&self) -> impl Iterator<Item = (usize, &str)> {
        let last = self.product_code().lines().count();
        self.literals
            .iter()
            .filter(move |(line, _)| *line <= last)
            .map(|(line, text)| (*line, text.as_str()))
    }

    /// `path:line` of a place in the text or code.
    pub fn at(&self, offset: usize) -> String {
        format!("{}:{}", self.path, 1 + self.text[..offset].matches('\n').count())
    }
}

/// Where `word` stands in `code` as a word of its own, not as a part of a longer name.
pub fn places<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let in_name = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let (starts, ends) = (in_name(word.as_bytes().first()), in_name(word.as_bytes().last()));
    code.match_indices(word)
        .map(|(offset, _)| offset)
        .filter(move |offset| {
            let before = offset.checked_sub(1).and_then(|index| code.as_bytes().get(index));
            let after = code.as_bytes().get(offset + word.len());
            let longer = (starts && in_name(before)) || (ends && in_name(after));
            !longer
        })
}

/// Whether a path is one of `patterns`: a file, a folder (ending in `/`), either with one `*` for a name.
pub fn is_in(path: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| match pattern.split_once('*') {
        None => path == *pattern || (pattern.ends_with('/') && path.starts_with(pattern)),
        Some((before, after)) => path
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|name| !name.contains('/')),
    })
}

/// Splits Rust into code with blanked comments and literals, and the string literals by line.
fn split(text: &str) -> (String, Vec<(usize, String)>) {
    let mut reader = Reader {
        text,
        at: 0,
        code: String::with_capacity(text.len()),
        literals: vec![],
    };
    while reader.at < text.len() {
        reader.step();
    }
    (reader.code, reader.literals)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    code: String,
    literals: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        if rest.starts_with("//") {
            self.blank(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.blank(rest.find("*/").map_or(rest.len(), |end| end + 2));
        } else if rest.starts_with('"') {
            self.literal(1, string_end(rest, 1), 1);
        } else if let Some(hashes) = self.raw_string(rest) {
            let close = format!("\"{}", "#".repeat(hashes));
            let start = hashes + 2;
            let end = rest[start..].find(&close).map_or(rest.len(), |end| start + end);
            self.literal(start, end, close.len());
        } else if rest.starts_with('\'') && char_end(rest).is_some() {
            self.blank(char_end(rest).unwrap_or(1));
        } else {
            let next = rest.chars().next().map_or(1, char::len_utf8);
            self.code.push_str(&rest[..next]);
            self.at += next;
        }
    }

    /// The number of hashes when a raw string begins here.
    fn raw_string(&self, rest: &str) -> Option<usize> {
        let named = self.code.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        let after = rest.strip_prefix('r').filter(|_| !named || self.code.ends_with('b'))?;
        let hashes = after.len() - after.trim_start_matches('#').len();
        after[hashes..].starts_with('"').then_some(hashes)
    }

    fn literal(&mut self, start: usize, end: usize, close: usize) {
        let line = 1 + self.code.matches('\n').count();
        self.literals
            .push((line, self.text[self.at + start..self.at + end].to_owned()));
        self.blank((end + close).min(self.text.len() - self.at));
    }

    fn blank(&mut self, length: usize) {
        let gone = &self.text[self.at..self.at + length];
        self.code
            .extend(gone.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        self.at += length;
    }
}

fn string_end(rest: &str, start: usize) -> usize {
    let mut escaped = false;
    for (index, byte) in rest.bytes().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index,
            _ => {}
        }
    }
    rest.len()
}

/// Where a character literal ends; a lifetime is none.
fn char_end(rest: &str) -> Option<usize> {
    let inside = rest.get(1..)?;
    if let Some(escape) = inside.strip_prefix('\\') {
        return escape.get(1..)?.find('\'').map(|end| end + 4);
    }
    let length = inside.chars().next()?.len_utf8();
    inside[length..].starts_with('\'').then_some(length + 2)
}

#[test]
fn code_is_told_from_text() {
    let (code, literals) =
        split("let a = \"x // \\\" y\"; // dbg!\nlet b: &'a str = r#\"q\"#; let c = ['\"', '\\'', 'é'];");
    assert_eq!(code.matches("dbg").count(), 0);
    assert_eq!(code.lines().count(), 2);
    assert!(code.contains("let b: &'a str ="), "{code}");
    assert_eq!(literals, [(1, "x // \\\" y".to_owned()), (2, "q".to_owned())]);
}

#[test]
fn a_path_is_matched_by_file_folder_or_one_name() {
    assert!(is_in("civic/src/text.rs", &["civic/src/text.rs"]));
    assert!(is_in("civic/src/proposal/store.rs", &["civic/src/*/store.rs"]));
    assert!(is_in("server/src/guard/wire.rs", &["server/src/guard/"]));
    assert!(!is_in("civic/src/a/b/store.rs", &["civic/src/*/store.rs"]));
    assert!(!is_in("civic/src/text/x.rs", &["civic/src/text.rs"]));
}
