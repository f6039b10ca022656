search-of = Cerca: { $text }
search-what = Che cosa cerchi?
search-within = Solo nella consultazione «{ $text }»
search-kinds = Che cosa mostrare
search-all = Tutto
search-empty = Che cosa puoi cercare
search-tip-words = Parole delle proposte e dei commenti, in qualsiasi lingua: non contano maiuscole e accenti.
search-tip-mistakes = Anche con un errore di battitura, o scrivendo solo l’inizio di una parola.
search-tip-quotes = Una frase esatta, tra virgolette: "pista ciclabile".
search-all-proposals = Vedi tutte le proposte
search-found = { $n ->
    [0] Nessun risultato per «{ $text }»
    [one] 1 risultato per «{ $text }»
   *[other] { $shown } risultati per «{ $text }»
}
did-you-mean = Forse cercavi:
search-nothing = Non abbiamo trovato niente. Prova così:
search-try-fewer = scrivi meno parole, o solo quella più importante;
search-try-others = usa una parola diversa, per esempio «bici» invece di «velocipede»;
search-try-unfiltered = cerca senza filtri
search-comment-on = Commento a
filter-consultation = Consultazione
filter-stance = Posizione
