//! One generation of the index: a folder of its own (or memory), with one writer and a reader that follows it.
//!
//! Rule: `CURRENT` names the generation in use and is replaced by a rename, so a crash while building leaves the old
//! one. What the writer has not committed is not there after a crash; the number in the commit says where to go on.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term};

use crate::Result;
use crate::doc::Document;
use crate::schema::{Fields, MAKE, register, schema};

/// Memory of the writer in bytes: enough for batches of a few hundred texts.
const WRITER_BYTES: usize = 32 * 1024 * 1024;

/// A generation that is open.
pub struct Generation {
    name: String,
    pub index: Index,
    pub reader: IndexReader,
    pub fields: Fields,
    /// Opened with the first change: a process that only searches needs none, and only one process may have it.
    writer: Mutex<Option<IndexWriter>>,
}

/// The name that `CURRENT` holds.
pub fn current_name(folder: &Path) -> Option<String> {
    std::fs::read_to_string(folder.join("CURRENT"))
        .ok()
        .filter(|name| name.ends_with(&format!("-{MAKE}")))
}

impl Generation {
    fn new(name: String, index: Index) -> Result<Self> {
        register(&index);
        let (_, fields) = schema();
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self {
            name,
            index,
            reader,
            fields,
            writer: Mutex::new(None),
        })
    }

    pub fn in_memory() -> Result<Self> {
        Self::new("memory".to_owned(), Index::create_in_ram(schema().0))
    }

    /// Opens what `CURRENT` names; a new, empty one when that is missing or broken.
    pub fn open_current(folder: &Path) -> Result<Self> {
        if let Some(name) = current_name(folder) {
            match Index::open_in_dir(folder.join(&name)) {
                Ok(index) => return Self::new(name, index),
                Err(error) => tracing::warn!(%error, name, "the search index cannot be read and is built anew"),
            }
        }
        let fresh = Self::next(folder)?;
        fresh.make_current(folder)?;
        Ok(fresh)
    }

    /// A new, empty generation beside the present one.
    pub fn next(folder: &Path) -> Result<Self> {
        let number = (1_u64..)
            .find(|number| !folder.join(generation_name(*number)).exists())
            .unwrap_or(u64::MAX);
        let name = generation_name(number);
        let path = folder.join(&name);
        std::fs::create_dir_all(&path)?;
        let index = Index::create_in_dir(&path, schema().0)?;
        Self::new(name, index)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names this generation as the one in use and deletes the others.
    pub fn make_current(&self, folder: &Path) -> Result<()> {
        let draft: PathBuf = folder.join("CURRENT.new");
        std::fs::write(&draft, &self.name)?;
        std::fs::rename(&draft, folder.join("CURRENT"))?;
        for entry in std::fs::read_dir(folder)?.filter_map(std::result::Result::ok) {
            let name = entry.file_name();
            if entry.path().is_dir() && name.to_str() != Some(&*self.name) {
                // Another process may still read it; then it goes with the next change of generation.
                if let Err(error) = std::fs::remove_dir_all(entry.path()) {
                    tracing::warn!(%error, ?name, "an old search index stays for now");
                }
            }
        }
        Ok(())
    }

    fn with_writer<T>(&self, work: impl FnOnce(&mut IndexWriter) -> Result<T>) -> Result<T> {
        let mut held = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = match held.take() {
            Some(writer) => held.insert(writer),
            None => held.insert(self.index.writer_with_num_threads(1, WRITER_BYTES)?),
        };
        let done = work(writer);
        if done.is_err() {
            // What was added since the last commit must not slip into the next one.
            let _ = writer.rollback();
        }
        done
    }

    /// Adds documents without committing them.
    pub fn add(&self, documents: &[Document]) -> Result<()> {
        self.with_writer(|writer| {
            for document in documents {
                writer.add_document(self.fields.write(document))?;
            }
            Ok(())
        })
    }

    /// Commits what was added, with the number, and shows it.
    pub fn finish(&self, number: u64) -> Result<()> {
        self.apply(&[], &[], number)
    }

    pub fn apply(&self, put: &[Document], drop: &[String], number: u64) -> Result<()> {
        self.with_writer(|writer| {
            for id in put.iter().map(|document| &document.id).chain(drop) {
                writer.delete_term(Term::from_field_text(self.fields.id, id));
            }
            for document in put {
                writer.add_document(self.fields.write(document))?;
            }
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&number.to_string());
            commit.commit()?;
            Ok(())
        })?;
        self.reader.reload()?;
        Ok(())
    }

    pub fn number(&self) -> Result<u64> {
        let payload = self.index.load_metas()?.payload;
        Ok(payload.and_then(|number| number.parse().ok()).unwrap_or(0))
    }
}

fn generation_name(number: u64) -> String {
    format!("generation-{number}-{MAKE}")
}

impl Fields {
    fn write(&self, document: &Document) -> TantivyDocument {
        let mut out = TantivyDocument::default();
        out.add_text(self.id, &document.id);
        out.add_text(self.kind, &document.kind);
        out.add_text(self.shown_title, &document.title);
        out.add_text(self.shown_body, &document.body);
        out.add_text(self.title, &document.title);
        let text = format!("{}\n{}", document.title, document.body);
        out.add_text(self.text, &text);
        if let Some(stems) = self.stem(document.lang) {
            out.add_text(stems, &text);
        }
        out.add_text(self.filter, format!("kind={}", document.kind));
        for (name, value) in &document.filters {
            out.add_text(self.filter, format!("{name}={value}"));
        }
        out.add_u64(self.weight, u64::from(document.weight));
        out
    }
}
