state-draft = Bozza
state-published = Pubblicata
state-under-review = In esame
state-accepted = Accolta
state-partly-accepted = Accolta in parte
state-declined = Non accolta
state-delivered = Realizzata
state-withdrawn = Ritirata
state-merged = Unita a un’altra
state-hidden = Nascosta
origin-online = Scritta online
origin-meeting = Raccolta in un incontro
origin-phone = Raccolta per telefono
origin-paper = Arrivata su carta
origin-organisation = Di un’organizzazione
origin-official = Del Comune
filter-theme = Tema
filter-district = Municipio
filter-state = Stato
filter-origin = Provenienza
one-author = Di una sola persona
sort-random = In ordine casuale
sort-newest = Più recenti
sort-most-supported = Più sostenute
sort-most-discussed = Più discusse
search-in-proposals = Cerca tra le proposte
n-proposals = { $n ->
    [one] Una proposta
   *[other] { $shown } proposte
}
n-supports = { $n ->
    [one] 1 sostegno
   *[other] { $shown } sostegni
}
n-objections = { $n ->
    [one] 1 contro
   *[other] { $shown } contro
}
people-support = { $n ->
    [one] persona la sostiene
   *[other] persone la sostengono
}
no-proposals = Nessuna proposta con questi filtri. Togli un filtro o scrivi tu la prima.
by = di { $text }
comment-by = (commento di { $text })
support = Sostieni
take-support-back = Non sostenere più
you-support = Ora sostieni questa proposta.
you-do-not-support = Non sostieni questa proposta.
sign-in-to-support = Accedi per sostenere
closed-withdrawn = La proposta è stata ritirata: non si può più sostenere né commentare.
closed-merged = La proposta è stata unita a un’altra: non si può più sostenere né commentare.
closed-phase = In questo momento la proposta non si può sostenere né commentare: le fasi della consultazione dicono quando.
proposal-hidden = Questa proposta è nascosta al pubblico.
hidden-because = Motivo: { $text }
withdrawn-because = Ritirata da chi l’ha scritta. Motivo: { $text }
city-answers = La risposta del Comune
addendum = Nota di chi l’ha scritta
files = Immagini e documenti
facts = Dati della proposta
fact-origin = Provenienza
fact-theme = Tema
fact-district = Municipio
fact-quarter = Quartiere
fact-published = Pubblicazione
fact-edited = Ultima modifica
fact-reference = Codice
map-of-point = Mappa della città con il punto indicato dalla proposta
share = Indirizzo da condividere
similar = Proposte simili
n-versions = { $n ->
    [one] 1 versione
   *[other] { $shown } versioni
}
versions = Versioni
versions-explained = Ogni versione resta leggibile. In verde ciò che è stato aggiunto, in rosso e barrato ciò che è stato tolto.
version-number = Versione { $shown }
version-original = testo originale
version-edit = modifica di chi l’ha scritta
version-addendum = nota di chi l’ha scritta
version-correction = correzione della redazione
reason-given = Motivo: { $text }
act-add = Aggiungi una nota
act-add-explained = La proposta ha già dei sostegni, perciò il testo non cambia più: puoi aggiungere una nota che si legge in fondo. Chi la sostiene viene avvisato.
act-add-button = Pubblica la nota
act-withdraw = Ritira la proposta
act-withdraw-explained = La proposta non si potrà più sostenere né commentare. Il testo resta leggibile, con il motivo.
act-withdraw-button = Ritira
act-correct = Correggi
act-correct-explained = La correzione è segnata come tale, con il motivo. Chi sostiene la proposta viene avvisato e può togliere il sostegno.
act-correct-button = Pubblica la correzione
act-answer = Rispondi
act-answer-explained = La risposta del Comune si legge in cima alla proposta. Per accogliere o non accogliere la proposta serve il motivo.
act-answer-button = Pubblica la risposta
act-hide = Nascondi
act-hide-explained = Il testo non sarà più visibile al pubblico. Chi l’ha scritto legge il motivo e viene avvisato.
act-hide-button = Nascondi
act-restore = Ripristina
act-restore-explained = Il testo torna visibile esattamente dov’era. Chi l’ha scritto viene avvisato.
act-restore-button = Ripristina
step-take-up = Prendi in esame
step-accept = Accogli
step-accept-partly = Accogli in parte
step-decline = Non accogliere
step-deliver = Segna come realizzata
field-reason = Motivo
hint-reason = Lo legge chi ha scritto il testo.
field-note = Nota
field-answer = Risposta
field-title = Titolo
field-body = Testo
hint-body = Puoi usare **grassetto**, elenchi e collegamenti (Markdown).
field-step = Che cosa ha deciso il Comune
done-add = La nota è pubblicata.
done-withdraw = La proposta è ritirata.
done-correct = La correzione è pubblicata.
done-answer = La risposta è pubblicata.
done-hide = Il testo è nascosto.
done-restore = Il testo è di nuovo visibile.
closed-review = Il Comune sta esaminando le proposte: ora non si possono sostenere né commentare.
closed-results = La consultazione è conclusa: le proposte non si possono più sostenere né commentare.
