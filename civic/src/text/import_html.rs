//! HTML that an import brings, as the Markdown that we store.

use super::Markdown;

/// The words, links and simple structure of `html` as Markdown; scripts, styles and pictures are left behind.
#[must_use]
pub fn from_html(html: &str) -> Markdown {
    let converter = htmd::HtmlToMarkdown::builder()
        .skip_tags(vec!["script", "style", "img", "iframe", "object", "svg", "head"])
        .build();
    let markdown = converter.convert(html).unwrap_or_else(|_| html.to_owned());
    Markdown::from_stored(markdown.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_links_and_entities_survive_and_scripts_do_not() {
        let text =
            from_html("<p>L&#39;aigua &amp; <a href=\"https://example.org/a\">el parc</a></p><script>x()</script>");
        assert_eq!(text.as_str(), "L'aigua & [el parc](https://example.org/a)");
    }
}
