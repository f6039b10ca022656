search-of = Search: { $text }
search-what = What are you looking for?
search-within = Only in the consultation “{ $text }”
search-kinds = What to show
search-all = Everything
search-empty = What you can search for
search-tip-words = Words of proposals and comments, in any language: capitals and accents do not matter.
search-tip-mistakes = Even with a typing mistake, or with just the beginning of a word.
search-tip-quotes = An exact phrase, in quotation marks: "cycle path".
search-all-proposals = See all proposals
search-found = { $n ->
    [0] No results for “{ $text }”
    [one] 1 result for “{ $text }”
   *[other] { $shown } results for “{ $text }”
}
did-you-mean = Did you mean:
search-nothing = We found nothing. Try this:
search-try-fewer = type fewer words, or only the most important one;
search-try-others = use another word, for example “bike” instead of “velocipede”;
search-try-unfiltered = search without filters
search-comment-on = Comment on
filter-consultation = Consultation
filter-stance = Stance
