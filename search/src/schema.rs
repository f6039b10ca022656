//! The index's fields: one for words as they stand, one for stems in each language, one for exact values.

use tantivy::Index;
use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};

use crate::analysis::Analyzer;
use crate::doc::Lang;

/// Changes with every change of the fields or of the analysis, so that an index of another make is built anew.
pub const MAKE: &str = "2";

/// The fields by name.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    pub id: Field,
    pub kind: Field,
    /// The title as given, for showing.
    pub shown_title: Field,
    /// The text as given, for showing.
    pub shown_body: Field,
    /// Words of the title, folded.
    pub title: Field,
    /// Words of title and text, folded.
    pub text: Field,
    pub stem_it: Field,
    pub stem_en: Field,
    pub stem_es: Field,
    pub stem_ca: Field,
    /// `name=value` of each exact value.
    pub filter: Field,
    /// How much people care.
    pub weight: Field,
}

impl Fields {
    /// The field of stems for a language; none when it has no stems.
    pub const fn stem(&self, lang: Lang) -> Option<Field> {
        match lang {
            Lang::It => Some(self.stem_it),
            Lang::En => Some(self.stem_en),
            Lang::Es => Some(self.stem_es),
            Lang::Ca => Some(self.stem_ca),
            Lang::Other => None,
        }
    }
}

fn words(analyzer: &str) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(analyzer)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    )
}

/// The schema and its fields.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_text_field("id", STRING | STORED),
        kind: builder.add_text_field("kind", STRING | STORED),
        shown_title: builder.add_text_field("shown_title", STORED),
        shown_body: builder.add_text_field("shown_body", STORED),
        title: builder.add_text_field("title", words("folded")),
        text: builder.add_text_field("text", words("folded")),
        stem_it: builder.add_text_field("stem_it", words("it")),
        stem_en: builder.add_text_field("stem_en", words("en")),
        stem_es: builder.add_text_field("stem_es", words("es")),
        stem_ca: builder.add_text_field("stem_ca", words("ca")),
        filter: builder.add_text_field("filter", STRING | FAST),
        weight: builder.add_u64_field("weight", FAST),
    };
    (builder.build(), fields)
}

/// Teaches an index how our fields are analysed.
pub fn register(index: &Index) {
    let tokenizers = index.tokenizers();
    for (name, lang) in [
        ("folded", Lang::Other),
        ("it", Lang::It),
        ("en", Lang::En),
        ("es", Lang::Es),
        ("ca", Lang::Ca),
    ] {
        tokenizers.register(name, Analyzer(lang).registered());
    }
}
