//! How large a query may be, measured before the library looks at it.
//!
//! Rule: nothing here takes longer than the text is long. The library's own checks of depth and cost walk into fragments
//! once for each time they are used, so a few lines could keep them busy for ever; therefore the size of every fragment
//! is counted once, and what would unfold beyond the limit is refused unseen. Its parser calls itself for each opening
//! bracket, so brackets are counted before that.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use civic::error::{Code, Error, Result};
use civic::limits::{
    GRAPHQL_ALIASES, GRAPHQL_BRACKETS, GRAPHQL_COMPLEXITY, GRAPHQL_DIRECTIVES, GRAPHQL_ROOT_FIELDS, PAGE_DEFAULT,
    PAGE_MAX,
};

/// Costs are cut here, so that sums of them cannot overflow; it is far above what may be spent.
const COST_MAX: usize = 1_000_000;

/// What a list costs: as many times its item as it may hold.
#[must_use]
pub fn cost(first: Option<u64>, child: usize) -> usize {
    let items = first.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
    times(items, child)
}

/// What so many items cost.
#[must_use]
pub fn times(items: u64, child: usize) -> usize {
    let items = usize::try_from(items).unwrap_or(COST_MAX);
    items.saturating_mul(child.max(1)).min(COST_MAX)
}

const TOO_COSTLY: Error = Error::Conflict(Code::QueryTooCostly);

/// Reads a document when it keeps every limit that can be seen in its text.
///
/// # Errors
/// `Conflict(QueryTooCostly)` beyond a limit; the library's own words for what is no GraphQL.
pub fn read(text: &str) -> std::result::Result<ExecutableDocument, async_graphql::ServerError> {
    check_brackets(text).map_err(super::error::refused)?;
    let document = async_graphql::parser::parse_query(text)?;
    check(&document).map_err(super::error::refused)?;
    Ok(document)
}

/// Whether the text nests no deeper than the parser bears; strings and comments count as little as they do there.
fn check_brackets(text: &str) -> Result<()> {
    let mut depth: usize = 0;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '[', '(', '}', ']', ')', '"', '#']) {
        let (found, after) = rest[at..].split_at(1);
        rest = match found {
            "{" | "[" | "(" => {
                depth += 1;
                after
            }
            "}" | "]" | ")" => {
                depth = depth.saturating_sub(1);
                after
            }
            "#" => after.find('\n').map_or("", |end| &after[end..]),
            _ => after_string(after),
        };
        if depth > GRAPHQL_BRACKETS {
            return Err(TOO_COSTLY);
        }
    }
    Ok(())
}

/// What follows a string whose first quotation mark is behind us.
fn after_string(text: &str) -> &str {
    if let Some(mut block) = text.strip_prefix("\"\"") {
        while let Some((inside, rest)) = block.split_once("\"\"\"") {
            if !inside.ends_with('\\') {
                return rest;
            }
            block = rest;
        }
        return "";
    }
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' | '\n' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

/// Fields and aliases of a part of a document with its fragments unfolded.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    fields: usize,
    aliases: usize,
}

impl Size {
    fn add(&mut self, other: Self) -> Result<()> {
        self.fields += other.fields;
        self.aliases += other.aliases;
        if self.fields > GRAPHQL_COMPLEXITY || self.aliases > GRAPHQL_ALIASES {
            return Err(TOO_COSTLY);
        }
        Ok(())
    }
}

/// The fragments that were measured; one that is being measured is there without a size.
type Measured<'a> = HashMap<&'a Name, Option<Size>>;

fn check(document: &ExecutableDocument) -> Result<()> {
    let mut measured = Measured::new();
    for fragment in document.fragments.values() {
        check_directives(fragment.node.directives.len())?;
    }
    for (_, operation) in document.operations.iter() {
        check_directives(operation.node.directives.len())?;
        let set = &operation.node.selection_set.node;
        let roots = measure_roots(document, set, &mut Vec::new())?;
        if roots > GRAPHQL_ROOT_FIELDS {
            return Err(TOO_COSTLY);
        }
        measure(document, set, &mut measured)?;
    }
    // Fragments that nothing uses are looked at by the library all the same.
    for name in document.fragments.keys() {
        measure_fragment(document, name, &mut measured)?;
    }
    Ok(())
}

fn check_directives(number: usize) -> Result<()> {
    if number > GRAPHQL_DIRECTIVES {
        return Err(TOO_COSTLY);
    }
    Ok(())
}

fn measure<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, measured: &mut Measured<'a>) -> Result<Size> {
    let mut size = Size::default();
    for selection in &set.items {
        check_directives(selection.node.directives().len())?;
        let part = match &selection.node {
            Selection::Field(field) => {
                let mut part = measure(document, &field.node.selection_set.node, measured)?;
                part.add(Size {
                    fields: 1,
                    aliases: usize::from(field.node.alias.is_some()),
                })?;
                part
            }
            Selection::FragmentSpread(spread) => measure_fragment(document, &spread.node.fragment_name.node, measured)?,
            Selection::InlineFragment(inline) => measure(document, &inline.node.selection_set.node, measured)?,
        };
        size.add(part)?;
    }
    Ok(size)
}

fn measure_fragment<'a>(document: &'a ExecutableDocument, name: &'a Name, measured: &mut Measured<'a>) -> Result<Size> {
    match measured.get(name) {
        Some(Some(size)) => return Ok(*size),
        // A fragment inside itself would never end.
        Some(None) => return Err(Error::Conflict(Code::BadRequest)),
        None => {}
    }
    let Some(fragment) = document.fragments.get(name) else {
        return Err(Error::Conflict(Code::BadRequest));
    };
    measured.insert(name, None);
    let size = measure(document, &fragment.node.selection_set.node, measured)?;
    measured.insert(name, Some(size));
    Ok(size)
}

/// How many fields stand at the root, with fragments unfolded; `open` holds the fragments that one is inside of.
fn measure_roots<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    open: &mut Vec<&'a Name>,
) -> Result<usize> {
    let mut roots = 0;
    for selection in &set.items {
        roots += match &selection.node {
            Selection::Field(_) => 1,
            Selection::InlineFragment(inline) => measure_roots(document, &inline.node.selection_set.node, open)?,
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = document.fragments.get(name).filter(|_| !open.contains(&name));
                let fragment = fragment.ok_or(Error::Conflict(Code::BadRequest))?;
                open.push(name);
                let inside = measure_roots(document, &fragment.node.selection_set.node, open)?;
                open.pop();
                inside
            }
        };
        if roots > GRAPHQL_ROOT_FIELDS {
            return Err(TOO_COSTLY);
        }
    }
    Ok(roots)
}

/// Whether the document holds an operation of this kind.
#[must_use]
pub fn holds(document: &ExecutableDocument, kind: OperationType) -> bool {
    document
        .operations
        .iter()
        .any(|(_, operation)| operation.node.ty == kind)
}
