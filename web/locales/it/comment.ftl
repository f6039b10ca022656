n-comments = { $n ->
    [0] Nessun commento
    [one] 1 commento
   *[other] { $shown } commenti
}
stance-none = Nessuna posizione
stance-for = A favore
stance-against = Contro
stance-neutral = Neutrale
field-stance = La tua posizione
field-comment = Il tuo commento
hint-comment = Scrivi con rispetto: le regole valgono per tutti.
publish-comment = Pubblica il commento
sign-in-to-comment = Accedi per commentare
no-comments = Nessuno ha ancora commentato.
more-comments = Altri commenti
whole-thread = Leggi tutta la conversazione
thread = Conversazione
your-reply = La tua risposta
reply = Rispondi
link-to-comment = Apri
comments-newest = Più recenti
comments-oldest = Meno recenti
comments-most-supported = Più sostenuti
no-author = Senza autore
edited-at = Modificato: { $text }
comment-removed = Commento rimosso da chi l’ha scritto.
comment-hidden = Commento nascosto da chi modera.
edit-comment = Modifica il commento
earlier-wordings = Versioni precedenti
done-comment = Il tuo commento è pubblicato.
done-edited = Il commento è modificato.
done-removed = Il commento è rimosso.
